//! One linear row over amounts: `Σ A_i·z_i` against `c`.

use ff::PrimeField;
use ruint::aliases::U256;
use zeroize::{Zeroize, Zeroizing};

use crate::units::{Amount, Fr, MARGIN_BITS, OutOfRange, WEIGHT_BITS, Wide, field_from_u256};

/// A public coefficient, more than `−2^120` and less than `2^120`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coefficient(i128);

impl Coefficient {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// The largest, `2^120 − 1`.
    pub const MAX: Self = Self((1 << WEIGHT_BITS) - 1);

    /// Bounds `value` to 120 bits beside its sign.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn new(value: i128) -> Result<Self, OutOfRange> {
        if value.unsigned_abs() >> WEIGHT_BITS != 0 {
            return Err(OutOfRange { quantity: "coefficient", bits: WEIGHT_BITS });
        }
        Ok(Self(value))
    }

    /// The value.
    #[must_use]
    pub fn get(self) -> i128 {
        self.0
    }

    /// The one encoding: `r − |a|` for a negative `a`.
    pub(crate) fn to_field(self) -> Fr {
        signed(self.0 < 0, Fr::from_u128(self.0.unsigned_abs()))
    }
}

/// A public constant, more than `−2^240` and less than `2^240`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Constant {
    negative: bool,
    magnitude: U256,
}

impl Constant {
    /// Zero.
    pub const ZERO: Self = Self { negative: false, magnitude: U256::ZERO };

    /// Bounds `magnitude` to 240 bits. Zero has no sign.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn new(negative: bool, magnitude: U256) -> Result<Self, OutOfRange> {
        if magnitude.bit_len() > MARGIN_BITS as usize {
            return Err(OutOfRange { quantity: "constant", bits: MARGIN_BITS });
        }
        Ok(Self { negative: negative && !magnitude.is_zero(), magnitude })
    }

    /// Whether it is less than zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.negative
    }

    /// The value without its sign.
    #[must_use]
    pub fn magnitude(self) -> U256 {
        self.magnitude
    }

    /// The one encoding: `r − |c|` for a negative `c`.
    pub(crate) fn to_field(self) -> Fr {
        signed(self.negative, field_from_u256(self.magnitude))
    }
}

fn signed(negative: bool, magnitude: Fr) -> Fr {
    if negative { -magnitude } else { magnitude }
}

/// `A_j` and `c_j`. Whether it is a test or an equality, the list that it stands in says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    coefficients: Vec<Coefficient>,
    constant: Constant,
}

impl Row {
    /// A row with these coefficients, in the order of the shape's terms.
    #[must_use]
    pub fn new(coefficients: Vec<Coefficient>, constant: Constant) -> Self {
        Self { coefficients, constant }
    }

    /// `0 ≥ 0`, and `0 = 0`.
    #[must_use]
    pub fn zero(terms: usize) -> Self {
        Self { coefficients: vec![Coefficient::ZERO; terms], constant: Constant::ZERO }
    }

    /// `A_j`.
    #[must_use]
    pub fn coefficients(&self) -> &[Coefficient] {
        &self.coefficients
    }

    /// `c_j`.
    #[must_use]
    pub fn constant(&self) -> Constant {
        self.constant
    }

    /// The two sides of the comparison: what is added on either, so that both are sums without a sign.
    #[must_use]
    pub fn sums(&self, amounts: &[&Amount]) -> Zeroizing<Sums> {
        let mut sums = Zeroizing::new(Sums { left: Wide::ZERO, right: Wide::ZERO });
        let Sums { left, right } = &mut *sums;
        for (coefficient, amount) in self.coefficients.iter().zip(amounts) {
            let term = Wide::from(coefficient.0.unsigned_abs()) * Wide::from(amount.expose());
            *(if coefficient.0 < 0 { &mut *right } else { &mut *left }) += term;
        }
        *(if self.constant.negative { left } else { right }) += Wide::from(self.constant.magnitude);
        sums
    }

    /// `Σ A_i·z_i − c` as a field element: below `2^248` exactly where the test holds, and zero where the equality does.
    pub(crate) fn slack(&self, amounts: &[&Amount]) -> Fr {
        let terms = self.coefficients.iter().zip(amounts);
        terms.map(|(coefficient, amount)| coefficient.to_field() * Fr::from_u128(amount.expose())).sum::<Fr>()
            - self.constant.to_field()
    }
}

/// The two sides of a row, exact. Secret, so without `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sums {
    /// The terms with a coefficient above zero, and the constant where it is below. Secret.
    pub left: Wide,
    /// The terms with a coefficient below zero, and the constant where it is above. Secret.
    pub right: Wide,
}

impl Sums {
    /// Whether the row holds as a test.
    #[must_use]
    pub fn at_least(&self) -> bool {
        self.left >= self.right
    }

    /// Whether the row holds as an equality.
    #[must_use]
    pub fn equal(&self) -> bool {
        self.left == self.right
    }
}

impl Zeroize for Sums {
    fn zeroize(&mut self) {
        for side in [&mut self.left, &mut self.right] {
            *side = Wide::ZERO;
            std::hint::black_box(side);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_statement() {
        for value in [Coefficient::MAX.get(), -Coefficient::MAX.get(), 0] {
            assert_eq!(Coefficient::new(value).map(Coefficient::get), Ok(value));
        }
        assert!(Coefficient::new(1 << 120).is_err());
        assert!(Coefficient::new(-(1 << 120)).is_err());
        assert!(Coefficient::new(i128::MIN).is_err());
        let limit = U256::from(1) << 240;
        assert!(Constant::new(true, limit).is_err());
        assert!(Constant::new(true, limit - U256::from(1)).is_ok_and(Constant::is_negative));
        assert_eq!(Constant::new(true, U256::ZERO), Ok(Constant::ZERO));
    }

    #[test]
    fn a_row_is_compared_over_the_integers() {
        let amounts = [7u128, 5].map(|value| Amount::new(value).expect("small"));
        let amounts: Vec<&Amount> = amounts.iter().collect();
        let row = |coefficients: [i128; 2], negative, constant: u64| {
            let coefficients = coefficients.map(|value| Coefficient::new(value).expect("small")).to_vec();
            Row::new(coefficients, Constant::new(negative, U256::from(constant)).expect("small"))
        };
        // 3·7 − 4·5 = 1.
        for (constant, negative, at_least, equal) in
            [(1, false, true, true), (0, false, true, false), (2, false, false, false), (5, true, true, false)]
        {
            let row = row([3, -4], negative, constant);
            let sums = row.sums(&amounts);
            assert_eq!((sums.at_least(), sums.equal()), (at_least, equal), "{constant} {negative}");
            let expected = Fr::one() - row.constant().to_field();
            assert_eq!(row.slack(&amounts), expected);
        }
    }
}
