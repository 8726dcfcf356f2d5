//! Whole attestations with real proofs: what is accepted, and every way of not being.

use crate::common::*;
use assay_circuits::{Opening, units};
use assay_verifier::policy::{AnchorRule, OnChain};
use assay_verifier::{
    Address, AnchorError, AnchorStatus, AssetBounds, Attestation, B256, Buffer, Class, CreditLine, Fingerprint,
    KeyAcceptance, Market, Policy, PolicyFile, Rejection, Verification, example, verify_batch,
};
use rand_core::OsRng;
use ruint::aliases::U256;

fn verdict(attestation: &Attestation) -> Result<assay_verifier::Accepted, Rejection> {
    decide(&allowed(), &policy(), &prices(), &expectation(), attestation)
}

fn code(attestation: &Attestation) -> &'static str {
    verdict(attestation).unwrap_err().code()
}

#[test]
fn a_good_attestation_is_accepted_and_the_verdict_says_what_was_established() {
    let attestation = attestation();
    let accepted = verdict(&attestation).unwrap();
    assert_eq!(accepted.policy, policy().id());
    assert_eq!(accepted.market, market().id());
    assert_eq!(accepted.subject, subject());
    assert_eq!(accepted.audience, audience());
    assert_eq!(accepted.commitment, attestation.assertion.commitment);
    assert_eq!(accepted.anchor, AnchorStatus::None);
    assert_eq!(accepted.bounds, attestation.assertion.bounds);
    assert_eq!(accepted.credit, Some(CreditLine { asset: "USDC".into(), base_units: 10_000_000_000 }));
    assert_eq!((accepted.as_of, accepted.valid_until, accepted.prices_at), (NOW, NOW + 86_400, NOW));
    assert_eq!(accepted.verifying_key, key().fingerprint());
    assert_eq!(accepted.key_acceptance, KeyAcceptance::AllowedByCaller);
    assert!(accepted.development_key);
}

#[test]
fn an_attestation_survives_its_file() {
    let attestation = attestation();
    let read = Attestation::from_json(&attestation.to_json()).unwrap();
    assert_eq!(read, attestation);
    assert!(verdict(&read).is_ok());
}

#[test]
fn each_part_of_the_statement_changed_alone_is_rejected() {
    let good = attestation();
    let changed = |change: &dyn Fn(&mut Attestation)| {
        let mut attestation = good.clone();
        change(&mut attestation);
        assert_ne!(attestation, good);
        code(&attestation)
    };
    assert_eq!(changed(&|a| a.assertion.policy = B256::repeat_byte(1)), "other_policy");
    assert_eq!(changed(&|a| a.assertion.market = B256::repeat_byte(1)), "other_market");
    assert_eq!(changed(&|a| a.assertion.subject = Address::repeat_byte(1)), "other_subject");
    assert_eq!(changed(&|a| a.assertion.audience = "lender2.example".parse().unwrap()), "other_audience");
    assert_eq!(changed(&|a| a.assertion.anchor = Some(B256::repeat_byte(1))), "anchor_not_trusted");
    assert_eq!(changed(&|a| a.verifying_key = Fingerprint([1; 32])), "other_key");
    assert_eq!(changed(&|a| a.srs[31] ^= 1), "other_srs");
    assert_eq!(changed(&|a| a.assertion.as_of -= 1), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.valid_until += 1), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.credit = None), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.credit.as_mut().unwrap().base_units -= 1), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.credit.as_mut().unwrap().asset = "USDT".into()), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.bounds.0[0].floor -= 1), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.bounds.0[7].ceiling += 1), "proof_invalid");
    let other = assay_circuits::PositionCommitment::new(&position(), &Opening::random(OsRng));
    assert_eq!(changed(&|a| a.assertion.commitment = other), "proof_invalid");
    assert_eq!(changed(&|a| a.assertion.bounds.0.swap(0, 1)), "weights");
    assert_eq!(changed(&|a| drop(a.assertion.bounds.0.pop())), "weights");
    assert_eq!(changed(&|a| a.assertion.credit.as_mut().unwrap().asset = "DOGE".into()), "weights");
    assert_eq!(changed(&|a| a.assertion.credit.as_mut().unwrap().base_units = 0), "weights");
    assert_eq!(changed(&|a| a.assertion.credit.as_mut().unwrap().base_units = 1 << 120), "weights");
}

#[test]
fn the_caller_decides_subject_audience_and_policy() {
    let attestation = attestation();
    let expect = |change: &dyn Fn(&mut Expectation)| {
        let mut expectation = expectation();
        change(&mut expectation);
        decide(&allowed(), &policy(), &prices(), &expectation, &attestation).unwrap_err()
    };
    let other = Address::repeat_byte(7);
    assert_eq!(expect(&|e| e.subject = other), Rejection::OtherSubject { expected: other, found: subject() });
    let rejection = expect(&|e| e.audience = "eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".parse().unwrap());
    assert_eq!((rejection.code(), rejection.class()), ("other_audience", Class::Unexpected));
    let stricter = policy_with(|rules| rules.minimum_ratio += 1);
    let rejection = decide(&allowed(), &stricter, &prices(), &expectation(), &attestation).unwrap_err();
    assert_eq!(rejection, Rejection::OtherPolicy { expected: stricter.id(), found: policy().id() });
}

#[test]
fn an_attestation_for_a_reordered_market_is_refused_even_if_it_names_this_one() {
    let mut assets = market().assets().to_vec();
    assets.swap(0, 1);
    let reordered = Market::new(market().name().to_owned(), assets).unwrap();
    let theirs = PolicyFile::parse(example::POLICY).unwrap().with_market(reordered).unwrap();
    assert_ne!(theirs.id(), policy().id());
    let mut attestation = attestation();
    attestation.assertion.policy = theirs.id();
    assert_eq!(code(&attestation), "other_policy");
    let rejection = decide(&allowed(), &theirs, &prices(), &expectation(), &attestation).unwrap_err();
    assert_eq!(rejection.code(), "other_market");
    attestation.assertion.market = theirs.market().id();
    let rejection = decide(&allowed(), &theirs, &prices(), &expectation(), &attestation).unwrap_err();
    assert_eq!(rejection.code(), "weights", "{rejection}");
}

#[test]
fn times_are_checked_to_the_second() {
    let attestation = attestation();
    let at = |now: u64, made: u64, policy: &Policy| {
        let expectation = Expectation { now, ..expectation() };
        decide(&allowed(), policy, &prices_at(made), &expectation, &attestation).map_err(|rejection| rejection.code())
    };
    let policy = policy();
    let end = NOW + 86_400;
    assert!(at(end, end, &policy).is_ok());
    assert_eq!(at(end + 1, end, &policy), Err("expired"));
    assert!(at(NOW, NOW, &policy).is_ok());
    assert_eq!(at(NOW - 1, NOW - 1, &policy), Err("not_yet"));
    assert!(at(NOW + 3_600, NOW, &policy).is_ok());
    assert_eq!(at(NOW + 3_601, NOW, &policy), Err("prices_stale"));
    assert_eq!(at(NOW, NOW + 1, &policy), Err("prices_from_future"));
    assert_eq!(at(u64::MAX, u64::MAX, &policy), Err("expired"));
}

#[test]
fn a_statement_that_ends_before_it_begins_has_no_weights() {
    let mut statement = attestation().assertion;
    statement.valid_until = statement.as_of;
    assert!(statement.weights(&policy()).is_ok());
    statement.valid_until -= 1;
    assert!(statement.weights(&policy()).is_err());
}

#[test]
fn bounds_that_no_price_is_within_are_refused() {
    for (floor, ceiling) in [(2, 1), (0, 0)] {
        let mut statement = attestation().assertion;
        statement.bounds.0[2] = AssetBounds { asset: "WBTC".to_owned(), floor, ceiling };
        let error = statement.weights(&policy()).unwrap_err().to_string();
        assert_eq!(error, "bounds: WBTC: no price is within them");
    }
}

#[test]
fn a_statement_that_runs_longer_than_the_policy_permits_is_refused() {
    let short =
        [policy_with(|rules| rules.max_statement_age = 86_399), policy_with(|rules| rules.max_validity = 86_399 - 60)];
    for policy in short {
        let opening = Opening::random(OsRng);
        let attestation = attest(&policy, statement(&policy, &opening), opening);
        let rejection = decide(&allowed(), &policy, &prices(), &expectation(), &attestation).unwrap_err();
        assert_eq!(rejection, Rejection::ValidTooLong { valid_until: NOW + 86_400, latest: NOW + 86_399 });
    }
}

#[test]
fn prices_are_held_against_the_bounds() {
    let attestation = attestation();
    let at = |asset: usize, low: u128, high: u128| {
        let mut prices = prices();
        set_price(&mut prices, asset, low, high);
        decide(&allowed(), &policy(), &prices, &expectation(), &attestation).map_err(|rejection| rejection.code())
    };
    for (asset, bounds) in attestation.assertion.bounds.0.iter().enumerate() {
        let (floor, ceiling) = (bounds.floor, bounds.ceiling);
        assert!(at(asset, floor, floor + 1).is_ok());
        assert_eq!(at(asset, floor - 1, floor), Err("price_beyond_bound"));
        assert!(at(asset, ceiling - 1, ceiling).is_ok());
        assert_eq!(at(asset, ceiling, ceiling + 1), Err("price_beyond_bound"));
    }
    let mut fallen = prices();
    set_price(&mut fallen, 0, 150_000_000_000, 150_000_000_000);
    let rejection = decide(&allowed(), &policy(), &fallen, &expectation(), &attestation).unwrap_err();
    let said = "the price of WETH is below the floor: 1500 where the bound is 1633.53432696";
    assert_eq!(rejection.to_string(), said);
    // A range is never taken at its word: the reports decide.
    fallen.prices[0].range = prices().prices[0].range;
    let rejection = decide(&allowed(), &policy(), &fallen, &expectation(), &attestation).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("price_other_range", Class::Malformed));
    let mut missing = prices();
    missing.prices.pop();
    let rejection = decide(&allowed(), &policy(), &missing, &expectation(), &attestation).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("price_missing", Class::Malformed));
}

#[test]
fn the_floor_of_an_asset_that_is_no_collateral_does_not_matter() {
    let policy = policy_with(|rules| rules.assets[7].liquidation_threshold = 0);
    let opening = Opening::random(OsRng);
    let attestation = attest(&policy, statement(&policy, &opening), opening);
    let mut prices = prices();
    set_price(&mut prices, 7, 1, 1);
    assert!(decide(&allowed(), &policy, &prices, &expectation(), &attestation).is_ok());
    let high = 2 * attestation.assertion.bounds.0[7].ceiling;
    set_price(&mut prices, 7, high, high);
    assert!(decide(&allowed(), &policy, &prices, &expectation(), &attestation).is_err());
}

#[test]
fn only_accepted_keys_count() {
    let attestation = attestation();
    let with =
        |allowed: &[Fingerprint], policy: &Policy| decide(allowed, policy, &prices(), &expectation(), &attestation);
    let rejection = with(&[], &policy()).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("key_not_accepted", Class::Keys));
    let accepted = with(&allowed(), &policy()).unwrap();
    assert_eq!(accepted.key_acceptance, KeyAcceptance::AllowedByCaller);
}

#[test]
fn a_pin_in_the_policy_narrows_the_allow_list_and_never_extends_it() {
    let pinned_other = policy_with(|rules| rules.verifying_key = Some(Fingerprint([9; 32])));
    let rejection = decide(&allowed(), &pinned_other, &prices(), &expectation(), &attestation()).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("key_not_pinned", Class::Mismatch));

    let pinned = policy_with(|rules| rules.verifying_key = Some(key().fingerprint()));
    let opening = Opening::random(OsRng);
    let attestation = attest(&pinned, statement(&pinned, &opening), opening);
    let rejection = decide(&[], &pinned, &prices(), &expectation(), &attestation).unwrap_err();
    assert_eq!(rejection, Rejection::KeyNotAccepted { found: key().fingerprint() });
    assert!(decide(&allowed(), &pinned, &prices(), &expectation(), &attestation).is_ok());
}

#[test]
fn a_policy_whose_anchor_a_contract_records_is_refused_off_chain() {
    let recorder = Address::repeat_byte(7);
    let policy = policy_with(|rules| {
        rules.anchor = AnchorRule::Recorder(recorder);
        rules.on_chain = Some(OnChain { verifier: recorder, price_board: recorder, grace_period: 0 });
    });
    let opening = Opening::random(OsRng);
    let attestation = attest(&policy, statement(&policy, &opening), opening);
    let rejection = decide(&allowed(), &policy, &prices(), &expectation(), &attestation).unwrap_err();
    assert_eq!(rejection, Rejection::Anchor(AnchorError::OnChain { recorder }));
    assert_eq!((rejection.code(), rejection.class()), ("anchor_on_chain", Class::Anchor));
}

#[test]
fn a_proof_with_a_byte_missing_added_or_changed_is_rejected() {
    let good = attestation();
    let proof = |proof: Vec<u8>| code(&Attestation { proof, ..good.clone() });
    assert_eq!(proof(good.proof[1..].to_vec()), "proof_invalid");
    assert_eq!(proof(good.proof[..good.proof.len() - 1].to_vec()), "proof_invalid");
    assert_eq!(proof(Vec::new()), "proof_invalid");
    for extra in [0, 0xff] {
        assert_eq!(proof([good.proof.clone(), vec![extra]].concat()), "proof_invalid");
    }
    for index in (0..good.proof.len()).step_by(13) {
        let mut changed = good.proof.clone();
        changed[index] ^= 1 << (index % 8);
        assert_eq!(proof(changed), "proof_invalid", "byte {index}");
    }
}

/// Words that stand where a coordinate or a scalar is expected, chosen to be refused for different reasons.
#[test]
fn a_proof_with_any_word_replaced_is_rejected() {
    const SCALAR_MODULUS: &str = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
    const BASE_MODULUS: &str = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";
    let good = attestation();
    let instance = good.assertion.instance(&policy(), key().fingerprint()).unwrap();
    let words: Vec<[u8; 32]> = good.proof.chunks(32).map(|word| word.try_into().unwrap()).collect();
    let hex = |text| <[u8; 32]>::try_from(hex::decode(text).unwrap()).unwrap();
    let plus = |word: [u8; 32], addend: [u8; 32]| {
        let sum = U256::from_be_bytes(word).wrapping_add(U256::from_be_bytes(addend));
        sum.to_be_bytes::<32>()
    };
    let one = U256::ONE.to_be_bytes::<32>();
    let mut tried = 0;
    for (index, &word) in words.iter().enumerate() {
        let replacements = [
            [0; 32],
            [0xff; 32],
            one,
            hex(SCALAR_MODULUS),
            hex(BASE_MODULUS),
            plus(word, one),
            plus(word, hex(SCALAR_MODULUS)),
            plus(word, hex(BASE_MODULUS)),
            words[(index + 1) % words.len()],
            words[(index + 2) % words.len()],
        ];
        for replacement in replacements.into_iter().filter(|replacement| *replacement != word) {
            let mut proof = words.clone();
            proof[index] = replacement;
            let verified = assay_circuits::proof::verify_proof(key(), &instance, &proof.concat());
            assert!(verified.is_err(), "word {index} replaced by {replacement:02x?}");
            tried += 1;
        }
    }
    for (first, second) in [(0, 2), (0, 4), (2, 16), (14, 16)] {
        let mut proof = words.clone();
        proof.swap(first, second);
        proof.swap(first + 1, second + 1);
        assert!(assay_circuits::proof::verify_proof(key(), &instance, &proof.concat()).is_err());
    }
    assert!(tried >= 300, "{tried}");
}

#[test]
fn each_public_input_changed_alone_breaks_verification() {
    let attestation = attestation();
    let good = attestation.assertion.instance(&policy(), key().fingerprint()).unwrap();
    let verify = |instance| assay_circuits::proof::verify_proof(key(), &instance, &attestation.proof);
    assert!(verify(good.clone()).is_ok());
    let bump = |weight: units::Weight| units::Weight::new(weight.get() ^ 1).unwrap();
    for i in 0..8 {
        let mut instance = good.clone();
        instance.covenant.collateral_mut()[i] = bump(good.covenant.collateral()[i]);
        assert!(verify(instance).is_err(), "w {i}");
        let mut instance = good.clone();
        instance.covenant.debt_mut()[i] = bump(good.covenant.debt()[i]);
        assert!(verify(instance).is_err(), "v {i}");
    }
    let mut instance = good.clone();
    instance.covenant.margin = units::Margin::new(good.covenant.margin.get() + U256::ONE).unwrap();
    assert!(verify(instance).is_err(), "m");
    for byte in 0..32 {
        let mut digest = good.context.to_bytes();
        digest[byte] ^= 1;
        let mut instance = good.clone();
        instance.context = assay_circuits::Context::from_digest(digest);
        assert!(verify(instance).is_err(), "context byte {byte}");
    }
    let mut instance = good;
    instance.commitment = assay_circuits::PositionCommitment::new(&position(), &Opening::random(OsRng));
    assert!(verify(instance).is_err(), "C");
}

#[test]
fn a_batch_names_the_bad_ones() {
    let good = attestation();
    let policy = policy();
    let prices = prices();
    let expect = expectation();
    let mut wrong_proof = good.clone();
    wrong_proof.proof[1_100] ^= 1;
    let mut wrong_subject = good.clone();
    wrong_subject.assertion.subject = Address::repeat_byte(1);
    let opening = Opening::random(OsRng);
    let second = attest(&policy, statement(&policy, &opening), opening);
    let mut short_proof = good.clone();
    short_proof.proof.pop();
    let all = [&good, &wrong_subject, &second, &wrong_proof, &good, &short_proof];
    let requests = all.map(|attestation| verification(&allowed(), &policy, &prices, &expect, attestation));
    let alone = all.map(|attestation| decide(&allowed(), &policy, &prices, &expect, attestation));
    assert_eq!(verify_batch(&requests, expect.now), alone);
    let codes = |requests: &[Verification<'_>]| -> Vec<&'static str> {
        verify_batch(requests, expect.now)
            .iter()
            .map(|result| result.as_ref().map_or_else(Rejection::code, |_| "accepted"))
            .collect()
    };
    let bad = "proof_invalid";
    assert_eq!(codes(&requests), ["accepted", "other_subject", "accepted", bad, "accepted", bad]);
    assert_eq!(codes(&requests[..3]), ["accepted", "other_subject", "accepted"]);
    assert!(codes(&[]).is_empty());
}

#[test]
fn a_proof_of_one_statement_serves_no_other() {
    let policy = policy();
    let (first, second) = (Opening::random(OsRng), Opening::random(OsRng));
    let one = attest(&policy, statement(&policy, &first), first);
    let two = attest(&policy, statement(&policy, &second), second);
    let mixed = Attestation { proof: one.proof.clone(), ..two };
    assert_eq!(code(&mixed), "proof_invalid");
    let loose = Attestation {
        assertion: assay_verifier::Assertion {
            bounds: assay_verifier::Bounds::around(&policy, &prices().for_policy(&policy).unwrap(), Buffer::P20)
                .unwrap(),
            ..one.assertion.clone()
        },
        ..one
    };
    assert_eq!(code(&loose), "proof_invalid");
}
