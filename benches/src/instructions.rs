//! Counts of instructions by job, and whether they grew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Prefix of the functions that are counted; the rest of their names is the job's.
pub const PREFIX: &str = "instructions::job_";
/// What a count may grow by, in parts of a thousand.
const TOLERANCE: u64 = 30;

/// Counts as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// The compiler's version and target. Counts of two are not comparable.
    pub rustc: String,
    /// Instructions of each job.
    pub instructions: BTreeMap<String, u64>,
}

impl Counts {
    /// Reads what `callgrind_annotate --inclusive=yes` printed.
    ///
    /// # Errors
    /// A job's line without a number.
    pub fn parse(rustc: &str, annotated: &str) -> Result<Self, String> {
        let mut counts = Self { rustc: rustc.trim().to_owned(), ..Self::default() };
        for line in annotated.lines() {
            let Some((before, after)) = line.split_once(PREFIX) else { continue };
            let job: String = after.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let number = before.split_whitespace().next().unwrap_or_default().replace(',', "");
            let number: u64 = number.parse().map_err(|_| format!("no count in the line: {line}"))?;
            counts.instructions.entry(job).and_modify(|count| *count = number.max(*count)).or_insert(number);
        }
        Ok(counts)
    }

    /// A table of `self` against the stored counts, and the jobs that grew beyond the tolerance, are new or missing.
    #[must_use]
    pub fn against(&self, stored: &Self) -> (String, Vec<String>) {
        let (mut table, mut failed) = (String::new(), Vec::new());
        let jobs: std::collections::BTreeSet<&String> =
            self.instructions.keys().chain(stored.instructions.keys()).collect();
        for job in jobs {
            let (now, before) = (self.instructions.get(job), stored.instructions.get(job));
            let (Some(&now), Some(&before)) = (now, before) else {
                failed.push(job.clone());
                continue;
            };
            let _ = writeln!(table, "{job:<12} {now:>14} instructions, stored {before:>14}");
            if u128::from(now) * 1000 > u128::from(before) * u128::from(1000 + TOLERANCE) {
                failed.push(job.clone());
            }
        }
        (table, failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(jobs: &[(&str, u64)]) -> Counts {
        let instructions = jobs.iter().map(|(job, count)| ((*job).to_owned(), *count)).collect();
        Counts { rustc: "rustc 1".into(), instructions }
    }

    #[test]
    fn the_annotated_output_is_read() {
        let text = "Ir\n\
            12,345,678 (99.0%)  ???:instructions::main [/x]\n\
            1,234,567 ( 9.0%)  ???:instructions::job_verify_batch [/x]\n\
            1,000 ( 0.1%)  ???:instructions::job_parse'2 [/x]\n\
            900 ( 0.1%)  ???:instructions::job_parse [/x]\n";
        assert_eq!(Counts::parse("rustc 1\n", text), Ok(counts(&[("verify_batch", 1_234_567), ("parse", 1_000)])));
        assert!(Counts::parse("rustc 1", "none ???:instructions::job_parse").is_err());
    }

    #[test]
    fn growth_beyond_three_percent_new_jobs_and_missing_ones_fail() {
        let stored = counts(&[("a", 1000), ("b", 1000), ("c", 1000), ("gone", 1)]);
        let (table, failed) = counts(&[("a", 1030), ("b", 1031), ("c", 10), ("new", 1)]).against(&stored);
        assert_eq!(failed, ["b", "gone", "new"]);
        assert_eq!(table.lines().count(), 3);
    }
}
