//! `covenants/v1`: many linear tests over committed positions, in one proof.
//!
//! For public `C_1 … C_m`, `context` and rows `(A_j, c_j)` of signed integers the prover knows openings to amounts `z`, and
//! helper amounts `u`, such that
//!
//! 1. **opening** every `C_k` is the commitment to its part of `z`, that of `solvency/v1`: one anchor serves both statements;
//! 2. **amounts** every entry of `z` and of `u` lies in `[0, 2^120)`;
//! 3. **rows** `Σ_i A_ji·(z, u)_i ≥ c_j` for a test and `= c_j` for an equality, over the integers.
//!
//! The prover chooses `u`: what "there is a `u`" means for a lender is decided where covenants become rows
//! (`assay-verifier`), never here. A strict test has one more in `c_j`. Rows that are not needed are zero, and hold.
//!
//! The widths of coefficients and constants are those of their types, [`Coefficient`] and [`Constant`], and a [`Shape`] has at
//! most [`Shape::MOST_TERMS`] terms: so the two sides of no row differ by more than `2^248`, and nothing wraps around in the
//! field.
//!
//! [`check`] is the definition; the circuit in [`circuit`] is satisfiable for all but a few of the `r` challenges exactly where
//! it returns `Ok`.

pub mod circuit;
pub mod layout;
mod row;
mod shape;
#[cfg(feature = "testing")]
pub mod strategies;

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use self::circuit::CovenantsCircuit;
pub use self::row::{Coefficient, Constant, Row, Sums};
pub use self::shape::Shape;
use crate::commitment::PositionCommitment;
use crate::position::{Opening, Position};
use crate::statement::{Context, Statement};
use crate::units::{Amount, Fr};

/// Name and version of the statement; part of every key and attestation.
pub const STATEMENT_ID: &str = "covenants/v1";

/// The public side of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Binds the proof to policy, subject, audience, time.
    pub context: Context,
    shape: Shape,
    commitments: Vec<PositionCommitment>,
    equalities: Vec<Row>,
    tests: Vec<Row>,
}

impl Instance {
    /// `None` where there are not as many commitments as the shape has, more rows than it has, or where a row has not as many
    /// coefficients as it has terms. Rows that are missing are filled up with such that hold.
    #[must_use]
    pub fn new(
        shape: Shape,
        context: Context,
        commitments: Vec<PositionCommitment>,
        mut equalities: Vec<Row>,
        mut tests: Vec<Row>,
    ) -> Option<Self> {
        let few = equalities.len() <= shape.equalities() && tests.len() <= shape.tests();
        let fit = equalities.iter().chain(&tests).all(|row| row.coefficients().len() == shape.terms());
        if commitments.len() != shape.commitments() || !few || !fit {
            return None;
        }
        equalities.resize_with(shape.equalities(), || Row::zero(shape.terms()));
        tests.resize_with(shape.tests(), || Row::zero(shape.terms()));
        Some(Self { context, shape, commitments, equalities, tests })
    }

    /// How many commitments, assets, helper amounts and rows there are.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// `C_k`.
    #[must_use]
    pub fn commitments(&self) -> &[PositionCommitment] {
        &self.commitments
    }

    /// The rows that hold with equality.
    #[must_use]
    pub fn equalities(&self) -> &[Row] {
        &self.equalities
    }

    /// The rows that hold as they are or with more.
    #[must_use]
    pub fn tests(&self) -> &[Row] {
        &self.tests
    }

    /// All rows, in the order of the public inputs: equalities, then tests.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.equalities.iter().chain(&self.tests)
    }
}

/// The private side of the statement.
#[derive(Clone, Debug)]
pub struct Witness {
    /// One position for each commitment.
    pub positions: Vec<Position>,
    /// One blinding for each commitment.
    pub openings: Vec<Opening>,
    /// `u`.
    pub helpers: Vec<Amount>,
}

impl Witness {
    /// All amounts in the order of a row's coefficients: of each position the collateral and then the debt, and after all
    /// positions the helper amounts.
    pub fn amounts(&self) -> impl Iterator<Item = &Amount> {
        let of_position = |position| [Position::collateral(position), position.debt()].into_iter().flatten();
        self.positions.iter().flat_map(of_position).chain(&self.helpers)
    }
}

/// A clause of the statement that does not hold. Says which, never by how much: that would be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The witness is one for another shape.
    #[error("the positions or the helper amounts are not those of {0}")]
    Shape(Shape),
    /// Clause 1, with the number of the commitment.
    #[error("commitment {0} is not to this position under this opening")]
    Opening(usize),
    /// Clause 2.
    #[error("an amount does not fit 120 bits")]
    Amount,
    /// Clause 3, with the number of the equality.
    #[error("equality {0} does not hold")]
    Equality(usize),
    /// Clause 3, with the number of the test.
    #[error("test {0} does not hold")]
    Test(usize),
}

/// Decides the statement with exact arithmetic, clause by clause.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), Violation> {
    let (shape, Witness { positions, openings, helpers }) = (instance.shape, witness);
    let counts = [positions.len(), openings.len(), helpers.len()];
    if counts != [shape.commitments(), shape.commitments(), shape.helpers()]
        || positions.iter().any(|position| position.size() != shape.size())
    {
        return Err(Violation::Shape(shape));
    }
    for (k, commitment) in instance.commitments.iter().enumerate() {
        if PositionCommitment::new(&positions[k], &openings[k]) != *commitment {
            return Err(Violation::Opening(k));
        }
    }
    if witness.amounts().any(|amount| amount.expose() > Amount::MAX) {
        return Err(Violation::Amount);
    }
    let amounts: Vec<&Amount> = witness.amounts().collect();
    for (number, row) in instance.equalities.iter().enumerate() {
        if !row.sums(&amounts).equal() {
            return Err(Violation::Equality(number));
        }
    }
    for (number, row) in instance.tests.iter().enumerate() {
        if !row.sums(&amounts).at_least() {
            return Err(Violation::Test(number));
        }
    }
    Ok(())
}

impl Statement for Instance {
    type Circuit = CovenantsCircuit;
    type Witness = Witness;
    type Violation = Violation;

    fn circuit(&self) -> CovenantsCircuit {
        CovenantsCircuit::empty(self.shape)
    }

    /// Columns of one cell each: the commitments, the context, the constants of all rows, and their coefficients, row by row
    /// and term by term.
    fn public_inputs(&self) -> Vec<Vec<Fr>> {
        let commitments = self.commitments.iter().map(|commitment| commitment.to_field());
        let constants = self.rows().map(|row| row.constant().to_field());
        let coefficients = self.rows().flat_map(Row::coefficients).map(|coefficient| coefficient.to_field());
        commitments
            .chain([self.context.to_field()])
            .chain(constants)
            .chain(coefficients)
            .map(|input| vec![input])
            .collect()
    }

    fn check(&self, witness: &Witness) -> Result<(), Violation> {
        check(self, witness)
    }

    fn assign(
        &self,
        witness: &Witness,
        phase: usize,
        challenges: &[Fr],
        rng: impl RngCore + CryptoRng,
    ) -> Vec<Vec<Fr>> {
        match phase {
            0 => circuit::assign_amounts(self, witness, rng),
            _ => vec![circuit::assign_sum(self, witness, challenges[0], rng)],
        }
    }

    fn witness_bytes(witness: &Witness) -> Zeroizing<Vec<u8>> {
        let amounts = witness.amounts().count();
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 * witness.openings.len() + 16 * amounts));
        witness.openings.iter().for_each(|opening| bytes.extend(*opening.to_bytes()));
        witness.amounts().for_each(|amount| bytes.extend(*Zeroizing::new(amount.expose().to_be_bytes())));
        bytes
    }
}
