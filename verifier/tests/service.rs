//! The service of `examples/service.rs`, in process.

#[path = "../examples/service.rs"]
#[allow(dead_code)]
mod example;

use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};
use std::time::SystemTime;

use crate::common::*;
use assay_circuits::Opening;
use assay_verifier::{Attestation, Beneficiary, Policy, SeenAnchors, UnixTime};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use example::{Lender, app};
use rand_core::OsRng;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// What the service answers to `body`: the status, and the JSON or the text.
async fn ask(lender: &Policy, body: String) -> (u16, Value) {
    let service = app(Lender {
        policy: lender.clone(),
        prices: PRICES.clone(),
        audience: audience(),
        account: Beneficiary::Nobody,
        key: key().clone(),
        seen: Mutex::new(SeenAnchors::default()),
    });
    let request = Request::post("/verify").body(Body::from(body)).unwrap();
    let response = service.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// When the tests began.
static BEGAN: LazyLock<u64> = LazyLock::new(|| UnixTime::from(SystemTime::now()).0);

/// A file of prices of that time.
static PRICES: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("service-prices.json");
    fs::write(&path, prices_at(*BEGAN).to_json()).unwrap();
    path
});

/// An attestation of that time.
static FRESH: LazyLock<Attestation> = LazyLock::new(|| {
    let opening = Opening::random(OsRng);
    let mut assertion = statement(&policy(), &opening);
    (assertion.as_of, assertion.valid_until) = (*BEGAN, *BEGAN + 86_400);
    attest(&policy(), assertion, opening)
});

fn question(attestation: &Attestation) -> Value {
    json!({ "subject": subject().to_string(), "attestation": attestation })
}

#[tokio::test]
async fn a_good_attestation_is_accepted() {
    let (status, said) = ask(&policy(), question(&FRESH).to_string()).await;
    assert_eq!(status, 200, "{said}");
    assert_eq!(said["subject"], subject().to_string());
    assert_eq!(said["anchor"], Value::Null);
    assert_eq!(said["development_key"], true);
}

#[tokio::test]
async fn what_is_refused_is_said_with_its_code() {
    let mut other = question(&FRESH);
    other["subject"] = json!("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    let (status, said) = ask(&policy(), other.to_string()).await;
    assert_eq!((status, &said["code"], &said["class"]), (422, &json!("other_subject"), &json!("unexpected")));
    let (status, said) = ask(&policy(), question(&attestation()).to_string()).await;
    assert_eq!((status, &said["code"], &said["class"]), (422, &json!("expired"), &json!("stale")), "of 2023");
    let mut forged = FRESH.clone();
    forged.proof[500] ^= 1;
    let (status, said) = ask(&policy(), question(&forged).to_string()).await;
    assert_eq!((status, &said["code"], &said["class"]), (422, &json!("proof_invalid"), &json!("proof_invalid")));
    assert_eq!(said["message"], "the proof does not verify");
}

#[tokio::test]
async fn what_is_malformed_is_no_question() {
    let good = question(&FRESH).to_string();
    let malformed = [
        String::new(),
        good[1..].to_owned(),
        good.replace("assay/attestation/v1", "assay/attestation/v2"),
        good.replacen("\"proof\"", "\"prooof\"", 1),
        with(&good, "/attestation/proof", json!("0xFF")),
        with(&good, "/subject", json!("0x12")),
        good.replacen('{', "{\"more\": 1,", 1),
    ];
    for body in malformed {
        let (status, said) = ask(&policy(), body).await;
        assert_eq!(status, 400, "{said}");
    }
    let (status, said) = ask(&policy(), good.replacen("\"srs\"", "\"srs\":\"0x00\",\"srs\"", 1)).await;
    assert_eq!(status, 400, "a key twice");
    assert!(said.as_str().unwrap().contains("duplicate field `srs`"), "{said}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let large = format!("{}{}", question(&FRESH), " ".repeat(128 << 10));
    assert_eq!(ask(&policy(), large).await.0, 413);
}
