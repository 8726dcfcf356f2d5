//! What a statement is to the prover, the verifier and the soundness suite.

use std::error::Error;

use assay_protocol::{Fr, Relation};
use rand_core::{CryptoRng, RngCore};
use ruint::aliases::U256;
use zeroize::Zeroizing;

use crate::units;

/// The public side of a statement: what one proof is of.
pub trait Statement {
    /// The circuit that is satisfiable exactly where [`check`](Self::check) returns `Ok`; in two phases, for all but few
    /// challenges.
    type Circuit: Relation;
    /// The private side.
    type Witness;
    /// A clause that does not hold. It says which, never by how much.
    type Violation: Error;

    /// The circuit of this statement's size.
    fn circuit(&self) -> Self::Circuit;

    /// The public inputs, by instance column.
    fn public_inputs(&self) -> Vec<Vec<Fr>>;

    /// Decides the statement with exact arithmetic, clause by clause: the definition.
    ///
    /// # Errors
    /// The first clause that does not hold.
    fn check(&self, witness: &Self::Witness) -> Result<(), Self::Violation>;

    /// The private columns of one phase, whether or not the statement holds, for the challenges of earlier phases. Cells
    /// that no gate reads come from `rng`.
    fn assign(
        &self,
        witness: &Self::Witness,
        phase: usize,
        challenges: &[Fr],
        rng: impl RngCore + CryptoRng,
    ) -> Vec<Vec<Fr>>;

    /// The witness as bytes, which determine it; their number depends on the statement's size alone. Secret.
    fn witness_bytes(witness: &Self::Witness) -> Zeroizing<Vec<u8>>;
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

    pub(crate) fn to_field(self) -> Fr {
        units::field_from_u256(U256::from_be_bytes(self.0))
    }
}
