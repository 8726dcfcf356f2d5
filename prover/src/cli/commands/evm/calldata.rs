//! `assay evm calldata`: a call for another wallet.

use alloy::primitives::hex;
use alloy::sol_types::SolCall as _;

use crate::chain::claim::Claimed;
use crate::cli::args::{Call, CalldataArgs};
use crate::cli::error::{Outcome, usage};
use crate::cli::output::Report;

/// Prints the calldata; in JSON with the address that it is for.
///
/// # Errors
/// As [`Claimed::load`]; exit 2 where the anchor is needed and not given.
pub(crate) fn run(args: &CalldataArgs) -> Outcome {
    let claimed = Claimed::load(&args.claim)?;
    let verifier = claimed.policy.rules().on_chain.map(|on_chain| on_chain.verifier);
    let (to, data) = match args.call {
        Call::Attest => (Some(claimed.registry), claimed.attest().abi_encode()),
        Call::Preview => (Some(claimed.registry), claimed.preview().abi_encode()),
        Call::PublishAnchor => {
            let call = claimed.publish_anchor().ok_or_else(|| usage("--anchor", "needed for publish-anchor"))?;
            (Some(claimed.registry), call.abi_encode())
        }
        Call::Verify => (verifier, claimed.verify()?),
    };
    let data = hex::encode_prefixed(data);
    let mut report = Report::new();
    report.set("chain", format!("eip155:{}", claimed.chain_id));
    report.set("to", to.map(|to| to.to_string())).set("data", data.as_str());
    // Only the registry asks who sends.
    let from = (args.call == Call::Attest).then(|| claimed.attestation.assertion.subject.to_string());
    report.set("from", from);
    report.line(data);
    Ok(report)
}
