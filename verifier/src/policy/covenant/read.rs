//! `[[covenants]]` and `[groups]` of `policy.toml`.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::check;
use super::fields::{Fields, Value, meant};
use super::{Average, Covenant, Discloses, Kind, Limit, Mode, Schedule, Share, Side, Stress, Tier, VALUE_DECIMALS};
use crate::formats::parse_amount;
use crate::formats::text::FormatError;
use crate::policy::market::Market;
use crate::policy::risk::BPS;
use crate::policy::rules::Rules;

/// What a covenant's words are about.
struct Scene<'a> {
    rules: &'a Rules,
    market: &'a Market,
    groups: BTreeMap<&'a str, Vec<usize>>,
    /// The names of all covenants, in their order.
    names: Vec<&'a str>,
}

/// The covenants of the policy file `text`, none where it has no such section. One mistake of each is reported.
pub(crate) fn read(text: &str, rules: &Rules, market: &Market) -> Result<Vec<Covenant>, FormatError> {
    let table = DeTable::parse(text).map_err(|error| FormatError::new(error.message()))?;
    let top = |key: &str| table.get_ref().iter().find(|(found, _)| found.get_ref().as_ref() == key).map(|(_, v)| v);
    let (groups, Some(covenants)) = (top("groups"), top("covenants")) else {
        return match top("groups") {
            Some(_) => Err(FormatError::new("groups: no covenant uses them; leave them out")),
            None => Ok(Vec::new()),
        };
    };
    let toml::de::DeValue::Array(entries) = covenants.get_ref() else {
        let what = "covenants: each is written under [[covenants]]";
        return Err(FormatError::at_byte(text, covenants.span().start, what));
    };
    let mut scene = Scene { rules, market, groups: BTreeMap::new(), names: Vec::new() };
    if let Some(groups) = groups {
        let fields = Fields::new(text, "groups".to_owned(), groups)?;
        for (name, value) in fields.entries() {
            scene.groups.insert(name, scene.assets(&fields, name, value)?);
        }
    }
    let mut entries_read = Vec::new();
    for entry in entries.iter() {
        let fields = Fields::new(text, "covenants".to_owned(), entry)?;
        let name = fields.word("name")?;
        scene.names.push(name);
        entries_read.push(fields.named(format!("covenants: {name}")));
    }
    let names = scene.names.clone();
    let read: Vec<_> = names.iter().zip(entries_read).map(|(name, fields)| scene.covenant(name, fields)).collect();
    let (mut covenants, mut mistakes) = (Vec::new(), Vec::new());
    for covenant in read {
        match covenant {
            Ok(covenant) => covenants.push(covenant),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    together(mistakes).map_or(Ok(covenants), Err)
}

/// The first of several mistakes, with the others in its words.
fn together(mistakes: Vec<FormatError>) -> Option<FormatError> {
    let mut mistakes = mistakes.into_iter();
    let first = mistakes.next()?;
    let others: String = mistakes.map(|other| format!("; {other}")).collect();
    Some(FormatError { what: format!("{}{others}", first.what), ..first })
}

impl<'a> Scene<'a> {
    fn covenant(&self, name: &str, fields: Fields<'a>) -> Result<Covenant, FormatError> {
        fields.get("name");
        let section = fields.word("section")?.to_owned();
        let discloses = match fields.choice("discloses", &["nothing", "threshold"])? {
            0 => Discloses::Nothing,
            _ => Discloses::Threshold,
        };
        let kind = fields.need("kind")?;
        let kind = match fields.word_of("kind", kind)? {
            "coverage" => Kind::Coverage { ratio: self.ratio(&fields)?, after: self.after(&fields)? },
            "stress" => self.stress(&fields)?,
            "concentration" => self.concentration(&fields)?,
            "ceiling" => self.ceiling(&fields)?,
            "leverage" => Kind::Leverage { most: need_rate(&fields, "most", "most_bps")? },
            "liquidity" => self.liquidity(&fields)?,
            "weighted-average" => self.weighted_average(&fields)?,
            "interest-coverage" => self.interest_coverage(&fields)?,
            "tiers" => self.tiers(&fields)?,
            other => {
                let words = Kind::WORDS.join(", ");
                let meant = meant(other, Kind::WORDS);
                return Err(fields.wrong("kind", kind, format_args!("one of {words} is needed{meant}")));
            }
        };
        let covenant = Covenant { name: name.to_owned(), section, discloses, kind };
        check::check_one(&covenant, self.rules, self.market)
            .map_err(|mistake| fields.wrong_at(mistake.key, mistake.what))?;
        fields.finish()?;
        Ok(covenant)
    }

    /// The ratio that a covenant asks for; the policy's where it names none.
    fn ratio(&self, fields: &Fields<'a>) -> Result<u32, FormatError> {
        Ok(fields.rate("ratio", "ratio_bps")?.unwrap_or(self.rules.minimum_ratio))
    }

    fn after(&self, fields: &Fields<'a>) -> Result<Vec<usize>, FormatError> {
        let Some(value) = fields.get("after") else { return Ok(Vec::new()) };
        let mut after = Vec::new();
        for item in fields.list_of("after", value)? {
            let name = fields.word_of("after", item)?;
            let place = self.names.iter().position(|known| *known == name).ok_or_else(|| {
                let meant = meant(name, self.names.iter().copied());
                fields.wrong("after", item, format_args!("no covenant is called {name}{meant}"))
            })?;
            after.push(place);
        }
        after.sort_unstable();
        Ok(after)
    }

    fn stress(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let Some((key, value)) = fields.either("shocks", "shocks_bps")? else { return Err(fields.missing("shocks")) };
        let shocks = self.by_asset(fields, key, value, |table, symbol, _, value| {
            table.signed_rate(symbol, value, key == "shocks_bps")
        })?;
        Ok(Kind::Stress(Stress {
            ratio: fields.rate("ratio", "ratio_bps")?.unwrap_or(BPS),
            shocks,
            slippage: fields.rate("slippage", "slippage_bps")?.unwrap_or(0),
            bonus: fields.rate("bonus", "bonus_bps")?.unwrap_or(0),
            in_full: fields.choice("counts", &["weighted", "in-full"])? == 1,
            after: self.after(fields)?,
        }))
    }

    fn concentration(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let group = self.group(fields)?;
        let share = need_rate(fields, "share", "share_bps")?;
        let mode = match fields.choice("mode", &["breach", "exclude"])? {
            0 => Mode::Breach,
            _ => Mode::Exclude { of_admitted: fields.choice("of", &["all", "admitted"])? == 1 },
        };
        Ok(Kind::Concentration { group, share, mode })
    }

    fn ceiling(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let group = self.group(fields)?;
        let side = if fields.choice("side", &["collateral", "debt"])? == 0 { Side::Collateral } else { Side::Debt };
        let (key, value) = fields.either("value", "amount")?.ok_or_else(|| fields.missing("value"))?;
        let decimals = match group.first().and_then(|share| self.market.assets().get(share.asset)) {
            Some(asset) if key == "amount" => asset.decimals,
            _ => VALUE_DECIMALS,
        };
        let limit = quantity(fields, key, value, decimals)?;
        let limit = if key == "amount" { Limit::Amount(limit) } else { Limit::Value(limit) };
        Ok(Kind::Ceiling { group, side, limit })
    }

    fn liquidity(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let depths = fields.need("depths")?;
        Ok(Kind::Liquidity {
            ratio: fields.rate("ratio", "ratio_bps")?.unwrap_or(BPS),
            depths: self.by_asset(fields, "depths", depths, |table, symbol, asset, value| {
                quantity(table, symbol, value, self.decimals(asset))
            })?,
            slippage: fields.rate("slippage", "slippage_bps")?.unwrap_or(0),
        })
    }

    fn weighted_average(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let figures = self.by_asset(fields, "figures", fields.need("figures")?, |table, symbol, _, value| {
            figure(table, symbol, value)
        })?;
        let (key, value) = fields.either("most", "least")?.ok_or_else(|| fields.missing("most"))?;
        let side = if key == "most" { Average::Most } else { Average::Least };
        Ok(Kind::WeightedAverage { figures, side, limit: figure(fields, key, value)? })
    }

    fn interest_coverage(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let ratio = fields.rate("ratio", "ratio_bps")?.unwrap_or(BPS);
        let rates_of = |human: &'static str, machine: &'static str| {
            let (key, value) = fields.either(human, machine)?.ok_or_else(|| fields.missing(human))?;
            self.by_asset(fields, key, value, |table, symbol, _, value| {
                let rate = table.signed_rate(symbol, value, key == machine)?;
                u32::try_from(rate).map_err(|_| table.wrong(symbol, value, "below zero"))
            })
        };
        let (yields, rates) = (rates_of("yields", "yields_bps")?, rates_of("rates", "rates_bps")?);
        Ok(Kind::InterestCoverage { ratio, yields, rates })
    }

    fn tiers(&self, fields: &Fields<'a>) -> Result<Kind, FormatError> {
        let ratio = self.ratio(fields)?;
        let schedules = self.by_asset(fields, "tiers", fields.need("tiers")?, |table, symbol, asset, value| {
            let mut tiers = Vec::new();
            let mut items = table.list_of(symbol, value)?.into_iter().peekable();
            while let Some(item) = items.next() {
                let tier = table.within(symbol, item)?;
                let threshold = need_rate(&tier, "threshold", "threshold_bps")?;
                if items.peek().is_none() {
                    tier.finish()?;
                    return Ok(Schedule { asset, tiers, beyond: threshold });
                }
                let up_to = quantity(&tier, "up_to", tier.need("up_to")?, self.decimals(asset))?;
                tier.finish()?;
                tiers.push(Tier { up_to, threshold });
            }
            Err(table.wrong(symbol, value, "tiers are needed, the last without up_to"))
        })?;
        Ok(Kind::Tiers { ratio, schedules: schedules.into_iter().map(|(_, schedule)| schedule).collect() })
    }

    /// The group that a covenant is about: `assets`, `group` or `exposure`.
    fn group(&self, fields: &Fields<'a>) -> Result<Vec<Share>, FormatError> {
        let whole = |assets: &[usize]| assets.iter().map(|asset| Share { asset: *asset, part: BPS }).collect();
        let exposure = fields.either("exposure", "exposure_bps")?;
        match (fields.get("assets"), fields.get("group"), exposure) {
            (Some(value), None, None) => Ok(whole(&self.assets(fields, "assets", value)?)),
            (None, Some(value), None) => {
                let name = fields.word_of("group", value)?;
                let group = self.groups.get(name).ok_or_else(|| {
                    let meant = meant(name, self.groups.keys().copied());
                    fields.wrong("group", value, format_args!("{name} is not in [groups]{meant}"))
                })?;
                Ok(whole(group))
            }
            (None, None, Some((key, value))) => {
                let parts = self.by_asset(fields, key, value, |table, symbol, _, value| {
                    let part = table.signed_rate(symbol, value, key == "exposure_bps")?;
                    u32::try_from(part).map_err(|_| table.wrong(symbol, value, "below zero"))
                })?;
                Ok(parts.into_iter().map(|(asset, part)| Share { asset, part }).collect())
            }
            _ => Err(fields.wrong_at("assets", "exactly one of assets, group and exposure is needed")),
        }
    }

    /// A list of symbols as places in the market, ascending.
    fn assets(&self, fields: &Fields<'a>, key: &str, value: &'a Value<'a>) -> Result<Vec<usize>, FormatError> {
        let mut assets = Vec::new();
        for item in fields.list_of(key, value)? {
            let asset = self.asset(fields, key, fields.word_of(key, item)?, item)?;
            if assets.contains(&asset) {
                return Err(fields.wrong(key, item, "this asset is listed twice"));
            }
            assets.push(asset);
        }
        assets.sort_unstable();
        Ok(assets)
    }

    fn asset(&self, fields: &Fields<'a>, key: &str, symbol: &str, at: &Value<'_>) -> Result<usize, FormatError> {
        self.market.index_of(symbol).ok_or_else(|| {
            let meant = meant(symbol, self.market.assets().iter().map(|asset| asset.symbol.as_str()));
            fields.wrong(key, at, format_args!("{symbol} is not in the market{meant}"))
        })
    }

    /// The table `value`, under `key`, from symbols to what `read` makes of them, by the places of the assets.
    fn by_asset<T>(
        &self,
        fields: &Fields<'a>,
        key: &'static str,
        value: &'a Value<'a>,
        mut read: impl FnMut(&Fields<'a>, &'a str, usize, &'a Value<'a>) -> Result<T, FormatError>,
    ) -> Result<Vec<(usize, T)>, FormatError> {
        let table = fields.within(key, value)?;
        let mut found = BTreeMap::new();
        for (symbol, value) in table.entries() {
            let asset = self.asset(fields, key, symbol, value)?;
            found.insert(asset, read(&table, symbol, asset, value)?);
        }
        Ok(found.into_iter().collect())
    }

    fn decimals(&self, asset: usize) -> u8 {
        self.market.assets().get(asset).map_or(0, |asset| asset.decimals)
    }
}

fn need_rate(fields: &Fields<'_>, human: &'static str, machine: &'static str) -> Result<u32, FormatError> {
    fields.rate(human, machine)?.ok_or_else(|| fields.missing(human))
}

/// A whole number without quotes.
fn figure(fields: &Fields<'_>, key: &str, value: &Value<'_>) -> Result<u32, FormatError> {
    let number = match value.get_ref() {
        toml::de::DeValue::Integer(digits) => digits.as_str().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| fields.wrong(key, value, "a whole number is needed, such as 365"))
}

/// A decimal number in quotes, in units of its last digit.
fn quantity(fields: &Fields<'_>, key: &str, value: &Value<'_>, decimals: u8) -> Result<u128, FormatError> {
    let toml::de::DeValue::String(number) = value.get_ref() else {
        return Err(fields.wrong(key, value, "a number in quotes is needed, such as \"1000.5\""));
    };
    parse_amount(number.as_ref(), decimals)
        .map(|amount| amount.expose())
        .map_err(|error| fields.wrong(key, value, error))
}
