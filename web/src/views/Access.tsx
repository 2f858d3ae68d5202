import { useState } from "react";
import { useConnection } from "wagmi";
import { isAddress } from "viem";
import { useActivity } from "../lib/activity";
import type { Account, Delegate } from "../lib/api";
import { useChainNow, useKept, useSetting } from "../lib/hooks";
import { short, time } from "../lib/numbers";
import { judgedTime } from "../lib/orders";
import { calls, send, waitFor } from "../lib/wallet";
import { Choice, Field } from "../ui/Field";

export const MOVES = 4;
const rights = [
  { bit: 1, name: "sign orders", hint: "Trade with everything in this account" },
  { bit: 2, name: "cancel orders", hint: "On the relay and on chain" },
  { bit: MOVES, name: "move between my accounts", hint: "Collateral and positions, never to anybody else" },
];
const spans = [
  { value: "86400", text: "a day" },
  { value: "604800", text: "a week" },
  { value: "2592000", text: "30 days" },
  { value: "31536000", text: "a year" },
];

export const wordsOf = (bits: number): string =>
  rights
    .filter((right) => (bits & right.bit) !== 0)
    .map((right) => right.name)
    .join(", ") || "nothing";

/** What is true once rights were given, or taken back. */
export const appointed = (account: string, delegate: string, given: number, untilSeconds: bigint): string =>
  given === 0
    ? `${short(delegate)} may do nothing with account ${account} any more.`
    : `${short(delegate)} may ${wordsOf(given)} until ${time(untilSeconds.toString())}.`;

/** Whether an address owns an account. */
export const isOwnedBy = (account: Account, who: string | undefined): boolean =>
  account.owner.toLowerCase() === who?.toLowerCase();

/** What an address was given for an account of somebody else. */
export const givenTo = (account: Account, who: string | undefined): Delegate | undefined =>
  account.delegates.find((one) => one.address.toLowerCase() === who?.toLowerCase());

/** Whether an address owns an account or was given something in it. */
export const mayAct = (account: Account, who: string): boolean =>
  isOwnedBy(account, who) || givenTo(account, who) !== undefined;

/** What somebody is told who acts for somebody else's account, or did until his time was over; null of his own and of a stranger's. */
export const delegateNotice = (account: Account, me: string, now: number): string | null => {
  const given = givenTo(account, me);
  if (!given || isOwnedBy(account, me)) return null;
  const until = time(given.untilSeconds);
  const isOver = Number(given.untilSeconds) < now;
  const may = isOver
    ? `Your right to ${wordsOf(given.rights)} for it ended ${until}`
    : `You may ${wordsOf(given.rights)} for it until ${until}; only its owner withdraws`;
  return `Account ${account.id} belongs to ${short(account.owner)}. ${may}.`;
};

export function DelegateNotice({ account, me }: { account: Account; me: string }) {
  const notice = delegateNotice(account, me, useChainNow());
  return (
    notice && (
      <p className="notice" role="status">
        {notice}
      </p>
    )
  );
}

/** Who may act for the account beside its owner, and the form that appoints somebody. */
export function Access({ account }: { account: Account }) {
  const { deployment, config } = useSetting();
  const { address } = useConnection();
  const { run } = useActivity();
  const [who, setWho] = useKept("delegate", "");
  const [bits, setBits] = useState(1);
  const [span, setSpan] = useState("604800");
  const isOwner = isOwnedBy(account, address);
  const now = useChainNow();
  const isGood = isAddress(who.trim(), { strict: false }) && who.trim().toLowerCase() !== account.owner.toLowerCase();

  /** @param seconds How long the rights last; null takes them back. */
  const appoint = (delegate: string, given: number, seconds: string | null, title: string) =>
    run(title, async (tell) => {
      const until = seconds === null ? 0n : BigInt(await judgedTime(deployment)) + BigInt(seconds);
      const sent = await send(config, calls.setDelegate(deployment, account.id, delegate, given, until));
      tell("Waiting for the block.", sent);
      await waitFor(config, sent);
      return appointed(account.id, delegate, given, until);
    });

  return (
    <div className="narrow">
      <p>
        A delegate acts for this account with a key of its own: a trading bot, say, or your phone. Nobody but you
        withdraws, and nobody but you appoints. Yet who signs orders can trade all of it away, beside the market with a
        friend: give that right only to whom you would give the money.
      </p>
      <h2>Delegates of account {account.id}</h2>
      {account.delegates.length === 0 && <p className="quiet">Nobody acts for this account but its owner.</p>}
      <ul className="list">
        {account.delegates.map((one) => (
          <li key={one.address} data-testid="delegate">
            <div>
              <code>{one.address}</code> may {wordsOf(one.rights)}
              <p className="quiet">
                {Number(one.untilSeconds) < now ? "until it ended " : "until "}
                {time(one.untilSeconds)}
              </p>
            </div>
            {isOwner && (
              <button
                type="button"
                className="ghost"
                aria-label={`Take back the rights of ${one.address}`}
                onClick={() => void appoint(one.address, 0, null, `Take the rights of ${short(one.address)} back`)}
              >
                Take back
              </button>
            )}
          </li>
        ))}
      </ul>
      {isOwner ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void appoint(who.trim(), bits, span, `Appoint ${short(who.trim())}`).then((isDone) => isDone && setWho(""));
          }}
        >
          <h2>Appoint somebody</h2>
          <Field
            label="Address"
            value={who}
            onChange={setWho}
            isText
            placeholder="0x…"
            error={who !== "" && !isGood ? "Write another address than your own: 0x and 40 hexadecimal digits." : null}
          />
          <fieldset className="checks">
            <legend>May</legend>
            {rights.map((right) => (
              <label key={right.bit} className="check">
                <input
                  type="checkbox"
                  checked={(bits & right.bit) !== 0}
                  onChange={(event) => setBits(event.target.checked ? bits | right.bit : bits & ~right.bit)}
                />{" "}
                <span>
                  {right.name} <span className="quiet">{right.hint}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <Choice label="For" value={span} options={spans} onChange={setSpan} />
          <button type="submit" className="primary wide" disabled={!isGood || bits === 0}>
            Appoint
          </button>
        </form>
      ) : (
        <p className="quiet">Only the owner, {short(account.owner)}, appoints delegates.</p>
      )}
    </div>
  );
}
