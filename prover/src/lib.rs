//! Making attestations: that a private position satisfies a lender's policy.
//!
//! [`check()`] decides, in milliseconds, and says what a position that falls short lacks. [`attest()`] proves. Both work on
//! values in memory: no file, no terminal, no clock, no network. The command line `assay` is one user of them.
//!
//! ```
//! use assay_prover::{Choice, Decision, Keys, OpeningFile, Parties, Terms, attest, check, position};
//! use assay_verifier::{Market, PolicyFile, PriceSnapshot, example, parse_address};
//! use rand_core::OsRng;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // What is public: the lender's policy, prices, and the prover's choices.
//! let policy = PolicyFile::parse(example::POLICY)?.with_market(Market::from_toml(example::MARKET)?)?;
//! let prices = PriceSnapshot::from_json(example::PRICES)?;
//! let now = prices.at;
//! let choice = Choice { buffer: "10%".parse()?, credit: None, valid_until: None };
//! let terms = Terms::new(&policy, &prices, None, choice, now)?;
//!
//! // What is private: the position, and the opening of the commitment to it.
//! let position = position::from_toml("[collateral]\nWETH = \"12.5\"\n[debt]\nUSDC = \"10000\"\n", policy.market(), policy.market().size())?;
//! let committed = OpeningFile::commit(&position, OsRng);
//!
//! let decision = check(&terms, &position)?;
//! assert!(decision.satisfied());
//! if let Decision::Ratio { figures, .. } = &decision {
//!     println!("margin: {} {}", *figures.margin, figures.quote);
//! }
//!
//! // An SRS of one's own convinces nobody else; `Srs::from_bytes` reads one that comes from a ceremony.
//! let keys = Keys::new(&assay_protocol::srs::Srs::dev(10, OsRng), policy.circuit()?)?;
//! let parties = Parties {
//!     subject: parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")?,
//!     audience: "lender.example".parse()?,
//! };
//! let attestation = attest(&terms, &position, &committed.opening, &parties, &keys, OsRng)?;
//! println!("{}", attestation.to_json());
//! # Ok(())
//! # }
//! ```
//!
//! Without the default features nothing but this library is built. `cli` adds the command line, `chain` its commands
//! `assay evm`.

mod attest;
mod check;
mod cures;
mod error;
mod figures;
pub mod opening;
pub mod position;
pub mod scenario;
mod search;
mod standing;
mod stress;
mod terms;

#[cfg(feature = "cli")]
mod chain;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod files;

pub use attest::{Keys, attest};
pub use check::{Decision, check};
#[cfg(feature = "cli")]
pub use cli::main;
pub use cures::{Cure, Cures, Least};
pub use error::Error;
pub use figures::Figures;
pub use opening::OpeningFile;
pub use scenario::Scenario;
pub use standing::{Beyond, CovenantStanding, PriceRoom, Room, Standing};
pub use stress::{Stressed, stress};
pub use terms::{Choice, Parties, Terms};
