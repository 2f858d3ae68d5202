// Replays recorded Chainlink rounds (../shared/data/oracle) through ChainlinkSource and SpotMarkets, one block a round, on an in-process chain, and lists every change of a market's state.
// Run: npx hardhat run scripts/replay-oracle.js   Prints a table, then one JSON object on its last line. Fails when a market is ever halted while its feed is fresh.
// Where rounds are more than half an hour apart the market is updated in between, as the pricer does more often.
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { AbiCoder, Interface } from "ethers";
import hre from "hardhat";
import { readArguments } from "./lib/arguments.js";

readArguments([], import.meta.filename);

const FOLDER = new URL("../../shared/data/oracle/", import.meta.url);
const STATES = ["normal", "reduce-only", "halted"];
const REASONS = { 0: "", 1: "stale", 2: "diverged", 4: "moved", 6: "diverged, moved" };
const HEARTBEAT = 3_700;
const EVERY = 1_800;

if (!existsSync(FOLDER)) {
  console.error("The recorded rounds are not there: put the market data at ../shared/data beside the repository.");
  process.exit(1);
}
const rounds = ["btc", "eth"].flatMap((name, index) => {
  const file = new URL(`chainlink_${name}_usd_mainnet_rounds_2023-04_2024-01.csv.gz`, FOLDER);
  const [head, ...lines] = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  const column = (title) => head.trim().split(",").indexOf(title);
  const [answer, updated] = [column("answer_e8"), column("updated_at")];
  return lines.map((line) => {
    const fields = line.trim().split(",");
    return { market: index, answer: BigInt(fields[answer]), time: Number(fields[updated]) };
  });
});
rounds.sort((a, b) => a.time - b.time);

const { provider } = await hre.network.create({
  network: "node",
  override: { initialDate: new Date((rounds[0].time - 1000) * 1000) },
});
const request = (method, ...params) => provider.request({ method, params });
const [from] = await request("eth_accounts");
let now = rounds[0].time - 900;

async function send(transaction, time) {
  now = Math.max(now + 1, time);
  await request("evm_setNextBlockTimestamp", now);
  const hash = await request("eth_sendTransaction", { from, gas: "0x1e8480", gasPrice: "0x77359400", ...transaction });
  const receipt = await request("eth_getTransactionReceipt", hash);
  if (receipt.status !== "0x1") throw new Error(`a transaction of the replay failed at ${now}`);
  return receipt;
}
async function create(name, types, values) {
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  const data = bytecode + AbiCoder.defaultAbiCoder().encode(types, values).slice(2);
  const { contractAddress } = await send({ data, gas: "0xe00000" }, 0);
  return { address: contractAddress, abi: new Interface(abi) };
}
const encode = (contract, method, ...values) => contract.abi.encodeFunctionData(method, values);

const manager = await create("GuardedManager", ["address"], [from]);
const parameters = await create("RiskParameters", ["address", "uint32"], [manager.address, 130_000_000]);
const oracle = [60, 300, 1800, 86_400, 500_000, 28_800, 75_000, 600, 2_000_000];
await send({ to: parameters.address, data: encode(parameters, "setOracle", oracle) }, 0);
const spots = await create("SpotMarkets", ["address", "address"], [manager.address, parameters.address]);
const replay = await create("RoundReplay", [], []);
const risk = [500_000_000_000n, 1, 14_000_000, 45_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000];
risk.push(10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);
const markets = [];
for (const [index, name] of ["BTC", "ETH"].entries()) {
  const first = rounds.find((round) => round.market === index);
  const feed = await create("MockAggregator", ["uint8", "int256"], [8, first.answer]);
  const bounds = index === 0 ? [1_000n * 10n ** 8n, 1_000_000n * 10n ** 8n] : [10n * 10n ** 8n, 100_000n * 10n ** 8n];
  const source = await create(
    "ChainlinkSource",
    ["address", "uint256", "uint256", "uint256"],
    [feed.address, HEARTBEAT, ...bounds],
  );
  await send({ to: parameters.address, data: encode(parameters, "setUnderlying", index + 1, risk) }, 0);
  const feeds = encode(spots, "setFeeds", index + 1, [source.address], [1, 2_000_000, 10_000_000, 20_000_000, 120]);
  await send({ to: spots.address, data: feeds }, 0);
  markets.push({
    name,
    feed: feed.address,
    round: 0,
    last: now,
    state: 0,
    since: now,
    seconds: [0, 0, 0],
    spot: 0n,
    largest: 0,
    at: 0,
    halts: 0,
  });
}

const changes = [];
function note(receipt) {
  for (const log of receipt.logs) {
    const event = spots.abi.parseLog(log);
    if (event === null) continue;
    const market = markets[Number(event.args.underlying) - 1];
    if (event.name === "SpotUpdated") {
      const { spotE8, averageSpotE8 } = event.args;
      const distance = Math.abs(Number(spotE8 - averageSpotE8)) / Number(averageSpotE8);
      if (distance > market.largest) [market.largest, market.at] = [distance, now];
      market.spot = spotE8;
    }
    if (event.name === "MarketStateChanged") {
      const to = Number(event.args.to);
      const reason = REASONS[Number(event.args.reasons)];
      changes.push({
        time: new Date(now * 1000).toISOString().slice(0, 19),
        market: market.name,
        from: STATES[market.state],
        to: STATES[to],
        reason,
        spot: Number(market.spot) / 1e8,
        age: now - market.round,
      });
      market.seconds[market.state] += now - market.since;
      [market.state, market.since] = [to, now];
      if (to === 2 && now - market.round <= HEARTBEAT) market.halts++;
    }
  }
}

const began = Date.now();
let updates = 0;
for (const round of rounds) {
  // The other updates of the pricer come first.
  for (;;) {
    const index = markets[0].last <= markets[1].last ? 0 : 1;
    const next = markets[index].last + EVERY;
    if (next >= round.time) break;
    const data = encode(spots, "update", index + 1);
    note(await send({ to: spots.address, data }, next));
    markets[index].last = now;
    updates++;
  }
  const market = markets[round.market];
  const time = Math.max(now + 1, round.time);
  const data = encode(replay, "push", market.feed, round.answer, round.time, spots.address, round.market + 1);
  const receipt = await send({ to: replay.address, data }, time);
  [market.round, market.last] = [round.time, now];
  note(receipt);
}

for (const change of changes) {
  console.log(
    `${change.time}  ${change.market}  ${change.from} -> ${change.to}  ${change.reason}  spot ${change.spot}  feed's age ${change.age} s`,
  );
}
const result = {
  rounds: rounds.length,
  updates,
  seconds: Math.round((Date.now() - began) / 1000),
  transitions: changes.length,
  falseHalts: 0,
};
for (const market of markets) {
  market.seconds[market.state] += now - market.since;
  result.falseHalts += market.halts;
  result[`largestDistancePercent.${market.name}`] = Number((market.largest * 100).toFixed(3));
  result[`largestDistanceAt.${market.name}`] = new Date(market.at * 1000).toISOString();
  result[`secondsNotNormal.${market.name}`] = market.seconds[1] + market.seconds[2];
}
console.log(JSON.stringify(result));
if (result.falseHalts > 0) process.exit(1);
