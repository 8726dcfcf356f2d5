//! The Fiat–Shamir transcript: Keccak-256 over the bytes that the EVM sees.
//!
//! The state is a byte string. Points and scalars are appended in the encoding of [`crate::encoding`]; a challenge is
//! the Keccak-256 hash of the state, read big-endian and reduced modulo the scalar field, and the hash becomes the new
//! state. Where nothing was appended since the last challenge, a byte `0x01` is, so that successive challenges differ.
//! The scheme is that of snark-verifier's EVM transcript.

use std::io;

use ff::FromUniformBytes;
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptRead, TranscriptWrite};
use halo2curves::bn256::G1Affine;
use sha3::{Digest, Keccak256};

use crate::Fr;
use crate::encoding::{Reader, g1_to_bytes, to_bytes};

/// A challenge: 256 bits of hash, of which the scalar field sees the residue.
#[derive(Clone, Copy, Debug)]
pub struct Challenge(Fr);

impl EncodedChallenge<G1Affine> for Challenge {
    type Input = [u8; 32];

    fn new(hash: &[u8; 32]) -> Self {
        let mut wide = [0u8; 64];
        wide[..32].copy_from_slice(hash);
        wide[..32].reverse();
        Self(Fr::from_uniform_bytes(&wide))
    }

    fn get_scalar(&self) -> Fr {
        self.0
    }
}

#[derive(Clone, Debug, Default)]
struct State(Vec<u8>);

impl State {
    fn squeeze(&mut self) -> Challenge {
        if self.0.len() == 32 {
            self.0.push(1);
        }
        let hash: [u8; 32] = Keccak256::digest(&self.0).into();
        self.0.clear();
        self.0.extend(hash);
        Challenge::new(&hash)
    }
}

/// The transcript beside a proof that is written ([`ProofWriter`]) or read ([`ProofReader`]).
#[derive(Clone, Debug, Default)]
pub struct KeccakTranscript<P> {
    state: State,
    proof: P,
}

/// Writes a proof.
pub type ProofWriter = KeccakTranscript<Vec<u8>>;

/// Reads a proof; every value in its one encoding.
pub type ProofReader<'p> = KeccakTranscript<&'p [u8]>;

impl ProofWriter {
    /// The bytes written so far.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.proof
    }
}

impl<'p> ProofReader<'p> {
    /// Reads from the front of `proof`.
    #[must_use]
    pub fn new(proof: &'p [u8]) -> Self {
        Self { state: State::default(), proof }
    }

    /// Whether all bytes were read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.proof.is_empty()
    }

    /// Takes one value; an error where it is missing or not in its encoding.
    fn take<T>(&mut self, value: impl FnOnce(&mut Reader<'p>) -> Option<T>, what: &'static str) -> io::Result<T> {
        let mut reader = Reader(self.proof);
        let value = value(&mut reader).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, what))?;
        self.proof = reader.0;
        Ok(value)
    }
}

impl<P> Transcript<G1Affine, Challenge> for KeccakTranscript<P> {
    fn squeeze_challenge(&mut self) -> Challenge {
        self.state.squeeze()
    }

    fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.state.0.extend(g1_to_bytes(&point));
        Ok(())
    }

    fn common_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        self.state.0.extend(to_bytes(&scalar));
        Ok(())
    }
}

impl TranscriptWrite<G1Affine, Challenge> for ProofWriter {
    fn write_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.proof.extend(g1_to_bytes(&point));
        self.common_point(point)
    }

    fn write_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        self.proof.extend(to_bytes(&scalar));
        self.common_scalar(scalar)
    }
}

impl TranscriptRead<G1Affine, Challenge> for ProofReader<'_> {
    fn read_point(&mut self) -> io::Result<G1Affine> {
        let point = self.take(Reader::g1, "a point is missing, off the curve or not canonical")?;
        self.common_point(point)?;
        Ok(point)
    }

    fn read_scalar(&mut self) -> io::Result<Fr> {
        let scalar = self.take(Reader::scalar, "a scalar is missing or not canonical")?;
        self.common_scalar(scalar)?;
        Ok(scalar)
    }
}
