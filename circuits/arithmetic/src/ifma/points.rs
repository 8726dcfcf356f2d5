//! Affine additions, eight at a time.

use std::arch::x86_64::*;

use ff::{BatchInverter, Field, PrimeField};
use halo2curves::bn256::{Fq, G1Affine};

use super::Ifma;
use super::field::{Lanes, Sum, element, transpose, transpose_pairs, words};
use crate::msm::{Addition, Pair, Source};

/// Groups of eight pairs that are added side by side.
const SIDE: usize = 2;
/// Pairs that are added at once.
const GROUP: usize = 8 * SIDE;

/// A point: the scaled words of its coordinates, zero for the identity, which is the one point with `x = 0`.
pub(crate) type Packed = __m512i;

impl Addition for Ifma {
    type Point = Packed;
    /// For each group of pairs the product of the denominators before them in their chain.
    type Scratch = Vec<Lanes<Fq, SIDE>>;
    const IDENTITY: Packed = bytemuck::zeroed();

    fn pack(self, points: &[G1Affine]) -> Vec<Packed> {
        // SAFETY: the processor has the instructions; `self` is the proof.
        unsafe { pack(points) }
    }

    fn unpack(point: Packed) -> G1Affine {
        let [a, b, c, d, e, f, g, h]: [u64; 8] = bytemuck::cast(point);
        // Scaled numbers are sixteen times the plain ones.
        let sixteenth = Fq::TWO_INV.square().square();
        let [x, y]: [Fq; 2] = [element([a, b, c, d]), element([e, f, g, h])];
        G1Affine { x: x * sixteenth, y: y * sixteenth }
    }

    fn negate(point: Packed) -> Packed {
        let [a, b, c, d, e, f, g, h]: [u64; 8] = bytemuck::cast(point);
        let [e, f, g, h] = words(&-element::<Fq>([e, f, g, h]));
        bytemuck::cast([a, b, c, d, e, f, g, h])
    }

    fn add(self, source: Source<'_, Packed>, pairs: &[Pair], sums: &mut [Packed], products: &mut Self::Scratch) {
        // SAFETY: the processor has the instructions; `self` is the proof.
        unsafe { add(source, pairs, sums, products) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn pack(points: &[G1Affine]) -> Vec<Packed> {
    let mut packed = Vec::with_capacity(points.len().next_multiple_of(8));
    for eight in points.chunks(8) {
        let at = |i: usize| eight[i.min(eight.len() - 1)];
        let x = Lanes::load(&std::array::from_fn(|i| at(i).x)).scaled().sum().least();
        let y = Lanes::load(&std::array::from_fn(|i| at(i).y)).scaled().sum().least();
        let [rows] = rows(x, y);
        packed.extend(rows);
    }
    packed.truncate(points.len());
    packed
}

/// One point in each register, from coordinates below the modulus.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn rows<const W: usize>(x: Lanes<Fq, W>, y: Lanes<Fq, W>) -> [[Packed; 8]; W] {
    let (x, y) = (x.to_words(), y.to_words());
    let mut all = [[Ifma::IDENTITY; 8]; W];
    for w in 0..W {
        let ([a, b, c, d], [e, f, g, h]) = (x[w], y[w]);
        all[w] = transpose([a, b, c, d, e, f, g, h]);
    }
    all
}

type Mask = [__mmask8; SIDE];

/// The lanes that are in either.
fn or(one: Mask, other: Mask) -> Mask {
    std::array::from_fn(|i| one[i] | other[i])
}

/// The lanes that are in `one` and not in `other`.
fn but(one: Mask, other: Mask) -> Mask {
    std::array::from_fn(|i| one[i] & !other[i])
}

/// A group of pairs; a short group repeats its last pair.
struct Operands {
    left: [[Packed; 8]; SIDE],
    right: [[Packed; 8]; SIDE],
    /// Lanes of which the point is to be negated.
    negative: [Mask; 2],
}

/// Coordinates of points, of which `y` is at most the modulus.
#[derive(Clone, Copy)]
struct Coordinates {
    x: Lanes<Fq, SIDE>,
    y: Sum<Fq, SIDE>,
}

impl Operands {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn read(source: &Source<'_, Packed>, pairs: &[Pair]) -> Self {
        let none = [[Ifma::IDENTITY; 8]; SIDE];
        let mut operands = Self { left: none, right: none, negative: [[0; SIDE]; 2] };
        for lane in 0..GROUP {
            let place = pairs[lane.min(pairs.len() - 1)].left as usize;
            let (left, right) = (source.get(place), source.get(place + 1));
            let (side, lane) = (lane / 8, lane % 8);
            (operands.left[side][lane], operands.right[side][lane]) = (left.0, right.0);
            operands.negative[0][side] |= u8::from(left.1) << lane;
            operands.negative[1][side] |= u8::from(right.1) << lane;
        }
        operands
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn abscissas(&self) -> [Lanes<Fq, SIDE>; 2] {
        [abscissas(&self.left), abscissas(&self.right)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn coordinates(&self) -> [Coordinates; 2] {
        [coordinates(&self.left, self.negative[0]), coordinates(&self.right, self.negative[1])]
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn abscissas(points: &[[Packed; 8]; SIDE]) -> Lanes<Fq, SIDE> {
    let mut words = [[_mm512_setzero_si512(); 4]; SIDE];
    for (words, points) in words.iter_mut().zip(points) {
        for i in 0..4 {
            words[i] = _mm512_inserti64x4::<1>(points[2 * i], _mm512_castsi512_si256(points[2 * i + 1]));
        }
        *words = transpose_pairs(*words);
    }
    Lanes::from_words(words)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn coordinates(points: &[[Packed; 8]; SIDE], negative: Mask) -> Coordinates {
    let mut words = [[[_mm512_setzero_si512(); 4]; SIDE]; 2];
    for side in 0..SIDE {
        let [a, b, c, d, e, f, g, h] = transpose(points[side]);
        (words[0][side], words[1][side]) = ([a, b, c, d], [e, f, g, h]);
    }
    let [x, y] = words.map(|words| Lanes::from_words(words));
    Coordinates { x, y: y.sum().negate(negative) }
}

/// Lanes that the formula for the sum of two points does not cover.
#[derive(Clone, Copy)]
struct Special {
    /// The first, and the second, is the identity.
    missing: [Mask; 2],
    same_x: Mask,
}

impl Special {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn of(x: &[Lanes<Fq, SIDE>; 2]) -> Self {
        let zero = Lanes::zero();
        Self { missing: [x[0].equal(&zero), x[1].equal(&zero)], same_x: x[0].equal(&x[1]) }
    }

    fn any(self) -> bool {
        or(or(self.missing[0], self.missing[1]), self.same_x) != [0; SIDE]
    }

    /// Lanes with two equal points, and with two opposite ones.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn equal_or_opposite(self, left: &Coordinates, right: &Coordinates) -> [Mask; 2] {
        let same_x = but(self.same_x, self.missing[0]);
        let opposite = but(same_x, left.y.carry().equal(&right.y.carry()));
        [but(same_x, opposite), opposite]
    }
}

/// One, scaled.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn one() -> Lanes<Fq, SIDE> {
    Lanes::splat(&Fq::from(16))
}

/// Denominators of the slopes, below `2·p`; one where there is no slope.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn denominators(operands: &Operands, x: &[Lanes<Fq, SIDE>; 2], special: Special) -> Lanes<Fq, SIDE> {
    let differences = x[1].sum().minus::<1>(x[0].sum()).carry();
    if special.any() { special_denominators(operands, differences, special) } else { differences }
}

#[cold]
#[target_feature(enable = "avx512f,avx512ifma")]
fn special_denominators(operands: &Operands, differences: Lanes<Fq, SIDE>, special: Special) -> Lanes<Fq, SIDE> {
    let [left, right] = operands.coordinates();
    let [equal, opposite] = special.equal_or_opposite(&left, &right);
    let doubled = left.y.plus(left.y).carry();
    let [no_left, no_right] = special.missing;
    differences.or(equal, doubled).or(or(opposite, or(no_left, no_right)), one())
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn add(source: Source<'_, Packed>, pairs: &[Pair], sums: &mut [Packed], products: &mut Vec<Lanes<Fq, SIDE>>) {
    let mut chain = one();
    products.clear();
    for group in pairs.chunks(GROUP) {
        let operands = Operands::read(&source, group);
        let x = operands.abscissas();
        let denominators = denominators(&operands, &x, Special::of(&x));
        products.push(chain);
        chain = chain.product(&denominators);
    }
    let mut inverses = invert(chain);
    for (group, product) in pairs.chunks(GROUP).zip(products).rev() {
        let operands = Operands::read(&source, group);
        let [left, right] = operands.coordinates();
        let both = [left.x, right.x];
        let special = Special::of(&both);
        let inverse = inverses.product(product);
        let denominators = denominators(&operands, &both, special);
        inverses = inverses.product(&denominators);

        let mut numerators = right.y.minus::<1>(left.y).carry();
        if special.any() {
            let [equal, _] = special.equal_or_opposite(&left, &right);
            let square = left.x.times(&left.x);
            numerators = numerators.or(equal, square.plus(square).plus(square).carry());
        }
        // All operands are below 6·p, and products below 2·p.
        let slope = numerators.product(&inverse);
        let mut x = slope.times(&slope).minus::<2>(left.x.sum().plus(right.x.sum())).least();
        let mut y = slope.times(&left.x.sum().minus::<1>(x.sum()).carry()).minus::<1>(left.y).least();
        if special.any() {
            let [_, opposite] = special.equal_or_opposite(&left, &right);
            let [no_left, no_right] = special.missing;
            let none = or(opposite, but(no_left, but(no_left, no_right)));
            x = x.or(no_left, right.x).or(no_right, left.x).or(none, Lanes::zero());
            y = y.or(no_left, right.y.carry()).or(no_right, left.y.carry()).or(none, Lanes::zero());
        }
        for (pair, row) in group.iter().zip(rows(x, y).as_flattened()) {
            sums[pair.to as usize] = *row;
        }
    }
}

/// The inverses of scaled numbers below `2·p`, none of them zero.
#[target_feature(enable = "avx512f,avx512ifma")]
fn invert(scaled: Lanes<Fq, SIDE>) -> Lanes<Fq, SIDE> {
    let (mut elements, mut scratch) = ([[Fq::ZERO; 8]; SIDE], [Fq::ZERO; GROUP]);
    // Read as plain they stand for elements sixteen times as large, and so must their inverses once they are scaled.
    for (part, elements) in scaled.least().split().into_iter().zip(&mut elements) {
        part.store(elements);
    }
    BatchInverter::invert_with_external_scratch(elements.as_flattened_mut(), &mut scratch);
    let mut parts = [Lanes::zero(); SIDE];
    for (part, elements) in parts.iter_mut().zip(elements) {
        *part = Lanes::load(&elements.map(|inverse| inverse * Fq::from(256)));
    }
    Lanes::join(parts)
}
