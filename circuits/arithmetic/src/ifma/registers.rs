//! Blocks of rows.

use halo2curves::bn256::Fr;

use super::Ifma;
use super::field::Lanes;
use crate::registers::BLOCK;

/// Blocks of scaled numbers.
#[derive(Clone, Debug)]
pub(crate) struct Registers {
    ifma: Ifma,
    blocks: Vec<Block>,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    rows: [Lanes<Fr>; BLOCK / 8],
    /// All rows are below so many times the modulus.
    bound: u64,
}

/// The modulus times this is below `2^260`.
const MOST: u64 = 84;

/// What is done with two blocks.
#[derive(Clone, Copy)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
}

impl Registers {
    pub(crate) fn new(ifma: Ifma, count: usize) -> Self {
        // SAFETY: the processor has the instructions; `ifma` is the proof.
        let zero = unsafe { Block::all(Fr::zero()) };
        Self { ifma, blocks: vec![zero; count] }
    }

    pub(crate) fn load(&mut self, to: usize, rows: &[Fr; BLOCK]) {
        let Ifma(()) = self.ifma;
        // SAFETY: the processor has the instructions; the field `ifma` is the proof.
        self.blocks[to] = unsafe { Block::load(rows) };
    }

    pub(crate) fn fill(&mut self, to: usize, value: Fr) {
        let Ifma(()) = self.ifma;
        // SAFETY: the processor has the instructions; the field `ifma` is the proof.
        self.blocks[to] = unsafe { Block::all(value) };
    }

    pub(crate) fn apply(&mut self, operation: Operation, to: usize, a: usize, b: usize) {
        let Ifma(()) = self.ifma;
        // SAFETY: the processor has the instructions; the field `ifma` is the proof.
        unsafe { apply(&mut self.blocks, operation, to, a, b) }
    }

    pub(crate) fn add_scaled(&mut self, to: usize, from: usize, factor: Fr) {
        let Ifma(()) = self.ifma;
        // SAFETY: the processor has the instructions; the field `ifma` is the proof.
        unsafe { add_scaled(&mut self.blocks, to, from, factor) }
    }

    pub(crate) fn store(&self, from: usize, rows: &mut [Fr; BLOCK]) {
        let Ifma(()) = self.ifma;
        // SAFETY: the processor has the instructions; the field `ifma` is the proof.
        unsafe { self.blocks[from].store(rows) }
    }
}

impl Block {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn all(value: Fr) -> Self {
        Self { rows: [Lanes::splat(&(value * Fr::from(16))); BLOCK / 8], bound: 1 }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn load(rows: &[Fr; BLOCK]) -> Self {
        let mut block = Self { rows: [Lanes::zero(); BLOCK / 8], bound: 2 };
        for (lanes, eight) in block.rows.iter_mut().zip(rows.as_chunks().0) {
            *lanes = Lanes::load(eight).scaled().sum().lower();
        }
        block
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn store(&self, rows: &mut [Fr; BLOCK]) {
        // Scaled times plain is plain.
        let one = Lanes::splat(&Fr::one());
        for (lanes, eight) in self.rows.iter().zip(rows.as_chunks_mut().0) {
            lanes.product(&one).least().store(eight);
        }
    }

    /// Bounds the rows by twice the modulus.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn lower(&mut self) {
        for lanes in &mut self.rows {
            *lanes = lanes.sum().lower();
        }
        self.bound = 2;
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn apply(blocks: &mut [Block], operation: Operation, to: usize, a: usize, b: usize) {
    for operand in [a, b] {
        let fits = match operation {
            // A difference takes an offset of at most twice the bound of what is taken off.
            Operation::Add | Operation::Subtract => blocks[a].bound + 2 * blocks[b].bound <= MOST,
            Operation::Multiply => blocks[a].bound * blocks[b].bound <= MOST,
        };
        if !fits {
            blocks[operand].lower();
        }
    }
    let [bound_a, bound_b] = [blocks[a].bound, blocks[b].bound];
    match operation {
        Operation::Add => {
            each(blocks, to, a, b, |a, b| a.sum().plus(b.sum()).carry());
            blocks[to].bound = bound_a + bound_b;
        }
        Operation::Subtract => {
            let offset = bound_b.next_power_of_two();
            match offset {
                1 => each(blocks, to, a, b, |a, b| a.sum().minus::<1>(b.sum()).carry()),
                2 => each(blocks, to, a, b, |a, b| a.sum().minus::<2>(b.sum()).carry()),
                4 => each(blocks, to, a, b, |a, b| a.sum().minus::<4>(b.sum()).carry()),
                8 => each(blocks, to, a, b, |a, b| a.sum().minus::<8>(b.sum()).carry()),
                16 => each(blocks, to, a, b, |a, b| a.sum().minus::<16>(b.sum()).carry()),
                _ => {
                    // A bound above 16 would be lowered to 2 at some step, so it is here.
                    blocks[b].lower();
                    return apply(blocks, operation, to, a, b);
                }
            }
            blocks[to].bound = bound_a + offset;
        }
        Operation::Multiply => {
            each(blocks, to, a, b, |a, b| a.product(b));
            blocks[to].bound = 2;
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn each(blocks: &mut [Block], to: usize, a: usize, b: usize, operation: impl Fn(&Lanes<Fr>, &Lanes<Fr>) -> Lanes<Fr>) {
    for i in 0..BLOCK / 8 {
        blocks[to].rows[i] = operation(&blocks[a].rows[i], &blocks[b].rows[i]);
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn add_scaled(blocks: &mut [Block], to: usize, from: usize, factor: Fr) {
    if blocks[to].bound + 2 > MOST {
        blocks[to].lower();
    }
    let factor = Lanes::splat(&(factor * Fr::from(16)));
    for i in 0..BLOCK / 8 {
        let term = blocks[from].rows[i].times(&factor);
        blocks[to].rows[i] = blocks[to].rows[i].sum().plus(term).carry();
    }
    blocks[to].bound += 2;
}
