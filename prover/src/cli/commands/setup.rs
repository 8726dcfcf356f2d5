//! `assay setup`: the verifying key, from an SRS.

use assay_circuits::Circuit;
use assay_protocol::keys::VerifyingKey;
use assay_verifier::formats::hex;

use crate::cli::args::SetupArgs;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::kind::FileKind;
use crate::files::store;
use crate::files::wanted::Wanted;
use crate::files::{self, Existing};

/// Makes the key and caches it under the digest of the SRS.
///
/// # Errors
/// Exit 14 where the SRS is missing or damaged, 13 where it is too small or no SRS, 4 where
/// the key cannot be written.
pub(crate) fn run(session: &Session, args: &SetupArgs) -> Outcome {
    let wanted = Wanted::of(&args.circuit)?;
    let srs = store::srs(session, &args.source, &wanted)?;
    let mut report = Report::new();
    let stage = session.ui.stage("making keys");
    let key =
        session.with_threads(|| wanted.circuit.generate(&srs))?.map_err(|error| Failure::new(Kind::Mismatch, error))?;
    stage.done();
    let path = session.cache()?.verifying_key(key.srs_digest(), wanted.circuit);
    if path.exists() && !args.force {
        store::check_cached(session, &key, &args.source, &wanted)?;
        report.verdict(true, "the key is in the cache already");
    } else {
        if let Some(directory) = path.parent() {
            files::create_private_directory(directory)?;
        }
        files::write(&path, &key.to_bytes(), FileKind::VerifyingKey, Existing::Any)?;
        report.verdict(true, "made the verifying key");
    }
    if let Some(copy) = &args.output {
        files::write(copy, &key.to_bytes(), FileKind::VerifyingKey, Existing::SameKind)?;
    }
    describe(&mut report, &key);
    report.row("file", shown(&path)).set("file", shown(&path));
    Ok(report)
}

/// What a verifying key is.
pub(crate) fn describe(report: &mut Report, key: &VerifyingKey) {
    let fingerprint = key.fingerprint().to_string();
    let id = hex(&key.circuit_id());
    let circuit = Circuit::of(key);
    let size = match circuit {
        Some(Circuit::Solvency(size)) => format!("markets of up to {} assets", size.assets()),
        Some(Circuit::Covenants(shape)) => shape.to_string(),
        None => "unknown".to_owned(),
    };
    let digest = hex(&key.srs_digest());
    report.row("statement", key.statement()).row("size", size).row("fingerprint", &fingerprint).row("circuit", &id);
    report.row("made from SRS", &digest);
    report.row(
        "kind",
        if key.is_development() { "development: for trying things out only" } else { "not marked as development" },
    );
    report
        .set("statement", key.statement())
        .set("assets", circuit.map(|circuit| circuit.assets().assets()))
        .set("size", key.size())
        .set("fingerprint", fingerprint)
        .set("circuit_id", id);
    report.set("srs_digest", digest).set("development", key.is_development());
}
