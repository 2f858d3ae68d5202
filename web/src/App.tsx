import { useEffect, useRef, useState } from "react";
import { useConnection } from "wagmi";
import { ActivityList, useActivity } from "./lib/activity";
import { explain } from "./lib/errors";
import {
  FAST,
  useAccount,
  useAccountsFor,
  useAccountsOf,
  useAuction,
  useIsSilent,
  useKept,
  useMargin,
  useNeeds,
  usePrices,
  useReady,
  useSetting,
  useStream,
} from "./lib/hooks";
import { api, type Account, type Accounts, type Auction, type Breakdown } from "./lib/api";
import { rescue } from "./lib/auctions";
import { big, isNumber, percent, price, short } from "./lib/numbers";
import { SILENT, standstill, troublesOf, type Trouble } from "./lib/troubles";
import { calls, LOCAL_CHAIN, openedIn, send, waitFor } from "./lib/wallet";
import { Boundary } from "./ui/Boundary";
import { ConnectButton, NetworkNotice } from "./ui/Connect";
import { Notice } from "./ui/Notice";
import { Access, DelegateNotice, isOwnedBy, mayAct } from "./views/Access";
import { Auctions } from "./views/Auctions";
import { Funds } from "./views/Funds";
import { Health } from "./views/Health";
import { Margin } from "./views/Margin";
import { Portfolio } from "./views/Portfolio";
import { Trade } from "./views/Trade";
import { Trust } from "./views/Trust";
import { WhatIf } from "./views/WhatIf";

const tabs = ["Portfolio", "Trade", "Funds", "Margin", "What-if", "Auctions", "Access", "Trust"] as const;
type Tab = (typeof tabs)[number];

export function App() {
  const { address } = useConnection();
  const { data: mine, error: lost } = useAccountsOf(address);
  const [picked, pick] = useKept<Record<string, string>>("accounts", {});
  const [tab, setTab] = useKept<Tab>("tab", "Portfolio");
  const { data: theirs } = useAccountsFor(address);
  const own = mine?.items ?? [];
  // Anybody can open an account for anybody and appoint anybody. What was picked with this wallet is shown, be it in a list or not; before that
  // its first account, since nobody can open one of a lower number for it later.
  const id = !address ? null : (picked[address] ?? own[0]?.id ?? null);
  const account = useAccount(id);
  const shown = account.data && address && mayAct(account.data, address) ? account.data : null;
  useStream(id);
  const troubles = useTroubles();
  const isForeign = !!account.data && !shown;
  // What is shown by the time that something which takes long is done.
  const latest = useRef({ picked, id });
  useEffect(() => {
    latest.current = { picked, id };
  }, [picked, id]);
  const isOld = troubles.some((one) => one.isOld);

  return (
    <>
      <a className="skip" href="#main">
        Skip to the account
      </a>
      <header className="top">
        <div className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <h1>OnchainMargin</h1>
        </div>
        <Boundary what="The ticker">
          <Ticker isOld={isOld} />
        </Boundary>
        <ConnectButton />
      </header>
      {troubles.map((one) => (
        <Notice key={one.sentence} isBad={one.isOld} sentence={one.sentence}>
          {one.figures}
        </Notice>
      ))}
      <NetworkNotice />
      <main id="main" tabIndex={-1} className={isOld ? "old" : undefined}>
        {address && (
          <AccountBar
            wallet={address}
            mine={mine}
            theirs={theirs}
            id={id}
            shown={shown}
            pick={(one) => pick({ ...latest.current.picked, [address]: one })}
            isShown={(one) => latest.current.id === one}
          />
        )}
        {(account.error ?? lost) && (
          <p className="notice bad" role="alert">
            {explain(account.error ?? lost)}
          </p>
        )}
        {isForeign && (
          <p className="notice bad" role="alert">
            Account {id} is not yours, and you were given no rights in it. Choose another one.
          </p>
        )}
        {shown && address && (
          <Boundary key={`notices ${id}`} what="What there is to know of the account">
            <DelegateNotice account={shown} me={address} />
            <NeedNotice account={shown} />
            <LotNotice account={shown} open={() => setTab("Auctions")} />
          </Boundary>
        )}
        <Boundary key={`health ${id}`} what="The health of the account">
          {id && !isForeign ? (
            <Health id={id} />
          ) : (
            !id && <Welcome isConnected={address !== undefined} hasLoaded={mine !== undefined} />
          )}
        </Boundary>
        <Tabs tab={tab} setTab={setTab} />
        <section id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`} className="panel" tabIndex={-1}>
          <Boundary key={`${tab} ${id}`} what="This view">
            {tab === "Auctions" ? (
              <Auctions bidder={shown} />
            ) : tab === "Trust" ? (
              <Trust id={shown && id} />
            ) : !id || !shown ? (
              <p className="quiet center">
                {address ? "Open an account to see this." : "Connect a wallet to see this."}
              </p>
            ) : tab === "Portfolio" ? (
              <Portfolio account={shown} />
            ) : tab === "Trade" ? (
              <Trade account={shown} />
            ) : tab === "Funds" ? (
              <Funds account={shown} />
            ) : tab === "Access" ? (
              <Access account={shown} />
            ) : tab === "Margin" ? (
              <Margin id={id} account={shown} />
            ) : (
              <WhatIf account={shown} />
            )}
          </Boundary>
        </section>
      </main>
      <footer className="quiet">
        Every figure here can be recomputed on chain: see Trust. <a href="/openapi">API</a>
      </footer>
      <ActivityList />
    </>
  );
}

function Tabs({ tab, setTab }: { tab: Tab; setTab: (tab: Tab) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    setTab(next);
    list.current?.querySelector<HTMLButtonElement>(`#tab-${next}`)?.focus();
  };
  useEffect(() => {
    const current = list.current?.querySelector<HTMLButtonElement>(`#tab-${tab}`);
    if (list.current && current)
      list.current.scrollLeft = current.offsetLeft - list.current.clientWidth / 2 + current.clientWidth / 2;
  }, [tab]);
  return (
    <div className="tabs" role="tablist" aria-label="Views" ref={list} onKeyDown={move}>
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={tab === name}
          aria-controls="panel"
          tabIndex={tab === name ? 0 : -1}
          onClick={() => setTab(name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function Ticker({ isOld }: { isOld: boolean }) {
  const { data } = usePrices();
  return (
    <ul className={isOld ? "ticker old" : "ticker"} aria-label="Prices">
      {data?.prices.map((row) => (
        <li key={row.underlying}>
          <span>{row.name}</span> <strong>{price(row.spotE8)}</strong>
          {row.fundingRateE8 !== null && (
            <span className="quiet" title="Funding per interval">
              {" "}
              {percent(big(row.fundingRateE8), 4)}
            </span>
          )}
          {row.marketState !== "Normal" && (
            <span className="chip bad">
              {row.marketState === "Halted"
                ? "halted"
                : row.marketState === "Uninsured"
                  ? "low insurance"
                  : "reduce only"}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** How often the solver is asked for an account that was opened before it is shown all the same. */
const OPENED_LOOKS = 60;

function useTroubles(): Trouble[] {
  const { deployment } = useSetting();
  const { data, error } = useReady();
  const isSilent = useIsSilent();
  const first = useRef<{ block: bigint; seconds: number } | null>(null);
  if (error) return [{ sentence: explain(error), isOld: true }];
  if (isSilent) return [SILENT];
  if (!data) return [];
  const troubles = troublesOf(data, deployment);
  if (data.block !== null && data.blockTimeSeconds !== null && deployment.chainId !== LOCAL_CHAIN) {
    const [block, seconds] = [big(data.block), Number(data.blockTimeSeconds)];
    if (first.current === null || block < first.current.block) first.current = { block, seconds };
    const passed = Number(block - first.current.block);
    const usual = passed > 0 ? (seconds - first.current.seconds) / passed : 0;
    troubles.push(...standstill(Date.now() / 1000 - seconds, usual));
  }
  return troubles;
}

/** What was taken over from lots waits for holders of the opposite side: those are told before it happens to them. */
function NeedNotice({ account }: { account: Account }) {
  const { data } = useNeeds();
  const hit = account.positions.filter((held) =>
    data?.some((need) => need.instrument === held.instrument && big(need.sizeE8) > 0n !== big(held.sizeE8) > 0n),
  );
  if (hit.length === 0) return null;
  return (
    <p className="notice" role="status" data-testid="needs">
      <strong>Auto-deleveraging is under way.</strong> Somebody's loss was more than insurance pays, so holders of the
      other side are reduced at the bankruptcy price, those with the largest unhedged gain first. Your{" "}
      {hit.map((held) => held.name).join(", ")} can be among them; hedged positions come last.
    </p>
  );
}

function LotNotice({ account: { id, openLot: lot }, open }: { account: Account; open: () => void }) {
  const { data: auction } = useAuction(lot);
  const { data: margin } = useMargin(id);
  if (lot === "0") return null;
  return <LotWords lot={lot} auction={auction} margin={margin} open={open} />;
}

export function LotWords({
  lot,
  auction,
  margin,
  open,
}: {
  lot: string;
  auction: Auction | undefined;
  margin: Breakdown | undefined;
  open: () => void;
}) {
  return (
    <Notice
      isBad
      sentence={
        <>
          <strong>This account is being liquidated.</strong> It fell below its maintenance margin and auction {lot}{" "}
          sells a part of it. A deposit counts at once.
        </>
      }
    >
      {auction ? `${percent(big(auction.soldE8))} of at most ${percent(big(auction.forSaleE8))} is sold. ` : ""}
      {auction && margin && rescue(auction, big(margin.figures.equityE8), big(margin.figures.maintenanceMarginE8))}{" "}
      <button type="button" className="link" onClick={open}>
        Watch the auction
      </button>
    </Notice>
  );
}

function Welcome({ isConnected, hasLoaded }: { isConnected: boolean; hasLoaded: boolean }) {
  if (isConnected && !hasLoaded)
    return (
      <p className="quiet center" role="status">
        Looking for your accounts…
      </p>
    );
  return (
    <section className="card welcome">
      <h2>{isConnected ? "Open your first account" : "One account, one margin, checked on chain"}</h2>
      <p>
        {isConnected
          ? "An account holds your collateral and all of your positions together. Opening one costs gas and nothing else; you can have several, each of which stands for itself."
          : "Deposit collateral, trade perpetuals, futures and options in one account, and see exactly what its margin is made of. Nothing moves without your wallet's signature."}
      </p>
    </section>
  );
}

const BY_NUMBER = "#";

function AccountBar({
  wallet,
  mine,
  theirs,
  id,
  shown,
  pick,
  isShown,
}: {
  wallet: `0x${string}`;
  mine: Accounts | undefined;
  theirs: Accounts | undefined;
  id: string | null;
  shown: Account | null;
  pick: (id: string) => void;
  isShown: (id: string | null) => boolean;
}) {
  const { deployment, config } = useSetting();
  const { run, steps } = useActivity();
  const [number, setNumber] = useState<string | null>(null);
  const isOpening = steps.some(
    (step) => step.title === "Open an account" && (step.state === "asking" || step.state === "mining"),
  );
  const own = mine?.items ?? [];
  const listed = [...own, ...(theirs?.items ?? [])];
  const choices = shown && !listed.some((one) => one.id === id) ? [...listed, shown] : listed;
  const goesOn = !!mine?.next || !!theirs?.next;
  const open = () =>
    run("Open an account", async (tell) => {
      const sent = await send(config, calls.openAccount(deployment, wallet));
      tell("Waiting for the block.", sent);
      const opened = openedIn(deployment, await waitFor(config, sent));
      for (let look = 0; look < OPENED_LOOKS; look++) {
        if ((await api.account(opened).catch(() => null)) !== null) break;
        await new Promise((resolve) => setTimeout(resolve, FAST / 4));
      }
      // Whoever has gone to another account meanwhile stays there: a deposit is about to go into that, perhaps.
      if (!isShown(id)) return `Your account ${opened} is open; choose it above.`;
      pick(opened);
      return `Your account ${opened} is open.`;
    });
  return (
    <div className="account-bar">
      {(choices.length > 0 || id !== null) && (
        <label>
          Account{" "}
          <select
            aria-label="Account"
            value={number !== null ? BY_NUMBER : (id ?? "")}
            onChange={(event) => {
              setNumber(event.target.value === BY_NUMBER ? "" : null);
              if (event.target.value !== BY_NUMBER) pick(event.target.value);
            }}
          >
            {id === null && (
              <option value="" disabled>
                none of yours
              </option>
            )}
            {choices.map((one) => (
              <option key={one.id} value={one.id}>
                {isOwnedBy(one, wallet) ? one.id : `${one.id} (as a delegate)`}
              </option>
            ))}
            {id !== null && !choices.some((one) => one.id === id) && <option value={id}>{id}</option>}
            {goesOn && <option value={BY_NUMBER}>Another one, by its number…</option>}
          </select>
        </label>
      )}
      {number !== null && (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            pick(number.trim());
            setNumber(null);
          }}
        >
          <input
            aria-label="Number of the account"
            inputMode="numeric"
            autoComplete="off"
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
          <button type="submit" className="ghost" disabled={!isNumber(number.trim())}>
            Show
          </button>
        </form>
      )}
      {shown && <span className="quiet">of {short(shown.owner)}</span>}
      <button
        type="button"
        className={own.length === 0 ? "primary" : "ghost"}
        disabled={isOpening}
        onClick={() => void open()}
      >
        {own.length === 0 ? "Open an account" : "Open another"}
      </button>
    </div>
  );
}
