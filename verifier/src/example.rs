//! The example market that `assay init` writes: eight assets of Aave v3 Ethereum.

/// `market.toml`.
pub const MARKET: &str = include_str!("../examples/market/market.toml");
/// `policy.toml`.
pub const POLICY: &str = include_str!("../examples/market/policy.toml");
/// `reports/chainlink.json`: a round of each of the policy's aggregators.
pub const CHAINLINK: &str = include_str!("../examples/market/reports/chainlink.json");
/// `reports/pyth.json`: what Hermes would have said.
pub const PYTH: &str = include_str!("../examples/market/reports/pyth.json");
/// `reports/desk.json`: a report signed with a key that everybody knows; no source of the policy.
pub const DESK: &str = include_str!("../examples/market/reports/desk.json");
/// `prices.json`, made from both, as of 31 October 2023.
pub const PRICES: &str = include_str!("../examples/market/prices.json");
