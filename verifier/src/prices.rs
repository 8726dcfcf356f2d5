//! A price snapshot: for each asset a low and a high price, when they were published and what they were made from.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::amount::MAX_DECIMALS;
use crate::document::{self, Object};
use crate::policy::Policy;
use crate::text::{self, FormatError};
use crate::verdict::Rejection;

/// Value of `format` in a price file.
pub const FORMAT: &str = "assay/prices/v1";

/// The range of one asset's price, as integers with the decimals of its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRange {
    /// Lower end, never zero.
    pub low: u128,
    /// Upper end, not below `low`.
    pub high: u128,
}

/// One line of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetPrice {
    /// Symbol of the asset.
    pub asset: String,
    /// Its price range for one whole unit, in units of `10^−decimals` of the quote currency.
    pub range: PriceRange,
    /// Decimals of the price.
    pub decimals: u8,
    /// What the range was made from.
    pub sources: Vec<String>,
}

/// Prices of several assets at one time. What [`Self::from_json`] returns has no zero price and no asset twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSnapshot {
    /// Currency of the prices, such as `USD`.
    pub quote: String,
    /// When the oldest of the prices was published, in unix seconds.
    pub published: u64,
    /// What people should know about it.
    pub note: Option<String>,
    /// The prices.
    pub prices: Vec<AssetPrice>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    quote: String,
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    prices: Vec<Object<Line>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    asset: String,
    low: String,
    high: String,
    decimals: u8,
    sources: Vec<String>,
}

impl PriceSnapshot {
    /// Reads `prices.json`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no JSON, of another format, has an unknown, missing or duplicate
    /// key, or a price is zero, not a whole number in quotes, has its low above its high, or an asset is listed twice.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        let file: File = document::json(text, FORMAT, None)?;
        let published = text::time(&file.published)
            .ok_or_else(|| FormatError::new("published: not a UTC time such as 2030-01-31T12:00:00Z"))?;
        text::check_symbol(&file.quote)?;
        if let Some(note) = &file.note {
            text::check_label("note", note)?;
        }
        let mut seen = HashSet::new();
        for Object(line) in &file.prices {
            if !seen.insert(line.asset.as_str()) {
                return Err(FormatError::new(format_args!("{}: two prices", line.asset)));
            }
        }
        let prices = file.prices.iter().map(|line| line.0.read()).collect::<Result<_, _>>()?;
        Ok(Self { quote: file.quote, published, note: file.note, prices })
    }

    /// Writes `prices.json`; [`Self::from_json`] reads the same snapshot back.
    #[must_use]
    pub fn to_json(&self) -> String {
        let prices = self
            .prices
            .iter()
            .map(|price| {
                Object(Line {
                    asset: price.asset.clone(),
                    low: price.range.low.to_string(),
                    high: price.range.high.to_string(),
                    decimals: price.decimals,
                    sources: price.sources.clone(),
                })
            })
            .collect();
        let published = text::format_time(self.published);
        let (quote, note) = (self.quote.clone(), self.note.clone());
        document::to_json(&File { format: FORMAT.to_owned(), quote, published, note, prices })
    }

    /// Whether the prices are young enough for the policy at `now`, in unix seconds.
    ///
    /// # Errors
    /// [`Rejection::PricesFromFuture`] or [`Rejection::PricesStale`].
    pub fn check_age(&self, policy: &Policy, now: u64) -> Result<(), Rejection> {
        let published = self.published;
        if published > now {
            return Err(Rejection::PricesFromFuture { published, now });
        }
        let earliest = now.saturating_sub(u64::from(policy.rules().max_price_age));
        if published < earliest {
            return Err(Rejection::PricesStale { published, earliest });
        }
        Ok(())
    }

    /// The ranges of exactly the policy's assets, in the market's order. Says nothing about age.
    ///
    /// # Errors
    /// [`FormatError`] where the snapshot has another quote currency, misses an asset, has one that the market does
    /// not list, gives other decimals than the policy, or names too few sources or one that the policy does not list.
    pub fn for_policy(&self, policy: &Policy) -> Result<Vec<PriceRange>, FormatError> {
        let rules = policy.rules();
        if self.quote != rules.quote {
            return Err(FormatError::new(format_args!("quote: {}, the policy's is {}", self.quote, rules.quote)));
        }
        let mut ranges = Vec::new();
        for (asset, risk) in policy.market().assets().iter().zip(&rules.assets) {
            let symbol = &asset.symbol;
            let wrong = |what: String| FormatError::new(format_args!("{symbol}: {what}"));
            let mut matching = self.prices.iter().filter(|price| price.asset == *symbol);
            let price = match (matching.next(), matching.next()) {
                (Some(price), None) => price,
                (None, _) => return Err(wrong("the price is missing".to_owned())),
                (Some(_), Some(_)) => return Err(wrong("two prices".to_owned())),
            };
            price.range.check().map_err(|what| wrong(what.to_owned()))?;
            if price.decimals != risk.price_decimals {
                return Err(wrong(format!("{} decimals, the policy says {}", price.decimals, risk.price_decimals)));
            }
            if let Some(source) =
                price.sources.iter().find(|name| !rules.sources.iter().any(|source| source.name == **name))
            {
                return Err(wrong(format!("the policy does not list the source {source}")));
            }
            let sources = price.sources.iter().collect::<HashSet<_>>().len();
            if sources < usize::from(rules.minimum_sources) {
                return Err(wrong(format!("{sources} sources, the policy asks for {}", rules.minimum_sources)));
            }
            ranges.push(price.range);
        }
        if let Some(price) = self.prices.iter().find(|price| policy.market().index_of(&price.asset).is_none()) {
            return Err(FormatError::new(format_args!("{}: not an asset of the market", price.asset)));
        }
        Ok(ranges)
    }
}

impl PriceRange {
    fn check(self) -> Result<(), &'static str> {
        match self {
            Self { low: 0, .. } => Err("a price of zero"),
            Self { low, high } if low > high => Err("the low price is above the high one"),
            _ => Ok(()),
        }
    }
}

impl Line {
    fn read(&self) -> Result<AssetPrice, FormatError> {
        text::check_symbol(&self.asset)?;
        let wrong = |what: &str| FormatError::new(format_args!("{}: {what}", self.asset));
        let price = |name: &str, text: &str| {
            text::integer(text).ok_or_else(|| wrong(&format!("{name}: not a whole number in quotes, below 2^128")))
        };
        let range = PriceRange { low: price("low", &self.low)?, high: price("high", &self.high)? };
        range.check().map_err(wrong)?;
        if self.decimals > MAX_DECIMALS {
            return Err(wrong("decimals: more than 36"));
        }
        for source in &self.sources {
            text::check_label("sources", source).map_err(|error| wrong(&error.what))?;
        }
        Ok(AssetPrice { asset: self.asset.clone(), range, decimals: self.decimals, sources: self.sources.clone() })
    }
}
