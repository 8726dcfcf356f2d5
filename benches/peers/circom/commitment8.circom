pragma circom 2.1.0;

include "commitment.circom";

component main = Commitment(8);
