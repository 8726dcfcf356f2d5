//! Proofs of statements: making them, behind the feature `prover`, and verifying them.

use assay_protocol::Relation;
#[cfg(feature = "prover")]
use assay_protocol::artifact::ArtifactError;
use assay_protocol::keys::VerifyingKey;
#[cfg(feature = "prover")]
pub use assay_protocol::prover::Stage;
#[cfg(feature = "prover")]
use assay_protocol::prover::{self, ProvingKey};
#[cfg(feature = "prover")]
use assay_protocol::srs::Srs;
pub use assay_protocol::verifier::ProofError;
use assay_protocol::verifier::{self, Claim};
#[cfg(feature = "prover")]
use rand_core::{CryptoRng, RngCore};

use crate::statement::Statement;
use crate::units::Fr;

/// Why no proof was made.
#[cfg(feature = "prover")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<V> {
    /// The statement does not hold.
    #[error("the statement is false: {0}")]
    False(V),
    /// The SRS is not the one that the key was made from, or too small.
    #[error(transparent)]
    Srs(#[from] ArtifactError),
    /// The key is for another circuit.
    #[error("the key is for {key} and the statement is {statement}")]
    OtherCircuit {
        /// Statement and size of the key.
        key: String,
        /// Those of the statement.
        statement: String,
    },
}

/// Proves `statement`. `srs` is the one that the key was made from, cut down to the circuit's rows.
///
/// Runs on the threads of the current rayon pool; what is drawn from `rng`, [`prover::prove`] says. The proof is not
/// verified here.
///
/// # Errors
/// [`ProveError`]; a false statement is refused before any proving.
#[cfg(feature = "prover")]
pub fn prove<S: Statement>(
    srs: &Srs,
    key: &ProvingKey,
    statement: &S,
    witness: &S::Witness,
    rng: impl RngCore + CryptoRng,
) -> Result<Vec<u8>, ProveError<S::Violation>> {
    prove_in_stages(srs, key, statement, witness, rng, |_| ())
}

/// Does what [`prove`] does; `done` hears when each [`Stage`] ends.
///
/// # Errors
/// As [`prove`].
#[cfg(feature = "prover")]
pub fn prove_in_stages<S: Statement>(
    srs: &Srs,
    key: &ProvingKey,
    statement: &S,
    witness: &S::Witness,
    rng: impl RngCore + CryptoRng,
    done: impl FnMut(Stage),
) -> Result<Vec<u8>, ProveError<S::Violation>> {
    statement.check(witness).map_err(ProveError::False)?;
    if !is_for(key.verifying_key(), S::Circuit::ID, statement.circuit().size()) {
        let verifying = key.verifying_key();
        let size = S::Circuit::of_size(verifying.size()).map(|circuit| circuit.size_in_words());
        let key = format!("{} of {}", verifying.statement(), size.unwrap_or_default());
        let statement = format!("{} of {}", S::Circuit::ID, statement.circuit().size_in_words());
        return Err(ProveError::OtherCircuit { key, statement });
    }
    Ok(create(srs, key, statement, witness, rng, done)?)
}

/// Makes a proof of a statement that may be false, and then does not verify.
///
/// # Panics
/// Where SRS, key and statement do not belong together.
#[cfg(feature = "testing")]
pub fn prove_unchecked<S: Statement>(
    srs: &Srs,
    key: &ProvingKey,
    statement: &S,
    witness: &S::Witness,
    rng: impl RngCore + CryptoRng,
) -> Vec<u8> {
    create(srs, key, statement, witness, rng, |_| ()).expect("the key's SRS")
}

#[cfg(feature = "prover")]
fn create<S: Statement>(
    srs: &Srs,
    key: &ProvingKey,
    statement: &S,
    witness: &S::Witness,
    rng: impl RngCore + CryptoRng,
    done: impl FnMut(Stage),
) -> Result<Vec<u8>, ArtifactError> {
    let (public, bytes) = (statement.public_inputs(), S::witness_bytes(witness));
    let advice = |phase, challenges: &[_], coins: &mut _| statement.assign(witness, phase, challenges, coins);
    prover::prove(srs, key, &public, &bytes, advice, rng, done)
}

/// Verifies one proof.
///
/// # Errors
/// [`ProofError`].
pub fn verify_proof<S: Statement>(key: &VerifyingKey, statement: &S, proof: &[u8]) -> Result<(), ProofError> {
    let public = PublicInputs::of(statement);
    if !public.are_for(key) {
        return Err(ProofError::OtherCircuit);
    }
    verifier::verify(&Claim { key, public: &public.columns, proof })
}

/// The public inputs of a statement, and which circuit they are for: what is left of statements of several kinds where many are
/// verified together.
#[derive(Clone, Debug)]
pub struct PublicInputs {
    statement: &'static str,
    size: u32,
    columns: Vec<Vec<Fr>>,
}

impl PublicInputs {
    /// Those of `statement`.
    pub fn of<S: Statement>(statement: &S) -> Self {
        Self { statement: S::Circuit::ID, size: statement.circuit().size(), columns: statement.public_inputs() }
    }

    fn are_for(&self, key: &VerifyingKey) -> bool {
        is_for(key, self.statement, self.size)
    }
}

/// Verifies many proofs, each under its key, with one pairing check, see [`verifier::verify_batch`]. The results are in
/// the order of the proofs.
#[must_use]
pub fn verify_proofs(proofs: &[(&VerifyingKey, PublicInputs, &[u8])]) -> Vec<Result<(), ProofError>> {
    let fits = |(key, public, _): &(&VerifyingKey, PublicInputs, &[u8])| public.are_for(key);
    let claims: Vec<Claim<'_>> = proofs
        .iter()
        .filter(|proof| fits(proof))
        .map(|(key, public, proof)| Claim { key, public: &public.columns, proof })
        .collect();
    let mut results = verifier::verify_batch(&claims).into_iter();
    let mut result = |proof| {
        if fits(proof) { results.next().unwrap_or(Err(ProofError::Invalid)) } else { Err(ProofError::OtherCircuit) }
    };
    proofs.iter().map(&mut result).collect()
}

/// Whether the key is for the circuit of this statement, and of its size.
fn is_for(key: &VerifyingKey, statement: &str, size: u32) -> bool {
    key.statement() == statement && key.size() == size
}
