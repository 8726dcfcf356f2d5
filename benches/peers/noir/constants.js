// circomlib's constants for Poseidon of width 3.

import constants from "./node_modules/circomlibjs/src/poseidon_constants.js";

const WIDTH = 3;
const chunks = (list) => Array.from({ length: list.length / WIDTH }, (_, i) => list.slice(WIDTH * i, WIDTH * (i + 1)));
const [rounds, matrix] = [chunks(constants.C[WIDTH - 2]), constants.M[WIDTH - 2]];

// They as a Noir module.
export const noirConstants = () => `//! Written by build.js.

/// Added to the lanes before the S-boxes of each round.
pub global ROUNDS: [[Field; ${WIDTH}]; ${rounds.length}] = [
${lines(rounds)}];

/// Lane \`i\` after a round is the sum of \`MATRIX[i][j]\` times lane \`j\`.
pub global MATRIX: [[Field; ${WIDTH}]; ${WIDTH}] = [
${lines(matrix)}];
`;
const lines = (list) => list.map((row) => `    [${row.join(", ")}],\n`).join("");
