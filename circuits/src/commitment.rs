//! The position commitment: a fold of circomlib's Poseidon over packed amounts.
//!
//! ```text
//! word_i = x_i + 2^120·y_i                                   two amounts in one field element
//! cv     = compress(blinding, TAG, shape(n))
//! cv     = compress(cv, word_2p, word_2p+1)                  for p = 0 … n/2 − 1
//! C      = cv
//! ```
//!
//! `compress(c, l, r)` is circomlib's `PoseidonEx(2, 1)` with initial state `c`. The first step turns the blinding into
//! a chaining value that nobody can choose; from there on it is a Merkle–Damgård chain. Why this shape: `docs/`, page
//! "Commitment".

use ff::PrimeField;

use crate::poseidon::compress;
use crate::position::{Opening, Position};
use crate::units::{AMOUNT_BITS, Fr, Size};
use assay_protocol::encoding;

/// The domain tag, the ASCII bytes of `assay/position` as a big-endian integer: a constant of the circuit.
pub const TAG: u128 = {
    let bytes = *b"assay/position";
    let mut value = 0u128;
    let mut i = 0;
    while i < bytes.len() {
        value = (value << 8) | bytes[i] as u128;
        i += 1;
    }
    value
};

/// Version of the packing of amounts into words.
pub const PACKING_VERSION: u64 = 1;

/// Name and version of the format: [`TAG`] and [`PACKING_VERSION`], as files write them. An opening belongs to it.
pub const SCHEME: &str = "assay/position/v1";

/// Asset count, amount width and packing version in one constant: `version·2^32 + 120·2^16 + n`.
#[must_use]
pub const fn shape(size: Size) -> u64 {
    (PACKING_VERSION << 32) | ((AMOUNT_BITS as u64) << 16) | size.assets() as u64
}

/// A public, hiding, binding commitment to a position: one field element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionCommitment(Fr);

impl PositionCommitment {
    /// Commits to `position`; equal positions under fresh openings have unrelated commitments.
    #[must_use]
    pub fn new(position: &Position, opening: &Opening) -> Self {
        let mut chaining = compress(*opening.expose(), Fr::from_u128(TAG), Fr::from(shape(position.size())));
        // Words are absorbed in pairs; every size is even.
        for pair in 0..position.size().assets() / 2 {
            chaining = compress(chaining, word(position, 2 * pair), word(position, 2 * pair + 1));
        }
        Self(chaining)
    }

    /// The field element.
    #[must_use]
    pub fn to_field(self) -> Fr {
        self.0
    }

    /// 32 big-endian bytes, canonical.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        encoding::to_bytes(&self.0)
    }

    /// Reads 32 big-endian bytes; `None` where they are not below the modulus.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        encoding::from_bytes(bytes).map(Self)
    }
}

/// `x_i + 2^120·y_i`.
pub(crate) fn word(position: &Position, asset: usize) -> Fr {
    let [x, y] = [position.collateral(), position.debt()].map(|side| Fr::from_u128(side[asset].expose()));
    x + y * Fr::from_u128(1 << AMOUNT_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use light_poseidon::{Poseidon, PoseidonHasher};

    /// The same fold through an independent implementation. `light-poseidon` calls the initial state "domain tag".
    fn fold_with_light_poseidon(position: &Position, opening: &Opening) -> [u8; 32] {
        use ark_ff::{BigInteger, PrimeField as _};
        type Ark = ark_bn254::Fr;
        let to_ark = |f: Fr| Ark::from_le_bytes_mod_order(f.to_repr().as_ref());
        let compress = |c: Ark, l: Ark, r: Ark| {
            Poseidon::<Ark>::with_domain_tag_circom(2, c).and_then(|mut p| p.hash(&[l, r])).expect("two inputs")
        };
        let mut cv = compress(to_ark(*opening.expose()), Ark::from(TAG), Ark::from(shape(position.size())));
        for p in 0..position.size().assets() / 2 {
            cv = compress(cv, to_ark(word(position, 2 * p)), to_ark(word(position, 2 * p + 1)));
        }
        cv.into_bigint().to_bytes_be().try_into().expect("32 bytes")
    }

    #[test]
    fn the_scheme_is_named_by_the_constants_of_the_circuit() {
        let (tag, version) = SCHEME.rsplit_once("/v").expect("a name and a version");
        assert_eq!(tag.bytes().fold(0, |value, byte| value << 8 | u128::from(byte)), TAG);
        assert_eq!(version.parse(), Ok(PACKING_VERSION));
    }

    #[test]
    fn commitments_equal_those_of_light_poseidon() {
        for seed in 0..8u128 {
            let amount =
                |i: usize| crate::Amount::new((seed * 0x9e37_79b9_7f4a_7c15 + i as u128 * 77) << seed).expect("small");
            let position = Position::new((0..8).map(amount).collect(), (8..16).map(amount).collect()).expect("eight");
            let opening = Opening::random(rand_core::OsRng);
            let ours = PositionCommitment::new(&position, &opening);
            assert_eq!(ours.to_bytes(), fold_with_light_poseidon(&position, &opening));
            assert_eq!(PositionCommitment::from_bytes(&ours.to_bytes()), Some(ours));
        }
    }
}
