// SPDX-License-Identifier: MIT OR Apache-2.0
// Written by verifier/contracts/generator from the verifying key. Do not edit: change the generator and run it.
pragma solidity ^0.8.24;

// Where `Halo2Verifier` keeps what. The transcript hashes one run of memory for each challenge: the state, and what was
// appended since. So public inputs and proof are copied to where they are hashed, and read there.
{% for place in memory %}
uint256 constant {{ place.name }} = {{ place.address }};
{% endfor %}
