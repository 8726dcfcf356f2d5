pragma circom 2.1.0;

include "node_modules/circomlib/circuits/bitify.circom";
include "commitment.circom";

// commitment opens to (collateral, debt, blinding), every amount is below 2^120, and
// D = sum w*x - sum v*y - margin - 1 is below 2^248. `context` is bound as a public input and read by no constraint.
template Solvency(n) {
    signal input commitment;
    signal input context;
    signal input margin;
    signal input w[n];
    signal input v[n];
    signal input collateral[n];
    signal input debt[n];
    signal input blinding;

    component opened = Commitment(n);
    opened.collateral <== collateral;
    opened.debt <== debt;
    opened.blinding <== blinding;
    opened.commitment === commitment;

    component bits[2 * n];
    signal products[2 * n];
    var difference = -margin - 1;
    for (var i = 0; i < n; i++) {
        bits[i] = Num2Bits(120);
        bits[i].in <== collateral[i];
        bits[n + i] = Num2Bits(120);
        bits[n + i].in <== debt[i];
        products[i] <== w[i] * collateral[i];
        products[n + i] <== v[i] * debt[i];
        difference += products[i] - products[n + i];
    }
    component range = Num2Bits(248);
    range.in <== difference;
}

component main {public [commitment, context, margin, w, v]} = Solvency(8);
