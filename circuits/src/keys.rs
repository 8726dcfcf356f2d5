//! Keys, and the two identities by which they are known.
//!
//! - The **circuit id** hashes the constraint system and the values of the fixed columns. It depends on no SRS.
//! - The **fingerprint** of a verifying key hashes the circuit id together with the commitments to the fixed columns
//!   and `τ·G₂`. A verifier accepts a key by its fingerprint and by nothing else.
//!
//! There is no file format for proving keys. All that a proving key holds beyond the verifying key follows from the
//! circuit's code, and computing it takes milliseconds, fewer than reading it would; so no prover has to trust
//! polynomials from a file.

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "prover")]
use assay_arithmetic::Path;
use ff::PrimeField;
use halo2_proofs::SerdeFormat;
use halo2_proofs::plonk::{Circuit, ConstraintSystem, VerifyingKey as Halo2VerifyingKey};
#[cfg(feature = "testing")]
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
#[cfg(feature = "testing")]
use halo2curves::bn256::Bn256;
use halo2curves::bn256::{G1Affine, G2Affine, G2Prepared};
use halo2curves::serde::SerdeObject;
use sha3::{Digest, Keccak256};

use crate::artifact::{self, ArtifactError, Kind};
use crate::encoding::{G1_LEN, G2_LEN, Reader, g1_to_bytes, g2_to_bytes};
use crate::solvency::STATEMENT_ID;
use crate::solvency::circuit::SolvencyCircuit;
use crate::solvency::layout::Layout;
#[cfg(feature = "prover")]
use crate::srs::{Powers, Srs};
use crate::units::{Fr, Size};

/// Commitments in a verifying key, one for each fixed column.
const FIXED: u32 = 4;

/// Identifies a verifying key: Keccak-256 over circuit id, `k`, `τ·G₂` and the commitments to the fixed columns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The text is not `0x` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 0x and 64 lower-case hexadecimal digits")]
pub struct ParseFingerprintError;

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64).ok_or(ParseFingerprintError)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            for &digit in pair {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return Err(ParseFingerprintError),
                };
                *byte = (*byte << 4) | value;
            }
        }
        Ok(Self(bytes))
    }
}

/// Keccak-256 over the constraint system and the values of the fixed columns for one size.
#[must_use]
pub fn circuit_id(size: Size) -> [u8; 32] {
    let mut system = ConstraintSystem::<Fr>::default();
    SolvencyCircuit::configure_with_params(&mut system, size);
    let layout = Layout::new(size);
    let fixed = layout.fixed();
    let mut hash = Keccak256::new();
    hash.update(format!("assay circuit {STATEMENT_ID} {size} k {} {:?}", layout.k(), system.pinned()));
    for column in [&fixed.limb, &fixed.round, &fixed.turn, &fixed.constant] {
        for value in column {
            hash.update(value.to_repr());
        }
    }
    hash.finalize().into()
}

/// What a verifier needs: a circuit bound to an SRS. Payload of the file, after the [container](crate::artifact):
/// digest of the SRS (32 bytes), mark (1 byte: 1 for development), asset count (4), `τ·G₂`, four commitments.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    size: Size,
    key: Halo2VerifyingKey<G1Affine>,
    tau_g2: G2Affine,
    pairing_points: [G2Prepared; 2],
    srs_digest: [u8; 32],
    development: bool,
    fingerprint: Fingerprint,
}

const PAYLOAD_LEN: usize = 32 + 1 + 4 + G2_LEN + FIXED as usize * G1_LEN;

impl VerifyingKey {
    /// Commits to the circuit for one size under the powers of an SRS; more of them are cut down to the circuit's rows.
    ///
    /// # Errors
    /// [`ArtifactError::TooSmall`].
    #[cfg(feature = "prover")]
    pub fn generate(powers: &Powers, size: Size) -> Result<Self, ArtifactError> {
        use halo2_proofs::plonk::keygen_vk_custom;

        let powers = powers.downsize(Layout::new(size).k())?;
        let key = keygen_vk_custom(powers.params(), &SolvencyCircuit::empty(size), false)
            .expect("the layout fits 2^k rows and synthesis for keys cannot fail");
        Ok(Self::new(size, key, powers.params().s_g2(), powers.digest(), powers.is_development()))
    }

    fn new(
        size: Size,
        key: Halo2VerifyingKey<G1Affine>,
        tau_g2: G2Affine,
        srs_digest: [u8; 32],
        development: bool,
    ) -> Self {
        let mut hash = Keccak256::new();
        hash.update(b"assay verifying key");
        hash.update(circuit_id(size));
        hash.update(Layout::new(size).k().to_be_bytes());
        hash.update(g2_to_bytes(&tau_g2));
        for commitment in key.fixed_commitments() {
            hash.update(g1_to_bytes(commitment));
        }
        let fingerprint = Fingerprint(hash.finalize().into());
        let pairing_points = [tau_g2, -G2Affine::generator()].map(G2Prepared::from);
        Self { size, key, tau_g2, pairing_points, srs_digest, development, fingerprint }
    }

    /// Reads a file. Checks container, length, encoding, curve and subgroup membership. That the commitments are those
    /// of the circuit, only an accepted [fingerprint](Self::fingerprint) says.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn from_bytes(file: &[u8]) -> Result<Self, ArtifactError> {
        const BROKEN: ArtifactError = ArtifactError::Content("truncated");
        let payload = artifact::unwrap(Kind::VerifyingKey, Some(STATEMENT_ID), file)?;
        if payload.len() != PAYLOAD_LEN {
            return Err(ArtifactError::Content("wrong length"));
        }
        let mut payload = Reader(payload);
        let srs_digest = *payload.take().ok_or(BROKEN)?;
        let [mark] = *payload.take().ok_or(BROKEN)?;
        if mark > 1 {
            return Err(ArtifactError::Content("unknown mark"));
        }
        let assets = u32::from_be_bytes(*payload.take().ok_or(BROKEN)?) as usize;
        let size = Size::of(assets).ok_or(ArtifactError::Content("made for a number of assets that is no size"))?;
        let bad = ArtifactError::Content("a point of G2 is not canonical, not in the subgroup or the identity");
        let tau_g2 = payload.g2().ok_or(bad)?;
        // halo2's own format: version, k, no selector compression, commitments.
        let mut raw = vec![2];
        raw.extend(Layout::new(size).k().to_le_bytes());
        raw.push(0);
        raw.extend(FIXED.to_le_bytes());
        for _ in 0..FIXED {
            let bad = ArtifactError::Content("a point of G1 is not canonical, off the curve or the identity");
            raw.extend(payload.g1().ok_or(bad)?.to_raw_bytes());
        }
        let key = Halo2VerifyingKey::from_bytes::<SolvencyCircuit>(&raw, SerdeFormat::RawBytes, size)
            .map_err(|_| ArtifactError::Content("not a verifying key of this circuit"))?;
        Ok(Self::new(size, key, tau_g2, srs_digest, mark == 1))
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(PAYLOAD_LEN);
        payload.extend(self.srs_digest);
        payload.push(u8::from(self.development));
        payload.extend(u32::try_from(self.size.assets()).expect("few assets").to_be_bytes());
        payload.extend(g2_to_bytes(&self.tau_g2));
        for commitment in self.key.fixed_commitments() {
            payload.extend(g1_to_bytes(commitment));
        }
        artifact::wrap(Kind::VerifyingKey, Some(STATEMENT_ID), &payload)
    }

    /// How many assets its statements are over.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The identity of the key.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Digest of the SRS, cut down to the circuit's size. As the file says: the fingerprint does not cover it.
    #[must_use]
    pub fn srs_digest(&self) -> [u8; 32] {
        self.srs_digest
    }

    /// Whether the file is marked as made from a development SRS. For people; rely on the fingerprint instead.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.development
    }

    /// halo2's key.
    #[must_use]
    pub fn halo2_key(&self) -> &Halo2VerifyingKey<G1Affine> {
        &self.key
    }

    /// `τ·G₂`.
    #[must_use]
    pub fn tau_g2(&self) -> &G2Affine {
        &self.tau_g2
    }

    /// `τ·G₂` and `−G₂`, made ready for pairings.
    #[must_use]
    pub fn pairing_points(&self) -> &[G2Prepared; 2] {
        &self.pairing_points
    }

    /// halo2's parameters, of which only those that its verifier reads are filled.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn halo2_params(&self) -> ParamsKZG<Bn256> {
        crate::srs::verifier_params(Layout::new(self.size).k(), self.tau_g2)
    }
}

/// What a prover needs besides the SRS.
#[cfg(feature = "prover")]
#[derive(Clone, Debug)]
pub struct ProvingKey {
    tables: crate::proof::Tables,
    verifying_key: VerifyingKey,
}

#[cfg(feature = "prover")]
impl ProvingKey {
    /// Computes the circuit's polynomials for a verifying key.
    #[must_use]
    pub fn new(verifying_key: VerifyingKey) -> Self {
        Self::on_path(Path::detect(), verifying_key)
    }

    /// The same for a prover that computes in a given way. Proofs stay the same.
    #[must_use]
    pub fn on_path(path: Path, verifying_key: VerifyingKey) -> Self {
        Self { tables: crate::proof::Tables::new(path, &verifying_key), verifying_key }
    }

    /// Keeps multiples of the SRS's points with the key, for who makes many proofs: each then takes a quarter less time.
    /// It takes about as long as one proof, and 3 MiB of memory for eight assets, or 100 bytes for each byte of a column.
    /// Proofs stay the same.
    ///
    /// # Errors
    /// [`ArtifactError::OtherSrs`]: `srs` is not the one that the key was made from, cut down to the circuit's size.
    pub fn with_multiples(mut self, srs: &Srs) -> Result<Self, ArtifactError> {
        crate::proof::same_srs(srs, &self.verifying_key)?;
        self.tables.keep_multiples(srs);
        Ok(self)
    }

    /// The verifying key.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    pub(crate) fn tables(&self) -> &crate::proof::Tables {
        &self.tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::OsRng;

    #[test]
    fn a_key_survives_its_file() {
        let key = VerifyingKey::generate(&Srs::dev(10, OsRng), Size::Eight).expect("large enough");
        let read = VerifyingKey::from_bytes(&key.to_bytes()).expect("just written");
        assert_eq!(read.to_bytes(), key.to_bytes());
        assert_eq!(read.fingerprint(), key.fingerprint());
        assert_eq!(read.key.transcript_repr(), key.key.transcript_repr());
        assert_eq!(key.fingerprint().to_string().parse(), Ok(key.fingerprint()));
    }

    #[test]
    fn keys_of_two_srs_have_two_fingerprints_and_a_larger_srs_gives_the_same_key() {
        let large = Srs::dev(11, OsRng);
        let key = VerifyingKey::generate(&large, Size::Eight).expect("large enough");
        let cut = VerifyingKey::generate(&large.downsize(10).expect("smaller"), Size::Eight).expect("large enough");
        assert_eq!(key.to_bytes(), cut.to_bytes());
        let other = VerifyingKey::generate(&Srs::dev(10, OsRng), Size::Eight).expect("large enough");
        assert_ne!(key.fingerprint(), other.fingerprint());
        assert!(VerifyingKey::generate(&Srs::dev(9, OsRng), Size::Eight).is_err());
    }

    #[test]
    fn fingerprints_have_one_spelling() {
        let text = Fingerprint([0xab; 32]).to_string();
        assert!(text.to_uppercase().parse::<Fingerprint>().is_err());
        assert!(text[..65].parse::<Fingerprint>().is_err());
        assert!(text[2..].parse::<Fingerprint>().is_err());
    }
}
