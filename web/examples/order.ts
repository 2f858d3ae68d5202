// An order, signed and handed to the relay of a solver: node examples/order.ts URL ACCOUNT INSTRUMENT SIZE PRICE
// SIZE is negative to sell. The key of the owner or of a delegate stands in OMARGIN_KEY. A node, which knows the least nonce that the account's orders may have,
// in OMARGIN_NODE; without it the one that the solver names is asked, if it names any. Node 24 runs this file as it is (../node_modules/.bin/node).
import { createPublicClient, http, parseAbi, parseUnits } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const [url, account, name, size, price] = process.argv.slice(2);
const key = process.env.OMARGIN_KEY?.replace(/^0x/, "") ?? "";
if (!price) fail("Five arguments are needed: URL ACCOUNT INSTRUMENT SIZE PRICE.");
if (!/^[0-9a-fA-F]{64}$/.test(key)) fail("OMARGIN_KEY holds no key: set it to 0x and 64 hexadecimal digits.");

function fail(sentence: string): never {
  console.error(`error: ${sentence}`);
  process.exit(1);
}

const get = async (path: string) => (await fetch(`${url}${path}`)).json();

const deployment = await get("/api/deployment");
const instrument = (await get("/api/instruments")).find((listed: { name: string }) => listed.name === name);
if (!instrument) fail(`The instrument ${name} is not listed: give one of ${url}/api/instruments.`);
// Orders end by the later of the chain's clock and the solver's. Where this computer's is another, one of them is wrong, and this would end when you do not think it does; a local chain has a time of its own.
const prices = await fetch(`${url}/api/prices`);
const solver = Math.floor(Date.parse(prices.headers.get("date") ?? "") / 1000) || 0;
const seconds = Math.max(Number((await prices.json()).timeSeconds), solver);
if (Math.abs(Date.now() / 1000 - seconds) > 60 && deployment.chainId !== "31337")
  fail("This computer's clock and the solver's are more than a minute apart: set it, or look at who runs the solver.");
const node = process.env.OMARGIN_NODE ?? deployment.nodeUrl;
const accounts = parseAbi([
  "struct AccountRecord { address owner; uint64 minimumNonce; bool inLot; bytes32 stateHash; }",
  "function accountOf(uint64 account) view returns (AccountRecord record)",
]);
// Below it the chain fills nothing. The clock is above it, unless somebody cancelled far ahead of it.
const { minimumNonce } = node
  ? await createPublicClient({ transport: http(node) }).readContract({
      address: deployment.contracts.clearinghouse,
      abi: accounts,
      functionName: "accountOf",
      args: [BigInt(account)],
    })
  : { minimumNonce: 0n };
const clock = BigInt(Date.now());
const order = {
  account,
  instrument: instrument.instrument,
  sizeE8: parseUnits(size, 8).toString(),
  limitPriceE8: parseUnits(price, 8).toString(),
  nonce: (clock >= minimumNonce ? clock : minimumNonce + (clock % 300_000n)).toString(),
  expiry: (seconds + 3600).toString(),
  // The fee for taking, and no more: what is signed above it can be taken for credit on attesters' word.
  maxFeeRateE8: deployment.parameters.takerFeeE8 as string,
  flags: 0,
};

const signer = privateKeyToAccount(`0x${key}`);
const signature = await signer.signTypedData({
  domain: {
    name: "OnchainMargin",
    version: "1",
    chainId: Number(deployment.chainId),
    verifyingContract: deployment.contracts.clearinghouse,
  },
  types: {
    Order: [
      { name: "account", type: "uint64" },
      { name: "instrument", type: "uint96" },
      { name: "sizeE8", type: "int64" },
      { name: "limitPriceE8", type: "uint64" },
      { name: "nonce", type: "uint64" },
      { name: "expiry", type: "uint40" },
      { name: "maxFeeRateE8", type: "uint32" },
      { name: "flags", type: "uint8" },
    ],
  },
  primaryType: "Order",
  message: {
    account: BigInt(order.account),
    instrument: BigInt(order.instrument),
    sizeE8: BigInt(order.sizeE8),
    limitPriceE8: BigInt(order.limitPriceE8),
    nonce: BigInt(order.nonce),
    expiry: Number(order.expiry),
    maxFeeRateE8: Number(order.maxFeeRateE8),
    flags: order.flags,
  },
});

const reply = await fetch(`${url}/api/orders`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ order, signer: signer.address, signature }),
});
console.log(JSON.stringify(await reply.json()));
process.exit(reply.ok ? 0 : 1);
