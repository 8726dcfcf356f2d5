//! Price snapshots and the reports of each kind of source as files.

use crate::common::*;
use assay_verifier::policy::{MAX_SOURCES, Provider, Source};
use assay_verifier::prices::{Evidence, PriceReport, read_reports, signer};
use assay_verifier::{Address, AssetPrice, B256, FormatError, PriceSnapshot, Report, example};
use proptest::prelude::*;
use serde_json::{Value, json};

fn source(kind: usize) -> Source {
    let mut source = policy().rules().sources[kind.min(1)].clone();
    if kind == 2 {
        source.provider = Provider::Signed { signer: Address::repeat_byte(1) };
    }
    source
}

const CHAINLINK: usize = 0;
const PYTH: usize = 1;
const SIGNED: usize = 2;

fn signed_file() -> String {
    example::DESK.to_owned()
}

fn read(kind: usize, text: &str) -> Result<Vec<Report>, FormatError> {
    read_reports(&source(kind), "USD", text)
}

fn refused(kind: usize, text: &str, pointer: &str, value: Value, what: &str) {
    let error = read(kind, &with(text, pointer, value)).expect_err(what).to_string();
    assert!(error.contains(what), "{error}");
}

#[test]
fn a_snapshot_with_a_wrong_price_is_refused() {
    assert_eq!(PriceSnapshot::from_json(&prices().to_json()).unwrap(), prices());
    let refused = |pointer: &str, value: Value, what: &str| {
        let error = PriceSnapshot::from_json(&with(example::PRICES, pointer, value)).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    refused("/prices/0/low", json!("0"), "WETH: a price of zero");
    refused("/prices/0/low", json!("181867185106"), "WETH: the low price is above");
    refused("/prices/0/low", json!("-1"), "WETH: low: not a whole number");
    refused("/prices/0/low", json!("1.5"), "WETH: low: not a whole number");
    refused("/prices/0/high", json!(181867185105u64), "expected a string");
    refused("/prices/1/asset", json!("WETH"), "WETH: two prices");
    refused("/prices/1/asset", json!("\u{1b}[31m"), "a symbol is");
    refused("/prices/0/decimals", json!(37), "WETH: decimals");
    refused("/prices/0/decimals", json!(-1), "invalid");
    refused("/at", json!("yesterday"), "at: not a UTC time");
    refused("/quote", json!("U S D"), "a symbol is");
    refused("/prices/0/reports/0/source", json!("tab\there"), "source");
    refused("/prices/0/reports/0/price", json!("1e9"), "WETH: chainlink: price: not a whole number");
    refused("/prices/0/reports/0/published", json!("2023"), "WETH: chainlink: published: not a UTC time");
    refused("/prices/0/reports/0/feed", json!("0x5f"), "WETH: chainlink: feed: not 0x and 64");
    refused("/prices/0/reports/1", json!([]), "invalid type");
    let mut both: Value = serde_json::from_str(example::PRICES).unwrap();
    both["prices"][0]["reports"][0]["signature"] = json!("0x00");
    let error = PriceSnapshot::from_json(&both.to_string()).unwrap_err().to_string();
    assert!(error.contains("a round or a signature, not both"), "{error}");
}

#[test]
fn a_snapshot_of_as_many_reports_as_a_policy_permits_can_be_read() {
    let report = |by: usize| Report {
        by: format!("{by:032}"),
        feed: B256::repeat_byte(0xff),
        price: i128::MIN,
        confidence: u128::MAX,
        decimals: u8::MAX,
        published: NOW,
        evidence: Evidence::Signature(vec![0xff; 65]),
    };
    let price = |asset: AssetPrice| AssetPrice { reports: (0..MAX_SOURCES).map(report).collect(), ..asset };
    let full = PriceSnapshot { prices: prices().prices.into_iter().map(price).collect(), ..prices() };
    assert_eq!(PriceSnapshot::from_json(&full.to_json()).unwrap(), full);
}

#[test]
fn chainlink_rounds_are_read_as_cast_prints_them_and_by_name() {
    let reports = read(CHAINLINK, example::CHAINLINK).unwrap();
    assert_eq!(reports.len(), 8);
    let first = &reports[0];
    assert_eq!(
        (first.by.as_str(), first.price, first.confidence, first.decimals),
        ("chainlink", 181_685_499_606, 0, 8)
    );
    let round = |id| Evidence::Round { id, answered_in: id };
    assert_eq!(first.evidence, round(110_680_464_442_257_337_107));
    let mut named: Value = serde_json::from_str(example::CHAINLINK).unwrap();
    let entry = &mut named["rounds"][0];
    let words = entry.as_object_mut().unwrap().remove("latestRoundData").unwrap();
    for (key, word) in ["roundId", "answer", "startedAt", "updatedAt", "answeredInRound"].iter().zip(0..) {
        entry[key] = words[word].clone();
    }
    assert_eq!(read(CHAINLINK, &named.to_string()).unwrap(), reports);
    named["rounds"][0]["answer"] = json!("-5");
    assert_eq!(read(CHAINLINK, &named.to_string()).unwrap()[0].price, -5);
    named["rounds"][0]["answer"] = json!(-5);
    assert_eq!(read(CHAINLINK, &named.to_string()).unwrap()[0].price, -5);
    // The round of a proxy has its phase in the upper bits: it is beyond 64 bits.
    let large = named.to_string().replacen("\"110680464442257337107\"", "110680464442257337107", 1);
    assert!(large.contains(":110680464442257337107"), "{large}");
    assert_eq!(read(CHAINLINK, &large).unwrap()[0].evidence, round(110_680_464_442_257_337_107));
    named["rounds"][0].as_object_mut().unwrap().remove("startedAt");
    let error = read(CHAINLINK, &named.to_string()).unwrap_err().to_string();
    assert!(error.contains("latestRoundData or each of its five values"), "{error}");
}

#[test]
fn a_file_of_rounds_with_a_mistake_is_refused() {
    let refused =
        |pointer: &str, value: Value, what: &str| refused(CHAINLINK, example::CHAINLINK, pointer, value, what);
    refused("/format", json!("assay/chainlink-rounds/v2"), "assay/chainlink-rounds/v1 is expected");
    refused("/chain", json!("eip155:10"), "chain: eip155:10, the policy's is eip155:1");
    refused("/rounds/0/aggregator", json!("0x5f4ec3df9cbd43714fe2740f5e3616155c5b8419"), "EIP-55");
    refused("/rounds/0/decimals", json!(256), "invalid");
    refused("/rounds/0/latestRoundData", json!(["1", "2", "3", "4"]), "invalid length");
    let named = "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419: answer: a whole number below 2^127 is needed";
    refused("/rounds/0/latestRoundData/1", json!("1.5"), named);
    refused("/rounds/0/latestRoundData/1", json!("181685499606 [1.816e11]"), "cast --json");
    refused("/rounds/0/latestRoundData/2", json!("soon"), "startedAt: a whole number");
    refused("/rounds/0/latestRoundData/1", json!(1.5), "a whole number below 2^127");
    refused("/rounds/0/latestRoundData/1", json!("0x64"), "a whole number below 2^127");
    refused("/rounds/0/latestRoundData/1", json!("170141183460469231731687303715884105728"), "below 2^127");
    refused("/rounds/0/latestRoundData/0", json!("-1"), "roundId: a negative number");
    refused("/rounds/0/latestRoundData/3", json!("-1"), "updatedAt: not a time");
    refused("/rounds/0/latestRoundData/3", json!("18446744073709551616"), "updatedAt: not a time");
}

#[test]
fn pyth_prices_are_read_as_hermes_writes_them() {
    let reports = read(PYTH, example::PYTH).unwrap();
    let first = &reports[0];
    assert_eq!((first.price, first.confidence, first.decimals), (181_685_499_606, 181_685_499, 8));
    assert_eq!((first.published, &first.evidence), (NOW - 4, &Evidence::None));
    let refused = |pointer: &str, value: Value, what: &str| refused(PYTH, example::PYTH, pointer, value, what);
    refused("/parsed/0/id", json!("ff61"), "id: not 0x and 64");
    refused("/parsed/0/price/price", json!("1e9"), ": price: a whole number below 2^127");
    refused("/parsed/0/price/conf", json!("-1"), "conf: a negative number");
    refused("/parsed/0/price/expo", json!(1), "expo: not from -255 to 0");
    refused("/parsed/0/price/expo", json!(-256), "expo: not from -255 to 0");
    refused("/parsed/0/price/expo", json!(i32::MIN), "expo: not from -255 to 0");
    refused("/parsed/0/price/publish_time", json!(-1), "publish_time: a negative number");
    refused("/parsed/0/price", json!([]), "invalid type");
    assert!(read(PYTH, "{\"binary\": {}}").unwrap_err().to_string().contains("missing field `parsed`"));
}

#[test]
fn signed_reports_have_one_spelling() {
    let text = signed_file();
    let reports = read(SIGNED, &text).unwrap();
    assert_eq!((reports[0].price, reports[0].published), (181_685_499_606, NOW - 3));
    let vectors: Value = serde_json::from_str(include_str!("vectors/encodings.json")).unwrap();
    let vector = &vectors["reports"][0];
    let report = PriceReport {
        feed: reports[0].feed,
        quote: "USD".into(),
        price: 181_685_499_606,
        confidence: reports[0].confidence,
        decimals: reports[0].decimals,
        published: reports[0].published,
    };
    let Evidence::Signature(signature) = &reports[0].evidence else { panic!("signed") };
    assert_eq!(signer(&report, signature).unwrap().to_string(), vector["signer"], "signed by ethers");
    let refused = |pointer: &str, value: Value, what: &str| refused(SIGNED, &text, pointer, value, what);
    refused("/format", json!("assay/price-report/v2"), "assay/price-report/v1 is expected");
    refused("/quote", json!("EUR"), "quote: EUR, the policy's is USD");
    refused("/reports/0/feed", json!("0x14"), "feed: not 0x and 64");
    refused("/reports/0/price", json!(7), "invalid type");
    refused("/reports/0/price", json!("007"), "price: not a whole number");
    refused("/reports/0/confidence", json!("-1"), "confidence: not a whole number");
    refused("/reports/0/published", json!(7), "invalid type");
    refused("/reports/0/signature", json!("0xAB"), "signature: not 0x and lower-case");
}

proptest! {
    #[test]
    fn no_file_of_reports_makes_a_parser_panic(
        kind in 0..3usize,
        at in any::<prop::sample::Index>(),
        length in 0..40usize,
        new in "(\\PC|[\\x00-\\x1f\"\\\\{}\\[\\],:0-9.=-])*",
    ) {
        let text = [example::CHAINLINK.to_owned(), example::PYTH.to_owned(), signed_file()][kind].clone();
        let chars: Vec<char> = text.chars().collect();
        let start = at.index(chars.len());
        let end = (start + length).min(chars.len());
        let changed: String = chars[..start].iter().copied().chain(new.chars()).chain(chars[end..].iter().copied()).collect();
        if let Err(error) = read(kind, &changed) {
            prop_assert!(error.to_string().chars().all(|c| c == ' ' || c.is_ascii_graphic()));
        }
        let _ = read(kind, &new);
    }
}
