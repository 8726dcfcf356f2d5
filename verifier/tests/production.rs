//! The production key: what it is, and that the ceremony's powers give it again.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use assay_circuits::statements::covenants::Shape;
use assay_circuits::{Circuit, STATEMENT_ID, Size, SolvencyCircuit};
use assay_protocol::keys::circuit_id;
use assay_protocol::srs::import::{Format, import, import_for_keys};
use assay_verifier::{PRODUCTION_FINGERPRINTS, ProductionKeyError, production_key};
use halo2curves::serde::SerdeObject;
use sha2::{Digest, Sha256};

/// The keys' files by circuit.
const FILES: [(Circuit, &[u8]); 3] = [
    (Circuit::Solvency(Size::Eight), include_bytes!("../../params/solvency-v1.vk")),
    (Circuit::Solvency(Size::Sixteen), include_bytes!("../../params/solvency-v1-16.vk")),
    (Circuit::Covenants(Shape::ALL[0]), include_bytes!("../../params/covenants-v1.vk")),
];
const README: &str = include_str!("../../params/README.md");
const CEREMONIES: &str = include_str!("../../params/ceremonies.toml");
const SETUP: &str = include_str!("../../docs/src/setup.md");
/// Powers of the Hermez ceremony in halo2's raw layout, where the one who runs the test has them.
const CEREMONY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/ceremony/hermez-raw-11");

#[test]
fn the_keys_in_the_program_are_the_pinned_ones() {
    assert_eq!(FILES.len(), PRODUCTION_FINGERPRINTS.len());
    for ((circuit, file), fingerprint) in FILES.into_iter().zip(PRODUCTION_FINGERPRINTS) {
        let key = production_key(circuit).unwrap();
        assert_eq!(Circuit::of(&key), Some(circuit));
        assert_eq!(key.fingerprint(), *fingerprint);
        assert_eq!(key.to_bytes(), file);
        assert!(!key.is_development());
        assert!(file.len() < 1024);
    }
}

#[test]
fn where_no_ceremony_was_at_hand_the_answer_says_what_to_do() {
    for circuit in Circuit::all().filter(|circuit| FILES.iter().all(|(of, _)| of != circuit)) {
        let power = format!("power {}", circuit.k());
        let error = production_key(circuit).unwrap_err();
        assert_eq!(error, ProductionKeyError::Open(circuit));
        assert!(error.to_string().contains(&power), "{error}");
    }
}

#[test]
fn the_keys_are_of_the_circuits_as_they_are() {
    // The commitments to fixed columns do not show this without an SRS; the fingerprint hashes the circuit id.
    let golden = include_str!("../../circuits/tests/golden/circuit-id.txt");
    let id = hex::encode(circuit_id(&SolvencyCircuit::empty(Size::Eight)));
    assert!(golden.contains(&id), "{STATEMENT_ID}");
}

#[test]
fn the_documents_name_fingerprints_and_digests() {
    for (circuit, file) in FILES {
        let key = production_key(circuit).unwrap();
        for document in [README, SETUP] {
            assert!(document.contains(&key.fingerprint().to_string()), "{circuit}: {}", key.fingerprint());
            assert!(document.contains(&hex::encode(key.srs_digest())), "{circuit}: {}", hex::encode(key.srs_digest()));
        }
        let file = hex::encode(Sha256::digest(file));
        assert!(README.contains(&file), "SHA-256 of the key's file for {circuit}: {file}");
    }
}

#[test]
fn the_powers_of_the_ceremony_give_the_key_byte_for_byte() {
    let path = Path::new(CEREMONY);
    if !path.exists() {
        eprintln!("SKIPPED: the ceremony's file is not there; see params/README.md for where to get it");
        return;
    }
    let bytes = std::fs::read(path).unwrap();
    let digest = "c8edbefe1562c50ea105f79d9d49989bcfbf1e6a335b3858d44260e71972b8ee";
    assert_eq!(hex::encode(Sha256::digest(&bytes)), digest);
    let imported = import(&mut std::io::Cursor::new(&bytes), 10, &mut |_, _| ()).unwrap();
    assert_eq!((imported.format, imported.power, imported.srs.k()), (Format::Raw, 11, 10));
    assert_eq!(FILES[0].0.generate(&imported.srs).unwrap().to_bytes(), FILES[0].1);
    // All powers of the file are enough for keys; the Lagrange half computed here is the file's own, word for word.
    let powers = import_for_keys(&mut std::io::Cursor::new(&bytes), 11, &mut |_, _| ()).unwrap();
    for (circuit, file) in FILES {
        assert_eq!(circuit.generate(&powers).unwrap().to_bytes(), file, "{circuit}");
    }
    assert!(CEREMONIES.contains(&format!("11 = \"{}\"", hex::encode(powers.digest()))));
    let lagrange: Vec<u8> = powers.lagrange().iter().flat_map(SerdeObject::to_raw_bytes).collect();
    assert!(lagrange == bytes[4 + (64 << 11)..][..64 << 11]);
}
