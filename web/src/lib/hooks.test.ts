import { expect, test } from "vitest";
import { ApiError } from "./api";
import { isSilentAt } from "./hooks";

const NOW = 1_770_000_000_000;
const heard = (key: string, seconds: number, error: Error | null = null) =>
  ({
    queryKey: [key, "7"],
    state: { dataUpdatedAt: NOW - seconds * 1000, errorUpdatedAt: error ? NOW - 1000 : 0, error },
  }) as unknown as Parameters<typeof isSilentAt>[1][number];

test("figures, the book and the marks of instruments are old some seconds after they were to be asked for", () => {
  for (const key of ["ready", "prices", "account", "margin", "book"])
    expect([isSilentAt(NOW, [heard(key, 9)]), isSilentAt(NOW, [heard(key, 11)])]).toEqual([false, true]);
  // These are asked for each ten seconds.
  for (const key of ["instruments", "instrument"])
    expect([isSilentAt(NOW, [heard(key, 17)]), isSilentAt(NOW, [heard(key, 19)])]).toEqual([false, true]);
  expect(isSilentAt(NOW, [heard("epochs", 1000)])).toBe(false);
  // What was never answered shows nothing yet.
  expect(isSilentAt(NOW, [heard("prices", NOW / 1000)])).toBe(false);
});

test("a market that has ended makes nothing else old, a refused account does, and no answer is none", () => {
  const refused = new ApiError("No market.", 404);
  expect(isSilentAt(NOW, [heard("book", 60, refused), heard("instrument", 60, refused)])).toBe(false);
  expect(isSilentAt(NOW, [heard("account", 60, refused)])).toBe(true);
  expect(isSilentAt(NOW, [heard("book", 60, new ApiError("Away.", 0))])).toBe(true);
});
