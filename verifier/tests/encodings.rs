//! Ids, digests and weights against vectors that `vectors/encodings.mjs` computed with ethers and BigInt.

use crate::common::{self, market, policy, policy_with, position};
use assay_circuits::{Context, Opening, PositionCommitment, StatementId};
use assay_protocol::keys::Fingerprint;
use assay_verifier::anchor::{self, HoldingsStatement};
use assay_verifier::assertion::ContextFields;
use assay_verifier::policy::{AnchorRule, Feed, OnChain, Provider, PythContract, Risk, Source};
use assay_verifier::prices::{self, PriceReport};
use assay_verifier::{
    Address, Assertion, Asset, AssetId, Audience, B256, Beneficiary, Bounds, Buffer, CreditLine, Market, Policy,
    PriceRange, Rules, Weights,
};
use rand_core::OsRng;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/encodings.json")).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn word(value: &Value) -> B256 {
    text(value).parse().unwrap()
}

fn address(value: &Value) -> Address {
    text(value).parse().unwrap()
}

fn number<T: TryFrom<u64>>(value: &Value) -> T {
    T::try_from(value.as_u64().unwrap()).ok().unwrap()
}

fn integer<T: std::str::FromStr>(value: &Value) -> T {
    text(value).parse().ok().unwrap()
}

fn each<T>(value: &Value, read: impl FnMut(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

fn market_of(case: &Value) -> Market {
    let assets = each(&case["market"]["assets"], |asset| Asset {
        symbol: text(&asset["symbol"]),
        chain: text(&asset["chain"]),
        id: match address(&asset["token"]) {
            Address::ZERO => AssetId::Other(text(&asset["id"])),
            token => AssetId::Token(token),
        },
        decimals: number(&asset["decimals"]),
    });
    Market::new(text(&case["market"]["name"]), assets).unwrap()
}

fn policy_of(case: &Value) -> Policy {
    let policy = &case["policy"];
    let attesters = each(&policy["attesters"], address);
    let rules = Rules {
        name: text(&policy["name"]),
        quote: text(&policy["quote"]),
        profile: None,
        minimum_ratio: number(&policy["minimumRatio"]),
        scale: integer(&policy["scale"]),
        assets: each(&policy["assets"], |risk| Risk {
            liquidation_threshold: number(&risk["liquidationThreshold"]),
            haircut: number(&risk["haircut"]),
            volatility_buffer: number(&risk["volatilityBuffer"]),
            yield_decay: number(&risk["yieldDecay"]),
            borrow_factor: number(&risk["borrowFactor"]),
            debt_interest: number(&risk["debtInterest"]),
            price_decimals: number(&risk["priceDecimals"]),
        }),
        max_price_age: number(&policy["maxPriceAge"]),
        max_validity: number(&policy["maxValidity"]),
        max_statement_age: number(&policy["maxStatementAge"]),
        buffers: each(&policy["buffers"], |buffer| Buffer::try_from(number::<u8>(buffer)).unwrap()),
        sources: each(&policy["sources"], source_of),
        minimum_sources: number(&policy["minimumSources"]),
        max_deviation: number(&policy["maxDeviation"]),
        anchor: match (attesters.is_empty(), address(&policy["recorder"])) {
            (true, Address::ZERO) => AnchorRule::None,
            (true, recorder) => AnchorRule::Recorder(recorder),
            (false, _) => AnchorRule::Attesters { minimum: number(&policy["minimumAttesters"]), attesters },
        },
        verifying_key: Some(word(&policy["verifyingKey"])).filter(|key| !key.is_zero()).map(|key| Fingerprint(key.0)),
        on_chain: Some(OnChain {
            verifier: address(&policy["verifier"]),
            price_board: address(&policy["priceBoard"]),
            grace_period: number(&policy["gracePeriod"]),
        })
        .filter(|on_chain| on_chain.verifier != Address::ZERO),
    };
    Policy::new(rules, market_of(case)).unwrap()
}

fn source_of(source: &Value) -> Source {
    let (chain_id, address) = (number(&source["chainId"]), address(&source["provider"]));
    Source {
        name: text(&source["name"]),
        provider: match number::<u8>(&source["kind"]) {
            1 => Provider::Chainlink { chain_id },
            2 => Provider::Pyth { contract: (chain_id > 0).then_some(PythContract { chain_id, address }) },
            _ => Provider::Signed { signer: address },
        },
        max_confidence: number(&source["maxConfidence"]),
        feeds: each(&source["feeds"], |feed| {
            let read =
                Feed { id: word(&feed["id"]), decimals: number(&feed["decimals"]), max_age: number(&feed["maxAge"]) };
            (!read.id.is_zero()).then_some(read)
        }),
    }
}

fn bounds_of(case: &Value, policy: &Policy) -> Bounds {
    let ranges = each(&case["prices"], |pair| PriceRange { low: integer(&pair[0]), high: integer(&pair[1]) });
    Bounds::around(policy, &ranges, Buffer::try_from(number::<u8>(&case["buffer"])).unwrap()).unwrap()
}

#[test]
fn the_eip_712_domain_and_type_equal_those_of_ethers() {
    let vectors = vectors();
    let eip712 = &vectors["eip712"];
    assert_eq!(assay_verifier::formats::domain_separator(), word(&eip712["domainSeparator"]));
    assert_eq!(anchor::encode_type(), text(&eip712["encodeType"]));
    assert_eq!(anchor::type_hash(), word(&eip712["typeHash"]));
}

#[test]
fn a_price_report_is_signed_as_ethers_signs_it() {
    for vector in vectors()["reports"].as_array().unwrap() {
        let report = PriceReport {
            feed: word(&vector["feed"]),
            quote: text(&vector["quote"]),
            price: integer(&vector["price"]),
            confidence: integer(&vector["confidence"]),
            decimals: number(&vector["decimals"]),
            published: integer(&vector["published"]),
        };
        assert_eq!(prices::signing_hash(&report), word(&vector["signingHash"]));
        let signature = hex::decode(text(&vector["signature"]).trim_start_matches("0x")).unwrap();
        assert_eq!(prices::signer(&report, &signature).unwrap(), address(&vector["signer"]));
    }
}

#[test]
fn the_example_files_are_the_first_vector() {
    let vectors = vectors();
    let output = &vectors["cases"][0]["output"];
    assert_eq!(market().id(), word(&output["marketId"]));
    assert_eq!(policy().id(), word(&output["policyId"]));
    assert_eq!(policy_of(&vectors["cases"][0]), policy());
    assert_eq!(bounds_of(&vectors["cases"][0], &policy()).0.len(), 8);
    let ranges = common::prices().for_policy(&policy()).unwrap();
    let bounds = Bounds::around(&policy(), &ranges, Buffer::P10).unwrap();
    assert_eq!(bounds.hash(), word(&output["boundsHash"]));
}

#[test]
fn ids_bounds_weights_and_contexts_equal_the_vectors() {
    for case in vectors()["cases"].as_array().unwrap() {
        let (output, context) = (&case["output"], &case["context"]);
        let policy = policy_of(case);
        assert_eq!(policy.market().id(), word(&output["marketId"]));
        assert_eq!(policy.id(), word(&output["policyId"]));

        let bounds = bounds_of(case, &policy);
        assert_eq!(bounds.0.iter().map(|b| b.floor).collect::<Vec<_>>(), each(&output["floors"], integer::<u128>));
        assert_eq!(bounds.0.iter().map(|b| b.ceiling).collect::<Vec<_>>(), each(&output["ceilings"], integer::<u128>));
        assert_eq!(bounds.hash(), word(&output["boundsHash"]));

        let (as_of, valid_until): (u64, u64) = (number(&context["asOf"]), number(&context["validUntil"]));
        let credit_amount: u128 = integer(&context["creditAmount"]);
        let credit_asset: u8 = number(&context["creditAsset"]);
        let credit = (credit_amount > 0).then(|| CreditLine {
            asset: policy.market().assets()[usize::from(credit_asset)].symbol.clone(),
            base_units: credit_amount,
        });
        let weights = Weights::derive(&policy, &bounds, valid_until - as_of, credit.as_ref()).unwrap();
        let column =
            |read: fn(&assay_verifier::AssetWeights) -> u128| weights.assets.iter().map(read).collect::<Vec<_>>();
        assert_eq!(column(|a| a.collateral_factor.into()), each(&output["collateralFactors"], integer::<u128>));
        assert_eq!(column(|a| a.debt_factor.into()), each(&output["debtFactors"], integer::<u128>));
        assert_eq!(column(|a| a.collateral.get()), each(&output["collateralWeights"], integer::<u128>));
        assert_eq!(column(|a| a.debt.get()), each(&output["debtWeights"], integer::<u128>));
        assert_eq!(weights.margin.get().to_string(), text(&output["margin"]));

        let anchor = if let Some(holdings) = case.get("holdings") {
            let statement = HoldingsStatement {
                commitment: PositionCommitment::from_bytes(&word(&holdings["commitment"]).0).unwrap(),
                market: policy.market().id(),
                subject: address(&holdings["subject"]),
                beneficiary: Beneficiary::Account {
                    chain_id: integer(&holdings["beneficiaryChainId"]),
                    address: address(&holdings["beneficiary"]),
                },
                as_of: integer(&holdings["asOf"]),
                sequence: integer(&holdings["sequence"]),
                expiry: integer(&holdings["expiry"]),
            };
            assert_eq!(statement.struct_hash(), word(&output["holdingsHash"]));
            assert_eq!(statement.signing_hash(), word(&output["signingHash"]));
            statement.struct_hash()
        } else {
            word(&context["anchor"])
        };
        let audience: Audience = match context.get("registry") {
            Some(registry) => {
                format!("eip155:{}:{}", registry["chainId"], address(&registry["address"])).parse().unwrap()
            }
            None => text(&context["audience"]).parse().unwrap(),
        };
        let statement = Assertion {
            policy: policy.id(),
            market: policy.market().id(),
            subject: address(&context["subject"]),
            audience,
            commitment: PositionCommitment::new(&position(), &Opening::random(OsRng)),
            as_of,
            valid_until,
            bounds,
            credit,
            anchor: Some(anchor).filter(|hash| !hash.is_zero()),
        };
        let instance = statement.instance(&policy, Fingerprint(word(&context["verifyingKey"]).0)).unwrap();
        assert_eq!(instance.context.to_bytes(), word(&output["context"]).0);
        assert_eq!(instance.commitment, statement.commitment);
        assert_eq!(instance.covenant, weights.covenant());
    }
}

#[test]
fn each_field_of_the_context_changed_alone_changes_the_digest() {
    let (named, other) = ("lender.example".parse().unwrap(), "lender.exampl3".parse().unwrap());
    let registry = |chain_id| Audience::Registry { chain_id, address: Address::repeat_byte(1) };
    let (on_chain, on_other_chain) = (registry(1), registry(2));
    let base = ContextFields {
        audience: &named,
        statement: StatementId::Solvency,
        verifying_key: [1; 32],
        policy: B256::repeat_byte(2),
        market: B256::repeat_byte(3),
        subject: Address::repeat_byte(4),
        anchor: B256::repeat_byte(5),
        bounds: B256::repeat_byte(6),
        credit: (7, 8),
        as_of: 9,
        valid_until: 10,
    };
    let changed = [
        ContextFields { audience: &other, ..base.clone() },
        ContextFields { audience: &on_chain, ..base.clone() },
        ContextFields { audience: &on_other_chain, ..base.clone() },
        ContextFields { statement: StatementId::Covenants, ..base.clone() },
        ContextFields { verifying_key: [2; 32], ..base.clone() },
        ContextFields { policy: B256::repeat_byte(3), ..base.clone() },
        ContextFields { market: B256::repeat_byte(2), ..base.clone() },
        ContextFields { subject: Address::repeat_byte(5), ..base.clone() },
        ContextFields { anchor: B256::ZERO, ..base.clone() },
        ContextFields { bounds: B256::ZERO, ..base.clone() },
        ContextFields { credit: (8, 8), ..base.clone() },
        ContextFields { credit: (7, 7), ..base.clone() },
        ContextFields { as_of: 10, ..base.clone() },
        ContextFields { valid_until: 9, ..base.clone() },
        base,
    ];
    let digests: Vec<[u8; 32]> = changed.iter().map(|fields| fields.digest().to_bytes()).collect();
    let distinct: std::collections::HashSet<_> = digests.iter().collect();
    assert_eq!(distinct.len(), digests.len());
    assert!(digests.iter().all(|digest| digest[0] < 0x20), "253 bits");
    assert_eq!(Context::from_digest([0xff; 32]).to_bytes()[0], 0x1f);
}

/// Every field of rules, market and assets, changed alone.
#[test]
fn each_field_of_a_policy_changed_alone_changes_its_id() {
    let changes: [fn(&mut Rules); 31] = [
        |rules| rules.name.push('x'),
        |rules| rules.quote = "EUR".into(),
        |rules| rules.profile = Some(assay_verifier::Profile::AaveV35),
        |rules| rules.minimum_ratio += 1,
        |rules| rules.scale += 1,
        |rules| rules.assets[0].liquidation_threshold += 1,
        |rules| rules.assets[1].haircut += 1,
        |rules| rules.assets[2].volatility_buffer += 1,
        |rules| rules.assets[3].yield_decay += 1,
        |rules| rules.assets[4].borrow_factor += 1,
        |rules| rules.assets[5].debt_interest += 1,
        |rules| rules.assets[6].price_decimals += 1,
        |rules| rules.max_price_age += 1,
        |rules| rules.max_validity += 1,
        |rules| rules.max_statement_age += 1,
        |rules| rules.buffers.truncate(1),
        |rules| rules.sources[0].name.push('x'),
        |rules| rules.sources[0].provider = Provider::Chainlink { chain_id: 2 },
        |rules| rules.sources[1].provider = Provider::Signed { signer: Address::repeat_byte(1) },
        |rules| rules.sources[1].provider = Provider::Signed { signer: Address::repeat_byte(2) },
        |rules| {
            let contract = PythContract { chain_id: 1, address: Address::repeat_byte(1) };
            rules.sources[1].provider = Provider::Pyth { contract: Some(contract) };
        },
        |rules| rules.sources[1].max_confidence += 1,
        |rules| rules.sources[0].feeds[0].as_mut().unwrap().id.0[31] ^= 1,
        |rules| rules.sources[0].feeds[1].as_mut().unwrap().decimals += 1,
        |rules| rules.sources[0].feeds[2].as_mut().unwrap().max_age += 1,
        |rules| rules.max_deviation += 1,
        |rules| rules.minimum_sources -= 1,
        |rules| rules.anchor = AnchorRule::Attesters { minimum: 1, attesters: vec![Address::repeat_byte(1)] },
        |rules| rules.anchor = AnchorRule::Attesters { minimum: 1, attesters: vec![Address::repeat_byte(2)] },
        |rules| rules.verifying_key = Some(Fingerprint([1; 32])),
        |rules| {
            let address = Address::repeat_byte(1);
            rules.on_chain = Some(OnChain { verifier: address, price_board: address, grace_period: 0 });
        },
    ];
    let mut ids: Vec<B256> = changes.into_iter().map(|change| policy_with(change).id()).collect();
    ids.push(policy().id());
    let mut assets = market().assets().to_vec();
    for asset in &mut assets {
        asset.decimals -= 1;
        let market = Market::new(market().name().to_owned(), vec![asset.clone()]).unwrap();
        ids.push(market.id());
        let renamed = Asset { symbol: format!("{}2", asset.symbol), ..asset.clone() };
        ids.push(Market::new(market.name().to_owned(), vec![renamed]).unwrap().id());
        let moved = Asset { chain: "eip155:2".into(), ..asset.clone() };
        ids.push(Market::new(market.name().to_owned(), vec![moved]).unwrap().id());
        ids.push(Market::new("another".into(), vec![asset.clone()]).unwrap().id());
    }
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}
