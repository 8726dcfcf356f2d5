//! Scalars as signed digits of two halves.

use ff::PrimeField;
use halo2curves::bn256::Fr;
use ruint::Uint;
use ruint::aliases::U256;

/// Bits of half a scalar, and a carry.
const HALF_BITS: usize = 129;

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

/// How scalars are cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    /// Bits of a digit.
    pub(super) bits: usize,
    /// Digits of half a scalar.
    pub(super) count: usize,
}

impl Windows {
    /// Those that need the fewest additions for so many half scalars.
    pub(super) fn new(halves: usize) -> Self {
        Self::sizes().min_by_key(|windows| windows.additions(halves)).expect("there are sizes")
    }

    pub(super) fn sizes() -> impl Iterator<Item = Self> {
        (2..=16).map(|bits| Self { bits, count: HALF_BITS.div_ceil(bits) })
    }

    /// Additions for so many half scalars that are not zero: a window adds every half to a bucket, and reads a bucket with
    /// two additions, of which the first of a bucket saves one.
    fn additions(self, halves: usize) -> usize {
        self.count * (halves + self.buckets())
    }

    /// Buckets of a window, one for each absolute value of a digit but zero.
    pub(super) fn buckets(self) -> usize {
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

/// The digits of both halves of every scalar, those of one window after the other.
pub(super) fn cut(windows: Windows, scalars: &[Fr]) -> Vec<i32> {
    let halves = 2 * scalars.len();
    let mut digits = vec![0; windows.count * halves];
    for (i, scalar) in scalars.iter().enumerate() {
        let [low, high] = split(scalar);
        windows.cut(low, &mut digits[2 * i..], halves);
        windows.cut(high, &mut digits[2 * i + 1..], halves);
    }
    digits
}

#[cfg(test)]
mod tests {
    use ff::{Field, WithSmallOrderMulGroup};
    use rand_core::OsRng;

    use super::*;

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
}
