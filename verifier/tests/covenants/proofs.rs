//! Attestations of covenants, as whoever receives them decides on them.

use std::sync::OnceLock;

use assay_circuits::proof::prove;
use assay_circuits::statements::covenants::{Shape, Witness};
use assay_circuits::{Circuit, Opening, PositionCommitment, StatementId};
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_verifier::{
    Accepted, Attestation, Bounds, Buffer, Class, CreditLine, Policy, PriceSnapshot, Rejection, Requirement,
    VerifyingKey, verify_batch,
};
use rand_core::OsRng;

use crate::common::{self, NOW};

const COVENANTS: &str = r#"
[[covenants]]
name = "base"
section = "6.1"
discloses = "threshold"
kind = "coverage"
after = ["weth-cap"]

[[covenants]]
name = "weth-cap"
section = "6.2"
kind = "concentration"
assets = ["WETH"]
share = "90%"
mode = "exclude"

[[covenants]]
name = "crash"
section = "6.3"
kind = "stress"
shocks = { WETH = "-20%" }

[[covenants]]
name = "link-cap"
section = "7.1"
kind = "ceiling"
assets = ["LINK"]
value = "1000"
"#;

/// The keys of the least circuit, made once.
fn keys() -> &'static (Srs, ProvingKey) {
    static KEYS: OnceLock<(Srs, ProvingKey)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let circuit = Circuit::Covenants(Shape::default());
        let srs = Srs::dev(circuit.k(), OsRng);
        let key = circuit.generate(&srs).unwrap();
        (srs, circuit.proving_key(key))
    })
}

fn key() -> &'static VerifyingKey {
    keys().1.verifying_key()
}

fn policy() -> Policy {
    crate::files::read(COVENANTS).unwrap()
}

/// Of the example position, under [`policy`].
fn attestation() -> Attestation {
    static MADE: OnceLock<Attestation> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let (policy, opening) = (policy(), Opening::random(OsRng));
        let assertion = common::statement(&policy, &opening);
        let Requirement::Covenants(rows) = assertion.requirement(&policy).unwrap() else { panic!("it has covenants") };
        let instance = assertion.covenants(&policy, key().fingerprint()).unwrap();
        let position = common::position();
        let helpers = rows.helpers(&position).unwrap();
        assert_eq!(rows.hold(&position, &helpers), Ok(()));
        let witness = Witness { positions: vec![position], openings: vec![opening], helpers };
        let proof = prove(&keys().0, &keys().1, &instance, &witness, OsRng).unwrap();
        Attestation {
            statement: StatementId::Covenants,
            assertion,
            verifying_key: key().fingerprint(),
            srs: key().srs_digest(),
            proof,
        }
    });
    made.clone()
}

fn decide(policy: &Policy, prices: &PriceSnapshot, attestation: &Attestation) -> Result<Accepted, Rejection> {
    let (subject, audience) = (common::subject(), common::audience());
    policy.verify(attestation, prices, subject, &audience).key(key()).allow(key().fingerprint()).at(NOW + 60)
}

fn code(attestation: &Attestation) -> &'static str {
    decide(&policy(), &common::prices(), attestation).expect_err("it is not true").code()
}

#[test]
fn a_true_attestation_is_accepted_and_says_which_covenants_hold() {
    let accepted = decide(&policy(), &common::prices(), &attestation()).unwrap();
    assert_eq!(accepted.statement_id, StatementId::Covenants);
    let told: Vec<_> = accepted
        .covenants
        .iter()
        .map(|covenant| (covenant.name.as_str(), covenant.section.as_str(), covenant.threshold.as_deref()))
        .collect();
    let more = Some("more than 105 %");
    assert_eq!(
        told,
        // The one that excludes asks nothing by itself.
        [("base", "6.1", more), ("crash", "6.3", None), ("link-cap", "7.1", None)]
    );
    let json = serde_json::to_value(&accepted).unwrap();
    assert_eq!((&json["statement_id"], &json["covenants"][0]["name"]), (&"covenants/v1".into(), &"base".into()));
    let text = attestation().to_json();
    assert_eq!(Attestation::from_json(&text), Ok(attestation()));
    let schema = serde_json::from_str(include_str!("../../../docs/schemas/attestation.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&text).unwrap()));
}

#[test]
fn whatever_the_proof_is_bound_to_cannot_be_changed() {
    type Change = fn(&mut Attestation);
    let changes: [(&str, Change); 6] = [
        ("commitment", |it| {
            it.assertion.commitment = PositionCommitment::new(&common::position(), &Opening::random(OsRng));
        }),
        ("as of", |it| it.assertion.as_of -= 1),
        ("valid until", |it| it.assertion.valid_until -= 1),
        ("bounds", |it| {
            let ranges = common::prices().for_policy(&policy()).unwrap();
            it.assertion.bounds = Bounds::around(&policy(), &ranges, Buffer::P5).unwrap();
        }),
        ("credit", |it| it.assertion.credit = Some(CreditLine { asset: "USDC".into(), base_units: 10_000_000_001 })),
        ("no credit", |it| it.assertion.credit = None),
    ];
    for (what, change) in changes {
        let mut changed = attestation();
        change(&mut changed);
        assert_ne!(changed, attestation(), "{what}");
        assert_eq!(code(&changed), "proof_invalid", "{what}");
    }
    for index in (0..attestation().proof.len()).step_by(29) {
        let mut changed = attestation();
        changed.proof[index] ^= 4;
        assert_eq!(code(&changed), "proof_invalid", "byte {index}");
    }
}

/// Who relabels it for a policy that asks less or more is found out by the rows, even where the policy's id is copied.
#[test]
fn rows_of_another_policy_are_refused() {
    for (from, to) in
        [("90%", "89%"), ("-20%", "-19%"), ("\"1000\"", "\"1001\""), ("section = \"6.3\"", "section = \"6.4\"")]
    {
        assert_eq!(COVENANTS.matches(from).count(), 1, "{from}");
        let other = crate::files::read(&COVENANTS.replace(from, to)).unwrap();
        let mut relabelled = attestation();
        assert_eq!(decide(&other, &common::prices(), &relabelled).unwrap_err().code(), "other_policy");
        relabelled.assertion.policy = other.id();
        assert_eq!(decide(&other, &common::prices(), &relabelled).unwrap_err().code(), "proof_invalid", "{from}");
    }
}

#[test]
fn neither_statement_passes_for_the_other() {
    let plain = common::policy();
    let opening = Opening::random(OsRng);
    let solvency = common::attest(&plain, common::statement(&plain, &opening), opening);
    let mut lesser = solvency.clone();
    lesser.assertion.policy = policy().id();
    let rejection = decide(&policy(), &common::prices(), &lesser).unwrap_err();
    assert_eq!(rejection, Rejection::OtherStatement { expected: StatementId::Covenants, found: StatementId::Solvency });
    assert_eq!((rejection.code(), rejection.class()), ("other_statement", Class::Mismatch));
    lesser.statement = StatementId::Covenants;
    assert_eq!(code(&lesser), "other_key");
    (lesser.verifying_key, lesser.srs) = (key().fingerprint(), key().srs_digest());
    assert_eq!(code(&lesser), "proof_invalid");

    let mut other = attestation();
    other.assertion.policy = plain.id();
    let solvency_key = common::key();
    let decide = |attestation: &Attestation, key: &VerifyingKey| {
        let audience = common::audience();
        let verification = plain.verify(attestation, &PRICES, common::subject(), &audience);
        verification.key(key).allow(key.fingerprint()).at(NOW + 60).unwrap_err().code()
    };
    static PRICES: std::sync::LazyLock<PriceSnapshot> = std::sync::LazyLock::new(common::prices);
    assert_eq!(decide(&other, solvency_key), "other_statement");
    other.statement = StatementId::Solvency;
    assert_eq!(decide(&other, key()), "other_circuit");
    (other.verifying_key, other.srs) = (solvency_key.fingerprint(), solvency_key.srs_digest());
    assert_eq!(decide(&other, solvency_key), "proof_invalid");
}

/// The price of LINK is in a ceiling's row alone, and counts there at its own ceiling; both of its bounds count.
#[test]
fn a_price_that_one_row_uses_lapses_it_on_either_side() {
    let link = common::market().index_of("LINK").unwrap();
    for part in [80, 120] {
        let mut prices = common::prices();
        let range = prices.prices[link].range;
        for report in &mut prices.prices[link].reports {
            report.price = report.price * part / 100;
            report.confidence = 0;
        }
        let scale = |price: u128| price * u128::try_from(part).unwrap() / 100;
        prices.prices[link].range = assay_verifier::PriceRange { low: scale(range.low), high: scale(range.high) };
        let reports = prices.prices.into_iter().flat_map(|price| price.reports).collect();
        let prices = PriceSnapshot::make(&policy(), prices.at, prices.note, reports).unwrap();
        let rejection = decide(&policy(), &prices, &attestation()).unwrap_err();
        assert_eq!((rejection.code(), rejection.class()), ("price_beyond_bound", Class::Stale), "{rejection}");
    }
}

#[test]
fn a_batch_mixes_statements_and_names_the_bad_ones() {
    let (plain, policy, prices, audience) = (common::policy(), policy(), common::prices(), common::audience());
    let opening = Opening::random(OsRng);
    let solvency = common::attest(&plain, common::statement(&plain, &opening), opening);
    let (good, mut bad) = (attestation(), attestation());
    bad.proof[40] ^= 1;
    let of = |policy, attestation, key: &'static VerifyingKey| {
        let verification = Policy::verify(policy, attestation, &prices, common::subject(), &audience);
        verification.key(key).allow(key.fingerprint())
    };
    let batch = [
        of(&plain, &solvency, common::key()),
        of(&policy, &good, key()),
        of(&policy, &bad, key()),
        of(&policy, &solvency, key()),
    ];
    let verdicts: Vec<_> = verify_batch(&batch, NOW + 60)
        .into_iter()
        .map(|verdict| verdict.map_or_else(|rejection| rejection.code(), |accepted| accepted.statement_id.name()))
        .collect();
    assert_eq!(verdicts, ["solvency/v1", "covenants/v1", "proof_invalid", "other_statement"]);
}

#[test]
fn a_policy_that_no_circuit_has_room_for_is_refused_with_what_is_needed() {
    let many: String = (0..31)
        .map(|number| {
            let names = "name = \"cap-\"\nsection = \"8\"\nkind = \"ceiling\"\nassets = [\"LINK\"]\nvalue = \"1000\"\n";
            format!("\n[[covenants]]\n{}", names.replace("cap-", &format!("cap-{number}")))
        })
        .collect();
    let base = "\n[[covenants]]\nname = \"base\"\nsection = \"6.1\"\nkind = \"coverage\"\n";
    let policy = crate::files::read(&format!("{base}{many}")).unwrap();
    assert_eq!(policy.circuit().unwrap(), Circuit::Covenants(Shape::ALL[4]), "32 tests");
    let excluding = many.replacen(
        "kind = \"ceiling\"\nassets = [\"LINK\"]\nvalue = \"1000\"",
        "kind = \"concentration\"\nassets = [\"LINK\", \"AAVE\"]\nshare = \"10%\"\nmode = \"exclude\"",
        1,
    );
    let policy = crate::files::read(&format!("{base}after = [\"cap-0\"]\n{excluding}")).unwrap();
    let error = policy.circuit().unwrap_err().to_string();
    assert!(error.contains("33 tests"), "{error}");
    let rejection = decide(&policy, &common::prices(), &attestation()).unwrap_err();
    assert_eq!((rejection.code(), rejection.class()), ("covenants", Class::Malformed));
}
