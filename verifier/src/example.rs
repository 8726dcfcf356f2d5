//! The example market that `assay init` writes: eight assets of Aave v3 Ethereum.

/// `market.toml`.
pub const MARKET: &str = include_str!("../examples/market/market.toml");
/// `policy.toml`.
pub const POLICY: &str = include_str!("../examples/market/policy.toml");
/// `prices.json`, as of 31 October 2023.
pub const PRICES: &str = include_str!("../examples/market/prices.json");
