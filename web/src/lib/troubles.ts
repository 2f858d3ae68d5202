import type { Deployment, Ready } from "./api";
import { big } from "./numbers";

/** What is wrong with what the solver says, and whether the figures on the page are old for it. */
export interface Trouble {
  /** The same as long as it goes on: it is said aloud when it changes. */
  sentence: string;
  /** What changes meanwhile. */
  figures?: string;
  isOld: boolean;
}

/** How many blocks an index may be behind without a word: it reads a block a moment after the node has it. */
const USUAL_LAG = 3n;
/** How many times the usual time between two blocks the newest may be old. */
const PATIENCE = 10;
const USUAL_BLOCK_SECONDS = 12;

export const SILENT: Trouble = {
  sentence:
    "For more than ten seconds the solver has not answered all that is shown here, so what you see is old. This page goes on by itself as soon as it does.",
  isOld: true,
};

/** What the solver says of itself. */
export function troublesOf(ready: Ready, deployment: Pick<Deployment, "isPaused">): Trouble[] {
  const troubles: Trouble[] = [];
  const failing = ready.roles.filter((role) => !role.isWell);
  const others = failing.filter((role) => role.name !== "indexer");
  if (others.length < failing.length)
    troubles.push({
      sentence:
        "The solver cannot reach its Ethereum node, so what you see may be old. It goes on by itself as soon as the node is back.",
      isOld: true,
    });
  else if (ready.block === null || ready.chainHead === null)
    troubles.push({
      sentence: "The solver has not read the chain yet. It goes on by itself; figures come as soon as it has.",
      isOld: true,
    });
  else if (big(ready.chainHead) - big(ready.block) > USUAL_LAG)
    troubles.push({
      sentence: "The solver is still reading the chain, so what you see is old. It goes on by itself.",
      figures: `It is at block ${ready.block} of ${ready.chainHead}.`,
      isOld: true,
    });
  else if (ready.status !== "ready" && failing.length === 0 && ready.block === ready.chainHead)
    troubles.push({
      sentence: "The solver cannot take in what the chain did, so what you see is old.",
      figures: `It stands at block ${ready.block}.`,
      isOld: true,
    });
  if (others.length > 0)
    troubles.push({
      sentence: `The solver's ${others.map((role) => role.name).join(", ")} has trouble:`,
      figures: others[0]!.failure,
      isOld: false,
    });
  if (deployment.isPaused)
    troubles.push({
      sentence:
        "The guardian has paused trading: positions can only be made smaller, nothing moves between accounts, and only accounts without positions and debts withdraw. Deposits and liquidations go on.",
      isOld: false,
    });
  return troubles;
}

/**
 * Whether the newest block is old for this chain. The blocks of a local one come when somebody sends something: there is nothing usual about them.
 * @param usual The time between two blocks as it was seen; 0 before the second.
 */
export const standstill = (ageSeconds: number, usual: number): Trouble[] =>
  ageSeconds > PATIENCE * Math.max(usual, USUAL_BLOCK_SECONDS)
    ? [
        {
          sentence:
            "The newest block that the solver knows is long past, so what you see is old: its node has stopped, or the chain has. If other pages show newer prices at the same block, this computer's clock is ahead.",
          figures: `It is ${Math.floor(ageSeconds / 60)} minutes old.`,
          isOld: true,
        },
      ]
    : [];
