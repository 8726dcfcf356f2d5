//! Time and memory of proofs by shape: rows, columns, degree, evaluations. A model of time, and the page that shows it.

pub mod model;
pub mod page;

use std::path::Path;
use std::time::Instant;

use assay_circuits::keys::{ProvingKey, VerifyingKey};
use assay_circuits::proof::shape::{Family, Work};
use assay_circuits::proof::{Stage, prove, prove_in_stages};
use assay_circuits::solvency::layout::{BLOCK, DIFFERENCE_BLOCK};
use assay_circuits::srs::Srs;
use assay_circuits::{Amount, Context, Fr, Instance, Margin, Opening, Position, PositionCommitment, Weight, Witness};
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::{on_threads, resident};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// The statement over so many assets.
    Assets(usize),
    /// A synthetic circuit.
    Synthetic {
        /// Base-2 logarithm of the number of rows.
        k: u32,
        /// Private columns.
        columns: usize,
        /// Degree.
        degree: usize,
        /// Columns are opened at one point more.
        reach: usize,
    },
}

/// Calls a function that is generic in the number of assets.
macro_rules! by_assets {
    ($assets:expr, $function:ident($($argument:expr),*)) => {
        match $assets {
            8 => $function::<8>($($argument),*),
            16 => $function::<16>($($argument),*),
            32 => $function::<32>($($argument),*),
            64 => $function::<64>($($argument),*),
            128 => $function::<128>($($argument),*),
            206 => $function::<206>($($argument),*),
            other => unreachable!("{other} assets are not on the list"),
        }
    };
}

/// Synthetic circuits: `k`, columns, degree, reach.
const SYNTHETIC: [(u32, usize, usize, usize); 28] = [
    (8, 1, 3, 1),
    (8, 4, 5, 3),
    (8, 10, 9, 2),
    (9, 2, 5, 7),
    (9, 8, 4, 1),
    (9, 3, 7, 4),
    (10, 1, 9, 1),
    (10, 2, 5, 7),
    (10, 10, 3, 2),
    (10, 5, 6, 3),
    (11, 3, 4, 2),
    (11, 6, 8, 1),
    (11, 2, 5, 7),
    (11, 9, 3, 6),
    (12, 1, 5, 8),
    (12, 4, 3, 1),
    (12, 8, 6, 4),
    (12, 2, 9, 2),
    (13, 2, 7, 2),
    (13, 5, 5, 1),
    (13, 10, 4, 3),
    (14, 1, 4, 5),
    (14, 3, 9, 1),
    (14, 2, 5, 7),
    (15, 2, 3, 2),
    (15, 4, 6, 1),
    (16, 2, 5, 7),
    (16, 1, 3, 1),
];

/// Every shape that is measured. The model is fitted to every other one.
#[must_use]
pub fn all() -> Vec<Shape> {
    let synthetic = |(k, columns, degree, reach)| Shape::Synthetic { k, columns, degree, reach };
    [8, 16, 32, 64, 128, 206].map(Shape::Assets).into_iter().chain(SYNTHETIC.map(synthetic)).collect()
}

impl Shape {
    /// What a proof's time is a function of.
    #[must_use]
    pub fn work(self) -> Work {
        fn of<const N: usize>() -> Work {
            Work::of_statement::<N>()
        }
        match self {
            Self::Assets(assets) => by_assets!(assets, of()),
            Self::Synthetic { k, columns, degree, reach } => Family { k, columns, degree, reach }.work(),
        }
    }
}

/// On how many threads to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// On one alone: its processor time can be measured on a machine that does other work.
    One,
    /// On one and on two.
    OneAndTwo,
}

impl Threads {
    /// `measure` of one thread, and of two where they are asked for.
    pub fn map<T>(self, mut measure: impl FnMut(usize) -> T) -> [Option<T>; 2] {
        let one = measure(1);
        [Some(one), (self == Self::OneAndTwo).then(|| measure(2))]
    }
}

/// What one shape took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// What was proven.
    pub shape: Shape,
    /// The least time of a proof on one thread, in milliseconds of processor time, and on two, by the clock, where that was
    /// measured.
    pub milliseconds: [Option<f64>; 2],
    /// The most resident memory of a fresh process that reads an SRS, makes a key and then proofs, in bytes; of Linux only.
    pub resident: Option<u64>,
}

/// How long each stage of a proof took, in milliseconds: means of many proofs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stages {
    /// Check, private columns, hashing of inputs.
    pub witness: f64,
    /// Commitments to columns.
    pub commit_columns: f64,
    /// The quotient, with transforms.
    pub quotient: f64,
    /// Commitments to its pieces.
    pub commit_pieces: f64,
    /// Values of polynomials.
    pub evaluate: f64,
    /// The opening proof.
    pub open: f64,
}

/// A true statement over `N` assets, all of them held: collateral of 119 to 120 bits, debt of 118 bits, so that any weights of 91 bits
/// make it true.
fn statement<const N: usize>(seed: u64) -> (Instance<N>, Witness<N>) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut bits = |width: u32| {
        let value = (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64());
        (value >> (128 - width)) | (1 << (width - 1))
    };
    let amount = |value| Amount::new(value).expect("at most 120 bits");
    let position = Position {
        collateral: std::array::from_fn(|_| amount(bits(120))),
        debt: std::array::from_fn(|_| amount(bits(118))),
    };
    let weight = |value| Weight::new(value).expect("at most 120 bits");
    let collateral_weights = std::array::from_fn(|_| weight(bits(91)));
    let debt_weights = std::array::from_fn(|_| weight(bits(91)));
    let opening = Opening::random(&mut rng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::default(),
        margin: Margin::ZERO,
        collateral_weights,
        debt_weights,
    };
    (instance, Witness { position, opening })
}

/// Writes what [`measure`] reads of a shape.
///
/// # Errors
/// The directory cannot be written to.
pub fn prepare(shape: Shape, srs: &Srs, directory: &Path) -> Result<(), Failure> {
    fn key<const N: usize>(srs: &Srs) -> Vec<u8> {
        VerifyingKey::<N>::generate(srs).expect("the SRS has the circuit's size").to_bytes()
    }
    std::fs::write(directory.join("srs"), srs.to_bytes())?;
    if let Shape::Assets(assets) = shape {
        std::fs::write(directory.join("key"), by_assets!(assets, key(srs)))?;
    }
    Ok(())
}

/// Reads what [`prepare`] wrote and makes proofs. A process should do nothing else, for its memory is counted.
///
/// # Errors
/// The files are not there or not what they should be.
pub fn measure(shape: Shape, directory: &Path, threads: Threads) -> Result<Measured, Failure> {
    fn of_statement<const N: usize>(srs: &Srs, key: &[u8], threads: Threads) -> Result<[Option<f64>; 2], Failure> {
        let key = ProvingKey::<N>::new(VerifyingKey::from_bytes(key)?);
        let (instance, witness) = statement::<N>(1);
        Ok(least(threads, || assert!(prove(srs, &key, &instance, &witness, OsRng).is_ok())))
    }
    let srs = Srs::from_bytes(&std::fs::read(directory.join("srs"))?)?;
    let milliseconds = match shape {
        Shape::Assets(assets) => {
            let key = std::fs::read(directory.join("key"))?;
            by_assets!(assets, of_statement(&srs, &key, threads))?
        }
        Shape::Synthetic { k, columns, degree, reach } => {
            let family = Family { k, columns, degree, reach };
            let (circuit, advice) = (family.shape(), family.advice(OsRng));
            least(threads, || assert!(!circuit.prove(&srs, Fr::one(), advice.clone(), [1; 32], |_| ()).is_empty()))
        }
    };
    Ok(Measured { shape, milliseconds, resident: resident::peak(std::process::id()) })
}

/// Nanoseconds that this thread has run, as Linux counts them: other work on the machine does not count. `None` elsewhere.
fn processor_time() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}

/// Milliseconds since some moment: of processor time where one thread does all, else of the clock.
fn clock(threads: usize) -> impl Fn() -> f64 {
    let started = Instant::now();
    move || match processor_time() {
        Some(nanoseconds) if threads == 1 => nanoseconds as f64 / 1e6,
        _ => started.elapsed().as_secs_f64() * 1e3,
    }
}

/// The time of `job` on one thread and on two, in milliseconds: the lesser mean of two batches. Linux counts processor time
/// in ticks of a few milliseconds, so a batch takes many of them.
fn least(threads: Threads, job: impl Fn() + Sync) -> [Option<f64>; 2] {
    const BATCHES: usize = 2;
    const ENOUGH: f64 = 150.0;
    threads.map(|threads| {
        on_threads(threads, || {
            // The first proof under a key also computes what later ones share.
            job();
            let now = clock(threads);
            let batch = |_| {
                let (started, mut count) = (now(), 0.0);
                while now() - started < ENOUGH {
                    job();
                    count += 1.0;
                }
                (now() - started) / count
            };
            (0..BATCHES).map(batch).fold(f64::INFINITY, f64::min)
        })
    })
}

/// The stages of a proof over eight assets, on so many threads.
#[must_use]
pub fn stages(threads: usize) -> Stages {
    const PROOFS: u64 = 101;
    const ORDER: [Stage; 6] =
        [Stage::Witness, Stage::CommitColumns, Stage::Quotient, Stage::CommitPieces, Stage::Evaluate, Stage::Open];
    let (srs, key) = crate::development_keys();
    let mut times = ORDER.map(|_| 0.0);
    on_threads(threads, || {
        let clock = clock(threads);
        for seed in 0..PROOFS {
            let (instance, witness) = crate::example(seed);
            let mut last = clock();
            let proof = prove_in_stages(&srs, &key, &instance, &witness, OsRng, |stage| {
                let now = clock();
                let place = ORDER.iter().position(|known| *known == stage).expect("every stage is listed");
                times[place] += now - last;
                last = now;
            });
            assert!(proof.is_ok());
        }
    });
    let [witness, commit_columns, quotient, commit_pieces, evaluate, open] = times.map(|time| time / PROOFS as f64);
    Stages { witness, commit_columns, quotient, commit_pieces, evaluate, open }
}

/// Assets that a statement over `2^k` rows has room for, were there no other limit.
#[must_use]
pub fn room(k: u32) -> usize {
    // Two assets a block; the first rows hold the difference, and the last are for hiding.
    2 * (((1 << k) - DIFFERENCE_BLOCK - 23) / BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_have_k_from_8_to_16_one_to_ten_columns_and_degrees_from_3_to_9() {
        let work: Vec<Work> = all().into_iter().map(Shape::work).collect();
        let all = |of: fn(&Work) -> usize| work.iter().map(of).collect::<std::collections::BTreeSet<usize>>();
        assert_eq!(all(|work| work.k as usize), (8..=16).collect());
        assert_eq!(all(|work| work.degree), (3..=9).collect());
        assert_eq!((all(|work| work.columns).first(), all(|work| work.columns).last()), (Some(&1), Some(&10)));
    }

    #[test]
    fn examples_of_every_number_of_assets_are_true() {
        fn holds<const N: usize>() {
            let (instance, witness) = statement::<N>(3);
            assert_eq!(assay_circuits::check(&instance, &witness), Ok(()), "{N} assets");
        }
        for assets in [8, 16, 32, 64, 128, 206] {
            by_assets!(assets, holds());
        }
    }

    #[test]
    fn a_small_shape_is_measured_from_files() {
        let directory = std::env::temp_dir().join(format!("assay-shapes-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let shape = Shape::Synthetic { k: 6, columns: 1, degree: 3, reach: 1 };
        prepare(shape, &Srs::dev(6, OsRng), &directory).expect("written");
        let measured = measure(shape, &directory, Threads::OneAndTwo).expect("measured");
        std::fs::remove_dir_all(&directory).expect("ours");
        assert_eq!(measured.shape, shape);
        assert!(measured.milliseconds.iter().all(|time| time.is_some_and(|time| time > 0.0)));
        assert_eq!(Threads::One.map(|threads| threads), [Some(1), None]);
    }

    #[test]
    fn room_agrees_with_the_layout() {
        assert!((8..16).contains(&room(10)), "{}", room(10));
        assert!((206..412).contains(&room(15)), "{}", room(15));
    }
}
