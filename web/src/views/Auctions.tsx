import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useConnection } from "wagmi";
import { useActivity } from "../lib/activity";
import { api, type Account, type Auction } from "../lib/api";
import { bidOf, boundOf, discountE8, isDearer, quoteOf, rescue, sliceOf, type BidQuote } from "../lib/auctions";
import { explain } from "../lib/errors";
import { FAST, useAuction, useAuctions, useChainNow, useKept, useMargin, useSetting } from "../lib/hooks";
import { abs, big, decimal, dollars, percent, signed, size, time } from "../lib/numbers";
import { bidIn, calls, isAccepted, send, simulate, waitFor } from "../lib/wallet";

const MOST = (1n << 255n) - 1n;
const PAGE = 20;
const LARGEST_PAGE = 500;
const ENDED = 8;

export function Auctions({ bidder }: { bidder: Account | null }) {
  const [most, setMost] = useState(PAGE);
  const { data: open, error } = useAuctions(true, most);
  const { data: latest } = useAuction(bidder?.openLot ?? "0");
  // One's own stands first, however old it is.
  const own = latest?.isOpen ? latest : undefined;
  const { data: ended } = useAuctions(false, ENDED);
  return (
    <>
      <p className="quiet">
        An account below its maintenance margin is proved so on chain, and a part of its portfolio is sold as a whole by
        an auction whose price falls. Whoever bids takes that part into their own account.
      </p>
      {error && (
        <p className="bad" role="alert">
          {explain(error)}
        </p>
      )}
      {open?.length === 0 && <p className="statement">No auction is open.</p>}
      {own && <Open auction={own} bidder={bidder} />}
      {open
        ?.filter((auction) => auction.id !== own?.id)
        .map((auction) => (
          <Open key={auction.id} auction={auction} bidder={bidder} />
        ))}
      {open && open.length >= most && most < LARGEST_PAGE && (
        <button type="button" className="ghost wide" onClick={() => setMost(Math.min(LARGEST_PAGE, most + PAGE))}>
          Show older ones
        </button>
      )}
      {ended && ended.length > 0 && (
        <>
          <h2>Ended</h2>
          <table className="cards">
            <thead>
              <tr>
                <th scope="col">Auction</th>
                <th scope="col">Account</th>
                <th scope="col">Sold</th>
                <th scope="col">Paid</th>
                <th scope="col">From insurance</th>
              </tr>
            </thead>
            <tbody>
              {ended.map((auction) => (
                <tr key={auction.id}>
                  <th scope="row">{auction.id}</th>
                  <td data-label="Account">{auction.account}</td>
                  <td data-label="Sold">{percent(big(auction.soldE8))}</td>
                  <td data-label="Paid">{dollars(auction.proceedsE8)}</td>
                  <td data-label="From insurance">{dollars(auction.insuredE8)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

/** What a fraction after the sold one brings: positions, tokens, and cash or debt. */
function Legs({ auction, fraction }: { auction: Auction; fraction: bigint }) {
  const { positions, tokens, cashE8 } = sliceOf(auction, fraction);
  return (
    <ul className="legs">
      {positions.map((one) => (
        <li key={one.name}>
          {size(one.sizeE8)} <strong>{one.name}</strong>
          {one.gainE8 !== null &&
            (one.kind === "Call" || one.kind === "Put"
              ? `, worth ${dollars(one.gainE8)}`
              : `, ${signed(one.gainE8)} since its entry`)}
        </li>
      ))}
      {tokens.map((one) => (
        <li key={one.symbol}>
          {decimal(one.raw, one.decimals, 6, 0)} <strong>{one.symbol}</strong>
        </li>
      ))}
      {cashE8 !== 0n && (
        <li className={cashE8 < 0n ? "bad" : ""}>
          {dollars(abs(cashE8))} <strong>{cashE8 < 0n ? "of debt, at interest" : "of cash"}</strong>
        </li>
      )}
    </ul>
  );
}

const worth = (pay: bigint): string => (pay < 0n ? `you are paid ${dollars(-pay)}` : `you pay ${dollars(pay)}`);

/** What a bid costs now. It changes each second: what it is is said aloud once, and not each figure. */
export function Quote({ pay, error }: { pay: bigint | undefined; error: Error | null }) {
  return (
    <p data-testid="quote">
      <span role="status">
        {error
          ? "The chain does not take this bid:"
          : pay === undefined
            ? "Asking the chain for the price…"
            : pay >= 0n
              ? "You pay at most"
              : "You are paid at least"}
      </span>{" "}
      {error ? explain(error) : pay !== undefined && <strong>{dollars(abs(pay))}</strong>}
    </p>
  );
}

function Open({ auction, bidder }: { auction: Auction; bidder: Account | null }) {
  const { deployment, config } = useSetting();
  const { isConnected } = useConnection();
  const { run, isAsking } = useActivity();
  const now = useChainNow();
  const [part, setPart] = useKept("bid-part", 100);
  const left = big(auction.forSaleE8) - big(auction.soldE8);
  const least = big(deployment.parameters.bidMinE8);
  const { atOnce, fraction } = bidOf(auction, part, least);
  const waits = Number(auction.biddingFromSeconds) - now;
  const isOwn = bidder?.id === auction.account;
  const canBid = isConnected && bidder !== null && !isOwn && left > 0n;
  const { data: margin } = useMargin(isOwn ? auction.account : null);
  const ask = (lot: Auction, from: Account, asked: bigint) =>
    quoteOf(asked, least, (one) => simulate<bigint>(config, calls.bid(deployment, lot, one, MOST, from)));
  // By the part that was chosen: the fraction that it is changes with each block.
  const quote = useQuery({
    queryKey: ["quote", auction.id, auction.soldE8, part, bidder?.stateHash],
    queryFn: () => ask(auction, bidder!, fraction),
    enabled: canBid && waits <= 0 && fraction > 0n,
    refetchInterval: FAST,
    retry: false,
  });

  const title = `Bid in auction ${auction.id}`;
  const taken = quote.data?.taken ?? fraction;
  /** What was shown is asked for, and is the most that is paid: a price that rose meanwhile is shown before anything is sent. */
  const bid = (shown: BidQuote) =>
    run(title, async (tell) => {
      const [lot, fresh] = await Promise.all([api.auction(auction.id), api.account(bidder!.id)]);
      if (!lot.isOpen) throw new Error("The auction has ended meanwhile.");
      const now = await ask(lot, fresh, shown.taken);
      if (isDearer(now, shown)) {
        void quote.refetch();
        throw new Error(`It has changed: ${worth(now.pay)} now, where it was ${worth(shown.pay)}. Nothing was sent.`);
      }
      const sent = await send(config, calls.bid(deployment, lot, shown.taken, boundOf(shown), fresh));
      tell("Waiting for the block.", sent);
      const done = bidIn(deployment, await waitFor(config, sent));
      return `You took ${percent(done.taken)} of the portfolio; ${done.pay < 0n ? "you were paid" : "you paid"} ${dollars(abs(done.pay))}.`;
    });

  const ending = `End auction ${auction.id}`;
  const { data: canEnd } = useQuery({
    queryKey: ["can-end", auction.id, auction.soldE8],
    queryFn: () => isAccepted(config, calls.finish(deployment, auction)),
    enabled: isConnected && isOwn,
    refetchInterval: FAST,
  });
  const end = () =>
    run(ending, async (tell) => {
      const sent = await send(config, calls.finish(deployment, await api.auction(auction.id)));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return "The auction is over: the account trades and withdraws again.";
    });

  return (
    <article className="card auction" aria-label={`Auction ${auction.id}`} data-testid="auction">
      <header>
        <h2>
          Auction {auction.id} <span className="quiet">of account {auction.account}</span>
        </h2>
        {isOwn && <span className="chip bad">your account</span>}
      </header>
      <Legs auction={auction} fraction={left} />
      <div
        className="meter auction-meter"
        role="meter"
        aria-label="Sold of what is for sale"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Number((big(auction.soldE8) * 100n) / (big(auction.forSaleE8) || 1n))}
      >
        <span style={{ width: `${Number((big(auction.soldE8) * 100n) / (big(auction.forSaleE8) || 1n))}%` }} />
      </div>
      <dl className="figures">
        <div>
          <dt>For sale</dt>
          <dd>{percent(big(auction.forSaleE8))}</dd>
        </div>
        {atOnce < left && (
          <div>
            <dt>At most in one bid</dt>
            <dd data-testid="bid-most">{percent(atOnce)}</dd>
          </div>
        )}
        <div>
          <dt>Sold</dt>
          <dd>{percent(big(auction.soldE8))}</dd>
        </div>
        <div>
          <dt>Discount</dt>
          <dd data-testid="discount">
            {waits > 0
              ? `begins in ${Math.ceil(waits)} s`
              : percent(discountE8(auction, deployment.parameters, now), 2)}
          </dd>
        </div>
        <div>
          <dt>Bids</dt>
          <dd>{auction.bids}</dd>
        </div>
      </dl>
      {isOwn ? (
        <>
          <p data-testid="rescue">
            You cannot bid on your own account. A deposit under Funds counts at once.{" "}
            {margin && rescue(auction, big(margin.figures.equityE8), big(margin.figures.maintenanceMarginE8))} Until the
            auction is over the account neither trades nor withdraws.
          </p>
          {canEnd && (
            <button type="button" className="primary" disabled={isAsking(ending)} onClick={() => void end()}>
              End the auction
            </button>
          )}
        </>
      ) : !canBid ? (
        <p className="quiet">
          {left <= 0n
            ? "All that was for sale is sold."
            : isConnected
              ? "Open an account and deposit collateral to bid."
              : "Connect a wallet to bid."}
        </p>
      ) : waits > 0 ? (
        <p className="quiet">The owner may still deposit until {time(Number(auction.biddingFromSeconds))}.</p>
      ) : (
        <form
          className="row bid"
          onSubmit={(event) => {
            event.preventDefault();
            if (quote.data !== undefined) void bid(quote.data);
          }}
        >
          <label>
            Part{" "}
            <select value={part} onChange={(event) => setPart(Number(event.target.value))}>
              {[25, 50, 75, 100].map((one) => (
                <option key={one} value={one}>
                  {one} %
                </option>
              ))}
            </select>
          </label>
          <Quote pay={quote.data?.pay} error={quote.error} />
          <button
            type="submit"
            className="primary"
            aria-label={`Bid for ${percent(taken)} of auction ${auction.id}`}
            disabled={quote.data === undefined || quote.error !== null || isAsking(title)}
          >
            Bid
          </button>
          <div className="quiet" data-testid="brings">
            <p>Your account takes over {percent(taken)} of the portfolio</p>
            <Legs auction={auction} fraction={taken} />
          </div>
        </form>
      )}
    </article>
  );
}
