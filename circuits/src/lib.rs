//! What Assay proves: that a committed position is over-collateralised.
//!
//! Start with [`statements::solvency`]: statement, instance, witness and the reference
//! [`check`]; its circuit and its map of rows are beside it. [`proof`] makes and verifies
//! proofs of any [`Statement`], by the protocol of the crate `assay-protocol`, which holds keys and parameters too.

pub mod chip;
pub mod commitment;
pub mod covenant;
pub mod poseidon;
pub mod position;
pub mod proof;
mod statement;
pub mod statements;
pub mod units;

pub use commitment::PositionCommitment;
pub use covenant::{Covenant, Sides};
pub use position::{Opening, Position};
pub use statement::{Context, Statement};
pub use statements::solvency::circuit::SolvencyCircuit;
pub use statements::solvency::{Instance, STATEMENT_ID, Violation, Witness, check};
pub use statements::{Circuit, StatementId};
pub use units::{Amount, Fr, Margin, OutOfRange, Size, Weight};
