import { getPublicClient } from "wagmi/actions";
import { afterEach, expect, test, vi } from "vitest";
import { fakeStorage } from "./storage.fake";
import { askOne, makeConfig, type Config } from "./wallet";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A connected wallet, which is one of several: none of them is injected. */
function connect(config: Config, chainId: string, block: string | Error) {
  const provider = {
    request: async ({ method }: { method: string }) => {
      if (method === "eth_chainId") return chainId;
      if (block instanceof Error) throw block;
      return block;
    },
  };
  const connector = { uid: "two", id: "test.wallet", type: "injected", getProvider: async () => provider };
  const connection = { accounts: ["0x0000000000000000000000000000000000000001"], chainId: 1, connector };
  config._internal.connectors.setState((others) => [
    ...others.filter((one) => one.id !== connector.id),
    connector as unknown as (typeof others)[number],
  ]);
  config.setState((state) => ({
    ...state,
    current: "two",
    connections: new Map([["two", connection]]) as unknown as typeof state.connections,
  }));
}
const look = (config: Config) => getPublicClient(config)!.getBlockNumber({ cacheTime: 0 });
const ask = (config: Config) => askOne(config, (client) => client.getBlockNumber({ cacheTime: 0 }));

test("reads go through the wallet that is connected, and it is told whose node was asked", async () => {
  vi.stubGlobal("localStorage", fakeStorage());
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    const { id } = JSON.parse(init.body as string) as { id: number };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: "0x63" }), {
      headers: { "content-type": "application/json" },
    });
  });
  const [alone, both] = [makeConfig("1", ""), makeConfig("1", "http://node.example")];
  await expect(look(alone)).rejects.toThrow();
  expect(await ask(both)).toEqual({ answer: 0x63n, isOwn: false });
  for (const config of [alone, both]) {
    connect(config, "0x1", "0x7");
    expect(await look(config)).toBe(7n);
    expect(await ask(config)).toEqual({ answer: 7n, isOwn: true });
  }
  // One on another chain, or without a node, tells nothing of this one.
  for (const [chain, block] of [
    ["0x2", "0x7"],
    ["0x1", new Error("Failed to fetch")],
  ] as const) {
    connect(both, chain, block);
    expect(await look(both)).toBe(0x63n);
    expect(await ask(both)).toEqual({ answer: 0x63n, isOwn: false });
    connect(alone, chain, block);
    await expect(ask(alone)).rejects.toThrow(chain === "0x2" ? "on chain 2, not on 1" : "Failed to fetch");
  }
  // What a reload leaves of a connection is the wallet's name.
  const left = (id: string) =>
    both.setState((state) => ({
      ...state,
      connections: new Map([["two", { accounts: [], chainId: 1, connector: { id, uid: "old" } }]]) as never,
    }));
  connect(both, "0x1", "0x7");
  left("test.wallet");
  expect(await ask(both)).toEqual({ answer: 7n, isOwn: true });
  left("another.wallet");
  expect(await ask(both)).toEqual({ answer: 0x63n, isOwn: false });
});
