//! Draws the layout of `solvency/v1` as SVG on standard output: `docs/src/images/layout.svg`.
//!
//! Rows run from left to right. First the whole circuit, then the block of the first pair of assets, then the rows
//! around its heads with their contents by name.

mod drawing;

use assay_circuits::Size;
use assay_circuits::chip::limb;
use assay_circuits::chip::poseidon::{ENTRY_LANES, PERMUTATION_ROWS, round, turn};
use assay_circuits::statements::solvency::circuit::BLINDING_ROWS;
use assay_circuits::statements::solvency::layout::{BLOCK, DIFFERENCE_ROW, Layout};
use halo2curves::bn256::Fr;
use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Title};

use drawing::{FAINT, INK, LEFT, WIDTH, cell, text};

const LAYOUT: Layout = Layout::new(Size::Eight);
const ROWS: usize = 1 << LAYOUT.k();

/// What a cell of `a` or `b` holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Zero,
    Limbs,
    Head,
    Accumulator,
    SboxInput,
    FourthPower,
    Lane,
    Filler,
    Blinding,
}

impl Role {
    const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::Zero, "#cbd5e1", "zero above the first limbs"),
        (Self::Limbs, "#7dd3fc", "running values of 2-bit limbs"),
        (Self::Head, "#0369a1", "heads: amounts, quarters of the difference"),
        (Self::Accumulator, "#f59e0b", "accumulator of the weighted sum"),
        (Self::SboxInput, "#86efac", "S-box inputs"),
        (Self::FourthPower, "#15803d", "their fourth powers"),
        (Self::Lane, "#a78bfa", "lanes 1 and 2 entering the partial rounds"),
        (Self::Filler, "#fca5a5", "filler: randomness that no gate reads"),
        (Self::Blinding, "#b91c1c", "halo2's blinding rows"),
    ];

    fn colour(self) -> &'static str {
        Self::ALL.iter().find(|(role, ..)| *role == self).map_or("none", |(_, colour, _)| colour)
    }
}

/// Roles of the cells of both columns.
fn roles() -> [Vec<Role>; 2] {
    let mut columns = [vec![Role::Filler; ROWS], vec![Role::Filler; ROWS]];
    for (b, column) in columns.iter_mut().enumerate() {
        let lanes = |column: &mut [Role], start: usize, heads: usize| {
            column[start..start + 2].fill(Role::Zero);
            column[start + 2..heads + 1].fill(Role::Limbs);
            column[heads + 1..heads + 3].fill(Role::Head);
        };
        lanes(column, 0, DIFFERENCE_ROW);
        for pair in 0..LAYOUT.pairs() {
            lanes(column, Layout::start(pair), Layout::heads(pair));
            if b == 0 {
                column[Layout::heads(pair) + 3] = Role::Accumulator;
            }
        }
        for i in 0..=LAYOUT.pairs() {
            let start = Layout::permutation(i);
            column[start..start + PERMUTATION_ROWS].fill(if b == 0 { Role::SboxInput } else { Role::FourthPower });
            for row in ENTRY_LANES {
                column[start + row] = if b == 0 { Role::Lane } else { Role::Filler };
            }
        }
        column[ROWS - BLINDING_ROWS..].fill(Role::Blinding);
        let filler = &LAYOUT.filler(ROWS - BLINDING_ROWS)[b];
        assert!(column.iter().enumerate().all(|(row, role)| (*role == Role::Filler) == filler.contains(&row)));
    }
    columns
}

/// Colour and name of the code that a fixed column holds in a row.
fn code(column: usize, value: &Fr, round_at_row: &Fr) -> Option<(&'static str, &'static str)> {
    let is = |code: u64| *value == Fr::from(code);
    let on_sbox = *round_at_row != Fr::zero();
    Some(match column {
        0 if is(limb::code::LIMB) => ("#bae6fd", "LIMB"),
        0 if is(limb::code::HEADS) => ("#0c4a6e", "HEADS"),
        0 if is(limb::code::EDGE) => ("#475569", "EDGE"),
        1 if is(round::SBOX) => ("#bbf7d0", "SBOX"),
        1 if is(round::FULL) => ("#14532d", "FULL"),
        1 if is(round::PARTIAL) => ("#4ade80", "PARTIAL"),
        2 if is(turn::OUTPUT) && on_sbox => ("#b45309", "OUTPUT"),
        2 if is(turn::EXIT) && on_sbox => ("#7c3aed", "EXIT"),
        2 if is(turn::ENTER) => ("#4c1d95", "ENTER"),
        2 if is(turn::ENTER_NEXT) => ("#6d28d9", "ENTER, NEXT"),
        3 if *value == Fr::one() => ("#be123c", "carry"),
        3 if *value != Fr::zero() => ("#d6d3d1", "constant"),
        _ => return None,
    })
}

/// Six strips over `rows`: the two private columns and the four fixed ones; equal neighbours are one rectangle.
fn strips(rows: std::ops::Range<usize>, top: f64) -> Group {
    let columns = roles();
    let fixed = LAYOUT.fixed();
    let fixed_columns = [&fixed.limb, &fixed.round, &fixed.turn, &fixed.constant];
    let scale = (WIDTH - LEFT) / rows.len() as f64;
    let mut group = Group::new();
    for (strip, name) in ["a", "b", "limb", "round", "turn", "constant"].into_iter().enumerate() {
        let (y, height) =
            if strip < 2 { (top + 26.0 * strip as f64, 24.0) } else { (top + 22.0 + 17.0 * strip as f64, 13.0) };
        group = group.add(text(LEFT - 8.0, y + height - 4.0, 12, INK, name).set("text-anchor", "end"));
        let content = |row: usize| -> Option<(&str, &str)> {
            match strip {
                0 | 1 => Role::ALL.iter().find(|(role, ..)| *role == columns[strip][row]).map(|(_, c, n)| (*c, *n)),
                _ => code(strip - 2, &fixed_columns[strip - 2][row], &fixed.round[row]),
            }
        };
        let mut row = rows.start;
        while row < rows.end {
            let end = (row..rows.end).find(|&next| content(next) != content(row)).unwrap_or(rows.end);
            if let Some((fill, name)) = content(row) {
                let x = LEFT + (row - rows.start) as f64 * scale;
                let width = ((end - row) as f64 * scale).max(0.8);
                let title = if end == row + 1 {
                    format!("row {row}: {name}")
                } else {
                    format!("rows {row} to {}: {name}", end - 1)
                };
                group = group.add(cell(x, y, width, height, fill, title));
            }
            row = end;
        }
    }
    for (row, anchor) in [(rows.start, "start"), (rows.end, "end")] {
        let x = LEFT + (row - rows.start) as f64 * scale;
        let label = if anchor == "end" { row - 1 } else { row };
        group = group.add(text(x, top + 132.0, 11, FAINT, format!("row {label}")).set("text-anchor", anchor));
    }
    group
}

/// Where the public inputs are read, below the strips of the whole circuit.
fn inputs(top: f64) -> Group {
    let x = |row: usize| LEFT + (row as f64 + 0.5) * (WIDTH - LEFT) / ROWS as f64;
    let mut marks = vec![(DIFFERENCE_ROW, "m".to_owned()), (LAYOUT.commitment_row(), "C".to_owned())];
    marks.extend((0..LAYOUT.pairs()).map(|p| (Layout::heads(p), format!("w, v of assets {}, {}", 2 * p, 2 * p + 1))));
    marks.into_iter().fold(Group::new(), |group, (row, name)| {
        group
            .add(
                Line::new()
                    .set("x1", format!("{:.2}", x(row)))
                    .set("x2", format!("{:.2}", x(row)))
                    .set("y1", top - 134.0)
                    .set("y2", top)
                    .set("stroke", INK)
                    .set("stroke-dasharray", "2 3"),
            )
            .add(text(x(row), top + 13.0, 11, INK, name).set("text-anchor", "middle"))
    })
}

/// The rows around the heads of the first pair, each cell with its content.
fn heads(top: f64) -> Group {
    let rows: [(&str, &str, &str); 10] = [
        ("+0", "limbs", "limbs"),
        ("+1", "x₀", "y₀"),
        ("+2", "x₁", "y₁"),
        ("+3", "acc", "filler"),
        ("+4", "word 0", "fourth power"),
        ("+5", "word 1", "fourth power"),
        ("+6", "capacity", "fourth power"),
        ("+7", "S-box", "fourth power"),
        ("…", "", ""),
        ("+209", "next acc", "filler"),
    ];
    let columns = roles();
    let width = (WIDTH - LEFT) / rows.len() as f64;
    let mut group = Group::new();
    for (strip, name) in ["a", "b"].into_iter().enumerate() {
        group = group.add(text(LEFT - 8.0, top + 48.0 + 34.0 * strip as f64, 12, INK, name).set("text-anchor", "end"));
    }
    for (i, (offset, a, b)) in rows.into_iter().enumerate() {
        let x = LEFT + i as f64 * width;
        group = group.add(text(x + width / 2.0, top + 18.0, 11, FAINT, offset).set("text-anchor", "middle"));
        let Ok(distance) = offset.trim_start_matches('+').parse::<usize>() else { continue };
        for (strip, content) in [a, b].into_iter().enumerate() {
            let role = columns[strip][Layout::heads(0) + distance];
            let y = top + 26.0 + 34.0 * strip as f64;
            let dark = matches!(role, Role::Head | Role::FourthPower);
            group = group
                .add(cell(x, y, width - 3.0, 31.0, role.colour(), format!("row {}", Layout::heads(0) + distance)))
                .add(
                    text(x + (width - 3.0) / 2.0, y + 20.0, 12, if dark { "white" } else { INK }, content)
                        .set("text-anchor", "middle"),
                );
        }
    }
    group
}

fn legend(top: f64) -> Group {
    Role::ALL.into_iter().enumerate().fold(Group::new(), |group, (i, (_, colour, name))| {
        let (x, y) = (LEFT + (i % 3) as f64 * 345.0, top + (i / 3) as f64 * 20.0);
        group.add(cell(x, y, 14.0, 14.0, colour, name.to_owned())).add(text(x + 20.0, y + 11.0, 12, INK, name))
    })
}

fn main() {
    let height = 700.0;
    let document = Document::new()
        .set("viewBox", (0, 0, 1140, 700))
        .set("font-family", "ui-sans-serif, system-ui, sans-serif")
        .set("role", "img")
        .add(Title::new("Layout of the circuit solvency/v1"))
        .add(Rectangle::new().set("width", 1140).set("height", height).set("fill", "white"))
        .add(text(LEFT, 24.0, 14, INK, format!("The whole circuit: {ROWS} rows, from left to right")))
        .add(inputs(172.0))
        .add(strips(0..ROWS, 36.0))
        .add(text(LEFT, 226.0, 14, INK, format!("The block of assets 0 and 1: {BLOCK} rows")))
        .add(strips(Layout::start(0)..Layout::start(0) + BLOCK, 238.0))
        .add(text(
            LEFT,
            416.0,
            14,
            INK,
            "Around its heads: two words, one dot product and the wire to the next block are read from the row +0",
        ))
        .add(heads(424.0))
        .add(text(LEFT, 566.0, 14, INK, "Private cells"))
        .add(legend(580.0))
        .add(text(
            LEFT,
            668.0,
            12,
            FAINT,
            "Fixed columns: point at a stripe for its code. Dashed lines: rows in which public inputs are read.",
        ));
    println!("{document}");
}
