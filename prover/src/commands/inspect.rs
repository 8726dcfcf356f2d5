//! `assay inspect`: what a file is, and what it says in public.

use std::path::Path;

use assay_circuits::artifact::Kind as ArtifactKind;
use assay_circuits::keys::VerifyingKey;
use assay_circuits::srs::Srs;
use assay_verifier::policy::PolicyFile;
use assay_verifier::{
    Attestation, Market, PriceSnapshot, attestation, format_amount, format_time, market, policy, prices,
};
use zeroize::Zeroizing;

use crate::args::InspectArgs;
use crate::error::{Failure, Outcome};
use crate::files::{self, BINARY_LIMIT};
use crate::opening::OpeningFile;
use crate::output::{FAINT, Report, paint};
use crate::session::Session;
use crate::text::shown;
use crate::{inputs, position, statement, store};

/// Recognises a file by its content and describes it. Private files are named and not shown. Nothing is verified.
///
/// # Errors
/// Exit 3 where the file is none of this program's or is malformed, 4 where it cannot be read, 13 or 14 for keys and SRS.
pub(crate) fn run(session: &Session, args: &InspectArgs) -> Outcome {
    let path = &args.file;
    let bytes = files::read(path, BINARY_LIMIT)?;
    let mut report = Report::new();
    report.set("file", shown(path));
    match ArtifactKind::sniff(&bytes) {
        Some(ArtifactKind::Srs) => {
            kind(&mut report, "srs", "a structured reference string");
            let srs = Srs::from_bytes(&bytes).map_err(|error| store::refused(path, &error))?;
            super::params::describe(&mut report, &srs, path);
        }
        Some(ArtifactKind::VerifyingKey) => {
            kind(&mut report, "verifying_key", "a verifying key");
            let key = VerifyingKey::from_bytes(&bytes).map_err(|error| store::refused(path, &error))?;
            super::setup::describe(&mut report, &key);
        }
        None => text(session, path, &files::text(path, bytes)?, &mut report)?,
    }
    Ok(report)
}

fn kind(report: &mut Report, name: &str, sentence: &str) {
    report.line(sentence).set("kind", name);
}

fn text(session: &Session, path: &Path, text: &Zeroizing<String>, report: &mut Report) -> Result<(), Failure> {
    let wrong = |error| inputs::wrong(path, error);
    if text.trim_start().starts_with('{') {
        let format = |format: &str| text.contains(&format!("\"{format}\""));
        if format(attestation::FORMAT) {
            kind(report, "attestation", "an attestation; assay verify decides whether it is true");
            let attestation = Attestation::from_json(text).map_err(wrong)?;
            statement::rows(report, &attestation.statement, None, session.now);
            report
                .row("key", attestation.verifying_key)
                .row("proof", format_args!("{} bytes", attestation.proof.len()));
            report.line(paint(FAINT, "  price bounds are whole numbers in units of the policy's price decimals"));
            report.set("statement", statement::json(&attestation.statement));
            report.set("verifying_key", attestation.verifying_key.to_string());
            report.set("proof_bytes", attestation.proof.len()).set("srs_digest", hex::encode(attestation.srs));
        } else if format(prices::FORMAT) {
            kind(report, "prices", "a price snapshot");
            show_prices(report, &PriceSnapshot::from_json(text).map_err(wrong)?);
        } else if let Ok(opening) = OpeningFile::parse(text) {
            let commitment = format!("0x{}", hex::encode(opening.commitment.to_bytes()));
            kind(report, "opening", "the opening of a commitment; private, not shown");
            report.row("commitment", &commitment).set("commitment", commitment);
        } else {
            return Err(unknown(path));
        }
        return Ok(());
    }
    let format = |format: &str| text.contains(&format!("\"{format}\""));
    if format(market::FORMAT) {
        kind(report, "market", "a market");
        show_market(report, &Market::from_toml(text).map_err(wrong)?);
    } else if format(policy::FORMAT) {
        let file = PolicyFile::parse(text).map_err(wrong)?;
        kind(report, "policy", "a policy; assay policy check validates it together with its market");
        report.row("market", file.market_file()).set("market_file", file.market_file());
    } else if position::looks_like_one(text) {
        kind(report, "position", "a position; private, not shown");
    } else {
        return Err(unknown(path));
    }
    Ok(())
}

fn show_market(report: &mut Report, market: &Market) {
    report.row("name", market.name()).row("market id", market.id());
    for asset in market.assets() {
        report.row(&asset.symbol, format_args!("{} decimals on {}", asset.decimals, asset.chain));
    }
    let symbols: Vec<_> = market.assets().iter().map(|asset| asset.symbol.as_str()).collect();
    report.set("name", market.name()).set("market", market.id().to_string()).set("symbols", symbols);
}

fn show_prices(report: &mut Report, snapshot: &PriceSnapshot) {
    report.row("published", format_time(snapshot.published)).row("quote", &snapshot.quote);
    for price in &snapshot.prices {
        let [low, high] = [price.range.low, price.range.high].map(|value| format_amount(value, price.decimals));
        report.row(&price.asset, format_args!("{low:>16} to {high:>16}"));
    }
    let symbols: Vec<_> = snapshot.prices.iter().map(|price| price.asset.as_str()).collect();
    report.set("published", format_time(snapshot.published)).set("quote", snapshot.quote.as_str());
    report.set("symbols", symbols);
}

fn unknown(path: &Path) -> Failure {
    Failure::malformed(format_args!("{}: not a file of this program, or a damaged one", shown(path)))
}
