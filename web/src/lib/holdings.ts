import type { Account, Breakdown } from "./api";
import { big, unitE8 } from "./numbers";
import { SETTLEMENT } from "./wallet";

/** Cash with the settlement token that the next operation sweeps into it. */
export function cashOf(account: Pick<Account, "cashE8" | "balances">, decimals: number): bigint {
  const held = account.balances.find((balance) => balance.token === SETTLEMENT);
  return big(account.cashE8) + big(held?.amountRaw) * unitE8(decimals);
}

/** What an account has beside cash: the settlement token is in that already, also in an auction, where nothing sweeps it. */
export const beside = (margin: Pick<Breakdown, "collaterals">): Breakdown["collaterals"] =>
  margin.collaterals.filter((row) => row.token !== SETTLEMENT);
