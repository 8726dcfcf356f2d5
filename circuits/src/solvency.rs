//! START HERE: `solvency/v1`, the statement that every attestation proves.
//!
//! For public `C`, `context`, `m`, `w`, `v` the prover knows `(x, y, blinding)` such that
//!
//! 1. **opening** `C = PositionCommitment(x, y, blinding)`;
//! 2. **amounts** `0 <= x_i, y_i < 2^120`;
//! 3. **solvency** `Σ w_i·x_i > Σ v_i·y_i + m`, over the integers, strictly.
//!
//! The public values have widths too (`w_i, v_i < 2^120`, `m < 2^240`): the circuit does not bound them, their types
//! [`Weight`] and [`Margin`] do, so whoever builds an [`Instance`] has checked them. Prices, thresholds, haircuts and
//! rounding live in how the weights are derived (`assay-verifier`), never here. `context` is bound by the transcript
//! and read by no gate.
//!
//! [`check`] is the definition; the circuit in [`circuit`] is satisfiable exactly where it returns `Ok`.

pub mod circuit;
pub mod layout;

use ff::{Field, PrimeField};
use zeroize::Zeroizing;

use crate::commitment::PositionCommitment;
use crate::position::{Opening, Position};
use crate::units::{self, ASSETS, Amount, Fr, Margin, Weight, Wide};

/// Name and version of the statement; part of every key and attestation.
pub const STATEMENT_ID: &str = "solvency/v1";

/// Positions of the public inputs in [`Instance::to_field_elements`], and where the circuit has them.
///
/// They fill three instance columns, each from row 0 on: commitment, context and margin; collateral weights; debt
/// weights.
pub mod row {
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
    pub const fn debt_weight(n: usize, asset: usize) -> usize {
        WEIGHTS + n + asset
    }

    /// Number of public inputs for `n` assets: 19 for eight.
    #[must_use]
    pub const fn len(n: usize) -> usize {
        WEIGHTS + 2 * n
    }

    /// Instance column of public input `index`, and its row there.
    #[must_use]
    pub const fn place(n: usize, index: usize) -> (usize, usize) {
        match index.checked_sub(WEIGHTS) {
            None => (0, index),
            Some(weight) => (1 + weight / n, weight % n),
        }
    }

    /// Cuts the public inputs into the circuit's columns. `inputs` has [`len`] elements.
    #[must_use]
    pub fn columns<T>(n: usize, inputs: &[T]) -> [&[T]; COLUMNS] {
        let (first, weights) = inputs.split_at(WEIGHTS);
        let (collateral, debt) = weights.split_at(n);
        [first, collateral, debt]
    }
}

/// What the proof is bound to besides the numbers: a digest with its three top bits cleared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context([u8; 32]);

impl Context {
    /// Masks a 256-bit digest to 253 bits; masking, not reduction, so that Solidity and Rust agree trivially.
    #[must_use]
    pub fn from_digest(mut digest: [u8; 32]) -> Self {
        digest[0] &= 0x1f;
        Self(digest)
    }

    /// 32 big-endian bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    fn to_field(self) -> Fr {
        units::field_from_u256(ruint::aliases::U256::from_be_bytes(self.0))
    }
}

/// The public side of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance<const N: usize = ASSETS> {
    /// `C`.
    pub commitment: PositionCommitment,
    /// Binds the proof to policy, subject, audience, time.
    pub context: Context,
    /// `m`.
    pub margin: Margin,
    /// `w_i`.
    pub collateral_weights: [Weight; N],
    /// `v_i`.
    pub debt_weights: [Weight; N],
}

impl<const N: usize> Instance<N> {
    /// The public inputs in the order of [`row`]: the only place where a field vector is made.
    #[must_use]
    pub fn to_field_elements(&self) -> Vec<Fr> {
        let mut inputs =
            vec![self.commitment.to_field(), self.context.to_field(), units::field_from_u256(self.margin.get())];
        inputs
            .extend(self.collateral_weights.iter().chain(&self.debt_weights).map(|weight| Fr::from_u128(weight.get())));
        inputs
    }
}

/// The private side of the statement.
#[derive(Clone, Debug)]
pub struct Witness<const N: usize = ASSETS> {
    /// `x`, `y`.
    pub position: Position<N>,
    /// The blinding.
    pub opening: Opening,
}

/// A clause of the statement that does not hold. Says which, never by how much: that would be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
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

/// The two sides of the comparison, exact. Secret, so without `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sides {
    /// `Σ w_i·x_i`. Secret.
    pub collateral: Wide,
    /// `Σ v_i·y_i`. Secret.
    pub debt: Wide,
    /// `m`.
    pub margin: Wide,
}

impl Sides {
    /// Evaluates both sums over the integers.
    #[must_use]
    pub fn of<const N: usize>(instance: &Instance<N>, position: &Position<N>) -> Zeroizing<Self> {
        let dot = |weights: &[Weight; N], amounts: &[Amount; N]| {
            weights
                .iter()
                .zip(amounts)
                .fold(Wide::ZERO, |sum, (weight, amount)| sum + Wide::from(weight.get()) * Wide::from(amount.expose()))
        };
        Zeroizing::new(Self {
            collateral: dot(&instance.collateral_weights, &position.collateral),
            debt: dot(&instance.debt_weights, &position.debt),
            margin: Wide::from(instance.margin.get()),
        })
    }

    /// Clause 3.
    #[must_use]
    pub fn solvent(&self) -> bool {
        self.collateral > self.debt + self.margin
    }
}

impl zeroize::Zeroize for Sides {
    fn zeroize(&mut self) {
        for side in [&mut self.collateral, &mut self.debt, &mut self.margin] {
            *side = Wide::ZERO;
            std::hint::black_box(side);
        }
    }
}

/// Decides the statement with exact arithmetic, clause by clause.
///
/// # Errors
/// The first clause that does not hold.
pub fn check<const N: usize>(instance: &Instance<N>, witness: &Witness<N>) -> Result<(), Violation> {
    let Witness { position, opening } = witness;
    if PositionCommitment::new(position, opening) != instance.commitment {
        return Err(Violation::Opening);
    }
    if position.collateral.iter().chain(&position.debt).any(|amount| amount.expose() > Amount::MAX) {
        return Err(Violation::Amount);
    }
    if !Sides::of(instance, position).solvent() {
        return Err(Violation::Insolvent);
    }
    Ok(())
}

/// `D = Σ w x − Σ v y − m − 1` as a field element: below `2^248` exactly where clause 3 holds.
pub(crate) fn difference<const N: usize>(instance: &Instance<N>, position: &Position<N>) -> Fr {
    let dot = |weights: &[Weight; N], amounts: &[Amount; N]| {
        weights.iter().zip(amounts).map(|(w, a)| Fr::from_u128(w.get()) * Fr::from_u128(a.expose())).sum::<Fr>()
    };
    dot(&instance.collateral_weights, &position.collateral)
        - dot(&instance.debt_weights, &position.debt)
        - units::field_from_u256(instance.margin.get())
        - Fr::ONE
}
