// Writes the vectors of what attesters publish and lend, of parameters, strikes, interest and lots: spec/attested/, ORC-011 to ORC-014, PAR-001, PAR-002, PAR-004 to PAR-006, CLR-028, CLR-032, CLR-040, CLR-041, CLR-044, CLR-051, CLR-054 and CLR-055. Run: node spec/generate-attested.js [--check]
// With --check it writes nothing, and fails where a file is not what it would write.
// A third evaluation of the rules, from their text in exact integers, that shares no code with the Solidity or the C#, which both read the vectors.
import {
  E12,
  E8,
  HOUR,
  YEAR,
  allowedStep,
  between,
  ceil,
  columns,
  drawn as wide,
  floor,
  join,
  liveForward,
  max,
  min,
  next,
  pick,
  points,
  root,
  volatilitiesAround,
  write,
} from "./integers.js";
import { hash } from "./records.js";

// ORC-011
function isButterflyFree({ a, b, rho, m, sigma, tau }) {
  const least = a + (b * sigma * root(10n ** 16n - rho * rho)) / 10n ** 16n;
  if (least <= 0n) return false;
  const sides = [
    [ceil(b * (E8 + rho), E8), min(least, a - ceil(b * m * (E8 + rho), 10n ** 16n))],
    [ceil(b * (E8 - rho), E8), min(least, a + floor(b * m * (E8 - rho), 10n ** 16n))],
  ];
  return sides.every(([slope, intercept]) => {
    const years = ceil(tau * E12, YEAR);
    const total = ceil(slope * years, E12);
    if (total >= 2n * E12 || least + intercept < 0n) return false;
    const c = E12 - ceil(total * total, 4n * E12);
    const q = ceil(total * slope, E12);
    if (2n * intercept >= q) return true;
    // c·x² − (q − 2T)·x·10¹² + T²·10¹² over x ≥ least, everything times 4c: (2c·x − linear·10¹²)² + 10¹²·(4c·T² − linear²·10¹²).
    const linear = q - 2n * intercept;
    const beyond = linear * E12 > 2n * c * least;
    const rest = E12 * (4n * c * intercept * intercept - linear * linear * E12);
    return (beyond ? 0n : (2n * c * least - linear * E12) ** 2n) + rest >= 0n;
  });
}

// ORC-012
const firstStep = (from, to, step) => {
  const i = from.findIndex((v, j) => (v > to[j] ? v - to[j] : to[j] - v) * E8 > step * v);
  return i < 0 ? 13 : i;
};

// ORC-013
const firstCrossing = (nearer, nearerTau, farther, fartherTau) =>
  [3, 4, 6, 8, 9].find((i) => nearer[i] ** 2n * nearerTau > farther[i] ** 2n * fartherTau) ?? 13;

// PAR-001, PAR-002
function day(band, anchor, down) {
  const [less, more] = down ? [band.tightenPerDayE8, band.loosenPerDayE8] : [band.loosenPerDayE8, band.tightenPerDayE8];
  return [anchor - (anchor * less) / E8, anchor + (anchor * more) / E8];
}
function limits(band, value, anchor, elapsed, down) {
  const [less, more] = down
    ? [band.tightenPerHourE8, band.loosenPerHourE8]
    : [band.loosenPerHourE8, band.tightenPerHourE8];
  const part = min(elapsed, HOUR);
  const [dayLeast, dayMost] = day(band, anchor, down);
  const least = max(max(value - (value * less * part) / (E8 * HOUR), dayLeast), min(band.leastE8, value));
  const most = min(min(value + (value * more * part) / (E8 * HOUR), dayMost), max(band.mostE8, value));
  return [least, most];
}
function anchorOf(band, value, anchor, isOver, down) {
  const [least, most] = day(band, anchor, down);
  return isOver || value < least || value > most ? value : anchor;
}

const slices = [];
while (slices.length < 200) {
  const tau = pick(3600n, 86_400n, 604_800n, 2_592_000n, 31_536_000n, 63_072_000n, between(3600, 63_072_000));
  const s = {
    a: between(-20n * 10n ** 10n, 60n * 10n ** 10n),
    b: between(0, 3n * E12),
    rho: between(-E8, E8),
    m: between(-5n * 10n ** 7n, 5n * 10n ** 7n),
    sigma: between(10n ** 6n, 10n ** 8n),
    tau,
  };
  if (slices.length % 4 === 0) [s.b, s.m] = [s.b / 10n, s.m / 10n];
  const isFree = isButterflyFree(s);
  // As many that pass as that do not.
  if (isFree === (slices.length % 2 === 0)) slices.push({ ...s, free: isFree ? 1n : 0n });
}
slices.push({ a: 0n, b: 0n, rho: 0n, m: 0n, sigma: 1000000n, tau: 3600n, free: 0n });
slices.push({ a: 1n, b: 0n, rho: -E8, m: 0n, sigma: 1000000n, tau: 63_072_000n, free: 1n });
if (!slices.every((s) => isButterflyFree(s) === (s.free === 1n))) throw new Error("a slice is filed wrongly");
write(
  "ORC-011",
  "slices in the contract's scales with the time to expiry; free: 1 when the test passes",
  columns(slices, ["a", "b", "rho", "m", "sigma", "tau", "free"]),
);

const taus = [
  1n,
  59n,
  3600n,
  86_399n,
  86_400n,
  604_800n,
  2_592_001n,
  7_776_000n,
  31_535_999n,
  31_536_000n,
  63_072_000n,
  ...Array.from({ length: 20 }, () => between(1, 63_072_000)),
];
const steps = taus.map((tau, i) => {
  const elapsed = [0n, 1n, 300n, 3599n, 3600n, 3601n, 86_400n][i % 7];
  return { tau, elapsed, volStep: pick(15_000_000n, 25_000_000n, 1n), points: points(tau).slice(6) };
});
const moves = Array.from({ length: 60 }, () => {
  const from = Array.from({ length: 13 }, () => between(4_294_967n, 20n * 2n ** 32n));
  const step = between(0, 50_000_000);
  const place = Number(between(0, 13));
  const to = from.map((v, i) => {
    const most = (v * step) / E8;
    const moved = i === place ? most + 1n : between(0, most);
    return next() % 2n === 0n || v <= moved ? v + moved : v - moved;
  });
  return { from, to, step, first: BigInt(firstStep(from, to, step)) };
});
const pairs = Array.from({ length: 60 }, () => {
  const [nearerTau, fartherTau] = [between(60, 2_592_000), between(2_592_001, 63_072_000)];
  const farther = Array.from({ length: 13 }, () => between(4_294_967n, 10n * 2n ** 32n));
  const place = Number(between(0, 13));
  // On the edge: the largest that does not cross, and at one point one more.
  const nearer = farther.map((v, i) => root((v * v * fartherTau) / nearerTau) + (i === place ? 1n : -between(0, 1)));
  return {
    nearer,
    nearerTau,
    farther,
    fartherTau,
    first: BigInt(firstCrossing(nearer, nearerTau, farther, fartherTau)),
  };
});
write(
  "ORC-013",
  "thirteen volatilities of a nearer and a farther expiry with their times; first: the first of points 3, 4, 6, 8, 9 where they cross, 13 for none",
  {
    nearer: pairs.flatMap((p) => p.nearer),
    nearerTau: pairs.map((p) => p.nearerTau),
    farther: pairs.flatMap((p) => p.farther),
    fartherTau: pairs.map((p) => p.fartherTau),
    first: pairs.map((p) => p.first),
  },
);

const bands = Array.from({ length: 40 }, () => ({
  band: between(0, 50_000_000),
  bandYear: between(0, E8),
  tau: between(1, 63_072_000),
}));
// ORC-012, ORC-014: in the band, or between it and what was before; 0 for a listing.
const isHeld = (value, before, least, most) =>
  (value >= least && value <= most) ||
  (before !== 0n && value < least && value >= before) ||
  (before !== 0n && value > most && value <= before);
const around = (value) => [value - 1n, value, value + 1n];
const held = [0n, 1_000_000n, 50_000_000n].flatMap((band) =>
  [1n, 604_800n, 63_072_000n].flatMap((tau) => {
    const most = band + (25_000_000n * tau) / YEAR;
    const [low, high] = [max(0n, E8 - most), E8 + most];
    return [0n, E8, low - low / 50n, low, high, high + high / 50n].flatMap((before) =>
      [low, high, before, low - low / 100n, high + high / 100n]
        .flatMap(around)
        .filter((ratio) => ratio >= 0n)
        .map((ratio) => ({
          held_band: band,
          held_tau: tau,
          held_before: before,
          held_ratio: ratio,
          held_in: isHeld(ratio, before, low, high) ? 1n : 0n,
        })),
    );
  }),
);
write(
  "ORC-014",
  "the band of forward over spot: band + bandYear over the time to expiry; held…: with a bandYear of a quarter, forward over spot before (0 for a listing) and now, in: 1 when that lies in the band or between it and the one before",
  {
    ...columns(bands, ["band", "bandYear", "tau"]),
    most: bands.map((b) => b.band + (b.bandYear * b.tau) / YEAR),
    ...columns(held, ["held_band", "held_tau", "held_before", "held_ratio", "held_in"]),
  },
);
const [VOL_MIN, VOL_MAX] = [5_000_001n, 499_999_999n];
const [leastVol, mostVol] = [ceil(VOL_MIN << 32n, E8), floor(VOL_MAX << 32n, E8)];
const levels = [0n, leastVol / 2n, leastVol - 1n, 2n ** 32n, mostVol + 1n, mostVol * 2n].flatMap((before) =>
  [leastVol, mostVol, before, (leastVol * 3n) / 4n, (mostVol * 3n) / 2n]
    .flatMap(around)
    .filter((vol) => vol > 0n)
    .map((vol) => ({
      held_before: before,
      held_vol: vol,
      held_in: isHeld(vol * E8, before * E8, VOL_MIN << 32n, VOL_MAX << 32n) ? 1n : 0n,
    })),
);

const tracks = Array.from({ length: 200 }, (_, i) => {
  const value = pick(0n, 1n, 14_000_000n, 5000n * E8, 2n ** 53n, between(1, 2n ** 53n));
  const least = pick(0n, value, between(0, 2n ** 53n));
  const band = {
    leastE8: least,
    mostE8: least + pick(0n, between(0, 2n ** 53n)),
    tightenPerHourE8: between(0, E8 / 4n),
    tightenPerDayE8: between(0, E8),
    loosenPerHourE8: between(0, E8 / 4n),
    loosenPerDayE8: between(0, E8),
  };
  const down = BigInt(i % 2);
  const old = pick(value, value + value / 50n, value - value / 50n, value * 3n);
  const isOver = pick(0n, 0n, 1n);
  const anchor = anchorOf(band, value, old, isOver === 1n, down === 1n);
  const elapsed = pick(0n, 1n, 1800n, 3599n, 3600n, 3601n, 10n ** 9n);
  const [low, high] = limits(band, value, anchor, elapsed, down === 1n);
  if (low > value || high < value) throw new Error("a value is outside its own limits");
  return { ...band, value, old, isOver, down, anchor, elapsed, low, high };
});
const bandNames = ["leastE8", "mostE8", "tightenPerHourE8", "tightenPerDayE8", "loosenPerHourE8", "loosenPerDayE8"];
write(
  "PAR-001",
  "a band, the value in force, what the day began with, seconds since the last step, down: 1 when less asks for more margin; low and high: where the next value may lie",
  columns(tracks, [...bandNames, "value", "anchor", "elapsed", "down", "low", "high"]),
);
write(
  "PAR-002",
  "a band, the value in force, what the day began with, isOver: 1 when the day is over; anchor: what the day begins with from here",
  columns(tracks, [...bandNames, "value", "old", "isOver", "down", "anchor"]),
);

// CLR-028, by the digits as they are written.
const powers = Array.from({ length: 13 }, (_, i) => 10n ** BigInt(i));
const strikes = [
  ...powers.flatMap((p) => [p - 1n, p, p + 1n, 999n * p, 1000n * p - 1n, 1001n * p, 9990n * p, 9999n * p]),
  ...Array.from({ length: 200 }, () => between(1, pick(...powers) * 1000n)),
  ...Array.from({ length: 100 }, () => between(1, 999) * pick(...powers)),
  2n ** 40n - 1n,
]
  .filter((strikeE4) => strikeE4 > 0n && strikeE4 < 2n ** 40n)
  .map((strikeE4) => {
    const text = (strikeE4 * 10_000n).toString();
    const below = BigInt(text.slice(0, 3).padEnd(text.length, "0"));
    return { strike: strikeE4 * 10_000n, below, step: 10n ** BigInt(text.length - 3) };
  });
write(
  "CLR-028",
  "a strike, the largest of the grid that is not above it, and the step to the next",
  columns(strikes, ["strike", "below", "step"]),
);
// ORC-012: surfaces whose own spot lies off the market's, seen around the live forward; also inside the settlement window.
const NUMBERS = ["forward", "spot", "a", "b", "rho", "m", "sigma"];
const drawn = (spot) => ({
  forward: spot + spot / pick(1000n, 300n, -500n),
  spot,
  a: between(10n ** 10n, 60n * 10n ** 10n),
  b: between(0, E12),
  rho: between(-9n * 10n ** 7n, 9n * 10n ** 7n),
  m: between(-(10n ** 7n), 10n ** 7n),
  sigma: between(10n ** 6n, 5n * 10n ** 7n),
});
const MARKET = 90_000n * E8;
const off = (most) => MARKET + (MARKET * between(-most, most)) / 1000n;
const seen = Array.from({ length: 60 }, (_, i) => {
  const s = { ...drawn(off(100)), tau: pick(1n, 900n, 1800n, 1801n, 86_400n, between(1801, 63_072_000)) };
  const [market, average] = [off(30), off(30)];
  // Of the seconds that have passed of the window all were observed, some, or none.
  const passed = max(0n, 1800n - s.tau);
  const covered = [passed, passed / 3n, 0n][i % 3];
  const remaining = covered + s.tau >= 900n ? s.tau : s.tau + 1800n;
  // Every second market is halted: its price comes at the window's end if half of that was observed, else in the half hour after.
  const stalled = s.tau > 1800n || i % 2 === 0 ? remaining : covered >= 900n ? 0n : 1800n;
  const reading = { sum: average * covered, covered, remaining, stalled };
  // At the ends of the domain: the live forward is clamped.
  if (i === 0) [s.forward, s.spot] = [2n ** 49n, MARKET / 2n];
  const live = liveForward(s, s.tau, market, { ...reading, remaining: stalled });
  return { ...s, ...reading, market, live, vols: volatilitiesAround(s, s.tau, live) };
});

// ORC-012, ORC-013: of two expiries the nearer or the farther is published anew, from level `a` on by as little as tells accepted from refused; each with a spot of its own.
const [DAY, WEEK] = [86_400n, 604_800n];
const STEP = 15_000_000n;
function faultOf(s, before, neighbour, elapsed, market) {
  const live = liveForward(s, s.tau, market);
  const vols = volatilitiesAround(s, s.tau, live);
  const step = allowedStep(STEP, s.tau, elapsed);
  if (before && firstStep(volatilitiesAround(before, s.tau, live), vols, step) < 13) return 1n;
  if (!neighbour) return 0n;
  const others = volatilitiesAround(neighbour, s.tau, liveForward(neighbour, neighbour.tau, market));
  const crossing =
    s.tau < neighbour.tau
      ? firstCrossing(vols, s.tau, others, neighbour.tau)
      : firstCrossing(others, neighbour.tau, vols, s.tau);
  return crossing < 13 ? 2n : 0n;
}
const aged = (s, elapsed) => ({ ...s, tau: s.tau - elapsed });
const publications = [];
while (publications.length < 40) {
  const day = { ...drawn(off(95)), tau: DAY };
  const week = { ...drawn(off(95)), tau: WEEK };
  // Half of the pairs have nearly the same total variance, so that their calendar decides.
  const isClose = publications.length % 4 > 1;
  if (isClose) Object.assign(week, day, { a: day.a / 6n, b: day.b / 6n, tau: WEEK, spot: week.spot });
  if (isClose) week.forward = ceil(week.spot * ((day.forward * E8) / day.spot), E8);
  const elapsed = isClose ? HOUR : pick(60n, 600n, HOUR);
  const market = off(40);
  const isDay = publications.length % 2 === 0;
  const [before, other] = isDay ? [day, week] : [week, day];
  const ratio = (before.forward * E8) / before.spot;
  // Its own spot is off by as much again, and its ratio is that of before.
  const spot = market + (market * between(-95, 95)) / 1000n;
  const after = { ...before, spot, forward: ceil(spot * ratio, E8), m: before.m + between(-(10n ** 5n), 10n ** 5n) };
  const isListable = [day, week].every((s) => isButterflyFree(s) && faultOf(s, null, null, 0n, MARKET) === 0n);
  if (!isListable || faultOf(week, null, day, 0n, MARKET) !== 0n) continue;
  const judged = (a) => faultOf(aged({ ...after, a }, elapsed), before, aged(other, elapsed), elapsed, market);
  const way = pick(1n, -1n);
  let [passes, fails] = [null, null];
  for (let i = 0n; i < 200n && !(passes !== null && fails !== null); i++) {
    const a = before.a + way * (i - 40n) * (before.a / 50n);
    if (judged(a) === 0n) passes = a;
    else if (passes !== null) fails = a;
  }
  if (passes === null || fails === null) continue;
  while ((fails - passes) * way > 1n) {
    const middle = (passes + fails) / 2n;
    if (judged(middle) === 0n) passes = middle;
    else fails = middle;
  }
  if (![passes, fails].every((a) => isButterflyFree(aged({ ...after, a }, elapsed)))) continue;
  publications.push({ day, week, after, elapsed, market, isDay, passes, fails, fault: judged(fails) });
}
if (publications.filter((one) => one.fault === 2n).length < 8) throw new Error("too few calendars decide");
// What they would say around the published forward is something else: so nobody may look there.
const isBlind = ({ after, passes, day, week, isDay, elapsed }) => {
  const s = aged({ ...after, a: passes }, elapsed);
  const before = isDay ? day : week;
  const step = allowedStep(STEP, s.tau, elapsed);
  return firstStep(volatilitiesAround(before, s.tau, s.forward), volatilitiesAround(s, s.tau, s.forward), step) < 13;
};
if (publications.filter(isBlind).length < 8) throw new Error("too few publications depend on where one looks");
const named = (prefix, cases) =>
  Object.fromEntries(NUMBERS.map((name) => [prefix + name, cases.map((one) => one[name])]));
write(
  "ORC-012",
  "points: the seven from 0 to the farthest of each tau; allowed: the step after a time; from, to, step, first: thirteen volatilities before and after, and the first that moved too far; seen…: a surface with the time to expiry, spot, the reading of its window (of no account before that opens), its live forward and its volatilities at the points around that; then publications: surfaces of a day and a week listed at a spot of 90,000, and after `silent` seconds, at spot `market`, one of the day (isDay 1) or the week, which is taken with a = passes and refused with a = fails (fault 1: step, 2: calendar); held…: with volMin 5 000 001 and volMax 499 999 999, the volatility at the forward before (0 for a listing) and now, in: 1 when that lies in the band or between it and the one before",
  {
    tau: steps.map((s) => s.tau),
    elapsed: steps.map((s) => s.elapsed),
    volStep: steps.map((s) => s.volStep),
    allowed: steps.map((s) => allowedStep(s.volStep, s.tau, s.elapsed)),
    points: steps.flatMap((s) => s.points),
    from: moves.flatMap((m) => m.from),
    to: moves.flatMap((m) => m.to),
    step: moves.map((m) => m.step),
    first: moves.map((m) => m.first),
    ...named("seen_", seen),
    ...columns(
      seen.map(({ tau, market, sum, covered, remaining, stalled, live }) => ({
        seen_tau: tau,
        seen_market: market,
        seen_sum: sum,
        seen_covered: covered,
        seen_remaining: remaining,
        seen_stalled: stalled,
        seen_live: live,
      })),
      ["seen_tau", "seen_market", "seen_sum", "seen_covered", "seen_remaining", "seen_stalled", "seen_live"],
    ),
    seen_vols: seen.flatMap((s) => s.vols),
    ...["day", "week", "after"].reduce(
      (all, which) => ({
        ...all,
        ...named(
          `${which}_`,
          publications.map((one) => one[which]),
        ),
      }),
      {},
    ),
    silent: publications.map((one) => one.elapsed),
    ...columns(publications, ["market", "passes", "fails", "fault"]),
    isDay: publications.map((one) => (one.isDay ? 1n : 0n)),
    ...columns(levels, ["held_before", "held_vol", "held_in"]),
  },
);
// CLR-032: curves of the domain (the setter's), indices that began at one, the credits' not above the debts'.
const indices = Array.from({ length: 200 }, (_, i) => {
  const max_ = pick(0n, E12, 10n * E12, between(0, 10n * E12));
  const kinkRate = between(0, max_);
  const curve = {
    base: between(0, kinkRate),
    kink: pick(1n, 80_000_000n, E8 - 1n, between(1, E8 - 1n)),
    kinkRate,
    max: max_,
    reserve: pick(0n, 20_000_000n, E8, between(0, E8)),
  };
  const debtIndex = pick(E12, between(E12, 4n * E12), 2n ** 63n - 1n - between(0, E12));
  const creditIndex = pick(E12, debtIndex, between(E12, debtIndex));
  const debtBase = pick(0n, 1n, 10n ** 13n, between(0, 2n ** 60n) * between(0, 2n ** 36n));
  const creditBase = pick(0n, 1n, debtBase, debtBase * 2n + 1n, between(0, 2n ** 60n) * between(0, 2n ** 36n));
  const elapsed = pick(0n, 1n, 12n, 60n, 86_400n, YEAR, between(0, 10n * YEAR));
  const debt = (debtBase * debtIndex) / E12;
  const credit = ceil(creditBase * creditIndex, E12);
  const used = debt === 0n ? 0n : credit === 0n ? E8 : min(E8, (debt * E8) / credit);
  const { base, kink, reserve } = curve;
  const rate =
    used <= kink
      ? base + ((kinkRate - base) * used) / kink
      : kinkRate + ((max_ - kinkRate) * (used - kink)) / (E8 - kink);
  const debtAfter = min(2n ** 63n - 1n, debtIndex + ceil(debtIndex * rate * elapsed, E12 * YEAR));
  const interest = (debtBase * (debtAfter - debtIndex)) / E12;
  const share = (interest * (E8 - reserve)) / E8;
  const creditAfter =
    creditBase === 0n
      ? creditIndex
      : min(creditIndex + (share * E12) / creditBase, (creditIndex * debtAfter) / debtIndex);
  const insurance = interest - ceil(creditBase * (creditAfter - creditIndex), E12);
  if (insurance < interest - share || interest < share) throw new Error("insurance gets less than its reserve");
  return {
    ...curve,
    debtIndex,
    creditIndex,
    debtBase,
    creditBase,
    elapsed,
    used,
    rate,
    debtAfter,
    creditAfter,
    insurance,
  };
});
if (indices.filter((one) => one.used > one.kink && one.used < E8).length < 10) throw new Error("too few over the kink");
write(
  "CLR-032",
  "a curve, both indices and bases, seconds; used: the part that is lent out, rate: a year's, debtAfter and creditAfter: the indices then, insurance: its part of the interest",
  columns(indices, Object.keys(indices[0])),
);

// CLR-040, CLR-041, CLR-044.
const DUST = 100n * E8;
const LARGEST_MARGIN = 2n ** 56n - 1n;
const starts = Array.from({ length: 120 }, () => {
  const margin = pick(1n, DUST - 1n, DUST, 800n * E8, between(DUST, 2n ** 60n));
  const equity = margin - pick(1n, margin, margin + 1n, margin / 2n + 1n, between(1, margin), margin / 50n + 1n);
  const target = pick(E8, 110_000_000n, 2n * E8, between(E8, 2n * E8));
  const discountMax = pick(0n, 20_000_000n, E8 / 2n, between(0, E8 / 2n));
  const bidMin = pick(1n, 5_000_000n, E8 / 2n, between(1, E8 / 2n));
  const wanted = ceil(target * margin, E8);
  const part = equity <= 0n ? E8 : min(E8, ceil((wanted - equity) * E8, wanted - floor(equity * discountMax, E8)));
  return { equity, margin, target, discountMax, bidMin, forSale: margin < DUST || part > E8 - bidMin ? E8 : part };
});
if (starts.filter((s) => s.forSale < E8).length < 40) throw new Error("too few lots in part");
write(
  "CLR-040",
  "equity and the margin of a witness, the target, the largest discount, the least bid; forSale: the fraction for sale",
  columns(starts, Object.keys(starts[0])),
);

const rests = Array.from({ length: 80 }, () => {
  const margin = pick(0n, 1n, 10_000n, 10_001n, 2n ** 70n, between(1, 2n ** 60n));
  const kept = min(ceil(margin, 10_000n), LARGEST_MARGIN);
  const target = pick(E8, 110_000_000n, between(E8, 2n * E8));
  const sold = pick(0n, 1n, E8 / 2n, E8 - 1n, E8, between(0, E8));
  const bound = (((kept * 10_000n * target) / E8) * (E8 - sold)) / E8;
  const left = bound + pick(0n, -1n, 1n, -bound);
  return { margin, kept, target, sold, left, restored: left > 0n && left >= bound ? 1n : 0n };
});
const bids = Array.from({ length: 80 }, () => {
  const discountMax = pick(0n, 20_000_000n, between(0, E8 / 2n));
  const ramp = pick(1n, 1200n, between(1, 86_400));
  const age = pick(0n, 1n, ramp - 1n, ramp, ramp + 1n, between(0, ramp));
  const equity = pick(0n, 1n, between(0, 2n ** 60n));
  const fraction = pick(1n, E8, between(1, E8));
  const discount = (discountMax * min(age, ramp)) / ramp;
  const pay = ceil(ceil(equity * fraction, E8) * (E8 - discount), E8);
  return { discountMax, ramp, age, equity, fraction, discount, pay };
});
const losses = Array.from({ length: 80 }, () => {
  const lack = pick(1n, between(1, 2n ** 60n));
  const slice = pick(1n, E8, between(1, E8));
  const maintenance = between(0, 2n ** 58n);
  const gross = between(0, 2n ** 62n);
  const payMax = pick(0n, 3_000_000n, between(0, E8 / 10n));
  const lossRamp = pick(1n, 3600n, between(1, 86_400));
  const waited = pick(0n, lossRamp, lossRamp + 1n, between(0, lossRamp));
  const incentive = (min(maintenance, (payMax * gross) / E8) * slice * min(waited, lossRamp)) / (E8 * lossRamp);
  return { lack, slice, maintenance, gross, payMax, lossRamp, waited, loss: (lack * slice) / E8, incentive };
});
// The same accounts, sold in part and brought nearer to their target.
const caps = starts.map((start, i) => {
  const sold = [0n, 1n, E8 / 3n, E8 / 10n, E8 - 1n][i % 5];
  const marginOfRest = ceil(min(ceil(start.margin, 10_000n), LARGEST_MARGIN) * 10_000n * (E8 - sold), E8);
  const wanted = ceil(start.target * marginOfRest, E8);
  const equityOfRest = floor(start.equity * (E8 - sold), E8) + (i % 2 === 0 ? 0n : wanted / 10n);
  const spared = wanted - floor(equityOfRest * start.discountMax, E8);
  const isWhole = equityOfRest <= 0n || marginOfRest < DUST;
  const part = isWhole ? E8 : equityOfRest >= wanted ? 0n : ceil((wanted - equityOfRest) * E8, spared);
  const asked = part > E8 - start.bidMin ? E8 : part;
  return {
    equityOfRest,
    marginShown: start.margin,
    capTarget: start.target,
    capDiscountMax: start.discountMax,
    capBidMin: start.bidMin,
    capSold: sold,
    marginOfRest,
    most: max(start.bidMin, ceil(asked * (E8 - sold), E8)),
  };
});
// Under a margin of 100 000 that a lot keeps a ninth is asked for just below it, and nearly nothing where it is computed as more: what a bid takes goes by what was shown.
const shown = 100_000n * E8;
for (const equityOfRest of [shown - 1n, 109_000n * E8]) {
  const [capTarget, capDiscountMax, capBidMin, capSold] = [110_000_000n, 20_000_000n, 5_000_000n, 0n];
  const [wanted, given] = [110_000n * E8, equityOfRest / 5n];
  caps.push({
    equityOfRest,
    marginShown: shown,
    capTarget,
    capDiscountMax,
    capBidMin,
    capSold,
    marginOfRest: shown,
    most: max(capBidMin, ceil((wanted - equityOfRest) * E8, wanted - given)),
  });
}
if (caps.at(-2).most !== ceil(E8, 9n) || caps.at(-1).most !== 5_000_000n) throw new Error("the ninth is none");
// What was taken of a fraction that was named, paid for or paid out of insurance.
const bounds = bids.map((bid, i) => {
  const [paid, taken] =
    i % 2 === 0 ? [bid.pay, bid.fraction] : [-losses[i].loss - losses[i].incentive, losses[i].slice];
  const named = [taken, taken + 1n, taken * 3n, 2n ** 64n - 1n][(i >> 1) % 4];
  return { paid, taken, named, namedPay: ceil(paid * named, taken) };
});
if (caps.filter((c) => c.most > c.capBidMin && c.most < E8 - c.capSold).length < 15)
  throw new Error("too few bids are cut");
if (![0n, 1n].every((is) => rests.filter((r) => r.restored === is).length > 20)) throw new Error("lots are all alike");
write(
  "CLR-041",
  "the margin shown, what a lot keeps of it in 10^-4, the target, the fraction sold, the equity of what is left: restored is 1 when no bid is taken; the equity of what is left, the margin shown, the target, the largest discount, the least bid, the fraction sold: the margin of what is left, and the most that a bid takes; what is paid (below 0: by insurance) for what is taken of a fraction that was named: what all that was named would cost; the largest discount, its ramp and the age: the discount, and what is paid for a fraction of an equity; of a lot that lacks so much, a slice, its maintenance margin and gross, the largest pay, its ramp and the seconds since: loss and incentive",
  {
    ...columns(rests, Object.keys(rests[0])),
    ...columns(caps, Object.keys(caps[0])),
    ...columns(bounds, Object.keys(bounds[0])),
    ...columns(bids, Object.keys(bids[0])),
    ...columns(losses, Object.keys(losses[0])),
  },
);

const rewards = Array.from({ length: 120 }, () => {
  const [gasBase, gasEach] = [pick(150_000n, between(0, 1_000_000)), pick(0n, 8000n, between(0, 100_000))];
  const positions = between(0, 128);
  const fee = pick(1n, 20n * 10n ** 9n, 2n ** 63n - 1n, between(0, 2n ** 40n));
  const native = pick(1n, 3000n * E8, 2n ** 48n, between(1, 2n ** 48n));
  const cost = ((gasBase + gasEach * positions) * fee * native) / 10n ** 18n;
  const rewardMax = pick(0n, 5_000_000n, between(1, E8 / 10n));
  const rewardMost = min(2n ** 64n - 1n, pick(1000n * E8, cost, 2n ** 64n - 1n));
  const equity = pick(0n, -1n, cost * 20n, between(1, 2n ** 60n), between(1, 2n ** 60n));
  const reward = equity <= 0n ? 0n : min(min(cost, (equity * rewardMax) / E8), rewardMost);
  return { equity, gasBase, gasEach, positions, fee, native, rewardMax, rewardMost, reward };
});
if (rewards.filter((r) => r.reward > 0n).length < 20) throw new Error("too few are paid");
write(
  "CLR-044",
  "equity, the gas of a start and of each position, positions, the base fee in wei, the price of a coin, the largest part of the equity and the most: the reward",
  columns(rewards, Object.keys(rewards[0])),
);

const shortMinimum = (priceRange) => max(1_000_000n, priceRange / 16n);
// PAR-004: at the edge of what the setter takes, and a unit beside it.
const coupled = Array.from({ length: 60 }, () => {
  const isUnderlying = pick(0n, 1n, 1n);
  const factor = pick(110_000_000n, 130_000_000n, 2n * E8, between(110_000_000n, 2n * E8));
  const range = pick(1_000_000n, 14_000_000n, 32_000_000n, between(1_000_000n, 32_000_000n));
  const [basisCharge, basisRate] = [pick(0n, 400_000n, between(0, E8)), pick(0n, 7_500_000n, between(0, E8))];
  const slippageCap = pick(0n, 10_000_000n, between(0, E8 / 3n));
  const basis = min(E8, max(basisCharge, 2n * basisRate));
  const risk = isUnderlying === 1n ? range + basis + 2n * slippageCap : 0n;
  const most = E8 ** 2n / factor - risk;
  const haircutMax = min(E8, max(0n, pick(most, most + 1n, most - 1n, between(0, E8))));
  const taken = factor * (risk + haircutMax) <= E8 ** 2n ? 1n : 0n;
  const charge = shortMinimum(range);
  return { isUnderlying, factor, range, charge, basisCharge, basisRate, slippageCap, haircutMax, taken };
});
if (coupled.filter((c) => c.taken === 1n).length < 15) throw new Error("too few bounds that hold");
const shortMinimums = [1_000_000n, 15_999_999n, 16_000_000n, 16_000_015n, 16_000_016n, 31_999_999n, 32_000_000n]
  .concat(Array.from({ length: 13 }, () => between(1_000_000n, 32_000_000n)))
  .map((priceRange) => ({ priceRange, minimum: shortMinimum(priceRange) }));
write(
  "PAR-004",
  "the initial factor, price range, least charge of a short option, basis charge and rate, largest slippage of an underlying, the largest haircut of a token that is one (isUnderlying 1) or none: taken is 1 when the setter takes them; priceRange: the least charge of a short option",
  { ...columns(coupled, Object.keys(coupled[0])), ...columns(shortMinimums, ["priceRange", "minimum"]) },
);

// PAR-005, PAR-006
const rampAt = (x, y, t, T) => (t >= T ? y : y >= x ? x + ceil((y - x) * t, T) : x - ceil((x - y) * t, T));
const asksForLess = (x, y, down) => (down ? y > x : y < x);
const departure = (x, y, down) => (asksForLess(x, y, down) ? y : x);
const onItsWay = (x, y, t, T, down) => rampAt(departure(x, y, down), y, t, T);
const moment = () => {
  const T = pick(1n, 3600n, 86_400n, between(1, 2_592_000));
  return [pick(0n, 1n, T - 1n, T, T + 1n, between(0, T), between(0, T)), T];
};
const wayPoints = Array.from({ length: 100 }, () => {
  const [x, y] = [pick(0n, 1n, 14_000_000n, wide(0n, 2n ** 62n)), pick(0n, 1n, 18_000_000n, wide(0n, 2n ** 62n))];
  const [elapsed, duration] = moment();
  return { x, y, elapsed, duration, value: rampAt(x, y, elapsed, duration) };
});
const FIELDS = 15;
const changes = Array.from({ length: 40 }, () => {
  const present = Array.from({ length: FIELDS }, (_, i) => (i === 0 ? wide(E8, 2n ** 62n) : between(0, E8)));
  // Up, down or not at all; a group stays.
  const target = present.map((v, i) => (i === 1 ? v : pick(v, v + 1n, v === 0n ? 0n : v - 1n, between(0, E8), v / 3n)));
  [present[1], target[1]] = [present[1] % 256n, present[1] % 256n];
  const [elapsed, duration] = moment();
  return {
    present,
    target,
    elapsed,
    duration,
    now: present.map((v, i) => onItsWay(v, target[i], elapsed, duration, i === 0)),
  };
});
const tokens = Array.from({ length: 100 }, () => {
  const record = () => {
    const base = pick(0n, 5_000_000n, between(0, E8));
    return [
      base,
      max(base, pick(base, 25_000_000n, between(0, E8))),
      pick(0n, 0n, 1n, 1000n * E8, between(1, 2n ** 60n)),
    ];
  };
  const [[base, most, threshold], [toBase, toMost, toThreshold]] = [record(), record()];
  const [elapsed, duration] = moment();
  const at = (x, y, down) => onItsWay(x, y, elapsed, duration, down);
  // A threshold of 0 is none: one that is new, or gone, is so at once; and with a first one the largest haircut goes from the base.
  const isFirst = threshold === 0n && toThreshold !== 0n;
  const isBoth = threshold !== 0n && toThreshold !== 0n;
  return {
    base,
    most,
    threshold,
    toBase,
    toMost,
    toThreshold,
    baseFrom: departure(base, toBase, false),
    mostFrom: departure(isFirst ? base : most, toMost, false),
    thresholdFrom: isBoth ? departure(threshold, toThreshold, true) : toThreshold,
    tokenElapsed: elapsed,
    tokenDuration: duration,
    baseNow: at(base, toBase, false),
    mostNow: at(isFirst ? base : most, toMost, false),
    thresholdNow: isBoth ? at(threshold, toThreshold, true) : toThreshold,
  };
});
write(
  "PAR-005",
  "x, y, seconds and a ramp's length: value; present, target: fifteen fields of an underlying (its record's order) at a change, seconds after it, the ramp's length: now; base, largest haircut and threshold of a token, their targets, where each begins, seconds, length: each now",
  {
    ...columns(wayPoints, ["x", "y", "elapsed", "duration", "value"]),
    present: changes.flatMap((c) => c.present),
    target: changes.flatMap((c) => c.target),
    changeElapsed: changes.map((c) => c.elapsed),
    changeDuration: changes.map((c) => c.duration),
    now: changes.flatMap((c) => c.now),
    ...columns(tokens, Object.keys(tokens[0])),
  },
);
const met = Array.from({ length: 120 }, (_, i) => {
  const down = i % 2 === 1;
  const present = pick(1n, 14_000_000n, 2n ** 53n, between(1, 2n ** 53n));
  // What is on its way goes to what asks for more.
  const away = pick(0n, 1n, present / 9n, between(0, present));
  const target = down ? present - away : present + away;
  const step = max(
    0n,
    pick(present, present + 1n, present - 1n, target, target + 1n, target - 1n, between(0, 2n * present)),
  );
  const isOnItsWay = present !== target;
  const looser = isOnItsWay && asksForLess(present, step, down);
  const taken = looser ? present : step;
  const isBeyond = down ? taken < target : taken > target;
  const targetAfter = !isOnItsWay || isBeyond ? taken : target;
  const [elapsed, duration] = moment();
  return {
    present,
    target,
    step,
    down: down ? 1n : 0n,
    looser: looser ? 1n : 0n,
    taken,
    targetAfter,
    elapsed,
    duration,
    later: rampAt(taken, targetAfter, elapsed, duration),
  };
});
write(
  "PAR-006",
  "a field in force, its target, a step, down: 1 when less asks for more; looser: 1 when the step asks for less than is in force of a field on its way; taken: what the step is taken as, targetAfter: the target then, later: the field some seconds after it, of those that are left of the ramp",
  columns(met, Object.keys(met[0])),
);

// CLR-051: buckets from their beginning on, draw by draw.
const draws = [];
for (let i = 0; i < 20; i++) {
  const bond = pick(1n, 1_000_000n * E8, between(1, 2n ** 60n));
  const first = pick(1n, 2n, 5n);
  let drawn = 0n;
  for (let j = 0; j < 8; j++) {
    const threshold = j > 2 && i % 4 === 0 ? pick(first, 1n, first + 1n) : first;
    const stake = threshold * bond;
    const capacity = (stake * 1500n) / 10_000n;
    // Two weeks at first: nothing is drawn.
    const seconds = j === 0 ? 1_209_600n : pick(0n, 1n, 12n, 3600n, 86_400n, between(0, 300_000));
    const still = max(0n, drawn - (stake * 500n * seconds) / (10_000n * 86_400n));
    const left = max(0n, capacity - still);
    const ask = max(1n, pick(left, left + 1n, left / 2n, left / 9n, between(1, capacity + 1n)));
    const taken = still + ask <= capacity;
    draws.push({ begins: j === 0 ? 1n : 0n, bond, threshold, seconds, capacity, left, ask, taken: taken ? 1n : 0n });
    // What is refused draws nothing; it ends the case, since the seconds go on from the last draw.
    if (!taken) break;
    drawn = still + ask;
  }
}
if (draws.filter((d) => d.taken === 0n).length < 10) throw new Error("too few draws are refused");
write(
  "CLR-051",
  "draws of buckets, begins: 1 for the first of one; the bond, the threshold, seconds since the last draw: capacity and what is left; ask: taken is 1 when it is drawn, fee included",
  columns(draws, Object.keys(draws[0])),
);

// CLR-054
const fees = Array.from({ length: 60 }, () => {
  const creditFee = pick(0n, 1n, 10_000n, 100_000n, between(0, 100_000n));
  const edge = creditFee === 0n ? E8 : E8 / creditFee;
  const credit = pick(0n, 1n, edge, edge + 1n, E8, E8 + 1n, 55_700n * E8, wide(1n, 2n ** 100n));
  return { credit, creditFee, creditFeePaid: ceil(credit * creditFee, E8) };
});
write("CLR-054", "credit and the fee's rate: creditFeePaid", columns(fees, Object.keys(fees[0])));

// CLR-055
const word = () => wide(0n, 2n ** 256n - 1n);
const LARGEST = { 128: 2n ** 127n - 1n, 64: 2n ** 63n - 1n };
const attestations = Array.from({ length: 60 }, () => {
  const a = {
    account: pick(1n, 7n, 2n ** 64n - 1n, wide(1n, 2n ** 63n)),
    positionsHash: word(),
    collateralHash: pick(0n, 2n ** 256n - 1n, word()),
    leastCash: pick(0n, -1n, LARGEST[128], -LARGEST[128] - 1n, wide(-(2n ** 100n), 2n ** 100n)),
    initialMargin: pick(0n, -1n, LARGEST[64], between(0, 2n ** 60n)),
    maintenanceMargin: pick(0n, -LARGEST[64] - 1n, LARGEST[64], between(0, 2n ** 60n)),
    checkpoint: pick(1n, 9n, 2n ** 64n - 1n, wide(1n, 2n ** 63n)),
    modelHash: word(),
    validUntil: pick(0n, 1_770_000_600n, 2n ** 40n - 1n),
  };
  const figures = join([a.leastCash, 128], [a.initialMargin, 64], [a.maintenanceMargin, 64]);
  const subject = join([a.account, 64], [a.checkpoint, 64], [a.validUntil, 40]);
  const leaf = hash([hash([a.positionsHash, a.collateralHash, figures, subject])]);
  return { ...a, leaf, attestationHash: hash([leaf, a.modelHash]) };
});
write(
  "CLR-055",
  "the fields of an attestation: its leaf and its hash, as words",
  columns(attestations, Object.keys(attestations[0])),
);
console.log(
  `${slices.length} slices, ${steps.length} times, ${moves.length} moves, ${seen.length} views, ${publications.length} publications, ${pairs.length} pairs, ${bands.length} bands, ${tracks.length} tracks, ${strikes.length} strikes, ${indices.length} indices, ${starts.length} starts, ${rests.length} rests, ${bids.length} bids, ${losses.length} losses, ${rewards.length} rewards, ${coupled.length} bounds, ${wayPoints.length} points of ramps, ${changes.length} changes, ${tokens.length} tokens, ${met.length} steps on the way, ${draws.length} draws, ${fees.length} fees, ${attestations.length} attestations`,
);
