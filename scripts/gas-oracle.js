// Gas of the oracle, measured on an in-process chain: whole transactions (intrinsic gas and calldata included, as a publisher pays them).
// Run: npx hardhat run scripts/gas-oracle.js   Prints one JSON object on its last line.
import { AbiCoder, Interface, Wallet } from "ethers";
import hre from "hardhat";

const START = 1_800_000_000;
const WEEK = START + 7 * 86_400;
const E8 = 10n ** 8n;

const { provider } = await hre.network.create({ network: "node", override: { blockGasLimit: 100_000_000n } });
const request = (method, ...params) => provider.request({ method, params });
const [from] = await request("eth_accounts");
let time = START;

async function send(transaction) {
  await request("evm_setNextBlockTimestamp", ++time);
  const hash = await request("eth_sendTransaction", { from, gas: "0xf00000", ...transaction });
  const receipt = await request("eth_getTransactionReceipt", hash);
  if (receipt.status !== "0x1") throw new Error("a transaction of the gas bench failed");
  return receipt;
}

async function create(name, types, values) {
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  const data = bytecode + AbiCoder.defaultAbiCoder().encode(types, values).slice(2);
  const { contractAddress } = await send({ data });
  return { address: contractAddress, abi: new Interface(abi) };
}
const call = (contract, method, ...values) =>
  send({ to: contract.address, data: contract.abi.encodeFunctionData(method, values) });
const gas = async (contract, method, ...values) => Number((await call(contract, method, ...values)).gasUsed);
async function read(contract, method, ...values) {
  const data = contract.abi.encodeFunctionData(method, values);
  return contract.abi.decodeFunctionResult(
    method,
    await request("eth_call", { to: contract.address, data }, "latest"),
  )[0];
}

const manager = await create("AccessManager", ["address"], [from]);
const parameters = await create("RiskParameters", ["address", "uint32"], [manager.address, 130_000_000]);
const vault = await create("MarginVault", ["address"], [manager.address]);
const token = await create("MockToken", ["string", "string", "uint8"], ["USD", "USD", 6]);
await call(vault, "listToken", token.address);
const spots = await create("SpotMarkets", ["address", "address"], [manager.address, parameters.address]);
const hub = await create(
  "PriceHub",
  ["address", "address", "address", "address"],
  [manager.address, parameters.address, vault.address, spots.address],
);
// The registry asks the referee for its name only, and the bonds are this account: signatures are checked all the same.
const referee = await create("LinearReferee", [], []);
const registry = await create(
  "RiskRegistry",
  ["address", "address", "address", "address"],
  [manager.address, hub.address, parameters.address, referee.address],
);
await call(registry, "connect", from, from);
const surfaces = await create(
  "VolSurfaces",
  ["address", "address", "address", "address"],
  [manager.address, spots.address, registry.address, hub.address],
);
const totals = await create("IdleClearinghouse", [], []);
await call(hub, "connect", totals.address);
await call(hub, "connectSurfaces", surfaces.address);
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
    const feed = await create("MockAggregator", ["uint8", "int256"], [8, PRICES[u - 1] * E8]);
    const source = await create(
      "ChainlinkSource",
      ["address", "uint256", "uint256", "uint256"],
      [feed.address, 90_000, E8, 10n ** 14n],
    );
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
for (const key of keys) await call(registry, "enrol", key.address);

let step = 0n;
async function publication(count) {
  const spot = await read(spots, "storedSpotE8", 1);
  const update = [1, WEEK, time, spot, spot, 280_000_000_000n + step++ * 1000n, 400_000_000_000n];
  update.push(-20_000_000, 0, 20_000_000);
  const digest = await read(surfaces, "publicationDigest", [update]);
  return [[update], keys.slice(0, count).map((key) => [key.address, key.signingKey.sign(digest).serialized])];
}

const result = {};
await call(registry, "setThreshold", 1);
await call(surfaces, "publish", ...(await publication(1)));
await call(hub, "checkpoint");
time += 60;
await move();
await call(spots, "updateAll");
time += 60;
await move();
result["gas.pricehub.update.1source"] = await gas(spots, "update", 1);
result["gas.pricehub.update.3sources"] = await gas(spots, "update", 2);
time += 60;
await move();
result["gas.checkpoint.3underlyings"] = await gas(hub, "checkpoint");
await call(surfaces, "publish", ...(await publication(1)));
// A surface is set aside every half hour; the figure is that of the publications between.
time += 60;
result["gas.surface.publish.1expiry"] = await gas(surfaces, "publish", ...(await publication(1)));
await call(registry, "setThreshold", 3);
time += 60;
result["gas.surface.publish.1expiry.3signers"] = await gas(surfaces, "publish", ...(await publication(3)));
console.log(JSON.stringify(result));
