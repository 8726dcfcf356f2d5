//! The vector path.
//!
//! This is the one module with `unsafe` code. A function that is compiled for the instructions of AVX-512 may be called
//! only where the processor has them, which the compiler cannot know; a value of [`Ifma`] is the proof of it. All that
//! these functions do is safe code.

// Limbs of several numbers are taken by one index.
#![allow(clippy::needless_range_loop)]

mod field;
mod points;
mod registers;
mod transform;
mod vectors;

pub(crate) use self::points::Packed;
pub(crate) use self::registers::{Operation, Registers};
pub(crate) use self::transform::Twiddles;

/// Proof that the processor has the instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ifma(());

impl Ifma {
    /// None where the processor lacks them.
    pub(crate) fn detect() -> Option<Self> {
        let both = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        both.then_some(Self(()))
    }
}

#[cfg(test)]
mod tests;
