pragma circom 2.1.0;

include "node_modules/circomlib/circuits/bitify.circom";

// Every amount is below 2^120, and D = sum w*x - sum v*y - margin - 1 is below 2^248.
template Covenant(n) {
    signal input margin;
    signal input w[n];
    signal input v[n];
    signal input collateral[n];
    signal input debt[n];

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
