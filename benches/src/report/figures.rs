//! Figures from times: medians, and ratios within rounds.

use super::{Measured, Round, Times};

/// Least, median and most of some times, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// The upper median.
    pub median: f64,
    /// The most.
    pub most: f64,
}

/// `None` where there are no values.
pub fn spread(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let [least, .., most] = values[..] else {
        return values.first().map(|only| Spread { least: *only, median: *only, most: *only });
    };
    Some(Spread { least, median: values[values.len() / 2], most })
}

impl Round {
    /// Seconds that count as proving: a witness that is computed apart is not counted, which favours those who do so.
    #[must_use]
    pub fn proving(&self) -> f64 {
        self.prove - self.witness.unwrap_or(0.0)
    }
}

impl Times {
    /// Of proving.
    #[must_use]
    pub fn proving(&self) -> Option<Spread> {
        spread(self.rounds.iter().map(Round::proving))
    }

    /// Of computing witnesses apart.
    #[must_use]
    pub fn witness(&self) -> Option<Spread> {
        spread(self.rounds.iter().filter_map(|round| round.witness))
    }

    /// Of verifying one proof.
    #[must_use]
    pub fn verifying(&self) -> Option<Spread> {
        spread(self.rounds.iter().flat_map(|round| round.verify.iter().copied()))
    }

    /// Of verifying, for each of a batch of 64 proofs; of one proof where there is no batch.
    #[must_use]
    pub fn each_in_a_batch(&self) -> Option<Spread> {
        let batch = super::rounds::BATCH as f64;
        spread(self.rounds.iter().filter_map(|round| round.batch).map(|seconds| seconds / batch))
            .or_else(|| self.verifying())
    }

    /// The median over the rounds in which both took part of this one's figure divided by the other's.
    pub fn ratio(&self, other: &Self, figure: impl Fn(&Round) -> Option<f64>) -> Option<f64> {
        self.ratio_of(other, &figure, &figure)
    }

    /// [`Times::ratio`] of two different figures.
    pub fn ratio_of(
        &self,
        other: &Self,
        own_figure: impl Fn(&Round) -> Option<f64>,
        other_figure: impl Fn(&Round) -> Option<f64>,
    ) -> Option<f64> {
        let ratios = self.rounds.iter().filter_map(|own| {
            let other = other.rounds.iter().find(|round| round.round == own.round)?;
            Some(own_figure(own)? / other_figure(other)?)
        });
        spread(ratios).map(|ratios| ratios.median)
    }
}

impl Measured {
    /// Its times on so many threads.
    #[must_use]
    pub fn on(&self, threads: usize) -> Option<&Times> {
        self.times.iter().find(|times| times.threads == threads)
    }
}

/// The median of a round's verifications.
#[must_use]
pub fn verifying(round: &Round) -> Option<f64> {
    spread(round.verify.iter().copied()).map(|times| times.median)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(proving: &[(usize, f64)]) -> Times {
        let round = |(round, prove): &(usize, f64)| Round {
            round: *round,
            prove: *prove,
            witness: None,
            verify: Vec::new(),
            batch: None,
        };
        Times { threads: 1, rounds: proving.iter().map(round).collect() }
    }

    #[test]
    fn a_ratio_is_the_median_of_the_ratios_of_rounds_in_which_both_took_part() {
        // Round by round 0.5, 0.5, 2; the medians alone would say 2/2. Rounds 3 and 4 have only one of them.
        let one = times(&[(0, 1.0), (1, 5.0), (2, 2.0), (3, 100.0)]);
        let two = times(&[(0, 2.0), (1, 10.0), (2, 1.0), (4, 0.1)]);
        assert_eq!(one.ratio(&two, |round| Some(round.proving())), Some(0.5));
        assert_eq!(one.ratio(&times(&[(9, 1.0)]), |round| Some(round.proving())), None);
    }

    #[test]
    fn a_witness_computed_apart_is_not_counted_as_proving() {
        let mut one = times(&[(0, 3.0)]);
        one.rounds[0].witness = Some(1.0);
        assert_eq!(one.proving().map(|spread| spread.median), Some(2.0));
        assert_eq!(one.witness().map(|spread| spread.median), Some(1.0));
    }

    #[test]
    fn spreads_are_of_all_values() {
        assert_eq!(spread([3.0, 1.0, 2.0]), Some(Spread { least: 1.0, median: 2.0, most: 3.0 }));
        assert_eq!(spread([1.0]), Some(Spread { least: 1.0, median: 1.0, most: 1.0 }));
        assert_eq!(spread([]), None);
    }

    #[test]
    fn a_batch_is_counted_by_its_proofs_and_missing_ones_by_single_proofs() {
        let mut one = times(&[(0, 3.0)]);
        one.rounds[0].verify = vec![0.5];
        assert_eq!(one.each_in_a_batch().map(|spread| spread.median), Some(0.5));
        one.rounds[0].batch = Some(6.4);
        assert_eq!(one.each_in_a_batch().map(|spread| spread.median), Some(0.1));
    }
}
