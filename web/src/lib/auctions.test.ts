import { expect, test } from "vitest";
import { discountE8 } from "./auctions";

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
