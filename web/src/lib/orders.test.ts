import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, type Deployment, type SignedOrder } from "./api";
import {
  allowedFee,
  becameOf,
  boundAbove,
  canStillFill,
  freshNonce,
  handIn,
  judgedTime,
  keptOrders,
  waitsElsewhere,
  type Handed,
} from "./orders";
import { fakeStorage } from "./storage.fake";

const NOW = 1_770_000_000;
const order = { account: "7", nonce: "11", expiry: String(NOW + 300) } as SignedOrder["order"];
const handed: Handed = {
  title: "Buy 1 BTC-PERP",
  clearinghouse: "0xc",
  signed: { order, signer: "0xs", signature: "0x1" },
};
const deployment = (chainId: string) => ({ chainId, contracts: { clearinghouse: "0xc" } }) as unknown as Deployment;

/** What the relay answers, one after the other: a status and a body, or nothing at all. */
let answers: ([number, unknown, type?: string] | null)[] = [];
let asked: { path: string; body: string | undefined }[] = [];

beforeEach(() => {
  asked = [];
  vi.useFakeTimers({ now: NOW * 1000 });
  vi.stubGlobal("localStorage", fakeStorage());
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push({ path, body: init?.body as string | undefined });
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    const [status, body, type = status < 400 ? "application/json" : "application/problem+json"] = answer;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), {
      status,
      headers: { "content-type": type, date: new Date().toUTCString() },
    });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Hands in and lets time pass until it ends. */
async function outcome(given: typeof answers, isGivenUp = () => false, wasHandedIn = false) {
  answers = given;
  const ended = handIn(handed, () => {}, isGivenUp, wasHandedIn).catch((error: Error) => error);
  await vi.runAllTimersAsync();
  return ended;
}
const kept = () => keptOrders(deployment("1"));

test("an order that is answered is handed in once and not kept", async () => {
  expect(await outcome([[200, { status: "resting" }]])).toEqual({ status: "resting" });
  expect(asked.length).toBe(1);
  expect(kept()).toEqual([]);
});

test("an order without an answer is handed in again as it was, whatever stood in the way", async () => {
  const lost: typeof answers = [null, [503, { detail: "The node is away." }], [429, {}], [502, {}]];
  expect(await outcome([...lost, [200, { status: "resting" }]])).toEqual({ status: "resting" });
  expect(new Set(asked.map((one) => one.body))).toEqual(new Set([JSON.stringify(handed.signed)]));
  expect(kept()).toEqual([]);
});

test("who stands before the relay and refuses has not said what the relay has taken", async () => {
  const page = "<html><h1>403 Forbidden</h1></html>";
  const blocked: typeof answers = [
    [403, page, "text/html"],
    [404, { detail: "No route." }, "application/json"],
    [400, page],
    [409, { title: "Conflict" }],
    [409, null],
  ];
  expect(await outcome([...blocked, [200, { status: "resting" }]])).toEqual({ status: "resting" });
  expect(asked.length).toBe(blocked.length + 1);
  // Nor does it say that an order is unknown which was handed in before.
  const used: typeof answers = [
    [409, { detail: "Used up." }],
    [404, page, "text/html"],
    [409, { detail: "Used up." }],
    [200, { status: "filled" }],
  ];
  expect(await outcome(used, undefined, true)).toEqual({ status: "filled" });
  expect(kept()).toEqual([]);
});

test("an order that is refused is not handed in again", async () => {
  expect(await outcome([[409, { detail: "Too small." }]])).toEqual(new ApiError("Too small.", 409));
  expect(asked.length).toBe(1);
  expect(kept()).toEqual([]);
});

test.each([
  ["after an answer that was lost", [null], false],
  ["after a reload", [], true],
])("an order that was filled meanwhile is known by its number, %s", async (_, lost, wasHandedIn) => {
  const used: typeof answers = [...(lost as null[]), [409, { detail: "Used up." }]];
  expect(await outcome([...used, [200, { status: "filled" }]], undefined, wasHandedIn)).toEqual({ status: "filled" });
  expect(asked.at(-1)!.path).toBe("/api/orders/7/11");
  // One that the relay forgot, and of which the chain knows that it is over, may have been filled.
  const over: typeof answers = [
    ...(lost as null[]),
    [409, { detail: "Used up.", isOver: true }],
    [404, { detail: "There is none." }],
  ];
  expect(await outcome(over, undefined, wasHandedIn)).toBeNull();
  expect(kept()).toEqual([]);
  // One that the relay does not know was refused.
  expect(await outcome([...used, [404, { detail: "There is none." }]], undefined, wasHandedIn)).toEqual(
    new ApiError("Used up.", 409),
  );
  // And a question without an answer is no answer.
  const known: typeof answers = [...used, null, [409, { detail: "Used up." }], [200, { status: "filled" }]];
  expect(await outcome(known, undefined, wasHandedIn)).toEqual({ status: "filled" });
});

test("an order that is over was taken already, and one that is refused as expired may have been", async () => {
  expect(becameOf(null)).toContain("Look at your positions before you place another.");
  // Of one that was never handed in before, somebody else used the number.
  expect(await outcome([[409, { detail: "Used up.", isOver: true }]])).toEqual(new ApiError("Used up.", 409, true));
  vi.setSystemTime((NOW + 400) * 1000);
  const refused: typeof answers = [
    [409, { detail: "Expired." }],
    [404, { detail: "There is none." }],
  ];
  expect(((await outcome(refused, undefined, true)) as Error).message).toContain("Look at your orders and positions");
});

test("an order that is given up, or expires, may rest all the same", async () => {
  let looks = 0;
  const error = (await outcome([], () => ++looks === 3)) as Error;
  expect(error.message).toContain("the order may rest there and be filled until");
  expect(asked.length).toBe(3);
  expect(kept()).toEqual([]);
  expect(((await outcome([])) as Error).message).toBe(error.message);
  expect(Date.now() / 1000).toBeGreaterThan(NOW + 300);
});

test("orders are kept while nobody answers, each deployment's for itself", async () => {
  answers = [];
  void handIn(
    handed,
    () => {},
    () => false,
  ).catch(() => {});
  await vi.advanceTimersByTimeAsync(1000);
  expect(kept()).toEqual([handed]);
  expect(keptOrders({ contracts: { clearinghouse: "0xother" } } as unknown as Deployment)).toEqual([]);
  // Whatever else stands there under such a name costs no other order.
  for (const text of ["{", "null", "7", "{}", '{"signed":null}']) localStorage.setItem(`omargin-order-8-${text}`, text);
  expect(kept()).toEqual([handed]);
});

test("time is the later of the chain's and the solver's, and computers of another one sign nothing", async () => {
  answers = [[200, { timeSeconds: String(NOW + 40) }]];
  expect(await judgedTime(deployment("1"))).toBe(NOW + 40);
  answers = [[200, { timeSeconds: String(NOW - 5000) }]];
  expect(await judgedTime(deployment("1"))).toBe(NOW);
  answers = [[200, { timeSeconds: String(NOW + 120) }]];
  await expect(judgedTime(deployment("1"))).rejects.toThrow("are 2 minutes apart");
  answers = [[200, { timeSeconds: String(NOW + 120) }]];
  expect(await judgedTime(deployment("31337"))).toBe(NOW + 120);
});

test("what only rests allows the maker's fee, all else the taker's", () => {
  const fees = { makerFeeE8: "20000", takerFeeE8: "50000" };
  expect(allowedFee("rest", fees)).toEqual({ rateE8: "20000", is: "resting" });
  for (const filling of ["any", "whole"] as const)
    expect(allowedFee(filling, fees)).toEqual({ rateE8: "50000", is: "taking" });
});

test("what may rest allows the maker's fee where that is the larger one", () => {
  const fees = { makerFeeE8: "100000", takerFeeE8: "50000" };
  for (const filling of ["any", "rest"] as const)
    expect(allowedFee(filling, fees)).toEqual({ rateE8: "100000", is: "resting" });
  expect(allowedFee("whole", fees)).toEqual({ rateE8: "50000", is: "taking" });
});

test("a nonce is the clock's, or what an account's bound leaves", () => {
  const clock = BigInt(NOW) * 1000n + 123n;
  expect(freshNonce(0n)).toBe(BigInt(NOW) * 1000n);
  expect(freshNonce(clock, clock)).toBe(clock);
  for (const bound of [clock + 1n, 2n ** 48n]) {
    expect(freshNonce(bound, clock)).toBeGreaterThanOrEqual(bound);
    expect(freshNonce(bound, clock)).toBeLessThan(bound + 300_000n);
    expect(freshNonce(bound, clock + 1n)).not.toBe(freshNonce(bound, clock));
  }
});

test("an order that another tab hands in is waited for, until it is answered or expires", () => {
  const waits = (isHere = () => false, account = "7") => waitsElsewhere(deployment("1"), account, isHere);
  expect(waits()).toBe(false);
  localStorage.setItem("omargin-order-7-11", JSON.stringify(handed));
  expect([waits(), waits(() => true), waits(undefined, "8")]).toEqual([true, false, false]);
  vi.setSystemTime((NOW + 301) * 1000);
  expect(waits()).toBe(false);
});

test("an order that the relay gave back can still be cancelled on chain until it expires", () => {
  const after = (status: string, now = NOW) => canStillFill({ status, expirySeconds: String(NOW + 300) }, now);
  expect([after("cancelled"), after("refused"), after("filled")]).toEqual([true, true, false]);
  expect([after("cancelled", NOW + 300), after("cancelled", NOW + 301)]).toEqual([true, false]);
});

test("what cancels everything is above every nonce that a clock gave", () => {
  expect(boundAbove(0n, 1, 1_000n)).toBe(301_000n);
  expect(boundAbove(5_000n, 1, 1_000n)).toBe(305_000n);
  expect(boundAbove(0n, 1, 1_000n)).toBeGreaterThan(freshNonce(0n, 300_999n));
  // One's own clock is behind: orders of clocks that are right end all the same.
  expect(boundAbove(0n, 9, 1_000n)).toBe(309_000n);
  expect(boundAbove(0n, NOW)).toBe(boundAbove(0n, NOW - 50));
});
