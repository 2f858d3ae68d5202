// Gas of clearing and liquidation, measured on an in-process chain: whole transactions (intrinsic gas and calldata included) over a whole deployment, real referees, surfaces of four expiries.
// Run: npx hardhat run scripts/gas-clearing.js   Prints one JSON object on its last line.
// Every figure is of a block in which nobody has read the prices yet, so that the update of the oracle is in it.
import { readArguments } from "./lib/arguments.js";
import { openChain } from "./lib/gas-chain.js";
import { SPOT, deployProtocol, gasStart } from "./lib/gas-protocol.js";

readArguments([], import.meta.filename);

const E8 = 10n ** 8n;
const chain = await openChain(gasStart);
const protocol = await deployProtocol(chain);
const { clearinghouse, house, owners, vault } = protocol;
const result = {};
const mixed = (index) => (index % 3 === 0 ? -2n : 1n) * E8;
const short = () => -E8;

const withdraw = async (account, amountRaw, proof) =>
  protocol.follow(
    await clearinghouse.sendAs(
      owners.get(account),
      "withdraw",
      protocol.input(account, proof),
      0,
      amountRaw,
      chain.from,
    ),
  );

// Deposits: of a token that the account holds already.
const maker = await protocol.open(2_000_000);
result["gas.deposit"] = await vault.gas("deposit", maker, owners.get(maker), 0, 10n ** 6n);

// Trades and withdrawals.
for (const options of [16, 128]) {
  const [seller, buyer] = [await protocol.open(2_000_000), await protocol.open(2_000_000)];
  await protocol.give(seller, buyer, options, mixed);
  await protocol.pass(1900);
  const deal = await protocol.fills(seller, buyer, [[protocol.option(1), E8 / 10n]]);
  const computed = await protocol.tentatively(async () => [
    await protocol.settle(seller, buyer, deal),
    new Map(protocol.states),
  ]);
  result[`gas.settle.computed.${options}options`] = computed[0];
  const proofs = {};
  for (const account of [seller, buyer]) proofs[account] = await protocol.attest(account, computed[1].get(account));
  result[`gas.settle.attested.${options}options`] = await protocol.settle(seller, buyer, deal, proofs);

  await protocol.pass(1900);
  const plain = await protocol.tentatively(async () => [await withdraw(buyer, 10n ** 9n), protocol.states.get(buyer)]);
  result[`gas.withdraw.computed.${options}options`] = plain[0];
  const proof = await protocol.attest(buyer, plain[1]);
  result[`gas.withdraw.attested.${options}options`] = await withdraw(buyer, 10n ** 9n, proof);
}

// Liquidations: short options, cash at the initial margin, and spot 9 % higher.
for (const options of [8, 16, 64, 128]) {
  await protocol.pass(60);
  const counterparty = await protocol.open(20_000_000);
  const victim = await protocol.open(5_000_000);
  const bidder = await protocol.open(20_000_000);
  await protocol.give(counterparty, victim, options, short);
  await protocol.pass(1900);
  await withdraw(victim, await protocol.spareRaw(victim));
  await protocol.tentatively(async () => {
    await protocol.pass(60, (SPOT * 109n) / 100n);
    const witness = await protocol.bestWitness(victim);
    const started = await house.send("start", victim, protocol.states.get(victim), witness);
    result[`gas.liquidation.start.${options}options`] = protocol.follow(started);
    const balances = await protocol.balancesOf(victim);
    await protocol.pass(660, (SPOT * 109n) / 100n);
    const [lot] = await house.call("lotCount");
    const preimage = [victim, protocol.states.get(victim), balances];
    // Nobody insures anything here: once the price has run on, holders of the other side are to bear what it lacks.
    await protocol.tentatively(async () => {
      for (const percent of [118n, 127n, 137n]) await protocol.pass(1900, (SPOT * percent) / 100n);
      const taken = await house.send("deleverage", lot, preimage);
      result[`gas.liquidation.deleverage.${options}options`] = protocol.follow(taken);
    });
    const bid = async (proof) =>
      protocol.follow(
        await house.sendAs(owners.get(bidder), "bid", lot, preimage, E8, 10n ** 16n, protocol.input(bidder, proof)),
      );
    const computed = await protocol.tentatively(async () => [
      await bid(),
      protocol.states.get(bidder),
      await protocol.balancesOf(bidder),
    ]);
    result[`gas.liquidation.bid.${options}options`] = computed[0];
    const proof = await protocol.attest(bidder, computed[1], computed[2]);
    result[`gas.liquidation.bid.attested.${options}options`] = await bid(proof);
  });
}
console.log(JSON.stringify(result));
