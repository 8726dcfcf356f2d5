//! What [`crate::check`] tells the owner of a position: ratio, threshold and margin. Secret, like the amounts.

use assay_circuits::units::Wide;
use assay_circuits::{Covenant, Position};
use assay_verifier::Weights;
use zeroize::Zeroizing;

use crate::cures::shortfall;
use crate::terms::Terms;

/// Digits after the point of a percentage.
const PERCENT_DECIMALS: usize = 6;
/// Digits after the point of a value; more where it would otherwise look like zero.
const VALUE_DECIMALS: usize = 6;
/// Decimals of a factor in basis points.
const BPS_DECIMALS: usize = 4;

/// The figures of a position, as decimal text.
#[derive(Clone)]
pub struct Figures {
    /// Weighted collateral over what it has to cover, times the minimum ratio, in percent, rounded down; none where
    /// there is nothing to cover.
    pub ratio: Option<Zeroizing<String>>,
    /// The same before the margin for a profile's roundings is added to what has to be covered: the health factor of the
    /// protocol at these weights. None where there is no such margin, or nothing to cover without it.
    pub before_rounding: Option<Zeroizing<String>>,
    /// The minimum ratio in percent: the ratio must exceed it.
    pub threshold: String,
    /// Collateral at the floor prices after the policy's factors, in the quote currency, rounded down.
    pub collateral: Zeroizing<String>,
    /// What it must exceed: debt and credit line at the ceiling prices times minimum ratio and factors, rounded up.
    pub required: Zeroizing<String>,
    /// The first less the second, rounded towards zero; negative where collateral is short.
    pub margin: Zeroizing<String>,
    /// How much greater the collateral must become at least, in the quote currency, rounded up; none where it is enough.
    pub short_by: Option<Zeroizing<String>>,
    /// Currency of the values.
    pub quote: String,
}

impl Figures {
    /// Evaluates both sides of the statement, exactly.
    pub(crate) fn of(terms: &Terms<'_>, weights: &Weights, covenant: &Covenant, position: &Position) -> Self {
        let rules = terms.policy().rules();
        let sides = covenant.sides(position);
        let required = sides.debt + sides.margin;
        let minimum = rules.minimum_ratio;
        let percent = |cover: Wide| {
            (!cover.is_zero()).then(|| {
                // Percent are bps over 100.
                let scaled = sides.collateral * Wide::from(minimum) * ten_to(PERCENT_DECIMALS);
                Zeroizing::new(fixed(scaled / (cover * Wide::from(100)), PERCENT_DECIMALS))
            })
        };
        let ratio = percent(required);
        let rounding = Wide::from(weights.profile_margin.get());
        let before_rounding = if rounding.is_zero() { None } else { percent(required - rounding) };
        let value = |side: Wide, up: bool| Zeroizing::new(in_quote(side, weights, up));
        let margin = if sides.collateral >= required {
            value(sides.collateral - required, false)
        } else {
            Zeroizing::new(format!("-{}", *value(required - sides.collateral, false)))
        };
        let missing = shortfall(covenant, position);
        let short_by = (!missing.is_zero()).then(|| value(missing, true));
        Self {
            ratio,
            before_rounding,
            threshold: fixed(Wide::from(minimum), 2),
            collateral: value(sides.collateral, false),
            required: value(required, true),
            margin,
            short_by,
            quote: rules.quote.clone(),
        }
    }
}

/// A side of the comparison in whole units of the quote currency: weights are prices with `F` decimals times factors
/// in bps, amounts have `D` decimals, and all of it has been divided by the scale.
fn in_quote(side: Wide, weights: &Weights, up: bool) -> String {
    let decimals = usize::from(weights.price_decimals) + usize::from(weights.asset_decimals) + BPS_DECIMALS;
    written(side * Wide::from(weights.scale), decimals, up)
}

/// `exact / 10^decimals`, rounded to [`VALUE_DECIMALS`] digits after the point unless it would look like zero.
fn written(exact: Wide, decimals: usize, up: bool) -> String {
    let cut = ten_to(decimals.saturating_sub(VALUE_DECIMALS));
    let rounded = if up { exact.div_ceil(cut) } else { exact / cut };
    if decimals <= VALUE_DECIMALS || (rounded.is_zero() && !exact.is_zero()) {
        return fixed(exact, decimals).trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    fixed(rounded, VALUE_DECIMALS)
}

fn ten_to(exponent: usize) -> Wide {
    Wide::from(10).pow(Wide::from(exponent))
}

/// `value / 10^decimals`, written out.
fn fixed(value: Wide, decimals: usize) -> String {
    let digits = Zeroizing::new(value.to_string());
    let padded = Zeroizing::new(format!("{:0>width$}", *digits, width = decimals + 1));
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    if decimals == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_exactly() {
        assert_eq!(fixed(Wide::from(0), 2), "0.00");
        assert_eq!(fixed(Wide::from(123_456), 2), "1234.56");
        assert_eq!(fixed(Wide::from(5), 6), "0.000005");
        assert_eq!(fixed(Wide::from(42), 0), "42");
        // Neither prices nor assets have decimals: only factors do.
        assert_eq!(written(Wide::from(30_000), BPS_DECIMALS, false), "3");
        assert_eq!(written(Wide::from(15_000), BPS_DECIMALS, true), "1.5");
        assert_eq!(written(Wide::from(0), BPS_DECIMALS, false), "0");
    }
}
