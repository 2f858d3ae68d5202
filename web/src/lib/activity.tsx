import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { explain } from "./errors";
import { useKept, useSetting } from "./hooks";
import { waitFor, type Sent } from "./wallet";

export interface Step {
  id: number;
  title: string;
  state: "asking" | "mining" | "done" | "failed";
  /** The transaction that is waited for, or was last. */
  sent?: Sent;
  /** What is still to be done when that one is mined, told where the page that would have done it is gone. */
  rest?: string;
  detail: string;
}
export type Tell = (detail: string, sent?: Sent, rest?: string) => void;
interface Activity {
  steps: Step[];
  run: (title: string, work: (tell: Tell) => Promise<string>) => Promise<boolean>;
  /** Whether a step of that title has still to be answered by the wallet: its button rests, so that a double click is no second order. */
  isAsking: (title: string) => boolean;
  dismiss: (id: number) => void;
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

/** A step as a reload leaves it: what the wallet was only asked for is gone, but not what was done before it. */
function reloaded(step: Step): Step[] {
  if (step.state !== "asking") return [step];
  return step.rest ? [{ ...step, state: "failed", detail: step.rest }] : [];
}

/** What is under way and what came of it. A transaction that was sent is followed on after a reload. */
export function ActivityProvider({ children }: { children: ReactNode }) {
  const { config } = useSetting();
  const queries = useQueryClient();
  const [kept, keep] = useKept<Step[]>("steps", []);
  const [steps, setSteps] = useState<Step[]>(kept.flatMap(reloaded));
  const next = useRef(Math.max(0, ...kept.map((step) => step.id)) + 1);
  const followed = useRef(false);

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

  useEffect(() => keep(newest(steps)), [steps, keep]);
  useEffect(() => {
    if (followed.current) return;
    followed.current = true;
    for (const step of steps) {
      if (step.state === "mining" && step.sent)
        follow(step, step.sent).catch((error: unknown) => change(step.id, { state: "failed", detail: explain(error) }));
    }
  }, [steps, follow, change]);

  const isAsking = (title: string) => steps.some((step) => step.title === title && step.state === "asking");
  const run: Activity["run"] = async (title, work) => {
    const id = next.current++;
    setSteps((all) => newest([{ id, title, state: "asking", detail: "Look at your wallet." }, ...all]));
    try {
      const detail = await work((text, sent, rest) =>
        change(id, sent ? { detail: text, sent, rest, state: "mining" } : { detail: text, state: "asking" }),
      );
      change(id, { state: "done", detail });
      refresh();
      return true;
    } catch (error) {
      change(id, { state: "failed", detail: explain(error) });
      return false;
    }
  };

  return (
    <Context.Provider
      value={{ steps, run, isAsking, dismiss: (id) => setSteps((all) => all.filter((step) => step.id !== id)) }}
    >
      {children}
    </Context.Provider>
  );
}

const mark = { asking: "…", mining: "⧗", done: "✓", failed: "!" } as const;

export function ActivityList() {
  const { steps, dismiss } = useActivity();
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
          </div>
          <button type="button" className="icon" aria-label={`Dismiss: ${step.title}`} onClick={() => dismiss(step.id)}>
            ×
          </button>
        </div>
      ))}
    </section>
  );
}
