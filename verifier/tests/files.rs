//! The files: one spelling each, nothing panics, no mistake passes, no message repeats an amount.

use crate::common::{self, *};
use assay_verifier::policy::AnchorRule;
use assay_verifier::{
    Address, AmountError, Anchor, Attestation, Audience, Beneficiary, Buffer, CreditLine, Market, Policy, PolicyFile,
    PriceSnapshot, Profile, Revocation, SeenAnchors, Signature, example, format_amount, format_time, parse_address,
    parse_amount,
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn every_key_that_a_policy_lacks_is_named_at_once() {
    let error = PolicyFile::parse("format = \"assay/policy/v1\"\nname = \"x\"\nquote = \"USD\"\n").unwrap_err();
    let missing = "missing fields `market`, `minimum_ratio_bps`, `max_price_age`, `max_validity`, `max_statement_age`, \
                   `buffers_percent`, `minimum_sources`, `max_deviation_bps`, `anchor`, `sources`, `assets`";
    assert!(error.to_string().ends_with(missing), "{error}");
}

#[test]
fn what_is_no_contract_is_told_to_go_under_id() {
    let weth = "address = \"0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2\"";
    assert!(example::MARKET.contains(weth));
    let error = Market::from_toml(&example::MARKET.replace(weth, "address = \"native\"")).unwrap_err().to_string();
    assert!(error.contains("go under id"), "{error}");
}

#[test]
fn an_amount_is_a_plain_decimal() {
    let parse = |text: &str, decimals| parse_amount(text, decimals).map(|amount| amount.expose());
    assert_eq!(parse("1.5", 18), Ok(1_500_000_000_000_000_000));
    assert_eq!(parse("0", 0), Ok(0));
    assert_eq!(parse("0.000001", 6), Ok(1));
    assert_eq!(parse("1.50", 2), Ok(150));
    assert_eq!(parse("1329227995784915872903807060280344575", 0), Ok((1 << 120) - 1));
    assert_eq!(parse("1.329227995784915872903807060280344575", 36), Ok((1 << 120) - 1));
    let not_decimal = [
        "",
        ".",
        "1.",
        ".5",
        "1.2.3",
        "1e18",
        "1E18",
        "-1",
        "+1",
        "0x64",
        " 100",
        "100 ",
        "1 000",
        "1_000",
        "1,5",
        "NaN",
        "inf",
        "١٠٠",
        "１００",
        "1\u{200b}",
        "1\n",
        "1\0",
        "½",
        "1.-5",
        "1.+5",
    ];
    for text in not_decimal {
        assert_eq!(parse(text, 18), Err(AmountError::NotDecimal), "{text:?}");
    }
    for text in ["007", "00", "00.5", "01.5"] {
        assert_eq!(parse(text, 18), Err(AmountError::LeadingZero), "{text}");
    }
    assert_eq!(parse("0.0000001", 6), Err(AmountError::TooManyDecimals { decimals: 6 }));
    assert_eq!(parse("1.0", 0), Err(AmountError::TooManyDecimals { decimals: 0 }));
    assert_eq!(parse("1.0000000", 6), Err(AmountError::TooManyDecimals { decimals: 6 }), "zeros are digits too");
    let too_large = ["1329227995784915872903807060280344576", "340282366920938463463374607431768211456"];
    for text in too_large.into_iter().map(str::to_owned).chain(["9".repeat(100_000)]) {
        assert_eq!(parse(&text, 0), Err(AmountError::TooLarge));
    }
    assert_eq!(parse("2", 36), Err(AmountError::TooLarge));
}

const ANCHOR: &str = r#"{
  "format": "assay/anchor/v1",
  "statement": {
    "commitment": "0x0b07070707070707070707070707070707070707070707070707070707070707",
    "market": "0x136404b4b7ed6026857ebd3b93aab7ef0f913c6fd530b19636c6f364776851fe",
    "subject": "0x0606060606060606060606060606060606060606",
    "beneficiary": "eip155:8453:0x0505050505050505050505050505050505050505",
    "as_of": "2023-11-14T22:13:20Z",
    "sequence": "42",
    "expiry": "2023-12-14T22:13:20Z"
  },
  "signatures": [{ "attester": "0x0606060606060606060606060606060606060606", "signature": "0x0102" }]
}"#;

const REVOCATION: &str = r#"{
  "format": "assay/revocation/v1",
  "statement": "0x671f2d1259dc7a7981bf69ec551ec662c9d1b4d82d68cb3489e138fc6f4aa717",
  "attester": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  "signature": "0x3ad04b24f3ff01dbbb9e1f4613d3d1270e7018e865d82ba1862fb1210c25519325ec6908dd27df7f8781b8a868201bb4217839fc59c15e44edcee988427f84211c"
}"#;

const SEEN: &str = r#"{
  "format": "assay/seen/v1",
  "latest": [
    {
      "market": "0x136404b4b7ed6026857ebd3b93aab7ef0f913c6fd530b19636c6f364776851fe",
      "subject": "0x0606060606060606060606060606060606060606",
      "beneficiary": "none",
      "attester_set": "0x0808080808080808080808080808080808080808080808080808080808080808",
      "sequence": "42",
      "statement": "0x671f2d1259dc7a7981bf69ec551ec662c9d1b4d82d68cb3489e138fc6f4aa717",
      "commitment": "0x0b07070707070707070707070707070707070707070707070707070707070707"
    }
  ],
  "revoked": []
}"#;

#[test]
fn the_files_that_the_next_tests_change_are_in_order() {
    assert!(Anchor::from_json(ANCHOR).is_ok() && Revocation::from_json(REVOCATION).is_ok());
    assert!(SeenAnchors::from_json(SEEN).is_ok());
}

proptest! {
    #[test]
    fn amounts_survive_their_text(value in 0..1u128 << 120, decimals in 0..=36u8) {
        let text = format_amount(value, decimals);
        prop_assert_eq!(parse_amount(&text, decimals).unwrap().expose(), value);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>(), decimals in any::<u8>()) {
        let _ = parse_amount(&text, decimals);
        let _ = parse_address(&text);
        let _ = text.parse::<Audience>();
        let _ = text.parse::<Buffer>();
        let _ = CreditLine::parse(&text, &policy());
        let _ = Market::from_toml(&text);
        let _ = PolicyFile::parse(&text);
        let _ = PriceSnapshot::from_json(&text);
        let _ = Attestation::from_json(&text);
        let _ = Anchor::from_json(&text);
        let _ = Revocation::from_json(&text);
        let _ = SeenAnchors::from_json(&text);
        let _ = text.parse::<Beneficiary>();
        let _ = text.parse::<Signature>();
        let _ = format_amount(u128::MAX, decimals);
    }

    #[test]
    fn no_change_to_a_file_makes_a_parser_panic_or_its_message_unprintable(
        at in any::<prop::sample::Index>(),
        length in 0..40usize,
        with in "(\\PC|[\\x00-\\x1f\"\\\\{}\\[\\],:0-9.=-])*",
    ) {
        let change = |text: &str| {
            let chars: Vec<char> = text.chars().collect();
            let start = at.index(chars.len());
            let end = (start + length).min(chars.len());
            chars[..start].iter().copied().chain(with.chars()).chain(chars[end..].iter().copied()).collect::<String>()
        };
        let printable = |message: String| message.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        if let Err(error) = Market::from_toml(&change(example::MARKET)) {
            prop_assert!(printable(error.to_string()));
        }
        match PolicyFile::parse(&change(example::POLICY)) {
            Ok(file) => drop(file.with_market(market())),
            Err(error) => prop_assert!(printable(error.to_string())),
        }
        if let Err(error) = PriceSnapshot::from_json(&change(example::PRICES)) {
            prop_assert!(printable(error.to_string()));
        }
        if let Err(error) = Attestation::from_json(&change(&attestation().to_json())) {
            prop_assert!(printable(error.to_string()));
        }
        if let Err(error) = Anchor::from_json(&change(ANCHOR)) {
            prop_assert!(printable(error.to_string()));
        }
        if let Err(error) = Revocation::from_json(&change(REVOCATION)) {
            prop_assert!(printable(error.to_string()));
        }
        if let Err(error) = SeenAnchors::from_json(&change(SEEN)) {
            prop_assert!(printable(error.to_string()));
        }
    }
}

#[test]
fn an_attestation_has_one_spelling_for_each_value() {
    let text = attestation().to_json();
    let refused = |pointer: &str, value: Value| {
        let error = Attestation::from_json(&with(&text, pointer, value.clone())).expect_err(pointer).to_string();
        assert!(!error.contains("7731"), "{error}");
        error
    };
    let lower = subject().to_string().to_lowercase();
    for (pointer, value) in [
        ("/format", json!("assay/attestation/v2")),
        ("/statement_id", json!("solvency/v2")),
        ("/verifying_key", json!("0x12")),
        ("/verifying_key", json!(attestation().verifying_key.to_string().to_uppercase())),
        ("/srs", json!("")),
        ("/proof", json!("0xABCD")),
        ("/proof", json!("0x123")),
        ("/proof", json!("1234")),
        ("/proof", json!(7731)),
        ("/statement/subject", json!(lower)),
        ("/statement/subject", json!("0x5A")),
        ("/statement/audience", json!("")),
        ("/statement/audience", json!("two words")),
        ("/statement/audience", json!("evil\u{1b}[2Jname")),
        ("/statement/audience", json!("eip155:01:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")),
        ("/statement/audience", json!("eip155:1:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")),
        ("/statement/commitment", json!(format!("0x{}", "ff".repeat(32)))),
        ("/statement/commitment", json!("0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001")),
        ("/statement/as_of", json!("2023-10-31T00:00:00+00:00")),
        ("/statement/as_of", json!("2023-10-31t00:00:00z")),
        ("/statement/as_of", json!("2023-10-31T00:00:00.0Z")),
        ("/statement/as_of", json!("2023-10-31")),
        ("/statement/as_of", json!("1969-12-31T23:59:59Z")),
        ("/statement/valid_until", json!(1_698_796_800)),
        ("/statement/bounds/0/floor", json!(7731)),
        ("/statement/bounds/0/floor", json!("07731")),
        ("/statement/bounds/0/floor", json!("7731.0")),
        ("/statement/bounds/0/ceiling", json!("340282366920938463463374607431768211456")),
        ("/statement/bounds/0/asset", json!("\u{202e}HTEW")),
        ("/statement/credit", json!("USDC:7731")),
        ("/statement/credit/base_units", json!(7731)),
        ("/statement/credit/base_units", json!(77.31)),
        ("/statement/credit/base_units", json!("-7731")),
        ("/statement/anchor", json!("0x00")),
    ] {
        refused(pointer, value);
    }
    assert!(Attestation::from_json(&with(&text, "/statement/credit", Value::Null)).unwrap().assertion.credit.is_none());
}

#[test]
fn a_market_with_a_mistake_is_refused() {
    let refused = |from: &str, to: &str, what: &str| {
        let text = example::MARKET.replacen(from, to, 1);
        assert_ne!(text, example::MARKET, "{from}");
        let error = Market::from_toml(&text).expect_err(what).to_string();
        assert!(error.contains(what), "{error}");
    };
    refused("assay/market/v1", "assay/market/v2", "format");
    refused("\"wstETH\"", "\"weth\"", "two assets have this symbol");
    refused("7f39C581F595B53c5cb19bD0b3f8dA6c935E2Ca0", "C02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "listed twice");
    refused("0xC02aaA39", "0xc02aaA39", "EIP-55");
    refused("decimals = 18", "decimals = 37", "decimals");
    refused("decimals = 18", "decimals = \"18\"", "invalid type");
    refused("decimals = 18", "decimals = 18\ndecimals = 18", "duplicate key");
    refused("decimals = 18", "decimals = 18\nnote = 1", "unknown field `note`");
    refused("decimals = 18", "decimals = 18\nid = \"x\"", "one of address and id");
    refused("eip155:1", "eip155", "CAIP-2");
    refused("eip155:1", "eip155:01", "CAIP-2");
    refused("address = ", "id = ", "which is written under address");
    refused("symbol = \"WETH\"", "symbol = \"\\u001b[2J\"", "a symbol is");
    let assets = |count: usize| {
        let one = "[[assets]]\nsymbol = \"A@\"\nchain = \"eip155:1\"\nid = \"x:@\"\ndecimals = 0\n";
        let all: String = (0..count).map(|i| one.replace('@', &i.to_string())).collect();
        Market::from_toml(&format!("format = \"assay/market/v1\"\nname = \"m\"\n{all}"))
    };
    assert!(assets(64).is_ok());
    assert!(assets(65).is_err());
    assert!(Market::from_toml("format = \"assay/market/v1\"\nname = \"m\"\nassets = []").is_err());
}

#[test]
fn a_policy_with_a_mistake_is_refused() {
    let refused = |from: &str, to: &str, what: &str| {
        let text = example::POLICY.replacen(from, to, 1);
        assert_ne!(text, example::POLICY, "{from}");
        let error = PolicyFile::parse(&text).and_then(|file| file.with_market(market())).expect_err(what).to_string();
        assert!(error.contains(what), "{error}");
    };
    refused("assay/policy/v1", "assay/policy/v2", "format");
    refused("market.toml\"", "../market.toml\"", "beside the policy");
    refused("\"market.toml\"", &format!("\"{}\"", "m".repeat(256)), "beside the policy");
    refused("market = \"market.toml\"", "market = \"/etc/passwd\"", "beside the policy");
    refused("minimum_ratio_bps = 10500", "minimum_ratio_bps = 9999", "minimum_ratio_bps");
    refused("minimum_ratio_bps = 10500", "minimum_ratio_bps = 1000001", "minimum_ratio_bps");
    refused("minimum_ratio_bps = 10500", "minimum_ratio_bps = 1.05", "invalid type");
    refused("quote =", "scale = 1\nquote =", "invalid type");
    refused("quote =", "scale = \"0\"\nquote =", "scale");
    refused("quote =", "scale = \"1e6\"\nquote =", "scale");
    refused("price_decimals = 8", "price_decimals = 36\nborrow_factor_bps = 0", "scale: WETH is never owed");
    refused("quote =", "profile = \"aave\"\nquote =", "a profile is one of aave-v3.5, ");
    refused("quote =", "verifying_key = \"0x00\"\nquote =", "verifying_key");
    refused("quote =", &format!("verifying_key = \"0x{}\"\nquote =", "00".repeat(32)), "verifying_key: zero");
    refused("max_price_age = 3600", "max_price_age = 0", "max_price_age");
    refused("max_price_age = 3600", "max_price_age = -1", "decimal digits alone");
    refused("[0, 5, 10", "[0, 5, 11", "a buffer is");
    refused("[0, 5, 10", "[0, 5, 5", "none twice");
    refused("[0, 5, 10, 20, 30, 50]", "[]", "at least one");
    refused("minimum_sources = 2", "minimum_sources = 3", "minimum_sources");
    refused("anchor = \"none\"", "anchor = \"nobody\"", "\"none\", or a table");
    refused("anchor = \"none\"", "anchor = { minimum = 1, attestors = [] }", "unknown field `attestors`");
    refused("anchor = \"none\"", "anchor = { minimum = \"1\", attesters = [] }", "invalid type");
    refused("anchor = \"none\"", "anchor = { minimum = 1, attesters = [] }", "attesters");
    refused("anchor = \"none\"", "anchor = { minimum = 1, attesters = [\"0x12\"] }", "EIP-55");
    refused("[assets.WETH]", "[assets.DOGE]", "WETH is missing");
    refused(
        "[assets.WETH]",
        "[assets.DOGE]\ndebt_interest_bps_per_year = 0\nprice_decimals = 8\n[assets.WETH]",
        "DOGE is not",
    );
    refused("[assets.wstETH]", "[assets.WETH]", "duplicate key");
    refused("liquidation_threshold_bps = 8300", "liquidation_threshold_bps = 10001", "WETH: liquidation_threshold_bps");
    refused("liquidation_threshold_bps = 8300", "liquidation_threshold_bps = 0", "leave it out");
    refused("debt_interest_bps_per_year = 2000\n", "", "missing field");
    refused("price_decimals = 8", "price_decimals = 37", "WETH: price_decimals");
    refused("price_decimals = 8", "price_decimals = 8\nborrow_factor_bps = 9999", "WETH: borrow_factor_bps");
    refused("price_decimals = 8", "price_decimals = 8\nhaircut_bps = 10001", "WETH: haircut_bps");
    refused("price_decimals = 8", "price_decimals = 8\nvolatility_buffer = 1", "unknown field `volatility_buffer`");
}

#[test]
fn the_optional_parts_of_a_policy_are_read() {
    let one = Address::repeat_byte(1);
    let two = Address::repeat_byte(2);
    let text = example::POLICY
        .replace("anchor = \"none\"", &format!("anchor = {{ minimum = 2, attesters = [\"{two}\", \"{one}\"] }}"))
        .replace(
            "quote =",
            &format!("scale = \"1000\"\nprofile = \"aave-v3.5\"\nverifying_key = \"0x{}\"\nquote =", "ab".repeat(32)),
        )
        + &format!("\n[on_chain]\nverifier = \"{one}\"\nprice_board = \"{two}\"\ngrace_period = 60\n");
    let policy = PolicyFile::parse(&text).unwrap().with_market(market()).unwrap();
    let rules = policy.rules();
    assert_eq!(rules.anchor, AnchorRule::Attesters { minimum: 2, attesters: vec![one, two] }, "sorted");
    assert_eq!(rules.profile, Some(Profile::AaveV35));
    assert_eq!((rules.scale, rules.verifying_key.unwrap().0[0]), (1000, 0xab));
    assert_eq!(rules.on_chain.unwrap().grace_period, 60);
    let twice = text.replace(&one.to_string(), &two.to_string());
    assert!(PolicyFile::parse(&twice).unwrap().with_market(market()).is_err());
}

#[test]
fn credit_buffers_audiences_and_times_are_read_strictly() {
    let market = market();
    let credit = CreditLine::parse("USDC:1000000.5", &policy()).unwrap();
    assert_eq!((credit.base_units, credit.amount(&market)), (1_000_000_500_000, "1000000.5".to_owned()));
    for text in [
        "USDC",
        "USDC:",
        "USDC:0",
        "USDC:-7731",
        "USDC:7731e3",
        "DOGE:7731",
        "usdc:7731",
        "USDC:0.0000007731",
        " USDC:7731",
    ] {
        let error = CreditLine::parse(text, &policy()).expect_err(text).to_string();
        assert!(!error.contains("7731"), "{error}");
    }
    assert_eq!("10%".parse::<Buffer>(), "10".parse());
    for text in ["", "%", "7%", "010%", "10%%", "-10%", "10.0%", "100%"] {
        assert!(text.parse::<Buffer>().is_err(), "{text}");
    }
    for text in ["lender.example", "eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "did:web:lender.example", "a"]
    {
        assert_eq!(text.parse::<Audience>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "a b",
        "é",
        "eip155:1",
        "Eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "EIP155:x",
        "eip155:0:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "a\n",
        &"a".repeat(129),
    ] {
        assert!(text.parse::<Audience>().is_err(), "{text}");
    }
    assert_eq!(format_time(0), "1970-01-01T00:00:00Z");
    assert_eq!(format_time(u64::MAX), u64::MAX.to_string());
    assert!(parse_address("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").is_ok());
    assert!(parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").is_ok());
    let checksum = parse_address("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").unwrap_err().to_string();
    assert!(checksum.contains("not its EIP-55 checksum"), "{checksum}");
    assert!(parse_address("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").is_err());
}

#[test]
fn a_policy_is_loaded_with_its_market_and_errors_name_the_file() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("load");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("policy.toml");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let error = || Policy::load(&path).unwrap_err().to_string();
    for name in ["policy.toml", "market.toml"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    assert!(error().starts_with(&format!("{}: No such file", path.display())), "{}", error());
    write("policy.toml", example::POLICY);
    let market = folder.join("market.toml");
    let missing = error();
    assert!(missing.starts_with(&format!("{}: No such file", market.display())), "{missing}");
    assert!(missing.contains(&format!("the market that {} names", path.display())), "{missing}");
    write("market.toml", &example::MARKET.replace("decimals = 18", "decimals = 40"));
    assert_eq!(error(), format!("{}: WETH: decimals: more than 36", market.display()));
    write("market.toml", example::MARKET);
    assert_eq!(Policy::load(&path).unwrap(), common::policy());
    write("policy.toml", &example::POLICY.replace("minimum_sources = 2", "minimum_sources = 9"));
    assert_eq!(error(), format!("{}: minimum_sources: must be 1 to 2", path.display()));
    write("policy.toml", &" ".repeat(70_000));
    assert_eq!(error(), format!("{}: too large: more than 65536 bytes", path.display()));
}
