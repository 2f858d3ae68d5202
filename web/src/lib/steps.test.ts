import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freshId, keepSteps, keptSteps, newest, withGivenUp, type Step } from "./steps";
import { fakeStorage } from "./storage.fake";

beforeEach(() => {
  vi.stubGlobal("localStorage", fakeStorage());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const step = (values: Partial<Step> = {}): Step => ({
  id: freshId(),
  title: "Deposit 100 USDC",
  state: "done",
  detail: "Done.",
  ...values,
});
const sent = { hash: "0x1", after: "1", known: null } as const;
const REST = "Look into your wallet first.";

test("two tabs lose none of each other's steps", () => {
  const [here, there] = [step(), step()];
  keepSteps([], [here]);
  keepSteps([], [there]);
  expect(keptSteps()).toEqual([there, here]);
  const mined = { ...here, state: "mining" as const, sent };
  keepSteps([here], [mined]);
  keepSteps([there], [there]);
  expect(keptSteps()).toEqual([there, mined]);
  keepSteps([there], []);
  expect(keptSteps()).toEqual([mined]);
});

test("an order that was answered while it was cancelled on chain keeps its answer", () => {
  const order = { title: "Buy 1" } as unknown as NonNullable<Step["order"]>;
  const [waiting, filled] = [step({ state: "mining", order }), step({ detail: "The order found its match." })];
  const cancelled = "The order is cancelled on chain.";
  expect(withGivenUp([waiting, filled], waiting.id, cancelled)[0]).toMatchObject({
    state: "failed",
    detail: cancelled,
  });
  expect(withGivenUp([waiting, filled], waiting.id, cancelled)[0]!.order).toBeUndefined();
  expect(withGivenUp([waiting, filled], filled.id, cancelled)[1]).toEqual(filled);
});

test("a tab that only looks writes nothing over what another one does", () => {
  const approved = step({ state: "asking", sent, rest: REST });
  keepSteps([], [approved]);
  const seen = keptSteps();
  expect(seen).toEqual([{ ...approved, state: "failed", detail: REST }]);
  keepSteps(seen, seen);
  expect(JSON.parse(localStorage.getItem(`omargin-step-${approved.id}`)!)).toEqual(approved);
  const deposited = { ...approved, state: "mining" as const, rest: undefined };
  keepSteps([approved], [deposited]);
  expect(keptSteps()).toEqual([JSON.parse(JSON.stringify(deposited))]);
});

test("what a wallet was only asked for is gone after a reload, what was done before it is told", () => {
  keepSteps([], [step({ state: "asking" }), step({ state: "asking", sent, rest: REST })]);
  expect(keptSteps().map(({ state, detail }) => [state, detail])).toEqual([["failed", REST]]);
  expect(Object.keys(localStorage).length).toBe(1);
  localStorage.setItem("omargin-step-x", "null");
  expect(keptSteps().length).toBe(1);
  expect(Object.keys(localStorage).length).toBe(1);
});

test("orders without an answer are kept by themselves, and old steps not at all", () => {
  const waiting = step({ state: "mining" });
  keepSteps([], [waiting]);
  keepSteps([waiting], [{ ...waiting, order: {} as Step["order"] }]);
  expect(keptSteps()).toEqual([]);
  const all = Array.from({ length: 9 }, () => step()).reverse();
  keepSteps([], all);
  expect(keptSteps()).toEqual(newest(all));
  expect(newest(all).length).toBe(6);
  expect(Object.keys(localStorage).length).toBe(6);
});
