//! Forgeries of many rows that an attacker would think of: a false statement, with everything rewritten that can be rewritten.

use assay_circuits::chip::limb::{DIFFERENCE_LANE_BITS, DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::chip::poseidon::PERMUTATION_ROWS;
use assay_circuits::statements::covenants::layout::Layout;
use assay_circuits::{Fr, Statement};
use ff::{Field, PrimeField};

use assay_circuits::statements::covenants::Violation;
use ruint::aliases::U256;

use super::Covenants;
use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Ties, integer};
use crate::subject::{Claim, Forgery, Subject, once};

/// Every forgery of this file.
pub(super) fn all<const S: usize>() -> impl Iterator<Item = Forgery> {
    wide_amounts::<S>()
        .chain(lifted_lanes::<S>())
        .chain(wrapped_slacks::<S>())
        .chain(false_rows::<S>())
        .chain(other_amounts_hashed::<S>())
        .chain(jumps::<S>())
        .chain(broken_links::<S>())
}

/// A statement in which every slack is zero.
fn tight<const S: usize>() -> std::sync::Arc<Columns> {
    once::<Covenants<S>, Columns>(|| {
        let (instance, witness) = Covenants::<S>::tight();
        Covenants::<S>::assign(&instance, &witness, 0)
    })
}

/// The same, changed.
fn forge<const S: usize>(change: &Change) -> Columns {
    Ties::of::<Covenants<S>>().forge(&tight::<S>(), change).columns
}

fn row_of(cell: Cell) -> usize {
    let Cell::Advice(_, row) = cell else { unreachable!("a private cell") };
    row
}

/// Terms of each kind: the first collateral, the last debt, the first and the last helper amount.
fn terms<const S: usize>() -> [usize; 4] {
    let shape = Covenants::<S>::SHAPE;
    [shape.collateral(0, 0), shape.helper(0) - 1, shape.helper(0), shape.terms() - 1]
}

/// An amount of `2^120` more, or of minus one, hashed and weighed as such while all constants follow; its excess in each digit
/// in turn.
fn wide_amounts<const S: usize>() -> impl Iterator<Item = Forgery> {
    let cases = terms::<S>().into_iter().flat_map(|term| [false, true].map(|negative| (term, negative)));
    cases.flat_map(|(term, negative)| (0..LIMBS).map(move |position| (term, negative, position))).map(
        |(term, negative, position)| {
            let (lane, columns) = (Covenants::<S>::amount(term), tight::<S>());
            let before = columns.get(lane.cell(0));
            let amount = if negative { -Fr::ONE } else { before + Fr::from_u128(1 << 120) };
            let change = Change {
                cells: Covenants::<S>::followed(&columns, term, amount - before).collect(),
                ..Change::digits(lane.digits(amount, position))
            };
            let row = Some(row_of(lane.cell(position)) - 2);
            let name = format!("term {term} is wide, negative {negative}, digit {position}");
            Forgery { name, columns: forge::<S>(&change), gate: "limb", row }
        },
    )
}

/// An amount, or a quarter of a slack, from a lane that does not begin at zero; the constants follow.
fn lifted_lanes<const S: usize>() -> impl Iterator<Item = Forgery> {
    let amounts = (0..Covenants::<S>::SHAPE.terms()).map(|term| {
        let cell = Covenants::<S>::amount(term).cell(LIMBS);
        let cells = Covenants::<S>::followed(&tight::<S>(), term, Fr::from_u128(1 << 120)).collect();
        (format!("term {term} begins at 1"), cell, Change { cells, ..Change::shift(cell, Fr::ONE) })
    });
    let slacks = (0..Covenants::<S>::SHAPE.tests()).flat_map(|test| (0..4).map(move |quarter| (test, quarter))).map(
        |(test, quarter)| {
            let cell = Covenants::<S>::slack(test, quarter).cell(DIFFERENCE_LIMBS);
            // The quarter stands for 2^62 more of its own unit.
            let more = Fr::from(2).pow_vartime([u64::from(DIFFERENCE_LANE_BITS) * (quarter as u64 + 1)]);
            let constant = Covenants::<S>::constant(Covenants::<S>::test(test));
            let cells = [(constant, tight::<S>().get(constant) - more)].into();
            (
                format!("quarter {quarter} of slack {test} begins at 1"),
                cell,
                Change { cells, ..Change::shift(cell, Fr::ONE) },
            )
        },
    );
    amounts.chain(slacks).map(|(name, cell, change)| {
        let columns = forge::<S>(&change);
        Forgery { name, columns, gate: "edge", row: Some(row_of(cell)) }
    })
}

/// A slack of `−short`, with the constant that asks for it; what does not fit stands in each digit of its last quarter.
fn wrapped_slacks<const S: usize>() -> impl Iterator<Item = Forgery> {
    let tests = [0, Covenants::<S>::SHAPE.tests() - 1].into_iter();
    let cases = tests.flat_map(|test| [1, 2, 1_000_000].map(|short| (test, short)));
    cases.flat_map(|(test, short)| (0..DIFFERENCE_LIMBS).map(move |position| (test, short, position))).map(
        |(test, short, position)| {
            let constant = Covenants::<S>::constant(Covenants::<S>::test(test));
            let last = Covenants::<S>::slack(test, 3);
            let power = Fr::from(2).pow_vartime([3 * u64::from(DIFFERENCE_LANE_BITS)]);
            let wrapped = -Fr::from(short) * power.invert().expect("a power of two");
            let change = Change {
                cells: [(constant, tight::<S>().get(constant) + Fr::from(short))].into(),
                ..Change::digits(last.digits(wrapped, position))
            };
            let name = format!("slack {test} is −{short}, digit {position} of its last quarter");
            // Digits below the one that takes what does not fit are in range.
            let row = Some(row_of(last.cell(position)) - 2);
            Forgery { name, columns: forge::<S>(&change), gate: "limb", row }
        },
    )
}

/// Rows that do not hold, alone and in pairs whose errors cancel where the challenge is one or minus one.
fn false_rows<const S: usize>() -> impl Iterator<Item = Forgery> {
    let rows = Covenants::<S>::SHAPE.rows();
    let single = (0..rows).map(|row| vec![(row, Fr::ONE)]);
    let equalities = (0..Covenants::<S>::SHAPE.equalities()).map(|row| vec![(row, -Fr::ONE)]);
    let pairs = (1..rows).flat_map(|row| [Fr::ONE, -Fr::ONE].map(|other| vec![(row - 1, Fr::ONE), (row, other)]));
    single.chain(equalities).chain(pairs).map(|changed| {
        let columns = tight::<S>();
        let more = |(row, more): &(usize, Fr)| {
            let constant = Covenants::<S>::constant(*row);
            (constant, columns.get(constant) + more)
        };
        let change = Change { cells: changed.iter().map(more).collect(), ..Change::default() };
        let name = format!("constants of rows are others: {changed:?}");
        Forgery { name, columns: forge::<S>(&change), gate: "end", row: Some(Covenants::<S>::LAYOUT.end()) }
    })
}

/// One amount is hashed and another weighed.
fn other_amounts_hashed<const S: usize>() -> impl Iterator<Item = Forgery> {
    let shape = Covenants::<S>::SHAPE;
    let layout = Covenants::<S>::LAYOUT;
    let pairs = (0..shape.commitments()).flat_map(move |k| (0..layout.pairs()).map(move |pair| (k, pair)));
    pairs
        .flat_map(|(k, pair)| (0..2).map(move |lane| (k, pair, lane)))
        .flat_map(|at| [0, 120].map(|bit| (at, bit)))
        .map(move |((k, pair, lane), bit)| {
            let cell = Cell::Advice(0, layout.permutation(k, 1 + pair) + lane);
            let change = Change::shift(cell, Fr::from(2).pow_vartime([bit]));
            let name = format!("another word {lane} of pair {pair} of commitment {k}, by 2^{bit}");
            Forgery { name, columns: forge::<S>(&change), gate: "words", row: Some(layout.heads(k, pair)) }
        })
}

/// The last test falls short by one, and the sum jumps: in every row in which something is added or multiplied, and in some
/// others.
fn jumps<const S: usize>() -> impl Iterator<Item = Forgery> {
    let layout = Covenants::<S>::LAYOUT;
    let evaluator = Evaluator::of::<Covenants<S>>();
    (Layout::slack(0)..layout.end()).step_by(7).chain(layout.amounts().map(|(above, _)| above)).map(move |row| {
        let constraint = evaluator.constraints.iter().position(|constraint| constraint.gate == "sum");
        let at = Failure { constraint: constraint.expect("one gate sums"), row };
        let columns = forge::<S>(&Covenants::<S>::false_statement(&evaluator, &tight::<S>(), at));
        Forgery { name: format!("the sum jumps in row {row}"), columns, gate: "sum", row: Some(row) }
    })
}

/// One link of a hash cut, everything after it rewritten.
fn broken_links<const S: usize>() -> impl Iterator<Item = Forgery> {
    let (layout, shape) = (Covenants::<S>::LAYOUT, Covenants::<S>::SHAPE);
    const OUTPUT: &str = "M₀·u = carry·next capacity + C";
    let capacities = (0..shape.commitments()).flat_map(move |k| {
        (0..=layout.pairs()).map(move |i| ("output", OUTPUT, layout.permutation(k, i) + PERMUTATION_ROWS - 3, None))
    });
    let domains = (0..shape.commitments()).flat_map(move |k| {
        let tag = ("domain", "lane 1 = TAG + constant", layout.start(k), Some(1));
        let other = ("domain", "lane 2 = shape(n) + constant", layout.start(k), Some(8));
        [tag, other]
    });
    capacities.chain(domains).map(|(gate, name, row, shift)| {
        let tie = Ties::of::<Covenants<S>>().find(gate, name, row);
        let columns = forge::<S>(&Change::shift(tie.cell, shift.map_or_else(|| Fr::from(77), Fr::from)));
        Forgery { name: format!("{name} broken in row {row}"), columns, gate, row: Some(row) }
    })
}

/// Two rows of which the errors cancel for the challenge of `columns`, with all coefficients, constants and slacks in range:
/// what whoever knows the challenge beforehand would prove. Half of Euclid's algorithm gives `t·ρ = r` with `t` and `r` of half
/// the field's length; the factors of the last two rows in the sum are `ρ` and one.
pub(super) fn cancelling(columns: &Columns) -> Columns {
    let [one, two] = [2, 1].map(|last| Covenants::<0>::SHAPE.tests() - last);
    let field = |value: U256| Fr::from_repr(value.to_le_bytes::<32>()).expect("below the modulus");
    let modulus = integer(-Fr::ONE) + U256::from(1);
    let (mut r, mut t) = ([modulus, integer(columns.challenges[0])], [Fr::ZERO, Fr::ONE]);
    while r[1].bit_len() > 127 {
        let quotient = r[0] / r[1];
        r = [r[1], r[0] - quotient * r[1]];
        t = [t[1], t[0] - field(quotient) * t[1]];
    }
    let constant = |test| Covenants::<0>::constant(Covenants::<0>::test(test));
    // The last row falls short by r. The row before it gains as much: its constant falls, or its slack grows, by |t|.
    let short = (constant(two), columns.get(constant(two)) + field(r[1]));
    let (plus, minus) = (integer(t[1]), integer(-t[1]));
    let change = if plus < minus {
        Change { cells: [short, (constant(one), columns.get(constant(one)) - t[1])].into(), ..Change::default() }
    } else {
        let quarter = |quarter: usize| {
            let bits = DIFFERENCE_LANE_BITS as usize;
            let value = (minus >> (quarter * bits)) % (U256::from(1) << bits);
            Covenants::<0>::slack(one, quarter).digits(field(value), 0)
        };
        Change { digits: (0..4).flat_map(quarter).collect(), cells: [short].into(), ..Change::default() }
    };
    Ties::of::<Covenants<0>>().forge(columns, &change).columns
}

/// The challenge is what the statement rests on: whoever knows it before amounts and slacks are fixed makes errors of two rows
/// cancel, and no challenge that is drawn afterwards lets them.
#[test]
fn a_challenge_known_beforehand_lets_false_rows_pass_and_one_drawn_afterwards_does_not() {
    let evaluator = Evaluator::of::<Covenants<0>>();
    let (instance, witness) = Covenants::<0>::tight();
    let mut signs = [0; 2];
    for seed in 0..8 {
        let columns = Covenants::<0>::assign(&instance, &witness, seed);
        let forged = cancelling(&columns);
        assert_eq!(evaluator.failures(&forged), []);
        let Claim::Of(claimed, witness) = Covenants::<0>::claim(&forged) else { panic!("everything is in range") };
        assert!(matches!(claimed.check(&witness), Err(Violation::Test(_))));
        signs[usize::from(forged.advice[0] == columns.advice[0])] += 1;
        for other in 100..110 {
            let failures = evaluator.failures(&Covenants::<0>::assign(&claimed, &witness, other));
            let end = evaluator.find("end", "s(0) = 0");
            assert_eq!(failures, [Failure { constraint: end, row: Covenants::<0>::LAYOUT.end() }]);
        }
    }
    assert!(signs.iter().all(|count| *count > 0), "both signs of t occur: {signs:?}");
}
