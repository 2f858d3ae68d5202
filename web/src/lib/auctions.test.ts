import { contracts } from "virtual:abis";
import { encodeAbiParameters, encodeEventTopics, type AbiEvent, type TransactionReceipt } from "viem";
import { expect, test } from "vitest";
import type { Deployment } from "./api";
import { discountE8 } from "./auctions";
import { bidIn } from "./wallet";

const NOW = 1_770_000_000;
const parameters = { discountMaxE8: "20000000", discountRampSeconds: 1200 };

test("the discount rises with an auction's age, and that of one that resumes another goes on", () => {
  const at = (start: number, now = NOW) => discountE8({ startSeconds: String(start) }, parameters, now);
  expect(at(NOW - 300)).toBe(5_000_000n);
  expect(at(NOW - 300, NOW + 0.9)).toBe(5_000_000n);
  // Of two whose bidding begins now, the one resumes another that was ten minutes old.
  expect([at(NOW), at(NOW - 600)]).toEqual([0n, 10_000_000n]);
  expect([at(NOW + 60), at(NOW - 1200), at(NOW - 9999)]).toEqual([0n, 20_000_000n, 20_000_000n]);
  expect(discountE8({ startSeconds: "1" }, { ...parameters, discountRampSeconds: 0 }, NOW)).toBe(0n);
});

test("what a bid took is what the chain tells, not what was asked for", () => {
  const house = "0x00000000000000000000000000000000000000aa" as const;
  const event = contracts.LiquidationHouse!.find(
    (part): part is AbiEvent => part.type === "event" && part.name === "LotBid",
  )!;
  const values: Record<string, bigint> = { lot: 1n, bidder: 2n, fromE8: 15_000_000n, toE8: 20_000_000n, payE8: -7n };
  const plain = event.inputs.filter((input) => !input.indexed);
  const log = {
    address: house,
    topics: encodeEventTopics({ abi: [event], eventName: "LotBid", args: { lot: 1n, bidder: 2n } }),
    data: encodeAbiParameters(
      plain,
      plain.map((input) => values[input.name!] ?? 0n),
    ),
  };
  const deployment = { contracts: { liquidationHouse: house } } as unknown as Deployment;
  const told = bidIn(deployment, { logs: [log] } as unknown as TransactionReceipt);
  expect(told).toEqual({ pay: -7n, taken: 5_000_000n });
});
