//! `assay prove`: an attestation.

use assay_circuits::keys::ProvingKey;
use assay_circuits::proof::{ProveError, prove};
use assay_circuits::{PositionCommitment, Witness, check};
use assay_verifier::{Allowed, AnchorRule, Attestation, Expectation, Rejection, parse_address, verify};
use rand_core::OsRng;

use crate::args::ProveArgs;
use crate::error::{Failure, Kind, Outcome};
use crate::files::{self, Existing};
use crate::kind::FileKind;
use crate::opening::OpeningFile;
use crate::output::Report;
use crate::session::Session;
use crate::terms::{Terms, rejected, usage};
use crate::text::shown;
use crate::{position, statement, store};

use super::check::insolvent;

/// Proves, verifies the proof as its receiver will, and only then writes the attestation.
///
/// # Errors
/// Exit 10 where the statement is false, before any proving; 12 where prices are too old; 13 or 14 for SRS and keys;
/// 15 where the policy asks for an anchor; 2, 3 and 4 for what is wrong with options and files.
pub(crate) fn run(session: &Session, args: &ProveArgs) -> Outcome {
    let expect = Expectation {
        subject: parse_address(&args.parties.subject).map_err(|error| usage("--subject", error))?,
        audience: args.parties.audience.parse().map_err(|error| usage("--audience", error))?,
        now: session.now,
    };
    files::check_target(&args.output, FileKind::Attestation, Existing::SameKind)?;
    let ui = &session.ui;
    let terms = Terms::load(session, &args.policy, &args.terms)?;
    let position = position::load(ui, &args.position.input, terms.policy.market().assets())?;
    let OpeningFile { opening, commitment } = OpeningFile::load(ui, &args.opening)?;
    if PositionCommitment::new(&position, &opening) != commitment {
        let (position, opening) = (shown(&args.position.input), shown(&args.opening));
        let what = format!("{opening} does not open a commitment to {position}: one of them has changed since");
        return Err(Failure::new(Kind::StatementFalse, what).hint("commit to the position as it is now: assay commit"));
    }
    terms.fresh(&args.terms.prices)?;
    if let AnchorRule::Attesters { minimum, .. } = terms.policy.rules().anchor {
        return Err(rejected(&Rejection::AnchorMissing { minimum }, &args.terms.prices));
    }

    let stage = ui.stage("loading keys");
    let srs = store::cut(&store::srs(session, &args.keys)?)?;
    let verifying_key = store::cached_key(session, &srs, &args.keys)?;
    stage.done();
    let fingerprint = verifying_key.fingerprint();
    let statement = terms.statement(commitment, expect.subject, expect.audience.clone());
    let instance = statement.instance(&terms.policy, fingerprint).map_err(Failure::malformed)?;
    let witness = Witness { position, opening };
    check(&instance, &witness).map_err(insolvent)?;

    let stage = ui.stage("proving");
    let proof = session
        .with_threads(|| {
            let key = ProvingKey::new(verifying_key.clone());
            prove(&srs, &key, &instance, &witness, OsRng)
        })?
        .map_err(|error| match error {
            ProveError::False(violation) => insolvent(violation),
            ProveError::Srs(error) => Failure::new(Kind::Mismatch, error),
        })?;
    stage.done();
    drop(witness);

    let stage = ui.stage("verifying");
    let attestation = Attestation { statement, verifying_key: fingerprint, srs: srs.digest(), proof };
    let text = attestation.to_json();
    let read = Attestation::from_json(&text).map_err(|error| Failure::new(Kind::Internal, error))?;
    let allowed = Allowed::production().and(fingerprint);
    let accepted = verify(&verifying_key, &allowed, &terms.policy, &terms.prices, &expect, &read);
    accepted.map_err(|rejection| rejected(&rejection, &args.terms.prices))?;
    stage.done();
    files::write(&args.output, text.as_bytes(), FileKind::Attestation, Existing::SameKind)?;

    let mut report = Report::new();
    report.verdict(true, format_args!("attestation written to {}", shown(&args.output)));
    let said = &attestation.statement;
    report.row("subject", said.subject).row("audience", &said.audience);
    report.row("valid until", statement::valid_until(said, session.now));
    report.row("prices", format_args!("within {} of those in {}", terms.buffer, shown(&args.terms.prices)));
    report.row("proof", format_args!("{} bytes, verified", attestation.proof.len()));
    report.row("key", fingerprint);
    report.set("statement", said.to_json());
    if verifying_key.is_development() {
        ui.warn("made with development keys: it convinces nobody but whoever made them");
    }
    report.set("attestation", shown(&args.output)).set("verifying_key", fingerprint.to_string());
    report.set("development_key", verifying_key.is_development()).set("proof_bytes", attestation.proof.len());
    Ok(report)
}
