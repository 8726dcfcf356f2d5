//! The tables of the page "A model of cost" and its chart, from stored measurements.

use std::fmt::Write as _;

use assay_circuits::proof::shape::Work;
use serde::{Deserialize, Serialize};
use svg::Document;
use svg::node::element::{Circle, Line, Rectangle, Text};

use super::model::Model;
use super::{Measured, Shape, Stages, room};

/// What one run measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// Processor, cores, compiler, date.
    pub machine: String,
    /// Every shape.
    pub measured: Vec<Measured>,
    /// Stages of a proof over eight assets, on one thread and on two.
    pub stages: [Option<Stages>; 2],
}

/// A shape beside its prediction.
struct Row {
    measured: Measured,
    work: Work,
    /// Whether the model was fitted to it.
    fitted: bool,
    predicted: [Option<f64>; 2],
}

impl Row {
    /// Of the predictions, in percent.
    fn errors(&self) -> [Option<f64>; 2] {
        [0, 1].map(|i| Some((self.predicted[i]? / self.measured.milliseconds[i]? - 1.0) * 100.0))
    }
}

/// Models for one thread and for two, fitted to every other shape, and all shapes beside them.
struct Fitted {
    models: [Option<Model>; 2],
    rows: Vec<Row>,
}

impl Fitted {
    fn new(stored: &Stored) -> Self {
        let works: Vec<(Measured, Work)> =
            stored.measured.iter().map(|measured| (*measured, measured.shape.work())).collect();
        let models = [0, 1].map(|threads: usize| {
            let points = works.iter().step_by(2).map(|(measured, work)| Some((*work, measured.milliseconds[threads]?)));
            Some(Model::fit(&points.collect::<Option<Vec<_>>>()?))
        });
        let row = |(i, (measured, work)): (usize, (Measured, Work))| Row {
            measured,
            work,
            fitted: i % 2 == 0,
            predicted: models.map(|model: Option<Model>| model.map(|model| model.predict(&work))),
        };
        Self { rows: works.into_iter().enumerate().map(row).collect(), models }
    }

    /// The largest error of shapes that the models were fitted to, or not, on one thread and on two.
    fn largest(&self, fitted: bool) -> [Option<f64>; 2] {
        let errors = || self.rows.iter().filter(|row| row.fitted == fitted).map(Row::errors);
        [0, 1].map(|threads: usize| {
            errors().map(|errors| Some(errors[threads]?.abs())).try_fold(0.0, |a, b| Some(f64::max(a, b?)))
        })
    }
}

/// A number with so many decimals, or a dash.
fn cell(number: Option<f64>, decimals: usize) -> String {
    number.map_or_else(|| "–".into(), |number| format!("{number:.decimals$}"))
}

/// The same with its sign, in percent.
fn percent(number: Option<f64>) -> String {
    number.map_or_else(|| "–".into(), |number| format!("{number:+.1} %"))
}

fn name(shape: Shape) -> String {
    match shape {
        Shape::Assets(assets) => format!("{assets} assets"),
        Shape::Synthetic { .. } => "synthetic".into(),
    }
}

fn mebibytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "not known".into(), |bytes| format!("{:.0}", bytes as f64 / f64::from(1 << 20)))
}

/// The largest errors of shapes that the models were not fitted to, in percent, on one thread and on two.
#[must_use]
pub fn largest_errors(stored: &Stored) -> [Option<f64>; 2] {
    Fitted::new(stored).largest(false)
}

/// The page with its tables written anew.
///
/// # Errors
/// A table has no place in it.
pub fn render(page: &str, stored: &Stored) -> Result<String, String> {
    let fitted = Fitted::new(stored);
    let tables = [
        ("machine", format!("{}.\n", stored.machine)),
        ("stages", stages(stored)),
        ("coefficients", coefficients(&fitted)),
        ("predictions", predictions(&fitted)),
        ("planning", planning(&fitted)),
        ("extrapolation", extrapolation(&fitted)),
    ];
    tables.into_iter().try_fold(page.to_owned(), |page, (name, table)| {
        let (begin, end) = (format!("<!-- {name}: written by shapes -->\n"), "<!-- end -->");
        let missing = || format!("no place for the table '{name}'");
        let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
        let (_, after) = rest.split_once(end).ok_or_else(missing)?;
        Ok(format!("{before}{begin}\n{table}\n{end}{after}"))
    })
}

fn stages(stored: &Stored) -> String {
    let columns = stored.stages.map(|stages| {
        let Stages { witness, commit_columns, quotient, commit_pieces, evaluate, open } = stages?;
        Some([witness, commit_columns, quotient, commit_pieces, evaluate, open])
    });
    let names = [
        "check, witness, hashing of inputs",
        "commitments to the two columns and to the random polynomial",
        "coefficients, gates on four cosets, quotient",
        "commitments to the four pieces",
        "18 values and the folded quotient",
        "opening proof, with its two commitments",
    ];
    let totals = columns.map(|times| Some(times?.iter().sum::<f64>()));
    let mut table = "| stage | one thread, ms | share | two threads, ms | share |\n|---|---|---|---|---|\n".to_owned();
    for (i, name) in names.into_iter().enumerate() {
        let [one, two] = columns.map(|times| Some(times?[i]));
        let share = |time: Option<f64>, total: Option<f64>| Some(100.0 * time? / total?);
        let [share_of_one, share_of_two] = [cell(share(one, totals[0]), 1), cell(share(two, totals[1]), 1)];
        let _ =
            writeln!(table, "| {name} | {} | {share_of_one} % | {} | {share_of_two} % |", cell(one, 2), cell(two, 2));
    }
    let _ = writeln!(table, "| **in all** | **{}** | | **{}** | |", cell(totals[0], 2), cell(totals[1], 2));
    table
}

fn coefficients(fitted: &Fitted) -> String {
    let names = [
        "an addition of points",
        "a multiplication in a transform",
        "a multiplication in a gate",
        "a coefficient evaluated, combined or divided",
        "a proof",
    ];
    let eight = Work::of_statement::<8>();
    let [parts, _] = fitted.models.map(|model| model.map(|model| model.parts(&eight)));
    let mut table =
        "| for each | one thread | two threads | share at eight assets, one thread |\n|---|---|---|---|\n".to_owned();
    for (i, name) in names.into_iter().enumerate() {
        let (scale, unit) = if i == 4 { (1e3, "µs") } else { (1e6, "ns") };
        let [one, two] = fitted.models.map(|model| cell(model.map(|model| model.0[i] * scale), 1));
        let share = parts.map(|parts| 100.0 * parts[i] / parts.iter().sum::<f64>());
        let _ = writeln!(table, "| {name} | {one} {unit} | {two} {unit} | {} % |", cell(share, 1));
    }
    table
}

fn predictions(fitted: &Fitted) -> String {
    let mut table =
        "| shape | `k` | columns | degree | evaluations | measured, ms | predicted | error | two threads, ms | \
                     predicted | error |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for row in &fitted.rows {
        let Work { k, columns, degree, evaluations, .. } = row.work;
        let name = name(row.measured.shape);
        let name = if row.fitted { name } else { format!("**{name}**") };
        let _ = write!(table, "| {name} | {k} | {columns} | {degree} | {evaluations} ");
        for ((measured, predicted), error) in row.measured.milliseconds.iter().zip(row.predicted).zip(row.errors()) {
            let _ = write!(table, "| {} | {} | {} ", cell(*measured, 2), cell(predicted, 2), percent(error));
        }
        table.push_str("|\n");
    }
    let ([f1, f2], [p1, p2]) = (fitted.largest(true), fitted.largest(false));
    let _ = write!(
        table,
        "\nShapes in bold were predicted: the model was not fitted to them. Their largest error is {} % on one thread \
         and {} % on two;\nthat of the others {} % and {} %.\n",
        cell(p1, 1),
        cell(p2, 1),
        cell(f1, 1),
        cell(f2, 1)
    );
    table
}

/// Shapes as the statement's: two columns, degree five, eighteen evaluations, or seventeen.
fn like_the_statement(row: &&Row) -> bool {
    let Shape::Synthetic { columns, degree, reach, .. } = row.measured.shape else { return true };
    (columns, degree, reach) == (2, 5, 7)
}

fn planning(fitted: &Fitted) -> String {
    let mut rows: Vec<&Row> = fitted.rows.iter().filter(like_the_statement).collect();
    rows.sort_by_key(|row| (row.work.k, matches!(row.measured.shape, Shape::Synthetic { .. })));
    let mut table =
        "| shape | `k` | one thread, ms | two threads, ms | peak of resident memory, MiB |\n|---|---|---|---|---|\n"
            .to_owned();
    for row in rows {
        let [one, two] = row.measured.milliseconds.map(|time| cell(time, 1));
        let (name, memory) = (name(row.measured.shape), mebibytes(row.measured.resident));
        let _ = writeln!(table, "| {name} | {} | {one} | {two} | {memory} |", row.work.k);
    }
    table
}

/// Bytes of resident memory for each row, from the statement over 128 assets and over 206.
fn bytes_a_row(fitted: &Fitted) -> Option<f64> {
    let mut known: Vec<(u32, u64)> = fitted
        .rows
        .iter()
        .filter(|row| matches!(row.measured.shape, Shape::Assets(_)))
        .filter_map(|row| Some((row.work.k, row.measured.resident?)))
        .collect();
    known.sort_unstable();
    let [.., smaller, larger] = *known else { return None };
    Some((larger.1 as f64 - smaller.1 as f64) / f64::from((1 << larger.0) - (1 << smaller.0)))
}

fn extrapolation(fitted: &Fitted) -> String {
    let a_row = bytes_a_row(fitted);
    let mut table = "| `k` | assets | public inputs | one thread, s | two threads, s | memory, GiB | SRS file, MiB |\n\
                     |---|---|---|---|---|---|---|\n"
        .to_owned();
    for k in 16..=20 {
        let work = Work::of_gates_over::<8>(k);
        let [one, two] = fitted.models.map(|model| cell(model.map(|model| model.predict(&work) / 1e3), 1));
        let rows = f64::from(1 << k);
        let memory = cell(a_row.map(|bytes| bytes * rows / f64::from(1 << 30)), 2);
        let (assets, srs) = (room(k), 128.0 * rows / f64::from(1 << 20));
        let _ = writeln!(table, "| {k} | {assets} | {} | {one} | {two} | {memory} | {srs:.0} |", 2 * assets + 3);
    }
    table
}

/// Predicted against measured times, both axes logarithmic.
#[must_use]
pub fn chart(stored: &Stored) -> String {
    const SIZE: f64 = 520.0;
    const MARGIN: f64 = 60.0;
    let fitted = Fitted::new(stored);
    let times =
        || fitted.rows.iter().flat_map(|row| row.measured.milliseconds.into_iter().chain(row.predicted)).flatten();
    let low = times().fold(f64::INFINITY, f64::min).log10().floor();
    let high = times().fold(0.0, f64::max).log10().ceil();
    let along = |time: f64| (time.log10() - low) / (high - low) * (SIZE - 2.0 * MARGIN);
    let (x, y) = (|time| MARGIN + along(time), |time| SIZE - MARGIN - along(time));
    let (first, last) = (10f64.powf(low), 10f64.powf(high));
    let text = |label: String, x: f64, y: f64, anchor: &str| {
        Text::new(label).set("x", x).set("y", y).set("text-anchor", anchor).set("font-size", 13)
    };
    let line = |from: (f64, f64), to: (f64, f64), colour: &str| {
        Line::new().set("x1", from.0).set("y1", from.1).set("x2", to.0).set("y2", to.1).set("stroke", colour)
    };

    let mut picture = Document::new()
        .set("viewBox", (0, 0, SIZE, SIZE))
        .set("font-family", "sans-serif")
        .add(Rectangle::new().set("width", SIZE).set("height", SIZE).set("fill", "white"));
    let mut decade = first;
    while decade <= last * 1.001 {
        let label = format!("{decade:.0}");
        picture = picture
            .add(line((x(decade), y(first)), (x(decade), y(last)), "#dddddd"))
            .add(line((x(first), y(decade)), (x(last), y(decade)), "#dddddd"))
            .add(text(label.clone(), x(decade), SIZE - MARGIN + 18.0, "middle"))
            .add(text(label, MARGIN - 6.0, y(decade) + 4.0, "end"));
        decade *= 10.0;
    }
    picture = picture.add(line((x(first), y(first)), (x(last), y(last)), "black"));
    for factor in [1.2, 1.0 / 1.2] {
        let (from, to) = (first * 1.2, last / 1.2);
        let line = line((x(from), y(from * factor)), (x(to), y(to * factor)), "#888888");
        picture = picture.add(line.set("stroke-dasharray", "4 4"));
    }
    for row in &fitted.rows {
        for pair in row.measured.milliseconds.into_iter().zip(row.predicted) {
            let (Some(measured), Some(predicted)) = pair else { continue };
            let colour = if matches!(row.measured.shape, Shape::Assets(_)) { "#c0392b" } else { "#2060a0" };
            let dot = Circle::new().set("cx", rounded(x(measured))).set("cy", rounded(y(predicted))).set("r", 4);
            let fill = if row.fitted { "none" } else { colour };
            picture = picture.add(dot.set("stroke", colour).set("fill", fill));
        }
    }
    let middle = SIZE / 2.0;
    let legend = "filled: predicted, hollow: fitted; red: the statement, blue: synthetic; dashed: 20 %";
    picture
        .add(text(legend.into(), middle, 24.0, "middle").set("font-size", 12))
        .add(text("measured, ms".into(), middle, SIZE - 16.0, "middle"))
        .add(
            text("predicted, ms".into(), 0.0, 0.0, "middle")
                .set("transform", format!("translate(16 {middle}) rotate(-90)")),
        )
        .to_string()
        + "\n"
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> Stored {
        serde_json::from_str(include_str!("../../results/shapes.json")).expect("as it was written")
    }

    #[test]
    fn every_shape_of_the_list_is_stored_in_its_order() {
        let shapes: Vec<Shape> = stored().measured.iter().map(|measured| measured.shape).collect();
        assert_eq!(shapes, super::super::all());
    }

    #[test]
    fn the_page_and_its_chart_are_those_of_the_stored_measurements() {
        let page = include_str!("../../../docs/src/cost-model.md");
        assert!(
            render(page, &stored()) == Ok(page.into()),
            "`cargo run -p assay-benches --bin shapes render` writes it"
        );
        assert!(chart(&stored()) == include_str!("../../../docs/src/images/shapes.svg"), "the same for the chart");
    }

    #[test]
    fn shapes_that_the_model_was_not_fitted_to_are_predicted_within_a_fifth() {
        let errors = largest_errors(&stored());
        assert!(errors[0].is_some() && errors.iter().flatten().all(|error| *error <= 20.0), "{errors:?} %");
    }

    #[test]
    fn a_page_without_a_place_for_a_table_is_refused() {
        assert!(render("<!-- machine: written by shapes -->\n", &stored()).is_err());
    }
}
