//! Making proofs.

mod base;
mod mask;
mod quotient;
mod rounds;
mod shplonk;
mod steady;

use std::fmt;

use assay_arithmetic::Path;
use halo2_proofs::transcript::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use sha3::{Digest, Keccak256};
use zeroize::Zeroizing;

use self::base::Bases;
use self::mask::Masks;
pub use self::rounds::Stage;
use self::rounds::{Prover, Tables};
use self::steady::Steady;
use crate::artifact::ArtifactError;
use crate::encoding::to_bytes;
use crate::keys::VerifyingKey;
use crate::srs::Srs;
use crate::transcript::ProofWriter;
use crate::{Fr, Relation};

/// What a prover needs besides the SRS.
#[derive(Clone)]
pub struct ProvingKey {
    tables: Tables,
    masks: Masks,
    steady: Steady,
    bases: Option<Bases>,
    verifying_key: VerifyingKey,
}

impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvingKey")
            .field("verifying_key", &self.verifying_key.fingerprint())
            .field("multiples", &self.bases.is_some())
            .finish_non_exhaustive()
    }
}

impl ProvingKey {
    /// Computes the polynomials of a verifying key's circuit, which has at least 64 rows.
    ///
    /// # Panics
    /// Where the key is not one for `R`.
    #[must_use]
    pub fn new<R: Relation>(verifying_key: VerifyingKey) -> Self {
        Self::on_path::<R>(Path::detect(), verifying_key)
    }

    /// The same for a prover that computes in a given way. Proofs stay the same.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[must_use]
    pub fn on_path<R: Relation>(path: Path, verifying_key: VerifyingKey) -> Self {
        assert_eq!(verifying_key.statement(), R::ID, "a key of this statement");
        let circuit = R::of_size(verifying_key.size()).expect("a key has a size of its statement");
        let tables = Tables::new(path, verifying_key.plan(), &circuit.fixed());
        let steady = Steady::new(circuit.steady());
        Self { tables, masks: Masks::new(circuit.widths(), &steady), steady, bases: None, verifying_key }
    }

    /// Keeps multiples of the SRS's points with the key, which is worth it where many proofs are made: each then takes a
    /// quarter less time. It takes about as long as one proof, and 3 MiB of memory for 1,024 rows, or 100 bytes for each
    /// byte of a column. Proofs stay the same.
    ///
    /// # Errors
    /// [`ArtifactError::OtherSrs`]: `srs` is not the one that the key was made from, cut down to the circuit's rows.
    pub fn with_multiples(mut self, srs: &Srs) -> Result<Self, ArtifactError> {
        same_srs(srs, &self.verifying_key)?;
        self.bases = Some(Bases::new(self.tables.path(), srs));
        Ok(self)
    }

    /// The verifying key.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }
}

/// Whether the key was made from `srs`, cut down to the circuit's rows.
fn same_srs(srs: &Srs, key: &VerifyingKey) -> Result<(), ArtifactError> {
    let digests = [key.srs_digest(), srs.digest()];
    if srs.k() == key.plan().k() && digests[0] == digests[1] {
        return Ok(());
    }
    let [key, srs] = digests.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect());
    Err(ArtifactError::OtherSrs { key, srs })
}

/// The generator of all coins of a proof; wiped on drop.
struct Coins(ChaCha20Rng);

impl Coins {
    /// Seeded with Keccak-256 of the draw, the witness and the `public` scalars, each of its own fixed length: two statements
    /// never share coins, even where a draw is repeated.
    fn new(draw: &[u8; 32], witness: &[u8], public: impl Iterator<Item = Fr>) -> Self {
        let mut hash = Keccak256::new();
        hash.update(draw);
        hash.update(witness);
        public.for_each(|scalar| hash.update(to_bytes(&scalar)));
        let mut seed = Zeroizing::new([0; 32]);
        hash.finalize_into((&mut *seed).into());
        Self(ChaCha20Rng::from_seed(*seed))
    }
}

impl Drop for Coins {
    fn drop(&mut self) {
        self.0 = ChaCha20Rng::from_seed([0; 32]);
        std::hint::black_box(&self.0);
    }
}

/// Proves that private columns satisfy the circuit of `key`. `srs` is the one that the key was made from, cut down to the
/// circuit's rows; `public` are the public inputs by instance column.
///
/// `advice` gives the columns of a phase, `2^k` cells each, for the challenges of the phases before it. It takes what is
/// random in them from the generator that it is handed; the last rows are overwritten with randomness here. It is called
/// once for each phase. Nothing is checked: of a false statement comes a proof that does not verify.
///
/// Runs on the threads of the current rayon pool. All randomness is expanded from one draw of `rng`, the `witness` (bytes of
/// a fixed length that determine it) and the public inputs; the same draw gives the same proof of the same statement, and
/// another of any other. So a draw that is repeated by mistake, as by a cloned virtual machine, hides as long as it is
/// secret. `done` hears when a [`Stage`] ends.
///
/// # Errors
/// [`ArtifactError::OtherSrs`].
///
/// # Panics
/// Where `public` or the private columns are not as many as the circuit has, or not as long.
pub fn prove(
    srs: &Srs,
    key: &ProvingKey,
    public: &[Vec<Fr>],
    witness: &[u8],
    advice: impl FnMut(usize, &[Fr], &mut ChaCha20Rng) -> Vec<Vec<Fr>>,
    mut rng: impl RngCore + CryptoRng,
    done: impl FnMut(Stage),
) -> Result<Vec<u8>, ArtifactError> {
    let ProvingKey { tables, masks, steady, bases, verifying_key } = key;
    same_srs(srs, verifying_key)?;
    let plan = verifying_key.plan();
    let rows = public.iter().map(Vec::len);
    assert!(rows.eq(verifying_key.public_rows().iter().copied()), "as many public inputs as the circuit has");
    let hashed = || [verifying_key.halo2_key().transcript_repr()].into_iter().chain(public.iter().flatten().copied());
    let mut transcript = ProofWriter::default();

    // One draw from the caller's generator, which may be slow, seeds all randomness of the proof.
    let mut draw = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *draw);
    let mut coins = Coins::new(&draw, witness, hashed());

    let prover = Prover { srs, bases: bases.as_ref(), plan, tables, masks, steady };
    hashed()
        .try_for_each(|scalar| transcript.common_scalar(scalar))
        .and_then(|()| prover.rounds(&mut transcript, advice, public, &mut coins.0, done))
        .expect("writing to memory does not fail");
    Ok(transcript.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_draw_gives_other_coins_for_another_witness_or_input() {
        let first = |draw: u8, witness: &[u8], public: &[u64]| {
            Coins::new(&[draw; 32], witness, public.iter().copied().map(Fr::from)).0.next_u64()
        };
        let coins = [
            first(1, &[1, 1], &[5, 6]),
            first(2, &[1, 1], &[5, 6]),
            first(1, &[2, 1], &[5, 6]),
            first(1, &[1, 2], &[5, 6]),
            first(1, &[1, 1], &[6, 5]),
        ];
        for (i, one) in coins.iter().enumerate() {
            assert!(!coins[..i].contains(one), "case {i}");
        }
        assert_eq!(first(1, &[1, 1], &[5, 6]), coins[0]);
    }
}
