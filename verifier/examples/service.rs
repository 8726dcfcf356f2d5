//! A lender's service: `POST /verify` takes `{"subject": …, "attestation": …, "anchor": …}` and answers with what is established
//! (200) or why not (422). `service FOLDER AUDIENCE ACCOUNT`: in the folder are `policy.toml`, its market and `prices.json`.

use std::{error::Error, fs, path::PathBuf, sync::Arc, sync::Mutex, sync::PoisonError, time::SystemTime};

use assay_verifier::{Accepted, Anchor, Attestation, Audience, Beneficiary, Policy, PriceSnapshot, SeenAnchors};
use assay_verifier::{VerifyingKey, parse_address, production_key};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, extract::DefaultBodyLimit, extract::State, http::StatusCode, routing::post};

/// What the lender decides in advance, and what it has seen since it was started. A database implements `Seen` as well.
pub(crate) struct Lender {
    pub(crate) policy: Policy,
    pub(crate) prices: PathBuf,
    pub(crate) audience: Audience,
    pub(crate) account: Beneficiary,
    pub(crate) key: VerifyingKey,
    pub(crate) seen: Mutex<SeenAnchors>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    subject: String,
    attestation: Attestation,
    anchor: Option<Anchor>,
}

pub(crate) fn app(lender: Lender) -> Router {
    Router::new().route("/verify", post(verify)).layer(DefaultBodyLimit::max(128 << 10)).with_state(Arc::new(lender))
}

async fn verify(State(lender): State<Arc<Lender>>, body: String) -> Result<Json<Accepted>, Response> {
    let malformed = |error: &dyn Error| (StatusCode::BAD_REQUEST, error.to_string()).into_response();
    let no_prices = |error: &dyn Error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response();
    let refused = |rejection| (StatusCode::UNPROCESSABLE_ENTITY, Json(rejection)).into_response();
    let Question { subject, attestation, anchor } = serde_json::from_str(&body).map_err(|error| malformed(&error))?;
    let subject = parse_address(&subject).map_err(|error| malformed(&error))?;
    let prices = fs::read_to_string(&lender.prices).map_err(|error| no_prices(&error))?;
    let prices = PriceSnapshot::from_json(&prices).map_err(|error| no_prices(&error))?;
    let mut seen = lender.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let verification = lender.policy.verify(&attestation, &prices, subject, &lender.audience);
    let verification = verification.anchor(anchor.as_ref(), lender.account, &*seen);
    let verification = verification.key(&lender.key).allow(lender.key.fingerprint());
    let accepted = verification.at(SystemTime::now()).map_err(refused)?;
    seen.record(&accepted.anchor).map_err(|error| refused(error.into()))?;
    Ok(Json(accepted))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or("usage: service FOLDER AUDIENCE ACCOUNT");
    let (folder, audience, account) = (PathBuf::from(next()?), next()?.parse()?, next()?.parse()?);
    let policy = Policy::load(folder.join("policy.toml"))?;
    let (prices, key) = (folder.join("prices.json"), production_key(policy.circuit()?)?);
    let lender = Lender { policy, prices, audience, account, key, seen: Mutex::default() };
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, app(lender)).await?)
}
