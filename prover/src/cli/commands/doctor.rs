//! `assay doctor`: whether everything is in place.

use std::path::Path;

use assay_circuits::keys::circuit_id;
use assay_circuits::{STATEMENT_ID, Size};
use assay_verifier::PRODUCTION_FINGERPRINTS;
use assay_verifier::formats::hex;
use serde_json::json;

use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::{BAD, FAINT, GOOD, Report, WARN, paint};
use crate::cli::session::Session;
use crate::cli::text::{plain, shown};
use crate::files;
use crate::files::store::{self, MAKE_DEV_KEYS, MAKE_DEV_SRS};

/// A clock before this program's first release is wrong (2025-01-01).
const FIRST_PLAUSIBLE_TIME: u64 = 1_735_689_600;

/// How a thing is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    Absent,
    Broken,
}

/// One thing looked at.
struct Finding {
    name: &'static str,
    state: State,
    detail: String,
    remedy: Option<String>,
}

impl Finding {
    fn fine(name: &'static str, detail: impl std::fmt::Display) -> Self {
        Self { name, state: State::Fine, detail: detail.to_string(), remedy: None }
    }

    fn absent(name: &'static str, detail: &str, remedy: Option<&str>) -> Self {
        Self { name, state: State::Absent, detail: detail.to_owned(), remedy: remedy.map(str::to_owned) }
    }

    fn broken(name: &'static str, failure: Failure) -> Self {
        Self { name, state: State::Broken, detail: failure.message, remedy: failure.hint }
    }
}

/// Looks at everything that proving and verifying need; changes nothing.
///
/// # Errors
/// Exit 14 where something is broken; what is merely absent is reported and no error.
pub(crate) fn run(session: &Session) -> Outcome {
    let mut findings = vec![
        Finding::fine("program", format_args!("assay {}, {STATEMENT_ID}", env!("CARGO_PKG_VERSION"))),
        Finding::fine("circuit", hex(&circuit_id(Size::Eight))),
        Finding::fine("threads", std::thread::available_parallelism().map_or(1, usize::from)),
        clock(session.now),
        production(),
    ];
    match session.cache() {
        Err(failure) => findings.push(Finding::broken("cache", failure)),
        Ok(cache) => {
            findings.push(directory(cache.root()));
            findings.extend(development(session, &cache.dev_srs()));
        }
    }
    let broken = findings.iter().filter(|finding| finding.state == State::Broken).count();
    let report = render(&findings);
    if broken == 0 {
        return Ok(report);
    }
    let things = if broken == 1 { "thing is" } else { "things are" };
    Err(Failure::new(Kind::Keys, format!("{broken} {things} not in order")).with_report(report))
}

fn production() -> Finding {
    const NAME: &str = "production key";
    match assay_verifier::production_key(Size::Eight) {
        Ok(key) if PRODUCTION_FINGERPRINTS.contains(&key.fingerprint()) => Finding::fine(NAME, key.fingerprint()),
        Ok(key) => Finding::broken(NAME, Failure::new(Kind::Keys, format!("{} is not pinned", key.fingerprint()))),
        Err(error) => Finding::broken(NAME, Failure::new(Kind::Keys, error)),
    }
}

fn clock(now: u64) -> Finding {
    let time = assay_verifier::format_time(now);
    if now >= FIRST_PLAUSIBLE_TIME {
        return Finding::fine("clock", time);
    }
    let failure = Failure::new(Kind::Keys, format!("{time} is too early to be true"));
    Finding::broken("clock", failure.hint("set the clock: expiry and price ages are measured with it"))
}

/// The cache decides which development keys are accepted, so nobody else may write to it.
fn directory(path: &Path) -> Finding {
    const NAME: &str = "cache";
    if !path.exists() {
        return Finding::absent(NAME, &format!("{} does not exist yet", shown(path)), None);
    }
    if !path.is_dir() {
        return Finding::broken(NAME, Failure::new(Kind::Keys, format!("{} is not a directory", shown(path))));
    }
    match files::check_own(path) {
        Ok(()) => Finding::fine(NAME, shown(path)),
        Err(failure) => Finding::broken(NAME, failure),
    }
}

fn development(session: &Session, srs_path: &Path) -> Vec<Finding> {
    let (srs_name, key_name) = ("dev SRS", "dev key");
    if !srs_path.exists() {
        return vec![Finding::absent(srs_name, "none", Some(MAKE_DEV_SRS))];
    }
    let srs = match store::dev_srs(session).and_then(|srs| store::cut(&srs)) {
        Ok(srs) => srs,
        Err(failure) => return vec![Finding::broken(srs_name, failure)],
    };
    let digest = hex(&srs.digest());
    let key = match session.cache().map(|cache| cache.verifying_key(srs.digest()).exists()) {
        Ok(true) => match store::dev_key(session) {
            Ok(key) => Finding::fine(key_name, key.fingerprint()),
            Err(failure) => Finding::broken(key_name, failure),
        },
        _ => Finding::absent(key_name, "none", Some(MAKE_DEV_KEYS)),
    };
    vec![Finding::fine(srs_name, digest), key]
}

fn render(findings: &[Finding]) -> Report {
    let mut report = Report::new();
    let mut checks = Vec::new();
    for Finding { name, state, detail, remedy } in findings {
        let (style, mark, word) = match state {
            State::Fine => (GOOD, "✓", "ok"),
            State::Absent => (WARN, "–", "absent"),
            State::Broken => (BAD, "✗", "broken"),
        };
        report.line(format_args!(
            "{} {} {}",
            paint(style, mark),
            paint(FAINT, format_args!("{name:<15}")),
            plain(detail)
        ));
        if let Some(remedy) = remedy {
            report.line(format_args!("  {:<15} {}", "", paint(FAINT, format_args!("→ {remedy}"))));
        }
        checks.push(json!({ "name": name, "state": word, "detail": detail, "remedy": remedy }));
    }
    report.set("checks", checks);
    report
}
