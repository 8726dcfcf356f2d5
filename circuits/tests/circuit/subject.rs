//! What the harness must be told of a statement to attack it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use assay_circuits::{Fr, Statement};
use assay_protocol::Relation;
use assay_protocol::plan::Plan;
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Solve};
use crate::mutate::Move;

/// A statement under test. `suite.rs` lists them.
pub(crate) trait Subject: Sized + Send + Sync + 'static {
    type Circuit: Relation;
    type Instance: Statement<Circuit = Self::Circuit, Witness = Self::Witness, Violation = Self::Violation>
        + Clone
        + Debug
        + Send
        + Sync;
    type Witness: Clone + Debug + Send + Sync;
    type Violation: Error + Copy + PartialEq;

    /// The circuit has `2^K` rows.
    const K: u32;
    /// Cases in which circuit and reference are compared by default.
    const CASES: usize;
    /// Verdicts of the reference, `Ok` or the name of a violation, and how many in a hundred cases have each at least.
    const MIX: &'static [(&'static str, usize)];

    /// For tables.
    fn name() -> String;

    /// The circuit with these private cells.
    fn circuit(columns: &Columns) -> Self::Circuit;

    /// Cuts the public inputs, or whatever stands for them, into the circuit's instance columns.
    fn input_columns<T>(inputs: &[T]) -> Vec<&[T]>;

    /// The plan of the circuit.
    fn plan() -> Arc<Plan> {
        once::<Self, Plan>(|| Self::example().0.circuit().plan())
    }

    /// What the statement's own assignment writes, phase by phase, whether or not the statement holds; challenges are drawn
    /// at random.
    fn assign(instance: &Self::Instance, witness: &Self::Witness, seed: u64) -> Columns {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(1);
        let challenges: Vec<Fr> = (0..Self::plan().challenges()).map(|_| Fr::random(&mut rng)).collect();
        Self::assign_for(instance, witness, &challenges, seed)
    }

    /// The same for given challenges. A phase is told those of earlier phases only.
    fn assign_for(instance: &Self::Instance, witness: &Self::Witness, challenges: &[Fr], seed: u64) -> Columns {
        let (plan, mut rng) = (Self::plan(), ChaCha8Rng::seed_from_u64(seed));
        let mut advice = vec![Vec::new(); plan.advice()];
        let mut known = vec![Fr::ZERO; plan.challenges()];
        for (number, phase) in plan.phases().iter().enumerate() {
            let columns = instance.assign(witness, number, &known, &mut rng);
            assert_eq!(columns.len(), phase.advice.len());
            phase.advice.iter().zip(columns).for_each(|(place, column)| advice[*place] = column);
            phase.challenges.iter().for_each(|challenge| known[*challenge] = challenges[*challenge]);
        }
        Columns { advice, inputs: instance.public_inputs().concat(), challenges: challenges.to_vec() }
    }

    /// What columns claim: the statement that their public inputs make and the witness that their private cells hold.
    fn claim(columns: &Columns) -> Claim<Self>;

    /// A true statement whose public and private numbers all differ and none of which is zero.
    fn example() -> (Self::Instance, Self::Witness);

    /// A true statement that one unit less would make false, with room for forgeries.
    fn tight() -> (Self::Instance, Self::Witness);

    /// Statements at the boundary, true and false, the same for the same seed.
    fn cases(seed: u64) -> Box<dyn Iterator<Item = (Self::Instance, Self::Witness)>>;

    /// The gate that must object where the reference does, and those that may.
    fn objectors(violation: Self::Violation) -> (&'static str, &'static [&'static str]);

    /// Advice cells that no gate reads, for each column the rows, without halo2's own. Filler is among them.
    fn idle() -> Vec<Vec<usize>>;

    /// Advice cells that gates read and the prover chooses freely, whatever their neighbours hold.
    fn free() -> Vec<Cell>;

    /// Public inputs that no gate reads.
    fn unread_inputs() -> Vec<usize>;

    /// The cell that an active constraint determines, how, and where it comes in the order of solving; `None` for one that
    /// only compares what was computed under a challenge.
    fn tie(evaluator: &Evaluator, at: Failure) -> Option<(Order, Cell, Solve)>;

    /// The change to the columns of a true statement after which only this constraint objects, to a false one.
    fn false_statement(evaluator: &Evaluator, columns: &Columns, at: Failure) -> Change;

    /// False statements that an attacker would think of, in columns rewritten as far as they can be.
    fn forgeries() -> Box<dyn Iterator<Item = Forgery>>;

    /// What an attacker would change, besides what [`crate::mutate`] does to any circuit.
    fn moves() -> Vec<Move>;
}

/// Ties are solved in this order.
pub(crate) type Order = (u8, i64, u8);

/// What columns claim.
pub(crate) enum Claim<S: Subject> {
    /// The public inputs are those of no instance: a verifier refuses them before it looks at a proof.
    NoInstance,
    /// A private cell holds what no witness can.
    NoWitness,
    /// A statement and a witness, to be checked.
    Of(S::Instance, S::Witness),
}

/// Columns for a false statement.
pub(crate) struct Forgery {
    /// What was forged, for messages.
    pub(crate) name: String,
    pub(crate) columns: Columns,
    /// The only gate that objects, and the row where it is one.
    pub(crate) gate: &'static str,
    pub(crate) row: Option<usize>,
}

/// What `make` returns for `S`, made once for all tests that ask for this type.
pub(crate) fn once<S: Subject, T: Any + Send + Sync>(make: impl FnOnce() -> T) -> Arc<T> {
    type Slot = Arc<OnceLock<Arc<dyn Any + Send + Sync>>>;
    static SLOTS: Mutex<Option<HashMap<[TypeId; 2], Slot>>> = Mutex::new(None);
    let slot = {
        let mut slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner);
        let key = [TypeId::of::<S>(), TypeId::of::<T>()];
        slots.get_or_insert_default().entry(key).or_default().clone()
    };
    let made = slot.get_or_init(|| Arc::new(make())).clone();
    made.downcast().expect("stored under its own type")
}
