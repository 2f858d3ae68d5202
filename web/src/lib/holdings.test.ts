import { expect, test } from "vitest";
import { beside, cashOf } from "./holdings";

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
