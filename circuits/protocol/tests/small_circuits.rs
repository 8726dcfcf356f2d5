//! The protocol over small circuits, of one phase and of two: halo2's verifier is the oracle for every proof.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test")]

mod common;

use assay_protocol::artifact::HEADER_LEN;
use assay_protocol::encoding::{G1_LEN, G2_LEN, SCALAR_LEN, g1_to_bytes, g2_to_bytes, to_bytes};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::plan::{Plan, Polynomial, Unsupported};
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_protocol::verifier::{Accumulator, Claim, ProofError, msm, verify_batch};
use assay_protocol::{Fr, Relation};
use ff::{Field, PrimeField};
use group::Curve;
use halo2_proofs::plonk::{ConstraintSystem, FirstPhase, SecondPhase, ThirdPhase};
use halo2_proofs::poly::Rotation;
use halo2curves::bn256::{G1, G1Affine, G2};
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng};
use sha2::Sha256;
use sha3::{Digest, Keccak256};

use common::{RECURRENCES, Recurrence, Reordering, Setup, VALUES};

#[test]
fn circuits_of_one_phase_are_proven_and_a_broken_column_is_not() {
    for circuit in RECURRENCES {
        let setup = Setup::new(&circuit);
        let public = Fr::from(7);
        let advice = circuit.advice(public, OsRng);
        let proof = setup.prove(public, |_, _, _| advice.clone(), 1);
        assert_eq!(proof.len(), circuit.plan().proof_len());
        assert_eq!(setup.verdict(public, &proof), Ok(()), "{circuit:?}");
        assert_eq!(setup.verdict(Fr::from(8), &proof), Err(ProofError::Invalid), "another public input");
        let mut broken = advice;
        broken[circuit.columns - 1][8] += Fr::ONE;
        let proof = setup.prove(public, |_, _, _| broken.clone(), 1);
        assert_eq!(setup.verdict(public, &proof), Err(ProofError::Invalid), "{circuit:?}");
    }
}

/// A proof that the columns `first` are reorderings of each other, honest in the second phase.
fn reordering(setup: &Setup, first: &[Vec<Fr>], public: Fr, seed: u64) -> Vec<u8> {
    let advice = |phase: usize, challenges: &[Fr], rng: &mut ChaCha20Rng| match phase {
        0 => first.to_vec(),
        _ => vec![Reordering::quotient(first, challenges[0], rng)],
    };
    setup.prove(public, advice, seed)
}

#[test]
fn a_circuit_of_two_phases_is_proven_and_columns_that_differ_are_not() {
    let setup = Setup::new(&Reordering);
    let public = Fr::from(5);
    let first = Reordering::columns(public, OsRng);
    let proof = reordering(&setup, &first, public, 1);
    assert_eq!(setup.verdict(public, &proof), Ok(()));
    assert_eq!(setup.verdict(public + Fr::ONE, &proof), Err(ProofError::Invalid));

    // One value differs: the quotient does not end at one.
    let mut other = first.clone();
    other[1][3] += Fr::ONE;
    assert_eq!(setup.verdict(public, &reordering(&setup, &other, public, 1)), Err(ProofError::Invalid));
}

#[test]
fn a_prover_that_chooses_the_challenge_itself_is_refused() {
    // With γ chosen first, columns that are no reorderings of each other meet it: here γ is a value of both. The verifier's
    // γ is another, since it hashes the columns.
    let setup = Setup::new(&Reordering);
    let public = Fr::from(5);
    let mut first = Reordering::columns(public, OsRng);
    first[1][3] += Fr::ONE;
    let chosen = Fr::from(1234);
    let forged = Reordering::quotient(&first, chosen, OsRng);
    for (row, end) in [(VALUES, Fr::ONE), (VALUES, forged[VALUES])] {
        let mut z = forged.clone();
        z[row] = end;
        let advice = |phase: usize, _: &[Fr], _: &mut ChaCha20Rng| match phase {
            0 => first.clone(),
            _ => vec![z.clone()],
        };
        assert_eq!(setup.verdict(public, &setup.prove(public, advice, 2)), Err(ProofError::Invalid));
    }
    // An accumulator for the right challenge of other columns is refused too: columns are bound before γ.
    let honest = Reordering::columns(public, ChaCha20Rng::seed_from_u64(3));
    let advice = |phase: usize, challenges: &[Fr], rng: &mut ChaCha20Rng| match phase {
        0 => first.clone(),
        _ => vec![Reordering::quotient(&honest, challenges[0], rng)],
    };
    assert_eq!(setup.verdict(public, &setup.prove(public, advice, 2)), Err(ProofError::Invalid));
}

#[test]
fn both_verifiers_refuse_every_changed_word_of_a_proof_of_two_phases() {
    let setup = Setup::new(&Reordering);
    let public = Fr::from(9);
    let first = Reordering::columns(public, OsRng);
    let [proof, other] = [1, 2].map(|seed| reordering(&setup, &first, public, seed));
    assert_ne!(proof, other);
    for at in (0..proof.len()).step_by(SCALAR_LEN) {
        let mut changed = proof.clone();
        changed[at + 31] ^= 1;
        assert!(setup.verdict(public, &changed).is_err(), "byte {at}");
        let mut swapped = proof.clone();
        swapped[at..at + SCALAR_LEN].copy_from_slice(&other[at..at + SCALAR_LEN]);
        assert!(setup.verdict(public, &swapped).is_err(), "byte {at}");
    }
    for at in (0..setup.key.verifying_key().plan().advice() * G1_LEN).step_by(G1_LEN) {
        let mut swapped = proof.clone();
        swapped[at..at + G1_LEN].copy_from_slice(&other[at..at + G1_LEN]);
        assert_eq!(setup.verdict(public, &swapped), Err(ProofError::Invalid), "point at {at}");
    }
    for length in [0, 1, proof.len() - SCALAR_LEN, proof.len() - 1] {
        assert!(matches!(setup.verdict(public, &proof[..length]), Err(ProofError::Length { .. })));
    }
}

#[test]
fn the_same_draw_gives_the_same_proof_and_another_one_other_words() {
    let setup = Setup::new(&Reordering);
    let first = Reordering::columns(Fr::ONE, OsRng);
    let [one, same, other] = [1, 1, 2].map(|seed| reordering(&setup, &first, Fr::ONE, seed));
    assert_eq!(one, same);
    let equal = one.chunks(SCALAR_LEN).zip(other.chunks(SCALAR_LEN)).filter(|(one, other)| one == other).count();
    assert_eq!(equal, 0, "every word of a proof is random");
}

#[test]
fn a_batch_may_mix_circuits_and_ceremonies_and_names_the_bad_ones() {
    let public = Fr::from(5);
    let one = Setup::new(&Reordering);
    let two = Setup::new(&RECURRENCES[1]);
    let first = Reordering::columns(public, OsRng);
    let advice = RECURRENCES[1].advice(public, OsRng);
    let proofs = [
        (&one, reordering(&one, &first, public, 1)),
        (&two, two.prove(public, |_, _, _| advice.clone(), 1)),
        (&one, reordering(&one, &first, public, 2)),
        (&two, two.prove(public, |_, _, _| advice.clone(), 2)),
    ];
    let inputs = [vec![public]];
    let results = |proofs: &[(&Setup, Vec<u8>)]| {
        let claims: Vec<Claim<'_>> = proofs
            .iter()
            .map(|(setup, proof)| Claim { key: setup.key.verifying_key(), public: &inputs, proof })
            .collect();
        verify_batch(&claims)
    };
    assert_eq!(results(&proofs), [Ok(()); 4]);
    assert_eq!(results(&[]), []);
    let mut bad = proofs.clone();
    let last = bad[2].1.len() - 1;
    bad[2].1[last] ^= 1;
    bad[3].1.pop();
    let length = proofs[3].1.len();
    let expected =
        [Ok(()), Ok(()), Err(ProofError::Invalid), Err(ProofError::Length { expected: length, found: length - 1 })];
    assert_eq!(results(&bad), expected);
}

/// The file of `key` with another `τ·G₂`, and this point for every fixed column.
fn forged_key(key: &VerifyingKey, tau: Fr, fixed: &G1Affine) -> VerifyingKey {
    let mut file = key.to_bytes();
    let points = file.split_off(HEADER_LEN + 32 + 1 + 4);
    file.extend(g2_to_bytes(&(G2::generator() * tau).to_affine()));
    (G2_LEN..points.len()).step_by(G1_LEN).for_each(|_| file.extend(g1_to_bytes(fixed)));
    let hash = Sha256::new().chain_update(&file[..HEADER_LEN - 32]).chain_update(&file[HEADER_LEN..]).finalize();
    file[HEADER_LEN - 32..HEADER_LEN].copy_from_slice(&hash);
    VerifyingKey::from_bytes::<Recurrence>(&file).unwrap()
}

/// The weight of the second of two claims with these digests.
fn second_weight(digests: [[u8; 32]; 2]) -> Fr {
    let seed = Keccak256::digest(digests.as_flattened());
    let hash = Keccak256::new().chain_update(seed).chain_update(1u64.to_be_bytes()).finalize();
    Fr::from_u128(u128::from_be_bytes(hash[16..].try_into().unwrap()))
}

#[test]
fn a_key_that_is_made_after_the_proofs_does_not_cancel_an_error() {
    // The first proof is off by `e(E, G₂)`. The second is of multiples of `E`, and so is its key; all values are zero, and
    // so is every gate at them. Its error is then `e(E, (τ' − ρ)·G₂)` with a known `ρ`, and `τ'` is chosen last.
    let circuit = RECURRENCES[0];
    let setup = Setup::new(&circuit);
    let (key, public) = (setup.key.verifying_key(), [vec![Fr::from(7)]]);
    let advice = circuit.advice(public[0][0], OsRng);
    let mut first = setup.prove(public[0][0], |_, _, _| advice.clone(), 1);
    let honest = Accumulator::read(key, &public, &first).unwrap();
    let (u, witness) = *honest.points.last().unwrap();
    // `τ·G₁` by the values of `X` in the rows, which are the powers of a root of unity.
    let root = (circuit.k()..Fr::S).fold(Fr::ROOT_OF_UNITY, |root, _| root.square());
    let rows = std::iter::successors(Some(Fr::ONE), |power| Some(power * root));
    let tau: Vec<(Fr, G1Affine)> = rows.zip(setup.srs.lagrange().iter().copied()).collect();
    let error = (msm(&tau) - G1::generator() * u).to_affine();
    let at = first.len() - G1_LEN;
    first[at..].copy_from_slice(&g1_to_bytes(&(witness + G1::generator()).to_affine()));
    let wrong = Accumulator::read(key, &public, &first).unwrap();

    let plan = key.plan();
    let second: Vec<u8> = [
        g1_to_bytes(&error).repeat(plan.points() - 2),
        to_bytes(&Fr::ZERO).repeat(plan.scalars()),
        g1_to_bytes(&error).repeat(2),
    ]
    .concat();
    let forged = forged_key(key, Fr::ONE, &error);
    let accumulator = Accumulator::read(&forged, &public, &second).unwrap();
    assert_eq!(accumulator.generator, Fr::ZERO);
    let rho: Fr = accumulator.points.iter().map(|(factor, _)| factor).chain(&accumulator.fixed).sum();
    let weight = second_weight([wrong.digest, accumulator.digest]);
    let last = forged_key(key, rho - weight.invert().unwrap(), &error);
    let claims = [(key, &first), (&last, &second)].map(|(key, proof)| Claim { key, public: &public, proof });
    assert_eq!(verify_batch(&claims), [Err(ProofError::Invalid); 2]);
}

#[test]
fn public_inputs_of_another_shape_are_refused() {
    let setup = Setup::new(&Reordering);
    let public = Fr::from(5);
    let proof = reordering(&setup, &Reordering::columns(public, OsRng), public, 1);
    let verdict = |public: &[Vec<Fr>]| {
        assay_protocol::verifier::verify(&Claim { key: setup.key.verifying_key(), public, proof: &proof })
    };
    assert_eq!(verdict(&[vec![public]]), Ok(()));
    // A zero more pads to the same column, and is another statement all the same.
    for other in [&[][..], &[vec![]], &[vec![public, Fr::ZERO]], &[vec![public], vec![]], &[vec![public; 65]]] {
        assert_eq!(verdict(other), Err(ProofError::Invalid), "{} columns", other.len());
    }
}

#[test]
fn the_plan_is_what_halo2_s_verifier_reads() {
    let plan = Reordering.plan();
    assert_eq!(plan.phases().iter().map(|phase| phase.advice.clone()).collect::<Vec<_>>(), [vec![0, 2], vec![1]]);
    assert_eq!(plan.phases().iter().map(|phase| phase.challenges.len()).collect::<Vec<_>>(), [1, 0]);
    assert_eq!((plan.advice(), plan.fixed(), plan.instance(), plan.challenges()), (3, 2, 1, 1));
    assert_eq!((plan.degree(), plan.pieces()), (3, 2));
    // z at 0, 1 and 16; a and b at 0; two fixed columns; the random polynomial.
    assert_eq!((plan.points(), plan.scalars()), (3 + 2 + 3, 3 + 2 + 2 + 1));
    assert_eq!(plan.rotations(1), 3);
    let sets: Vec<Vec<i32>> = plan.sets().iter().map(|set| set.rotations.clone()).collect();
    assert_eq!(sets.len(), 2);
    assert!(sets.contains(&vec![0, 1, 16]) && sets.contains(&vec![0]));
    let members: usize = plan.sets().iter().map(|set| set.members.len()).sum();
    assert_eq!(members, 3 + 2 + 2);
    assert!(plan.sets().iter().flat_map(|set| &set.members).any(|member| member.polynomial == Polynomial::Quotient));
}

#[test]
fn circuits_of_another_kind_are_named() {
    let unsupported = |configure: fn(&mut ConstraintSystem<Fr>), k: u32| {
        let mut system = ConstraintSystem::default();
        let column = system.advice_column();
        system.create_gate("cube", |meta| {
            let cell = meta.query_advice(column, Rotation::cur());
            [cell.clone() * cell.clone() * cell]
        });
        configure(&mut system);
        Plan::new(&system, k).err()
    };
    assert_eq!(unsupported(|_| (), 6), None);
    assert_eq!(unsupported(|_| (), 2), Some(Unsupported::Rows(2)));
    assert_eq!(unsupported(|_| (), 28), Some(Unsupported::Rows(28)));
    // halo2 counts no more than five unless a least degree is set.
    let sixth_power = |system: &mut ConstraintSystem<Fr>| {
        let column = system.advice_column();
        system.create_gate("sixth power", |meta| {
            let cell = meta.query_advice(column, Rotation::cur());
            [(1..6).fold(cell.clone(), |power, _| power * cell.clone())]
        });
    };
    assert_eq!(unsupported(sixth_power, 6), Some(Unsupported::Degree { gates: 6, counted: 5 }));
    let empty_phase = |system: &mut ConstraintSystem<Fr>| {
        *system = ConstraintSystem::default();
    };
    assert_eq!(unsupported(empty_phase, 6), Some(Unsupported::EmptyPhase));
    assert_eq!(unsupported(|system| _ = system.selector(), 6), Some(Unsupported::Selector));
    let permuted = |system: &mut ConstraintSystem<Fr>| {
        let column = system.advice_column();
        system.enable_equality(column);
    };
    assert_eq!(unsupported(permuted, 6), Some(Unsupported::Permutation));
    let looks_up = |system: &mut ConstraintSystem<Fr>| {
        let (column, table) = (system.advice_column(), system.fixed_column());
        system.lookup_any("any", |meta| {
            vec![(meta.query_advice(column, Rotation::cur()), meta.query_fixed(table, Rotation::cur()))]
        });
    };
    assert_eq!(unsupported(looks_up, 6), Some(Unsupported::Lookup));
    let three_phases = |system: &mut ConstraintSystem<Fr>| {
        system.advice_column_in(SecondPhase);
        system.advice_column_in(ThirdPhase);
    };
    assert_eq!(unsupported(three_phases, 6), Some(Unsupported::Phases));
    let far = |system: &mut ConstraintSystem<Fr>| {
        let column = system.advice_column();
        system.create_gate("far", |meta| vec![meta.query_advice(column, Rotation(40))]);
    };
    assert_eq!(unsupported(far, 6), Some(Unsupported::Rows(6)));
    let challenge = |system: &mut ConstraintSystem<Fr>| {
        system.advice_column_in(SecondPhase);
        system.challenge_usable_after(FirstPhase);
    };
    assert_eq!(unsupported(challenge, 6), None);
}

#[test]
fn a_commitment_is_a_value_of_a_column_that_no_gate_reads_in_its_own_row() {
    // A proof depends on the value at τ by the commitment, and at τ·ω, τ·ω², τ·ω³ by the quotient.
    let mut system = ConstraintSystem::default();
    let [below, unread] = [(); 2].map(|()| system.advice_column());
    system.create_gate("product", |meta| [1, 2, 3].map(|row| meta.query_advice(below, Rotation(row))));
    let plan = Plan::new(&system, 6).unwrap();
    assert_eq!([below, unread].map(|column| plan.rotations(column.index())), [4, 1]);
}

#[test]
#[should_panic(expected = "free cells do not hide it")]
fn a_key_is_not_made_for_a_column_that_its_free_cells_do_not_hide() {
    /// A circuit that fills all of its rows.
    #[derive(Clone, Copy, Default)]
    struct Full(Recurrence);

    impl halo2_proofs::plonk::Circuit<Fr> for Full {
        type Config = common::Columns;
        type FloorPlanner = halo2_proofs::circuit::SimpleFloorPlanner;
        type Params = Recurrence;

        fn params(&self) -> Recurrence {
            self.0
        }

        fn without_witnesses(&self) -> Self {
            *self
        }

        fn configure_with_params(system: &mut ConstraintSystem<Fr>, params: Recurrence) -> common::Columns {
            Recurrence::configure_with_params(system, params)
        }

        fn configure(_: &mut ConstraintSystem<Fr>) -> common::Columns {
            unreachable!("the circuit has parameters")
        }

        fn synthesize(
            &self,
            columns: common::Columns,
            layouter: impl halo2_proofs::circuit::Layouter<Fr>,
        ) -> Result<(), halo2_proofs::plonk::Error> {
            self.0.synthesize(columns, layouter)
        }
    }

    impl Relation for Full {
        const ID: &'static str = "full/v1";

        fn of_size(_: u32) -> Option<Self> {
            None
        }

        fn size(&self) -> u32 {
            0
        }

        fn size_in_words(&self) -> String {
            String::new()
        }

        fn k(&self) -> u32 {
            self.0.k()
        }

        fn fixed(&self) -> Vec<Vec<Fr>> {
            self.0.fixed()
        }

        fn public_rows(&self) -> Vec<usize> {
            vec![1]
        }

        fn filler(&self) -> Vec<Vec<usize>> {
            vec![Vec::new(); self.0.columns]
        }

        fn widths(&self) -> Vec<Vec<u32>> {
            self.0.widths()
        }
    }

    // Eight rotations of one column, and eleven blinding rows.
    let circuit = Full(Recurrence { columns: 1, degree: 3, reach: 7 });
    let _ = VerifyingKey::generate(&Srs::dev(6, OsRng), &circuit);
}

#[test]
fn keys_survive_their_files_and_belong_to_their_statement() {
    let setup = Setup::new(&Reordering);
    let key = setup.key.verifying_key();
    let file = key.to_bytes();
    let read = VerifyingKey::from_bytes::<Reordering>(&file).unwrap();
    assert_eq!(read.to_bytes(), file);
    assert_eq!(read.fingerprint(), key.fingerprint());
    assert_eq!(read.halo2_key().transcript_repr(), key.halo2_key().transcript_repr());
    assert_eq!(key.fingerprint().to_string().parse(), Ok(key.fingerprint()));
    assert!(VerifyingKey::from_bytes::<Recurrence>(&file).is_err());

    // A larger SRS gives the same key, and another SRS another one.
    let large = Srs::dev(7, OsRng);
    let cut = VerifyingKey::generate(&large.downsize(6).unwrap(), &Reordering).unwrap();
    assert_eq!(VerifyingKey::generate(&large, &Reordering).unwrap().to_bytes(), cut.to_bytes());
    assert_ne!(cut.fingerprint(), key.fingerprint());
    assert!(VerifyingKey::generate(&Srs::dev(5, OsRng), &Reordering).is_err());
    assert!(ProvingKey::new::<Reordering>(cut).with_multiples(&setup.srs).is_err());
}

#[test]
fn a_key_with_multiples_makes_the_same_proofs() {
    let mut setup = Setup::new(&Reordering);
    let first = Reordering::columns(Fr::ONE, OsRng);
    let seed = OsRng.next_u64();
    let plain = reordering(&setup, &first, Fr::ONE, seed);
    setup.key = setup.key.clone().with_multiples(&setup.srs).unwrap();
    assert_eq!(reordering(&setup, &first, Fr::ONE, seed), plain);
}
