//! `assay params`: the SRS.

use std::fs::File;
use std::path::Path;

use assay_circuits::Size;
use assay_circuits::statements::solvency::layout::Layout;
use assay_protocol::srs::Srs;
use assay_protocol::srs::import::{ImportError, import as import_powers};
use assay_verifier::formats::hex;
use rand_core::OsRng;

use crate::cli::args::{ParamsDevArgs, ParamsFetchArgs, ParamsImportArgs, ParamsInfoArgs, ParamsVerifyArgs};
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::{quoted, shown};
use crate::files::ceremonies::Table;
use crate::files::download::{Done, Download};
use crate::files::kind::FileKind;
use crate::files::store;
use crate::files::stranger;
use crate::files::wanted::Wanted;
use crate::files::{self, Existing};

/// Reads an SRS, which checks that its points belong together, and says what it is.
///
/// # Errors
/// Exit 13 or 14 where it is not an SRS in order.
pub(crate) fn info(session: &Session, args: &ParamsInfoArgs) -> Outcome {
    let wanted = Wanted::of(&args.circuit)?;
    let (path, srs) = match &args.file {
        Some(path) => (path.clone(), store::read_srs(path)?),
        None => (session.cache()?.dev_srs(wanted.circuit.k()), store::dev_srs(session, &wanted)?),
    };
    let mut report = Report::new();
    report.verdict(true, "a consistent SRS");
    describe(&mut report, &srs, &path);
    Ok(report)
}

/// Makes an SRS from the file of a ceremony.
///
/// # Errors
/// Exit 4 where a file cannot be read or written, 13 where it has too few powers, 14 where it is not in order.
pub(crate) fn import(session: &Session, args: &ParamsImportArgs) -> Outcome {
    files::check_target(&args.output, FileKind::Srs, Existing::SameKind)?;
    let (mut file, _) = files::open(&args.file)?;
    let wanted = Wanted::of(&args.circuit)?;
    let k = args.k.unwrap_or(wanted.circuit.k());
    let stage = session.ui.stage("importing");
    let mut progress = |done: usize, of: usize| stage.progress(done as u64, Some(of as u64));
    let imported = session
        .with_threads(|| import_powers(&mut file, k, &mut progress))?
        .map_err(|error| not_imported(&args.file, &mut file, &error))?;
    files::write(&args.output, &imported.srs.to_bytes(), FileKind::Srs, Existing::SameKind)?;
    stage.done();
    let known = Table::read().ceremony_of(&imported.srs).is_some();
    let mut report = Report::new();
    if known {
        report.verdict(true, format_args!("imported 2^{} + 1 powers", imported.srs.k()));
    } else {
        session.ui.warn(
            "the powers are those of no ceremony that is known: whoever made the file may know their secret, and can forge \
             proofs with it; names of files prove nothing",
        );
        let powers = imported.srs.k();
        report.verdict(false, format_args!("imported 2^{powers} + 1 powers of no ceremony that is known"));
    }
    report.row("from", shown(&args.file));
    report.row("format", format_args!("{}, power {}", imported.format.name(), imported.power));
    report.set("from", shown(&args.file)).set("format", imported.format.name()).set("power", imported.power);
    describe(&mut report, &imported.srs, &args.output);
    // Where it was not said what for, it is for as many assets as there are powers enough for.
    let wanted = if args.k.is_some() { Wanted::of_size(largest(&imported.srs).unwrap_or_default()) } else { wanted };
    if known {
        let setup = format!("assay setup --srs {}{}", quoted(&shown(&args.output)), wanted.options());
        session.ui.note(0, format_args!("next: {setup}"));
    }
    Ok(report)
}

fn not_imported(path: &Path, file: &mut File, error: &ImportError) -> Failure {
    match error {
        ImportError::Unknown => {
            let what = stranger::describe(file).unwrap_or_else(|| error.to_string());
            Failure::new(Kind::Keys, format!("{}: {what}", shown(path)))
        }
        ImportError::Io(error) => Failure::io(format_args!("cannot read {}", shown(path)), error),
        ImportError::Srs(error) => store::refused(path, error),
        ImportError::OneShort { .. } => Failure::new(Kind::Mismatch, format!("{}: {error}", shown(path))),
        ImportError::Layout(_) => Failure::new(Kind::Keys, format!("{}: {error}", shown(path))),
    }
}

/// What reading an SRS has established by the time it succeeds.
const CHECKS: [(&str, &str); 5] = [
    ("container", "magic, version, length and checksum"),
    ("points", "canonical, on their curves, in their subgroups, none the identity"),
    ("generators", "the first power and G2"),
    ("powers", "consecutive, by the pairing of a random combination"),
    ("Lagrange", "a random polynomial has the same commitment in both halves"),
];

/// Checks an SRS and says which ceremony it is from.
///
/// # Errors
/// Exit 4 where it cannot be read, 13 or 14 where it is not in order.
pub(crate) fn verify(session: &Session, args: &ParamsVerifyArgs) -> Outcome {
    let stage = session.ui.stage("checking");
    let srs = session.with_threads(|| store::read_srs(&args.file))??;
    stage.done();
    let mut report = Report::new();
    match Table::read().ceremony_of(&srs) {
        Some(ceremony) => report.verdict(true, format_args!("a consistent SRS of the ceremony {}", ceremony.name)),
        None => report.verdict(true, "a consistent SRS of no ceremony that is known: its secret may be too"),
    };
    for (name, what) in CHECKS {
        report.row(name, what);
    }
    report.set("checks", CHECKS.map(|(name, _)| name).as_slice());
    describe(&mut report, &srs, &args.file);
    Ok(report)
}

/// Downloads the file of a ceremony.
///
/// # Errors
/// Exit 2 where it is not in the table, 4 where network or files fail, 14 where the digest is another.
pub(crate) fn fetch(session: &Session, args: &ParamsFetchArgs) -> Outcome {
    let table = Table::read();
    let source = match &args.name {
        None => None,
        Some(name) => Some(table.sources().find(|source| source.name == *name).ok_or_else(|| {
            let known: Vec<_> = table.sources().map(|source| source.name.as_str()).collect();
            Failure::new(Kind::Usage, format!("the table has no file of that name; it has {}", known.join(", ")))
        })?),
    };
    let (url, sha256, bytes) = match (source, &args.url, &args.sha256) {
        (Some(source), _, _) => (source.url.as_str(), source.sha256.as_str(), Some(source.bytes)),
        (None, Some(url), Some(sha256)) => (url.as_str(), sha256.as_str(), None),
        _ => return Err(Failure::new(Kind::Usage, "a name, or --url and --sha256")),
    };
    let sha256: [u8; 32] = hex::decode(sha256.trim_start_matches("0x"))
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Failure::new(Kind::Usage, "--sha256: not 64 hexadecimal digits"))?;
    let output = match (&args.output, source) {
        (Some(path), _) => path.clone(),
        (None, Some(source)) => source.name.clone().into(),
        (None, None) => return Err(Failure::new(Kind::Usage, "name the file to write with -o FILE")),
    };
    let done = Download { url, sha256, bytes, output: &output, loopback: args.loopback }.run(session)?;
    let mut report = Report::new();
    let resumed_at = match done {
        Done::AlreadyThere => {
            report.verdict(true, "the file is there already");
            None
        }
        Done::Fetched { resumed_at } => {
            report.verdict(true, "downloaded");
            (resumed_at > 0).then_some(resumed_at)
        }
    };
    report.row("file", shown(&output)).row("from", url).row("SHA-256", hex(&sha256));
    report.set("file", shown(&output)).set("url", url).set("sha256", hex(&sha256));
    report.set("downloaded", done != Done::AlreadyThere).set("resumed_at", resumed_at);
    session.ui.note(0, format_args!("next: assay params import {} -o FILE", quoted(&shown(&output))));
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
    let wanted = Wanted::of(&args.circuit)?;
    let path = session.cache()?.dev_srs(wanted.circuit.k());
    let mut report = Report::new();
    let srs = if path.exists() && !args.force {
        let srs = store::dev_srs(session, &wanted)?;
        report.verdict(true, "there is a development SRS already; --force makes a new one");
        report.set("created", false);
        srs
    } else {
        let stage = session.ui.stage("making SRS");
        let srs = session.with_threads(|| Srs::dev(wanted.circuit.k(), OsRng))?;
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
    session.ui.note(0, format_args!("next: {}", wanted.make_dev_keys()));
    Ok(report)
}

/// What an SRS is.
pub(crate) fn describe(report: &mut Report, srs: &Srs, path: &Path) {
    let digest = hex(&srs.digest());
    let kind =
        if srs.is_development() { "development: for trying things out only" } else { "not marked as development" };
    report.row("file", shown(path)).row("kind", kind);
    let enough = largest(srs).map_or("too few for any market".to_owned(), |size| format!("enough for {size}"));
    report.row("powers", format_args!("2^{} + 1, {enough}", srs.k()));
    let table = Table::read();
    let ceremony = table.ceremony_of(srs);
    report.row("ceremony", ceremony.map_or("unknown".to_owned(), |it| format!("{}: {}", it.name, it.title)));
    report.set("ceremony", ceremony.map(|it| it.name.as_str()));
    report.row("digest", &digest);
    report.set("file", shown(path)).set("development", srs.is_development()).set("k", srs.k()).set("digest", &*digest);
    let mut cuts = serde_json::Map::new();
    for size in Size::ALL.into_iter().filter(|size| Layout::new(*size).k() < srs.k()) {
        if let Ok(cut) = srs.downsize(Layout::new(size).k()) {
            let cut = hex(&cut.digest());
            report.row("cut to size", format_args!("{cut}, for {size}"));
            cuts.insert(size.assets().to_string(), cut.into());
        }
    }
    report.set("digests_cut_to_size", cuts);
}

/// The largest size that an SRS has powers enough for.
fn largest(srs: &Srs) -> Option<Size> {
    Size::ALL.into_iter().rfind(|size| Layout::new(*size).k() <= srs.k())
}
