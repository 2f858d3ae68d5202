import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Account } from "../lib/api";
import { time } from "../lib/numbers";
import { appointed, DelegateNotice, MOVES } from "./Access";

const OWNER = "0x00000000000000000000000000000000000000A1";
const BOT = "0x00000000000000000000000000000000000000B2";
const UNTIL = "1800000000";

test("who appoints is told whom, what for and until when, and that nothing is left once it is taken back", () => {
  expect(appointed("7", BOT, 1, BigInt(UNTIL))).toBe(`0x0000…00B2 may sign orders until ${time(UNTIL)}.`);
  expect(appointed("7", BOT, 3 | MOVES, BigInt(UNTIL))).toBe(
    `0x0000…00B2 may sign orders, cancel orders, move between my accounts until ${time(UNTIL)}.`,
  );
  expect(appointed("7", BOT, 0, 0n)).toBe("0x0000…00B2 may do nothing with account 7 any more.");
});

test("a delegate is reminded whose account it is, what it may do and until when; the owner is not", () => {
  const account = {
    id: "7",
    owner: OWNER,
    delegates: [{ address: BOT, rights: 1, untilSeconds: UNTIL }],
  } as Partial<Account> as Account;
  const told = (me: string) => renderToStaticMarkup(<DelegateNotice account={account} me={me} />);
  expect(told(BOT.toLowerCase())).toContain(
    `Account 7 belongs to 0x0000…00A1. You may sign orders for it until ${time(UNTIL)}; only its owner withdraws.`,
  );
  expect(told(OWNER)).toBe("");
  expect(told("0x00000000000000000000000000000000000000C3")).toBe("");
});
