//! What a proof of a circuit consists of, in the order of halo2's protocol.
//!
//! ```text
//! for each phase: its advice columns, as points; its challenges
//! three challenges of arguments that our circuits do not have
//! the random polynomial, a point; challenge y
//! the pieces of the quotient, as points; challenge x
//! the value of each advice query, each fixed query, the random polynomial
//! challenges y', v; one point; challenge u; one point            the opening proof, SHPLONK
//! ```

mod public;

use std::collections::BTreeSet;

use halo2_proofs::plonk::{Column, ColumnType, ConstraintSystem, Expression};
use halo2_proofs::poly::Rotation;

use self::public::Parts;
pub use self::public::{PublicColumn, Term};
use crate::Fr;
use crate::encoding::{G1_LEN, SCALAR_LEN};

/// The most phases that a circuit may have.
const MOST_PHASES: u8 = 2;

/// Why a circuit is not of the protocol's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// It has a lookup.
    #[error("the circuit has a lookup")]
    Lookup,
    /// It has copy constraints.
    #[error("the circuit has copy constraints")]
    Permutation,
    /// It has a selector; fixed columns do the same.
    #[error("the circuit has a selector")]
    Selector,
    /// It has more than two phases.
    #[error("the circuit has more than two phases")]
    Phases,
    /// A phase has no advice column of its own.
    #[error("a phase has no advice column")]
    EmptyPhase,
    /// The degree that halo2 counts is less than that of the gates, or than three.
    #[error(
        "the gates are of degree {gates}, and halo2 counts {counted}: set the circuit's least degree, three or more"
    )]
    Degree {
        /// The largest degree of a gate.
        gates: usize,
        /// What the quotient is cut by: halo2 caps it by an environment variable, unless a least degree is set.
        counted: usize,
    },
    /// The rows do not suffice for its queries, or are too many for the field.
    #[error("2^{0} rows do not suffice, or are too many")]
    Rows(u32),
}

/// A column of one kind, read in the row at some rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Query {
    /// Number of the column among those of its kind.
    pub column: usize,
    /// Rows below the current one.
    pub rotation: i32,
}

/// What is committed to in one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Its advice columns, ascending.
    pub advice: Vec<usize>,
    /// The challenges that follow it, ascending.
    pub challenges: Vec<usize>,
}

/// A polynomial of which a proof opens values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Polynomial {
    /// An advice column.
    Advice(usize),
    /// A fixed column.
    Fixed(usize),
    /// The quotient, of which the verifier computes the value.
    Quotient,
    /// The random polynomial.
    Random,
}

/// A polynomial in a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub polynomial: Polynomial,
    /// The numbers of its values in [`Plan::evaluations`], in the order of the set's rotations.
    pub values: Vec<usize>,
}

/// Polynomials that are opened at the same points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningSet {
    /// The points, as rotations of `x`, ascending.
    pub rotations: Vec<i32>,
    /// In the order of first appearance.
    pub members: Vec<Opened>,
}

/// What a proof consists of.
#[derive(Clone, Debug)]
pub struct Plan {
    k: u32,
    advice: usize,
    fixed: usize,
    instance: usize,
    degree: usize,
    blinding_rows: usize,
    phases: Vec<Phase>,
    challenges: usize,
    advice_queries: Vec<Query>,
    fixed_queries: Vec<Query>,
    public_columns: Vec<PublicColumn>,
    public_queries: Vec<Query>,
    evaluations: Vec<(Polynomial, i32)>,
    sets: Vec<OpeningSet>,
    gates: Vec<Expression<Fr>>,
}

impl Plan {
    /// Compiles the plan of a circuit over `2^k` rows.
    ///
    /// # Errors
    /// [`Unsupported`].
    pub fn new(system: &ConstraintSystem<Fr>, k: u32) -> Result<Self, Unsupported> {
        if !system.lookups().is_empty() {
            return Err(Unsupported::Lookup);
        }
        if !system.permutation().get_columns().is_empty() {
            return Err(Unsupported::Permutation);
        }
        if system.num_selectors() != 0 {
            return Err(Unsupported::Selector);
        }
        let gates: Vec<Expression<Fr>> = system.gates().iter().flat_map(|gate| gate.polynomials()).cloned().collect();
        let (degree, of_gates) = (system.degree(), gates.iter().map(Expression::degree).max().unwrap_or_default());
        if degree < of_gates.max(3) {
            return Err(Unsupported::Degree { gates: of_gates, counted: degree });
        }
        let fits = (1..<Fr as ff::PrimeField>::S).contains(&k) && 1 << k >= system.minimum_rows();
        if !fits {
            return Err(Unsupported::Rows(k));
        }
        let phases = phases(system)?;
        let mut parts = Parts::new(system.num_challenges());
        let gates = gates.iter().map(|gate| parts.replace(gate)).collect();
        let advice_queries = queries(system.advice_queries());
        let fixed_queries = queries(system.fixed_queries());
        // Rotations that differ are then points that differ.
        let near = |query: &Query| query.rotation.unsigned_abs() < 1 << (k - 1);
        if !advice_queries.iter().chain(&fixed_queries).all(near) {
            return Err(Unsupported::Rows(k));
        }
        let of = |polynomial: fn(usize) -> Polynomial| move |query: &Query| (polynomial(query.column), query.rotation);
        let evaluations: Vec<(Polynomial, i32)> = advice_queries
            .iter()
            .map(of(Polynomial::Advice))
            .chain(fixed_queries.iter().map(of(Polynomial::Fixed)))
            .chain([(Polynomial::Quotient, 0), (Polynomial::Random, 0)])
            .collect();
        Ok(Self {
            k,
            advice: system.num_advice_columns(),
            fixed: system.num_fixed_columns(),
            instance: system.num_instance_columns(),
            degree,
            blinding_rows: system.blinding_factors().saturating_add(1),
            phases,
            challenges: system.num_challenges(),
            public_columns: parts.columns,
            public_queries: parts.queries,
            sets: sets(&evaluations),
            advice_queries,
            fixed_queries,
            evaluations,
            gates,
        })
    }

    /// Base-2 logarithm of the number of rows.
    #[must_use]
    pub fn k(&self) -> u32 {
        self.k
    }

    /// How many advice columns there are.
    #[must_use]
    pub fn advice(&self) -> usize {
        self.advice
    }

    /// How many fixed columns there are.
    #[must_use]
    pub fn fixed(&self) -> usize {
        self.fixed
    }

    /// How many instance columns there are.
    #[must_use]
    pub fn instance(&self) -> usize {
        self.instance
    }

    /// The largest degree of a gate.
    #[must_use]
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// Pieces of `2^k` coefficients that the quotient is cut into.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.degree.saturating_sub(1)
    }

    /// Rows at the end of each advice column that hold nothing but randomness.
    #[must_use]
    pub fn blinding_rows(&self) -> usize {
        self.blinding_rows
    }

    /// The phases, one or two.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// How many challenges the gates may read.
    #[must_use]
    pub fn challenges(&self) -> usize {
        self.challenges
    }

    /// Where the gates read advice columns, in the order of the proof's values.
    #[must_use]
    pub fn advice_queries(&self) -> &[Query] {
        &self.advice_queries
    }

    /// Where the gates read fixed columns, likewise.
    #[must_use]
    pub fn fixed_queries(&self) -> &[Query] {
        &self.fixed_queries
    }

    /// The columns of public values that the gates read.
    #[must_use]
    pub fn public_columns(&self) -> &[PublicColumn] {
        &self.public_columns
    }

    /// Where the gates read them: the verifier computes the values there.
    #[must_use]
    pub fn public_queries(&self) -> &[Query] {
        &self.public_queries
    }

    /// Every value that a proof opens: advice, fixed, quotient, random polynomial. All but the quotient's are sent.
    #[must_use]
    pub fn evaluations(&self) -> &[(Polynomial, i32)] {
        &self.evaluations
    }

    /// The polynomials by the points at which they are opened.
    #[must_use]
    pub fn sets(&self) -> &[OpeningSet] {
        &self.sets
    }

    /// The gates' polynomials. What they read of instance columns is of [`public_columns`](Self::public_columns).
    #[must_use]
    pub fn gates(&self) -> &[Expression<Fr>] {
        &self.gates
    }

    /// Points in a proof.
    #[must_use]
    pub fn points(&self) -> usize {
        // The random polynomial, and two of the opening proof.
        self.advice.saturating_add(self.pieces()).saturating_add(3)
    }

    /// Scalars in a proof.
    #[must_use]
    pub fn scalars(&self) -> usize {
        self.evaluations.len().saturating_sub(1)
    }

    /// Bytes of a proof.
    #[must_use]
    pub fn proof_len(&self) -> usize {
        let points = self.points().saturating_mul(G1_LEN);
        points.saturating_add(self.scalars().saturating_mul(SCALAR_LEN))
    }

    /// At how many rotations an advice column is read, with zero as one of them for the commitment. A proof shows at most as
    /// many of its values beside `x`, and depends on as many beside `τ`: a column hides where it has twice as many free cells.
    #[must_use]
    pub fn rotations(&self, column: usize) -> usize {
        let read = self.advice_queries.iter().filter(|query| query.column == column).map(|query| query.rotation);
        read.chain([0]).collect::<BTreeSet<i32>>().len()
    }
}

fn queries<C: ColumnType>(queries: &[(Column<C>, Rotation)]) -> Vec<Query> {
    queries.iter().map(|(column, rotation)| Query { column: column.index(), rotation: rotation.0 }).collect()
}

fn phases(system: &ConstraintSystem<Fr>) -> Result<Vec<Phase>, Unsupported> {
    let (advice, challenges) = (system.advice_column_phase(), system.challenge_phase());
    let last = advice.iter().chain(&challenges).copied().max().unwrap_or_default();
    if last >= MOST_PHASES {
        return Err(Unsupported::Phases);
    }
    let numbers = |phases: &[u8], phase: u8| {
        phases.iter().enumerate().filter(|(_, other)| **other == phase).map(|(number, _)| number).collect::<Vec<_>>()
    };
    let phase = |phase| Phase { advice: numbers(&advice, phase), challenges: numbers(&challenges, phase) };
    let phases: Vec<Phase> = (0..=last).map(phase).collect();
    if phases.iter().any(|phase| phase.advice.is_empty()) {
        return Err(Unsupported::EmptyPhase);
    }
    Ok(phases)
}

/// Groups values by polynomial, then polynomials by their rotations, each in the order of first appearance.
fn sets(evaluations: &[(Polynomial, i32)]) -> Vec<OpeningSet> {
    let mut sets: Vec<OpeningSet> = Vec::new();
    let mut seen: Vec<Polynomial> = Vec::new();
    for (polynomial, _) in evaluations {
        if seen.contains(polynomial) {
            continue;
        }
        seen.push(*polynomial);
        let mut values: Vec<(i32, usize)> = evaluations
            .iter()
            .enumerate()
            .filter(|(_, (other, _))| other == polynomial)
            .map(|(number, (_, rotation))| (*rotation, number))
            .collect();
        values.sort_unstable();
        let (rotations, values): (Vec<i32>, Vec<usize>) = values.into_iter().unzip();
        let opened = Opened { polynomial: *polynomial, values };
        match sets.iter_mut().find(|set| set.rotations == rotations) {
            Some(set) => set.members.push(opened),
            None => sets.push(OpeningSet { rotations, members: vec![opened] }),
        }
    }
    sets
}
