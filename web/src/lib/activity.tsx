import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { Hex } from "viem";
import { explain } from "./errors";
import { useKept, useSetting } from "./hooks";
import { waitFor } from "./wallet";

export interface Step {
  id: number;
  title: string;
  state: "asking" | "mining" | "done" | "failed";
  hash?: Hex;
  detail: string;
}
interface Activity {
  steps: Step[];
  run: (title: string, work: (tell: (detail: string, hash?: Hex) => void) => Promise<string>) => Promise<boolean>;
  dismiss: (id: number) => void;
}

const Context = createContext<Activity | null>(null);
export function useActivity(): Activity {
  const activity = useContext(Context);
  if (!activity) throw new Error("No activity around.");
  return activity;
}

const KEPT = 6;

/** What is under way and what came of it. A transaction that was sent is followed on after a reload. */
export function ActivityProvider({ children }: { children: ReactNode }) {
  const { config } = useSetting();
  const queries = useQueryClient();
  const [kept, keep] = useKept<Step[]>("activity", []);
  const [steps, setSteps] = useState<Step[]>(kept.filter((step) => step.state !== "asking"));
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
    async (id: number, hash: Hex) => {
      await waitFor(config, hash);
      change(id, { state: "done" });
      refresh();
    },
    [config, change, refresh],
  );

  useEffect(() => keep(steps.slice(0, KEPT)), [steps, keep]);
  useEffect(() => {
    if (followed.current) return;
    followed.current = true;
    for (const step of steps) {
      if (step.state === "mining" && step.hash) {
        follow(step.id, step.hash)
          .then(() => change(step.id, { detail: "Done." }))
          .catch((error: unknown) => change(step.id, { state: "failed", detail: explain(error) }));
      }
    }
  }, [steps, follow, change]);

  const run: Activity["run"] = async (title, work) => {
    const id = next.current++;
    setSteps((all) =>
      [{ id, title, state: "asking", detail: "Look at your wallet." } satisfies Step, ...all].slice(0, KEPT),
    );
    try {
      const detail = await work((text, hash) =>
        change(id, { detail: text, ...(hash ? { hash, state: "mining" } : {}) }),
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
    <Context.Provider value={{ steps, run, dismiss: (id) => setSteps((all) => all.filter((step) => step.id !== id)) }}>
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
            {step.hash && step.state === "mining" && (
              <p className="quiet">You can leave this page; it goes on. {step.hash.slice(0, 14)}…</p>
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
