import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useConnection } from "wagmi";
import { useActivity, type Tell } from "../lib/activity";
import { api, type Account, type Asker, type MoveRequest, type OperationProof, type Token } from "../lib/api";
import { FAST, useAccount, useAccountsOf, useKept, useSetting, useSettled } from "../lib/hooks";
import { cashOf, loanE8, unticked } from "../lib/holdings";
import { big, decimal, dollars, isNumber, parse, percent, plain, size, unitE8, wanted } from "../lib/numbers";
import {
  allowance,
  balanceOf,
  calls,
  depositedIn,
  engagedIn,
  PROOF_COMPUTED,
  isAccepted,
  loanRateE8,
  LOCAL_CHAIN,
  SETTLEMENT,
  paidIn,
  roomOf,
  send,
  signPermit,
  signProofRequest,
  waitFor,
  type Call,
  type Config,
  type Proof,
  type Sent,
  type Unit,
} from "../lib/wallet";
import { Choice, Field, Segments } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { givenTo, isOwnedBy, MOVES } from "./Access";
import { Held, LossNotice } from "./Losses";

export function Funds({ account }: { account: Account }) {
  const { address } = useConnection();
  const [kept, setWay] = useKept<"Deposit" | "Withdraw" | "Move">("funds", "Deposit");
  // Nobody but the owner withdraws; a delegate moves where the owner lets him.
  const ways = isOwnedBy(account, address)
    ? (["Deposit", "Withdraw", "Move"] as const)
    : ((givenTo(account, address)?.rights ?? 0) & MOVES) !== 0
      ? (["Deposit", "Move"] as const)
      : (["Deposit"] as const);
  const way = ways.find((one) => one === kept) ?? "Deposit";
  return (
    <div className="narrow">
      <Segments label="Way" value={way} options={ways} onChange={setWay} />
      <LossNotice way={way} account={account} />
      {way === "Deposit" ? (
        <Deposit account={account} />
      ) : way === "Withdraw" ? (
        <Withdraw account={account} />
      ) : (
        <Move account={account} />
      )}
      <Idle account={account} />
      <Held />
    </div>
  );
}

/** How much more of a token would count now; read from the chain, like all that says where money goes. */
function useRoom(token: Unit) {
  const { deployment, config } = useSetting();
  const { data } = useQuery({
    queryKey: ["room", token.token],
    queryFn: () => roomOf(config, deployment, token),
    refetchInterval: FAST * 2,
  });
  return data;
}

const amountOf = (raw: bigint, token: Unit): string =>
  `${decimal(raw, token.decimals, token.decimals, 0)} ${token.symbol}`;

interface Panel {
  /** What the button says: what is done, and to which account, so that none takes the place of another unseen. */
  verb: string;
  where: string;
  /** The step that the button begins. */
  title: string;
  token: Token;
  choose: (token: string) => void;
  text: string;
  setText: (text: string) => void;
  amount: bigint | null;
  /** The amount as it was understood, with the token. */
  said: string;
  /** The most that makes sense now; undefined while it is not known. */
  most: bigint | undefined;
  tooMuch: (most: string) => string;
  hint: ReactNode;
  all: string;
  /** Whether more than the most may be sent all the same, so that the chain says why not. */
  isMostAdvice?: boolean;
  /** Whether there is something to do without an amount. */
  isReady?: boolean;
  /** Whether something else must be ticked before it can be sent. */
  isHeldBack?: boolean;
  before?: ReactNode;
  submit: () => void;
  /** What is above the button: it comes with what is typed, and does not change its height by itself. */
  children?: ReactNode;
  /** What is told when it is known: below, so that the button stays where it is while somebody presses it. */
  after?: ReactNode;
}

/** A token, an amount of it, what is wrong with it, and the button: all that depositing, withdrawing and moving have in common. */
function AmountPanel(panel: Panel) {
  const { deployment } = useSetting();
  const { isAsking } = useActivity();
  const { token, amount, text, most } = panel;
  const isTooMuch = amount !== null && most !== undefined && amount > most;
  const shown = (raw: bigint) => `${decimal(raw, token.decimals, 6, 0)} ${token.symbol}`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        panel.submit();
      }}
    >
      {panel.before}
      <Choice
        label="Token"
        value={token.token}
        options={deployment.tokens.map((one) => ({ value: one.token, text: one.symbol }))}
        onChange={panel.choose}
      />
      <Field
        label="Amount"
        value={text}
        onChange={panel.setText}
        unit={token.symbol}
        error={text !== "" && amount === null ? wanted(token.decimals) : isTooMuch ? panel.tooMuch(shown(most)) : null}
        hint={panel.hint}
        action={
          most !== undefined && most > 0n ? (
            <button type="button" className="link" onClick={() => panel.setText(plain(most, token.decimals))}>
              {panel.all}
            </button>
          ) : undefined
        }
      />
      {panel.children}
      <button
        type="submit"
        className="primary wide"
        disabled={
          (!amount && !(panel.isReady && text === "")) ||
          (isTooMuch && !panel.isMostAdvice) ||
          panel.isHeldBack ||
          isAsking(panel.title)
        }
      >
        {panel.verb} {amount ? panel.said : ""} {panel.where}
      </button>
      {panel.after}
    </form>
  );
}

function useAmount(way: string) {
  const { deployment } = useSetting();
  const [index, choose] = useKept("token", "0");
  const token = deployment.tokens.find((one) => one.token === index) ?? deployment.tokens[0];
  const [text, setText] = useKept(way, "");
  const amount = parse(text, token.decimals);
  return { token, choose, text, setText, amount, said: amountOf(amount ?? 0n, token) };
}

/** What the account has above caps: it backs nothing, and can be made to count where there is room, or be taken out. */
function Idle({ account }: { account: Account }) {
  if (account.idle.length === 0) return null;
  return (
    <section className="card" aria-labelledby="idle" data-testid="idle">
      <h3 id="idle">Idle</h3>
      <ul className="list">
        {account.idle.map((one) => (
          <IdleToken key={one.token} account={account} token={one} amount={big(one.amountRaw)} />
        ))}
      </ul>
      <p className="quiet">
        Only so much of a token counts in all accounts together. What lies above counts for nothing and can be taken out
        at any time.
      </p>
    </section>
  );
}

function IdleToken({ account, token, amount }: { account: Account; token: Unit; amount: bigint }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const room = useRoom(token);
  const said = amountOf(amount, token);
  const engage = () =>
    run(`Engage ${token.symbol}`, async (tell) => {
      const sent = await send(config, calls.engage(deployment, account.id, token.token));
      tell("Waiting for the block.", sent);
      const counted = engagedIn(deployment, await waitFor(config, sent));
      return counted === 0n
        ? `Nothing of it counts yet, for want of room below the cap or of a market that is not halted: ${said} go on lying idle.`
        : `${amountOf(counted, token)} count as collateral of account ${account.id}.`;
    });
  const takeOut = () =>
    run(`Take out ${said}`, async (tell) => {
      const sent = await send(config, calls.withdrawIdle(deployment, account.id, token.token, amount, address!));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return `${said} are in your wallet.`;
    });
  return (
    <li>
      <div>
        <strong>{said}</strong>
        <p className="quiet">
          {!room
            ? room === undefined
              ? "Asking the chain for the room below the cap…"
              : "There is no room below the cap now, or its market is halted."
            : `There is room for ${amountOf(room < amount ? room : amount, token)}.`}
        </p>
      </div>
      <div className="row">
        <button
          type="button"
          className="ghost"
          aria-label={`Engage ${token.symbol}`}
          disabled={!room}
          onClick={() => void engage()}
        >
          Engage
        </button>
        {isOwnedBy(account, address) && (
          <button type="button" className="ghost" aria-label={`Take out ${said}`} onClick={() => void takeOut()}>
            Take out
          </button>
        )}
      </div>
    </li>
  );
}

function useWithdrawable(account: Account, token: Token) {
  const { data } = useQuery({
    queryKey: ["withdrawable", account.id, token.token, account.stateHash],
    queryFn: () => api.withdrawable(account.id, token.token),
    refetchInterval: FAST,
  });
  return { most: data && big(data.amountRaw), reason: data?.reason ?? null };
}

function Deposit({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const entered = useAmount("deposit");
  const { token, setText, amount, said } = entered;
  const [isWrapping, setWrapping] = useState(false);
  const [given, setGiven] = useState<string | null>(null);
  const isForOwner = isOwnedBy(account, address);
  const room = useRoom(token);
  const { data: held } = useQuery({
    queryKey: ["wallet", token.address, address],
    queryFn: () => balanceOf(config, token.address, address!),
    enabled: !!address,
    refetchInterval: FAST * 2,
  });
  const isEther = token.wrapsEther && isWrapping;

  const approve = async (tell: Tell, permitted: bigint, raw: bigint) => {
    const wanted = calls.approve(deployment, token.address, raw);
    const rest = `What comes next may be open in your wallet: look there first. Where it is not, and no deposit is under way, deposit ${said} once more.`;
    // Some tokens change an approval only from nothing.
    if (permitted > 0n && !(await isAccepted(config, wanted))) {
      tell("This token wants its old approval taken back first: look at your wallet.");
      const sent = await send(config, calls.approve(deployment, token.address, 0n));
      tell("Waiting until the old approval is taken back.", sent, rest);
      await waitFor(config, sent);
    }
    tell("This token needs an approval first: look at your wallet.");
    const sent = await send(config, wanted);
    tell("Waiting for the approval.", sent, `The approval is in. ${rest}`);
    await waitFor(config, sent);
  };

  const title = `Deposit ${said}`;
  const deposit = () =>
    run(title, async (tell) => {
      const raw = amount!;
      let call = calls.deposit(deployment, account, token.token, raw);
      if (isEther) call = calls.depositEther(deployment, account, token.token, raw);
      else {
        const permitted = await allowance(config, deployment, token.address, address!);
        if (permitted < raw) {
          tell("Sign the permission for exactly this amount in your wallet.");
          const permit = await signPermit(config, deployment, token.address, raw);
          if (permit) call = calls.depositWithPermit(deployment, account, token.token, raw, permit);
          else await approve(tell, permitted, raw);
        }
      }
      tell("Now the deposit itself: look at your wallet.");
      const sent = await send(config, call);
      tell("Waiting for the block.", sent);
      const { counted, idle } = depositedIn(deployment, await waitFor(config, sent));
      setText("");
      const counts = `${amountOf(counted, token)} count as collateral of account ${account.id}.`;
      return idle === 0n
        ? counts
        : `${counted > 0n ? counts : `Nothing of it counts.`} ${amountOf(idle, token)} lie idle and count for nothing, above the cap of ${token.symbol} or while its market is halted; take them out below whenever you like.`;
    });

  const mint = () =>
    run(`Mint test ${token.symbol}`, async (tell) => {
      const sent = await send(config, calls.mint(token.address, address!, 100_000n * 10n ** BigInt(token.decimals)));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return `100,000 ${token.symbol} of this local chain are in your wallet.`;
    });

  return (
    <>
      <AmountPanel
        {...entered}
        verb="Deposit"
        where={`into account ${account.id}`}
        title={title}
        most={isEther ? undefined : held}
        tooMuch={(most) => `Your wallet holds ${most}.`}
        hint={held !== undefined ? `In your wallet: ${decimal(held, token.decimals, 6, 0)} ${token.symbol}` : undefined}
        all="All"
        isHeldBack={!isForOwner && given !== account.id}
        submit={() => void deposit()}
      >
        {amount !== null && typeof room === "bigint" && amount > room && (
          <Notice
            testId="cap"
            sentence={
              room === 0n
                ? `${token.symbol} is at its cap, or its market is halted: nothing of this would count now.`
                : `${token.symbol} is near its cap: not all of this would count now.`
            }
          >
            {room > 0n && `Only ${amountOf(room, token)} would.`} The rest lies idle, backs nothing, and can be taken
            out at any time.
          </Notice>
        )}
        {!isForOwner && (
          <label className="notice check" data-testid="gift">
            <input
              type="checkbox"
              checked={given === account.id}
              onChange={(event) => setGiven(event.target.checked ? account.id : null)}
            />{" "}
            <span>
              Account {account.id} belongs to <code>{account.owner}</code>; only they can take this out.
            </span>
          </label>
        )}
        {token.wrapsEther && (
          <label className="check">
            <input type="checkbox" checked={isWrapping} onChange={(event) => setWrapping(event.target.checked)} /> Pay
            with ether, wrapped on the way
          </label>
        )}
      </AmountPanel>
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
    </>
  );
}

/** Sends an operation by the proofs that a solver offers. A solver or attesters that are silent, or that the chain does not believe, stop nothing: it computes then. */
async function sendProved(
  config: Config,
  operation: (proofs: Proof[]) => Call,
  computed: Proof[],
  offered: Promise<OperationProof>,
): Promise<Sent> {
  const best: Proof[] = await offered.then(
    (found) => found.accounts,
    () => computed,
  );
  const isTaken = best.some((one) => one.kind !== PROOF_COMPUTED.kind) && (await isAccepted(config, operation(best)));
  return send(config, operation(isTaken ? best : computed));
}

/** Which proof an operation would be sent with, what it costs and saves, in one line. */
function ProofLine({ proof, ask }: { proof: OperationProof; ask: () => void }) {
  const saved = proof.gas && proof.computedGas ? Number(proof.computedGas) - Number(proof.gas) : 0;
  return (
    <p className="quiet" data-testid="proof">
      {proof.accounts.length === 1
        ? proof.accounts[0]!.sentence
        : proof.accounts.map((one) => `Account ${one.account}: ${one.sentence}`).join(" ")}
      {saved > 0 && ` It takes ${saved.toLocaleString("en-US")} gas less than computing.`}
      {proof.isAskable && (
        <>
          {" "}
          <button type="button" className="link" onClick={ask}>
            Ask them (a free signature{proof.accounts.length > 1 ? " for each account" : ""})
          </button>
        </>
      )}
    </p>
  );
}

function Withdraw({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const entered = useAmount("withdraw");
  const { token, setText, amount, said } = entered;
  const { most, reason } = useWithdrawable(account, token);
  const cash = cashOf(account, token.decimals);
  const loan = token.token === SETTLEMENT && amount ? loanE8(cash, amount * unitE8(token.decimals)) : 0n;
  const { data: rate } = useQuery({
    queryKey: ["loan-rate", account.id, account.stateHash, loan.toString()],
    queryFn: () => loanRateE8(config, deployment, loan, cash),
    enabled: loan > 0n,
    placeholderData: (before) => before,
  });
  // Ticked for this amount of this account: another amount is another loan.
  const wish = `${account.id} ${amount}`;
  const [borrowed, borrow] = useState<string | null>(null);
  const isBorrowing = borrowed === wish;
  const settled = useSettled(token.token === SETTLEMENT && amount ? amount : 0n);
  const cashE8 = settled * unitE8(token.decimals);
  const asked = useSettled(amount ?? 0n);
  const [asker, setAsker] = useState<{ account: string; by: Asker } | null>(null);
  const by = asker?.account === account.id ? asker.by : null;
  const { data: proof } = useQuery({
    queryKey: ["withdrawal-proof", account.id, account.stateHash, token.token, asked.toString(), by?.signature],
    queryFn: () => api.withdrawalProof(account.id, token.token, asked, by),
    enabled: asked > 0n,
    retry: false,
  });
  const { data: after } = useQuery({
    queryKey: ["withdraw-what-if", account.id, account.stateHash, cashE8.toString()],
    queryFn: () => api.whatIf(account.id, { cashE8: (-cashE8).toString() }),
    enabled: cashE8 > 0n,
    refetchInterval: FAST * 2,
  });

  const title = `Withdraw ${said}`;
  const withdraw = () =>
    run(title, async (tell) => {
      const fresh = await api.account(account.id);
      // The account may have become another one since it was shown, by this withdrawal sent from another tab, say.
      if (token.token === SETTLEMENT) {
        const now = loanE8(cashOf(fresh, token.decimals), amount! * unitE8(token.decimals));
        const refusal = unticked(now, isBorrowing ? loan : 0n);
        if (refusal !== null) throw new Error(refusal);
      }
      const sent = await sendProved(
        config,
        ([shown]) => calls.withdraw(deployment, fresh, token.token, amount!, address!, shown!),
        [PROOF_COMPUTED],
        api.withdrawalProof(account.id, token.token, amount!, by),
      );
      tell("Waiting for the block.", sent);
      const paid = paidIn(deployment, await waitFor(config, sent));
      setText("");
      return paid === amount
        ? `${said} are in your wallet.`
        : `${amountOf(paid, token)} of ${said} are in your wallet; ${amountOf(amount! - paid, token)} were written down for losses that nothing has paid yet, and come back out of fees.`;
    });

  return (
    <>
      <AmountPanel
        {...entered}
        verb="Withdraw"
        where={`from account ${account.id}`}
        title={title}
        most={most}
        tooMuch={(shown) => reason ?? `At most ${shown} keep the initial margin and the floor now.`}
        isMostAdvice
        isHeldBack={loan > 0n && !isBorrowing}
        hint={
          most !== undefined ? (
            <span data-testid="withdrawable">
              Up to {decimal(most, token.decimals, 6, 0)} {token.symbol}{" "}
              {reason === null ? "keep the initial margin and the floor" : `can be taken out. ${reason}`}
            </span>
          ) : (
            "Computing…"
          )
        }
        all="Most"
        submit={() => void withdraw()}
        after={
          proof &&
          asked > 0n &&
          asked === amount && (
            <ProofLine
              proof={proof}
              ask={() =>
                void run("Ask the attesters", async (tell) => {
                  tell("Sign the request in your wallet: it moves nothing.");
                  setAsker({ account: account.id, by: await signProofRequest(config, deployment, account.id) });
                  return `Attesters may work for account ${account.id} for an hour.`;
                })
              }
            />
          )
        }
      >
        {loan > 0n && (
          <label className="notice check" data-testid="loan">
            <input
              type="checkbox"
              checked={isBorrowing}
              onChange={(event) => borrow(event.target.checked ? wish : null)}
            />{" "}
            <span>
              This borrows {dollars(loan)} against collateral, at about {rate === undefined ? "…" : percent(rate, 2)} a
              year as it stands{cash > 0n ? `; the cash is ${dollars(cash)}` : ""}.
            </span>
          </label>
        )}
        {token.token === SETTLEMENT && amount && (
          <dl className="figures compare">
            <div>
              <dt>Equity after</dt>
              <dd>{settled === amount && after ? dollars(after.after.figures.equityE8) : "…"}</dd>
            </div>
            <div>
              <dt>Initial margin after</dt>
              <dd>{settled === amount && after ? dollars(after.after.figures.initialMarginE8) : "…"}</dd>
            </div>
          </dl>
        )}
      </AmountPanel>
      <p className="quiet">
        Recent gains become withdrawable over the oracle's averaging window. Attesters' word takes the place of the
        chain's computation where that is cheaper; the fee on credit,{" "}
        {percent(big(deployment.parameters.creditFeeE8), 3)} of what is taken on their word, is told before you send.
      </p>
    </>
  );
}

/** From this account to another of the same owner: a token, whole positions with what they cost, or both at once. */
function Move({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { run } = useActivity();
  const { data: siblings } = useAccountsOf(account.owner);
  const others = (siblings?.items ?? []).filter((one) => one.id !== account.id);
  const [chosen, choose] = useKept("move-to", "");
  // Of a list that goes on any other is named: nobody's accounts crowd out one's own.
  const [number, setNumber] = useState("");
  const { data: named } = useAccount(siblings?.next && isNumber(number) ? number : null);
  const isNamed = named?.id === number && named.id !== account.id && isOwnedBy(named, account.owner);
  const to = (isNamed ? named : undefined) ?? others.find((one) => one.id === chosen) ?? others[0];
  const isNobody = number !== "" && !isNamed;
  const entered = useAmount("move");
  const { token, setText, amount, said } = entered;
  const { most, reason } = useWithdrawable(account, token);
  const [picked, pick] = useState<string[]>([]);
  const moved = account.positions.filter((one) => picked.includes(one.instrument));
  const request = {
    to: Number(to?.id),
    token: Number(token.token),
    amountRaw: (amount ?? 0n).toString(),
    instruments: moved.map((one) => one.instrument),
  };
  const wish = JSON.stringify(request);
  const asked = useSettled(wish);
  const [askers, setAskers] = useState<{ accounts: string; by: Asker[] } | null>(null);
  const by = askers?.accounts === `${account.id} ${to?.id}` ? askers.by : [];
  const isSomething = !!amount || moved.length > 0;
  const { data: proof } = useQuery({
    queryKey: ["move-proofs", account.id, account.stateHash, to?.stateHash, asked, by[0]?.signature],
    queryFn: () => api.moveProofs(account.id, JSON.parse(asked) as MoveRequest, by),
    enabled: !!to && isSomething,
    retry: false,
  });
  if (!to)
    return (
      <p className="quiet">
        You have no other account. Open another one above, and you can move collateral and positions between the two.
      </p>
    );

  const what = [amount ? said : "", ...moved.map((one) => one.name)].filter(Boolean).join(", ");
  const title = `Move ${what} to account ${to.id}`;
  const move = () =>
    run(title, async (tell) => {
      const [from, into] = await Promise.all([api.account(account.id), api.account(to.id)]);
      tell("Look at your wallet. Both accounts must keep their initial margin and the floor.");
      const sent = await sendProved(
        config,
        (shown) => calls.move(deployment, from, into, token.token, amount ?? 0n, request.instruments, shown),
        [PROOF_COMPUTED, PROOF_COMPUTED],
        api.moveProofs(account.id, request, by),
      );
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      setText("");
      pick([]);
      return `${what} ${moved.length + (amount ? 1 : 0) > 1 ? "are" : "is"} in account ${to.id}.`;
    });

  return (
    <>
      <AmountPanel
        {...entered}
        verb="Move"
        where={`from account ${account.id} to ${to.id}`}
        title={title}
        most={most}
        tooMuch={(shown) =>
          reason ??
          `At most ${shown} keep the initial margin and the floor of this account now, unless positions go along.`
        }
        isMostAdvice
        hint={
          most === undefined
            ? "Computing…"
            : `Up to ${decimal(most, token.decimals, 6, 0)} ${token.symbol} are free${reason === null ? "" : `. ${reason}`}`
        }
        all="Most"
        isReady={moved.length > 0}
        isHeldBack={isNobody}
        before={
          <>
            <Choice
              label="To account"
              value={to.id}
              options={(others.includes(to) ? others : [...others, to]).map((one) => ({ value: one.id, text: one.id }))}
              onChange={(next) => {
                setNumber("");
                choose(next);
              }}
            />
            {siblings?.next && (
              <Field
                label="Or another of yours, by its number"
                value={number}
                onChange={(text) => setNumber(text.trim())}
                isText
                placeholder="none"
                error={isNobody ? "Write the number of another account of the same owner." : null}
              />
            )}
          </>
        }
        submit={() => void move()}
        after={
          proof &&
          isSomething &&
          asked === wish && (
            <ProofLine
              proof={proof}
              ask={() =>
                void run("Ask the attesters", async (tell) => {
                  tell("Sign the requests in your wallet, one for each account: they move nothing.");
                  const first = await signProofRequest(config, deployment, account.id);
                  const second = await signProofRequest(config, deployment, to.id);
                  setAskers({ accounts: `${account.id} ${to.id}`, by: [first, second] });
                  return `Attesters may work for accounts ${account.id} and ${to.id} for an hour.`;
                })
              }
            />
          )
        }
      >
        {account.positions.length > 0 && (
          <fieldset className="checks">
            <legend>Positions that go along, whole</legend>
            {account.positions.map((one) => (
              <label key={one.instrument} className="check">
                <input
                  type="checkbox"
                  checked={picked.includes(one.instrument)}
                  onChange={(event) =>
                    pick(
                      event.target.checked
                        ? [...picked, one.instrument]
                        : picked.filter((other) => other !== one.instrument),
                    )
                  }
                />{" "}
                {size(one.sizeE8)} {one.name}
              </label>
            ))}
          </fieldset>
        )}
      </AmountPanel>
      <p className="quiet">Nothing is sold or settled: positions keep their entry prices.</p>
    </>
  );
}
