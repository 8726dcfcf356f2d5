//! Polynomials as vectors of coefficients.

use halo2curves::bn256::Fr;

use crate::{Kind, Path};

/// `Σ_j factors_j·terms_j`, coefficient by coefficient; a term may be shorter than the sum.
///
/// # Panics
/// Where there are not as many factors as terms, or a term is longer than `length`.
pub fn combine(path: Path, terms: &[&[Fr]], factors: &[Fr], length: usize) -> Vec<Fr> {
    assert_eq!(terms.len(), factors.len());
    assert!(terms.iter().all(|term| term.len() <= length));
    match path.0 {
        Kind::Scalar => {
            let mut sums = vec![Fr::zero(); length];
            for (term, factor) in terms.iter().zip(factors) {
                sums.iter_mut().zip(*term).for_each(|(sum, coefficient)| *sum += factor * coefficient);
            }
            sums
        }
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => ifma.combine(terms, factors, length),
    }
}

/// The value at `point` of a polynomial, of which the constant comes first.
pub fn evaluate(path: Path, polynomial: &[Fr], point: Fr) -> Fr {
    match path.0 {
        Kind::Scalar => polynomial.iter().rev().fold(Fr::zero(), |sum, coefficient| sum * point + coefficient),
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => ifma.evaluate(polynomial, point),
    }
}
