// Counts what a test runner did, from what it wrote, and says which tests failed and why tests were skipped.
//   node scripts/lib/results.js trx FILE EXIT_CODE | hardhat LOG EXIT_CODE | vitest FILE EXIT_CODE
// Prints a report; the last line is `passed failed skipped`. A runner that failed without naming a failed test, or that
// left no count, counts as one failed test: silence is never a pass.
import { existsSync, readFileSync } from "node:fs";

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function decode(text) {
  return text
    .replace(/&#x([0-9A-Fa-f]+);/g, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)))
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]);
}

function attribute(element, name) {
  const match = element.match(new RegExp(`\\s${name}="([^"]*)"`));
  return match ? decode(match[1]) : "";
}

function countTrx(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (!existsSync(file)) return { counts, problem: "it wrote no result file" };
  const text = readFileSync(file, "utf8");
  const total = text.match(/<Counters\s+total="(\d+)"/);
  if (!total || !text.includes("</TestRun>")) return { counts, problem: "its result file is cut short" };
  const results = text.matchAll(/<UnitTestResult\s[^>]*?(?:\/>|>[\s\S]*?<\/UnitTestResult>)/g);
  for (const [result] of results) {
    const head = result.slice(0, result.indexOf(">"));
    const outcome = attribute(head, "outcome");
    const message = decode(result.match(/<Message>([\s\S]*?)<\/Message>/)?.[1] ?? "");
    if (outcome === "Passed") counts.passed++;
    else if (outcome === "NotExecuted") {
      counts.skipped++;
      console.log(`  skipped ${attribute(head, "testName")}: ${message.trim() || "no reason given"}`);
    } else {
      counts.failed++;
      const detail = message.trim().split("\n").slice(0, 12).join("\n    ");
      console.log(`  failed ${attribute(head, "testName")}: ${detail}`);
    }
  }
  const counted = counts.passed + counts.failed + counts.skipped;
  if (counted !== Number(total[1])) return { counts, problem: `it names ${counted} tests of ${total[1]}` };
  return { counts, problem: counted === 0 ? "it ran no test" : "" };
}

function countHardhat(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (!existsSync(file)) return { counts, problem: "it wrote no output" };
  // eslint-disable-next-line no-control-regex
  const text = readFileSync(file, "utf8").replace(/\u001b\[[0-9;]*m/g, "");
  const summary = (word) => text.match(new RegExp(`^\\s*(\\d+) ${word}\\s*$`, "m"))?.[1];
  if (summary("passing") === undefined) return { counts, problem: "it printed no count" };
  counts.passed = Number(summary("passing"));
  counts.failed = Number(summary("failing") ?? 0);
  counts.skipped = Number(summary("skipped") ?? 0);
  if (counts.failed > 0) {
    const after = text.slice(text.search(/^\s*\d+ failing\s*$/m)).split("\n");
    console.log(after.slice(0, 60).join("\n"));
  }
  for (const [, name] of text.matchAll(/^\s+- (\w+\(.*)$/gm)) console.log(`  skipped ${name}: by its own condition`);
  return { counts, problem: counts.passed + counts.failed === 0 ? "it ran no test" : "" };
}

function countVitest(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (!existsSync(file)) return { counts, problem: "it wrote no result file" };
  for (const { name, message, assertionResults } of JSON.parse(readFileSync(file, "utf8")).testResults) {
    if (assertionResults.length === 0) console.log(`  failed ${name}: ${message}`);
    for (const one of assertionResults) {
      if (one.status === "passed") counts.passed++;
      else if (one.status === "failed") {
        counts.failed++;
        console.log(`  failed ${one.fullName}: ${one.failureMessages.join("\n    ")}`);
      } else {
        counts.skipped++;
        console.log(`  skipped ${one.fullName}: by its own condition`);
      }
    }
  }
  return { counts, problem: counts.passed + counts.failed === 0 ? "it ran no test" : "" };
}

const [kind, file, exitCode] = process.argv.slice(2);
const { counts, problem } = { trx: countTrx, hardhat: countHardhat, vitest: countVitest }[kind](file);
if (problem || (exitCode !== "0" && counts.failed === 0)) {
  counts.failed++;
  console.log(`  failed: the runner ended with exit code ${exitCode}${problem ? ` and ${problem}` : ""}`);
}
console.log(`${counts.passed} ${counts.failed} ${counts.skipped}`);
