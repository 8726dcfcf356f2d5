//! Arithmetic of BN254 for a prover: transforms, sums of multiples of points, and rows of field elements.
//!
//! Everything is computed in one of two ways, which give the same results bit for bit. The scalar path uses the field
//! arithmetic of halo2curves. The vector path multiplies eight elements at a time by the instructions of AVX-512 IFMA;
//! [`Path::detect`] takes it where the processor has them.

mod domain;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod ifma;
mod msm;
mod registers;
mod vectors;

pub use domain::Domain;
pub use halo2curves::bn256::{Fr, G1, G1Affine};
pub use msm::{Multiples, msm};
pub use registers::{BLOCK, Registers};
pub use vectors::{combine, evaluate};

/// How to compute.
#[derive(Clone, Copy, Debug)]
pub struct Path(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Ifma(ifma::Ifma),
}

impl Path {
    /// One element after the other.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// The faster path that this processor has the instructions for.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(ifma) = ifma::Ifma::detect() {
            return Self(Kind::Ifma(ifma));
        }
        Self::SCALAR
    }

    /// `"scalar"` or `"AVX-512 IFMA"`, for reports.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(_) => "AVX-512 IFMA",
        }
    }
}
