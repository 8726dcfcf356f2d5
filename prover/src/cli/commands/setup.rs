//! `assay setup`: the verifying key, from an SRS.

use assay_circuits::{STATEMENT_ID, SolvencyCircuit};
use assay_protocol::keys::VerifyingKey;
use assay_verifier::formats::hex;

use crate::cli::args::SetupArgs;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::kind::FileKind;
use crate::files::store;
use crate::files::{self, Existing};

/// Makes the key and caches it under the digest of the SRS.
///
/// # Errors
/// Exit 14 where the SRS is missing or damaged, 13 where it is too small or no SRS, 4 where
/// the key cannot be written.
pub(crate) fn run(session: &Session, args: &SetupArgs) -> Outcome {
    let size = args.size.assets;
    let srs = store::srs(session, &args.source, size)?;
    let mut report = Report::new();
    let stage = session.ui.stage("making keys");
    let key = session
        .with_threads(|| VerifyingKey::generate(&srs, &SolvencyCircuit::empty(size)))?
        .map_err(|error| Failure::new(Kind::Mismatch, error))?;
    stage.done();
    let path = session.cache()?.verifying_key(key.srs_digest());
    if path.exists() && !args.force {
        store::check_cached(session, &key, &args.source)?;
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
    let circuit = hex(&key.circuit_id());
    let digest = hex(&key.srs_digest());
    report
        .row("statement", STATEMENT_ID)
        .row("size", format_args!("markets of up to {} assets", key.size()))
        .row("fingerprint", &fingerprint)
        .row("circuit", &circuit);
    report.row("made from SRS", &digest);
    report.row(
        "kind",
        if key.is_development() { "development: for trying things out only" } else { "not marked as development" },
    );
    report
        .set("statement", STATEMENT_ID)
        .set("assets", key.size())
        .set("fingerprint", fingerprint)
        .set("circuit_id", circuit);
    report.set("srs_digest", digest).set("development", key.is_development());
}
