//! What commitments are made with.

use assay_arithmetic::{Multiples, Path, msm};
use halo2curves::bn256::{G1, G1Affine};

use crate::Fr;
use crate::srs::Srs;

/// Points to commit with, and their multiples where they are kept.
#[derive(Clone, Copy)]
pub(super) struct Base<'p> {
    path: Path,
    pub(super) points: &'p [G1Affine],
    multiples: Option<&'p Multiples>,
}

impl<'p> Base<'p> {
    /// The powers of an SRS, and its Lagrange points.
    pub(super) fn both(path: Path, srs: &'p Srs, bases: Option<&'p Bases>) -> [Self; 2] {
        let multiples = bases.map(|bases| &bases.0);
        let base =
            |points, place: usize| Self { path, points, multiples: multiples.map(|multiples| &multiples[place]) };
        [base(srs.powers(), 0), base(srs.lagrange(), 1)]
    }

    /// Points alone.
    #[cfg(test)]
    pub(super) fn of(points: &'p [G1Affine]) -> Self {
        Self { path: Path::detect(), points, multiples: None }
    }

    /// As many other points, of which no multiples are kept.
    pub(super) fn with(self, points: &'p [G1Affine]) -> Self {
        Self { points, multiples: None, ..self }
    }

    /// How to compute with them.
    pub(super) fn path(self) -> Path {
        self.path
    }

    /// How many points there are.
    pub(super) fn len(self) -> usize {
        self.points.len()
    }

    /// The sum of the scalars' multiples of the first points.
    pub(super) fn sum(self, scalars: &[Fr]) -> G1 {
        match self.multiples {
            Some(multiples) if scalars.len() == self.points.len() => multiples.msm(scalars),
            _ => msm(self.path, scalars, &self.points[..scalars.len()]),
        }
    }
}

/// Multiples of the powers of an SRS, and of its Lagrange points.
#[derive(Clone)]
pub(super) struct Bases([Multiples; 2]);

impl Bases {
    pub(super) fn new(path: Path, srs: &Srs) -> Self {
        Self([srs.powers(), srs.lagrange()].map(|points| Multiples::new(path, points)))
    }
}
