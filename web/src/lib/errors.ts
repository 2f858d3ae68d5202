import { errors as contractErrors } from "virtual:abis";
import { BaseError, decodeErrorResult, type Hex } from "viem";
import { ApiError } from "./api";
import { dollars, percent, price, time } from "./numbers";

type Values = readonly unknown[];
const big = (values: Values, at: number): bigint => BigInt(values[at] as bigint);

/** What a contract's error means to the person who met it. */
const sentences: Record<string, (values: Values) => string> = {
  MarginTooLow: (v) =>
    `After this the account would have an equity of ${dollars(big(v, 1))} and need ${dollars(big(v, 2))} of initial margin. Use a smaller amount, or deposit first.`,
  FloorTooLow: (v) =>
    `After this the account would be below the floor of ${dollars(big(v, 2))} that the chain keeps by itself. Use a smaller amount, or deposit first.`,
  CashTooLow: (v) =>
    `The attestation needs ${dollars(big(v, 2))} of cash and the account would have ${dollars(big(v, 1))}. Use a smaller amount.`,
  WithdrawalTooLarge: (v) => `Account ${v[0]} cannot withdraw that much of this token now. Use a smaller amount.`,
  BalanceTooLow: (v) =>
    `${v[0] === 0n ? "The shared pool" : `Account ${v[0]}`} holds less of this token than that. Use a smaller amount.`,
  NothingToClaim: () => "Nothing is held for this wallet any more: it was claimed a moment ago.",
  NotAuthorised: (v) => `Account ${v[0]} belongs to another wallet. Switch your wallet to its owner.`,
  AccountInLot: (v) => `Account ${v[0]} is being liquidated. Until the auction ends it can only receive deposits.`,
  AccountUnknown: (v) => `Account ${v[0]} was never opened.`,
  AmountInvalid: () => "The amount is zero or too large.",
  StateMismatch: () => "The account changed a moment ago. Try again; the page has the new state now.",
  Paused: () => "The guardian has paused trading. Deposits, reductions and withdrawals without positions go on.",
  MarketNotNormal: () => "This market only takes reductions at the moment, because its price feed is not in order.",
  PriceOutOfBand: (v) =>
    `The price of ${price(big(v, 1))} is further than ${percent(big(v, 3))} from the mark of ${price(big(v, 2))}.`,
  KindNotSupported: () => "This kind of instrument cannot be traded on chain yet.",
  OrderDone: () => "This order is filled or cancelled already.",
  OrderExpired: (v) => `The order expired at ${time(Number(v[2]))}.`,
  OrderOverfilled: () => "Less of the order is left than was asked for.",
  FeeTooHigh: () => "The fee is higher than the order allows.",
  CreditFeeTooHigh: (v) =>
    `Account ${v[0]} would pay ${dollars(big(v, 1))} for credit on attesters' word, and its orders leave ${dollars(big(v, 2))} for it. Settle it by computation, which costs no such fee.`,
  SelfTrade: () => "Both orders are of the same owner.",
  SignatureInvalid: () => "The signature does not belong to the signer. Sign again with the right wallet.",
  InGrace: (v) => `Bids are taken from ${time(Number(v[1]))}; until then the owner may still deposit.`,
  LotNotOpen: (v) => `Auction ${v[0]} has ended.`,
  FractionInvalid: (v) => `That part is below the least bid or more than the ${percent(big(v, 2))} that is left.`,
  PayTooHigh: (v) =>
    `The price is ${dollars(big(v, 1))} now, above the ${dollars(big(v, 2))} that you agreed to. Look at it again.`,
  NotLiquidatable: (v) =>
    `The account is healthy again: equity ${dollars(big(v, 1))}, requirement ${dollars(big(v, 2))}. Its auction can be ended.`,
  NotHealthy: (v) => `The account is not healthy yet: equity ${dollars(big(v, 1))}, requirement ${dollars(big(v, 2))}.`,
  BidderInLot: () => "The account you bid with is being liquidated itself.",
  ReliefTooSmall: () =>
    "This reduces too little: below the maintenance margin a trade must make the account clearly safer.",
  NotReducing: () => "This trade would not make the position smaller.",
  Drifted: () => "Prices have moved too far since the attestation. Try again; the next one is on its way.",
  AttestationExpired: () => "The attestation is too old. Try again with a newer one.",
  CheckpointTooOld: () => "Prices on chain are too old. Try again after the next checkpoint.",
  CheckpointTooSoon: (v) => `The next checkpoint can be taken at ${time(Number(v[1]))}.`,
  PositionsTooMany: () => "The account would hold more than 128 positions.",
  TransferInexact: () => "The token moved another amount than it was asked to, so the vault refused it.",
  SourceUnusable: () => "A price feed cannot be used at the moment.",
  ERC20InsufficientBalance: () => "Your wallet holds less of this token than that.",
  ERC20InsufficientAllowance: () => "The vault may not take that much of this token yet. Approve it first.",
};

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
    const values = (args ?? []) as Values;
    return (
      sentences[errorName]?.(values) ?? `The contract refused: ${words(errorName)} (${values.map(String).join(", ")}).`
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

/** One sentence for whatever went wrong: wallet, network, node, contract. */
export function explain(error: unknown): string {
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
      return "You declined this in your wallet. Nothing was sent.";
    if (code === 4100 || code === -32002)
      return "Your wallet is locked or waits for you. Open it, unlock it, and try again.";
    if (code === 4900 || code === 4901)
      return "Your wallet has lost its connection to the network. Check it and try again.";
    if (name === "ChainMismatchError" || name === "ConnectorChainMismatchError")
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
