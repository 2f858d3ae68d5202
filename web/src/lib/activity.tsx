import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { Order } from "./api";
import { explain } from "./errors";
import { useKept, useSetting } from "./hooks";
import { becameOf, forget, handIn, keptOrders, unknown, waitsElsewhere, type Handed } from "./orders";
import { calls, send, waitFor, type Sent } from "./wallet";

export interface Step {
  id: number;
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
export type Tell = (detail: string, sent?: Sent, rest?: string) => void;
type Hand = (handed: Handed) => Promise<Order | null>;
interface Activity {
  steps: Step[];
  run: (title: string, work: (tell: Tell, hand: Hand) => Promise<string>) => Promise<boolean>;
  /** Whether a step of that title has still to be answered by the wallet: its button rests, so that a double click is no second order. */
  isAsking: (title: string) => boolean;
  /** Whether an order of that account is not answered yet, of this tab or another: another one could be filled beside it. */
  isWaiting: (account: string) => boolean;
  dismiss: (id: number) => void;
  /** Ends what is done for an order that is not answered, with what is to be told of it. */
  giveUp: (step: Step, detail: string) => void;
}

const Context = createContext<Activity | null>(null);
export function useActivity(): Activity {
  const activity = useContext(Context);
  if (!activity) throw new Error("No activity around.");
  return activity;
}

const KEPT = 6;

/** The newest steps, and all that are under way. */
const newest = (steps: Step[]): Step[] =>
  steps.filter((step, at) => at < KEPT || step.state === "asking" || step.state === "mining");

/** A step as a reload leaves it: what the wallet was only asked for is gone, but not what was done before it. Orders are kept each for itself. */
function reloaded(step: Step): Step[] {
  if (step.order) return [];
  if (step.state !== "asking") return [step];
  return step.rest ? [{ ...step, state: "failed", detail: step.rest }] : [];
}

/** What is under way and what came of it. A transaction that was sent is followed on after a reload, and an order handed in that was not answered. */
export function ActivityProvider({ children }: { children: ReactNode }) {
  const { config, deployment } = useSetting();
  const queries = useQueryClient();
  const [kept, keep] = useKept<Step[]>("steps", []);
  const next = useRef(Math.max(0, ...kept.map((step) => step.id)) + 1);
  const [steps, setSteps] = useState<Step[]>(() => [
    ...keptOrders(deployment).map((order): Step => {
      const detail = "The relay has not answered yet: the same signed order is handed in again.";
      return { id: next.current++, title: order.title, state: "mining", order, detail };
    }),
    ...kept.flatMap(reloaded),
  ]);
  const followed = useRef(false);
  // Of the orders that the browser keeps those that this tab hands in; the others are another tab's.
  const here = useRef(new Set<string>());
  const isHere = useCallback((one: Handed) => here.current.has(one.signed.signature), []);
  // Another tab writes down what it hands in, and strikes it out when it is answered.
  const [, look] = useState(0);
  useEffect(() => {
    const heard = () => look((times) => times + 1);
    addEventListener("storage", heard);
    return () => removeEventListener("storage", heard);
  }, []);
  const givenUp = useRef(new Set<number>());

  const change = useCallback(
    (id: number, values: Partial<Step>) =>
      setSteps((all) => all.map((step) => (step.id === id ? { ...step, ...values } : step))),
    [],
  );
  const refresh = useCallback(() => {
    for (const wait of [0, 700, 2000]) setTimeout(() => void queries.invalidateQueries(), wait);
  }, [queries]);

  const follow = useCallback(
    async (step: Step, sent: Sent) => {
      await waitFor(config, sent);
      change(step.id, step.rest ? { state: "failed", detail: step.rest } : { state: "done", detail: "Done." });
      refresh();
    },
    [config, change, refresh],
  );

  const hand = useCallback(
    async (id: number, handed: Handed, wasHandedIn: boolean) => {
      if (!wasHandedIn && waitsElsewhere(deployment, handed.signed.order.account, isHere))
        throw new Error(
          "Another tab signed an order of this account meanwhile, which the relay has not answered. This one was not handed in, so that nobody can fill it.",
        );
      here.current.add(handed.signed.signature);
      return handIn(
        handed,
        (detail) => !givenUp.current.has(id) && change(id, { state: "mining", order: handed, detail }),
        () => givenUp.current.has(id),
        wasHandedIn,
      ).finally(() => change(id, { order: undefined }));
    },
    [change, deployment, isHere],
  );
  const giveUp = (step: Step, detail: string) => {
    if (!step.order) return;
    givenUp.current.add(step.id);
    forget(step.order);
    change(step.id, { state: "failed", order: undefined, detail });
  };

  useEffect(() => keep(newest(steps)), [steps, keep]);
  useEffect(() => {
    if (followed.current) return;
    followed.current = true;
    for (const step of steps) {
      const end = (error: unknown) =>
        givenUp.current.has(step.id) || change(step.id, { state: "failed", detail: explain(error) });
      if (step.state === "mining" && step.sent) follow(step, step.sent).catch(end);
      if (step.order)
        hand(step.id, step.order, true)
          .then((order) => change(step.id, { state: "done", detail: becameOf(order) }))
          .then(refresh)
          .catch(end);
    }
  }, [steps, follow, hand, change, refresh]);

  const isAsking = (title: string) => steps.some((step) => step.title === title && step.state === "asking");
  const isWaiting = (account: string) =>
    steps.some((step) => step.order?.signed.order.account === account) || waitsElsewhere(deployment, account, isHere);
  const run: Activity["run"] = async (title, work) => {
    const id = next.current++;
    setSteps((all) => newest([{ id, title, state: "asking", detail: "Look at your wallet." }, ...all]));
    try {
      const detail = await work(
        (text, sent, rest) =>
          change(id, sent ? { detail: text, sent, rest, state: "mining" } : { detail: text, state: "asking" }),
        (handed) => hand(id, handed, false),
      );
      change(id, { state: "done", detail });
      refresh();
      return true;
    } catch (error) {
      if (!givenUp.current.has(id)) change(id, { state: "failed", detail: explain(error) });
      return false;
    }
  };

  return (
    <Context.Provider
      value={{
        steps,
        run,
        isAsking,
        isWaiting,
        giveUp,
        dismiss: (id) => setSteps((all) => all.filter((step) => step.id !== id)),
      }}
    >
      {children}
    </Context.Provider>
  );
}

const mark = { asking: "…", mining: "⧗", done: "✓", failed: "!" } as const;

export function ActivityList() {
  const { deployment, config } = useSetting();
  const { steps, run, dismiss, giveUp } = useActivity();
  const cancel = (step: Step, { title, signed: { order } }: Handed) =>
    run(`Cancel on chain: ${title}`, async (tell) => {
      const sent = await send(config, calls.cancel(deployment, order.account, [order.nonce]));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      giveUp(step, "The relay has not answered, and the order is cancelled on chain.");
      return "Nobody can fill this order any more.";
    });
  return (
    <section className="activity" aria-label="Activity" aria-live="polite">
      {steps.map((step) => (
        <div
          key={step.id}
          className={`step ${step.state}`}
          role={step.state === "failed" ? "alert" : undefined}
          data-state={step.state}
        >
          <span className="step-mark" aria-hidden="true">
            {mark[step.state]}
          </span>
          <div>
            <strong>{step.title}</strong>
            <p>{step.detail}</p>
            {step.sent && step.state === "mining" && (
              <p className="quiet">
                {step.rest ? "Stay on this page: there is more to do." : "You can leave this page; it goes on."}{" "}
                {step.sent.hash.slice(0, 14)}…
              </p>
            )}
            {step.order && (
              <p className="quiet">
                A reload goes on with it.{" "}
                <button type="button" className="link" onClick={() => void cancel(step, step.order!)}>
                  Cancel it on chain
                </button>
              </p>
            )}
          </div>
          <button
            type="button"
            className="icon"
            aria-label={`${step.order ? "Give up" : "Dismiss"}: ${step.title}`}
            onClick={() => (step.order ? giveUp(step, unknown(step.order)) : dismiss(step.id))}
          >
            ×
          </button>
        </div>
      ))}
    </section>
  );
}
