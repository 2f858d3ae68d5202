import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useConnection } from "wagmi";
import { useActivity } from "../lib/activity";
import { api, type Account } from "../lib/api";
import { FAST, useKept, useSetting, useSettled } from "../lib/hooks";
import { big, decimal, dollars, parse, plain } from "../lib/numbers";
import { allowance, balanceOf, calls, send, signPermit, waitFor } from "../lib/wallet";
import { Choice, Field, Segments } from "../ui/Field";

const LOCAL_CHAIN = "31337";

export function Funds({ account }: { account: Account }) {
  const [way, setWay] = useKept<"Deposit" | "Withdraw">("funds", "Deposit");
  return (
    <div className="narrow">
      <Segments label="Way" value={way} options={["Deposit", "Withdraw"] as const} onChange={setWay} />
      {way === "Deposit" ? <Deposit account={account} /> : <Withdraw account={account} />}
    </div>
  );
}

function useToken() {
  const { deployment } = useSetting();
  const [index, setIndex] = useKept("token", "0");
  const token = deployment.tokens.find((one) => one.token === index) ?? deployment.tokens[0];
  const choice = (
    <Choice
      label="Token"
      value={token.token}
      options={deployment.tokens.map((one) => ({ value: one.token, text: one.symbol }))}
      onChange={setIndex}
    />
  );
  return { token, choice };
}

function Deposit({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const { token, choice } = useToken();
  const [text, setText] = useKept("deposit", "");
  const [isWrapping, setWrapping] = useState(false);
  const { data: held } = useQuery({
    queryKey: ["wallet", token.address, address],
    queryFn: () => balanceOf(config, token.address, address!),
    enabled: !!address,
    refetchInterval: FAST * 2,
  });
  const amount = parse(text, token.decimals);
  const isTooMuch = !isWrapping && amount !== null && held !== undefined && amount > held;
  const canWrap = token.symbol === "WETH";

  const deposit = () =>
    run(`Deposit ${text} ${token.symbol}`, async (tell) => {
      const raw = amount!;
      if (canWrap && isWrapping) {
        tell("First, wrap the ether: look at your wallet.");
        const hash = await send(config, calls.wrap(token.address, raw));
        tell("Waiting until the ether is wrapped.", hash);
        await waitFor(config, hash);
      }
      let call = calls.deposit(deployment, account.id, token.token, raw);
      if ((await allowance(config, deployment, token.address, address!)) < raw) {
        tell("Sign the permission for exactly this amount in your wallet.");
        const permit = await signPermit(config, deployment, token.address, raw);
        if (permit) call = calls.depositWithPermit(deployment, account.id, token.token, raw, permit);
        else {
          tell("This token needs an approval first: look at your wallet.");
          const hash = await send(config, calls.approve(deployment, token.address, raw));
          tell("Waiting for the approval.", hash);
          await waitFor(config, hash);
        }
      }
      tell("Now the deposit itself: look at your wallet.");
      const hash = await send(config, call);
      tell("Waiting for the block.", hash);
      await waitFor(config, hash);
      setText("");
      return `${text} ${token.symbol} count as collateral of account ${account.id}.`;
    });

  const mint = () =>
    run(`Mint test ${token.symbol}`, async (tell) => {
      const hash = await send(config, calls.mint(token.address, address!, 100_000n * 10n ** BigInt(token.decimals)));
      tell("Waiting for the block.", hash);
      await waitFor(config, hash);
      return `100,000 ${token.symbol} of this local chain are in your wallet.`;
    });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void deposit();
      }}
    >
      {choice}
      <Field
        label="Amount"
        value={text}
        onChange={setText}
        unit={token.symbol}
        error={
          text !== "" && amount === null
            ? `Write a number with at most ${token.decimals} decimals.`
            : isTooMuch
              ? `Your wallet holds ${decimal(held!, token.decimals, 6, 0)} ${token.symbol}.`
              : null
        }
        hint={held !== undefined ? `In your wallet: ${decimal(held, token.decimals, 6, 0)} ${token.symbol}` : undefined}
        action={
          held !== undefined && held > 0n ? (
            <button type="button" className="link" onClick={() => setText(plain(held, token.decimals))}>
              All
            </button>
          ) : undefined
        }
      />
      {canWrap && (
        <label className="check">
          <input type="checkbox" checked={isWrapping} onChange={(event) => setWrapping(event.target.checked)} /> Pay
          with ether, wrapped on the way
        </label>
      )}
      <button type="submit" className="primary wide" disabled={!amount || isTooMuch}>
        Deposit
      </button>
      {deployment.chainId === LOCAL_CHAIN && (
        <p className="quiet">
          On this local chain tokens are free:{" "}
          <button type="button" className="link" onClick={() => void mint()}>
            mint test {token.symbol}
          </button>
        </p>
      )}
      <p className="quiet">
        You permit the vault exactly this amount. Deposits are never paused, and they count at once.
      </p>
    </form>
  );
}

function Withdraw({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const { token, choice } = useToken();
  const [text, setText] = useKept("withdraw", "");
  const { data: most } = useQuery({
    queryKey: ["withdrawable", account.id, token.token, account.stateHash],
    queryFn: () => api.withdrawable(account.id, token.token),
    refetchInterval: FAST,
  });
  const amount = parse(text, token.decimals);
  const settled = useSettled(token.token === "0" && amount ? amount : 0n);
  const cashE8 = settled * 10n ** BigInt(8 - Math.min(8, token.decimals));
  const { data: after } = useQuery({
    queryKey: ["withdraw-what-if", account.id, account.stateHash, cashE8.toString()],
    queryFn: () => api.whatIf(account.id, { cashE8: (-cashE8).toString() }),
    enabled: cashE8 > 0n,
    refetchInterval: FAST * 2,
  });
  const largest = most && big(most.amountRaw);
  const isTooMuch = amount !== null && largest !== undefined && amount > largest;

  const withdraw = () =>
    run(`Withdraw ${text} ${token.symbol}`, async (tell) => {
      const fresh = await api.account(account.id);
      const hash = await send(config, calls.withdraw(deployment, fresh, token.token, amount!, address!));
      tell("Waiting for the block.", hash);
      await waitFor(config, hash);
      setText("");
      return `${text} ${token.symbol} are in your wallet.`;
    });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void withdraw();
      }}
    >
      {choice}
      <Field
        label="Amount"
        value={text}
        onChange={setText}
        unit={token.symbol}
        error={
          text !== "" && amount === null
            ? `Write a number with at most ${token.decimals} decimals.`
            : isTooMuch
              ? `At most ${decimal(largest!, token.decimals, 6, 0)} ${token.symbol} keep the initial margin now.`
              : null
        }
        hint={
          largest !== undefined ? (
            <span data-testid="withdrawable">
              Up to {decimal(largest, token.decimals, 6, 0)} {token.symbol} keep the initial margin
            </span>
          ) : (
            "Computing…"
          )
        }
        action={
          largest !== undefined && largest > 0n ? (
            <button type="button" className="link" onClick={() => setText(plain(largest, token.decimals))}>
              Most
            </button>
          ) : undefined
        }
      />
      {after && cashE8 > 0n && (
        <dl className="figures compare">
          <div>
            <dt>Equity after</dt>
            <dd>{dollars(after.after.figures.equityE8)}</dd>
          </div>
          <div>
            <dt>Initial margin after</dt>
            <dd>{dollars(after.after.figures.initialMarginE8)}</dd>
          </div>
        </dl>
      )}
      <button type="submit" className="primary wide" disabled={!amount}>
        Withdraw
      </button>
      <p className="quiet">
        Recent gains become withdrawable over the oracle's averaging window. More than your cash can be taken as a loan
        against collateral, at interest.
      </p>
    </form>
  );
}
