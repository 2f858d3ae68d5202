import { expect, test } from "vitest";
import type { Account } from "../lib/api";
import { time } from "../lib/numbers";
import { appointed, delegateNotice, MOVES } from "./Access";

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
  const delegates = [{ address: BOT, rights: 1, untilSeconds: UNTIL }];
  const account = { id: "7", owner: OWNER, delegates } as Partial<Account> as Account;
  const told = (me: string, now = 1_700_000_000) => delegateNotice(account, me, now);
  const whose = "Account 7 belongs to 0x0000…00A1.";
  expect(told(BOT.toLowerCase())).toBe(
    `${whose} You may sign orders for it until ${time(UNTIL)}; only its owner withdraws.`,
  );
  expect(told(BOT, 1_800_000_001)).toBe(`${whose} Your right to sign orders for it ended ${time(UNTIL)}.`);
  expect(told(OWNER)).toBe(null);
  expect(told("0x00000000000000000000000000000000000000C3")).toBe(null);
});
