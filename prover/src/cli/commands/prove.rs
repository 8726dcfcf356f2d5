//! `assay prove`: an attestation.

use assay_circuits::check;
use assay_circuits::keys::ProvingKey;
use assay_circuits::proof::{ProveError, prove};
use assay_verifier::anchor::check as check_anchor;
use assay_verifier::{
    Anchor, AnchorStatus, Attestation, Audience, Beneficiary, HoldingsStatement, NothingSeen, Rejection, parse_address,
};
use rand_core::OsRng;

use crate::cli::advice::{no_weights, rejected};
use crate::cli::args::ProveArgs;
use crate::cli::error::{Failure, Kind, Outcome, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::cli::{advice, statement};
use crate::files::kind::FileKind;
use crate::files::{self, Existing};
use crate::files::{inputs, store, witness};
use crate::terms::Terms;

use super::check::insolvent;

/// Proves, verifies the proof as its receiver will, and only then writes the attestation.
///
/// # Errors
/// Exit 10 where the statement is false, before any proving; 12 where prices are too old; 13 or 14 for SRS and keys;
/// 15 where the anchor is not what the policy asks for; 2, 3 and 4 for what is wrong with options and files.
pub(crate) fn run(session: &Session, args: &ProveArgs) -> Outcome {
    let anchor = args.anchor.as_deref().map(inputs::anchor).transpose()?;
    let holdings = anchor.as_ref().map(Anchor::statement);
    let subject = parse_address(&args.parties.subject).map_err(|error| usage("--subject", error))?;
    let audience: Audience = args.parties.audience.parse().map_err(|error| usage("--audience", error))?;
    let beneficiary = holdings.map_or(Beneficiary::Nobody, |holdings| holdings.beneficiary);
    files::check_target(&args.output, FileKind::Attestation, Existing::SameKind)?;
    let terms = Terms::anchored(session, &args.policy, &args.terms, holdings)?;
    let market = terms.policy.market();
    let (commitment, witness) = witness::load(&session.ui, &args.position.input, &args.opening, market)?;
    terms.fresh(session.now, &args.terms.prices)?;
    let mut statement = terms.statement(commitment, subject, audience.clone());
    statement.anchor = holdings.map(HoldingsStatement::struct_hash);
    check_anchor(&terms.policy, &statement, anchor.as_ref(), beneficiary, &NothingSeen, session.now).map_err(
        |error| {
            let hint = advice::to_prover(&error);
            rejected(&Rejection::from(error), &args.terms.prices).hint(hint)
        },
    )?;

    let stage = session.ui.stage("loading keys");
    let srs = store::cut(&store::srs(session, &args.keys)?)?;
    let verifying_key = store::cached_key(session, &srs, &args.keys)?;
    stage.done();
    let fingerprint = verifying_key.fingerprint();
    let instance = statement.instance(&terms.policy, fingerprint).map_err(no_weights)?;
    check(&instance, &witness).map_err(insolvent)?;

    let stage = session.ui.stage("proving");
    let proof = session
        .with_threads(|| {
            let key = ProvingKey::new(verifying_key.clone());
            prove(&srs, &key, &instance, &witness, OsRng)
        })?
        .map_err(|error| match error {
            ProveError::False(violation) => insolvent(violation),
            ProveError::Srs(error) => Failure::new(Kind::Mismatch, error),
            error @ ProveError::Size { .. } => Failure::new(Kind::Mismatch, error),
        })?;
    stage.done();
    drop(witness);

    let stage = session.ui.stage("verifying");
    let attestation = Attestation { assertion: statement, verifying_key: fingerprint, srs: srs.digest(), proof };
    let text = attestation.to_json();
    let read = Attestation::from_json(&text).map_err(|error| Failure::new(Kind::Internal, error))?;
    let accepted = terms
        .policy
        .verify(&read, &terms.prices, subject, &audience)
        .anchor(anchor.as_ref(), beneficiary, &NothingSeen)
        .key(&verifying_key)
        .allow(fingerprint)
        .at(session.now)
        .map_err(|rejection| rejected(&rejection, &args.terms.prices))?;
    stage.done();
    files::write(&args.output, text.as_bytes(), FileKind::Attestation, Existing::SameKind)?;
    if verifying_key.is_development() {
        session.ui.warn("made with development keys: it convinces nobody but whoever made them");
    }
    let mut report = render(session, args, &terms, &attestation);
    if let AnchorStatus::Attested(attested) = &accepted.anchor {
        statement::vouchers(&mut report, attested, session.now);
    }
    report.set("development_key", verifying_key.is_development());
    Ok(report)
}

fn render(session: &Session, args: &ProveArgs, terms: &Terms, attestation: &Attestation) -> Report {
    let said = &attestation.assertion;
    let mut report = Report::new();
    report.verdict(true, format_args!("attestation written to {}", shown(&args.output)));
    report.row("subject", said.subject).row("audience", &said.audience);
    report.row("valid until", statement::valid_until(said, session.now));
    report.row("prices", format_args!("within {} of those in {}", terms.buffer, shown(&args.terms.prices)));
    report.row("proof", format_args!("{} bytes, verified", attestation.proof.len()));
    report.row("key", attestation.verifying_key);
    report.set("statement", said.to_json()).set("attestation", shown(&args.output));
    report.set("verifying_key", attestation.verifying_key.to_string()).set("proof_bytes", attestation.proof.len());
    report
}
