//! A private position and the randomness that hides it.

use std::fmt;

use ff::{Field, PrimeField};
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, Zeroizing};

use crate::units::{Amount, Fr, Size};

/// Collateral `x_i` and debt `y_i` of the assets of a market, in the market's order, zero for assets that are not held. There
/// are as many of either as a [`Size`] has assets.
#[derive(Clone, PartialEq, Eq)]
pub struct Position {
    size: Size,
    collateral: Vec<Amount>,
    debt: Vec<Amount>,
}

impl Position {
    /// Nothing held and nothing owed.
    #[must_use]
    pub fn empty(size: Size) -> Self {
        let side = || vec![Amount::default(); size.assets()];
        Self { size, collateral: side(), debt: side() }
    }

    /// `None` where both sides do not have as many amounts as one size has assets.
    #[must_use]
    pub fn new(collateral: Vec<Amount>, debt: Vec<Amount>) -> Option<Self> {
        let size = Size::of(collateral.len()).filter(|_| collateral.len() == debt.len())?;
        Some(Self { size, collateral, debt })
    }

    /// How many assets it is over.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// `x_i`.
    #[must_use]
    pub fn collateral(&self) -> &[Amount] {
        &self.collateral
    }

    /// `y_i`.
    #[must_use]
    pub fn debt(&self) -> &[Amount] {
        &self.debt
    }

    /// `x_i`, to be changed.
    pub fn collateral_mut(&mut self) -> &mut [Amount] {
        &mut self.collateral
    }

    /// `y_i`, to be changed.
    pub fn debt_mut(&mut self) -> &mut [Amount] {
        &mut self.debt
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Position({}, hidden)", self.size)
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
    fn both_sides_of_a_position_have_a_size_in_common() {
        let side = |assets| vec![Amount::default(); assets];
        assert_eq!(Position::new(side(16), side(16)), Some(Position::empty(Size::Sixteen)));
        assert_eq!(Position::new(side(8), side(16)), None);
        assert_eq!(Position::new(side(7), side(7)), None);
    }

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
