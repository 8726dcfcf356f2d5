//! The chart of gas by number of assets.

use plotters::prelude::{
    BLACK, Circle, Color, IntoDrawingArea, IntoFont, LineSeries, PathElement, RGBColor, SVGBackend, ShapeStyle, WHITE,
};

const SIZE: (u32, u32) = (760, 420);
const FONT: (&str, i32) = ("sans-serif", 14);

/// A line: its name, its colour and its points of number of assets and gas.
pub(crate) struct Line<'l> {
    pub(crate) name: &'l str,
    pub(crate) colour: RGBColor,
    pub(crate) points: Vec<(u32, u64)>,
}

/// Draws the lines from zero on as SVG.
pub(crate) fn draw(lines: &[Line<'_>]) -> String {
    let mut svg = String::new();
    let highest = lines.iter().flat_map(|line| &line.points).map(|point| point.1).max().expect("a point");
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).expect("memory");
        let mut chart = plotters::chart::ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(76)
            .build_cartesian_2d(0..68_u32, 0..highest + highest / 8)
            .expect("memory");
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(1)
            .x_desc("assets (collateral and debt of each)")
            .y_desc("gas of the whole transaction")
            .x_labels(9)
            .x_label_formatter(&|assets| assets.to_string())
            .y_label_formatter(&|gas| format!("{}k", gas / 1000))
            .label_style(FONT.into_font())
            .draw()
            .expect("memory");
        for line in lines {
            let style = ShapeStyle { color: line.colour.to_rgba(), filled: true, stroke_width: 2 };
            chart
                .draw_series(LineSeries::new(line.points.iter().copied(), style))
                .expect("memory")
                .label(line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
            chart.draw_series(line.points.iter().map(|point| Circle::new(*point, 4, style))).expect("memory");
        }
        chart
            .configure_series_labels()
            .position(plotters::chart::SeriesLabelPosition::UpperLeft)
            .background_style(WHITE)
            .border_style(BLACK.mix(0.3))
            .label_font(FONT.into_font())
            .draw()
            .expect("memory");
        area.present().expect("memory");
    }
    svg.push('\n');
    svg
}
