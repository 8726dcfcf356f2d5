//! The statement with a challenge as the harness sees it.

use assay_circuits::{Fr, Statement};
use assay_protocol::Relation;
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::{A, B, Instance, P, Q, ReorderingCircuit, VALUES, Violation, Witness};
use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Draft, Solve, Ties};
use crate::mutate::{Move, below, nearby, oracle};
use crate::subject::{Claim, Forgery, Order, Subject};

const FIRST: Cell = Cell::Input(0);

/// `reordering/v1`.
pub(crate) struct Reordering;

/// The two columns of values, each with its product.
const SIDES: [(usize, usize); 2] = [(A, P), (B, Q)];

impl Subject for Reordering {
    type Circuit = ReorderingCircuit;
    type Instance = Instance;
    type Witness = Witness;
    type Violation = Violation;

    const K: u32 = super::K;
    const CASES: usize = 20_000;
    const MIX: &'static [(&'static str, usize)] = &[("Ok", 40), ("First", 8), ("Values", 20)];

    fn name() -> String {
        format!("{}, {VALUES} values", ReorderingCircuit::ID)
    }

    fn circuit(columns: &Columns) -> ReorderingCircuit {
        ReorderingCircuit { advice: Some(columns.advice.clone()) }
    }

    fn input_columns<T>(inputs: &[T]) -> Vec<&[T]> {
        vec![inputs]
    }

    fn claim(columns: &Columns) -> Claim<Self> {
        let [a, b] = [A, B].map(|column| std::array::from_fn(|row| columns.advice[column][row]));
        Claim::Of(Instance { first: columns.inputs[0] }, Witness { a, b })
    }

    fn example() -> (Instance, Witness) {
        statement(|i| 1_000_003 * (i + 3), |i| VALUES - 1 - i)
    }

    /// The values are neighbours, so that one more of any is another one's.
    fn tight() -> (Instance, Witness) {
        statement(|i| i + 1, |i| (i + 5) % VALUES)
    }

    /// Half of the cases are about few numbers, so that values occur more than once.
    fn cases(seed: u64) -> Box<dyn Iterator<Item = (Instance, Witness)>> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Box::new(std::iter::repeat_with(move || case(&mut rng)))
    }

    fn objectors(violation: Violation) -> (&'static str, &'static [&'static str]) {
        match violation {
            Violation::First | Violation::Values => ("ends", &["ends"]),
        }
    }

    fn idle() -> Vec<Vec<usize>> {
        ReorderingCircuit::default().filler()
    }

    fn free() -> Vec<Cell> {
        [A, B].into_iter().flat_map(|column| (0..VALUES).map(move |row| Cell::Advice(column, row))).collect()
    }

    fn unread_inputs() -> Vec<usize> {
        Vec::new()
    }

    fn tie(evaluator: &Evaluator, at: Failure) -> Option<(Order, Cell, Solve)> {
        let constraint = evaluator.at(at);
        let product = if constraint.name.starts_with('p') { P } else { Q };
        let (order, cell) = match (constraint.gate.as_str(), constraint.name.as_str()) {
            ("ends", "a(0) = first") => ((0, 0, 0), FIRST),
            ("ends", "p(0) = 1" | "q(0) = 1") => ((1, 0, 0), Cell::Advice(product, 0)),
            ("step", _) => ((2, at.row as i64, 0), Cell::Advice(product, at.row + 1)),
            _ => return None,
        };
        Some((order, cell, Solve::Affine))
    }

    fn false_statement(evaluator: &Evaluator, columns: &Columns, at: Failure) -> Change {
        match Self::tie(evaluator, at) {
            Some((_, FIRST, _)) => Change::shift(FIRST, Fr::ONE),
            Some((_, Cell::Advice(product, row), _)) => jump(columns, product, row, 5, Fr::from(100)),
            Some((_, cell, _)) => panic!("{cell:?} is tied"),
            None => replaced(columns, B, 5, Fr::ONE),
        }
    }

    fn forgeries() -> Box<dyn Iterator<Item = Forgery>> {
        Box::new(forgeries())
    }

    fn moves() -> Vec<Move> {
        vec![
            Move::complete("two values exchanged", exchange),
            Move::complete("another value in both columns", replace_in_both),
            Move::cut("another value in one column", replace_in_one),
            Move::cut("another first value, not the public one", another_first),
            Move::cut("the same sum of other values", same_sum),
            Move::cut("a value once more, another once less", once_more),
            Move::cut("a product that jumps", a_jump),
        ]
    }
}

/// A true statement of these values, and of their places in the second column.
fn statement(value: fn(usize) -> usize, place: fn(usize) -> usize) -> (Instance, Witness) {
    let a = std::array::from_fn(|i| Fr::from(value(i) as u64));
    (Instance { first: a[0] }, Witness { a, b: std::array::from_fn(|i| a[place(i)]) })
}

fn case(rng: &mut ChaCha8Rng) -> (Instance, Witness) {
    let few = below(rng, 2) == 0;
    let a: [Fr; VALUES] =
        [(); VALUES].map(|()| if few { Fr::from(below(rng, 12) as u64) } else { Fr::random(&mut *rng) });
    let (mut first, mut b) = (a[0], a);
    (1..VALUES).for_each(|i| b.swap(i, below(rng, i + 1)));
    let [one, two] = [0; 2].map(|_| below(rng, VALUES));
    match below(rng, 8) {
        0 => b[one] += nearby(rng),
        1 => {
            let more = nearby(rng);
            b[one] += more;
            b[two] -= more;
        }
        2 => b[one] = b[two],
        3 => first += nearby(rng),
        _ => {}
    }
    (Instance { first }, Witness { a, b })
}

/// Another value, with nothing else changed but what follows.
fn replaced(columns: &Columns, column: usize, row: usize, more: Fr) -> Change {
    let cell = Cell::Advice(column, row);
    Change::cell(cell, columns.get(cell) + more)
}

/// Another value at `changed` in the column that is not of this product, and at `row` the product jumps so that both meet.
fn jump(columns: &Columns, product: usize, row: usize, changed: usize, more: Fr) -> Change {
    let column = if product == P { B } else { A };
    let factor = columns.challenges[0] - columns.get(Cell::Advice(column, changed));
    let ratio = (factor - more) * factor.invert().expect("the challenge is no value");
    let cell = Cell::Advice(product, row);
    let shift = columns.get(cell) * (ratio - Fr::ONE);
    Change { shifts: [(cell, shift)].into(), ..replaced(columns, column, changed, more) }
}

/// Every forgery starts from the example, in which all values differ.
fn forgeries() -> impl Iterator<Item = Forgery> {
    let (instance, witness) = Reordering::example();
    let columns = Reordering::assign(&instance, &witness, 0);
    let of = |name: String, gate, row, change: &Change| {
        let columns = Ties::of::<Reordering>().forge(&columns, change).columns;
        Forgery { name, columns, gate, row: Some(row) }
    };
    let get = |column, row| columns.get(Cell::Advice(column, row));
    let mut forgeries = Vec::new();
    for row in 0..VALUES {
        let next = (row + 1) % VALUES;
        for more in [Fr::ONE, -get(B, row), get(B, next) - get(B, row)] {
            let change = replaced(&columns, B, row, more);
            forgeries.push(of(format!("value {row} of b is another by {more:?}"), "ends", 0, &change));
        }
        let mut change = replaced(&columns, B, row, Fr::ONE);
        change.cells.extend(replaced(&columns, B, next, -Fr::ONE).cells);
        forgeries.push(of(format!("values {row} and {next} of b keep their sum alone"), "ends", 0, &change));
    }
    let mut change = replaced(&columns, A, 0, Fr::ONE);
    change.cells.extend(replaced(&columns, B, VALUES - 1, Fr::ONE).cells);
    let change = change.keeping([FIRST]);
    forgeries.push(of("the first value is not the public one".to_owned(), "ends", 0, &change));
    for (_, product) in SIDES {
        for row in 0..=VALUES {
            let (gate, at) = row.checked_sub(1).map_or(("ends", 0), |before| ("step", before));
            let change = jump(&columns, product, row, 5, Fr::ONE);
            forgeries.push(of(format!("the product of column {product} jumps at row {row}"), gate, at, &change));
        }
    }
    forgeries.into_iter()
}

/// Where the other column holds the value at `row` of `a`, if it does.
fn place(draft: &Draft, row: usize) -> Option<usize> {
    (0..VALUES).find(|other| draft.columns.advice[B][*other] == draft.columns.advice[A][row])
}

fn exchange(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let column = if below(rng, 2) == 0 { A } else { B };
    let [one, two] = [0; 2].map(|_| Cell::Advice(column, below(rng, VALUES)));
    let cells = [(one, draft.columns.get(two)), (two, draft.columns.get(one))];
    draft.apply(&Change { cells: cells.into(), ..Change::default() });
}

fn replace_in_both(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (row, more) = (below(rng, VALUES), nearby(rng));
    let mut change = replaced(&draft.columns, A, row, more);
    if let Some(other) = place(draft, row) {
        change.cells.extend(replaced(&draft.columns, B, other, more).cells);
    }
    draft.apply(&change);
}

fn replace_in_one(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (column, _) = SIDES[below(rng, 2)];
    draft.apply(&replaced(&draft.columns, column, below(rng, VALUES), nearby(rng)));
}

fn another_first(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let more = nearby(rng);
    let mut change = replaced(&draft.columns, A, 0, more);
    if let Some(other) = place(draft, 0) {
        change.cells.extend(replaced(&draft.columns, B, other, more).cells);
    }
    draft.apply(&change.keeping([FIRST]));
}

fn same_sum(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (row, more) = (below(rng, VALUES), nearby(rng));
    let mut change = replaced(&draft.columns, B, row, more);
    change.cells.extend(replaced(&draft.columns, B, (row + 1) % VALUES, -more).cells);
    draft.apply(&change);
}

fn once_more(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let [one, two] = [0; 2].map(|_| Cell::Advice(B, below(rng, VALUES)));
    draft.apply(&Change::cell(one, draft.columns.get(two)));
}

fn a_jump(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let (_, product) = SIDES[below(rng, 2)];
    let (row, changed) = (below(rng, VALUES + 1), 1 + below(rng, VALUES - 1));
    draft.apply(&jump(&draft.columns, product, row, changed, nearby(rng)));
}

/// The challenge is what the statement rests on: whoever knows it before the values are fixed makes the products meet.
#[test]
fn a_challenge_known_beforehand_lets_a_false_statement_pass_and_one_drawn_afterwards_does_not() {
    let (ties, evaluator) = (Ties::of::<Reordering>(), Evaluator::of::<Reordering>());
    let (instance, witness) = Reordering::example();
    let columns = Reordering::assign(&instance, &witness, 0);
    let gamma = columns.challenges[0];
    let [one, two] = [3, 7].map(|row| gamma - columns.get(Cell::Advice(B, row)));
    // One factor is doubled and another halved.
    let half = Fr::from(2).invert().expect("odd modulus");
    let mut change = replaced(&columns, B, 3, -one);
    change.cells.extend(replaced(&columns, B, 7, two * half).cells);
    let forged = ties.forge(&columns, &change).columns;
    assert_eq!(evaluator.failures(&forged), []);
    assert_eq!(oracle::<Reordering>(&forged), Some(false));
    let Claim::Of(instance, witness) = Reordering::claim(&forged) else { panic!("any columns claim something") };
    assert_eq!(instance.check(&witness), Err(Violation::Values));
    for seed in 1..100 {
        let failures = evaluator.failures(&Reordering::assign(&instance, &witness, seed));
        assert_eq!(failures, [Failure { constraint: evaluator.find("ends", "p(16) = q(16)"), row: 0 }]);
    }
}
