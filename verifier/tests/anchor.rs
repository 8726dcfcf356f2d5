//! Anchors: who must have signed what, for whom, until when, and what was seen before.

use std::sync::OnceLock;

use crate::common::{self, *};
use alloy_primitives::keccak256;
use assay_circuits::Opening;
use assay_verifier::policy::AnchorRule;
use assay_verifier::{
    Accepted, Address, Anchor, AnchorStatus, Attestation, AttesterSignature, B256, Beneficiary, Class,
    HoldingsStatement, Latest, NothingSeen, Policy, Rejection, Revocation, Seen, SeenAnchors, Series, Signature,
    Unavailable, verify_batch,
};
use k256::ecdsa::SigningKey;
use rand_core::OsRng;

/// Three keys in ascending order of their addresses: the policy lists all of them and asks for two.
fn attesters() -> &'static [(Address, SigningKey)] {
    static KEYS: OnceLock<Vec<(Address, SigningKey)>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut keys: Vec<_> = (1..=3u8)
            .map(|seed| SigningKey::from_slice(&[seed; 32]).unwrap())
            .map(|key| (Address::from_private_key(&key), key))
            .collect();
        keys.sort_by_key(|(address, _)| *address);
        keys
    })
}

fn listed() -> Vec<Address> {
    attesters().iter().map(|(address, _)| *address).collect()
}

fn anchored_policy() -> Policy {
    policy_with(|rules| rules.anchor = AnchorRule::Attesters { minimum: 2, attesters: listed() })
}

fn lender() -> Beneficiary {
    Beneficiary::Account { chain_id: 1, address: Address::repeat_byte(0x1e) }
}

fn expect() -> Expectation {
    Expectation { beneficiary: lender(), ..expectation() }
}

fn sign(key: &SigningKey, digest: B256) -> Signature {
    let (signature, id) = key.sign_prehash_recoverable(digest.as_slice()).unwrap();
    Signature::from_bytes(&[signature.to_bytes().as_slice(), &[27 + id.to_byte()]].concat()).unwrap()
}

fn signed_by(statement: &HoldingsStatement, keys: &[&SigningKey]) -> Anchor {
    let mut signatures: Vec<_> = keys
        .iter()
        .map(|key| AttesterSignature {
            attester: Address::from_private_key(key),
            signature: sign(key, statement.signing_hash()).to_bytes().to_vec(),
        })
        .collect();
    signatures.sort_by_key(|signature| signature.attester);
    Anchor::new(statement.clone(), signatures).unwrap()
}

/// The first two of three have signed.
fn signed(statement: &HoldingsStatement) -> Anchor {
    signed_by(statement, &[&attesters()[0].1, &attesters()[1].1])
}

/// An attestation and the statement that it is anchored in, made once.
fn good() -> &'static (Attestation, HoldingsStatement) {
    static GOOD: OnceLock<(Attestation, HoldingsStatement)> = OnceLock::new();
    GOOD.get_or_init(|| anchored(7, |_| {}))
}

/// A correct proof bound to a holdings statement of this sequence, changed.
fn anchored(sequence: u64, change: impl FnOnce(&mut HoldingsStatement)) -> (Attestation, HoldingsStatement) {
    let policy = anchored_policy();
    let opening = Opening::random(OsRng);
    let mut statement = statement(&policy, &opening);
    let mut holdings = HoldingsStatement {
        commitment: statement.commitment,
        market: policy.market().id(),
        subject: subject(),
        beneficiary: lender(),
        as_of: NOW,
        sequence,
        expiry: NOW + 86_400,
    };
    change(&mut holdings);
    statement.anchor = Some(holdings.struct_hash());
    (attest(&policy, statement, opening), holdings)
}

fn verdict_of(
    attestation: &Attestation,
    anchor: Option<&Anchor>,
    expect: &Expectation,
    seen: &dyn Seen,
) -> Result<Accepted, Rejection> {
    let (policy, prices) = (anchored_policy(), prices());
    verification(&allowed(), &policy, &prices, expect, attestation)
        .anchor(anchor, expect.beneficiary, seen)
        .at(expect.now)
}

/// Code and class of the rejection of the good attestation with this anchor.
fn refused(anchor: &Anchor) -> (&'static str, Class) {
    let rejection = verdict_of(&good().0, Some(anchor), &expect(), &NothingSeen).unwrap_err();
    (rejection.code(), rejection.class())
}

fn accept(seen: &dyn Seen) -> Result<Accepted, Rejection> {
    let (attestation, holdings) = good();
    verdict_of(attestation, Some(&signed(holdings)), &expect(), seen)
}

#[test]
fn enough_listed_attesters_are_accepted_and_the_verdict_says_who_and_for_whom() {
    let (_, holdings) = good();
    let AnchorStatus::Attested(attested) = accept(&NothingSeen).unwrap().anchor else { panic!("it is anchored") };
    assert_eq!(attested.attesters, listed()[..2]);
    assert_eq!((attested.minimum, attested.expiry), (2, NOW + 86_400));
    let attester_set = anchored_policy().rules().anchor.attester_set();
    let series = Series { market: market().id(), subject: subject(), beneficiary: lender(), attester_set };
    assert_eq!(attested.series, series);
    let latest = Latest { sequence: 7, statement: holdings.struct_hash(), commitment: holdings.commitment };
    assert_eq!(attested.latest, latest);
    let keys: Vec<_> = attesters().iter().map(|(_, key)| key).collect();
    let all = signed_by(holdings, &keys);
    assert!(verdict_of(&good().0, Some(&all), &expect(), &NothingSeen).is_ok());
}

#[test]
fn a_verifier_that_says_nothing_of_anchors_accepts_none_under_a_policy_that_asks_for_them() {
    let (policy, prices, expect) = (anchored_policy(), prices(), expect());
    let rejection = verification(&allowed(), &policy, &prices, &expect, &good().0).at(expect.now).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("anchor_not_given", Class::Anchor));
}

#[test]
fn a_correct_proof_over_unanchored_numbers_is_refused() {
    let policy = anchored_policy();
    let opening = Opening::random(OsRng);
    let unanchored = attest(&policy, statement(&policy, &opening), opening);
    let anchor = signed(&good().1);
    for anchor in [None, Some(&anchor)] {
        let rejection = verdict_of(&unanchored, anchor, &expect(), &NothingSeen).unwrap_err();
        assert_eq!((rejection.code(), rejection.class()), ("anchor_missing", Class::Anchor));
    }
    let rejection = verdict_of(&good().0, None, &expect(), &NothingSeen).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("anchor_not_given", Class::Anchor));
}

#[test]
fn a_policy_that_trusts_nobody_refuses_an_anchor() {
    let (policy, prices, expect, attestation) = (policy(), prices(), expectation(), attestation());
    let anchor = signed(&good().1);
    let verification = verification(&allowed(), &policy, &prices, &expect, &attestation);
    let rejection = verification.anchor(&anchor, expect.beneficiary, &NothingSeen).at(expect.now).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("anchor_not_trusted", Class::Anchor));
}

#[test]
fn an_anchor_of_something_else_is_refused_with_its_own_reason() {
    let changed = |change: &dyn Fn(&mut HoldingsStatement)| {
        let mut holdings = good().1.clone();
        change(&mut holdings);
        refused(&signed(&holdings))
    };
    let other = assay_circuits::PositionCommitment::new(&position(), &Opening::random(OsRng));
    let account = |chain_id, byte| Beneficiary::Account { chain_id, address: Address::repeat_byte(byte) };
    assert_eq!(changed(&|s| s.market = B256::repeat_byte(1)), ("anchor_other_market", Class::Anchor));
    assert_eq!(changed(&|s| s.subject = Address::repeat_byte(1)), ("anchor_other_subject", Class::Anchor));
    assert_eq!(changed(&|s| s.beneficiary = account(10, 0x1e)), ("anchor_other_chain", Class::Anchor));
    assert_eq!(changed(&|s| s.beneficiary = account(1, 0x1f)), ("anchor_other_beneficiary", Class::Anchor));
    assert_eq!(changed(&|s| s.beneficiary = Beneficiary::Nobody), ("anchor_other_beneficiary", Class::Anchor));
    assert_eq!(changed(&|s| s.commitment = other), ("anchor_other_commitment", Class::Anchor));
    assert_eq!(changed(&|s| s.as_of -= 1), ("anchor_other_as_of", Class::Anchor));
    assert_eq!(changed(&|s| s.sequence += 1), ("anchor_other_statement", Class::Anchor));
    assert_eq!(changed(&|s| s.expiry += 1), ("anchor_other_statement", Class::Anchor));
}

#[test]
fn the_struct_hash_in_the_attestation_is_bound_by_the_proof() {
    let (attestation, holdings) = good();
    let mut holdings = holdings.clone();
    holdings.sequence += 1;
    let mut attestation = attestation.clone();
    attestation.assertion.anchor = Some(holdings.struct_hash());
    let rejection = verdict_of(&attestation, Some(&signed(&holdings)), &expect(), &NothingSeen).unwrap_err();
    assert_eq!(rejection.code(), "proof_invalid");
}

#[test]
fn the_times_of_an_anchor_are_checked_to_the_second() {
    let at = |now: u64, (attestation, holdings): &(Attestation, HoldingsStatement)| {
        let (policy, prices, expect) = (anchored_policy(), prices_at(now), Expectation { now, ..expect() });
        let anchor = signed(holdings);
        let verification = verification(&allowed(), &policy, &prices, &expect, attestation);
        let verdict = verification.anchor(&anchor, expect.beneficiary, &NothingSeen).at(now);
        verdict.map_err(|rejection| (rejection.code(), rejection.class()))
    };
    let end = NOW + 86_400;
    assert!(at(NOW, good()).is_ok());
    assert_eq!(at(NOW - 1, good()).unwrap_err(), ("anchor_from_future", Class::Stale));
    assert!(at(end, good()).is_ok());
    assert_eq!(at(end + 1, good()).unwrap_err(), ("anchor_expired", Class::Stale));
    let short = anchored(7, |holdings| holdings.expiry -= 1);
    assert_eq!(at(NOW, &short).unwrap_err(), ("anchor_expires_early", Class::Anchor));
}

#[test]
fn a_statement_older_than_the_policy_permits_is_refused_whatever_its_expiry() {
    let policy = policy_with(|rules| {
        rules.anchor = AnchorRule::Attesters { minimum: 2, attesters: listed() };
        rules.max_statement_age = 86_399;
    });
    let (prices, expect, opening) = (prices(), expect(), Opening::random(OsRng));
    let mut statement = statement(&policy, &opening);
    let holdings = HoldingsStatement { commitment: statement.commitment, expiry: u64::MAX, ..good().1.clone() };
    statement.anchor = Some(holdings.struct_hash());
    let (attestation, anchor) = (attest(&policy, statement, opening), signed(&holdings));
    let verification = verification(&allowed(), &policy, &prices, &expect, &attestation);
    let verdict = verification.anchor(&anchor, expect.beneficiary, &NothingSeen).at(expect.now);
    assert_eq!(verdict.unwrap_err().code(), "valid_too_long");
}

#[test]
fn one_signature_too_few_or_one_of_a_stranger_is_refused() {
    let (_, holdings) = good();
    let few = signed_by(holdings, &[&attesters()[2].1]);
    assert_eq!(refused(&few), ("anchor_too_few_attesters", Class::Anchor));
    let stranger = SigningKey::from_slice(&[9; 32]).unwrap();
    let keys = [&attesters()[0].1, &attesters()[1].1, &stranger];
    assert_eq!(refused(&signed_by(holdings, &keys)), ("attester_not_listed", Class::Anchor));
}

#[test]
fn each_bad_spelling_of_a_signature_has_its_own_reason() {
    let (_, holdings) = good();
    let anchor = signed(holdings);
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut signatures = anchor.signatures().to_vec();
        change(&mut signatures[1].signature);
        refused(&Anchor::new(holdings.clone(), signatures).unwrap())
    };
    assert_eq!(with(&|bytes| bytes[64] -= 27), ("signature_non_canonical", Class::Anchor));
    assert_eq!(with(&|bytes| bytes[64] += 10), ("signature_non_canonical", Class::Anchor));
    assert_eq!(with(&|bytes| bytes.truncate(64)), ("signature_length", Class::Anchor));
    assert_eq!(with(&|bytes| bytes.push(0)), ("signature_length", Class::Anchor));
    assert_eq!(with(&|bytes| bytes[32..64].fill(0)), ("signature_out_of_range", Class::Anchor));
    let order = alloy_primitives::uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);
    let twin = |bytes: &mut Vec<u8>| {
        let s = order - alloy_primitives::U256::from_be_slice(&bytes[32..64]);
        bytes[32..64].copy_from_slice(&s.to_be_bytes::<32>());
        bytes[64] = 55 - bytes[64];
    };
    assert_eq!(with(&twin), ("signature_malleable", Class::Anchor));
    assert_eq!(with(&|bytes| bytes[64] = 55 - bytes[64]), ("signature_other_signer", Class::Anchor));
    let of_something_else = sign(&attesters()[1].1, B256::repeat_byte(1)).to_bytes().to_vec();
    assert_eq!(with(&|bytes| *bytes = of_something_else.clone()), ("signature_other_signer", Class::Anchor));
}

#[test]
fn the_same_attester_cannot_count_twice() {
    let (_, holdings) = good();
    let one = signed_by(holdings, &[&attesters()[0].1]).signatures()[0].clone();
    let error = Anchor::new(holdings.clone(), vec![one.clone(), one.clone()]).unwrap_err().to_string();
    assert_eq!(error, format!("signatures: {} twice", one.attester));
    assert!(signed(holdings).and(one.clone()).is_err());
    // The same signature under another listed attester's name.
    let renamed = AttesterSignature { attester: attesters()[1].0, ..one.clone() };
    let anchor = Anchor::new(holdings.clone(), vec![one, renamed]).unwrap();
    assert_eq!(refused(&anchor), ("signature_other_signer", Class::Anchor));
}

#[test]
fn where_the_audience_is_a_registry_the_beneficiary_is_that_registry() {
    let address = Address::repeat_byte(0x1e);
    let (mut attestation, holdings) = good().clone();
    attestation.assertion.audience = assay_verifier::Audience::Registry { chain_id: 1, address };
    let mut expect = Expectation { audience: attestation.assertion.audience.clone(), ..expect() };
    let decide = |expect: &Expectation| {
        verdict_of(&attestation, Some(&signed(&holdings)), expect, &NothingSeen).unwrap_err().code()
    };
    assert_eq!(decide(&expect), "proof_invalid", "the anchor passes; the proof is for another audience");
    expect.beneficiary = Beneficiary::Account { chain_id: 10, address };
    assert_eq!(decide(&expect), "beneficiary_not_registry");
}

#[test]
fn a_lower_sequence_is_superseded_and_an_equal_one_with_another_statement_is_equivocation() {
    let mut seen = SeenAnchors::default();
    let accepted = accept(&seen).unwrap();
    seen.record(&accepted.anchor).unwrap();
    assert!(accept(&seen).is_ok(), "the same statement again");

    let after = |sequence, seen: &SeenAnchors| {
        let (attestation, holdings) = anchored(sequence, |_| {});
        verdict_of(&attestation, Some(&signed(&holdings)), &expect(), seen)
    };
    let older = after(6, &seen).unwrap_err();
    assert_eq!((older.code(), older.class()), ("anchor_superseded", Class::Anchor));
    let twin = after(7, &seen).unwrap_err();
    assert_eq!((twin.code(), twin.class()), ("anchor_equivocation", Class::Anchor));
    let newer = after(8, &seen).unwrap();
    seen.record(&newer.anchor).unwrap();
    assert_eq!(accept(&seen).unwrap_err().code(), "anchor_superseded");
    assert_eq!(seen.record(&accepted.anchor).unwrap_err().code(), "anchor_superseded", "it does not go back");
    assert_eq!(seen.series().map(|(_, latest)| latest.sequence).collect::<Vec<_>>(), [8]);
}

#[test]
fn a_newer_statement_without_a_proof_supersedes_if_it_is_vouched_for() {
    let policy = anchored_policy();
    let (_, holdings) = good();
    let newer = HoldingsStatement { sequence: 8, expiry: NOW, ..holdings.clone() };
    let publish = |seen: &mut SeenAnchors, anchor: &Anchor, policy: &Policy, now: u64| {
        seen.publish(policy, anchor, now).map_err(|error| error.code())
    };
    let mut seen = SeenAnchors::default();
    let few = signed_by(&newer, &[&attesters()[0].1]);
    assert_eq!(publish(&mut seen, &few, &policy, NOW), Err("anchor_too_few_attesters"));
    let strange = signed_by(&newer, &[&attesters()[0].1, &SigningKey::from_slice(&[9; 32]).unwrap()]);
    assert_eq!(publish(&mut seen, &strange, &policy, NOW), Err("attester_not_listed"));
    assert_eq!(publish(&mut seen, &signed(&newer), &policy, NOW - 1), Err("anchor_from_future"));
    assert_eq!(publish(&mut seen, &signed(&newer), &common::policy(), NOW), Err("anchor_not_trusted"));
    let elsewhere = HoldingsStatement { market: B256::ZERO, ..newer.clone() };
    assert_eq!(publish(&mut seen, &signed(&elsewhere), &policy, NOW), Err("anchor_other_market"));
    assert_eq!(seen, SeenAnchors::default());
    assert!(accept(&seen).is_ok());

    assert_eq!(publish(&mut seen, &signed(&newer), &policy, NOW + 999), Ok(()), "though it has expired");
    assert_eq!(accept(&seen).unwrap_err().code(), "anchor_superseded");
    assert_eq!(publish(&mut seen, &signed(holdings), &policy, NOW), Err("anchor_superseded"));
    let twin = HoldingsStatement { expiry: NOW + 1, ..newer };
    assert_eq!(publish(&mut seen, &signed(&twin), &policy, NOW), Err("anchor_equivocation"));
}

#[test]
fn series_of_other_markets_subjects_beneficiaries_and_attester_sets_do_not_meet() {
    let accepted = accept(&NothingSeen).unwrap();
    let AnchorStatus::Attested(attested) = &accepted.anchor else { panic!("it is anchored") };
    let others: [&dyn Fn(&mut Series); 5] = [
        &|series| series.market = B256::ZERO,
        &|series| series.subject = Address::ZERO,
        &|series| series.attester_set = B256::ZERO,
        &|series| series.beneficiary = Beneficiary::Nobody,
        &|series| series.beneficiary = Beneficiary::Account { chain_id: 2, address: Address::repeat_byte(0x1e) },
    ];
    let mut seen = SeenAnchors::default();
    for change in others {
        let mut other = attested.clone();
        change(&mut other.series);
        other.latest.sequence = 99;
        seen.record(&AnchorStatus::Attested(other)).unwrap();
    }
    assert_eq!(seen.series().count(), 5);
    assert!(accept(&seen).is_ok());
}

#[test]
fn a_statement_by_attesters_of_another_policy_supersedes_nothing() {
    let (_, holdings) = good();
    let newer = HoldingsStatement { sequence: 8, ..holdings.clone() };
    let published = |minimum, listed: &[Address]| {
        let policy = policy_with(|rules| rules.anchor = AnchorRule::Attesters { minimum, attesters: listed.to_vec() });
        let mut seen = SeenAnchors::default();
        seen.publish(&policy, &signed(&newer), NOW).unwrap();
        seen
    };
    assert!(accept(&published(1, &listed())).is_ok());
    assert!(accept(&published(2, &listed()[..2])).is_ok());
    assert_eq!(accept(&published(2, &listed())).unwrap_err().code(), "anchor_superseded");
}

#[test]
fn attester_sets_are_named_as_on_chain() {
    // abi.encode(address[], uint8): where the list stands, the minimum, the length, the addresses.
    let mut encoded = [64, 2, 3].map(B256::with_last_byte).concat();
    listed().iter().for_each(|attester| encoded.extend(attester.into_word()));
    assert_eq!(anchored_policy().rules().anchor.attester_set(), keccak256(encoded));
}

#[test]
fn a_revocation_withdraws_its_signers_signature_and_no_other() {
    let (attestation, holdings) = good();
    let statement = holdings.struct_hash();
    let revoke = |key: &SigningKey, statement| {
        let mut seen = SeenAnchors::default();
        seen.revoke(&Revocation::new(statement, sign(key, Revocation::signing_hash(statement))).unwrap());
        seen
    };
    let by_one = revoke(&attesters()[1].1, statement);
    let rejection = accept(&by_one).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("anchor_revoked", Class::Anchor));
    let keys: Vec<_> = attesters().iter().map(|(_, key)| key).collect();
    let all = signed_by(holdings, &keys);
    let accepted = verdict_of(attestation, Some(&all), &expect(), &by_one).unwrap();
    let AnchorStatus::Attested(attested) = accepted.anchor else { panic!("two are left") };
    assert_eq!(attested.attesters, [listed()[0], listed()[2]]);

    assert!(accept(&revoke(&SigningKey::from_slice(&[9; 32]).unwrap(), statement)).is_ok(), "of a stranger");
    assert!(accept(&revoke(&attesters()[1].1, B256::repeat_byte(1))).is_ok(), "of another statement");
}

#[test]
fn nothing_is_accepted_while_what_was_seen_cannot_be_found_out() {
    #[derive(Debug)]
    struct Down {
        latest: bool,
    }
    impl Seen for Down {
        fn latest(&self, _: &Series) -> Result<Option<Latest>, Unavailable> {
            if self.latest { Err(Unavailable("timeout".into())) } else { Ok(None) }
        }
        fn is_revoked(&self, _: B256, _: Address) -> Result<bool, Unavailable> {
            if self.latest { Ok(false) } else { Err(Unavailable("timeout".into())) }
        }
    }
    for latest in [true, false] {
        let rejection = accept(&Down { latest }).unwrap_err();
        assert_eq!((rejection.code(), rejection.class()), ("seen_unavailable", Class::Anchor));
    }
}

#[test]
fn a_batch_decides_anchors_as_single_verifications_do() {
    let (policy, prices, expect) = (anchored_policy(), prices(), expect());
    let (attestation, holdings) = good();
    let (anchor, few) = (signed(holdings), signed_by(holdings, &[&attesters()[0].1]));
    let seen = SeenAnchors::default();
    let verifications = [Some(&anchor), None, Some(&few), Some(&anchor)].map(|anchor| {
        verification(&allowed(), &policy, &prices, &expect, attestation).anchor(anchor, expect.beneficiary, &seen)
    });
    let alone = verifications.each_ref().map(|verification| verification.at(expect.now));
    assert_eq!(verify_batch(&verifications, expect.now), alone);
    assert_eq!(alone.iter().filter(|result| result.is_ok()).count(), 2);
}
