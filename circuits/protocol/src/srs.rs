//! The structured reference string of KZG: powers of a secret `τ` that nobody may know.
//!
//! Whoever knows `τ` can forge every proof. A **development** SRS is made by one program run and so proves nothing to
//! anybody else; a mark in the file says so to people. Nothing relies on the mark: verifiers accept keys by
//! [fingerprint](crate::keys::Fingerprint), and fingerprints hash `τ·G₂`.
//!
//! Keys are made from `2^k` powers, which are [`Powers`]; a proof blinds the pieces of its quotient and needs one power
//! more, which an [`Srs`] has. The digest is that of the `2^k` powers.
//!
//! Payload of the file, after the [container](crate::artifact): `k` (4 bytes), mark (1 byte: 1 for development),
//! `2^k + 1` powers `τⁱ·G₁`, `2^k` Lagrange points `Lᵢ(τ)·G₁`, `G₂`, `τ·G₂`.

mod ceremony;
pub mod import;
mod ptau;

use std::ops::Deref;
use std::sync::OnceLock;

use ff::Field;
use group::Curve;
use group::prime::PrimeCurveAffine;
use halo2_proofs::SerdeFormat;
use halo2_proofs::arithmetic::{best_multiexp, parallelize};
use halo2_proofs::poly::EvaluationDomain;
use halo2_proofs::poly::commitment::{Params, ParamsProver};
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use halo2curves::bn256::{Bn256, Fr, G1, G1Affine, G2Affine};
use halo2curves::pairing::Engine;
use halo2curves::serde::SerdeObject;
use rand_core::{CryptoRng, OsRng, RngCore};
use sha2::{Digest, Sha256};

use crate::artifact::{self, ArtifactError, Kind};
use crate::encoding::{G1_LEN, G2_LEN, Reader, g1_to_bytes, g2_to_bytes};

/// The largest `k` that a file may have: 128 MiB of points.
pub const MAX_K: u32 = 20;

/// `2^k` powers and their Lagrange points: what keys are made from.
#[derive(Clone, Debug)]
pub struct Powers {
    params: ParamsKZG<Bn256>,
    /// The Lagrange half of `params`.
    lagrange: Vec<G1Affine>,
    development: bool,
    digest: [u8; 32],
}

/// A structured reference string with `2^k + 1` powers: what proofs are made with.
#[derive(Clone, Debug)]
pub struct Srs {
    base: Powers,
    /// Those of `base`, and one more.
    powers: Vec<G1Affine>,
}

impl Deref for Srs {
    type Target = Powers;

    fn deref(&self) -> &Powers {
        &self.base
    }
}

impl Srs {
    /// Makes a development SRS: `τ` is drawn from `rng` and forgotten.
    ///
    /// # Panics
    /// Where `k` is not in `1..=MAX_K`.
    #[must_use]
    pub fn dev(k: u32, rng: impl RngCore + CryptoRng) -> Self {
        assert!((1..=MAX_K).contains(&k), "k must lie in 1..={MAX_K}");
        let tau = Fr::random(rng);
        let powers: Vec<Fr> =
            std::iter::successors(Some(Fr::ONE), |power| Some(power * tau)).take((1 << k) + 1).collect();
        // L_i(τ) = ω^i·(τ^n − 1) / (n·(τ − ω^i)).
        let (n, omega) = (1u64 << k, EvaluationDomain::<Fr>::new(1, k).get_omega());
        let scale = (tau.pow([n]) - Fr::ONE) * Fr::from(n).invert().expect("a power of two is not zero");
        let roots = std::iter::successors(Some(Fr::ONE), |root| Some(root * omega)).take(1 << k);
        let lagrange = roots.map(|root| scale * root * (tau - root).invert().expect("a random τ is no root of unity"));
        let lagrange = multiples(&lagrange.collect::<Vec<_>>());
        let mut powers = multiples(&powers);
        let next = powers.split_off(1 << k);
        let tau_g2 = (G2Affine::generator() * tau).to_affine();
        Self::new(Powers::new(with_points(k, powers, Some(lagrange), tau_g2), true), next[0])
    }

    fn new(base: Powers, next: G1Affine) -> Self {
        let powers = [base.params.get_g(), &[next]].concat();
        Self { base, powers }
    }

    /// Reads a file and believes none of it. Checks container, length, canonical encoding, that every point is on its
    /// curve and in its subgroup, that the first powers are the generators, that the powers are consecutive powers of
    /// the `τ` in `τ·G₂`, and that the Lagrange half is theirs. The last two are checks of random linear combinations,
    /// which a faulty SRS passes with probability below `2^-250`.
    ///
    /// An unchecked Lagrange half would let whoever made the file see from a prover's failures which cells are zero. A `τ`
    /// that is a root of unity, with which commitments hide nothing, is refused because its Lagrange half holds
    /// identities.
    ///
    /// # Errors
    /// [`ArtifactError`]; nothing is allocated before the length is known to fit the file.
    pub fn from_bytes(file: &[u8]) -> Result<Self, ArtifactError> {
        const BROKEN: ArtifactError = ArtifactError::Content("truncated");
        let mut payload = Reader(artifact::unwrap(Kind::Srs, None, file)?);
        let k = u32::from_be_bytes(*payload.take().ok_or(BROKEN)?);
        let [mark] = *payload.take().ok_or(BROKEN)?;
        if !(1..=MAX_K).contains(&k) {
            return Err(ArtifactError::Content("k out of range"));
        }
        let n = 1usize << k;
        let one_short = 2 * n * G1_LEN + 2 * G2_LEN;
        if payload.0.len() == one_short {
            return Err(ArtifactError::OldSrs { k });
        }
        if payload.0.len() != one_short + G1_LEN {
            return Err(ArtifactError::Content("length does not match k"));
        }
        if mark > 1 {
            return Err(ArtifactError::Content("unknown mark"));
        }
        let mut points = |count: usize| -> Result<Vec<G1Affine>, ArtifactError> {
            let bad = ArtifactError::Content("a point of G1 is not canonical, off the curve or the identity");
            (0..count).map(|_| payload.g1().ok_or(bad.clone())).collect()
        };
        let (powers, next, lagrange) = (points(n)?, points(1)?[0], points(n)?);
        let bad = ArtifactError::Content("a point of G2 is not canonical, not in the subgroup or the identity");
        let g2 = payload.g2().ok_or(bad.clone())?;
        let tau_g2 = payload.g2().ok_or(bad)?;
        if g2 != G2Affine::generator() {
            return Err(ArtifactError::Content("the first powers are not the generators"));
        }
        let base = Powers::new(with_points(k, powers, Some(lagrange), tau_g2), mark == 1);
        let srs = Self::new(base, next);
        srs.check(&srs.powers, OsRng)?;
        Ok(srs)
    }

    /// The digest of the SRS in a file, whose points are not looked at: it names the SRS, and says nothing about whether
    /// it is in order.
    ///
    /// # Errors
    /// [`ArtifactError`] where it is no file of an SRS, or a damaged one.
    pub fn digest_of(file: &[u8]) -> Result<[u8; 32], ArtifactError> {
        const BROKEN: ArtifactError = ArtifactError::Content("length does not match k");
        let mut payload = Reader(artifact::unwrap(Kind::Srs, None, file)?);
        let k: [u8; 4] = *payload.take().ok_or(BROKEN)?;
        let [_mark] = *payload.take().ok_or(BROKEN)?;
        let powers = 1usize.checked_shl(u32::from_be_bytes(k)).and_then(|n| n.checked_mul(G1_LEN));
        let powers = powers.and_then(|length| payload.0.get(..length)).ok_or(BROKEN)?;
        let g2 = payload.0.len().checked_sub(2 * G2_LEN).ok_or(BROKEN)?;
        Ok(Sha256::new().chain_update(k).chain_update(powers).chain_update(&payload.0[g2..]).finalize().into())
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(5 + (self.powers.len() + self.lagrange.len()) * G1_LEN + 2 * G2_LEN);
        payload.extend(self.k().to_be_bytes());
        payload.push(u8::from(self.development));
        for point in self.powers.iter().chain(&self.lagrange) {
            payload.extend(g1_to_bytes(point));
        }
        payload.extend(g2_to_bytes(&self.params.g2()));
        payload.extend(g2_to_bytes(&self.params.s_g2()));
        artifact::wrap(Kind::Srs, None, &payload)
    }

    /// The same SRS with `2^k + 1` powers, its Lagrange half computed anew.
    ///
    /// # Errors
    /// [`ArtifactError::TooSmall`].
    pub fn downsize(&self, k: u32) -> Result<Self, ArtifactError> {
        Ok(Self::new(self.base.downsize(k)?, self.powers[1 << k]))
    }

    /// All `2^k + 1` of them.
    #[cfg(feature = "prover")]
    pub(crate) fn powers(&self) -> &[G1Affine] {
        &self.powers
    }
}

impl Powers {
    /// SHA-256 over `k`, `2^k` powers of `G₁`, `G₂` and `τ·G₂`: the identity of the points, whatever the mark says.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Base-2 logarithm of the number of powers that keys are made from.
    #[must_use]
    pub fn k(&self) -> u32 {
        self.params.k()
    }

    /// `τ·G₂`, encoded as in the file.
    #[must_use]
    pub fn tau_g2(&self) -> [u8; G2_LEN] {
        g2_to_bytes(&self.params.s_g2())
    }

    /// Whether the file is marked as a development SRS. For people; rely on fingerprints instead.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.development
    }

    /// The first `2^k` powers, their Lagrange half computed anew.
    ///
    /// # Errors
    /// [`ArtifactError::TooSmall`].
    pub fn downsize(&self, k: u32) -> Result<Self, ArtifactError> {
        if k > self.k() {
            return Err(ArtifactError::TooSmall { needed: k, found: self.k() });
        }
        if k == self.k() {
            return Ok(self.clone());
        }
        let mut params = self.params.clone();
        params.downsize(k);
        Ok(Self::new(params, self.development))
    }

    /// Checks that the first power is the generator, that all `powers`, of which the first are these, are consecutive powers
    /// of the `τ` in `τ·G₂`, and that the Lagrange half is theirs.
    fn check(&self, powers: &[G1Affine], mut rng: impl RngCore + CryptoRng) -> Result<(), ArtifactError> {
        if powers.first() != Some(&G1Affine::generator()) {
            return Err(ArtifactError::Content("the first powers are not the generators"));
        }
        if self.lagrange.iter().any(|point| bool::from(point.is_identity())) {
            return Err(ArtifactError::Content("the secret is a root of unity"));
        }
        let random: Vec<Fr> = (1..powers.len()).map(|_| Fr::random(&mut rng)).collect();
        let [lower, upper]: [G1; 2] =
            [&powers[..powers.len() - 1], &powers[1..]].map(|part| best_multiexp(&random, part));
        let shifted = Bn256::pairing(&lower.to_affine(), &self.params.s_g2());
        if shifted != Bn256::pairing(&upper.to_affine(), &self.params.g2()) {
            return Err(ArtifactError::Content("the powers are not consecutive powers of one secret"));
        }
        let domain = EvaluationDomain::<Fr>::new(1, self.k());
        let values: Vec<Fr> = self.lagrange.iter().map(|_| Fr::random(&mut rng)).collect();
        let in_lagrange = best_multiexp(&values, &self.lagrange);
        let coefficients = domain.lagrange_to_coeff(domain.lagrange_from_vec(values));
        if in_lagrange != best_multiexp(&coefficients, self.params.get_g()) {
            return Err(ArtifactError::Content("the Lagrange points do not belong to the powers"));
        }
        Ok(())
    }

    #[cfg(feature = "prover")]
    pub(crate) fn params(&self) -> &ParamsKZG<Bn256> {
        &self.params
    }

    /// `2^k` Lagrange points `Lᵢ(τ)·G₁`.
    #[must_use]
    pub fn lagrange(&self) -> &[G1Affine] {
        &self.lagrange
    }

    /// halo2 shows its Lagrange points only in its own file format: `k`, powers, Lagrange points, two points of `G₂`.
    fn new(params: ParamsKZG<Bn256>, development: bool) -> Self {
        let mut file = Vec::new();
        params.write_custom(&mut file, SerdeFormat::RawBytesUnchecked).expect("writing to memory does not fail");
        let size = G1_LEN << params.k();
        let points = &file[4 + size..4 + 2 * size];
        let lagrange = points.chunks_exact(G1_LEN).map(G1Affine::from_raw_bytes_unchecked).collect();
        let digest = digest(&params);
        Self { params, lagrange, development, digest }
    }
}

/// The multiples of the generator.
fn multiples(scalars: &[Fr]) -> Vec<G1Affine> {
    let mut points = vec![G1Affine::identity(); scalars.len()];
    parallelize(&mut points, |points, start| {
        let scalars = scalars[start..].iter().take(points.len());
        let sums: Vec<G1> = scalars.map(|scalar| G1Affine::generator() * scalar).collect();
        G1::batch_normalize(&sums, points);
    });
    points
}

fn digest(params: &ParamsKZG<Bn256>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(params.k().to_be_bytes());
    for point in params.get_g() {
        hash.update(g1_to_bytes(point));
    }
    hash.update(g2_to_bytes(&params.g2()));
    hash.update(g2_to_bytes(&params.s_g2()));
    hash.finalize().into()
}

/// What halo2's verifier needs of an SRS: `G₁`, `G₂` and `τ·G₂`.
pub(crate) fn verifier_params(k: u32, tau_g2: G2Affine) -> ParamsKZG<Bn256> {
    with_points(k, vec![G1Affine::generator()], Some(vec![]), tau_g2)
}

/// halo2 makes its parameters from parts only as a method of other parameters, here the smallest. It computes the Lagrange
/// half where there is none.
fn with_points(k: u32, powers: Vec<G1Affine>, lagrange: Option<Vec<G1Affine>>, tau_g2: G2Affine) -> ParamsKZG<Bn256> {
    static ANY: OnceLock<ParamsKZG<Bn256>> = OnceLock::new();
    let any = ANY.get_or_init(|| ParamsKZG::setup(0, OsRng));
    any.from_parts(k, powers, lagrange, G2Affine::generator(), tau_g2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ff::Field;

    #[test]
    fn an_srs_survives_its_file_and_is_consistent() {
        let srs = Srs::dev(4, OsRng);
        let read = Srs::from_bytes(&srs.to_bytes()).expect("just written");
        assert_eq!(read.to_bytes(), srs.to_bytes());
        assert_eq!(read.digest(), srs.digest());
        assert_eq!(Srs::digest_of(&srs.to_bytes()), Ok(srs.digest()));
        assert!(read.is_development());
    }

    #[test]
    fn a_smaller_srs_is_consistent_and_a_larger_one_is_refused() {
        let srs = Srs::dev(5, OsRng);
        let smaller = srs.downsize(3).expect("smaller");
        assert_eq!(smaller.powers.len(), 9);
        assert_eq!(smaller.check(&smaller.powers, OsRng), Ok(()));
        assert_eq!(smaller.digest(), srs.base.downsize(3).expect("smaller").digest());
        assert_eq!(srs.downsize(6).err(), Some(ArtifactError::TooSmall { needed: 6, found: 5 }));
    }

    #[test]
    fn powers_of_two_secrets_and_foreign_lagrange_points_are_found() {
        let srs = Srs::dev(3, OsRng);
        let other = Srs::dev(3, OsRng);
        let powers = |srs: &Srs| srs.params.get_g().to_vec();
        let forge = |powers, lagrange, tau_g2| {
            let base = Powers::new(with_points(3, powers, Some(lagrange), tau_g2), false);
            Srs::new(base, srs.powers[8])
        };
        let mut mixed = powers(&srs);
        mixed[5] = (mixed[5] * Fr::random(OsRng)).to_affine();
        for (forged, reason) in [
            (forge(mixed, srs.lagrange.clone(), srs.params.s_g2()), "consecutive"),
            (forge(powers(&srs), srs.lagrange.clone(), other.params.s_g2()), "consecutive"),
            (forge(powers(&srs), other.lagrange.clone(), srs.params.s_g2()), "Lagrange"),
            // The digest does not cover the last power; the pairing does.
            (Srs::new(srs.base.clone(), other.powers[8]), "consecutive"),
            (Srs::new(srs.base.clone(), srs.powers[7]), "consecutive"),
        ] {
            let error = Srs::from_bytes(&forged.to_bytes()).expect_err(reason);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn a_secret_that_is_a_root_of_unity_is_refused() {
        // Every Lagrange point but one is the identity: a commitment would show one cell and hide nothing.
        let k = 4;
        let tau = halo2_proofs::poly::EvaluationDomain::<Fr>::new(1, k).get_omega().pow([3]);
        let power = |i: u64| (G1Affine::generator() * tau.pow([i])).to_affine();
        let tau_g2 = (G2Affine::generator() * tau).to_affine();
        let lagrange = vec![G1Affine::generator(); 1 << k];
        let powers: Vec<G1Affine> = (0..=1 << k).map(power).collect();
        let params = |lagrange| with_points(k, powers[..1 << k].to_vec(), lagrange, tau_g2);
        let forged = Srs::new(Powers::new(params(Some(lagrange)), false), powers[1 << k]);
        assert!(Srs::from_bytes(&forged.to_bytes()).is_err());
        let computed = Powers::new(params(None), false).check(&powers, OsRng);
        assert_eq!(computed, Err(ArtifactError::Content("the secret is a root of unity")));
    }

    #[test]
    fn a_file_without_the_power_for_proofs_is_refused_with_what_to_do() {
        let srs = Srs::dev(3, OsRng);
        let mut payload = srs.to_bytes().split_off(artifact::HEADER_LEN);
        payload.drain(5 + (G1_LEN << 3)..5 + (G1_LEN << 3) + G1_LEN);
        let error = Srs::from_bytes(&artifact::wrap(Kind::Srs, None, &payload)).expect_err("an old file");
        assert_eq!(error, ArtifactError::OldSrs { k: 3 });
        assert!(error.to_string().contains("import the ceremony's file again"), "{error}");
    }

    #[test]
    fn a_development_srs_is_what_halo2_makes_of_the_same_secret() {
        use rand_chacha::ChaCha20Rng;
        use rand_core::SeedableRng;
        let srs = Srs::dev(4, ChaCha20Rng::seed_from_u64(1));
        let theirs = Powers::new(ParamsKZG::setup(4, ChaCha20Rng::seed_from_u64(1)), true);
        assert_eq!((srs.digest(), &srs.lagrange), (theirs.digest(), &theirs.lagrange));
        assert_eq!(srs.check(&srs.powers, OsRng), Ok(()));
    }

    #[test]
    fn a_header_with_a_huge_k_is_refused_before_anything_is_allocated() {
        let payload = [60u32.to_be_bytes().as_slice(), &[0]].concat();
        let file = artifact::wrap(Kind::Srs, None, &payload);
        assert_eq!(Srs::from_bytes(&file).err(), Some(ArtifactError::Content("k out of range")));
        assert_eq!(Srs::digest_of(&file), Err(ArtifactError::Content("length does not match k")));
    }
}
