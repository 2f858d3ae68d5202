import { api, ApiError, isUnanswered, type Deployment, type Order, type SignedOrder } from "./api";
import { big, time } from "./numbers";
import { storage } from "./storage";
import { LOCAL_CHAIN } from "./wallet";

const PREFIX = "omargin-order-";
const PAUSE_MILLISECONDS = 2000;
const CLOCKS_APART_SECONDS = 60;

/** An order that was signed for the relay: the very same one is handed in until the relay answers, since a new one could be filled beside it. */
export interface Handed {
  title: string;
  clearinghouse: string;
  signed: SignedOrder;
}

const nameOf = ({ signed: { order } }: Handed): string => `${PREFIX}${order.account}-${order.nonce}`;

/** A key for each, so that two tabs lose none of each other's. A browser that keeps nothing hands in until the page is left. */
function keep(handed: Handed): void {
  storage.setItem(nameOf(handed), JSON.stringify(handed));
}

export const forget = (handed: Handed): void => storage.removeItem(nameOf(handed));

/** Whether a reload finds it. */
export const isKept = (handed: Handed): boolean => storage.getItem(nameOf(handed)) !== null;

/** Those that the relay had not answered when the page was left. */
export const keptOrders = (d: Deployment): Handed[] =>
  storage
    .keys(PREFIX)
    .flatMap((key) => readKept(storage.getItem(key)))
    .filter((handed) => handed.clearinghouse === d.contracts.clearinghouse);

/** Whether another tab still hands an order of an account in. */
export const waitsElsewhere = (d: Deployment, account: string, isHere: (handed: Handed) => boolean): boolean =>
  keptOrders(d).some((kept) => kept.signed.order.account === account && !isHere(kept) && !isExpired(kept));

function readKept(text: string | null): Handed[] {
  try {
    const handed = JSON.parse(text ?? "") as Handed | null;
    return handed?.signed?.order ? [handed] : [];
  } catch {
    return [];
  }
}

/** What may have become of an order that nobody hands in any more. */
export const unknown = ({ signed: { order } }: Handed): string =>
  `The relay has not answered: the order may rest there and be filled until ${time(order.expiry)}. Look at your orders and positions; cancelled on chain, nobody can fill it.`;

/**
 * Hands an order in until the relay answers or the order expires. The relay knows the very same order again, so that none is doubled by an answer that got lost.
 * One that it took, that is over and that it forgot, started anew meanwhile, is known by its nonce on chain: nobody can tell then how it ended, and it is null.
 * @param tell Told what is the matter while there is no answer.
 * @param isGivenUp Whether somebody gave it up meanwhile.
 */
export async function handIn(
  handed: Handed,
  tell: (detail: string) => void,
  isGivenUp: () => boolean,
  wasHandedIn = false,
): Promise<Order | null> {
  const { order } = handed.signed;
  keep(handed);
  for (let isKnown = wasHandedIn; ; isKnown = true) {
    try {
      const taken = await api.submit(handed.signed);
      forget(handed);
      return taken;
    } catch (error) {
      let reason = error;
      if (!isUnanswered(error)) {
        // What was taken and is over by now is refused as one that is used up.
        const taken = isKnown ? await api.order(order.account, order.nonce).catch((lost: unknown) => lost) : error;
        if (!isUnanswered(taken)) {
          forget(handed);
          if (!(taken instanceof Error)) return taken as Order;
          if (isKnown && (error as ApiError).isOver) return null;
          throw isKnown && isExpired(handed) ? new Error(unknown(handed)) : error;
        }
        reason = taken;
      }
      tell(
        `${(reason as ApiError).message} Whether it has taken the order is not known, so the same signed order is handed in again until it answers: that makes no second one.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    if (isGivenUp() || isExpired(handed)) {
      forget(handed);
      throw new Error(unknown(handed));
    }
  }
}

const isExpired = ({ signed: { order } }: Handed): boolean => Date.now() / 1000 > Number(order.expiry);

/** As many nonces as are given above a bound that is ahead of the clock: `omargin order cancel --all` goes as far beyond all that was given. */
const NONCE_ROOM = 300_000n;

/** A nonce that the chain takes: the clock's milliseconds, or what follows the account's bound, below which it fills nothing, where that is ahead of every clock. */
export const freshNonce = (minimum: bigint, clock = BigInt(Date.now())): bigint =>
  clock >= minimum ? clock : minimum + (clock % NONCE_ROOM);

/**
 * The bound above every nonce that was given so far, by a clock that is up to five minutes ahead.
 * @param chain The newest block's time in seconds: a clock that is behind it gives no bound above what others gave. Of the chain and not the solver, so that whoever trusts his relay no more needs nothing of it.
 */
export const boundAbove = (minimum: bigint, chain: number, clock = BigInt(Date.now())): bigint =>
  [minimum, clock, BigInt(chain) * 1000n].reduce((most, one) => (one > most ? one : most)) + NONCE_ROOM;

/** Whether the chain may fill an order that the relay will not fill: until it expires, whoever has it can bring it, unless its nonce is done. */
export const canStillFill = (order: Pick<Order, "status" | "expirySeconds">, now: number): boolean =>
  order.status !== "filled" && Number(order.expirySeconds) >= now;

/** How an order may be filled: in any way, only by who comes after it, or at once and whole. */
export type Filling = "any" | "rest" | "whole";

/** The fee that an order allows, for what, and the most of it: what only rests pays the fee for that and no more, what never rests that for taking, all else either. */
export const allowedFee = (
  filling: Filling,
  { makerFeeE8, takerFeeE8 }: Pick<Deployment["parameters"], "makerFeeE8" | "takerFeeE8">,
): { rateE8: string; is: "resting" | "taking" } =>
  filling === "rest" || (filling === "any" && big(makerFeeE8) > big(takerFeeE8))
    ? { rateE8: makerFeeE8, is: "resting" }
    : { rateE8: takerFeeE8, is: "taking" };

/** What became of an order that the relay has, or had. */
export const becameOf = (order: Order | null): string =>
  order === null
    ? "The order was taken already, and is over: it was filled or cancelled. Look at your positions before you place another."
    : order.status === "settling" || (order.status === "resting" && big(order.inFlightE8) > 0n)
      ? "The order found its match and is on its way into a block."
      : order.status === "resting"
        ? "The order rests in the book."
        : `The order is ${order.status}${order.reason ? `: ${order.reason}` : ""}.`;

/**
 * The time from which orders and rights are given theirs, in seconds: that of the chain and the solver, who judge them.
 * Where this computer's is another one of them is wrong, and what is signed would end when nobody thinks it does.
 */
export async function judgedTime(d: Deployment): Promise<number> {
  const judged = await api.clock();
  const apart = Math.abs(Date.now() / 1000 - judged);
  // The clock of a local chain goes as whoever runs it wants.
  if (apart > CLOCKS_APART_SECONDS && d.chainId !== LOCAL_CHAIN)
    throw new Error(
      `This computer's clock and the solver's are ${Math.round(apart / 60)} minutes apart, so what you sign would end at another time than you think. Nothing was signed or sent; set this computer's clock, or look at who runs the solver.`,
    );
  return judged;
}
