//! How a policy, bounds, times and a credit line become the public weights and the margin.
//!
//! ```text
//! f_i = floor( threshold · (1 − haircut) · (1 − volatility) · (1 − decay·T) )      bps
//! g_i = ceil ( ratio · borrow factor · (1 + interest·T) )                          bps
//! w_i = floor( floor_i   · f_i · 10^(F − feed_i) · 10^(D − d_i) / S )
//! v_i = ceil ( ceiling_i · g_i · 10^(F − feed_i) · 10^(D − d_i) / S ),  or 2^120 − 1 where the asset is never owed
//! m   = v_credit · credit + rounding of the profile
//! ```
//!
//! `T` is the time from as-of to valid-until in years of 365 days, `F` the largest price decimals, `D` the largest
//! asset decimals of the market. Each line is computed exactly and rounded once, against the prover. What a profile adds
//! to the margin is [`Rounding`].
//!
//! Debt in an asset that is never owed counts all the same. So that a base unit of it outweighs what it is worth, whatever the
//! ceiling, a policy's scale must be so large that `2^120 − 1` stands for a price of at least a billion of the quote currency.

use assay_circuits::{Covenant, Margin, OutOfRange, Size, Weight};
use ruint::aliases::{U256, U512};

use super::bounds::{AssetBounds, Bounds, Crossing, Side};
use super::credit::CreditLine;
use crate::formats::text::FormatError;
use crate::policy::{Market, Policy, Profile, ProfileError, Risk, Rounding, Rules};
use crate::prices::PriceRange;

/// A whole unit of an asset that is never owed weighs as debt at least what it would at a price of ten to this power.
const NEVER_OWED_PRICE: u8 = 9;

/// Why there are no weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightError {
    /// A weight is too large for the circuit.
    #[error("{asset}: at these bounds its {side} weight needs more than 120 bits")]
    TooLarge {
        /// Symbol of the asset.
        asset: String,
        /// The name of the weight's side.
        side: &'static str,
        /// The least power of ten by which all weights fit, as the policy's scale.
        scale: U512,
    },
    /// Debt in an asset that is never owed could be worth more than it weighs.
    #[error(
        "scale: {asset} is never owed, so that debt in it has to weigh more than it is worth; write \"{scale}\" or a larger number"
    )]
    NeverOwed {
        /// Symbol of the asset.
        asset: String,
        /// The least power of ten that does, as the policy's scale.
        scale: U512,
    },
    /// The margin is too large for the circuit.
    #[error(transparent)]
    Margin(#[from] OutOfRange),
    /// The bounds or the credit line are not for this policy's market.
    #[error(transparent)]
    Terms(#[from] FormatError),
    /// The bounds do not bear the policy's profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// One asset's weights and what they were made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetWeights {
    /// Symbol, floor and ceiling.
    pub bounds: AssetBounds,
    /// The rules by which it counts.
    pub risk: Risk,
    /// `f_i` in basis points; zero where the asset is no collateral.
    pub collateral_factor: u64,
    /// `g_i` in basis points, at least `10^4`; zero where the asset is never owed.
    pub debt_factor: u64,
    /// The exponent of the ten that brings prices and amounts of all assets to one unit: `F − feed_i + D − d_i`.
    pub shift: u8,
    /// `w_i`.
    pub collateral: Weight,
    /// `v_i`.
    pub debt: Weight,
}

/// The public weights and the margin of an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The assets of the market, in its order.
    pub assets: Vec<AssetWeights>,
    /// The size of the market.
    pub size: Size,
    /// `m`: the sum of the next two.
    pub margin: Margin,
    /// The part of `m` that stands for the credit line.
    pub credit_margin: Margin,
    /// The part of `m` that absorbs the roundings of the policy's profile.
    pub profile_margin: Margin,
    /// `F`.
    pub price_decimals: u8,
    /// `D`.
    pub asset_decimals: u8,
    /// `S`.
    pub scale: u128,
    /// `T` in seconds.
    pub elapsed: u64,
}

impl Weights {
    /// Derives the weights at `bounds` for an assertion that runs for `elapsed` seconds from as-of to valid-until.
    ///
    /// # Errors
    /// [`WeightError`] where a number does not fit, bounds or credit line are not for the policy's market, or the policy has
    /// covenants, about which `solvency/v1` says nothing.
    pub fn derive(
        policy: &Policy,
        bounds: &Bounds,
        elapsed: u64,
        credit: Option<&CreditLine>,
    ) -> Result<Self, WeightError> {
        let rules = policy.rules();
        if !policy.covenants().is_empty() {
            return Err(FormatError::new("covenants: a proof of solvency/v1 says nothing about them").into());
        }
        bounds.check(policy)?;
        check_scale(rules, policy.market())?;
        if let Some(profile) = rules.profile {
            check_ceilings(profile, rules, bounds)?;
        }
        let (price_decimals, asset_decimals) = most_decimals(rules, policy.market());
        let exact: Vec<Exact> = bounds
            .0
            .iter()
            .zip(policy.market().assets().iter().zip(&rules.assets))
            .map(|(bounds, (asset, risk))| {
                let price_shift = price_decimals.saturating_sub(risk.price_decimals);
                let shift = price_shift.saturating_add(asset_decimals.saturating_sub(asset.decimals));
                Exact::new(bounds, risk, rules, elapsed, shift)
            })
            .collect();
        let assets = exact.iter().map(|asset| asset.round(rules.scale, &exact)).collect::<Result<Vec<_>, _>>()?;
        let debt_weight = |index: usize| assets.get(index).map_or(Weight::MAX, |asset| asset.debt);
        let credit_margin = match credit {
            None => Margin::ZERO,
            Some(credit) => {
                let weight = debt_weight(usize::from(credit.check(policy)?));
                Margin::new(U256::from(weight.get()).saturating_mul(U256::from(credit.base_units)))?
            }
        };
        let profile_margin = match rules.profile.map_or(Rounding::None, |profile| profile.rounding(rules)) {
            Rounding::None => Margin::ZERO,
            Rounding::Legs { factors } => {
                let exact =
                    U256::from(factors).saturating_mul(U256::from(10u8).saturating_pow(U256::from(asset_decimals)));
                // A policy's scale is not zero.
                Margin::new(exact.div_ceil(U256::from(rules.scale.max(1))))?
            }
            Rounding::DebtUnit { asset } => Margin::new(U256::from(debt_weight(asset).get()))?,
        };
        let margin = Margin::new(credit_margin.get().saturating_add(profile_margin.get()))?;
        Ok(Self {
            assets,
            size: policy.market().size(),
            margin,
            credit_margin,
            profile_margin,
            price_decimals,
            asset_decimals,
            scale: rules.scale,
            elapsed,
        })
    }

    /// The linear test that the proof is of. In unused slots collateral weighs nothing, and debt the most, so that it always
    /// counts.
    #[must_use]
    pub fn covenant(&self) -> Covenant {
        let weights = |slot: usize| {
            self.assets.get(slot).map_or((Weight::ZERO, Weight::MAX), |asset| (asset.collateral, asset.debt))
        };
        Covenant::from_fn(self.size, self.margin, weights)
    }

    /// The first price beyond its bound, or none where the assertion holds at `prices` (in the market's order). A floor
    /// matters only where the collateral weight is not zero, and a ceiling only where the asset can be owed.
    #[must_use]
    pub fn crossed_by(&self, prices: &[PriceRange]) -> Option<Crossing> {
        self.assets.iter().zip(prices).find_map(|(asset, price)| {
            let AssetBounds { asset: symbol, floor, ceiling } = &asset.bounds;
            let decimals = asset.risk.price_decimals;
            let crossing = |side, bound, price| Some(Crossing { asset: symbol.clone(), side, bound, price, decimals });
            if asset.debt_factor > 0 && price.high > *ceiling {
                crossing(Side::Ceiling, *ceiling, price.high)
            } else if asset.collateral > Weight::ZERO && price.low < *floor {
                crossing(Side::Floor, *floor, price.low)
            } else {
                None
            }
        })
    }
}

/// Most decimals of a price and of an asset: `F` and `D`.
fn most_decimals(rules: &Rules, market: &Market) -> (u8, u8) {
    let prices = rules.assets.iter().map(|risk| risk.price_decimals).max();
    let assets = market.assets().iter().map(|asset| asset.decimals).max();
    (prices.unwrap_or(0), assets.unwrap_or(0))
}

/// Checks that debt in an asset that is never owed weighs at least what it would be worth at a price of a billion:
/// `10^(9 + F + D − d_i) · ratio / S ≤ 2^120 − 1`.
///
/// # Errors
/// [`WeightError::NeverOwed`].
pub(crate) fn check_scale(rules: &Rules, market: &Market) -> Result<(), WeightError> {
    // With the fewest decimals it weighs the most.
    let never_owed = rules.never_owed().filter_map(|asset| market.assets().get(asset));
    let Some(asset) = never_owed.min_by_key(|asset| asset.decimals) else { return Ok(()) };
    let (price_decimals, asset_decimals) = most_decimals(rules, market);
    let ten = |power: u8| U512::from(10u8).saturating_pow(U512::from(power));
    // At most 9 + 36 + 36 digits and those of the ratio: nothing here saturates.
    let shift = price_decimals.saturating_add(asset_decimals.saturating_sub(asset.decimals));
    let worth = ten(shift.saturating_add(NEVER_OWED_PRICE)).saturating_mul(U512::from(rules.minimum_ratio));
    let outweighs = |scale: U512| worth <= scale.saturating_mul(U512::from(Weight::MAX.get()));
    if outweighs(U512::from(rules.scale)) {
        return Ok(());
    }
    let scale = (0..=u8::MAX).map(ten).find(|scale| outweighs(*scale)).unwrap_or(U512::MAX);
    Err(WeightError::NeverOwed { asset: asset.symbol.clone(), scale })
}

/// Checks that an assertion with these bounds can imply the profile's rule: where the protocol counts debt at one USD
/// whatever the market says, the ceiling must not be lower.
fn check_ceilings(profile: Profile, rules: &Rules, bounds: &Bounds) -> Result<(), ProfileError> {
    if !matches!(profile, Profile::Maker | Profile::LiquityV1) {
        return Ok(());
    }
    for (risk, bounds) in rules.assets.iter().zip(&bounds.0).filter(|(risk, _)| risk.is_debt()) {
        let one = U256::from(10u8).saturating_pow(U256::from(risk.price_decimals));
        if U256::from(bounds.ceiling) < one {
            return Err(ProfileError::Ceiling {
                profile,
                asset: bounds.asset.clone(),
                ceiling: bounds.ceiling,
                decimals: risk.price_decimals,
            });
        }
    }
    Ok(())
}

/// One asset's weights before they are divided by the scale.
struct Exact {
    bounds: AssetBounds,
    risk: Risk,
    collateral_factor: u64,
    debt_factor: u64,
    shift: u8,
    collateral: U512,
    debt: U512,
}

impl Exact {
    /// Below `2^128 · 2^41 · 10^72 < 2^409` on either side: nothing here saturates.
    fn new(bounds: &AssetBounds, risk: &Risk, rules: &Rules, elapsed: u64, shift: u8) -> Self {
        let collateral_factor = risk.collateral_factor(elapsed);
        let debt_factor = if rules.is_owed(risk) { risk.debt_factor(rules.minimum_ratio, elapsed) } else { 0 };
        let unit = U512::from(10u8).saturating_pow(U512::from(shift));
        let weight =
            |price: u128, factor: u64| U512::from(price).saturating_mul(U512::from(factor)).saturating_mul(unit);
        Self {
            collateral_factor,
            debt_factor,
            shift,
            collateral: weight(bounds.floor, collateral_factor),
            debt: weight(bounds.ceiling, debt_factor),
            bounds: bounds.clone(),
            risk: *risk,
        }
    }

    fn round(&self, scale: u128, all: &[Self]) -> Result<AssetWeights, WeightError> {
        let scale = U512::from(scale);
        let fit = |side, value: Option<U512>| {
            let weight = value.and_then(|value| u128::try_from(value).ok()).and_then(|value| Weight::new(value).ok());
            weight.ok_or_else(|| WeightError::TooLarge {
                asset: self.bounds.asset.clone(),
                side,
                scale: least_scale(all),
            })
        };
        Ok(AssetWeights {
            bounds: self.bounds.clone(),
            risk: self.risk,
            collateral_factor: self.collateral_factor,
            debt_factor: self.debt_factor,
            shift: self.shift,
            collateral: fit("collateral", self.collateral.checked_div(scale))?,
            debt: if self.debt_factor == 0 { Weight::MAX } else { fit("debt", div_ceil(self.debt, scale))? },
        })
    }
}

/// `None` where the divisor is zero.
fn div_ceil(value: U512, divisor: U512) -> Option<U512> {
    let quotient = value.checked_div(divisor)?;
    let remainder = value.checked_rem(divisor)?;
    Some(quotient.saturating_add(U512::from(!remainder.is_zero())))
}

/// The least power of ten that brings all weights below `2^120`.
fn least_scale(all: &[Exact]) -> U512 {
    let largest = all.iter().map(|exact| exact.collateral.max(exact.debt)).max().unwrap_or(U512::ZERO);
    let limit = U512::from(Weight::MAX.get());
    let mut scale = U512::ONE;
    while div_ceil(largest, scale).is_some_and(|weight| weight > limit) {
        scale = scale.saturating_mul(U512::from(10u8));
    }
    scale
}
