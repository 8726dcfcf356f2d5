//! Each kind of covenant as lines.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;

use super::Purpose;
use super::form::{Form, Line, Split, Term};
use crate::policy::covenant::{Average, Kind, Limit, Mode, Share, Side, Stress, VALUE_DECIMALS};
use crate::policy::{BPS, Policy, Risk};

/// The lines of a policy's covenants, and the helper amounts that they need.
pub(super) struct Draft<'a> {
    policy: &'a Policy,
    elapsed: u64,
    /// What is admitted by each covenant that excludes.
    exclusions: BTreeMap<usize, Exclusion>,
    pub(super) lines: Vec<Line>,
    pub(super) splits: Vec<Split>,
    /// How many helper amounts there are.
    pub(super) helpers: usize,
}

/// What is admitted of a group.
enum Exclusion {
    /// The amount of a single asset.
    Amount(Split),
    /// The value of several, in units of `10^-12` of the quote currency.
    Value { group: Vec<usize>, helper: usize },
}

impl Exclusion {
    fn covers(&self, asset: usize) -> bool {
        match self {
            Self::Amount(split) => split.asset == asset,
            Self::Value { group, .. } => group.contains(&asset),
        }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(policy: &'a Policy, elapsed: u64) -> Self {
        let mut draft =
            Self { policy, elapsed, exclusions: BTreeMap::new(), lines: Vec::new(), splits: Vec::new(), helpers: 0 };
        for (number, covenant) in policy.covenants().iter().enumerate() {
            if let Kind::Concentration { group, mode: Mode::Exclude { .. }, .. } = &covenant.kind {
                let exclusion = match group.as_slice() {
                    [share] => Exclusion::Amount(draft.split(share.asset)),
                    _ => Exclusion::Value {
                        group: group.iter().map(|share| share.asset).collect(),
                        helper: draft.helper(),
                    },
                };
                draft.exclusions.insert(number, exclusion);
            }
        }
        for (number, covenant) in policy.covenants().iter().enumerate() {
            draft.covenant(number, &covenant.kind);
        }
        draft
    }

    fn covenant(&mut self, number: usize, kind: &Kind) {
        match kind {
            Kind::Coverage { ratio, after } => {
                let mut form = Form::default();
                self.collateral(&mut form, after, |_, risk| self.collateral_factor(risk));
                self.debt(&mut form, |_, risk| self.debt_factor(risk, *ratio));
                self.test(number, true, form);
            }
            Kind::Stress(stress) => self.stress(number, stress),
            Kind::Concentration { group, share, mode: Mode::Breach } => {
                let mut form = Form::default();
                self.collateral(&mut form, &[], |_, _| bps(i64::from(*share)));
                for Share { asset, part } in group {
                    self.value(&mut form, Term::Collateral(*asset), *asset, -bps(i64::from(*part)));
                }
                self.test(number, false, form);
            }
            Kind::Concentration { share, mode: Mode::Exclude { of_admitted }, .. } => {
                self.exclude(number, *share, *of_admitted);
            }
            Kind::Ceiling { group, side, limit } => self.ceiling(number, group, *side, *limit),
            Kind::Leverage { most } => {
                let mut form = Form::default();
                let more = bps(i64::from(*most)) - BigRational::one();
                self.collateral(&mut form, &[], |_, risk| self.collateral_factor(&in_full(risk)) * &more);
                self.debt(&mut form, |_, risk| self.debt_factor(&in_full(risk), *most));
                self.test(number, false, form);
            }
            Kind::Liquidity { ratio, depths, slippage } => {
                let mut form = Form::default();
                let sold = BigRational::one() - bps(i64::from(*slippage));
                for (asset, depth) in depths {
                    let admitted = self.at_most(number, *asset, *depth);
                    let Some(risk) = self.policy.rules().assets.get(*asset) else { continue };
                    let factor = self.collateral_factor(&in_full(risk)) * &sold;
                    self.value(&mut form, Term::Helper(admitted), *asset, factor);
                }
                self.debt(&mut form, |_, risk| self.debt_factor(&in_full(risk), *ratio));
                self.test(number, false, form);
            }
            Kind::WeightedAverage { figures, side, limit } => {
                let mut form = Form::default();
                for (asset, figure) in figures {
                    let spare = BigRational::from_integer(i64::from(*limit).saturating_sub(i64::from(*figure)).into());
                    let factor = if *side == Average::Most { spare } else { -spare };
                    self.value(&mut form, Term::Collateral(*asset), *asset, factor);
                }
                self.test(number, false, form);
            }
            Kind::InterestCoverage { ratio, yields, rates } => {
                let mut form = Form::default();
                for (asset, rate) in yields {
                    self.value(&mut form, Term::Collateral(*asset), *asset, bps(i64::from(*rate)));
                }
                for (asset, rate) in rates {
                    let cost = bps(i64::from(*rate)) * bps(i64::from(*ratio));
                    self.value(&mut form, Term::Debt(*asset), *asset, -cost);
                }
                self.test(number, false, form);
            }
            Kind::Tiers { ratio, schedules } => {
                let mut form = Form::default();
                self.collateral(&mut form, &[], |asset, risk| {
                    let threshold = schedules.iter().find(|schedule| schedule.asset == asset).map(|tiers| tiers.beyond);
                    self.tier_factor(risk, threshold)
                });
                for schedule in schedules {
                    let Some(risk) = self.policy.rules().assets.get(schedule.asset) else { continue };
                    let following = schedule.tiers.iter().skip(1).map(|tier| tier.threshold).chain([schedule.beyond]);
                    for (tier, next) in schedule.tiers.iter().zip(following) {
                        let more = self.tier_factor(risk, Some(tier.threshold)) - self.tier_factor(risk, Some(next));
                        let admitted = self.at_most(number, schedule.asset, tier.up_to);
                        self.value(&mut form, Term::Helper(admitted), schedule.asset, more);
                    }
                }
                self.debt(&mut form, |_, risk| self.debt_factor(risk, *ratio));
                self.test(number, true, form);
            }
        }
    }

    fn stress(&mut self, number: usize, stress: &Stress) {
        let shocked = |asset: usize| {
            let shock = stress.shocks.iter().find(|(shocked, _)| *shocked == asset).map_or(0, |(_, shock)| *shock);
            BigRational::one() + bps(i64::from(shock))
        };
        let risk_of = |risk: &Risk| if stress.in_full { in_full(risk) } else { *risk };
        // More than zero: a bonus only adds to it.
        let repaid = BigRational::one() + bps(i64::from(stress.bonus));
        let sold = (BigRational::one() - bps(i64::from(stress.slippage))) * repaid.recip();
        let mut form = Form::default();
        self.collateral(&mut form, &stress.after, |asset, risk| {
            self.collateral_factor(&risk_of(risk)) * shocked(asset) * &sold
        });
        self.debt(&mut form, |asset, risk| self.debt_factor(&risk_of(risk), stress.ratio) * shocked(asset));
        self.test(number, true, form);
    }

    /// The definitions of what a covenant admits: `share · total ≥ admitted` at the worst prices.
    fn exclude(&mut self, number: usize, share: u32, of_admitted: bool) {
        let mut form = Form::default();
        let all: Vec<usize> = if of_admitted { self.exclusions.keys().copied().collect() } else { Vec::new() };
        self.collateral(&mut form, &all, |_, _| bps(i64::from(share)));
        let mut definitions = Vec::new();
        match self.exclusions.get(&number) {
            Some(Exclusion::Amount(split)) => {
                form.apply(*split);
                self.value(&mut form, Term::Helper(split.admitted), split.asset, -BigRational::one());
            }
            Some(Exclusion::Value { group, helper }) => {
                form.add(Term::Helper(*helper), None, -value_unit());
                let mut held = Form::default();
                for asset in group {
                    self.value(&mut held, Term::Collateral(*asset), *asset, BigRational::one());
                }
                held.add(Term::Helper(*helper), None, -value_unit());
                definitions.push(held);
            }
            None => {}
        }
        definitions.push(form);
        definitions.into_iter().for_each(|form| self.define(number, form));
    }

    fn ceiling(&mut self, number: usize, group: &[Share], side: Side, limit: Limit) {
        let mut form = Form::default();
        for Share { asset, part } in group {
            let term = if side == Side::Debt { Term::Debt(*asset) } else { Term::Collateral(*asset) };
            match limit {
                Limit::Value(_) => self.value(&mut form, term, *asset, -bps(i64::from(*part))),
                Limit::Amount(_) => form.add(term, None, -bps(i64::from(*part))),
            }
        }
        form.bound = match limit {
            Limit::Value(value) => -BigRational::from_integer(BigInt::from(value)) * value_unit(),
            Limit::Amount(amount) => -BigRational::from_integer(BigInt::from(amount)),
        };
        self.test(number, false, form);
    }

    /// Adds `factor` of the value of all collateral that the policy accepts, of groups that covenants in `after` cap what is
    /// admitted: there the excess is charged at the group's highest factor.
    fn collateral(&self, form: &mut Form, after: &[usize], factor: impl Fn(usize, &Risk) -> BigRational) {
        let accepted = || self.policy.rules().assets.iter().enumerate().filter(|(_, risk)| !risk.is_debt());
        let caps = || after.iter().filter_map(|number| self.exclusions.get(number));
        let highest = |exclusion: &Exclusion| {
            let covered = accepted().filter(|(asset, _)| exclusion.covers(*asset));
            covered.map(|(asset, risk)| factor(asset, risk)).max().unwrap_or_default()
        };
        for (asset, risk) in accepted() {
            let own = factor(asset, risk);
            match caps().find(|exclusion| exclusion.covers(asset)) {
                None => self.value(form, Term::Collateral(asset), asset, own),
                Some(Exclusion::Amount(split)) => self.value(form, Term::Helper(split.admitted), asset, own),
                Some(group) => self.value(form, Term::Collateral(asset), asset, own - highest(group)),
            }
        }
        for exclusion in caps() {
            if let Exclusion::Value { helper, .. } = exclusion {
                form.add(Term::Helper(*helper), None, highest(exclusion) * value_unit());
            }
        }
    }

    /// Takes `factor` of the value of all debt that the policy permits.
    fn debt(&self, form: &mut Form, factor: impl Fn(usize, &Risk) -> BigRational) {
        let rules = self.policy.rules();
        for (asset, risk) in rules.assets.iter().enumerate().filter(|(_, risk)| rules.is_owed(risk)) {
            self.value(form, Term::Debt(asset), asset, -factor(asset, risk));
        }
    }

    /// Adds `factor` of the value of an amount of `asset`, in the quote currency.
    fn value(&self, form: &mut Form, term: Term, asset: usize, factor: BigRational) {
        let decimals = self.policy.market().assets().get(asset).map_or(0, |asset| asset.decimals);
        let price_decimals = self.policy.rules().assets.get(asset).map_or(0, |risk| risk.price_decimals);
        form.add(term, Some(asset), factor * ten_to_minus(decimals.saturating_add(price_decimals)));
    }

    /// The number of a helper amount that is the collateral of `asset`, but at most `limit`.
    fn at_most(&mut self, number: usize, asset: usize, limit: u128) -> usize {
        let admitted = self.split(asset).admitted;
        let mut form = Form::default();
        form.bound = -BigRational::from_integer(BigInt::from(limit));
        form.add(Term::Helper(admitted), None, -BigRational::one());
        self.define(number, form);
        admitted
    }

    fn split(&mut self, asset: usize) -> Split {
        let split = Split { asset, admitted: self.helper(), rest: self.helper() };
        self.splits.push(split);
        split
    }

    fn helper(&mut self) -> usize {
        let number = self.helpers;
        self.helpers = number.saturating_add(1);
        number
    }

    fn define(&mut self, covenant: usize, form: Form) {
        self.lines.push(Line { covenant, purpose: Purpose::Definition, strict: false, form });
    }

    fn test(&mut self, covenant: usize, strict: bool, form: Form) {
        self.lines.push(Line { covenant, purpose: Purpose::Test, strict, form });
    }

    fn collateral_factor(&self, risk: &Risk) -> BigRational {
        BigRational::from_integer(risk.collateral_factor(self.elapsed).into()) * bps(1)
    }

    fn debt_factor(&self, risk: &Risk, ratio: u32) -> BigRational {
        BigRational::from_integer(risk.debt_factor(ratio, self.elapsed).into()) * bps(1)
    }

    /// The collateral factor with another threshold, where there is one.
    fn tier_factor(&self, risk: &Risk, threshold: Option<u32>) -> BigRational {
        let threshold = threshold.and_then(|threshold| u16::try_from(threshold).ok());
        self.collateral_factor(&Risk {
            liquidation_threshold: threshold.unwrap_or(risk.liquidation_threshold),
            ..*risk
        })
    }
}

/// Counts an asset in full, but for what time does to it.
fn in_full(risk: &Risk) -> Risk {
    let whole = u16::try_from(BPS).unwrap_or(u16::MAX);
    Risk { liquidation_threshold: whole, haircut: 0, volatility_buffer: 0, borrow_factor: BPS, ..*risk }
}

/// `10^-12`: the unit of values.
fn value_unit() -> BigRational {
    ten_to_minus(VALUE_DECIMALS)
}

fn ten_to_minus(exponent: u8) -> BigRational {
    BigRational::new(BigInt::one(), BigInt::from(10u8).pow(u32::from(exponent)))
}

fn bps(points: i64) -> BigRational {
    BigRational::new(points.into(), BPS.into())
}
