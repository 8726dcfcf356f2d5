//! Amounts as people write them, to and from integer base units.

use assay_circuits::Amount;

/// Largest number of decimals an asset may have: `10^36 < 2^120`.
pub const MAX_DECIMALS: u8 = 36;

/// Why a text is no amount. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Anything but ASCII digits around at most one point.
    #[error("not a decimal amount: only digits with at most one point between them, such as 1.5")]
    NotDecimal,
    /// A zero before the digits that count, as in `007`.
    #[error("leading zeros are not allowed")]
    LeadingZero,
    /// More digits after the point than the asset has.
    #[error("more than the asset's {decimals} digits after the point")]
    TooManyDecimals {
        /// Digits that the asset has.
        decimals: u8,
    },
    /// `2^120` base units or more.
    #[error("too large: an amount is less than 2^120 base units")]
    TooLarge,
}

/// Reads a decimal amount of an asset with `decimals` digits after the point, exactly.
///
/// # Errors
/// [`AmountError`]; no rounding ever takes place, and signs, exponents, spaces, separators and digits other than
/// ASCII ones are refused.
pub fn parse_amount(text: &str, decimals: u8) -> Result<Amount, AmountError> {
    Amount::new(base_units(text, decimals)?).map_err(|_| AmountError::TooLarge)
}

fn base_units(text: &str, decimals: u8) -> Result<u128, AmountError> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(AmountError::NotDecimal),
        None => (text, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(AmountError::NotDecimal);
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(AmountError::LeadingZero);
    }
    let missing = usize::from(decimals).checked_sub(fraction.len()).ok_or(AmountError::TooManyDecimals { decimals })?;
    whole
        .bytes()
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', missing))
        .try_fold(0u128, |value, digit| value.checked_mul(10)?.checked_add(u128::from(digit.checked_sub(b'0')?)))
        .ok_or(AmountError::TooLarge)
}

/// Writes `base_units` of an asset with `decimals` digits after the point, without trailing zeros.
#[must_use]
pub fn format_amount(base_units: u128, decimals: u8) -> String {
    let width = usize::from(decimals).saturating_add(1);
    let digits = format!("{base_units:0>width$}");
    let (whole, fraction) =
        digits.split_at_checked(digits.len().saturating_sub(usize::from(decimals))).unwrap_or((&digits, ""));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}
