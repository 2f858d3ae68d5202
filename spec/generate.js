// Generates cdf.json (MRG-025) and prints the coefficients of MRG-021, which stand in constants.json. Run: node spec/generate.js [--check]
// With --check it writes nothing, and fails where either is not what it makes.
// Everything is exact big-integer fixed point (Q240), so the output is the same on every machine.
import { readFileSync } from "node:fs";
import { keep } from "./integers.js";

const Q = 240n;
const ONE = 1n << Q;
const mul = (a, b) => (a * b) >> Q;
const div = (a, b) => (a << Q) / b;

// Phi(x) - 1/2 = phi(x)·Σ x^(2k+1)/(1·3·…·(2k+1)); all terms have one sign, so nothing cancels.
function sqrt(a) {
  let x = 1n << BigInt((a.toString(2).length >> 1) + 1);
  for (;;) {
    const y = (x + a / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}
function atanSeriesPi() {
  const atanInverse = (n) => {
    let power = ONE / n;
    let sum = power;
    for (let k = 1n; power !== 0n; k++) {
      power /= n * n;
      sum += (k % 2n === 0n ? power : -power) / (2n * k + 1n);
    }
    return sum;
  };
  return 4n * (4n * atanInverse(5n) - atanInverse(239n));
}
const INVERSE_ROOT_TWO_PI = div(ONE, sqrt((2n * atanSeriesPi()) << Q));
function expNegative(y) {
  let term = ONE;
  let sum = ONE;
  const x = y >> 8n;
  for (let i = 1n; term !== 0n; i++) {
    term = mul(term, x) / i;
    sum += i % 2n === 0n ? term : -term;
  }
  for (let i = 0; i < 8; i++) sum = mul(sum, sum);
  return sum;
}
export function normalCdf(x) {
  const a = x < 0n ? -x : x;
  const phi = mul(INVERSE_ROOT_TWO_PI, expNegative(mul(a, a) >> 1n));
  let term = a;
  let sum = a;
  for (let k = 1n; term !== 0n; k++) {
    term = mul(mul(term, a), a) / (2n * k + 1n);
    sum += term;
  }
  const half = mul(phi, sum);
  return (ONE >> 1n) + (x < 0n ? -half : half);
}

const CELLS = 1944n;
const CELLS_PER_DEVIATION = 160n;
const FIRST = -1000n;
const BYTES_PER_CELL = 11;
// A place inside a cell has 28 bits. Scales: value Q88, slope Q60 per unit of t, curvature Q32 per t²; the slope has 52 bits, the curvature 16.
const [PLACE, VALUE, SLOPE, CURVATURE, SLOPE_BITS, CURVATURE_BITS] = [28n, 88n, 60n, 32n, 52n, 16n];
const round = (a, bits) => (a + (1n << (bits - 1n))) >> bits;

// Least squares of values over points on the basis 1, t, …; near-minimax when the points crowd at the ends like Chebyshev's.
function leastSquares(points, values, degree) {
  const size = degree + 1;
  const rows = Array.from({ length: size }, () => Array(size + 1).fill(0n));
  points.forEach((t, j) => {
    const powers = [ONE];
    for (let i = 1; i < size; i++) powers.push(mul(powers[i - 1], t));
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) rows[i][k] += mul(powers[i], powers[k]);
      rows[i][size] += mul(powers[i], values[j]);
    }
  });
  for (let i = 0; i < size; i++)
    for (let k = i + 1; k < size; k++) {
      const factor = div(rows[k][i], rows[i][i]);
      for (let l = i; l <= size; l++) rows[k][l] -= mul(factor, rows[i][l]);
    }
  const solution = Array(size).fill(0n);
  for (let i = size - 1; i >= 0; i--) {
    let rest = rows[i][size];
    for (let k = i + 1; k < size; k++) rest -= mul(rows[i][k], solution[k]);
    solution[i] = div(rest, rows[i][i]);
  }
  return solution;
}

// A cell's quadratic meets its neighbours' values at both ends and the function in the middle, so the table is continuous (to 2^-44) and never falls.
// Cells are built from the right, because a cell's end is the next cell's start, whose low bits are its own slope.
function cell(index, endValue) {
  const [start, middle, end] = [0n, 1n, 2n].map((half) =>
    normalCdf(((FIRST + index) * ONE + ((half * ONE) >> 1n)) / CELLS_PER_DEVIATION),
  );
  let curvature = round(2n * (start + end - 2n * middle), Q - CURVATURE);
  for (;;) {
    const c2 = BigInt.asUintN(Number(CURVATURE_BITS), curvature);
    const top = round((start >> (Q - VALUE)) - ((end - start) >> (Q - SLOPE)), SLOPE_BITS);
    const slope = (endValue - (top << SLOPE_BITS) - (curvature << (2n * PLACE))) / ((1n << PLACE) + 1n);
    const c1 = (((slope - c2) >> CURVATURE_BITS) << CURVATURE_BITS) + c2;
    if (c1 >= 0n && c1 + (curvature << (PLACE + 1n)) >= 0n) {
      const c0 = (top << SLOPE_BITS) + c1;
      if (c0 < 0n || c0 >> VALUE !== 0n || c1 >> SLOPE_BITS !== 0n) throw new Error(`cell ${index} does not fit`);
      return c0;
    }
    if (curvature === 0n) throw new Error(`cell ${index} falls`);
    curvature -= curvature > 0n ? 1n : -1n;
  }
}

const cells = [];
let next = normalCdf(((FIRST + CELLS) * ONE) / CELLS_PER_DEVIATION) >> (Q - VALUE);
for (let i = CELLS - 1n; i >= 0n; i--) {
  next = cell(i, next);
  cells.unshift(next.toString(16).padStart(2 * BYTES_PER_CELL, "0"));
}
const shape = {
  cellsPerDeviation: Number(CELLS_PER_DEVIATION),
  firstCell: Number(FIRST),
  cells: Number(CELLS),
  bytesPerCell: BYTES_PER_CELL,
};
keep("cdf.json", JSON.stringify({ rule: "MRG-025", ...shape, table: "0x" + cells.join("") }, null, 2) + "\n");

// MRG-021: 2·atanh(z)/z as a polynomial of degree 7 in u = z², u in [0, 1/9], in Q44.
const U = Array.from(
  { length: 40 },
  (_, j) => (BigInt(Math.round((0.5 - 0.5 * Math.cos(((j + 0.5) * Math.PI) / 40)) * 2 ** 40)) << (Q - 40n)) / 9n,
);
const atanh = U.map((u) => {
  let power = 2n * ONE;
  let sum = power;
  for (let k = 1n; power !== 0n; k++) {
    power = mul(power, u);
    sum += power / (2n * k + 1n);
  }
  return sum;
});
const coefficients = leastSquares(U, atanh, 7).map((c) => round(c, Q - 44n).toString());
console.log("LN_C", coefficients);
const { kernel } = JSON.parse(readFileSync(new URL("constants.json", import.meta.url), "utf8"));
if (kernel.lnCoefficientsQ44.join() !== coefficients.join()) {
  console.error("spec/constants.json has other lnCoefficientsQ44 than these: write them there.");
  process.exitCode = 1;
}
