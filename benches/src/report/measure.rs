//! Measuring: contenders are installed, checked, and run in rounds.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use assay_circuits::Size;

use super::contenders::{BY_ASSETS, Contender};
use super::rounds::{self, Job, Participant};
use super::{Assets, Check, Entrant, Gas, Measured, Outcome, Report, Times, Verdict, evm, machine};
use crate::contender::{Answer, CallError, Failure, Launch, Operation, Process, Statement, cases};

/// Numbers of threads that are measured, the first of them also for checks and memory.
pub const THREADS: [usize; 2] = [2, 1];
/// The seed of the statement that contenders are checked with, and that is verified in an EVM.
const SEED: u64 = 1;

/// What to measure, and where.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Root of the tree.
    pub root: PathBuf,
    /// Where cargo builds the main workspace.
    pub target: PathBuf,
    /// Contenders, in order.
    pub contenders: Vec<Contender>,
    /// Rounds.
    pub rounds: usize,
    /// Whether Assay is measured by the number of assets.
    pub by_assets: bool,
}

/// A contender that is installed and has its keys.
struct Ready {
    contender: Contender,
    launch: Launch,
}

impl Plan {
    /// Measures everything. A contender that fails at anything is reported as not measured, with the reason.
    ///
    /// # Errors
    /// Folders cannot be made, or a snapshot of the tree not be read.
    pub fn measure(&self) -> Result<Report, Failure> {
        let mut run = machine::run(&self.root, self.rounds);
        let by_assets: &[(Size, Contender)] = if self.by_assets { &BY_ASSETS } else { &[] };
        let ready: Vec<Result<Ready, String>> =
            self.contenders.iter().map(|contender| self.prepare(contender)).collect();
        let mut assets = Vec::new();
        for (size, contender) in by_assets {
            assets.push((*size, self.prepare(contender)?));
        }

        let machine = machine::machine(&self.root);
        let started = Instant::now();
        let mut outcomes: Vec<Result<Measured, String>> = ready
            .iter()
            .map(|ready| {
                let ready = ready.as_ref().map_err(String::clone)?;
                note(&format!("{}: statements, contract, memory", ready.contender.id));
                ready.check().map_err(|error| error.to_string())
            })
            .collect();
        for threads in THREADS {
            let those: Vec<&Ready> = ready
                .iter()
                .zip(&outcomes)
                .filter(|(_, outcome)| outcome.is_ok())
                .flat_map(|(ready, _)| ready)
                .collect();
            let job = Job { size: Size::Eight, batch: true };
            let times = self.rounds(threads, those.iter().map(|ready| (*ready, job)).collect());
            let mut times = times.into_iter();
            for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
                match (times.next(), &mut *outcome) {
                    (Some(Ok(times)), Ok(measured)) => measured.times.push(times),
                    (Some(Err(error)), _) => *outcome = Err(error.to_string()),
                    _ => {}
                }
            }
        }
        let assets = self.by_assets(&assets)?;
        run.seconds = started.elapsed().as_secs();
        let contenders = self.contenders.iter().zip(outcomes).map(|(contender, outcome)| Entrant {
            id: contender.id.to_owned(),
            name: outcome.as_ref().map_or(contender.name, |measured| measured.hello.name.as_str()).to_owned(),
            gas_as: contender.gas_as.map(str::to_owned),
            outcome: match outcome {
                Ok(measured) => Outcome::Measured(Box::new(measured)),
                // Where the tree is on this machine is nobody's business.
                Err(why) => Outcome::NotMeasured(why.replace(&format!("{}/", self.root.display()), "")),
            },
        });
        let report = Report { run, machine, contenders: contenders.collect(), assets };
        for entrant in &report.contenders {
            if let Outcome::NotMeasured(why) = &entrant.outcome {
                note(&format!("{}: NOT MEASURED: {why}", entrant.id));
            }
        }
        Ok(report)
    }

    fn folder(&self) -> PathBuf {
        self.target.join("report")
    }

    /// Installs a contender and has it make its keys, unless it has them.
    fn prepare(&self, contender: &Contender) -> Result<Ready, String> {
        let id = contender.id;
        let keys = self.folder().join(id);
        let log = self.folder().join(format!("{id}.log"));
        fs::create_dir_all(&keys).map_err(|error| format!("{}: {error}", keys.display()))?;
        let log_file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let folder = self.root.join(contender.folder);
        let (installed, now) =
            (self.folder().join(format!("{}.installed", folder_name(contender))), self.version(contender));
        if contender.install != ["./install.sh"] || fs::read_to_string(&installed).ok().as_ref() != Some(&now) {
            note(&format!("{id}: installing ({})", contender.install.join(" ")));
            let program = contender.install.split_first();
            let done = program.is_none_or(|(program, arguments)| {
                let status = Command::new(program)
                    .args(arguments)
                    .current_dir(&folder)
                    .env("CARGO_TARGET_DIR", contender.target(&self.root, &self.target))
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(log_file)
                    .status();
                status.is_ok_and(|status| status.success())
            });
            if !done {
                return Err(format!("it cannot be installed: {}", last_line(&log)));
            }
            write(&installed, &now)?;
        }
        let launch = Launch {
            command: contender.command(&self.root, &self.target),
            folder,
            keys: keys.clone(),
            log,
            threads: THREADS[0],
        };
        let made = keys.join("made-by");
        if fs::read_to_string(&made).ok().as_ref() != Some(&now) {
            note(&format!("{id}: making keys"));
            launch.setup().map_err(|error| error.to_string())?;
            write(&made, &now)?;
        }
        Ok(Ready { contender: *contender, launch })
    }

    /// What programs and keys depend on: the last change to the contender's folder and to the circuit, and what of them
    /// is not committed. With another version both are made anew.
    fn version(&self, contender: &Contender) -> String {
        let git = |arguments: &[&str]| {
            let paths = [
                "circuits/src",
                "benches/src/contender.rs",
                "benches/src/contender",
                "benches/peers/circom",
                contender.folder,
            ];
            let output = Command::new("git").args(arguments).arg("--").args(paths).current_dir(&self.root).output();
            output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
        };
        git(&["log", "-1", "--format=%H"]) + &git(&["diff", "HEAD"])
    }

    /// Times on so many threads, in the order of `those`.
    fn rounds(&self, threads: usize, those: Vec<(&Ready, Job)>) -> Vec<Result<Times, CallError>> {
        let mut results: Vec<Option<CallError>> = Vec::new();
        let mut participants = Vec::new();
        for (ready, job) in those {
            note(&format!("{}: warming up on {threads} thread(s)", ready.contender.id));
            let launch = Launch { threads, ..ready.launch.clone() };
            match launch.serve().and_then(|process| Participant::warmed(process, self.rounds, job)) {
                Ok(participant) => {
                    participants.push(participant);
                    results.push(None);
                }
                Err(error) => results.push(Some(error)),
            }
        }
        let mut done = rounds::run(participants, self.rounds, |round| {
            note(&format!("round {} of {} on {threads} thread(s)", round + 1, self.rounds));
        })
        .into_iter();
        let times = |rounds| Times { threads, rounds };
        let taken = results.into_iter().map(|failed| match failed {
            Some(error) => Err(error),
            None => done.next().expect("one for each participant").map(times),
        });
        taken.collect()
    }

    fn by_assets(&self, those: &[(Size, Ready)]) -> Result<Vec<Assets>, Failure> {
        let mut rows = Vec::new();
        for (size, ready) in those {
            let mut process = ready.launch.serve()?;
            let circuit = process.hello().size.clone();
            let statement = cases::truth_of(*size, SEED);
            let proof_bytes = match process.prove(&statement)? {
                Answer::Proven(proven) => proven.proof_bytes,
                Answer::Refused { refused } => return Err(refused.into()),
            };
            let gas = gas_by_assets(&self.root, size.assets())?;
            rows.push(Assets { assets: size.assets(), size: circuit, proof_bytes, times: Vec::new(), gas });
        }
        for threads in THREADS {
            let jobs = those.iter().map(|(size, ready)| (ready, Job { size: *size, batch: false }));
            for (row, times) in rows.iter_mut().zip(self.rounds(threads, jobs.collect())) {
                row.times.push(times?);
            }
        }
        Ok(rows)
    }
}

/// From the snapshot of the contract's tests.
fn gas_by_assets(root: &Path, assets: usize) -> Result<Option<u64>, Failure> {
    let snapshot = fs::read_to_string(root.join("verifier/contracts/snapshots/Halo2Verifier.json"))?;
    let snapshot: serde_json::Value = serde_json::from_str(&snapshot)?;
    Ok(snapshot[format!("{assets} assets, verify")].as_u64())
}

impl Ready {
    /// Shows it the statements, deploys its contract, and measures its memory.
    fn check(&self) -> Result<Measured, Failure> {
        let mut process = self.launch.serve()?;
        let truth = cases::truth(SEED);
        let Answer::Proven(proven) = process.prove(&truth)? else {
            return Err("it refuses a true statement".into());
        };
        // A process that has done nothing else.
        let memory_bytes = process.resident_peak();
        let hello = process.hello().clone();
        if !process.verify()?.accepted {
            return Err("it rejects its own proof of a true statement".into());
        }
        let evm = if hello.operations.contains(&Operation::Evm) { Some(gas(&mut process)?) } else { None };
        if hello.operations.contains(&Operation::VerifyOther) && process.verify_other()?.accepted {
            return Err("it accepts a proof with another commitment".into());
        }
        let mut checks = vec![Check { statement: "true".into(), verdict: Verdict::Accepted }];
        for case in cases::falsehoods(SEED) {
            // Who computes the commitment is shown another one with the proof, above.
            let verdict = if case.name == cases::OTHER_COMMITMENT && !hello.same_commitment {
                if !hello.operations.contains(&Operation::VerifyOther) {
                    return Err("it cannot be shown another commitment: it has its own and no verify_other".into());
                }
                Verdict::RefusedByVerifier
            } else {
                verdict(&mut process, &case.statement)?
            };
            if verdict == Verdict::Accepted {
                return Err(format!("it accepts a false statement: {}", case.name).into());
            }
            checks.push(Check { statement: case.name.into(), verdict });
        }
        Ok(Measured { hello, checks, proof_bytes: proven.proof_bytes, memory_bytes, times: Vec::new(), evm })
    }
}

fn verdict(process: &mut Process, statement: &Statement) -> Result<Verdict, CallError> {
    Ok(match process.prove(statement)? {
        Answer::Refused { .. } => Verdict::RefusedByProver,
        Answer::Proven(_) if process.verify()?.accepted => Verdict::Accepted,
        Answer::Proven(_) => Verdict::RefusedByVerifier,
    })
}

fn gas(process: &mut Process) -> Result<Gas, Failure> {
    Ok(evm::measure(&process.evm()?)?)
}

fn last_line(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing").trim().to_owned()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The last part of a contender's folder, for a file's name.
fn folder_name(contender: &Contender) -> &'static str {
    contender.folder.rsplit('/').next().unwrap_or(contender.folder)
}

fn note(text: &str) {
    eprintln!("{text}");
}
