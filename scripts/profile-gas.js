// Where the gas of clearing goes: a settlement and a withdrawal of 16 options with attestations, the start of a lot of 8, its taking over and a bid on it, and a witness of 16 by itself, traced step by step.
// Run: npx hardhat run scripts/profile-gas.js   Prints for each the largest sums by contract, by kind of instruction and by function. OMARGIN_PROFILE_LINES sets how many.
import { readArguments } from "./lib/arguments.js";
import { balances as collateral, checkpoint, record, state } from "./lib/gas-book.js";
import { openChain } from "./lib/gas-chain.js";
import { SPOT, deployProtocol, gasStart } from "./lib/gas-protocol.js";
import { openTracer, printTrace } from "./lib/gas-trace.js";

readArguments([], import.meta.filename);

const E8 = 10n ** 8n;
const MOST = Number(process.env.OMARGIN_PROFILE_LINES ?? 25);
const chain = await openChain(gasStart);
const { transact } = chain;
let last;
chain.transact = async (transaction) => (last = await transact(transaction));
const protocol = await deployProtocol(chain);
const { clearinghouse, house, owners } = protocol;
const trace = openTracer(chain);
const print = async (title) => printTrace(title, await trace(last), MOST);
const withdraw = async (account, amountRaw, proof) => {
  const input = protocol.input(account, proof);
  return protocol.follow(await clearinghouse.sendAs(owners.get(account), "withdraw", input, 0, amountRaw, chain.from));
};

const [seller, buyer] = [await protocol.open(2_000_000), await protocol.open(2_000_000)];
await protocol.give(seller, buyer, 16, (index) => (index % 3 === 0 ? -2n : 1n) * E8);
await protocol.pass(1900);
const deal = await protocol.fills(seller, buyer, [[protocol.option(1), E8 / 10n]]);
const settled = await protocol.tentatively(async () => {
  await protocol.settle(seller, buyer, deal);
  return new Map(protocol.states);
});
const proofs = {};
for (const account of [seller, buyer]) proofs[account] = await protocol.attest(account, settled.get(account));
await protocol.settle(seller, buyer, deal, proofs);
await print("settle, attested, 16 options, two accounts");

await protocol.pass(1900);
const left = await protocol.tentatively(async () => {
  await withdraw(buyer, 10n ** 9n);
  return protocol.states.get(buyer);
});
await withdraw(buyer, 10n ** 9n, await protocol.attest(buyer, left));
await print("withdraw, attested, 16 options");

await protocol.pass(60);
const [counterparty, victim, bidder] = [
  await protocol.open(20_000_000),
  await protocol.open(5_000_000),
  await protocol.open(20_000_000),
];
await protocol.give(counterparty, victim, 8, () => -E8);
await protocol.pass(1900);
await withdraw(victim, await protocol.spareRaw(victim));
await protocol.pass(60, (SPOT * 109n) / 100n);
const witness = await protocol.bestWitness(victim);
protocol.follow(await house.send("start", victim, protocol.states.get(victim), witness));
await print("start, 8 options");

const balances = await protocol.balancesOf(victim);
await protocol.pass(660, (SPOT * 109n) / 100n);
const [lot] = await house.call("lotCount");
const preimage = [victim, protocol.states.get(victim), balances];
await protocol.tentatively(async () => {
  for (const percent of [118n, 127n, 137n]) await protocol.pass(1900, (SPOT * percent) / 100n);
  await house.send("deleverage", lot, preimage);
  await print("taking over, 8 options, all needs new");
});
await house.sendAs(owners.get(bidder), "bid", lot, preimage, E8, 10n ** 16n, protocol.input(bidder));
await print("bid, 8 options");

// As in `scripts/gas-referee.js`, calldata and the transaction included.
const referee = await chain.create("contracts/margin/Referee.sol:Referee", await chain.createNormalTable());
const [weigher] = await referee.call("WITNESS");
const asked = [state(16), collateral, checkpoint, record, 0, "0x000300"];
await chain.transact({ to: weigher, data: referee.interfaces.encodeFunctionData("witnessMargin", asked) });
await print("witness, one scenario, 16 options");
