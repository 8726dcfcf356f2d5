pragma circom 2.1.0;

include "node_modules/circomlib/circuits/poseidon.circom";

// One permutation of (chaining, left, right), of which lane 0 is kept.
template Compress() {
    signal input chaining;
    signal input left;
    signal input right;
    signal output out;

    component permutation = PoseidonEx(2, 1);
    permutation.initialState <== chaining;
    permutation.inputs[0] <== left;
    permutation.inputs[1] <== right;
    out <== permutation.out[0];
}

// The ASCII bytes of "assay/position" as a big-endian integer.
function tag() {
    return 0x61737361792f706f736974696f6e;
}

// Packing version 1, 120-bit amounts, n assets.
function shape(n) {
    return (1 << 32) + (120 << 16) + n;
}

// C = fold of Compress over (tag, shape), then over the words collateral[i] + 2^120 * debt[i] in pairs.
template Commitment(n) {
    signal input collateral[n];
    signal input debt[n];
    signal input blinding;
    signal output commitment;

    component steps[n / 2 + 1];
    steps[0] = Compress();
    steps[0].chaining <== blinding;
    steps[0].left <== tag();
    steps[0].right <== shape(n);
    for (var p = 0; p < n / 2; p++) {
        steps[p + 1] = Compress();
        steps[p + 1].chaining <== steps[p].out;
        steps[p + 1].left <== collateral[2 * p] + (1 << 120) * debt[2 * p];
        steps[p + 1].right <== collateral[2 * p + 1] + (1 << 120) * debt[2 * p + 1];
    }
    commitment <== steps[n / 2].out;
}
