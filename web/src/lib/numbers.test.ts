import { expect, test } from "vitest";
import { ONE, decimal, dollars, isNumber, parse, percent, plain, price, signed, suggested, unitE8 } from "./numbers";

test.each([
  ["1250.75", 8, 125_075_000_000n],
  [" 7. ", 2, 700n],
  ["0.00000001", 8, 1n],
  ["0", 8, 0n],
])("%s is understood", (text, decimals, value) => expect(parse(text, decimals)).toBe(value));

test.each(["0,5", "1,000", ".5", "-1", "1e3", "0x10", "", " ", "1.2.3", "0.123", "123456789012345678901"])(
  "%s is refused",
  (text) => expect(parse(text, 2)).toBeNull(),
);

test("values are cut toward zero, and what is left of nothing has no sign", () => {
  expect(decimal(123_456_789n, 8, 2)).toBe("1.23");
  expect(decimal(-123_999_999n, 8, 2)).toBe("−1.23");
  expect(decimal(-1n, 8, 2)).toBe("0.00");
  expect(decimal(1_234_567_00000000n, 8, 8, 0)).toBe("1,234,567");
  expect(decimal(12345n, 4, 6, 0)).toBe("1.2345");
  expect(decimal(5n, 0, 0)).toBe("5");
});

test("money, prices and parts read as people write them", () => {
  expect(dollars("-123000000")).toBe("−$1.23");
  expect(dollars(null)).toBe("–");
  expect(signed(100_000_000n)).toBe("+$1.00");
  expect(price("8903547000000")).toBe("89,035.47");
  expect(price(12_345_678n)).toBe("0.1234");
  expect(percent(12_345_678n, 3)).toBe("12.345 %");
  expect(unitE8(6)).toBe(100n);
  expect(unitE8(18)).toBe(1n);
});

test("no price reads as nothing, nor two that differ tenfold alike", () => {
  expect(price(5000n)).toBe("0.00005");
  expect(price(1n)).toBe("0.00000001");
  expect(price(1_234_567n)).toBe("0.01234");
  expect(price(0n)).toBe("0.00");
  for (let value = 1n; value < ONE; value = value * 3n + 1n) {
    expect(price(value)).toMatch(/[1-9]/);
    expect(price(value)).not.toBe(price(value * 10n));
  }
});

test("a suggested limit lies within its slack on its own side of the mark, whatever the mark's size", () => {
  expect(suggested(0n, "Buy", 5_000_000n, 0n, [])).toBeNull();
  // Nor before the book is known, whose offers could be far better.
  for (const isWhole of [false, true])
    expect(suggested(100n * ONE, "Buy", 5_000_000n, ONE, undefined, isWhole)).toBeNull();
  for (const bandE8 of [200_000n, 5_000_000n])
    for (let mark = 1n; mark < 10n ** 15n; mark = mark * 2n + 3n) {
      const slack = (mark * (bandE8 < 1_000_000n ? bandE8 : 500_000n)) / ONE;
      const buy = suggested(mark, "Buy", bandE8, 0n, [])!;
      const sell = suggested(mark, "Sell", bandE8, 0n, [])!;
      expect(buy >= mark && buy <= mark + slack).toBe(true);
      expect(sell <= mark && sell >= mark - slack && sell > 0n).toBe(true);
      if (mark > 100_000n) expect(buy > mark && sell < mark).toBe(true);
    }
});

const level = (price: bigint, size: bigint, orders = 1) => ({
  priceE8: (price * ONE).toString(),
  sizeE8: size.toString(),
  orders,
});

test("a suggested limit asks for no more than the book offers for the whole size", () => {
  const mark = 90_000n * ONE;
  const asks = [level(89_990n, ONE), level(90_020n, 2n * ONE), level(91_000n, ONE)];
  const buy = (amount = 0n, offers = asks) => suggested(mark, "Buy", 5_000_000n, amount, offers)! / ONE;
  expect(buy()).toBe(89_990n);
  expect(buy(ONE)).toBe(89_990n);
  expect(buy(ONE + 1n)).toBe(90_020n);
  // Neither what is beyond the slack is followed, nor a book that does not hold it all.
  expect(buy(4n * ONE)).toBe(90_450n);
  expect(buy(5n * ONE)).toBe(90_450n);
  expect(buy(ONE, [])).toBe(90_450n);
  const bids = [level(90_010n, ONE), level(89_980n, ONE), level(80_000n, ONE)];
  const sell = (amount: bigint) => suggested(mark, "Sell", 5_000_000n, amount, bids)! / ONE;
  expect(sell(ONE)).toBe(90_010n);
  expect(sell(2n * ONE)).toBe(89_980n);
  expect(sell(3n * ONE)).toBe(89_550n);
});

test("a suggested limit of what is filled at once is that of an order that holds it all, and there is none without", () => {
  const mark = 90_000n * ONE;
  const asks = [level(89_990n, ONE), level(90_020n, 2n * ONE, 2), level(90_030n, 2n * ONE), level(91_000n, 9n * ONE)];
  const buy = (amount: bigint, offers = asks) => suggested(mark, "Buy", 5_000_000n, amount, offers, true);
  expect(buy(ONE)).toBe(89_990n * ONE);
  // No two fill it together, neither of two prices nor at one.
  expect(buy(ONE + 1n)).toBe(90_030n * ONE);
  expect(buy(ONE, asks.slice(1))).toBe(90_020n * ONE);
  // What is beyond the slack is not followed.
  expect(buy(3n * ONE)).toBeNull();
  expect(buy(ONE, [])).toBeNull();
  const bids = [level(90_010n, ONE), level(89_980n, 2n * ONE), level(80_000n, 9n * ONE)];
  const sell = (amount: bigint) => suggested(mark, "Sell", 5_000_000n, amount, bids, true);
  expect(sell(2n * ONE)).toBe(89_980n * ONE);
  expect(sell(3n * ONE)).toBeNull();
});

test("what a field is filled with is understood again", () => {
  for (const value of [1n, 10n, 123_456_789_012_345_678n])
    for (const decimals of [0, 6, 18]) expect(parse(plain(value, decimals), decimals)).toBe(value);
});

test("numbers of accounts are whole, and written in one way", () => {
  for (const text of ["1", "7", "123456789012345678"]) expect(isNumber(text)).toBe(true);
  for (const text of ["", "0", "007", "-1", "1.0", "1e3", " 7", "1234567890123456789"])
    expect(isNumber(text)).toBe(false);
});

test("a limit is shown with every digit that is signed", () => {
  expect(plain(suggested(500_000n, "Buy", 5_000_000n, 0n, [])!, 8)).toBe("0.005025");
});
