//! `assay prices sign`: reports of a source that signs its own.

use std::collections::BTreeMap;
use std::fmt::Display;

use assay_verifier::policy::Provider;
use assay_verifier::prices::{self, Evidence, PriceReport, signing_hash, standing, write_signed};
use assay_verifier::{Feed, Policy, format_amount, format_time, parse_amount};

use crate::cli::args::PricesSignArgs;
use crate::cli::error::{Failure, Kind, Outcome, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::inputs;
use crate::files::keystore::Signer;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

/// Signs prices as of now, each with the feed and the decimals that the policy lists.
///
/// # Errors
/// Exit 2 where an option does not fit the policy or no reader would take a price, 3 or 4 for policy, keystore and password, 15 where the keystore is
/// not that of the source's signer.
pub(crate) fn sign(session: &Session, args: &PricesSignArgs) -> Outcome {
    files::check_target(&args.output, FileKind::Reports, Existing::SameKind)?;
    let policy = inputs::policy(&args.policy.policy)?;
    let rules = policy.rules();
    let source = rules.sources.iter().find(|source| source.name == args.source);
    let Some((source, Provider::Signed { signer: expected })) = source.map(|source| (source, source.provider)) else {
        return Err(usage("--source", format!("the policy lists no signed source {}", args.source)));
    };
    let feed_of = |symbol: &str| {
        let index = policy.market().index_of(symbol)?;
        Some((index, source.feed(index)?))
    };
    let prices = values(&policy, "--price", &args.prices, feed_of)?;
    let mut confidences = values(&policy, "--confidence", &args.confidences, feed_of)?;
    let reports: Vec<_> = prices
        .into_iter()
        .map(|(symbol, (index, feed, price))| {
            let confidence = confidences.remove(&symbol).map_or(0, |(_, _, confidence)| confidence);
            let (quote, published) = (rules.quote.clone(), session.now);
            let report = PriceReport { feed: feed.id, quote, price, confidence, decimals: feed.decimals, published };
            (symbol, index, report)
        })
        .collect();
    if let Some(symbol) = confidences.keys().next() {
        return Err(usage("--confidence", format!("{symbol} has no --price")));
    }
    let signer = Signer::unlock(&session.ui, &args.keystore, args.password_file.as_deref())?;
    if signer.address() != expected {
        let what = format!("the keystore is that of {}, the source's signer is {expected}", signer.address());
        return Err(Failure::new(Kind::Anchor, what));
    }
    let mut report = Report::new();
    report.verdict(true, format_args!("wrote {}", shown(&args.output)));
    report.row("signed by", expected).row("published", format_time(session.now));
    let mut signed = Vec::new();
    for (symbol, index, words) in reports {
        let [price, confidence] = [words.price, words.confidence].map(|value| format_amount(value, words.decimals));
        report.row(&symbol, format_args!("{price} ± {confidence} {}", rules.quote));
        let signature = signer.sign(signing_hash(&words))?;
        let refused = |why: &dyn Display| usage("--price", format!("{symbol}: no reader would take it: {why}"));
        let price = i128::try_from(words.price).map_err(|error| refused(&error))?;
        let read = prices::Report {
            by: args.source.clone(),
            feed: words.feed,
            price,
            confidence: words.confidence,
            decimals: words.decimals,
            published: words.published,
            evidence: Evidence::Signature(signature.to_bytes().to_vec()),
        };
        standing(&policy, index, words.published, &read).map_err(|error| refused(&error))?;
        signed.push((words, signature));
    }
    let text = write_signed(&rules.quote, &signed);
    files::write(&args.output, text.as_bytes(), FileKind::Reports, Existing::SameKind)?;
    report.set("file", shown(&args.output)).set("signer", expected.to_string()).set("reports", signed.len());
    Ok(report)
}

/// What an option says of assets, with their feeds.
fn values<'p>(
    policy: &Policy,
    option: &str,
    texts: &[String],
    feed_of: impl Fn(&str) -> Option<(usize, &'p Feed)>,
) -> Result<BTreeMap<String, (usize, &'p Feed, u128)>, Failure> {
    let mut values = BTreeMap::new();
    for text in texts {
        let (symbol, value) = text.split_once('=').ok_or_else(|| usage(option, "ASSET=PRICE is needed"))?;
        let (index, feed) = feed_of(symbol).ok_or_else(|| {
            let market = policy.market().name();
            usage(option, format!("{symbol} is no asset of {market} that the source prices"))
        })?;
        let value = parse_amount(value, feed.decimals).map_err(|error| usage(option, format!("{symbol}: {error}")))?;
        if values.insert(symbol.to_owned(), (index, feed, value.expose())).is_some() {
            return Err(usage(option, format!("{symbol} is given twice")));
        }
    }
    Ok(values)
}
