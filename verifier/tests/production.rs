//! The production key: what it is, and that the ceremony's powers give it again.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use assay_circuits::keys::{VerifyingKey, circuit_id};
use assay_circuits::srs::Srs;
use assay_circuits::srs::import::{Format, import};
use assay_circuits::{ASSETS, STATEMENT_ID};
use assay_verifier::{PRODUCTION_FINGERPRINTS, production_key};
use sha2::{Digest, Sha256};

const FILE: &[u8] = include_bytes!("../../params/solvency-v1.vk");
const README: &str = include_str!("../../params/README.md");
const SETUP: &str = include_str!("../../docs/src/setup.md");
/// Powers of the Hermez ceremony in halo2's raw layout, where the one who runs the test has them.
const CEREMONY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/ceremony/hermez-raw-11");

#[test]
fn the_key_in_the_program_is_the_pinned_one() {
    let key = production_key().unwrap();
    assert_eq!(PRODUCTION_FINGERPRINTS, &[key.fingerprint()]);
    assert_eq!(key.to_bytes(), FILE);
    assert!(!key.is_development());
    assert!(FILE.len() < 1024);
}

#[test]
fn the_key_is_of_the_circuit_as_it_is() {
    // The commitments to fixed columns do not show this without an SRS; the fingerprint hashes the circuit id.
    let golden = include_str!("../../circuits/tests/golden/circuit-id.txt");
    let id = hex::encode(circuit_id::<ASSETS>());
    assert!(golden.contains(&id), "{STATEMENT_ID}");
    assert_eq!(production_key().unwrap().fingerprint(), PRODUCTION_FINGERPRINTS[0]);
}

#[test]
fn the_documents_name_the_fingerprint_and_the_digest() {
    let key = production_key().unwrap();
    for document in [README, SETUP] {
        assert!(document.contains(&key.fingerprint().to_string()));
        assert!(document.contains(&hex::encode(key.srs_digest())));
    }
    let file = hex::encode(Sha256::digest(FILE));
    assert!(README.contains(&file), "SHA-256 of the key's file: {file}");
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
    for k in [10, 11] {
        let imported = import(&mut std::io::Cursor::new(&bytes), k, &mut |_, _| ()).unwrap();
        assert_eq!((imported.format, imported.power, imported.srs.k()), (Format::Raw, 11, k));
        assert_eq!(VerifyingKey::<ASSETS>::generate(&imported.srs).unwrap().to_bytes(), FILE);
        // The Lagrange half computed here is the file's own, word for word.
        if k == 11 {
            let ours = halo2_bytes(&imported.srs);
            assert_eq!(ours.len(), bytes.len());
            assert!(ours == bytes, "the SRS in halo2's layout is the ceremony's file");
        }
    }
}

/// An SRS in halo2's raw layout, from the bytes of our file.
fn halo2_bytes(srs: &Srs) -> Vec<u8> {
    use assay_circuits::encoding::{G1_LEN, G2_LEN, g1_from_bytes, g2_from_bytes};
    use halo2curves::serde::SerdeObject;

    let file = srs.to_bytes();
    let (points, g2) = file[72 + 5..].split_at((2 * G1_LEN) << srs.k());
    let mut raw = srs.k().to_le_bytes().to_vec();
    for point in points.chunks_exact(G1_LEN) {
        raw.extend(g1_from_bytes(point.try_into().unwrap()).unwrap().to_raw_bytes());
    }
    for point in g2.chunks_exact(G2_LEN) {
        raw.extend(g2_from_bytes(point.try_into().unwrap()).unwrap().to_raw_bytes());
    }
    raw
}
