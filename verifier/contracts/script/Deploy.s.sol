// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {PriceBoard} from "../src/oracle/PriceBoard.sol";

/// @dev What is used of the cheats of `forge script`.
interface Vm {
    enum ForgeContext {
        TestGroup,
        Test,
        Coverage,
        Snapshot,
        ScriptGroup,
        ScriptDryRun,
        ScriptBroadcast,
        ScriptResume
    }

    function startBroadcast() external;
    function stopBroadcast() external;
    function isContext(ForgeContext context) external view returns (bool);
    function readFile(string calldata path) external view returns (string memory);
    function exists(string calldata path) external view returns (bool);
    function createDir(string calldata path, bool recursive) external;
    function writeFile(string calldata path, string calldata text) external;
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function toString(address value) external pure returns (string memory);
    function toString(bytes32 value) external pure returns (string memory);
    function toString(uint256 value) external pure returns (string memory);
}

/// @dev What a deployed contract says about itself.
interface IIdentified {
    function FINGERPRINT() external view returns (bytes32);
    function configuration() external view returns (bytes32);
}

/// @title Deploys verifier, price board and registry
/// @notice For whoever signs with a hardware wallet or another signer of Foundry's; `assay evm deploy` does the same with a
/// keystore. What is deployed is `artifacts/`, byte for byte what the tests run. Broadcasting writes
/// `deployments/CHAIN.json`, which `assay evm` reads.
///
///     forge script script/Deploy.s.sol --sig "run(address,bytes)" OWNER BOARD --rpc-url URL --ledger --broadcast
///
/// `OWNER` is to own the registry, such as a timelock; `BOARD` is `solidity.price_board` of `assay policy check --json`.
contract Deploy {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    string private constant FOLDER = "deployments";

    /// @notice The file of this chain exists: contracts in it would be forgotten.
    error DeployedBefore(string file);
    /// @notice The registry needs an owner.
    error NoOwner();
    /// @notice No contract was made from the artifact.
    error NotMade(string name);

    /// @notice On a chain without a sequencer.
    function run(address owner, bytes calldata board) external {
        deploy(owner, board);
    }

    /// @notice On a chain whose sequencer's uptime Chainlink reports, with the seconds for which no price counts after it
    /// is up again.
    function run(address owner, bytes calldata board, address sequencerFeed, uint32 sequencerGrace) external {
        PriceBoard.Configuration memory c = abi.decode(board, (PriceBoard.Configuration));
        (c.sequencerFeed, c.sequencerGrace) = (sequencerFeed, sequencerGrace);
        deploy(owner, abi.encode(c));
    }

    function deploy(address owner, bytes memory board) private {
        string memory file = string.concat(FOLDER, "/", vm.toString(block.chainid), ".json");
        if (owner == address(0)) revert NoOwner();
        if (vm.exists(file)) revert DeployedBefore(file);
        vm.startBroadcast();
        address verifier = make("Halo2Verifier", "");
        address priceBoard = make("PriceBoard", board);
        address registry = make("CollateralAttestations", abi.encode(owner));
        vm.stopBroadcast();
        if (!vm.isContext(Vm.ForgeContext.ScriptBroadcast)) return;
        vm.createDir(FOLDER, true);
        vm.writeFile(
            file,
            string.concat(
                "{\n  \"format\": \"assay/deployments/v1\",\n  \"chain\": \"eip155:",
                vm.toString(block.chainid),
                "\",\n  \"registry\": \"",
                vm.toString(registry),
                "\",\n  \"verifiers\": ",
                listed(IIdentified(verifier).FINGERPRINT(), verifier),
                ",\n  \"price_boards\": ",
                listed(IIdentified(priceBoard).configuration(), priceBoard),
                "\n}\n"
            )
        );
    }

    function make(string memory name, bytes memory arguments) private returns (address made) {
        string memory artifact = vm.readFile(string.concat("artifacts/", name, ".json"));
        bytes memory code = bytes.concat(vm.parseJsonBytes(artifact, ".bytecode"), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
        }
        if (made == address(0)) revert NotMade(name);
    }

    function listed(bytes32 id, address account) private pure returns (string memory) {
        return string.concat(
            "[\n    {\n      \"id\": \"", vm.toString(id), "\",\n      \"address\": \"", vm.toString(account), "\"\n    }\n  ]"
        );
    }
}
