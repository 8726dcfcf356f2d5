//! The field in lanes against that of halo2curves, and a model of the carries.

use std::fmt;

use ff::PrimeField;
use halo2curves::bn256::{Fq, Fr};
use rand_core::OsRng;

use super::Ifma;
use super::field::{Lanes, Modulus, element, words};

/// None, and a line that says so, where the processor lacks the instructions.
fn ifma() -> Option<Ifma> {
    let ifma = Ifma::detect();
    if ifma.is_none() {
        println!("NOT CHECKED: the field in lanes, since this processor lacks AVX-512 IFMA");
    }
    ifma
}

/// Elements at the edges of the range and of the limbs, by their words in Montgomery form, and by their value.
fn edges<M: Modulus + PrimeField>() -> Vec<M> {
    let [a, b, c, d] = M::WORDS;
    let by_words = [
        [1, 0, 0, 0],
        [a - 1, b, c, d],
        [a - 2, b, c, d],
        [u64::MAX, u64::MAX, u64::MAX, d - 1],
        [u64::MAX, u64::MAX, 0, 0],
        [0, 0, 0, d],
        [(1 << 52) - 1, 0, 0, 0],
        [1 << 52, 0, 0, 0],
        [0, (1 << 40) - 1, 0, 0],
        [0, 1 << 40, 0, 0],
        [0, 0, 1 << 28, 0],
        [0, 0, 0, 1 << 16],
    ];
    let by_value =
        [M::ZERO, M::ONE, -M::ONE, M::ONE.double(), -M::ONE.double(), M::TWO_INV, M::MULTIPLICATIVE_GENERATOR];
    by_words.into_iter().map(element).chain(by_value).collect()
}

/// Products, sums, differences, and scaled numbers, for eight pairs.
#[target_feature(enable = "avx512f,avx512ifma")]
fn results<M: Modulus>(a: &[M; 8], b: &[M; 8]) -> [[M; 8]; 6] {
    let (plain, other) = (Lanes::load(a), Lanes::load(b));
    let lanes = [
        // The factors lie below 16·p, which is more than the other code of this crate multiplies by numbers below p.
        plain.scaled().product(&other).least(),
        plain.sum().plus(other.sum()).least(),
        plain.sum().minus::<1>(other.sum()).least(),
        plain.sum().minus::<32>(other.sum().plus(other.sum())).least(),
        plain.scaled().sum().plus(other.scaled().sum()).least(),
        plain.sum().negate([0xff]).carry().least(),
    ];
    let mut results = [*a; 6];
    for (results, lanes) in results.iter_mut().zip(lanes) {
        lanes.store(results);
    }
    results
}

fn check<M: Modulus + PrimeField + fmt::Debug>(ifma: Ifma, a: &[M; 8], b: &[M; 8]) {
    let Ifma(()) = ifma;
    // SAFETY: the processor has the instructions; `ifma` is the proof.
    let found = unsafe { results(a, b) };
    let sixteen = M::from(16);
    for i in 0..8 {
        let (a, b) = (a[i], b[i]);
        let expected = [a * b, a + b, a - b, a - b.double(), sixteen * (a + b), -a];
        let found: [M; 6] = std::array::from_fn(|result| found[result][i]);
        assert_eq!(found.map(|found| words(&found)), expected.map(|expected| words(&expected)), "{a:?} and {b:?}");
    }
}

/// Every two edges, with the lanes all different, and random elements.
fn check_field<M: Modulus + PrimeField + fmt::Debug>() {
    let Some(ifma) = ifma() else { return };
    let edges = edges::<M>();
    let at = |place: usize| edges[place % edges.len()];
    for first in 0..edges.len() {
        for second in 0..edges.len() {
            check(
                ifma,
                &std::array::from_fn(|lane| at(first + lane)),
                &std::array::from_fn(|lane| at(second + 3 * lane)),
            );
        }
    }
    let random = || std::array::from_fn(|_| M::random(OsRng));
    for _ in 0..2_000 {
        check(ifma, &random(), &random());
    }
}

#[test]
fn scalars_in_lanes_are_those_of_halo2curves() {
    check_field::<Fr>();
}

#[test]
fn coordinates_in_lanes_are_those_of_halo2curves() {
    check_field::<Fq>();
}

/// The greatest and the least of what a limb can be.
#[derive(Clone, Copy)]
struct Range {
    least: i128,
    greatest: i128,
}

impl Range {
    fn new(least: i128, greatest: i128) -> Self {
        assert!(least >= i64::MIN.into() && greatest <= i64::MAX.into(), "a limb overflows: {least} to {greatest}");
        Self { least, greatest }
    }

    fn plus(self, other: Self) -> Self {
        Self::new(self.least + other.least, self.greatest + other.greatest)
    }
}

/// A limb after a carry, or half a product of two.
const LIMB: Range = Range { least: 0, greatest: (1 << 52) - 1 };

/// What the limbs of [`Lanes::times`] can be, for all operands.
fn product() -> [Range; 5] {
    let zero = Range::new(0, 0);
    let mut sums = [zero; 6];
    for _ in 0..5 {
        // The digit's products, and then those of the factor that clears the lowest limb.
        for _ in 0..2 {
            for j in 0..5 {
                sums[j] = sums[j].plus(LIMB);
                sums[j + 1] = sums[j + 1].plus(LIMB);
            }
        }
        let carry = Range::new(0, sums[0].greatest >> 52);
        sums = [sums[1].plus(carry), sums[2], sums[3], sums[4], sums[5], zero];
    }
    [sums[0], sums[1], sums[2], sums[3], sums[4]]
}

#[test]
fn no_limb_overflows_in_a_product_or_in_the_layers_of_the_longest_transform() {
    let product = product();
    assert!(product.iter().all(|limb| limb.greatest < 21 << 52));
    // A layer adds a product, or takes it off and adds a limb of a multiple of the modulus.
    let mut limbs = product;
    for _ in 0..Fr::S {
        for (limb, term) in limbs.iter_mut().zip(product) {
            *limb = Range::new(limb.least - term.greatest, limb.greatest + term.greatest).plus(LIMB);
        }
    }
    // The carries of the sum.
    for i in 0..4 {
        limbs[i + 1] = limbs[i + 1].plus(Range::new(limbs[i].least >> 52, limbs[i].greatest >> 52));
    }
}

#[test]
fn the_estimated_quotient_leaves_less_than_twice_the_modulus() {
    // Limbs of p from the fourth on, as `Sum::lower` takes them, and the greatest sum there may be.
    for [_, _, _, top] in [Fr::WORDS, Fq::WORDS] {
        let top = u128::from(top >> 16);
        let reciprocal = (1u128 << 58) / (top + 1);
        let mut greatest = 0;
        // The remainder grows with the upper limb until the estimate steps; so it is greatest before a step.
        for estimate in 1..=84u128 {
            let before = ((estimate << 58).div_ceil(reciprocal) - 1).min(84 * top);
            let found = (before * reciprocal) >> 58;
            // p is above top·2^208 and the number below (before + 1)·2^208.
            greatest = greatest.max((before + 1 - found * top) * 100 / top);
        }
        assert!(greatest < 103, "{greatest} per cent of the modulus");
    }
}
