//! `assay inspect`: what a file is, and what it says in public.

use std::path::Path;

use assay_circuits::SolvencyCircuit;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::srs::Srs;
use assay_verifier::formats::hex;
use assay_verifier::policy::{AnchorKind, PolicyFile};
use assay_verifier::{
    Anchor, Attestation, Market, PRODUCTION_FINGERPRINTS, PriceSnapshot, Revocation, SeenAnchors, format_amount,
    format_time,
};

use crate::chain::deployments::{Contracts, Deployments};
use crate::cli::args::InspectArgs;
use crate::cli::assertion;
use crate::cli::error::{Failure, Outcome};
use crate::cli::output::{FAINT, Report, paint};
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::kind::FileKind;
use crate::files::{self, BINARY_LIMIT};
use crate::files::{inputs, store};
use crate::opening::OpeningFile;

/// Recognises a file by its content and describes it. Private files are named and not shown. Nothing is verified.
///
/// # Errors
/// Exit 3 where the file is none of this program's or is malformed, 4 where it cannot be read, 13 or 14 for keys and SRS.
pub(crate) fn run(session: &Session, args: &InspectArgs) -> Outcome {
    let path = &args.file;
    let bytes = files::read(path, BINARY_LIMIT)?;
    let mut report = Report::new();
    report.set("file", shown(path));
    let Some(kind) = FileKind::of(&bytes) else {
        // Text that is too large or no text says so; anything else is just unknown.
        let hint = "the file of a ceremony is not an SRS yet: assay params import";
        files::text(path, bytes).map_err(|failure| failure.hint(hint))?;
        return Err(Failure::malformed("not a file of this program, or a damaged one").in_file(path));
    };
    report.set("kind", kind.name());
    let remark = match kind {
        FileKind::Position | FileKind::Opening => "; private, not shown",
        FileKind::Attestation => "; assay verify decides whether it is true",
        FileKind::Anchor => "; assay verify decides who has signed it",
        FileKind::Prices => "; assay prices show holds it against a policy",
        FileKind::Reports => "; assay prices make takes them into a snapshot",
        FileKind::Policy => "; assay policy check validates it together with its market",
        _ => "",
    };
    report.line(format_args!("{}{remark}", kind.words()));
    match kind {
        FileKind::Srs => {
            let srs = Srs::from_bytes(&bytes).map_err(|error| store::refused(path, &error))?;
            super::params::describe(&mut report, &srs, path);
        }
        FileKind::VerifyingKey => {
            let key =
                VerifyingKey::from_bytes::<SolvencyCircuit>(&bytes).map_err(|error| store::refused(path, &error))?;
            super::setup::describe(&mut report, &key);
        }
        _ => {
            let content = files::text(path, bytes)?;
            text(session, kind, path, &content, &mut report).map_err(|failure| failure.in_file(path))?;
        }
    }
    Ok(report)
}

fn text(session: &Session, kind: FileKind, path: &Path, text: &str, report: &mut Report) -> Result<(), Failure> {
    match kind {
        FileKind::Market => show_market(report, &Market::from_toml(text)?),
        FileKind::Policy => {
            let file = PolicyFile::parse(text)?;
            show_policy(report, &file);
        }
        FileKind::Prices => show_prices(report, &PriceSnapshot::from_json(text)?),
        FileKind::Attestation => show_attestation(report, path, &Attestation::from_json(text)?, session.now),
        FileKind::Anchor => show_anchor(report, &Anchor::from_json(text)?, session.now),
        FileKind::Revocation => show_revocation(report, &Revocation::from_json(text)?),
        FileKind::Seen => show_seen(report, &SeenAnchors::from_json(text)?),
        FileKind::Deployments => show_deployments(report, &Deployments::parse(text)?),
        FileKind::Opening => {
            let commitment = hex(&OpeningFile::from_json(text)?.commitment.to_bytes());
            report.row("commitment", &commitment).set("commitment", commitment);
        }
        FileKind::Position | FileKind::Page | FileKind::Reports | FileKind::Srs | FileKind::VerifyingKey => {}
    }
    Ok(())
}

/// In units of the policy where it is `policy.toml` beside the attestation, otherwise in whole numbers.
fn show_attestation(report: &mut Report, path: &Path, attestation: &Attestation, now: u64) {
    let beside = inputs::policy(&path.with_file_name("policy.toml")).ok();
    let policy = beside.filter(|policy| policy.id() == attestation.assertion.policy);
    assertion::rows(report, &attestation.assertion, policy.as_ref(), now);
    let production = PRODUCTION_FINGERPRINTS.contains(&attestation.verifying_key);
    let standing = if production {
        "the production key"
    } else {
        "not the production key: whoever verifies decides whether it counts"
    };
    for covenant in policy.iter().flat_map(|policy| policy.covenants()) {
        report.row("covenant", format_args!("{}, section {}", covenant.name, covenant.section));
    }
    report.row("statement", attestation.statement).set("statement_id", attestation.statement.name());
    report.row("key", attestation.verifying_key).row("", standing);
    report.row("proof", format_args!("{} bytes", attestation.proof.len()));
    if policy.is_none() {
        report.line(paint(FAINT, "  price bounds are whole numbers in units of the policy's price decimals"));
    }
    report.set("statement", attestation.assertion.to_json());
    report.set("verifying_key", attestation.verifying_key.to_string()).set("production_key", production);
    report.set("proof_bytes", attestation.proof.len()).set("srs_digest", hex(&attestation.srs));
}

fn show_anchor(report: &mut Report, anchor: &Anchor, now: u64) {
    let hash = anchor.statement().struct_hash();
    report.row("statement", hash);
    assertion::holdings(report, anchor.statement(), now);
    for (index, signature) in anchor.signatures().iter().enumerate() {
        report.row(if index == 0 { "signed by" } else { "" }, signature.attester);
    }
    let attesters: Vec<_> = anchor.signatures().iter().map(|signature| signature.attester.to_string()).collect();
    report.set("statement_hash", hash.to_string()).set("attesters", attesters);
}

fn show_revocation(report: &mut Report, revocation: &Revocation) {
    let (statement, attester) = (revocation.statement().to_string(), revocation.attester().to_string());
    report.row("statement", &statement).row("revoked by", &attester);
    report.set("statement_hash", statement).set("attester", attester);
}

fn show_seen(report: &mut Report, seen: &SeenAnchors) {
    for (series, latest) in seen.series() {
        report.row("subject", series.subject).row("  market", series.market);
        report.row("  encumbered", assertion::encumbered(series.beneficiary));
        report.row("  attester set", series.attester_set);
        report.row("  sequence", latest.sequence).row("  statement", latest.statement);
    }
    for (statement, attester) in seen.revocations() {
        report.row("revoked", statement).row("  by", attester);
    }
    let (series, revocations) = (seen.series().count(), seen.revocations().count());
    report.row("in all", format_args!("{series} series, {revocations} revocations"));
    report.set("series", series).set("revocations", revocations);
}

fn show_deployments(report: &mut Report, deployments: &Deployments) {
    report.row("chain", deployments.chain());
    let registry = deployments.registry.map(|account| account.0.to_string());
    report.row("registry", registry.as_deref().unwrap_or("none"));
    for (key, verifier) in deployments.verifiers.iter() {
        report.row("verifier", format_args!("{verifier} for the key {key}"));
    }
    for (configuration, board) in deployments.price_boards.iter() {
        report.row("price board", format_args!("{board} with sources {configuration}"));
    }
    report.set("chain", deployments.chain()).set("registry", registry);
    let count = |contracts: &Contracts| contracts.iter().len();
    report.set("verifiers", count(&deployments.verifiers)).set("price_boards", count(&deployments.price_boards));
}

fn show_policy(report: &mut Report, file: &PolicyFile) {
    let ratio = file.minimum_ratio();
    let (kind, words) = match file.anchor() {
        AnchorKind::None => ("none", "none: nobody vouches for the amounts".to_owned()),
        AnchorKind::Attesters { minimum, of } => ("attesters", format!("{minimum} of {of} attesters")),
        AnchorKind::Recorder => ("recorder", "what a contract records".to_owned()),
    };
    let sources: Vec<_> = file.sources().collect();
    report.row("name", file.name()).row("market", format_args!("{}, beside it", file.market_file()));
    report.row("minimum ratio", format_args!("{} %, to be exceeded", format_amount(ratio.into(), 2)));
    report.row("anchor", words).row("price sources", sources.join(", "));
    report.set("name", file.name()).set("market_file", file.market_file()).set("minimum_ratio_bps", ratio);
    report.set("anchor", kind).set("sources", sources);
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
    report.row("made", format_time(snapshot.at)).row("quote", &snapshot.quote);
    report.row("sources", snapshot.sources().join(", "));
    for price in &snapshot.prices {
        let [low, high] = [price.range.low, price.range.high].map(|value| format_amount(value, price.decimals));
        report.row(&price.asset, format_args!("{low:>16} to {high:>16}"));
    }
    let symbols: Vec<_> = snapshot.prices.iter().map(|price| price.asset.as_str()).collect();
    report.set("at", format_time(snapshot.at)).set("quote", snapshot.quote.as_str());
    report.set("symbols", symbols).set("sources", snapshot.sources());
}
