//! A policy: everything a lender decides in advance, public and immutable, over a market of assets.

mod buffer;
mod chain;
mod complete;
pub mod covenant;
mod file;
mod implication;
mod load;
mod market;
pub mod profile;
mod risk;
mod rules;
mod source;

pub use buffer::Buffer;
pub use complete::{FORMAT, Policy};
pub use covenant::Covenant;
pub use file::{AnchorKind, PolicyFile};
pub use load::LoadError;
pub use market::{Asset, AssetId, FORMAT as MARKET_FORMAT, Market};
pub use profile::{Profile, ProfileError, Rounding};
pub use risk::{BPS, MAX_FACTOR, Risk, YEAR};
pub use rules::{AnchorRule, OnChain, Rules};
pub use source::{Feed, MAX_SOURCES, Provider, PythContract, Source};
