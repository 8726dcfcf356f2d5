//! The numbers of the statement and the widths that keep them from wrapping.
//!
//! | quantity | type | range |
//! |---|---|---|
//! | amount `x_i`, `y_i` | [`Amount`] | `[0, 2^120)`, integer base units of the asset |
//! | weight `w_i`, `v_i` | [`Weight`] | `[0, 2^120)` |
//! | margin `m` | [`Margin`] | `[0, 2^240)` |
//! | difference `D` | [`Wide`] | `[0, 2^248)` when the statement is true |

use std::fmt;

use ff::PrimeField;
use ruint::aliases::{U256, U512};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use assay_protocol::Fr;

/// Signed differences and sums are computed in this type off-circuit: exact, never modular.
pub type Wide = U512;

/// Width of an amount in bits.
pub const AMOUNT_BITS: u32 = 120;
/// Width of a weight in bits.
pub const WEIGHT_BITS: u32 = 120;
/// Width of the margin in bits.
pub const MARGIN_BITS: u32 = 240;
/// Width to which the circuit range-checks `D = Σ w x − Σ v y − m − 1`.
pub const DIFFERENCE_BITS: u32 = 248;
/// Bits that the BN254 scalar field holds without wrapping.
pub const FIELD_CAPACITY: u32 = 253;

/// How many assets a statement has room for. The list is closed: each size is a circuit with a key of its own.
///
/// A market that needs fewer is filled up with assets that nobody holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// Eight assets.
    #[default]
    Eight,
    /// Sixteen assets.
    Sixteen,
    /// Thirty-two assets.
    ThirtyTwo,
    /// Sixty-four assets.
    SixtyFour,
}

impl Size {
    /// Every size, ascending.
    pub const ALL: [Self; 4] = [Self::Eight, Self::Sixteen, Self::ThirtyTwo, Self::SixtyFour];
    /// The most assets that any size has room for.
    pub const MOST_ASSETS: usize = Self::SixtyFour.assets();

    /// How many assets it has room for.
    #[must_use]
    pub const fn assets(self) -> usize {
        match self {
            Self::Eight => 8,
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
            Self::SixtyFour => 64,
        }
    }

    /// The size of exactly so many assets.
    #[must_use]
    pub fn of(assets: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.assets() == assets)
    }

    /// The smallest size with room for so many assets; `None` beyond [`Self::MOST_ASSETS`].
    #[must_use]
    pub fn fitting(assets: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.assets() >= assets)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} assets", self.assets())
    }
}

const _: () = {
    let mut i = 0;
    while i < Size::ALL.len() {
        assert_no_wrap(Size::ALL[i].assets());
        i += 1;
    }
};

/// Fails, at compile time for every [`Size`], where `n` assets could make the comparison wrap around in the field.
///
/// With `L = ceil(log2(n + 1))`, every honest `D` lies in `[-2^(240+L) - 2^240, 2^(240+L))`. It must fit the
/// 248-bit check when it is not negative, and must not fit it, as a field element, when it is.
pub const fn assert_no_wrap(n: usize) {
    let log = usize::BITS - n.leading_zeros(); // ceil(log2(n + 1)) for n >= 1
    assert!(n >= 1);
    assert!(AMOUNT_BITS + WEIGHT_BITS + log + 1 < FIELD_CAPACITY - 1);
    assert!(AMOUNT_BITS + WEIGHT_BITS + log <= DIFFERENCE_BITS);
    const { assert!(MARGIN_BITS <= AMOUNT_BITS + WEIGHT_BITS) };
    // r - 2^(240 + L + 1) > 2^248: a negative D is a field element far above the range check.
    const { assert!(DIFFERENCE_BITS + 1 < FIELD_CAPACITY) };
}

/// A quantity did not fit its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {quantity} needs more than {bits} bits")]
pub struct OutOfRange {
    /// Which quantity.
    pub quantity: &'static str,
    /// The width it must fit.
    pub bits: u32,
}

/// A private amount in integer base units, `[0, 2^120)`. Never printed, wiped on drop.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Amount(u128);

impl Amount {
    /// The largest amount, `2^120 − 1`.
    pub const MAX: u128 = (1 << AMOUNT_BITS) - 1;

    /// Bounds `value` to 120 bits.
    ///
    /// # Errors
    /// [`OutOfRange`] where `value >= 2^120`; the value itself is not repeated.
    pub fn new(value: u128) -> Result<Self, OutOfRange> {
        if value > Self::MAX {
            return Err(OutOfRange { quantity: "amount", bits: AMOUNT_BITS });
        }
        Ok(Self(value))
    }

    /// An amount that no parser would let through, for tests of the reference.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn forged(value: u128) -> Self {
        Self(value)
    }

    /// The secret value. Do not print it.
    #[must_use]
    pub fn expose(&self) -> u128 {
        self.0
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Amount(hidden)")
    }
}

/// A public weight, `[0, 2^120)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u128);

impl Weight {
    /// The largest weight, `2^120 − 1`: the debt weight of an unused slot.
    pub const MAX: Self = Self((1 << WEIGHT_BITS) - 1);
    /// Zero: the collateral weight of an unused slot.
    pub const ZERO: Self = Self(0);

    /// Bounds `value` to 120 bits.
    ///
    /// # Errors
    /// [`OutOfRange`] where `value >= 2^120`.
    pub fn new(value: u128) -> Result<Self, OutOfRange> {
        if value > Self::MAX.0 {
            return Err(OutOfRange { quantity: "weight", bits: WEIGHT_BITS });
        }
        Ok(Self(value))
    }

    /// The value.
    #[must_use]
    pub fn get(self) -> u128 {
        self.0
    }
}

/// The public margin, `[0, 2^240)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Margin(U256);

impl Margin {
    /// No margin.
    pub const ZERO: Self = Self(U256::ZERO);

    /// Bounds `value` to 240 bits.
    ///
    /// # Errors
    /// [`OutOfRange`] where `value >= 2^240`.
    pub fn new(value: U256) -> Result<Self, OutOfRange> {
        if value.bit_len() > MARGIN_BITS as usize {
            return Err(OutOfRange { quantity: "margin", bits: MARGIN_BITS });
        }
        Ok(Self(value))
    }

    /// The value.
    #[must_use]
    pub fn get(self) -> U256 {
        self.0
    }
}

/// The field element of a value below the modulus.
pub(crate) fn field_from_u256(value: U256) -> Fr {
    let mut repr = <Fr as PrimeField>::Repr::default();
    repr.as_mut().copy_from_slice(&value.to_le_bytes::<32>());
    Option::from(Fr::from_repr(repr)).expect("callers pass values below 2^253")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_of_120_bits_fits_and_one_more_does_not() {
        assert!(Amount::new(Amount::MAX).is_ok());
        assert!(Amount::new(Amount::MAX + 1).is_err());
        assert!(Weight::new(1 << 120).is_err());
        assert!(Margin::new(U256::from(1) << 240).is_err());
        assert!(Margin::new((U256::from(1) << 240) - U256::from(1)).is_ok());
    }

    #[test]
    fn debug_output_hides_amounts() {
        let amount = Amount::new(123_456_789).expect("small");
        assert!(!format!("{amount:?}").contains("123"));
    }

    #[test]
    fn the_smallest_size_that_fits_is_chosen() {
        let fitting = |assets| Size::fitting(assets).map(Size::assets);
        assert_eq!([1, 8, 9, 16, 17, 64].map(fitting), [8, 8, 16, 16, 32, 64].map(Some));
        assert_eq!(fitting(65), None);
        assert_eq!(Size::of(16), Some(Size::Sixteen));
        assert_eq!(Size::of(9), None);
    }
}
