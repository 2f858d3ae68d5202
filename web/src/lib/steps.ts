import type { Handed } from "./orders";
import { storage } from "./storage";
import type { Sent } from "./wallet";

const PREFIX = "omargin-step-";
const KEPT = 6;

export interface Step {
  /** Of its own among those of all tabs, and later ones sort behind. */
  id: string;
  title: string;
  state: "asking" | "mining" | "done" | "failed";
  /** The transaction that is waited for, or was last. */
  sent?: Sent;
  /** What is still to be done when that one is mined, told where the page that would have done it is gone. */
  rest?: string;
  /** The order that the relay has not answered yet. */
  order?: Handed;
  detail: string;
}

/** Steps when what is done for an unanswered order is ended. What was answered meanwhile keeps what the answer said: an order that filled was not cancelled. */
export const withGivenUp = (steps: Step[], id: string, detail: string): Step[] =>
  steps.map((step) => (step.id === id && step.order ? { ...step, state: "failed", order: undefined, detail } : step));

let given = 0;
export const freshId = (): string =>
  `${String(Date.now()).padStart(15, "0")}-${String(given++).padStart(6, "0")}-${Math.random().toString(36).slice(2)}`;

/** The newest steps, and all that are under way. */
export const newest = (steps: Step[]): Step[] =>
  steps.filter((step, at) => at < KEPT || step.state === "asking" || step.state === "mining");

/** A step as a reload leaves it: what the wallet was only asked for is gone, but not what was done before it. */
function reloaded(step: Step): Step[] {
  if (step.state !== "asking") return [step];
  return step.rest ? [{ ...step, state: "failed", detail: step.rest }] : [];
}

function parsed(text: string | null): Step[] {
  try {
    const step = JSON.parse(text ?? "") as Step | null;
    return step?.id && step.state ? [step] : [];
  } catch {
    return [];
  }
}

/** Steps of this page before it was loaded anew, and of other tabs, newest first. What is shown no more is kept no longer. */
export function keptSteps(): Step[] {
  const keys = storage.keys(PREFIX).sort().reverse();
  const left = newest(keys.flatMap((key) => parsed(storage.getItem(key))).flatMap(reloaded));
  for (const key of keys) if (!left.some(({ id }) => PREFIX + id === key)) storage.removeItem(key);
  return left;
}

/** Writes down what has changed, each step by itself, so that two tabs lose none of each other's. Orders are kept each for itself. */
export function keepSteps(before: Step[], after: Step[]): void {
  for (const step of after)
    if (step.order) storage.removeItem(PREFIX + step.id);
    else if (!before.includes(step)) storage.setItem(PREFIX + step.id, JSON.stringify(step));
  for (const { id } of before) if (!after.some((step) => step.id === id)) storage.removeItem(PREFIX + id);
}
