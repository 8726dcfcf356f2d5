//! Tables in Markdown.

use std::fmt::Write as _;

use super::contenders::ASSAY;
use super::figures::verifying;
use super::measure::THREADS;
use super::targets::targets;
use super::{Entrant, Measured, Outcome, Report, Round, Verdict};
use crate::contender::{Setup, thousands};

/// What stands for a figure that there is none of.
const NONE: &str = "—";

/// A time with three digits.
#[must_use]
pub fn time(seconds: f64) -> String {
    let (number, unit) = if seconds < 0.9995 { (seconds * 1e3, "ms") } else { (seconds, "s") };
    let decimals = if number < 9.995 { 2 } else { usize::from(number < 99.95) };
    format!("{number:.decimals$} {unit}")
}

/// Bytes; from ten thousand on in KiB, MiB or GiB.
#[must_use]
pub fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{} B", thousands(count)),
        10_000..1_000_000 => format!("{:.0} KiB", count as f64 / 1024.0),
        1_000_000..1_073_741_824 => format!("{:.1} MiB", count as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", count as f64 / 1_073_741_824.0),
    }
}

/// How many times as much, with three digits.
#[must_use]
pub fn times_as(ratio: f64) -> String {
    let decimals = if ratio < 9.995 { 2 } else { usize::from(ratio < 99.95) };
    format!("{ratio:.decimals$} ×")
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| NONE.to_owned())
}

/// A table with a row for each contender: its cells, or the reason that there are none.
fn table(report: &Report, head: &[&str], cells: impl Fn(&Entrant, &Measured) -> Vec<String>) -> String {
    let mut text = format!("| | {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len() + 1));
    for entrant in &report.contenders {
        let row = match &entrant.outcome {
            Outcome::Measured(measured) => cells(entrant, measured),
            Outcome::NotMeasured(_) => std::iter::once("NOT MEASURED".to_owned())
                .chain(vec![NONE.to_owned(); head.len().saturating_sub(1)])
                .collect(),
        };
        let other = entrant.measured().is_some_and(|measured| !measured.hello.same_commitment);
        let _ = writeln!(text, "| {}{} | {} |", entrant.name, if other { " †" } else { "" }, row.join(" | "));
    }
    text
}

/// Why contenders were not measured, and what † means; empty where there is nothing to say.
#[must_use]
pub fn notes(report: &Report) -> String {
    let mut text = String::new();
    if report.contenders.iter().any(|entrant| entrant.measured().is_some_and(|it| !it.hello.same_commitment)) {
        text.push_str(
            "† Another statement: its commitment is another one, chosen to suit the prover. It stands here because \
             someone free to choose would choose so.\n\n",
        );
    }
    for entrant in &report.contenders {
        if let Outcome::NotMeasured(why) = &entrant.outcome {
            let _ = writeln!(text, "{}: NOT MEASURED, {why}.\n", entrant.name);
        }
    }
    text
}

/// The median of this contender's figure relative to Assay's, within rounds.
fn against(
    report: &Report,
    measured: &Measured,
    threads: usize,
    figure: impl Fn(&Round) -> Option<f64>,
) -> Option<String> {
    measured.on(threads)?.ratio(report.contender(ASSAY.id)?.on(threads)?, figure).map(times_as)
}

fn proving(round: &Round) -> Option<f64> {
    Some(round.proving())
}

fn median_proving(measured: &Measured, threads: usize) -> String {
    or_none(measured.on(threads).and_then(|times| times.proving()).map(|spread| time(spread.median)))
}

fn median_verifying(measured: &Measured, threads: usize) -> String {
    or_none(measured.on(threads).and_then(|times| times.verifying()).map(|spread| time(spread.median)))
}

fn setup(measured: &Measured) -> String {
    match measured.hello.setup {
        Setup::Universal => "universal",
        Setup::PerCircuit => "for each circuit",
    }
    .to_owned()
}

fn gas(report: &Report, entrant: &Entrant) -> String {
    or_none(report.gas(entrant).map(|gas| {
        let others = entrant.measured().is_some_and(|measured| measured.evm.is_none());
        thousands(gas) + if others { " ‡" } else { "" }
    }))
}

/// Whether a contender's gas is that of another's contract, and what the mark means.
fn note_of_gas(report: &Report) -> &'static str {
    let borrowed = |entrant: &&Entrant| {
        report.gas(entrant).is_some() && entrant.measured().is_some_and(|measured| measured.evm.is_none())
    };
    if report.contenders.iter().any(|entrant| borrowed(&entrant)) {
        "‡ Of snarkjs' contract: Groth16 with the same public inputs is verified by the same contract whatever proved it.\n\n"
    } else {
        ""
    }
}

/// What the README shows.
#[must_use]
pub fn comparison(report: &Report) -> String {
    let head = ["set-up", "proving", "to Assay's", "verifying", "proof", "gas", "peak memory"];
    let mut text = table(report, &head, |entrant, measured| {
        vec![
            setup(measured),
            median_proving(measured, THREADS[0]),
            or_none(against(report, measured, THREADS[0], proving)),
            median_verifying(measured, THREADS[0]),
            bytes(measured.proof_bytes),
            gas(report, entrant),
            or_none(measured.memory_bytes.map(bytes)),
        ]
    });
    text.push('\n');
    text.push_str(&notes(report));
    text.push_str(note_of_gas(report));
    text
}

/// Targets, for the report's first lines.
#[must_use]
pub fn aims(report: &Report) -> String {
    let mut text = String::from("| to reach | measured | |\n|---|---|---|\n");
    for target in targets(report) {
        let verdict = match target.reached {
            Some(true) => "reached",
            Some(false) => "**missed**",
            None => "**not measured**",
        };
        let _ = writeln!(text, "| {} | {} | {verdict} |", target.aim, target.figure);
    }
    text
}

/// Where and of what.
#[must_use]
pub fn provenance(report: &Report) -> String {
    let (run, machine) = (&report.run, &report.machine);
    let mut text = format!(
        "{} rounds on {}, of commit `{}`{}; {}, {} cores, {}, {}",
        run.rounds,
        run.date,
        run.commit.get(..12).unwrap_or(&run.commit),
        if run.clean { "" } else { " with changes" },
        machine.cpu,
        machine.cores,
        bytes(machine.memory_bytes),
        machine.rustc.split_whitespace().take(2).collect::<Vec<_>>().join(" "),
    );
    if let Some(node) = &machine.node {
        let _ = write!(text, ", node {node}");
    }
    let _ = write!(text, "; load average {:.2} before the run", machine.load_average);
    if !machine.pinned {
        text.push_str("; contenders were not held to cores");
    }
    text + ".\n"
}

/// Times of proving.
#[must_use]
pub fn proving_table(report: &Report) -> String {
    let head = [
        "2 threads: least",
        "median",
        "to Assay's",
        "1 thread: least",
        "median",
        "to Assay's",
        "apart: the witness",
        "rounds",
    ];
    table(report, &head, |_, measured| {
        let mut cells = Vec::new();
        for threads in THREADS {
            let spread = measured.on(threads).and_then(|times| times.proving());
            cells.push(or_none(spread.map(|spread| time(spread.least))));
            cells.push(or_none(spread.map(|spread| time(spread.median))));
            cells.push(or_none(against(report, measured, threads, proving)));
        }
        let witness = measured.on(THREADS[0]).and_then(|times| times.witness());
        cells.push(or_none(witness.map(|spread| time(spread.median))));
        let rounds = measured.times.iter().map(|times| times.rounds.len().to_string());
        cells.push(rounds.collect::<Vec<_>>().join(", "));
        cells
    })
}

/// Times of verifying.
#[must_use]
pub fn verifying_table(report: &Report) -> String {
    let head = [
        "2 threads: median",
        "to Assay's",
        "1 thread: median",
        "to Assay's",
        "each of 64, 2 threads",
        "each of 64, 1 thread",
    ];
    table(report, &head, |_, measured| {
        let mut cells = Vec::new();
        for threads in THREADS {
            cells.push(median_verifying(measured, threads));
            cells.push(or_none(against(report, measured, threads, verifying)));
        }
        for threads in THREADS {
            let each = measured.on(threads).and_then(|times| times.each_in_a_batch());
            cells.push(or_none(each.map(|spread| time(spread.median))));
        }
        cells
    })
}

/// Sizes, memory and gas.
#[must_use]
pub fn sizes_table(report: &Report) -> String {
    let head = [
        "version",
        "set-up",
        "size",
        "proof",
        "proving key",
        "verifying key",
        "peak memory",
        "gas",
        "calldata",
        "contract",
    ];
    let mut text = table(report, &head, |entrant, measured| {
        let hello = &measured.hello;
        vec![
            hello.version.clone(),
            setup(measured),
            hello.size.clone(),
            bytes(measured.proof_bytes),
            bytes(hello.proving_key_bytes),
            bytes(hello.verifying_key_bytes),
            or_none(measured.memory_bytes.map(bytes)),
            gas(report, entrant),
            or_none(measured.evm.map(|evm| format!("{} B", thousands(evm.calldata_bytes)))),
            or_none(measured.evm.map(|evm| format!("{} B", thousands(evm.code_bytes)))),
        ]
    });
    text.push('\n');
    text.push_str(note_of_gas(report));
    text
}

/// What contenders said to the true statement, the false ones and altered calls.
#[must_use]
pub fn checks_table(report: &Report) -> String {
    let first = report.contenders.iter().find_map(Entrant::measured);
    let mut head: Vec<&str> = first
        .map(|measured| measured.checks.iter().map(|check| check.statement.as_str()).collect())
        .unwrap_or_default();
    head.push("altered calls in the EVM");
    table(report, &head, |_, measured| {
        let said = measured.checks.iter().map(|check| match check.verdict {
            Verdict::Accepted => "accepted".to_owned(),
            Verdict::RefusedByProver => "no proof".to_owned(),
            Verdict::RefusedByVerifier => "proof refused".to_owned(),
        });
        let altered = or_none(measured.evm.map(|evm| format!("{} refused", evm.altered_refused)));
        said.chain([altered]).collect()
    })
}

/// Assay by the number of assets.
#[must_use]
pub fn assets_table(report: &Report) -> String {
    let mut text = String::from(
        "| assets | public inputs | circuit | proof | proving, 2 threads | 1 thread | verifying | gas |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in &report.assets {
        let on = |threads: usize| row.times.iter().find(|times| times.threads == threads);
        let median =
            |threads: usize| or_none(on(threads).and_then(|it| it.proving()).map(|spread| time(spread.median)));
        let verifying = or_none(on(1).and_then(|it| it.verifying()).map(|spread| time(spread.median)));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {verifying} | {} |",
            row.assets,
            3 + 2 * row.assets,
            row.size,
            bytes(row.proof_bytes),
            median(2),
            median(1),
            or_none(row.gas.map(thousands)),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let texts = [0.000_786, 0.001_36, 0.009_994, 0.027_19, 0.099_96, 0.2664, 0.9994, 0.9996, 4.9, 12.34].map(time);
        let expected =
            ["0.79 ms", "1.36 ms", "9.99 ms", "27.2 ms", "100 ms", "266 ms", "999 ms", "1.00 s", "4.90 s", "12.3 s"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn ratios_have_three_digits() {
        assert_eq!([0.576, 1.0, 9.996, 99.96, 284.6].map(times_as), ["0.58 ×", "1.00 ×", "10.0 ×", "100 ×", "285 ×"]);
    }

    #[test]
    fn sizes_have_a_unit_that_suits_them() {
        assert_eq!(
            [128, 7_616, 15_360, 2_097_152, 3 << 30].map(bytes),
            ["128 B", "7,616 B", "15 KiB", "2.0 MiB", "3.0 GiB"]
        );
    }
}
