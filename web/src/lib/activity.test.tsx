import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StepCard } from "./activity";
import { explain } from "./errors";
import type { Handed } from "./orders";
import type { Step } from "./steps";
import { fakeStorage } from "./storage.fake";

beforeEach(() => {
  vi.stubGlobal("localStorage", fakeStorage());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const order = { title: "Buy 1 BTC-PERP", clearinghouse: "0xc", signed: { order: { account: "7", nonce: "11" } } };
const step: Step = { id: "1", title: "Buy 1 BTC-PERP", state: "mining", detail: "No answer." };
const nothing = () => {};
const card = (values: Partial<Step>) =>
  renderToStaticMarkup(<StepCard step={{ ...step, ...values }} cancel={nothing} giveUp={nothing} dismiss={nothing} />);

test("an order without an answer is given up by its own button, and closed by none", () => {
  const waiting = card({ order: order as unknown as Handed });
  expect(waiting).toContain('aria-label="Give up: Buy 1 BTC-PERP">Give up</button>');
  expect(waiting).not.toContain("×");
  const ended = card({ state: "failed" });
  expect(ended).toContain('aria-label="Dismiss: Buy 1 BTC-PERP">×</button>');
  expect(ended).not.toContain("Give up");
});

test("a reload is said to go on with an order only where the browser keeps it", () => {
  expect(card({ order: order as unknown as Handed })).toContain("Stay on this page: this browser keeps nothing of it");
  localStorage.setItem("omargin-order-7-11", JSON.stringify(order));
  expect(card({ order: order as unknown as Handed })).toContain("A reload goes on with it.");
});

test("what is declined after something was sent does not say that nothing was", () => {
  const declined = Object.assign(new Error("no"), { code: 4001 });
  expect(explain(declined)).toBe("You declined this in your wallet. Nothing was sent.");
  expect(explain(declined, true)).toBe(
    "You declined this in your wallet. What was sent before, an approval say, stands; nothing was sent after it.",
  );
});
