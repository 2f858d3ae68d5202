// Derives the demo's price path from the option chains in ../shared/data: the median index price of each snapshot.
//   node scripts/derive-crash.js [--check]     --check changes nothing and fails when the committed table differs
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readArguments } from "./lib/arguments.js";

const check = readArguments(["--check"], import.meta.filename).has("--check");
const source = "../shared/data/options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz";
const target = "src/OnchainMargin.Cli/Demo/crash-2026.json";

if (!existsSync(source)) {
  console.error(`${source} is absent: the table can only be derived where the shared data is`);
  process.exit(1);
}

const [head, ...rows] = gunzipSync(readFileSync(source)).toString("utf8").trim().split("\n");
const columns = head.split(",");
const [time, name, index] = ["snapshot_utc", "instrument_name", "index_price"].map((column) => columns.indexOf(column));

const quotes = new Map();
for (const row of rows) {
  const cells = row.split(",");
  const asset = cells[name].split("-")[0];
  const byAsset = quotes.get(cells[time]) ?? new Map();
  byAsset.set(asset, [...(byAsset.get(asset) ?? []), Number(cells[index])]);
  quotes.set(cells[time], byAsset);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)].toFixed(2);
}

const prices = [...quotes]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([at, byAsset]) => ({ time: at, BTC: median(byAsset.get("BTC")), ETH: median(byAsset.get("ETH")) }));

const lines = prices.map((price) => `    ${JSON.stringify(price)}`).join(",\n");
const text = `{
  "source": "Deribit index prices, the median over the option quotes of each snapshot (public API; figures derived by scripts/derive-crash.js)",
  "unit": "US dollars",
  "prices": [
${lines}
  ]
}
`;

if (check) {
  if (readFileSync(target, "utf8") === text) process.exit(0);
  console.error(`${target} is not what ${source} gives: run \`node scripts/derive-crash.js\` and commit it`);
  process.exit(1);
}
writeFileSync(target, text);
console.log(`${prices.length} snapshots`);
