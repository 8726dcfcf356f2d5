//! Multi-scalar multiplication in G1, with the curve's endomorphism and buckets summed in affine coordinates.
//!
//! `(x, y) ↦ (ζ·x, y)` multiplies a point by a cube root of unity `λ` of the scalars' field, and every scalar is
//! `k₁ + k₂·λ` with halves below `2^128`; so there are twice as many points, and half as many digits of each. Halves are
//! cut into signed digits, and each digit sends its point to a bucket. Sums are made as trees: one round adds the points
//! of every bucket in pairs, and all additions of a round share one field inversion. An addition then costs six
//! multiplications; the mixed addition in Jacobian coordinates of halo2's own routine costs eleven.

use std::ops::Range;

use ff::{Field, PrimeField, WithSmallOrderMulGroup};
use group::{Curve, Group};
use halo2curves::bn256::{Fq, G1, G1Affine};
use rayon::prelude::*;
use ruint::Uint;
use ruint::aliases::U256;

use crate::units::Fr;

/// Bits of half a scalar, and a carry.
const HALF_BITS: usize = 129;
/// As in halo2curves, the identity has coordinates zero.
const IDENTITY: G1Affine = G1Affine { x: Fq::ZERO, y: Fq::ZERO };

/// The multiples of `λ` that are short: `T = S·λ` and `S = −(S + T)·λ`, with `S = 2x + 1` and `T = 6x² + 2x` for the
/// parameter `x` of the curve; and `r = T·(S + T) + S²`.
const S: U256 = U256::from_limbs([0x89d3_2568_94d2_13e3, 0, 0, 0]);
const T: U256 = U256::from_limbs([0x8211_bbeb_7d4f_1128, 0x6f4d_8248_eeb8_59fc, 0, 0]);
/// `2^256·(S + T)/r` and `2^256·S/r`, rounded down.
const RECIPROCALS: [U256; 2] = [
    U256::from_limbs([0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 0x0000_0000_0000_0002, 0]),
    U256::from_limbs([0xd91d_232e_c7e0_b3d7, 0x0000_0000_0000_0002, 0, 0]),
];

/// `[k₁, k₂]` with `scalar = k₁ + k₂·λ`: absolute values, and whether they are negative. A scalar below `2^126` is its own
/// `k₁`.
fn split(scalar: &Fr) -> [(u128, bool); 2] {
    let k = U256::from_le_bytes(scalar.to_repr());
    // The multiples of (T, −S) and (S, S + T) next below (k, 0). By rounding, each is short by less than 1.25.
    let [c1, c2] = RECIPROCALS.map(|reciprocal| {
        let product: Uint<512, 8> = k.widening_mul(reciprocal);
        let [.., a, b, c, d] = *product.as_limbs();
        U256::from_limbs([a, b, c, d])
    });
    let low = k.wrapping_sub(c1.wrapping_mul(T)).wrapping_sub(c2.wrapping_mul(S));
    let high = c1.wrapping_mul(S).wrapping_sub(c2.wrapping_mul(S.wrapping_add(T)));
    [low, high].map(|half| {
        let negative = half.bit(255);
        let [a, b, ..] = *if negative { half.wrapping_neg() } else { half }.as_limbs();
        (u128::from(a) | (u128::from(b) << 64), negative)
    })
}

/// Points that are doubled by one thread.
const CHUNK: usize = 128;

/// How scalars are cut.
#[derive(Clone, Copy)]
struct Windows {
    /// Bits of a digit.
    bits: usize,
    /// Digits of half a scalar.
    count: usize,
}

impl Windows {
    /// Those that need the fewest additions for so many half scalars.
    fn new(halves: usize) -> Self {
        Self::sizes().min_by_key(|windows| windows.additions(halves)).expect("there are sizes")
    }

    fn sizes() -> impl Iterator<Item = Self> {
        (2..=16).map(|bits| Self { bits, count: HALF_BITS.div_ceil(bits) })
    }

    /// Additions for so many half scalars that are not zero: a window adds every half to a bucket, and reads a bucket with
    /// two additions, of which the first of a bucket saves one.
    fn additions(self, halves: usize) -> usize {
        self.count * (halves + self.buckets())
    }

    /// Buckets of a window, one for each absolute value of a digit but zero.
    fn buckets(self) -> usize {
        1 << (self.bits - 1)
    }

    /// Writes the signed digits of `half`, in `1 − buckets..=buckets`, to every `stride`-th place, least significant
    /// first.
    fn cut(self, (half, negative): (u128, bool), digits: &mut [i32], stride: usize) {
        let (mut rest, mut carry) = (half, 0);
        for digit in digits.iter_mut().step_by(stride) {
            let low = i32::try_from(rest & ((1 << self.bits) - 1)).expect("at most 16 bits") + carry;
            rest >>= self.bits;
            carry = i32::from(low as usize > self.buckets());
            let signed = low - (carry << self.bits);
            *digit = if negative { -signed } else { signed };
        }
    }
}

/// A point and its image under the endomorphism.
fn both(point: &G1Affine) -> [G1Affine; 2] {
    [*point, G1Affine { x: point.x * Fq::ZETA, y: point.y }]
}

/// The digits of both halves of every scalar, those of one window after the other.
fn cut(windows: Windows, scalars: &[Fr]) -> Vec<i32> {
    let halves = 2 * scalars.len();
    let mut digits = vec![0; windows.count * halves];
    for (i, scalar) in scalars.iter().enumerate() {
        let [low, high] = split(scalar);
        windows.cut(low, &mut digits[2 * i..], halves);
        windows.cut(high, &mut digits[2 * i + 1..], halves);
    }
    digits
}

/// `Σ scalars_i · points_i`. Time depends on the scalars.
///
/// # Panics
/// Where there are not as many scalars as points.
pub(crate) fn msm(scalars: &[Fr], points: &[G1Affine]) -> G1 {
    assert_eq!(scalars.len(), points.len());
    let windows = Windows::new(2 * scalars.len());
    let (digits, points) = (cut(windows, scalars), points.iter().flat_map(both).collect::<Vec<_>>());
    // The windows of a group share inversions, and groups run side by side.
    let groups = rayon::current_num_threads().clamp(2, windows.count);
    let sums: Vec<Vec<G1>> = (0..groups)
        .into_par_iter()
        .map(|group| {
            let first = |group: usize| group * windows.count / groups;
            group_sums(windows, first(group)..first(group + 1), &digits, &points)
        })
        .collect();
    sums.iter().flatten().rev().fold(G1::identity(), |mut total, window| {
        for _ in 0..windows.bits {
            total = total.double();
        }
        total + window
    })
}

/// Points with their multiples by the powers of two that digits stand for: one set of buckets then serves all windows.
#[derive(Clone)]
pub(crate) struct Multiples {
    windows: Windows,
    /// For one window after the other, of every point both images.
    points: Vec<G1Affine>,
}

impl Multiples {
    pub(crate) fn new(points: &[G1Affine]) -> Self {
        // Wider digits would need fewer additions, to buckets too many for the cache.
        let cost = |windows: &Windows| 2 * (windows.count * points.len() + windows.buckets());
        let windows = Windows::sizes().min_by_key(cost).expect("there are sizes");
        let mut multiples: Vec<G1> = points.iter().map(|point| G1::from(*point)).collect();
        let mut all = Vec::with_capacity(2 * windows.count * points.len());
        for window in 0..windows.count {
            let mut affine = vec![IDENTITY; points.len()];
            multiples.par_chunks_mut(CHUNK).zip(affine.par_chunks_mut(CHUNK)).for_each(|(multiples, affine)| {
                if window > 0 {
                    multiples.iter_mut().for_each(|point| (0..windows.bits).for_each(|_| *point = point.double()));
                }
                G1::batch_normalize(multiples, affine);
            });
            all.extend(affine.iter().flat_map(both));
        }
        Self { windows, points: all }
    }

    /// [`msm`] with the points of which these are multiples.
    ///
    /// # Panics
    /// Where there are not as many scalars as points.
    pub(crate) fn msm(&self, scalars: &[Fr]) -> G1 {
        let digits = cut(self.windows, scalars);
        assert_eq!(digits.len(), self.points.len());
        let (one, part) =
            (Windows { count: 1, ..self.windows }, digits.len().div_ceil(rayon::current_num_threads()).max(1));
        let parts = digits.par_chunks(part).zip(self.points.par_chunks(part));
        parts.map(|(digits, points)| group_sums(one, 0..1, digits, points)[0]).sum()
    }
}

/// `Σ_i digit_i · point_i` for each window of `range`; `digits` has those of one window after the other.
fn group_sums(windows: Windows, range: Range<usize>, digits: &[i32], points: &[G1Affine]) -> Vec<G1> {
    let (count, buckets) = (range.len(), windows.buckets());
    if points.is_empty() {
        return vec![G1::identity(); count];
    }
    let digits = &digits[range.start * points.len()..range.end * points.len()];
    let entries = || {
        let of_window = |(window, digits): (usize, _)| std::iter::zip(digits, points).map(move |entry| (window, entry));
        let entries = digits.chunks_exact(points.len()).enumerate().flat_map(of_window);
        entries.filter(|(_, (digit, _))| **digit != 0)
    };
    let bucket = |window: usize, digit: i32| window * buckets + digit.unsigned_abs() as usize - 1;

    // Points sorted by window and bucket, negated where the digit is negative.
    let mut lengths = vec![0; count * buckets];
    entries().for_each(|(window, (digit, _))| lengths[bucket(window, *digit)] += 1);
    let mut end = 0;
    let mut next = Vec::with_capacity(lengths.len());
    for length in &lengths {
        next.push(end);
        end += length;
    }
    let mut sorted = vec![IDENTITY; end];
    for (window, (digit, point)) in entries() {
        let place = &mut next[bucket(window, *digit)];
        sorted[*place] = if *digit > 0 { *point } else { -point };
        *place += 1;
    }

    let mut adder = Adder::default();
    adder.sum(&mut sorted, &mut lengths);
    let mut sums = sorted.into_iter();
    let mut filled: Vec<G1Affine> =
        lengths.iter().map(|&length| if length == 0 { IDENTITY } else { sums.next().unwrap_or(IDENTITY) }).collect();

    // Σ (i + 1)·B_i = Σ B_i + Σ_j 2^j·O_j, where O_j is the sum of the buckets whose index has bit j. To fold
    // neighbours halves the buckets and drops the lowest bit of their indices.
    let mut odd = Vec::with_capacity(count * buckets);
    let mut odd_lengths = Vec::with_capacity(count * (windows.bits - 1));
    while filled.len() > count {
        odd.extend(filled.iter().skip(1).step_by(2));
        odd_lengths.extend(std::iter::repeat_n(filled.len() / count / 2, count));
        let mut pairs = vec![2; filled.len() / 2];
        adder.sum(&mut filled, &mut pairs);
    }
    adder.sum(&mut odd, &mut odd_lengths);
    (0..count)
        .map(|window| {
            let by_bit = odd.iter().skip(window).step_by(count);
            by_bit.rev().fold(G1::identity(), |sum, odd| sum.double() + odd) + filled[window]
        })
        .collect()
}

/// Sums lists of points that lie one after the other.
#[derive(Default)]
struct Adder {
    /// For each pair the denominator of the slope through its points, and the product of those before it.
    steps: Vec<(Fq, Fq)>,
}

impl Adder {
    /// Shortens every list of `points`, of which `lengths` has the lengths, to its sum; an empty one stays empty.
    fn sum(&mut self, points: &mut Vec<G1Affine>, lengths: &mut [usize]) {
        while lengths.iter().any(|&length| length > 1) {
            self.halve(points, lengths);
        }
    }

    /// Adds neighbours within every list.
    fn halve(&mut self, points: &mut Vec<G1Affine>, lengths: &mut [usize]) {
        self.steps.clear();
        let mut product = Fq::ONE;
        let mut rest = points.as_slice();
        for &length in lengths.iter() {
            let (list, after) = rest.split_at(length);
            for pair in list.chunks_exact(2) {
                let denominator = denominator(&pair[0], &pair[1]);
                self.steps.push((denominator, product));
                product *= denominator;
            }
            rest = after;
        }

        // Backwards, the sum of each pair to its first place.
        let mut inverse = product.invert().expect("no denominator is zero");
        let mut steps = self.steps.iter().rev();
        let mut rest = points.as_mut_slice();
        for &length in lengths.iter().rev() {
            let (before, list) = rest.split_at_mut(rest.len() - length);
            for pair in list[..length & !1].rchunks_exact_mut(2) {
                let (denominator, product) = steps.next().expect("one step a pair");
                pair[0] = add(&pair[0], &pair[1], inverse * product);
                inverse *= denominator;
            }
            rest = before;
        }

        let (mut from, mut to) = (0, 0);
        for length in lengths {
            for place in (from..from + *length).step_by(2) {
                points[to] = points[place];
                to += 1;
            }
            from += *length;
            *length = length.div_ceil(2);
        }
        points.truncate(to);
    }
}

/// Denominator of the slope of the line that adds `p` and `q`; one where there is no such line.
fn denominator(p: &G1Affine, q: &G1Affine) -> Fq {
    let difference = q.x - p.x;
    if *p == IDENTITY || *q == IDENTITY {
        Fq::ONE
    } else if difference != Fq::ZERO {
        difference
    } else if p.y == q.y {
        p.y.double()
    } else {
        Fq::ONE
    }
}

/// `p + q`, given the inverse of their [`denominator`].
fn add(p: &G1Affine, q: &G1Affine, inverse: Fq) -> G1Affine {
    if *p == IDENTITY {
        return *q;
    }
    if *q == IDENTITY {
        return *p;
    }
    let numerator = if p.x != q.x {
        q.y - p.y
    } else if p.y == q.y {
        let square = p.x.square();
        square.double() + square
    } else {
        return IDENTITY;
    };
    let slope = numerator * inverse;
    let x = slope.square() - p.x - q.x;
    G1Affine { x, y: slope * (p.x - x) - p.y }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::OsRng;

    /// One scalar multiplication after the other.
    fn plain(scalars: &[Fr], points: &[G1Affine]) -> G1 {
        scalars.iter().zip(points).map(|(scalar, point)| point * scalar).sum()
    }

    fn points(count: usize) -> Vec<G1Affine> {
        (0..count).map(|_| G1::random(OsRng).to_affine()).collect()
    }

    #[test]
    fn sums_equal_plain_ones() {
        for count in [0, 1, 2, 3, 64, 300, 3_000] {
            let points = points(count);
            let random: Vec<Fr> = points.iter().map(|_| Fr::random(OsRng)).collect();
            assert_eq!(msm(&random, &points), plain(&random, &points), "{count} random scalars");
        }
    }

    #[test]
    fn halves_make_up_their_scalar() {
        let edges = [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::ZETA, -Fr::ZETA, Fr::from_u128(u128::MAX)];
        for scalar in edges.into_iter().chain((0..1_000).map(|_| Fr::random(OsRng))) {
            let [low, high] = split(&scalar).map(|(half, negative)| {
                let half = Fr::from_u128(half);
                if negative { -half } else { half }
            });
            assert_eq!(low + high * Fr::ZETA, scalar);
        }
        for short in [0, 1, (1 << 126) - 1] {
            assert_eq!(split(&Fr::from_u128(short)), [(short, false), (0, false)]);
        }
    }

    #[test]
    fn digits_of_every_size_make_up_their_number() {
        let halves = [0, 1, 2, 3, 0x8080, 0xffff, u128::MAX, u128::MAX >> 1, 1 << 127, 0x5555 << 100];
        for bits in 2..=16 {
            let windows = Windows { bits, count: HALF_BITS.div_ceil(bits) };
            for (half, negative) in halves.into_iter().flat_map(|half| [(half, false), (half, true)]) {
                let mut digits = vec![0; windows.count];
                windows.cut((half, negative), &mut digits, 1);
                assert!(digits.iter().all(|digit| digit.unsigned_abs() as usize <= windows.buckets()));
                let base = Fr::from(1 << bits);
                let field = |digit: i32| {
                    let size = Fr::from(u64::from(digit.unsigned_abs()));
                    if digit < 0 { -size } else { size }
                };
                let number = digits.iter().rev().fold(Fr::ZERO, |sum, digit| sum * base + field(*digit));
                let expected = Fr::from_u128(half);
                assert_eq!(number, if negative { -expected } else { expected }, "{half:#x} in digits of {bits} bits");
            }
        }
    }

    #[test]
    fn more_points_take_wider_digits() {
        let bits = [1, 1 << 10, 1 << 15].map(|points| Windows::new(2 * points).bits);
        assert_eq!(bits, [3, 10, 13]);
    }

    #[test]
    fn sums_of_stored_multiples_equal_plain_ones() {
        for count in [0, 1, 2, 64, 300] {
            let points = points(count);
            let multiples = Multiples::new(&points);
            let random: Vec<Fr> = points.iter().map(|_| Fr::random(OsRng)).collect();
            let small: Vec<Fr> = (0..).map(Fr::from).take(count).collect();
            for scalars in [random, small] {
                assert_eq!(multiples.msm(&scalars), plain(&scalars, &points), "{count} points");
            }
        }
    }

    #[test]
    fn scalars_at_the_edges_of_a_digit_are_right() {
        let edges = [0u64, 1, 127, 128, 129, 255, 256, 0x8080, 0x8180, 0xff80, u64::MAX];
        let scalars: Vec<Fr> = edges.iter().flat_map(|&edge| [Fr::from(edge), -Fr::from(edge)]).collect();
        let points = points(scalars.len());
        assert_eq!(msm(&scalars, &points), plain(&scalars, &points));
        for (scalar, point) in scalars.iter().chain(&[Fr::ZETA, -Fr::ZETA]).zip(&points) {
            assert_eq!(msm(&[*scalar], &[*point]), point * scalar, "{scalar:?}");
        }
    }

    #[test]
    fn equal_opposite_and_missing_points_are_added_right() {
        let [p, q] = [points(1)[0], points(1)[0]];
        let pool = [p, -p, p, q, IDENTITY, p, p, -q, IDENTITY, IDENTITY, -p, q];
        for same in [Fr::from(1), Fr::from(77), -Fr::from(3)] {
            for count in 0..=pool.len() {
                let scalars = vec![same; count];
                assert_eq!(msm(&scalars, &pool[..count]), plain(&scalars, &pool[..count]), "{count} points");
            }
        }
    }
}
