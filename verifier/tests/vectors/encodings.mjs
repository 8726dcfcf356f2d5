// Computes encodings.json with ethers 6 and BigInt arithmetic, independently of the Rust code.
// Run: npm install ethers@6 (anywhere node finds it), then: node encodings.mjs > encodings.json

import {
  AbiCoder,
  TypedDataEncoder,
  Wallet,
  getAddress,
  id,
  keccak256,
  toUtf8Bytes,
  zeroPadValue,
} from "ethers";

const ZERO = "0x" + "00".repeat(20);
const WORD = "0x" + "00".repeat(32);
const coder = AbiCoder.defaultAbiCoder();

const ASSET = "tuple(string symbol,string chain,address token,string id,uint8 decimals)";
const MARKET = `tuple(string name,${ASSET}[] assets)`;
const RISK =
  "tuple(uint16 liquidationThreshold,uint16 haircut,uint16 volatilityBuffer,uint32 yieldDecay," +
  "uint32 borrowFactor,uint32 debtInterest,uint8 priceDecimals)";
const FEED = "tuple(bytes32 id,uint8 decimals,uint32 maxAge)";
const SOURCE =
  `tuple(string name,uint8 kind,uint64 chainId,address provider,uint16 maxConfidence,${FEED}[] feeds)`;
const POLICY =
  `tuple(string name,bytes32 market,string quote,string profile,uint32 minimumRatio,uint128 scale,${RISK}[] assets,` +
  "uint32 maxPriceAge,uint32 maxValidity,uint32 maxStatementAge,uint8[] buffers," +
  `${SOURCE}[] sources,uint8 minimumSources,uint16 maxDeviation,address[] attesters,uint8 minimumAttesters,` +
  "address recorder,bytes32 verifyingKey,address verifier,address priceBoard,uint32 gracePeriod)";
const BOUNDS = "tuple(uint128[] floors,uint128[] ceilings)";
const CONTEXT =
  "tuple(uint8 mode,uint256 chainId,bytes32 audience,bytes32 statement,bytes32 verifyingKey,bytes32 policy," +
  "bytes32 market,address subject,bytes32 anchor,bytes32 bounds,uint8 creditAsset,uint128 creditAmount," +
  "uint64 asOf,uint64 validUntil)";

const tagged = (tag, type, value) => keccak256(coder.encode(["bytes32", type], [id(tag), value]));
const mask = (digest) => "0x" + (BigInt(digest) & ((1n << 253n) - 1n)).toString(16).padStart(64, "0");

const HOLDINGS = {
  HoldingsStatement: [
    { name: "commitment", type: "bytes32" },
    { name: "marketId", type: "bytes32" },
    { name: "subject", type: "address" },
    { name: "beneficiary", type: "address" },
    { name: "beneficiaryChainId", type: "uint256" },
    { name: "asOf", type: "uint64" },
    { name: "sequence", type: "uint64" },
    { name: "expiry", type: "uint64" },
  ],
};
const DOMAIN = { name: "Assay", version: "1" };

const token = (symbol, address, decimals) => ({
  symbol,
  chain: "eip155:1",
  token: getAddress(address.toLowerCase()),
  id: "",
  decimals,
});
const risk = (liquidationThreshold, rest = {}) => ({
  liquidationThreshold,
  haircut: 0,
  volatilityBuffer: 0,
  yieldDecay: 0,
  borrowFactor: 10000,
  debtInterest: 2000,
  priceDecimals: 8,
  ...rest,
});
const feed = (id, decimals, maxAge) => ({ id, decimals, maxAge });
const none = feed(WORD, 0, 0);
const chainlink = (address, decimals, maxAge) =>
  feed(zeroPadValue(getAddress(address.toLowerCase()), 32), decimals, maxAge);

const example = {
  name: "example",
  market: {
    name: "Aave v3 Ethereum, eight assets (example)",
    assets: [
      token("WETH", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", 18),
      token("wstETH", "0x7f39C581F595B53c5cb19bD0b3f8dA6c935E2Ca0", 18),
      token("WBTC", "0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599", 8),
      token("USDC", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 6),
      token("USDT", "0xdAC17F958D2ee523a2206206994597C13D831ec7", 6),
      token("DAI", "0x6B175474E89094C44Da98b954EedeAC495271d0F", 18),
      token("LINK", "0x514910771AF9Ca656af840dff83E8264EcF986CA", 18),
      token("AAVE", "0x7Fc66500c84A76Ad7e9c93437bFc5Ac33E2DDaE9", 18),
    ],
  },
  policy: {
    name: "Example: eight assets, 105 percent",
    quote: "USD",
    profile: "",
    minimumRatio: 10500,
    scale: "1",
    assets: [
      risk(8300),
      risk(8100),
      risk(7800),
      risk(8000),
      risk(7600),
      risk(8000),
      risk(6800, { volatilityBuffer: 500 }),
      risk(7300, { volatilityBuffer: 500 }),
    ],
    maxPriceAge: 3600,
    maxValidity: 172800,
    maxStatementAge: 604800,
    buffers: [0, 5, 10, 20, 30, 50],
    sources: [
      {
        name: "chainlink",
        kind: 1,
        chainId: 1,
        provider: ZERO,
        maxConfidence: 0,
        feeds: [
          chainlink("0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419", 8, 3600),
          chainlink("0x164b276057258d81941e97B0a900D4C7B358bCe0", 8, 86400),
          chainlink("0xF4030086522a5bEEa4988F8cA5B36dbC97BeE88c", 8, 3600),
          chainlink("0x8fFfFfd4AfB6115b954Bd326cbe7B4BA576818f6", 8, 86400),
          chainlink("0x3E7d1eAB13ad0104d2750B8863b489D65364e32D", 8, 86400),
          chainlink("0xAed0c38402a5d19df6E4c03F4E2DceD6e29c1ee9", 8, 3600),
          chainlink("0x2c1d072e956AFFC0D435Cb7AC38EF18d24d9127c", 8, 3600),
          chainlink("0x547a514d5e3769680Ce22B2361c10Ea13619e8a9", 8, 3600),
        ],
      },
      {
        name: "pyth",
        kind: 2,
        chainId: 0,
        provider: ZERO,
        maxConfidence: 50,
        feeds: [
          feed("0xff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace", 8, 120),
          feed("0x6df640f3b8963d8f8358f791f352b8364513f6ab1cca5ed3f1f7b5448980e784", 8, 120),
          feed("0xc9d8b075a5c69303365ae23633d4e085199bf5c520a3b90fed1322a0342ffc33", 8, 120),
          feed("0xeaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a", 8, 120),
          feed("0x2b89b9dc8fdf9f34709a5b106b472f0f39bb6ca9ce04b0fd7f2e971688e2e53b", 8, 120),
          feed("0xb0948a5e5313200c632b51bb5ca32f6de0d36e9950a942d19751e833f70dabfd", 8, 120),
          feed("0x8ac0c70fff57e9aefdf5edf44b51d62c2d433653cbb2cf5cc06bb115af04d221", 8, 120),
          feed("0x2b9ab1e972a281585084148ba1389800799bd4be63b957507db1349314e47445", 8, 120),
        ],
      },
    ],
    minimumSources: 2,
    maxDeviation: 200,
    attesters: [],
    minimumAttesters: 0,
    recorder: ZERO,
    verifyingKey: WORD,
    verifier: ZERO,
    priceBoard: ZERO,
    gracePeriod: 0,
  },
  prices: [
    ["181503814107", "181867185105"],
    ["207844437035", "208260542013"],
    ["3477932589276", "3484895417282"],
    ["99897430", "100097424"],
    ["99917669", "100117703"],
    ["99890014", "100089994"],
    ["1108870138", "1111090098"],
    ["9326464200", "9345135800"],
  ],
  buffer: 10,
  context: {
    audience: "lender.example",
    verifyingKey: "0x" + "11".repeat(32),
    subject: "0x5a5A5A5A5A5A5A5a5A5A5a5a5a5A5A5a5A5A5A5a",
    anchor: WORD,
    creditAsset: 3,
    creditAmount: "10000000000",
    asOf: 1698710400,
    validUntil: 1698796800,
  },
};
example.context.subject = getAddress(example.context.subject.toLowerCase());

const mixed = {
  name: "three assets of other kinds, scaled, attested, on chain",
  market: {
    name: "Mixed",
    assets: [
      { symbol: "BTC", chain: "bip122:000000000019d6689c085ae165831e93", token: ZERO, id: "slip44:0", decimals: 8 },
      { symbol: "T-BILL", chain: "eip155:8453", token: getAddress("0x" + "ab".repeat(20)), id: "", decimals: 0 },
      { symbol: "EURX", chain: "eip155:1", token: getAddress("0x" + "cd".repeat(20)), id: "", decimals: 18 },
    ],
  },
  policy: {
    name: "Mixed policy",
    quote: "EUR",
    profile: "",
    minimumRatio: 13333,
    scale: "10000079",
    assets: [
      risk(7000, { haircut: 123, volatilityBuffer: 777, yieldDecay: 50, borrowFactor: 11111, debtInterest: 333 }),
      risk(9000, { haircut: 50, yieldDecay: 999, priceDecimals: 2 }),
      risk(0, { borrowFactor: 10001, priceDecimals: 18, debtInterest: 1 }),
    ],
    maxPriceAge: 60,
    maxValidity: 86400,
    maxStatementAge: 2592000,
    buffers: [5, 50],
    sources: [
      {
        name: "chainlink-base",
        kind: 1,
        chainId: 8453,
        provider: ZERO,
        maxConfidence: 0,
        feeds: [chainlink("0x" + "11".repeat(20), 18, 4294967295), none, chainlink("0x" + "12".repeat(20), 0, 1)],
      },
      {
        name: "desk",
        kind: 3,
        chainId: 0,
        provider: getAddress("0x" + "13".repeat(20)),
        maxConfidence: 9999,
        feeds: [feed("0x" + "14".repeat(32), 8, 60), feed("0x" + "15".repeat(32), 36, 86400), none],
      },
      {
        name: "pyth",
        kind: 2,
        chainId: 8453,
        provider: getAddress("0x" + "16".repeat(20)),
        maxConfidence: 100,
        feeds: [none, feed("0x" + "00".repeat(31) + "01", 5, 30), feed("0x" + "17".repeat(32), 18, 30)],
      },
    ],
    minimumSources: 2,
    maxDeviation: 10000,
    attesters: [getAddress("0x" + "01".repeat(20)), getAddress("0x" + "02".repeat(20))],
    minimumAttesters: 2,
    recorder: ZERO,
    verifyingKey: "0x" + "22".repeat(32),
    verifier: getAddress("0x" + "03".repeat(20)),
    priceBoard: getAddress("0x" + "04".repeat(20)),
    gracePeriod: 7200,
  },
  prices: [
    ["6012345678901", "6098765432109"],
    ["9987", "10003"],
    ["999999999999999999", "1000000000000000001"],
  ],
  buffer: 5,
  context: {
    registry: { chainId: 8453, address: getAddress("0x" + "05".repeat(20)) },
    verifyingKey: "0x" + "22".repeat(32),
    subject: getAddress("0x" + "06".repeat(20)),
    anchor: null,
    creditAsset: 0,
    creditAmount: "0",
    asOf: 1700000000,
    validUntil: 1700086399,
  },
  holdings: {
    commitment: "0x0b" + "07".repeat(31),
    subject: getAddress("0x" + "06".repeat(20)),
    beneficiary: getAddress("0x" + "05".repeat(20)),
    beneficiaryChainId: "8453",
    asOf: "1700000000",
    sequence: "42",
    expiry: "1702592000",
  },
};

const recorded = {
  ...mixed,
  name: "the second, with a contract that records commitments in place of attesters",
  policy: {
    ...mixed.policy,
    attesters: [],
    minimumAttesters: 0,
    recorder: getAddress("0x" + "18".repeat(20)),
  },
};

const ceilDiv = (a, b) => (a + b - 1n) / b;
const max = (numbers) => numbers.reduce((a, b) => (a > b ? a : b));

// The public numbers, from the definition in docs: each line exact, rounded once against the prover.
function numbers({ market, policy, prices, buffer, context }) {
  const b = BigInt(buffer);
  const floors = prices.map(([low]) => (BigInt(low) * (100n - b)) / 100n);
  const ceilings = prices.map(([, high]) => ceilDiv(BigInt(high) * (100n + b), 100n));
  const elapsed = BigInt(context.validUntil - context.asOf);
  const YEAR = 31536000n;
  const E = 10000n;
  const F = max(policy.assets.map((a) => BigInt(a.priceDecimals)));
  const D = max(market.assets.map((a) => BigInt(a.decimals)));
  const S = BigInt(policy.scale);
  const rows = policy.assets.map((a, i) => {
    const left = YEAR * E - BigInt(a.yieldDecay) * elapsed;
    const f =
      left <= 0n
        ? 0n
        : (BigInt(a.liquidationThreshold) * (E - BigInt(a.haircut)) * (E - BigInt(a.volatilityBuffer)) * left) /
          (E * E * E * YEAR);
    const g = ceilDiv(
      BigInt(policy.minimumRatio) * BigInt(a.borrowFactor) * (YEAR * E + BigInt(a.debtInterest) * elapsed),
      E * E * YEAR,
    );
    const shift = 10n ** (F - BigInt(a.priceDecimals) + D - BigInt(market.assets[i].decimals));
    return { f, g, w: (floors[i] * f * shift) / S, v: ceilDiv(ceilings[i] * g * shift, S) };
  });
  const text = (key) => rows.map((row) => row[key].toString());
  const margin = rows[context.creditAsset].v * BigInt(context.creditAmount);
  return {
    floors: floors.map(String),
    ceilings: ceilings.map(String),
    collateralFactors: text("f"),
    debtFactors: text("g"),
    collateralWeights: text("w"),
    debtWeights: text("v"),
    margin: margin.toString(),
  };
}

function complete(input) {
  const marketId = tagged("assay/market/v1", MARKET, input.market);
  const policyId = tagged("assay/policy/v1", POLICY, { ...input.policy, market: marketId });
  const derived = numbers(input);
  const boundsHash = tagged("assay/bounds/v1", BOUNDS, { floors: derived.floors, ceilings: derived.ceilings });
  const output = { marketId, policyId, ...derived, boundsHash };
  const { audience, registry, ...rest } = input.context;
  if (input.holdings) {
    const message = { ...input.holdings, marketId };
    output.holdingsHash = TypedDataEncoder.hashStruct("HoldingsStatement", HOLDINGS, message);
    output.signingHash = TypedDataEncoder.hash(DOMAIN, HOLDINGS, message);
  }
  const context = {
    ...rest,
    mode: registry ? 1 : 0,
    chainId: registry ? registry.chainId : 0,
    audience: registry ? zeroPadValue(registry.address, 32) : keccak256(toUtf8Bytes(audience)),
    statement: id("solvency/v1"),
    policy: policyId,
    market: marketId,
    anchor: output.holdingsHash ?? rest.anchor,
    bounds: boundsHash,
  };
  output.context = mask(tagged("assay/context/v1", CONTEXT, context));
  return { ...input, output };
}

const REPORT = {
  PriceReport: [
    { name: "feed", type: "bytes32" },
    { name: "quote", type: "string" },
    { name: "price", type: "uint128" },
    { name: "confidence", type: "uint128" },
    { name: "decimals", type: "uint8" },
    { name: "published", type: "uint64" },
  ],
};

// Signed with a private key that everybody knows.
const wallet = new Wallet("0x" + "46".repeat(32));
const reports = await Promise.all(
  [
    { feed: "0x" + "14".repeat(32), quote: "USD", price: "181685499606", confidence: "0", decimals: 8, published: "1698710397" },
    {
      feed: "0x" + "00".repeat(31) + "01",
      quote: "EUR",
      price: "170141183460469231731687303715884105727",
      confidence: "17014118346046923173168730371588410572",
      decimals: 36,
      published: "1",
    },
  ].map(async (report) => ({
    ...report,
    signer: wallet.address,
    signingHash: TypedDataEncoder.hash(DOMAIN, REPORT, report),
    signature: await wallet.signTypedData(DOMAIN, REPORT, report),
  })),
);

const types = TypedDataEncoder.from(HOLDINGS);
const eip712 = {
  domainSeparator: TypedDataEncoder.hashDomain(DOMAIN),
  encodeType: types.encodeType("HoldingsStatement"),
  typeHash: id(types.encodeType("HoldingsStatement")),
};
console.log(JSON.stringify({ eip712, reports, cases: [example, mixed, recorded].map(complete) }, null, 2));
