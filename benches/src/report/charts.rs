//! Charts as SVG, which follow the reader's choice of a light or a dark page.

mod draw;
mod theme;

use super::measure::THREADS;
use super::tables::{bytes, time};
use super::{Assets, Entrant, Measured, Report};
use crate::contender::thousands;
use draw::{Axis, Bars, Line, Lines, Point, Scatter, Series};
use theme::Tint;

/// A chart of the report.
#[derive(Clone, Copy)]
pub struct Chart {
    /// Name of its file, without the extension.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    drawn: fn(&Report, &'static str) -> String,
}

impl Chart {
    /// The chart as SVG.
    #[must_use]
    pub fn draw(&self, report: &Report) -> String {
        (self.drawn)(report, self.title)
    }
}

/// Every contender as a point.
pub const PROVING_AND_GAS: Chart = Chart {
    name: "proving-and-gas",
    title: "Proving time, two threads, against gas of a whole transaction",
    drawn: proving_and_gas,
};
/// Bars.
pub const PROVING: Chart = Chart { name: "proving", title: "Proving", drawn: proving };
/// Bars.
pub const VERIFYING: Chart = Chart { name: "verifying", title: "Verifying one proof, two threads", drawn: verifying };
/// Bars.
pub const MEMORY: Chart =
    Chart { name: "memory", title: "Peak memory of a process that reads its keys and proves", drawn: memory };
/// Bars.
pub const SIZES: Chart = Chart { name: "sizes", title: "Proof", drawn: sizes };
/// Lines.
pub const PROVING_BY_ASSETS: Chart =
    Chart { name: "proving-by-assets", title: "Assay: proving by number of assets", drawn: proving_by_assets };
/// A line.
pub const GAS_BY_ASSETS: Chart =
    Chart { name: "gas-by-assets", title: "Assay: gas by number of assets", drawn: gas_by_assets };

/// All charts.
pub const CHARTS: [&Chart; 7] =
    [&PROVING_AND_GAS, &PROVING, &VERIFYING, &MEMORY, &SIZES, &PROVING_BY_ASSETS, &GAS_BY_ASSETS];

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ticks of an axis and counts, far below 2^53"
)]
fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

fn count(value: f64) -> String {
    thousands(whole(value))
}

fn size(value: f64) -> String {
    bytes(whole(value))
}

/// Assay, a peer, or a peer with another statement.
fn tint(report: &Report, entrant: &Entrant) -> Tint {
    let own = report.contenders.first().is_some_and(|first| first.id == entrant.id);
    let same = entrant.measured().is_none_or(|measured| measured.hello.same_commitment);
    match (own, same) {
        (true, _) => Tint::Own,
        (false, true) => Tint::Peer,
        (false, false) => Tint::Other,
    }
}

fn proving_and_gas(report: &Report, title: &str) -> String {
    let place = |entrant: &Entrant| {
        let x = entrant.measured()?.on(THREADS[0])?.proving()?.median;
        Some(Point { x, y: report.gas(entrant)? as f64, label: entrant.name.clone(), tint: tint(report, entrant) })
    };
    let points = report.contenders.iter().filter_map(place).collect();
    Scatter {
        title,
        points,
        x: Axis { name: "proving time (logarithmic)", text: time },
        y: Axis { name: "gas (logarithmic)", text: count },
    }
    .draw()
}

/// Bars of a figure of every contender that has it.
fn bars(
    report: &Report,
    title: &str,
    (text, logarithmic): (fn(f64) -> String, bool),
    series: &[&'static str],
    values: impl Fn(&Measured) -> Option<Vec<f64>>,
) -> String {
    let row = |entrant: &Entrant| {
        let values = values(entrant.measured()?)?;
        Some(Series { label: entrant.name.clone(), tint: tint(report, entrant), values })
    };
    let mut rows: Vec<Series> = report.contenders.iter().filter_map(row).collect();
    rows.sort_by(|one, other| one.values[0].total_cmp(&other.values[0]));
    Bars { title, rows, series, text, logarithmic }.draw()
}

fn proving(report: &Report, title: &str) -> String {
    bars(report, title, (time, true), &["two threads", "one thread"], |measured| {
        THREADS.iter().map(|threads| Some(measured.on(*threads)?.proving()?.median)).collect()
    })
}

fn verifying(report: &Report, title: &str) -> String {
    bars(report, title, (time, false), &["alone", "each in a batch of 64, where there are batches"], |measured| {
        let times = measured.on(THREADS[0])?;
        Some(vec![times.verifying()?.median, times.each_in_a_batch()?.median])
    })
}

fn memory(report: &Report, title: &str) -> String {
    bars(report, title, (size, true), &["peak"], |measured| Some(vec![measured.memory_bytes? as f64]))
}

fn sizes(report: &Report, title: &str) -> String {
    bars(report, title, (size, true), &["proof"], |measured| Some(vec![measured.proof_bytes as f64]))
}

/// A figure of Assay by the number of assets.
fn line(report: &Report, label: &'static str, figure: impl Fn(&Assets) -> Option<f64>) -> Line {
    let points = report.assets.iter().filter_map(|row| Some((row.assets as f64, figure(row)?)));
    Line { label, points: points.collect() }
}

const ASSETS: Axis = Axis { name: "assets (logarithmic)", text: count };

fn proving_by_assets(report: &Report, title: &str) -> String {
    let on = |threads: usize| {
        move |row: &Assets| Some(row.times.iter().find(|times| times.threads == threads)?.proving()?.median)
    };
    let lines = vec![line(report, "two threads", on(2)), line(report, "one thread", on(1))];
    Lines { title, lines, x: ASSETS, y: Axis { name: "proving time (logarithmic)", text: time } }.draw()
}

fn gas_by_assets(report: &Report, title: &str) -> String {
    let lines = vec![line(report, "one attestation", |row| row.gas.map(|gas| gas as f64))];
    Lines { title, lines, x: ASSETS, y: Axis { name: "gas (logarithmic)", text: count } }.draw()
}
