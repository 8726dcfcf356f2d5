//! The contract in the tree is the generated one.

use assay_contracts::halo2_verifier;
use assay_verifier::production_key;

#[test]
fn the_contract_in_the_tree_is_what_the_generator_writes() {
    let written = halo2_verifier(&production_key().expect("part of the program")).expect("the template fits");
    let tree = include_str!("../../src/verifier/Halo2Verifier.sol");
    assert!(written == tree, "run `cargo run -p assay-contracts > verifier/contracts/src/verifier/Halo2Verifier.sol`");
}
