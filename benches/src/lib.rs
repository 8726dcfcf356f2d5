//! What the benchmarks share: an example statement, keys for it, an attestation, a pool of threads, memory of processes,
//! counts of instructions, and the report on Assay and its peers.
//!
//! Criterion benches are in `benches/`. Other provers of the same statement are in `peers/`, outside the workspace, so that
//! building Assay never compiles them.

pub mod attested;
pub mod contender;
pub mod covenants;
pub mod instructions;
#[cfg(feature = "report")]
pub mod report;
pub mod resident;
mod stored;

pub use stored::Stored;

use assay_circuits::SolvencyCircuit;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::{
    Amount, Context, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Size, Weight, Witness,
};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::U256;

/// A true statement that leaves no shortcut: all sixteen amounts are held, collateral of 119 to 120 bits and debt of at
/// most 118, weights of about 91 bits as for real markets, a margin of 200 bits. The same seed gives the same one.
///
/// The context is not that of any policy, since no prover looks at it.
#[must_use]
pub fn example(seed: u64) -> (Instance, Witness) {
    example_of(Size::Eight, seed)
}

/// [`example`] about as many assets as `size` has.
#[must_use]
pub fn example_of(size: Size, seed: u64) -> (Instance, Witness) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut bits = |top: bool, width: u32| {
        let value = (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64());
        (value >> (128 - width)) | (u128::from(top) << (width - 1))
    };
    let mut amounts = |top: bool, width: u32| {
        let amounts = (0..size.assets()).map(|_| Amount::new(bits(top, width)).expect("at most 120 bits"));
        amounts.collect::<Vec<_>>()
    };
    let (collateral, debt) = (amounts(true, 120), amounts(false, 118));
    let position = Position::new(collateral, debt).expect("of one size");
    let mut weights = || {
        let weights = (0..size.assets()).map(|_| Weight::new(bits(true, 91)).expect("at most 120 bits"));
        weights.collect::<Vec<_>>()
    };
    let (collateral, debt) = (weights(), weights());
    let margin = Margin::new(U256::from(bits(true, 100)) << 100).expect("200 bits");
    let mut digest = [0; 32];
    rng.fill_bytes(&mut digest);
    let opening = Opening::random(&mut rng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest(digest),
        covenant: Covenant::new(margin, collateral, debt).expect("of one size"),
    };
    (instance, Witness { position, opening })
}

/// `k` of the circuit for eight assets: it has `2^k` rows.
pub const K: u32 = Layout::new(Size::Eight).k();

/// A development SRS of the circuit's size and the proving key over it.
#[must_use]
pub fn development_keys() -> (Srs, ProvingKey) {
    development_keys_of(Size::Eight)
}

/// [`development_keys`] of the circuit for `size`.
#[must_use]
pub fn development_keys_of(size: Size) -> (Srs, ProvingKey) {
    let srs = Srs::dev(Layout::new(size).k(), rand_core::OsRng);
    let verifying =
        VerifyingKey::generate(&srs, &SolvencyCircuit::empty(size)).expect("the SRS has the circuit's size");
    (srs, ProvingKey::new::<SolvencyCircuit>(verifying))
}

/// Runs `job` on a pool of `threads` threads, the calling one not among them; zero stands for as many as there are
/// cores.
///
/// # Panics
/// Where the pool cannot be started.
pub fn on_threads<T: Send>(threads: usize, job: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads").install(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_true_and_differ_by_seed() {
        for seed in 0..100 {
            let (instance, witness) = example(seed);
            assert_eq!(assay_circuits::check(&instance, &witness), Ok(()));
            let (instance, witness) = example_of(Size::SixtyFour, seed);
            assert_eq!(assay_circuits::check(&instance, &witness), Ok(()));
        }
        assert_ne!(example(0).0, example(1).0);
    }

    #[test]
    fn the_pool_has_as_many_threads_as_asked_for() {
        for threads in [1, 2] {
            assert_eq!(on_threads(threads, rayon::current_num_threads), threads);
        }
    }
}
