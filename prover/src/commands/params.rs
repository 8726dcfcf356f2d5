//! `assay params`: the SRS.

use std::path::Path;

use assay_circuits::srs::Srs;
use assay_verifier::text::hex;
use rand_core::OsRng;

use crate::args::{ParamsDevArgs, ParamsInfoArgs};
use crate::error::Outcome;
use crate::files::{self, Existing};
use crate::kind::FileKind;
use crate::output::Report;
use crate::session::Session;
use crate::store::{self, K, MAKE_DEV_KEYS};
use crate::text::shown;

/// Reads an SRS, which checks that its points belong together, and says what it is.
///
/// # Errors
/// Exit 13 or 14 where it is not an SRS in order.
pub(crate) fn info(session: &Session, args: &ParamsInfoArgs) -> Outcome {
    let path = match &args.file {
        Some(path) => path.clone(),
        None => session.cache()?.dev_srs(),
    };
    let srs = if args.file.is_some() { store::read_srs(&path)? } else { store::dev_srs(session)? };
    let mut report = Report::new();
    report.verdict(true, "a consistent SRS");
    describe(&mut report, &srs, &path);
    Ok(report)
}

/// Makes a development SRS in the cache.
///
/// # Errors
/// Exit 4 where it cannot be written, 14 where the one that is there is damaged.
pub(crate) fn dev(session: &Session, args: &ParamsDevArgs) -> Outcome {
    if let Some(copy) = &args.output {
        files::check_target(copy, FileKind::Srs, Existing::Keep)?;
    }
    let path = session.cache()?.dev_srs();
    let mut report = Report::new();
    let srs = if path.exists() && !args.force {
        let srs = store::dev_srs(session)?;
        report.verdict(true, "there is a development SRS already; --force makes a new one");
        report.set("created", false);
        srs
    } else {
        let stage = session.ui.stage("making SRS");
        let srs = session.with_threads(|| Srs::dev(K, OsRng))?;
        files::create_private_directory(session.cache()?.root())?;
        files::write(&path, &srs.to_bytes(), FileKind::Srs, Existing::Any)?;
        stage.done();
        report.verdict(true, "made a development SRS");
        report.set("created", true);
        srs
    };
    if let Some(copy) = &args.output {
        files::write(copy, &srs.to_bytes(), FileKind::Srs, Existing::Keep)?;
    }
    describe(&mut report, &srs, &path);
    session.ui.warn("whoever made a development SRS can forge proofs with it: it convinces nobody else");
    session.ui.note(0, format_args!("next: {MAKE_DEV_KEYS}"));
    Ok(report)
}

/// What an SRS is.
pub(crate) fn describe(report: &mut Report, srs: &Srs, path: &Path) {
    let digest = hex(&srs.digest());
    let kind =
        if srs.is_development() { "development: for trying things out only" } else { "not marked as development" };
    report.row("file", shown(path)).row("kind", kind);
    report.row("powers", format_args!("2^{}; {} needs 2^{K}", srs.k(), assay_circuits::STATEMENT_ID));
    report.row("digest", &digest);
    report.set("file", shown(path)).set("development", srs.is_development()).set("k", srs.k()).set("digest", &*digest);
    if srs.k() > K
        && let Ok(cut) = store::cut(srs)
    {
        let cut = hex(&cut.digest());
        report.row("cut to size", &cut).set("digest_cut_to_size", cut);
    }
}
