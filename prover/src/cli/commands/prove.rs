//! `assay prove`: an attestation.

use assay_verifier::{AnchorStatus, Attestation};
use rand_core::OsRng;

use crate::attest::attest;
use crate::check::holds;
use crate::cli::args::ProveArgs;
use crate::cli::assertion;
use crate::cli::error::{Outcome, subject, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::terms::{Inputs, failed};
use crate::cli::text::shown;
use crate::files::kind::FileKind;
use crate::files::wanted::Wanted;
use crate::files::{self, Existing, store, witness};
use crate::terms::{Parties, Terms};

/// Proves, verifies the proof as its receiver will, and only then writes the attestation.
///
/// # Errors
/// Exit 10 where the statement is false, before any proving; 12 where prices are too old; 13 or 14 for SRS and keys;
/// 15 where the anchor is not what the policy asks for; 2, 3 and 4 for what is wrong with options and files.
pub(crate) fn run(session: &Session, args: &ProveArgs) -> Outcome {
    let parties = Parties {
        subject: subject(&args.parties.subject)?,
        audience: args.parties.audience.parse().map_err(|error| usage("--audience", error))?,
    };
    files::check_target(&args.output, FileKind::Attestation, Existing::SameKind)?;
    let inputs = Inputs::read(&args.policy, &args.terms, args.anchor.as_deref())?;
    let terms = inputs.terms(session, &args.terms)?;
    let wanted = Wanted::of_policy(&inputs.policy, &args.policy.policy)?;
    let (position, file) = witness::load(&session.ui, &args.position.input, &args.opening, &inputs.policy)?;
    // Nobody waits for keys to learn that a position falls short.
    holds(&terms, &position).map_err(|error| failed(error, &args.terms))?;
    let stage = session.ui.stage("loading keys");
    let keys = store::keys(session, &args.keys, &wanted)?;
    stage.done();
    let stage = session.ui.stage("proving");
    let attestation = session
        .with_threads(|| attest(&terms, &position, &file.opening, &parties, &keys, OsRng))?
        .map_err(|error| failed(error, &args.terms))?;
    stage.done();
    drop((position, file));
    files::write(&args.output, attestation.to_json().as_bytes(), FileKind::Attestation, Existing::SameKind)?;
    let development = keys.verifying_key().is_development();
    if development {
        session.ui.warn("made with development keys: it convinces nobody but whoever made them");
    }
    let mut report = render(session, args, &terms, &attestation);
    if let Ok(AnchorStatus::Attested(attested)) = terms.anchor_status(&attestation.assertion) {
        assertion::vouchers(&mut report, &attested, session.now);
    }
    report.set("development_key", development);
    Ok(report)
}

fn render(session: &Session, args: &ProveArgs, terms: &Terms<'_>, attestation: &Attestation) -> Report {
    let said = &attestation.assertion;
    let mut report = Report::new();
    report.verdict(true, format_args!("attestation written to {}", shown(&args.output)));
    report.row("subject", said.subject).row("audience", &said.audience);
    report.row("valid until", assertion::valid_until(said, session.now));
    report.row("prices", format_args!("within {} of those in {}", terms.buffer(), shown(&args.terms.prices)));
    report.row("proof", format_args!("{} bytes, verified", attestation.proof.len()));
    report.row("key", attestation.verifying_key);
    if let covenants @ [_, ..] = terms.policy().covenants() {
        let names: Vec<_> = covenants.iter().map(|covenant| covenant.name.as_str()).collect();
        report.row("covenants", names.join(", ")).set("covenants", names);
    }
    report.set("statement_id", attestation.statement.name());
    report.set("statement", said.to_json()).set("attestation", shown(&args.output));
    report.set("verifying_key", attestation.verifying_key.to_string()).set("proof_bytes", attestation.proof.len());
    report
}
