//! Blocks of rows, for programs of additions and multiplications.

use ff::Field;
use halo2curves::bn256::Fr;

#[cfg(target_arch = "x86_64")]
use crate::ifma::{self, Operation};
use crate::{Kind, Path};

/// Rows of a block.
pub const BLOCK: usize = 64;

/// Numbered blocks of [`BLOCK`] field elements.
///
/// Every method panics where a number is not below the count.
#[derive(Clone, Debug)]
pub struct Registers(Blocks);

#[derive(Clone, Debug)]
enum Blocks {
    Scalar(Vec<[Fr; BLOCK]>),
    #[cfg(target_arch = "x86_64")]
    Ifma(ifma::Registers),
}

impl Registers {
    /// So many blocks of zeros.
    pub fn new(path: Path, count: usize) -> Self {
        Self(match path.0 {
            Kind::Scalar => Blocks::Scalar(vec![[Fr::ZERO; BLOCK]; count]),
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(ifma) => Blocks::Ifma(ifma::Registers::new(ifma, count)),
        })
    }

    /// Takes rows into a block.
    pub fn load(&mut self, to: usize, rows: &[Fr; BLOCK]) {
        match &mut self.0 {
            Blocks::Scalar(blocks) => blocks[to] = *rows,
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.load(to, rows),
        }
    }

    /// Sets every row of a block.
    pub fn fill(&mut self, to: usize, value: Fr) {
        match &mut self.0 {
            Blocks::Scalar(blocks) => blocks[to] = [value; BLOCK],
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.fill(to, value),
        }
    }

    /// `to = a + b`.
    pub fn add(&mut self, to: usize, a: usize, b: usize) {
        match &mut self.0 {
            Blocks::Scalar(blocks) => each(blocks, to, a, b, |a, b| a + b),
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.apply(Operation::Add, to, a, b),
        }
    }

    /// `to = a − b`.
    pub fn subtract(&mut self, to: usize, a: usize, b: usize) {
        match &mut self.0 {
            Blocks::Scalar(blocks) => each(blocks, to, a, b, |a, b| a - b),
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.apply(Operation::Subtract, to, a, b),
        }
    }

    /// `to = a·b`.
    pub fn multiply(&mut self, to: usize, a: usize, b: usize) {
        match &mut self.0 {
            Blocks::Scalar(blocks) if a == b => each(blocks, to, a, a, |a, _| a.square()),
            Blocks::Scalar(blocks) => each(blocks, to, a, b, |a, b| a * b),
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.apply(Operation::Multiply, to, a, b),
        }
    }

    /// `to = to + factor·from`.
    pub fn add_scaled(&mut self, to: usize, from: usize, factor: Fr) {
        match &mut self.0 {
            Blocks::Scalar(blocks) => each(blocks, to, to, from, |sum, term| sum + factor * term),
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.add_scaled(to, from, factor),
        }
    }

    /// Writes the rows of a block.
    pub fn store(&self, from: usize, rows: &mut [Fr; BLOCK]) {
        match &self.0 {
            Blocks::Scalar(blocks) => *rows = blocks[from],
            #[cfg(target_arch = "x86_64")]
            Blocks::Ifma(blocks) => blocks.store(from, rows),
        }
    }
}

fn each(blocks: &mut [[Fr; BLOCK]], to: usize, a: usize, b: usize, operation: impl Fn(&Fr, &Fr) -> Fr) {
    blocks[to] = std::array::from_fn(|row| operation(&blocks[a][row], &blocks[b][row]));
}
