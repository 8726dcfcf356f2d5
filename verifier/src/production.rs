//! The production verifying key, part of the program: verification needs no other file.
//!
//! It was made from the Hermez ceremony of powers of tau; `params/README.md` says how to make it again.

use alloy_primitives::hex;
use assay_circuits::artifact::ArtifactError;
use assay_circuits::keys::{Fingerprint, VerifyingKey};

/// Fingerprints of the production verifying keys: `solvency/v1` under the Hermez ceremony.
pub const PRODUCTION_FINGERPRINTS: &[Fingerprint] =
    &[Fingerprint(hex!("ca53979d6459c149b2ed4b058b718f2b725750929f3c23c86e3f4ba5ab6c3e1c"))];

/// The production verifying key. Its points are checked as those of any other key; whether it counts, the allow-list of
/// [`crate::Allowed`] decides.
///
/// # Errors
/// [`ArtifactError`], where this program was built with a damaged key.
pub fn production_key() -> Result<VerifyingKey, ArtifactError> {
    VerifyingKey::from_bytes(include_bytes!("../../params/solvency-v1.vk"))
}
