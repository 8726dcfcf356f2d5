// Makes contributed.ptau, prepared.ptau and points.json with snarkjs 0.7.6: npm install snarkjs@0.7.6 && node make.mjs
// The contribution draws fresh randomness, so the files differ from run to run; commit the three together.

import { rmSync, writeFileSync } from "node:fs";
import { readBinFile, startReadUniqueSection } from "@iden3/binfileutils";
import { getCurveFromName } from "ffjavascript";
import { powersOfTau } from "snarkjs";

const POWER = 5;
const curve = await getCurveFromName("bn128");
await powersOfTau.newAccumulator(curve, POWER, "new.ptau");
await powersOfTau.contribute("new.ptau", "contributed.ptau", "a test", "entropy of a test");
await powersOfTau.preparePhase2("contributed.ptau", "prepared.ptau");
if (!(await powersOfTau.verify("prepared.ptau"))) throw new Error("snarkjs refuses its own file");
rmSync("new.ptau");

const { fd, sections } = await readBinFile("prepared.ptau", "ptau", 1);
async function points(section, group, count, skip = 0) {
  await startReadUniqueSection(fd, sections, section);
  fd.pos += skip * group.F.n8 * 2;
  const read = [];
  for (let i = 0; i < count; i++) read.push(group.toObject(await fd.read(group.F.n8 * 2)).slice(0, 2));
  delete fd.readingSection;
  return read;
}
// Section 12 holds the Lagrange points of 2^0, 2^1, … powers one after another.
const n = 2 ** POWER;
const exported = {
  tauG1: await points(2, curve.G1, n),
  tauG2: await points(3, curve.G2, 2),
  lagrangeG1: await points(12, curve.G1, n, n - 1),
};
await fd.close();
writeFileSync("points.json", JSON.stringify(exported, (_, v) => (typeof v === "bigint" ? v.toString() : v), 1) + "\n");
process.exit(0);
