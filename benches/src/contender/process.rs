//! The side of the protocol that asks.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Answer, Evm, Hello, Request, Statement, Verified};
use crate::resident;

/// How long a contender may take for one answer.
const PATIENCE: Duration = Duration::from_secs(600);

/// How a contender is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program and the arguments that come before the command.
    pub command: Vec<String>,
    /// Where it is started.
    pub folder: PathBuf,
    /// Where it keeps its keys.
    pub keys: PathBuf,
    /// Where its standard error goes.
    pub log: PathBuf,
    /// How many threads it may use, and cores: `RAYON_NUM_THREADS` and `ASSAY_THREADS` say so, and `taskset`, where
    /// there is one, holds it to them.
    pub threads: usize,
}

/// A contender that did not answer as it should. Says what it was asked, and where its standard error is.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The program cannot be started, or its log not be written.
    #[error("cannot start {program}: {source}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It ended, with an error where `setup` was asked for.
    #[error("it ended when asked to {request}; {log}")]
    Ended {
        /// What it was asked.
        request: &'static str,
        /// The end of its standard error.
        log: String,
    },
    /// A verdict that shows that something is wrong with it.
    #[error("{0}")]
    Verdict(String),
    /// No answer in time.
    #[error("no answer within {} s when asked to {request}", PATIENCE.as_secs())]
    Silent {
        /// What it was asked.
        request: &'static str,
    },
    /// Something else than the answer to the request.
    #[error("asked to {request} it answered {answer}: {source}")]
    Answer {
        /// What it was asked.
        request: &'static str,
        /// The beginning of the answer.
        answer: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Launch {
    fn child(&self, command: &str, input: Stdio, output: Stdio) -> Result<Child, CallError> {
        let program = self.command.first().cloned().unwrap_or_default();
        let start = |source| CallError::Start { program: program.clone(), source };
        let cores = cores();
        let pinned = has_taskset() && cores.len() >= self.threads;
        let mut line = Vec::new();
        if pinned {
            line.extend(["taskset".into(), "--cpu-list".into(), cores[..self.threads].join(",")]);
        }
        line.extend(self.command.iter().cloned());
        let log = File::options().create(true).append(true).open(&self.log).map_err(start)?;
        Command::new(line.first().map_or("", String::as_str))
            .args(line.iter().skip(1))
            .arg(command)
            .arg(&self.keys)
            .current_dir(&self.folder)
            .env("RAYON_NUM_THREADS", self.threads.to_string())
            .env("ASSAY_THREADS", self.threads.to_string())
            .stdin(input)
            .stdout(output)
            .stderr(log)
            .spawn()
            .map_err(start)
    }

    /// Has it make its keys.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn setup(&self) -> Result<(), CallError> {
        let mut child = self.child("setup", Stdio::null(), Stdio::null())?;
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            _ => Err(CallError::Ended { request: "set up", log: tail(&self.log) }),
        }
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn serve(&self) -> Result<Process, CallError> {
        let mut child = self.child("serve", Stdio::piped(), Stdio::piped())?;
        let missing = || CallError::Ended { request: "serve", log: String::new() };
        let requests = child.stdin.take();
        let answers = child.stdout.take().ok_or_else(missing)?;
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(answers).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut process = Process { child, requests, lines, log: self.log.clone(), hello: None };
        process.hello = Some(process.answer("say who it is")?);
        Ok(process)
    }
}

/// Cores that this process may use, as numbers.
#[must_use]
pub fn cores() -> Vec<String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    list.trim().split(',').flat_map(range).map(|core| core.to_string()).collect()
}

/// `4` or `0-3`.
fn range(text: &str) -> std::ops::RangeInclusive<usize> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) => first..=last,
        _ => std::ops::RangeInclusive::new(1, 0),
    }
}

/// Whether contenders can be held to cores.
#[must_use]
pub fn has_taskset() -> bool {
    Command::new("taskset").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// The end of a log.
fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("; ")
}

/// A contender that runs. It ends when this is dropped.
pub struct Process {
    child: Child,
    requests: Option<ChildStdin>,
    lines: Receiver<String>,
    log: PathBuf,
    hello: Option<Hello>,
}

impl Process {
    fn answer<T: DeserializeOwned>(&self, request: &'static str) -> Result<T, CallError> {
        let line = self.lines.recv_timeout(PATIENCE).map_err(|error| match error {
            RecvTimeoutError::Timeout => CallError::Silent { request },
            RecvTimeoutError::Disconnected => CallError::Ended { request, log: tail(&self.log) },
        })?;
        serde_json::from_str(&line).map_err(|source| CallError::Answer {
            request,
            answer: line.chars().take(200).collect(),
            source,
        })
    }

    fn ask<T: DeserializeOwned>(&mut self, name: &'static str, request: &Request) -> Result<T, CallError> {
        let ended = |log: &Path| CallError::Ended { request: name, log: tail(log) };
        let line = serde_json::to_string(request).map_err(|_| ended(&self.log))?;
        let Some(requests) = &mut self.requests else { return Err(ended(&self.log)) };
        writeln!(requests, "{line}").and_then(|()| requests.flush()).map_err(|_| ended(&self.log))?;
        self.answer(name)
    }

    /// Who it is.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        self.hello.as_ref().expect("read when it was started")
    }

    /// Has it prove.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn prove(&mut self, statement: &Statement) -> Result<Answer, CallError> {
        self.ask("prove", &Request::Prove { statement: statement.clone() })
    }

    /// Has it verify its last proof.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn verify(&mut self) -> Result<Verified, CallError> {
        self.ask("verify", &Request::Verify)
    }

    /// Has it verify its last proof with another commitment.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn verify_other(&mut self) -> Result<Verified, CallError> {
        self.ask("verify with another commitment", &Request::VerifyOther)
    }

    /// Has it verify that many proofs at once.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn batch(&mut self, proofs: usize) -> Result<Verified, CallError> {
        self.ask("verify a batch", &Request::Batch { proofs })
    }

    /// Asks for contract and calldata.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn evm(&mut self) -> Result<Evm, CallError> {
        self.ask("show its contract", &Request::Evm)
    }

    /// The most resident memory since it was started, in bytes, with that of the processes which it started; `None`
    /// away from Linux.
    #[must_use]
    pub fn resident_peak(&self) -> Option<u64> {
        resident::peak(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input ends it; what does not end then is ended.
        self.requests = None;
        for _ in 0..20 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::cases;

    /// A contender in a line of shell, which answers each request with the next of `answers`.
    fn launch(name: &str, answers: &str) -> Launch {
        let folder = std::env::temp_dir();
        let log = folder.join(format!("assay-{name}-{}.log", std::process::id()));
        let script = format!("echo started >&2; {answers}");
        Launch {
            command: vec!["sh".into(), "-c".into(), script, "sh".into()],
            keys: folder.clone(),
            folder,
            log,
            threads: 1,
        }
    }

    const HELLO: &str = r#"echo '{"name":"a","version":"","language":"","setup":"universal","size":"","same_commitment":true,"proving_key_bytes":1,"verifying_key_bytes":1,"operations":["prove"]}'"#;

    #[test]
    fn answers_are_read_and_what_is_none_says_what_was_asked() {
        let script = format!(r#"{HELLO}; read x; echo '{{"refused":"no"}}'; read x; echo hum; read x; echo bye >&2"#);
        let launch = launch("answers", &script);
        let mut process = launch.serve().expect("it starts");
        assert_eq!(process.hello().name, "a");
        assert_eq!(process.prove(&cases::truth(1)).expect("an answer"), Answer::Refused { refused: "no".into() });
        let error = process.verify().expect_err("no JSON").to_string();
        assert!(error.starts_with("asked to verify it answered hum: "), "{error}");
        assert_eq!(
            process.evm().expect_err("it ended").to_string(),
            "it ended when asked to show its contract; started; bye"
        );
        let _ = std::fs::remove_file(launch.log);
    }

    #[test]
    fn a_program_that_is_not_there_and_one_that_fails_are_errors() {
        let failing = launch("failing", "echo no compiler >&2; exit 1");
        assert!(failing.setup().expect_err("it fails").to_string().ends_with("started; no compiler"));
        assert!(failing.serve().is_err());
        let _ = std::fs::remove_file(&failing.log);
        let missing = Launch { command: vec!["assay-no-such-program".into()], ..failing };
        assert!(missing.setup().is_err());
        let _ = std::fs::remove_file(missing.log);
    }

    #[test]
    fn threads_and_cores_are_what_was_asked_for() {
        let script =
            format!(r#"{HELLO}; read x; echo "{{\"refused\":\"$RAYON_NUM_THREADS $ASSAY_THREADS $(nproc)\"}}""#);
        let launch = launch("threads", &script);
        let answer = launch.serve().expect("it starts").prove(&cases::truth(1)).expect("an answer");
        let found = if has_taskset() { "1 1 1".into() } else { format!("1 1 {}", cores().len()) };
        assert_eq!(answer, Answer::Refused { refused: found });
        let _ = std::fs::remove_file(launch.log);
    }

    #[test]
    fn lists_of_cores_are_read() {
        assert_eq!("0-2,5".split(',').flat_map(range).collect::<Vec<_>>(), [0, 1, 2, 5]);
        assert_eq!("".split(',').flat_map(range).count(), 0);
    }
}
