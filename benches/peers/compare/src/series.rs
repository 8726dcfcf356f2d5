//! Times of one contender and the table of all.

use std::time::Duration;

/// The times of one contender, in the order of the rounds.
pub(crate) struct Series {
    name: &'static str,
    times: Vec<Duration>,
}

impl Series {
    /// `times` must not be empty.
    pub(crate) fn new(name: &'static str, times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "no rounds");
        Self { name, times }
    }

    fn sorted_milliseconds(&self) -> Vec<f64> {
        sorted(self.times.iter().map(|time| time.as_secs_f64() * 1e3))
    }

    /// The median over the rounds of `self / other`.
    fn ratio(&self, other: &Self) -> f64 {
        median(&sorted(self.times.iter().zip(&other.times).map(|(own, other)| own.as_secs_f64() / other.as_secs_f64())))
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The upper median of sorted values.
fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// Prints a table in which the first series is compared with each.
pub(crate) fn print(series: &[Series]) {
    println!("| | min, ms | median, ms | max, ms | first row's time relative to this |");
    println!("|---|---|---|---|---|");
    let first = &series[0];
    for row in series {
        let times = row.sorted_milliseconds();
        let (min, median, max) = (times[0], median(&times), times[times.len() - 1]);
        println!("| {} | {min:.2} | {median:.2} | {max:.2} | {:.2} × |", row.name, first.ratio(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_the_median_of_the_rounds_ratios() {
        let series = |times: [u64; 3]| Series::new("", times.map(Duration::from_millis).to_vec());
        // Round by round 0.5, 0.5, 2; the medians alone would say 2/2.
        assert!((series([1, 5, 2]).ratio(&series([2, 10, 1])) - 0.5).abs() < 1e-9);
    }
}
