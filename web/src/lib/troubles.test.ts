import { expect, test } from "vitest";
import type { Ready } from "./api";
import { standstill, troublesOf } from "./troubles";

const ready = (values: Partial<Ready>): Ready => ({
  status: "ready",
  block: "90",
  blockTimeSeconds: "1770000000",
  chainHead: "90",
  roles: [],
  ...values,
});
const open = { isPaused: false };

test("what goes on is one sentence, and its figures stand beside it", () => {
  const behind = (block: string) => troublesOf(ready({ block, status: "not ready" }), open);
  expect([behind("5")[0]!.sentence, behind("5")[0]!.isOld]).toEqual([behind("6")[0]!.sentence, true]);
  expect([behind("5")[0]!.figures, behind("6")[0]!.figures]).toEqual([
    "It is at block 5 of 90.",
    "It is at block 6 of 90.",
  ]);
  const stuck = (block: string) => troublesOf(ready({ block, chainHead: block, status: "not ready" }), open)[0]!;
  expect([stuck("5").sentence, stuck("5").figures]).toEqual([stuck("6").sentence, "It stands at block 5."]);
  expect(standstill(600, 12)[0]!.sentence).toBe(standstill(6000, 12)[0]!.sentence);
  expect(standstill(600, 12)[0]!.figures).toBe("It is 10 minutes old.");
});

test("what is well is no trouble, and what fails is named", () => {
  expect(troublesOf(ready({}), open)).toEqual([]);
  expect(troublesOf(ready({ block: "87" }), open)).toEqual([]);
  expect(standstill(119, 0)).toEqual([]);
  expect(standstill(119, 60)).toEqual([]);
  const failing = (name: string) =>
    troublesOf(ready({ roles: [{ name, isWell: false, failure: "its key has no coins" }] }), open)[0]!;
  expect([failing("relay").sentence, failing("relay").figures, failing("relay").isOld]).toEqual([
    "The solver's relay has trouble:",
    "its key has no coins",
    false,
  ]);
  expect([failing("indexer").isOld, failing("indexer").sentence]).toEqual([
    true,
    expect.stringContaining("cannot reach its Ethereum node"),
  ]);
  expect(troublesOf(ready({}), { isPaused: true })[0]!.sentence).toContain("The guardian has paused trading");
});
