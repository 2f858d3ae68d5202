import { renderToStaticMarkup } from "react-dom/server";
import type { ReactElement } from "react";
import { expect, test } from "vitest";
import { LotWords } from "../App";
import type { Auction, Breakdown, WhatIf } from "../lib/api";
import { Quote } from "../views/Auctions";
import { Preview } from "../views/Trade";
import { Notice } from "./Notice";

/** What a reader of the screen says aloud of something. */
function aloud(element: ReactElement): string {
  const regions = renderToStaticMarkup(element).matchAll(/<(\w+)[^>]* role="(?:alert|status)"[^>]*>(.*?)<\/\1>/gs);
  return [...regions].map((region) => region[2]!.replace(/<[^>]*>/g, "")).join("|");
}

const figures = (equityE8: string) => ({ equityE8, maintenanceMarginE8: "9000", initialMarginE8: equityE8 });

test("a notice says its sentence aloud, and no figures", () => {
  const notice = (
    <Notice isBad sentence="It is old.">
      At block 5.
    </Notice>
  );
  expect(aloud(notice)).toBe("It is old.");
  expect(renderToStaticMarkup(notice)).toContain("At block 5.");
});

test("figures that change each two seconds are not said aloud each two seconds", () => {
  const lot = (soldE8: string, equityE8: string) => (
    <LotWords
      lot="7"
      auction={{ soldE8, forSaleE8: "50000000", restoredAtE8: null } as Auction}
      margin={{ figures: figures(equityE8) } as Breakdown}
      open={() => {}}
    />
  );
  expect(aloud(lot("100", "5"))).toBe(aloud(lot("20000000", "77777")));
  expect(aloud(lot("100", "5"))).toContain("This account is being liquidated.");
  expect(renderToStaticMarkup(lot("20000000", "5"))).toContain("20.0 % of at most 50.0 % is sold.");

  const quote = (pay: bigint | undefined, error: Error | null = null) => <Quote pay={pay} error={error} />;
  expect([aloud(quote(100_000_000n)), aloud(quote(222_000_000n))]).toEqual(["You pay at most", "You pay at most"]);
  expect([aloud(quote(-1n)), aloud(quote(undefined))]).toEqual([
    "You are paid at least",
    "Asking the chain for the price…",
  ]);
  expect(aloud(quote(undefined, new Error("At most $7.")))).toBe("The chain does not take this bid:");
  expect(renderToStaticMarkup(quote(-222_000_000n))).toContain("<strong>$2.22</strong>");

  const preview = (isAllowed: boolean, equityE8: string) => {
    const before = { figures: figures(equityE8) } as Breakdown;
    const answer = { before, after: before, isAllowed, sentence: `It needs ${equityE8}.` } as WhatIf;
    return <Preview preview={answer} isLost={false} />;
  };
  expect(aloud(preview(true, "5"))).toBe("The account can take this order.");
  expect(aloud(preview(false, "5"))).toBe(aloud(preview(false, "77777")));
  expect(renderToStaticMarkup(preview(false, "5"))).toContain("It needs 5.");
});
