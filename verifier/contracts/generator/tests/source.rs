//! The contract in the tree is the generated one.

use std::path::Path;

use assay_circuits::{Circuit, Size};
use assay_contracts::halo2_verifier;
use assay_verifier::production_key;

#[test]
fn the_contract_in_the_tree_is_what_the_generator_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/verifier");
    for (name, written) in halo2_verifier(&production_key(Circuit::Solvency(Size::Eight)).expect("part of the program"))
        .expect("the template fits")
    {
        let tree = std::fs::read_to_string(folder.join(name)).expect("part of the tree");
        assert!(written == tree, "{name}: run `cargo run -p assay-contracts`, then `check-artifacts.sh`");
    }
}

#[test]
fn a_generated_file_stays_readable_in_one_sitting() {
    for (name, written) in halo2_verifier(&production_key(Circuit::Solvency(Size::Eight)).expect("part of the program"))
        .expect("the template fits")
    {
        assert!(written.lines().count() <= 600, "{name}: {} lines", written.lines().count());
    }
}
