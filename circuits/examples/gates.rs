//! Writes the circuits of `solvency/v1` as JSON on standard output, for `circuits/determinism/`.
//!
//! Everything comes from the `ConstraintSystem` that the circuit configures and from the fixed columns of its layout.
//! For each number of assets: `assets`, `rows`; `fixed`, the fixed columns by name; `inputs`, the name, instance column
//! and row of each public input; `lanes`, the limbs of an amount and of a quarter of the difference; `blinding`, the
//! row of `a` with the blinding; `constraints`, each with its `gate`, `name` and `polynomial`.
//!
//! A polynomial is a tree: a field element `"0x…"`; a cell `["a" | "b", rotation]`, `["fixed", name, rotation]` or
//! `["instance", column, rotation]`; `["neg", p]`, `["+", p, q]`, `["*", p, q]`.

use assay_circuits::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::statements::solvency::circuit::SolvencyCircuit;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::statements::solvency::row;
use assay_circuits::{Fr, Size};
use ff::{Field, PrimeField};
use halo2_proofs::plonk::{Circuit, ConstraintSystem, Expression};
use serde_json::{Map, Value, json};

fn element(value: Fr) -> Value {
    let mut bytes: [u8; 32] = value.to_repr();
    bytes.reverse();
    json!(format!("0x{}", hex::encode(bytes)))
}

/// Names of the columns by their index: advice, fixed.
struct Names {
    advice: Vec<&'static str>,
    fixed: Vec<&'static str>,
}

fn tree(polynomial: &Expression<Fr>, names: &Names) -> Value {
    polynomial.evaluate(
        &element,
        &|_| unreachable!("the circuit has no selectors"),
        &|query| json!(["fixed", names.fixed[query.column_index()], query.rotation().0]),
        &|query| json!([names.advice[query.column_index()], query.rotation().0]),
        &|query| json!(["instance", query.column_index(), query.rotation().0]),
        &|_| unreachable!("the circuit has no challenges"),
        &|p| json!(["neg", p]),
        &|p, q| json!(["+", p, q]),
        &|p, q| json!(["*", p, q]),
        &|p, factor| json!(["*", p, element(factor)]),
    )
}

fn input_name(size: Size, index: usize) -> String {
    match index {
        row::COMMITMENT => "C".to_owned(),
        row::CONTEXT => "context".to_owned(),
        row::MARGIN => "m".to_owned(),
        _ => {
            let asset = index - row::collateral_weight(0);
            asset.checked_sub(size.assets()).map_or_else(|| format!("w{asset}"), |asset| format!("v{asset}"))
        }
    }
}

fn circuit(size: Size) -> Value {
    let mut system = ConstraintSystem::default();
    let columns = SolvencyCircuit::configure_with_params(&mut system, size);
    let mut names =
        Names { advice: vec![""; system.num_advice_columns()], fixed: vec![""; system.num_fixed_columns()] };
    names.advice[columns.a.index()] = "a";
    names.advice[columns.b.index()] = "b";
    let layout = Layout::new(size);
    let values = layout.fixed();
    let mut fixed = Map::new();
    for (column, name, values) in [
        (columns.limb, "limb", values.limb),
        (columns.round, "round", values.round),
        (columns.turn, "turn", values.turn),
        (columns.constant, "constant", values.constant),
    ] {
        names.fixed[column.index()] = name;
        fixed.insert(name.to_owned(), values.into_iter().map(element).collect());
    }
    let inputs = (0..row::len(size)).map(|index| {
        let (column, row) = row::place(size, index);
        json!([input_name(size, index), column, row])
    });
    let constraints = system.gates().iter().flat_map(|gate| {
        let names = &names;
        gate.polynomials().iter().enumerate().map(move |(index, polynomial)| {
            json!({
                "gate": gate.name(),
                "name": gate.constraint_name(index),
                "polynomial": tree(polynomial, names),
            })
        })
    });
    json!({
        "assets": size.assets(),
        "rows": 1 << layout.k(),
        "fixed": fixed,
        "inputs": inputs.collect::<Vec<_>>(),
        "lanes": { "amount": LIMBS, "difference": DIFFERENCE_LIMBS },
        "blinding": Layout::permutation(0) + 2,
        "constraints": constraints.collect::<Vec<_>>(),
    })
}

fn main() {
    // The modulus is what minus one is one less than.
    let circuits = [Size::Eight, Size::Sixteen, Size::ThirtyTwo].map(circuit);
    let export = json!({ "minus_one": element(-Fr::ONE), "circuits": circuits });
    println!("{export}");
}
