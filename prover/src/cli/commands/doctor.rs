//! `assay doctor`: whether everything is in place.

use std::path::Path;

use assay_circuits::statements::covenants::Shape;
use assay_circuits::{Circuit, Size, SolvencyCircuit, StatementId};
use assay_protocol::keys::circuit_id;
use assay_verifier::formats::hex;
use assay_verifier::{PRODUCTION_FINGERPRINTS, ProductionKeyError};
use serde_json::json;

use crate::cli::args::KeySource;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::{BAD, FAINT, GOOD, Report, WARN, paint};
use crate::cli::session::Session;
use crate::cli::text::{plain, shown};
use crate::files;
use crate::files::cache::Cache;
use crate::files::store;
use crate::files::wanted::Wanted;

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
    name: String,
    state: State,
    detail: String,
    remedy: Option<String>,
}

impl Finding {
    fn fine(name: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self { name: name.into(), state: State::Fine, detail: detail.to_string(), remedy: None }
    }

    fn absent(name: impl Into<String>, detail: impl std::fmt::Display, remedy: Option<String>) -> Self {
        Self { name: name.into(), state: State::Absent, detail: detail.to_string(), remedy }
    }

    fn broken(name: impl Into<String>, failure: Failure) -> Self {
        Self { name: name.into(), state: State::Broken, detail: failure.message, remedy: failure.hint }
    }
}

/// Looks at everything that proving and verifying need; changes nothing.
///
/// # Errors
/// Exit 14 where something is broken; what is merely absent is reported and no error.
pub(crate) fn run(session: &Session) -> Outcome {
    let mut findings = vec![
        Finding::fine(
            "program",
            format_args!("assay {}, {}", env!("CARGO_PKG_VERSION"), StatementId::ALL.map(StatementId::name).join(", ")),
        ),
        Finding::fine("circuit", hex(&circuit_id(&SolvencyCircuit::empty(Size::default())))),
        Finding::fine("threads", std::thread::available_parallelism().map_or(1, usize::from)),
        clock(session.now),
    ];
    findings.extend(Size::ALL.map(|size| production(Circuit::Solvency(size))));
    findings.push(production(Circuit::Covenants(Shape::default())));
    match session.cache() {
        Err(failure) => findings.push(Finding::broken("cache", failure)),
        Ok(cache) => {
            findings.push(directory(cache.root()));
            for size in Size::ALL {
                findings.extend(development(session, &cache, size));
            }
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

fn production(circuit: Circuit) -> Finding {
    let name = named("production key", circuit);
    match assay_verifier::production_key(circuit) {
        Ok(key) if PRODUCTION_FINGERPRINTS.contains(&key.fingerprint()) => Finding::fine(name, key.fingerprint()),
        Ok(key) => Finding::broken(name, Failure::new(Kind::Keys, format!("{} is not pinned", key.fingerprint()))),
        Err(ProductionKeyError::Open(circuit)) => Finding::absent(
            name,
            "none is part of this program",
            Some(format!(
                "assay params import FILE.ptau -o FILE.srs{0}; assay setup --srs FILE.srs{0}; accept it: --allow-vk FINGERPRINT",
                Wanted::of_size(circuit.assets()).options()
            )),
        ),
        Err(error) => Finding::broken(name, Failure::new(Kind::Keys, error)),
    }
}

/// A name with the circuit that the thing is for; without it for the one that is meant where none is named.
fn named(name: &str, circuit: Circuit) -> String {
    match circuit {
        Circuit::Solvency(Size::Eight) => name.to_owned(),
        Circuit::Solvency(size) => format!("{name} {}", size.assets()),
        Circuit::Covenants(_) => format!("{name}, covenants"),
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
        return Finding::absent(NAME, format!("{} does not exist yet", shown(path)), None);
    }
    if !path.is_dir() {
        return Finding::broken(NAME, Failure::new(Kind::Keys, format!("{} is not a directory", shown(path))));
    }
    match files::check_own(path) {
        Ok(()) => Finding::fine(NAME, shown(path)),
        Err(failure) => Finding::broken(NAME, failure),
    }
}

/// The development SRS of one size and the keys that were made from it. Nobody needs those of the larger sizes and of other
/// statements, so that only what is there is shown.
fn development(session: &Session, cache: &Cache, size: Size) -> Vec<Finding> {
    let smallest = size == Size::default();
    let (solvency, srs_wanted) = (Circuit::Solvency(size), Wanted::of_size(size));
    let name = named("dev SRS", solvency);
    if !cache.dev_srs(solvency.k()).exists() {
        let absent = Finding::absent(name, "none", Some(srs_wanted.make_dev_srs()));
        return if smallest { vec![absent] } else { vec![] };
    }
    let srs = match store::dev_srs(session, &srs_wanted) {
        Ok(srs) => srs,
        Err(failure) => return vec![Finding::broken(name, failure)],
    };
    let mut findings = vec![Finding::fine(name, hex(&srs.digest()))];
    for circuit in Circuit::all().filter(|circuit| circuit.k() == srs.k()) {
        let (name, wanted) = (named("dev key", circuit), Wanted::of_circuit(circuit));
        if cache.verifying_key(srs.digest(), circuit).exists() {
            findings.push(match store::keys(session, &KeySource { dev: true, srs: None }, &wanted) {
                Ok(keys) => Finding::fine(name, keys.verifying_key().fingerprint()),
                Err(failure) => Finding::broken(name, failure),
            });
        } else if circuit == solvency {
            findings.push(Finding::absent(name, "none", Some(wanted.make_dev_keys())));
        }
    }
    findings
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
            paint(FAINT, format_args!("{name:<17}")),
            plain(detail)
        ));
        if let Some(remedy) = remedy {
            report.line(format_args!("  {:<17} {}", "", paint(FAINT, format_args!("→ {remedy}"))));
        }
        checks.push(json!({ "name": name, "state": word, "detail": detail, "remedy": remedy }));
    }
    report.set("checks", checks);
    report
}
