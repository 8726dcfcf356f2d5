//! What the harness must be told of a statement to attack it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use assay_circuits::Fr;
use halo2_proofs::plonk::Circuit;

use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Solve};
use crate::mutate::Move;

/// A statement under test. `suite.rs` lists them.
pub(crate) trait Subject: Sized + Send + Sync + 'static {
    type Circuit: Circuit<Fr>;
    type Instance: Clone + Debug + Send + Sync;
    type Witness: Clone + Debug + Send + Sync;
    type Violation: Copy + Debug + PartialEq;

    /// The circuit has `2^K` rows.
    const K: u32;
    /// Cases in which circuit and reference are compared by default.
    const CASES: usize;
    /// Verdicts of the reference, `Ok` or the name of a violation, and how many in a hundred cases have each at least.
    const MIX: &'static [(&'static str, usize)];

    /// For tables.
    fn name() -> String;

    /// What the circuit is configured by.
    fn params() -> <Self::Circuit as Circuit<Fr>>::Params;

    /// The circuit with these private cells.
    fn circuit(columns: &Columns) -> Self::Circuit;

    /// Cuts the public inputs, or whatever stands for them, into the circuit's instance columns.
    fn input_columns<T>(inputs: &[T]) -> Vec<&[T]>;

    /// What the circuit's own assignment writes, whether or not the statement holds.
    fn assign(instance: &Self::Instance, witness: &Self::Witness, seed: u64) -> Columns;

    /// The reference.
    fn check(instance: &Self::Instance, witness: &Self::Witness) -> Result<(), Self::Violation>;

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

    /// Advice cells that nothing needs to constrain, for each column the rows, without halo2's own.
    fn filler() -> Vec<Vec<usize>>;

    /// Advice cells that gates read and the prover chooses freely, whatever their neighbours hold.
    fn free() -> Vec<Cell>;

    /// Public inputs that no gate reads.
    fn unread_inputs() -> Vec<usize>;

    /// The cell that an active constraint determines, how, and where it comes in the order of solving.
    fn tie(evaluator: &Evaluator, at: Failure) -> (Order, Cell, Solve);

    /// The change after which only this constraint objects to a false statement.
    fn false_statement(evaluator: &Evaluator, at: Failure) -> Change;

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
