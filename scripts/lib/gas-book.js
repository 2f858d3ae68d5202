// A checkpoint of one underlying with four expiries, and states of options over it: what gas is measured with.
import { keccak256 } from "ethers";

export const TIME = 1_800_000_000n;
const DAY = 86_400n;
const SPOT = 3000n * 10n ** 8n;
const KIND = { perpetual: 0n, future: 1n, call: 2n, put: 3n };

const field = (value, bits) =>
  BigInt.asUintN(bits, value)
    .toString(16)
    .padStart(bits / 4, "0");
export const pack = (...fields) => fields.map(([value, bits]) => field(BigInt(value), bits)).join("");
const zigzag = (value) => (value >= 0n ? 2n * value : -2n * value - 1n);

// An hour past six in the morning: expiries at 2, 9, 30 and 91 days, so that one in four options is inside seven days.
const EXPIRIES = [2n * DAY, 9n * DAY, 30n * DAY, 91n * DAY].map((tau) => TIME + tau);
const surface = (tau) =>
  pack(
    [640_000_000_000n - tau * 1000n, 64],
    [300_000_000_000n, 64],
    [-25_000_000n, 32],
    [2_000_000n, 32],
    [20_000_000n, 32],
    [0, 32],
  );
const expiryRecord = (expiry) => {
  const tau = expiry - TIME;
  const forward = SPOT + (SPOT * tau) / (DAY * 3650n);
  return (
    pack([expiry, 32], [TIME - 60n, 40], [10n ** 12n, 40], [forward, 64], [forward - 1000n, 64], [1800, 16]) +
    surface(tau) +
    pack([forward, 64], [forward - 1000n, 64], [0, 128]) +
    surface(tau)
  );
};
const RISK = [16, 50, 50, 1, 0.4, 7.5, 1, 10, 5, 10, 1, 1, 50].map((percent) => [
  BigInt(Math.round(percent * 1e6)),
  32,
]);
export const record =
  "0x" +
  pack([SPOT, 64], [SPOT, 64], [3n * 10n ** 7n, 64], [10n ** 13n, 64]) +
  pack([SPOT, 64], [12_345n, 64], [5000n * 10n ** 8n, 64], [1, 16], [1, 8], [0, 8], [EXPIRIES.length, 8], [0, 24]) +
  pack(...RISK, [0, 96]) +
  EXPIRIES.map(expiryRecord).join("");
export const checkpoint =
  "0x" +
  pack([1, 64], [TIME, 40], [1, 8], [1, 8], [130_000_000n, 32], [0, 104]) +
  pack([10n ** 12n, 64], [10n ** 12n, 64], [0, 128]) +
  pack([0, 16], [0, 16], [6, 8], [0, 32], [10n ** 8n, 64], [0, 120]) +
  keccak256(record).slice(2);

// A chain: the options go round the four expiries, long and short, over strikes from 70 % to 140 % of spot; of four options of an expiry two are the call and the put of one strike.
// With `distinct` every option has a strike of its own, which is the dearest case. A perpetual is held besides where it fits.
export function state(options, distinct) {
  const positions = [];
  for (let i = 0; i < options; i++) {
    const place = Math.floor(i / 4);
    const slot = distinct ? BigInt(place) : BigInt(place - Math.floor((place + 1) / 4));
    const slots = BigInt(Math.ceil(options / 4));
    const percent = 70n + (70n * slot) / slots;
    const kind = place % 2 === 1 ? KIND.call : KIND.put;
    const size = (BigInt((i * 7) % 13) + 1n) * 10n ** 8n * (i % 3 === 0 ? -1n : 1n);
    const strikeE4 = (SPOT * percent) / 100n / 10_000n + 10_000n * slot;
    positions.push(pack([1, 16], [EXPIRIES[i % 4], 32], [strikeE4, 40], [kind, 8], [zigzag(size), 64], [0, 96]));
  }
  if (options < 128)
    positions.push(
      pack(
        [1, 16],
        [0, 32],
        [0, 40],
        [KIND.perpetual, 8],
        [zigzag(-5n * 10n ** 8n), 64],
        [zigzag(-15_000n * 10n ** 8n), 96],
      ),
    );
  positions.sort();
  return (
    "0x" +
    pack([zigzag(10n ** 13n), 128], [10n ** 12n, 64], [1, 32], [1, 8], [0, 24]) +
    field(0n, 256) +
    positions.join("")
  );
}

export const balances = "0x" + pack([0, 16], [0, 112], [5000n * 10n ** 6n, 128]);
