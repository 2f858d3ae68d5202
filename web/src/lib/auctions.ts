import type { Auction, Balance, Deployment, Position } from "./api";
import { abs, big, centsUp, dollars, ONE } from "./numbers";

/** The discount of an auction at a second, as the chain reckons it: it rises from the end of grace, or earlier by the age of the auction that it resumes. */
export function discountE8(
  auction: Pick<Auction, "startSeconds">,
  parameters: Pick<Deployment["parameters"], "discountMaxE8" | "discountRampSeconds">,
  now: number,
): bigint {
  const ramp = BigInt(parameters.discountRampSeconds);
  const age = BigInt(Math.max(0, Math.floor(now) - Number(auction.startSeconds)));
  return ramp === 0n ? 0n : (big(parameters.discountMaxE8) * (age < ramp ? age : ramp)) / ramp;
}

/** What would end the sale of one's account: the maintenance margin lets anybody end the auction, and only above it are bids refused. */
export function rescue(auction: Pick<Auction, "restoredAtE8">, equityE8: bigint, maintenanceE8: bigint): string {
  const target = auction.restoredAtE8 === null ? maintenanceE8 : big(auction.restoredAtE8);
  const lacks = dollars(centsUp(target - equityE8));
  if (equityE8 >= target)
    return "No bid is taken any more: end the auction, and the account trades and withdraws again.";
  if (equityE8 >= maintenanceE8)
    return `It has its maintenance margin, but bids are taken up to an equity of ${dollars(target)}: end the auction now, or deposit ${lacks} more.`;
  return auction.restoredAtE8 === null
    ? `Bids are taken until its equity is the maintenance margin: deposit ${lacks} more, and end the auction.`
    : `Bids are taken up to an equity of ${dollars(target)}: deposit ${lacks} more to end them. ${dollars(centsUp(maintenanceE8 - equityE8))} are enough to end the auction yourself.`;
}

/** The most that one bid takes, and what a bid for a part of that asks for. What restores the account by now may be less than was put up for sale; below the least bid all that is left can be taken alone. */
export function bidOf(
  auction: Pick<Auction, "forSaleE8" | "soldE8" | "bidMostE8">,
  percent: number,
  leastE8: bigint,
): { atOnce: bigint; fraction: bigint } {
  const left = big(auction.forSaleE8) - big(auction.soldE8);
  const atOnce = auction.bidMostE8 === null ? left : big(auction.bidMostE8);
  const asked = (atOnce * BigInt(percent)) / 100n;
  return { atOnce, fraction: asked >= leastE8 ? asked : left < leastE8 ? left : leastE8 };
}

/** What a bid takes and costs. */
export interface BidQuote {
  taken: bigint;
  pay: bigint;
}

/** What the chain gives for a fraction that is asked for, and for how much. It tells the price alone, of what it would give: less than was asked for where the prices of its block are not those that the fraction was reckoned at. The least bid is never cut, so its price tells how much that is. */
export async function quoteOf(
  asked: bigint,
  leastE8: bigint,
  price: (fraction: bigint) => Promise<bigint>,
): Promise<BidQuote> {
  if (asked <= leastE8) return { taken: asked, pay: await price(asked) };
  const [pay, least] = await Promise.all([price(asked), price(leastE8)]);
  const taken = least === 0n ? asked : (2n * abs(pay) * leastE8 + abs(least)) / (2n * abs(least));
  return { taken: taken > asked ? asked : taken < leastE8 ? leastE8 : taken, pay };
}

/** The most that is paid for a fraction that cost so much a moment ago: the chain compares the price a part, and rounds it up. */
export const boundOf = (quote: BidQuote): bigint => quote.pay + 100n;

/** Whether a part costs more than what was agreed to, as the chain compares it (CLR-041). */
export const isDearer = (now: BidQuote, agreed: BidQuote): boolean =>
  now.pay * agreed.taken > boundOf(agreed) * now.taken;

/** What a bid brings that takes a fraction after what is sold, as the chain cuts it (CLR-042): toward zero. */
export function sliceOf(
  auction: Pick<Auction, "positions" | "tokens" | "cashE8" | "soldE8">,
  fractionE8: bigint,
): {
  positions: (Pick<Position, "name" | "kind"> & { sizeE8: bigint; gainE8: bigint | null })[];
  tokens: (Balance & { raw: bigint })[];
  cashE8: bigint;
} {
  const from = big(auction.soldE8);
  const cut = (whole: string) => (big(whole) * (from + fractionE8)) / ONE - (big(whole) * from) / ONE;
  return {
    positions: auction.positions.map(({ name, kind, sizeE8, gainE8 }) => ({
      name,
      kind,
      sizeE8: cut(sizeE8),
      gainE8: gainE8 === null ? null : cut(gainE8),
    })),
    tokens: auction.tokens.map((one) => ({ ...one, raw: cut(one.amountRaw) })),
    cashE8: cut(auction.cashE8),
  };
}
