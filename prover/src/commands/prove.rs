//! `assay prove`: an attestation.

use assay_circuits::keys::ProvingKey;
use assay_circuits::proof::{ProveError, prove};
use assay_circuits::{PositionCommitment, Witness, check};
use assay_verifier::anchor::check as check_anchor;
use assay_verifier::{
    Allowed, Attestation, Beneficiary, Expectation, NothingSeen, Rejection, Request, parse_address, verify,
};
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
        beneficiary: Beneficiary::Nobody,
        now: session.now,
    };
    files::check_target(&args.output, FileKind::Attestation, Existing::SameKind)?;
    let terms = Terms::load(session, &args.policy, &args.terms)?;
    let (commitment, witness) = read_witness(session, args, &terms)?;
    terms.fresh(&args.terms.prices)?;
    let statement = terms.statement(commitment, expect.subject, expect.audience.clone());
    check_anchor(&terms.policy, &statement, &expect, None, &NothingSeen)
        .map_err(|error| rejected(&Rejection::from(error), &args.terms.prices))?;

    let stage = session.ui.stage("loading keys");
    let srs = store::cut(&store::srs(session, &args.keys)?)?;
    let verifying_key = store::cached_key(session, &srs, &args.keys)?;
    stage.done();
    let fingerprint = verifying_key.fingerprint();
    let instance = statement.instance(&terms.policy, fingerprint).map_err(Failure::malformed)?;
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
        })?;
    stage.done();
    drop(witness);

    let stage = session.ui.stage("verifying");
    let attestation = Attestation { statement, verifying_key: fingerprint, srs: srs.digest(), proof };
    let text = attestation.to_json();
    let read = Attestation::from_json(&text).map_err(|error| Failure::new(Kind::Internal, error))?;
    let allowed = Allowed::production().and(fingerprint);
    let request = Request {
        policy: &terms.policy,
        prices: &terms.prices,
        expect: &expect,
        attestation: &read,
        anchor: None,
        seen: &NothingSeen,
    };
    verify(&verifying_key, &allowed, &request).map_err(|rejection| rejected(&rejection, &args.terms.prices))?;
    stage.done();
    files::write(&args.output, text.as_bytes(), FileKind::Attestation, Existing::SameKind)?;
    if verifying_key.is_development() {
        session.ui.warn("made with development keys: it convinces nobody but whoever made them");
    }
    let mut report = render(session, args, &terms, &attestation);
    report.set("development_key", verifying_key.is_development());
    Ok(report)
}

/// Reads position and opening, which must belong together.
fn read_witness(session: &Session, args: &ProveArgs, terms: &Terms) -> Result<(PositionCommitment, Witness), Failure> {
    let position = position::load(&session.ui, &args.position.input, terms.policy.market().assets())?;
    let OpeningFile { opening, commitment } = OpeningFile::load(&session.ui, &args.opening)?;
    if PositionCommitment::new(&position, &opening) != commitment {
        let (position, opening) = (shown(&args.position.input), shown(&args.opening));
        let what = format!("{opening} does not open a commitment to {position}: one of them has changed since");
        return Err(Failure::new(Kind::StatementFalse, what).hint("commit to the position as it is now: assay commit"));
    }
    Ok((commitment, Witness { position, opening }))
}

fn render(session: &Session, args: &ProveArgs, terms: &Terms, attestation: &Attestation) -> Report {
    let said = &attestation.statement;
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
