//! Weights and margins of every profile against `vectors/margins.json`, which `margins.mjs` computed from the page
//! "Formats and encodings", and what a profile refuses.

use crate::common;
use assay_verifier::policy::Profile;
use assay_verifier::policy::{Risk, Rules};
use assay_verifier::{
    Asset, AssetBounds, AssetId, AssetWeights, Bounds, CreditLine, Market, Policy, WeightError, Weights,
};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/margins.json")).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn number<T: TryFrom<u64>>(value: &Value) -> T {
    T::try_from(value.as_u64().unwrap()).ok().unwrap()
}

fn integer<T: std::str::FromStr>(value: &Value) -> T {
    text(value).parse().ok().unwrap()
}

struct Case {
    profile: Option<Profile>,
    rules: Rules,
    market: Market,
    bounds: Bounds,
    elapsed: u64,
    credit: Option<CreditLine>,
}

impl Case {
    fn read(case: &Value) -> Self {
        let entries = case["assets"].as_array().unwrap();
        let assets = entries.iter().map(|asset| Asset {
            symbol: text(&asset["symbol"]),
            chain: "eip155:1".into(),
            id: AssetId::Other(text(&asset["symbol"])),
            decimals: number(&asset["decimals"]),
        });
        let risks = entries.iter().map(|risk| Risk {
            liquidation_threshold: number(&risk["liquidationThreshold"]),
            haircut: number(&risk["haircut"]),
            volatility_buffer: number(&risk["volatilityBuffer"]),
            yield_decay: number(&risk["yieldDecay"]),
            borrow_factor: number(&risk["borrowFactor"]),
            debt_interest: number(&risk["debtInterest"]),
            price_decimals: number(&risk["priceDecimals"]),
        });
        let bounds = entries.iter().map(|asset| AssetBounds {
            asset: text(&asset["symbol"]),
            floor: integer(&asset["floor"]),
            ceiling: integer(&asset["ceiling"]),
        });
        let profile = Some(text(&case["profile"])).filter(|name| !name.is_empty());
        let profile = profile.map(|name| Profile::try_from(name).unwrap());
        let mut sources = common::policy().rules().sources.clone();
        sources.iter_mut().for_each(|source| source.feeds.truncate(entries.len()));
        let rules = Rules {
            profile,
            sources,
            quote: text(&case["quote"]),
            minimum_ratio: number(&case["minimumRatio"]),
            scale: integer(&case["scale"]),
            assets: risks.collect(),
            ..common::policy().rules().clone()
        };
        let credit_asset: usize = number(&case["creditAsset"]);
        let credit = Some(integer(&case["creditAmount"]))
            .filter(|amount| *amount > 0)
            .map(|base_units| CreditLine { asset: text(&entries[credit_asset]["symbol"]), base_units });
        Self {
            profile,
            rules,
            market: Market::new("vector".into(), assets.collect()).unwrap(),
            bounds: Bounds(bounds.collect()),
            elapsed: number(&case["elapsed"]),
            credit,
        }
    }

    fn policy(&self) -> Policy {
        Policy::new(self.rules.clone(), self.market.clone()).unwrap()
    }

    fn weights(&self) -> Result<Weights, WeightError> {
        Weights::derive(&self.policy(), &self.bounds, self.elapsed, self.credit.as_ref())
    }
}

#[test]
fn weights_and_margins_equal_the_vectors() {
    let mut seen = Vec::new();
    for vector in vectors()["cases"].as_array().unwrap() {
        let (case, output) = (Case::read(vector), &vector["output"]);
        let weights = case.weights().unwrap();
        let column = |read: fn(&AssetWeights) -> u128, key: &str| {
            let found: Vec<_> = weights.assets.iter().map(|asset| read(asset).to_string()).collect();
            let expected: Vec<_> = output[key].as_array().unwrap().iter().map(text).collect();
            assert_eq!(found, expected, "{key} of {}", vector["name"]);
        };
        column(|asset| asset.collateral_factor.into(), "collateralFactors");
        column(|asset| asset.debt_factor.into(), "debtFactors");
        column(|asset| asset.collateral.get(), "collateralWeights");
        column(|asset| asset.debt.get(), "debtWeights");
        for (found, key) in [
            (weights.credit_margin, "creditMargin"),
            (weights.profile_margin, "profileMargin"),
            (weights.margin, "margin"),
        ] {
            assert_eq!(found.get().to_string(), text(&output[key]), "{key} of {}", vector["name"]);
        }
        assert_eq!(weights.margin.get(), weights.credit_margin.get() + weights.profile_margin.get());
        seen.push(case.profile);
    }
    for profile in Profile::ALL {
        assert!(seen.contains(&Some(profile)), "{profile}");
    }
}

/// Each with the code that another implementation must give too; and the one change it asks for is enough.
#[test]
fn a_policy_that_cannot_imply_its_profile_is_refused() {
    let mut codes = std::collections::BTreeSet::new();
    for vector in vectors()["refusals"].as_array().unwrap() {
        let (case, code) = (Case::read(vector), text(&vector["refused"]));
        let profile = case.profile.unwrap();
        let error = if code == "profile_ceiling" {
            let WeightError::Profile(error) = case.weights().unwrap_err() else { panic!("{}", vector["name"]) };
            error
        } else {
            let refusal = Policy::new(case.rules.clone(), case.market.clone()).unwrap_err();
            let error = profile.check(&case.rules, &case.market).unwrap_err();
            assert_eq!(refusal.to_string(), format!("profile: {error}"));
            error
        };
        assert_eq!(error.code(), code, "{}: {error}", vector["name"]);
        assert!(error.to_string().contains(&profile.to_string()), "{error}");
        codes.insert(code);
        let rules = Rules { profile: None, ..case.rules.clone() };
        let policy = Policy::new(rules, case.market.clone()).unwrap();
        Weights::derive(&policy, &case.bounds, case.elapsed, None).expect("only the profile refuses it");
    }
    assert_eq!(codes.len(), 7, "every kind of refusal: {codes:?}");
}

#[test]
fn a_ceiling_of_exactly_one_is_high_enough() {
    let mut tried = 0;
    for vector in vectors()["refusals"].as_array().unwrap() {
        if text(&vector["refused"]) != "profile_ceiling" {
            continue;
        }
        let mut case = Case::read(vector);
        assert!(case.weights().is_err());
        case.bounds.0[1].ceiling += 1;
        assert!(case.weights().is_ok(), "{}", vector["name"]);
        tried += 1;
    }
    assert_eq!(tried, 2);
}

#[test]
fn a_margin_beyond_240_bits_is_refused() {
    let vectors = vectors();
    let morpho = vectors["cases"].as_array().unwrap().iter().find(|case| case["profile"] == "morpho-blue").unwrap();
    let mut case = Case::read(morpho);
    case.rules.minimum_ratio = 1_000_000;
    case.bounds.0[1].ceiling = u128::MAX >> 36;
    case.rules.assets[1].debt_interest = 0;
    let at = |case: &mut Case, base_units: u128| {
        case.credit = Some(CreditLine { asset: "USDC".into(), base_units });
        case.weights()
    };
    let weights = at(&mut case, 1).unwrap_err();
    assert!(matches!(weights, WeightError::TooLarge { .. }), "{weights}");
    case.rules.scale = 1_000_000_000_000;
    let weights = at(&mut case, 1).unwrap();
    let v = weights.profile_margin.get();
    assert_eq!(weights.margin.get(), v + v, "credit and rounding add up");
}
