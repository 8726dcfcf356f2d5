//! The seen file of a verifier, locked while it is used.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assay_verifier::SeenAnchors;
use assay_verifier::formats::LARGEST;
use fs4::{FileExt, TryLockError};
use zeroize::Zeroizing;

use crate::cli::error::{Failure, Kind};
use crate::cli::text::shown;
use crate::files::inputs;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

/// How long to wait for another verification with the same file.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a verifier has seen. Nobody else reads or writes the file until this is dropped.
#[derive(Debug)]
pub(crate) struct SeenFile {
    path: PathBuf,
    /// Beside the file, which is replaced as a whole; its lock would go with it.
    _lock: File,
    /// What is in the file, and what is to be.
    pub(crate) memory: SeenAnchors,
    saved: SeenAnchors,
}

impl SeenFile {
    /// Locks and reads the file; where there is none, nothing has been seen.
    ///
    /// # Errors
    /// Exit 3 or 13 where it is damaged or something else, 4 where it cannot be read, locked or written.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        // Nothing is left beside a file that is something else.
        if let Some(found) = text_of(path)?.and_then(|text| FileKind::of(text.as_bytes()))
            && found != FileKind::Seen
        {
            let what = format!("{} is {}, not {}", shown(path), found.words(), FileKind::Seen.words());
            return Err(Failure::new(Kind::Mismatch, what));
        }
        let lock = lock(path)?;
        let memory = match text_of(path)? {
            None => SeenAnchors::default(),
            Some(text) => SeenAnchors::from_json(&text).map_err(|error| inputs::wrong(path, error))?,
        };
        files::check_target(path, FileKind::Seen, Existing::SameKind)?;
        Ok(Self { path: path.to_owned(), _lock: lock, saved: memory.clone(), memory })
    }

    /// Writes what has changed, in one step.
    ///
    /// # Errors
    /// Exit 4 where that fails, or the file would be larger than it may be.
    pub(crate) fn save(&mut self) -> Result<(), Failure> {
        if self.memory == self.saved {
            return Ok(());
        }
        let text = self.memory.to_json();
        if text.len() > LARGEST {
            let what = format!("{} is full: it would be larger than {} KiB", shown(&self.path), LARGEST / 1024);
            return Err(Failure::new(Kind::Io, what).hint("begin another one for other subjects"));
        }
        files::write(&self.path, text.as_bytes(), FileKind::Seen, Existing::SameKind)?;
        self.saved = self.memory.clone();
        Ok(())
    }
}

/// The text of the file, if there is one.
fn text_of(path: &Path) -> Result<Option<Zeroizing<String>>, Failure> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        _ => files::read_text(path).map(Some),
    }
}

/// Locks the file `PATH.lock`, which stays.
fn lock(path: &Path) -> Result<File, Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let shown = shown(&name);
    let io = |error: &std::io::Error| Failure::io(format_args!("cannot lock {shown}"), error);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_NOFOLLOW);
    }
    let file = options.open(&name).map_err(|error| io(&error))?;
    if !file.metadata().map_err(|error| io(&error))?.is_file() {
        return Err(Failure::new(Kind::Io, format!("cannot lock {shown}: it is not a regular file")));
    }
    let start = Instant::now();
    loop {
        match FileExt::try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(io(&error)),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                let what = format!("{shown} has been locked by another run for {} s", PATIENCE.as_secs());
                return Err(Failure::new(Kind::Io, what).hint("wait until it has ended, and try again"));
            }
        }
    }
}
