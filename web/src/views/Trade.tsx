import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useConnection } from "wagmi";
import { useActivity } from "../lib/activity";
import { api, ORDERS_MOST, type Account, type Order, type WhatIf } from "../lib/api";
import { explain } from "../lib/errors";
import { FAST, useChainNow, useChoosable, useKept, useOrders, useSetting, useSettled } from "../lib/hooks";
import { abs, big, dollars, ONE, parse, percent, plain, price, size, suggested, time, wanted } from "../lib/numbers";
import { allowedFee, becameOf, boundAbove, canStillFill, freshNonce, judgedTime, type Filling } from "../lib/orders";
import { areDone, calls, chainTime, minimumNonce, send, signCancel, signOrder, waitFor } from "../lib/wallet";
import { Choice, Field, Segments } from "../ui/Field";
import { InstrumentChoice } from "../ui/InstrumentChoice";

const lives = [
  { value: "300", text: "5 minutes" },
  { value: "3600", text: "an hour" },
  { value: "86400", text: "a day" },
  { value: "604800", text: "a week" },
];

const WAITING =
  "The relay has not answered your last order, which is handed in again by itself, here or in the tab that signed it. Another one could be filled beside it.";

export function Trade({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { run, isAsking, isWaiting } = useActivity();
  const queries = useQueryClient();
  // One value: a limit is of one instrument, and of two tabs the one would keep the price of a market, the other the name of another.
  const [{ name, priceText }, setMarket] = useKept("market", { name: "BTC-PERP", priceText: "" });
  const [side, setSide] = useKept<"Buy" | "Sell">("side", "Buy");
  const [sizeText, setSize] = useKept("size", "");
  const setPrice = (text: string) => setMarket({ name, priceText: text });
  const [life, setLife] = useKept("life", "3600");
  const [isReducing, setReducing] = useKept("reduce-only", false);
  // One value, not two that exclude each other: two tabs could keep both and lock each of them by the other.
  const [filling, setFilling] = useKept<Filling>("filling", "any");
  const { address } = useConnection();
  const choosable = useChoosable(account, name);
  const instrument = choosable?.instrument;
  const isSpot = instrument?.kind === "Spot";
  const amount = parse(sizeText, 8);
  const mark = big(instrument?.markE8);
  const { data: known, error: unread } = useBook(instrument?.name ?? "");
  const book = unread ? undefined : known;
  const limit =
    priceText === ""
      ? suggested(
          mark,
          side,
          big(deployment.parameters.priceBandE8),
          amount ?? 0n,
          side === "Buy" ? book?.asks : book?.bids,
          filling === "whole" && amount !== null,
        )
      : parse(priceText, 8);
  const isUnmet = priceText === "" && limit === null && mark > 0n && book !== undefined;
  const fee = allowedFee(filling, deployment.parameters);
  // What was typed, and not the limit that follows the mark: with each price it would be another question.
  const typed = instrument && amount && limit ? `${side} ${amount} ${instrument.name} ${priceText}` : "";
  const asked = useSettled(typed);
  const { data: found, error } = useQuery({
    queryKey: ["order-what-if", account.id, account.stateHash, asked],
    queryFn: () => {
      const sizeE8 = ((side === "Buy" ? 1n : -1n) * amount!).toString();
      return api.whatIf(account.id, {
        fills: [{ instrument: instrument!.name, sizeE8, priceE8: limit!.toString() }],
      });
    },
    enabled: asked !== "" && asked === typed,
    refetchInterval: FAST * 2,
    retry: false,
  });
  const preview = asked === typed ? found : undefined;

  if (!deployment.takesOrders)
    return (
      <p className="quiet">
        This solver does not relay orders. Trade through another one, or settle matched orders with the command line.
      </p>
    );
  if (!choosable)
    return (
      <p className="quiet" role="status">
        Loading the markets…
      </p>
    );

  // Kept for the next, a limit would cross every order of a cheaper one.
  const choose = (next: string) => next !== name && setMarket({ name: next, priceText: "" });
  const title = `${side} ${amount ? size(amount) : ""} ${instrument?.name ?? name}`;
  const place = () =>
    run(title, async (tell, hand) => {
      if (isWaiting(account.id)) throw new Error(`${WAITING} Nothing was signed.`);
      const { parameters } = await queries.fetchQuery({
        queryKey: ["deployment"],
        queryFn: api.deployment,
        staleTime: 0,
      });
      const { rateE8 } = allowedFee(filling, parameters);
      if (rateE8 !== fee.rateE8)
        throw new Error(
          `The fee for ${fee.is} is ${percent(big(rateE8), 3)} now. Nothing was signed; look at the order again.`,
        );
      const now = await judgedTime(deployment);
      tell("Sign the order in your wallet. It shows size, limit and expiry; signing costs nothing.");
      const order = {
        account: account.id,
        instrument: instrument!.instrument,
        sizeE8: ((side === "Buy" ? 1n : -1n) * amount!).toString(),
        limitPriceE8: limit!.toString(),
        nonce: freshNonce(await minimumNonce(config, deployment, account.id)).toString(),
        expiry: (now + Number(life)).toString(),
        maxFeeRateE8: fee.rateE8,
        flags: (isReducing && !isSpot ? 1 : 0) | (filling === "rest" ? 2 : 0) | (filling === "whole" ? 4 : 0),
      };
      const signature = await signOrder(config, deployment, order);
      tell("Handing the order to the relay.");
      const { clearinghouse } = deployment.contracts;
      const taken = await hand({ title, clearinghouse, signed: { order, signer: address!, signature } });
      setSize("");
      return becameOf(taken);
    });

  const notional = amount && limit ? (amount * limit) / ONE : 0n;
  return (
    <div className="columns">
      <form
        className="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void place();
        }}
      >
        <InstrumentChoice choosable={choosable} name={name} choose={choose} />
        <Segments label="Side" value={side} options={["Buy", "Sell"] as const} onChange={setSide} />
        <Field
          label="Size"
          value={sizeText}
          onChange={setSize}
          unit={(instrument?.name ?? name).split("-")[0]}
          error={sizeText !== "" && amount === null ? wanted(8) : null}
          hint={amount ? `About ${notional > 0n ? dollars(notional) : "…"}` : undefined}
        />
        <Field
          label={side === "Buy" ? "Pay at most" : "Take at least"}
          value={priceText}
          onChange={setPrice}
          placeholder={limit ? plain(limit, 8) : "0"}
          unit="$"
          error={
            isUnmet
              ? "The book shows no order that fills all of it at once near the mark: write a price, make it smaller, or let it be filled in parts."
              : priceText !== "" && limit === null
                ? wanted(8)
                : null
          }
          hint={`Mark ${price(mark)}${priceText === "" && !book ? "; the book is not known yet" : ""}`}
        />
        <Choice label="Good for" value={life} options={lives} onChange={setLife} />
        <div className="checks">
          <label className="check">
            <input
              type="checkbox"
              checked={isReducing && !isSpot}
              disabled={isSpot}
              onChange={(event) => setReducing(event.target.checked)}
            />{" "}
            Only reduce
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={filling === "rest"}
              onChange={(event) => setFilling(event.target.checked ? "rest" : "any")}
            />{" "}
            Only rest in the book
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={filling === "whole"}
              onChange={(event) => setFilling(event.target.checked ? "whole" : "any")}
            />{" "}
            All at once or nothing
          </label>
        </div>
        {typed !== "" && <Preview preview={preview} isLost={error !== null} />}
        <button
          type="submit"
          className={`primary wide ${side.toLowerCase()}`}
          disabled={!instrument || !amount || !limit || isAsking(title) || isWaiting(account.id)}
        >
          {title}
        </button>
        {isWaiting(account.id) && (
          <p className="notice" role="status">
            {WAITING}
          </p>
        )}
        {error && typed !== "" && (
          <p className="bad" role="alert">
            {explain(error)}
          </p>
        )}
        <p className="quiet">
          Fee: {percent(big(deployment.parameters.takerFeeE8), 3)} taking,{" "}
          {percent(big(deployment.parameters.makerFeeE8), 3)} resting. What you sign allows the fee for {fee.is} and no
          more, by whatever proof it is settled: the fee on credit of an attestation is in it.
        </p>
      </form>
      <div>
        {instrument && <Depth name={instrument.name} mark={mark} choose={(value) => setPrice(plain(value, 8, 8))} />}
        <Orders account={account} />
        {instrument && <Trades name={instrument.name} />}
      </div>
    </div>
  );
}

/** What an order would do to the margin. Its figures follow the market: whether the account can take it is said aloud, and not each of them. */
export function Preview({ preview, isLost }: { preview: WhatIf | undefined; isLost: boolean }) {
  return (
    <div className={`preview ${preview && !preview.isAllowed ? "bad" : ""}`} data-testid="preview">
      <p className="hidden" role="status">
        {preview && (preview.isAllowed ? "The account can take this order." : "The account cannot take this order.")}
      </p>
      <p>{preview?.sentence ?? (isLost ? "What it would do is not known." : "Computing what it would do…")}</p>
      <dl className="figures compare">
        <div>
          <dt>Initial margin</dt>
          <Change before={preview?.before.figures.initialMarginE8} after={preview?.after.figures.initialMarginE8} />
        </div>
        <div>
          <dt>Equity</dt>
          <Change before={preview?.before.figures.equityE8} after={preview?.after.figures.equityE8} />
        </div>
      </dl>
    </div>
  );
}

/** Before and after on a line each, so that figures of any length, and none yet, take the same room. */
function Change({ before, after }: { before?: string; after?: string }) {
  return (
    <dd className="change">
      <span>{before === undefined ? "…" : dollars(before)}</span>
      <span>→ {after === undefined ? "…" : dollars(after)}</span>
    </dd>
  );
}

const useBook = (name: string) =>
  useQuery({
    queryKey: ["book", name],
    queryFn: () => api.book(name),
    refetchInterval: FAST,
    enabled: name !== "",
  });

function Depth({ name, mark, choose }: { name: string; mark: bigint; choose: (price: bigint) => void }) {
  const { data } = useBook(name);
  const most = [...(data?.bids ?? []), ...(data?.asks ?? [])].reduce(
    (largest, level) => (big(level.sizeE8) > largest ? big(level.sizeE8) : largest),
    1n,
  );
  const row = (side: "bid" | "ask") => (level: { priceE8: string; sizeE8: string }) => (
    <tr key={level.priceE8} className={side}>
      <td>
        <button
          type="button"
          className="link"
          aria-label={`Use the price ${price(level.priceE8)}`}
          onClick={() => choose(big(level.priceE8))}
        >
          {price(level.priceE8)}
        </button>
      </td>
      <td>
        <span className="depth" style={{ width: `${Number((big(level.sizeE8) * 100n) / most)}%` }} aria-hidden="true" />
        {size(level.sizeE8)}
      </td>
    </tr>
  );
  return (
    <section>
      <h2>Order book</h2>
      {data && data.bids.length + data.asks.length === 0 && (
        <p className="quiet">The book is empty. Your order will rest until somebody meets it.</p>
      )}
      {data && data.bids.length + data.asks.length > 0 && (
        <table className="book">
          <caption className="hidden">Order book of {name}</caption>
          <thead>
            <tr>
              <th scope="col">Price</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>{[...data.asks].slice(0, 6).reverse().map(row("ask"))}</tbody>
          <tbody>
            <tr className="mid">
              <td colSpan={2}>mark {price(mark)}</td>
            </tr>
          </tbody>
          <tbody>{data.bids.slice(0, 6).map(row("bid"))}</tbody>
        </table>
      )}
    </section>
  );
}

const EVERYTHING = "Cancel everything";
/** How many orders that are over are shown. */
const ENDED = 10;
const bare = (sizeE8: string): string => size(abs(big(sizeE8)));
const filledE8 = (order: Order): bigint => abs(big(order.sizeE8)) - abs(big(order.leftE8)) - abs(big(order.inFlightE8));
const sideOf = (order: Order): string => (big(order.sizeE8) > 0n ? "Buy" : "Sell");
/** An order as it is told from the others of a list. */
const wordsOf = (order: Order): string =>
  `${sideOf(order)} ${bare(order.sizeE8)} ${order.name} at ${price(order.limitPriceE8)}`;
const isOpen = (order: Order): boolean => order.status === "resting" || order.status === "settling";

function Orders({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run, isAsking } = useActivity();
  const { data: open } = useOrders(account.id, true);
  const { data: newest } = useOrders(account.id, false);
  const ended = newest?.filter((order) => !isOpen(order)).slice(0, ENDED);
  // The two answers are of different moments: what the one says is over is not open any more.
  const left = open?.filter((order) => !ended?.some((other) => other.nonce === order.nonce));
  const cancel = (order: Order) =>
    run(`Cancel the order for ${order.name}`, async (tell) => {
      tell("Sign the cancellation in your wallet; it costs nothing.");
      const signature = await signCancel(config, deployment, account.id, order.nonce);
      const { inFlightE8 } = await api.cancel(account.id, order.nonce, address!, signature);
      const rest =
        big(inFlightE8) === 0n
          ? "The relay will not fill it any more."
          : `${bare(inFlightE8)} of it are matched and on their way into a block, and can be filled still; the relay will not fill the rest.`;
      return `${rest} The signed order stays good on chain until it expires; cancel it there too if anyone else has it.`;
    });
  const now = useChainNow();
  const fillable = (ended ?? []).filter((order) => canStillFill(order, now)).map((order) => order.nonce);
  const { data: done } = useQuery({
    queryKey: ["done", account.id, fillable],
    queryFn: () => areDone(config, deployment, account.id, fillable),
    enabled: fillable.length > 0,
    refetchInterval: FAST * 5,
  });
  const isCancellable = (order: Order) =>
    isOpen(order) || (fillable.includes(order.nonce) && !done?.includes(order.nonce));
  const cancelAll = () =>
    run(EVERYTHING, async (tell) => {
      const bound = boundAbove(await minimumNonce(config, deployment, account.id), await chainTime(config));
      const sent = await send(config, calls.cancelBelow(deployment, account.id, bound));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return "Nobody can fill any order that was signed for this account until now, whoever has it.";
    });
  const cancelOnChain = (order: Order) =>
    run(`Cancel the order for ${order.name} on chain`, async (tell) => {
      const sent = await send(config, calls.cancel(deployment, account.id, [order.nonce]));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return "Nobody can fill this order any more.";
    });
  return (
    <section>
      <h2>Your orders</h2>
      {open?.length === 0 && ended?.length === 0 && <p className="quiet">No orders yet.</p>}
      {open?.length === ORDERS_MOST && (
        <p className="quiet">Of your open orders these are the newest {ORDERS_MOST}; cancel some to see the others.</p>
      )}
      <ul className="list">
        {[...(left ?? []), ...(ended ?? [])].map((order) => (
          <li key={order.nonce} data-testid="order" data-status={order.status}>
            <div>
              <strong className={big(order.sizeE8) > 0n ? "good" : "bad"}>
                {sideOf(order)} {bare(order.sizeE8)}
              </strong>{" "}
              {order.name} at {price(order.limitPriceE8)}
              <p className="quiet">
                {order.status}
                {big(order.inFlightE8) > 0n ? `, ${bare(order.inFlightE8)} on its way into a block` : ""}
                {filledE8(order) > 0n ? `, ${size(filledE8(order))} filled` : ""}
                {isOpen(order) ? `, ${bare(order.leftE8)} left, until ${time(order.expirySeconds)}` : ""}
                {order.reason ? `: ${order.reason}` : ""}
              </p>
            </div>
            {isCancellable(order) && (
              <div className="row">
                {isOpen(order) && (
                  <button
                    type="button"
                    className="ghost"
                    aria-label={`Cancel: ${wordsOf(order)}`}
                    onClick={() => void cancel(order)}
                  >
                    Cancel
                  </button>
                )}
                <button
                  type="button"
                  className="ghost"
                  aria-label={`On chain: cancel ${wordsOf(order)}`}
                  onClick={() => void cancelOnChain(order)}
                >
                  On chain
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {(newest?.length ?? 0) > 0 && (
        <p className="quiet">
          <button type="button" className="link" disabled={isAsking(EVERYTHING)} onClick={() => void cancelAll()}>
            {EVERYTHING}
          </button>{" "}
          on chain, also what only others have of what was signed for this account.
        </p>
      )}
    </section>
  );
}

function Trades({ name }: { name: string }) {
  const { data } = useQuery({ queryKey: ["trades", name], queryFn: () => api.trades(name), refetchInterval: FAST * 2 });
  if (!data?.length) return null;
  return (
    <section>
      <h2>Last trades</h2>
      <table className="book">
        <caption className="hidden">Last trades of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Price</th>
            <th scope="col">Size</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {data.map((trade) => (
            <tr key={`${trade.transaction}-${trade.maker}-${trade.taker}-${trade.priceE8}`}>
              <td className={big(trade.takerSizeE8) > 0n ? "good" : "bad"}>{price(trade.priceE8)}</td>
              <td>{bare(trade.takerSizeE8)}</td>
              <td>{time(trade.timeSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
