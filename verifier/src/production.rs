//! The production verifying keys, part of the program: verification needs no other file.
//!
//! It was made from the Hermez ceremony of powers of tau; `params/README.md` says how to make it again.

use alloy_primitives::hex;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::{Size, SolvencyCircuit};
use assay_protocol::artifact::ArtifactError;
use assay_protocol::keys::{Fingerprint, VerifyingKey};

/// Fingerprints of the production verifying keys: `solvency/v1` for 8 and for 16 assets under the Hermez ceremony.
pub const PRODUCTION_FINGERPRINTS: &[Fingerprint] = &[
    Fingerprint(hex!("ca53979d6459c149b2ed4b058b718f2b725750929f3c23c86e3f4ba5ab6c3e1c")),
    Fingerprint(hex!("10024409d7a9f3f11d483454e5a950a79b8d0b08c139c0b17c5070f10d0a23e5")),
];

/// Why there is no production key at hand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProductionKeyError {
    /// None was made for this size: the ceremony's file that it needs was not at hand.
    #[error(
        "this program has no production key for {0}: import a ceremony's file of power {power} or more, make the key from \
         it and accept it by its fingerprint", power = Layout::new(*.0).k()
    )]
    Open(Size),
    /// This program was built with a damaged key.
    #[error(transparent)]
    Damaged(#[from] ArtifactError),
}

/// The production verifying key for markets of one size. Its points are checked as those of any other key; whether it
/// counts, [`crate::Verification`] decides.
///
/// # Errors
/// [`ProductionKeyError`].
pub fn production_key(size: Size) -> Result<VerifyingKey, ProductionKeyError> {
    let file: &[u8] = match size {
        Size::Eight => include_bytes!("../../params/solvency-v1.vk"),
        Size::Sixteen => include_bytes!("../../params/solvency-v1-16.vk"),
        Size::ThirtyTwo | Size::SixtyFour => return Err(ProductionKeyError::Open(size)),
    };
    Ok(VerifyingKey::from_bytes::<SolvencyCircuit>(file)?)
}
