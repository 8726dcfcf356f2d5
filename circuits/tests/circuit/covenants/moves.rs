//! What an attacker of many rows would change, with everything repaired that depends on it.

use assay_circuits::Fr;
use assay_circuits::chip::limb::{DIFFERENCE_LANE_BITS, DIFFERENCE_LIMBS};
use assay_circuits::chip::poseidon::PERMUTATION_ROWS;
use assay_circuits::statements::covenants::layout::Layout;
use ff::{Field, PrimeField};
use rand_chacha::ChaCha8Rng;

use super::{Covenants, SUM};
use crate::chips::CAPACITY;
use crate::evaluator::Cell;
use crate::forge::{Change, Draft, integer};
use crate::mutate::{Move, below, nearby};

pub(super) fn all<const S: usize>() -> Vec<Move> {
    vec![
        Move::complete("another amount, the constants follow", another_amount::<S>),
        Move::complete("another constant, the slack follows", another_constant::<S>),
        Move::complete("another coefficient, the constant follows", another_coefficient::<S>),
        Move::complete("another blinding", another_blinding::<S>),
        Move::cut("an amount out of range, the constants follow", amount_out_of_range::<S>),
        Move::cut("a lane begun above zero", lifted_lane::<S>),
        Move::cut("an equality that is off", equality_off::<S>),
        Move::cut("errors of two rows that cancel without a challenge", cancelling::<S>),
        Move::cut("an amount weighed, not hashed", weighed_not_hashed::<S>),
        Move::cut("another split of a word", another_split::<S>),
        Move::cut("other quarters of one slack", other_quarters::<S>),
        Move::cut("a sum that jumps", a_jump::<S>),
        Move::cut("a hash state replaced", hash_state::<S>),
        Move::cut("another tag, shape or capacity", another_domain::<S>),
    ]
}

fn a_term<const S: usize>(rng: &mut ChaCha8Rng) -> usize {
    below(rng, Covenants::<S>::SHAPE.terms())
}

/// Another amount of a term, by digits; the constants of all rows follow.
fn replace_amount<const S: usize>(draft: &mut Draft, term: usize, digits: Vec<(Cell, Fr)>) {
    let mut after = draft.clone();
    after.apply(&Change::digits(digits.clone()));
    let head = Covenants::<S>::amount(term).cell(0);
    let more = after.columns.get(head) - draft.columns.get(head);
    let cells = Covenants::<S>::followed(&draft.columns, term, more).collect();
    draft.apply(&Change { cells, ..Change::digits(digits) });
}

fn another_amount<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let term = a_term::<S>(rng);
    let lane = Covenants::<S>::amount(term);
    let digit = (lane.cell(below(rng, lane.limbs)), Fr::from(below(rng, 4) as u64));
    replace_amount::<S>(draft, term, vec![digit]);
}

fn amount_out_of_range<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let term = a_term::<S>(rng);
    let lane = Covenants::<S>::amount(term);
    let position = below(rng, lane.limbs);
    let digits = match below(rng, 3) {
        0 => lane.digits(-Fr::from(1 + below(rng, 1000) as u64), position),
        1 => lane.digits(Fr::from_u128(1 << 120), position),
        _ => vec![(lane.cell(position), nearby(rng))],
    };
    replace_amount::<S>(draft, term, digits);
}

/// The constant of a test becomes another, and its slack what is left, in range where that can be.
fn another_constant<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let test = below(rng, Covenants::<S>::SHAPE.tests());
    let constant = Covenants::<S>::constant(Covenants::<S>::test(test));
    let power = Fr::from(2).pow_vartime([u64::from(DIFFERENCE_LANE_BITS)]);
    let quarters = [0, 1, 2, 3].map(|quarter| Covenants::<S>::slack(test, quarter));
    let slack = quarters.iter().rev().fold(Fr::ZERO, |sum, lane| sum * power + draft.columns.get(lane.cell(0)));
    let wanted = match below(rng, 4) {
        0 => -Fr::ONE,
        1 => Fr::from(below(rng, 3) as u64),
        2 => slack + nearby(rng),
        _ => nearby(rng),
    };
    let bits = integer(wanted);
    let lane_bits = DIFFERENCE_LANE_BITS as usize;
    let first = [0, 1, 2].map(|lane| Fr::from((bits >> (lane * lane_bits)).as_limbs()[0] & ((1 << lane_bits) - 1)));
    let low = first[0] + first[1] * power + first[2] * power.square();
    let last = (wanted - low) * power.cube().invert().expect("a power of two");
    let position = below(rng, DIFFERENCE_LIMBS);
    let lanes = quarters.iter().zip(first.into_iter().chain([last]));
    let digits = lanes.flat_map(|(lane, head)| lane.digits(head, position)).collect::<Vec<_>>();
    let cells = [(constant, draft.columns.get(constant) + slack - wanted)].into();
    draft.apply(&Change { cells, ..Change::digits(digits) });
}

/// The constant follows, or stays.
fn another_coefficient<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (row, term) = (below(rng, Covenants::<S>::SHAPE.rows()), a_term::<S>(rng));
    let [coefficient, constant] = [Covenants::<S>::coefficient(row, term), Covenants::<S>::constant(row)];
    let more = match below(rng, 4) {
        0 => -draft.columns.get(coefficient),
        1 => Fr::from_u128(1 << 120),
        _ => nearby(rng),
    };
    let mut change = Change::cell(coefficient, draft.columns.get(coefficient) + more);
    if below(rng, 4) > 0 {
        let amount = draft.columns.get(Covenants::<S>::amount(term).cell(0));
        change.cells.insert(constant, draft.columns.get(constant) + more * amount);
    }
    draft.apply(&change);
}

/// The commitment follows, or stays.
fn another_blinding<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let k = below(rng, Covenants::<S>::SHAPE.commitments());
    let change = Change::cell(Covenants::<S>::blinding(k), Fr::random(&mut *rng));
    let kept = (below(rng, 2) == 0).then_some(Cell::Input(k));
    draft.apply(&change.keeping(kept));
}

/// Another value above the first digit of an amount or of a quarter of a slack.
fn lifted_lane<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let term = a_term::<S>(rng);
    let lane = match below(rng, 2) {
        0 => Covenants::<S>::amount(term),
        _ => Covenants::<S>::slack(below(rng, Covenants::<S>::SHAPE.tests()), below(rng, 4)),
    };
    draft.apply(&Change::shift(lane.cell(lane.limbs), nearby(rng)));
}

fn equality_off<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let constant = Covenants::<S>::constant(below(rng, Covenants::<S>::SHAPE.equalities()));
    draft.apply(&Change::cell(constant, draft.columns.get(constant) + nearby(rng)));
}

fn cancelling<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let row = 1 + below(rng, Covenants::<S>::SHAPE.rows() - 1);
    let more = nearby(rng);
    let cells = [(row - 1, more), (row, -more)].map(|(row, more)| {
        let constant = Covenants::<S>::constant(row);
        (constant, draft.columns.get(constant) + more)
    });
    draft.apply(&Change { cells: cells.into(), ..Change::default() });
}

fn weighed_not_hashed<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (k, pair) = (below(rng, Covenants::<S>::SHAPE.commitments()), below(rng, Covenants::<S>::LAYOUT.pairs()));
    let cell = Cell::Advice(0, Covenants::<S>::LAYOUT.permutation(k, 1 + pair) + below(rng, 2));
    draft.apply(&Change::shift(cell, nearby(rng)));
}

/// `x + 2^120·k` and `y − k`: the same word, so the same commitment.
fn another_split<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let shape = Covenants::<S>::SHAPE;
    let (commitment, asset) = (below(rng, shape.commitments()), below(rng, shape.size().assets()));
    let [x, y] = [shape.collateral(commitment, asset), shape.debt(commitment, asset)];
    let k = nearby(rng);
    for (term, more) in [(x, k * Fr::from_u128(1 << 120)), (y, -k)] {
        let lane = Covenants::<S>::amount(term);
        let digits = lane.digits(draft.columns.get(lane.cell(0)) + more, below(rng, lane.limbs));
        replace_amount::<S>(draft, term, digits);
    }
}

/// What one quarter gains the next loses: the slack stays.
fn other_quarters<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (test, quarter) = (below(rng, Covenants::<S>::SHAPE.tests()), below(rng, 3));
    let [low, high] = [quarter, quarter + 1].map(|quarter| Covenants::<S>::slack(test, quarter));
    let loss = nearby(rng);
    let gain = loss * Fr::from(2).pow_vartime([u64::from(DIFFERENCE_LANE_BITS)]);
    let position = below(rng, DIFFERENCE_LIMBS);
    let lanes = [(low, gain), (high, -loss)];
    let digits = lanes.map(|(lane, by)| lane.digits(draft.columns.get(lane.cell(0)) + by, position)).concat();
    draft.apply(&Change::digits(digits));
}

/// A test falls short, and the sum jumps by any amount, or by what is missing.
fn a_jump<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let first = Layout::slack(0);
    let row = first + below(rng, Covenants::<S>::LAYOUT.end() - first);
    let last = Covenants::<S>::constant(Covenants::<S>::SHAPE.rows() - 1);
    let more = nearby(rng);
    let factor = draft.columns.challenges[0].pow_vartime([Covenants::<S>::multiplied(row)]);
    let jump = if below(rng, 2) == 0 { more * factor.invert().expect("not zero") } else { nearby(rng) };
    let change = Change::cell(last, draft.columns.get(last) + more);
    draft.apply(&Change { shifts: [(Cell::Advice(SUM, row + 1), jump)].into(), ..change });
}

/// A cell in the middle of a permutation.
fn hash_state<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let k = below(rng, Covenants::<S>::SHAPE.commitments());
    let first = Covenants::<S>::LAYOUT.permutation(k, below(rng, Covenants::<S>::LAYOUT.pairs() + 1));
    let cell = Cell::Advice(0, first + CAPACITY + 1 + below(rng, PERMUTATION_ROWS - CAPACITY - 1));
    draft.apply(&Change::shift(cell, nearby(rng)));
}

fn another_domain<const S: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let layout = Covenants::<S>::LAYOUT;
    let k = below(rng, Covenants::<S>::SHAPE.commitments());
    let row = match below(rng, 3) {
        2 => layout.permutation(k, 1 + below(rng, layout.pairs())) + CAPACITY,
        lane => layout.permutation(k, 0) + lane,
    };
    draft.apply(&Change::shift(Cell::Advice(0, row), nearby(rng)));
}
