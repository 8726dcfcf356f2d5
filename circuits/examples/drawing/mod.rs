//! What the pictures of layouts share.

use svg::node::element::{Rectangle, Text, Title};

/// Right end of the strips.
pub(crate) const WIDTH: f64 = 1120.0;
/// Left end of the strips.
pub(crate) const LEFT: f64 = 78.0;
/// Colour of text.
pub(crate) const INK: &str = "#1f2937";
/// Colour of lesser text.
pub(crate) const FAINT: &str = "#6b7280";

/// A line of text.
pub(crate) fn text(x: f64, y: f64, size: u8, fill: &str, content: impl Into<String>) -> Text {
    Text::new(content).set("x", x).set("y", y).set("font-size", size).set("fill", fill)
}

/// A rectangle that shows its title when it is pointed at.
pub(crate) fn cell(x: f64, y: f64, width: f64, height: f64, fill: &str, title: String) -> Rectangle {
    Rectangle::new()
        .set("x", format!("{x:.2}"))
        .set("y", y)
        .set("width", format!("{width:.2}"))
        .set("height", height)
        .set("fill", fill)
        .add(Title::new(title))
}
