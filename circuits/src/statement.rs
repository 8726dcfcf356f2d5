//! What a statement is to the prover, the verifier and the soundness suite.

use std::error::Error;

use assay_protocol::{Fr, Relation};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// The public side of a statement: what one proof is of.
pub trait Statement {
    /// The circuit that is satisfiable exactly where [`check`](Self::check) returns `Ok`.
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
