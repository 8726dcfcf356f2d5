//! Polynomials as vectors of coefficients.

use halo2curves::bn256::Fr;

use super::Ifma;
use super::field::Lanes;

impl Ifma {
    /// `Σ_j factors_j·terms_j`, coefficient by coefficient.
    pub(crate) fn combine(self, terms: &[&[Fr]], factors: &[Fr], length: usize) -> Vec<Fr> {
        // SAFETY: the processor has the instructions; `self` is the proof.
        unsafe { combine(terms, factors, length) }
    }

    /// The value at `point` of a polynomial.
    pub(crate) fn evaluate(self, polynomial: &[Fr], point: Fr) -> Fr {
        // SAFETY: the processor has the instructions; `self` is the proof.
        let sums = unsafe { residues(polynomial, point) };
        sums.iter().rev().fold(Fr::zero(), |value, sum| value * point + sum)
    }
}

/// Terms of which the products are summed before the sum is lowered.
const TERMS: usize = 32;

#[target_feature(enable = "avx512f,avx512ifma")]
fn combine(terms: &[&[Fr]], factors: &[Fr], length: usize) -> Vec<Fr> {
    let mut scaled = Vec::with_capacity(factors.len());
    for factor in factors {
        scaled.push(Lanes::splat(&(factor * Fr::from(16))));
    }
    let mut results = vec![Fr::zero(); length.next_multiple_of(8)];
    for (i, results) in results.as_chunks_mut().0.iter_mut().enumerate() {
        let mut sum = Lanes::zero();
        for (terms, factors) in terms.chunks(TERMS).zip(scaled.chunks(TERMS)) {
            // Below 2·p, and by 2·p more for each term.
            let mut part = sum.sum();
            for (term, factor) in terms.iter().zip(factors) {
                part = part.plus(Lanes::read(term, 8 * i).times(factor));
            }
            sum = part.lower();
        }
        sum.least().store(results);
    }
    results.truncate(length);
    results
}

/// For each remainder `l` the value at `point^8` of the polynomial with the coefficients `l`, `l + 8`, and so on.
#[target_feature(enable = "avx512f,avx512ifma")]
fn residues(polynomial: &[Fr], point: Fr) -> [Fr; 8] {
    let step = point.square().square().square();
    let step = Lanes::splat(&(step * Fr::from(16)));
    let mut sum = Lanes::zero();
    for i in (0..polynomial.len().div_ceil(8)).rev() {
        // Below 3·p: the product is below 2·p.
        sum = sum.times(&step).plus(Lanes::read(polynomial, 8 * i).sum()).carry();
    }
    let mut sums = [Fr::zero(); 8];
    sum.sum().least().store(&mut sums);
    sums
}
