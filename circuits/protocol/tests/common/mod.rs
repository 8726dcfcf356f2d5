//! Small circuits of the protocol's kind, and halo2's verifier beside ours.

#[path = "../../../tests/circuit/oracle.rs"]
mod oracle;

use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::{ProvingKey, prove};
use assay_protocol::srs::Srs;
use assay_protocol::verifier::{Claim, ProofError, verify};
use assay_protocol::{Fr, Relation};
use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner};
use halo2_proofs::plonk::{Circuit, Column, ConstraintSystem, Error, FirstPhase, Fixed, Instance, SecondPhase};
use halo2_proofs::poly::Rotation;
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng};

use self::oracle::halo2_accepts;

/// In every column `a`, and every row that one fixed column selects, `a(reach) = a(0)^(degree − 1) + Σ a(j)`, where
/// `0 < j < reach`; the public input is the first cell of the first column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recurrence {
    /// Private columns.
    pub(crate) columns: usize,
    /// Degree of the gates, at least 3.
    pub(crate) degree: usize,
    /// Rows from a cell to the one that it determines, at least 1.
    pub(crate) reach: usize,
}

/// The circuits, numbered as their sizes.
pub(crate) const RECURRENCES: [Recurrence; 4] = [
    Recurrence { columns: 1, degree: 3, reach: 1 },
    Recurrence { columns: 2, degree: 5, reach: 4 },
    Recurrence { columns: 3, degree: 4, reach: 2 },
    Recurrence { columns: 4, degree: 9, reach: 3 },
];
const K: u32 = 6;

impl Recurrence {
    /// Rows that the selector selects; few, so that there are free cells.
    const fn selected(self) -> usize {
        16
    }

    /// The private columns from random first rows; the cells after the last that is determined are random too.
    pub(crate) fn advice(self, first: Fr, mut rng: impl RngCore) -> Vec<Vec<Fr>> {
        // The first column begins with the public input.
        let mut column = |number: usize| {
            let mut cells: Vec<Fr> = (0..1 << K).map(|_| Fr::random(&mut rng)).collect();
            if number == 0 {
                cells[0] = first;
            }
            for row in 0..self.selected() {
                let power = cells[row].pow_vartime([self.degree as u64 - 1]);
                cells[row + self.reach] = power + cells[row + 1..row + self.reach].iter().sum::<Fr>();
            }
            cells
        };
        (0..self.columns).map(&mut column).collect()
    }
}

/// The columns that a small circuit writes.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) fixed: Vec<Column<Fixed>>,
}

/// The selector, and one that is on in the first row alone.
fn selectors(selected: usize) -> Vec<Vec<Fr>> {
    [selected, 1].map(|on| (0..1 << K).map(|row| Fr::from(u64::from(row < on))).collect()).into()
}

fn write(fixed: &[Column<Fixed>], values: &[Vec<Fr>], mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
    layouter.assign_region(
        || "fixed columns",
        |mut region| {
            for (column, values) in fixed.iter().zip(values) {
                for (row, value) in values.iter().enumerate().filter(|(_, value)| **value != Fr::ZERO) {
                    region.assign_fixed(*column, row, *value);
                }
            }
            Ok(())
        },
    )
}

impl Circuit<Fr> for Recurrence {
    type Config = Columns;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Self;

    fn params(&self) -> Self {
        *self
    }

    fn without_witnesses(&self) -> Self {
        *self
    }

    fn configure_with_params(system: &mut ConstraintSystem<Fr>, this: Self) -> Columns {
        system.set_minimum_degree(this.degree);
        let advice: Vec<_> = (0..this.columns).map(|_| system.advice_column()).collect();
        let fixed = vec![system.fixed_column(), system.fixed_column()];
        let input: Column<Instance> = system.instance_column();
        let rotations = 0..=i32::try_from(this.reach).expect("a short reach");
        for column in &advice {
            system.create_gate("recurrence", |meta| {
                let selector = meta.query_fixed(fixed[0], Rotation::cur());
                let cells: Vec<_> =
                    rotations.clone().map(|rotation| meta.query_advice(*column, Rotation(rotation))).collect();
                let power = (2..this.degree).fold(cells[0].clone(), |power, _| power * cells[0].clone());
                let sum = cells[1..this.reach].iter().fold(power, |sum, cell| sum + cell.clone());
                [selector * (cells[this.reach].clone() - sum)]
            });
        }
        system.create_gate("first", |meta| {
            let first = meta.query_fixed(fixed[1], Rotation::cur());
            let cell = meta.query_advice(advice[0], Rotation::cur());
            [first * (cell - meta.query_instance(input, Rotation::cur()))]
        });
        Columns { fixed }
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Columns {
        unreachable!("the circuit has parameters")
    }

    fn synthesize(&self, columns: Columns, layouter: impl Layouter<Fr>) -> Result<(), Error> {
        write(&columns.fixed, &self.fixed(), layouter)
    }
}

impl Relation for Recurrence {
    const ID: &'static str = "recurrence/v1";

    fn of_size(size: u32) -> Option<Self> {
        RECURRENCES.get(size as usize).copied()
    }

    fn size(&self) -> u32 {
        let place = RECURRENCES.iter().position(|other| other == self).expect("one of the circuits");
        u32::try_from(place).expect("few")
    }

    fn size_in_words(&self) -> String {
        format!("{self:?}")
    }

    fn k(&self) -> u32 {
        K
    }

    fn fixed(&self) -> Vec<Vec<Fr>> {
        selectors(self.selected())
    }

    fn public_rows(&self) -> Vec<usize> {
        vec![1]
    }

    fn filler(&self) -> Vec<Vec<usize>> {
        let usable = (1 << K) - self.plan().blinding_rows();
        vec![(self.selected() + self.reach..usable).collect(); self.columns]
    }

    fn widths(&self) -> Vec<Vec<u32>> {
        vec![vec![0; 1 << K]; self.columns]
    }
}

/// That two private columns hold the same values in another order: `Π (γ − a_i) = Π (γ − b_i)` over the selected rows, by a
/// running quotient in a column of the second phase, where `γ` is a challenge after the first. The public input is `a_0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reordering;

/// Values in either column.
pub(crate) const VALUES: usize = 16;

impl Reordering {
    /// The running quotient `z_0 = 1`, `z_(i+1)·(γ − b_i) = z_i·(γ − a_i)`, which ends at one.
    pub(crate) fn quotient(first: &[Vec<Fr>], gamma: Fr, mut rng: impl RngCore) -> Vec<Fr> {
        let mut z: Vec<Fr> = (0..1 << K).map(|_| Fr::random(&mut rng)).collect();
        z[0] = Fr::ONE;
        for row in 0..VALUES {
            let ratio = (gamma - first[0][row]) * (gamma - first[1][row]).invert().unwrap_or(Fr::ZERO);
            z[row + 1] = z[row] * ratio;
        }
        z
    }

    /// Values of `a` with `first` at the top, and the same values in reverse order as `b`.
    pub(crate) fn columns(first: Fr, mut rng: impl RngCore) -> Vec<Vec<Fr>> {
        let mut a: Vec<Fr> = (0..1 << K).map(|_| Fr::random(&mut rng)).collect();
        a[0] = first;
        let mut b: Vec<Fr> = (0..1 << K).map(|_| Fr::random(&mut rng)).collect();
        (0..VALUES).for_each(|row| b[row] = a[VALUES - 1 - row]);
        vec![a, b]
    }
}

impl Circuit<Fr> for Reordering {
    type Config = Columns;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = ();

    fn without_witnesses(&self) -> Self {
        Self
    }

    fn configure(system: &mut ConstraintSystem<Fr>) -> Columns {
        // The column of the second phase stands between those of the first.
        let a = system.advice_column();
        let z = system.advice_column_in(SecondPhase);
        let b = system.advice_column();
        let gamma = system.challenge_usable_after(FirstPhase);
        let fixed = vec![system.fixed_column(), system.fixed_column()];
        let input: Column<Instance> = system.instance_column();
        system.create_gate("step", |meta| {
            let selector = meta.query_fixed(fixed[0], Rotation::cur());
            let gamma = meta.query_challenge(gamma);
            let next = meta.query_advice(z, Rotation::next());
            let [a, b, z] = [a, b, z].map(|column| meta.query_advice(column, Rotation::cur()));
            [selector * (next * (gamma.clone() - b) - z * (gamma - a))]
        });
        system.create_gate("ends", |meta| {
            let first = meta.query_fixed(fixed[1], Rotation::cur());
            let last = meta.query_advice(z, Rotation(i32::try_from(VALUES).expect("few")));
            let [a, z] = [a, z].map(|column| meta.query_advice(column, Rotation::cur()));
            let one = halo2_proofs::plonk::Expression::Constant(Fr::ONE);
            let input = meta.query_instance(input, Rotation::cur());
            [first.clone() * (a - input), first.clone() * (z - one.clone()), first * (last - one)]
        });
        Columns { fixed }
    }

    fn synthesize(&self, columns: Columns, layouter: impl Layouter<Fr>) -> Result<(), Error> {
        write(&columns.fixed, &self.fixed(), layouter)
    }
}

impl Relation for Reordering {
    const ID: &'static str = "reordering/v1";

    fn of_size(size: u32) -> Option<Self> {
        (size == 0).then_some(Self)
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

    fn fixed(&self) -> Vec<Vec<Fr>> {
        selectors(VALUES)
    }

    fn public_rows(&self) -> Vec<usize> {
        vec![1]
    }

    fn filler(&self) -> Vec<Vec<usize>> {
        let usable = (1 << K) - self.plan().blinding_rows();
        [VALUES, VALUES + 1, VALUES].map(|first| (first..usable).collect()).into()
    }

    fn widths(&self) -> Vec<Vec<u32>> {
        // Columns of the first phase are masked, to see that masks do no harm.
        let mut widths = vec![vec![254; 1 << K], vec![0; 1 << K], vec![254; 1 << K]];
        widths[2][3] = 10;
        widths
    }
}

/// Keys of a circuit under a development SRS.
pub(crate) struct Setup {
    pub(crate) srs: Srs,
    pub(crate) key: ProvingKey,
}

impl Setup {
    pub(crate) fn new<R: Relation>(circuit: &R) -> Self {
        let srs = Srs::dev(K, OsRng);
        let key = VerifyingKey::generate(&srs, circuit).expect("large enough");
        Self { key: ProvingKey::new::<R>(key), srs }
    }

    pub(crate) fn prove(
        &self,
        public: Fr,
        advice: impl FnMut(usize, &[Fr], &mut ChaCha20Rng) -> Vec<Vec<Fr>>,
        seed: u64,
    ) -> Vec<u8> {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        prove(&self.srs, &self.key, &[vec![public]], b"", advice, rng, |_| ()).expect("the key's SRS")
    }

    /// Our verdict, which must be halo2's.
    pub(crate) fn verdict(&self, public: Fr, proof: &[u8]) -> Result<(), ProofError> {
        let key = self.key.verifying_key();
        let ours = verify(&Claim { key, public: &[vec![public]], proof });
        assert_eq!(ours.is_ok(), halo2_accepts(key, &[vec![public]], proof), "both verifiers agree");
        ours
    }
}
