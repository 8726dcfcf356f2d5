//! Eight elements of a field, one in each lane of the registers.
//!
//! An element is five limbs of 52 bits, the digits that the processor multiplies. A number `v` stands for the element
//! `v·2^−256`, as in halo2curves (*plain*), or `v·2^−260` (*scaled*, sixteen times the plain number); a product of numbers
//! is divided by `2^260`. So plain times scaled is plain, and scaled times scaled is scaled.
//!
//! Bounds, for the modulus `p < 2^253.6`, for which `2^260 > 84·p`:
//!
//! - [`Lanes`] has limbs below `2^52`, so it is below `2^260`.
//! - The product of `a` and `b` is below `a·b/2^260 + p`; so it is below `2·p` where `a·b < 84·p²`.
//! - [`Sum`] has signed limbs; it must not be negative as a whole. In [`Lanes::times`] a limb gathers at most 20 numbers
//!   below `2^52`, and a carry below `2^5`; every other sum in this crate has at most 64 such terms. So limbs stay below
//!   `2^63`.

use std::arch::x86_64::*;
use std::marker::PhantomData;

use halo2curves::bn256::{Fq, Fr};
use halo2curves::serde::SerdeObject;

const BITS: u32 = 52;
const MASK: u64 = (1 << BITS) - 1;

/// A field of BN254, of which an element is four words in Montgomery form.
pub(crate) trait Modulus: SerdeObject + Copy {
    /// The modulus.
    const WORDS: [u64; 4];
}

impl Modulus for Fr {
    const WORDS: [u64; 4] =
        [0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029];
}

impl Modulus for Fq {
    const WORDS: [u64; 4] =
        [0x3c20_8c16_d87c_fd47, 0x9781_6a91_6871_ca8d, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029];
}

/// Limbs of `times·words`.
#[allow(clippy::cast_possible_truncation)] // The lower word of a product is meant.
const fn limbs(words: [u64; 4], times: u64) -> [u64; 5] {
    let mut product = [0u64; 5];
    let mut carry = 0u128;
    let mut i = 0;
    while i < 4 {
        carry += words[i] as u128 * times as u128;
        product[i] = carry as u64;
        carry >>= 64;
        i += 1;
    }
    product[4] = carry as u64;
    [
        product[0] & MASK,
        (product[0] >> 52 | product[1] << 12) & MASK,
        (product[1] >> 40 | product[2] << 24) & MASK,
        (product[2] >> 28 | product[3] << 36) & MASK,
        product[3] >> 16 | product[4] << 48,
    ]
}

/// `−1/word` modulo `2^52`, by Newton's iteration: each step doubles the digits that are right, of which there are three
/// at first.
const fn negated_inverse(word: u64) -> u64 {
    let mut inverse = word;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(word.wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg() & MASK
}

/// The words of an element.
#[inline(always)]
pub(super) fn words<M: Modulus>(element: &M) -> [u64; 4] {
    let mut bytes = [0; 32];
    let mut rest = bytes.as_mut_slice();
    // A slice of 32 bytes has room for the four words.
    let written = element.write_raw(&mut rest);
    debug_assert!(written.is_ok());
    let word = |i: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[8 * i + byte]));
    [word(0), word(1), word(2), word(3)]
}

/// The element of which these are the words, below the modulus.
#[inline(always)]
pub(super) fn element<M: Modulus>(words: [u64; 4]) -> M {
    const {
        assert!(size_of::<M>() == size_of::<[u64; 4]>());
    }
    // SAFETY: both implementors of `Modulus` are a struct with one field of the type `[u64; 4]`, which fills it. What
    // halo2curves offers for this takes a call for each element, and then more time than a multiplication.
    unsafe { std::mem::transmute_copy(&words) }
}

/// `W` times eight elements, with limbs below `2^52`.
///
/// A product takes long and leaves most of the processor idle, so it is worth to compute two side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lanes<M, const W: usize = 1>([[__m512i; 5]; W], PhantomData<M>);

/// Sums of a few elements each, with limbs that have not been carried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sum<M, const W: usize = 1>([[__m512i; 5]; W], PhantomData<M>);

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn broadcast(limbs: [u64; 5]) -> [__m512i; 5] {
    let mut all = [_mm512_setzero_si512(); 5];
    for i in 0..5 {
        all[i] = _mm512_set1_epi64(limbs[i].cast_signed());
    }
    all
}

/// Rows and columns of a matrix of eight words squared are swapped.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transpose(rows: [__m512i; 8]) -> [__m512i; 8] {
    let [low, high] = quarters();
    let mut halves = [[_mm512_setzero_si512(); 4]; 2];
    for i in 0..2 {
        let even = _mm512_unpacklo_epi64(rows[4 * i], rows[4 * i + 1]);
        let odd = _mm512_unpackhi_epi64(rows[4 * i], rows[4 * i + 1]);
        let next_even = _mm512_unpacklo_epi64(rows[4 * i + 2], rows[4 * i + 3]);
        let next_odd = _mm512_unpackhi_epi64(rows[4 * i + 2], rows[4 * i + 3]);
        // Columns 0 and 4, 1 and 5, 2 and 6, 3 and 7.
        halves[i] = [
            _mm512_permutex2var_epi64(even, low, next_even),
            _mm512_permutex2var_epi64(odd, low, next_odd),
            _mm512_permutex2var_epi64(even, high, next_even),
            _mm512_permutex2var_epi64(odd, high, next_odd),
        ];
    }
    let mut columns = rows;
    for i in 0..4 {
        columns[i] = _mm512_shuffle_i64x2::<0x44>(halves[0][i], halves[1][i]);
        columns[i + 4] = _mm512_shuffle_i64x2::<0xee>(halves[0][i], halves[1][i]);
    }
    columns
}

/// Which words of two registers take the first, or the second, quarter of each of their halves.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn quarters() -> [__m512i; 2] {
    [_mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15)]
}

/// The four words of eight elements, of which `pairs` holds two in each register.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transpose_pairs(pairs: [__m512i; 4]) -> [__m512i; 4] {
    let low = _mm512_setr_epi64(0, 4, 1, 5, 8, 12, 9, 13);
    let high = _mm512_setr_epi64(2, 6, 3, 7, 10, 14, 11, 15);
    let even = [_mm512_unpacklo_epi64(pairs[0], pairs[1]), _mm512_unpacklo_epi64(pairs[2], pairs[3])];
    let odd = [_mm512_unpackhi_epi64(pairs[0], pairs[1]), _mm512_unpackhi_epi64(pairs[2], pairs[3])];
    [
        _mm512_permutex2var_epi64(even[0], low, even[1]),
        _mm512_permutex2var_epi64(odd[0], low, odd[1]),
        _mm512_permutex2var_epi64(even[0], high, even[1]),
        _mm512_permutex2var_epi64(odd[0], high, odd[1]),
    ]
}

impl<M: Modulus> Lanes<M> {
    /// Eight elements, plain.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn load(elements: &[M; 8]) -> Self {
        let mut pairs = [_mm512_setzero_si512(); 4];
        for (pair, two) in pairs.iter_mut().zip(elements.chunks_exact(2)) {
            let ([a, b, c, d], [e, f, g, h]) = (words(&two[0]), words(&two[1]));
            *pair = bytemuck::cast([a, b, c, d, e, f, g, h]);
        }
        Self::from_words([transpose_pairs(pairs)])
    }

    /// Writes eight plain numbers below the modulus.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn store(self, elements: &mut [M; 8]) {
        let [words] = self.to_words();
        let [low, high] = quarters();
        let even = [_mm512_unpacklo_epi64(words[0], words[1]), _mm512_unpacklo_epi64(words[2], words[3])];
        let odd = [_mm512_unpackhi_epi64(words[0], words[1]), _mm512_unpackhi_epi64(words[2], words[3])];
        let rows = [
            _mm512_permutex2var_epi64(even[0], low, even[1]),
            _mm512_permutex2var_epi64(odd[0], low, odd[1]),
            _mm512_permutex2var_epi64(even[0], high, even[1]),
            _mm512_permutex2var_epi64(odd[0], high, odd[1]),
        ];
        for (i, row) in rows.into_iter().enumerate() {
            let [a, b, c, d, e, f, g, h]: [u64; 8] = bytemuck::cast(row);
            elements[i] = element([a, b, c, d]);
            elements[i + 4] = element([e, f, g, h]);
        }
    }

    /// `values[at..at + 8]`, plain, with zeros for those that are missing.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn read(values: &[M], at: usize) -> Self {
        let rest = values.get(at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(eight) => Self::load(eight),
            None => {
                let mut eight = [element([0; 4]); 8];
                eight[..rest.len()].copy_from_slice(rest);
                Self::load(&eight)
            }
        }
    }

    /// The number of one lane in all of them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn lane(self, lane: u8) -> Self {
        let place = _mm512_set1_epi64(i64::from(lane));
        Self(self.0.map(|limbs| limbs.map(|limb| _mm512_permutexvar_epi64(place, limb))), PhantomData)
    }

    /// Scaled numbers for plain ones below `p`: sixteen times as large.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn scaled(self) -> Self {
        let [[a, b, c, d, e]] = self.0;
        let mask = _mm512_set1_epi64(MASK.cast_signed());
        let limb = |upper, lower| {
            let upper = _mm512_and_si512(_mm512_slli_epi64::<4>(upper), mask);
            _mm512_or_si512(upper, _mm512_srli_epi64::<48>(lower))
        };
        let first = _mm512_and_si512(_mm512_slli_epi64::<4>(a), mask);
        Self([[first, limb(b, a), limb(c, b), limb(d, c), limb(e, d)]], PhantomData)
    }
}

impl<M: Modulus, const W: usize> Lanes<M, W> {
    /// The number zero.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn zero() -> Self {
        Self([[_mm512_setzero_si512(); 5]; W], PhantomData)
    }

    /// The element in every lane, plain.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn splat(element: &M) -> Self {
        Self([broadcast(limbs(words(element), 1)); W], PhantomData)
    }

    /// The limbs of numbers below `2^256` of which these are the words.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn from_words(words: [[__m512i; 4]; W]) -> Self {
        let mask = _mm512_set1_epi64(MASK.cast_signed());
        let limb = |value| _mm512_and_si512(value, mask);
        let mut all = Self::zero();
        for w in 0..W {
            let [a, b, c, d] = words[w];
            all.0[w] = [
                limb(a),
                limb(_mm512_or_si512(_mm512_srli_epi64::<52>(a), _mm512_slli_epi64::<12>(b))),
                limb(_mm512_or_si512(_mm512_srli_epi64::<40>(b), _mm512_slli_epi64::<24>(c))),
                limb(_mm512_or_si512(_mm512_srli_epi64::<28>(c), _mm512_slli_epi64::<36>(d))),
                _mm512_srli_epi64::<16>(d),
            ];
        }
        all
    }

    /// The words of numbers below `2^256`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn to_words(self) -> [[__m512i; 4]; W] {
        let mut words = [[_mm512_setzero_si512(); 4]; W];
        for w in 0..W {
            let [a, b, c, d, e] = self.0[w];
            words[w] = [
                _mm512_or_si512(a, _mm512_slli_epi64::<52>(b)),
                _mm512_or_si512(_mm512_srli_epi64::<12>(b), _mm512_slli_epi64::<40>(c)),
                _mm512_or_si512(_mm512_srli_epi64::<24>(c), _mm512_slli_epi64::<28>(d)),
                _mm512_or_si512(_mm512_srli_epi64::<36>(d), _mm512_slli_epi64::<16>(e)),
            ];
        }
        words
    }

    /// The product, below `self·other/2^260 + p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn times(&self, other: &Self) -> Sum<M, W> {
        let modulus = broadcast(const { limbs(M::WORDS, 1) });
        let inverse = _mm512_set1_epi64(const { negated_inverse(M::WORDS[0]) }.cast_signed());
        let zero = _mm512_setzero_si512();
        let mut sums = [[zero; 6]; W];
        for i in 0..5 {
            for j in 0..5 {
                for w in 0..W {
                    let (digit, other) = (self.0[w][i], other.0[w][j]);
                    sums[w][j] = _mm512_madd52lo_epu64(sums[w][j], digit, other);
                    sums[w][j + 1] = _mm512_madd52hi_epu64(sums[w][j + 1], digit, other);
                }
            }
            // With so many times the modulus added, the lowest limb is a multiple of 2^52.
            let mut factors = [zero; W];
            for w in 0..W {
                factors[w] = _mm512_madd52lo_epu64(zero, sums[w][0], inverse);
            }
            for j in 0..5 {
                for w in 0..W {
                    sums[w][j] = _mm512_madd52lo_epu64(sums[w][j], factors[w], modulus[j]);
                    sums[w][j + 1] = _mm512_madd52hi_epu64(sums[w][j + 1], factors[w], modulus[j]);
                }
            }
            for sums in &mut sums {
                let carry = _mm512_srli_epi64::<52>(sums[0]);
                *sums = [_mm512_add_epi64(sums[1], carry), sums[2], sums[3], sums[4], sums[5], zero];
            }
        }
        Sum(sums.map(|[a, b, c, d, e, _]| [a, b, c, d, e]), PhantomData)
    }

    /// The product with carried limbs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn product(&self, other: &Self) -> Self {
        self.times(other).carry()
    }

    /// As a sum of one term.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sum(self) -> Sum<M, W> {
        Sum(self.0, PhantomData)
    }

    /// The numbers of `other` in the lanes of `masks`, and those of `self` in the rest.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn or(self, masks: [__mmask8; W], other: Self) -> Self {
        let mut all = self;
        for w in 0..W {
            for i in 0..5 {
                all.0[w][i] = _mm512_mask_mov_epi64(self.0[w][i], masks[w], other.0[w][i]);
            }
        }
        all
    }

    /// Lanes in which the numbers are the same.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn equal(&self, other: &Self) -> [__mmask8; W] {
        let mut masks = [0xff; W];
        for w in 0..W {
            for i in 0..5 {
                masks[w] = _mm512_mask_cmpeq_epi64_mask(masks[w], self.0[w][i], other.0[w][i]);
            }
        }
        masks
    }

    /// The same elements as numbers below `p`; these must be below `2·p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn least(self) -> Self {
        let modulus = broadcast(const { limbs(M::WORDS, 1) });
        let mut less = self.sum();
        for limbs in &mut less.0 {
            for i in 0..5 {
                limbs[i] = _mm512_sub_epi64(limbs[i], modulus[i]);
            }
        }
        let less = less.carry();
        let mut negative = [0; W];
        for w in 0..W {
            negative[w] = _mm512_cmplt_epi64_mask(less.0[w][4], _mm512_setzero_si512());
        }
        less.or(negative, self)
    }

    /// The two halves side by side.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn split(self) -> [Lanes<M>; W] {
        self.0.map(|limbs| Lanes([limbs], PhantomData))
    }

    /// Numbers side by side.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn join(parts: [Lanes<M>; W]) -> Self {
        Self(parts.map(|part| part.0[0]), PhantomData)
    }
}

impl<M: Modulus> Sum<M> {
    /// The limbs, each of them for eight elements.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn limbs(self) -> [__m512i; 5] {
        self.0[0]
    }

    /// From limbs that [`limbs`](Self::limbs) gave, in other lanes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn from_limbs(limbs: [__m512i; 5]) -> Self {
        Self([limbs], PhantomData)
    }
}

impl<M: Modulus, const W: usize> Sum<M, W> {
    /// The sum with one term more.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn plus(self, other: Self) -> Self {
        let mut sum = self;
        for w in 0..W {
            for i in 0..5 {
                sum.0[w][i] = _mm512_add_epi64(self.0[w][i], other.0[w][i]);
            }
        }
        sum
    }

    /// The difference plus `TIMES·p`, which `other` must not exceed.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn minus<const TIMES: u64>(self, other: Self) -> Self {
        let offset = broadcast(const { limbs(M::WORDS, TIMES) });
        let mut sum = self;
        for w in 0..W {
            for i in 0..5 {
                sum.0[w][i] = _mm512_add_epi64(_mm512_sub_epi64(self.0[w][i], other.0[w][i]), offset[i]);
            }
        }
        sum
    }

    /// `p` less the number, in the lanes of `masks`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn negate(self, masks: [__mmask8; W]) -> Self {
        let modulus = broadcast(const { limbs(M::WORDS, 1) });
        let mut sum = self;
        for w in 0..W {
            for i in 0..5 {
                sum.0[w][i] = _mm512_mask_sub_epi64(self.0[w][i], masks[w], modulus[i], self.0[w][i]);
            }
        }
        sum
    }

    /// The same numbers with limbs below `2^52`; they must be below `2^260`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn carry(self) -> Lanes<M, W> {
        let mask = _mm512_set1_epi64(MASK.cast_signed());
        let mut all = self.0;
        for i in 0..4 {
            for limbs in &mut all {
                limbs[i + 1] = _mm512_add_epi64(limbs[i + 1], _mm512_srai_epi64::<BITS>(limbs[i]));
                limbs[i] = _mm512_and_si512(limbs[i], mask);
            }
        }
        Lanes(all, PhantomData)
    }

    /// The same elements as numbers below `1.03·p`; the sum must be below `84·p`.
    ///
    /// Of `v = 2^208·t + rest` it takes off `q·p`, where `q` is `t/(top + 1)` rounded down for the upper limb `top` of
    /// `p`, computed with a reciprocal of 12 bits. So `q` is at most `v/p` and at least `v/p − 1.03`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn lower(self) -> Lanes<M, W> {
        let modulus = broadcast(const { limbs(M::WORDS, 1) });
        let reciprocal = _mm512_set1_epi64(const { (1 << 58) / (limbs(M::WORDS, 1)[4] + 1) }.cast_signed());
        let zero = _mm512_setzero_si512();
        let mut all = self.carry().0;
        for limbs in &mut all {
            let quotient = _mm512_srli_epi64::<6>(_mm512_madd52hi_epu64(zero, limbs[4], reciprocal));
            for i in 0..5 {
                limbs[i] = _mm512_sub_epi64(limbs[i], _mm512_madd52lo_epu64(zero, quotient, modulus[i]));
                if i < 4 {
                    limbs[i + 1] = _mm512_sub_epi64(limbs[i + 1], _mm512_madd52hi_epu64(zero, quotient, modulus[i]));
                }
            }
        }
        Self(all, PhantomData).carry()
    }

    /// The same elements as numbers below `p`; the sum must be below `84·p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn least(self) -> Lanes<M, W> {
        self.lower().least()
    }
}
