import { expect, test } from "vitest";
import { beside, cashOf, loanE8, sharing, unticked } from "./holdings";
import { ONE } from "./numbers";

const settlement = { token: "0", symbol: "USDC", decimals: 6, amountRaw: "250000000" };
const ether = { token: "1", symbol: "WETH", decimals: 18, amountRaw: "2000000000000000000" };
const worth = { valueE8: "1", haircutE8: "0" };

test("a deposit of the settlement token that nothing has swept is cash, and is shown once", () => {
  // As in an auction, where the account has no operation that would sweep it.
  expect(cashOf({ cashE8: "-10000000000", balances: [settlement, ether] }, 6)).toBe(15_000_000_000n);
  expect(cashOf({ cashE8: "-10000000000", balances: [ether] }, 6)).toBe(-10_000_000_000n);
  expect(beside({ collaterals: [settlement, ether].map((one) => ({ ...one, ...worth })) })).toEqual([
    { ...ether, ...worth },
  ]);
});

test("what goes beyond the cash is a loan, and so is all that goes out of a debt", () => {
  const ONE = 100_000_000n;
  expect([loanE8(1_000n * ONE, 1_000n * ONE), loanE8(1_000n * ONE, 41_000n * ONE), loanE8(-5n, 7n)]).toEqual([
    0n,
    40_000n * ONE,
    7n,
  ]);
});

test("a deposit that pays off a debt is not said to share losses", () => {
  expect(sharing(0n, "USDC")).toBe("USDC that you deposit now shares in this; other tokens do not.");
  expect(sharing(-25_000_000_000n, "USDC")).toContain("the first $250.00 pay off the debt of this account");
});

test("a withdrawal borrows no more than was ticked", () => {
  expect([unticked(0n, 0n), unticked(ONE, ONE), unticked(0n, ONE)]).toEqual([null, null, null]);
  expect(unticked(7n * ONE, 0n)).toBe(
    "This would borrow $7.00 now, and no loan was ticked. Nothing was sent; look at the account again.",
  );
  expect(unticked(200n * ONE, 100n * ONE)).toContain("$200.00 now, and a loan of $100.00 was ticked");
});
