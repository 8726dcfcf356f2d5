//! Additions of points in affine coordinates that share field inversions.

use std::fmt;

use ff::Field;
use halo2curves::bn256::{Fq, G1Affine};

/// As in halo2curves, the identity has coordinates zero.
pub(super) const IDENTITY: G1Affine = G1Affine { x: Fq::ZERO, y: Fq::ZERO };
/// Additions that share an inversion.
const BATCH: usize = 4_096;

/// Points to be added, at consecutive places.
#[derive(Debug)]
pub(crate) struct Source<'p, P> {
    points: &'p [P],
    /// Where they are not the points themselves: twice the place of a point, plus one where it is negated.
    entries: Option<&'p [u32]>,
}

impl<P> Clone for Source<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Source<'_, P> {}

impl<'p, P: Copy> Source<'p, P> {
    pub(super) fn plain(points: &'p [P]) -> Self {
        Self { points, entries: None }
    }

    pub(super) fn signed(points: &'p [P], entries: &'p [u32]) -> Self {
        Self { points, entries: Some(entries) }
    }

    /// The point at a place, and whether it is to be negated.
    #[inline]
    pub(crate) fn get(&self, place: usize) -> (P, bool) {
        match self.entries {
            Some(entries) => {
                let entry = entries[place];
                (self.points[(entry >> 1) as usize], entry & 1 == 1)
            }
            None => (self.points[place], false),
        }
    }
}

/// Two neighbours to be added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// The place of the first in the source.
    pub(crate) left: u32,
    /// The place of the sum.
    pub(crate) to: u32,
}

/// A way to add points.
pub(crate) trait Addition: Copy + Send + Sync {
    /// A point in the form that is added.
    type Point: Copy + Send + Sync + fmt::Debug;
    /// What additions keep between the two passes of a batch.
    type Scratch: Default;
    /// The identity.
    const IDENTITY: Self::Point;

    fn pack(self, points: &[G1Affine]) -> Vec<Self::Point>;

    fn unpack(point: Self::Point) -> G1Affine;

    fn negate(point: Self::Point) -> Self::Point;

    /// Writes the sum of every pair; all of them share one inversion.
    fn add(
        self,
        source: Source<'_, Self::Point>,
        pairs: &[Pair],
        sums: &mut [Self::Point],
        scratch: &mut Self::Scratch,
    );
}

/// Sums lists of points that lie one after the other.
pub(super) struct Adder<A: Addition> {
    addition: A,
    pairs: Vec<Pair>,
    points: Vec<A::Point>,
    sums: Vec<A::Point>,
    scratch: A::Scratch,
}

impl<A: Addition> Adder<A> {
    pub(super) fn new(addition: A) -> Self {
        Self { addition, pairs: Vec::new(), points: Vec::new(), sums: Vec::new(), scratch: A::Scratch::default() }
    }

    /// What the last round left of its lists.
    pub(super) fn points(&self) -> &[A::Point] {
        &self.points
    }

    /// Adds neighbours within every list of `source`, and shortens the lengths.
    pub(super) fn halve(&mut self, source: Source<'_, A::Point>, lengths: &mut [usize]) {
        self.pairs.clear();
        self.sums.resize(lengths.iter().map(|length| length.div_ceil(2)).sum(), A::IDENTITY);
        let place = |place: usize| u32::try_from(place).expect("fewer than 2^32 points");
        let (mut from, mut to) = (0, 0);
        for length in lengths {
            let pairs = *length / 2;
            self.pairs.extend((0..pairs).map(|pair| Pair { left: place(from + 2 * pair), to: place(to + pair) }));
            if *length % 2 == 1 {
                let (point, negative) = source.get(from + *length - 1);
                self.sums[to + pairs] = if negative { A::negate(point) } else { point };
            }
            from += *length;
            *length = length.div_ceil(2);
            to += *length;
        }
        for pairs in self.pairs.chunks(BATCH) {
            self.addition.add(source, pairs, &mut self.sums, &mut self.scratch);
        }
        std::mem::swap(&mut self.points, &mut self.sums);
    }

    /// Shortens every list of the last round to its sum; an empty one stays empty.
    pub(super) fn finish(&mut self, lengths: &mut [usize]) {
        while lengths.iter().any(|&length| length > 1) {
            let points = std::mem::take(&mut self.points);
            self.halve(Source::plain(&points), lengths);
            self.sums = points;
        }
    }
}

/// The scalar path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

impl Addition for Scalar {
    type Point = G1Affine;
    /// For each pair the denominator of the slope through its points, and the product of those before it in its chain.
    type Scratch = Vec<(Fq, Fq)>;
    const IDENTITY: G1Affine = IDENTITY;

    fn pack(self, points: &[G1Affine]) -> Vec<G1Affine> {
        points.to_vec()
    }

    fn unpack(point: G1Affine) -> G1Affine {
        point
    }

    fn negate(point: G1Affine) -> G1Affine {
        -point
    }

    fn add(self, source: Source<'_, G1Affine>, pairs: &[Pair], sums: &mut [G1Affine], steps: &mut Vec<(Fq, Fq)>) {
        let signed = |place: usize| {
            let (point, negative) = source.get(place);
            if negative { -point } else { point }
        };
        let operands = |pair: &Pair| [signed(pair.left as usize), signed(pair.left as usize + 1)];
        // Pairs go to two chains by turns, so that a product need not wait for the one before it.
        let mut products = [Fq::ONE; 2];
        steps.clear();
        for (number, pair) in pairs.iter().enumerate() {
            let [p, q] = operands(pair);
            let (denominator, product) = (denominator(&p, &q), &mut products[number % 2]);
            steps.push((denominator, *product));
            *product *= denominator;
        }
        let inverse = (products[0] * products[1]).invert().expect("no denominator is zero");
        let mut inverses = [inverse * products[1], inverse * products[0]];
        for (number, (pair, (denominator, product))) in pairs.iter().zip(steps).enumerate().rev() {
            let ([p, q], inverse) = (operands(pair), &mut inverses[number % 2]);
            sums[pair.to as usize] = add(&p, &q, *inverse * *product);
            *inverse *= *denominator;
        }
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
    use group::{Curve, Group};
    use halo2curves::bn256::G1;
    use rand_core::OsRng;

    use super::*;

    /// Sums of neighbours, of which every second pair is negated on the left, and every third on the right.
    fn sums<A: Addition>(addition: A, points: &[G1Affine]) -> Vec<G1Affine> {
        let count = u32::try_from(points.len() / 2).expect("few");
        let entries: Vec<u32> = (0..2 * count)
            .map(|place| {
                let number = place / 2;
                2 * place + u32::from(if place % 2 == 0 { number % 2 == 0 } else { number % 3 == 0 })
            })
            .collect();
        let pairs: Vec<Pair> = (0..count).map(|number| Pair { left: 2 * number, to: count - 1 - number }).collect();
        let packed = addition.pack(points);
        let mut sums = vec![A::IDENTITY; pairs.len()];
        addition.add(Source::signed(&packed, &entries), &pairs, &mut sums, &mut A::Scratch::default());
        sums.into_iter().rev().map(A::unpack).collect()
    }

    /// The same by halo2curves.
    fn expected(points: &[G1Affine]) -> Vec<G1Affine> {
        let signed = |point: G1Affine, negative: bool| if negative { -point } else { point };
        let pairs = points.chunks_exact(2).enumerate();
        pairs.map(|(i, pair)| (signed(pair[0], i % 2 == 0) + signed(pair[1], i % 3 == 0)).to_affine()).collect()
    }

    fn check(points: &[G1Affine]) {
        let expected = expected(points);
        assert_eq!(sums(Scalar, points), expected);
        #[cfg(target_arch = "x86_64")]
        if let Some(ifma) = crate::ifma::Ifma::detect() {
            assert_eq!(sums(ifma, points), expected);
            return;
        }
        println!("NOT CHECKED: additions on the vector path, since this processor lacks AVX-512 IFMA");
    }

    #[test]
    fn equal_opposite_and_missing_points_in_every_lane_are_added_as_by_halo2curves() {
        let [p, q] = [G1::random(OsRng).to_affine(), G1::random(OsRng).to_affine()];
        let image = G1Affine { x: p.x * <Fq as ff::WithSmallOrderMulGroup<3>>::ZETA, y: p.y };
        let pool = [p, -p, q, IDENTITY, (p + p).to_affine(), image, -q, IDENTITY];
        // Every two of the pool, so that each meets each in any lane and beside any other.
        let both = |shift: usize| (0..64).flat_map(move |i: usize| [pool[i % 8], pool[(i / 8 + shift) % 8]]);
        for shift in 0..8 {
            let points: Vec<G1Affine> = both(shift).collect();
            for count in [1, 2, 3, 7, 8, 9, 15, 16, 17, 64] {
                for first in [0, 5, 11] {
                    let pairs = count.min(64 - first);
                    check(&points[2 * first..2 * (first + pairs)]);
                }
            }
        }
    }

    #[test]
    fn random_points_are_added_as_by_halo2curves() {
        let points: Vec<G1Affine> = (0..1_000).map(|_| G1::random(OsRng).to_affine()).collect();
        for count in [2, 14, 16, 18, 30, 32, 34, 1_000] {
            check(&points[..count]);
        }
    }
}
