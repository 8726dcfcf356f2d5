//! The page of `assay stress --html`: one file, with nothing from elsewhere in it.

use assay_verifier::Policy;
use assay_verifier::policy::covenant::{Threshold, Unit, VALUE_DECIMALS};
use minijinja::{Environment, context};
use plotters::prelude::{
    ChartBuilder, Color, DashedLineSeries, IntoDrawingArea, IntoFont, LineSeries, RGBColor, SVGBackend, ShapeStyle,
    WHITE,
};
use serde::Serialize;

use crate::cli::commands::check::covenants::{asked, figure};
use crate::files::kind::PAGE;
use crate::stress::Stressed;

/// What follows [`PAGE`].
const TEMPLATE: &str = include_str!("page.html");
const SIZE: (u32, u32) = (560, 260);
const FIGURE: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
const THRESHOLD: RGBColor = RGBColor(0xb0, 0x30, 0x30);

/// A covenant as the template takes it.
#[derive(Serialize)]
struct Row {
    name: String,
    section: String,
    holds: bool,
    asked: String,
    today: String,
    after: String,
    chart: Option<String>,
}

/// The page.
pub(super) fn write(policy: &Policy, stressed: &Stressed, words: &str) -> String {
    let both = stressed.today.iter().zip(&stressed.after).enumerate();
    let row = both.map(|(number, (today, after))| Row {
        name: after.name.clone(),
        section: after.section.clone(),
        holds: after.holds,
        asked: asked(policy, after),
        today: figure(policy, today),
        after: figure(policy, after),
        chart: after.threshold.and_then(|threshold| chart(policy, stressed, number, &threshold)),
    });
    let rows: Vec<Row> = row.collect();
    let filled = context! { policy => policy.rules().name, scenario => words, satisfied => stressed.satisfied(), rows };
    // A template of this name is escaped.
    let page = Environment::new().render_named_str("page.html", TEMPLATE, filled);
    format!("{PAGE}{}", page.expect("the template uses what it is given"))
}

/// A covenant's figure against the part of the scenario, with its threshold; none where there are fewer than two figures.
fn chart(policy: &Policy, stressed: &Stressed, number: usize, threshold: &Threshold) -> Option<String> {
    let (unit, decimals) = unit(policy, threshold.unit);
    let plotted = |number: u128| plotted(number, decimals);
    let figures = stressed.path.iter().filter_map(|(part, covenants)| {
        let figure = covenants.get(number)?.figure.as_deref()?;
        Some((self::plotted(u128::try_from(*part).ok()?, 2), plotted(*figure)))
    });
    let points: Vec<(f64, f64)> = figures.collect();
    let [(first, _), .., (last, _)] = points[..] else { return None };
    let asked = plotted(threshold.number);
    let highest = points.iter().map(|(_, figure)| *figure).fold(asked, f64::max) * 1.08;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).expect("memory");
        let mut chart = ChartBuilder::on(&area)
            .margin(10)
            .x_label_area_size(36)
            .y_label_area_size(84)
            .build_cartesian_2d(first..last, 0.0..highest)
            .expect("memory");
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(1)
            .x_desc("part of the scenario, %")
            .y_desc(unit)
            .x_label_formatter(&|part| format!("{part:.0}"))
            .y_label_formatter(&|figure| format!("{figure:.0}"))
            .label_style(("sans-serif", 13).into_font())
            .draw()
            .expect("memory");
        let style = |color: RGBColor, stroke_width| ShapeStyle { color: color.to_rgba(), filled: true, stroke_width };
        chart.draw_series(LineSeries::new(points, style(FIGURE, 2))).expect("memory");
        let level = [(first, asked), (last, asked)];
        chart.draw_series(DashedLineSeries::new(level, 6, 4, style(THRESHOLD, 1))).expect("memory");
        area.present().expect("memory");
    }
    Some(svg)
}

/// The name of a unit in charts, and the digits after the point of its numbers.
fn unit(policy: &Policy, unit: Unit) -> (String, u8) {
    match unit {
        Unit::Bps => ("%".to_owned(), 2),
        Unit::Figure => (String::new(), 0),
        Unit::Value => (policy.rules().quote.clone(), VALUE_DECIMALS),
        Unit::Amount(asset) => {
            let asset = policy.market().assets().get(asset);
            asset.map_or((String::new(), 0), |asset| (asset.symbol.clone(), asset.decimals))
        }
    }
}

/// A number as a chart needs it.
#[allow(clippy::cast_precision_loss, reason = "for the eye")]
fn plotted(number: u128, decimals: u8) -> f64 {
    number as f64 / 10_f64.powi(decimals.into())
}
