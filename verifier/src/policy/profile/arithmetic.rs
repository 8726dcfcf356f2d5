//! What the rules of several protocols calculate with.

use ruint::aliases::U256;

/// `a · b / c`, rounded down; `None` where the deployed code reverts.
pub(super) fn mul_div(a: U256, b: U256, c: U256) -> Option<U256> {
    a.checked_mul(b)?.checked_div(c)
}

/// `a · b / c`, rounded up; `None` where the deployed code reverts.
pub(super) fn mul_div_up(a: U256, b: U256, c: U256) -> Option<U256> {
    let product = a.checked_mul(b)?;
    let remainder = product.checked_rem(c)?;
    product.checked_div(c)?.checked_add(U256::from(!remainder.is_zero()))
}

/// `10^exponent`; `None` where it does not fit.
pub(super) fn ten_to(exponent: u8) -> Option<U256> {
    U256::from(10u8).checked_pow(U256::from(exponent))
}
