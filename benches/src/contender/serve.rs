//! The side of the protocol that a contender in Rust is.

use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;

use serde::Serialize;

use super::{Answer, Contender, Failure, Proven, Request, Verified};
use crate::on_threads;

/// The `main` of a contender: `[OPTION ...] setup DIR` or `[OPTION ...] serve DIR`.
///
/// All work is done inside one pool of `RAYON_NUM_THREADS` threads, by default as many as there are cores.
///
/// # Errors
/// Other arguments, what the contender failed at, and what is no request.
pub fn run<C: Contender>() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let threads = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    on_threads(threads, || match arguments.as_slice() {
        [options @ .., command, directory] if command == "setup" => C::setup(options, directory.as_ref()),
        [options @ .., command, directory] if command == "serve" => {
            serve(C::load(options, directory.as_ref())?, stdin().lock(), stdout().lock())
        }
        _ => Err("usage: [OPTION ...] setup DIR | [OPTION ...] serve DIR".into()),
    })
}

fn say(output: &mut impl Write, line: &impl Serialize) -> Result<(), Failure> {
    writeln!(output, "{}", serde_json::to_string(line)?)?;
    Ok(output.flush()?)
}

fn timed<T>(job: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = job();
    (done, start.elapsed().as_secs_f64())
}

/// Answers requests until there are no more.
fn serve<C: Contender>(mut contender: C, input: impl BufRead, mut output: impl Write) -> Result<(), Failure> {
    say(&mut output, &contender.hello())?;
    let mut last = None;
    let mut batch = Vec::new();
    for line in input.lines() {
        match serde_json::from_str(&line?)? {
            Request::Prove { statement } => {
                let made = contender.read(&statement).and_then(|input| {
                    let (made, seconds) = timed(|| contender.prove(&input));
                    made.map(|made| (made, seconds))
                });
                let answer = match made {
                    Err(refused) => Answer::Refused { refused },
                    Ok((made, seconds)) => {
                        last = Some(made.proof);
                        let (proof_bytes, witness_seconds) = (made.bytes as u64, made.witness_seconds);
                        Answer::Proven(Proven { seconds, witness_seconds, proof_bytes })
                    }
                };
                say(&mut output, &answer)?;
            }
            Request::Verify => {
                let proof = last.as_ref().ok_or("nothing has been proven")?;
                let (accepted, seconds) = timed(|| contender.verify(proof));
                say(&mut output, &Verified { seconds, accepted: accepted? })?;
            }
            Request::VerifyOther => {
                let proof = contender.with_other_commitment(last.as_ref().ok_or("nothing has been proven")?)?;
                let (accepted, seconds) = timed(|| contender.verify(&proof));
                say(&mut output, &Verified { seconds, accepted: accepted? })?;
            }
            Request::Batch { proofs } => {
                while batch.len() < proofs {
                    let input = contender.read(&contender.example(batch.len() as u64))?;
                    batch.push(contender.prove(&input)?.proof);
                }
                let (accepted, seconds) = timed(|| contender.verify_batch(&batch[..proofs]));
                say(&mut output, &Verified { seconds, accepted: accepted? })?;
            }
            Request::Evm => {
                let proof = last.as_ref().ok_or("nothing has been proven")?;
                let evm = contender.evm(proof)?;
                say(&mut output, &evm)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::{Hello, Made, Operation, Setup, Statement, cases};
    use std::path::Path;

    /// Proves with the commitment itself; refuses where collateral and debt start with the same amount.
    struct Parrot;

    impl Contender for Parrot {
        type Input = Statement;
        type Proof = (String, String);

        fn setup(_: &[String], _: &Path) -> Result<(), Failure> {
            Ok(())
        }

        fn load(_: &[String], _: &Path) -> Result<Self, Failure> {
            Ok(Self)
        }

        fn hello(&self) -> Hello {
            Hello {
                name: "parrot".into(),
                version: "1".into(),
                language: "Rust".into(),
                setup: Setup::PerCircuit,
                size: String::new(),
                same_commitment: true,
                proving_key_bytes: 1,
                verifying_key_bytes: 2,
                operations: vec![Operation::Prove, Operation::Verify, Operation::Batch],
            }
        }

        fn read(&self, statement: &Statement) -> Result<Statement, String> {
            Ok(statement.clone())
        }

        fn prove(&mut self, input: &Statement) -> Result<Made<Self::Proof>, String> {
            if input.collateral[0] == input.debt[0] {
                return Err("equal".into());
            }
            let text = input.commitment.clone();
            Ok(Made { bytes: text.len(), proof: (text.clone(), text), witness_seconds: None })
        }

        fn verify(&mut self, (proof, commitment): &Self::Proof) -> Result<bool, Failure> {
            Ok(proof == commitment)
        }

        fn with_other_commitment(&self, proof: &Self::Proof) -> Result<Self::Proof, Failure> {
            Ok((proof.0.clone(), "0".into()))
        }

        fn verify_batch(&mut self, proofs: &[Self::Proof]) -> Result<bool, Failure> {
            let different: std::collections::BTreeSet<_> = proofs.iter().collect();
            Ok(different.len() == proofs.len() && proofs.iter().all(|(proof, commitment)| proof == commitment))
        }
    }

    fn answers(requests: &[String]) -> Result<Vec<serde_json::Value>, Failure> {
        let mut output = Vec::new();
        serve(Parrot, requests.join("\n").as_bytes(), &mut output)?;
        Ok(String::from_utf8(output)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    #[test]
    fn requests_are_answered_line_by_line_as_the_protocol_says() {
        let statement = cases::truth(1);
        let mut equal = statement.clone();
        equal.debt[0].clone_from(&equal.collateral[0]);
        let prove = |statement: &Statement| {
            format!(r#"{{"operation": "prove", "statement": {}}}"#, serde_json::to_string(statement).expect("JSON"))
        };
        let lines = answers(&[
            prove(&statement),
            r#"{"operation": "verify"}"#.into(),
            r#"{"operation": "verify_other"}"#.into(),
            r#"{"operation": "batch", "proofs": 3}"#.into(),
            prove(&equal),
        ])
        .expect("answers");
        assert_eq!(lines.len(), 6);
        assert_eq!((&lines[0]["setup"], &lines[0]["operations"][0]), (&"per circuit".into(), &"prove".into()));
        assert_eq!(lines[1]["proof_bytes"], statement.commitment.len());
        assert!(lines[1]["seconds"].is_f64() && lines[1].get("witness_seconds").is_none());
        assert_eq!([&lines[2]["accepted"], &lines[3]["accepted"], &lines[4]["accepted"]], [true, false, true]);
        assert_eq!(lines[5], serde_json::json!({ "refused": "equal" }));
    }

    #[test]
    fn what_is_no_request_or_cannot_be_answered_ends_the_program() {
        for request in [" ", "{}", r#"{"operation": "verify"}"#, r#"{"operation": "sing"}"#] {
            assert!(answers(&[request.into()]).is_err(), "{request}");
        }
    }
}
