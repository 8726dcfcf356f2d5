//! From reports to price ranges: which count, what is refused and by which name, and the medians.

use crate::common::*;
use assay_verifier::policy::{Provider, Source};
use assay_verifier::prices::{self, Evidence, PriceReport, StaleReport};
use assay_verifier::{
    Address, B256, Class, Feed, Market, Policy, PriceError, PriceRange, PriceSnapshot, Report, ReportError, example,
};
use k256::ecdsa::SigningKey;
use num_bigint::BigUint;
use proptest::prelude::*;

const AT: u64 = 1_700_000_000;

fn feed_id(source: usize) -> B256 {
    B256::repeat_byte(1 + u8::try_from(source).unwrap())
}

/// A policy over one asset with 8 price decimals and a source of kind pyth for each of `decimals`.
fn policy_of(decimals: &[u8], minimum: u8, change: impl FnOnce(&mut assay_verifier::Rules)) -> Policy {
    let mut rules = policy().rules().clone();
    rules.assets.truncate(1);
    let sources = decimals.iter().enumerate().map(|(i, decimals)| Source {
        name: format!("s{i:02}"),
        provider: Provider::Pyth { contract: None },
        max_confidence: 9_999,
        feeds: vec![Some(Feed { id: feed_id(i), decimals: *decimals, max_age: 60 })],
    });
    rules.sources = sources.collect();
    rules.minimum_sources = minimum;
    rules.max_deviation = 10_000;
    change(&mut rules);
    Policy::new(rules, Market::new("one".into(), vec![market().assets()[0].clone()]).unwrap()).unwrap()
}

fn report(source: usize, price: i128, confidence: u128, decimals: u8) -> Report {
    let by = format!("s{source:02}");
    Report { by, feed: feed_id(source), price, confidence, decimals, published: AT, evidence: Evidence::None }
}

fn make(policy: &Policy, reports: Vec<Report>) -> Result<PriceRange, PriceError> {
    PriceSnapshot::make(policy, AT, None, reports).map(|snapshot| {
        // What is made is what a reader of the file makes again.
        let read = PriceSnapshot::from_json(&snapshot.to_json()).unwrap();
        assert_eq!(read, snapshot);
        let ranges = read.for_policy(policy).unwrap();
        assert_eq!(ranges, [snapshot.prices[0].range]);
        ranges[0]
    })
}

/// The range of prices without confidence, all with the policy's decimals.
fn range_of(values: &[i128]) -> PriceRange {
    let policy = policy_of(&vec![8; values.len()], 1, |_| {});
    make(&policy, values.iter().enumerate().map(|(i, value)| report(i, *value, 0, 8)).collect()).unwrap()
}

#[test]
fn the_example_snapshot_is_made_from_its_reports() {
    let policy = policy();
    let read = |name: &str, text: &str| {
        let source = policy.rules().sources.iter().find(|source| source.name == name).unwrap();
        prices::read_reports(source, "USD", text).unwrap()
    };
    let (chainlink, pyth) = (read("chainlink", example::CHAINLINK), read("pyth", example::PYTH));
    let reports = [pyth, chainlink].concat();
    let made = PriceSnapshot::make(&policy, NOW, prices().note, reports).unwrap();
    assert_eq!(made, prices());
    assert_eq!(made.to_json(), example::PRICES);
    assert_eq!(made.sources(), ["chainlink", "pyth"]);
}

#[test]
fn of_an_even_number_the_low_price_is_the_lower_median_and_the_high_one_the_upper() {
    assert_eq!(range_of(&[100, 110]), PriceRange { low: 100, high: 110 });
    assert_eq!(range_of(&[130, 100, 120, 110]), PriceRange { low: 110, high: 120 });
    assert_eq!(range_of(&[150, 140, 130, 120, 110, 100]), PriceRange { low: 120, high: 130 });
    assert_eq!(range_of(&[100, 100, 150, 150]), PriceRange { low: 100, high: 150 });
}

#[test]
fn of_an_odd_number_both_are_the_element_in_the_middle() {
    assert_eq!(range_of(&[105]), PriceRange { low: 105, high: 105 });
    assert_eq!(range_of(&[130, 100, 110]), PriceRange { low: 110, high: 110 });
    assert_eq!(range_of(&[100, 199, 101, 198, 102]), PriceRange { low: 102, high: 102 });
}

#[test]
fn confidence_widens_and_decimals_round_outwards() {
    let range = |price, confidence, decimals| {
        make(&policy_of(&[decimals], 1, |_| {}), vec![report(0, price, confidence, decimals)]).unwrap()
    };
    assert_eq!(range(1_000, 7, 8), PriceRange { low: 993, high: 1_007 });
    assert_eq!(range(1_000, 7, 6), PriceRange { low: 99_300, high: 100_700 });
    assert_eq!(range(12_345_678_901, 0, 18), PriceRange { low: 1, high: 2 });
    assert_eq!(range(20_000_000_000, 0, 18), PriceRange { low: 2, high: 2 });
    assert_eq!(range(20_000_000_000, 1, 18), PriceRange { low: 1, high: 3 });
    let vanished = make(&policy_of(&[18], 1, |_| {}), vec![report(0, 9_999_999_999, 0, 18)]).unwrap_err();
    assert_eq!(vanished.to_string(), "WETH: s00: the price is zero with the policy's 8 decimals");
    let large = make(&policy_of(&[0], 1, |_| {}), vec![report(0, i128::MAX, 0, 0)]).unwrap_err();
    assert_eq!(large.code(), "report_too_large");
}

/// Sorts by repeatedly taking the least, and counts.
fn naive(mut values: Vec<BigUint>, lower: bool) -> BigUint {
    let mut sorted = Vec::new();
    while !values.is_empty() {
        let least = (0..values.len()).min_by_key(|i| values[*i].clone()).unwrap();
        sorted.push(values.remove(least));
    }
    let n = sorted.len();
    let place = if n % 2 == 1 {
        n / 2
    } else if lower {
        n / 2 - 1
    } else {
        n / 2
    };
    sorted[place].clone()
}

fn reports() -> impl Strategy<Value = Vec<(u128, u128, u8)>> {
    let one = (1_000_000_000_000u128..2_000_000_000_000, 0..100_000_000_000u128, 0..=18u8);
    prop::collection::vec(one, 1..=12)
}

proptest! {
    #[test]
    fn ranges_equal_a_naive_sort_of_exact_values(reports in reports()) {
        let decimals: Vec<u8> = reports.iter().map(|(.., decimals)| *decimals).collect();
        let policy = policy_of(&decimals, 1, |rules| rules.assets[0].price_decimals = 10);
        // The same prices with each source's decimals.
        let value = |units: u128, decimals: u8| if decimals < 10 {
            units / 10u128.pow(u32::from(10 - decimals))
        } else {
            units * 10u128.pow(u32::from(decimals - 10)) + 1
        };
        let given: Vec<Report> = reports.iter().enumerate().map(|(i, (price, confidence, decimals))| {
            let (price, confidence) = (value(*price, *decimals), value(*confidence, *decimals));
            report(i, i128::try_from(price).unwrap(), confidence, *decimals)
        }).collect();
        let exact = |report: &Report, upper: bool| {
            let price = BigUint::from(u128::try_from(report.price).unwrap());
            let end = if upper { price + report.confidence } else { price - report.confidence };
            let scaled = end * BigUint::from(10u8).pow(10);
            let unit = BigUint::from(10u8).pow(u32::from(report.decimals));
            if upper { (scaled + &unit - 1u8) / unit } else { scaled / unit }
        };
        match make(&policy, given.clone()) {
            Ok(range) => {
                prop_assert_eq!(BigUint::from(range.low), naive(given.iter().map(|r| exact(r, false)).collect(), true));
                prop_assert_eq!(BigUint::from(range.high), naive(given.iter().map(|r| exact(r, true)).collect(), false));
                prop_assert!(range.low <= range.high && range.low > 0);
            }
            Err(error) => {
                let none_left = given.iter().any(|report| report.price == 0 || report.decimals == 0);
                prop_assert!(none_left || error.code() == "price_deviation", "{}", error);
            }
        }
    }

    #[test]
    fn raising_one_report_never_lowers_the_range(
        values in prop::collection::vec(1_000_000..1_500_000i128, 1..=9),
        which in any::<prop::sample::Index>(),
        more in 0..400_000i128,
    ) {
        let before = range_of(&values);
        let mut raised = values.clone();
        raised[which.index(values.len())] += more;
        let after = range_of(&raised);
        prop_assert!(after.low >= before.low && after.high >= before.high);
        // And no single report moves it beyond what others said.
        if values.len() > 2 {
            prop_assert!(after.high <= *values.iter().max().unwrap() as u128);
        }
    }
}

#[test]
fn a_report_that_is_too_old_does_not_count_and_too_few_fresh_ones_refuse() {
    let policy = policy_of(&[8, 8, 8], 2, |_| {});
    let aged = |ages: [u64; 3]| {
        let reports = ages.iter().enumerate();
        let reports = reports.map(|(i, age)| Report { published: AT - age, ..report(i, 100 + 10 * i as i128, 0, 8) });
        make(&policy, reports.collect())
    };
    assert_eq!(aged([60, 60, 60]).unwrap(), PriceRange { low: 110, high: 110 });
    assert_eq!(aged([60, 60, 61]).unwrap(), PriceRange { low: 100, high: 110 });
    assert_eq!(aged([61, 0, 0]).unwrap(), PriceRange { low: 110, high: 120 });
    let error = aged([61, 0, 1_000]).unwrap_err();
    let stale = [("s00", 61), ("s02", 1_000)];
    let stale = stale.map(|(by, age)| StaleReport { by: by.into(), age, limit: 60 }).to_vec();
    assert_eq!(error, PriceError::TooFewFresh { asset: "WETH".into(), fresh: 1, minimum: 2, stale });
    assert_eq!(error.class(), Class::Stale);
    let said =
        "WETH: 1 fresh reports, the policy asks for 2; too old: s00 (61 s, at most 60 s), s02 (1000 s, at most 60 s)";
    assert_eq!(error.to_string(), said);
    assert_eq!(make(&policy, Vec::new()).unwrap_err().to_string(), "WETH: 0 fresh reports, the policy asks for 2");
}

#[test]
fn sources_that_disagree_are_refused_and_a_stale_one_is_not_asked() {
    let policy = policy_of(&[8, 8, 8], 2, |rules| rules.max_deviation = 200);
    let say = |values: [i128; 3]| {
        make(&policy, values.iter().enumerate().map(|(i, value)| report(i, *value, 0, 8)).collect())
    };
    assert!(say([10_000, 10_100, 10_200]).is_ok());
    let error = say([10_000, 10_201, 10_100]).unwrap_err();
    let said = "WETH: s00 says 0.0001, s01 says 0.00010201: 201 bps apart, the policy permits 200";
    assert_eq!((error.to_string().as_str(), error.code(), error.class()), (said, "price_deviation", Class::Stale));
    // 200.99 bps are more than 200.
    assert!(say([10_001, 10_202, 10_100]).is_err());
    let mut reports: Vec<Report> = (0..3).map(|i| report(i, [10_000, 99_999, 10_100][i], 0, 8)).collect();
    reports[1].published = AT - 61;
    assert_eq!(make(&policy, reports).unwrap(), PriceRange { low: 10_000, high: 10_100 });
    // The confidence is no disagreement.
    let wide = vec![report(0, 10_000, 5_000, 8), report(1, 10_000, 0, 8)];
    assert_eq!(make(&policy, wide).unwrap(), PriceRange { low: 5_000, high: 15_000 });
}

/// The reason for which a good report of the first source is refused after `change`.
fn refusal(change: impl FnOnce(&mut Report)) -> ReportError {
    let mut changed = report(0, 10_000, 100, 8);
    change(&mut changed);
    let policy = policy_of(&[8, 8], 1, |rules| rules.sources[0].max_confidence = 100);
    match make(&policy, vec![changed, report(1, 10_000, 0, 8)]) {
        Err(PriceError::Report { asset, by, why }) => {
            assert_eq!((asset.as_str(), by.as_str()), ("WETH", "s00"));
            *why
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_report_is_refused_for_what_is_wrong_with_it() {
    assert_eq!(refusal(|report| report.price = 0), ReportError::Zero);
    assert_eq!(refusal(|report| report.price = -10_000), ReportError::Negative { price: -10_000 });
    assert_eq!(refusal(|report| report.price = i128::MIN), ReportError::Negative { price: i128::MIN });
    assert_eq!(refusal(|report| report.published = AT + 1), ReportError::FromFuture { published: AT + 1, at: AT });
    let wide = ReportError::TooWide { confidence: 101, price: 10_000, decimals: 8, limit: 100 };
    assert_eq!(wide.to_string(), "the confidence is 0.00000101 at a price of 0.0001, the policy permits 100 bps");
    assert_eq!(refusal(|report| report.confidence = 101), wide);
    assert!(matches!(refusal(|report| report.confidence = u128::MAX), ReportError::TooWide { .. }));
    let decimals = ReportError::Decimals { found: 18, expected: 8 };
    assert_eq!(refusal(|report| report.decimals = 18), decimals);
    let round = Evidence::Round { id: 1, answered_in: 1 };
    let other_kind = ReportError::OtherKind { found: "chainlink", expected: "pyth".into() };
    assert_eq!(refusal(|report| report.evidence = round), other_kind);
    // Too old does not excuse it.
    let old = |report: &mut Report| (report.published, report.price) = (0, 0);
    assert_eq!(refusal(old), ReportError::Zero);
}

#[test]
fn a_report_of_no_source_or_feed_of_the_policy_is_refused() {
    let policy = policy_of(&[8, 8], 1, |_| {});
    let good = || vec![report(0, 100, 0, 8), report(1, 100, 0, 8)];
    let mut reports = good();
    reports[0].by = "elsewhere".into();
    let error = make(&policy, reports).unwrap_err();
    assert_eq!(error, PriceError::UnknownSource { by: "elsewhere".into() });
    let mut reports = good();
    reports[0].feed = feed_id(1);
    let error = make(&policy, reports).unwrap_err();
    assert_eq!(error, PriceError::UnknownFeed { by: "s00".into(), feed: feed_id(1) });

    let snapshot = PriceSnapshot::make(&policy, AT, None, good()).unwrap();
    let refused = |change: &dyn Fn(&mut Vec<Report>)| {
        let mut changed = snapshot.clone();
        change(&mut changed.prices[0].reports);
        changed.for_policy(&policy).unwrap_err().code()
    };
    assert_eq!(refused(&|reports| reports[0].by = "a".into()), "report_unknown_source");
    assert_eq!(refused(&|reports| reports[0].feed = feed_id(1)), "report_other_feed");
    let without = policy_of(&[8, 8], 1, |rules| rules.sources[1].feeds = vec![None]);
    assert_eq!(snapshot.for_policy(&without).unwrap_err().code(), "report_no_feed");
}

#[test]
fn one_source_reports_an_asset_once_and_in_order() {
    let policy = policy_of(&[8, 8, 8], 2, |_| {});
    let at = |source: usize, age: u64| Report { published: AT - age, ..report(source, 100, 0, 8) };
    let why = |error: PriceError| match error {
        PriceError::Report { why, .. } => *why,
        other => panic!("{other}"),
    };
    let twice = |ages: [u64; 2]| why(make(&policy, vec![at(0, ages[0]), at(1, 0), at(0, ages[1])]).unwrap_err());
    assert_eq!(twice([0, 0]), ReportError::Repeated);
    assert_eq!(twice([5, 0]), ReportError::Repeated);
    assert_eq!(twice([0, 5]), ReportError::OutOfOrder { after: "s00".into() });
    // A file that lists them in another order is another spelling of the same prices.
    let mut snapshot = PriceSnapshot::make(&policy, AT, None, vec![at(2, 0), at(0, 0), at(1, 0)]).unwrap();
    snapshot.prices[0].reports.swap(1, 2);
    assert_eq!(why(snapshot.for_policy(&policy).unwrap_err()), ReportError::OutOfOrder { after: "s02".into() });
}

#[test]
fn a_chainlink_round_must_be_complete_and_answered_in_itself() {
    let policy = policy_of(&[8], 1, |rules| {
        rules.sources[0].provider = Provider::Chainlink { chain_id: 1 };
        rules.sources[0].max_confidence = 0;
        rules.sources[0].feeds[0].as_mut().unwrap().id = Address::repeat_byte(1).into_word();
    });
    let refused = |id: u128, answered_in: u128, change: &dyn Fn(&mut Report)| {
        let feed = Address::repeat_byte(1).into_word();
        let mut report = Report { feed, evidence: Evidence::Round { id, answered_in }, ..report(0, 100, 0, 8) };
        change(&mut report);
        make(&policy, vec![report]).map_err(|error| error.to_string())
    };
    assert!(refused(7, 7, &|_| {}).is_ok());
    assert!(refused(7, 8, &|_| {}).is_ok());
    let said = |result: Result<PriceRange, String>| result.unwrap_err();
    assert_eq!(said(refused(7, 6, &|_| {})), "WETH: s00: the answer is of round 6, the round is 7");
    assert_eq!(said(refused(0, 0, &|_| {})), "WETH: s00: round 0 is not complete");
    assert_eq!(said(refused(7, 7, &|report| report.published = 0)), "WETH: s00: round 7 is not complete");
    assert_eq!(
        said(refused(7, 7, &|report| report.confidence = 1)),
        "WETH: s00: a confidence where a round states none"
    );
    assert_eq!(
        said(refused(7, 7, &|report| report.evidence = Evidence::None)),
        "WETH: s00: a report of kind pyth, the policy says chainlink"
    );
}

/// A key, its address, and a report that it signed in prices of USD.
fn signed(key: &SigningKey, change: impl FnOnce(&mut PriceReport)) -> Report {
    let mut words = PriceReport {
        feed: feed_id(0),
        quote: "USD".into(),
        price: 10_000,
        confidence: 10,
        decimals: 8,
        published: AT,
    };
    change(&mut words);
    let (signature, id) = key.sign_prehash_recoverable(prices::signing_hash(&words).as_slice()).unwrap();
    let evidence = Evidence::Signature([signature.to_bytes().as_slice(), &[27 + id.to_byte()]].concat());
    Report { evidence, ..report(0, 10_000, 10, 8) }
}

#[test]
fn a_signed_report_counts_where_the_policy_s_signer_signed_exactly_it() {
    let (key, other) = (SigningKey::from_slice(&[7; 32]).unwrap(), SigningKey::from_slice(&[8; 32]).unwrap());
    let address = |key: &SigningKey| Address::from_private_key(key);
    let policy = policy_of(&[8], 1, |rules| rules.sources[0].provider = Provider::Signed { signer: address(&key) });
    let decide = |report: Report| make(&policy, vec![report]).map_err(|error| error.code());
    assert_eq!(decide(signed(&key, |_| {})).unwrap(), PriceRange { low: 9_990, high: 10_010 });
    assert_eq!(decide(signed(&other, |_| {})), Err("report_other_signer"));
    let changes: [fn(&mut PriceReport); 6] = [
        |report| report.feed = feed_id(1),
        |report| report.quote = "EUR".into(),
        |report| report.price += 1,
        |report| report.confidence = 0,
        |report| report.decimals = 18,
        |report| report.published -= 1,
    ];
    for change in changes {
        assert_eq!(decide(signed(&key, change)), Err("report_other_signer"));
    }
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut report = signed(&key, |_| {});
        if let Evidence::Signature(bytes) = &mut report.evidence {
            change(bytes);
        }
        decide(report)
    };
    assert_eq!(with(&|bytes| bytes.truncate(64)), Err("report_signature"));
    assert_eq!(with(&|bytes| bytes.push(0)), Err("report_signature"));
    assert_eq!(with(&|bytes| bytes[64] -= 27), Err("report_signature"));
    assert_eq!(with(&Vec::clear), Err("report_signature"));
    let bare = Report { evidence: Evidence::None, ..signed(&key, |_| {}) };
    assert_eq!(decide(bare), Err("report_other_kind"));
}

#[test]
fn a_snapshot_must_be_the_one_that_the_policy_asks_for() {
    let refused = |change: &dyn Fn(&mut PriceSnapshot), what: &str| {
        let mut snapshot = prices();
        change(&mut snapshot);
        let error = snapshot.for_policy(&policy()).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    refused(&|s| drop(s.prices.remove(2)), "WBTC: the price is missing");
    refused(&|s| s.prices.push(s.prices[0].clone()), "WETH: two prices");
    refused(&|s| s.prices[3].asset = "DOGE".into(), "USDC: the price is missing");
    refused(
        &|s| {
            let mut extra = s.prices[0].clone();
            extra.asset = "DOGE".into();
            s.prices.push(extra);
        },
        "DOGE: not an asset of the market",
    );
    refused(&|s| s.quote = "EUR".into(), "the policy's is USD");
    refused(&|s| s.prices[5].decimals = 18, "DAI: 18 decimals, the policy says 8");
    refused(&|s| drop(s.prices[5].reports.pop()), "DAI: 1 fresh reports, the policy asks for 2");
    refused(&|s| s.prices[5].reports[1].by = "unheard".into(), "DAI: unheard: the policy does not list this source");
    let said = "DAI: the snapshot says 0.00000001 to 1.00089994, its reports make 0.99890014 to 1.00089994";
    refused(&|s| s.prices[5].range.low = 1, said);
    refused(&|s| s.prices[5].range.high += 1, "DAI: the snapshot says");
    refused(&|s| s.at -= 5, "WETH: pyth: from the future");
    refused(&|s| s.at += 120, "WETH: 1 fresh reports, the policy asks for 2; too old: pyth (124 s, at most 120 s)");
    let mut reversed = prices();
    reversed.prices.reverse();
    assert_eq!(reversed.for_policy(&policy()).unwrap(), prices().for_policy(&policy()).unwrap());
}
