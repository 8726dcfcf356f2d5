//! What a prover chooses in public: bounds, credit line and times, under a policy and a price snapshot.

use std::path::Path;

use assay_circuits::PositionCommitment;
use assay_verifier::{
    Address, Assertion, Audience, Bounds, Buffer, CreditLine, HoldingsStatement, Policy, PriceSnapshot, Weights,
    format_time,
};

use crate::cli::advice::{no_weights, rejected};
use crate::cli::args::{PolicyFile, TermsArgs};
use crate::cli::error::{Failure, Kind, usage};
use crate::cli::session::Session;
use crate::cli::time;
use crate::files::inputs;

/// A policy, prices, and the choices that together fix the weights and the margin of a statement.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// The policy.
    pub(crate) policy: Policy,
    /// The prices at hand.
    pub(crate) prices: PriceSnapshot,
    /// How far prices may move.
    pub(crate) buffer: Buffer,
    /// The prices within which the statement holds.
    pub(crate) bounds: Bounds,
    /// What may be lent on top of the debt.
    pub(crate) credit: Option<CreditLine>,
    /// When the position was as committed, in unix seconds: now, or what the anchor says.
    pub(crate) as_of: u64,
    /// The last second at which the statement holds, in unix seconds.
    pub(crate) valid_until: u64,
    /// The weights and the margin.
    pub(crate) weights: Weights,
}

impl Terms {
    /// Reads policy and prices, and decides bounds and times as the options say.
    ///
    /// # Errors
    /// Exit 2 where an option does not fit the policy, 3 or 4 where a file is malformed or cannot be read.
    pub(crate) fn load(session: &Session, policy: &PolicyFile, args: &TermsArgs) -> Result<Self, Failure> {
        Self::anchored(session, policy, args, None)
    }

    /// The same for a statement that is anchored in `holdings`, if in any: its as-of and expiry bound the times.
    ///
    /// # Errors
    /// As [`Self::load`], and exit 12 where the holdings statement is too old for any.
    pub(crate) fn anchored(
        session: &Session,
        policy: &PolicyFile,
        args: &TermsArgs,
        holdings: Option<&HoldingsStatement>,
    ) -> Result<Self, Failure> {
        let policy = inputs::policy(&policy.policy)?;
        let prices = inputs::prices(&args.prices)?;
        let ranges = prices.for_policy(&policy).map_err(|error| Failure::from(&error).in_file(&args.prices))?;
        let buffer = offered_buffer(&policy, &args.buffer)?;
        let bounds = Bounds::around(&policy, &ranges, buffer).map_err(|error| inputs::wrong(&args.prices, error))?;
        let credit = match &args.credit {
            Some(text) => Some(CreditLine::parse(text, policy.market()).map_err(|error| usage("--credit", error))?),
            None => None,
        };
        let as_of = holdings.map_or(session.now, |holdings| holdings.as_of);
        let latest = latest_valid_until(&policy, holdings, session.now)?;
        let permit = if holdings.is_some() { "policy and anchor permit" } else { "the policy permits" };
        let valid_until = valid_until(args.valid_until.as_deref(), session.now, latest, permit)?;
        let weights = Weights::derive(&policy, &bounds, valid_until.saturating_sub(as_of), credit.as_ref())
            .map_err(no_weights)?;
        Ok(Self { policy, prices, buffer, bounds, credit, as_of, valid_until, weights })
    }

    /// The statement about `subject` for `audience` over a commitment.
    pub(crate) fn statement(&self, commitment: PositionCommitment, subject: Address, audience: Audience) -> Assertion {
        Assertion {
            policy: self.policy.id(),
            market: self.policy.market().id(),
            subject,
            audience,
            commitment,
            as_of: self.as_of,
            valid_until: self.valid_until,
            bounds: self.bounds.clone(),
            credit: self.credit.clone(),
            anchor: None,
        }
    }

    /// The weights with another buffer; none where there are none.
    pub(crate) fn weights_at(&self, buffer: Buffer) -> Option<Weights> {
        let ranges = self.prices.for_policy(&self.policy).ok()?;
        let bounds = Bounds::around(&self.policy, &ranges, buffer).ok()?;
        Weights::derive(&self.policy, &bounds, self.weights.elapsed, self.credit.as_ref()).ok()
    }

    /// Refuses prices that no verifier would accept at `now`, too old or from the future.
    ///
    /// # Errors
    /// Exit 12. `path` names the file in the message.
    pub(crate) fn fresh(&self, now: u64, path: &Path) -> Result<(), Failure> {
        self.prices.check_age(&self.policy, now).map_err(|error| rejected(&error.into(), path))
    }
}

fn offered_buffer(policy: &Policy, text: &str) -> Result<Buffer, Failure> {
    let buffer: Buffer = text.parse().map_err(|error| usage("--buffer", error))?;
    let offered = &policy.rules().buffers;
    if offered.contains(&buffer) {
        return Ok(buffer);
    }
    let offered: Vec<_> = offered.iter().map(ToString::to_string).collect();
    Err(usage("--buffer", format!("the policy offers {}", offered.join(", "))))
}

/// The last second at which a statement may hold: as long as the policy permits and its anchor counts.
fn latest_valid_until(policy: &Policy, holdings: Option<&HoldingsStatement>, now: u64) -> Result<u64, Failure> {
    let rules = policy.rules();
    let Some(holdings) = holdings else { return Ok(rules.latest_valid_until(now, now)) };
    let latest = rules.latest_valid_until(holdings.as_of, now).min(holdings.expiry);
    if latest < now {
        let what = format!("the anchor counts until {}, now it is {}", format_time(latest), format_time(now));
        return Err(Failure::new(Kind::Stale, what).hint("ask the attesters for a newer holdings statement"));
    }
    Ok(latest)
}

fn valid_until(text: Option<&str>, now: u64, latest: u64, permit: &str) -> Result<u64, Failure> {
    let Some(text) = text else { return Ok(latest) };
    let wanted = time::parse_relative(text, now)
        .ok_or_else(|| usage("--valid-until", "neither a time such as 2030-01-31T12:00:00Z nor a span such as +24h"))?;
    if wanted <= now {
        return Err(usage("--valid-until", format!("{} has passed", format_time(wanted))));
    }
    if wanted > latest {
        return Err(usage("--valid-until", format!("{permit} {} at most", format_time(latest))));
    }
    Ok(wanted)
}
