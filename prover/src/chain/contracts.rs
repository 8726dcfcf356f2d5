//! The contracts: their code and their errors from the artifacts in the tree, and the functions that are called.

use std::sync::LazyLock;

use alloy::dyn_abi::JsonAbiExt as _;
use alloy::json_abi::JsonAbi;
use alloy::primitives::{Selector, hex};
use alloy::sol_types::{Revert, SolError as _};
use serde::Deserialize;

use crate::cli::error::{Failure, Kind};

alloy::sol! {
    struct Claim {
        bytes32 policyId;
        bytes32 anchor;
        uint64 validUntil;
        uint128[] floors;
        uint128[] ceilings;
        uint8 creditAsset;
        uint128 creditAmount;
        address lender;
    }

    struct HoldingsStatement {
        bytes32 commitment;
        bytes32 marketId;
        address subject;
        address beneficiary;
        uint256 beneficiaryChainId;
        uint64 asOf;
        uint64 sequence;
        uint64 expiry;
    }

    struct Signed {
        address signer;
        bytes signature;
    }

    struct Anchor {
        bytes32 hash;
        bytes32 commitment;
        uint48 asOf;
        uint64 sequence;
        uint48 expiry;
        uint32 signers;
        uint64 highest;
    }

    struct CreditLine {
        address lender;
        uint8 asset;
        uint128 amount;
        uint128 drawn;
    }

    function attest(Claim claim, bytes proof) returns (bytes32 statement);
    function preview(address subject, Claim claim, bytes proof) returns (bytes32 statement);
    function publishAnchor(bytes32 policyId, HoldingsStatement statement, Signed[] signatures);
    function anchorOf(address subject, bytes32 policyId) returns (Anchor latest);
    function statusInFull(address subject, bytes32 policyId)
        returns (uint8 status, uint8 reason, uint256 lapsedSince, uint256 graceUntil);
    function creditLine(address subject, bytes32 policyId) returns (CreditLine line);
    function addRoute(address verifier, bytes32 verifyingKey);
    function routes(address verifier) returns (bytes32 verifyingKey, bytes32 codehash, bool frozen);
    function policies(bytes32 policyId) returns (address terms, bool retired);
    function owner() returns (address owner);
    function refreshAll();
    function configuration() returns (bytes32 configuration);
    function sequencerFeed() returns (address feed);
    function sequencerGrace() returns (uint256 grace);
    function FINGERPRINT() returns (bytes32 fingerprint);
    function verify(bytes proof, uint256[] publicInputs) returns (bool accepted);
}

/// The statuses, by their numbers.
pub(crate) const STATUSES: [&str; 3] = ["Unknown", "Healthy", "Lapsed"];
/// The reasons, by their numbers.
pub(crate) const REASONS: [&str; 12] = [
    "None",
    "NoAttestation",
    "OracleUnusable",
    "RecorderUnusable",
    "PriceBeyondBound",
    "Expired",
    "AnchorSuperseded",
    "AnchorRevoked",
    "CreditNotCovered",
    "PolicyRetired",
    "RouteFrozen",
    "RevokedBySubject",
];

/// What the compiler made of a contract.
#[derive(Deserialize)]
pub(crate) struct Artifact {
    abi: JsonAbi,
    bytecode: String,
}

impl Artifact {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The transaction data that deploys it: its code, and the encoded arguments of its constructor.
    ///
    /// # Errors
    /// Exit 1 where the artifact is damaged.
    pub(crate) fn deployment(&self, arguments: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut data = hex::decode(&self.bytecode).map_err(|_| damaged())?;
        data.extend_from_slice(arguments);
        Ok(data)
    }

    /// The selector of a function that is not overloaded.
    ///
    /// # Errors
    /// Exit 1 where the artifact is damaged.
    pub(crate) fn selector(&self, function: &str) -> Result<Selector, Failure> {
        let functions = self.abi.function(function).ok_or_else(damaged)?;
        functions.first().map(alloy::json_abi::Function::selector).ok_or_else(damaged)
    }
}

fn damaged() -> Failure {
    Failure::new(Kind::Internal, "an artifact of a contract in this program is damaged")
}

macro_rules! artifact {
    ($name:ident, $file:literal) => {
        /// The contract of this name.
        ///
        /// # Errors
        /// Exit 1 where the artifact is damaged.
        pub(crate) fn $name() -> Result<&'static Artifact, Failure> {
            static ARTIFACT: LazyLock<Option<Artifact>> = LazyLock::new(|| {
                Artifact::parse(include_str!(concat!("../../../verifier/contracts/artifacts/", $file, ".json")))
            });
            ARTIFACT.as_ref().ok_or_else(damaged)
        }
    };
}

artifact!(registry, "CollateralAttestations");
artifact!(price_board, "PriceBoard");
artifact!(halo2_verifier, "Halo2Verifier");
artifact!(policy_compiler, "PolicyCompiler");

/// An error of a contract: its name, and the name with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContractError {
    /// Such as `AnchorNotLatest`.
    pub(crate) name: String,
    /// Such as `AnchorNotLatest(latest: 0x…, found: 0x…)`.
    pub(crate) shown: String,
}

/// Reads what a call reverted with.
pub(crate) fn decode(data: &[u8]) -> ContractError {
    let artifacts = [registry(), price_board(), policy_compiler()];
    for abi in artifacts.into_iter().flatten().map(|artifact| &artifact.abi) {
        for error in abi.errors() {
            if data.get(..4) != Some(error.selector().as_slice()) {
                continue;
            }
            let Ok(values) = error.abi_decode_input(data.get(4..).unwrap_or_default()) else { continue };
            let arguments: Vec<_> = error
                .inputs
                .iter()
                .zip(&values)
                .map(|(input, value)| format!("{}: {}", input.name, shown(value)))
                .collect();
            return ContractError {
                name: error.name.clone(),
                shown: format!("{}({})", error.name, arguments.join(", ")),
            };
        }
    }
    match Revert::abi_decode(data) {
        Ok(revert) => ContractError { name: "Error".to_owned(), shown: revert.reason },
        Err(_) if data.is_empty() => {
            ContractError { name: String::new(), shown: "no reason: perhaps another contract than expected".to_owned() }
        }
        Err(_) => {
            ContractError { name: String::new(), shown: format!("an unknown error, {}", hex::encode_prefixed(data)) }
        }
    }
}

/// The errors that [`decode`] knows.
#[cfg(test)]
pub(super) fn error_names() -> impl Iterator<Item = &'static str> {
    let artifacts = [registry(), price_board(), policy_compiler()];
    artifacts.into_iter().flatten().flat_map(|artifact| artifact.abi.errors()).map(|error| error.name.as_str())
}

fn shown(value: &alloy::dyn_abi::DynSolValue) -> String {
    use alloy::dyn_abi::DynSolValue as Value;
    match value {
        Value::Uint(number, _) => number.to_string(),
        Value::Address(address) => address.to_string(),
        Value::FixedBytes(word, _) => word.to_string(),
        Value::String(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERFACE: &str = include_str!("../../../verifier/contracts/src/ICollateralAttestations.sol");

    fn members(name: &str) -> Vec<&'static str> {
        let (_, rest) = INTERFACE.split_once(&format!("enum {name} {{")).expect("the enumeration is there");
        let (body, _) = rest.split_once('}').expect("it ends");
        body.split(',').map(str::trim).collect()
    }

    #[test]
    fn statuses_and_reasons_are_those_of_the_interface() {
        assert_eq!(STATUSES.to_vec(), members("Status"));
        assert_eq!(REASONS.to_vec(), members("Reason"));
    }

    #[test]
    fn the_functions_called_are_those_of_the_artifacts() {
        use alloy::sol_types::SolCall;
        fn same<C: SolCall>(artifact: &Artifact) {
            let (name, _) = C::SIGNATURE.split_once('(').expect("a signature");
            assert_eq!(artifact.selector(name).expect("there"), C::SELECTOR, "{}", C::SIGNATURE);
        }
        let registry = registry().expect("sound");
        same::<attestCall>(registry);
        same::<previewCall>(registry);
        same::<publishAnchorCall>(registry);
        same::<anchorOfCall>(registry);
        same::<statusInFullCall>(registry);
        same::<creditLineCall>(registry);
        same::<addRouteCall>(registry);
        same::<routesCall>(registry);
        same::<policiesCall>(registry);
        same::<ownerCall>(registry);
        registry.selector("publish").expect("there");
        same::<refreshAllCall>(price_board().expect("sound"));
        same::<configurationCall>(price_board().expect("sound"));
        same::<FINGERPRINTCall>(halo2_verifier().expect("sound"));
        same::<verifyCall>(halo2_verifier().expect("sound"));
    }

    #[test]
    fn errors_are_shown_by_name_with_their_arguments() {
        let data = [&alloy::primitives::keccak256("PriceBeyondBound(uint256)")[..4], &[0; 31], &[7]].concat();
        assert_eq!(decode(&data).name, "PriceBeyondBound");
        assert!(decode(&data).shown.ends_with(": 7)"), "{}", decode(&data).shown);
        assert_eq!(decode(&Revert::from("too late").abi_encode()).shown, "too late");
        assert!(decode(&[]).shown.starts_with("no reason"));
        assert_eq!(decode(&[1, 2, 3]).shown, "an unknown error, 0x010203");
    }
}
