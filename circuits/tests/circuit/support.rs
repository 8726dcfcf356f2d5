//! What the tests of the solvency statement share: seeded cases and an example.

use assay_circuits::testing::{self, Case};
use assay_circuits::{Amount, Context, Fr, Instance, Margin, Position, PositionCommitment, Weight, Witness};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Cases of [`testing::case`], the same for the same seed.
pub(crate) struct Cases<const N: usize> {
    runner: TestRunner,
    strategy: BoxedStrategy<Case<N>>,
}

impl<const N: usize> Cases<N> {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self { runner: TestRunner::new_with_rng(Config::default(), rng), strategy: testing::case::<N>().boxed() }
    }
}

impl<const N: usize> Iterator for Cases<N> {
    type Item = Case<N>;

    fn next(&mut self) -> Option<Case<N>> {
        self.strategy.new_tree(&mut self.runner).ok().map(|tree| tree.current())
    }
}

/// A true statement in which no amount and no weight is zero, and all differ.
pub(crate) fn example<const N: usize>() -> (Instance<N>, Witness<N>) {
    let small = |value: usize| Amount::new(value as u128).expect("small");
    let position = Position::<N> {
        collateral: std::array::from_fn(|i| small(1_000_000_007 * (i + 3))),
        debt: std::array::from_fn(|i| small(998_244_353 * (i + 2))),
    };
    let opening = testing::opening_from_field(Fr::from(0x0123_4567_89ab_cdef).square());
    let weight = |value: usize| Weight::new(value as u128).expect("small");
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest([0xab; 32]),
        margin: Margin::new(ruint::aliases::U256::from(12_345)).expect("small"),
        collateral_weights: std::array::from_fn(|i| weight(70_001 + 13 * i)),
        debt_weights: std::array::from_fn(|i| weight(10_007 + 17 * i)),
    };
    (instance, Witness { position, opening })
}
