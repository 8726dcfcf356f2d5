//! SRS and keys: reading them, and naming the command that makes what is missing.

use std::path::Path;

use assay_circuits::Circuit;
use assay_protocol::artifact::ArtifactError;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::srs::Srs;
use zeroize::Zeroizing;

use crate::attest::Keys;
use crate::cli::args::KeySource;
use crate::cli::error::{Failure, Kind};
use crate::cli::session::Session;
use crate::cli::text::{quoted, shown};
use crate::files::cache::Cache;
use crate::files::wanted::Wanted;
use crate::files::{self, BINARY_LIMIT};

/// Reads the SRS that the options name, as it is in the file.
///
/// # Errors
/// Exit 14 where it is missing, damaged or none is named; 13 where it is a file of another kind or version.
pub(crate) fn srs(session: &Session, source: &KeySource, wanted: &Wanted) -> Result<Srs, Failure> {
    match (&source.srs, source.dev) {
        (Some(path), _) => read_srs(path).map_err(|failure| missing(failure, "name the SRS with --srs FILE")),
        (None, true) => dev_srs(session, wanted),
        (None, false) => Err(Failure::new(Kind::Keys, "no SRS is named").hint(format!(
            "--srs FILE, made with assay params import from the file of a ceremony; or, to try things out, \
             {}, then {}, then --dev here",
            wanted.make_dev_srs(),
            wanted.make_dev_keys(),
        ))),
    }
}

/// Reads the development SRS of the cache. Whoever can put one there can forge proofs that `--allow-dev-srs` accepts, so
/// cache and file must be this user's alone.
///
/// # Errors
/// As [`srs`], and exit 14 where others own or can write to the cache or the file.
pub(crate) fn dev_srs(session: &Session, wanted: &Wanted) -> Result<Srs, Failure> {
    let cache = session.cache()?;
    let path = cache.dev_srs(wanted.circuit.k());
    let make = wanted.make_dev_srs();
    let bytes = read_own(&cache, &path).map_err(|failure| missing(failure, &make))?;
    parse_srs(&path, &bytes).map_err(|failure| mended_by(failure, format!("make a new one: {make} --force")))
}

/// Reads an SRS file.
///
/// # Errors
/// As [`srs`], and exit 4 where there is no such file.
pub(crate) fn read_srs(path: &Path) -> Result<Srs, Failure> {
    parse_srs(path, &read_binary(path)?)
}

fn parse_srs(path: &Path, bytes: &[u8]) -> Result<Srs, Failure> {
    Srs::from_bytes(bytes).map_err(|error| {
        let failure = refused(path, &error);
        match error {
            ArtifactError::Magic => {
                failure.hint("an SRS is made from the file of a ceremony: assay params import FILE -o OUT")
            }
            ArtifactError::OldSrs { .. } => {
                failure.hint("assay params import FILE -o OUT; or assay params dev --force")
            }
            _ => failure,
        }
    })
}

/// Reads the SRS that the options name and makes its keys, whose verifying key the cache must hold too.
///
/// # Errors
/// As [`srs`] and [`check_cached`], and exit 13 where the SRS is too small.
pub(crate) fn keys(session: &Session, source: &KeySource, wanted: &Wanted) -> Result<Keys, Failure> {
    let srs = srs(session, source, wanted)?;
    let keys = Keys::new(&srs, wanted.circuit).map_err(|error| Failure::new(Kind::Mismatch, error))?;
    check_cached(session, keys.verifying_key(), source, wanted)?;
    Ok(keys)
}

/// Compares a verifying key that has just been made with the one in the cache that was made from the same SRS.
///
/// # Errors
/// Exit 14 where `assay setup` has not been run with the SRS or the file is damaged, 13 where it holds another key.
pub(crate) fn check_cached(
    session: &Session,
    made: &VerifyingKey,
    source: &KeySource,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let path = session.cache()?.verifying_key(made.srs_digest(), wanted.circuit);
    let mut setup = match &source.srs {
        Some(path) => format!("assay setup --srs {}{}", quoted(&shown(path)), wanted.options()),
        None => wanted.make_dev_keys(),
    };
    if path.exists() {
        setup.push_str(" --force");
    }
    let key = read_key(&path).map_err(|failure| mended_by(failure, &setup))?;
    if key.to_bytes() != made.to_bytes() {
        let what = format!("{}: not the key of this circuit and this SRS", shown(&path));
        return Err(Failure::new(Kind::Mismatch, what).hint(setup));
    }
    Ok(())
}

/// The verifying key of a circuit that `assay setup --dev` has put into the cache. Neither it nor its SRS is made or checked again,
/// which would take most of the time of a verification: like the SRS, it counts because nobody else can write there.
///
/// # Errors
/// Exit 14 where there is none, it is damaged, or others own or can write to the cache or a file on the way.
pub(crate) fn own_key(session: &Session, wanted: &Wanted) -> Result<VerifyingKey, Failure> {
    let cache = session.cache()?;
    let srs = cache.dev_srs(wanted.circuit.k());
    let bytes = read_own(&cache, &srs).map_err(|failure| missing(failure, wanted.make_dev_srs()))?;
    let digest = Srs::digest_of(&bytes).map_err(|error| refused(&srs, &error))?;
    let path = cache.verifying_key(digest, wanted.circuit);
    let bytes = read_own(&cache, &path).map_err(|failure| missing(failure, wanted.make_dev_keys()))?;
    let remake = format!("{} --force", wanted.make_dev_keys());
    let key = parse_key(&path, &bytes).map_err(|failure| mended_by(failure, &remake))?;
    if key.srs_digest() != digest {
        let what = format!("{}: not the key of this SRS", shown(&path));
        return Err(Failure::new(Kind::Mismatch, what).hint(remake));
    }
    Ok(key)
}

/// Reads a file of the cache, which must be this user's alone, and so must each directory on the way to it.
fn read_own(cache: &Cache, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    for path in path.ancestors().take_while(|path| path.starts_with(cache.root())).filter(|path| path.exists()) {
        files::check_own(path)?;
    }
    read_binary(path)
}

/// Reads a verifying key.
///
/// # Errors
/// Exit 4 where there is no such file, 14 where it is damaged, 13 where it is of another kind or version.
pub(crate) fn read_key(path: &Path) -> Result<VerifyingKey, Failure> {
    parse_key(path, &read_binary(path)?)
}

fn parse_key(path: &Path, bytes: &[u8]) -> Result<VerifyingKey, Failure> {
    Circuit::read_key(bytes).map_err(|error| refused(path, &error))
}

/// Says what to do about a key or an SRS that is not there: a matter of keys, not of files.
pub(crate) fn missing(failure: Failure, remedy: impl std::fmt::Display) -> Failure {
    if failure.kind == Kind::Io { mended_by(failure, remedy) } else { failure }
}

/// Names the command that makes what is missing or damaged.
pub(crate) fn mended_by(mut failure: Failure, command: impl std::fmt::Display) -> Failure {
    if failure.kind == Kind::Io {
        failure.kind = Kind::Keys;
    }
    failure.hint(command)
}

/// What is wrong with a binary file, and its exit code.
pub(crate) fn refused(path: &Path, error: &ArtifactError) -> Failure {
    let kind = match error {
        ArtifactError::Kind { .. }
        | ArtifactError::Version(_)
        | ArtifactError::Statement { .. }
        | ArtifactError::TooSmall { .. }
        | ArtifactError::OldSrs { .. }
        | ArtifactError::OtherSrs { .. } => Kind::Mismatch,
        ArtifactError::Magic | ArtifactError::Length { .. } | ArtifactError::Checksum | ArtifactError::Content(_) => {
            Kind::Keys
        }
    };
    Failure::new(kind, format!("{}: {error}", shown(path)))
}

fn read_binary(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    files::read(path, BINARY_LIMIT).map_err(|mut failure| {
        if failure.kind == Kind::Malformed {
            failure.kind = Kind::Keys;
        }
        failure
    })
}
