//! Making attestations.

use assay_circuits::proof::prove;
use assay_circuits::statements::covenants;
use assay_circuits::{Circuit, Opening, Position, PositionCommitment, StatementId, Witness};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_verifier::{Attestation, NothingSeen, Rejection, Requirement, RequirementError};
use rand_core::{CryptoRng, RngCore};

use crate::check::{helpers, holds};
use crate::error::Error;
use crate::terms::{Parties, Terms};

/// The keys of one SRS for one circuit, which serve any number of attestations.
#[derive(Clone, Debug)]
pub struct Keys {
    srs: Srs,
    key: ProvingKey,
}

impl Keys {
    /// Makes the keys for `circuit`, which is that of the policy: [`assay_verifier::Policy::circuit`]. A larger SRS is cut down.
    ///
    /// # Errors
    /// [`Error::Keys`] where the SRS is too small.
    pub fn new(srs: &Srs, circuit: Circuit) -> Result<Self, Error> {
        let srs = srs.downsize(circuit.k())?;
        let key = circuit.proving_key(circuit.generate(&srs)?);
        Ok(Self { srs, key })
    }

    /// Keeps multiples of the SRS's points besides, with which each of many attestations takes a quarter less time. Making
    /// them takes as long as one attestation, and 3 MiB of memory for eight assets.
    ///
    /// # Errors
    /// None: the SRS is the one that the keys were made from.
    pub fn with_multiples(self) -> Result<Self, Error> {
        let Self { srs, key } = self;
        Ok(Self { key: key.with_multiples(&srs)?, srs })
    }

    /// The verifying key. Whoever verifies decides whether its fingerprint counts.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }
}

/// Proves that the committed `position` satisfies the policy on these terms, and verifies the proof as its receiver
/// will. It runs on the threads of the current rayon pool.
///
/// `opening` is that of the commitment to the position; what is anchored must have been committed to with the same.
/// `rng` must be one for cryptography: what hides the position is drawn from it.
///
/// # Errors
/// [`Error::Refused`] where prices or anchor are not what the policy asks for or the keys are for another circuit, [`Error::StatementFalse`] and
/// [`Error::CovenantsNotMet`] where the position falls short, [`Error::NeverOwed`], [`Error::NoHelpers`]; all before any proving. [`crate::check`] says by how much.
pub fn attest(
    terms: &Terms<'_>,
    position: &Position,
    opening: &Opening,
    parties: &Parties,
    keys: &Keys,
    rng: impl RngCore + CryptoRng + Send,
) -> Result<Attestation, Error> {
    terms.check_age()?;
    let assertion = terms.assertion(PositionCommitment::new(position, opening), parties);
    terms.anchor_status(&assertion)?;
    holds(terms, position)?;
    let key = keys.verifying_key();
    let (policy, fingerprint) = (terms.policy(), key.fingerprint());
    let (position, opening) = (position.clone(), opening.clone());
    let (statement, proof) = match terms.requirement() {
        Requirement::Solvency(_) => {
            let instance = assertion.instance(policy, fingerprint).map_err(RequirementError::from)?;
            let witness = Witness { position, opening };
            (StatementId::Solvency, prove(&keys.srs, &keys.key, &instance, &witness, rng)?)
        }
        Requirement::Covenants(rows) => {
            let instance = assertion.covenants(policy, fingerprint).map_err(RequirementError::from)?;
            let helpers = helpers(policy, rows, &position)?;
            let witness = covenants::Witness { positions: vec![position], openings: vec![opening], helpers };
            (StatementId::Covenants, prove(&keys.srs, &keys.key, &instance, &witness, rng)?)
        }
    };
    let attestation = Attestation { statement, assertion, verifying_key: fingerprint, srs: keys.srs.digest(), proof };
    verified(terms, key, &attestation)?;
    Ok(attestation)
}

/// Reads the attestation back from its text, and verifies it.
fn verified(terms: &Terms<'_>, key: &VerifyingKey, attestation: &Attestation) -> Result<(), Error> {
    let read = Attestation::from_json(&attestation.to_json()).map_err(|error| Error::Unverified(error.to_string()))?;
    let verdict = terms
        .policy()
        .verify(&read, terms.prices(), attestation.assertion.subject, &attestation.assertion.audience)
        .anchor(terms.anchor(), terms.beneficiary(), &NothingSeen)
        .key(key)
        .allow(key.fingerprint())
        .at(terms.now());
    match verdict {
        Ok(_) => Ok(()),
        Err(Rejection::Proof(error)) => Err(Error::Unverified(error.to_string())),
        Err(rejection) => Err(rejection.into()),
    }
}
