//! What was to be reached, and whether it is.

use super::contenders::{ARK_CIRCOM, ARKWORKS, ASSAY, HALO2_BASE_GAS, SNARKJS_GROTH16, SNARKJS_PLONK};
use super::figures::verifying;
use super::measure::THREADS;
use super::rounds::BATCH;
use super::tables::times_as;
use super::{Entrant, Measured, Report, Round};
use crate::contender::thousands;

/// A target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What was to be reached.
    pub aim: &'static str,
    /// What was measured.
    pub figure: String,
    /// Whether it is reached; `None` where something was not measured.
    pub reached: Option<bool>,
}

/// All targets, in order.
#[must_use]
pub fn targets(report: &Report) -> Vec<Target> {
    let proving = |round: &Round| Some(round.proving());
    let each = |round: &Round| round.batch.map(|seconds| seconds / BATCH as f64);
    vec![
        dominated(report),
        at_most(report, "proving at most 0.9 × arkworks Groth16", ARKWORKS, 0.9, proving, proving),
        at_most(
            report,
            "proving at most 1.5 × the fastest native Groth16 of circom's own circuit",
            ARK_CIRCOM,
            1.5,
            proving,
            proving,
        ),
        less_gas(report, "gas at least 20 % below snarkjs Groth16", SNARKJS_GROTH16, 0.8),
        less_gas(report, "gas below snarkjs PLONK", SNARKJS_PLONK, 1.0),
        faster(report, "proving at least 5 × faster than halo2-base at its lowest-gas k", HALO2_BASE_GAS, 5.0),
        at_most(report, "verifying at most 1.5 × arkworks Groth16", ARKWORKS, 1.5, verifying, verifying),
        at_most(
            report,
            "a proof in a batch of 64 at most a third of arkworks Groth16",
            ARKWORKS,
            1.0 / 3.0,
            each,
            verifying,
        ),
    ]
}

const MISSING: &str = "not measured";

/// The median ratio of a figure of Assay's to one of a peer's, on every number of threads. All have to be reached.
fn at_most(
    report: &Report,
    aim: &'static str,
    peer: &str,
    limit: f64,
    own: impl Fn(&Round) -> Option<f64>,
    other: impl Fn(&Round) -> Option<f64>,
) -> Target {
    let ratio = |threads: usize| {
        let (assay, peer) = (report.contender(ASSAY.id)?.on(threads)?, report.contender(peer)?.on(threads)?);
        assay.ratio_of(peer, &own, &other)
    };
    on_all_threads(aim, ratio, |ratio| ratio <= limit)
}

/// How many times as long as Assay a peer proves, on every number of threads.
fn faster(report: &Report, aim: &'static str, peer: &str, limit: f64) -> Target {
    let ratio = |threads: usize| {
        let (assay, peer) = (report.contender(ASSAY.id)?.on(threads)?, report.contender(peer)?.on(threads)?);
        peer.ratio(assay, |round| Some(round.proving()))
    };
    on_all_threads(aim, ratio, |ratio| ratio >= limit)
}

fn on_all_threads(aim: &'static str, ratio: impl Fn(usize) -> Option<f64>, reached: impl Fn(f64) -> bool) -> Target {
    let ratios: Option<Vec<f64>> = THREADS.into_iter().map(ratio).collect();
    let Some(ratios) = ratios else { return Target { aim, figure: MISSING.into(), reached: None } };
    let texts = ratios.iter().zip(THREADS).map(|(ratio, threads)| {
        format!("{} on {threads} thread{}", times_as(*ratio), if threads == 1 { "" } else { "s" })
    });
    let figure = texts.collect::<Vec<_>>().join(", ");
    Target { aim, figure, reached: Some(ratios.into_iter().all(reached)) }
}

fn less_gas(report: &Report, aim: &'static str, peer: &str, limit: f64) -> Target {
    let gas = |id: &str| report.gas(report.contenders.iter().find(|entrant| entrant.id == id)?);
    let (Some(own), Some(other)) = (gas(ASSAY.id), gas(peer)) else {
        return Target { aim, figure: MISSING.into(), reached: None };
    };
    let percent = (1.0 - own as f64 / other as f64) * 100.0;
    let figure = format!("{} to {}: {percent:.1} % less", thousands(own), thousands(other));
    Target { aim, figure, reached: Some(own < other && own as f64 <= limit * other as f64) }
}

/// Whether a peer with the same statement is better on both proving time and gas.
fn dominated(report: &Report) -> Target {
    const AIM: &str = "no peer better on both proving time and gas";
    let missing = || Target { aim: AIM, figure: MISSING.into(), reached: None };
    let place = |entrant: &Entrant| Some((proving(entrant.measured()?)?, report.gas(entrant)?));
    let Some((assay, peers)) = report.contenders.split_first().filter(|(first, _)| first.id == ASSAY.id) else {
        return missing();
    };
    let Some((own, gas)) = place(assay) else { return missing() };
    if peers.is_empty() {
        return missing();
    }
    let same = |peer: &&Entrant| peer.measured().is_none_or(|measured| measured.hello.same_commitment);
    let mut unknown = Vec::new();
    let mut better = Vec::new();
    for peer in peers.iter().filter(same) {
        match place(peer) {
            None => unknown.push(peer.name.as_str()),
            Some((time, spent)) if time <= own && spent <= gas => better.push(peer.name.as_str()),
            Some(_) => {}
        }
    }
    let mut figure =
        if better.is_empty() { "none is".to_owned() } else { format!("better on both: {}", better.join(", ")) };
    if !unknown.is_empty() {
        figure += &format!("; not measured on both: {}", unknown.join(", "));
    }
    let reached = if better.is_empty() && !unknown.is_empty() { None } else { Some(better.is_empty()) };
    Target { aim: AIM, figure, reached }
}

/// The median of proving on two threads.
fn proving(measured: &Measured) -> Option<f64> {
    Some(measured.on(THREADS[0])?.proving()?.median)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::{Hello, Setup};
    use crate::report::{Gas, Machine, Outcome, Run, Times};

    /// A contender that proves in so many seconds on two threads and twice that on one, verifies in a tenth of it, a
    /// proof of a batch in a hundredth, and costs so much gas.
    fn entrant(id: &str, prove: f64, gas: Option<u64>) -> Entrant {
        let hello = Hello {
            name: id.to_owned(),
            version: String::new(),
            language: String::new(),
            setup: Setup::Universal,
            size: String::new(),
            same_commitment: true,
            proving_key_bytes: 0,
            verifying_key_bytes: 0,
            operations: Vec::new(),
        };
        let times = THREADS.map(|threads| {
            let prove = prove * 2.0 / threads as f64;
            let batch = Some(prove / 100.0 * BATCH as f64);
            Times { threads, rounds: vec![Round { round: 0, prove, witness: None, verify: vec![prove / 10.0], batch }] }
        });
        let evm = gas.map(|transaction| Gas { transaction, calldata_bytes: 0, code_bytes: 0, altered_refused: 1 });
        let measured =
            Measured { hello, checks: Vec::new(), proof_bytes: 0, memory_bytes: None, times: times.to_vec(), evm };
        Entrant { id: id.into(), name: id.into(), gas_as: None, outcome: Outcome::Measured(Box::new(measured)) }
    }

    fn report(contenders: Vec<Entrant>) -> Report {
        let run = Run { date: String::new(), commit: String::new(), clean: true, rounds: 1, seconds: 0 };
        let machine = Machine {
            cpu: String::new(),
            cores: 2,
            memory_bytes: 0,
            rustc: String::new(),
            node: None,
            load_average: 0.0,
            pinned: true,
        };
        Report { run, machine, contenders, assets: Vec::new() }
    }

    fn reached(report: &Report) -> Vec<Option<bool>> {
        targets(report).into_iter().map(|target| target.reached).collect()
    }

    /// All at the limits where the targets are still reached, or one step beyond.
    fn peers(beyond: bool) -> Report {
        let (longer, less) = if beyond { (0.001, 1) } else { (0.0, 0) };
        report(vec![
            entrant("assay", 0.9, Some(240_000)),
            entrant(ARKWORKS, 1.0 - longer, None),
            entrant(ARK_CIRCOM, 0.6 - longer, None),
            entrant(SNARKJS_GROTH16, 5.0, Some(300_000 - less)),
            entrant(SNARKJS_PLONK, 5.0, Some(240_001 - less)),
            entrant(HALO2_BASE_GAS, 4.5 - longer, Some(310_000)),
        ])
    }

    #[test]
    fn targets_are_reached_at_their_limits_and_missed_beyond() {
        let yes = Some(true);
        // The third of arkworks' verification is far from its limit here, and verification is at 0.9 of it.
        assert_eq!(reached(&peers(false))[1..], [yes; 7]);
        assert_eq!(reached(&peers(true))[1..6], [Some(false); 5]);
        let mut slow = peers(false);
        slow.contenders[1] = entrant(ARKWORKS, 0.59, None);
        assert_eq!(reached(&slow)[6..], [Some(false), yes]);
        slow.contenders[1] = entrant(ARKWORKS, 0.26, None);
        assert_eq!(reached(&slow)[6..], [Some(false), Some(false)]);
    }

    #[test]
    fn a_peer_is_better_where_it_is_so_on_both_time_and_gas() {
        let decide = |time: f64, gas: Option<u64>| {
            targets(&report(vec![entrant("assay", 1.0, Some(100)), entrant("peer", time, gas)])).remove(0)
        };
        assert_eq!(decide(0.5, Some(101)).reached, Some(true));
        assert_eq!(decide(1.5, Some(99)).reached, Some(true));
        assert_eq!(decide(0.5, Some(99)).reached, Some(false));
        assert_eq!(decide(0.5, Some(99)).figure, "better on both: peer");
        assert_eq!(decide(0.5, None).reached, None);
    }

    #[test]
    fn what_was_not_measured_is_neither_reached_nor_missed() {
        assert_eq!(reached(&report(vec![entrant("assay", 1.0, Some(100))])), [None; 8]);
        assert_eq!(reached(&report(Vec::new())), [None; 8]);
        assert_eq!(reached(&report(vec![entrant("a", 1.0, Some(100)), entrant("b", 2.0, Some(200))])), [None; 8]);
    }
}
