//! Synthetic circuits: columns that are recurrences of a given degree and reach.

use ff::Field;
use halo2_proofs::plonk::{Advice, Column, ConstraintSystem, Fixed};
use halo2_proofs::poly::Rotation;
use rand_core::RngCore;

use super::{Shape, Work};
use crate::units::Fr;

/// In every column `a`, and every row that one fixed column selects, `a(reach) = a(0)^(degree − 1) + Σ a(j)`, where
/// `0 < j < reach`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// Base-2 logarithm of the number of rows, at least 6.
    pub k: u32,
    /// Private columns.
    pub columns: usize,
    /// Degree of the gates, at least 3.
    pub degree: usize,
    /// Rows from a cell to the one that it determines, at least 1. A column is opened at one more point.
    pub reach: usize,
}

impl Family {
    pub(super) fn configure(self, system: &mut ConstraintSystem<Fr>) -> (Vec<Column<Advice>>, Column<Fixed>) {
        system.set_minimum_degree(self.degree);
        let (columns, selector) =
            ((0..self.columns).map(|_| system.advice_column()).collect::<Vec<_>>(), system.fixed_column());
        let rotations = 0..=i32::try_from(self.reach).expect("a short reach");
        for column in &columns {
            system.create_gate("recurrence", |meta| {
                let selector = meta.query_fixed(selector, Rotation::cur());
                let cells: Vec<_> =
                    rotations.clone().map(|rotation| meta.query_advice(*column, Rotation(rotation))).collect();
                let power = (2..self.degree).fold(cells[0].clone(), |power, _| power * cells[0].clone());
                let sum = cells[1..self.reach].iter().fold(power, |sum, cell| sum + cell.clone());
                [selector * (cells[self.reach].clone() - sum)]
            });
        }
        (columns, selector)
    }

    fn system(self) -> ConstraintSystem<Fr> {
        let mut system = ConstraintSystem::default();
        self.configure(&mut system);
        system
    }

    /// Rows that the selector selects; the last that they read are followed by some for blinding.
    pub(super) fn selected(self) -> usize {
        (1 << self.k) - self.reach - self.system().blinding_factors() - 1
    }

    /// Values of the fixed column.
    pub(super) fn fixed(self) -> Vec<Fr> {
        let mut selector = vec![Fr::ZERO; 1 << self.k];
        selector[..self.selected()].fill(Fr::ONE);
        selector
    }

    /// Private columns from random first rows, with random last rows.
    pub fn advice(self, mut rng: impl RngCore) -> Vec<Vec<Fr>> {
        let mut column = || {
            let mut cells: Vec<Fr> = (0..1 << self.k).map(|_| Fr::random(&mut rng)).collect();
            for row in 0..self.selected() {
                let power = cells[row].pow_vartime([self.degree as u64 - 1]);
                cells[row + self.reach] = power + cells[row + 1..row + self.reach].iter().sum::<Fr>();
            }
            cells
        };
        (0..self.columns).map(|_| column()).collect()
    }

    /// The circuit, ready to prove.
    #[must_use]
    pub fn shape(self) -> Shape {
        Shape::new(self.system(), self.k, &[self.fixed()])
    }

    /// What a proof's time is a function of.
    #[must_use]
    pub fn work(self) -> Work {
        Work::of(&self.system(), self.k)
    }
}

#[cfg(test)]
mod tests {
    use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner};
    use halo2_proofs::plonk::{Circuit, Error, keygen_vk_custom, verify_proof};
    use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
    use halo2_proofs::poly::kzg::multiopen::VerifierSHPLONK;
    use halo2_proofs::poly::kzg::strategy::SingleStrategy;
    use halo2curves::bn256::Bn256;
    use rand_core::OsRng;

    use super::*;
    use crate::srs::Srs;
    use crate::transcript::ProofReader;

    /// A family is no type, so its parameters are the circuit's.
    #[derive(Clone, Copy)]
    struct Keyed(Family);

    impl Default for Keyed {
        fn default() -> Self {
            unreachable!("parameters are always given")
        }
    }

    impl Circuit<Fr> for Keyed {
        type Config = Column<Fixed>;
        type FloorPlanner = SimpleFloorPlanner;
        type Params = Keyed;

        fn params(&self) -> Keyed {
            *self
        }

        fn without_witnesses(&self) -> Self {
            *self
        }

        fn configure_with_params(system: &mut ConstraintSystem<Fr>, Keyed(family): Keyed) -> Column<Fixed> {
            family.configure(system).1
        }

        fn configure(_: &mut ConstraintSystem<Fr>) -> Column<Fixed> {
            unreachable!("parameters are always given")
        }

        fn synthesize(&self, selector: Column<Fixed>, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
            layouter.assign_region(
                || "selector",
                |mut region| {
                    for row in 0..self.0.selected() {
                        region.assign_fixed(selector, row, Fr::ONE);
                    }
                    Ok(())
                },
            )
        }
    }

    /// Whether halo2's verifier accepts a proof about `advice`.
    fn is_proven(family: Family, advice: Vec<Vec<Fr>>) -> bool {
        let srs = Srs::dev(family.k, OsRng);
        let key = keygen_vk_custom(srs.params(), &Keyed(family), false).expect("a key");
        let proof = family.shape().prove(&srs, key.transcript_repr(), advice, [7; 32], |_| ());
        let mut transcript = ProofReader::new(&proof);
        let strategy = SingleStrategy::new(srs.params());
        verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, _, _, _>(
            srs.params(),
            &key,
            strategy,
            &[&[]],
            &mut transcript,
        )
        .is_ok()
            && transcript.is_empty()
    }

    #[test]
    fn halo2_accepts_what_the_prover_makes_of_other_circuits_and_rejects_a_broken_column() {
        for (columns, degree, reach) in [(1, 3, 1), (2, 5, 4), (3, 4, 2), (4, 9, 3)] {
            let family = Family { k: 6, columns, degree, reach };
            let mut advice = family.advice(OsRng);
            assert!(is_proven(family, advice.clone()), "{family:?}");
            advice[columns - 1][family.selected() / 2] += Fr::ONE;
            assert!(!is_proven(family, advice), "{family:?}");
        }
    }

    #[test]
    fn work_counts_what_a_proof_holds() {
        let work = Family { k: 6, columns: 2, degree: 5, reach: 3 }.work();
        assert_eq!((work.k, work.columns, work.degree), (6, 2, 5));
        // Four of each column, one of the selector, one of the random polynomial.
        assert_eq!(work.evaluations, 10);
        let statement = Work::of_statement::<8>();
        assert_eq!((statement.k, statement.columns, statement.degree, statement.evaluations), (10, 2, 5, 18));
    }

    #[test]
    fn more_rows_columns_degrees_and_points_are_more_work() {
        let base = Family { k: 8, columns: 2, degree: 4, reach: 2 };
        let work = |family: Family| {
            let Work { additions, transforms, gates, coefficients, .. } = family.work();
            [additions, transforms, gates, coefficients]
        };
        let more = |family: Family| std::iter::zip(work(family), work(base)).map(|(more, base)| more > base).collect();
        let all = |family| -> bool { Vec::into_iter(more(family)).all(|more| more) };
        assert!(
            all(Family { k: 9, ..base }) && all(Family { columns: 3, ..base }) && all(Family { degree: 5, ..base })
        );
        assert_eq!(more(Family { reach: 3, ..base }), [false, false, true, true]);
    }
}
