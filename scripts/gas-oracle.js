// Gas of the oracle, measured on an in-process chain: whole transactions (intrinsic gas and calldata included, as a publisher pays them).
// Run: npx hardhat run scripts/gas-oracle.js   Prints one JSON object on its last line.
import { Wallet } from "ethers";
import { readArguments } from "./lib/arguments.js";
import { openChain } from "./lib/gas-chain.js";

readArguments([], import.meta.filename);

const START = 1_800_000_000;
const WEEK = START + 7 * 86_400;
const E8 = 10n ** 8n;

const chain = await openChain(START);
const { from, create } = chain;
const call = (contract, method, ...values) => contract.send(method, ...values);
const gas = (contract, method, ...values) => contract.gas(method, ...values);
const read = async (contract, method, ...values) => (await contract.call(method, ...values))[0];

const manager = await create("GuardedManager", from);
const parameters = await create("RiskParameters", manager.address, 130_000_000);
const vault = await create("MarginVault", manager.address);
const token = await create("MockToken", "USD", "USD", 6);
await call(vault, "listToken", token.address, 0);
const spots = await create("SpotMarkets", manager.address, parameters.address);
const hub = await create("PriceHub", manager.address, parameters.address, vault.address, spots.address);
// The registry asks the referee for its name only.
const referee = await create("LinearReferee");
const registry = await create("RiskRegistry", manager.address, hub.address, parameters.address, referee.address);
const BOND = 10n ** 12n;
const bonds = await create("AttesterBonds", manager.address, registry.address, vault.address, from, BOND);
await call(registry, "connect", bonds.address);
const surfaces = await create("VolSurfaces", manager.address, spots.address, registry.address, hub.address);
const totals = await create("IdleClearinghouse");
await call(hub, "connect", totals.address, surfaces.address);
await call(parameters, "setOracle", [60, 300, 1800, 86_400, 500_000, 28_800, 75_000, 600, 2_000_000]);
await call(parameters, "setInterest", [20_000_000_000n, 100_000_000_000n, 10n ** 12n, 80_000_000, 20_000_000]);
const risk = [5000n * E8, 1, 14_000_000, 45_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000];
risk.push(5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);
await call(surfaces, "setSurfaceParameters", [15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000, 0]);

const PRICES = [90_000n, 3_000n, 200n];
const COUNTS = [1, 3, 1];
const feeds = [];
for (let u = 1; u <= 3; u++) {
  await call(parameters, "setUnderlying", u, risk);
  const sources = [];
  for (let i = 0; i < COUNTS[u - 1]; i++) {
    const feed = await create("MockAggregator", 8, PRICES[u - 1] * E8);
    const source = await create("ChainlinkSource", feed.address, 90_000, E8, 10n ** 14n);
    feeds.push({ feed, price: PRICES[u - 1] });
    sources.push(source.address);
  }
  await call(spots, "setFeeds", u, sources, [COUNTS[u - 1] > 1 ? 2 : 1, 2_000_000, 10_000_000, 20_000_000, 120]);
}
// Every feed moves before each figure: that is when an update is worth its gas.
let round = 0;
async function move() {
  round++;
  for (const { feed, price } of feeds) await call(feed, "setAnswer", price * E8 + BigInt(round) * 10n ** 6n);
}

const keys = [
  new Wallet("0x" + "11".repeat(32)),
  new Wallet("0x" + "22".repeat(32)),
  new Wallet("0x" + "33".repeat(32)),
];
keys.sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
await call(token, "mint", from, 3n * BOND);
await call(token, "approve", bonds.address, 3n * BOND);
for (const key of keys) {
  await call(bonds, "admit", key.address);
  await call(bonds, "join", key.address);
}

let step = 0n;
async function publication(count) {
  const spot = await read(spots, "storedSpotE8", 1);
  const update = [1, WEEK, chain.time, spot, spot, 280_000_000_000n + step++ * 1000n, 400_000_000_000n];
  update.push(-20_000_000, 0, 20_000_000);
  const digest = await read(surfaces, "publicationDigest", [update]);
  return [[update], keys.slice(0, count).map((key) => [key.address, key.signingKey.sign(digest).serialized])];
}

const result = {};
await call(registry, "setThreshold", 1);
await call(surfaces, "publish", ...(await publication(1)));
await call(hub, "checkpoint");
chain.time += 60;
await move();
await call(spots, "updateAll");
chain.time += 60;
await move();
result["gas.pricehub.update.1source"] = await gas(spots, "update", 1);
result["gas.pricehub.update.3sources"] = await gas(spots, "update", 2);
chain.time += 60;
await move();
result["gas.checkpoint.3underlyings"] = await gas(hub, "checkpoint");
await call(surfaces, "publish", ...(await publication(1)));
// A surface is set aside every half hour; the figure is that of the publications between.
chain.time += 60;
result["gas.surface.publish.1expiry"] = await gas(surfaces, "publish", ...(await publication(1)));
await call(registry, "setThreshold", 3);
chain.time += 60;
result["gas.surface.publish.1expiry.3signers"] = await gas(surfaces, "publish", ...(await publication(3)));
console.log(JSON.stringify(result));
