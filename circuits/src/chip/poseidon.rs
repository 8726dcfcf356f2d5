//! One Poseidon permutation in 83 rows of two columns: 81 S-boxes and two linear cells.
//!
//! `a` holds the inputs of S-boxes, round constant included, `b` their fourth powers, so that an output is
//! `u = a·b`, of degree two. Lanes stand in the order 1, 2, 0: the words first, the capacity last.
//!
//! | rows | hold | `round` | `turn` |
//! |---|---|---|---|
//! | 0–11 | four full rounds, three rows each | `FULL` in the first row of each, else `SBOX` | |
//! | 12, 13 | lanes 1 and 2 as the partial rounds begin | 0 | `ENTER`, `ENTER_NEXT` |
//! | 14–70 | lane 0 of the 57 partial rounds | `PARTIAL` up to row 67, then `SBOX` | `EXIT` in row 68 |
//! | 71–82 | four full rounds | `FULL` in the first row of the first three, else `SBOX` | `OUTPUT` in row 80 |
//!
//! **Partial rounds need one cell each.** With `a = M₀₀`, `m = (M₀₁, M₀₂)`, `b = (M₁₀, M₂₀)ᵀ`, `N` the lower 2×2 block of the matrix
//! and `q` the lanes 1 and 2, a round is `x' = a·u + m·q + c₀`, `q' = b·u + N·q + c`. By Cayley–Hamilton
//! `N² = τN − δI` (trace `τ`, determinant `δ`), so `m·q` satisfies a recurrence of order two and `q` disappears:
//!
//! ```text
//! x₃ = τ·x₂ − δ·x₁ + a·u₂ + (m·b − τ·a)·u₁ + (m·N·b − τ·m·b + δ·a)·u₀ + constant
//! ```
//!
//! The first two partial rounds (`ENTER`, `ENTER_NEXT`) and the first full round after the last (`EXIT`) are the
//! boundaries of that recurrence.
//!
//! **Preconditions** rows 0 and 1 are constrained by [`super::absorb`]; row 2, the capacity, by `OUTPUT` of the
//! permutation before, or free: the blinding.
//! **Guarantees** lane 0 of the output is the next permutation's capacity, or the public commitment.

use halo2_proofs::plonk::{ConstraintSystem, Expression};

use super::{Columns, Input, Row, constant, rotation, select};
use crate::poseidon::{FULL_ROUNDS, PARTIAL_ROUNDS, Parameters, State, WIDTH, sbox};
use crate::units::Fr;

const HALF: usize = FULL_ROUNDS / 2;
/// First row of the partial rounds.
const PARTIAL: usize = WIDTH * HALF + 2;
/// First row of the second half of the full rounds.
const SECOND_HALF: usize = PARTIAL + PARTIAL_ROUNDS;
/// Rows of a permutation.
pub const PERMUTATION_ROWS: usize = SECOND_HALF + WIDTH * HALF;
/// First row of the last round.
pub const LAST_ROUND: usize = PERMUTATION_ROWS - WIDTH;
/// The two rows without an S-box: their `b` is read by no gate.
pub const ENTRY_LANES: [usize; 2] = [PARTIAL - 2, PARTIAL - 1];
/// Row of the capacity lane.
pub const CAPACITY: usize = 2;
/// Lanes in the order of their rows.
const LANES: [usize; WIDTH] = [1, 2, 0];

/// Codes of the `round` column.
pub mod round {
    /// An S-box.
    pub const SBOX: u64 = 1;
    /// An S-box, the first of a full round whose three outputs are mixed into the next three rows.
    pub const FULL: u64 = 2;
    /// An S-box, the first of three partial rounds that give the lane 0 of the next.
    pub const PARTIAL: u64 = 3;
}

/// Codes of the `turn` column. The same two serve off S-box rows, to enter the partial rounds, and on them, to leave.
pub mod turn {
    /// Off an S-box row: lane 0 of the second partial round.
    pub const ENTER: u64 = 1;
    /// Off an S-box row: lane 0 of the third partial round.
    pub const ENTER_NEXT: u64 = 2;
    /// On an S-box row: the last round, whose lane 0 becomes the next capacity or the commitment.
    pub const OUTPUT: u64 = 1;
    /// On an S-box row: the last three partial rounds become the first full round after them.
    pub const EXIT: u64 = 2;
}

/// Coefficients of the partial rounds.
struct Partial {
    /// `a = M₀₀`, `m·b − τ·a`, `m·N·b − τ·m·b + δ·a`: of `u₂`, `u₁`, `u₀`.
    u: [Fr; 3],
    trace: Fr,
    determinant: Fr,
    m: [Fr; 2],
    b: [Fr; 2],
    n: [[Fr; 2]; 2],
    /// `m·N`.
    mn: [Fr; 2],
    /// `m·b`.
    mb: Fr,
}

fn dot<const W: usize>(x: [Fr; W], y: [Fr; W]) -> Fr {
    x.into_iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Lanes 1 and 2.
fn lower(state: State) -> [Fr; 2] {
    [state[1], state[2]]
}

impl Partial {
    fn new() -> Self {
        let mds = &Parameters::get().mds;
        let a = mds[0][0];
        let (m, b, n) = (lower(mds[0]), [mds[1][0], mds[2][0]], [lower(mds[1]), lower(mds[2])]);
        let (trace, determinant) = (n[0][0] + n[1][1], n[0][0] * n[1][1] - n[0][1] * n[1][0]);
        let mn = [dot(m, [n[0][0], n[1][0]]), dot(m, [n[0][1], n[1][1]])];
        let (mb, mnb) = (dot(m, b), dot(mn, b));
        let u = [a, mb - trace * a, mnb - trace * mb + determinant * a];
        Self { u, trace, determinant, m, b, n, mn, mb }
    }

    /// Constant of the recurrence that gives lane 0 of partial round `j + 3`; `round` is the number of round `j + 1`.
    fn constant(&self, round: usize) -> Fr {
        let c = |i: usize| Parameters::get().constants[round + i];
        c(2)[0] + dot(self.m, lower(c(1))) + dot(self.mn, lower(c(0)))
            - self.trace * (dot(self.m, lower(c(0))) + c(1)[0])
            + self.determinant * c(0)[0]
    }
}

/// What the gates read from elsewhere.
pub(crate) struct Inputs {
    /// From the row of the last round of a permutation to the capacity of the next.
    pub(crate) next_capacity: i32,
    /// The commitments, each moved to the row of the last round of its last permutation.
    pub(crate) commitments: Vec<Input>,
}

/// The gates.
pub(crate) fn configure(meta: &mut ConstraintSystem<Fr>, columns: &Columns, inputs: &Inputs) {
    full_rounds(meta, columns);
    partial_rounds(meta, columns);
    output(meta, columns, inputs);
}

fn full_rounds(meta: &mut ConstraintSystem<Fr>, columns: &Columns) {
    let parameters = Parameters::get();

    // Degree 5: selector 1, fourth power 4. Constrains b; a is constrained by the gates below.
    meta.create_gate("S-box", |meta| {
        let mut at = Row::new(meta, columns);
        let square = at.a(0).square();
        [("b = a^4", at.round() * (square.square() - at.b(0)))]
    });

    // Degree 5: selector 3, S-box outputs 2. Constrains the next three rows.
    meta.create_gate("full round", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = select(&at.round(), &[round::SBOX, round::PARTIAL]);
        let names = ["a(3) = M₁·u + constant(0)", "a(4) = M₂·u + constant(1)", "a(5) = M₀·u + constant(2)"];
        [0, 1, 2].map(|position| {
            let offset = rotation(position);
            let mixed = mix(&mut at, &parameters.mds[LANES[position]]) + at.constant(offset);
            (names[position], selector.clone() * (mixed - at.a(3 + offset)))
        })
    });
}

fn partial_rounds(meta: &mut ConstraintSystem<Fr>, columns: &Columns) {
    let parameters = Parameters::get();
    let partial = Partial::new();

    // Degree 5: selector 3, S-box outputs 2. Constrains a of the row three below.
    meta.create_gate("partial round", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = select(&at.round(), &[round::SBOX, round::FULL]);
        let next = recurrence(&mut at, &partial) + at.constant(0);
        [("a(3) = τ·a(2) − δ·a(1) + Σ u + constant(0)", selector * (next - at.a(3)))]
    });

    // Degree 5: selector 3, S-box outputs 2. Row 0 is lane 1, row 1 lane 2, row 2 the first partial S-box.
    meta.create_gate("enter", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = turn_selector(&mut at, turn::ENTER, false);
        let first = parameters.constants[HALF + 1][0];
        let next = at.sbox_output(2) * partial.u[0] + at.a(0) * partial.m[0] + at.a(1) * partial.m[1];
        [("a(3) = a·u(2) + m·(a(0), a(1)) + constant", selector * (next + constant(first) - at.a(3)))]
    });

    // The same for the second partial round, one row further down; lane 1 is eliminated with the equation above.
    meta.create_gate("enter, next", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = turn_selector(&mut at, turn::ENTER_NEXT, false);
        let (c1, c2) = (parameters.constants[HALF + 1], parameters.constants[HALF + 2]);
        let ratio = partial.mn[0] * inverse(partial.m[0]);
        // lane 1 = (a(2) − a·u(1) − m₂·a(0) − c1) / m₁
        let next = at.sbox_output(2) * partial.u[0]
            + at.sbox_output(1) * (partial.mb - ratio * partial.u[0])
            + at.a(2) * ratio
            + at.a(0) * (partial.mn[1] - ratio * partial.m[1]);
        let known = c2[0] + dot(partial.m, lower(c1)) - ratio * c1[0];
        [("a(3) = a·u(2) + m·b·u(1) + m·N·(lane 1, a(0)) + constant", selector * (next + constant(known) - at.a(3)))]
    });

    // Degree 5: selector 3, S-box outputs 2. Rows 0, 1, 2 are the last partial rounds, rows 3, 4, 5 lanes 1, 2, 0.
    meta.create_gate("exit", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = turn_selector(&mut at, turn::EXIT, true);
        let last = HALF + PARTIAL_ROUNDS; // the first full round of the second half
        let capacity = recurrence(&mut at, &partial) + constant(partial.constant(last - 2));
        let [lane1, lane2] = leave(&mut at, &partial, last);
        [
            ("a(3) = lane 1 after the partial rounds", selector.clone() * (lane1 - at.a(3))),
            ("a(4) = lane 2 after the partial rounds", selector.clone() * (lane2 - at.a(4))),
            ("a(5) = τ·a(2) − δ·a(1) + Σ u + constant", selector * (capacity - at.a(5))),
        ]
    });
}

fn output(meta: &mut ConstraintSystem<Fr>, columns: &Columns, inputs: &Inputs) {
    let parameters = Parameters::get();

    // Degree 5: selector 3, carried capacity 2. The carry is one but for the last permutation, where C stands.
    meta.create_gate("output", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = turn_selector(&mut at, turn::OUTPUT, true);
        let output = mix(&mut at, &parameters.mds[0]);
        let capacity = at.constant(0) * (at.a(inputs.next_capacity) - constant(parameters.constants[0][0]));
        let commitments = inputs.commitments.iter().map(|input| at.input(*input));
        let commitment = commitments.reduce(|sum, input| sum + input).expect("there is a commitment");
        [("M₀·u = carry·next capacity + C", selector * (output - capacity - commitment))]
    });
}

/// Selects the rows with this code of [`turn`], on S-box rows or off them. The rows in question have `round = SBOX` or 0.
fn turn_selector(at: &mut Row<'_, '_>, code: u64, on_sbox_row: bool) -> Expression<Fr> {
    let other = turn::OUTPUT + turn::EXIT - code;
    let sbox = at.round();
    let side = if on_sbox_row { sbox } else { constant(Fr::from(round::SBOX)) - sbox };
    select(&at.turn(), &[other]) * side
}

/// One row of the matrix times the three S-box outputs that begin in this row.
fn mix(at: &mut Row<'_, '_>, matrix_row: &State) -> Expression<Fr> {
    let [first, second, third] = LANES.map(|lane| matrix_row[lane]);
    at.sbox_output(0) * first + at.sbox_output(1) * second + at.sbox_output(2) * third
}

/// The recurrence without its constant.
fn recurrence(at: &mut Row<'_, '_>, partial: &Partial) -> Expression<Fr> {
    at.a(2) * partial.trace - at.a(1) * partial.determinant
        + at.sbox_output(2) * partial.u[0]
        + at.sbox_output(1) * partial.u[1]
        + at.sbox_output(0) * partial.u[2]
}

/// Lanes 1 and 2 two rounds after `q`, the lanes of the second of three partial rounds, solved from what `q` did to
/// lane 0: `m·q = a(2) − a·u(0)′ − c₀` and `m·N·q = a(5) − …`, where `u(1)`, `u(2)` are the last two S-box outputs.
fn leave(at: &mut Row<'_, '_>, partial: &Partial, last: usize) -> [Expression<Fr>; 2] {
    let constants = &Parameters::get().constants;
    let (c1, c2) = (constants[last - 1], constants[last]);
    // q(k): lanes 1, 2 in the partial round of row k. x(2) = a·u(1) + m·q(1) + c1₀ and x(3) = a·u(2) + m·q(2) + c2₀,
    // with q(2) = b·u(1) + N·q(1) + c1 and x(3) = a(5).
    let seen = [
        at.a(2) - at.sbox_output(1) * partial.u[0] - constant(c1[0]),
        at.a(5)
            - at.sbox_output(2) * partial.u[0]
            - at.sbox_output(1) * partial.mb
            - constant(c2[0] + dot(partial.m, lower(c1))),
    ];
    // q(1) = G⁻¹·seen with G = (m; m·N); q(3) = b·u(2) + N·(b·u(1) + N·q(1) + c1) + c2.
    let [g0, g1] = [partial.m, partial.mn];
    let scale = inverse(g0[0] * g1[1] - g0[1] * g1[0]);
    let inverse_g = [[g1[1] * scale, -g0[1] * scale], [-g1[0] * scale, g0[0] * scale]];
    [0, 1].map(|lane| {
        let n = partial.n[lane];
        let nn = [dot(n, [partial.n[0][0], partial.n[1][0]]), dot(n, [partial.n[0][1], partial.n[1][1]])];
        let of_seen = |i: usize| dot(nn, [inverse_g[0][i], inverse_g[1][i]]);
        seen[0].clone() * of_seen(0)
            + seen[1].clone() * of_seen(1)
            + at.sbox_output(2) * partial.b[lane]
            + at.sbox_output(1) * dot(n, partial.b)
            + constant(dot(n, lower(c1)) + c2[1 + lane])
    })
}

fn inverse(value: Fr) -> Fr {
    value.invert().expect("not zero for circomlib's matrix")
}

/// Writes the codes and constants of one permutation; `carry` is false for the last.
pub(crate) fn fixed(round: &mut [Fr], turn: &mut [Fr], constants: &mut [Fr], carry: bool) {
    let parameters = Parameters::get();
    let partial = Partial::new();
    round.fill(Fr::from(round::SBOX));
    for row in ENTRY_LANES {
        round[row] = Fr::zero();
    }
    let full = (0..HALF)
        .map(|r| (r, WIDTH * r))
        .chain((0..HALF - 1).map(|r| (HALF + PARTIAL_ROUNDS + r, SECOND_HALF + WIDTH * r)));
    for (number, row) in full {
        round[row] = Fr::from(round::FULL);
        for (position, lane) in LANES.into_iter().enumerate() {
            constants[row + position] = parameters.constants[number + 1][lane];
        }
    }
    for j in 0..PARTIAL_ROUNDS - 3 {
        round[PARTIAL + j] = Fr::from(round::PARTIAL);
        constants[PARTIAL + j] = partial.constant(HALF + j + 1);
    }
    turn[ENTRY_LANES[0]] = Fr::from(turn::ENTER);
    turn[ENTRY_LANES[1]] = Fr::from(turn::ENTER_NEXT);
    turn[SECOND_HALF - 3] = Fr::from(turn::EXIT);
    turn[LAST_ROUND] = Fr::from(turn::OUTPUT);
    constants[LAST_ROUND] = Fr::from(u64::from(carry));
}

/// Writes one permutation of `state` and returns lane 0 of its output.
pub(crate) fn assign(a: &mut [Fr], b: &mut [Fr], mut state: State) -> Fr {
    let parameters = Parameters::get();
    let mut row = 0;
    for (number, constants) in parameters.constants.iter().enumerate() {
        for (lane, constant) in state.iter_mut().zip(constants) {
            *lane += constant;
        }
        let is_partial = (HALF..HALF + PARTIAL_ROUNDS).contains(&number);
        let written: &[usize] = match number {
            HALF => &LANES,
            _ if is_partial => &LANES[CAPACITY..],
            _ => &LANES,
        };
        for &lane in written {
            a[row] = state[lane];
            if lane == 0 || !is_partial {
                b[row] = state[lane].square().square();
                state[lane] = sbox(state[lane]);
            }
            row += 1;
        }
        state = parameters.mds.map(|matrix_row| dot(matrix_row, state));
    }
    state[0]
}
