//! `assay sign`: what it refuses, remote signers, and what it never shows.

use crate::common::{Place, Run, SUBJECT};
use serde_json::Value;

/// The key of the first keystore, anvil's first.
const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const FIRST: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const SECOND: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const PASSWORD: &str = "correct horse";

/// A committed position and a password; the policy lists the first attester.
fn place() -> Place {
    let place = Place::committed();
    place.edit("policy.toml", "anchor = \"none\"", &format!("anchor = {{ minimum = 1, attesters = [\"{FIRST}\"] }}"));
    place.write("password", PASSWORD);
    place
}

fn run(place: &Place, line: &str) -> Run {
    let keystores = format!("{}/tests/keystores", env!("CARGO_MANIFEST_DIR"));
    let line = line.replace("KEYSTORES", &keystores).replace("SUBJECT", SUBJECT);
    place.run(line.split(' ').filter(|word| !word.is_empty()))
}

const STATEMENT: &str = "--subject SUBJECT --beneficiary none --sequence 1 --expiry 2999-01-01T00:00:00Z";
const SIGNER: &str = "--keystore KEYSTORES/attester-0.json --password-file password";

#[test]
fn a_statement_is_complete_and_in_time() {
    let place = place();
    for (line, code, what) in [
        ("--beneficiary none --sequence 1 --expiry +1d", 2, "--subject: needed"),
        ("--subject SUBJECT --sequence 1 --expiry +1d", 2, "--beneficiary: needed"),
        ("--subject SUBJECT --beneficiary none --expiry +1d", 2, "--sequence: needed"),
        ("--subject SUBJECT --beneficiary none --sequence 1", 2, "--expiry: needed"),
        (
            "--subject 0x0000000000000000000000000000000000000000 --beneficiary none --sequence 1 --expiry +1d",
            2,
            "--subject: the zero address is nobody's",
        ),
        ("--subject SUBJECT --beneficiary none --sequence 1 --expiry 9999-12-31T23:59:59Z", 2, "--expiry: neither"),
        ("--subject SUBJECT --beneficiary none --sequence 1 --expiry 2999-01-01T00:00:00.5Z", 2, "--expiry: neither"),
        ("--subject SUBJECT --beneficiary 0x12 --sequence 1 --expiry +1d", 2, "--beneficiary: "),
        ("--subject SUBJECT --beneficiary none --sequence 1 --expiry 1d", 2, "--expiry: neither"),
        ("--subject SUBJECT --beneficiary none --sequence 1 --expiry +9999999d", 2, "--expiry: neither"),
        ("--subject SUBJECT --beneficiary none --sequence 1 --expiry 2020-01-01T00:00:00Z", 12, "have expired"),
        (
            "--subject SUBJECT --beneficiary none --sequence 1 --expiry +1d --as-of 2998-01-01T00:00:00Z",
            12,
            "as of 2998",
        ),
        ("--subject SUBJECT --beneficiary none --sequence -1 --expiry +1d", 2, ""),
        ("--subject SUBJECT --beneficiary none --sequence 1 --expiry +1d --attester 0x12", 2, "--attester: "),
    ] {
        run(&place, &format!("sign {SIGNER} {line}")).fails(code, what);
    }
    let other = run(&place, &format!("sign {SIGNER} {STATEMENT} --attester {SECOND}"));
    other.fails(15, &format!("the signature is that of {FIRST}, expected {SECOND}"));
    run(&place, &format!("sign {STATEMENT}")).fails(2, "--keystore");
    run(&place, &format!("sign {SIGNER} {STATEMENT} --typed-data")).fails(2, "cannot be used with");
    assert!(!place.path("anchor.json").exists());
}

#[test]
fn the_position_must_be_the_one_committed_to() {
    let place = place();
    place.edit("position.toml", "WETH = \"20\"", "WETH = \"21\"");
    run(&place, &format!("sign {SIGNER} {STATEMENT}")).fails(10, "does not open a commitment");
    assert!(!place.path("anchor.json").exists());
}

#[test]
fn an_anchor_is_not_replaced_and_nobody_signs_twice() {
    let place = place();
    run(&place, &format!("sign {SIGNER} {STATEMENT}")).succeeds();
    let before = place.read("anchor.json");
    run(&place, &format!("sign {SIGNER} {STATEMENT}")).fails(4, "exists already");
    run(&place, &format!("sign {SIGNER} --add-to anchor.json")).fails(3, "twice");
    for option in ["--subject 0x0000000000000000000000000000000000000b0b", "--sequence 2", "--expiry +1d"] {
        run(&place, &format!("sign {SIGNER} --add-to anchor.json {option}")).fails(17, "the anchor has another");
    }
    run(&place, &format!("sign {SIGNER} --add-to prices.json")).fails(13, "format");
    assert_eq!(place.read("anchor.json"), before);
}

#[test]
fn a_remote_signer_is_given_typed_data_and_its_signature_is_attached() {
    let place = place();
    let fixed = format!("{STATEMENT} --as-of 2023-11-14T00:00:00Z");
    run(&place, &format!("sign --typed-data {STATEMENT}")).fails(2, "--as-of: needed with --typed-data");
    let spans = fixed.replace("2999-01-01T00:00:00Z", "+1d");
    run(&place, &format!("sign --typed-data {spans}")).fails(2, "--expiry: a time and no span");
    let printed = run(&place, &format!("sign --typed-data {fixed}")).succeeds();
    let typed: Value = serde_json::from_slice(&printed.stdout).expect("JSON alone on stdout");
    assert_eq!(typed["primaryType"], "HoldingsStatement");
    assert_eq!(typed["message"]["sequence"], "1");
    assert_eq!(run(&place, &format!("sign --typed-data --json {fixed}")).json()["typed_data"], typed);
    assert!(!place.path("anchor.json").exists());

    run(&place, &format!("sign {SIGNER} {fixed} -o local.json")).succeeds();
    let local: Value = serde_json::from_str(&place.read("local.json")).expect("JSON");
    let signature = local["signatures"][0]["signature"].as_str().expect("a signature").to_owned();
    run(&place, &format!("sign {fixed} --signature {signature}")).succeeds();
    assert_eq!(place.read("anchor.json"), place.read("local.json"));

    let other = fixed.replace("--sequence 1", "--sequence 2");
    let attach = |line: &str| run(&place, &format!("sign {line} -o other.json"));
    attach(&format!("{other} --signature {signature}")).fails(15, "whom the policy does not list");
    attach(&format!("{other} --signature {signature}")).fails(15, "not personal_sign, and without a chainId");
    attach(&format!("{other} --signature {signature} --attester {FIRST}")).fails(15, "the signature is that of");
    for wrong in ["0x12".to_owned(), signature[..128].to_owned(), format!("{}02", &signature[..130])] {
        attach(&format!("{fixed} --signature {wrong}")).fails(2, "--signature: ");
    }
    attach(&format!("{fixed} --signature {signature}00")).fails(2, "an attester is the address of a key");
    assert!(!place.path("other.json").exists());

    // As wallets write them: v of 0 or 1, upper case, without 0x, and EIP-2098, whose parity is the top bit of s.
    let odd = signature.ends_with("1c");
    let bare = &signature[2..130];
    let top = u8::from_str_radix(&bare[64..66], 16).expect("hex") | if odd { 0x80 } else { 0 };
    for (index, spelling) in [
        format!("0x{bare}0{}", u8::from(odd)),
        format!("0x{}", signature[2..].to_uppercase()),
        signature[2..].to_owned(),
        format!("0x{}{top:02x}{}", &bare[..64], &bare[66..]),
    ]
    .iter()
    .enumerate()
    {
        let output = format!("wallet-{index}.json");
        run(&place, &format!("sign {fixed} --signature {spelling} -o {output}")).succeeds();
        assert_eq!(place.read(&output), place.read("local.json"), "{spelling}");
    }
}

#[test]
fn a_revocation_names_a_statement_and_its_signer() {
    let place = place();
    let statement = format!("0x{}", "07".repeat(32));
    run(&place, &format!("sign {SIGNER} --revoke 0x12")).fails(2, "--revoke: not the struct hash");
    run(&place, &format!("sign {SIGNER} --revoke {statement} --sequence 1")).fails(2, "cannot be used with");
    let typed = run(&place, &format!("sign --typed-data --revoke {statement}")).succeeds();
    let typed: Value = serde_json::from_slice(&typed.stdout).expect("JSON");
    assert_eq!(
        (&typed["primaryType"], &typed["message"]["statement"]),
        (&"Revocation".into(), &statement.clone().into())
    );
    run(&place, &format!("sign {SIGNER} --revoke {statement}")).succeeds();
    let made: Value = serde_json::from_str(&place.read("revocation.json")).expect("JSON");
    assert_eq!(made["attester"], FIRST);
    let signature = made["signature"].as_str().expect("a signature").to_owned();
    let attach =
        |more: &str| run(&place, &format!("sign --signature {signature} --revoke {statement} -o copy.json {more}"));
    attach("").fails(2, "--attester: whose signature");
    attach(&format!("--attester {SECOND}")).fails(15, "the signature is that of");
    attach(&format!("--attester {FIRST}")).succeeds();
    assert_eq!(place.read("copy.json"), place.read("revocation.json"));
}

#[test]
fn a_wrong_password_or_keystore_is_refused() {
    let place = place();
    place.write("wrong", "correct donkey");
    run(&place, &format!("sign {STATEMENT} --keystore KEYSTORES/attester-0.json --password-file wrong"))
        .fails(3, "attester-0.json: the password is wrong");
    place.write("not.json", "{}");
    run(&place, &format!("sign {STATEMENT} --keystore not.json --password-file password")).fails(3, "not a keystore");
    run(&place, &format!("sign {STATEMENT} --keystore . --password-file password")).fails(4, "a directory");
    run(&place, &format!("sign {STATEMENT} --keystore KEYSTORES/attester-0.json --password-file missing"))
        .fails(4, "missing");
    run(&place, &format!("sign {STATEMENT} --signature 0x12 --password-file password")).fails(2, "cannot be used with");
    assert!(!place.path("anchor.json").exists());
}

#[test]
fn neither_password_nor_key_nor_amounts_are_shown() {
    let place = place();
    place.write("wrong", format!("{PASSWORD} battery"));
    let opening: Value = serde_json::from_str(&place.read("opening.json")).expect("JSON");
    let blinding = opening["blinding"].as_str().expect("a blinding")[2..34].to_owned();
    let runs = [
        run(&place, &format!("sign -vv {SIGNER} {STATEMENT}")).succeeds(),
        run(&place, &format!("sign -vv {SIGNER} {STATEMENT} -o second.json --json")).succeeds(),
        run(
            &place,
            &format!("sign -vv {STATEMENT} -o third.json --keystore KEYSTORES/attester-0.json --password-file wrong"),
        ),
    ];
    let files = ["anchor.json", "second.json"].map(|name| place.read(name));
    for text in runs.iter().map(Run::all).chain(files) {
        for secret in [PASSWORD, KEY, &KEY[..16], &blinding, "25000"] {
            assert!(!text.to_lowercase().contains(secret), "{secret} in {text}");
        }
    }
}
