//! What an attacker of the solvency statement would change, with everything repaired that depends on it.

use assay_circuits::chip::limb::{DIFFERENCE_LANE_BITS, DIFFERENCE_LIMBS};
use assay_circuits::chip::poseidon::PERMUTATION_ROWS;
use assay_circuits::poseidon::Parameters;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::statements::solvency::row;
use assay_circuits::{Fr, Weight};
use ff::{Field, PrimeField};
use rand_chacha::ChaCha8Rng;

use crate::chips::{CAPACITY, Lane};
use crate::evaluator::Cell;
use crate::forge::{Change, Draft, integer};
use crate::forgeries::difference_digits;
use crate::mutate::{Move, below, nearby};
use crate::solvency::{Solvency, blinding};

const MARGIN: Cell = Cell::Input(row::MARGIN);
const COMMITMENT: Cell = Cell::Input(row::COMMITMENT);

pub(crate) fn all<const N: usize>() -> Vec<Move> {
    vec![
        Move::cut("other limbs of one number", other_limbs::<N>),
        Move::complete("another amount", another_amount::<N>),
        Move::cut("an amount out of range", amount_out_of_range::<N>),
        Move::cut("a lane begun above zero", lifted_lane::<N>),
        Move::cut("amounts compared, not committed", compared_not_committed::<N>),
        Move::cut("amounts committed, not compared", committed_not_compared::<N>),
        Move::cut("another split of a word", another_split::<N>),
        Move::cut("another accumulator", another_accumulator::<N>),
        Move::complete("another margin or difference", another_margin::<N>),
        Move::cut("other lanes of one difference", other_lanes),
        Move::cut("a hash state replaced", hash_state::<N>),
        Move::cut("a capacity replaced", capacity::<N>),
        Move::cut("another tag or shape", another_tag),
        Move::complete("another blinding", another_blinding),
        Move::complete("another context", another_context),
        Move::complete("another weight", another_weight::<N>),
    ]
}

fn amount_lane<const N: usize>(rng: &mut ChaCha8Rng) -> Lane {
    Lane::amount(below(rng, 2), below(rng, N))
}

/// Both words of a pair of assets, as the permutation absorbs them.
fn words(pair: usize) -> [Cell; 2] {
    [0, 1].map(|lane| Cell::Advice(0, Layout::permutation(1 + pair) + lane))
}

/// Writes the difference anew from accumulator and margin, in range where that can be.
fn rewrite_difference(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let total = draft.columns.get(Cell::Advice(0, Layout::heads(0) + 3)) - draft.columns.get(MARGIN) - Fr::ONE;
    let bits = integer(total);
    let lane_bits = DIFFERENCE_LANE_BITS as usize;
    let mask = (1 << lane_bits) - 1;
    let honest = [0, 1, 2].map(|lane| Fr::from((bits >> (lane * lane_bits)).as_limbs()[0] & mask));
    let first = match below(rng, 3) {
        _ if bits.bit_len() <= 4 * lane_bits => honest,
        0 => honest,
        1 => [Fr::ZERO; 3],
        _ => [Fr::from(mask); 3],
    };
    let digits = difference_digits(total, first, below(rng, DIFFERENCE_LIMBS));
    draft.apply(&Change::digits(digits).keeping([MARGIN]));
}

/// Makes a change, then follows it with the margin or, keeping that, with the difference.
fn follow(draft: &mut Draft, change: Change, rng: &mut ChaCha8Rng) {
    if below(rng, 2) == 0 {
        draft.apply(&change);
    } else {
        draft.apply(&change.keeping([MARGIN]));
        rewrite_difference(draft, rng);
    }
}

/// What one digit gains its neighbour loses fourfold, or a digit at any distance: the head stays.
fn other_limbs<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let lanes = Lane::all::<N>();
    let lane = lanes[below(rng, lanes.len())];
    let low = below(rng, lane.limbs - 1);
    let high = if below(rng, 2) == 0 { low + 1 } else { low + 1 + below(rng, lane.limbs - low - 1) };
    let loss = nearby(rng);
    let gain = loss * Fr::from(4).pow_vartime([(high - low) as u64]);
    let digits = [(low, gain), (high, -loss)].map(|(position, by)| {
        let cell = lane.cell(position);
        (cell, draft.digit(cell) + by)
    });
    draft.apply(&Change::digits(digits));
}

fn another_amount<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let lane = amount_lane::<N>(rng);
    let change = Change::digits([(lane.cell(below(rng, lane.limbs)), Fr::from(below(rng, 4) as u64))]);
    follow(draft, change, rng);
}

fn amount_out_of_range<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let lane = amount_lane::<N>(rng);
    let position = below(rng, lane.limbs);
    let change = match below(rng, 3) {
        0 => Change::digits(lane.digits(-Fr::from(1 + below(rng, 1000) as u64), position)),
        1 => Change::digits(lane.digits(Fr::from_u128(1 << 120), position)),
        _ => Change::digits([(lane.cell(position), nearby(rng))]),
    };
    follow(draft, change, rng);
}

/// Another value above the first digit.
fn lifted_lane<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let lanes = Lane::all::<N>();
    let lane = lanes[below(rng, lanes.len())];
    let change = Change::shift(lane.cell(lane.limbs), nearby(rng));
    follow(draft, change, rng);
}

fn compared_not_committed<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let asset = below(rng, N);
    let lane = Lane::amount(below(rng, 2), asset);
    let change = Change::digits([(lane.cell(below(rng, lane.limbs)), Fr::from(below(rng, 4) as u64))]);
    draft.apply(&change.keeping(words(asset / 2).into_iter().chain([MARGIN])));
    rewrite_difference(draft, rng);
}

fn committed_not_compared<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let word = words(below(rng, N / 2))[below(rng, 2)];
    let debt = if below(rng, 2) == 0 { Fr::ONE } else { Fr::from_u128(1 << 120) };
    draft.apply(&Change::shift(word, nearby(rng) * debt));
}

/// `x + 2^120·k` and `y − k`: the same word, so the same commitment.
fn another_split<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let asset = below(rng, N);
    let [x, y] = [0, 1].map(|column| Lane::amount(column, asset));
    let k = nearby(rng);
    let position = below(rng, x.limbs);
    let more = x.digits(draft.columns.get(x.cell(0)) + k * Fr::from_u128(1 << 120), position);
    let less = y.digits(draft.columns.get(y.cell(0)) - k, position);
    follow(draft, Change::digits(more.into_iter().chain(less)), rng);
}

fn another_accumulator<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let accumulator = Cell::Advice(0, Layout::heads(below(rng, N / 2)) + 3);
    let change = Change::shift(accumulator, nearby(rng));
    follow(draft, change, rng);
}

/// The margin moves until the difference is `−1`, `0`, `2^248` or anything, and the lanes follow.
fn another_margin<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let total = Lane::all::<N>()[2 * N..].iter().rev().fold(Fr::ZERO, |sum, lane| {
        sum * Fr::from(2).pow_vartime([u64::from(DIFFERENCE_LANE_BITS)]) + draft.columns.get(lane.cell(0))
    });
    let wanted = match below(rng, 4) {
        0 => -Fr::ONE,
        1 => Fr::from(below(rng, 3) as u64),
        2 => total + nearby(rng),
        _ => nearby(rng),
    };
    draft.set(MARGIN, draft.columns.get(MARGIN) + total - wanted);
    rewrite_difference(draft, rng);
}

/// What one lane gains the next loses: the sum stays.
fn other_lanes(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let quarter = below(rng, 3);
    let [low, high] = [quarter, quarter + 1].map(Lane::difference);
    let loss = nearby(rng);
    let gain = loss * Fr::from(2).pow_vartime([u64::from(DIFFERENCE_LANE_BITS)]);
    let position = below(rng, DIFFERENCE_LIMBS);
    let digits = [(low, gain), (high, -loss)]
        .map(|(lane, by)| lane.digits(draft.columns.get(lane.cell(0)) + by, position))
        .concat();
    draft.apply(&Change::digits(digits).keeping([MARGIN]));
}

/// A cell in the middle of a permutation.
fn hash_state<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let start = Layout::permutation(below(rng, N / 2 + 1));
    let cell = Cell::Advice(0, start + CAPACITY + 1 + below(rng, PERMUTATION_ROWS - CAPACITY - 1));
    draft.apply(&Change::shift(cell, nearby(rng)));
}

/// Another capacity, that of an empty chain, or that of another blinding.
fn capacity<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let cell = Cell::Advice(0, Layout::permutation(1 + below(rng, N / 2)) + CAPACITY);
    let shift = match below(rng, 2) {
        0 => Parameters::get().constants[0][0] - draft.columns.get(cell),
        _ => nearby(rng),
    };
    draft.apply(&Change::shift(cell, shift));
}

fn another_tag(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let lane = Cell::Advice(0, Layout::permutation(0) + below(rng, 2));
    draft.apply(&Change::shift(lane, nearby(rng)));
}

/// The commitment follows, or stays.
fn another_blinding(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let change = Change::cell(blinding(), Fr::random(&mut *rng));
    let kept = (below(rng, 2) == 0).then_some(COMMITMENT);
    draft.apply(&change.keeping(kept));
}

fn another_context(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let context = draft.columns.get(Cell::Input(row::CONTEXT));
    let other = if below(rng, 8) == 0 { -Fr::ONE } else { context + Fr::from(1 + below(rng, 1000) as u64) };
    draft.set(Cell::Input(row::CONTEXT), other);
}

fn another_weight<const N: usize>(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let asset = below(rng, N);
    let index =
        if below(rng, 2) == 0 { row::collateral_weight(asset) } else { row::debt_weight(Solvency::<N>::SIZE, asset) };
    let cell = Cell::Input(index);
    let other = match below(rng, 5) {
        0 => Fr::ZERO,
        1 => Fr::from_u128(Weight::MAX.get()),
        2 => Fr::from_u128(Weight::MAX.get()) + Fr::ONE,
        _ => draft.columns.get(cell) + nearby(rng),
    };
    follow(draft, Change::cell(cell, other), rng);
}
