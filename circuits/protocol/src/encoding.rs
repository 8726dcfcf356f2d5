//! Group elements and scalars as bytes: uncompressed, big-endian, as the EVM's precompiled contracts read them.
//!
//! Each value has exactly one encoding and decoding accepts nothing else: coordinates below the base field's modulus,
//! scalars below the scalar field's, points on the curve (of `G2`: in the subgroup) and never the identity.

use ff::PrimeField;
use group::cofactor::CofactorGroup;
use group::prime::PrimeCurveAffine;
use halo2curves::CurveAffine;
use halo2curves::bn256::{Fq, Fq2, G1Affine, G2Affine};

use crate::Fr;

/// Bytes of a scalar.
pub const SCALAR_LEN: usize = 32;
/// Bytes of a point of `G1`: `x ‖ y`.
pub const G1_LEN: usize = 64;
/// Bytes of a point of `G2`: `x₁ ‖ x₀ ‖ y₁ ‖ y₀` for coordinates `c₀ + c₁·u`, the order of EIP-197.
pub const G2_LEN: usize = 128;

/// Encodes a field element.
pub fn to_bytes<F: PrimeField<Repr: Into<[u8; 32]>>>(element: &F) -> [u8; 32] {
    let mut bytes: [u8; 32] = element.to_repr().into();
    bytes.reverse();
    bytes
}

/// Decodes a field element; `None` where it is not below the modulus.
#[must_use]
pub fn from_bytes<F: PrimeField<Repr: From<[u8; 32]>>>(bytes: &[u8; 32]) -> Option<F> {
    let mut repr = *bytes;
    repr.reverse();
    F::from_repr(repr.into()).into()
}

/// Encodes a point that is not the identity.
#[must_use]
pub fn g1_to_bytes(point: &G1Affine) -> [u8; G1_LEN] {
    concat([&point.x, &point.y])
}

/// Decodes a point of `G1`.
#[must_use]
pub fn g1_from_bytes(bytes: &[u8; G1_LEN]) -> Option<G1Affine> {
    let [x, y] = split(bytes)?;
    let point: G1Affine = Option::from(G1Affine::from_xy(x, y))?;
    (!bool::from(point.is_identity())).then_some(point)
}

/// Encodes a point that is not the identity.
#[must_use]
pub fn g2_to_bytes(point: &G2Affine) -> [u8; G2_LEN] {
    concat([&point.x.c1, &point.x.c0, &point.y.c1, &point.y.c0])
}

/// Decodes a point of `G2`.
#[must_use]
pub fn g2_from_bytes(bytes: &[u8; G2_LEN]) -> Option<G2Affine> {
    let [x1, x0, y1, y0] = split(bytes)?;
    let point: G2Affine = Option::from(G2Affine::from_xy(Fq2::new(x0, x1), Fq2::new(y0, y1)))?;
    let in_subgroup = bool::from(point.to_curve().is_torsion_free());
    (in_subgroup && !bool::from(point.is_identity())).then_some(point)
}

fn concat<const COUNT: usize, const LEN: usize>(coordinates: [&Fq; COUNT]) -> [u8; LEN] {
    const { assert!(COUNT * 32 == LEN) };
    let mut bytes = [0; LEN];
    for (chunk, coordinate) in bytes.chunks_exact_mut(32).zip(coordinates) {
        chunk.copy_from_slice(&to_bytes(coordinate));
    }
    bytes
}

fn split<const COUNT: usize, const LEN: usize>(bytes: &[u8; LEN]) -> Option<[Fq; COUNT]> {
    const { assert!(COUNT * 32 == LEN) };
    let mut coordinates = [Fq::default(); COUNT];
    for (coordinate, chunk) in coordinates.iter_mut().zip(bytes.chunks_exact(32)) {
        *coordinate = from_bytes(chunk.try_into().ok()?)?;
    }
    Some(coordinates)
}

/// Takes values from the front of a slice whose length was checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    pub(crate) fn take<const LEN: usize>(&mut self) -> Option<&'b [u8; LEN]> {
        let (head, tail) = self.0.split_first_chunk()?;
        self.0 = tail;
        Some(head)
    }

    pub(crate) fn scalar(&mut self) -> Option<Fr> {
        from_bytes(self.take()?)
    }

    pub(crate) fn g1(&mut self) -> Option<G1Affine> {
        g1_from_bytes(self.take()?)
    }

    pub(crate) fn g2(&mut self) -> Option<G2Affine> {
        g2_from_bytes(self.take()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ff::Field;
    use group::Curve;
    use halo2curves::bn256::{G1, G2};
    use rand_core::OsRng;

    #[test]
    fn points_survive_their_bytes() {
        let (g1, g2) = (G1::generator() * Fr::random(OsRng), G2::generator() * Fr::random(OsRng));
        let (g1, g2) = (g1.to_affine(), g2.to_affine());
        assert_eq!(g1_from_bytes(&g1_to_bytes(&g1)), Some(g1));
        assert_eq!(g2_from_bytes(&g2_to_bytes(&g2)), Some(g2));
    }

    #[test]
    fn the_identity_is_refused() {
        assert_eq!(g1_from_bytes(&[0; G1_LEN]), None);
        assert_eq!(g2_from_bytes(&[0; G2_LEN]), None);
    }

    #[test]
    fn points_off_the_curve_and_unreduced_coordinates_are_refused() {
        let mut bytes = g1_to_bytes(&G1Affine::generator());
        bytes[63] += 1;
        assert_eq!(g1_from_bytes(&bytes), None);
        let mut modulus = to_bytes(&-Fq::ONE);
        modulus[31] += 1;
        let mut unreduced = g1_to_bytes(&G1Affine::generator());
        // x = 1 + modulus is the same point modulo the modulus.
        unreduced[..32].copy_from_slice(&modulus);
        unreduced[31] += 1;
        assert_eq!(g1_from_bytes(&unreduced), None);
        assert_eq!(from_bytes::<Fq>(&modulus), None);
    }

    #[test]
    fn a_point_of_the_twist_outside_the_subgroup_is_refused() {
        // The twist has a cofactor: random points on it are almost never in the subgroup.
        let point = (1u64..)
            .find_map(|x| {
                let x = Fq2::new(Fq::from(x), Fq::ONE);
                let y: Option<Fq2> = (x.square() * x + G2Affine::b()).sqrt().into();
                y.map(|y| (x, y))
            })
            .expect("half of all x have a y");
        let point: G2Affine = Option::from(G2Affine::from_xy(point.0, point.1)).expect("on the twist");
        assert_eq!(g2_from_bytes(&g2_to_bytes(&point)), None);
    }
}
