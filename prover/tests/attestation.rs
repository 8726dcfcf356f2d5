//! Attestations that are not what the verifier expects, or not what was proven.

use crate::common::{AUDIENCE, Place, SUBJECT};

#[test]
fn another_subject_audience_policy_or_market_is_refused() {
    let place = Place::proven();
    let verify = |subject: &str, audience: &str| {
        place.run(["verify", "attestation.json", "--allow-dev-srs", "--subject", subject, "--audience", audience])
    };
    verify("0x0000000000000000000000000000000000000b0b", AUDIENCE).fails(17, "is about");
    verify(SUBJECT, "lender.example.org").fails(17, "is for lender.example");
    verify(SUBJECT, "\u{1b}[31m").fails(2, "--audience");
    place.edit("policy.toml", "minimum_ratio_bps = 10500", "minimum_ratio_bps = 10501");
    verify(SUBJECT, AUDIENCE).fails(17, "is for the policy");
    place.edit("policy.toml", "minimum_ratio_bps = 10501", "minimum_ratio_bps = 10500");
    verify(SUBJECT, AUDIENCE).succeeds();
    place.edit("market.toml", "eight assets (example)", "eight assets (another)");
    verify(SUBJECT, AUDIENCE).fails(17, "is for the policy");
}

#[test]
fn what_an_attestation_says_cannot_be_changed() {
    let place = Place::committed();
    place.prove(&["--valid-until", "+30m"]).succeeds();
    let text = place.read("attestation.json");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let said = |name: &str| value["statement"][name].as_str().expect("a string").to_owned();
    let other = format!("0x{}", "11".repeat(32));
    let floor = value["statement"]["bounds"][0]["floor"].as_str().expect("a floor").to_owned();
    let lower: u128 = floor.parse::<u128>().expect("a number") - 1;
    let (sooner, earlier) = (shifted(&said("valid_until")), shifted(&said("as_of")));
    for (from, to, code) in [
        (said("policy"), other.clone(), 17),
        (said("market"), other.clone(), 17),
        (said("subject"), "0x6B175474E89094C44Da98b954EedeAC495271d0F".into(), 17),
        (said("audience"), "someone.else".into(), 17),
        (said("commitment"), format!("0x{}{}", "00".repeat(31), "07"), 11),
        (floor, lower.to_string(), 11),
        (said("valid_until"), sooner, 11),
        (format!("\"as_of\": \"{}\"", said("as_of")), format!("\"as_of\": \"{earlier}\""), 11),
        ("\"anchor\": null".into(), format!("\"anchor\": \"{other}\""), 15),
        ("\"credit\": null".into(), "\"credit\": { \"asset\": \"USDC\", \"base_units\": \"1\" }".into(), 11),
        ("assay/attestation/v1".into(), "assay/attestation/v2".into(), 13),
        ("solvency/v1".into(), "solvency/v2".into(), 13),
        ("\"credit\": null,".into(), String::new(), 3),
        ("\"credit\": null".into(), "\"credit\": null, \"credit\": null".into(), 3),
        ("\"credit\": null".into(), "\"credit\": null, \"debit\": null".into(), 3),
        ("\"asset\": \"AAVE\"".into(), "\"asset\": \"LINK\"".into(), 3),
    ] {
        assert_eq!(text.matches(&from).count(), 1, "{from}");
        place.write("changed.json", text.replace(&from, &to));
        let run = place.verify("changed.json", &[]);
        assert_eq!(run.code, Some(code), "{from} → {to}: {}", run.all());
        assert!(!run.err().is_empty());
    }
    place.verify("attestation.json", &[]).succeeds();
}

/// One second earlier.
fn shifted(time: &str) -> String {
    let time: jiff::Timestamp = time.parse().expect("a time");
    jiff::Timestamp::from_second(time.as_second() - 1).expect("a time").to_string()
}

#[test]
fn every_change_of_the_proof_is_refused() {
    let place = Place::proven();
    let text = place.read("attestation.json");
    let proof =
        text.split("\"proof\": \"0x").nth(1).and_then(|rest| rest.split('"').next()).expect("a proof").to_owned();
    let verify = |other: &str| {
        place.write("changed.json", text.replace(&proof, other));
        place.verify("changed.json", &[])
    };
    for at in (0..proof.len()).step_by(61) {
        let digit = if &proof[at..=at] == "0" { "1" } else { "0" };
        verify(&format!("{}{digit}{}", &proof[..at], &proof[at + 1..])).fails(11, "does not verify");
    }
    verify(&proof[2..]).fails(11, "bytes and must have");
    verify(&format!("{proof}00")).fails(11, "bytes and must have");
    verify("").fails(11, "0 bytes and must have");
    verify(&proof[1..]).fails(3, "proof");
    verify(&proof.to_uppercase()).fails(3, "proof");
    verify(&format!("{}zz", &proof[2..])).fails(3, "proof");
    verify(&proof).succeeds();
}

#[test]
fn an_attestation_ends_with_its_time() {
    let place = Place::committed();
    place.prove(&["--valid-until", "+30m"]).succeeds();
    let value: serde_json::Value = serde_json::from_str(&place.read("attestation.json")).expect("JSON");
    let (as_of, last) = (&value["statement"]["as_of"], &value["statement"]["valid_until"]);
    let at = |now: &str| place.verify("attestation.json", &["--now", now]);
    let last = last.as_str().expect("a time");
    let run = at(last).succeeds();
    assert!(run.err().contains(&format!("everything is decided as of {last}")), "{}", run.err());
    assert!(run.out().contains(&format!("verified at   {last}")), "{}", run.out());
    let json = place.verify("attestation.json", &["--now", last, "--json"]).succeeds().json();
    assert_eq!(json["verified_at"], last);
    at("2999-01-01T00:00:00Z").fails(12, "expired");
    at("2020-01-01T00:00:00Z").fails(12, as_of.as_str().expect("a time"));
    let json = place.verify("attestation.json", &["--now", "2999-01-01T00:00:00Z", "--json"]).json();
    assert_eq!(json["accepted"], false);
    assert_eq!((json["code"].as_str(), json["reason"].as_str()), (Some("stale"), Some("expired")));
}

#[test]
fn a_price_beyond_its_bound_lapses_the_attestation() {
    let place = Place::proven();
    let prices = place.read("prices.json");
    for (index, low, high, what) in [
        (0, 163_353_432_695, 163_353_432_696, "WETH is below the floor"),
        (0, 200_053_903_616, 200_053_903_617, "WETH is above the ceiling"),
        (3, 110_107_167, 110_107_168, "USDC is above the ceiling"),
    ] {
        place.set_price(index, low, high);
        place.verify("attestation.json", &[]).fails(12, what);
        place.write("prices.json", &prices);
    }
    place.set_price(0, 163_353_432_696, 163_353_432_696);
    place.verify("attestation.json", &[]).succeeds();
    place.write("prices.json", &prices);
    place.edit("prices.json", "\"asset\": \"AAVE\"", "\"asset\": \"DOGE\"");
    place.verify("attestation.json", &[]).fails(3, "prices.json: AAVE: the price is missing");
}

#[test]
fn an_attestation_that_is_too_long_or_no_text_is_refused() {
    let place = Place::proven();
    let text = place.read("attestation.json");
    place.write("long.json", format!("{text}{}", " ".repeat(70_000)));
    place.verify("long.json", &[]).fails(3, "long.json");
    place.write("bytes.json", b"{\"format\": \"\xff\"}");
    place.verify("bytes.json", &[]).fails(3, "not UTF-8");
    place.write("empty.json", b"");
    place.verify("empty.json", &[]).fails(3, "empty.json");
    place.write("twice.json", format!("{text}{text}"));
    place.verify("twice.json", &[]).fails(3, "twice.json");
}
