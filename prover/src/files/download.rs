//! Downloading a file whose digest is known.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::cli::error::{Failure, Kind};
use crate::cli::output::Stage;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files;

/// The largest file that is downloaded where its length is not known: a `.ptau` file of 2^20 powers has 1.2 GiB.
const LIMIT: u64 = 2 << 30;
/// How long a server may keep silent.
const PATIENCE: Duration = Duration::from_secs(30);
const REDIRECTS: u32 = 5;

/// A file to download.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Download<'a> {
    /// An `https` address.
    pub(crate) url: &'a str,
    /// The digest that it must have.
    pub(crate) sha256: [u8; 32],
    /// Its length, where it is known.
    pub(crate) bytes: Option<u64>,
    /// Where to put it.
    pub(crate) output: &'a Path,
    /// Take `http://127.0.0.1` too, for tests.
    pub(crate) loopback: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Https,
    Loopback,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The output has the digest already.
    AlreadyThere,
    /// It was downloaded; that many bytes had arrived in an earlier run.
    Fetched { resumed_at: u64 },
}

impl Download<'_> {
    /// Downloads to a file beside the output, goes on where an earlier run stopped, and renames the file once it is
    /// whole and has the right digest.
    ///
    /// # Errors
    /// Exit 2 where the address is not `https`, 4 where network or files fail, 14 where the digest is another.
    pub(crate) fn run(&self, session: &Session) -> Result<Done, Failure> {
        let loopback = self.scheme()? == Scheme::Loopback;
        if self.output.exists() {
            let there = digest_of(&mut files::open(self.output)?.0)
                .map_err(|error| Failure::io(format_args!("cannot read {}", shown(self.output)), &error))?;
            if there == self.sha256 {
                return Ok(Done::AlreadyThere);
            }
            let what = format!("{} is there already and is another file", shown(self.output));
            return Err(Failure::new(Kind::Io, what).hint("name another file with -o FILE"));
        }
        let stage = session.ui.stage("downloading");
        let path = part(self.output);
        let part_io = |error: &std::io::Error| Failure::io(format_args!("cannot write {}", shown(&path)), error);
        let mut file = open_part(&path).map_err(|error| part_io(&error))?;
        let mut have = file.metadata().map_err(|error| part_io(&error))?.len();
        if have > self.bytes.unwrap_or(LIMIT) {
            file.set_len(0).map_err(|error| part_io(&error))?;
            have = 0;
        }
        let resumed_at = if Some(have) == self.bytes {
            have
        } else {
            self.receive(&mut file, have, &stage, loopback).inspect_err(|_| {
                if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
                    let _ = std::fs::remove_file(&path);
                }
            })?
        };
        file.sync_all().map_err(|error| part_io(&error))?;
        let found = digest_of(&mut file).map_err(|error| part_io(&error))?;
        if found != self.sha256 {
            drop(file);
            let _ = std::fs::remove_file(&path);
            let [expected, found] = [self.sha256, found].map(hex::encode);
            let what = format!("what arrived has the SHA-256 {found}, and {expected} was expected: it was thrown away");
            return Err(Failure::new(Kind::Keys, what));
        }
        drop(file);
        files::rename(&path, self.output)?;
        stage.done();
        Ok(Done::Fetched { resumed_at })
    }

    fn scheme(&self) -> Result<Scheme, Failure> {
        let uri = self.url.parse::<ureq::http::Uri>().ok();
        match uri.as_ref().map(|uri| (uri.scheme_str(), uri.host())) {
            Some((Some("https"), Some(_))) => Ok(Scheme::Https),
            Some((Some("http"), Some("127.0.0.1"))) if self.loopback => Ok(Scheme::Loopback),
            _ => Err(Failure::new(Kind::Usage, "--url: only https addresses are downloaded from")),
        }
    }

    /// Appends to `have` bytes what is missing, or starts again where the server cannot. Returns where it began.
    fn receive(&self, file: &mut File, have: u64, stage: &Stage, loopback: bool) -> Result<u64, Failure> {
        let config = ureq::Agent::config_builder()
            .https_only(!loopback)
            .max_redirects(if loopback { 0 } else { REDIRECTS })
            .http_status_as_error(false)
            .timeout_resolve(Some(PATIENCE))
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")));
        let config = if loopback { config.proxy(None) } else { config };
        let agent: ureq::Agent = config.build().into();
        let mut request = agent.get(self.url);
        if have > 0 {
            request = request.header("Range", format!("bytes={have}-"));
        }
        let response = request.call().map_err(|error| unreachable(self.url, &error))?;
        let range = response.headers().get("content-range").and_then(|value| value.to_str().ok());
        let start = match response.status().as_u16() {
            200 => 0,
            206 if range.is_some_and(|range| range.starts_with(&format!("bytes {have}-"))) => have,
            // The part is as long as the file or longer: its digest decides.
            416 if have > 0 => return Ok(have),
            status => return Err(Failure::new(Kind::Io, format!("the server answers with HTTP status {status}"))),
        };
        let write_io = |error: &std::io::Error| Failure::io("cannot write what arrives", error);
        file.set_len(start).and_then(|()| file.seek(SeekFrom::Start(start))).map_err(|error| write_io(&error))?;
        let limit = self.bytes.unwrap_or(LIMIT);
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; 1 << 16];
        let mut done = start;
        loop {
            let read = body.read(&mut buffer).map_err(|error| cut_off(done, error))?;
            if read == 0 {
                break;
            }
            done += read as u64;
            if done > limit {
                file.set_len(0).map_err(|error| write_io(&error))?;
                return Err(Failure::new(Kind::Io, format!("the server sends more than the {limit} bytes expected")));
            }
            file.write_all(&buffer[..read]).map_err(|error| write_io(&error))?;
            stage.progress(done, self.bytes);
        }
        if let Some(bytes) = self.bytes.filter(|bytes| done < *bytes) {
            return Err(cut_off(done, format_args!("{bytes} were expected")));
        }
        Ok(start)
    }
}

const KEPT: &str = "the same command goes on where this one stopped";

fn unreachable(url: &str, error: &ureq::Error) -> Failure {
    let hint = "check the connection; a file from anywhere else serves as well: assay params import checks it";
    Failure::new(Kind::Io, format!("cannot download {url}: {error}")).hint(hint)
}

fn cut_off(done: u64, why: impl std::fmt::Display) -> Failure {
    Failure::new(Kind::Io, format!("the connection ended after {done} bytes: {why}")).hint(KEPT)
}

fn part(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Opens the part of an earlier run, or a new one. Nothing but a regular file is written to.
fn open_part(path: &Path) -> std::io::Result<File> {
    let regular = std::fs::symlink_metadata(path).map(|metadata| metadata.is_file());
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    match regular {
        Ok(true) => options.open(path),
        Ok(false) => Err(std::io::Error::other("it is not a regular file")),
        Err(_) => options.create_new(true).open(path),
    }
}

fn digest_of(file: &mut File) -> std::io::Result<[u8; 32]> {
    file.rewind()?;
    let mut hash = Sha256::new();
    std::io::copy(file, &mut hash)?;
    Ok(hash.finalize().into())
}
