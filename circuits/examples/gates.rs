//! Writes the circuits of `solvency/v1` and `covenants/v1` as JSON on standard output, for `circuits/determinism/`.
//!
//! Everything comes from the `ConstraintSystem` that the circuit configures, from the protocol's plan of it, in which sums of
//! public inputs are columns, and from the fixed columns of its layout. For each statement its name, the unit of `size`, and
//! circuits of several sizes: `size`, `rows`; `fixed`, the fixed columns by name; `public`, a name of what stands there, a public
//! column and a row, for each row that holds a sum of public inputs; `given`, how many of these are read and not determined;
//! `determined`, the names of the others; `lanes`, the limbs and the number of the lanes of amounts and of quarters of
//! differences; `blindings`, the rows of `a` with a blinding; `constraints`, each with its `gate`, `name` and `polynomial`.
//!
//! A polynomial is a tree: a field element `"0x…"`; a cell `["a" | "b" | "s", rotation]`, `["fixed", name, rotation]` or
//! `["instance", public column, rotation]`; `["challenge", number]`; `["neg", p]`, `["+", p, q]`, `["*", p, q]`.

use std::collections::BTreeMap;

use assay_circuits::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::chip::poseidon::CAPACITY;
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::solvency::circuit::SolvencyCircuit;
use assay_circuits::statements::{covenants, solvency};
use assay_circuits::{Fr, Size};
use assay_protocol::Relation;
use assay_protocol::plan::{Plan, Term};
use ff::{Field, PrimeField};
use halo2_proofs::plonk::Expression;
use serde_json::{Map, Value, json};

const ADVICE: [&str; 3] = ["a", "b", "s"];
const FIXED: [&str; 5] = ["limb", "round", "turn", "constant", "step"];

fn element(value: Fr) -> Value {
    let mut bytes: [u8; 32] = value.to_repr();
    bytes.reverse();
    json!(format!("0x{}", hex::encode(bytes)))
}

fn tree(polynomial: &Expression<Fr>) -> Value {
    polynomial.evaluate(
        &element,
        &|_| unreachable!("the circuits have no selectors"),
        &|query| json!(["fixed", FIXED[query.column_index()], query.rotation().0]),
        &|query| json!([ADVICE[query.column_index()], query.rotation().0]),
        &|query| json!(["instance", query.column_index(), query.rotation().0]),
        &|challenge| json!(["challenge", challenge.index()]),
        &|p| json!(["neg", p]),
        &|p, q| json!(["+", p, q]),
        &|p, q| json!(["*", p, q]),
        &|p, factor| json!(["*", p, element(factor)]),
    )
}

/// What stands in the rows of the public columns, from the names of the public inputs by instance column.
fn public(plan: &Plan, inputs: &[Vec<String>]) -> Vec<Value> {
    let mut rows: BTreeMap<(usize, i32), Vec<String>> = BTreeMap::new();
    for (number, column) in plan.public_columns().iter().enumerate() {
        for Term { query, factor, powers } in &column.terms {
            let sign = if *factor == -Fr::ONE { "−" } else { "" };
            assert!(sign == "−" || *factor == Fr::ONE, "the terms have no factor but a sign");
            let challenges = powers.iter().filter(|power| **power > 0).map(|power| format!("ρ^{power}·"));
            let challenges: String = challenges.collect();
            for (row, input) in (-query.rotation..).zip(&inputs[query.column]) {
                let row = row.rem_euclid(1 << plan.k());
                rows.entry((number, row)).or_default().push(format!("{sign}{challenges}{input}"));
            }
        }
    }
    rows.into_iter().map(|((column, row), names)| json!([names.join(" + "), column, row])).collect()
}

/// What is known of a circuit besides its constraints.
struct About {
    /// Names of the public inputs by instance column.
    inputs: Vec<Vec<String>>,
    given: usize,
    determined: Vec<&'static str>,
    /// How many amounts there are, and how many differences.
    amounts: usize,
    differences: usize,
    /// First rows of the permutations that take a blinding.
    starts: Vec<usize>,
}

fn circuit(relation: &impl Relation, size: usize, about: About) -> Value {
    let (system, plan) = (relation.system(), relation.plan());
    let fixed = FIXED.into_iter().zip(relation.fixed());
    let fixed: Map<String, Value> =
        fixed.map(|(name, column)| (name.to_owned(), column.into_iter().map(element).collect())).collect();
    let names = system
        .gates()
        .iter()
        .flat_map(|gate| (0..gate.polynomials().len()).map(move |index| (gate.name(), gate.constraint_name(index))));
    let constraints = names
        .zip(plan.gates())
        .map(|((gate, name), polynomial)| json!({ "gate": gate, "name": name, "polynomial": tree(polynomial) }));
    json!({
        "size": size,
        "rows": 1 << plan.k(),
        "fixed": fixed,
        "public": public(&plan, &about.inputs),
        "given": about.given,
        "determined": about.determined,
        "lanes": { "amount": [LIMBS, about.amounts], "difference": [DIFFERENCE_LIMBS, 4 * about.differences] },
        "blindings": about.starts.into_iter().map(|row| row + CAPACITY).collect::<Vec<_>>(),
        "constraints": constraints.collect::<Vec<_>>(),
    })
}

fn solvency_circuit(size: Size) -> Value {
    let weights = |letter: char| (0..size.assets()).map(|asset| format!("{letter}{asset}")).collect();
    let about = About {
        inputs: vec![["C", "context", "m"].map(str::to_owned).to_vec(), weights('w'), weights('v')],
        given: 2 * size.assets(),
        determined: vec!["C", "m"],
        amounts: 2 * size.assets(),
        differences: 1,
        starts: vec![solvency::layout::Layout::permutation(0)],
    };
    circuit(&SolvencyCircuit::empty(size), size.assets(), about)
}

fn covenants_circuit(shape: covenants::Shape) -> Value {
    let commitments = ["C0", "C1", "C2", "C3"].into_iter().take(shape.commitments());
    let constants = (0..shape.rows()).map(|row| format!("c{row}"));
    let coefficients = (0..shape.rows()).flat_map(|row| (0..shape.terms()).map(move |term| format!("A{row},{term}")));
    let alone = commitments.clone().chain(["context"]).map(str::to_owned).chain(constants).chain(coefficients);
    let layout = covenants::layout::Layout::new(shape);
    let about = About {
        inputs: alone.map(|name| vec![name]).collect(),
        // The coefficients of every term as one, and the constants as one.
        given: shape.terms() + 1,
        determined: commitments.collect(),
        amounts: shape.terms(),
        differences: shape.tests(),
        starts: (0..shape.commitments()).map(|commitment| layout.permutation(commitment, 0)).collect(),
    };
    circuit(&CovenantsCircuit::empty(shape), shape.commitments(), about)
}

fn main() {
    let solvency_circuits = [Size::Eight, Size::Sixteen, Size::ThirtyTwo].map(solvency_circuit);
    let [one, _, two, ..] = covenants::Shape::ALL;
    let covenants_circuits = [one, two].map(covenants_circuit);
    let export = json!({
        // The modulus is what minus one is one less than.
        "minus_one": element(-Fr::ONE),
        "statements": [
            { "name": solvency::STATEMENT_ID, "unit": "assets", "circuits": solvency_circuits },
            { "name": covenants::STATEMENT_ID, "unit": "commitments", "circuits": covenants_circuits },
        ],
    });
    println!("{export}");
}
