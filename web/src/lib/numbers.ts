import type { Level } from "./api";

/** Numbers come from the API as decimal strings of integers (the name says the scale) and stay exact until they are shown. */
export const ONE = 100_000_000n;

export const big = (text: string | null | undefined): bigint => BigInt(text ?? "0");
export const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** A value of so many decimals with thousands apart, cut toward zero after `shown` decimals. */
export function decimal(value: bigint, decimals: number, shown: number, least = shown): string {
  const unit = 10n ** BigInt(decimals);
  const magnitude = abs(value);
  let fraction = (magnitude % unit).toString().padStart(decimals, "0").slice(0, shown);
  while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  const text = (magnitude / unit).toLocaleString("en-US") + (fraction ? `.${fraction}` : "");
  return value < 0n && /[1-9]/.test(text) ? `−${text}` : text;
}

export const money = (e8: string | bigint | null | undefined, shown = 2): string =>
  e8 === null || e8 === undefined ? "–" : decimal(typeof e8 === "bigint" ? e8 : big(e8), 8, shown);

export const dollars = (e8: string | bigint | null | undefined, shown = 2): string => {
  if (e8 === null || e8 === undefined) return "–";
  const text = money(e8, shown);
  return text.startsWith("−") ? `−$${text.slice(1)}` : `$${text}`;
};

export const signed = (e8: string | bigint): string => {
  const value = typeof e8 === "bigint" ? e8 : big(e8);
  return value > 0n ? `+${dollars(value)}` : dollars(value);
};

/** Of a price below one four digits stand, so that none reads as nothing, nor as another of ten times as much. */
export const price = (e8: string | bigint | null | undefined): string => {
  if (e8 === null || e8 === undefined) return "–";
  const value = typeof e8 === "bigint" ? e8 : big(e8);
  const most = abs(value) >= 1000n * ONE ? 2 : Math.min(8, Math.max(4, 12 - digits(value)));
  return decimal(value, 8, most, 2);
};

const digits = (value: bigint): number => abs(value).toString().length;

/**
 * The limit of an order whose price nobody typed; null without a mark, and while nobody knows what the book offers: half a percent past the mark could be far beyond that. What the book offers suffices where it holds the whole size: whoever settles can keep what a limit leaves above that.
 * Otherwise, and never beyond it, half a percent past the mark, or the whole band where that is less than a percent, to five digits and so that it never asks for more than that.
 * @param offers The other side of the book, best first; undefined while the book is not known.
 * @param isWhole Whether it is filled at once or not at all, which one resting order has to do: of several at a price only their sum is known, so that one of them has an equal part of it at least. Null then where the book shows none within that limit.
 */
export function suggested(
  mark: bigint,
  side: "Buy" | "Sell",
  bandE8: bigint,
  amount: bigint,
  offers: readonly Level[] | undefined,
  isWhole = false,
): bigint | null {
  if (mark <= 0n || offers === undefined) return null;
  const slack = (mark * (bandE8 < 1_000_000n ? bandE8 : 500_000n)) / ONE;
  const tick = 10n ** BigInt(Math.max(0, digits(mark) - 5));
  const limit = side === "Buy" ? ((mark + slack) / tick) * tick : ((mark - slack + tick - 1n) / tick) * tick;
  let left = amount;
  const last = offers.find(({ sizeE8, orders }) =>
    isWhole ? abs(big(sizeE8)) >= amount * BigInt(orders) : (left -= abs(big(sizeE8))) <= 0n,
  );
  const offered = last === undefined ? limit : big(last.priceE8);
  const bounded = side === "Buy" ? (offered < limit ? offered : limit) : offered > limit ? offered : limit;
  if (isWhole && (last === undefined || bounded !== offered)) return null;
  return bounded > 0n ? bounded : 1n;
}

export const size = (e8: string | bigint): string => decimal(typeof e8 === "bigint" ? e8 : big(e8), 8, 8, 0);
export const percent = (e8: bigint, shown = 1): string => `${decimal(e8 * 100n, 8, shown)} %`;

/** Reads what a person typed; null when it is no positive decimal number of at most so many decimals. Commas are refused: half of the world writes decimals behind them, the other half sets thousands apart. */
export function parse(text: string, decimals: number): bigint | null {
  const match = /^(\d{1,20})(?:\.(\d*))?$/.exec(text.trim());
  if (!match || (match[2] ?? "").length > decimals) return null;
  return BigInt(match[1] + (match[2] ?? "").padEnd(decimals, "0"));
}

/** Whether a text is the number of an account. */
export const isNumber = (text: string): boolean => /^[1-9]\d{0,17}$/.test(text);

/** What a field asks for whose text was not understood. */
export const wanted = (decimals: number): string =>
  `Write a number like 1250.75, with a point before its decimals (at most ${decimals}) and no commas.`;

/** Plain text of a value, as a field wants it. */
export const plain = (value: bigint, decimals: number, shown = decimals): string =>
  decimal(value, decimals, shown, 0).replaceAll(",", "").replace("−", "-");

/** Money, rounded up to whole cents: what is asked for must not fall short by what is not shown. */
export const centsUp = (e8: bigint): bigint => ((e8 + 999_999n) / 1_000_000n) * 1_000_000n;

/** Money E8 of one base unit of a token of money. */
export const unitE8 = (decimals: number): bigint => 10n ** BigInt(8 - Math.min(8, decimals));

export const toNumber = (e8: string): number => Number(e8) / 1e8;
export const short = (address: string): string => `${address.slice(0, 6)}…${address.slice(-4)}`;
export const time = (seconds: string | number): string =>
  new Date(Number(seconds) * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
