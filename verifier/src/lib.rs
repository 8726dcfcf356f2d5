//! What a lender embeds: policy, prices and attestation in, a typed verdict out.
pub mod proof;
