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

use ff::PrimeField;
use halo2_proofs::SerdeFormat;
use halo2_proofs::plonk::VerifyingKey as Halo2VerifyingKey;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use halo2curves::bn256::{Bn256, G1Affine, G2Affine, G2Prepared};
use halo2curves::serde::SerdeObject;
use sha3::{Digest, Keccak256};

use crate::Relation;
use crate::artifact::{self, ArtifactError, Kind};
use crate::encoding::{G1_LEN, G2_LEN, Reader, g1_to_bytes, g2_to_bytes};
use crate::plan::Plan;
#[cfg(feature = "prover")]
use crate::srs::Powers;

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

/// Keccak-256 over the constraint system and the values of the fixed columns.
#[must_use]
pub fn circuit_id<R: Relation>(circuit: &R) -> [u8; 32] {
    let (id, size, k) = (R::ID, circuit.size_in_words(), circuit.k());
    let mut hash = Keccak256::new();
    hash.update(format!("assay circuit {id} {size} k {k} {:?}", circuit.system().pinned()));
    for value in circuit.fixed().iter().flatten() {
        hash.update(value.to_repr());
    }
    hash.finalize().into()
}

/// What a verifier needs: a circuit bound to an SRS. Payload of the file, after the [container](crate::artifact):
/// digest of the SRS (32 bytes), mark (1 byte: 1 for development), size of the circuit (4), `τ·G₂`, the commitments to
/// the fixed columns.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    statement: &'static str,
    size: u32,
    plan: Plan,
    public_rows: Vec<usize>,
    key: Halo2VerifyingKey<G1Affine>,
    tau_g2: G2Affine,
    pairing_points: [G2Prepared; 2],
    srs_digest: [u8; 32],
    development: bool,
    circuit_id: [u8; 32],
    fingerprint: Fingerprint,
}

impl VerifyingKey {
    /// Commits to the circuit under the powers of an SRS; more of them are cut down to the circuit's rows.
    ///
    /// # Errors
    /// [`ArtifactError::TooSmall`].
    ///
    /// # Panics
    /// Where the circuit is not of the protocol's kind, or a column has too few free cells to be hidden by them.
    #[cfg(feature = "prover")]
    pub fn generate<R: Relation>(powers: &Powers, circuit: &R) -> Result<Self, ArtifactError> {
        use halo2_proofs::plonk::keygen_vk_custom;

        let plan = circuit.plan();
        let filler = circuit.filler();
        assert_eq!(filler.len(), plan.advice(), "filler of every column");
        for (column, filler) in filler.iter().enumerate() {
            let free = filler.len() + plan.blinding_rows();
            assert!(2 * plan.rotations(column) <= free, "column {column}: {free} free cells do not hide it");
        }
        let powers = powers.downsize(circuit.k())?;
        let key = keygen_vk_custom(powers.params(), circuit, false)
            .expect("a circuit fits its rows, and synthesis for keys cannot fail");
        Ok(Self::new(circuit, plan, key, powers.params().s_g2(), powers.digest(), powers.is_development()))
    }

    fn new<R: Relation>(
        circuit: &R,
        plan: Plan,
        key: Halo2VerifyingKey<G1Affine>,
        tau_g2: G2Affine,
        srs_digest: [u8; 32],
        development: bool,
    ) -> Self {
        let circuit_id = circuit_id(circuit);
        let mut hash = Keccak256::new();
        hash.update(b"assay verifying key");
        hash.update(circuit_id);
        hash.update(circuit.k().to_be_bytes());
        hash.update(g2_to_bytes(&tau_g2));
        for commitment in key.fixed_commitments() {
            hash.update(g1_to_bytes(commitment));
        }
        Self {
            statement: R::ID,
            size: circuit.size(),
            plan,
            public_rows: circuit.public_rows(),
            key,
            tau_g2,
            pairing_points: [tau_g2, -G2Affine::generator()].map(G2Prepared::from),
            srs_digest,
            development,
            circuit_id,
            fingerprint: Fingerprint(hash.finalize().into()),
        }
    }

    /// Reads the file of a key for the circuits of `R`. Checks container, length, encoding, curve and subgroup
    /// membership. That the commitments are those of the circuit, only an accepted [fingerprint](Self::fingerprint) says.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn from_bytes<R: Relation>(file: &[u8]) -> Result<Self, ArtifactError> {
        const BROKEN: ArtifactError = ArtifactError::Content("wrong length");
        let mut payload = Reader(artifact::unwrap(Kind::VerifyingKey, Some(R::ID), file)?);
        let srs_digest = *payload.take().ok_or(BROKEN)?;
        let [mark] = *payload.take().ok_or(BROKEN)?;
        if mark > 1 {
            return Err(ArtifactError::Content("unknown mark"));
        }
        let size = u32::from_be_bytes(*payload.take().ok_or(BROKEN)?);
        let circuit = R::of_size(size).ok_or(ArtifactError::Content("made for a circuit of an unknown size"))?;
        let plan = circuit.plan();
        let fixed = plan.fixed();
        if payload.0.len() != G2_LEN + fixed * G1_LEN {
            return Err(BROKEN);
        }
        let bad = ArtifactError::Content("a point of G2 is not canonical, not in the subgroup or the identity");
        let tau_g2 = payload.g2().ok_or(bad)?;
        // halo2's own format: version, k, no selector compression, commitments.
        let mut raw = vec![2];
        raw.extend(circuit.k().to_le_bytes());
        raw.push(0);
        raw.extend(u32::try_from(fixed).expect("few columns").to_le_bytes());
        for _ in 0..fixed {
            let bad = ArtifactError::Content("a point of G1 is not canonical, off the curve or the identity");
            raw.extend(payload.g1().ok_or(bad)?.to_raw_bytes());
        }
        let key = Halo2VerifyingKey::from_bytes::<R>(&raw, SerdeFormat::RawBytes, circuit.params())
            .map_err(|_| ArtifactError::Content("not a verifying key of this circuit"))?;
        Ok(Self::new(&circuit, plan, key, tau_g2, srs_digest, mark == 1))
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        payload.extend(self.srs_digest);
        payload.push(u8::from(self.development));
        payload.extend(self.size.to_be_bytes());
        payload.extend(g2_to_bytes(&self.tau_g2));
        for commitment in self.key.fixed_commitments() {
            payload.extend(g1_to_bytes(commitment));
        }
        artifact::wrap(Kind::VerifyingKey, Some(self.statement), &payload)
    }

    /// Name and version of the statement that its proofs are of.
    #[must_use]
    pub fn statement(&self) -> &'static str {
        self.statement
    }

    /// The number of the circuit's size, see [`Relation::size`].
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// What its proofs consist of.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// For each instance column how many public inputs it has.
    #[must_use]
    pub fn public_rows(&self) -> &[usize] {
        &self.public_rows
    }

    /// The circuit alone, without an SRS.
    #[must_use]
    pub fn circuit_id(&self) -> [u8; 32] {
        self.circuit_id
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
    #[must_use]
    pub fn halo2_params(&self) -> ParamsKZG<Bn256> {
        crate::srs::verifier_params(self.plan.k(), self.tau_g2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_have_one_spelling() {
        let text = Fingerprint([0xab; 32]).to_string();
        assert!(text.to_uppercase().parse::<Fingerprint>().is_err());
        assert!(text[..65].parse::<Fingerprint>().is_err());
        assert!(text[2..].parse::<Fingerprint>().is_err());
    }
}
