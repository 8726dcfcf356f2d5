//! Making a proof.

mod mask;
mod opening;
mod protocol;
mod quotient;

use std::fmt;

pub use assay_arithmetic::Path;
use ff::Field;
use halo2_proofs::transcript::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use sha3::{Digest, Keccak256};
use zeroize::Zeroizing;

use self::mask::Mask;
pub use self::protocol::Stage;
use self::protocol::{Bases, Columns, Prover};
use crate::artifact::ArtifactError;
use crate::encoding::to_bytes;
use crate::keys::{ProvingKey, VerifyingKey};
use crate::solvency::circuit::{BLINDING_ROWS, assign, widths};
use crate::solvency::layout::Layout;
use crate::solvency::{Instance, Violation, Witness, check, row};
use crate::srs::Srs;
use crate::transcript::ProofWriter;
use crate::units::{Fr, Size};

/// Why no proof was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The statement does not hold.
    #[error("the statement is false: {0}")]
    False(#[from] Violation),
    /// The SRS is not the one that the key was made from, or too small.
    #[error(transparent)]
    Srs(#[from] ArtifactError),
    /// The key is for another size.
    #[error("the key is for {key} and the statement over {statement}")]
    Size {
        /// Of the key.
        key: Size,
        /// Of the instance.
        statement: Size,
    },
}

/// Proves `instance`. `srs` is the one that the key was made from, cut down to the circuit's size.
///
/// Runs on the threads of the current rayon pool. All randomness that hides the position is expanded from one draw of
/// `rng` and from what is proven; the same draw gives the same proof of the same statement, and another of any other. So a
/// draw that is repeated by mistake, as by a cloned virtual machine, hides as long as it is secret. The proof is not verified
/// here.
///
/// # Errors
/// [`ProveError`]; a false statement is refused before any proving.
pub fn prove(
    srs: &Srs,
    key: &ProvingKey,
    instance: &Instance,
    witness: &Witness,
    rng: impl RngCore + CryptoRng + Send,
) -> Result<Vec<u8>, ProveError> {
    prove_in_stages(srs, key, instance, witness, rng, |_| ())
}

/// The same; `done` is told when each [`Stage`] ends.
///
/// # Errors
/// As [`prove`].
pub fn prove_in_stages(
    srs: &Srs,
    key: &ProvingKey,
    instance: &Instance,
    witness: &Witness,
    rng: impl RngCore + CryptoRng + Send,
    done: impl FnMut(Stage),
) -> Result<Vec<u8>, ProveError> {
    check(instance, witness)?;
    let sizes = (key.verifying_key().size(), instance.size());
    if sizes.0 != sizes.1 {
        return Err(ProveError::Size { key: sizes.0, statement: sizes.1 });
    }
    same_srs(srs, key.verifying_key())?;
    Ok(create(srs, key, instance, witness, rng, done))
}

/// Whether the key was made from `srs`, cut down to the circuit's size.
pub(crate) fn same_srs(srs: &Srs, key: &VerifyingKey) -> Result<(), ArtifactError> {
    let digests = [key.srs_digest(), srs.digest()];
    if srs.k() == Layout::new(key.size()).k() && digests[0] == digests[1] {
        return Ok(());
    }
    let [key, srs] = digests.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect());
    Err(ArtifactError::OtherSrs { key, srs })
}

/// The same for a statement that may be false, and then a proof that does not verify.
#[cfg(feature = "testing")]
pub fn prove_unchecked(
    srs: &Srs,
    key: &ProvingKey,
    instance: &Instance,
    witness: &Witness,
    rng: impl RngCore + CryptoRng + Send,
) -> Vec<u8> {
    create(srs, key, instance, witness, rng, |_| ())
}

/// What a proof needs of the circuit and not of the witness.
#[derive(Clone)]
pub(crate) struct Tables {
    path: Path,
    circuit: protocol::Tables,
    mask: Mask,
    bases: Option<Bases>,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("multiples", &self.bases.is_some()).finish_non_exhaustive()
    }
}

impl Tables {
    pub(crate) fn new(path: Path, key: &VerifyingKey) -> Self {
        let layout = Layout::new(key.size());
        let columns = layout.fixed();
        let fixed = [columns.limb, columns.round, columns.turn, columns.constant];
        let circuit = protocol::Tables::new(path, key.halo2_key().cs(), layout.k(), &fixed);
        Self { path, circuit, mask: Mask::new(widths(key.size())), bases: None }
    }

    /// Keeps multiples of the points of `srs`.
    pub(crate) fn keep_multiples(&mut self, srs: &Srs) {
        self.bases = Some(Bases::new(self.path, srs));
    }
}

/// The generator of all coins of a proof; wiped on drop.
struct Coins(ChaCha20Rng);

impl Coins {
    /// Seeded with Keccak-256 of the draw, the witness and the `public` scalars, each of its own fixed length: two statements
    /// never share coins, even where a draw is repeated.
    fn new(draw: &[u8; 32], witness: &Witness, public: impl Iterator<Item = Fr>) -> Self {
        let Witness { position, opening } = witness;
        let mut hash = Keccak256::new();
        hash.update(draw);
        hash.update(*opening.to_bytes());
        for amount in position.collateral().iter().chain(position.debt()) {
            hash.update(Zeroizing::new(amount.expose().to_be_bytes()));
        }
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

fn create(
    srs: &Srs,
    key: &ProvingKey,
    instance: &Instance,
    witness: &Witness,
    mut rng: impl RngCore + CryptoRng,
    mut done: impl FnMut(Stage),
) -> Vec<u8> {
    let halo2_key = key.verifying_key().halo2_key();
    let inputs = instance.to_field_elements();
    let public = || [halo2_key.transcript_repr()].into_iter().chain(inputs.iter().copied());
    let mut transcript = ProofWriter::default();
    let hashed = public().try_for_each(|scalar| transcript.common_scalar(scalar));

    // One draw from the caller's generator, which may be slow, seeds all randomness of the proof.
    let mut draw = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *draw);
    let mut coins = Coins::new(&draw, witness, public());
    let Coins(rng) = &mut coins;

    let mut advice = assign(instance, witness, &mut *rng);
    for column in &mut advice.0 {
        let first = column.len() - BLINDING_ROWS;
        column[first..].fill_with(|| Fr::random(&mut *rng));
    }
    let columns = Columns(advice.0.each_mut().map(std::mem::take).into());
    done(Stage::Witness);
    let Tables { circuit, mask, bases, .. } = key.tables();
    let prover = Prover { srs, bases: bases.as_ref(), system: halo2_key.cs(), tables: circuit, mask: Some(mask) };
    let written = hashed
        .and_then(|()| prover.rounds(&mut transcript, columns, &row::columns(instance.size(), &inputs), rng, done));
    written.expect("writing to memory does not fail");
    transcript.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::{Opening, Position};
    use crate::units::Amount;

    #[test]
    fn a_repeated_draw_gives_other_coins_for_another_blinding_amount_or_input() {
        let amount = |value| Amount::new(value).expect("small");
        let witness = |blinding: u8, collateral: u128, debt: u128| {
            let mut position = Position::empty(Size::Eight);
            position.collateral_mut()[7] = amount(collateral);
            position.debt_mut()[0] = amount(debt);
            let mut bytes = [0; 32];
            bytes[31] = blinding;
            Witness { position, opening: Opening::from_bytes(&bytes).expect("small") }
        };
        let first = |draw: u8, witness: &Witness, public: &[u64]| {
            Coins::new(&[draw; 32], witness, public.iter().copied().map(Fr::from)).0.next_u64()
        };
        let coins = [
            first(1, &witness(1, 1, 0), &[5, 6]),
            first(2, &witness(1, 1, 0), &[5, 6]),
            first(1, &witness(2, 1, 0), &[5, 6]),
            first(1, &witness(1, 2, 0), &[5, 6]),
            first(1, &witness(1, 0, 1), &[5, 6]),
            first(1, &witness(1, 1, 0), &[6, 5]),
        ];
        for (i, one) in coins.iter().enumerate() {
            assert!(!coins[..i].contains(one), "case {i}");
        }
        assert_eq!(first(1, &witness(1, 1, 0), &[5, 6]), coins[0]);
    }
}
