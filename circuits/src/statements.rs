//! The statements, a folder each: the maths, the map of rows, the circuit, and strategies for tests. What serves each of them
//! alike is here: which statements there are, and all their circuits.

pub mod covenants;
pub mod solvency;

use std::fmt;
use std::str::FromStr;

use assay_protocol::Relation;
use assay_protocol::artifact::ArtifactError;
use assay_protocol::keys::VerifyingKey;
#[cfg(feature = "prover")]
use assay_protocol::{prover::ProvingKey, srs::Powers};

use self::covenants::Shape;
use self::covenants::circuit::CovenantsCircuit;
use self::solvency::circuit::SolvencyCircuit;
use crate::units::Size;

/// A statement, by name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementId {
    /// `solvency/v1`.
    Solvency,
    /// `covenants/v1`.
    Covenants,
}

impl StatementId {
    /// Every statement.
    pub const ALL: [Self; 2] = [Self::Solvency, Self::Covenants];

    /// Its name and version, as in keys and attestations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Solvency => solvency::STATEMENT_ID,
            Self::Covenants => covenants::STATEMENT_ID,
        }
    }
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no statement of this name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another statement than {} and {}", StatementId::Solvency, StatementId::Covenants)]
pub struct UnknownStatement;

impl FromStr for StatementId {
    type Err = UnknownStatement;

    fn from_str(text: &str) -> Result<Self, UnknownStatement> {
        Self::ALL.into_iter().find(|statement| statement.name() == text).ok_or(UnknownStatement)
    }
}

/// A circuit of one of the statements, at one of its sizes. Each has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Circuit {
    /// One ratio over a position of so many assets.
    Solvency(Size),
    /// So many covenants over so many commitments.
    Covenants(Shape),
}

impl Circuit {
    /// Every circuit, statement by statement.
    pub fn all() -> impl Iterator<Item = Self> {
        Size::ALL.into_iter().map(Self::Solvency).chain(Shape::ALL.into_iter().map(Self::Covenants))
    }

    /// Whose it is.
    #[must_use]
    pub const fn statement(self) -> StatementId {
        match self {
            Self::Solvency(_) => StatementId::Solvency,
            Self::Covenants(_) => StatementId::Covenants,
        }
    }

    /// How many assets a position is over.
    #[must_use]
    pub const fn assets(self) -> Size {
        match self {
            Self::Solvency(size) => size,
            Self::Covenants(shape) => shape.size(),
        }
    }

    /// Base-2 logarithm of its rows: proofs need `2^k + 1` powers of an SRS.
    #[must_use]
    pub const fn k(self) -> u32 {
        match self {
            Self::Solvency(size) => solvency::layout::Layout::new(size).k(),
            Self::Covenants(shape) => covenants::layout::Layout::new(shape).k(),
        }
    }

    /// The circuit that `key` is for; `None` for one that is on no list.
    #[must_use]
    pub fn of(key: &VerifyingKey) -> Option<Self> {
        match key.statement().parse().ok()? {
            StatementId::Solvency => {
                let is_for = |size: &Size| key.size() == SolvencyCircuit::empty(*size).size();
                Size::ALL.into_iter().find(is_for).map(Self::Solvency)
            }
            StatementId::Covenants => Shape::of_number(key.size()).map(Self::Covenants),
        }
    }

    /// Reads the file of a verifying key, of whichever statement it says that it is.
    ///
    /// # Errors
    /// As [`VerifyingKey::from_bytes`].
    pub fn read_key(file: &[u8]) -> Result<VerifyingKey, ArtifactError> {
        match VerifyingKey::from_bytes::<CovenantsCircuit>(file) {
            Err(ArtifactError::Statement { .. }) => VerifyingKey::from_bytes::<SolvencyCircuit>(file),
            read => read,
        }
    }

    /// Makes its verifying key, see [`VerifyingKey::generate`].
    ///
    /// # Errors
    /// [`ArtifactError::TooSmall`].
    #[cfg(feature = "prover")]
    pub fn generate(self, powers: &Powers) -> Result<VerifyingKey, ArtifactError> {
        match self {
            Self::Solvency(size) => VerifyingKey::generate(powers, &SolvencyCircuit::empty(size)),
            Self::Covenants(shape) => VerifyingKey::generate(powers, &CovenantsCircuit::empty(shape)),
        }
    }

    /// Computes what proving needs beyond the verifying key, which is one of this circuit.
    #[cfg(feature = "prover")]
    #[must_use]
    pub fn proving_key(self, key: VerifyingKey) -> ProvingKey {
        match self {
            Self::Solvency(_) => ProvingKey::new::<SolvencyCircuit>(key),
            Self::Covenants(_) => ProvingKey::new::<CovenantsCircuit>(key),
        }
    }
}

impl fmt::Display for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Solvency(size) => write!(f, "{} for {size}", StatementId::Solvency),
            Self::Covenants(shape) => write!(f, "{} for {shape}", StatementId::Covenants),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_found_by_its_name() {
        for statement in StatementId::ALL {
            assert_eq!(statement.name().parse(), Ok(statement));
        }
        assert_eq!("solvency/v2".parse::<StatementId>(), Err(UnknownStatement));
    }

    #[test]
    fn every_circuit_has_its_statement_and_rows() {
        let all: Vec<Circuit> = Circuit::all().collect();
        assert_eq!(all.len(), Size::ALL.len() + Shape::ALL.len());
        for circuit in all {
            let k = match circuit {
                Circuit::Solvency(size) => SolvencyCircuit::empty(size).k(),
                Circuit::Covenants(shape) => CovenantsCircuit::empty(shape).k(),
            };
            assert_eq!(circuit.k(), k, "{circuit}");
            assert!(circuit.to_string().starts_with(circuit.statement().name()));
        }
    }
}
