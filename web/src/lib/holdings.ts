import type { Account, Breakdown } from "./api";
import { big, dollars, unitE8 } from "./numbers";
import { SETTLEMENT } from "./wallet";

/** Cash with the settlement token that the next operation sweeps into it. */
export function cashOf(account: Pick<Account, "cashE8" | "balances">, decimals: number): bigint {
  const held = account.balances.find((balance) => balance.token === SETTLEMENT);
  return big(account.cashE8) + big(held?.amountRaw) * unitE8(decimals);
}

/** By how much a debt grows when an amount goes out of cash: a loan at interest, which the chain gives without asking. */
export const loanE8 = (cash: bigint, amount: bigint): bigint => {
  const own = cash > 0n ? cash : 0n;
  return amount > own ? amount - own : 0n;
};

/** Why a withdrawal is not sent that would borrow what nobody ticked; null where it may be. What was ticked may have grown by interest of a hundredth. */
export const unticked = (nowE8: bigint, tickedE8: bigint): string | null =>
  nowE8 <= tickedE8 + tickedE8 / 100n
    ? null
    : `This would borrow ${dollars(nowE8)} now, and ${tickedE8 === 0n ? "no loan" : `a loan of ${dollars(tickedE8)}`} was ticked. Nothing was sent; look at the account again.`;

/** What a deposit of the settlement token has to do with losses that nothing has paid: what pays off a debt shares none of them. */
export const sharing = (cash: bigint, symbol: string): string =>
  cash < 0n
    ? `Of ${symbol} that you deposit now the first ${dollars(-cash)} pay off the debt of this account and share nothing of it; what is above that does. Other tokens do not.`
    : `${symbol} that you deposit now shares in this; other tokens do not.`;

/** What an account has beside cash: the settlement token is in that already, also in an auction, where nothing sweeps it. */
export const beside = (margin: Pick<Breakdown, "collaterals">): Breakdown["collaterals"] =>
  margin.collaterals.filter((row) => row.token !== SETTLEMENT);
