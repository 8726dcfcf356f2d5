//! The reference Poseidon permutation: circomlib's, `t = 3`, over the BN254 scalar field.
//!
//! `x^5`, eight full rounds around 57 partial ones. Round constants and matrix are not listed but generated, by the
//! Grain LFSR that the Poseidon paper (ePrint 2019/458, appendix E) prescribes and circomlib's constants came from;
//! tests compare them, and whole hashes, with an independent implementation.

use std::sync::OnceLock;

use ff::{Field, PrimeField};
use ruint::aliases::U256;

use crate::units::Fr;

/// State width.
pub const WIDTH: usize = 3;
/// Full rounds, half of them before the partial rounds and half after.
pub const FULL_ROUNDS: usize = 8;
/// Partial rounds: only lane 0 passes the S-box.
pub const PARTIAL_ROUNDS: usize = 57;
/// All rounds.
pub const ROUNDS: usize = FULL_ROUNDS + PARTIAL_ROUNDS;

/// A state or a row of the matrix.
pub type State = [Fr; WIDTH];

/// Round constants and mixing matrix.
#[derive(Debug)]
pub struct Parameters {
    /// Added to the state before the S-boxes of each round.
    pub constants: [State; ROUNDS],
    /// `state'[i] = Σ_j mds[i][j]·state[j]`.
    pub mds: [State; WIDTH],
}

impl Parameters {
    /// The one set of parameters of the project.
    pub fn get() -> &'static Self {
        static PARAMETERS: OnceLock<Parameters> = OnceLock::new();
        PARAMETERS.get_or_init(Self::generate)
    }

    fn generate() -> Self {
        let mut grain = Grain::new();
        let constants = std::array::from_fn(|_| std::array::from_fn(|_| grain.field_element()));
        let xs: State = std::array::from_fn(|_| grain.field_element_reduced());
        let ys: State = std::array::from_fn(|_| grain.field_element_reduced());
        let mds = xs.map(|x| ys.map(|y| (x + y).invert().expect("x + y is not zero for these parameters")));
        Self { constants, mds }
    }
}

/// `x^5`.
#[must_use]
pub fn sbox(x: Fr) -> Fr {
    x.square().square() * x
}

/// The permutation.
#[must_use]
pub fn permute(mut state: State) -> State {
    let parameters = Parameters::get();
    for (round, constants) in parameters.constants.iter().enumerate() {
        for (lane, constant) in state.iter_mut().zip(constants) {
            *lane += constant;
        }
        let full = !(FULL_ROUNDS / 2..FULL_ROUNDS / 2 + PARTIAL_ROUNDS).contains(&round);
        for lane in state.iter_mut().take(if full { WIDTH } else { 1 }) {
            *lane = sbox(*lane);
        }
        state = parameters.mds.map(|row| row.iter().zip(&state).map(|(m, s)| *m * s).sum());
    }
    state
}

/// `circomlib`'s `PoseidonEx(2, 1)`: one permutation of `(chaining, left, right)`, of which lane 0 is kept.
#[must_use]
pub fn compress(chaining: Fr, left: Fr, right: Fr) -> Fr {
    permute([chaining, left, right])[0]
}

/// The self-shrinking 80-bit LFSR of the Poseidon paper.
struct Grain {
    bits: [bool; 80],
    head: usize,
}

impl Grain {
    fn new() -> Self {
        let mut bits = [true; 80];
        let mut cursor = 0;
        // Prime field, x^alpha S-box, field size, width, full rounds, partial rounds; the rest stays one.
        for (value, width) in
            [(1, 2), (0, 4), (Fr::NUM_BITS as usize, 12), (WIDTH, 12), (FULL_ROUNDS, 10), (PARTIAL_ROUNDS, 10)]
        {
            for shift in (0..width).rev() {
                bits[cursor] = (value >> shift) & 1 == 1;
                cursor += 1;
            }
        }
        let mut grain = Self { bits, head: 0 };
        for _ in 0..160 {
            grain.clock();
        }
        grain
    }

    fn clock(&mut self) -> bool {
        let bit = [62, 51, 38, 23, 13, 0].iter().fold(false, |bit, tap| bit ^ self.bits[(self.head + tap) % 80]);
        self.bits[self.head] = bit;
        self.head = (self.head + 1) % 80;
        bit
    }

    fn bit(&mut self) -> bool {
        loop {
            let keep = self.clock();
            let bit = self.clock();
            if keep {
                return bit;
            }
        }
    }

    fn integer(&mut self) -> U256 {
        (0..Fr::NUM_BITS).fold(U256::ZERO, |acc, _| (acc << 1) | U256::from(u8::from(self.bit())))
    }

    /// Uniform by rejection, as for round constants.
    fn field_element(&mut self) -> Fr {
        loop {
            let candidate = Fr::from_repr(self.integer().to_le_bytes::<32>());
            if candidate.is_some().into() {
                return candidate.expect("just checked");
            }
        }
    }

    /// Reduced modulo r, as for the matrix.
    fn field_element_reduced(&mut self) -> Fr {
        let modulus = U256::from_le_bytes::<32>((-Fr::ONE).to_repr()) + U256::from(1);
        Fr::from_repr((self.integer() % modulus).to_le_bytes::<32>()).expect("reduced")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poseidon_of_one_and_two_is_circomlibs() {
        let mut bytes = compress(Fr::ZERO, Fr::ONE, Fr::from(2)).to_repr();
        bytes.as_mut().reverse();
        assert_eq!(hex::encode(bytes), "115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a");
    }

    #[test]
    fn parameters_equal_those_of_light_poseidon() {
        use ark_ff::{BigInteger, PrimeField as _};
        let theirs = light_poseidon::parameters::bn254_x5::get_poseidon_parameters::<ark_bn254::Fr>(3).expect("t = 3");
        let convert = |f: &ark_bn254::Fr| {
            let bytes: [u8; 32] = f.into_bigint().to_bytes_le().try_into().expect("32 bytes");
            Fr::from_repr(bytes).expect("canonical")
        };
        let ours = Parameters::get();
        let constants: Vec<Fr> = theirs.ark.iter().map(convert).collect();
        assert_eq!(ours.constants.as_flattened(), constants);
        for (row, their_row) in ours.mds.iter().zip(&theirs.mds) {
            assert_eq!(row.to_vec(), their_row.iter().map(convert).collect::<Vec<_>>());
        }
    }
}
