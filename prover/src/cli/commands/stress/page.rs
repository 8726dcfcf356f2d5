//! The page of `assay stress --html`: one file, with nothing from elsewhere in it.

use assay_verifier::Policy;
use assay_verifier::policy::covenant::{Threshold, Unit, VALUE_DECIMALS};
use maud::{PreEscaped, html};
use plotters::prelude::{
    ChartBuilder, Color, DashedLineSeries, IntoDrawingArea, IntoFont, LineSeries, RGBColor, SVGBackend, ShapeStyle,
    WHITE,
};

use crate::cli::commands::check::covenants::{asked, figure};
use crate::files::kind::PAGE;
use crate::stress::Stressed;

const STYLE: &str = include_str!("page.css");
const SIZE: (u32, u32) = (560, 260);
const FIGURE: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
const THRESHOLD: RGBColor = RGBColor(0xb0, 0x30, 0x30);

/// The page.
pub(super) fn write(policy: &Policy, stressed: &Stressed, words: &str) -> String {
    let name = &policy.rules().name;
    let both = || stressed.today.iter().zip(&stressed.after);
    let mark = |holds: bool| if holds { "holds" } else { "fails" };
    let charts = both().enumerate().filter_map(|(number, (_, after))| {
        let threshold = after.threshold?;
        Some((
            format!("{}: {} (dashed)", after.name, asked(policy, after)),
            chart(policy, stressed, number, &threshold)?,
        ))
    });
    let title = html! { (words) " under " (name) };
    let page = html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
        style { (PreEscaped(STYLE)) }
        h1 { (words) }
        p {
            "Under “" (name) "”, at today's prices without a buffer, "
            span class=(mark(stressed.satisfied())) {
                (if stressed.satisfied() { "everything holds" } else { "not everything holds" }) " after the scenario"
            }
            ". Nothing here is proven. This page is private: it is made from the position's amounts."
        }
        table {
            tr { th { "covenant" } th { "section" } th { "asked" } th.number { "today" } th.number { "after" } th {} }
            @for (today, after) in both() {
                tr {
                    td { (after.name) }
                    td { (after.section) }
                    td { (asked(policy, after)) }
                    td.number { (figure(policy, today)) }
                    td.number { (figure(policy, after)) }
                    td class=(mark(after.holds)) { (if after.holds { "holds" } else { "does not hold" }) }
                }
            }
        }
        div.charts {
            @for (caption, chart) in charts {
                figure { figcaption { (caption) } (PreEscaped(chart)) }
            }
        }
    };
    format!("{PAGE}{}</title>\n{}\n", title.into_string(), page.into_string())
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
