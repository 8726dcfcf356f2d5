//! The chain side: contracts, the node that is asked, and what failures there mean.

pub(crate) mod claim;
pub(crate) mod contracts;
pub(crate) mod deployments;
mod failure;
pub(crate) mod node;
