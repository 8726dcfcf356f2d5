//! What somebody who was refused as a verifier can do about it.

use assay_verifier::{AnchorError, Class, Rejection};

const ASK_AGAIN: &str = "ask whoever made it for a new attestation at today's prices";

/// The next step after `rejection`, in words. Where the key is not accepted, `verify` itself knows more.
pub(crate) fn to_verifier(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::OtherKey { .. } => "name the key that it was made for: --vk FILE",
        Rejection::OtherSrs { .. } | Rejection::Proof(_) => {
            "it was changed or never true: ask whoever made it for another"
        }
        Rejection::KeyNotPinned { .. } => "the policy trusts that key alone: ask for an attestation under it",
        Rejection::KeyNotAccepted { .. } => "a key is accepted with --allow-vk FINGERPRINT",
        Rejection::OtherPolicy { .. } => "check -P, and that the policy is byte for byte the one that was agreed on",
        Rejection::OtherMarket { .. } => "check the market file beside the policy",
        Rejection::OtherSubject { .. } => "check --subject; about somebody else it shows nothing here",
        Rejection::OtherAudience { .. } => "check --audience; made for somebody else it shows nothing here",
        Rejection::NotYet { .. } | Rejection::PricesFromFuture { .. } => "check this computer's clock",
        Rejection::PricesStale { .. } => "get newer prices",
        Rejection::Prices(_) => "make a snapshot of the policy's assets and sources",
        Rejection::Expired { .. } | Rejection::PriceBeyondBound(_) => ASK_AGAIN,
        Rejection::ValidTooLong { .. } => "ask whoever made it for one that ends sooner: --valid-until",
        Rejection::Weights(_) => "its bounds or its credit line do not fit the policy: ask whoever made it for another",
        Rejection::Anchor(error) => of_anchor(error),
    }
}

fn of_anchor(error: &AnchorError) -> &'static str {
    match error {
        AnchorError::Missing { .. } | AnchorError::TooFew { .. } => {
            "ask for an attestation that enough of the policy's attesters have signed for"
        }
        AnchorError::NotGiven { .. } | AnchorError::OtherStatement { .. } => {
            "name the holdings statement that it was made with: --anchor FILE"
        }
        AnchorError::NotTrusted => "leave out --anchor, or use a policy that lists the attesters",
        AnchorError::OnChain { .. } => "ask the registry on that chain",
        AnchorError::OtherBeneficiary { .. }
        | AnchorError::OtherChain { .. }
        | AnchorError::BeneficiaryNotRegistry { .. } => {
            "check --beneficiary: whom the collateral must be encumbered to"
        }
        AnchorError::Unavailable(_) => "check the file that --seen names",
        AnchorError::FromFuture { .. } => "check this computer's clock",
        _ if error.class() == Class::Stale => ASK_AGAIN,
        _ => "ask whoever made it for an anchor that is in force",
    }
}
