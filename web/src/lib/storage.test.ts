import { afterEach, expect, test, vi } from "vitest";
import { fakeStorage } from "./storage.fake";
import { storage } from "./storage";
import { makeConfig } from "./wallet";

afterEach(() => {
  vi.unstubAllGlobals();
  // A browser that was told to keep nothing refuses even to name its storage.
  Reflect.deleteProperty(globalThis, "localStorage");
});

test("what a browser keeps is there again", () => {
  vi.stubGlobal("localStorage", fakeStorage());
  expect(storage.setItem("omargin-a-1", "x")).toBe(true);
  expect([storage.getItem("omargin-a-1"), storage.getItem("omargin-a-2")]).toEqual(["x", null]);
  expect(storage.keys("omargin-a")).toEqual(["omargin-a-1"]);
  storage.removeItem("omargin-a-1");
  expect(storage.keys("omargin-a")).toEqual([]);
});

test.each([
  [
    "refuses its storage",
    () =>
      Object.defineProperty(globalThis, "localStorage", {
        configurable: true,
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      }),
  ],
  [
    "is full",
    () =>
      vi.stubGlobal("localStorage", {
        getItem: () => null,
        setItem() {
          throw new DOMException("full", "QuotaExceededError");
        },
        removeItem() {},
      }),
  ],
])("a browser that %s keeps nothing, and wallets connect all the same", async (_, prepare) => {
  prepare();
  expect(storage.setItem("omargin-a", "x")).toBe(false);
  expect([storage.getItem("omargin-a"), storage.keys("omargin-a")]).toEqual([null, []]);
  const config = makeConfig("1", "");
  await config.storage!.setItem("recentConnectorId", "wallet");
  expect(await config.storage!.getItem("recentConnectorId")).toBeNull();
});
