// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {AggregatorV3Interface} from "../../src/oracle/ChainlinkFeed.sol";
import {IPyth} from "../../src/oracle/PythFeed.sol";

/// @dev A Chainlink aggregator, or an uptime feed, that says what it is told.
contract MockAggregator is AggregatorV3Interface {
    uint8 public decimals;
    uint80 public roundId = 1;
    int256 public answer;
    uint256 public startedAt;
    uint256 public updatedAt;
    uint80 public answeredInRound = 1;

    constructor(uint8 decimals_, int256 answer_) {
        decimals = decimals_;
        set(answer_);
    }

    function set(int256 answer_) public {
        answer = answer_;
        startedAt = block.timestamp;
        updatedAt = block.timestamp;
    }

    function setRound(uint80 round, uint80 answered) external {
        (roundId, answeredInRound) = (round, answered);
    }

    function setTimes(uint256 started, uint256 updated) external {
        (startedAt, updatedAt) = (started, updated);
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (roundId, answer, startedAt, updatedAt, answeredInRound);
    }
}

/// @dev A Pyth contract that says what it is told.
contract MockPyth is IPyth {
    mapping(bytes32 => Price) private stored;

    function set(bytes32 id, int64 price, uint64 conf, int32 expo) external {
        stored[id] = Price(price, conf, expo, block.timestamp);
    }

    function setTime(bytes32 id, uint256 publishTime) external {
        stored[id].publishTime = publishTime;
    }

    function getPriceUnsafe(bytes32 id) external view returns (Price memory) {
        require(stored[id].publishTime != 0, "PriceFeedNotFound");
        return stored[id];
    }
}

/// @dev Answers every call with a megabyte.
contract ReturnBomb {
    fallback() external {
        assembly {
            return(0, 1000000)
        }
    }
}

/// @dev Burns all the gas that it is given.
contract GasBurner {
    fallback() external {
        assembly {
            invalid()
        }
    }
}

/// @dev Answers every call with one word.
contract ShortAnswer {
    fallback() external {
        assembly {
            mstore(0, 8)
            return(0, 32)
        }
    }
}
