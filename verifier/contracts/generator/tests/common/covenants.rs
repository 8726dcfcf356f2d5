//! The contracts for shapes of covenants under their development keys, and proofs.

use std::sync::LazyLock;

use assay_circuits::proof::{prove, verify_proof};
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::covenants::layout::Layout;
use assay_circuits::statements::covenants::strategies::case;
use assay_circuits::statements::covenants::{
    Coefficient, Constant, Instance, Row, STATEMENT_ID, Shape, Witness, check,
};
use assay_circuits::{Context, PositionCommitment, Statement};
use assay_protocol::encoding::to_bytes;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use revm::primitives::hardfork::SpecId;
use revm::primitives::{U256, uint};
use serde_json::Value;

use super::agreement::{MEASURED, agreement, name};
use super::{Call, GAS_LIMIT, call_code, calldata, code};

/// Order of the group.
pub(crate) const R: U256 = uint!(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_U256);

/// A proof and its public inputs.
#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) inputs: Vec<U256>,
    pub(crate) proof: Vec<u8>,
}

impl Claim {
    pub(crate) fn calldata(&self) -> Vec<u8> {
        calldata(&self.proof, &self.inputs)
    }
}

/// A shape with its contract, its keys and claims that hold: of an agreement, and of cases near every boundary.
pub(crate) struct Covenants {
    pub(crate) shape: Shape,
    pub(crate) srs: Srs,
    pub(crate) key: ProvingKey,
    pub(crate) artifact: Value,
    pub(crate) code: Vec<u8>,
    pub(crate) claims: Vec<Claim>,
}

/// The shapes that have a contract.
pub(crate) static COVENANTS: [LazyLock<Covenants>; 3] = [
    LazyLock::new(|| Covenants::new(Shape::ALL[0])),
    LazyLock::new(|| Covenants::new(Shape::ALL[1])),
    LazyLock::new(|| Covenants::new(Shape::ALL[2])),
];

impl Covenants {
    fn new(shape: Shape) -> Self {
        let folder = env!("CARGO_MANIFEST_DIR");
        let key =
            std::fs::read(format!("{folder}/tests/fixtures/covenants-{}.vk", name(shape))).expect("part of the tree");
        let key = VerifyingKey::from_bytes::<CovenantsCircuit>(&key).expect("a key");
        assert!(key.is_development() && key.statement() == STATEMENT_ID && key.size() == shape.number());
        let srs = Srs::dev(Layout::new(shape).k(), ChaCha20Rng::seed_from_u64(shape.number().into()));
        let artifact = format!("{folder}/../artifacts/development/covenants-{}.json", name(shape));
        let artifact: Value =
            serde_json::from_str(&std::fs::read_to_string(artifact).expect("part of the tree")).expect("JSON");
        let key = ProvingKey::new::<CovenantsCircuit>(key);
        let code = code(&artifact);
        let mut covenants = Self { shape, srs, key, artifact, code, claims: Vec::new() };
        let mut runner = TestRunner::deterministic();
        let mut near_boundaries = || loop {
            let (instance, witness) = case(shape).new_tree(&mut runner).expect("a case").current();
            if check(&instance, &witness).is_ok() {
                return (instance, witness);
            }
        };
        let (_, count) = MEASURED.into_iter().rfind(|(measured, _)| *measured == shape).expect("measured");
        for (instance, witness) in [agreement(shape, count), near_boundaries(), near_boundaries()] {
            let claim = covenants.prove(&instance, &witness);
            covenants.claims.push(claim);
        }
        covenants
    }

    pub(crate) fn prove(&self, instance: &Instance, witness: &Witness) -> Claim {
        let proof = prove(&self.srs, &self.key, instance, witness, ChaCha20Rng::seed_from_u64(1)).expect("it holds");
        Claim { inputs: words(instance), proof }
    }

    pub(crate) fn call(&self, data: &[u8]) -> Call {
        call_code(&self.code, SpecId::OSAKA, data, GAS_LIMIT).expect("the transaction is valid")
    }

    pub(crate) fn rust_accepts(&self, claim: &Claim) -> bool {
        let key = self.key.verifying_key();
        instance(self.shape, &claim.inputs).is_some_and(|instance| verify_proof(key, &instance, &claim.proof).is_ok())
    }
}

/// The public inputs as words.
pub(crate) fn words(instance: &Instance) -> Vec<U256> {
    instance.public_inputs().iter().flatten().map(|input| U256::from_be_bytes(to_bytes(input))).collect()
}

/// The sign and the absolute value of a word in the one encoding of signed integers, if it is one.
fn signed(word: U256) -> Option<(bool, U256)> {
    let negative = word > R / U256::from(2);
    Some((negative, if negative { R.checked_sub(word).filter(|value| !value.is_zero())? } else { word }))
}

/// The statement that words claim, where they are one: what an [`Instance`]'s types refuse is refused.
fn instance(shape: Shape, words: &[U256]) -> Option<Instance> {
    let coefficient = |word: &U256| {
        let (negative, magnitude) = signed(*word)?;
        let magnitude = i128::try_from(magnitude).ok()?;
        Coefficient::new(if negative { -magnitude } else { magnitude }).ok()
    };
    let constant =
        |word: &U256| signed(*word).and_then(|(negative, magnitude)| Constant::new(negative, magnitude).ok());
    if words.len() != shape.commitments() + 1 + shape.rows() * (1 + shape.terms()) {
        return None;
    }
    let (commitments, rest) = words.split_at(shape.commitments());
    let ([context, constants @ ..], coefficients) = rest.split_at(1 + shape.rows()) else { return None };
    let commitment = |word: &U256| PositionCommitment::from_bytes(&word.to_be_bytes());
    let commitments = commitments.iter().map(commitment).collect::<Option<Vec<_>>>()?;
    let context: [u8; 32] = context.to_be_bytes();
    let masked = Context::from_digest(context);
    let row = |(coefficients, word): (&[U256], &U256)| {
        Some(Row::new(coefficients.iter().map(coefficient).collect::<Option<Vec<_>>>()?, constant(word)?))
    };
    let rows = coefficients.chunks(shape.terms()).zip(constants).map(row).collect::<Option<Vec<_>>>()?;
    let (equalities, tests) = rows.split_at(shape.equalities());
    let context = (masked.to_bytes() == context).then_some(masked)?;
    Instance::new(shape, context, commitments, equalities.to_vec(), tests.to_vec())
}
