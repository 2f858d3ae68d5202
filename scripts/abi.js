// Publishes the ABIs that other people build on: abi/<Contract>.json, from the compiled contracts.
//   node scripts/abi.js [--check]     --check changes nothing and fails when a published ABI is not the compiled one
// Left out are local-only contracts (contracts/dev), tests, libraries without an external function, and abstract bases,
// which are whole inside the contract that inherits them; and what nobody calls: the clearinghouse's rooms (*Module), whose
// functions are the Clearinghouse's, and the domains that RiskParameters makes for itself.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { readArguments } from "./lib/arguments.js";

const check = readArguments(["--check"], import.meta.filename).has("--check");
const source = join("artifacts", "contracts");

function published() {
  const found = new Map();
  if (!existsSync(source)) return found;
  for (const entry of readdirSync(source, { recursive: true }).sort()) {
    const parts = entry.split(sep);
    if (!entry.endsWith(".json") || parts[0] === "dev" || parts.includes("test")) continue;
    const artifact = JSON.parse(readFileSync(join(source, entry), "utf8"));
    if (!Array.isArray(artifact.abi) || artifact.abi.length === 0) continue;
    if (artifact.bytecode === "0x" && parts[0] !== "interfaces") continue;
    if (artifact.contractName.endsWith("Module") || artifact.contractName === "ParameterDomains") continue;
    if (found.has(artifact.contractName))
      throw new Error(`two contracts are named ${artifact.contractName}: rename one`);
    found.set(artifact.contractName, `${JSON.stringify(artifact.abi, null, 2)}\n`);
  }
  return found;
}

const wanted = published();
if (!check) mkdirSync("abi", { recursive: true });
const present = existsSync("abi") ? readdirSync("abi").filter((name) => name.endsWith(".json")) : [];
const problems = [];

for (const name of present) {
  if (wanted.has(basename(name, ".json"))) continue;
  problems.push(`abi/${name} has no contract any more`);
  if (!check) rmSync(join("abi", name));
}

for (const [name, text] of wanted) {
  const file = join("abi", `${name}.json`);
  const now = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (now === text) continue;
  problems.push(now === undefined ? `${file} is missing` : `${file} is not the compiled contract's ABI`);
  if (!check) writeFileSync(file, text);
}

if (check && problems.length > 0) {
  for (const problem of problems) console.error(problem);
  console.error("run `node scripts/abi.js` after `hardhat build` and commit abi/");
  process.exit(1);
}
console.log(`${wanted.size} ABIs ${check ? "are current" : "published"}`);
