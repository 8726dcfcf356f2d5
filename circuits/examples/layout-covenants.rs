//! Draws the layout of `covenants/v1` as SVG on standard output: `docs/src/images/layout-covenants.svg`.
//!
//! The first shape: rows run from left to right, with what its three private columns hold and the codes of the sum.

mod drawing;

use assay_circuits::chip::combination::code;
use assay_circuits::chip::poseidon::PERMUTATION_ROWS;
use assay_circuits::statements::covenants::Shape;
use assay_circuits::statements::covenants::layout::{BLINDING_ROWS, HELPER_BLOCK, Layout, SLACK_BLOCK};
use halo2curves::bn256::Fr;
use svg::Document;
use svg::node::element::{Group, Rectangle, Title};

use drawing::{FAINT, INK, LEFT, WIDTH, cell, text};

const SHAPE: Shape = Shape::ALL[0];
const LAYOUT: Layout = Layout::new(SHAPE);
const ROWS: usize = 1 << LAYOUT.k();

/// What a row of a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Idle,
    Slack,
    Amounts,
    Helpers,
    Permutation,
    Sum,
    Filler,
    Blinding,
}

impl Role {
    const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::Idle, "#f1f5f9", "zero, and no gate reads it"),
        (Self::Slack, "#fbbf24", "lanes of the slack of a test"),
        (Self::Amounts, "#38bdf8", "lanes of two assets: collateral and debt"),
        (Self::Helpers, "#a78bfa", "lanes of four helper amounts"),
        (Self::Permutation, "#4ade80", "a permutation: S-box inputs and their fourth powers"),
        (Self::Sum, "#f97316", "the sum under the challenge"),
        (Self::Filler, "#fca5a5", "filler: randomness that no gate reads"),
        (Self::Blinding, "#b91c1c", "halo2's blinding rows"),
    ];

    fn shown(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(role, ..)| *role == self).map_or(("none", ""), |(_, colour, name)| (*colour, *name))
    }
}

/// Roles of the rows of `a` and `b`, and of those of `s`.
fn roles() -> [Vec<Role>; 2] {
    let [mut amounts, mut sum] = [vec![Role::Idle; ROWS], vec![Role::Idle; ROWS]];
    let block =
        |column: &mut Vec<Role>, above: usize, rows: usize, role| column[above + 3 - rows..above + 3].fill(role);
    for test in 0..SHAPE.tests() {
        block(&mut amounts, Layout::slack(test), SLACK_BLOCK, Role::Slack);
    }
    for pair in 0..LAYOUT.pairs() {
        block(&mut amounts, LAYOUT.heads(0, pair), HELPER_BLOCK, Role::Amounts);
    }
    for helpers in 0..LAYOUT.helper_blocks() {
        block(&mut amounts, LAYOUT.helpers(helpers), HELPER_BLOCK, Role::Helpers);
    }
    for i in 0..=LAYOUT.pairs() {
        let first = LAYOUT.permutation(0, i);
        amounts[first..first + PERMUTATION_ROWS].fill(Role::Permutation);
    }
    sum[Layout::slack(0) + 1..=LAYOUT.end()].fill(Role::Sum);
    for column in [&mut amounts, &mut sum] {
        column[LAYOUT.filler()].fill(Role::Filler);
        column[ROWS - BLINDING_ROWS..].fill(Role::Blinding);
    }
    [amounts, sum]
}

/// Colour and name of a code of the sum.
fn step(value: &Fr) -> Option<(&'static str, &'static str)> {
    let codes = [
        (code::CARRY, "#e7e5e4", "CARRY"),
        (code::SLACK, "#b45309", "SLACK"),
        (code::FIRST, "#7c2d12", "FIRST"),
        (code::END, "#0f172a", "END"),
    ];
    codes.into_iter().find(|(code, ..)| *value == Fr::from(*code)).map(|(_, colour, name)| (colour, name))
}

/// One strip of all rows; equal neighbours are one rectangle.
fn strip(name: &str, y: f64, height: f64, content: impl Fn(usize) -> Option<(&'static str, &'static str)>) -> Group {
    let scale = (WIDTH - LEFT) / ROWS as f64;
    let label = text(LEFT - 8.0, y + height - 5.0, 12, INK, name).set("text-anchor", "end");
    let mut group = Group::new().add(label);
    let mut row = 0;
    while row < ROWS {
        let end = (row..ROWS).find(|next| content(*next) != content(row)).unwrap_or(ROWS);
        if let Some((fill, name)) = content(row) {
            let width = ((end - row) as f64 * scale).max(0.8);
            let title = format!("rows {row} to {}: {name}", end - 1);
            group = group.add(cell(LEFT + row as f64 * scale, y, width, height, fill, title));
        }
        row = end;
    }
    group
}

fn main() {
    let [amounts, sum] = roles();
    let (_, steps) = LAYOUT.fixed();
    let mut document = Document::new()
        .set("viewBox", (0, 0, 1140, 280))
        .set("font-family", "ui-sans-serif, system-ui, sans-serif")
        .set("role", "img")
        .add(Title::new("Layout of the circuit covenants/v1"))
        .add(Rectangle::new().set("width", 1140).set("height", 280).set("fill", "white"))
        .add(text(LEFT, 24.0, 14, INK, format!("{SHAPE}: {ROWS} rows, from left to right")))
        .add(strip("a, b", 36.0, 34.0, |row| Some(amounts[row].shown())))
        .add(strip("s", 74.0, 24.0, |row| Some(sum[row].shown())))
        .add(strip("step", 102.0, 16.0, |row| step(&steps[row])));
    let scale = (WIDTH - LEFT) / ROWS as f64;
    for (row, name, y) in [
        (0, "slacks", 134.0),
        (LAYOUT.start(0) + 3, "commitment and amounts", 134.0),
        (LAYOUT.helpers(0) + 3 - HELPER_BLOCK, "helper amounts", 134.0),
        (LAYOUT.rows(), "filler, then nothing", 148.0),
    ] {
        document = document.add(text(LEFT + row as f64 * scale, y, 11, FAINT, format!("row {row}: {name}")));
    }
    for (i, (_, colour, name)) in Role::ALL.into_iter().enumerate() {
        let (x, y) = (LEFT + (i % 2) as f64 * 520.0, 166.0 + (i / 2) as f64 * 22.0);
        document =
            document.add(cell(x, y, 14.0, 14.0, colour, name.to_owned())).add(text(x + 20.0, y + 11.0, 12, INK, name));
    }
    println!("{document}");
}
