import { errors as contractErrors } from "virtual:abis";
import { sentences } from "../../../spec/refusals.json";
import { BaseError, decodeErrorResult, type Hex } from "viem";
import { ApiError } from "./api";
import { dollars, percent, price, time } from "./numbers";

/** What the forms of spec/refusals.json show. */
const forms: Record<string, (value: bigint) => string> = {
  "": String,
  money: (value) => dollars(value),
  price: (value) => price(value),
  percent: (value) => percent(value),
  time: (value) => time(Number(value)),
  holder: (value) => (value === 0n ? "the shared pool" : `account ${value}`),
};

/** The sentence of an error with its values; null when it has none. */
function sentence(name: string, values: readonly unknown[]): string | null {
  const template = (sentences as Record<string, string>)[name];
  if (template === undefined) return null;
  return template.replace(/\{(\d)(?::(\w+))?\}/g, (_, at: string, form: string | undefined) =>
    forms[form ?? ""]!(values[Number(at)] as bigint),
  );
}

const erc20Errors = [
  {
    type: "error",
    name: "ERC20InsufficientBalance",
    inputs: [
      { type: "address", name: "sender" },
      { type: "uint256", name: "balance" },
      { type: "uint256", name: "needed" },
    ],
  },
  {
    type: "error",
    name: "ERC20InsufficientAllowance",
    inputs: [
      { type: "address", name: "spender" },
      { type: "uint256", name: "allowance" },
      { type: "uint256", name: "needed" },
    ],
  },
] as const;

const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();

/** The sentence of a revert's data; null when it is none that a contract of the protocol gives. */
export function explainRevert(data: Hex): string | null {
  try {
    const { errorName, args } = decodeErrorResult({ abi: [...contractErrors, ...erc20Errors], data });
    const values = args ?? [];
    return (
      sentence(errorName, values) ?? `The contract refused: ${words(errorName)} (${values.map(String).join(", ")}).`
    );
  } catch {
    return null;
  }
}

/** Walks an error and what caused it, down to the wallet's own. */
function* chain(error: unknown): Generator<Record<string, unknown>> {
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0) {
    const next = queue.shift();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    yield next as Record<string, unknown>;
    const { cause, data, error: inner, originalError } = next as Record<string, unknown>;
    queue.push(cause, data, inner, originalError);
  }
}

/**
 * One sentence for whatever went wrong: wallet, network, node, contract.
 * @param hasSent Whether something was sent before it, an approval say.
 */
export function explain(error: unknown, hasSent = false): string {
  if (error instanceof ApiError) return error.message;
  for (const link of chain(error)) {
    for (const candidate of [link.data, link.raw]) {
      if (typeof candidate === "string" && /^0x[0-9a-f]{8}/i.test(candidate)) {
        const sentence = explainRevert(candidate as Hex);
        if (sentence) return sentence;
      }
    }
  }
  for (const link of chain(error)) {
    const { code, name } = link as { code?: unknown; name?: unknown };
    if (code === 4001 || name === "UserRejectedRequestError")
      return hasSent
        ? "You declined this in your wallet. What was sent before, an approval say, stands; nothing was sent after it."
        : "You declined this in your wallet. Nothing was sent.";
    if (code === 4100 || code === -32002)
      return "Your wallet is locked or waits for you. Open it, unlock it, and try again.";
    if (code === 4900) return "Your wallet has lost its connection to the network. Check it and try again.";
    if (code === 4901 || name === "ChainMismatchError" || name === "ConnectorChainMismatchError")
      return "Your wallet is on another network. Switch it and try again.";
    if (name === "InsufficientFundsError") return "Your wallet has too little ether for the transaction's gas.";
    if (name === "HttpRequestError" || name === "TimeoutError")
      return "The wallet's node does not answer. Check your connection or choose another node in the wallet.";
  }
  const text = error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error);
  const all = [text, ...[...chain(error)].flatMap((link) => [link.message, link.details, link.shortMessage])].join(
    "\n",
  );
  if (/failed to fetch|network ?error|ECONNREFUSED|node does not answer/i.test(all))
    return "The wallet's node does not answer. Check your connection or choose another node in the wallet.";
  if (/insufficient funds/i.test(all)) return "Your wallet has too little ether for the transaction's gas.";
  return text.split("\n")[0];
}
