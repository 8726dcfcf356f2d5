//! Drawing: bars, points and lines on a canvas of pixels.

use svg::node::element::{Circle, Polyline, Rectangle, Text};
use svg::{Document, Node};

use super::theme::{Tint, sheet};

const WIDTH: i32 = 860;
/// Pixels of a character and of a line of text, about.
const CHARACTER: i32 = 7;
const LINE: i32 = 16;

/// An axis.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    /// What it shows.
    pub(super) name: &'static str,
    /// A value as text.
    pub(super) text: fn(f64) -> String,
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// A chart that is being drawn.
struct Canvas(Document);

impl Canvas {
    fn new(height: i32, title: &str) -> Self {
        let document = Document::new().set("viewBox", (0, 0, WIDTH, height)).set("width", WIDTH).set("height", height);
        let page = Rectangle::new().set("width", WIDTH).set("height", height).set("class", "page");
        let title = Text::new(title).set("x", 16).set("y", 23).set("class", "ink title");
        Self(document.add(sheet()).add(page).add(title))
    }

    fn text(&mut self, (x, y): (i32, i32), anchor: Anchor, text: impl Into<String>) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        // `y` is the middle of the text, which stands on a line 5 pixels below.
        let text = Text::new(text).set("x", x).set("y", y + 5).set("text-anchor", anchor).set("class", "ink");
        self.add(text);
    }

    fn line(&mut self, places: &[(i32, i32)], class: &str, width: i32) {
        let places: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let line = Polyline::new().set("points", places.join(" "));
        self.add(line.set("class", format!("{class} line")).set("stroke-width", width));
    }

    fn circle(&mut self, (x, y): (i32, i32), radius: i32, class: impl Into<String>) {
        self.add(Circle::new().set("cx", x).set("cy", y).set("r", radius).set("class", class.into()));
    }

    fn add(&mut self, node: impl Node) {
        self.0.append(node);
    }

    fn finish(self) -> String {
        format!("{}\n", self.0)
    }
}

/// The least and the largest of values, a step wider on both sides; both above zero.
fn widened(values: impl Iterator<Item = f64>, factor: f64) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
    if low.is_finite() && high > 0.0 { (low / factor, high * factor) } else { (0.1, 10.0) }
}

/// One, two and five times the powers of ten between two values; where those are few, every multiple.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let between = |multiples: &[f64]| -> Vec<f64> {
        let powers = (-9..12).map(|power| 10f64.powi(power));
        let all = powers.flat_map(|power| multiples.iter().map(move |multiple| multiple * power));
        all.filter(|tick| (low..=high).contains(tick)).collect()
    };
    let choices: [&[f64]; 4] =
        [&[1.0], &[1.0, 3.0], &[1.0, 2.0, 5.0], &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]];
    choices.into_iter().map(between).find(|ticks| ticks.len() >= 3).unwrap_or_else(|| vec![low, high])
}

/// Horizontal bars.
pub(super) struct Bars<'a> {
    pub(super) title: &'a str,
    pub(super) rows: Vec<Series>,
    /// What the bars of a row are, the first in full colour.
    pub(super) series: &'a [&'static str],
    pub(super) text: fn(f64) -> String,
    pub(super) logarithmic: bool,
}

/// The bars of one row.
pub(super) struct Series {
    pub(super) label: String,
    pub(super) tint: Tint,
    pub(super) values: Vec<f64>,
}

impl Bars<'_> {
    pub(super) fn draw(&self) -> String {
        const LEFT: i32 = 230;
        const RIGHT: i32 = 770;
        const TOP: i32 = 64;
        const BAR: i32 = 14;
        const GAP: i32 = 12;
        let step = BAR * length(self.series) + GAP;
        let bottom = TOP + step * length(&self.rows);
        let (low, high) = widened(self.rows.iter().flat_map(|row| row.values.iter().copied()), 1.5);
        let share = |value: f64| if self.logarithmic { (value / low).ln() / (high / low).ln() } else { value / high };
        let at = |value: f64| LEFT + whole(share(value) * f64::from(RIGHT - LEFT));
        let mut canvas = Canvas::new(bottom + 30, self.title);
        let shades = ["full", "pale"].iter().zip(self.series).map(|(shade, name)| format!("{shade}: {name}"));
        let mut legend: Vec<String> = if self.series.len() > 1 { shades.collect() } else { Vec::new() };
        if self.logarithmic {
            legend.push("logarithmic".into());
            for mark in ticks(low, high) {
                canvas.line(&[(at(mark), TOP - 4), (at(mark), bottom)], "grid", 1);
                canvas.text((at(mark), bottom + 14), Anchor::Middle, (self.text)(mark));
            }
        }
        canvas.text((16, 42), Anchor::Start, legend.join(", "));
        let mut top = TOP;
        for row in &self.rows {
            canvas.text((LEFT - 8, top + (step - GAP) / 2), Anchor::End, row.label.as_str());
            for (value, shade) in row.values.iter().zip(["", " pale"]) {
                let width = (at(*value) - LEFT).max(2);
                let bar = Rectangle::new().set("x", LEFT).set("y", top + 1).set("width", width).set("height", BAR - 2);
                canvas.add(bar.set("class", format!("{}{shade}", row.tint.class())));
                canvas.text((LEFT + width + 6, top + BAR / 2), Anchor::Start, (self.text)(*value));
                top += BAR;
            }
            top += GAP;
        }
        canvas.finish()
    }
}

fn length<T>(items: &[T]) -> i32 {
    i32::try_from(items.len()).unwrap_or(i32::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the canvas")]
fn whole(value: f64) -> i32 {
    value.round() as i32
}

/// Points on two logarithmic axes, each with its name.
pub(super) struct Scatter<'a> {
    pub(super) title: &'a str,
    pub(super) points: Vec<Point>,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// A point.
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) label: String,
    pub(super) tint: Tint,
}

/// Where the axes of a chart with two of them are, in pixels, and what they span.
struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

const HEIGHT: i32 = 480;
const LEFT: i32 = 80;
const RIGHT: i32 = 840;
const TOP: i32 = 40;
const BOTTOM: i32 = 420;

impl Frame {
    fn at(&self, x: f64, y: f64) -> (i32, i32) {
        let share = |(low, high): (f64, f64), value: f64| (value / low).ln() / (high / low).ln();
        let right = whole(share(self.x, x) * f64::from(RIGHT - LEFT));
        let up = whole(share(self.y, y) * f64::from(BOTTOM - TOP));
        (LEFT + right, BOTTOM - up)
    }

    fn draw(&self, canvas: &mut Canvas, x: Axis, y: Axis, x_ticks: &[f64]) {
        for tick in x_ticks {
            let (at, _) = self.at(*tick, self.y.0);
            canvas.line(&[(at, TOP), (at, BOTTOM)], "grid", 1);
            canvas.text((at, BOTTOM + 14), Anchor::Middle, (x.text)(*tick));
        }
        for tick in ticks(self.y.0, self.y.1) {
            let (_, at) = self.at(self.x.0, tick);
            canvas.line(&[(LEFT, at), (RIGHT, at)], "grid", 1);
            canvas.text((LEFT - 8, at), Anchor::End, (y.text)(tick));
        }
        canvas.line(&[(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], "ink", 1);
        canvas.text((RIGHT, BOTTOM + 38), Anchor::End, x.name);
        canvas.text((LEFT + 8, TOP + 8), Anchor::Start, y.name);
    }
}

/// Part of the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Area {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Area {
    /// What a point covers.
    fn around((x, y): (i32, i32)) -> Self {
        Self { left: x - 6, top: y - 6, right: x + 6, bottom: y + 6 }
    }

    fn overlaps(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn is_in_the_frame(self) -> bool {
        self.left >= LEFT && self.right <= RIGHT && self.top >= TOP && self.bottom <= BOTTOM
    }
}

/// The first place beside a point for its label that neither leaves the frame nor covers what is `taken`: right or left,
/// at its height or some lines away. To the right where there is none.
fn beside((x, y): (i32, i32), label: &str, taken: &[Area]) -> Area {
    const AWAY: i32 = 10;
    let width = CHARACTER * i32::try_from(label.chars().count()).unwrap_or(0);
    let area = |left: i32, lines: i32| {
        let top = y + lines * LINE - LINE / 2;
        Area { left, top, right: left + width, bottom: top + LINE }
    };
    let places = [0, -1, 1, -2, 2, -3, 3].into_iter();
    let mut places = places.flat_map(|lines| [area(x + AWAY, lines), area(x - AWAY - width, lines)]);
    let fits = |place: &Area| place.is_in_the_frame() && !taken.iter().any(|other| place.overlaps(*other));
    places.find(fits).unwrap_or_else(|| area(x + AWAY, 0))
}

impl Scatter<'_> {
    pub(super) fn draw(&self) -> String {
        let frame = Frame {
            x: widened(self.points.iter().map(|point| point.x), 1.6),
            y: widened(self.points.iter().map(|point| point.y), 1.2),
        };
        let mut canvas = Canvas::new(HEIGHT, self.title);
        frame.draw(&mut canvas, self.x, self.y, &ticks(frame.x.0, frame.x.1));
        if self.points.iter().any(|point| point.tint == Tint::Other) {
            canvas.text((LEFT, BOTTOM + 38), Anchor::Start, "hollow: another statement");
        }
        let places: Vec<(i32, i32)> = self.points.iter().map(|point| frame.at(point.x, point.y)).collect();
        let mut taken: Vec<Area> = places.iter().map(|place| Area::around(*place)).collect();
        for (point, place) in self.points.iter().zip(places) {
            let class = point.tint.class();
            match point.tint {
                Tint::Own => canvas.circle(place, 7, class),
                Tint::Peer => canvas.circle(place, 5, class),
                Tint::Other => canvas.circle(place, 5, format!("{class} line")),
            }
            let label = beside(place, point.label.as_str(), &taken);
            let middle = (label.top + label.bottom) / 2;
            if label.left >= place.0 {
                canvas.text((label.left, middle), Anchor::Start, point.label.as_str());
            } else {
                canvas.text((label.right, middle), Anchor::End, point.label.as_str());
            }
            taken.push(label);
        }
        canvas.finish()
    }
}

/// Lines on two logarithmic axes.
pub(super) struct Lines<'a> {
    pub(super) title: &'a str,
    pub(super) lines: Vec<Line>,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// A line; its points from left to right.
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

impl Lines<'_> {
    pub(super) fn draw(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| line.points.iter().copied());
        let frame =
            Frame { x: widened(points().map(|point| point.0), 1.25), y: widened(points().map(|point| point.1), 1.6) };
        let mut x_ticks: Vec<f64> = points().map(|point| point.0).collect();
        x_ticks.sort_by(f64::total_cmp);
        x_ticks.dedup();
        let mut canvas = Canvas::new(HEIGHT, self.title);
        frame.draw(&mut canvas, self.x, self.y, &x_ticks);
        // Of two lines the first has its figures below, the other above.
        for (line, (tint, side)) in self.lines.iter().zip([(Tint::Own, 1), (Tint::Peer, -1)]) {
            let places: Vec<(i32, i32)> = line.points.iter().map(|(x, y)| frame.at(*x, *y)).collect();
            canvas.line(&places, tint.class(), 2);
            for ((x, y), (_, value)) in places.iter().zip(&line.points) {
                canvas.circle((*x, *y), 4, tint.class());
                canvas.text((*x, y + side * LINE), Anchor::Middle, (self.y.text)(*value));
            }
            if let Some((x, y)) = places.first() {
                canvas.text((*x, y + 2 * side * LINE), Anchor::Middle, line.label);
            }
        }
        canvas.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_at_least_three_where_there_is_room() {
        assert_eq!(ticks(0.02, 12.0), [0.1, 1.0, 10.0]);
        assert_eq!(ticks(190_000.0, 420_000.0), [200_000.0, 250_000.0, 300_000.0, 400_000.0]);
        assert_eq!(ticks(1.01, 1.02), [1.01, 1.02]);
    }

    #[test]
    fn labels_cover_neither_points_nor_each_other() {
        let places = [(300, 200), (310, 204), (305, 190), (830, 200), (90, 50)];
        let mut taken: Vec<Area> = places.iter().map(|place| Area::around(*place)).collect();
        for place in places {
            let label = beside(place, "a name of some length", &taken);
            assert!(label.is_in_the_frame() && !taken.iter().any(|other| label.overlaps(*other)), "{label:?}");
            taken.push(label);
        }
    }
}
