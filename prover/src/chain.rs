//! The chain side: contracts, the node that is asked, and what failures there mean. Without the feature `chain`, only what
//! is needed to read a file of contracts.

#[cfg(feature = "chain")]
pub(crate) mod claim;
#[cfg(feature = "chain")]
pub(crate) mod contracts;
pub(crate) mod deployments;
#[cfg(feature = "chain")]
mod failure;
#[cfg(feature = "chain")]
pub(crate) mod node;
