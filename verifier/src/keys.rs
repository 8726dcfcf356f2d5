//! Which verifying keys count, and the one that is used where the caller names none.

use std::sync::OnceLock;

use assay_circuits::Circuit;

use crate::policy::Policy;
use crate::production::{self, PRODUCTION_FINGERPRINTS, ProductionKeyError, production_key};
use crate::verdict::{KeyAcceptance, Rejection};

pub use assay_protocol::keys::{Fingerprint, VerifyingKey};

/// The production key of one circuit, read and checked once.
pub(crate) fn production(circuit: Circuit) -> Result<&'static VerifyingKey, Rejection> {
    type Kept = OnceLock<Result<VerifyingKey, ProductionKeyError>>;
    static KEYS: [Kept; PRODUCTION_FINGERPRINTS.len()] = [const { Kept::new() }; PRODUCTION_FINGERPRINTS.len()];
    let kept = production::CIRCUITS.iter().zip(&KEYS).find(|(of, _)| **of == circuit);
    let (_, kept) = kept.ok_or(Rejection::NoKey(ProductionKeyError::Open(circuit)))?;
    kept.get_or_init(|| production_key(circuit)).as_ref().map_err(|error| Rejection::NoKey(error.clone()))
}

/// Decides whether a key counts: by its fingerprint, and by nothing else. Production keys count, and those that the caller
/// allows besides. A policy that pins a key narrows the list and never extends it: policies come from elsewhere.
pub(crate) fn accept(allowed: &[Fingerprint], policy: &Policy, found: Fingerprint) -> Result<KeyAcceptance, Rejection> {
    match policy.rules().verifying_key {
        Some(expected) if expected != found => Err(Rejection::KeyNotPinned { expected, found }),
        _ if PRODUCTION_FINGERPRINTS.contains(&found) => Ok(KeyAcceptance::Production),
        _ if allowed.contains(&found) => Ok(KeyAcceptance::AllowedByCaller),
        _ => Err(Rejection::KeyNotAccepted { found }),
    }
}
