//! Multi-scalar multiplication in G1, with buckets summed in affine coordinates.
//!
//! Scalars are cut into signed digits of a byte; each digit sends its point to a bucket. Sums are made as trees: one
//! round adds the points of every bucket in pairs, and all additions of a round share one field inversion. An addition
//! then costs six multiplications; the mixed addition in Jacobian coordinates of halo2's own routine costs eleven.

use std::ops::Range;

use ff::{Field, PrimeField};
use group::Group;
use halo2curves::bn256::{Fq, G1, G1Affine};
use rayon::prelude::*;

use crate::units::Fr;

/// Bits of a digit.
const WINDOW: usize = 8;
/// Digits of a scalar: 254 bits and a carry fit.
const WINDOWS: usize = 32;
/// Buckets of a window, one for each absolute value of a digit but zero.
const BUCKETS: usize = 1 << (WINDOW - 1);
/// Windows that share inversions. Four groups feed four threads; their points fit a second-level cache.
const GROUP: usize = 8;
/// As in halo2curves, the identity has coordinates zero.
const IDENTITY: G1Affine = G1Affine { x: Fq::ZERO, y: Fq::ZERO };

type Digits = [i32; WINDOWS];

/// `Σ scalars_i · points_i`. Time depends on the scalars.
///
/// # Panics
/// Where there are not as many scalars as points.
pub(crate) fn msm(scalars: &[Fr], points: &[G1Affine]) -> G1 {
    assert_eq!(scalars.len(), points.len());
    let digits: Vec<Digits> = scalars.iter().map(digits).collect();
    let sums: Vec<Vec<G1>> = (0..WINDOWS / GROUP)
        .into_par_iter()
        .map(|group| windows(group * GROUP..(group + 1) * GROUP, &digits, points))
        .collect();
    sums.iter().flatten().rev().fold(G1::identity(), |mut total, window| {
        for _ in 0..WINDOW {
            total = total.double();
        }
        total + window
    })
}

/// Digits in `-127..=128`, least significant first.
fn digits(scalar: &Fr) -> Digits {
    let bytes: [u8; WINDOWS] = scalar.to_repr();
    let mut carry = 0;
    bytes.map(|byte| {
        let digit = i32::from(byte) + carry;
        carry = i32::from(digit > 128);
        digit - (carry << WINDOW)
    })
}

/// `Σ_i digit_i · point_i` for each window of `range`.
fn windows(range: Range<usize>, digits: &[Digits], points: &[G1Affine]) -> Vec<G1> {
    let count = range.len();
    let bucket = |window: usize, digit: i32| window * BUCKETS + digit.unsigned_abs() as usize - 1;
    let entries = |digits: &Digits| {
        let digits: [i32; GROUP] = std::array::from_fn(|window| digits[range.start + window]);
        digits.into_iter().enumerate().filter(|(_, digit)| *digit != 0)
    };

    // Points sorted by window and bucket, negated where the digit is negative.
    let mut lengths = vec![0; count * BUCKETS];
    for digits in digits {
        entries(digits).for_each(|(window, digit)| lengths[bucket(window, digit)] += 1);
    }
    let mut end = 0;
    let mut next = Vec::with_capacity(lengths.len());
    for length in &lengths {
        next.push(end);
        end += length;
    }
    let mut sorted = vec![IDENTITY; end];
    for (digits, point) in digits.iter().zip(points) {
        for (window, digit) in entries(digits) {
            let place = &mut next[bucket(window, digit)];
            sorted[*place] = if digit > 0 { *point } else { -point };
            *place += 1;
        }
    }

    let mut adder = Adder::default();
    adder.sum(&mut sorted, &mut lengths);
    let mut sums = sorted.into_iter();
    let mut buckets: Vec<G1Affine> =
        lengths.iter().map(|&length| if length == 0 { IDENTITY } else { sums.next().unwrap_or(IDENTITY) }).collect();

    // Σ (i + 1)·B_i = Σ B_i + Σ_j 2^j·O_j, where O_j is the sum of the buckets whose index has bit j. To fold
    // neighbours halves the buckets and drops the lowest bit of their indices.
    let mut odd = Vec::with_capacity(count * BUCKETS);
    let mut odd_lengths = Vec::with_capacity(count * (WINDOW - 1));
    while buckets.len() > count {
        odd.extend(buckets.iter().skip(1).step_by(2));
        odd_lengths.extend(std::iter::repeat_n(buckets.len() / count / 2, count));
        let mut pairs = vec![2; buckets.len() / 2];
        adder.sum(&mut buckets, &mut pairs);
    }
    adder.sum(&mut odd, &mut odd_lengths);
    (0..count)
        .map(|window| {
            let by_bit = odd.iter().skip(window).step_by(count);
            by_bit.rev().fold(G1::identity(), |sum, odd| sum.double() + odd) + buckets[window]
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
    use group::Curve;
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
        for count in [0, 1, 2, 3, 64, 300] {
            let points = points(count);
            let random: Vec<Fr> = points.iter().map(|_| Fr::random(OsRng)).collect();
            assert_eq!(msm(&random, &points), plain(&random, &points), "{count} random scalars");
        }
    }

    #[test]
    fn scalars_at_the_edges_of_a_digit_are_right() {
        let edges = [0u64, 1, 127, 128, 129, 255, 256, 0x8080, 0x8180, 0xff80, u64::MAX];
        let scalars: Vec<Fr> = edges.iter().flat_map(|&edge| [Fr::from(edge), -Fr::from(edge)]).collect();
        let points = points(scalars.len());
        assert_eq!(msm(&scalars, &points), plain(&scalars, &points));
        for (scalar, point) in scalars.iter().zip(&points) {
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
