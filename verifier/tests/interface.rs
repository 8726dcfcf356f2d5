//! How a caller asks and what it is told: times, keys, batches, and what is written with serde.

use std::time::{Duration, UNIX_EPOCH};

use crate::common::*;
use assay_circuits::SolvencyCircuit;
use assay_circuits::proof::prove;
use assay_circuits::{Opening, Size, StatementId, Witness};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_verifier::{Attestation, PRODUCTION_FINGERPRINTS, Rejection, UnixTime, verify_batch};
use jiff::Timestamp;
use rand_core::OsRng;
use serde_json::{Value, json};

#[test]
fn the_time_is_taken_as_seconds_as_a_clock_says_it_and_from_a_calendar() {
    let (policy, expect, attestation) = (policy(), expectation(), attestation());
    let prices = prices_at(NOW);
    let verification = verification(&allowed(), &policy, &prices, &expect, &attestation);
    let clock = UNIX_EPOCH + Duration::new(NOW, 999_999_999);
    assert_eq!(verification.at(NOW), verification.at(clock));
    assert_eq!(verification.at(NOW), verification.at(Timestamp::from_second(NOW as i64).unwrap()));
    assert!(verification.at(NOW).is_ok());
    let not_yet = Err(Rejection::NotYet { as_of: NOW, now: 0 });
    assert_eq!(verification.at(UNIX_EPOCH - Duration::from_secs(NOW)), not_yet, "before 1970");
    assert_eq!(verification.at(Timestamp::from_second(-5).unwrap()), not_yet, "before 1970");
    assert_eq!(UnixTime::from(Timestamp::new(NOW as i64, 999_999_999).unwrap()), UnixTime(NOW));
}

#[test]
fn the_production_key_is_the_one_that_is_used_where_none_is_named() {
    let (policy, prices, expect, attestation) = (policy(), prices(), expectation(), attestation());
    let verification =
        policy.verify(&attestation, &prices, expect.subject, &expect.audience).allow(key().fingerprint());
    let (expected, found) = (PRODUCTION_FINGERPRINTS[0], key().fingerprint());
    assert_eq!(verification.at(expect.now), Err(Rejection::OtherKey { expected, found }));
}

#[test]
fn a_batch_holds_each_proof_against_its_own_key() {
    let (policy, prices, expect, good) = (policy(), prices(), expectation(), attestation());
    let srs = Srs::dev(10, OsRng);
    let proving =
        ProvingKey::new::<SolvencyCircuit>(VerifyingKey::generate(&srs, &SolvencyCircuit::empty(Size::Eight)).unwrap());
    let other = proving.verifying_key();
    let opening = Opening::random(OsRng);
    let assertion = statement(&policy, &opening);
    let instance = assertion.instance(&policy, other.fingerprint()).unwrap();
    let proof = prove(&srs, &proving, &instance, &Witness { position: position(), opening }, OsRng).unwrap();
    let theirs = Attestation {
        statement: StatementId::Solvency,
        assertion,
        verifying_key: other.fingerprint(),
        srs: other.srs_digest(),
        proof,
    };
    let forged = Attestation { proof: good.proof.clone(), ..theirs.clone() };
    let all = [(&good, key()), (&theirs, other), (&good, other), (&forged, other), (&good, key())];
    let all = all.map(|(attestation, key)| {
        verification(&allowed(), &policy, &prices, &expect, attestation).key(key).allow(other.fingerprint())
    });
    let verdicts = verify_batch(&all, expect.now).into_iter();
    let verdicts = verdicts.map(|verdict| verdict.map(|said| said.verifying_key).map_err(|why| why.code()));
    let mine = Ok(key().fingerprint());
    let expected = [mine, Ok(other.fingerprint()), Err("other_key"), Err("proof_invalid"), mine];
    assert_eq!(verdicts.collect::<Vec<_>>(), expected);
}

#[test]
fn a_verdict_is_written_with_stable_names_and_the_spellings_of_files() {
    let attestation = attestation();
    let accepted =
        serde_json::to_value(decide(&allowed(), &policy(), &prices(), &expectation(), &attestation).unwrap()).unwrap();
    let file: Value = serde_json::from_str(&attestation.to_json()).unwrap();
    let said = &file["statement"];
    let expected = json!({
        "policy": said["policy"], "market": said["market"], "subject": said["subject"], "audience": said["audience"],
        "commitment": said["commitment"], "anchor": null, "profile": null, "bounds": said["bounds"],
        "covenants": [],
        "statement_id": "solvency/v1",
        "credit": said["credit"], "as_of": said["as_of"], "valid_until": said["valid_until"],
        "prices_at": "2023-10-31T00:00:00Z", "verifying_key": file["verifying_key"],
        "key_acceptance": "allowed_by_caller", "development_key": true,
    });
    assert_eq!(accepted, expected);
    let rejection = decide(&[], &policy(), &prices(), &expectation(), &attestation).unwrap_err();
    let message = format!("the verifying key {} is not among those that are accepted", key().fingerprint());
    let expected = json!({ "code": "key_not_accepted", "class": "keys", "message": message });
    assert_eq!(serde_json::to_value(rejection).unwrap(), expected);
}

#[test]
fn serde_reads_and_writes_an_attestation_as_its_file() {
    let attestation = attestation();
    let text = attestation.to_json();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&attestation).unwrap(), value);
    let read: Attestation = serde_json::from_str(&text).unwrap();
    assert_eq!(read, attestation);
    let pointers = ["/format", "/statement_id", "/srs", "/statement/policy", "/statement/as_of", "/statement/credit"];
    for pointer in pointers {
        let wrong = with(&text, pointer, json!("0xAB"));
        assert!(serde_json::from_str::<Attestation>(&wrong).is_err(), "{pointer}");
        assert!(Attestation::from_json(&wrong).is_err(), "{pointer}");
    }
    for (from, to) in [("\"srs\"", "\"more\": 1, \"srs\""), ("\"srs\"", "\"srs\": \"0x\", \"srs\"")] {
        let error = serde_json::from_str::<Attestation>(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains("unknown field `more`") || error.contains("duplicate field `srs`"), "{error}");
    }
    let list = format!("[{}]", r#""assay/attestation/v1", "solvency/v1", "", "", {}, """#);
    assert!(serde_json::from_str::<Attestation>(&list).is_err(), "values without keys");
}
