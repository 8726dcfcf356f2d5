//! Sums of multiples of points of G1, with the curve's endomorphism and buckets summed in affine coordinates.
//!
//! `(x, y) ↦ (ζ·x, y)` multiplies a point by a cube root of unity `λ` of the scalars' field, and every scalar is
//! `k₁ + k₂·λ` with halves below `2^128`; so there are twice as many points, and half as many digits of each. Halves are
//! cut into signed digits, and each digit sends its point to a bucket. Sums are made as trees: one round adds the points
//! of every bucket in pairs, and many additions of a round share one field inversion. An addition then costs six
//! multiplications; the mixed addition in Jacobian coordinates of halo2's own routine costs eleven.

mod addition;
mod digits;

use std::ops::Range;

use ff::WithSmallOrderMulGroup;
use group::Group;
use halo2curves::bn256::{Fq, Fr, G1, G1Affine};
use rayon::prelude::*;

use self::addition::{Adder, IDENTITY, Scalar};
pub(crate) use self::addition::{Addition, Pair, Source};
use self::digits::{Windows, cut};
use crate::{Kind, Path};

/// Points that are doubled by one thread.
const CHUNK: usize = 128;

/// A point and its image under the endomorphism.
fn both(point: &G1Affine) -> [G1Affine; 2] {
    [*point, G1Affine { x: point.x * Fq::ZETA, y: point.y }]
}

/// `Σ scalars_i · points_i`. Time depends on the scalars.
///
/// # Panics
/// Where there are not as many scalars as points, or more than `2^30`.
pub fn msm(path: Path, scalars: &[Fr], points: &[G1Affine]) -> G1 {
    assert_eq!(scalars.len(), points.len());
    match path.0 {
        Kind::Scalar => sum(Scalar, scalars, points),
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => sum(ifma, scalars, points),
    }
}

fn sum<A: Addition>(addition: A, scalars: &[Fr], points: &[G1Affine]) -> G1 {
    let windows = Windows::new(2 * scalars.len());
    let points = addition.pack(&points.iter().flat_map(both).collect::<Vec<_>>());
    let digits = cut(windows, scalars);
    // The windows of a group share inversions, and groups run side by side.
    let groups = rayon::current_num_threads().clamp(2, windows.count);
    let sums: Vec<Vec<G1>> = (0..groups)
        .into_par_iter()
        .map(|group| {
            let first = |group: usize| group * windows.count / groups;
            group_sums(addition, windows, first(group)..first(group + 1), &digits, &points)
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
#[derive(Clone, Debug)]
pub struct Multiples {
    windows: Windows,
    /// For one window after the other, of every point both images.
    points: Points,
}

/// Points in the form that a path adds.
#[derive(Clone, Debug)]
enum Points {
    Scalar(Vec<G1Affine>),
    #[cfg(target_arch = "x86_64")]
    Ifma(crate::ifma::Ifma, Vec<crate::ifma::Packed>),
}

impl Multiples {
    /// Some 1.5 MB for 1,024 points.
    ///
    /// # Panics
    /// Where there are more than `2^26` points.
    pub fn new(path: Path, points: &[G1Affine]) -> Self {
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
                group::Curve::batch_normalize(multiples, affine);
            });
            all.extend(affine.iter().flat_map(both));
        }
        let points = match path.0 {
            Kind::Scalar => Points::Scalar(all),
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(ifma) => Points::Ifma(ifma, ifma.pack(&all)),
        };
        Self { windows, points }
    }

    /// [`msm`] with the points of which these are multiples.
    ///
    /// # Panics
    /// Where there are not as many scalars as points.
    pub fn msm(&self, scalars: &[Fr]) -> G1 {
        match &self.points {
            Points::Scalar(points) => self.sum(Scalar, points, scalars),
            #[cfg(target_arch = "x86_64")]
            Points::Ifma(ifma, points) => self.sum(*ifma, points, scalars),
        }
    }

    fn sum<A: Addition>(&self, addition: A, points: &[A::Point], scalars: &[Fr]) -> G1 {
        let digits = cut(self.windows, scalars);
        assert_eq!(digits.len(), points.len());
        let one = Windows { count: 1, ..self.windows };
        let part = digits.len().div_ceil(rayon::current_num_threads()).max(1);
        let parts = digits.par_chunks(part).zip(points.par_chunks(part));
        parts.map(|(digits, points)| group_sums(addition, one, 0..1, digits, points)[0]).sum()
    }
}

/// `Σ_i digit_i · point_i` for each window of `range`; `digits` has those of one window after the other.
fn group_sums<A: Addition>(
    addition: A,
    windows: Windows,
    range: Range<usize>,
    digits: &[i32],
    points: &[A::Point],
) -> Vec<G1> {
    let (count, buckets) = (range.len(), windows.buckets());
    if points.is_empty() {
        return vec![G1::identity(); count];
    }
    let digits = &digits[range.start * points.len()..range.end * points.len()];
    let (entries, mut lengths) = sort(digits, points.len(), buckets);

    let mut adder = Adder::new(addition);
    adder.halve(Source::signed(points, &entries), &mut lengths);
    adder.finish(&mut lengths);
    let mut sums = adder.points().iter();
    let mut bucket = |length: &usize| if *length == 0 { None } else { sums.next().copied() };
    let mut filled: Vec<A::Point> = lengths.iter().map(|length| bucket(length).unwrap_or(A::IDENTITY)).collect();

    // Σ (i + 1)·B_i = Σ B_i + Σ_j 2^j·O_j, where O_j is the sum of the buckets whose index has bit j. To fold
    // neighbours halves the buckets and drops the lowest bit of their indices. The lists of which the sums are O_j are
    // halved in the same rounds.
    let mut lengths = Vec::new();
    let mut lists: Vec<A::Point> = Vec::new();
    while filled.len() > count {
        let folded = filled.len() / 2;
        let odd: Vec<A::Point> = filled.iter().skip(1).step_by(2).copied().collect();
        filled.extend(&lists);
        let mut both = vec![2; folded];
        both.extend(&lengths);
        adder.halve(Source::plain(&filled), &mut both);
        let (halved, rest) = adder.points().split_at(folded);
        filled.clear();
        filled.extend(halved);
        lists.clear();
        lists.extend(rest);
        lists.extend(odd);
        lengths.splice(.., both.drain(folded..));
        lengths.extend(std::iter::repeat_n(folded / count, count));
    }
    adder.halve(Source::plain(&lists), &mut lengths);
    adder.finish(&mut lengths);
    let (filled, odd) = (unpacked::<A>(&filled), unpacked::<A>(adder.points()));
    (0..count)
        .map(|window| {
            let by_bit = odd.iter().skip(window).step_by(count);
            by_bit.rev().fold(G1::identity(), |sum, odd| sum.double() + odd) + filled[window]
        })
        .collect()
}

fn unpacked<A: Addition>(points: &[A::Point]) -> Vec<G1Affine> {
    points.iter().map(|point| A::unpack(*point)).collect()
}

/// The entries of all buckets, one bucket after the other, and how many each has. An entry is twice the place of a point,
/// plus one where the digit is negative.
fn sort(digits: &[i32], points: usize, buckets: usize) -> (Vec<u32>, Vec<usize>) {
    let mut lengths = vec![0usize; digits.len() / points * buckets];
    for (digits, lengths) in digits.chunks_exact(points).zip(lengths.chunks_exact_mut(buckets)) {
        for digit in digits.iter().filter(|digit| **digit != 0) {
            lengths[digit.unsigned_abs() as usize - 1] += 1;
        }
    }
    let mut end = 0;
    let mut next = Vec::with_capacity(lengths.len());
    for length in &lengths {
        next.push(end);
        end += length;
    }
    let mut entries = vec![0; end];
    for (digits, next) in digits.chunks_exact(points).zip(next.chunks_exact_mut(buckets)) {
        for (entry, digit) in (0..).step_by(2).zip(digits).filter(|(_, digit)| **digit != 0) {
            let place = &mut next[digit.unsigned_abs() as usize - 1];
            entries[*place] = entry + u32::from(*digit < 0);
            *place += 1;
        }
    }
    (entries, lengths)
}
