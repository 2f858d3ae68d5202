import { contracts } from "virtual:abis";
import { encodeAbiParameters, encodeEventTopics, type AbiEvent, type TransactionReceipt } from "viem";
import { expect, test } from "vitest";
import type { Deployment, Position } from "./api";
import { ONE } from "./numbers";
import { bidOf, boundOf, discountE8, isDearer, quoteOf, rescue, sliceOf } from "./auctions";
import { bidIn } from "./wallet";

const NOW = 1_770_000_000;
const parameters = { discountMaxE8: "20000000", discountRampSeconds: 1200 };

test("the discount rises with an auction's age, and that of one that resumes another goes on", () => {
  const at = (start: number, now = NOW) => discountE8({ startSeconds: String(start) }, parameters, now);
  expect(at(NOW - 300)).toBe(5_000_000n);
  expect(at(NOW - 300, NOW + 0.9)).toBe(5_000_000n);
  // Of two whose bidding begins now, the one resumes another that was ten minutes old.
  expect([at(NOW), at(NOW - 600)]).toEqual([0n, 10_000_000n]);
  expect([at(NOW + 60), at(NOW - 1200), at(NOW - 9999)]).toEqual([0n, 20_000_000n, 20_000_000n]);
  expect(discountE8({ startSeconds: "1" }, { ...parameters, discountRampSeconds: 0 }, NOW)).toBe(0n);
});

test("what a bid took is what the chain tells, not what was asked for", () => {
  const house = "0x00000000000000000000000000000000000000aa" as const;
  const event = contracts.LiquidationHouse!.find(
    (part): part is AbiEvent => part.type === "event" && part.name === "LotBid",
  )!;
  const values: Record<string, bigint> = { lot: 1n, bidder: 2n, fromE8: 15_000_000n, toE8: 20_000_000n, payE8: -7n };
  const plain = event.inputs.filter((input) => !input.indexed);
  const log = {
    address: house,
    topics: encodeEventTopics({ abi: [event], eventName: "LotBid", args: { lot: 1n, bidder: 2n } }),
    data: encodeAbiParameters(
      plain,
      plain.map((input) => values[input.name!] ?? 0n),
    ),
  };
  const deployment = { contracts: { liquidationHouse: house } } as unknown as Deployment;
  const told = bidIn(deployment, { logs: [log] } as unknown as TransactionReceipt);
  expect(told).toEqual({ pay: -7n, taken: 5_000_000n });
});

test("a lot between maintenance margin and target is not said to be safe", () => {
  const said = (equity: bigint, restoredAtE8: string | null = "1100000000000") =>
    rescue({ restoredAtE8 }, equity * ONE, 10_000n * ONE);
  expect(said(9_000n)).toContain(
    "deposit $2,000.00 more to end them. $1,000.00 are enough to end the auction yourself",
  );
  expect(said(10_500n)).toBe(
    "It has its maintenance margin, but bids are taken up to an equity of $11,000.00: end the auction now, or deposit $500.00 more.",
  );
  expect(said(11_000n)).toContain("No bid is taken any more");
  // Where a leg was settled the maintenance margin decides both.
  expect(said(9_000n, null)).toContain("deposit $1,000.00 more, and end the auction");
  expect(said(10_000n, null)).toContain("No bid is taken any more");
  expect(rescue({ restoredAtE8: "1100000000001" }, 10_500n * ONE, 10_000n * ONE)).toContain("deposit $500.01 more");
});

test("a bid brings its part of tokens and debt, cut as the chain cuts it", () => {
  const lot = {
    soldE8: "40000000",
    positions: [{ name: "BTC-PERP", kind: "Perpetual", sizeE8: "-3", gainE8: "-200" }] as Position[],
    tokens: [{ token: "1", symbol: "WBTC", decimals: 8, amountRaw: "100000000" }],
    cashE8: "-7500000000000",
  };
  const half = sliceOf(lot, 50_000_000n);
  expect(half.positions).toEqual([{ name: "BTC-PERP", kind: "Perpetual", sizeE8: -1n, gainE8: -100n }]);
  expect([half.tokens[0].raw, half.cashE8]).toEqual([50_000_000n, -37_500n * ONE]);
});

const LEAST = 5_000_000n;
/** As the chain prices a lot: no more than `most` is given, for its part of the equity less a tenth, rounded up. */
const chain = (most: bigint, equityE8: bigint) => async (fraction: bigint) => {
  const given = fraction < most ? fraction : most;
  const up = (product: bigint) => (product > 0n ? (product + ONE - 1n) / ONE : product / ONE);
  return up(up(equityE8 * given) * 90_000_000n);
};

test("what is shown beside a price is the fraction that the chain gives for it", async () => {
  // At the last look half of a lot was asked for; a sixth restores it by now.
  const equity = 137_000n * ONE;
  const cut = await quoteOf(51_020_409n, LEAST, chain(17_032_552n, equity));
  expect(cut.taken).toBe(17_032_552n);
  expect(cut.pay).toBe(await chain(ONE, equity)(17_032_552n));
  expect((await quoteOf(17_032_552n, LEAST, chain(17_032_552n, equity))).taken).toBe(17_032_552n);
  // The least bid, and what is left below it, is given whole; what insurance pays goes by part as well.
  expect((await quoteOf(LEAST, LEAST, chain(LEAST, equity))).taken).toBe(LEAST);
  expect((await quoteOf(1_234n, LEAST, chain(LEAST, equity))).taken).toBe(1_234n);
  expect((await quoteOf(51_020_409n, LEAST, chain(40_000_000n, -equity))).taken).toBe(40_000_000n);
  expect((await quoteOf(51_020_409n, LEAST, chain(ONE, 0n))).taken).toBe(51_020_409n);
});

test("a bid that is cut is no dearer, and one whose part costs more is", async () => {
  const agreed = await quoteOf(17_032_552n, LEAST, chain(17_032_552n, 137_000n * ONE));
  const later = (most: bigint, equity: bigint) => quoteOf(agreed.taken, LEAST, chain(most, equity));
  expect(isDearer(await later(17_032_552n, 137_000n * ONE), agreed)).toBe(false);
  expect(isDearer(await later(6_000_000n, 137_000n * ONE), agreed)).toBe(false);
  expect(isDearer(await later(6_000_000n, 138_000n * ONE), agreed)).toBe(true);
  expect(isDearer(await later(17_032_552n, 136_000n * ONE), agreed)).toBe(false);
  expect(boundOf(agreed) - agreed.pay).toBeLessThan(ONE / 100n);
});

test("a bid asks for no more than one takes, and for no less than the least bid or all that is left", () => {
  const fraction = (bidMostE8: string | null, percent: number, soldE8 = "0") =>
    bidOf({ forSaleE8: "51020409", soldE8, bidMostE8 }, percent, 5_000_000n).fraction;
  expect(fraction("17032552", 100)).toBe(17_032_552n);
  expect(fraction("17032552", 50)).toBe(8_516_276n);
  expect(fraction("17032552", 25)).toBe(5_000_000n);
  expect(fraction("4020409", 100, "47000000")).toBe(4_020_409n);
  expect(fraction("4020409", 25, "47000000")).toBe(4_020_409n);
  // Where the chain takes no bid it is asked for all, and says why.
  expect(fraction(null, 100)).toBe(51_020_409n);
});
