//! The report: every contender measured in one run, and what is written from its figures.
//!
//! [`measure`] makes a [`Report`], which is stored as JSON with every time as it was taken; everything else is made from
//! what is stored. [`targets`] says what was to be reached and whether it is, [`tables`] and [`charts`] show the rest,
//! and [`render`] puts all of it where it belongs.

pub mod charts;
pub mod contenders;
mod evm;
pub mod figures;
mod machine;
pub mod measure;
pub mod render;
mod rounds;
pub mod tables;
pub mod targets;

use serde::{Deserialize, Serialize};

use crate::contender::Hello;

/// What is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// When, of what, how.
    pub run: Run,
    /// Where.
    pub machine: Machine,
    /// Contenders in the order of their list, Assay first.
    pub contenders: Vec<Entrant>,
    /// Assay alone by the number of assets, where that was measured.
    pub assets: Vec<Assets>,
}

/// One run of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Day, as `2026-01-31`.
    pub date: String,
    /// Commit of the tree.
    pub commit: String,
    /// Whether the tree was that commit, untracked files aside.
    pub clean: bool,
    /// Rounds that were asked for.
    pub rounds: usize,
    /// How long it took, installing and making keys not counted.
    pub seconds: u64,
}

/// The machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// Cores that the run could use.
    pub cores: usize,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Version of the compiler.
    pub rustc: String,
    /// Version of Node.js, where there is one.
    pub node: Option<String>,
    /// Load average of the last minute before the run.
    pub load_average: f64,
    /// Whether contenders were held to as many cores as they were given threads.
    pub pinned: bool,
}

/// A contender of the list, measured or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrant {
    /// Name in the list.
    pub id: String,
    /// What tables call it.
    pub name: String,
    /// The contender whose contract verifies its proofs as well, where it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas_as: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a contender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its figures.
    Measured(Box<Measured>),
    /// Why there are none.
    NotMeasured(String),
}

/// Figures of a contender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// What it said of itself.
    pub hello: Hello,
    /// The statements that it was shown, and what became of them.
    pub checks: Vec<Check>,
    /// Length of a proof.
    pub proof_bytes: u64,
    /// The most resident memory of a fresh process that read its keys and made one proof on two threads, in bytes.
    pub memory_bytes: Option<u64>,
    /// Times, by threads.
    pub times: Vec<Times>,
    /// Verification in an EVM.
    pub evm: Option<Gas>,
}

/// A statement that was shown to a contender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What is wrong with it, or that it is true.
    pub statement: String,
    /// Who decided.
    pub verdict: Verdict,
}

/// What became of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Proven, and the proof accepted.
    Accepted,
    /// No proof was made.
    RefusedByProver,
    /// A proof was made that the verifier refused.
    RefusedByVerifier,
}

/// Times of a contender on so many threads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Threads, and cores.
    pub threads: usize,
    /// Rounds in which it took part.
    pub rounds: Vec<Round>,
}

/// What one contender did in one round. All times are in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Number of the round, the same for all contenders.
    pub round: usize,
    /// From statement to proof.
    pub prove: f64,
    /// The part of it that computed a witness, where that is a step of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<f64>,
    /// Verifying, several times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<f64>,
    /// Verifying 64 different proofs at once, where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<f64>,
}

/// Verification in an EVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gas {
    /// Gas of the whole transaction.
    pub transaction: u64,
    /// Bytes of its calldata.
    pub calldata_bytes: u64,
    /// Bytes of the contract's code.
    pub code_bytes: u64,
    /// How many altered calls were refused: all.
    pub altered_refused: usize,
}

/// Assay for a number of assets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assets {
    /// How many.
    pub assets: usize,
    /// Size of the circuit.
    pub size: String,
    /// Length of a proof.
    pub proof_bytes: u64,
    /// Times, by threads.
    pub times: Vec<Times>,
    /// Gas of a whole transaction that verifies one attestation, where there is a contract.
    pub gas: Option<u64>,
}

impl Entrant {
    /// Its figures.
    #[must_use]
    pub fn measured(&self) -> Option<&Measured> {
        match &self.outcome {
            Outcome::Measured(measured) => Some(measured),
            Outcome::NotMeasured(_) => None,
        }
    }
}

impl Report {
    /// The contender of this name in the list, where it was measured.
    #[must_use]
    pub fn contender(&self, id: &str) -> Option<&Measured> {
        self.contenders.iter().find(|entrant| entrant.id == id)?.measured()
    }

    /// Gas of a whole transaction that verifies a proof of this contender, perhaps by another's contract.
    #[must_use]
    pub fn gas(&self, entrant: &Entrant) -> Option<u64> {
        let own = entrant.measured()?.evm;
        let other = || self.contender(entrant.gas_as.as_deref()?)?.evm;
        own.or_else(other).map(|gas| gas.transaction)
    }
}
