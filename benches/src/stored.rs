//! A proof under the production key, for what needs one: its parameters are not part of the tree.

use assay_circuits::Instance;
use serde::{Deserialize, Serialize};

use crate::example;

/// A stored proof of [`example`] with [`Stored::SEED`].
#[derive(Clone, Debug)]
pub struct Stored {
    /// The statement.
    pub instance: Instance,
    /// The proof.
    pub proof: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    description: String,
    proof: String,
}

impl Stored {
    /// The seed of the statement.
    pub const SEED: u64 = 1;

    /// Reads it.
    ///
    /// # Errors
    /// The file is not what it should be.
    pub fn load() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let file: File = serde_json::from_str(include_str!("../fixtures/production-proof.json"))?;
        Ok(Self { instance: example(Self::SEED).0, proof: hex::decode(file.proof)? })
    }

    /// The file's text.
    #[must_use]
    pub fn text(proof: &[u8]) -> String {
        let file = File {
            description: format!(
                "A proof under the production key of the example statement of seed {}; `cargo run -p assay-benches --example \
                 production-proof CEREMONY` makes another.",
                Self::SEED
            ),
            proof: hex::encode(proof),
        };
        serde_json::to_string_pretty(&file).expect("two strings") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_circuits::proof::verify_proof;
    use assay_circuits::{Circuit, Size};
    use assay_verifier::production_key;

    #[test]
    fn the_stored_proof_is_one_under_the_production_key() {
        let stored = Stored::load().expect("part of the tree");
        let key = production_key(Circuit::Solvency(Size::Eight)).expect("part of the program");
        verify_proof(&key, &stored.instance, &stored.proof).expect("valid");
        assert_eq!(Stored::text(&stored.proof), include_str!("../fixtures/production-proof.json"));
    }
}
