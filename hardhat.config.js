import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

// The compiler comes from the npm package: a download of a native build is not available on every machine.
const solcPath = createRequire(import.meta.url).resolve("solc/soljson.js");

const compiler = (runs) => ({
  version: "0.8.37",
  path: solcPath,
  settings: { viaIR: true, evmVersion: "prague", optimizer: { enabled: true, runs } },
});

// What is tested is created from its own artifact (contracts/test/Artifacts.sol), so the tests' own code needs no optimizer:
// with it, compiling them took seven minutes instead of half of one.
const testCompiler = { ...compiler(), settings: { viaIR: false, evmVersion: "prague", optimizer: { enabled: false } } };
const tests = readdirSync("contracts/test").map((name) => [`contracts/test/${name}`, testCompiler]);

// Hardhat compiles together what shares one configuration object, and makes one of each override: a hundred test files were
// a hundred compilations, each with most of the protocol in it, half of the time that a whole build took.
const testsTogether = {
  id: "tests-together",
  hookHandlers: {
    config: async () => ({
      default: async () => ({
        resolveUserConfig: async (userConfig, resolveVariable, next) => {
          const config = await next(userConfig, resolveVariable);
          for (const { overrides } of Object.values(config.solidity.profiles)) {
            const [[first]] = tests;
            for (const [name] of tests) overrides[name] = overrides[first];
          }
          return config;
        },
      }),
    }),
  },
};

// What every operation runs through, and what a prover pays for, and is small: many runs cost them a sixth of their size, which they have.
const hot = [
  "margin/FloorReferee",
  "oracle/SpotMarkets",
  "vault/MarginVault",
  "risk/RiskRegistry",
  "risk/AttesterBonds",
];

export default defineConfig({
  plugins: [testsTogether],
  solidity: {
    profiles: {
      default: {
        // 200 runs, where code size decides; more where gas does: 600 nearly fill the referee's 20,000 bytes (200 save 0.5 kB and cost 2 to 5 %, scripts/gas-referee.js), 10,000 would the gate's.
        compilers: [compiler(200)],
        overrides: Object.fromEntries([
          ...tests,
          ...hot.map((path) => [`contracts/${path}.sol`, compiler(10_000)]),
          ["contracts/margin/Referee.sol", compiler(600)],
          ["contracts/clearing/HealthGate.sol", compiler(2_000)],
        ]),
      },
    },
  },
  paths: { sources: "contracts", artifacts: "artifacts", cache: "cache" },
  networks: {
    node: { type: "edr-simulated", chainId: 31337, hardfork: "prague" },
  },
  test: {
    solidity: {
      fsPermissions: {
        readFile: [
          "spec/cdf.json",
          "spec/domains.json",
          // Real data lies beside the project; what reads it says so where it is absent.
          "../shared/data/orderbook/hyperliquid_adl_by_coin_2025-10-10.csv",
          ...readdirSync("spec/attested").map((name) => `spec/attested/${name}`),
        ],
      },
      // More runs, and the seed they grow from, for scripts/invariants.sh; CI has its own seed each time.
      fuzz: { runs: 256, ...(process.env.OMARGIN_INVARIANT_SEED && { seed: process.env.OMARGIN_INVARIANT_SEED }) },
      invariant: { runs: Number(process.env.OMARGIN_INVARIANT_RUNS ?? 256), depth: 100, failOnRevert: true },
    },
  },
});
