// Merges the figures of all benchmarks into one flat map: node scripts/lib/merge-bench.js FOLDER TARGET RUN, where RUN says which run it was and how long it took.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";

const [folder, target, run] = process.argv.slice(2);
const figures = {};
for (const file of readdirSync(folder).sort()) {
  for (const [name, value] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")))) {
    if (name in figures) throw new Error(`two benchmarks write ${name}: rename one`);
    if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${name} of ${file} is not a number`);
    figures[name] = value;
  }
}

// The same table by what a user would otherwise pick: how many times as long it takes.
for (const way of ["formula", "instruments"]) {
  const peer = figures[`peer.quantlib.${way}.table2000x37.ms`];
  const ours = figures["kernel.table2000x37.1thread.ms"];
  if (peer && ours) figures[`peer.quantlib.${way}.ratio`] = peer / ours;
}

const git = (...words) => execFileSync("git", words, { encoding: "utf8" }).trim();
const results = {
  "meta.machine": `${cpus()[0].model}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  "meta.system": `${platform()} ${release()} ${arch()}`,
  "meta.dotnet": execFileSync("dotnet", ["--version"], { encoding: "utf8" }).trim(),
  "meta.date": new Date().toISOString(),
  "meta.run": run,
  "meta.commit":
    git("rev-parse", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " with changes"),
};
for (const name of Object.keys(figures).sort()) results[name] = figures[name];
writeFileSync(`${target}.tmp`, `${JSON.stringify(results, null, 2)}\n`);
renameSync(`${target}.tmp`, target);
for (const [name, value] of Object.entries(results)) console.log(`${name.padEnd(48)} ${value}`);
console.log(`${Object.keys(figures).length} figures in ${target}`);
