//! What somebody who was refused can do about it, as a verifier or as a prover.

use std::path::Path;

use assay_verifier::{AnchorError, Class, Rejection, WeightError};

use crate::cli::error::Failure;

const ASK_AGAIN: &str = "ask whoever made it for a new attestation at today's prices";

/// The next step after `rejection`, in words. Where the key is not accepted, `verify` itself knows more.
pub(crate) fn to_verifier(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::OtherKey { .. } => "name the key that it was made for: --vk FILE",
        Rejection::OtherCircuit { .. } => "name the key for the policy's circuit: --vk FILE",
        Rejection::OtherStatement { .. } => {
            "check -P: the policy at hand asks for another statement than the one that was proven"
        }
        Rejection::OtherSrs { .. } | Rejection::Proof(_) => {
            "it was changed or never true: ask whoever made it for another"
        }
        Rejection::KeyNotPinned { .. } => "the policy trusts that key alone: ask for an attestation under it",
        Rejection::NoKey(_) | Rejection::KeyNotAccepted { .. } => "a key is accepted with --allow-vk FINGERPRINT",
        Rejection::OtherPolicy { .. } => {
            "check -P: name the policy that was agreed on; assay policy check shows the id of the one at hand"
        }
        Rejection::OtherMarket { .. } => "check the market file beside the policy",
        Rejection::OtherSubject { .. } => "check --subject; about somebody else it shows nothing here",
        Rejection::OtherAudience { .. } => "check --audience; made for somebody else it shows nothing here",
        Rejection::NotYet { .. } => "check this computer's clock",
        Rejection::Prices(_) => "make a snapshot of the policy's assets and sources",
        Rejection::Expired { .. } | Rejection::PriceBeyondBound(_) => ASK_AGAIN,
        Rejection::ValidTooLong { .. } => "ask whoever made it for one that ends sooner: --valid-until",
        Rejection::Weights(_) | Rejection::Covenants(_) => {
            "its bounds or its credit line do not fit the policy: ask whoever made it for another"
        }
        Rejection::Anchor(error) => of_anchor(error),
        _ => ASK_AGAIN,
    }
}

/// The next step of a prover whose anchor is not what the policy asks for.
pub(crate) fn to_prover(error: &AnchorError) -> &'static str {
    match error {
        AnchorError::Missing { .. } | AnchorError::NotGiven { .. } => {
            "a holdings statement of the policy's attesters is needed: --anchor FILE"
        }
        AnchorError::NotTrusted => "leave out --anchor, or prove under a policy that lists the attesters",
        AnchorError::TooFew { .. } => "have more of the policy's attesters sign it: assay sign --add-to",
        AnchorError::OtherMarket { .. } => "check -P, or ask the attesters for a statement about this market",
        AnchorError::OtherSubject { .. } => "check --subject, or ask the attesters for a statement about it",
        AnchorError::BeneficiaryNotRegistry { .. } => {
            "check --audience, or ask the attesters for a statement whose beneficiary it is"
        }
        AnchorError::OtherCommitment { .. } => {
            "name the opening that the attesters were given: --opening FILE; or have them sign for the new commitment"
        }
        AnchorError::OnChain { .. } => "prove for the registry on that chain, which reads the record itself",
        _ if error.class() == Class::Stale => "check this computer's clock, or ask the attesters for a newer statement",
        _ => "ask the attesters for a statement that is in force: assay inspect shows what this one says",
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

/// The failure that a rejection is. `prices` names the file that stale prices came from.
pub(crate) fn rejected(rejection: &Rejection, prices: &Path) -> Failure {
    let mut failure = Failure::from(rejection);
    match rejection {
        Rejection::Prices(error) => return Failure::from(&**error).in_file(prices),
        Rejection::Anchor(AnchorError::Missing { .. } | AnchorError::NotGiven { .. }) => {
            failure = failure.hint("a holdings statement of the policy's attesters is needed: --anchor FILE");
        }
        _ => {}
    }
    failure
}

/// Why there are no weights, by its stable name, and what would do.
pub(crate) fn no_weights(error: WeightError) -> Failure {
    let rejection = Rejection::from(error);
    let failure = Failure::from(&rejection);
    match rejection {
        Rejection::Weights(WeightError::TooLarge { scale, .. }) => {
            failure.hint(format!("in the policy, scale = \"{scale}\" would do"))
        }
        Rejection::Weights(WeightError::Margin(_)) => failure.hint("a smaller --credit would do"),
        Rejection::Weights(WeightError::Profile(_)) => failure.hint("choose a larger --buffer that the policy offers"),
        _ => failure,
    }
}
