//! What went wrong at a node or in a contract, as a failure with what to do about it.

use alloy::providers::PendingTransactionError;
use alloy::transports::{RpcError, TransportError, TransportErrorKind};

use super::contracts::{ContractError, decode};
use crate::cli::error::{Failure, Kind};

/// Of a request to the node at `host`. Its address is not shown: addresses of nodes hold keys.
pub(super) fn of_request(host: &str, what: &str, error: &TransportError) -> Failure {
    let unreachable = |why: String| {
        Failure::new(Kind::Io, format!("{what}: the node at {host} does not answer: {why}"))
            .hint("check --rpc-url, and that the node is there")
    };
    match error {
        RpcError::ErrorResp(payload) => match payload.as_revert_data() {
            Some(data) => of_revert(what, &decode(&data)),
            None => chain(what, &payload.message),
        },
        RpcError::Transport(TransportErrorKind::HttpError(error)) => {
            unreachable(format!("HTTP status {}", error.status))
        }
        RpcError::Transport(TransportErrorKind::Custom(error)) => {
            let mut cause = error.source();
            while let Some(deeper) = cause.and_then(std::error::Error::source) {
                cause = Some(deeper);
            }
            let cause = cause.map_or_else(|| "no connection".to_owned(), ToString::to_string).to_lowercase();
            unreachable(cause.split(" (os error").next().unwrap_or_default().to_owned())
        }
        RpcError::Transport(_) => unreachable("no connection".to_owned()),
        RpcError::LocalUsageError(error) => chain(what, error),
        _ => chain(what, format_args!("the node at {host} answers what is no answer")),
    }
}

/// Of a transaction on its way.
pub(super) fn of_pending(host: &str, what: &str, error: &PendingTransactionError) -> Failure {
    match error {
        PendingTransactionError::TransportError(error) => of_request(host, what, error),
        _ => chain(what, "the transaction was sent and not seen in a block in five minutes")
            .hint("it may still be mined: look before you send it again"),
    }
}

/// Of a call that reverted.
pub(super) fn of_revert(what: &str, error: &ContractError) -> Failure {
    let failure = chain(what, format_args!("refused: {}", error.shown));
    let mut failure = match advice(&error.name) {
        Some(advice) => failure.hint(advice),
        None => failure,
    };
    if !error.name.is_empty() {
        failure.report.get_or_insert_default().set("revert", error.name.as_str());
    }
    failure
}

/// A failure of the chain.
pub(crate) fn chain(what: &str, why: impl std::fmt::Display) -> Failure {
    Failure::new(Kind::Chain, format!("{what}: {why}"))
}

/// What to do about an error of a contract.
fn advice(name: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(names, _)| names.contains(&name)).map(|(_, advice)| *advice)
}

/// Errors of the contracts, and what to do about them.
const ADVICE: &[(&[&str], &str)] = &[
    (
        &["AnchorNotLatest"],
        "publish the anchor that the attestation was made with (--anchor FILE), or prove anew with the newest",
    ),
    (
        &["AnchorOutdated", "AnchorEquivocal", "AnchorIsOutdated"],
        "ask the attesters for a statement with a greater sequence, and prove anew",
    ),
    (
        &["AnchorIsRevoked", "SignatureRevoked", "TooFewSignatures", "SignerNotExpected", "SignatureInvalid"],
        "ask the policy's attesters for a new holdings statement",
    ),
    (&["OtherStatement"], "the attesters must sign with --beneficiary eip155:CHAIN:REGISTRY"),
    (&["PricesUnusable"], "refresh the board's prices (--refresh); where that fails, wait for its sources"),
    (&["TooFewSources", "SequencerDown"], "the price board's sources cannot be used now: wait for them"),
    (&["PriceBeyondBound"], "prove anew at today's prices, or with a larger --buffer"),
    (
        &["Expired", "ValidTooLong", "NotYet", "StatementTimes"],
        "compare this computer's clock with the chain's, and prove anew",
    ),
    (
        &["StatementBeforeLapse"],
        "ask the attesters for a holdings statement as of a time after the lapse, and prove anew",
    ),
    (
        &["DrawnCreditNotCovered"],
        "prove anew with a credit line that covers what was lent, or with a holdings statement made after it",
    ),
    (&["LenderMismatch"], "name the lender with --lender where there is a credit line, and only there"),
    (&["ProofInvalid"], "check that policy, anchor and attestation belong together: assay verify"),
    (&["PolicyUnknown"], "ask the registry's owner to publish the policy: assay evm deploy prints the call"),
    (&["RouteUnknown"], "ask the registry's owner to add the verifier: assay evm deploy prints the call"),
    (&["PolicyIsRetired", "RouteIsFrozen", "VerifierChanged"], "ask the lender for the policy that replaces it"),
    (&["OwnableUnauthorizedAccount"], "only the registry's owner may do this"),
    (&["OtherBoard"], "the board must have the policy's sources: deploy one for this policy"),
    (&["OtherKey"], "name the verifier for the policy's key"),
    (&["SourceUnsupported"], "a board reads Chainlink and Pyth on its own chain alone: change the policy's sources"),
    (&["RecorderDoesNotAnswer"], "the contract that records commitments does not answer: ask whoever runs it"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::contracts::error_names;

    #[test]
    fn advice_is_about_errors_that_there_are() {
        let there: Vec<_> = error_names().collect();
        for name in ADVICE.iter().flat_map(|(names, _)| *names) {
            assert!(there.contains(name), "{name}");
        }
    }
}
