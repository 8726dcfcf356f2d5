//! Proofs that only one check refuses, made by a prover that knows `τ` and hashes what it likes.
//!
//! The contract is the compiled one with another key's constants in place of the production key's.

use crate::common::{self, CODE, Call, batch_calldata, call_code, calldata};
use alloy_primitives::keccak256;
use assay_circuits::statements::solvency::circuit::{Advice, SolvencyCircuit, assign};
use assay_circuits::statements::solvency::layout::DIFFERENCE_ROW;
use assay_circuits::statements::solvency::row;
use assay_circuits::{
    Amount, Context, Covenant, Fr, Instance, Margin, Opening, Position, PositionCommitment, Size, Weight, Witness,
};
use assay_protocol::encoding::{g1_from_bytes, g1_to_bytes, g2_to_bytes, to_bytes};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::srs::Srs;
use assay_protocol::transcript::{Challenge, ProofReader};
use ff::Field;
use group::Curve;
use halo2_proofs::plonk::{ProvingKey, create_proof, keygen_pk, keygen_vk_custom, verify_proof};
use halo2_proofs::poly::commitment::ParamsProver;
use halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptRead, TranscriptWrite};
use halo2curves::bn256::{Bn256, G1Affine};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use revm::primitives::hardfork::SpecId;
use revm::primitives::{U256, uint};

const ORDER: U256 = uint!(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_U256);

/// What the prover does otherwise than halo2's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Twist {
    None,
    /// Writes this public input with the order added.
    Input(usize),
    /// Writes this evaluation with the order added.
    Evaluation(usize),
}

/// The transcript of the contract, over words as they are written.
struct Writer {
    twist: Twist,
    state: Vec<u8>,
    proof: Vec<u8>,
    /// Scalars hashed and not written: the key, then the public inputs.
    common: usize,
    evaluations: usize,
}

impl Writer {
    fn word(&mut self, scalar: Fr, twisted: bool) -> [u8; 32] {
        let word = U256::from_be_bytes(to_bytes(&scalar));
        let word = if twisted { word + ORDER } else { word };
        self.state.extend(word.to_be_bytes::<32>());
        word.to_be_bytes()
    }
}

impl Transcript<G1Affine, Challenge> for Writer {
    fn squeeze_challenge(&mut self) -> Challenge {
        if self.state.len() == 32 {
            self.state.push(1);
        }
        let hash = keccak256(&self.state);
        self.state = hash.to_vec();
        Challenge::new(&hash.0)
    }

    fn common_point(&mut self, point: G1Affine) -> std::io::Result<()> {
        self.state.extend(g1_to_bytes(&point));
        Ok(())
    }

    fn common_scalar(&mut self, scalar: Fr) -> std::io::Result<()> {
        let twisted = self.common.checked_sub(1).is_some_and(|input| self.twist == Twist::Input(input));
        self.common += 1;
        self.word(scalar, twisted);
        Ok(())
    }
}

impl TranscriptWrite<G1Affine, Challenge> for Writer {
    fn write_point(&mut self, point: G1Affine) -> std::io::Result<()> {
        self.proof.extend(g1_to_bytes(&point));
        self.common_point(point)
    }

    fn write_scalar(&mut self, scalar: Fr) -> std::io::Result<()> {
        let word = self.word(scalar, self.twist == Twist::Evaluation(self.evaluations));
        self.evaluations += 1;
        self.proof.extend(word);
        Ok(())
    }
}

/// A key whose `τ` is known, and the contract for it.
struct Forger {
    params: ParamsKZG<Bn256>,
    key: ProvingKey<G1Affine>,
    tau: Fr,
    code: Vec<u8>,
}

impl Forger {
    fn new() -> Self {
        let rng = || ChaCha20Rng::seed_from_u64(7);
        let params = ParamsKZG::<Bn256>::setup(10, rng());
        let circuit = SolvencyCircuit::empty(Size::Eight);
        let key = keygen_vk_custom(&params, &circuit, false).expect("it fits");
        let key = keygen_pk(&params, key, &circuit).expect("it fits");
        let ours =
            VerifyingKey::generate(&Srs::dev(10, rng()), &SolvencyCircuit::empty(Size::Eight)).expect("large enough");
        let code = constants(&common::KEY).into_iter().zip(constants(&ours)).fold(CODE.clone(), replace);
        Self { params, key, tau: Fr::random(rng()), code }
    }

    fn call(&self, data: &[u8]) -> Call {
        call_code(&self.code, SpecId::OSAKA, data, 16_000_000).expect("a valid transaction")
    }

    /// Proves with halo2's prover that the private cells satisfy the circuit with `inputs`.
    fn prove(&self, cells: Advice, inputs: &[Fr], twist: Twist) -> Vec<u8> {
        let rng = ChaCha20Rng::seed_from_u64(8);
        let circuit = SolvencyCircuit::new(Size::Eight, cells);
        let columns = row::columns(Size::Eight, inputs);
        let mut writer = Writer { twist, state: Vec::new(), proof: Vec::new(), common: 0, evaluations: 0 };
        create_proof::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, _, _, _, _>(
            &self.params,
            &self.key,
            &[circuit],
            &[&columns],
            rng,
            &mut writer,
        )
        .expect("it proves");
        writer.proof
    }

    /// What halo2's verifier says, which knows no widths.
    fn halo2_accepts(&self, inputs: &[Fr], proof: &[u8]) -> bool {
        verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, _, _, _>(
            &self.params,
            self.key.get_vk(),
            SingleStrategy::new(&self.params),
            &[&row::columns(Size::Eight, inputs)],
            &mut ProofReader::new(proof),
        )
        .is_ok()
    }

    /// The last challenge of a proof.
    fn last_challenge(&self, inputs: &[Fr], proof: &[u8]) -> Fr {
        let mut reader = ProofReader::new(proof);
        reader.common_scalar(self.key.get_vk().transcript_repr()).expect("memory");
        inputs.iter().for_each(|input| reader.common_scalar(*input).expect("memory"));
        let points = |reader: &mut ProofReader<'_>, count: usize| {
            (0..count).for_each(|_| _ = reader.read_point().expect("a point"));
        };
        points(&mut reader, 2);
        (0..3).for_each(|_| _ = reader.squeeze_challenge());
        points(&mut reader, 1);
        reader.squeeze_challenge();
        points(&mut reader, 4);
        reader.squeeze_challenge();
        (0..18).for_each(|_| _ = reader.read_scalar().expect("a scalar"));
        (0..2).for_each(|_| _ = reader.squeeze_challenge());
        points(&mut reader, 1);
        reader.squeeze_challenge().get_scalar()
    }
}

/// The words of a key in the contract.
fn constants(key: &VerifyingKey) -> Vec<[u8; 32]> {
    let commitments = key.halo2_key().fixed_commitments().iter().map(|point| g1_to_bytes(point).to_vec());
    let points = [commitments.collect::<Vec<_>>().concat(), g2_to_bytes(key.tau_g2()).to_vec()].concat();
    let words = points.chunks_exact(32).map(|word| word.try_into().expect("a word"));
    words.chain([to_bytes(&key.halo2_key().transcript_repr())]).collect()
}

fn replace(code: Vec<u8>, (from, to): ([u8; 32], [u8; 32])) -> Vec<u8> {
    let places: Vec<usize> = (0..code.len() - 32).filter(|place| code[*place..*place + 32] == from).collect();
    assert!(!places.is_empty(), "the constant is in the code");
    places.into_iter().fold(code, |mut code, place| {
        code[place..place + 32].copy_from_slice(&to);
        code
    })
}

/// A true statement with room for any weight of asset `free`, of which nothing is held, and for a margin of `2^240`.
fn statement(free: usize) -> (Instance, Witness) {
    let amount = |value: u128| Amount::new(value).expect("small");
    let side = |of: fn(usize) -> u128| (0..8).map(|i| amount(if i == free { 0 } else { of(i) })).collect();
    let position = Position::new(side(|_| 1 << 119), side(|i| 1000 + i as u128)).expect("eight assets");
    let opening = Opening::random(ChaCha20Rng::seed_from_u64(9));
    let weight = |value: u128| Weight::new(value).expect("small");
    let margin = Margin::new(U256::from(5)).expect("small");
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest([0x77; 32]),
        covenant: Covenant::from_fn(Size::Eight, margin, |_| (weight((1 << 120) - 1), weight(3))),
    };
    (instance, Witness { position, opening })
}

fn cells(instance: &Instance, witness: &Witness) -> Advice {
    assign(instance, witness, ChaCha20Rng::seed_from_u64(10))
}

/// The private cells for a margin larger by `2^240` than that of `instance`.
fn cells_with_large_margin(instance: &Instance, witness: &Witness) -> Advice {
    let mut cells = cells(instance, witness);
    // The difference of a statement whose collateral counts for less by as much: four times 2^119·2^119.
    let mut less = instance.clone();
    for weight in &mut less.covenant.collateral_mut()[1..5] {
        *weight = Weight::new(weight.get() - (1 << 119)).expect("smaller");
    }
    let of_less = self::cells(&less, witness);
    for (column, difference) in cells.0.iter_mut().zip(&of_less.0) {
        let rows = 0..DIFFERENCE_ROW + 3;
        column[rows.clone()].copy_from_slice(&difference[rows]);
    }
    cells
}

fn words(inputs: &[Fr]) -> Vec<U256> {
    inputs.iter().map(|input| U256::from_be_bytes(to_bytes(input))).collect()
}

#[test]
fn values_that_only_their_encoding_or_width_condemns_are_refused() {
    let forger = Forger::new();
    let (instance, witness) = statement(0);
    let inputs = instance.to_field_elements();
    let honest = forger.prove(cells(&instance, &witness), &inputs, Twist::None);
    assert!(forger.call(&calldata(&honest, &words(&inputs))).accepted(), "the forger's honest proof");

    // Words that are the order too large, and hashed as they are.
    for index in 0..inputs.len() {
        let proof = forger.prove(cells(&instance, &witness), &inputs, Twist::Input(index));
        let mut claimed = words(&inputs);
        claimed[index] += ORDER;
        assert!(forger.call(&calldata(&proof, &claimed)).refused(), "input {index}");
    }
    for index in 0..18 {
        let proof = forger.prove(cells(&instance, &witness), &inputs, Twist::Evaluation(index));
        assert!(forger.call(&calldata(&proof, &words(&inputs))).refused(), "evaluation {index}");
    }
}

#[test]
fn true_statements_beyond_the_widths_are_refused() {
    let forger = Forger::new();
    let power = |bits: u64| Fr::from(2).pow_vartime([bits]);
    let try_out = |free: usize, index: usize, value: Fr, within: bool| {
        let (instance, witness) = statement(free);
        let mut inputs = instance.to_field_elements();
        inputs[index] = value;
        let proof = forger.prove(cells(&instance, &witness), &inputs, Twist::None);
        assert!(forger.halo2_accepts(&inputs, &proof), "input {index} = {value:?}");
        let verdict = forger.call(&calldata(&proof, &words(&inputs)));
        assert_eq!((verdict.accepted(), verdict.refused()), (within, !within), "input {index} = {value:?}");
    };
    // Nothing is held of one asset, so its weights are free.
    for asset in 0..8 {
        try_out(asset, row::collateral_weight(asset), power(120), false);
        try_out(asset, row::debt_weight(Size::Eight, asset), power(120), false);
    }
    try_out(0, row::collateral_weight(0), power(120) - Fr::ONE, true);
    try_out(0, row::debt_weight(Size::Eight, 0), power(120) - Fr::ONE, true);
    try_out(0, row::debt_weight(Size::Eight, 0), -Fr::ONE, false);
    // No gate reads the context.
    try_out(0, row::CONTEXT, power(253) - Fr::ONE, true);
    try_out(0, row::CONTEXT, power(253), false);
    try_out(0, row::CONTEXT, -Fr::ONE, false);

    // The margin is part of the difference: 2^240 + 5 is proven as truly as 5.
    let (instance, witness) = statement(0);
    let mut inputs = instance.to_field_elements();
    inputs[row::MARGIN] = power(240) + Fr::from(5);
    let proof = forger.prove(cells_with_large_margin(&instance, &witness), &inputs, Twist::None);
    assert!(forger.halo2_accepts(&inputs, &proof));
    assert!(forger.call(&calldata(&proof, &words(&inputs))).refused(), "a margin of 2^240 + 5");
}

#[test]
fn errors_that_cancel_under_equal_weights_do_not_pass_as_a_batch() {
    let forger = Forger::new();
    let (instance, witness) = statement(0);
    let inputs = instance.to_field_elements();
    let mut other = instance.clone();
    other.context = Context::from_digest([0x11; 32]);
    let other = other.to_field_elements();
    let mut proofs = [
        forger.prove(cells(&instance, &witness), &inputs, Twist::None),
        forger.prove(cells(&instance, &witness), &other, Twist::None),
    ];
    let batch = |proofs: &[Vec<u8>; 2]| {
        let [first, second] = proofs.clone();
        batch_calldata(&[(first, words(&inputs)), (second, words(&other))])
    };
    assert!(forger.call(&batch(&proofs)).accepted());
    // A proof is off by E·(τ − u) where its last point is off by E.
    let distances = [
        forger.tau - forger.last_challenge(&inputs, &proofs[0]),
        forger.tau - forger.last_challenge(&other, &proofs[1]),
    ];
    let error = halo2curves::bn256::G1::from(forger.params.get_g()[1]);
    let errors = [error, -(error * (distances[0] * distances[1].invert().expect("not zero")))];
    for (proof, error) in proofs.iter_mut().zip(errors) {
        let end = proof.len() - 64;
        let last = g1_from_bytes(proof[end..].try_into().expect("a point")).expect("a point");
        proof[end..].copy_from_slice(&g1_to_bytes(&(error + last).to_affine()));
    }
    assert!(forger.call(&batch(&proofs)).refused());
}
