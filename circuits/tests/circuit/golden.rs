//! Goldens: what may not change unnoticed. `ASSAY_BLESS=1` rewrites the circuit ids and the cost table.

use assay_circuits::SolvencyCircuit;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::covenants::{self, Shape};
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_circuits::statements::solvency::circuit::BLINDING_ROWS;
use assay_circuits::statements::solvency::row;
use assay_circuits::{STATEMENT_ID, Size};
use assay_protocol::Relation;
use assay_protocol::keys::circuit_id;
use halo2_proofs::plonk::{Advice, Column};
use halo2_proofs::poly::Rotation;

use crate::evaluator::Evaluator;
use crate::solvency::{COLUMN_NAMES, Solvency};

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Whether goldens are to be rewritten.
pub(crate) fn blessing() -> bool {
    std::env::var_os("ASSAY_BLESS").is_some()
}

fn compare(name: &str, found: &str) {
    if blessing() {
        std::fs::write(path(name), found).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(path(name)).expect("the golden file can be read");
    assert_eq!(found, golden, "{name} changed: any change of the circuit is a new version of the statement");
}

#[test]
fn circuit_ids_are_golden() {
    let mut text = String::new();
    for size in [Size::Eight, Size::Sixteen, Size::ThirtyTwo] {
        let (assets, id) = (size.assets(), hex::encode(circuit_id(&SolvencyCircuit::empty(size))));
        writeln!(text, "{STATEMENT_ID} {assets:2} assets 0x{id}").expect("a string");
    }
    compare("circuit-id.txt", &text);
}

/// Rotations at which an advice column is read.
fn rotations(queries: &[(Column<Advice>, Rotation)], column: usize) -> Vec<i32> {
    let of_column = queries.iter().filter(|(queried, _)| queried.index() == column);
    let mut rotations: Vec<i32> = of_column.map(|(_, rotation)| rotation.0).collect();
    rotations.sort_unstable();
    rotations
}

#[test]
fn the_cost_table_is_golden() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let system = &evaluator.system;
    let layout = Solvency::<8>::LAYOUT;
    let rows = 1usize << layout.k();
    let usable = rows - BLINDING_ROWS;
    let [filler_a, filler_b] = layout.filler(usable).map(|rows| rows.len());
    let advice = [0, 1].map(|column| rotations(system.advice_queries(), column));
    let shown = |rotations: &[i32]| rotations.iter().map(i32::to_string).collect::<Vec<_>>().join(" ");
    // A query of an instance column sums, over the inputs in it, input times the Lagrange polynomial of the row to
    // which the rotation moves it.
    let places = (0..row::len(Size::Eight)).map(|input| row::place(Size::Eight, input));
    let lagrange: BTreeSet<usize> = places
        .flat_map(|(column, at)| {
            let queries = system.instance_queries().iter().filter(move |(queried, _)| queried.index() == column);
            queries
                .map(move |(_, rotation)| at + rows - usize::try_from(rotation.0.rem_euclid(1024)).expect("positive"))
        })
        .map(|at| at % rows)
        .collect();
    let (advice_evaluations, fixed_evaluations) = (system.advice_queries().len(), system.fixed_queries().len());
    let quotient = system.degree() - 1;
    let points = system.num_advice_columns() + 1 + quotient + 2;
    let scalars = advice_evaluations + fixed_evaluations + 1;
    assert_eq!(PROOF_LEN, 64 * points + 32 * scalars);
    assert_eq!(advice_evaluations, advice.iter().map(Vec::len).sum::<usize>());

    let mut text = String::new();
    let mut line = |name: &str, value: String| writeln!(text, "{name:21} {value}").expect("a string");
    line("statement", format!("{STATEMENT_ID}, 8 assets"));
    line("k", layout.k().to_string());
    let used = layout.rows();
    line("rows", format!("{rows}: {used} used, {} filler, {BLINDING_ROWS} halo2", usable - used));
    line("advice columns", system.num_advice_columns().to_string());
    line("fixed columns", system.num_fixed_columns().to_string());
    line("instance columns", system.num_instance_columns().to_string());
    line("copies, lookups", format!("{}, {}", system.permutation().get_columns().len(), system.lookups().len()));
    line("gates", format!("{}, {} constraints", system.gates().len(), evaluator.constraints.len()));
    line("active constraints", evaluator.constraints.iter().map(|c| c.rows.len()).sum::<usize>().to_string());
    line("degree", system.degree().to_string());
    for (name, rotations) in COLUMN_NAMES.iter().zip(&advice) {
        line(&format!("queries of {name}"), shown(rotations));
    }
    line("fixed evaluations", fixed_evaluations.to_string());
    line("instance queries", system.instance_queries().len().to_string());
    line("Lagrange polynomials", lagrange.len().to_string());
    line("filler cells", format!("a {filler_a}, b {filler_b}"));
    line("points in a proof", format!("{points}: columns {}, random 1, quotient {quotient}, openings 2", advice.len()));
    line("scalars in a proof", format!("{scalars}: advice {advice_evaluations}, fixed {fixed_evaluations}, random 1"));
    line("proof bytes", PROOF_LEN.to_string());
    line("key commitments", system.num_fixed_columns().to_string());
    compare("cost.txt", &text);
}

/// A line for each shape: what a proof costs, and the circuit's id.
#[test]
fn the_shapes_of_covenants_are_golden() {
    let mut text = String::from("k   rows  public inputs  points  scalars  bytes  circuit\n");
    for shape in Shape::ALL {
        let circuit = CovenantsCircuit::empty(shape);
        let (plan, rows) = (circuit.plan(), covenants::layout::Layout::new(shape).rows());
        let (points, scalars, bytes) = (plan.points(), plan.scalars(), plan.proof_len());
        let (k, inputs, id) = (plan.k(), plan.instance(), hex::encode(circuit_id(&circuit)));
        let line = format!("{k}  {rows:5}  {inputs:13}  {points:6}  {scalars:7}  {bytes:5}  {shape}: 0x{id}");
        writeln!(text, "{line}").expect("a string");
    }
    compare("covenants.txt", &text);
}
