//! Which verifying keys count.

use assay_circuits::keys::Fingerprint;

use crate::policy::Policy;
use crate::production::PRODUCTION_FINGERPRINTS;
use crate::verdict::{KeyAcceptance, Rejection};

/// The verifying keys that count, by fingerprint. A key is accepted by nothing else.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Vec<Fingerprint>);

impl Allowed {
    /// The production keys alone.
    #[must_use]
    pub fn production() -> Self {
        Self::default()
    }

    /// Another key besides.
    #[must_use]
    pub fn and(mut self, fingerprint: Fingerprint) -> Self {
        self.0.push(fingerprint);
        self
    }

    /// A policy that pins a key narrows the list and never extends it: policies come from elsewhere.
    pub(crate) fn accept(&self, policy: &Policy, found: Fingerprint) -> Result<KeyAcceptance, Rejection> {
        match policy.rules().verifying_key {
            Some(expected) if expected != found => Err(Rejection::KeyNotPinned { expected, found }),
            _ if PRODUCTION_FINGERPRINTS.contains(&found) => Ok(KeyAcceptance::Production),
            _ if self.0.contains(&found) => Ok(KeyAcceptance::AllowedByCaller),
            _ => Err(Rejection::KeyNotAccepted { found }),
        }
    }
}
