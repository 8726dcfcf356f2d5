//! Public inputs of `covenants/v1`: what the gates read of the rows of coefficients.
//!
//! Combined under the challenge `ρ`, row `r` of `R` counts `ρ^(R − 1 − r)` times. Term `i` of every row is read in one row of the
//! circuit, that above its cell `z_i`, with another in the other column, and the constants of all are read in one. So with the Lagrange polynomials of these
//! rows, what the gate reads is
//!
//! ```text
//! Σ_r ρ^(R − 1 − r)·(Σ_i A_ri·weight_i − c_r·weight_c),    weight_i = l_row(i)(x)·z_i(x)
//! ```
//!
//! which is a loop over the public inputs with a table of the weights, that skips zeros. All `l_j(x)·Π_l (x − ω^l)/(x^n − 1)`
//! come from products of the distances `x − ω^l` before and after `j`, so that nothing is inverted.
//!
//! Which input stands where, the plan says; [`Matrix::new`] asserts that it is as above.

use std::collections::BTreeMap;

use assay_circuits::Fr;
use assay_circuits::statements::covenants::Shape;
use assay_circuits::units::{MARGIN_BITS, WEIGHT_BITS};
use assay_protocol::plan::Plan;
use ff::Field;
use serde::Serialize;

use crate::gates::Read;
use crate::inputs::{factors, per_row};
use crate::opening::power;
use crate::polynomial::{Factor, Query};
use crate::yul::{Code, Program, Value, word};

/// Where a public input is read: `factor·ρ^power·multiplier·l_row`, times what its constraint's selector says.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    /// Number of the constraint among those that read public inputs.
    read: usize,
    row: i32,
    power: u32,
    multiplier: Option<Query>,
    factor: Fr,
}

/// A row of the circuit in which a constant or a commitment is read, or two with four coefficients.
#[derive(Debug, Serialize)]
struct Row {
    number: i32,
    /// Offset in the table of products.
    place: String,
    /// `ω^number`.
    root: String,
    /// What the input's factor is to that of the coefficients, or to that of the first commitment, times the root.
    scale: String,
    /// Offsets of the weights of the terms whose cells stand in `a` and in `b`: of the first row's, those of the second follow.
    weights: Option<[String; 2]>,
    /// The commitment that is read in this row.
    commitment: Option<usize>,
}

/// What the template needs.
#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    rows: Vec<Row>,
    /// `ω`.
    omega: String,
    commitments: usize,
    coefficient: Width,
    constant: Width,
}

/// Signed integers of so many bits beside the sign, in their one encoding.
#[derive(Debug, Serialize)]
struct Width {
    /// `2^bits`.
    above: String,
    /// `r − 2^bits + 1`.
    least: String,
    /// How many are negative.
    negative: String,
}

impl Width {
    fn new(bits: u32) -> Self {
        let power = Fr::from(2).pow_vartime([u64::from(bits)]);
        Self { above: word(power), least: word(Fr::ONE - power), negative: word(power - Fr::ONE) }
    }
}

impl Matrix {
    /// The matrix of a shape; writes `p/q`, which times `x^n − 1` is what all gates read of the public inputs.
    ///
    /// # Panics
    /// Where the circuit reads its public inputs otherwise than the contract does.
    pub(crate) fn new(
        reads: &[Read],
        plan: &Plan,
        shape: Shape,
        omega: Fr,
        program: &mut Program,
        code: &mut Code,
    ) -> Self {
        let places = places(reads, plan);
        let order = Order::new(&places, shape);
        assert_eq!(plan.instance(), order.inputs(shape), "commitments, context, constants, coefficients");
        let per_row = per_row(1 << plan.k());
        let read = |place: &Place| (&reads[place.read], place.factor * per_row);
        factors([order.coefficients[0], order.commitments[0]].map(read).into_iter(), program, code);
        let [f0, f1, combined, committed] = ["f0", "f1", "mload(P)", "mload(COMMITTED)"].map(Value::reduced);
        code.line(&format!("let p := {}", combined.times(&f0).plus(committed.times(&f1)).text));
        code.line("let q := mload(Q)");
        let [coefficient, constant] = [WEIGHT_BITS, MARGIN_BITS].map(Width::new);
        Self { rows: order.rows(omega), omega: word(omega), commitments: shape.commitments(), coefficient, constant }
    }

    /// Words of the table of products.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }
}

/// Where public inputs are read, by what they are.
struct Order<'p> {
    commitments: Vec<&'p Place>,
    /// That of the last row of public inputs, whose power is zero. The others are as this one but for the power.
    constant: &'p Place,
    /// Term by term, likewise.
    coefficients: Vec<&'p Place>,
}

impl<'p> Order<'p> {
    fn new(places: &'p BTreeMap<usize, Place>, shape: Shape) -> Self {
        let (m, count, terms) = (shape.commitments(), shape.rows(), shape.terms());
        assert!(!places.contains_key(&m), "no gate reads the context");
        let of_rows = |first: usize, step: usize| {
            let last = &places[&(first + (count - 1) * step)];
            for row in 0..count {
                let power = u32::try_from(count - 1 - row).expect("few rows");
                assert_eq!(places[&(first + row * step)], Place { power, ..last.clone() }, "row {row} is as the last");
            }
            last
        };
        let commitments: Vec<&Place> = (0..m).map(|k| &places[&k]).collect();
        let constant = of_rows(m + 1, 1);
        let coefficients: Vec<&Place> = (0..terms).map(|term| of_rows(m + 1 + count + term, terms)).collect();
        let (first, commitment) = (coefficients[0], commitments[0]);
        let alike = |place: &&Place| place.read == first.read && place.factor == first.factor;
        assert!(coefficients.iter().all(alike), "the coefficients are read by one constraint, with one factor");
        assert!(constant.read == first.read && constant.multiplier.is_none(), "and the constants by the same");
        let alone = |place: &&Place| place.read == commitment.read && place.power == 0 && place.multiplier.is_none();
        assert!(commitments.iter().all(alone), "the commitments are read by one constraint, and not multiplied");
        Self { commitments, constant, coefficients }
    }

    /// How many public inputs there are, with the context.
    fn inputs(&self, shape: Shape) -> usize {
        self.commitments.len() + 1 + shape.rows() * (1 + self.coefficients.len())
    }

    /// The rows of the circuit in which they are read, ascending.
    fn rows(&self, omega: Fr) -> Vec<Row> {
        let to = |place: &Place, other: &Place| place.factor * other.factor.invert().expect("a factor is not zero");
        let of_terms = self.blocks().into_iter().map(|(row, terms)| (row, Fr::ONE, Some(terms.map(offset)), None));
        let of_constant = (self.constant.row, to(self.constant, self.coefficients[0]), None, None);
        let commitments = self.commitments.iter().enumerate();
        let of_commitments = commitments.map(|(k, place)| (place.row, to(place, self.commitments[0]), None, Some(k)));
        let mut rows: Vec<_> = of_terms.chain([of_constant]).chain(of_commitments).collect();
        rows.sort_by_key(|(row, ..)| *row);
        let last = |(row, _, weights, _): &(i32, Fr, Option<_>, _)| row + i32::from(weights.is_some());
        assert!(rows.windows(2).all(|pair| last(&pair[0]) < pair[1].0), "one kind of public input in a row");
        let rows = rows.into_iter().enumerate().map(|(place, (number, ratio, weights, commitment))| {
            let root = power(omega, number);
            let [root, scale] = [root, root * ratio].map(word);
            Row { number, place: offset(place), root, scale, weights, commitment }
        });
        rows.collect()
    }

    /// The first of each two rows in which four coefficients are read, with its two terms.
    fn blocks(&self) -> Vec<(i32, [usize; 2])> {
        let mut terms_of: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        self.coefficients
            .iter()
            .enumerate()
            .for_each(|(term, place)| terms_of.entry(place.row).or_default().push(term));
        let rows: Vec<(i32, Vec<usize>)> = terms_of.into_iter().collect();
        let block = |rows: &[(i32, Vec<usize>)]| {
            let [(row, first), (next, second)] = rows else { unreachable!("rows come in pairs") };
            for terms in [first, second] {
                let cells = [0, 1].map(|column| Some(Query::Advice(column, 1)));
                assert!(terms.iter().map(|term| self.coefficients[*term].multiplier).eq(cells), "a(1) and b(1)");
            }
            assert!(
                *next == row + 1 && second.iter().eq(&[first[0] + 1, first[1] + 1]),
                "the next row, the next terms"
            );
            (*row, [first[0], first[1]])
        };
        rows.chunks(2).map(block).collect()
    }
}

/// The offset of a word.
fn offset(word: usize) -> String {
    format!("{:#x}", 32 * word)
}

/// Where each public input is read, by its number: each stands alone in its column.
fn places(reads: &[Read], plan: &Plan) -> BTreeMap<usize, Place> {
    let mut places = BTreeMap::new();
    for (number, read) in reads.iter().enumerate() {
        for (query, term) in &read.terms {
            let Query::Public(column, rotation) = *query else { unreachable!("only public values are split off") };
            let multiplier = match &term.factors[..] {
                [] => None,
                [Factor::Query(query)] => Some(*query),
                factors => unreachable!("a public input times one cell, not {factors:?}"),
            };
            for input in &plan.public_columns()[column].terms {
                let [power] = input.powers[..] else { unreachable!("one challenge") };
                let place = Place {
                    read: number,
                    row: -(rotation + input.query.rotation),
                    power,
                    multiplier,
                    factor: term.coefficient * input.factor,
                };
                let known = places.insert(input.query.column, place);
                assert!(known.is_none(), "a public input is read once");
            }
        }
    }
    places
}
