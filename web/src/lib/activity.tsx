import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { Order } from "./api";
import { explain } from "./errors";
import { useSetting } from "./hooks";
import { becameOf, forget, handIn, isKept, keptOrders, unknown, waitsElsewhere, type Handed } from "./orders";
import { freshId, keepSteps, keptSteps, newest, withGivenUp, type Step } from "./steps";
import { calls, send, waitFor, type Sent } from "./wallet";

export type Tell = (detail: string, sent?: Sent, rest?: string) => void;
type Hand = (handed: Handed) => Promise<Order | null>;
interface Activity {
  steps: Step[];
  run: (title: string, work: (tell: Tell, hand: Hand) => Promise<string>) => Promise<boolean>;
  /** Whether a step of that title has still to be answered by the wallet: its button rests, so that a double click is no second order. */
  isAsking: (title: string) => boolean;
  /** Whether an order of that account is not answered yet, of this tab or another: another one could be filled beside it. */
  isWaiting: (account: string) => boolean;
  dismiss: (id: string) => void;
  /** Ends what is done for an order that is not answered, with what is to be told of it. */
  giveUp: (step: Step, detail: string) => void;
}

const Context = createContext<Activity | null>(null);
export function useActivity(): Activity {
  const activity = useContext(Context);
  if (!activity) throw new Error("No activity around.");
  return activity;
}

/** What is under way and what came of it. A transaction that was sent is followed on after a reload, and an order handed in that was not answered. */
export function ActivityProvider({ children }: { children: ReactNode }) {
  const { config, deployment } = useSetting();
  const queries = useQueryClient();
  const [steps, setSteps] = useState<Step[]>(() => [
    ...keptOrders(deployment).map((order): Step => {
      const detail = "The relay has not answered yet: the same signed order is handed in again.";
      return { id: freshId(), title: order.title, state: "mining", order, detail };
    }),
    ...keptSteps(),
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
  const givenUp = useRef(new Set<string>());

  const change = useCallback(
    (id: string, values: Partial<Step>) =>
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
    async (id: string, handed: Handed, wasHandedIn: boolean) => {
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
    setSteps((all) => withGivenUp(all, step.id, detail));
  };

  const written = useRef(steps);
  useEffect(() => {
    keepSteps(written.current, steps);
    written.current = steps;
  }, [steps]);
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
    const id = freshId();
    setSteps((all) => newest([{ id, title, state: "asking", detail: "Look at your wallet." }, ...all]));
    let hasSent = false;
    try {
      const detail = await work(
        (text, sent, rest) => {
          hasSent ||= sent !== undefined;
          change(id, sent ? { detail: text, sent, rest, state: "mining" } : { detail: text, state: "asking" });
        },
        (handed) => hand(id, handed, false),
      );
      change(id, { state: "done", detail });
      refresh();
      return true;
    } catch (error) {
      if (!givenUp.current.has(id)) change(id, { state: "failed", detail: explain(error, hasSent) });
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
        <StepCard
          key={step.id}
          step={step}
          cancel={(order) => void cancel(step, order)}
          giveUp={(order) => giveUp(step, unknown(order))}
          dismiss={() => dismiss(step.id)}
        />
      ))}
    </section>
  );
}

/** One step. An order that is not answered is given up by a button that says so: what closes all others would have closed the warning with it at the second click. */
export function StepCard({
  step,
  cancel,
  giveUp,
  dismiss,
}: {
  step: Step;
  cancel: (order: Handed) => void;
  giveUp: (order: Handed) => void;
  dismiss: () => void;
}) {
  const { order } = step;
  return (
    <div className={`step ${step.state}`} role={step.state === "failed" ? "alert" : undefined} data-state={step.state}>
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
        {order && (
          <p className="quiet">
            {isKept(order)
              ? "A reload goes on with it."
              : "Stay on this page: this browser keeps nothing of it, so that a reload would not go on."}{" "}
            <button
              type="button"
              className="link"
              aria-label={`Cancel it on chain: ${step.title}`}
              onClick={() => cancel(order)}
            >
              Cancel it on chain
            </button>{" "}
            <button type="button" className="link" aria-label={`Give up: ${step.title}`} onClick={() => giveUp(order)}>
              Give up
            </button>
          </p>
        )}
      </div>
      {!order && (
        <button type="button" className="icon" aria-label={`Dismiss: ${step.title}`} onClick={dismiss}>
          ×
        </button>
      )}
    </div>
  );
}
