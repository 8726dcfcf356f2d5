//! What the tests of the solvency statement share: seeded cases and an example.

use std::fmt::Debug;

use assay_circuits::statements::solvency::strategies::{self, Case};
use assay_circuits::{
    Amount, Context, Covenant, Fr, Instance, Margin, Position, PositionCommitment, Size, Weight, Witness,
};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Values of a strategy, the same for the same seed.
pub(crate) struct Seeded<T> {
    runner: TestRunner,
    strategy: BoxedStrategy<T>,
}

impl<T: Debug> Seeded<T> {
    pub(crate) fn new(strategy: impl Strategy<Value = T> + 'static, seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self { runner: TestRunner::new_with_rng(Config::default(), rng), strategy: strategy.boxed() }
    }
}

impl<T: Debug> Iterator for Seeded<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.strategy.new_tree(&mut self.runner).ok().map(|tree| tree.current())
    }
}

/// Cases of the solvency statement.
pub(crate) fn solvency_cases(size: Size, seed: u64) -> Seeded<Case> {
    Seeded::new(strategies::case(size), seed)
}

/// A true statement in which no amount and no weight is zero, and all differ.
pub(crate) fn example(size: Size) -> (Instance, Witness) {
    let small = |value: usize| Amount::new(value as u128).expect("small");
    let amounts = |of: fn(usize) -> usize| (0..size.assets()).map(|i| small(of(i))).collect();
    let position = Position::new(amounts(|i| 1_000_000_007 * (i + 3)), amounts(|i| 998_244_353 * (i + 2)));
    let position = position.expect("of one size");
    let opening = strategies::opening_from_field(Fr::from(0x0123_4567_89ab_cdef).square());
    let weight = |value: usize| Weight::new(value as u128).expect("small");
    let margin = Margin::new(ruint::aliases::U256::from(12_345)).expect("small");
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest([0xab; 32]),
        covenant: Covenant::from_fn(size, margin, |i| (weight(70_001 + 13 * i), weight(10_007 + 17 * i))),
    };
    (instance, Witness { position, opening })
}
