// Where the gas of a transaction goes: its trace summed by contract, by kind of instruction, and by function of the source.
import { readFileSync, readdirSync } from "node:fs";
import { getBytes } from "ethers";

const BUILDS = new URL("../../artifacts/build-info/", import.meta.url);
const PUSH1 = 0x60;
const PUSH32 = 0x7f;
const KINDS = [
  ["storage read", /^SLOAD$/],
  ["storage write", /^SSTORE$/],
  ["logs", /^LOG\d$/],
  ["calls", /CALL$|^EXTCODE/],
  ["hashes", /^KECCAK256$/],
  ["memory and copies", /^M(LOAD|STORE8?|COPY)$|COPY$|^CALLDATALOAD$/],
  ["jumps", /^JUMP/],
  ["stack", /^(PUSH|DUP|SWAP|POP)/],
];
const kindOf = (op) => KINDS.find(([, pattern]) => pattern.test(op))?.[0] ?? "arithmetic";
const HEAVY = new Set(["storage read", "storage write", "logs", "calls", "hashes"]);

/** Everything that was compiled and has code: name, code, source map and sources. */
function readBuilds() {
  const found = [];
  for (const file of readdirSync(BUILDS)) {
    if (!file.endsWith(".output.json")) continue;
    const { output } = JSON.parse(readFileSync(new URL(file, BUILDS)));
    const paths = new Map(Object.entries(output.sources).map(([path, { id }]) => [id, path]));
    const input = () => JSON.parse(readFileSync(new URL(file.replace(".output", ""), BUILDS))).input.sources;
    for (const list of Object.values(output.contracts ?? {})) {
      for (const [name, { evm }] of Object.entries(list)) {
        const { object, sourceMap } = evm.deployedBytecode;
        if (object) found.push({ name, object, sourceMap, paths, input });
      }
    }
  }
  return found;
}

/** Whether code is of a contract as compiled; immutables stand as zeros in the latter. */
function isOf(code, object) {
  if (code.length !== object.length) return false;
  for (let i = 0; i < code.length; i++) if (code[i] !== object[i] && object[i] !== "0") return false;
  return true;
}

/** The function of the source that each instruction was made of; what the compiler generated has none. */
function functionsOf({ object, sourceMap, paths, input }) {
  const sources = input();
  const functions = new Map();
  const startsOf = (path) => {
    if (!functions.has(path)) {
      const text = Buffer.from(sources[path].content, "utf8").toString("latin1");
      const pattern = /\b(?:function\s+(\w+)|constructor|modifier\s+(\w+))/g;
      const starts = [...text.matchAll(pattern)].map((m) => [m.index, m[1] ?? m[2] ?? "constructor"]);
      functions.set(path, starts);
    }
    return functions.get(path);
  };
  const bytes = getBytes("0x" + object);
  const entries = sourceMap.split(";");
  const table = [];
  let present = ["0", "0", "-1"];
  for (let pc = 0, i = 0; pc < bytes.length && i < entries.length; pc++, i++) {
    const parts = entries[i].split(":");
    present = present.map((value, place) => parts[place] || value);
    const path = paths.get(Number(present[2]));
    const name = path && startsOf(path).findLast(([start]) => start <= Number(present[0]))?.[1];
    if (name) table[pc] = `${path.split("/").pop().replace(".sol", "")}.${name}`;
    if (bytes[pc] >= PUSH1 && bytes[pc] <= PUSH32) pc += bytes[pc] - PUSH1 + 1;
  }
  return table;
}

/** Reads builds once; the result traces transactions of one chain. */
export function openTracer(chain) {
  const builds = readBuilds();
  const contracts = new Map();
  const contractAt = async (address) => {
    if (!contracts.has(address)) {
      const code = (await chain.request("eth_getCode", address, "latest")).slice(2);
      const build = builds.find(({ object }) => isOf(code, object));
      contracts.set(address, { name: build?.name ?? address, functions: build ? functionsOf(build) : [] });
    }
    return contracts.get(address);
  };

  /** Sums of gas: `contracts`, `kinds`, `functions` (of all instructions) and `code` (without storage, calls, logs and hashes). */
  return async (receipt) => {
    const options = { disableStorage: true, disableMemory: true };
    const { structLogs } = await chain.request("debug_traceTransaction", receipt.transactionHash, options);
    const sums = { contracts: {}, kinds: {}, functions: {}, code: {} };
    const add = (sum, key, gas) => (sums[sum][key] = (sums[sum][key] ?? 0) + gas);
    const frames = [{ contract: await contractAt(receipt.to.toLowerCase()), place: "generated" }];
    let traced = 0;
    for (let i = 0; i < structLogs.length; i++) {
      const { depth, op, gas, gasCost, pc, stack } = structLogs[i];
      frames.length = depth;
      const frame = frames.at(-1);
      const next = structLogs[i + 1];
      let cost = next?.depth === depth ? Number(gas) - Number(next.gas) : Number(gasCost);
      if (next?.depth > depth) {
        // A call costs what is gone after it less what was spent inside.
        const after = structLogs.findIndex((log, j) => j > i && log.depth <= depth);
        const last = structLogs[after - 1];
        const inside = Number(next.gas) - (Number(last.gas) - Number(last.gasCost));
        cost = Number(gas) - Number(structLogs[after].gas) - inside;
        const to = "0x" + stack.at(-2).replace("0x", "").padStart(40, "0").slice(-40);
        frames.push({ contract: await contractAt(to), place: "generated" });
      }
      // What the compiler generated belongs to the function that it was generated for: the last that the frame was in.
      frame.place = frame.contract.functions[pc] ?? frame.place;
      const kind = kindOf(op);
      const key = `${frame.contract.name} ${frame.place}`;
      traced += cost;
      add("contracts", frame.contract.name, cost);
      add("kinds", kind, cost);
      add("functions", key, cost);
      if (!HEAVY.has(kind)) add("code", key, cost);
    }
    add("contracts", "transaction and calldata", Number(receipt.gasUsed) - traced);
    return { gas: Number(receipt.gasUsed), ...sums };
  };
}

/** Prints the largest sums of a trace. */
export function printTrace(title, { gas, ...sums }, most = 25) {
  console.log(`\n${title}: ${gas} gas`);
  for (const [name, sum] of Object.entries(sums)) {
    console.log(`  ${name}`);
    const largest = Object.entries(sum).sort(([, a], [, b]) => b - a);
    for (const [key, cost] of largest.slice(0, most)) console.log(`  ${String(cost).padStart(9)}  ${key}`);
  }
}
