//! A statement with a challenge: two private columns hold the same values, each as often, and the first value is public.
//!
//! `Π (γ − a_i) = Π (γ − b_i)` as polynomials in `γ` exactly where it holds. The challenge is drawn after `a` and `b`; the
//! running products `p` and `q` stand in columns of the second phase. For values that are no reordering the products meet
//! at no more than [`VALUES`] values of `γ`.

mod subject;

use assay_circuits::proof::{ProofError, prove, prove_unchecked, verify_proof};
use assay_circuits::{Fr, Statement};
use assay_protocol::Relation;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use ff::{Field, PrimeField};
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::plonk::{
    Advice, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, SecondPhase,
};
use halo2_proofs::poly::Rotation;
use rand_core::{CryptoRng, OsRng, RngCore};
use zeroize::Zeroizing;

pub(crate) use self::subject::Reordering;
use crate::forge::integer;
use crate::subject::Subject;

/// Values in either column.
pub(crate) const VALUES: usize = 16;
const K: u32 = 6;
/// Rows that halo2 fills: three queries of a product, and three.
const BLINDING_ROWS: usize = 6;

/// Numbers of the advice columns. Those of the second phase stand between those of the first.
const A: usize = 0;
const P: usize = 1;
const B: usize = 2;
const Q: usize = 3;

/// The public side.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    first: Fr,
}

/// The private side.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    a: [Fr; VALUES],
    b: [Fr; VALUES],
}

/// A clause that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("the first value is another")]
    First,
    #[error("the columns hold other values")]
    Values,
}

impl Statement for Instance {
    type Circuit = ReorderingCircuit;
    type Witness = Witness;
    type Violation = Violation;

    fn circuit(&self) -> ReorderingCircuit {
        ReorderingCircuit::default()
    }

    fn public_inputs(&self) -> Vec<Vec<Fr>> {
        vec![vec![self.first]]
    }

    fn check(&self, Witness { a, b }: &Witness) -> Result<(), Violation> {
        let sorted = |values: &[Fr; VALUES]| {
            let mut sorted = values.map(integer);
            sorted.sort_unstable();
            sorted
        };
        if a[0] != self.first {
            return Err(Violation::First);
        }
        if sorted(a) != sorted(b) {
            return Err(Violation::Values);
        }
        Ok(())
    }

    fn assign(
        &self,
        Witness { a, b }: &Witness,
        phase: usize,
        challenges: &[Fr],
        mut rng: impl RngCore + CryptoRng,
    ) -> Vec<Vec<Fr>> {
        let mut column = |values: &[Fr]| {
            let filler = (values.len()..(1 << K) - BLINDING_ROWS).map(|_| Fr::random(&mut rng));
            let mut column: Vec<Fr> = values.iter().copied().chain(filler).collect();
            column.resize(1 << K, Fr::ZERO);
            column
        };
        let products = |values: &[Fr; VALUES]| {
            let next = |product: &mut Fr, value: &Fr| {
                *product *= challenges[0] - value;
                Some(*product)
            };
            [Fr::ONE].into_iter().chain(values.iter().scan(Fr::ONE, next)).collect::<Vec<_>>()
        };
        match phase {
            0 => vec![column(a), column(b)],
            _ => vec![column(&products(a)), column(&products(b))],
        }
    }

    fn witness_bytes(Witness { a, b }: &Witness) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::new());
        a.iter().chain(b).for_each(|value| bytes.extend(value.to_repr().as_ref()));
        bytes
    }
}

/// The circuit, with its private columns or without.
#[derive(Default)]
pub(crate) struct ReorderingCircuit {
    advice: Option<Vec<Vec<Fr>>>,
}

/// The columns that it writes.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    advice: [Column<Advice>; 4],
    fixed: [Column<Fixed>; 2],
}

impl Circuit<Fr> for ReorderingCircuit {
    type Config = Written;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = ();

    fn without_witnesses(&self) -> Self {
        Self::default()
    }

    fn configure(system: &mut ConstraintSystem<Fr>) -> Written {
        let a = system.advice_column();
        let p = system.advice_column_in(SecondPhase);
        let b = system.advice_column();
        let q = system.advice_column_in(SecondPhase);
        let gamma = system.challenge_usable_after(FirstPhase);
        let fixed = [system.fixed_column(), system.fixed_column()];
        let input = system.instance_column();
        system.create_gate("step", |meta| {
            let on = meta.query_fixed(fixed[0], Rotation::cur());
            let gamma = meta.query_challenge(gamma);
            [("p(1) = p(0)·(γ − a(0))", a, p), ("q(1) = q(0)·(γ − b(0))", b, q)].map(|(name, values, product)| {
                let next = meta.query_advice(product, Rotation::next());
                let [value, product] = [values, product].map(|column| meta.query_advice(column, Rotation::cur()));
                (name, on.clone() * (next - product * (gamma.clone() - value)))
            })
        });
        system.create_gate("ends", |meta| {
            let first = meta.query_fixed(fixed[1], Rotation::cur());
            let [value, ones @ ..] = [a, p, q].map(|column| meta.query_advice(column, Rotation::cur()));
            let last = Rotation(i32::try_from(VALUES).expect("few"));
            let [of_a, of_b] = [p, q].map(|column| meta.query_advice(column, last));
            let [p, q] = ones.map(|one| first.clone() * (one - Expression::Constant(Fr::ONE)));
            [
                ("a(0) = first", first.clone() * (value - meta.query_instance(input, Rotation::cur()))),
                ("p(0) = 1", p),
                ("q(0) = 1", q),
                ("p(16) = q(16)", first * (of_a - of_b)),
            ]
        });
        Written { advice: [a, p, b, q], fixed }
    }

    fn synthesize(&self, columns: Written, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        layouter.assign_region(
            || "reordering",
            |mut region| {
                for row in 0..(1 << K) - BLINDING_ROWS {
                    for (column, values) in columns.fixed.iter().zip(self.fixed()) {
                        region.assign_fixed(*column, row, values[row]);
                    }
                    for (number, column) in columns.advice.iter().enumerate() {
                        let cell = self.advice.as_ref().map(|advice| advice[number][row]);
                        region.assign_advice(*column, row, cell.map_or(Value::unknown(), Value::known));
                    }
                }
                Ok(())
            },
        )
    }
}

impl Relation for ReorderingCircuit {
    const ID: &'static str = "reordering/v1";

    fn of_size(size: u32) -> Option<Self> {
        (size == 0).then(Self::default)
    }

    fn size(&self) -> u32 {
        0
    }

    fn size_in_words(&self) -> String {
        format!("{VALUES} values")
    }

    fn k(&self) -> u32 {
        K
    }

    /// One where a product takes a step, and one in the first row.
    fn fixed(&self) -> Vec<Vec<Fr>> {
        [VALUES, 1].map(|on| (0..1 << K).map(|row| Fr::from(u64::from(row < on))).collect()).into()
    }

    fn public_rows(&self) -> Vec<usize> {
        vec![1]
    }

    fn filler(&self) -> Vec<Vec<usize>> {
        let usable = (1 << K) - BLINDING_ROWS;
        [VALUES, VALUES + 1, VALUES, VALUES + 1].map(|first| (first..usable).collect()).into()
    }

    fn widths(&self) -> Vec<Vec<u32>> {
        let width = |row| if row < VALUES { Fr::NUM_BITS } else { 0 };
        let values: Vec<u32> = (0..1 << K).map(width).collect();
        vec![values.clone(), vec![0; 1 << K], values, vec![0; 1 << K]]
    }
}

#[test]
fn a_reordering_is_proven_and_nothing_else_is() {
    let (instance, witness) = Reordering::example();
    let srs = Srs::dev(K, OsRng);
    let key =
        ProvingKey::new::<ReorderingCircuit>(VerifyingKey::generate(&srs, &instance.circuit()).expect("large enough"));
    let verify = |instance: &Instance, proof: &[u8]| verify_proof(key.verifying_key(), instance, proof);
    let proof = prove(&srs, &key, &instance, &witness, OsRng).expect("true");
    assert_eq!(verify(&instance, &proof), Ok(()));
    assert_eq!(verify(&Instance { first: instance.first + Fr::ONE }, &proof), Err(ProofError::Invalid));
    let cases = Reordering::cases(5).filter(|(instance, witness)| instance.check(witness).is_err());
    for (instance, witness) in cases.take(8) {
        let forced = prove_unchecked(&srs, &key, &instance, &witness, OsRng);
        assert_eq!(verify(&instance, &forced), Err(ProofError::Invalid), "{witness:?}");
    }
}
