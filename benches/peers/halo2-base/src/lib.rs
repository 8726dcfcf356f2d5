//! `solvency/v1` in halo2-base: the same public inputs, widths and commitment as Assay's own circuit, proven by
//! halo2-axiom and verified on chain by the contract that snark-verifier writes.

pub mod circuit;
pub mod evm;
pub mod keys;
pub mod poseidon;
pub mod proof;
