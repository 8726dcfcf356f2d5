//! The verifier crate's example as an attestation, for benchmarks of what surrounds a proof.

use assay_circuits::proof::prove;
use assay_circuits::{Amount, Opening, Position, PositionCommitment, Size, StatementId, Witness};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_verifier::{
    Accepted, Address, Assertion, Attestation, Audience, Bounds, Buffer, CreditLine, Market, Policy, PolicyFile,
    PriceSnapshot, Rejection, example,
};
use rand_core::{CryptoRng, RngCore};

/// An attestation, and what a lender holds it against.
#[derive(Clone, Debug)]
pub struct Attested {
    /// The lender's policy.
    pub policy: Policy,
    /// The lender's prices.
    pub prices: PriceSnapshot,
    /// Whom the lender expects.
    pub subject: Address,
    /// Who the lender is.
    pub audience: Audience,
    /// 100 WETH against 50,000 USDC, bounds of 10 %, a credit line, one day.
    pub attestation: Attestation,
}

impl Attested {
    /// Proves the example. The same randomness gives the same attestation.
    ///
    /// # Panics
    /// Where the example is not one.
    #[must_use]
    pub fn new(srs: &Srs, key: &ProvingKey, mut rng: impl RngCore + CryptoRng + Send) -> Self {
        const DAY: u64 = 86_400;
        let market = Market::from_toml(example::MARKET).expect("a market");
        let policy = PolicyFile::parse(example::POLICY).and_then(|file| file.with_market(market)).expect("a policy");
        let prices = PriceSnapshot::from_json(example::PRICES).expect("prices");
        let mut position = Position::empty(Size::Eight);
        position.collateral_mut()[0] = Amount::new(100_000_000_000_000_000_000).expect("fits");
        position.debt_mut()[3] = Amount::new(50_000_000_000).expect("fits");
        let opening = Opening::random(&mut rng);
        let ranges = prices.for_policy(&policy).expect("prices of this market");
        let now = prices.at;
        let subject = Address::repeat_byte(0x5a);
        let audience: Audience = "lender.example".parse().expect("an audience");
        let statement = Assertion {
            policy: policy.id(),
            market: policy.market().id(),
            subject,
            audience: audience.clone(),
            commitment: PositionCommitment::new(&position, &opening),
            as_of: now,
            valid_until: now + DAY,
            bounds: Bounds::around(&policy, &ranges, Buffer::P10).expect("prices have bounds"),
            credit: Some(CreditLine::parse("USDC:10000", &policy).expect("a credit line")),
            anchor: None,
        };
        let verifying = key.verifying_key();
        let instance = statement.instance(&policy, verifying.fingerprint()).expect("weights that fit");
        let proof = prove(srs, key, &instance, &Witness { position, opening }, rng).expect("solvent");
        let attestation = Attestation {
            statement: StatementId::Solvency,
            assertion: statement,
            verifying_key: verifying.fingerprint(),
            srs: verifying.srs_digest(),
            proof,
        };
        Self { policy, prices, subject, audience, attestation }
    }

    /// Decides on it as the lender does.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<Accepted, Rejection> {
        let Self { policy, prices, subject, audience, attestation } = self;
        policy.verify(attestation, prices, *subject, audience).key(key).allow(key.fingerprint()).at(prices.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::development_keys;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn the_example_is_accepted_and_the_same_for_the_same_randomness() {
        let (srs, key) = development_keys();
        let [one, two] = [(); 2].map(|()| Attested::new(&srs, &key, ChaCha20Rng::seed_from_u64(1)));
        assert_eq!(one.attestation, two.attestation);
        one.verify(key.verifying_key()).expect("accepted");
    }
}
