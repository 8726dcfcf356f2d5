//! A policy as contracts take it: arguments in Solidity's ABI encoding, without a selector.

use alloy_primitives::{Address, B256, keccak256};
use alloy_sol_types::SolValue;

use super::complete::Policy;
use super::source::Source;
use crate::formats::abi;

impl Policy {
    /// `abi.encode(policy, market)`: the arguments with which a registry publishes it.
    #[must_use]
    pub fn publication(&self) -> Vec<u8> {
        (self.rules().encode(self.market().id()), self.market().encode()).abi_encode_params()
    }

    /// The arguments with which a price board for the policy is made. `sequencer_feed` is Chainlink's uptime feed of the
    /// chain's sequencer and `sequencer_grace` the seconds for which no price counts after the sequencer is up again; both
    /// are zero on a chain without one.
    #[must_use]
    pub fn board(&self, sequencer_feed: Address, sequencer_grace: u32) -> Vec<u8> {
        let abi::BoardRules { sources, priceDecimals, minimumSources, maxDeviation } = self.board_rules();
        let configuration = abi::BoardConfiguration {
            sources,
            priceDecimals,
            minimumSources,
            maxDeviation,
            sequencerFeed: sequencer_feed,
            sequencerGrace: sequencer_grace,
        };
        (configuration,).abi_encode_params()
    }

    /// The `configuration` that a price board must have for the policy: the hash of what decides its prices.
    #[must_use]
    pub fn board_configuration(&self) -> B256 {
        keccak256(self.board_rules().abi_encode_params())
    }

    fn board_rules(&self) -> abi::BoardRules {
        abi::BoardRules {
            sources: self.rules().sources.iter().map(Source::encode).collect(),
            priceDecimals: self.rules().assets.iter().map(|risk| risk.price_decimals).collect(),
            minimumSources: self.rules().minimum_sources,
            maxDeviation: self.rules().max_deviation,
        }
    }
}
