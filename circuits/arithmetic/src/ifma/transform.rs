//! Transforms.

use std::arch::x86_64::*;

use halo2curves::bn256::Fr;

use super::Ifma;
use super::field::{Lanes, Sum, transpose};
use crate::domain::Factors;

/// Vectors of which the halves are transformed by one thread after the other.
const LARGE: usize = 1 << 11;

/// Twiddle factors for `2^k` values, scaled, eight in each place, in the order of the scalar ones.
#[derive(Clone, Debug)]
pub(crate) struct Twiddles {
    ifma: Ifma,
    table: Vec<Lanes<Fr>>,
}

impl Twiddles {
    /// From the scalar ones, of which there are at least 64.
    pub(crate) fn new(ifma: Ifma, twiddles: &[Fr]) -> Self {
        // SAFETY: the processor has the instructions; `ifma` is the proof.
        Self { ifma, table: unsafe { scaled(twiddles) } }
    }

    /// `after_i·Σ_j root^(i·j)·before_j·values_j`, where missing values are zero.
    pub(crate) fn transform(&self, values: &[Fr], before: Factors<'_>, after: Factors<'_>) -> Vec<Fr> {
        let Self { ifma: Ifma(()), table } = self;
        // SAFETY: the processor has the instructions; the field `ifma` is the proof.
        unsafe { transform(values, before, after, table) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn scaled(twiddles: &[Fr]) -> Vec<Lanes<Fr>> {
    let mut table = Vec::with_capacity(twiddles.len() / 8);
    for eight in twiddles.as_chunks().0 {
        table.push(Lanes::load(eight).scaled().sum().least());
    }
    table
}

/// Plain numbers times plain factors, from place `at` on; all of them below `84·p`, and the products below `2·p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn multiply(numbers: Sum<Fr>, factors: &[Fr], at: usize) -> Lanes<Fr> {
    numbers.lower().product(&Lanes::read(factors, at).scaled())
}

/// The sum of `low` and `high·factor`, and their difference; each is below `low + 2·p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn butterfly(low: Sum<Fr>, high: Sum<Fr>, factor: &Lanes<Fr>) -> [Sum<Fr>; 2] {
    let term = high.carry().times(factor);
    [low.plus(term), low.minus::<2>(term)]
}

/// Butterflies of eight numbers below `2·p`, in the order of their bits reversed; `roots` are the first four powers of a
/// root of unity of order eight, and all results are below `16·p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn eight(x: &mut [Sum<Fr>; 8], roots: &[Lanes<Fr>; 4]) {
    for i in [0, 2, 4, 6] {
        (x[i], x[i + 1]) = (x[i].plus(x[i + 1]), x[i].minus::<2>(x[i + 1]));
    }
    for i in [0, 4] {
        (x[i], x[i + 2]) = (x[i].plus(x[i + 2]), x[i].minus::<4>(x[i + 2]));
        [x[i + 1], x[i + 3]] = butterfly(x[i + 1], x[i + 3], &roots[2]);
    }
    (x[0], x[4]) = (x[0].plus(x[4]), x[0].minus::<8>(x[4]));
    for i in 1..4 {
        [x[i], x[i + 4]] = butterfly(x[i], x[i + 4], &roots[i]);
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn transform(values: &[Fr], before: Factors<'_>, after: Factors<'_>, table: &[Lanes<Fr>]) -> Vec<Fr> {
    let vectors = table.len();
    let mut sums = vec![Lanes::zero().sum(); vectors];
    // The first vector of the table ends with four powers of the root of order eight.
    let mut roots = [Lanes::zero(); 4];
    for (root, lane) in roots.iter_mut().zip(4..) {
        *root = table[0].lane(lane);
    }
    // Places with numbers that differ in their lowest three bits hold values at distance `vectors`.
    let bits = vectors.trailing_zeros();
    for j in (0..vectors).step_by(8) {
        let mut x = [Lanes::zero().sum(); 8];
        for (place, number) in [0, 4, 2, 6, 1, 5, 3, 7].into_iter().enumerate() {
            let at = number * vectors + j;
            let numbers = Lanes::read(values, at);
            x[place] = match before {
                Factors::One => numbers,
                Factors::All(factor) => numbers.product(&Lanes::splat(&(factor * Fr::from(16)))),
                Factors::Each(factors) => numbers.product(&Lanes::read(factors, at).scaled()),
            }
            .sum();
        }
        eight(&mut x, &roots);
        let mut columns = [[_mm512_setzero_si512(); 5]; 8];
        for limb in 0..5 {
            let mut rows = [_mm512_setzero_si512(); 8];
            for (row, sum) in rows.iter_mut().zip(&x) {
                *row = sum.limbs()[limb];
            }
            for (column, row) in columns.iter_mut().zip(transpose(rows)) {
                column[limb] = row;
            }
        }
        for (lane, column) in columns.into_iter().enumerate() {
            sums[(j + lane).reverse_bits() >> (usize::BITS - bits)] = Sum::from_limbs(column);
        }
    }
    layers(&mut sums, table);
    // All are below (16 + 2·(k − 3))·p, and k is at most 28.
    let mut results = vec![Fr::zero(); 8 * vectors];
    for (i, (sum, results)) in sums.into_iter().zip(results.as_chunks_mut().0).enumerate() {
        let numbers = match after {
            Factors::One => sum.lower(),
            Factors::All(factor) => sum.carry().product(&Lanes::splat(&(factor * Fr::from(16)))),
            Factors::Each(factors) => multiply(sum, factors, 8 * i),
        };
        numbers.least().store(results);
    }
    results
}

/// All layers of butterflies between vectors.
#[target_feature(enable = "avx512f,avx512ifma")]
fn layers(sums: &mut [Sum<Fr>], table: &[Lanes<Fr>]) {
    let half = sums.len() / 2;
    if half == 0 {
        return;
    }
    let (low, high) = sums.split_at_mut(half);
    if half < LARGE {
        layers(low, table);
        layers(high, table);
    } else {
        rayon::join(|| layers(low, table), || layers(high, table));
    }
    for ((low, high), factor) in low.iter_mut().zip(high).zip(&table[half..]) {
        [*low, *high] = butterfly(*low, *high, factor);
    }
}
