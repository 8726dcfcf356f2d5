//! Price bounds: the prices at which an assertion is made, and within which it holds.

use std::fmt;

use alloy_primitives::B256;
use ruint::aliases::U256;
use serde::Serialize;

use crate::formats::abi;
use crate::formats::amount::format_amount;
use crate::formats::text::{self, FormatError};
use crate::policy::{Buffer, Policy};
use crate::prices::PriceRange;

/// The bounds of one asset's price, as integers with the decimals of its feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetBounds {
    /// Symbol of the asset.
    pub asset: String,
    /// The lowest price at which the assertion holds; values collateral.
    #[serde(serialize_with = "text::as_text")]
    pub floor: u128,
    /// The highest price at which the assertion holds; values debt.
    #[serde(serialize_with = "text::as_text")]
    pub ceiling: u128,
}

/// One pair of bounds for each asset of a market, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Bounds(pub Vec<AssetBounds>);

/// A price that has left its bounds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the price of {asset} is {side}: {} where the bound is {}", format_amount(*price, *decimals), format_amount(*bound, *decimals))]
pub struct Crossing {
    /// Symbol of the asset.
    pub asset: String,
    /// The side on which it left them.
    pub side: Side,
    /// The bound.
    pub bound: u128,
    /// The price that is beyond it.
    pub price: u128,
    /// Decimals of both.
    pub decimals: u8,
}

/// The bound that a price crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The low price is below the floor.
    Floor,
    /// The high price is above the ceiling.
    Ceiling,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Floor => "below the floor",
            Self::Ceiling => "above the ceiling",
        })
    }
}

impl Bounds {
    /// Bounds `buffer` away from `prices` (the policy's, in its order): floors from the low prices rounded down,
    /// ceilings from the high prices rounded up.
    ///
    /// # Errors
    /// [`FormatError`] where a ceiling does not fit 128 bits, or there is not one price for each asset.
    pub fn around(policy: &Policy, prices: &[PriceRange], buffer: Buffer) -> Result<Self, FormatError> {
        let assets = policy.market().assets();
        if assets.len() != prices.len() {
            return Err(FormatError::new("one price for each asset of the market is needed"));
        }
        let hundred = U256::from(100u8);
        let percent = U256::from(buffer.percent());
        assets
            .iter()
            .zip(prices)
            .map(|(asset, price)| {
                let floor = U256::from(price.low).wrapping_mul(hundred.wrapping_sub(percent)).wrapping_div(hundred);
                let ceiling = U256::from(price.high).wrapping_mul(hundred.wrapping_add(percent)).div_ceil(hundred);
                match (u128::try_from(floor), u128::try_from(ceiling)) {
                    (Ok(floor), Ok(ceiling)) => Ok(AssetBounds { asset: asset.symbol.clone(), floor, ceiling }),
                    _ => Err(FormatError::new(format_args!("{}: the price does not fit 128 bits", asset.symbol))),
                }
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Checks that these are bounds for exactly the policy's assets, in order, each floor at most its ceiling.
    ///
    /// # Errors
    /// [`FormatError`] that names the asset.
    pub fn check(&self, policy: &Policy) -> Result<(), FormatError> {
        let assets = policy.market().assets();
        if self.0.len() != assets.len() {
            return Err(FormatError::new("bounds: one pair for each asset of the market is needed"));
        }
        for (bounds, asset) in self.0.iter().zip(assets) {
            if bounds.asset != asset.symbol {
                let what = format_args!("bounds: {} where the market has {}", bounds.asset, asset.symbol);
                return Err(FormatError::new(what));
            }
            if bounds.floor > bounds.ceiling || bounds.ceiling == 0 {
                return Err(FormatError::new(format_args!("bounds: {}: no price is within them", bounds.asset)));
            }
        }
        Ok(())
    }

    /// The tagged hash of floors and ceilings, part of the context.
    #[must_use]
    pub fn hash(&self) -> B256 {
        let floors = self.0.iter().map(|bounds| bounds.floor).collect();
        let ceilings = self.0.iter().map(|bounds| bounds.ceiling).collect();
        abi::tagged_hash("assay/bounds/v1", abi::Bounds { floors, ceilings })
    }
}
