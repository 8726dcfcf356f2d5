//! Random policies under a profile, and positions at the edge of what they accept.

use assay_circuits::{Amount, Covenant, Margin, Position, Size};
use assay_verifier::policy::{Risk, Rules};
use assay_verifier::{Asset, AssetBounds, AssetId, Bounds, CreditLine, Market, Policy, Profile, WeightError, Weights};
use rand_chacha::ChaCha8Rng;
use rand_core::RngCore;
use ruint::aliases::{U256, U512};
use std::sync::OnceLock;

use crate::common;

/// A policy with bounds, a time and a credit line, and what follows.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) profile: Profile,
    pub(crate) policy: Policy,
    pub(crate) bounds: Vec<AssetBounds>,
    pub(crate) elapsed: u64,
    pub(crate) credit: Option<(usize, u128)>,
    pub(crate) weights: Weights,
}

/// A number from 0 to `limit`, exclusive.
pub(crate) fn below<T: TryFrom<u64> + TryInto<u64>>(rng: &mut ChaCha8Rng, limit: T) -> T {
    let limit: u64 = limit.try_into().ok().unwrap();
    T::try_from(rng.next_u64() % limit).ok().unwrap()
}

/// True one time in `odds`.
pub(crate) fn rarely(rng: &mut ChaCha8Rng, odds: u64) -> bool {
    below(rng, odds) == 0
}

/// One of `items`.
fn pick<T: Copy>(rng: &mut ChaCha8Rng, items: &[T]) -> T {
    items[below(rng, items.len())]
}

/// A number of random length, at most `bits`, never zero.
pub(crate) fn magnitude(rng: &mut ChaCha8Rng, bits: u32) -> u128 {
    let length = below(rng, bits) + 1;
    let wide = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
    (wide >> (128 - length)).max(1)
}

impl Scene {
    /// A policy that the profile permits.
    pub(crate) fn random(profile: Profile, rng: &mut ChaCha8Rng) -> Self {
        let count = match profile {
            Profile::AaveV35 => 1 + below(rng, 8),
            Profile::CompoundV3 => 2 + below(rng, 7),
            _ => 2,
        };
        let lent = below(rng, count);
        let mut risks: Vec<Risk> = (0..count).map(|_| risk(profile, rng)).collect();
        if profile == Profile::AaveV35 {
            risks[lent].liquidation_threshold = risks[lent].liquidation_threshold.max(1);
        } else {
            risks[lent].liquidation_threshold = 0;
        }
        let mut minimum_ratio = if rarely(rng, 4) { 10_000 + below(rng, 5_000) } else { 10_000 };
        if profile == Profile::LiquityV1 {
            if rarely(rng, 2) {
                minimum_ratio = 11_000;
            } else {
                risks[1 - lent].liquidation_threshold = risks[1 - lent].liquidation_threshold.min(9_090);
            }
        }
        let decimals: Vec<u8> = (0..count)
            .map(|index| match profile {
                Profile::Maker if index != lent => pick(rng, &[18, 18, 18, 8, 6, 0]),
                Profile::Maker | Profile::LiquityV1 => 18,
                _ => pick(rng, &[18, 18, 18, 8, 6, 6, 2, 0]),
            })
            .collect();
        let at_par = matches!(profile, Profile::Maker | Profile::LiquityV1);
        let bounds = (0..count).map(|index| {
            let decimals = risks[index].price_decimals;
            let one = 10u128.pow(decimals.into());
            let extra = u32::from(decimals).saturating_sub(8) * 33 / 10;
            let floor = if rarely(rng, 3) { magnitude(rng, 8) } else { magnitude(rng, 46 + extra) };
            let width = if rarely(rng, 3) { 0 } else { floor / 100 * below(rng, 50) };
            let ceiling = floor + width;
            // A ceiling of exactly one is the boundary of what is accepted.
            let (floor, ceiling) = match (index == lent && at_par, rarely(rng, 3)) {
                (true, true) => (one - one / 20, one),
                (true, false) => (one, one + one / 10),
                (false, _) => (floor, ceiling),
            };
            AssetBounds { asset: symbol(index), floor, ceiling }
        });
        let bounds: Vec<_> = bounds.collect();
        let elapsed = if rarely(rng, 3) { below(rng, 90 * 86_400) } else { 0 };
        let owed = |asset: &usize| risks[*asset].borrow_factor > 0 && (profile == Profile::AaveV35 || *asset == lent);
        let line = rarely(rng, 4).then(|| if rarely(rng, 4) { 0 } else { lent }).filter(owed);
        let credit = line.map(|asset| (asset, magnitude(rng, 70)));
        let scale = if rarely(rng, 4) { magnitude(rng, 40) } else { 1 };
        Self::new(profile, risks, decimals, minimum_ratio, bounds, elapsed, credit, scale)
    }

    /// A policy of these parts, with a larger scale where they need one.
    #[allow(clippy::too_many_arguments, reason = "each is a part of a policy or a statement")]
    pub(crate) fn new(
        profile: Profile,
        assets: Vec<Risk>,
        decimals: Vec<u8>,
        minimum_ratio: u32,
        bounds: Vec<AssetBounds>,
        elapsed: u64,
        credit: Option<(usize, u128)>,
        scale: u128,
    ) -> Self {
        let market = decimals.iter().enumerate().map(|(index, decimals)| Asset {
            symbol: symbol(index),
            chain: "eip155:1".into(),
            id: AssetId::Other(symbol(index)),
            decimals: *decimals,
        });
        let market = Market::new("random".into(), market.collect()).unwrap();
        static RULES: OnceLock<Rules> = OnceLock::new();
        let example = RULES.get_or_init(|| common::policy().rules().clone());
        let mut sources = example.sources.clone();
        sources.iter_mut().for_each(|source| source.feeds.truncate(decimals.len()));
        let rules = Rules {
            profile: Some(profile),
            quote: "USD".into(),
            sources,
            minimum_ratio,
            scale,
            assets,
            ..example.clone()
        };
        let policy = Policy::new(rules, market).unwrap();
        let line = credit.map(|(asset, base_units)| CreditLine { asset: symbol(asset), base_units });
        match Weights::derive(&policy, &Bounds(bounds.clone()), elapsed, line.as_ref()) {
            Ok(weights) => Self { profile, policy, bounds, elapsed, credit, weights },
            Err(WeightError::TooLarge { scale, .. } | WeightError::NeverOwed { scale, .. }) => {
                let assets = policy.rules().assets.clone();
                Self::new(profile, assets, decimals, minimum_ratio, bounds, elapsed, credit, scale.to())
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn risks(&self) -> &[Risk] {
        &self.policy.rules().assets
    }

    pub(crate) fn decimals(&self, asset: usize) -> u8 {
        self.policy.market().assets()[asset].decimals
    }

    /// The asset that the protocol lends; for Aave any.
    pub(crate) fn lent(&self) -> Option<usize> {
        let lent = self.risks().iter().position(|risk| risk.liquidation_threshold == 0);
        lent.filter(|_| self.profile != Profile::AaveV35)
    }

    /// The linear test with `margin` in place of the policy's.
    pub(crate) fn covenant(&self, margin: Margin) -> Covenant {
        let mut covenant = self.weights.covenant();
        covenant.margin = margin;
        covenant
    }

    /// Whether the statement about the position is true.
    pub(crate) fn accepts(&self, position: &Position) -> bool {
        self.weights.covenant().sides(position).solvent()
    }

    /// A position that satisfies the statement with this margin as tightly as changing one debt, or one collateral, can
    /// make it; none where no such change exists.
    pub(crate) fn at_the_edge(&self, margin: Margin, rng: &mut ChaCha8Rng) -> Option<Position> {
        let count = self.bounds.len();
        let mut position = Position::empty(Size::Eight);
        for index in 0..count {
            let AssetBounds { floor, ceiling, .. } = self.bounds[index];
            let lends = self.lent().is_none_or(|lent| lent == index);
            if self.risks()[index].liquidation_threshold > 0 && !rarely(rng, 4) {
                position.collateral_mut()[index] = amount(edge(self.decimals(index), floor, false, rng));
            }
            // Debt that the protocol does not lend only asks for more, so it is rare here.
            if (lends && !rarely(rng, 4)) || rarely(rng, 20) {
                position.debt_mut()[index] = amount(edge(self.decimals(index), ceiling, true, rng));
            }
        }
        let pivot = self.lent().unwrap_or_else(|| below(rng, count));
        let covenant = self.covenant(margin);
        let without = |position: &Position| {
            let sides = covenant.sides(position);
            (sides.collateral, sides.debt + sides.margin)
        };
        if rarely(rng, 3) {
            // The least collateral that does.
            let index = self.risks().iter().position(|risk| risk.liquidation_threshold > 0)?;
            position.collateral_mut()[index] = amount(0);
            let (has, needs) = without(&position);
            let weight = U512::from(covenant.collateral()[index].get());
            let missing = needs.checked_sub(has)?;
            position.collateral_mut()[index] = fit(missing.checked_div(weight)? + U512::ONE)?;
        } else {
            // The most debt that it bears, or now and then a little less.
            position.debt_mut()[pivot] = amount(0);
            let (has, needs) = without(&position);
            let spare = has.checked_sub(needs + U512::ONE)?;
            let most = spare / U512::from(covenant.debt()[pivot].get());
            let less = if rarely(rng, 3) { U512::from(below(rng, 3u8)) } else { U512::ZERO };
            position.debt_mut()[pivot] = fit(most.checked_sub(less)?)?;
        }
        covenant.sides(&position).solvent().then_some(position)
    }
}

fn symbol(index: usize) -> String {
    format!("A{index}")
}

/// Zero, or now and then a number below `limit`.
fn sometimes<T: TryFrom<u64> + TryInto<u64> + Default>(rng: &mut ChaCha8Rng, limit: T) -> T {
    if rarely(rng, 6) { below(rng, limit) } else { T::default() }
}

fn risk(profile: Profile, rng: &mut ChaCha8Rng) -> Risk {
    let threshold = match below(rng, 4u8) {
        0 => 10_000,
        1 => 1 + below(rng, 10_000),
        _ => 5_000 + below(rng, 4_700),
    };
    Risk {
        liquidation_threshold: threshold,
        haircut: sometimes(rng, 3_000),
        volatility_buffer: sometimes(rng, 3_000),
        yield_decay: sometimes(rng, 5_000),
        borrow_factor: 10_000 + sometimes(rng, 10_000),
        debt_interest: sometimes(rng, 20_000),
        price_decimals: match profile {
            Profile::AaveV35 | Profile::CompoundV3 => 8,
            _ => pick(rng, &[8, 8, 18, 6]),
        },
    }
}

/// An amount whose value the protocol rounds by almost a whole unit, more often than not: `amount · price` just under a
/// multiple of `10^decimals` where it is rounded down, just above where it is rounded up.
fn edge(decimals: u8, price: u128, up: bool, rng: &mut ChaCha8Rng) -> u128 {
    if rarely(rng, 3) {
        return magnitude(rng, 90);
    }
    let multiple = U256::from(magnitude(rng, 60)) * U256::from(10u8).pow(U256::from(decimals));
    let price = U256::from(price);
    let amount = if up { multiple / price + U256::ONE } else { (multiple - U256::ONE) / price };
    u128::try_from(amount).unwrap_or(Amount::MAX).min(Amount::MAX)
}

pub(crate) fn amount(base_units: u128) -> Amount {
    Amount::new(base_units).unwrap()
}

fn fit(base_units: U512) -> Option<Amount> {
    Amount::new(u128::try_from(base_units).ok()?).ok()
}

/// All amounts that are not zero, for messages.
pub(crate) fn shown(position: &Position) -> String {
    let side = |amounts: &[Amount]| amounts.iter().map(|amount| amount.expose().to_string()).collect::<Vec<_>>();
    format!("collateral {:?}, debt {:?}", side(position.collateral()), side(position.debt()))
}
