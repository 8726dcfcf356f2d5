//! Exact rows as integers of the statement's widths.

use assay_circuits::statements::covenants::{Coefficient, Constant};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use ruint::aliases::U256;

/// The least coefficient of a row that had to be rounded: so rounding is less than one part in a million.
const LEAST_BITS: u64 = 20;
/// Width of a coefficient.
const COEFFICIENT_BITS: u64 = 120;
/// Width of a constant, but for what strictness and a credit line add.
const CONSTANT_BITS: u64 = 239;

/// The row `Σ factor·amount ≥ bound` (`>` where it is strict) in integers: over its least common denominator and without
/// common factors, so exact, where that fits the statement's widths; else shifted by as few bits as possible, coefficients
/// rounded down and the constant up. `None` where a coefficient that is not zero would keep fewer than [`LEAST_BITS`] bits.
pub(super) fn integers(
    factors: &[BigRational],
    bound: &BigRational,
    strict: bool,
) -> Option<(Vec<Coefficient>, BigInt)> {
    let all = || factors.iter().chain([bound]);
    let denominator = all().fold(BigInt::one(), |lcm, factor| lcm.lcm(factor.denom()));
    let whole = |factor: &BigRational| (factor * BigRational::from_integer(denominator.clone())).to_integer();
    let divisor = all().map(&whole).fold(BigInt::zero(), |gcd, number| gcd.gcd(&number)).max(BigInt::one());
    let numbers: Vec<BigInt> = factors.iter().map(|factor| whole(factor).div_floor(&divisor)).collect();
    let constant = whole(bound).div_floor(&divisor);
    let widest = numbers.iter().map(BigInt::bits).max().unwrap_or(0);
    let mut shift = constant.bits().saturating_sub(CONSTANT_BITS).max(widest.saturating_sub(COEFFICIENT_BITS));
    loop {
        let unit = BigInt::one() << shift;
        let rounded: Option<Vec<Coefficient>> =
            numbers.iter().map(|number| coefficient(&number.div_floor(&unit))).collect();
        // A coefficient below zero may need a bit more once it is rounded.
        let Some(coefficients) = rounded else {
            shift = shift.saturating_add(1);
            continue;
        };
        let kept = |number: &BigInt| number.is_zero() || number.bits() >= shift.saturating_add(LEAST_BITS);
        if shift > 0 && !numbers.iter().all(kept) {
            return None;
        }
        let constant = if strict { constant.div_floor(&unit) + BigInt::one() } else { constant.div_ceil(&unit) };
        return Some((coefficients, constant));
    }
}

fn coefficient(number: &BigInt) -> Option<Coefficient> {
    i128::try_from(number).ok().and_then(|number| Coefficient::new(number).ok())
}

/// `None` where it needs more than 240 bits.
pub(super) fn constant(number: &BigInt) -> Option<Constant> {
    let (sign, _) = number.to_bytes_be();
    let magnitude = U256::try_from_be_slice(&number.abs().to_bytes_be().1)?;
    Constant::new(sign == Sign::Minus, magnitude).ok()
}
