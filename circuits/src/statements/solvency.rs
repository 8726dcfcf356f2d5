//! START HERE: `solvency/v1`, the statement that every attestation proves.
//!
//! For public `C`, `context`, `m`, `w`, `v` the prover knows `(x, y, blinding)` such that
//!
//! 1. **opening** `C = PositionCommitment(x, y, blinding)`;
//! 2. **amounts** `0 <= x_i, y_i < 2^120`;
//! 3. **solvency** `Σ w_i·x_i > Σ v_i·y_i + m`, over the integers, strictly.
//!
//! The public values have widths too (`w_i, v_i < 2^120`, `m < 2^240`): the circuit does not bound them, their types
//! [`Weight`](crate::Weight) and [`Margin`](crate::Margin) do, so whoever builds an [`Instance`] has checked them. Prices, thresholds, haircuts and
//! rounding live in how the weights are derived (`assay-verifier`), never here. `context` is bound by the transcript
//! and read by no gate.
//!
//! [`check`] is the definition; the circuit in [`circuit`] is satisfiable exactly where it returns `Ok`.

pub mod circuit;
pub mod layout;
#[cfg(feature = "testing")]
pub mod strategies;

use assay_protocol::encoding::{G1_LEN, SCALAR_LEN};
use ff::PrimeField;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use self::circuit::SolvencyCircuit;
use crate::commitment::PositionCommitment;
use crate::covenant::Covenant;
use crate::position::{Opening, Position};
use crate::statement::{Context, Statement};
use crate::units::{self, Amount, Fr, Size};

/// Name and version of the statement; part of every key and attestation.
pub const STATEMENT_ID: &str = "solvency/v1";

/// Bytes of a proof, whatever its size: nine points and eighteen scalars, as the circuit's plan says.
pub const PROOF_LEN: usize = 9 * G1_LEN + 18 * SCALAR_LEN;

/// Positions of the public inputs in [`Instance::to_field_elements`], and where the circuit has them.
///
/// They fill three instance columns, each from row 0 on: commitment, context and margin; collateral weights; debt
/// weights.
pub mod row {
    use crate::units::Size;

    /// Instance columns.
    pub const COLUMNS: usize = 3;
    /// The position commitment `C`.
    pub const COMMITMENT: usize = 0;
    /// The 253-bit context digest.
    pub const CONTEXT: usize = 1;
    /// The margin `m`.
    pub const MARGIN: usize = 2;
    /// First weight.
    const WEIGHTS: usize = 3;

    /// `w_i` of asset `i`.
    #[must_use]
    pub const fn collateral_weight(asset: usize) -> usize {
        WEIGHTS + asset
    }

    /// `v_i` of asset `i`.
    #[must_use]
    pub const fn debt_weight(size: Size, asset: usize) -> usize {
        WEIGHTS + size.assets() + asset
    }

    /// Number of public inputs: 19 for eight assets.
    #[must_use]
    pub const fn len(size: Size) -> usize {
        WEIGHTS + 2 * size.assets()
    }

    /// Public inputs of each instance column.
    #[must_use]
    pub const fn lengths(size: Size) -> [usize; COLUMNS] {
        [WEIGHTS, size.assets(), size.assets()]
    }

    /// Instance column of public input `index`, and its row there.
    #[must_use]
    pub const fn place(size: Size, index: usize) -> (usize, usize) {
        match index.checked_sub(WEIGHTS) {
            None => (0, index),
            Some(weight) => (1 + weight / size.assets(), weight % size.assets()),
        }
    }

    /// Cuts the public inputs into the circuit's columns. `inputs` has [`len`] elements.
    #[must_use]
    pub fn columns<T>(size: Size, inputs: &[T]) -> [&[T]; COLUMNS] {
        let (first, weights) = inputs.split_at(WEIGHTS);
        let (collateral, debt) = weights.split_at(size.assets());
        [first, collateral, debt]
    }
}

/// The public side of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// `C`.
    pub commitment: PositionCommitment,
    /// Binds the proof to policy, subject, audience, time.
    pub context: Context,
    /// `m`, `w_i`, `v_i`.
    pub covenant: Covenant,
}

impl Instance {
    /// How many assets it is over.
    #[must_use]
    pub fn size(&self) -> Size {
        self.covenant.size()
    }

    /// The public inputs in the order of [`row`]: the only place where a field vector is made.
    #[must_use]
    pub fn to_field_elements(&self) -> Vec<Fr> {
        let Self { commitment, context, covenant } = self;
        let mut inputs = vec![commitment.to_field(), context.to_field(), units::field_from_u256(covenant.margin.get())];
        let weights = covenant.collateral().iter().chain(covenant.debt());
        inputs.extend(weights.map(|weight| Fr::from_u128(weight.get())));
        inputs
    }
}

/// The private side of the statement.
#[derive(Clone, Debug)]
pub struct Witness {
    /// `x`, `y`.
    pub position: Position,
    /// The blinding.
    pub opening: Opening,
}

/// A clause of the statement that does not hold. Says which, never by how much: that would be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The public inputs are those of another circuit.
    #[error("the position is over {position} and the covenant over {covenant}")]
    Size {
        /// The size that the witness is of.
        position: Size,
        /// The size that the instance is of.
        covenant: Size,
    },
    /// Clause 1.
    #[error("the commitment is not to this position under this opening")]
    Opening,
    /// Clause 2.
    #[error("an amount does not fit 120 bits")]
    Amount,
    /// Clause 3.
    #[error("the weighted collateral does not exceed the weighted debt and the margin")]
    Insolvent,
}

/// Decides the statement with exact arithmetic, clause by clause.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), Violation> {
    let (Instance { commitment, covenant, .. }, Witness { position, opening }) = (instance, witness);
    if position.size() != covenant.size() {
        return Err(Violation::Size { position: position.size(), covenant: covenant.size() });
    }
    if PositionCommitment::new(position, opening) != *commitment {
        return Err(Violation::Opening);
    }
    if position.collateral().iter().chain(position.debt()).any(|amount| amount.expose() > Amount::MAX) {
        return Err(Violation::Amount);
    }
    if !covenant.sides(position).solvent() {
        return Err(Violation::Insolvent);
    }
    Ok(())
}

impl Statement for Instance {
    type Circuit = SolvencyCircuit;
    type Witness = Witness;
    type Violation = Violation;

    fn circuit(&self) -> SolvencyCircuit {
        SolvencyCircuit::empty(self.size())
    }

    fn public_inputs(&self) -> Vec<Vec<Fr>> {
        row::columns(self.size(), &self.to_field_elements()).map(<[Fr]>::to_vec).into()
    }

    fn check(&self, witness: &Witness) -> Result<(), Violation> {
        check(self, witness)
    }

    fn assign(&self, witness: &Witness, _: usize, _: &[Fr], rng: impl RngCore + CryptoRng) -> Vec<Vec<Fr>> {
        circuit::assign(self, witness, rng).0.each_mut().map(std::mem::take).into()
    }

    fn witness_bytes(Witness { position, opening }: &Witness) -> Zeroizing<Vec<u8>> {
        let amounts = position.collateral().iter().chain(position.debt());
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 + 32 * position.size().assets()));
        bytes.extend(*opening.to_bytes());
        amounts.for_each(|amount| bytes.extend(*Zeroizing::new(amount.expose().to_be_bytes())));
        bytes
    }
}
