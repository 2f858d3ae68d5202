// What the generators of shared vectors have in common: exact integers, pseudorandom numbers, columns in files. They share no code with the Solidity or the C#.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { readArguments } from "../scripts/lib/arguments.js";

const generator = process.argv[1];
const isCheck = readArguments(["--check"], generator).has("--check");

export const E8 = 10n ** 8n;
export const E12 = 10n ** 12n;
export const YEAR = 31_536_000n;
export const HOUR = 3600n;
export const DAY = 86_400n;

// A small generator of numbers, the same everywhere (Lehmer's, modulo 2^61 - 1).
let state = 20260212n;
export const next = () => (state = (state * 3125n) % (2n ** 61n - 1n));
export const between = (least, most) => BigInt(least) + (next() % (BigInt(most) - BigInt(least) + 1n));
export const pick = (...values) => BigInt(values[Number(between(0, values.length - 1))]);
// Of more bits than one number of the generator has.
export const drawn = (least, most) => least + (((next() << 122n) | (next() << 61n) | next()) % (most - least + 1n));

export function root(a) {
  if (a < 2n) return a;
  let x = 1n << BigInt((a.toString(2).length >> 1) + 1);
  for (;;) {
    const y = (x + a / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}
export const floor = (a, b) => (a >= 0n || a % b === 0n ? a / b : a / b - 1n);
export const ceil = (a, b) => -floor(-a, b);
export const min = (a, b) => (a < b ? a : b);
export const max = (a, b) => (a > b ? a : b);
export const abs = (a) => (a < 0n ? -a : a);
export const quot = (a, b) => a / b;
export const bit = (isSo) => (isSo ? 1n : 0n);
export const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

// Words of MRG-002 and MRG-004: fields with their bits, the first the most significant.
export const join = (...fields) =>
  fields.reduce((word, [value, bits]) => (word << BigInt(bits)) | BigInt.asUintN(bits, value), 0n);
export const zigzag = (v) => (v < 0n ? -2n * v - 1n : 2n * v);

// κ of MRG-023, and the step of ORC-012.
const KNOTS = [
  [86_400n, 200_000_000n],
  [604_800n, 150_000_000n],
  [2_592_000n, 100_000_000n],
  [7_776_000n, 70_000_000n],
  [31_536_000n, 40_000_000n],
];
export function kappa(tau) {
  if (tau <= KNOTS[0][0]) return KNOTS[0][1];
  for (let i = 1; i < KNOTS.length; i++) {
    const [[t0, k0], [t1, k1]] = [KNOTS[i - 1], KNOTS[i]];
    if (tau < t1) return k0 - ((k0 - k1) * (tau - t0)) / (t1 - t0);
  }
  return KNOTS.at(-1)[1];
}
export const allowedStep = (volStep, tau, elapsed) => (volStep * kappa(tau) * min(elapsed, HOUR)) / (E8 * HOUR);

// The points of ORC-012.
const FARTHEST = 8931177019n;
export function points(tau) {
  const unit = root(((36n * tau) << 64n) / (100n * YEAR));
  const half = [0n, ...[0n, 1n, 2n, 3n, 4n].map((i) => min((unit / 2n) << i, FARTHEST)), FARTHEST];
  return [
    ...half
      .slice(1)
      .reverse()
      .map((k) => -k),
    ...half,
  ];
}

// MRG-021: the coefficients that spec/generate.js prints.
const LN_C = [
  35184372088830n,
  11728124032221n,
  7036873928768n,
  5026373673355n,
  3908163732805n,
  3221279850854n,
  2474416650593n,
  3532842613346n,
];
const LN2_Q88 = 214518661983232317777896372n;
export function ln(n, d) {
  const r = max(1n, (n << 64n) / d);
  const h = BigInt(r.toString(2).length - 1);
  const m = h >= 62n ? r >> (h - 62n) : r << (62n - h);
  const z = ((m - 2n ** 62n) << 44n) / (m + 2n ** 62n);
  const u = (z * z) >> 44n;
  const p = LN_C.reduceRight((sum, c) => c + ((sum * u) >> 44n));
  return ((h - 64n) * LN2_Q88 + z * p) >> 56n;
}

// MRG-022 from step 1's kRaw on, in Q32.
export function volatility({ a, b, rho, m, sigma }, kRaw) {
  const clamp = (v, least, most) => min(max(v, least), most);
  const y = clamp(kRaw, -6n << 32n, 6n << 32n) - floor(m << 32n, E8);
  const s = (sigma << 32n) / E8;
  const inner = max(0n, floor(rho * y, E8) + root(y * y + s * s));
  return root(clamp(floor(a << 64n, E12) + (b * (inner << 32n)) / E12, 2n ** 64n / 10n ** 6n, 2n ** 72n));
}

// MRG-011: by the reading of its window where that has opened.
export const near = (a, b) => (a + b / 2n) / b;
export const inWindow = (market, { sum, covered, remaining }) => ({
  forward: near(sum + remaining * market, covered + remaining),
  follow: (1800n * remaining + covered + remaining - 1n) / (covered + remaining),
});
export const liveForward = ({ forward, spot }, tau, market, reading) =>
  tau > 1800n ? min(2n ** 49n, max(1n, near(market * forward, spot))) : inWindow(market, reading).forward;

// ORC-012: of a surface at the strikes of the points around a forward.
export const volatilitiesAround = (surface, tau, forward) =>
  points(tau).map((k) => volatility(surface, k + ln(forward, surface.forward)));

// Writes a file of spec/; with --check it only says whether that would change anything.
export function keep(path, text) {
  const file = new URL(path, import.meta.url);
  if (!isCheck) {
    mkdirSync(new URL(".", file), { recursive: true });
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(
      `spec/${path} is not what spec/${basename(generator)} makes: run that without --check and commit the file.`,
    );
    process.exitCode = 1;
  }
}

// Columns of decimal strings: case i is the i-th of each.
export function write(rule, about, columns) {
  const text = Object.entries(columns).map(
    ([name, values]) => `  "${name}": [${values.map((v) => `"${v}"`).join(", ")}]`,
  );
  keep(`attested/${rule}.json`, `{\n  "rule": "${rule}",\n  "about": "${about}",\n${text.join(",\n")}\n}\n`);
}
export const columns = (cases, names) => Object.fromEntries(names.map((name) => [name, cases.map((one) => one[name])]));
export const all = (cases) => columns(cases, Object.keys(cases[0]));
