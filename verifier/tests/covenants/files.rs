//! `[[covenants]]` in a policy file: what it may say, and what each mistake is answered with.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use assay_verifier::policy::covenant::{Average, Discloses, Kind, Limit, Mode, Schedule, Share, Side, Stress, Tier};
use assay_verifier::{FormatError, Policy, PolicyFile, example};
use jsonschema::Validator;

use crate::common;

const COVERAGE: &str = "[[covenants]]\nname = \"base\"\nsection = \"6.1\"\nkind = \"coverage\"\n";

/// What everything costs that may be owed.
const RATES: &str =
    "rates_bps = { WETH = 500, wstETH = 500, WBTC = 500, USDC = 500, USDT = 500, DAI = 500, LINK = 500, AAVE = 500 }";

/// What is read is right by the schema too.
pub(crate) fn read(covenants: &str) -> Result<Policy, FormatError> {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("../../../docs/schemas/policy.schema.json")).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let text = format!("{}\n{covenants}", example::POLICY);
    let policy = PolicyFile::parse(&text)?.with_market(common::market())?;
    let found = SCHEMA.validate(&toml::from_str(&text).unwrap()).map_err(|error| error.to_string());
    assert_eq!(found, Ok(()), "{covenants}");
    Ok(policy)
}

/// The example policy with a coverage and the covenant of these lines.
fn with(lines: &str) -> Result<Policy, FormatError> {
    read(&format!("{COVERAGE}[[covenants]]\nname = \"it\"\nsection = \"6.2\"\n{lines}"))
}

fn kind_of(lines: &str) -> Kind {
    with(lines).unwrap_or_else(|error| panic!("{lines}: {error}")).covenants()[1].kind.clone()
}

/// What is wrong, with the line within the covenant's own lines, from 1.
fn mistake(lines: &str) -> (Option<usize>, String) {
    let error = with(lines).expect_err(lines);
    let before = example::POLICY.lines().count() + 1 + COVERAGE.lines().count() + 3;
    (error.place.map(|(line, _)| line.saturating_sub(before)), error.what)
}

#[test]
fn a_policy_without_covenants_keeps_its_id() {
    let policy = common::policy();
    assert!(policy.covenants().is_empty());
    assert_eq!(policy.clone().with_covenants(Vec::new()).unwrap().id(), policy.id());
    // `vectors/encodings.json` has the ids that policies had before there were covenants.
    assert_eq!(Policy::new(policy.rules().clone(), common::market()).unwrap().id(), policy.id());
}

#[test]
fn every_word_of_a_covenant_changes_the_id() {
    let base = "kind = \"ceiling\"\nassets = [\"WETH\"]\nvalue = \"1000\"\n";
    let variants = [
        base.to_owned(),
        base.replace("1000", "1001"),
        base.replace("WETH", "WBTC"),
        format!("{base}side = \"debt\"\n"),
        format!("{base}discloses = \"threshold\"\n"),
        base.replace("value", "amount"),
        base.replace("assets = [\"WETH\"]", "exposure.WETH = \"50%\""),
    ];
    let mut ids: Vec<_> = variants.iter().map(|lines| with(lines).unwrap().id()).collect();
    ids.push(common::policy().id());
    ids.push(read(COVERAGE).unwrap().id());
    ids.push(read(&COVERAGE.replace("6.1", "6.3")).unwrap().id());
    ids.push(read(&COVERAGE.replace("base", "basis")).unwrap().id());
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), variants.len() + 4);
}

#[test]
fn a_proof_of_solvency_says_nothing_about_covenants() {
    let policy = read(COVERAGE).unwrap();
    let statement = common::statement(&common::policy(), &assay_circuits::Opening::random(rand_core::OsRng));
    assert!(statement.weights(&common::policy()).is_ok());
    assert!(statement.weights(&policy).unwrap_err().to_string().starts_with("covenants: "));
}

#[test]
fn each_kind_is_read_in_the_units_of_people_and_of_machines() {
    let share = |asset, part| Share { asset, part };
    let all_of = |assets: &[usize]| assets.iter().map(|asset| share(*asset, 10_000)).collect::<Vec<_>>();
    for (lines, expected) in [
        ("kind = \"coverage\"", Kind::Coverage { ratio: 10_500, after: vec![] }),
        ("kind = \"coverage\"\nratio = \"107.5%\"", Kind::Coverage { ratio: 10_750, after: vec![] }),
        ("kind = \"coverage\"\nratio_bps = 10750", Kind::Coverage { ratio: 10_750, after: vec![] }),
        (
            "kind = \"stress\"\nshocks = { WETH = \"-40%\", USDC = \"+5%\" }\nslippage = \"2%\"\nbonus_bps = 500\n\
             counts = \"in-full\"",
            Kind::Stress(Stress {
                ratio: 10_000,
                shocks: vec![(0, -4_000), (3, 500)],
                slippage: 200,
                bonus: 500,
                in_full: true,
                after: vec![],
            }),
        ),
        (
            "kind = \"stress\"\nshocks_bps = { WETH = \"-4000\", USDC = 500 }",
            Kind::Stress(Stress {
                ratio: 10_000,
                shocks: vec![(0, -4_000), (3, 500)],
                slippage: 0,
                bonus: 0,
                in_full: false,
                after: vec![],
            }),
        ),
        (
            "kind = \"concentration\"\nassets = [\"wstETH\", \"WETH\"]\nshare = \"60%\"",
            Kind::Concentration { group: all_of(&[0, 1]), share: 6_000, mode: Mode::Breach },
        ),
        (
            "kind = \"concentration\"\nexposure_bps = { wstETH = 5000 }\nshare = \"60%\"\nmode = \"breach\"",
            Kind::Concentration { group: vec![share(1, 5_000)], share: 6_000, mode: Mode::Breach },
        ),
        (
            "kind = \"ceiling\"\nassets = [\"USDC\"]\nside = \"debt\"\namount = \"1000.5\"",
            Kind::Ceiling { group: all_of(&[3]), side: Side::Debt, limit: Limit::Amount(1_000_500_000) },
        ),
        (
            "kind = \"ceiling\"\ngroup = \"staked\"\nvalue = \"0.5\"\n[groups]\nstaked = [\"wstETH\"]",
            Kind::Ceiling { group: all_of(&[1]), side: Side::Collateral, limit: Limit::Value(500_000_000_000) },
        ),
        ("kind = \"leverage\"\nmost = \"300%\"", Kind::Leverage { most: 30_000 }),
        (
            "kind = \"liquidity\"\ndepths = { WETH = \"2\" }\nslippage = \"1%\"",
            Kind::Liquidity { ratio: 10_000, depths: vec![(0, 2 * 10u128.pow(18))], slippage: 100 },
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WBTC = 30, WETH = 365 }\nmost = 200",
            Kind::WeightedAverage { figures: vec![(0, 365), (2, 30)], side: Average::Most, limit: 200 },
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WBTC = 30, WETH = 365 }\nleast = 100",
            Kind::WeightedAverage { figures: vec![(0, 365), (2, 30)], side: Average::Least, limit: 100 },
        ),
        (
            &format!("kind = \"interest-coverage\"\nratio = \"150%\"\nyields.wstETH = \"3.1%\"\n{RATES}"),
            Kind::InterestCoverage { ratio: 15_000, yields: vec![(1, 310)], rates: (0..8).map(|i| (i, 500)).collect() },
        ),
        (
            "kind = \"tiers\"\ntiers.WBTC = [{ up_to = \"10\", threshold = \"70%\" }, { threshold_bps = 5000 }]",
            Kind::Tiers {
                ratio: 10_500,
                schedules: vec![Schedule {
                    asset: 2,
                    tiers: vec![Tier { up_to: 1_000_000_000, threshold: 7_000 }],
                    beyond: 5_000,
                }],
            },
        ),
    ] {
        assert_eq!(kind_of(lines), expected, "{lines}");
    }
    let policy = with("kind = \"leverage\"\nmost = \"300%\"\ndiscloses = \"threshold\"").unwrap();
    assert_eq!(policy.covenants()[1].discloses, Discloses::Threshold);
    assert_eq!(policy.covenants()[0].discloses, Discloses::Nothing);
}

#[test]
fn exclusions_are_named_by_the_covenants_that_come_after_them() {
    let exclude = "[[covenants]]\nname = \"cap\"\nsection = \"6.3\"\nkind = \"concentration\"\nassets = [\"WETH\"]\n\
                   share = \"30%\"\nmode = \"exclude\"\n";
    let policy = read(&format!("{COVERAGE}after = [\"cap\"]\n{exclude}of = \"admitted\"\n")).unwrap();
    assert_eq!(policy.covenants()[0].kind.after(), [1]);
    let Kind::Concentration { mode, .. } = policy.covenants()[1].kind else { panic!("another kind") };
    assert_eq!(mode, Mode::Exclude { of_admitted: true });

    let error = |text: &str| read(text).unwrap_err().what;
    assert_eq!(
        error(&format!("{COVERAGE}after = [\"cup\"]\n{exclude}")),
        "covenants: base: after: no covenant is called cup; did you mean cap?"
    );
    assert_eq!(
        error(&format!("{COVERAGE}{exclude}")),
        "covenants: cap: mode: no covenant lists it under after, so its excess would count everywhere"
    );
    assert_eq!(
        error(&format!("{COVERAGE}after = [\"base\"]\n")),
        "covenants: base: after: only covenants of kind concentration and mode exclude can be listed, each once"
    );
    let overlapping = exclude.replace("\"cap\"", "\"cup\"").replace("[\"WETH\"]", "[\"WETH\", \"WBTC\"]");
    assert_eq!(
        error(&format!("{COVERAGE}after = [\"cap\", \"cup\"]\n{exclude}{overlapping}")),
        "covenants: cup: assets: WETH is in the group of cap as well, and the order of two exclusions would be the \
         prover's choice; make the groups disjoint"
    );
}

#[test]
fn each_mistake_is_named_with_its_line_its_key_and_a_cure() {
    for (lines, line, what) in [
        (
            "kind = \"coverag\"",
            1,
            "kind: one of coverage, stress, concentration, ceiling, leverage, liquidity, weighted-average, interest-coverage, tiers is needed; did you mean coverage?",
        ),
        ("kind = \"coverage\"\nratoi = \"120%\"", 2, "ratoi: no such key; did you mean ratio?"),
        ("kind = \"leverage\"\nmots = \"300%\"", 2, "mots: no such key; did you mean most?"),
        (
            "kind = \"leverage\"\nmost = 3",
            2,
            "most: a percentage in quotes is needed with at most two digits after the point, such as \"7.5%\"",
        ),
        ("kind = \"leverage\"\nmost_bps = \"300%\"", 2, "most_bps: basis points are needed, such as 750"),
        ("kind = \"leverage\"\nmost = \"300%\"\nmost_bps = 30000", 3, "most_bps: most says the same; write one"),
        ("kind = \"leverage\"\nmost = \"100%\"", 2, "most: must be 10001 to 1000000 basis points"),
        ("kind = \"coverage\"\nratio = \"104%\"", 2, "ratio: less than the policy's minimum_ratio_bps"),
        ("kind = \"coverage\"\ndiscloses = \"everything\"", 2, "discloses: one of nothing, threshold is needed"),
        ("kind = \"stress\"\nshocks.WEHT = \"-40%\"", 2, "shocks: WEHT is not in the market; did you mean WETH?"),
        (
            "kind = \"stress\"\nshocks.WETH = \"-100%\"",
            2,
            "shocks: WETH: a price that falls by 100% or more leaves nothing; write less, such as -99%",
        ),
        (
            "kind = \"stress\"\nshocks.WETH = \"-400%\"",
            2,
            "shocks: WETH: a price that falls by 100% or more leaves nothing; write less, such as -99%",
        ),
        (
            "kind = \"stress\"\nshocks = {}",
            2,
            "shocks: at least one asset of the market is needed, in its order, none twice",
        ),
        (
            "kind = \"stress\"\nshocks.WETH = \"-40%\"\nslippage = \"100%\"",
            3,
            "slippage: must be 0 to 9999 basis points",
        ),
        ("kind = \"stress\"\nshocks.WETH = \"-40%\"\nbonus = \"-1%\"", 3, "bonus: below zero"),
        (
            "kind = \"concentration\"\nassets = [\"WETH\", \"WETH\"]\nshare = \"30%\"",
            2,
            "assets: this asset is listed twice",
        ),
        (
            "kind = \"concentration\"\nassets = [\"WETH\"]\nshare = \"101%\"",
            3,
            "share: a limit of 100% or more is none; write less, or leave the covenant out",
        ),
        (
            "kind = \"concentration\"\nassets = []\nshare = \"30%\"",
            2,
            "assets: at least one asset of the market is needed, in its order, none twice",
        ),
        (
            "kind = \"concentration\"\ngroup = \"stable\"\nshare = \"30%\"\n[groups]\nstables = [\"USDC\"]",
            2,
            "group: stable is not in [groups]; did you mean stables?",
        ),
        ("kind = \"concentration\"\nshare = \"30%\"", 0, "assets: exactly one of assets, group and exposure is needed"),
        (
            "kind = \"concentration\"\nassets = [\"WETH\", \"wstETH\", \"WBTC\", \"USDC\", \"USDT\", \"DAI\", \"LINK\", \"AAVE\"]\nshare = \"30%\"",
            2,
            "assets: the group is all collateral that the policy accepts, so it never holds; leave an asset out",
        ),
        (
            "kind = \"concentration\"\nexposure.WETH = \"50%\"\nshare = \"30%\"\nmode = \"exclude\"",
            2,
            "exposure: a part of an asset cannot be excluded; list assets, or use mode breach",
        ),
        (
            "kind = \"ceiling\"\nassets = [\"WETH\", \"WBTC\"]\namount = \"5\"",
            3,
            "amount: amounts of several assets are no sum; write a value, or one asset",
        ),
        (
            "kind = \"ceiling\"\nassets = [\"USDC\"]\namount = \"5.1234567\"",
            3,
            "amount: more than the asset's 6 digits after the point",
        ),
        (
            "kind = \"ceiling\"\nassets = [\"USDC\"]\namount = 5",
            3,
            "amount: a number in quotes is needed, such as \"1000.5\"",
        ),
        ("kind = \"ceiling\"\nassets = [\"USDC\"]", 0, "value: missing"),
        (
            "kind = \"liquidity\"\ndepths.WETH = \"x\"",
            2,
            "depths: WETH: not a decimal amount: only digits with at most one point between them, such as 1.5",
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WETH = 1, WBTC = 2 }\nmost = 2",
            3,
            "most: every figure is within the limit, so it asks nothing; leave the covenant out",
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WETH = 1, WBTC = 2 }\nleast = 3",
            3,
            "least: no figure is within the limit, so only who holds none of these assets could hold it",
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WETH = 1, WBTC = 2 }\nmost = 1\nleast = 2",
            4,
            "least: most says the same; write one",
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WETH = \"1\", WBTC = 2 }\nmost = 1",
            2,
            "figures: WETH: a whole number is needed, such as 365",
        ),
        (
            "kind = \"weighted-average\"\nfigures = { WETH = 1000001, WBTC = 2 }\nmost = 3",
            2,
            "figures: must be at most 1000000",
        ),
        ("kind = \"weighted-average\"\nfigures.WETH = 1", 0, "most: missing"),
        (
            "kind = \"interest-coverage\"\nyields.wstETH = \"3%\"\nrates.USDC = \"5%\"",
            3,
            "rates: WETH may be owed and has no rate; write 0% where it costs nothing",
        ),
        (
            &format!("kind = \"interest-coverage\"\nyields.wstETH = \"3%\"\n{}", RATES.replace("500", "0")),
            3,
            "rates: no debt costs anything, so it asks nothing; leave the covenant out",
        ),
        (
            "kind = \"interest-coverage\"\nyields.wstETH = \"0%\"\nrates.USDC = \"5%\"",
            2,
            "yields: must be 1 to 1000000 basis points",
        ),
        ("kind = \"interest-coverage\"\nyields.wstETH = \"3%\"", 0, "rates: missing"),
        (
            "kind = \"tiers\"\ntiers.WETH = [{ up_to = \"5\", threshold = \"50%\" }, { threshold = \"60%\" }]",
            2,
            "tiers: WETH: a threshold that rises with quantity lets the prover choose; each must be at most the one before",
        ),
        (
            "kind = \"tiers\"\ntiers.WETH = [{ up_to = \"5\", threshold = \"50%\" }, { up_to = \"5\", threshold = \"40%\" }, { threshold = \"40%\" }]",
            2,
            "tiers: WETH: each tier must end at a larger quantity than the one before",
        ),
        (
            "kind = \"tiers\"\ntiers.WETH = [{ up_to = \"5\", threshold = \"101%\" }, { threshold = \"60%\" }]",
            2,
            "tiers: must be 0 to 10000 basis points",
        ),
        ("kind = \"tiers\"\ntiers.WETH = [{ threshold = \"60%\" }]", 2, "tiers: WETH: at least one tier is needed"),
        ("kind = \"tiers\"\ntiers.WETH = []", 2, "tiers: WETH: tiers are needed, the last without up_to"),
        (
            "kind = \"tiers\"\ntiers.WETH = [{ upto = \"5\", threshold = \"50%\" }, { threshold = \"40%\" }]",
            2,
            "tiers: WETH: upto: no such key; did you mean up_to?",
        ),
    ] {
        let (at, found) = mistake(lines);
        assert_eq!(found, format!("covenants: it: {what}"), "{lines}");
        if line > 0 {
            assert_eq!(at, Some(line), "{lines}");
        }
    }
}

#[test]
fn one_mistake_of_each_covenant_is_reported_at_once() {
    let error = read(&format!(
        "{COVERAGE}ratio = \"5%\"\n[[covenants]]\nname = \"lev\"\nsection = \"6.2\"\nkind = \"leverage\"\nmots = \"2%\"\n"
    ))
    .unwrap_err();
    let line = example::POLICY.lines().count() + 1 + 10;
    assert_eq!(
        error.what,
        format!(
            "covenants: base: ratio: less than the policy's minimum_ratio_bps; line {line}, column 8: covenants: lev: \
             mots: no such key; did you mean most?"
        )
    );
}

#[test]
fn covenants_together_ask_at_least_for_the_policys_own_rule() {
    let error = |text: &str| read(text).unwrap_err().what;
    let leverage = COVERAGE.replace("\"coverage\"", "\"leverage\"\nmost = \"300%\"");
    assert_eq!(
        error(&leverage),
        "covenants: none is of kind coverage, so nothing asks for the policy's minimum ratio; add one"
    );
    assert_eq!(
        error(&format!("{COVERAGE}{COVERAGE}")),
        "covenants: base: name: two covenants have it; each needs its own"
    );
    assert_eq!(
        error(&COVERAGE.replace("base", "Base case")),
        "covenants: Base case: name: 1 to 32 lower-case ASCII letters, digits or hyphens are needed, a letter first"
    );
    assert_eq!(
        error(&COVERAGE.replace("6.1", "")),
        "covenants: base: section: 1 to 160 printable ASCII characters are needed"
    );
    let plain = PolicyFile::parse(&format!("covenants = 3\n{}", example::POLICY)).unwrap();
    assert_eq!(plain.with_market(common::market()).unwrap_err().what, "covenants: each is written under [[covenants]]");
    assert_eq!(error("[groups]\nstaked = [\"wstETH\"]"), "groups: no covenant uses them; leave them out");
    let many: String = (0..33).map(|n| COVERAGE.replace("base", &format!("c{n}"))).collect();
    assert_eq!(error(&many), "covenants: 33 given, at most 32");
}

#[test]
fn every_example_in_the_book_is_a_policy() {
    let page = include_str!("../../../docs/src/covenants.md");
    let blocks: Vec<&str> = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let mut kinds = BTreeSet::new();
    for block in &blocks {
        let base = if block.contains("kind = \"coverage\"") { "" } else { COVERAGE };
        let policy = read(&format!("{base}{block}")).unwrap_or_else(|error| panic!("{block}: {error}"));
        kinds.extend(policy.covenants().iter().map(|covenant| covenant.kind.word()));
    }
    assert_eq!(kinds, Kind::WORDS.into_iter().collect());
}
