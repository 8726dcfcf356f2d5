//! SRS and keys: reading them, and naming the command that makes what is missing.

use std::path::Path;

use assay_circuits::Size;
use assay_circuits::artifact::ArtifactError;
use assay_circuits::keys::VerifyingKey;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::srs::Srs;

use crate::cli::args::KeySource;
use crate::cli::error::{Failure, Kind};
use crate::cli::session::Session;
use crate::cli::text::{quoted, shown};
use crate::files::{self, BINARY_LIMIT};

/// Base-2 logarithm of the rows of `solvency/v1`, and of the powers its SRS needs.
pub(crate) const K: u32 = Layout::new(Size::Eight).k();

/// Makes a development SRS.
pub(crate) const MAKE_DEV_SRS: &str = "assay params dev";
/// Makes the keys of the development SRS.
pub(crate) const MAKE_DEV_KEYS: &str = "assay setup --dev";

/// Reads the SRS that the options name, as it is in the file.
///
/// # Errors
/// Exit 14 where it is missing, damaged or none is named; 13 where it is a file of another kind or version.
pub(crate) fn srs(session: &Session, source: &KeySource) -> Result<Srs, Failure> {
    match (&source.srs, source.dev) {
        (Some(path), _) => read_srs(path).map_err(|failure| missing(failure, "name the SRS with --srs FILE")),
        (None, true) => dev_srs(session),
        (None, false) => Err(Failure::new(Kind::Keys, "no SRS is named").hint(format!(
            "--srs FILE, made with assay params import from the file of a ceremony; or, to try things out, \
             {MAKE_DEV_SRS}, then {MAKE_DEV_KEYS}, then --dev here"
        ))),
    }
}

/// Reads the development SRS of the cache. Whoever can put one there can forge proofs that `--allow-dev-srs` accepts, so
/// cache and file must be this user's alone.
///
/// # Errors
/// As [`srs`], and exit 14 where others own or can write to the cache or the file.
pub(crate) fn dev_srs(session: &Session) -> Result<Srs, Failure> {
    let cache = session.cache()?;
    let path = cache.dev_srs();
    if path.exists() {
        files::check_own(cache.root())?;
        files::check_own(&path)?;
    }
    let remake =
        if path.exists() { format!("make a new one: {MAKE_DEV_SRS} --force") } else { MAKE_DEV_SRS.to_owned() };
    read_srs(&path).map_err(|failure| mended_by(failure, remake))
}

/// Reads an SRS file.
///
/// # Errors
/// As [`srs`], and exit 4 where there is no such file.
pub(crate) fn read_srs(path: &Path) -> Result<Srs, Failure> {
    let bytes = read_binary(path)?;
    Srs::from_bytes(&bytes).map_err(|error| {
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

/// Cuts an SRS down to the circuit's size.
///
/// # Errors
/// Exit 13 where it is too small.
pub(crate) fn cut(srs: &Srs) -> Result<Srs, Failure> {
    srs.downsize(K).map_err(|error| Failure::new(Kind::Mismatch, error))
}

/// The verifying key in the cache that was made from an SRS, which has been cut down. Makes it once more to see that
/// the file holds the key of this circuit and this SRS: that takes less time than reading the SRS.
///
/// # Errors
/// Exit 14 where `assay setup` has not been run with the SRS or the file is damaged, 13 where it holds another key.
pub(crate) fn cached_key(session: &Session, srs: &Srs, source: &KeySource) -> Result<VerifyingKey, Failure> {
    let path = session.cache()?.verifying_key(srs.digest());
    let mut setup = match &source.srs {
        Some(path) => format!("assay setup --srs {}", quoted(&shown(path))),
        None => MAKE_DEV_KEYS.to_owned(),
    };
    if path.exists() {
        setup.push_str(" --force");
    }
    let key = read_key(&path).map_err(|failure| mended_by(failure, &setup))?;
    let remade = VerifyingKey::generate(srs, Size::Eight).map_err(|error| Failure::new(Kind::Mismatch, error))?;
    if key.to_bytes() != remade.to_bytes() {
        let what = format!("{}: not the key of this circuit and this SRS", shown(&path));
        return Err(Failure::new(Kind::Mismatch, what).hint(setup));
    }
    Ok(key)
}

/// The verifying key made from the development SRS of the cache.
///
/// # Errors
/// As [`cached_key`] and [`dev_srs`].
pub(crate) fn dev_key(session: &Session) -> Result<VerifyingKey, Failure> {
    cached_key(session, &cut(&dev_srs(session)?)?, &KeySource { dev: true, srs: None })
}

/// Reads a verifying key.
///
/// # Errors
/// Exit 4 where there is no such file, 14 where it is damaged, 13 where it is of another kind or version.
pub(crate) fn read_key(path: &Path) -> Result<VerifyingKey, Failure> {
    let bytes = read_binary(path)?;
    VerifyingKey::from_bytes(&bytes).map_err(|error| refused(path, &error))
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

fn read_binary(path: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, Failure> {
    files::read(path, BINARY_LIMIT).map_err(|mut failure| {
        if failure.kind == Kind::Malformed {
            failure.kind = Kind::Keys;
        }
        failure
    })
}
