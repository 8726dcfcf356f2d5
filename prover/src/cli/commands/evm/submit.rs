//! `assay evm submit`: an attestation goes on record.

use alloy::primitives::B256;
use alloy::sol_types::SolCall as _;

use super::show_sent;
use super::status::Found;
use crate::chain::claim::Claimed;
use crate::chain::contracts::{anchorOfCall, refreshAllCall};
use crate::chain::node::Node;
use crate::cli::args::SubmitArgs;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::files::keystore::Signer;

/// Publishes the anchor where it is newer than the registry's, asks what would happen, and attests.
///
/// # Errors
/// Exit 15 where the registry has a newer anchor, 16 where the chain refuses, 17 where chain or subject are others than
/// the attestation's, 4 where the node does not answer; and as [`Claimed::load`].
pub(crate) fn run(session: &Session, args: &SubmitArgs) -> Outcome {
    let claimed = Claimed::load(&args.claim)?;
    let subject = claimed.attestation.assertion.subject;
    let signer = args
        .keystore
        .as_deref()
        .map(|keystore| Signer::unlock(&session.ui, keystore, args.password_file.as_deref()))
        .transpose()?;
    if let Some(signer) = &signer
        && signer.address() != subject
    {
        let what = format!("the keystore is that of {}, the attestation is about {subject}", signer.address());
        return Err(Failure::new(Kind::Unexpected, what).hint("only the subject itself can attest"));
    }
    let node = Node::connect(session, &args.node, signer)?;
    if node.chain_id != claimed.chain_id {
        let what = format!("the node is on chain {}, the attestation is for {}", node.chain_id, claimed.chain_id);
        return Err(Failure::new(Kind::Unexpected, what).hint("check --rpc-url"));
    }
    let mut report = Report::new();
    let mut sent = Vec::new();
    if args.refresh
        && let Some(on_chain) = claimed.policy.rules().on_chain
    {
        let what = "refreshing the prices";
        sent.push((what, node.send(what, Some(on_chain.price_board), refreshAllCall {}.abi_encode())?));
    }
    let pending = newer_anchor(&node, &claimed)?;
    if pending && args.dry_run {
        let Some(call) = claimed.publish_anchor() else { return Ok(report) };
        node.call("publishing the anchor", claimed.registry, &call)?;
        report.verdict(true, "the registry would take the anchor; it is asked about the attestation once it has it");
        report.set("dry_run", true).set("publishes_anchor", true).set("statement", None::<String>);
        return Ok(report);
    }
    if pending && let Some(call) = claimed.publish_anchor() {
        let what = "publishing the anchor";
        sent.push((what, node.send(what, Some(claimed.registry), call.abi_encode())?));
    }
    let statement: B256 = node.call("attesting", claimed.registry, &claimed.preview())?;
    report.set("dry_run", args.dry_run).set("publishes_anchor", pending).set("statement", statement.to_string());
    if args.dry_run {
        report.verdict(true, "the registry would record it").row("statement", statement);
        return Ok(report);
    }
    sent.push(("attesting", node.send("attesting", Some(claimed.registry), claimed.attest().abi_encode())?));
    report.verdict(true, format_args!("on record at eip155:{}:{}", claimed.chain_id, claimed.registry));
    report.row("subject", subject).row("statement", statement);
    show_sent(&mut report, &sent);
    Found::ask(&node, claimed.registry, subject, claimed.policy.id())?.describe(&mut report);
    Ok(report)
}

/// Whether the anchor that was given is yet to be published.
///
/// # Errors
/// Exit 15 where the registry has another that is as new or newer; 4 or 16.
fn newer_anchor(node: &Node, claimed: &Claimed) -> Result<bool, Failure> {
    let Some(anchor) = &claimed.anchor else { return Ok(false) };
    let said = anchor.statement();
    let call = anchorOfCall { subject: said.subject, policyId: claimed.policy.id() };
    let latest = node.call("asking for the latest anchor", claimed.registry, &call)?;
    if latest.hash == said.struct_hash() {
        return Ok(false);
    }
    if !latest.hash.is_zero() && latest.sequence >= said.sequence {
        let what = format!("the registry has a holdings statement with sequence {}: {}", latest.sequence, latest.hash);
        return Err(Failure::new(Kind::Anchor, what).hint("prove anew with that one, or with a newer one"));
    }
    Ok(true)
}
