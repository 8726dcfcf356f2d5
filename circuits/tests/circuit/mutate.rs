//! Mutate and repair: columns of a true statement, changed and solved again, against the reference.
//!
//! The gates must accept columns exactly where the reference accepts the statement and the witness that the columns
//! claim, and the columns are what an honest prover would write for them. `ASSAY_TRIALS` sets the number of trials;
//! `circuits/scripts/mutate-and-repair.sh` runs 150,000 for each circuit.

use std::collections::BTreeMap;
use std::sync::Arc;

use assay_circuits::{Fr, Statement};
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use crate::evaluator::{Cell, Columns, Evaluator};
use crate::forge::{Change, Draft, Ties, sole};
use crate::subject::{Claim, Subject, once};

/// Trials by default. The script runs more.
const TRIALS: usize = 3_000;
/// Trials that start from the same columns.
const BATCH: usize = 50;

/// A kind of change.
#[derive(Clone, Copy)]
pub(crate) struct Move {
    pub(crate) name: &'static str,
    /// Makes one of this kind and repairs what it means to.
    pub(crate) make: fn(&mut Draft, &mut ChaCha8Rng),
    /// Whether everything is repaired that depends on it, so that a true statement can come out.
    pub(crate) complete: bool,
}

impl Move {
    /// A change that leaves something unrepaired, or that no repair makes good.
    pub(crate) fn cut(name: &'static str, make: fn(&mut Draft, &mut ChaCha8Rng)) -> Self {
        Self { name, make, complete: false }
    }

    /// A change with all that follows from it.
    pub(crate) fn complete(name: &'static str, make: fn(&mut Draft, &mut ChaCha8Rng)) -> Self {
        Self { name, make, complete: true }
    }
}

/// Changes that any circuit must withstand.
fn general() -> Vec<Move> {
    vec![
        Move::cut("one cell alone", one_cell),
        Move::cut("one public input alone", one_input),
        Move::cut("one constraint broken", one_constraint),
        Move::complete("a free choice, repaired", free_choice),
        Move::cut("a free choice, one link cut", one_link),
    ]
}

/// Uniform below `bound`, near enough.
pub(crate) fn below(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    usize::try_from(rng.next_u64() % bound as u64).expect("below a usize")
}

/// Small, near zero from below, at a width, or anything; seldom zero.
pub(crate) fn nearby(rng: &mut ChaCha8Rng) -> Fr {
    let power = |bit: u64| Fr::from(2).pow_vartime([bit]);
    match below(rng, 6) {
        0 => Fr::ONE,
        1 => -Fr::ONE,
        2 => Fr::from(below(rng, 1 << 16) as u64),
        3 => -Fr::from(below(rng, 1 << 16) as u64),
        4 => power(below(rng, 254) as u64),
        _ => Fr::random(rng),
    }
}

fn other(value: Fr, rng: &mut ChaCha8Rng) -> Fr {
    if below(rng, 4) == 0 { Fr::ZERO } else { value + nearby(rng) }
}

fn one_cell(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let evaluator = draft.ties.evaluator.clone();
    let cell = Cell::Advice(below(rng, draft.columns.advice.len()), below(rng, evaluator.usable));
    draft.set(cell, other(draft.columns.get(cell), rng));
}

fn one_input(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let cell = Cell::Input(below(rng, draft.columns.inputs.len()));
    draft.set(cell, other(draft.columns.get(cell), rng));
}

fn one_constraint(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let ties = draft.ties.clone();
    let tying: Vec<_> = ties.of_constraint.iter().filter(|constraint| !constraint.is_empty()).collect();
    let constraint = tying[below(rng, tying.len())];
    let tie = ties.all[constraint[below(rng, constraint.len())]];
    draft.apply(&Change::shift(tie.cell, nearby(rng)));
}

/// Another value of something that the prover or the instance chooses: a free cell, a digit, an input without a tie.
fn choice(draft: &Draft, rng: &mut ChaCha8Rng) -> Change {
    let ties = &draft.ties;
    match below(rng, 4) {
        roll if roll == 0 || ties.digits.is_empty() => {
            let cell = ties.untied[below(rng, ties.untied.len())];
            Change::cell(cell, other(draft.columns.get(cell), rng))
        }
        _ => {
            let (cell, radix) = ties.digits[below(rng, ties.digits.len())];
            Change::digits([(cell, Fr::from(rng.next_u64() % radix))])
        }
    }
}

fn free_choice(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    draft.apply(&choice(draft, rng));
}

/// A cell that the repair would change stays as it is.
fn one_link(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let change = choice(draft, rng);
    let mut repaired = draft.clone();
    repaired.apply(&change);
    let differs = |cell: &Cell| repaired.columns.get(*cell) != draft.columns.get(*cell);
    let changed: Vec<Cell> = draft.ties.all.iter().map(|tie| tie.cell).filter(differs).collect();
    let kept = (!changed.is_empty()).then(|| changed[below(rng, changed.len())]);
    draft.apply(&change.keeping(kept));
}

/// What the reference says of columns: `None` where their public inputs make no instance, else whether the statement
/// that they claim holds and they are the columns of an honest prover of it, filler aside.
pub(crate) fn oracle<S: Subject>(columns: &Columns) -> Option<bool> {
    let (instance, witness) = match S::claim(columns) {
        Claim::NoInstance => return None,
        Claim::NoWitness => return Some(false),
        Claim::Of(instance, witness) => (instance, witness),
    };
    if instance.check(&witness).is_err() {
        return Some(false);
    }
    let evaluator = Evaluator::of::<S>();
    let honest = S::assign_for(&instance, &witness, &columns.challenges, 0);
    let differs = |cell: Cell| columns.get(cell) != honest.get(cell) && !evaluator.readers(cell).is_empty();
    Some(!evaluator.cells().any(differs))
}

/// How trials of one kind ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) accepted: usize,
    pub(crate) rejected: usize,
    /// The public inputs are beyond their widths; the gates are not asked.
    pub(crate) no_instance: usize,
}

/// What trials gave.
#[derive(Default)]
pub(crate) struct Trials {
    pub(crate) ends: BTreeMap<&'static str, Ends>,
    /// For each constraint how many false claims it alone rejected.
    pub(crate) rejected: BTreeMap<usize, usize>,
}

impl Trials {
    fn merge(mut self, other: Self) -> Self {
        for (kind, ends) in other.ends {
            let sum = self.ends.entry(kind).or_default();
            sum.accepted += ends.accepted;
            sum.rejected += ends.rejected;
            sum.no_instance += ends.no_instance;
        }
        for (constraint, count) in other.rejected {
            *self.rejected.entry(constraint).or_default() += count;
        }
        self
    }
}

/// Two to five changes in a row: whether only those that repair everything.
const CHAINS: [(&str, bool); 2] = [("a chain of any", false), ("a chain of repaired ones", true)];

fn batch<S: Subject>(seed: u64, count: usize, moves: &[Move]) -> Trials {
    let ties = Ties::of::<S>();
    let (instance, witness) = match seed % 4 {
        0 => S::tight(),
        1 => S::example(),
        _ => S::cases(seed).find(|(instance, witness)| instance.check(witness).is_ok()).expect("some are true"),
    };
    let columns = S::assign(&instance, &witness, seed);
    assert_eq!(ties.evaluator.failures(&columns), []);
    let mut trials = Trials::default();
    for trial in 0..count {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(trial as u64);
        let mut draft = ties.draft(&columns);
        let kind = match CHAINS.get(trial % 6) {
            Some((kind, complete)) => {
                let links: Vec<&Move> = moves.iter().filter(|link| link.complete || !complete).collect();
                for _ in 0..2 + below(&mut rng, 4) {
                    let link = links[below(&mut rng, links.len())];
                    (link.make)(&mut draft, &mut rng);
                }
                kind
            }
            None => {
                let Move { name, make, .. } = moves[below(&mut rng, moves.len())];
                make(&mut draft, &mut rng);
                name
            }
        };
        let failures = draft.failures();
        let ends = trials.ends.entry(kind).or_default();
        match (oracle::<S>(&draft.columns), failures.is_empty()) {
            (None, _) => ends.no_instance += 1,
            (Some(true), true) => ends.accepted += 1,
            (Some(false), false) => {
                ends.rejected += 1;
                sole(&failures).into_iter().for_each(|c| *trials.rejected.entry(c).or_default() += 1);
            }
            (reference, _) => panic!(
                "{}, seed {seed}, trial {trial}, {kind}: the reference says {reference:?}, of gates these object: {:?}",
                S::name(),
                failures.iter().map(|at| &ties.evaluator.at(*at).name).collect::<Vec<_>>(),
            ),
        }
    }
    trials
}

/// Runs the trials and prints how they ended.
pub(crate) fn gates_and_reference_agree_on_repaired_mutations<S: Subject>() -> Arc<Trials> {
    once::<S, Trials>(|| {
        let set = std::env::var("ASSAY_TRIALS");
        let count = set.map_or(TRIALS, |text| text.parse().expect("ASSAY_TRIALS is a number"));
        let moves = [general(), S::moves()].concat();
        let batches = (0..count.div_ceil(BATCH)).into_par_iter();
        let trials = batches
            .map(|i| batch::<S>(i as u64, BATCH.min(count - i * BATCH), &moves))
            .reduce(Trials::default, Trials::merge);
        print!("{}", report::<S>(&trials));
        let sum = |part: fn(&Ends) -> usize| trials.ends.values().map(part).sum::<usize>();
        let (accepted, rejected) = (sum(|ends| ends.accepted), sum(|ends| ends.rejected));
        assert_eq!(accepted + rejected + sum(|ends| ends.no_instance), count);
        assert!(accepted * 10 > count && rejected * 4 > count, "one side is hardly tried: {accepted}, {rejected}");
        assert_eq!(trials.ends.len(), moves.len() + CHAINS.len(), "every kind of change occurs");
        trials
    })
}

fn report<S: Subject>(trials: &Trials) -> String {
    let lines = trials.ends.iter().map(|(kind, Ends { accepted, rejected, no_instance })| {
        format!("{kind:34} {accepted:7} accepted {rejected:7} rejected {no_instance:7} no instance\n")
    });
    std::iter::once(format!("{}, mutate and repair:\n", S::name())).chain(lines).collect()
}

/// A draft evaluates only what its changes reach; nothing else fails.
pub(crate) fn failures_of_a_draft_are_those_of_all_gates<S: Subject>() {
    let ties = Ties::of::<S>();
    let (instance, witness) = S::example();
    let columns = S::assign(&instance, &witness, 0);
    let moves = [general(), S::moves()].concat();
    for (trial, Move { name, make, .. }) in moves.iter().cycle().take(10 * moves.len()).enumerate() {
        let mut draft = ties.draft(&columns);
        make(&mut draft, &mut ChaCha8Rng::seed_from_u64(trial as u64));
        assert_eq!(draft.failures(), ties.evaluator.failures(&draft.columns), "{name}");
    }
}
