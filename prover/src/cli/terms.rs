//! From the options of a command to the terms that the library decides.

use std::path::Path;

use assay_verifier::{Anchor, AssetPrice, CreditLine, Policy, PriceSnapshot, Rejection, format_amount};

use crate::cli::advice::{no_weights, rejected, to_prover};
use crate::cli::args::{PolicyFile, TermsArgs};
use crate::cli::error::{Failure, Kind, usage};
use crate::cli::session::Session;
use crate::cli::time;
use crate::error::Error;
use crate::files::inputs;
use crate::terms::{Choice, Terms};

/// The public files that terms are made from.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// The policy.
    pub(crate) policy: Policy,
    prices: PriceSnapshot,
    anchor: Option<Anchor>,
}

impl Inputs {
    /// Reads them.
    ///
    /// # Errors
    /// Exit 3, 4 or 13.
    pub(crate) fn read(policy: &PolicyFile, args: &TermsArgs, anchor: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self {
            anchor: anchor.map(inputs::anchor).transpose()?,
            policy: inputs::policy(&policy.policy)?,
            prices: inputs::prices(&args.prices)?,
        })
    }

    /// Decides bounds and times as the options say.
    ///
    /// # Errors
    /// Exit 2 where an option does not fit the policy, 3 where prices do not, 12 where the anchor is too old for any
    /// statement.
    pub(crate) fn terms(&self, session: &Session, args: &TermsArgs) -> Result<Terms<'_>, Failure> {
        warn_of_coarse_prices(session, &self.prices);
        let credit = args.credit.as_deref().map(|text| CreditLine::parse(text, &self.policy)).transpose();
        let valid_until = args.valid_until.as_deref().map(|text| {
            time::parse_relative(text, session.now).ok_or_else(|| {
                usage("--valid-until", "neither a time such as 2030-01-31T12:00:00Z nor a span such as +24h")
            })
        });
        let choice = Choice {
            buffer: args.buffer.parse().map_err(|error| usage("--buffer", error))?,
            credit: credit.map_err(|error| usage("--credit", error))?,
            valid_until: valid_until.transpose()?,
        };
        Terms::new(&self.policy, &self.prices, self.anchor.as_ref(), choice, session.now)
            .map_err(|error| failed(error, args))
    }
}

/// Units of the policy's price decimals from which one is at most a basis point.
const FINE: u128 = 10_000;

/// Warns of prices of so few units that rounding to whole ones takes or adds more than a basis point.
pub(crate) fn warn_of_coarse_prices(session: &Session, prices: &PriceSnapshot) {
    for AssetPrice { asset, range, decimals, .. } in &prices.prices {
        let Some(digits) = range.low.checked_ilog10().filter(|_| range.low < FINE) else { continue };
        let better = u32::from(*decimals) + FINE.ilog10() - digits;
        let unit = if range.low == 1 { "unit" } else { "units" };
        session.ui.warn(format_args!(
            "{asset}: its price is {} {unit} of 10^-{decimals} {}, and rounding to whole units may lose up to {} % of its \
             value; price_decimals = {better} in the policy loses less than 0.01 %",
            range.low,
            prices.quote,
            format_amount(10_000_u128.div_ceil(range.low), 2),
        ));
    }
}

/// The failure that an error of the library is: with its exit code, the option or the file that it is about, and what
/// to do.
pub(crate) fn failed(error: Error, args: &TermsArgs) -> Failure {
    match error {
        Error::BufferNotOffered { .. } => usage("--buffer", error),
        Error::Passed { .. } | Error::TooLong { .. } => usage("--valid-until", error),
        Error::AnchorLapsed { .. } => {
            Failure::new(Kind::Stale, error).hint("ask the attesters for a newer holdings statement")
        }
        Error::Bounds(error) => inputs::wrong(&args.prices, error),
        Error::Refused(Rejection::Weights(error)) => no_weights(error),
        Error::Refused(rejection) => {
            let failure = rejected(&rejection, &args.prices);
            match &rejection {
                Rejection::Anchor(error) => failure.hint(to_prover(error)),
                _ => failure,
            }
        }
        Error::StatementFalse(_) | Error::CovenantsNotMet { .. } => Failure::new(Kind::StatementFalse, error).hint(
            "assay check, with the same options, shows by how much the position falls short, and what would cure it",
        ),
        Error::NeverOwed { .. } => {
            Failure::new(Kind::StatementFalse, error).hint("repay all of it: nothing else cures this")
        }
        Error::NoHelpers => Failure::new(Kind::Malformed, error),
        Error::Keys(error) => Failure::new(Kind::Mismatch, error),
        Error::Unverified(_) => Failure::new(Kind::Internal, error),
    }
}
