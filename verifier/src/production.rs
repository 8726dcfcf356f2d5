//! The production verifying keys, part of the program: verification needs no other file.
//!
//! They were made from the Hermez ceremony of powers of tau; `params/README.md` says how to make them again.

use alloy_primitives::hex;
use assay_circuits::statements::covenants::Shape;
use assay_circuits::{Circuit, Size};
use assay_protocol::artifact::ArtifactError;
use assay_protocol::keys::{Fingerprint, VerifyingKey};

/// The circuits that have a production key.
pub(crate) const CIRCUITS: [Circuit; 3] =
    [Circuit::Solvency(Size::Eight), Circuit::Solvency(Size::Sixteen), Circuit::Covenants(Shape::ALL[0])];

/// Fingerprints of the production verifying keys under the Hermez ceremony: `solvency/v1` for 8 and for 16 assets, and
/// `covenants/v1` for one commitment of 8 assets, 4 pairs of helper amounts and 8 tests.
pub const PRODUCTION_FINGERPRINTS: &[Fingerprint; CIRCUITS.len()] = &[
    Fingerprint(hex!("ca53979d6459c149b2ed4b058b718f2b725750929f3c23c86e3f4ba5ab6c3e1c")),
    Fingerprint(hex!("10024409d7a9f3f11d483454e5a950a79b8d0b08c139c0b17c5070f10d0a23e5")),
    Fingerprint(hex!("9f38b66712924b537a9912dcdf1cfb9a75286e05b83356e9898018bf7f61bf2e")),
];

/// Why there is no production key at hand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProductionKeyError {
    /// None was made for this circuit: the ceremony's file that it needs was not at hand.
    #[error(
        "this program has no production key for {0}: import a ceremony's file of power {power} or more, make the key from \
         it and accept it by its fingerprint", power = .0.k()
    )]
    Open(Circuit),
    /// This program was built with a damaged key.
    #[error(transparent)]
    Damaged(#[from] ArtifactError),
}

/// The production verifying key of one circuit. Its points are checked as those of any other key; whether it counts,
/// [`crate::Verification`] decides.
///
/// # Errors
/// [`ProductionKeyError`].
pub fn production_key(circuit: Circuit) -> Result<VerifyingKey, ProductionKeyError> {
    let files: [&[u8]; CIRCUITS.len()] = [
        include_bytes!("../../params/solvency-v1.vk"),
        include_bytes!("../../params/solvency-v1-16.vk"),
        include_bytes!("../../params/covenants-v1.vk"),
    ];
    let found = CIRCUITS.iter().zip(files).find(|(of, _)| **of == circuit);
    let (_, file) = found.ok_or(ProductionKeyError::Open(circuit))?;
    Ok(Circuit::read_key(file)?)
}
