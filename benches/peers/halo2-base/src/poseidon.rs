//! circomlib's Poseidon permutation over halo2-base's gate `a + b·c = d`, in as few cells as we found.
//!
//! halo2-base's own hasher cannot be used: its sponge starts from a capacity of `2^64`, circomlib's from the chaining
//! value. It takes 30 cells a partial round; this takes 25.
//!
//! Three ideas, each a change of what a cell stands for and none of what is computed:
//! - a linear combination whose first coefficient is one costs three cells less, so cells hold a multiple of their value
//!   ([`Lane`]), by a factor that makes it one;
//! - round constants are added by the gate that ends the S-box, in the amount of which the next linear layer makes them
//!   ([`Layers::shifts`]);
//! - a partial round has one cell of linear layer, because lane 0 obeys a recurrence of order two (Cayley–Hamilton for the
//!   lower block of the matrix); lanes 1 and 2 come back after the last partial round.

use std::sync::OnceLock;

use assay_circuits::poseidon::{FULL_ROUNDS, PARTIAL_ROUNDS, Parameters, ROUNDS, WIDTH};
use ff::Field;
use halo2_base::gates::{GateChip, GateInstructions};
use halo2_base::halo2_proofs::halo2curves::bn256::Fr;
use halo2_base::{AssignedValue, Context, QuantumCell};

/// First partial round.
const FIRST: usize = FULL_ROUNDS / 2;
/// The full round after the partial ones.
const AFTER: usize = FIRST + PARTIAL_ROUNDS;

/// A cell that holds `scale` times a value.
#[derive(Clone, Copy)]
struct Lane {
    cell: AssignedValue<Fr>,
    scale: Fr,
    /// `1/scale`, carried along since inversions are slow.
    inverse: Fr,
}

impl Lane {
    fn plain(cell: AssignedValue<Fr>) -> Self {
        Self { cell, scale: Fr::ONE, inverse: Fr::ONE }
    }
}

/// `start + Σ coefficient·cell`: one cell, and three a term.
pub(crate) fn chain(
    ctx: &mut Context<Fr>,
    start: QuantumCell<Fr>,
    terms: impl IntoIterator<Item = (QuantumCell<Fr>, QuantumCell<Fr>)>,
) -> AssignedValue<Fr> {
    let mut sum = *start.value();
    let mut cells = vec![start];
    for (left, right) in terms {
        sum += *left.value() * right.value();
        cells.extend([left, right, QuantumCell::Witness(sum)]);
    }
    let gates = (0..cells.len() as isize - 1).step_by(3);
    ctx.assign_region_last(cells, gates)
}

/// `Σ coefficient·value` of `first` and `others`, where `inverse` is one over the first coefficient.
fn combine<const N: usize>(ctx: &mut Context<Fr>, first: (Lane, Fr, Fr), others: [(Lane, Fr); N]) -> Lane {
    let (lane, coefficient, inverse) = first;
    let (scale, inverse) = (lane.scale * inverse, lane.inverse * coefficient);
    let terms = others.map(|(lane, coefficient)| (lane.cell.into(), constant(scale * coefficient * lane.inverse)));
    Lane { cell: chain(ctx, lane.cell.into(), terms), scale, inverse }
}

/// `start + Σ coefficient·value`, not scaled.
fn exact<const N: usize>(ctx: &mut Context<Fr>, start: Fr, terms: [(Lane, Fr); N]) -> Lane {
    let terms = terms.map(|(lane, coefficient)| (lane.cell.into(), constant(coefficient * lane.inverse)));
    Lane::plain(chain(ctx, constant(start), terms))
}

fn constant(value: Fr) -> QuantumCell<Fr> {
    QuantumCell::Constant(value)
}

/// `x^5 + shift`: twelve cells.
fn sbox(ctx: &mut Context<Fr>, gate: &GateChip<Fr>, x: Lane, shift: Fr) -> Lane {
    let fifth = |x: Fr| x.square().square() * x;
    let (scale, inverse) = (fifth(x.scale), fifth(x.inverse));
    let square = gate.mul(ctx, x.cell, x.cell);
    let fourth = gate.mul(ctx, square, square);
    let cell = gate.mul_add(ctx, fourth, x.cell, constant(scale * shift));
    Lane { cell, scale, inverse }
}

/// What the linear layers are made of. The matrix is `[[a, row], [column, B]]`.
struct Layers {
    mds: [[Fr; WIDTH]; WIDTH],
    /// One over the first column of the matrix.
    inverses: [Fr; WIDTH],
    /// For each round the shifts of its S-boxes, which the linear layer turns into the constants of the next round.
    shifts: [[Fr; WIDTH]; ROUNDS],
    /// `u(r+1) = a·y(r) + …`: coefficients of `y(r−1)`, `y(r−2)`, `u(r)`, `u(r−1)`, where `u` and `y` are what enters and
    /// leaves the S-box of lane 0.
    recurrence: [Fr; 4],
    /// The same where the sequence starts: `u(FIRST+2)` of `y(FIRST)` and the lower lanes of round `FIRST`.
    second: [Fr; 3],
    /// Lanes 1 and 2 of round `AFTER`: coefficients of `y(AFTER−1)`, `y(AFTER−2)`, `u(AFTER)`, `u(AFTER−1)`, and constants.
    leave: [([Fr; 4], Fr); WIDTH - 1],
}

impl Layers {
    fn get() -> &'static Self {
        static LAYERS: OnceLock<Layers> = OnceLock::new();
        LAYERS.get_or_init(Self::derive)
    }

    fn derive() -> Self {
        let Parameters { constants, mds } = Parameters::get();
        let invert = |x: Fr| x.invert().expect("not zero for these parameters");
        let dot = |l: [Fr; 2], r: [Fr; 2]| l[0] * r[0] + l[1] * r[1];
        let a = mds[0][0];
        let row = [mds[0][1], mds[0][2]];
        let column = [mds[1][0], mds[2][0]];
        let block = [[mds[1][1], mds[1][2]], [mds[2][1], mds[2][2]]];
        let trace = block[0][0] + block[1][1];
        let determinant = block[0][0] * block[1][1] - block[0][1] * block[1][0];
        let row_block = [dot(row, [block[0][0], block[1][0]]), dot(row, [block[0][1], block[1][1]])];
        let lower = |round: usize| [constants[round][1], constants[round][2]];

        // With Q the lower lanes that enter round r, constants included, and t = row·Q:
        //     Q(r) = column·y(r−1) + B·Q(r−1) + lower(r)                u(r+1) = a·y(r) + t(r) + constant(r+1)
        //     t(r) = trace·t(r−1) − determinant·t(r−2) + e1·y(r−1) + e0·y(r−2) + g(r)
        let e1 = dot(row, column);
        let e0 = dot(row_block, column) - trace * e1;
        let g = |r: usize| dot(row, lower(r)) + dot(row_block, lower(r - 1)) - trace * dot(row, lower(r - 1));
        let recurrence = [e1 - trace * a, e0 + determinant * a, trace, -determinant];
        let second = [e1, row_block[0], row_block[1]];

        // Partial rounds: a·shift(r) is the constant of u(r+1), less what earlier shifts bring with them.
        let mut shifts = [[Fr::ZERO; WIDTH]; ROUNDS];
        for r in FIRST..AFTER {
            let constant = constants[r + 1][0];
            let wanted = match r - FIRST {
                0 => constant,
                1 => constant + dot(row, lower(r)) - e1 * shifts[r - 1][0],
                _ => {
                    let known = trace * constants[r][0] - determinant * constants[r - 1][0];
                    let brought = recurrence[0] * shifts[r - 1][0] + recurrence[1] * shifts[r - 2][0];
                    constant + g(r) - known - brought
                }
            };
            shifts[r][0] = wanted * invert(a);
        }
        // Full rounds: shifts are M⁻¹·constants.
        let inverse = inverse(mds);
        for r in (0..FIRST).chain(AFTER..ROUNDS - 1) {
            shifts[r] = inverse.map(|row| (0..WIDTH).map(|i| row[i] * constants[r + 1][i]).sum());
        }

        // Q(AFTER−2) from t(AFTER−2) and row·B·Q(AFTER−2) = t(AFTER−1) − e1·y(AFTER−2) − row·lower(AFTER−1), by the inverse
        // of [row; row·B]; from it the lanes of round AFTER, as forms over the four cells and one.
        let (last, before) = (AFTER - 1, AFTER - 2);
        let over = invert(row[0] * row_block[1] - row[1] * row_block[0]);
        let observe = [[row_block[1] * over, -row[1] * over], [-row_block[0] * over, row[0] * over]];
        // Over y(last), y(before), u(AFTER), u(last), 1; the y with their shifts taken off.
        let y_last = [Fr::ONE, Fr::ZERO, Fr::ZERO, Fr::ZERO, -shifts[last][0]];
        let y_before = [Fr::ZERO, Fr::ONE, Fr::ZERO, Fr::ZERO, -shifts[before][0]];
        let unit = |i: usize| std::array::from_fn(|j| if i == j { Fr::ONE } else { Fr::ZERO });
        let form = |terms: &[(Fr, [Fr; 5])]| -> [Fr; 5] {
            std::array::from_fn(|i| terms.iter().map(|(coefficient, form)| *coefficient * form[i]).sum())
        };
        let t_last = form(&[(Fr::ONE, unit(2)), (-a, y_last), (-constants[AFTER][0], unit(4))]);
        let t_before = form(&[(Fr::ONE, unit(3)), (-a, y_before), (-constants[last][0], unit(4))]);
        let observed = form(&[(Fr::ONE, t_last), (-e1, y_before), (-dot(row, lower(last)), unit(4))]);
        let q_before = observe.map(|[l, r]| form(&[(l, t_before), (r, observed)]));
        let next = |y: [Fr; 5], q: [[Fr; 5]; 2], round: usize| -> [[Fr; 5]; 2] {
            std::array::from_fn(|i| {
                form(&[(column[i], y), (block[i][0], q[0]), (block[i][1], q[1]), (lower(round)[i], unit(4))])
            })
        };
        let q_last = next(y_before, q_before, last);
        let leave = next(y_last, q_last, AFTER).map(|form| ([form[0], form[1], form[2], form[3]], form[4]));
        Self { mds: *mds, inverses: mds.map(|row| invert(row[0])), shifts, recurrence, second, leave }
    }

    /// A row of the matrix.
    fn row(&self, ctx: &mut Context<Fr>, row: usize, y: [Lane; WIDTH]) -> Lane {
        let [first, second, third] = self.mds[row];
        combine(ctx, (y[0], first, self.inverses[row]), [(y[1], second), (y[2], third)])
    }

    /// A full round: S-boxes, then the whole matrix.
    fn full(&self, ctx: &mut Context<Fr>, gate: &GateChip<Fr>, round: usize, state: [Lane; WIDTH]) -> [Lane; WIDTH] {
        let shifts = self.shifts[round];
        let y = std::array::from_fn(|i| sbox(ctx, gate, state[i], shifts[i]));
        std::array::from_fn(|i| self.row(ctx, i, y))
    }

    /// All partial rounds.
    fn partial(&self, ctx: &mut Context<Fr>, gate: &GateChip<Fr>, state: [Lane; WIDTH]) -> [Lane; WIDTH] {
        let [first, left, right] = state;
        let (a, inverse) = (self.mds[0][0], self.inverses[0]);
        let [_, row_left, row_right] = self.mds[0];
        let mut y = sbox(ctx, gate, first, self.shifts[FIRST][0]);
        let mut u = combine(ctx, (y, a, inverse), [(left, row_left), (right, row_right)]);
        let mut y_before = y;
        y = sbox(ctx, gate, u, self.shifts[FIRST + 1][0]);
        let [of_y, of_left, of_right] = self.second;
        let next = combine(ctx, (y, a, inverse), [(y_before, of_y), (left, of_left), (right, of_right)]);
        let mut u_before = u;
        u = next;
        for round in FIRST + 2..AFTER {
            let [y1, y2, u0, u1] = self.recurrence;
            let new = sbox(ctx, gate, u, self.shifts[round][0]);
            let next = combine(ctx, (new, a, inverse), [(y, y1), (y_before, y2), (u, u0), (u_before, u1)]);
            (y_before, y) = (y, new);
            (u_before, u) = (u, next);
        }
        let [left, right] = self.leave.map(|([y0, y1, u0, u1], constant)| {
            exact(ctx, constant, [(y, y0), (y_before, y1), (u, u0), (u_before, u1)])
        });
        [u, left, right]
    }

    /// The permutation up to the S-boxes of the last round, that of lane 0 shifted. The constants of the first round are in
    /// `state` already.
    fn permute(&self, ctx: &mut Context<Fr>, gate: &GateChip<Fr>, state: [Lane; WIDTH], shift: Fr) -> [Lane; WIDTH] {
        let mut state = state;
        for round in 0..FIRST {
            state = self.full(ctx, gate, round, state);
        }
        state = self.partial(ctx, gate, state);
        for round in AFTER..ROUNDS - 1 {
            state = self.full(ctx, gate, round, state);
        }
        let shifts = [shift, Fr::ZERO, Fr::ZERO];
        std::array::from_fn(|i| sbox(ctx, gate, state[i], shifts[i]))
    }
}

fn inverse(m: &[[Fr; WIDTH]; WIDTH]) -> [[Fr; WIDTH]; WIDTH] {
    let minor = |i: usize, j: usize| {
        let [i1, i2, j1, j2] = [(i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3];
        m[i1][j1] * m[i2][j2] - m[i1][j2] * m[i2][j1]
    };
    let determinant: Fr = (0..WIDTH).map(|j| m[0][j] * minor(0, j)).sum();
    let over = determinant.invert().expect("the matrix is invertible");
    std::array::from_fn(|i| std::array::from_fn(|j| minor(j, i) * over))
}

/// What a permutation absorbs in one lane.
#[derive(Clone, Copy)]
#[expect(clippy::large_enum_variant, reason = "there are ten")]
pub enum Word {
    /// A constant of the circuit.
    Constant(Fr),
    /// `low + factor·high`.
    Packed {
        /// Added as it is.
        low: AssignedValue<Fr>,
        /// Added times `factor`.
        high: AssignedValue<Fr>,
        /// A constant.
        factor: Fr,
    },
}

/// `assay_circuits::poseidon::compress` of `first` and the words of the first step, then of the result and the words of the
/// next, to the end.
///
/// # Panics
/// Where there is no step.
pub fn fold(
    ctx: &mut Context<Fr>,
    gate: &GateChip<Fr>,
    first: QuantumCell<Fr>,
    steps: &[[Word; 2]],
) -> AssignedValue<Fr> {
    let layers = Layers::get();
    let constants = Parameters::get().constants[0];
    let one = || constant(Fr::ONE);
    let absorb = |ctx: &mut Context<Fr>, word: Word, added: Fr| match word {
        Word::Constant(word) => Lane::plain(ctx.load_constant(word + added)),
        Word::Packed { low, high, factor } => {
            Lane::plain(chain(ctx, constant(added), [(low.into(), one()), (high.into(), constant(factor))]))
        }
    };
    let mut chaining = Lane::plain(chain(ctx, constant(constants[0]), [(first, one())]));
    let (last, steps) = steps.split_last().expect("at least one step");
    for [left, right] in steps {
        let state = [chaining, absorb(ctx, *left, constants[1]), absorb(ctx, *right, constants[2])];
        let y = layers.permute(ctx, gate, state, constants[0] * layers.inverses[0]);
        chaining = layers.row(ctx, 0, y);
    }
    let state = [chaining, absorb(ctx, last[0], constants[1]), absorb(ctx, last[1], constants[2])];
    let y = layers.permute(ctx, gate, state, Fr::ZERO);
    exact(ctx, Fr::ZERO, std::array::from_fn::<_, WIDTH, _>(|i| (y[i], layers.mds[0][i]))).cell
}
