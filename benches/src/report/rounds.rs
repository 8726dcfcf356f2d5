//! Rounds: in each one every contender proves once, in another order each time.
//!
//! So whatever slows the machine for a while slows all of them, and a ratio is taken within a round. A contender whose
//! proof takes long takes part in fewer rounds, spread evenly over all.

use assay_circuits::Size;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::Round;
use crate::contender::{Answer, CallError, Operation, Process, cases};

/// Proofs in a batch.
pub(super) const BATCH: usize = 64;
/// How often a proof is verified in a round.
const VERIFICATIONS: usize = 5;
/// Seconds that one contender may prove for on one number of threads.
const BUDGET: f64 = 30.0;
/// Rounds in which a contender takes part at least.
const LEAST: usize = 3;
/// A proof that takes longer is made once before the rounds, a shorter one [`WARM_UP`] times.
const SLOW: f64 = 1.0;
const WARM_UP: usize = 3;

/// A contender in the rounds.
pub(super) struct Participant {
    process: Process,
    job: Job,
    /// Rounds in which it takes part.
    share: usize,
    rounds: Vec<Round>,
}

/// What a contender does in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Job {
    /// Of the statement.
    pub(super) size: Size,
    /// Whether it verifies a batch too, where it can.
    pub(super) batch: bool,
}

impl Participant {
    /// Proves and verifies what does not count, and decides by the time of a proof how many rounds it takes part in.
    pub(super) fn warmed(mut process: Process, rounds: usize, job: Job) -> Result<Self, CallError> {
        let mut proof = 0.0;
        for _ in 0..WARM_UP {
            proof = once(&mut process, 0, job)?.prove;
            if proof > SLOW {
                break;
            }
        }
        Ok(Self { process, job, share: share(proof, rounds), rounds: Vec::with_capacity(rounds) })
    }
}

/// How many of the rounds a contender takes part in whose proof takes so many seconds.
fn share(proof: f64, rounds: usize) -> usize {
    let least = LEAST.min(rounds);
    (least..=rounds).rev().find(|count| *count as f64 * proof <= BUDGET).unwrap_or(least)
}

/// Whether a contender that takes part in `share` of the rounds takes part in this one.
fn takes_part(round: usize, share: usize, rounds: usize) -> bool {
    round * share / rounds < (round + 1) * share / rounds
}

/// Proves the true statement of the round and verifies the proof, perhaps in a batch too.
fn once(process: &mut Process, round: usize, job: Job) -> Result<Round, CallError> {
    let failed = |why: &str| CallError::Verdict(why.to_owned());
    let statement = cases::truth_of(job.size, round as u64 + 1);
    let proven = match process.prove(&statement)? {
        Answer::Proven(proven) => proven,
        Answer::Refused { refused } => return Err(failed(&format!("it refuses a true statement: {refused}"))),
    };
    let mut verify = Vec::new();
    for _ in 0..VERIFICATIONS {
        let verified = process.verify()?;
        if !verified.accepted {
            return Err(failed("it rejects its own proof of a true statement"));
        }
        verify.push(verified.seconds);
    }
    let batch = if job.batch && process.hello().operations.contains(&Operation::Batch) {
        let verified = process.batch(BATCH)?;
        if !verified.accepted {
            return Err(failed("it rejects a batch of its own proofs"));
        }
        Some(verified.seconds)
    } else {
        None
    };
    Ok(Round { round, prove: proven.seconds, witness: proven.witness_seconds, verify, batch })
}

/// Runs the rounds. A contender that fails leaves them: its error takes its place in what is returned.
pub(super) fn run(
    mut participants: Vec<Participant>,
    rounds: usize,
    mut progress: impl FnMut(usize),
) -> Vec<Result<Vec<Round>, CallError>> {
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let mut failed: Vec<Option<CallError>> = participants.iter().map(|_| None).collect();
    for round in 0..rounds {
        progress(round);
        for index in shuffled(participants.len(), &mut rng) {
            let Participant { process, job, share, rounds: done } = &mut participants[index];
            if failed[index].is_none() && takes_part(round, *share, rounds) {
                match once(process, round, *job) {
                    Ok(this) => done.push(this),
                    Err(error) => failed[index] = Some(error),
                }
            }
        }
    }
    let ended = participants.into_iter().zip(failed);
    ended.map(|(participant, failed)| failed.map_or(Ok(participant.rounds), Err)).collect()
}

/// The numbers below `count` in random order.
fn shuffled(count: usize, rng: &mut impl RngCore) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = (0..count).map(|index| (rng.next_u64(), index)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_contenders_take_part_in_fewer_rounds() {
        assert_eq!([0.03, 0.75, 1.5, 5.0, 10.0, 100.0].map(|proof| share(proof, 40)), [40, 40, 20, 6, 3, 3]);
        assert_eq!([0.03, 100.0].map(|proof| share(proof, 2)), [2, 2]);
        assert_eq!(share(0.03, 0), 0);
        for share in 0..=40 {
            let rounds: Vec<usize> = (0..40).filter(|round| takes_part(*round, share, 40)).collect();
            assert_eq!(rounds.len(), share);
            let gap = rounds.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(gap.is_none_or(|gap| gap <= 40usize.div_ceil(share)), "{share}: {rounds:?}");
        }
    }

    #[test]
    fn every_order_has_everyone_once_and_orders_differ() {
        let mut rng = ChaCha20Rng::seed_from_u64(0);
        let orders: Vec<Vec<usize>> = (0..10).map(|_| shuffled(6, &mut rng)).collect();
        for order in &orders {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
        }
        assert!(orders.windows(2).any(|pair| pair[0] != pair[1]));
    }
}
