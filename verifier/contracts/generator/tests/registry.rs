//! The registry of the tree in an EVM, with the verifier of the tree and proofs under the production key. Statements and
//! their public inputs come from the Rust verifier.

use crate::common::chain::{ANYONE, OWNER, Outcome, SCENARIO, STORED, Stored, WORLD, World};
use crate::common::registry::{self as sol, Claim, Reason, Status};
use crate::common::scenario::{AS_OF, ATTESTERS, DAY, HUNDRED, LINE, SUBJECT};
use crate::common::{rust_accepts, words};
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use assay_verifier::{Beneficiary, HoldingsStatement};

/// A price below the floor.
const EIGHTY_NINE: u64 = HUNDRED / 100 * 89;
const HEALTHY: (Status, Reason) = (Status::Healthy, Reason::None);
const NOTHING: (Status, Reason) = (Status::Unknown, Reason::NoAttestation);

fn world() -> World {
    WORLD.clone()
}

/// The first statement is on record.
fn attested() -> World {
    let mut world = world();
    world.attest_stored(first()).done();
    world
}

fn first() -> &'static Stored {
    &STORED[0]
}

/// A proof for the holdings statement of the first one, kept for later.
fn kept() -> &'static Stored {
    &STORED[1]
}

/// A proof for a newer holdings statement.
fn fresh() -> &'static Stored {
    &STORED[2]
}

fn policy() -> B256 {
    SCENARIO.policy.id()
}

fn lapsed(reason: Reason) -> (Status, Reason) {
    (Status::Lapsed, reason)
}

fn record_lapse(world: &mut World) {
    let registry = world.places.registry;
    world.send(ANYONE, registry, &sol::recordLapseCall { subject: SUBJECT, policyId: policy() }).done();
}

/// `keccak256(abi.encode(context, commitment))`: what the registry knows a statement by.
fn statement_id(stored: &Stored) -> B256 {
    keccak256((stored.public_inputs[1], stored.public_inputs[0]).abi_encode())
}

/// The subject's transaction and the preview of it are refused for one reason, and nothing is on record.
#[track_caller]
fn refused(world: &mut World, claim: &Claim, proof: &[u8], error: &impl SolError) {
    let before = world.status();
    world.attest(SUBJECT, claim, proof).refused(error);
    let preview = sol::previewCall { subject: SUBJECT, claim: claim.clone(), proof: proof.to_vec().into() };
    let registry = world.places.registry;
    world.ask(registry, &preview).expect_err("a refusal").refused(error);
    assert_eq!(world.status(), before);
}

#[test]
fn the_registry_derives_the_public_inputs_that_rust_derives() {
    for stored in STORED.iter() {
        let instance = stored.statement.instance(&SCENARIO.policy, SCENARIO.key).expect("a statement");
        assert_eq!(words(&instance), stored.public_inputs, "the file");
        assert!(rust_accepts(&instance, &stored.proof));
        let mut world = world();
        if stored.anchor.sequence > 1 {
            world.pass(7_200);
            world.publish_anchor(world.places.registry, &stored.anchor).done();
        }
        let question = sol::publicInputsCall { subject: SUBJECT, claim: stored.claim.clone() };
        assert_eq!(world.ask(world.places.registry, &question).expect("an answer"), stored.public_inputs);
    }
}

#[test]
fn board_and_policy_are_made_of_the_arguments_that_rust_encodes() {
    let mut world = world();
    let configuration = SCENARIO.policy.board_configuration();
    let board = world.deploy("PriceBoard", &SCENARIO.policy.board(ANYONE, 3_600));
    for board in [board, world.places.board] {
        assert_eq!(world.ask(board, &sol::configurationCall {}).expect("an answer"), configuration);
    }
    assert_eq!(world.ask(board, &sol::sequencerFeedCall {}).expect("an answer"), ANYONE);
    assert_eq!(world.ask(board, &sol::sequencerGraceCall {}).expect("an answer"), U256::from(3_600));

    let registry = world.deploy("CollateralAttestations", &OWNER.abi_encode());
    let (verifier, verifying_key) = (world.places.verifier, B256::new(SCENARIO.key.0));
    world.send(OWNER, registry, &sol::addRouteCall { verifier, verifyingKey: verifying_key }).done();
    let publish = [sol::publishCall::SELECTOR.as_slice(), &SCENARIO.policy.publication()].concat();
    let outcome = world.send_bytes(OWNER, registry, publish).done();
    assert_eq!(outcome.result.expect("done"), policy().to_vec());
}

#[test]
fn a_true_attestation_is_recorded_and_healthy() {
    let mut world = world();
    assert_eq!(world.status(), NOTHING);
    let outcome = world.attest_stored(first()).done();
    assert_eq!((outcome.result.expect("done"), outcome.events), (statement_id(first()).to_vec(), 1));
    assert_eq!(world.status(), HEALTHY);
    let registry = world.places.registry;
    let line = world.ask(registry, &sol::creditLineCall { subject: SUBJECT, policyId: policy() }).expect("an answer");
    assert_eq!(line, sol::CreditLine { lender: ANYONE, asset: 1, amount: LINE, drawn: 0 });
}

#[test]
fn a_claim_with_any_one_field_changed_is_refused() {
    type Change = fn(&mut Claim);
    let mut world = world();
    let other = B256::repeat_byte(7);
    let mut changed = |change: Change, error: &dyn Fn(&mut World, &Claim)| {
        let mut claim = first().claim.clone();
        change(&mut claim);
        assert_ne!(claim, first().claim);
        error(&mut world, &claim);
        assert_eq!(world.status(), NOTHING);
    };
    changed(|c| c.policyId = B256::repeat_byte(7), &|world, claim| {
        refused(world, claim, &first().proof, &sol::PolicyUnknown { policyId: other });
    });
    let latest = first().anchor.struct_hash();
    changed(|c| c.anchor = B256::repeat_byte(7), &|world, claim| {
        refused(world, claim, &first().proof, &sol::AnchorNotLatest { latest, found: other });
    });
    changed(|c| c.lender = Address::ZERO, &|world, claim| {
        refused(world, claim, &first().proof, &sol::LenderMismatch {});
    });
    // Refused by the proof alone.
    let changes: [Change; 15] = [
        |c| c.validUntil += 1,
        |c| c.validUntil -= 1,
        |c| c.floors[0] += 1,
        |c| c.floors[0] -= 1,
        |c| c.floors[0] = 0,
        |c| c.floors[1] += 1,
        |c| c.floors[1] -= 1,
        |c| c.ceilings[0] += 1,
        |c| c.ceilings[0] -= 1,
        |c| c.ceilings[1] += 1,
        |c| c.ceilings[1] -= 1,
        |c| c.creditAsset = 0,
        |c| c.creditAmount += 1,
        |c| c.creditAmount -= 1,
        |c| (c.creditAsset, c.creditAmount, c.lender) = (0, 0, Address::ZERO),
    ];
    for change in changes {
        changed(change, &|world, claim| refused(world, claim, &first().proof, &sol::ProofInvalid {}));
    }
    // The lender is the sender's choice and no part of the statement.
    let claim = Claim { lender: OWNER, ..first().claim.clone() };
    world.attest(SUBJECT, &claim, &first().proof).done();
}

#[test]
fn a_proof_of_another_statement_is_refused() {
    for other in [kept(), fresh()] {
        refused(&mut world(), &first().claim, &other.proof, &sol::ProofInvalid {});
    }
}

#[test]
fn a_claim_is_worth_nothing_to_another_sender() {
    let mut world = world();
    let refusal = sol::AnchorNotLatest { latest: B256::ZERO, found: first().claim.anchor };
    world.attest(ANYONE, &first().claim, &first().proof).refused(&refusal);
    // Attesters vouch that the thief holds the very same commitment.
    let anchor = HoldingsStatement { subject: ANYONE, ..first().anchor.clone() };
    world.publish_anchor(world.places.registry, &anchor).done();
    let claim = Claim { anchor: anchor.struct_hash(), ..first().claim.clone() };
    world.attest(ANYONE, &claim, &first().proof).refused(&sol::ProofInvalid {});
    // Whose it is can still use it.
    world.attest_stored(first()).done();
}

#[test]
fn a_proof_is_for_one_chain() {
    let mut world = world();
    world.chain = 10;
    refused(&mut world, &first().claim, &first().proof, &sol::ProofInvalid {});
    world.chain = 1;
    world.attest_stored(first()).done();
}

#[test]
fn a_proof_is_for_one_registry() {
    // The same registry with all that it knows at another address.
    let mut moved = world();
    let elsewhere = Address::repeat_byte(0x77);
    moved.copy(moved.places.registry, elsewhere);
    let here = moved.places.registry;
    moved.places.registry = elsewhere;
    refused(&mut moved, &first().claim, &first().proof, &sol::ProofInvalid {});
    moved.places.registry = here;
    moved.attest_stored(first()).done();

    // Another registry with the same policy takes neither the holdings statement nor, with one for itself, the proof.
    let mut world = world();
    let second = world.second_registry();
    let other = sol::OtherStatement { field: "beneficiary".to_owned() };
    world.publish_anchor(second, &first().anchor).refused(&other);
    let beneficiary = Beneficiary::Account { chain_id: 1, address: second };
    let anchor = HoldingsStatement { beneficiary, ..first().anchor.clone() };
    world.publish_anchor(second, &anchor).done();
    world.places.registry = second;
    let claim = Claim { anchor: anchor.struct_hash(), ..first().claim.clone() };
    refused(&mut world, &claim, &first().proof, &sol::ProofInvalid {});
}

#[test]
fn a_claim_counts_from_as_of_to_valid_until() {
    let mut early = world();
    early.time = AS_OF - 1;
    refused(&mut early, &first().claim, &first().proof, &sol::NotYet { asOf: U256::from(AS_OF) });
    let mut world = world();
    world.pass(DAY);
    let mut late = world.clone();
    world.attest_stored(first()).done();
    assert_eq!(world.status(), HEALTHY);
    late.pass(1);
    let error = sol::Expired { validUntil: U256::from(AS_OF + DAY) };
    refused(&mut late, &first().claim, &first().proof, &error);
}

#[test]
fn a_statement_recorded_again_says_the_same() {
    let mut world = attested();
    world.attest_stored(kept()).done();
    world.attest_stored(first()).done();
    assert_eq!(world.status(), HEALTHY);
    // Its time has not become longer.
    world.pass(DAY + 1);
    assert_eq!(world.status(), lapsed(Reason::Expired));
}

#[test]
fn a_kept_proof_does_not_end_a_recorded_lapse_and_a_fresh_one_does() {
    let mut world = attested();
    world.pass(3_600);
    world.refresh(EIGHTY_NINE);
    let mut unrecorded = world.clone();
    record_lapse(&mut world);
    let lapsed_at = world.time;
    world.pass(3_600);
    assert_eq!(world.status(), lapsed(Reason::PriceBeyondBound), "the price is back, and the lapse stays");
    let error = sol::StatementBeforeLapse { lapsedAt: U256::from(lapsed_at), asOf: U256::from(AS_OF) };
    refused(&mut world, &kept().claim, &kept().proof, &error);
    world.publish_anchor(world.places.registry, &fresh().anchor).done();
    world.attest_stored(fresh()).done();
    assert_eq!(world.status(), HEALTHY);

    // Without a record the kept proof is as good as any.
    unrecorded.pass(3_600);
    assert_eq!(unrecorded.status(), HEALTHY);
    unrecorded.attest_stored(kept()).done();
}

#[test]
fn a_price_through_a_bound_lapses_and_cannot_be_attested() {
    let mut unattested = world();
    let mut world = attested();
    // Floors and ceilings are ninety and a hundred and ten.
    for (price, expected) in [
        (HUNDRED / 10 * 9, HEALTHY),
        (HUNDRED / 10 * 9 - 1, lapsed(Reason::PriceBeyondBound)),
        (HUNDRED / 10 * 11, HEALTHY),
        (HUNDRED / 10 * 11 + 1, lapsed(Reason::PriceBeyondBound)),
    ] {
        world.refresh(price);
        assert_eq!(world.status(), expected, "{price}");
        if expected != HEALTHY {
            unattested.refresh(price);
            let error = sol::PriceBeyondBound { index: U256::ZERO };
            refused(&mut unattested, &first().claim, &first().proof, &error);
        }
    }
    world.refresh(HUNDRED);
    assert_eq!(world.status(), HEALTHY);
}

#[test]
fn while_prices_are_stale_nothing_is_known() {
    let mut unattested = world();
    let mut world = attested();
    world.time += 3_600;
    assert_eq!(world.status(), HEALTHY);
    world.time += 1;
    let unknown = (Status::Unknown, Reason::OracleUnusable);
    assert_eq!(world.status(), unknown);
    unattested.time += 3_601;
    refused(&mut unattested, &first().claim, &first().proof, &sol::PricesUnusable {});
    let draw = sol::drawWithinCall { subject: SUBJECT, policyId: policy(), amount: 1, maxAge: U256::MAX };
    let error = sol::NotHealthy { status: unknown.0, reason: unknown.1 };
    world.send(ANYONE, world.places.registry, &draw).refused(&error);
    world.pass(0);
    assert_eq!(world.status(), HEALTHY);
}

#[test]
fn an_attestation_lapses_after_valid_until() {
    let mut world = attested();
    world.pass(DAY);
    assert_eq!(world.status(), HEALTHY);
    world.pass(1);
    assert_eq!(world.status(), lapsed(Reason::Expired));
}

#[test]
fn a_newer_holdings_statement_supersedes() {
    let mut world = attested();
    world.pass(7_200);
    world.publish_anchor(world.places.registry, &fresh().anchor).done();
    assert_eq!(world.status(), lapsed(Reason::AnchorSuperseded));
    let error = sol::AnchorNotLatest { latest: fresh().claim.anchor, found: kept().claim.anchor };
    refused(&mut world, &kept().claim, &kept().proof, &error);
    world.attest_stored(fresh()).done();
    assert_eq!(world.status(), HEALTHY);
}

#[test]
fn a_withdrawn_signature_ends_what_needs_it() {
    let mut world = attested();
    let registry = world.places.registry;
    let hash = first().claim.anchor;
    // The third attester never signed.
    for (attester, expected) in [(ATTESTERS[2].1, HEALTHY), (ATTESTERS[0].1, lapsed(Reason::AnchorRevoked))] {
        world.send(attester, registry, &sol::revokeAnchorCall { hash }).done();
        assert_eq!(world.status(), expected);
    }
    refused(&mut world, &kept().claim, &kept().proof, &sol::AnchorIsRevoked { hash });
}

#[test]
fn a_verifier_without_code_or_with_other_code_accepts_nothing() {
    // push1 1, push0, mstore, push1 32, push0, return: accepts everything.
    for code in [vec![], vec![0x60, 1, 0x5f, 0x52, 0x60, 32, 0x5f, 0xf3]] {
        let mut world = world();
        let verifier = world.places.verifier;
        world.set_code(verifier, &code);
        refused(&mut world, &first().claim, &first().proof, &sol::VerifierChanged { verifier });
    }
    let mut world = world();
    let (nobody, key) = (Address::repeat_byte(0x99), B256::new(SCENARIO.key.0));
    let add = sol::addRouteCall { verifier: nobody, verifyingKey: key };
    world.send(OWNER, world.places.registry, &add).refused(&sol::NoCode { account: nobody });
    let publication = world.publication_with_verifier(nobody);
    let error = sol::RouteUnknown { verifier: nobody, verifyingKey: key };
    world.send(OWNER, world.places.registry, &publication).refused(&error);
}

#[test]
fn a_desk_lends_up_to_the_line_and_no_further() {
    let mut world = world();
    let registry = world.places.registry;
    let token = world.token();
    let arguments = (registry, policy(), token, U256::from(1), OWNER).abi_encode_params();
    let desk = world.deploy("CreditDesk", &arguments);
    let borrow = |world: &mut World, amount| -> Outcome { world.send(SUBJECT, desk, &sol::borrowCall { amount }) };
    world.attest(SUBJECT, &Claim { lender: desk, ..first().claim.clone() }, &first().proof).done();
    let exceeded = |left: u128, asked: u128| sol::CreditExceeded { left: U256::from(left), asked: U256::from(asked) };
    borrow(&mut world, LINE + 1).refused(&exceeded(LINE, LINE + 1));
    borrow(&mut world, LINE - 10).done();
    borrow(&mut world, 11).refused(&exceeded(10, 11));
    // Nobody draws in the desk's place, and a new attestation under the same holdings statement frees nothing.
    let draw = sol::drawCall { subject: SUBJECT, policyId: policy(), amount: 1 };
    world.send(ANYONE, registry, &draw).refused(&sol::NotLender { lender: desk });
    world.attest(SUBJECT, &Claim { lender: desk, ..kept().claim.clone() }, &kept().proof).done();
    borrow(&mut world, 11).refused(&exceeded(10, 11));
    borrow(&mut world, 10).done();
    borrow(&mut world, 1).refused(&exceeded(0, 1));
    assert_eq!(world.paid(SUBJECT), U256::from(LINE));
    assert_eq!(world.ask(desk, &sol::debtCall { subject: SUBJECT }).expect("an answer"), U256::from(LINE));
    let line = world.ask(registry, &sol::creditLineCall { subject: SUBJECT, policyId: policy() }).expect("an answer");
    assert_eq!((line.amount, line.drawn), (LINE, LINE));
    // A price through the floor stops lending at once.
    let mut other = world.clone();
    other.refresh(EIGHTY_NINE);
    let error = sol::NotHealthy { status: Status::Lapsed, reason: Reason::PriceBeyondBound };
    borrow(&mut other, 1).refused(&error);
}
