//! A workplace for tests that drive the binary: a directory of its own, and development keys made once.

#![allow(dead_code, unreachable_pub, reason = "each test file uses another part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The borrower.
pub const SUBJECT: &str = "0x00000000000000000000000000000000000a11ce";
/// The lender.
pub const AUDIENCE: &str = "lender.example";
/// Options that name both.
pub const PARTIES: [&str; 4] = ["--subject", SUBJECT, "--audience", AUDIENCE];

/// Makes the example's snapshot again, as of now.
pub const MAKE: [&str; 6] =
    ["prices", "make", "-r", "chainlink=reports/chainlink.json", "-r", "pyth=reports/pyth.json"];

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Run {
    pub fn out(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("stdout is text")
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.stderr.clone()).expect("stderr is text")
    }

    /// Both streams.
    pub fn all(&self) -> String {
        self.out() + &self.err()
    }

    /// The one object on stdout.
    pub fn json(&self) -> Value {
        let value: Value = serde_json::from_slice(&self.stdout).unwrap_or_else(|_| panic!("one JSON object: {self:?}"));
        assert!(value.is_object(), "{value}");
        value
    }

    /// Asserts the exit code and that the reason on stderr contains `what`.
    #[track_caller]
    pub fn fails(&self, code: i32, what: &str) {
        assert_eq!(self.code, Some(code), "{}", self.all());
        assert!(self.err().contains(what), "expected {what:?} in: {}", self.err());
    }

    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.all());
        self
    }
}

/// Development SRS and keys, made by the commands that a user would run, once for each run of a test binary.
pub fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(concat!("cache-", env!("CARGO_CRATE_NAME")));
        for line in ["params dev --force", "setup --dev --force"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
            command.args(line.split(' ')).env("ASSAY_CACHE_DIR", &directory);
            finish(command).succeeds();
        }
        directory
    })
}

/// The file of a verifying key with another mark, 1 for development, and the checksum that goes with it.
pub fn with_mark(key: &[u8], mark: u8) -> Vec<u8> {
    use sha2::Digest as _;
    let (header, digest) = (72, 32);
    let mut key = key.to_vec();
    assert_ne!(key[header + digest], mark, "the mark is after the digest of the SRS");
    key[header + digest] = mark;
    let checksum = sha2::Sha256::new().chain_update(&key[..40]).chain_update(&key[header..]).finalize();
    key[40..header].copy_from_slice(&checksum);
    key
}

/// Runs `assay` through a shell that has set something up first.
#[cfg(unix)]
pub fn run_after(place: &Place, setup: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{setup} \"$0\" \"$@\""), env!("CARGO_BIN_EXE_assay")])
        .args(arguments)
        .current_dir(place.path(""))
        .env("ASSAY_CACHE_DIR", cache());
    finish(command)
}

/// Runs to the end; one that hangs is killed and fails the test.
pub fn finish(mut command: Command) -> Run {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let streams = [reader(child.stdout.take()), reader(child.stderr.take())];
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if start.elapsed() > Duration::from_secs(120) {
            let _ = child.kill();
            panic!("it hangs: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    let [stdout, stderr] = streams.map(|stream| stream.join().expect("it is read"));
    Run { code: status.code(), stdout, stderr }
}

fn reader(stream: Option<impl std::io::Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).expect("the stream can be read");
        }
        bytes
    })
}

/// A directory with the example in it.
pub struct Place(TempDir);

impl Place {
    /// An empty one.
    pub fn empty() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    /// After `assay init`.
    pub fn new() -> Self {
        let place = Self::empty();
        place.run(["init", "."]).succeeds();
        place
    }

    /// After `assay init` and `assay commit`.
    pub fn committed() -> Self {
        let place = Self::new();
        place.run(["commit"]).succeeds();
        place
    }

    /// After `assay prove` too.
    pub fn proven() -> Self {
        let place = Self::committed();
        place.prove(&[]).succeeds();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("it can be read")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("it can be written");
    }

    /// Writes `name` with the one occurrence of `from` in it replaced.
    #[track_caller]
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {text}");
        self.write(name, text.replace(from, to));
    }

    /// Lets Chainlink say `low` and Pyth `high` of the asset at `index` of `prices.json`.
    pub fn set_price(&self, index: usize, low: u128, high: u128) {
        let mut prices: Value = serde_json::from_str(&self.read("prices.json")).expect("JSON");
        let price = &mut prices["prices"][index];
        (price["low"], price["high"]) = (low.to_string().into(), high.to_string().into());
        for (report, value) in [low, high].into_iter().enumerate() {
            price["reports"][report]["price"] = value.to_string().into();
            price["reports"][report]["confidence"] = "0".into();
        }
        self.write("prices.json", prices.to_string());
    }

    /// The binary, in this directory.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
        command.args(arguments).current_dir(self.0.path()).env("ASSAY_CACHE_DIR", cache()).env_remove("NO_COLOR");
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        finish(self.command(arguments))
    }

    /// `assay prove` with development keys.
    pub fn prove(&self, more: &[&str]) -> Run {
        self.run(["prove", "--dev"].iter().chain(&PARTIES).chain(more))
    }

    /// `assay verify` of `attestation` with development keys.
    pub fn verify(&self, attestation: &str, more: &[&str]) -> Run {
        self.run(["verify", attestation, "--allow-dev-srs"].iter().chain(&PARTIES).chain(more))
    }

    /// Names of the files that are there.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.0.path())
            .expect("it can be listed")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        names
    }
}
