//! The id of a policy with covenants.

use alloy_primitives::B256;
use alloy_sol_types::SolValue;

use super::{Average, Covenant, Discloses, Kind, Limit, Mode, Schedule, Share, Side, Stress};
use crate::formats::abi;

/// The tagged hash of the id that the policy has without them, and of `covenants`.
pub(crate) fn id(policy: B256, covenants: &[Covenant]) -> B256 {
    let covenants = covenants.iter().map(encode).collect();
    abi::tagged_hash("assay/covenants/v1", abi::Covenants { policy, covenants })
}

fn encode(covenant: &Covenant) -> abi::Covenant {
    let discloses = match covenant.discloses {
        Discloses::Nothing => 0,
        Discloses::Threshold => 1,
    };
    abi::Covenant {
        name: covenant.name.clone(),
        section: covenant.section.clone(),
        discloses,
        kind: covenant.kind.word().to_owned(),
        fields: fields(&covenant.kind).into(),
    }
}

/// The ABI encoding of a kind's fields, in the order in which it declares them.
fn fields(kind: &Kind) -> Vec<u8> {
    match kind {
        Kind::Coverage { ratio, after } => (*ratio, places(after)).abi_encode_params(),
        Kind::Stress(Stress { ratio, shocks, slippage, bonus, in_full, after }) => {
            let shocks: Vec<(u16, i32)> = shocks.iter().map(|(asset, shock)| (place(*asset), *shock)).collect();
            (*ratio, shocks, *slippage, *bonus, *in_full, places(after)).abi_encode_params()
        }
        Kind::Concentration { group, share, mode } => {
            let mode = match mode {
                Mode::Breach => 0u16,
                Mode::Exclude { of_admitted: false } => 1,
                Mode::Exclude { of_admitted: true } => 2,
            };
            (shares(group), *share, mode).abi_encode_params()
        }
        Kind::Ceiling { group, side, limit } => {
            let (by_value, limit) = match limit {
                Limit::Value(value) => (true, *value),
                Limit::Amount(amount) => (false, *amount),
            };
            (shares(group), *side == Side::Debt, by_value, limit).abi_encode_params()
        }
        Kind::Leverage { most } => (*most,).abi_encode_params(),
        Kind::Liquidity { ratio, depths, slippage } => {
            let depths: Vec<(u16, u128)> = depths.iter().map(|(asset, depth)| (place(*asset), *depth)).collect();
            (*ratio, depths, *slippage).abi_encode_params()
        }
        Kind::WeightedAverage { figures, side, limit } => {
            (numbers(figures), *side == Average::Least, *limit).abi_encode_params()
        }
        Kind::InterestCoverage { ratio, yields, rates } => {
            (*ratio, numbers(yields), numbers(rates)).abi_encode_params()
        }
        Kind::Tiers { ratio, schedules } => {
            let steps = |Schedule { asset, tiers, beyond }: &Schedule| {
                let tiers: Vec<(u128, u32)> = tiers.iter().map(|tier| (tier.up_to, tier.threshold)).collect();
                (place(*asset), tiers, *beyond)
            };
            (*ratio, schedules.iter().map(steps).collect::<Vec<_>>()).abi_encode_params()
        }
    }
}

/// A place in a list that is checked to be short.
fn place(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn places(indices: &[usize]) -> Vec<u16> {
    indices.iter().map(|index| place(*index)).collect()
}

fn numbers(numbers: &[(usize, u32)]) -> Vec<(u16, u32)> {
    numbers.iter().map(|(asset, number)| (place(*asset), *number)).collect()
}

fn shares(group: &[Share]) -> Vec<(u16, u32)> {
    group.iter().map(|share| (place(share.asset), share.part)).collect()
}
