//! `assay verify`: the verdict of the one who relies on an attestation.

mod anchors;

use assay_protocol::keys::{Fingerprint, VerifyingKey};
use assay_verifier::{
    Accepted, AnchorStatus, Attestation, KeyAcceptance, PRODUCTION_FINGERPRINTS, Policy, ProductionKeyError,
    ProvenCovenant, Rejection, Verification, production_key,
};

use serde_json::json;

use crate::cli::advice::rejected;
use crate::cli::args::VerifyArgs;
use crate::cli::error::{Failure, Kind, Outcome, subject, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::cli::{advice, assertion};
use crate::files::wanted::Wanted;
use crate::files::{inputs, store};

use anchors::Anchors;

/// Verifies an attestation against the policy, the prices and the parties that the caller states.
///
/// # Errors
/// Exit 11 where the proof is invalid, 12 where it has expired or a price is beyond a bound, 13 and 14 for keys, 15 for
/// anchors, 17 where subject, audience, policy or market are others; 2, 3 and 4 for what is wrong with options and files.
pub(crate) fn run(session: &Session, args: &VerifyArgs) -> Outcome {
    decide(session, args).map_err(|mut failure| {
        failure.report.get_or_insert_default().set("accepted", false);
        failure
    })
}

fn decide(session: &Session, args: &VerifyArgs) -> Outcome {
    let subject = subject(&args.parties.subject)?;
    let audience = args.parties.audience.parse().map_err(|error| usage("--audience", error))?;
    let allowed = args.allow_vk.iter().map(|text| text.parse().map_err(|error| usage("--allow-vk", error)));
    let mut allowed = allowed.collect::<Result<Vec<Fingerprint>, _>>()?;
    let policy = inputs::policy(&args.policy.policy)?;
    let prices = inputs::prices(&args.prices)?;
    let attestation = inputs::attestation(&args.attestation)?;
    let wanted = Wanted::of_policy(&policy, &args.policy.policy)?;
    // A key for the policy's circuit is looked for, and what is of another statement has none.
    let (expected, found) = (wanted.circuit.statement(), attestation.statement);
    if found != expected {
        let rejection = Rejection::OtherStatement { expected, found };
        return Err(explained(session, &wanted, rejected(&rejection, &args.prices), &rejection));
    }
    let mut anchors = Anchors::load(session, &args.anchor, &policy, &audience)?;
    let own = if args.allow_dev_srs { Some(store::own_key(session, &wanted)?) } else { None };
    let own_fingerprint = own.as_ref().map(VerifyingKey::fingerprint);
    allowed.extend(own_fingerprint);
    let key = key(session, args, &wanted, &attestation, own)?;
    let verification = policy.verify(&attestation, &prices, subject, &audience).key(&key);
    let verification = verification.anchor(anchors.anchor.as_ref(), anchors.beneficiary, anchors.seen());
    let mut accepted = allowed
        .into_iter()
        .fold(verification, Verification::allow)
        .at(session.now)
        .map_err(|rejection| explained(session, &wanted, rejected(&rejection, &args.prices), &rejection))?;
    anchors.record(&accepted)?;
    let why = match accepted.key_acceptance {
        KeyAcceptance::Production => "production",
        _ if Some(accepted.verifying_key) == own_fingerprint => "allow_dev_srs",
        _ => "allow_vk",
    };
    // The mark in a file is no part of the fingerprint: what is known by fingerprint decides.
    let own_fingerprint =
        own_fingerprint.or_else(|| store::own_key(session, &wanted).ok().map(|key| key.fingerprint()));
    accepted.development_key |= Some(accepted.verifying_key) == own_fingerprint;
    if accepted.development_key {
        session.ui.warn("the key is one for development: whoever made it can forge proofs");
    }
    let mut report = render(session, &policy, &accepted, &attestation, why);
    if let Some(path) = &args.anchor.seen {
        report.row("remembered in", shown(path));
    }
    report.set("seen", args.anchor.seen.as_deref().map(shown));
    Ok(report)
}

/// The key that was named, or the production key of this program, or the one in the cache that the attestation says it
/// was made for. Which of them counts, the allow-list decides.
fn key(
    session: &Session,
    args: &VerifyArgs,
    wanted: &Wanted,
    attestation: &Attestation,
    own: Option<VerifyingKey>,
) -> Result<VerifyingKey, Failure> {
    if let Some(path) = &args.vk {
        return store::read_key(path)
            .map_err(|failure| store::missing(failure, "name the verifying key with --vk FILE"));
    }
    if let Some(own) = own.filter(|own| own.fingerprint() == attestation.verifying_key) {
        return Ok(own);
    }
    if PRODUCTION_FINGERPRINTS.contains(&attestation.verifying_key) {
        return production_key(wanted.circuit).map_err(|error| Failure::new(Kind::Keys, error));
    }
    let path = session.cache()?.verifying_key(attestation.srs, wanted.circuit);
    if !path.exists() {
        let what = format!("the verifying key {} is not in the cache", attestation.verifying_key);
        let hint = "name it with --vk FILE, and accept it with --allow-vk FINGERPRINT if you trust whoever made it";
        let open = match production_key(wanted.circuit) {
            Err(error @ ProductionKeyError::Open(_)) => format!("; {error}"),
            _ => String::new(),
        };
        return Err(Failure::new(Kind::Keys, what).hint(format!("{hint}{open}")));
    }
    store::read_key(&path).map_err(|failure| store::mended_by(failure, "make it anew: assay setup --force"))
}

/// Says what to do about it, where nothing better is known yet: above all how to accept a key.
fn explained(session: &Session, wanted: &Wanted, failure: Failure, rejection: &Rejection) -> Failure {
    let Rejection::KeyNotAccepted { found } = rejection else {
        return if failure.hint.is_some() { failure } else { failure.hint(advice::to_verifier(rejection)) };
    };
    let own = store::own_key(session, wanted).is_ok_and(|key| key.fingerprint() == *found);
    failure.hint(if own {
        "it is the development key of your own cache, good for trying things out: --allow-dev-srs".to_owned()
    } else {
        format!("if you trust whoever made it: --allow-vk {found}")
    })
}

fn render(session: &Session, policy: &Policy, accepted: &Accepted, attestation: &Attestation, why_key: &str) -> Report {
    let mut report = Report::new();
    let proven = match accepted.covenants.len() {
        0 => "over-collateralised".to_owned(),
        1 => "its covenant holds".to_owned(),
        all => format!("all {all} covenants hold"),
    };
    let mut headline = format!("accepted: {proven} under “{}”", policy.rules().name);
    if accepted.anchor == AnchorStatus::None {
        headline.push_str(", if the amounts are true: nobody vouches for them (no anchor)");
    }
    if accepted.development_key {
        headline.push_str("; the key is one for DEVELOPMENT");
    }
    report.verdict(true, headline);
    assertion::rows(&mut report, &attestation.assertion, Some(policy), session.now);
    covenants(&mut report, &accepted.covenants);
    report.row("verified at", assay_verifier::format_time(session.now));
    report.row("prices of", assay_verifier::format_time(accepted.prices_at));
    report.row("key", accepted.verifying_key);
    let development = if accepted.development_key { "; DEVELOPMENT: whoever made it can forge proofs" } else { "" };
    let why = match why_key {
        "production" => "it is the production key",
        "allow_dev_srs" => "by --allow-dev-srs",
        _ => "by --allow-vk",
    };
    report.row("key accepted", format_args!("{why}{development}"));
    report.set("statement", attestation.assertion.to_json()).set("statement_id", accepted.statement_id.name());
    report.set("verified_at", assay_verifier::format_time(session.now));
    report.set("accepted", true).set("policy_name", policy.rules().name.as_str());
    if let AnchorStatus::Attested(attested) = &accepted.anchor {
        assertion::vouchers(&mut report, attested, session.now);
        report.set("anchor", "attesters");
    } else {
        report.set("anchor", "none");
    }
    if let Some(profile) = accepted.profile {
        report.row("profile", format_args!("{profile}: healthy there as well, if all of this is so"));
        for assumption in accepted.assumptions() {
            report.row("", format_args!("- {assumption}"));
        }
    }
    report.set("profile", accepted.profile.map(|profile| profile.to_string()));
    report.set("assumptions", accepted.assumptions().to_vec());
    report.set("prices_at", assay_verifier::format_time(accepted.prices_at));
    report.set("verifying_key", accepted.verifying_key.to_string());
    report.set("key_acceptance", why_key);
    report.set("development_key", accepted.development_key);
    report
}

/// The covenants that were proven, with what each of them discloses.
fn covenants(report: &mut Report, covenants: &[ProvenCovenant]) {
    for ProvenCovenant { name, section, threshold, .. } in covenants {
        let threshold = threshold.as_ref().map_or(String::new(), |threshold| format!(": {threshold}"));
        report.row("proven", format_args!("{name}, section {section}{threshold}"));
    }
    report.set("covenants", json!(covenants));
}
