//! The price sources of a policy and a recorder as its anchor: what is refused, and by which name.

use crate::common::*;
use assay_verifier::policy::{AnchorRule, MAX_SOURCES, OnChain, Provider, PythContract};
use assay_verifier::{Address, Feed, Policy, PolicyFile, Rules, Source, example};

fn read(text: &str) -> Result<Policy, String> {
    PolicyFile::parse(text).and_then(|file| file.with_market(market())).map_err(|error| error.to_string())
}

#[test]
fn a_source_with_a_mistake_in_the_file_is_refused() {
    let refused = |from: &str, to: &str, what: &str| {
        let text = example::POLICY.replacen(from, to, 1);
        assert_ne!(text, example::POLICY, "{from}");
        let error = read(&text).expect_err(what);
        assert!(error.contains(what), "{error}");
    };
    refused("kind = \"chainlink\"", "kind = \"chain link\"", "chainlink: kind: one of chainlink, pyth, signed");
    refused("chain = \"eip155:1\"\n", "", "chainlink: a source of kind chainlink has chain and feeds");
    refused("eip155:1", "eip155:01", "chainlink: chain: not an id such as eip155:1");
    refused("eip155:1", "eip155:0", "chainlink: chain: zero");
    refused("eip155:1", "eip155:18446744073709551616", "chain: not an id");
    let one = Address::repeat_byte(1);
    let chainlink = "kind = \"chainlink\"\n";
    refused(chainlink, &format!("{chainlink}max_confidence_bps = 1\n"), "nothing else");
    refused(chainlink, &format!("{chainlink}signer = \"{one}\"\n"), "nothing else");
    let pyth = "kind = \"pyth\"\n";
    refused("max_confidence_bps = 50\n", "", "pyth: a source of kind pyth has max_confidence_bps");
    refused("max_confidence_bps = 50", "max_confidence_bps = 0", "max_confidence_bps: must be 1 to 9999");
    refused("max_confidence_bps = 50", "max_confidence_bps = 10000", "max_confidence_bps: must be 1 to 9999");
    refused(pyth, &format!("{pyth}chain = \"eip155:1\"\n"), "for a chain, chain and contract");
    refused(pyth, &format!("{pyth}contract = \"{one}\"\n"), "for a chain, chain and contract");
    refused("kind = \"pyth\"", "kind = \"signed\"", "signed has signer, max_confidence_bps and feeds");
    let lower = "0x5f4ec3df9cbd43714fe2740f5e3616155c5b8419";
    refused("0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419", lower, "chainlink: feeds: WETH: id: not an address");
    refused("0xff61491a", "0xFF61491a", "pyth: feeds: WETH: id: not 0x and 64 lower-case");
    refused(
        &format!("0xff61491a{}", "931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace"),
        lower,
        "64 lower-case",
    );
    refused("feeds.WETH", "feeds.DOGE", "chainlink: feeds: DOGE is not in the market");
    refused("max_age = 3600", "max_age = 0", "chainlink: feeds: WETH: max_age");
    refused("decimals = 8, max_age", "decimals = 37, max_age", "chainlink: feeds: WETH: decimals");
    refused("decimals = 8, max_age", "decimals = 8, ttl = 1, max_age", "unknown field `ttl`");
    refused("[sources.chainlink]", "[sources.\"chain link\"]", "a name is 1 to 32");
    refused("max_deviation_bps = 200", "max_deviation_bps = 10001", "max_deviation_bps");
    refused("max_deviation_bps = 200\n", "", "missing field `max_deviation_bps`");
    let feed = "feeds.AAVE = { id = \"0x547a514d5e3769680Ce22B2361c10Ea13619e8a9\", decimals = 8, max_age = 3600 }\n";
    refused(feed, "", "AAVE: 1 sources price it, minimum_sources is 2");
}

#[test]
fn every_kind_of_source_is_read() {
    let (contract, signer) = (Address::repeat_byte(3), Address::repeat_byte(4));
    let pyth = format!("kind = \"pyth\"\nchain = \"eip155:10\"\ncontract = \"{contract}\"\n");
    let desk = format!("[sources.desk]\nkind = \"signed\"\nsigner = \"{signer}\"\nmax_confidence_bps = 0\n");
    let feed = format!("feeds.DAI = {{ id = \"0x{}\", decimals = 18, max_age = 86400 }}\n\n", "07".repeat(32));
    let text = example::POLICY.replacen("kind = \"pyth\"\n", &pyth, 1).replacen(
        "[assets.WETH]",
        &format!("{desk}{feed}[assets.WETH]"),
        1,
    );
    let policy = read(&text).unwrap();
    let [chainlink, desk, pyth] = policy.rules().sources.as_slice() else { panic!("three, by their names") };
    assert_eq!(chainlink.provider, Provider::Chainlink { chain_id: 1 });
    let aggregator: Address = "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419".parse().unwrap();
    assert_eq!(chainlink.feeds[0].unwrap().id, aggregator.into_word());
    assert_eq!((desk.provider, desk.max_confidence), (Provider::Signed { signer }, 0));
    let fed: Vec<_> = desk.feeds.iter().map(|feed| feed.map(|feed| (feed.decimals, feed.max_age))).collect();
    assert_eq!(fed, [None, None, None, None, None, Some((18, 86_400)), None, None]);
    let contract = Some(PythContract { chain_id: 10, address: contract });
    assert_eq!(pyth.provider, Provider::Pyth { contract });
}

fn refused(change: impl FnOnce(&mut Rules), what: &str) {
    let mut rules = policy().rules().clone();
    change(&mut rules);
    let error = Policy::new(rules, market()).expect_err(what).to_string();
    assert!(error.contains(what), "{error}");
}

/// A source of one signer that prices every asset.
fn signed(name: &str, byte: u8) -> Source {
    let feed = Feed { id: assay_verifier::B256::repeat_byte(byte), decimals: 8, max_age: 60 };
    let feeds = (0..8u8).map(|asset| {
        let mut feed = feed;
        feed.id[31] = asset;
        Some(feed)
    });
    let provider = Provider::Signed { signer: Address::repeat_byte(byte) };
    Source { name: name.into(), provider, max_confidence: 0, feeds: feeds.collect() }
}

#[test]
fn one_feed_or_signer_does_not_count_as_two_sources() {
    refused(
        |rules| rules.sources[0].feeds[1] = rules.sources[0].feeds[0],
        "chainlink: feeds: wstETH: the same feed as chainlink's for WETH",
    );
    refused(
        |rules| {
            let again = Source { name: "xyz".into(), ..rules.sources[0].clone() };
            rules.sources.push(again);
        },
        "xyz: feeds: WETH: the same feed as chainlink's for WETH",
    );
    // Pyth signs one price for all chains: read elsewhere, it is the same.
    refused(
        |rules| {
            let contract = Some(PythContract { chain_id: 1, address: Address::repeat_byte(1) });
            let provider = Provider::Pyth { contract };
            let again = Source { name: "pyth-1".into(), provider, ..rules.sources[1].clone() };
            rules.sources.push(again);
        },
        "pyth-1: feeds: WETH: the same feed as pyth's for WETH",
    );
    // The same aggregator's address on another chain is another contract.
    policy_with(|rules| {
        let provider = Provider::Chainlink { chain_id: 2 };
        let elsewhere = Source { name: "xyz".into(), provider, ..rules.sources[0].clone() };
        rules.sources.push(elsewhere);
    });
    policy_with(|rules| rules.sources = vec![signed("a", 1), signed("b", 2)]);
    refused(
        |rules| {
            let again = Source { provider: signed("a", 1).provider, ..signed("b", 2) };
            rules.sources = vec![signed("a", 1), again];
        },
        "b: the same signer as a's",
    );
}

#[test]
fn sources_ascend_are_named_once_and_few() {
    refused(|rules| rules.sources.swap(0, 1), "sources: at least one is needed, in ascending order, none twice");
    refused(|rules| rules.sources[1].name = "chainlink".into(), "ascending order, none twice");
    refused(|rules| rules.sources.clear(), "at least one");
    refused(|rules| rules.minimum_sources = 0, "minimum_sources: must be 1 to 2");
    refused(|rules| rules.minimum_sources = 3, "minimum_sources: must be 1 to 2");
    refused(|rules| rules.sources[0].feeds.truncate(7), "feeds: one entry for each asset");
    refused(|rules| rules.sources[0].name = "n".repeat(33), "a name is 1 to 32");
    refused(|rules| rules.sources[0].name = "a=b".into(), "a name is 1 to 32");
    refused(|rules| rules.sources[0].max_confidence = 1, "max_confidence_bps: must be 0 to 0");
    refused(|rules| rules.sources[0].provider = Provider::Signed { signer: Address::ZERO }, "signer: zero");
    refused(
        |rules| {
            let contract = Some(PythContract { chain_id: 1, address: Address::ZERO });
            rules.sources[1].provider = Provider::Pyth { contract };
        },
        "contract: zero",
    );
    refused(
        |rules| {
            let contract = Some(PythContract { chain_id: 0, address: Address::repeat_byte(1) });
            rules.sources[1].provider = Provider::Pyth { contract };
        },
        "chain: zero",
    );
    refused(|rules| rules.sources[0].feeds[0].as_mut().unwrap().id.0[0] = 1, "not an aggregator's address");
    refused(|rules| rules.sources[1].feeds[0].as_mut().unwrap().id.0 = [0; 32], "pyth: feeds: WETH: id: zero");
    let many = |count: usize| (0..count).map(|i| signed(&format!("s{i:02}"), 1 + u8::try_from(i).unwrap()));
    policy_with(|rules| rules.sources = many(MAX_SOURCES).collect());
    refused(|rules| rules.sources = many(MAX_SOURCES + 1).collect(), "sources: 13 given, at most 12");
}

#[test]
fn a_recorder_is_an_anchor_of_its_own_and_only_on_a_chain() {
    let (one, two) = (Address::repeat_byte(1), Address::repeat_byte(2));
    let with_anchor = |anchor: &str| example::POLICY.replace("anchor = \"none\"", &format!("anchor = {anchor}"));
    let on_chain = format!("\n[on_chain]\nverifier = \"{one}\"\nprice_board = \"{two}\"\ngrace_period = 60\n");
    let recorder = with_anchor(&format!("{{ recorder = \"{one}\" }}"));
    assert_eq!(read(&format!("{recorder}{on_chain}")).unwrap().rules().anchor, AnchorRule::Recorder(one));
    assert!(read(&recorder).unwrap_err().contains("only a policy with an on_chain section"));
    for anchor in [
        format!("{{ recorder = \"{one}\", minimum = 1, attesters = [\"{two}\"] }}"),
        format!("{{ recorder = \"{one}\", minimum = 1 }}"),
        format!("{{ attesters = [\"{two}\"] }}"),
        "{ minimum = 1 }".to_owned(),
        "{}".to_owned(),
    ] {
        let error = read(&format!("{}{on_chain}", with_anchor(&anchor))).unwrap_err();
        assert!(error.contains("either minimum and attesters, or recorder alone"), "{error}");
    }
    let zero = with_anchor(&format!("{{ recorder = \"{}\" }}", Address::ZERO));
    assert!(read(&format!("{zero}{on_chain}")).unwrap_err().contains("recorder: the zero address"));
    refused(
        |rules| {
            rules.anchor = AnchorRule::Recorder(Address::ZERO);
            rules.on_chain = Some(OnChain { verifier: one, price_board: two, grace_period: 0 });
        },
        "recorder: the zero address",
    );
}

#[test]
fn the_zero_address_is_no_attester() {
    let attesters = vec![Address::ZERO, Address::repeat_byte(1)];
    refused(|rules| rules.anchor = AnchorRule::Attesters { minimum: 1, attesters }, "attesters: the zero address");
}
