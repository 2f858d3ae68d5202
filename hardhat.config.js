import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

// The compiler comes from the npm package: a download of a native build is not available on every machine.
const solcPath = createRequire(import.meta.url).resolve("solc/soljson.js");

export default defineConfig({
  solidity: {
    profiles: {
      default: {
        version: "0.8.37",
        path: solcPath,
        settings: {
          viaIR: true,
          evmVersion: "prague",
          optimizer: { enabled: true, runs: 1_000_000 },
        },
      },
    },
  },
  paths: { sources: "contracts", artifacts: "artifacts", cache: "cache" },
  networks: {
    node: { type: "edr-simulated", chainId: 31337, hardfork: "prague" },
  },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 256, depth: 100, failOnRevert: true } } },
});
