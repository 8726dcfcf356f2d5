//! A private position and the randomness that hides it.

use std::fmt;

use ff::{Field, PrimeField};
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, Zeroizing};

use crate::units::{ASSETS, Amount, Fr};

/// Collateral `x_i` and debt `y_i` of the `N` assets of a market, in the market's order. Assets not held are zero.
#[derive(Clone, PartialEq, Eq)]
pub struct Position<const N: usize = ASSETS> {
    /// `x_i`.
    pub collateral: [Amount; N],
    /// `y_i`.
    pub debt: [Amount; N],
}

impl<const N: usize> Default for Position<N> {
    fn default() -> Self {
        Self {
            collateral: std::array::from_fn(|_| Amount::default()),
            debt: std::array::from_fn(|_| Amount::default()),
        }
    }
}

impl<const N: usize> fmt::Debug for Position<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Position({N} assets, hidden)")
    }
}

/// The blinding of a commitment: a uniform field element. Never printed, wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    blinding: Fr,
}

impl Opening {
    /// Fresh randomness; 254 bits of it, so that a commitment cannot be searched.
    pub fn random(rng: impl RngCore + CryptoRng) -> Self {
        Self { blinding: Fr::random(rng) }
    }

    /// Reads 32 big-endian bytes; `None` where they are not below the modulus.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let mut repr = Zeroizing::new(*bytes);
        repr.reverse();
        Option::from(Fr::from_repr(*repr)).map(|blinding| Self { blinding })
    }

    /// 32 big-endian bytes, canonical. Secret.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        bytes.copy_from_slice(self.blinding.to_repr().as_ref());
        bytes.reverse();
        bytes
    }

    /// The secret field element. Do not print it.
    #[must_use]
    pub fn expose(&self) -> &Fr {
        &self.blinding
    }
}

impl Zeroize for Opening {
    fn zeroize(&mut self) {
        self.blinding = Fr::ZERO;
        std::hint::black_box(&self.blinding);
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_survives_its_bytes_and_refuses_the_modulus() {
        let opening = Opening::random(rand_core::OsRng);
        assert_eq!(Opening::from_bytes(&opening.to_bytes()), Some(opening));
        let mut modulus = (-Fr::ONE).to_repr();
        modulus.as_mut().reverse();
        let mut bytes: [u8; 32] = modulus.as_ref().try_into().expect("32 bytes");
        assert!(Opening::from_bytes(&bytes).is_some());
        bytes[31] += 1;
        assert!(Opening::from_bytes(&bytes).is_none());
    }
}
