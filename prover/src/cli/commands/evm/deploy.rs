//! `assay evm deploy`: what a policy needs on a chain.

use std::path::PathBuf;

use alloy::primitives::{Address, B256, U256, hex};
use alloy::sol_types::{SolCall as _, SolValue as _};
use assay_verifier::{PRODUCTION_FINGERPRINTS, Policy, parse_address};
use serde_json::{Value, json};

use super::show_sent;
use crate::chain::contracts::{
    self, FINGERPRINTCall, addRouteCall, configurationCall, ownerCall, policiesCall, routesCall, sequencerFeedCall,
    sequencerGraceCall,
};
use crate::chain::deployments::{Account, Deployments, named};
use crate::chain::node::{Mined, Node};
use crate::cli::args::DeployArgs;
use crate::cli::error::{Failure, Kind, Outcome, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::inputs;
use crate::files::keystore::Signer;

/// Deploys what is not there yet, adds the verifier's route, and publishes the policy if it names these contracts.
/// Running it again deploys nothing twice.
///
/// # Errors
/// Exit 14 where there is no verifier for the policy's key, 16 where the chain refuses, 17 where a contract has another
/// key or other sources than the policy, 4 where the node does not answer; 2, 3 and 4 for what is wrong with options and
/// files.
pub(crate) fn run(session: &Session, args: &DeployArgs) -> Outcome {
    let policy = inputs::policy(&args.policy.policy)?;
    let signer = Signer::unlock(&session.ui, &args.keystore, args.password_file.as_deref())?;
    let payer = signer.address();
    let owner = address("--owner", args.owner.as_deref())?.unwrap_or(payer);
    let node = Node::connect(session, &args.node, Some(signer))?;
    let known = Deployments::load(&args.deployments, node.chain_id)?;
    let path = Deployments::path(&args.deployments, node.chain_id);
    let mut job = Job { session, args, node, policy, known, path, sent: Vec::new() };
    let verifier = job.verifier()?;
    let board = job.board()?;
    let registry = job.registry(owner)?;

    let mut report = Report::new();
    let chain = job.known.chain().to_owned();
    report.verdict(true, format_args!("on {chain}, in {}", shown(&job.path)));
    report.row("registry", format_args!("{chain}:{registry}")).row("verifier", verifier).row("price board", board);
    let calls = job.settle(&mut report, registry, verifier, board, payer)?;
    show_sent(&mut report, &job.sent);
    report.set("chain", chain).set("deployments", shown(&job.path)).set("registry", registry.to_string());
    report.set("verifier", verifier.to_string()).set("price_board", board.to_string());
    report.set("owner_calls", calls);
    Ok(report)
}

/// A deployment in progress.
struct Job<'a> {
    session: &'a Session,
    args: &'a DeployArgs,
    node: Node,
    policy: Policy,
    known: Deployments,
    path: PathBuf,
    sent: Vec<(&'static str, Mined)>,
}

impl Job<'_> {
    /// The fingerprint of the policy's key; without one, the production key's.
    fn key(&self) -> B256 {
        let pinned = self.policy.rules().verifying_key;
        pinned.or(PRODUCTION_FINGERPRINTS.first().copied()).map_or(B256::ZERO, |key| B256::new(key.0))
    }

    /// The verifier for the policy's key.
    fn verifier(&mut self) -> Result<Address, Failure> {
        let key = self.key();
        let wanted = self.policy.rules().on_chain.map(|on_chain| on_chain.verifier);
        let listed = self.known.verifiers.get(key);
        let found = address("--verifier", self.args.verifier.as_deref())?.or(wanted).or(listed);
        let production = PRODUCTION_FINGERPRINTS.iter().any(|fingerprint| fingerprint.0 == key.0);
        let verifier = match found {
            Some(verifier) => self.there("verifier", verifier)?,
            None if production => {
                self.deploy("deploying the verifier", contracts::halo2_verifier()?.deployment(&[])?)?
            }
            None => {
                let what = format!("this program has no verifier contract for the key {key}, which the policy pins");
                return Err(Failure::new(Kind::Keys, what)
                    .hint("deploy one that the generator writes for that key, and name it with --verifier"));
            }
        };
        let found = self.node.call("asking the verifier for its key", verifier, &FINGERPRINTCall {})?;
        if found != key {
            return Err(other(format!("the verifier {verifier} is for the key {found}, the policy for {key}")));
        }
        self.known.verifiers.set(key, verifier);
        self.known.save(&self.path)?;
        Ok(verifier)
    }

    /// The price board with the policy's sources.
    fn board(&mut self) -> Result<Address, Failure> {
        let configuration = self.policy.board_configuration();
        let wanted = self.policy.rules().on_chain.map(|on_chain| on_chain.price_board);
        let listed = self.known.price_boards.get(configuration);
        let board = match wanted.or(listed) {
            Some(board) => self.there("price board", board)?,
            None => {
                let feed = address("--sequencer-feed", self.args.sequencer_feed.as_deref())?.unwrap_or_default();
                let arguments = self.policy.board(feed, self.args.sequencer_grace.unwrap_or_default());
                self.deploy("deploying the price board", contracts::price_board()?.deployment(&arguments)?)?
            }
        };
        let found = self.node.call("asking the price board for its sources", board, &configurationCall {})?;
        if found != configuration {
            return Err(other(format!("the price board {board} has other sources or limits than the policy")));
        }
        // The policy does not name the feed of the sequencer: a board that was there already may have another.
        if let Some(wanted) = address("--sequencer-feed", self.args.sequencer_feed.as_deref())? {
            let what = "asking the price board for the feed of the sequencer";
            let feed = self.node.call(what, board, &sequencerFeedCall {})?;
            let grace = self.node.call(what, board, &sequencerGraceCall {})?;
            if feed != wanted || grace != U256::from(self.args.sequencer_grace.unwrap_or_default()) {
                let what = format!("the price board {board} has the sequencer's feed {feed} with {grace} s of grace");
                return Err(other(what));
            }
        }
        self.known.price_boards.set(configuration, board);
        self.known.save(&self.path)?;
        Ok(board)
    }

    /// The registry.
    fn registry(&mut self, owner: Address) -> Result<Address, Failure> {
        let found = named(&self.args.deployments)?.or(self.known.registry.map(|account| account.0));
        let registry = match found {
            Some(registry) => self.there("registry", registry)?,
            None => {
                let data = contracts::registry()?.deployment(&(owner,).abi_encode_params())?;
                self.deploy("deploying the registry", data)?
            }
        };
        self.known.registry = Some(Account(registry));
        self.known.save(&self.path)?;
        Ok(registry)
    }

    /// What only the owner can do: the verifier's route, and the policy. Returns the calls that are left to it.
    fn settle(
        &mut self,
        report: &mut Report,
        registry: Address,
        verifier: Address,
        board: Address,
        payer: Address,
    ) -> Result<Vec<Value>, Failure> {
        let mut calls = Vec::new();
        let route = self.node.call("asking for the route", registry, &routesCall { verifier })?;
        if route.codehash.is_zero() {
            let call = addRouteCall { verifier, verifyingKey: self.key() };
            calls.push(("adding the verifier", call.abi_encode()));
        }
        let id = self.policy.id();
        let rules = self.policy.rules();
        let usable = rules.verifying_key.is_some()
            && rules.on_chain.is_some_and(|named| named.verifier == verifier && named.price_board == board);
        let published = self.node.call("asking for the policy", registry, &policiesCall { policyId: id })?;
        if !usable {
            report.line("to publish the policy, write this into it and run the command again:");
            report.line(format_args!("\nverifying_key = \"{}\"\n\n[on_chain]", self.key()));
            report.line(format_args!("verifier = \"{verifier}\"\nprice_board = \"{board}\"\ngrace_period = 86400"));
        } else if published.terms.is_zero() {
            let selector = contracts::registry()?.selector("publish")?;
            calls.push(("publishing the policy", [selector.as_slice(), &self.policy.publication()].concat()));
        }
        let owner = self.node.call("asking for the owner", registry, &ownerCall {})?;
        let mut left = Vec::new();
        for (what, data) in calls {
            if owner == payer {
                let mined = self.node.send(what, Some(registry), data)?;
                self.sent.push((what, mined));
                continue;
            }
            let data = hex::encode_prefixed(data);
            report.row("for the owner", format_args!("{owner} sends to the registry ({what}): {data}"));
            left.push(json!({ "what": what, "from": owner.to_string(), "to": registry.to_string(), "data": data }));
        }
        let done = usable && left.is_empty();
        report.row("policy", format_args!("{id}{}", if done { ", published" } else { ", not published yet" }));
        report.set("policy", id.to_string()).set("published", done);
        Ok(left)
    }

    /// An address with code.
    fn there(&self, what: &str, at: Address) -> Result<Address, Failure> {
        if self.node.code(at)?.is_empty() {
            let what = format!("there is no contract at {at}, where the {what} should be");
            return Err(Failure::new(Kind::Chain, what).hint("check the chain, the policy and the file of deployments"));
        }
        Ok(at)
    }

    fn deploy(&mut self, what: &'static str, data: Vec<u8>) -> Result<Address, Failure> {
        let mined = self.node.send(what, None, data)?;
        let made = mined.contract.ok_or_else(|| Failure::new(Kind::Chain, format!("{what}: nothing was made")))?;
        self.session.ui.note(0, format_args!("{what}: {made}"));
        self.sent.push((what, mined));
        Ok(made)
    }
}

fn address(option: &str, text: Option<&str>) -> Result<Option<Address>, Failure> {
    text.map(parse_address).transpose().map_err(|error| usage(option, error))
}

fn other(what: String) -> Failure {
    Failure::new(Kind::Unexpected, what).hint("deploy another one, and name it in the policy")
}
