import { useQuery } from "@tanstack/react-query";
import { useConnection } from "wagmi";
import { useActivity } from "../lib/activity";
import type { Account } from "../lib/api";
import { cashOf, sharing } from "../lib/holdings";
import { FAST, useSetting } from "../lib/hooks";
import { ONE, decimal, dollars, percent, unitE8 } from "../lib/numbers";
import { calls, poolOf, send, waitFor } from "../lib/wallet";
import { Notice } from "../ui/Notice";

/** Read from the chain, by the person's own node: what is owed must not rest on the solver's word. */
function usePool() {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { data } = useQuery({
    queryKey: ["pool", address],
    queryFn: () => poolOf(config, deployment, address!),
    enabled: !!address,
    refetchInterval: FAST * 2,
  });
  return data;
}

/** While losses stand that nothing has paid: what cash is worth that is taken out now, before anybody moves any. */
export function LossNotice({ way, account }: { way: "Deposit" | "Withdraw" | "Move"; account: Account }) {
  const { deployment } = useSetting();
  const pool = usePool();
  if (!pool || pool.deficitE8 === 0n) return null;
  const symbol = deployment.tokens[0].symbol;
  const left = pool.creditE8 > pool.deficitE8 ? ((pool.creditE8 - pool.deficitE8) * ONE) / pool.creditE8 : 0n;
  return (
    <Notice isBad testId="deficit" sentence={<strong>There are losses that nothing has paid yet.</strong>}>
      They are {dollars(pool.deficitE8)}. Until fees or the insurance have paid them, withdrawals of {symbol} are paid
      about {percent(left)}; the rest is written down for you and comes back out of fees.{" "}
      {way === "Deposit"
        ? sharing(cashOf(account, deployment.tokens[0].decimals), symbol)
        : way === "Withdraw"
          ? "Other tokens are paid whole."
          : `So is ${symbol} of a move that leaves one account in debt, or pays off the debt of the other; all else moves whole.`}
    </Notice>
  );
}

/** What is owed to the connected wallet: rewards of started auctions, and what came back of losses. */
export function Held() {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const pool = usePool();
  const token = deployment.tokens[0];
  const unit = unitE8(token.decimals);
  if (!pool || (pool.heldE8 < unit && pool.lostE8 === 0n)) return null;
  const claim = () =>
    run(`Claim ${dollars(pool.heldE8)}`, async (tell) => {
      const sent = await send(config, calls.claim(deployment, address!));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return `${decimal(pool.heldE8 / unit, token.decimals, 6, 0)} ${token.symbol} are in your wallet.`;
    });
  return (
    <section className="card" aria-labelledby="held" data-testid="held">
      <h3 id="held">Held for your wallet</h3>
      <dl className="figures">
        <div>
          <dt>To claim now</dt>
          <dd>{dollars(pool.heldE8)}</dd>
        </div>
        {pool.lostE8 > 0n && (
          <div>
            <dt>Still to come back</dt>
            <dd>{dollars(pool.lostE8)}</dd>
          </div>
        )}
      </dl>
      {pool.heldE8 >= unit && (
        <button type="button" className="wide" onClick={() => void claim()}>
          Claim
        </button>
      )}
      <p className="quiet">
        Rewards for auctions that you started, and what fees gave back of losses that a withdrawal took.
      </p>
    </section>
  );
}
