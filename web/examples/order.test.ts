import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

const HOUR = 3600;
/** A process that loads viem takes seconds on a machine that does much else. */
const PATIENCE = 60_000;
let server: Server | undefined;

afterEach(() => server?.close());

/** Runs the example against a solver whose clock is some seconds from this computer's, and tells what came to it. */
async function place(chainId: string, apart: number) {
  const seconds = Math.floor(Date.now() / 1000) + apart;
  const orders: { order: { expiry: string } }[] = [];
  const answers: Record<string, unknown> = {
    "/api/deployment": {
      chainId,
      contracts: { clearinghouse: "0x00000000000000000000000000000000000000c1" },
      parameters: { takerFeeE8: "50000" },
    },
    "/api/instruments": [{ name: "BTC-PERP", instrument: "1" }],
    "/api/prices": { timeSeconds: (seconds - 12).toString() },
    "/api/orders": { status: "resting" },
  };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      if (request.url === "/api/orders") orders.push(JSON.parse(body));
      response.setHeader("Date", new Date(seconds * 1000).toUTCString());
      response.end(JSON.stringify(answers[request.url!]));
    });
  });
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const said = await new Promise<string>((resolve) =>
    execFile(
      process.execPath,
      [join(import.meta.dirname, "order.ts"), url, "7", "BTC-PERP", "-1", "89000"],
      { env: { OMARGIN_KEY: `0x${"1".repeat(64)}` } },
      (_, output, errors) => resolve(output + errors),
    ),
  );
  return { said, expiries: orders.map(({ order }) => Number(order.expiry) - seconds) };
}

test(
  "an order of the example ends by the solver's clock",
  async () => {
    expect(await place("1", 30)).toMatchObject({ said: expect.stringContaining("resting"), expiries: [HOUR] });
  },
  PATIENCE,
);

test(
  "none is signed where the clocks are apart",
  async () => {
    expect(await place("1", -120)).toMatchObject({
      said: expect.stringContaining("more than a minute apart"),
      expiries: [],
    });
  },
  PATIENCE,
);

test(
  "a local chain has a time of its own",
  async () => {
    expect((await place("31337", 86_400)).expiries).toEqual([HOUR]);
  },
  PATIENCE,
);
