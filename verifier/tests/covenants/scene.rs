//! Random policies with covenants, random prices and positions, and the verdict of their rows.

use assay_circuits::statements::covenants::Row;
use assay_circuits::{Amount, Position};
use assay_verifier::covenants::{CompileError, Compiled, Purpose};
use assay_verifier::policy::covenant::{
    Average, Covenant, Discloses, Kind, Limit, Mode, Schedule, Share, Side, Stress, Tier,
};
use assay_verifier::policy::{BPS, Risk};
use assay_verifier::{Asset, AssetBounds, AssetId, Bounds, Market, Policy, Rules};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::common;

pub(crate) struct Random(ChaCha8Rng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Below `limit`, which is not zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0.next_u64() % limit
    }

    pub(crate) fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).unwrap()
    }

    pub(crate) fn rate(&mut self, low: u32, high: u32) -> u32 {
        low + u32::try_from(self.below(u64::from(high - low) + 1)).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An amount of up to so many bits, of every order of magnitude.
    pub(crate) fn amount(&mut self, bits: u64) -> u128 {
        let bits = self.below(bits + 1);
        let wide = u128::from(self.0.next_u64()) << 64 | u128::from(self.0.next_u64());
        if bits == 0 { 0 } else { wide >> (128 - bits) }
    }

    /// At least one of `items`, in order.
    fn some(&mut self, items: &[usize]) -> Vec<usize> {
        let kept: Vec<usize> = items.iter().copied().filter(|_| self.chance(50)).collect();
        if kept.is_empty() { vec![items[self.index(items.len())]] } else { kept }
    }
}

/// A policy, prices within bounds, and the time that an assertion runs.
pub(crate) struct Scene {
    pub(crate) policy: Policy,
    pub(crate) bounds: Bounds,
    pub(crate) elapsed: u64,
}

/// A kind by its word, over a market with these risks.
pub(crate) fn kind(word: &str, random: &mut Random, risks: &[Risk]) -> Kind {
    let accepted: Vec<usize> = (0..risks.len()).filter(|asset| !risks[*asset].is_debt()).collect();
    let all: Vec<usize> = (0..risks.len()).collect();
    match word {
        "coverage" => Kind::Coverage { ratio: random.rate(10_500, 30_000), after: Vec::new() },
        "stress" => Kind::Stress(Stress {
            ratio: random.rate(10_000, 20_000),
            shocks: random
                .some(&all)
                .into_iter()
                .map(|asset| (asset, i32::try_from(random.below(15_000)).unwrap() - 9_999))
                .collect(),
            slippage: random.rate(0, 2_000),
            bonus: random.rate(0, 1_500),
            in_full: random.chance(50),
            after: Vec::new(),
        }),
        "concentration" => {
            let mut group = random.some(&accepted);
            if group.len() == accepted.len() {
                group.pop();
            }
            let group = group.into_iter().map(|asset| Share { asset, part: random.rate(1, BPS) }).collect();
            Kind::Concentration { group, share: random.rate(0, 9_999), mode: Mode::Breach }
        }
        "ceiling" => {
            let side = if random.chance(50) { Side::Debt } else { Side::Collateral };
            if random.chance(30) {
                let group = vec![Share { asset: random.index(all.len()), part: BPS }];
                return Kind::Ceiling { group, side, limit: Limit::Amount(random.amount(60)) };
            }
            let group = random.some(&all).into_iter().map(|asset| Share { asset, part: random.rate(1, BPS) }).collect();
            Kind::Ceiling { group, side, limit: Limit::Value(random.amount(90)) }
        }
        "leverage" => Kind::Leverage { most: random.rate(10_001, 100_000) },
        "liquidity" => Kind::Liquidity {
            ratio: random.rate(10_000, 20_000),
            depths: random.some(&accepted).into_iter().map(|asset| (asset, random.amount(60))).collect(),
            slippage: random.rate(0, 2_000),
        },
        "weighted-average" => {
            let listed = accepted.iter().enumerate();
            let figures: Vec<(usize, u32)> = listed.map(|(place, asset)| (*asset, figure(random, place))).collect();
            let side = if random.chance(50) { Average::Most } else { Average::Least };
            Kind::WeightedAverage { figures, side, limit: random.rate(1_000, 1_999) }
        }
        "interest-coverage" => Kind::InterestCoverage {
            ratio: random.rate(10_000, 30_000),
            yields: random.some(&accepted).into_iter().map(|asset| (asset, random.rate(1, 2_000))).collect(),
            rates: all.into_iter().map(|asset| (asset, random.rate(0, 2_000))).collect(),
        },
        "tiers" => Kind::Tiers {
            ratio: random.rate(10_000, 20_000),
            schedules: random.some(&accepted).into_iter().take(3).map(|asset| schedule(random, asset)).collect(),
        },
        _ => unreachable!("{word}"),
    }
}

/// The first is below every limit, the second above, so that some are within and some are not on either side.
fn figure(random: &mut Random, place: usize) -> u32 {
    match place {
        0 => random.rate(0, 999),
        1 => random.rate(2_000, 3_000),
        _ => random.rate(0, 3_000),
    }
}

fn schedule(random: &mut Random, asset: usize) -> Schedule {
    let count = 1 + random.index(3);
    let mut ends: Vec<u128> = (0..count).map(|_| random.amount(60)).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut thresholds: Vec<u32> = (0..=ends.len()).map(|_| random.rate(0, BPS)).collect();
    thresholds.sort_unstable_by(|one, other| other.cmp(one));
    let tiers = ends.into_iter().zip(&thresholds).map(|(up_to, threshold)| Tier { up_to, threshold: *threshold });
    Schedule { asset, tiers: tiers.collect(), beyond: *thresholds.last().unwrap() }
}

/// Disjoint exclusions, and a coverage after all of them.
fn exclusions(random: &mut Random, risks: &[Risk], of_admitted: bool) -> Vec<Kind> {
    let mut accepted: Vec<usize> = (0..risks.len()).filter(|asset| !risks[*asset].is_debt()).collect();
    let spare = random.index(accepted.len());
    accepted.remove(spare);
    let mut kinds = Vec::new();
    while !accepted.is_empty() && kinds.len() < 3 {
        let group = random.some(&accepted);
        accepted.retain(|asset| !group.contains(asset));
        let group = group.into_iter().map(|asset| Share { asset, part: BPS }).collect();
        let mode = Mode::Exclude { of_admitted };
        kinds.push(Kind::Concentration { group, share: random.rate(0, if of_admitted { 3_000 } else { 9_999 }), mode });
    }
    let after = (1..=kinds.len()).collect();
    kinds.insert(0, Kind::Coverage { ratio: random.rate(10_500, 20_000), after });
    kinds
}

pub(crate) fn covenant(number: usize, kind: Kind) -> Covenant {
    Covenant { name: format!("c{number}"), section: "1.1".to_owned(), discloses: Discloses::Nothing, kind }
}

/// What scenes are about.
#[derive(Clone, Copy)]
pub(crate) enum About {
    /// One covenant of a kind, beside a coverage.
    Kind(&'static str),
    /// A coverage after exclusions, which are shares of all or of what is admitted.
    Exclusions { of_admitted: bool },
}

impl Scene {
    /// A random one. `narrow` keeps numbers so small that no row is rounded; bounds are `width` percent apart.
    pub(crate) fn random(random: &mut Random, about: About, narrow: bool, width: u128) -> Self {
        let least = if matches!(about, About::Exclusions { .. } | About::Kind("concentration" | "weighted-average")) {
            2
        } else {
            1
        };
        let count = least + random.index(if narrow { 4 } else { 9 - least });
        let (decimals, price_bits) = if narrow { (4, 30) } else { (18, 70) };
        let mut risks: Vec<Risk> = (0..count).map(|_| risk(random, decimals)).collect();
        risks[0].liquidation_threshold = risks[0].liquidation_threshold.max(5_000);
        risks[least - 1].liquidation_threshold = risks[least - 1].liquidation_threshold.max(5_000);
        risks[random.index(count)].borrow_factor = 10_000;
        let assets = (0..count).map(|number| Asset {
            symbol: format!("A{number}"),
            chain: "eip155:1".into(),
            id: AssetId::Other(format!("A{number}")),
            decimals: u8::try_from(random.below(decimals + 1)).unwrap(),
        });
        let market = Market::new("random".into(), assets.collect()).unwrap();
        let bounds = (0..count).map(|number| {
            let floor = random.amount(price_bits);
            AssetBounds { asset: format!("A{number}"), floor, ceiling: (floor + floor * width / 100).max(1) }
        });
        let bounds = Bounds(bounds.collect());
        let kinds = match about {
            About::Kind(word) => vec![Kind::Coverage { ratio: 10_500, after: vec![] }, kind(word, random, &risks)],
            About::Exclusions { of_admitted } => exclusions(random, &risks, of_admitted),
        };
        let mut rules = Rules { assets: risks, ..common::policy().rules().clone() };
        rules.sources.iter_mut().for_each(|source| source.feeds.truncate(count));
        let covenants = kinds.into_iter().enumerate().map(|(number, kind)| covenant(number, kind)).collect();
        let policy = Policy::new(rules, market).unwrap().with_covenants(covenants).unwrap();
        Self { policy, bounds, elapsed: random.below(60 * 86_400) }
    }

    pub(crate) fn compile(&self) -> Result<Compiled, CompileError> {
        Compiled::new(&self.policy, &self.bounds, self.elapsed, None)
    }

    /// A position in which no debt is ruled out.
    pub(crate) fn position(&self, random: &mut Random, compiled: &Compiled, bits: u64) -> Position {
        let mut position = Position::empty(compiled.shape.size());
        for (asset, risk) in self.policy.rules().assets.iter().enumerate() {
            if random.chance(80) {
                position.collateral_mut()[asset] = Amount::new(random.amount(bits)).unwrap();
            }
            if risk.borrow_factor > 0 && random.chance(60) {
                position.debt_mut()[asset] = Amount::new(random.amount(bits)).unwrap();
            }
        }
        position
    }
}

fn risk(random: &mut Random, decimals: u64) -> Risk {
    Risk {
        liquidation_threshold: if random.chance(85) { u16::try_from(random.rate(1, BPS)).unwrap() } else { 0 },
        haircut: u16::try_from(random.rate(0, 2_000)).unwrap(),
        volatility_buffer: u16::try_from(random.rate(0, 2_000)).unwrap(),
        yield_decay: random.rate(0, 3_000),
        borrow_factor: if random.chance(85) { random.rate(10_000, 20_000) } else { 0 },
        debt_interest: random.rate(0, 5_000),
        price_decimals: u8::try_from(random.below(decimals + 1)).unwrap(),
    }
}

/// The amounts that rows are over: those of the position, then its greatest helper amounts.
pub(crate) fn amounts(compiled: &Compiled, position: &Position) -> Vec<Amount> {
    let helpers = compiled.helpers(position).unwrap();
    assert_eq!(helpers.len(), compiled.shape.helpers());
    position.collateral().iter().chain(position.debt()).cloned().chain(helpers).collect()
}

/// Whether all equalities hold for these amounts.
pub(crate) fn equalities_hold(compiled: &Compiled, amounts: &[Amount]) -> bool {
    let amounts: Vec<&Amount> = amounts.iter().collect();
    compiled.equalities.iter().all(|row: &Row| row.sums(&amounts).equal())
}

/// Whether the rows of the covenant of this name hold with the greatest helper amounts. All definitions and equalities must
/// hold whatever the position.
pub(crate) fn verdict(compiled: &Compiled, position: &Position, covenant: &str) -> bool {
    let amounts = amounts(compiled, position);
    assert!(equalities_hold(compiled, &amounts));
    let amounts: Vec<&Amount> = amounts.iter().collect();
    let rows = compiled.tests.iter().zip(&compiled.origins);
    let (definitions, tests): (Vec<_>, Vec<_>) = rows.partition(|(_, origin)| origin.purpose == Purpose::Definition);
    assert!(definitions.iter().all(|(row, _)| row.sums(&amounts).at_least()));
    let mut own = tests.iter().filter(|(_, origin)| origin.covenant == covenant).peekable();
    own.all(|(row, _)| row.sums(&amounts).at_least())
}
