pragma circom 2.1.0;

include "node_modules/circomlib/circuits/poseidon.circom";
include "covenant.circom";
include "commitment.circom";

// The statement of solvency.circom over another commitment: one hash of width 11 in place of five of width 3. It costs
// an R1CS fewer constraints. For measurement only: these commitments are not Assay's.
template SolvencyWide(n) {
    signal input context;
    signal input margin;
    signal input w[n];
    signal input v[n];
    signal input collateral[n];
    signal input debt[n];
    signal input blinding;
    signal output commitment;

    component hash = Poseidon(n + 2);
    hash.inputs[0] <== tag();
    hash.inputs[1] <== blinding;
    for (var i = 0; i < n; i++) {
        hash.inputs[i + 2] <== collateral[i] + (1 << 120) * debt[i];
    }
    commitment <== hash.out;

    component covenant = Covenant(n);
    covenant.margin <== margin;
    covenant.w <== w;
    covenant.v <== v;
    covenant.collateral <== collateral;
    covenant.debt <== debt;
}

component main {public [context, margin, w, v]} = SolvencyWide(8);
