//! Each rule as a lender would work it out with exact fractions, at one price for each asset. Nothing here knows of rows.

use assay_circuits::{Amount, Position};
use assay_verifier::policy::covenant::{Average, Covenant, Kind, Limit, Mode, Share, Side, Stress};
use assay_verifier::policy::{BPS, Policy, Risk};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

pub(crate) type Fraction = BigRational;

pub(crate) fn whole(value: impl Into<BigInt>) -> Fraction {
    Fraction::from_integer(value.into())
}

pub(crate) fn percent(points: impl Into<BigInt>) -> Fraction {
    Fraction::new(points.into(), BPS.into())
}

/// A position at prices.
pub(crate) struct Reading<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) prices: &'a [u128],
    pub(crate) elapsed: u64,
    pub(crate) position: &'a Position,
    /// The share at which the side of a comparison that helps the prover is taken: one where it is exact.
    pub(crate) tolerance: Fraction,
}

impl Reading<'_> {
    /// What one base unit is worth.
    pub(crate) fn unit(&self, asset: usize) -> Fraction {
        let decimals = self.policy.market().assets()[asset].decimals + self.risk(asset).price_decimals;
        Fraction::new(self.prices[asset].into(), BigInt::from(10u8).pow(u32::from(decimals)))
    }

    fn risk(&self, asset: usize) -> &Risk {
        &self.policy.rules().assets[asset]
    }

    fn held(&self, asset: usize) -> u128 {
        self.position.collateral()[asset].expose()
    }

    fn assets(&self) -> std::ops::Range<usize> {
        0..self.policy.market().assets().len()
    }

    fn accepted(&self) -> impl Iterator<Item = usize> {
        self.assets().filter(|asset| !self.risk(*asset).is_debt())
    }

    fn factor(&self, risk: Risk) -> Fraction {
        percent(risk.collateral_factor(self.elapsed))
    }

    fn in_full(&self, asset: usize) -> Risk {
        let risk = self.risk(asset);
        Risk { liquidation_threshold: 10_000, haircut: 0, volatility_buffer: 0, borrow_factor: 10_000, ..*risk }
    }

    fn debt(&self, factor: impl Fn(usize) -> Fraction) -> Fraction {
        self.assets().map(|i| self.unit(i) * whole(self.position.debt()[i].expose()) * factor(i)).sum()
    }

    fn collateral(&self, amount: impl Fn(usize) -> Fraction) -> Fraction {
        self.accepted().map(|i| self.unit(i) * amount(i)).sum()
    }

    fn more(&self, left: Fraction, right: Fraction) -> bool {
        left * &self.tolerance > right
    }

    fn at_least(&self, left: Fraction, right: Fraction) -> bool {
        left * &self.tolerance >= right
    }

    /// Whether the position is within a covenant.
    pub(crate) fn holds(&self, covenant: &Covenant) -> bool {
        match &covenant.kind {
            Kind::Coverage { ratio, after } => {
                let collateral = self.counted(after, &|i| self.factor(*self.risk(i)));
                self.more(collateral, self.debt(|i| percent(self.risk(i).debt_factor(*ratio, self.elapsed))))
            }
            Kind::Stress(stress) => self.stress(stress),
            Kind::Concentration { group, share, mode: Mode::Breach } => {
                let all = self.collateral(|i| whole(self.held(i)));
                let of_group: Fraction = group.iter().map(|s| self.exposure(s)).sum();
                self.at_least(all * percent(*share), of_group)
            }
            Kind::Concentration { mode: Mode::Exclude { .. }, .. } => true,
            Kind::Ceiling { group, side, limit } => {
                let amount = |i: usize| match side {
                    Side::Collateral => self.held(i),
                    Side::Debt => self.position.debt()[i].expose(),
                };
                match limit {
                    Limit::Amount(limit) => amount(group[0].asset) <= *limit,
                    Limit::Value(limit) => {
                        let value = group.iter().map(|s| whole(amount(s.asset)) * self.unit(s.asset) * percent(s.part));
                        self.at_least(Fraction::new((*limit).into(), 10u64.pow(12).into()), value.sum())
                    }
                }
            }
            Kind::Leverage { most } => {
                let gross = self.collateral(|i| whole(self.held(i)) * self.factor(self.in_full(i)));
                let debt = self.debt(|i| percent(self.in_full(i).debt_factor(*most, self.elapsed)));
                // gross <= most * (gross - debt)
                self.at_least(gross.clone() * percent(*most) - gross, debt)
            }
            Kind::Liquidity { ratio, depths, slippage } => {
                let sold = depths.iter().map(|(i, depth)| {
                    let amount = whole(self.held(*i).min(*depth));
                    amount * self.unit(*i) * self.factor(self.in_full(*i)) * percent(BPS - slippage)
                });
                self.at_least(sold.sum(), self.debt(|i| percent(self.in_full(i).debt_factor(*ratio, self.elapsed))))
            }
            Kind::WeightedAverage { figures, side, limit } => {
                let value = |(i, _): &(usize, u32)| whole(self.held(*i)) * self.unit(*i);
                let all: Fraction = figures.iter().map(value).sum();
                let sum: Fraction = figures.iter().map(|it| value(it) * whole(it.1)).sum();
                // The average is the sum over all; of nothing there is none.
                match side {
                    Average::Most => self.at_least(all * whole(*limit), sum),
                    Average::Least => self.at_least(sum, all * whole(*limit)),
                }
            }
            Kind::InterestCoverage { ratio, yields, rates } => {
                let income = yields.iter().map(|(i, rate)| whole(self.held(*i)) * self.unit(*i) * percent(*rate));
                let owed = |i: usize| whole(self.position.debt()[i].expose()) * self.unit(i);
                let interest: Fraction = rates.iter().map(|(i, rate)| owed(*i) * percent(*rate)).sum();
                self.at_least(income.sum(), interest * percent(*ratio))
            }
            Kind::Tiers { ratio, schedules } => {
                let weighted = |i: usize| {
                    let Some(schedule) = schedules.iter().find(|schedule| schedule.asset == i) else {
                        return whole(self.held(i)) * self.factor(*self.risk(i));
                    };
                    let at = |threshold: u32| {
                        self.factor(Risk { liquidation_threshold: threshold.try_into().unwrap(), ..*self.risk(i) })
                    };
                    let (mut sum, mut begin) = (Fraction::zero(), 0u128);
                    for tier in &schedule.tiers {
                        let within = self.held(i).min(tier.up_to).saturating_sub(begin);
                        sum += whole(within) * at(tier.threshold);
                        begin = tier.up_to;
                    }
                    sum + whole(self.held(i).saturating_sub(begin)) * at(schedule.beyond)
                };
                let debt = self.debt(|i| percent(self.risk(i).debt_factor(*ratio, self.elapsed)));
                self.more(self.collateral(weighted), debt)
            }
        }
    }

    fn exposure(&self, share: &Share) -> Fraction {
        whole(self.held(share.asset)) * self.unit(share.asset) * percent(share.part)
    }

    fn stress(&self, stress: &Stress) -> bool {
        let change = |i: usize| {
            let shock = stress.shocks.iter().find(|(asset, _)| *asset == i).map_or(0, |(_, shock)| *shock);
            percent(10_000 + shock)
        };
        let risk = |i: usize| if stress.in_full { self.in_full(i) } else { *self.risk(i) };
        let sold = percent(BPS - stress.slippage) / percent(BPS + stress.bonus);
        let collateral = self.counted(&stress.after, &|i| self.factor(risk(i)) * change(i));
        let debt = self.debt(|i| percent(risk(i).debt_factor(stress.ratio, self.elapsed)) * change(i));
        self.more(collateral * sold, debt)
    }

    /// The value of collateral by `factor`, without the excess that the covenants `after` exclude; that is charged at the
    /// highest factor of its group.
    fn counted(&self, after: &[usize], factor: &dyn Fn(usize) -> Fraction) -> Fraction {
        let all = self.collateral(|i| whole(self.held(i)) * factor(i));
        let admitted = self.admitted();
        let charged = after.iter().map(|number| {
            let (group, admitted) = &admitted.iter().find(|(place, ..)| place == number).unwrap().1;
            let highest = group.iter().map(|share| factor(share.asset)).max().unwrap();
            (self.of(group) - admitted) * highest
        });
        // What is charged may be nearly all: so the room is one of the whole.
        let highest = self.accepted().map(factor).max().unwrap();
        let room = self.collateral(|i| whole(self.held(i)) * &highest) * (whole(1) - &self.tolerance);
        all - charged.sum::<Fraction>() - room
    }

    fn of(&self, group: &[Share]) -> Fraction {
        group.iter().map(|share| self.exposure(share)).sum()
    }

    /// What each exclusion admits, as a value: whole base units of one asset, whole units of `10^-12` of several.
    pub(crate) fn admitted(&self) -> Vec<(usize, (Vec<Share>, Fraction))> {
        let rules: Vec<(usize, Vec<Share>, Fraction, bool)> = self
            .policy
            .covenants()
            .iter()
            .enumerate()
            .filter_map(|(number, covenant)| match &covenant.kind {
                Kind::Concentration { group, share, mode: Mode::Exclude { of_admitted } } => {
                    Some((number, group.clone(), percent(*share), *of_admitted))
                }
                _ => None,
            })
            .collect();
        let all = self.collateral(|i| whole(self.held(i)));
        let mut admitted: Vec<Fraction> = rules.iter().map(|(_, group, ..)| self.of(group)).collect();
        let rest: Fraction = &all - admitted.iter().sum::<Fraction>();
        loop {
            let before = admitted.clone();
            for (place, (_, group, share, of_admitted)) in rules.iter().enumerate() {
                let most = if *of_admitted {
                    let others: Fraction = admitted.iter().sum::<Fraction>() - &admitted[place];
                    share * (&rest + others) / (whole(1) - share)
                } else {
                    share * &all
                };
                let unit = match group.as_slice() {
                    [one] => self.unit(one.asset),
                    _ => Fraction::new(1.into(), 10u64.pow(12).into()),
                };
                let most = most.min(admitted[place].clone());
                let limit = unit.clone() * whole(Amount::MAX);
                admitted[place] = if unit.is_zero() { most } else { ((most / &unit).floor() * unit).min(limit) };
            }
            if admitted == before {
                let found = rules.into_iter().zip(admitted);
                return found.map(|((number, group, ..), admitted)| (number, (group, admitted))).collect();
            }
        }
    }
}
