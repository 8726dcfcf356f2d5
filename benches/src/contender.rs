//! Provers that the report times, and the protocol that they speak: `peers/README.md`.
//!
//! A contender in Rust implements [`Contender`] and calls [`run`] in `main`. The report talks to any contender through
//! [`Process`], and holds it against the four statements of [`cases`].

pub mod cases;
mod process;
mod serve;
mod statement;

use std::error::Error;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use process::{CallError, Launch, Process, cores, has_taskset};
pub use serve::run;
pub use statement::{Statement, StatementError};

/// What went wrong in a contender, and is no verdict on a statement.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The first line of a contender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// What tables call it.
    pub name: String,
    /// Version of the proving library.
    pub version: String,
    /// What it is written in.
    pub language: String,
    /// Whether its parameters serve other circuits too.
    pub setup: Setup,
    /// Size of its circuit in its own terms, for example `2,641 constraints`.
    pub size: String,
    /// Whether its commitments are Assay's. Where they are not, it proves another statement.
    pub same_commitment: bool,
    /// Bytes of its proving key, parameters included where they are needed to prove.
    pub proving_key_bytes: u64,
    /// Bytes of its verifying key.
    pub verifying_key_bytes: u64,
    /// What it answers to.
    pub operations: Vec<Operation>,
}

/// How far parameters serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setup {
    /// Any circuit up to a size.
    #[serde(rename = "universal")]
    Universal,
    /// One circuit: each needs a ceremony of its own.
    #[serde(rename = "per circuit")]
    PerCircuit,
}

/// What can be asked of a contender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// [`Request::Prove`].
    Prove,
    /// [`Request::Verify`].
    Verify,
    /// [`Request::VerifyOther`].
    VerifyOther,
    /// [`Request::Batch`].
    Batch,
    /// [`Request::Evm`].
    Evm,
}

/// One line to a contender.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Request {
    /// Prove it. Answered by [`Answer`].
    Prove {
        /// What to prove, perhaps false.
        statement: Statement,
    },
    /// Verify the last proof with the public inputs of its statement. Answered by [`Verified`].
    Verify,
    /// Verify the last proof with another commitment. Answered by [`Verified`], not accepted.
    VerifyOther,
    /// Verify that many different proofs at once. Answered by [`Verified`].
    Batch {
        /// How many.
        proofs: usize,
    },
    /// What it takes to verify the last proof in an EVM. Answered by [`Evm`].
    Evm,
}

/// What became of a request to prove.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// No proof can be made.
    Refused {
        /// Why.
        refused: String,
    },
    /// A proof was made; whether it is valid is for the verifier to say.
    Proven(Proven),
}

/// A finished proof.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proven {
    /// From a statement in memory to the finished proof, keys loaded.
    pub seconds: f64,
    /// The part of it that computed a witness, where that is a step of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness_seconds: Option<f64>,
    /// Length of the proof.
    pub proof_bytes: u64,
}

/// What a verifier said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// How long it took.
    pub seconds: f64,
    /// Whether it accepted.
    pub accepted: bool,
}

/// What it takes to verify a proof in an EVM. All of it is in hexadecimal with `0x` in front.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evm {
    /// Creation code of the libraries that `code` is linked to, in order.
    #[serde(default)]
    pub deploy: Vec<String>,
    /// Creation code of the verifying contract. `__0__`, filled up with underscores to 40 characters, stands for the
    /// address of the first library, and so on.
    pub code: String,
    /// What the contract accepts.
    pub calldata: String,
    /// What it refuses: the same, each with something changed.
    pub altered: Vec<String>,
}

/// A proof that a [`Contender`] made.
#[derive(Clone, Debug)]
pub struct Made<P> {
    /// The proof with the public inputs of its statement.
    pub proof: P,
    /// Length of the proof alone.
    pub bytes: usize,
    /// As in [`Proven`].
    pub witness_seconds: Option<f64>,
}

/// A prover with its keys loaded.
pub trait Contender: Sized + Send {
    /// A statement as the prover takes it.
    type Input: Send;
    /// A proof with the public inputs of its statement.
    type Proof: Send;

    /// Makes keys in `directory`, and whatever else takes long and is done once. `options` are the program's arguments
    /// before the command.
    ///
    /// # Errors
    /// What kept it from doing so.
    fn setup(options: &[String], directory: &Path) -> Result<(), Failure>;

    /// Reads what [`Contender::setup`] made.
    ///
    /// # Errors
    /// What kept it from doing so.
    fn load(options: &[String], directory: &Path) -> Result<Self, Failure>;

    /// Who it is.
    fn hello(&self) -> Hello;

    /// Takes a statement over. This is not timed.
    ///
    /// # Errors
    /// Why it cannot be proven, where that shows already.
    fn read(&self, statement: &Statement) -> Result<Self::Input, String>;

    /// Makes a proof. This is timed.
    ///
    /// # Errors
    /// Why it cannot be proven.
    fn prove(&mut self, input: &Self::Input) -> Result<Made<Self::Proof>, String>;

    /// Whether the proof is valid. This is timed.
    ///
    /// # Errors
    /// What kept it from saying so.
    fn verify(&mut self, proof: &Self::Proof) -> Result<bool, Failure>;

    /// The same proof with another commitment among its public inputs.
    ///
    /// # Errors
    /// [`Operation::VerifyOther`] is not offered.
    fn with_other_commitment(&self, _proof: &Self::Proof) -> Result<Self::Proof, Failure> {
        Err("this contender does not offer verify_other".into())
    }

    /// Whether all of the proofs are valid. This is timed.
    ///
    /// # Errors
    /// [`Operation::Batch`] is not offered.
    fn verify_batch(&mut self, _proofs: &[Self::Proof]) -> Result<bool, Failure> {
        Err("this contender does not offer batch".into())
    }

    /// A true statement of the size that this contender proves; the same for the same seed.
    fn example(&self, seed: u64) -> Statement {
        cases::truth(seed)
    }

    /// What it takes to verify `proof` in an EVM.
    ///
    /// # Errors
    /// [`Operation::Evm`] is not offered.
    fn evm(&mut self, _proof: &Self::Proof) -> Result<Evm, Failure> {
        Err("this contender does not offer evm".into())
    }
}

/// The version of `package` that a `Cargo.lock` pins; empty where it has none.
#[must_use]
pub fn locked(lock: &str, package: &str) -> String {
    let name = format!("name = \"{package}\"");
    let entry = lock.split("[[package]]").find(|entry| entry.lines().any(|line| line == name)).unwrap_or_default();
    let version = entry.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    version.unwrap_or_default().to_owned()
}

/// `1,234` for 1234.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_that_the_lock_file_pins() {
        let lock = "[[package]]\nname = \"ab\"\nversion = \"1\"\n\n[[package]]\nname = \"a\"\nversion = \"2.0\"\n";
        assert_eq!([locked(lock, "a"), locked(lock, "ab"), locked(lock, "b")], ["2.0", "1", ""]);
    }

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
