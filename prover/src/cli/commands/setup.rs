//! `assay setup`: the verifying key, from an SRS.

use assay_circuits::keys::{VerifyingKey, circuit_id};
use assay_circuits::{STATEMENT_ID, Size};
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
    let srs = store::cut(&store::srs(session, &args.source)?)?;
    let path = session.cache()?.verifying_key(srs.digest());
    let mut report = Report::new();
    let key = if path.exists() && !args.force {
        let key = store::cached_key(session, &srs, &args.source)?;
        report.verdict(true, "the key is in the cache already");
        key
    } else {
        let stage = session.ui.stage("making keys");
        let key = session
            .with_threads(|| VerifyingKey::generate(&srs, Size::Eight))?
            .map_err(|error| Failure::new(Kind::Mismatch, error))?;
        if let Some(directory) = path.parent() {
            files::create_private_directory(directory)?;
        }
        files::write(&path, &key.to_bytes(), FileKind::VerifyingKey, Existing::Any)?;
        stage.done();
        report.verdict(true, "made the verifying key");
        key
    };
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
    let circuit = hex(&circuit_id(key.size()));
    let digest = hex(&key.srs_digest());
    report.row("statement", STATEMENT_ID).row("fingerprint", &fingerprint).row("circuit", &circuit);
    report.row("made from SRS", &digest);
    report.row(
        "kind",
        if key.is_development() { "development: for trying things out only" } else { "not marked as development" },
    );
    report.set("statement", STATEMENT_ID).set("fingerprint", fingerprint).set("circuit_id", circuit);
    report.set("srs_digest", digest).set("development", key.is_development());
}
