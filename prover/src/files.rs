//! Reading with limits and writing without half-written files.

pub(crate) mod cache;
pub(crate) mod ceremonies;
pub(crate) mod download;
pub(crate) mod inputs;
pub(crate) mod keystore;
pub(crate) mod kind;
pub(crate) mod opening;
pub(crate) mod position;
pub(crate) mod seen;
pub(crate) mod store;
pub(crate) mod stranger;
pub(crate) mod wanted;
pub(crate) mod witness;

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::cli::error::{Failure, Kind};
use crate::cli::output::Ui;
use crate::cli::text::{quoted, shown};
use crate::files::kind::FileKind;

/// Largest text file (TOML, JSON) that is read, in bytes.
pub(crate) const TEXT_LIMIT: u64 = 1 << 20;
/// Largest SRS or key file that is read, in bytes: an SRS of 2^16 powers, 64 times what the circuit needs.
pub(crate) const BINARY_LIMIT: u64 = 9 << 20;

/// Whether a file may replace another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// An existing file is an error.
    Keep,
    /// An existing file of the same kind is replaced in one step, and so is an empty one; any other is an error.
    SameKind,
    /// Any existing file is replaced in one step, but for a private one of another kind.
    Any,
}

/// Held while a file is written, so that an interrupt never falls between its creation and its renaming.
static WRITING: Mutex<()> = Mutex::new(());

/// Waits for a write in progress and keeps further ones from starting.
pub(crate) fn block_writes() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads at most `limit` bytes of a regular file; anything else is refused without reading.
///
/// # Errors
/// Exit 4 where the file cannot be read or is no regular file, 3 where it is larger than `limit`.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (file, length) = open(path)?;
    if length > limit {
        return Err(too_large(path, limit));
    }
    // Room for everything at once: a vector that grows would leave copies of secrets behind.
    let room = usize::try_from(length).unwrap_or(0).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::io(format_args!("cannot read {}", shown(path)), &error))?;
    if bytes.len() as u64 > limit {
        return Err(too_large(path, limit));
    }
    Ok(bytes)
}

/// Opens a regular file for reading and says how long it is; anything else is refused.
///
/// # Errors
/// Exit 4.
pub(crate) fn open(path: &Path) -> Result<(File, u64), Failure> {
    let shown = shown(path);
    let io = |error: &std::io::Error| Failure::io(format_args!("cannot read {shown}"), error);
    let file = open_without_waiting(path).map_err(|error| io(&error))?;
    let metadata = file.metadata().map_err(|error| io(&error))?;
    if !metadata.is_file() {
        let kind = describe_type(&metadata);
        return Err(Failure::new(Kind::Io, format!("cannot read {shown}: it is {kind}, not a regular file")));
    }
    Ok((file, metadata.len()))
}

fn too_large(path: &Path, limit: u64) -> Failure {
    Failure::malformed(format_args!("{} is too large: more than {} is refused", shown(path), size(limit)))
}

/// Reads a text file.
///
/// # Errors
/// As [`read`], and exit 3 where it is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    text(path, read(path, TEXT_LIMIT)?)
}

/// The text that the bytes of a file are.
///
/// # Errors
/// Exit 3 where they are too many or not UTF-8.
pub(crate) fn text(path: &Path, mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>, Failure> {
    if bytes.len() as u64 > TEXT_LIMIT {
        return Err(too_large(path, TEXT_LIMIT));
    }
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count();
        drop(Zeroizing::new(error.into_bytes()));
        Failure::malformed(format!("{}: line {line}: not UTF-8 text", shown(path)))
    })
}

/// Reads a text file that holds secrets, and warns where others can read it too.
///
/// # Errors
/// As [`read_text`].
pub(crate) fn read_private(ui: &Ui, path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = read_text(path)?;
    if let Some(mode) = open_to_others(path) {
        let shown = shown(path);
        let path = quoted(&shown);
        ui.warn(format_args!("{shown} is private but its mode is {mode:04o}; close it with: chmod 600 {path}"));
    }
    Ok(text)
}

/// The mode of a file that users other than its owner can read or write.
fn open_to_others(path: &Path) -> Option<u32> {
    mode(path).filter(|mode| mode & 0o077 != 0)
}

/// Refuses a file or directory that somebody other than this user or the superuser owns or can write to.
///
/// # Errors
/// Exit 14 with the remedy, 4 where it cannot be looked at.
pub(crate) fn check_own(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let io = |error: &std::io::Error| Failure::io(format_args!("cannot read {}", shown(path)), error);
        let owner = std::fs::metadata(path).map_err(|error| io(&error))?.uid();
        if owner != 0 && owner != rustix::process::geteuid().as_raw() {
            let what = format!("{} belongs to another user, who may have put anything there", shown(path));
            return Err(Failure::new(Kind::Keys, what).hint("use a directory of your own for the cache"));
        }
    }
    if mode(path).is_some_and(|mode| mode & 0o022 != 0) {
        let what = format!("others may write to {}", shown(path));
        return Err(Failure::new(Kind::Keys, what).hint(format!("chmod go-w {}", quoted(&shown(path)))));
    }
    Ok(())
}

/// The permission bits, where there are any.
fn mode(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o777)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Whether a file of this kind may be written to `path`.
///
/// # Errors
/// Exit 4 where it may not: `path` is no regular file, or is one that `existing` protects.
pub(crate) fn check_target(path: &Path, kind: FileKind, existing: Existing) -> Result<(), Failure> {
    let shown = shown(path);
    let refuse = |what: String| Err(Failure::new(Kind::Io, what));
    if path == Path::new("-") {
        return refuse("cannot write the file to stdout; a file named - is ./-".to_owned());
    }
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return Ok(()) };
    if !metadata.is_file() {
        return refuse(format!("cannot write {shown}: it is {}, not a regular file", describe_type(&metadata)));
    }
    if existing == Existing::Keep {
        return refuse(format!("{shown} exists already"));
    }
    if metadata.len() == 0 {
        return Ok(());
    }
    let found = match read(path, BINARY_LIMIT) {
        Ok(bytes) => FileKind::of(&bytes),
        Err(failure) if failure.kind == Kind::Malformed => None,
        Err(failure) => return Err(failure),
    };
    let replaced = match (existing, found) {
        (_, Some(found)) if found == kind => true,
        (Existing::Any, found) => !found.is_some_and(FileKind::is_private),
        _ => false,
    };
    if replaced {
        return Ok(());
    }
    let is = found
        .map_or_else(|| format!("not {}", kind.words()), |found| format!("{}, not {}", found.words(), kind.words()));
    refuse(format!("cannot write {shown}: there is a file already, and it is {is}"))
        .map_err(|failure| failure.hint("choose another output, or remove that file first"))
}

/// Writes a file so that a reader sees the old content or all of the new: temporary name, sync, rename, sync. A private
/// file gets mode 0600, also where a more open one is replaced; others can read a public one as far as the umask lets them.
///
/// # Errors
/// As [`check_target`], and exit 4 where a step fails; an existing file is then as it was.
pub(crate) fn write(path: &Path, bytes: &[u8], kind: FileKind, existing: Existing) -> Result<(), Failure> {
    check_target(path, kind, existing)?;
    let shown = shown(path);
    let io = |error: &std::io::Error| Failure::io(format_args!("cannot write {shown}"), error);
    let directory = parent(path);
    let guard = block_writes();
    let mut builder = tempfile::Builder::new();
    builder.prefix(".assay-").suffix(".tmp");
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::Permissions::from_mode(if kind.is_private() { 0o600 } else { 0o644 })
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut temporary = builder.tempfile_in(&directory).map_err(|error| io(&error))?;
    temporary.write_all(bytes).and_then(|()| temporary.as_file().sync_all()).map_err(|error| io(&error))?;
    match existing {
        Existing::Keep => temporary.persist_noclobber(path),
        Existing::SameKind | Existing::Any => temporary.persist(path),
    }
    .map_err(|error| io(&error.error))?;
    sync_directory(&directory);
    drop(guard);
    Ok(())
}

/// Gives a file that has been synced its final name, unless a file has it.
///
/// # Errors
/// Exit 4.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    let guard = block_writes();
    std::fs::hard_link(from, to)
        .and_then(|()| std::fs::remove_file(from))
        .map_err(|error| Failure::io(format_args!("cannot write {}", shown(to)), &error))?;
    sync_directory(&parent(to));
    drop(guard);
    Ok(())
}

/// A rename must survive a power cut; file systems that cannot sync a directory are left alone.
fn sync_directory(path: &Path) {
    if let Ok(directory) = File::open(path) {
        let _ = directory.sync_all();
    }
}

/// Creates a directory and its parents; only the owner may look inside.
///
/// # Errors
/// Exit 4.
pub(crate) fn create_private_directory(path: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| Failure::io(format_args!("cannot create {}", shown(path)), &error))
}

/// Creates a directory of a fresh name that stays; only the owner may look inside.
///
/// # Errors
/// Exit 4.
pub(crate) fn create_temporary_directory(prefix: &str) -> Result<PathBuf, Failure> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::Permissions::from_mode(0o700)
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    let directory = builder.tempdir().map_err(|error| Failure::io("cannot make a temporary directory", &error))?;
    Ok(directory.keep())
}

/// A byte count for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Opens for reading; a FIFO without a writer does not block.
fn open_without_waiting(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    options.open(path)
}

fn describe_type(metadata: &std::fs::Metadata) -> &'static str {
    if metadata.is_dir() {
        return "a directory";
    }
    if metadata.is_symlink() {
        return "a symbolic link";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let file_type = metadata.file_type();
        if file_type.is_fifo() {
            return "a named pipe";
        }
        if file_type.is_socket() {
            return "a socket";
        }
        if file_type.is_char_device() || file_type.is_block_device() {
            return "a device";
        }
    }
    "something else"
}
