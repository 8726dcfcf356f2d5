pragma circom 2.1.0;

include "commitment.circom";
include "covenant.circom";

// `commitment` opens to (collateral, debt, blinding), which satisfy the covenant. `context` is bound as a public input
// and read by no constraint.
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

    component covenant = Covenant(n);
    covenant.margin <== margin;
    covenant.w <== w;
    covenant.v <== v;
    covenant.collateral <== collateral;
    covenant.debt <== debt;
}

component main {public [commitment, context, margin, w, v]} = Solvency(8);
