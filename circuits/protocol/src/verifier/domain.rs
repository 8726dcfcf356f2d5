//! The circuit's rows as roots of unity: row `j` is `ω^j`, where `ω` generates the `2^k`-th roots of unity.

use std::collections::BTreeSet;

use ff::{BatchInvert, Field, PrimeField};

use crate::Fr;

/// The `2^k`-th roots of unity.
pub(super) struct Domain {
    /// `ω^(2^b)` for each bit `b` of an exponent, `k` of them.
    powers: Vec<Fr>,
}

impl Domain {
    /// `None` where the field has no `2^k`-th roots of unity.
    pub(super) fn new(k: u32) -> Option<Self> {
        let root = (0..Fr::S.checked_sub(k)?).fold(Fr::ROOT_OF_UNITY, |root, _| root.square());
        Some(Self {
            powers: std::iter::successors(Some(root), |power| Some(power.square()))
                .zip(0..k)
                .unzip::<_, _, _, Vec<u32>>()
                .0,
        })
    }

    /// `ω^exponent`.
    pub(super) fn root(&self, exponent: i32) -> Fr {
        // The low k bits of a two's complement are the exponent modulo 2^k.
        let bits = (0u32..).map(|bit| exponent.checked_shr(bit).is_some_and(|rest| rest & 1 == 1));
        self.powers.iter().zip(bits).filter(|(_, bit)| *bit).map(|(power, _)| power).product()
    }

    /// `x` to the number of rows.
    pub(super) fn raise(&self, x: Fr) -> Fr {
        self.powers.iter().fold(x, |power, _| power.square())
    }

    /// `L_j(x) = ω^j·(x^n − 1) / (n·(x − ω^j))` for each row `j` in `rows`, in their order: the polynomial of degree
    /// below `n = 2^k` that is one in row `j` and zero in all others. `None` where `x` is one of these rows.
    pub(super) fn lagrange(&self, rows: &BTreeSet<i32>, x: Fr) -> Option<Vec<Fr>> {
        let roots: Vec<Fr> = rows.iter().map(|row| self.root(*row)).collect();
        let inverses = invert(roots.iter().map(|root| x - root).collect())?;
        let common = self.powers.iter().fold(self.raise(x) - Fr::ONE, |common, _| common * Fr::TWO_INV);
        Some(roots.iter().zip(inverses).map(|(root, inverse)| *root * inverse * common).collect())
    }
}

/// The inverse of each value, with one inversion in all; `None` where one is zero.
pub(super) fn invert(mut values: Vec<Fr>) -> Option<Vec<Fr>> {
    if values.contains(&Fr::ZERO) {
        return None;
    }
    values.iter_mut().batch_invert();
    Some(values)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::as_conversions, clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_powers_of_a_generator_in_either_direction() {
        let domain = Domain::new(4).unwrap();
        let root = domain.root(1);
        assert_eq!(root.pow([16]), Fr::ONE);
        assert_ne!(root.pow([8]), Fr::ONE);
        for exponent in 0..40u16 {
            assert_eq!(domain.root(i32::from(exponent)), root.pow([u64::from(exponent)]));
            assert_eq!(domain.root(-i32::from(exponent)) * domain.root(i32::from(exponent)), Fr::ONE);
        }
        assert!(Domain::new(Fr::S).is_some());
        assert!(Domain::new(Fr::S + 1).is_none());
    }

    #[test]
    fn lagrange_polynomials_interpolate() {
        // x^3 + 5 over eight rows, at a point that is none of them.
        let domain = Domain::new(3).unwrap();
        let polynomial = |x: Fr| x.cube() + Fr::from(5);
        let x = Fr::from(1234);
        let values = domain.lagrange(&(-3..5).collect(), x).unwrap();
        let sum: Fr = (-3..5).zip(values).map(|(row, value)| polynomial(domain.root(row)) * value).sum();
        assert_eq!(sum, polynomial(x));
        assert_eq!(domain.raise(x), x.pow([8]));
    }

    #[test]
    fn a_point_in_the_domain_has_no_lagrange_values() {
        let domain = Domain::new(3).unwrap();
        assert!(domain.lagrange(&(0..8).collect(), domain.root(5)).is_none());
        assert!(invert(vec![Fr::ONE, Fr::ZERO]).is_none());
    }
}
