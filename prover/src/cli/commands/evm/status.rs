//! `assay evm status`: what a registry says of a subject now.

use alloy::primitives::{Address, U256};
use assay_verifier::{format_amount, format_time};
use serde_json::json;

use crate::chain::contracts::{REASONS, STATUSES, creditLineCall, statusInFullCall};
use crate::chain::deployments::Deployments;
use crate::chain::node::Node;
use crate::cli::args::StatusArgs;
use crate::cli::assertion;
use crate::cli::error::{Failure, Outcome, subject};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::files::inputs;

/// Asks for status, reason and credit line. Whatever the status, the question was answered: exit 0.
///
/// # Errors
/// Exit 4 where the node does not answer, 16 where the registry refuses; 2, 3 and 4 for what is wrong with options and
/// files.
pub(crate) fn run(session: &Session, args: &StatusArgs) -> Outcome {
    let subject = subject(&args.subject)?;
    let policy = inputs::policy(&args.policy.policy)?;
    let node = Node::connect(session, &args.node, None)?;
    let registry = Deployments::load(&args.deployments, node.chain_id)?.registry(&args.deployments)?;
    let policy_id = policy.id();
    let found = Found::ask(&node, registry, subject, policy_id)?;
    let line = node.call("asking for the credit line", registry, &creditLineCall { subject, policyId: policy_id })?;

    let mut report = Report::new();
    found.describe(&mut report);
    report.row("subject", subject).row("policy", format_args!("{policy_id}, “{}”", policy.rules().name));
    report.row("registry", format_args!("eip155:{}:{registry}", node.chain_id));
    report.row("as of", format_args!("{}, the latest block", format_time(found.time)));
    if let Some((asset, _)) = policy.market().assets().get(usize::from(line.asset)).zip((line.amount > 0).then_some(()))
    {
        let amount = |units| format_amount(units, asset.decimals);
        let left = amount(line.amount.saturating_sub(line.drawn));
        report.row(
            "credit line",
            format_args!("{} {}, {left} left, from {}", amount(line.amount), asset.symbol, line.lender),
        );
        report.set(
            "credit_line",
            json!({
                "lender": line.lender.to_string(),
                "asset": asset.symbol,
                "base_units": line.amount.to_string(),
                "drawn": line.drawn.to_string(),
            }),
        );
    } else {
        report.set("credit_line", None::<String>);
    }
    report.set("subject", subject.to_string()).set("policy", policy_id.to_string());
    report.set("registry", format!("eip155:{}:{registry}", node.chain_id));
    Ok(report)
}

/// A status with what it follows from.
pub(super) struct Found {
    status: &'static str,
    reason: &'static str,
    /// Since when a grace period runs.
    since: Option<u64>,
    /// The last second of it.
    grace_until: Option<u64>,
    time: u64,
}

impl Found {
    /// Asks a registry.
    ///
    /// # Errors
    /// Exit 4 or 16.
    pub(super) fn ask(
        node: &Node,
        registry: Address,
        subject: Address,
        policy: assay_verifier::B256,
    ) -> Result<Self, Failure> {
        let what = "asking for the status";
        let found = node.call(what, registry, &statusInFullCall { subject, policyId: policy })?;
        let name = |names: &[&'static str], index: u8| names.get(usize::from(index)).copied().unwrap_or("unknown");
        let seconds = |at: U256| Some(u64::try_from(at).unwrap_or(u64::MAX)).filter(|at| *at > 0);
        Ok(Self {
            status: name(&STATUSES, found.status),
            reason: name(&REASONS, found.reason),
            since: seconds(found.lapsedSince),
            grace_until: seconds(found.graceUntil),
            time: node.time()?,
        })
    }

    /// Whether it permits to borrow.
    fn healthy(&self) -> bool {
        self.status == "Healthy"
    }

    /// The verdict, and when it has consequences.
    pub(super) fn describe(&self, report: &mut Report) {
        let headline =
            if self.healthy() { self.status.to_owned() } else { format!("{}: {}", self.status, words(self.reason)) };
        report.verdict(self.healthy(), headline);
        match (self.status, self.grace_until) {
            ("Lapsed", Some(end)) => {
                report.row("grace until", assertion::until(end, self.time));
            }
            ("Lapsed", None) => {
                report.row("grace", "does not run: nobody has recorded the lapse (recordLapse)");
            }
            ("Unknown", _) => {
                report.row("", "neither borrowing nor liquidation");
            }
            _ => {}
        }
        report.set("status", self.status).set("reason", self.reason);
        report.set("lapsed_since", self.since.map(format_time)).set("grace_until", self.grace_until.map(format_time));
        report.set("time", format_time(self.time));
    }
}

/// A reason in words.
fn words(reason: &str) -> &str {
    match reason {
        "NoAttestation" => "nothing was attested under this policy",
        "OracleUnusable" => "the prices are too old, missing or disputed, or the sequencer is down",
        "RecorderUnusable" => "the contract that records commitments does not answer",
        "PriceBeyondBound" => "a price is or was beyond its bound",
        "Expired" => "valid-until has passed",
        "AnchorSuperseded" => "there is a newer holdings statement",
        "AnchorRevoked" => "attesters have withdrawn",
        "CreditNotCovered" => "more was lent than the statement covers",
        "PolicyRetired" => "the policy was retired",
        "RouteFrozen" => "the verifier was frozen",
        "RevokedBySubject" => "the subject revoked it",
        other => other,
    }
}
