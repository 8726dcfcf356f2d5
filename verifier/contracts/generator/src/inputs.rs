//! Public inputs of `solvency/v1`: what the gates read of the instance columns, as one fraction.
//!
//! A gate that reads input `k` of a column at a rotation `ρ` reads it in row `j = k − ρ`, where its factor is the
//! Lagrange polynomial `l_j(x) = (x^n − 1)/n · ω^j/(x − ω^j)`. Rows with the same reading are taken together: a weight
//! stands in one row of every block, and `Σ_j ω^j/(x − ω^j)` over these is one fraction `κ·N/D` with constant monic
//! `N` and `D`. The same rows further down, moved by `d`, have the same fraction at `x·ω^−d`.

use std::collections::BTreeMap;

use assay_circuits::statements::solvency::row;
use assay_circuits::{Fr, Size};
use assay_protocol::plan::Plan;
use ff::Field;

use crate::gates::Read;
use crate::polynomial::{Query, Term};
use crate::weights::{Function, Weights};
use crate::yul::{Code, Program, Value, word};

/// A circuit's size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) size: Size,
    /// `2^k`.
    pub(crate) rows: usize,
    pub(crate) omega: Fr,
}

impl Shape {
    /// `ω^row`.
    pub(crate) fn point(&self, row: usize) -> Fr {
        self.omega.pow_vartime([row as u64])
    }
}

/// `Σ term·input`: what is read in one row. Terms are numbered per family, inputs as in the statement.
type Reading = Vec<(usize, usize)>;

/// A factor of an input, with its sign; none is one.
pub(crate) struct Multiplier {
    node: Option<usize>,
    negative: bool,
}

/// The readings of one constraint.
pub(crate) struct Family {
    read: Read,
    pub(crate) terms: Vec<Multiplier>,
    /// The constraint subtracts what it reads; then no term is negative.
    negative: bool,
    /// Rows that the first reading is made in.
    pub(crate) rows: Vec<usize>,
    /// Reading `d` is made in the same rows, moved down by `d`.
    pub(crate) readings: Vec<Reading>,
}

/// Finds the families.
fn families(reads: Vec<Read>, plan: &Plan, shape: Shape, program: &mut Program) -> Vec<Family> {
    let mut families: Vec<Family> = reads.into_iter().map(|read| family(read, plan, shape, program)).collect();
    // The largest first: its factor is applied once, to its whole fraction.
    families.sort_by_key(|family| usize::MAX - family.rows.len());
    assert!(families.iter().skip(1).all(|family| family.rows.len() == 1), "only weights stand in several rows");
    families
}

fn family(read: Read, plan: &Plan, shape: Shape, program: &mut Program) -> Family {
    let mut terms: Vec<Term> = Vec::new();
    let mut rows: BTreeMap<usize, Reading> = BTreeMap::new();
    for (query, term) in &read.terms {
        let Query::Public(public, rotation) = *query else { unreachable!("only public values are split off") };
        let [alone] = &plan.public_columns()[public].terms[..] else { unreachable!("no sum of several columns") };
        let column = alone.query.column;
        let same = |known: &Term| known.coefficient == term.coefficient && known.factors == term.factors;
        let number = terms.iter().position(same).unwrap_or_else(|| {
            terms.push(term.clone());
            terms.len() - 1
        });
        for index in 0..row::len(shape.size) {
            let (of, offset) = row::place(shape.size, index);
            if of == column {
                let back = isize::try_from(rotation).expect("a rotation is small");
                let row = (shape.rows + offset).checked_add_signed(-back).expect("less than a turn") % shape.rows;
                rows.entry(row).or_default().push((number, index));
            }
        }
    }
    let mut groups: Vec<(Reading, Vec<usize>)> = Vec::new();
    for (row, mut reading) in rows {
        reading.sort_unstable();
        match groups.iter_mut().find(|(known, _)| *known == reading) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((reading, vec![row])),
        }
    }
    groups.sort_by_key(|(_, rows)| rows[0]);
    let first = groups[0].1.clone();
    for (shift, (_, rows)) in groups.iter().enumerate() {
        assert!(rows.iter().zip(&first).all(|(row, first)| *row == first + shift), "rows move together");
        assert_eq!(rows.len(), first.len());
    }
    assert!(terms.iter().all(|term| [Fr::ONE, -Fr::ONE].contains(&term.coefficient)), "no term has a coefficient");
    let negative = terms.iter().all(|term| term.coefficient == -Fr::ONE);
    let terms = terms.iter().map(|term| Multiplier {
        node: program.product(&term.factors),
        negative: !negative && term.coefficient == -Fr::ONE,
    });
    let terms = terms.collect();
    Family { read, terms, negative, rows: first, readings: groups.into_iter().map(|group| group.0).collect() }
}

/// Names of the memory words of the public inputs.
pub(crate) fn names(size: Size) -> Vec<String> {
    let weights = |letter: &str| (0..size.assets()).map(|i| format!("{letter}_{i}")).collect::<Vec<_>>();
    [vec!["COMMITMENT".to_owned(), "CONTEXT".to_owned(), "MARGIN".to_owned()], weights("W"), weights("V")].concat()
}

/// Writes `p/q`, which times `x^n − 1` is what all gates read of the public inputs. Uses `x` in memory, `y`, `y2`, `y3`.
/// Where the weights' part has a function of its own, returns it: it is to be called before.
pub(crate) fn write(
    reads: Vec<Read>,
    plan: &Plan,
    shape: Shape,
    program: &mut Program,
    code: &mut Code,
) -> Option<Function> {
    let families = families(reads, plan, shape, program);
    let weights = Weights::new(&families[0], shape);
    let step = shape.omega.invert().expect("a root of unity");
    let per_row = per_row(shape.rows);
    let scale = |(number, family): (usize, &Family)| {
        let scale = if number == 0 { weights.scale() } else { shape.point(family.rows[0]) };
        scale * per_row * if family.negative { -Fr::ONE } else { Fr::ONE }
    };
    factors(families.iter().enumerate().map(|family| (&family.1.read, scale(family))), program, code);

    code.line("let xd := mload(X)");
    let function = weights.write(program, code);
    code.line("p := mulmod(p, f0, r)");
    let names = names(shape.size);
    for (number, family) in families.iter().enumerate().skip(1) {
        code.line("");
        code.comment(&format!("rows {} and on", family.rows[0]));
        code.open("");
        code.line("xd := mload(X)");
        let distance = || xd().plus(constant(-shape.point(family.rows[0])));
        for (shift, reading) in family.readings.iter().enumerate() {
            let inputs = reading.iter().map(|(term, input)| (*term, word_of(&names[*input])));
            let value = total(family, inputs, program, code);
            if shift == 0 {
                code.named("p1".to_owned(), &value);
                code.named("q1".to_owned(), &distance());
                continue;
            }
            code.line(&format!("xd := {}", xd().times(&constant(step)).text));
            code.open("");
            add_fraction(["p1", "q1"], &value, &distance(), code);
            code.close();
        }
        let factor = Value::reduced(format!("f{number}"));
        let [p, q, p1, q1] = ["p", "q", "p1", "q1"].map(Value::reduced);
        code.line(&format!("p := {}", p.times(&q1).plus(p1.times(&factor).times(&q)).text));
        code.line(&format!("q := {}", q.times(&q1).text));
        code.close();
    }
    function
}

fn xd() -> Value {
    Value::reduced("xd")
}

pub(crate) fn constant(value: Fr) -> Value {
    Value::reduced(word(value))
}

/// `1/n`.
pub(crate) fn per_row(n: usize) -> Fr {
    Fr::from(n as u64).invert().expect("odd modulus")
}

/// Rows `shift` below the given ones, for people.
pub(crate) fn row_numbers(first: &[usize], shift: usize) -> String {
    first.iter().map(|row| (row + shift).to_string()).collect::<Vec<_>>().join(", ")
}

/// Declares factors `f0`, `f1`, … of what constraints read: selector, power of `y` and a constant.
pub(crate) fn factors<'r>(reads: impl Iterator<Item = (&'r Read, Fr)>, program: &mut Program, code: &mut Code) {
    let mut order: Vec<(usize, (&Read, Fr))> = reads.enumerate().collect();
    order.sort_by_key(|(_, (read, _))| read.exponent);
    code.line("let yn := 1");
    let mut reached = 0;
    for (number, (read, scale)) in order {
        raise(read.exponent - reached, reached == 0, code);
        reached = read.exponent;
        let mut factor = program.value(read.selector, code).times(&constant(scale));
        if read.exponent > 0 {
            factor = factor.times(&Value::reduced("yn"));
        }
        code.line(&format!("let f{number} := {}", factor.text));
    }
}

/// Multiplies `yn` by `y^by`; `fresh` says that it is one.
fn raise(by: usize, fresh: bool, code: &mut Code) {
    let factor = |by: usize| ["y", "y2", "y3"][by - 1];
    if by == 0 {
        return;
    }
    if !fresh {
        assert!(by <= 3, "constraints that read public inputs stand side by side");
        return code.line(&format!("yn := mulmod(yn, {}, r)", factor(by)));
    }
    // From the top, two bits at a time.
    let pairs = (0..by.ilog2() / 2 + 1).rev().map(|pair| by >> (2 * pair) & 3);
    for (i, pair) in pairs.enumerate() {
        if i == 0 {
            code.line(&format!("yn := {}", factor(pair)));
            continue;
        }
        code.line("yn := mulmod(yn, yn, r)");
        code.line("yn := mulmod(yn, yn, r)");
        if pair > 0 {
            code.line(&format!("yn := mulmod(yn, {}, r)", factor(pair)));
        }
    }
}

/// `p/q := p/q + numerator/denominator`.
pub(crate) fn add_fraction(names: [&str; 2], numerator: &Value, denominator: &Value, code: &mut Code) {
    let [p, q] = names.map(Value::reduced);
    let d = code.named("d".to_owned(), denominator);
    let sum = p.clone().times(&d).plus(numerator.clone().times(&q));
    code.line(&format!("{} := {}", p.text, sum.text));
    code.line(&format!("{} := {}", q.text, q.clone().times(&d).text));
}

/// The word at a named address.
pub(crate) fn word_of(name: &str) -> String {
    format!("mload({name})")
}

/// `Σ term·input` over terms by number, with the inputs as words.
pub(crate) fn total(
    family: &Family,
    inputs: impl Iterator<Item = (usize, String)>,
    program: &mut Program,
    code: &mut Code,
) -> Value {
    let mut sums: [Option<Value>; 2] = [None, None];
    for (number, input) in inputs {
        let term = &family.terms[number];
        let input = Value::reduced(input);
        let value = match term.node {
            Some(node) => input.times(&program.value(node, code)),
            None => input,
        };
        let sum = &mut sums[usize::from(term.negative)];
        *sum = Some(match sum.take() {
            Some(sum) => sum.plus(value),
            None => value,
        });
    }
    match sums {
        [Some(plus), Some(minus)] => plus.minus(minus),
        [Some(plus), None] => plus,
        [None, Some(minus)] => Value::reduced("0").minus(minus),
        [None, None] => unreachable!("a reading reads something"),
    }
}
