//! What the verdict says about a profile.

use assay_circuits::Opening;
use assay_verifier::policy::ProfileError;
use assay_verifier::{Class, Profile, Rejection, WeightError};
use rand_core::OsRng;

use crate::common::{allowed, attest, attestation, decide, expectation, policy, policy_with, prices, statement};

#[test]
fn the_verdict_names_the_profile_and_what_it_assumes() {
    let aave = policy_with(|rules| rules.profile = Some(Profile::AaveV35));
    let opening = Opening::random(OsRng);
    let attested = attest(&aave, statement(&aave, &opening), opening);
    let accepted = decide(&allowed(), &aave, &prices(), &expectation(), &attested).unwrap();
    assert_eq!(accepted.profile, Some(Profile::AaveV35));
    assert_eq!(accepted.assumptions(), Profile::AaveV35.assumptions());
    let plain = decide(&allowed(), &policy(), &prices(), &expectation(), &attestation()).unwrap();
    assert_eq!((plain.profile, plain.assumptions()), (None, &[][..]));
}

#[test]
fn assumptions_are_whole_sentences_and_say_what_each_promise_needs() {
    for profile in Profile::ALL {
        let sentences = profile.assumptions();
        for sentence in sentences {
            assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{profile}: {sentence}");
        }
        let all = sentences.join(" ");
        for needed in ["The position is one ", "price", "valid-until"] {
            assert!(all.contains(needed), "{profile}: {needed}");
        }
    }
    let mode = |profile: Profile, words: &str| assert!(profile.assumptions().join(" ").contains(words), "{words}");
    mode(Profile::AaveV35, "no eMode");
    mode(Profile::LiquityV1, "not in recovery mode");
    mode(Profile::Maker, "par is one");
}

#[test]
fn bounds_that_a_profile_does_not_bear_are_rejected_by_its_code() {
    let error = ProfileError::Ceiling { profile: Profile::Maker, asset: "DAI".into(), ceiling: 99, decimals: 2 };
    let rejection = Rejection::from(WeightError::from(error));
    assert_eq!((rejection.code(), rejection.class()), ("profile_ceiling", Class::Malformed));
    assert!(rejection.to_string().contains("the ceiling is 0.99"), "{rejection}");
}
