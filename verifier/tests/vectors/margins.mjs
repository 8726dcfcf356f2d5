// Computes margins.json with BigInt arithmetic, independently of the Rust code, from docs/src/formats.md.
// Run: node margins.mjs > margins.json

const E = 10000n;
const YEAR = 31536000n;
const ceilDiv = (a, b) => (a + b - 1n) / b;
const max = (numbers) => numbers.reduce((a, b) => (a > b ? a : b));
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0n);

const asset = (symbol, decimals, liquidationThreshold, floor, ceiling, rest = {}) => ({
  symbol,
  decimals,
  liquidationThreshold,
  haircut: 0,
  volatilityBuffer: 0,
  yieldDecay: 0,
  borrowFactor: 10000,
  debtInterest: 0,
  priceDecimals: 8,
  floor,
  ceiling,
  ...rest,
});
const example = [
  asset("WETH", 18, 8300, "163353432696", "200053903616", { debtInterest: 2000 }),
  asset("wstETH", 18, 8100, "187059993331", "229086596215"),
  asset("WBTC", 8, 7800, "3130139330348", "3833384959011"),
  asset("USDC", 6, 8000, "89907687", "110107167"),
  asset("USDT", 6, 7600, "89925902", "110129474"),
  asset("DAI", 18, 8000, "89901012", "110098994"),
  asset("LINK", 18, 6800, "997983124", "1222199108", { volatilityBuffer: 500 }),
  asset("AAVE", 18, 7300, "8393817780", "10279649380", { volatilityBuffer: 500 }),
];
const usdc = asset("USDC", 6, 0, "89907687", "110107167", { debtInterest: 1500 });
const dai = asset("DAI", 18, 0, "94905512", "105094494", { debtInterest: 1100 });
const lusd = asset("LUSD", 18, 0, "998000000000000000", "1002000000000000000", { priceDecimals: 18 });
const weth = example[0];
const eth = asset("ETH", 18, 10000, "1815038141070000000000", "1818671851050000000000", { priceDecimals: 18 });
const policy = (name, profile, assets, rest = {}) => ({
  name,
  profile,
  quote: "USD",
  minimumRatio: 10000,
  scale: "1",
  elapsed: 0,
  creditAsset: 0,
  creditAmount: "0",
  assets,
  ...rest,
});

const cases = [
  policy("no profile, two assets that are never owed", "", [
    { ...weth, borrowFactor: 0 },
    usdc,
    { ...example[2], borrowFactor: 0, debtInterest: 2000, ceiling: "340282366920938463463374607431768211455" },
  ], { creditAsset: 1, creditAmount: "10000000000", elapsed: 86400 }),
  policy("no profile, a credit line", "", example, { creditAsset: 3, creditAmount: "10000000000", elapsed: 86400 }),
  policy("aave-v3.5, eight assets", "aave-v3.5", example),
  policy(
    "aave-v3.5, three assets, one of them debt alone, scaled, with a credit line",
    "aave-v3.5",
    [example[2], { ...example[3], liquidationThreshold: 0, borrowFactor: 10700 }, { ...weth, haircut: 250 }],
    { minimumRatio: 11000, scale: "1000003", creditAsset: 1, creditAmount: "2500000000", elapsed: 604800 },
  ),
  policy("compound-v3, three collaterals", "compound-v3", [usdc, weth, example[2], example[6]]),
  policy(
    "compound-v3 in ETH, scaled",
    "compound-v3",
    [
      asset("wstETH", 18, 9300, "114000000", "121000000", { yieldDecay: 300 }),
      asset("cbBTC", 8, 7500, "1650000000", "2010000000"),
      asset("WETH", 18, 0, "100000000", "100000000", { debtInterest: 700 }),
    ],
    { quote: "ETH", scale: "999", creditAsset: 2, creditAmount: "5000000000000000000", elapsed: 172800 },
  ),
  policy("maker, ETH-A at 150 percent", "maker", [{ ...weth, liquidationThreshold: 6666 }, dai]),
  policy(
    "maker, collateral of 8 decimals, debt first, prices of 18",
    "maker",
    [
      { ...dai, floor: "949055120000000000", ceiling: "1050944940000000000", priceDecimals: 18 },
      { ...example[2], liquidationThreshold: 7692 },
    ],
    { creditAsset: 0, creditAmount: "1000000000000000000000", elapsed: 3600, scale: "100000" },
  ),
  policy("liquity-v1, the ratio as minimum ratio", "liquity-v1", [eth, lusd], { minimumRatio: 11000 }),
  policy("liquity-v1, the ratio as threshold", "liquity-v1", [{ ...eth, liquidationThreshold: 9090 }, lusd]),
  policy("morpho-blue, wstETH and USDC", "morpho-blue", [{ ...example[1], liquidationThreshold: 8600 }, usdc], {
    creditAsset: 1,
    creditAmount: "123456789",
    elapsed: 86400,
  }),
  policy(
    "morpho-blue, WBTC and USDC, scaled, other price decimals",
    "morpho-blue",
    [{ ...example[2], liquidationThreshold: 8600, floor: "3130139", ceiling: "3833385", priceDecimals: 2 }, usdc],
    { scale: "1000000007" },
  ),
];

const refusals = [
  ["profile_quote", policy("aave-v3.5 in EUR", "aave-v3.5", example, { quote: "EUR" })],
  ["profile_price_decimals", policy("aave-v3.5 with prices of 18 decimals", "aave-v3.5", [{ ...weth, priceDecimals: 18 }])],
  ["profile_assets", policy("compound-v3 with one asset", "compound-v3", [weth])],
  ["profile_debt", policy("compound-v3 with two base assets", "compound-v3", [weth, usdc, dai])],
  ["profile_debt", policy("compound-v3 with no base asset", "compound-v3", [weth, example[2]])],
  ["profile_price_decimals", policy("compound-v3 with prices of 6 decimals", "compound-v3", [weth, { ...usdc, priceDecimals: 6 }])],
  ["profile_quote", policy("maker in DAI", "maker", [weth, dai], { quote: "DAI" })],
  ["profile_assets", policy("maker with two collaterals", "maker", [weth, example[2], dai])],
  ["profile_debt", policy("maker with DAI as collateral", "maker", [weth, { ...dai, liquidationThreshold: 1 }])],
  ["profile_price_decimals", policy("maker with prices of 19 decimals", "maker", [{ ...weth, priceDecimals: 19 }, dai])],
  ["profile_asset_decimals", policy("maker with collateral of 19 decimals", "maker", [{ ...weth, decimals: 19 }, dai])],
  ["profile_asset_decimals", policy("maker with debt of 6 decimals", "maker", [weth, usdc])],
  ["profile_ceiling", policy("maker with DAI under par", "maker", [weth, { ...dai, ceiling: "99999999" }])],
  ["profile_quote", policy("liquity-v1 in EUR", "liquity-v1", [eth, lusd], { minimumRatio: 11000, quote: "EUR" })],
  ["profile_assets", policy("liquity-v1 with one asset", "liquity-v1", [eth], { minimumRatio: 11000 })],
  ["profile_debt", policy("liquity-v1 with two collaterals", "liquity-v1", [eth, weth], { minimumRatio: 11000 })],
  ["profile_asset_decimals", policy("liquity-v1 with a collateral of 17 decimals", "liquity-v1", [{ ...eth, decimals: 17 }, lusd], { minimumRatio: 11000 })],
  ["profile_ratio", policy("liquity-v1 one bps under 110 percent", "liquity-v1", [eth, lusd], { minimumRatio: 10999 })],
  ["profile_ratio", policy("liquity-v1 at 9091 bps", "liquity-v1", [{ ...eth, liquidationThreshold: 9091 }, lusd])],
  [
    "profile_ceiling",
    policy("liquity-v1 with LUSD under par", "liquity-v1", [eth, { ...lusd, ceiling: "999999999999999999" }], {
      minimumRatio: 11000,
    }),
  ],
  ["profile_assets", policy("morpho-blue with three assets", "morpho-blue", [weth, example[2], usdc])],
  ["profile_debt", policy("morpho-blue with two collaterals", "morpho-blue", [weth, example[2]])],
];

function numbers({ assets, minimumRatio, scale, elapsed, profile, creditAsset, creditAmount }) {
  const T = BigInt(elapsed);
  const F = max(assets.map((a) => BigInt(a.priceDecimals)));
  const D = max(assets.map((a) => BigInt(a.decimals)));
  const S = BigInt(scale);
  const rows = assets.map((a) => {
    const left = max([0n, YEAR * E - BigInt(a.yieldDecay) * T]);
    const kept = BigInt(a.liquidationThreshold) * (E - BigInt(a.haircut)) * (E - BigInt(a.volatilityBuffer)) * left;
    const f = kept / (E * E * E * YEAR);
    const owed = BigInt(minimumRatio) * BigInt(a.borrowFactor) * (YEAR * E + BigInt(a.debtInterest) * T);
    // Under these profiles one asset is lent, which is no collateral.
    const oneDebt = !["", "aave-v3.5"].includes(profile);
    const neverOwed = a.borrowFactor === 0 || (oneDebt && a.liquidationThreshold > 0);
    const g = neverOwed ? 0n : ceilDiv(owed, E * E * YEAR);
    const worth = 10n ** (9n + F + D - BigInt(a.decimals)) * BigInt(minimumRatio);
    if (neverOwed && worth > S * ((1n << 120n) - 1n)) throw new Error("debt that is never owed could outweigh its weight");
    const unit = 10n ** (F - BigInt(a.priceDecimals) + D - BigInt(a.decimals));
    return { f, g, w: (BigInt(a.floor) * f * unit) / S, v: neverOwed ? (1n << 120n) - 1n : ceilDiv(BigInt(a.ceiling) * g * unit, S) };
  });
  const thresholds = assets.map((a) => BigInt(a.liquidationThreshold));
  const legs = (counted) => ceilDiv(sum(counted.map((threshold) => threshold + E)) * 10n ** D, S);
  const rounding = {
    "": () => 0n,
    "aave-v3.5": () => legs(thresholds),
    "compound-v3": () => legs(thresholds.filter((threshold) => threshold > 0n)),
    maker: () => 0n,
    "liquity-v1": () => 0n,
    "morpho-blue": () => rows[thresholds.indexOf(0n)].v,
  }[profile]();
  const credit = rows[creditAsset].v * BigInt(creditAmount);
  if (rows.some(({ w, v }) => w >> 120n || v >> 120n)) throw new Error("a weight of more than 120 bits");
  const text = (key) => rows.map((row) => row[key].toString());
  return {
    collateralFactors: text("f"),
    debtFactors: text("g"),
    collateralWeights: text("w"),
    debtWeights: text("v"),
    creditMargin: credit.toString(),
    profileMargin: rounding.toString(),
    margin: (credit + rounding).toString(),
  };
}

const complete = (input) => ({ ...input, output: numbers(input) });
const refused = ([code, input]) => ({ ...input, refused: code });
console.log(JSON.stringify({ cases: cases.map(complete), refusals: refusals.map(refused) }, null, 2));
