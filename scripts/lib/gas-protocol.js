// A whole deployment for the gas scripts, as docs/architecture.md orders it: one market with four expiries, two attesters, surfaces that they publish.
// States are kept as the last event told them.
import { SigningKey, computeAddress, keccak256, toBeHex, zeroPadValue } from "ethers";
import { coder, readSpec } from "./gas-chain.js";

const START = 1_800_000_000;
const DAY = 86_400;
const E8 = 10n ** 8n;
const UNDERLYING = 1;
const EXPIRIES = [2, 9, 30, 90].map((days) => START + days * DAY);
const BOND = 1_000_000n * 10n ** 6n;
const KIND = { call: 2n, put: 3n };
export const SPOT = 3000n;
export const PROOF = { computed: 0, signed: 1 };

const key = (number) => new SigningKey(zeroPadValue(toBeHex(number), 32));
const attesters = [key(101n), key(102n)].sort((a, b) => (address(a) < address(b) ? -1 : 1));
function address(signer) {
  return computeAddress(signer.publicKey).toLowerCase();
}

/** @param chain A chain that was opened at `gasStart`. */
export const gasStart = START;
export async function deployProtocol(chain) {
  const { from, create } = chain;
  const { attestation: clocks, clearing, liquidation, oracle } = readSpec("constants.json");
  const manager = await create("GuardedManager", from);
  const usdc = await create("MockToken", "USD Coin", "USDC", 6);
  const parameters = await create("RiskParameters", manager.address, 130_000_000);
  const vault = await create("MarginVault", manager.address);
  await vault.send("listToken", usdc.address, 0);
  const spots = await create("SpotMarkets", manager.address, parameters.address);
  const hub = await create("PriceHub", manager.address, parameters.address, vault.address, spots.address);
  const table = await chain.createNormalTable();
  const referee = await create("contracts/margin/Referee.sol:Referee", table);
  const floors = await create("FloorReferee", table);
  const registry = await create("RiskRegistry", manager.address, hub.address, parameters.address, referee.address);
  const surfaces = await create("VolSurfaces", manager.address, spots.address, registry.address, hub.address);
  const bucket = await create("CreditBucket", manager.address, registry.address);
  const gate = await create(
    "HealthGate",
    ...[referee, floors, registry, hub, parameters, bucket].map((contract) => contract.address),
  );
  const book = [manager, vault, hub, parameters, gate].map((contract) => contract.address);
  const closing = (await create("ClosingModule", ...book)).address;
  const rooms = [closing];
  for (const room of ["TradeModule", "ClearingModule", "LotModule"]) {
    rooms.push((await create(room, ...book, closing)).address);
  }
  const clearinghouse = await create("Clearinghouse", ...book, ...rooms);
  const insurance = await create("InsuranceFund", vault.address, clearinghouse.address, parameters.address);
  const distress = await create(
    "DistressModule",
    ...[clearinghouse, vault, hub, referee, floors, parameters, insurance].map((contract) => contract.address),
  );
  const house = await create("LiquidationHouse", distress.address);
  const bonds = await create(
    "AttesterBonds",
    manager.address,
    registry.address,
    vault.address,
    insurance.address,
    BOND,
  );
  await vault.send("connect", clearinghouse.address, house.address, insurance.address);
  await clearinghouse.send("connect", house.address, insurance.address);
  await hub.send("connect", clearinghouse.address, surfaces.address);
  await registry.send("connect", bonds.address);
  await bucket.send("connect", clearinghouse.address, gate.address, bonds.address);
  await surfaces.send("setSurfaceParameters", [15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000, 0]);
  const of = (values, ...names) => names.map((name) => values[name]);
  const { interest, funding } = clearing;
  await parameters.send(
    "setClearing",
    of(clearing, "makerFeeE8", "takerFeeE8", "priceBandE8", "minReliefE8", "volBandE8", "creditFeeE8"),
  );
  await parameters.send(
    "setInterest",
    of(interest, "baseRateE12", "kinkRateE12", "maxRateE12", "kinkUtilisationE8", "reserveE8"),
  );
  await parameters.send("setOracle", [
    oracle.checkpointIntervalSeconds,
    oracle.checkpointMaxAgeSeconds,
    oracle.averagingWindowSeconds,
    DAY,
    oracle.premiumClampE8,
    funding.intervalSeconds,
    funding.rateMaxE8,
    clocks.maxAgeSeconds,
    clocks.maxDriftE8,
  ]);
  const lots = of(liquidation, "graceSeconds", "discountMaxE8", "discountRampSeconds", "targetE8", "bidMinE8");
  lots.push(...of(liquidation, "resumeSeconds", "insolventRampSeconds", "insolventPayMaxE8", "insuranceEventMaxE8"));
  lots.push(...of(liquidation, "insuranceDayMaxE8", "deleverageRampSeconds", "rewardGas", "rewardGasPosition"));
  await parameters.send("setLiquidation", [...lots, ...of(liquidation, "rewardMaxE8", "rewardMostE8"), UNDERLYING]);
  const risk = [5000n * E8, 1, 16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000];
  risk.push(10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);
  await parameters.send("setUnderlying", UNDERLYING, risk);
  await parameters.send("setRiskInterestMax", UNDERLYING, 2n ** 128n - 1n);
  await parameters.send("setToken", 0, [0, 0, 0, 50_000_000, 0]);
  const feed = await create("MockAggregator", 8, SPOT * E8);
  const source = await create("ChainlinkSource", feed.address, 3600, E8, 10n ** 14n);
  await spots.send("setFeeds", UNDERLYING, [source.address], [1, 2_000_000, 10_000_000, 20_000_000, 120]);
  await usdc.send("mint", from, 10n ** 15n);
  await usdc.send("approve", bonds.address, 10n ** 15n);
  await usdc.send("approve", vault.address, 10n ** 15n);
  for (const attester of attesters) {
    await bonds.send("admit", address(attester));
    await bonds.send("join", address(attester));
  }
  await registry.send("setThreshold", attesters.length);

  const sign = (digest) => attesters.map((attester) => [address(attester), attester.sign(digest).serialized]);
  const states = new Map();
  const checkpoints = new Map();
  // Nobody trades with himself: each account has an owner of its own, and a delegate whose key signs its orders.
  const owners = new Map();
  const signers = new Map();
  let nonce = 1;
  const protocol = {
    ...{ chain, usdc, vault, hub, spots, referee, floors, registry, clearinghouse, insurance, house, feed, surfaces },
    ...{ states, owners, EXPIRIES },
  };

  /** Keeps the states and checkpoints that a transaction's events tell; gives its gas. */
  protocol.follow = (receipt) => {
    for (const log of receipt.logs) {
      const isAt = (contract) => log.address.toLowerCase() === contract.address.toLowerCase();
      const event = [clearinghouse, hub].find(isAt)?.interfaces.parseLog(log);
      if (event?.name === "AccountUpdated") states.set(Number(event.args.account), event.args.state);
      if (event?.name === "CheckpointTaken") checkpoints.set(Number(event.args.id), event.args);
    }
    return Number(receipt.gasUsed);
  };
  protocol.open = async (dollars) => {
    const account = owners.size + 1;
    const [owner, signer] = [chain.accounts[account], key(BigInt(1000 + account))];
    owners.set(account, owner);
    signers.set(account, signer);
    protocol.follow(await clearinghouse.send("openAccount", owner));
    await clearinghouse.sendAs(owner, "setDelegate", account, address(signer), 1, 2 ** 40 - 1);
    if (dollars) await vault.send("deposit", account, owner, 0, BigInt(dollars) * 10n ** 6n);
    return account;
  };
  /** The feed answers anew, and surfaces and a checkpoint follow: nothing is stale. */
  protocol.refresh = async (price = SPOT) => {
    await feed.send("setAnswer", price * E8);
    await spots.send("updateAll");
    const [spot] = await spots.call("storedSpotE8", UNDERLYING);
    const updates = EXPIRIES.map((expiry) => {
      // Nearly flat: a strike keeps its volatility when spot moves, inside the steps of the contract.
      const smile = [358_000_000_000n, 10_000_000_000n, -20_000_000, 0, 20_000_000];
      return [UNDERLYING, expiry, chain.time, spot, spot, ...smile];
    });
    const [digest] = await surfaces.call("publicationDigest", updates);
    await surfaces.send("publish", updates, sign(digest));
    protocol.follow(await hub.send("checkpoint"));
  };
  protocol.pass = async (seconds, price = SPOT) => {
    chain.time += seconds;
    await protocol.refresh(price);
  };
  protocol.live = async () => hub.call("live");
  protocol.balancesOf = async (account) => (await vault.call("balancesOf", account))[0];
  /** Of `index` options the expiry goes round, strikes go from 85 % to 115 % of spot, calls and puts take turns; the last four have the strikes beside those of the first. */
  protocol.option = (index) => {
    const strike = (SPOT * BigInt(85 + ((index * 7) % 31))) / 100n + (index < 124 ? 0n : 10n);
    const strikeE4 = strike * 10_000n;
    const kind = index % 2 === 0 ? KIND.call : KIND.put;
    return (1n << 80n) | (BigInt(EXPIRIES[index % 4]) << 48n) | (strikeE4 << 8n) | kind;
  };
  /** Fills between two accounts, each a list [instrument, signed size of the taker]: one order each side a fill. */
  protocol.fills = async (maker, taker, list) => {
    const [checkpoint, records] = await protocol.live();
    const orders = [];
    const fills = [];
    for (const [instrument, size] of list) {
      const { markE8 } = (await floors.call("quoteOf", instrument, checkpoint, records))[0];
      const price = markE8 > 0n ? markE8 : 1n;
      for (const [account, sizeE8] of [
        [maker, -size],
        [taker, size],
      ]) {
        const order = [account, instrument, sizeE8, price, nonce++, chain.time + 100_000, 1_000_000, 0];
        const [digest] = await clearinghouse.call("orderDigest", order);
        const signer = signers.get(account);
        orders.push([order, address(signer), signer.sign(digest).serialized]);
      }
      fills.push([orders.length - 2, orders.length - 1, size < 0n ? -size : size]);
    }
    return { orders, fills };
  };
  protocol.input = (account, proof = [PROOF.computed, "0x"]) => [account, states.get(account), proof];
  protocol.settle = async (maker, taker, { orders, fills }, proofs = {}) => {
    const inputs = [maker, taker].sort((a, b) => a - b).map((account) => protocol.input(account, proofs[account]));
    return protocol.follow(await clearinghouse.send("settle", inputs, orders, fills));
  };
  /** The taker gets options at their marks, 16 a transaction; `size` gives the size of each. */
  protocol.give = async (maker, taker, count, size) => {
    for (let i = 0; i < count; i += 16) {
      const list = [];
      for (let j = i; j < Math.min(count, i + 16); j++) list.push([protocol.option(j), size(j)]);
      await protocol.settle(maker, taker, await protocol.fills(maker, taker, list));
    }
  };
  /** A signed attestation of a state at the last checkpoint, true to the unit. */
  protocol.attest = async (account, state, balances = undefined) => {
    const [id] = await hub.call("latest");
    const stored = checkpoints.get(Number(id));
    balances ??= await protocol.balancesOf(account);
    const [figures] = await referee.call("health", state, balances, stored.checkpoint, stored.records, 2);
    const [modelHash] = await registry.call("modelHash");
    const positions = "0x" + state.slice(2 + 128);
    const attestation = [account, keccak256(positions), keccak256(balances), figures.leastCashE8, figures.initialE8];
    attestation.push(figures.maintenanceE8, id, modelHash, chain.time + 600);
    const [digest] = await registry.call("attestationDigest", attestation);
    const type =
      "tuple(tuple(uint64,bytes32,bytes32,int128,int64,int64,uint64,bytes32,uint40),tuple(address,bytes)[],bytes)";
    const health = [attestation, sign(digest), balances];
    return [PROOF.signed, coder.encode([type], [health])];
  };
  /** Cash beyond what the account needs, in base units of the settlement token, less a dollar. */
  protocol.spareRaw = async (account) => {
    const [checkpoint, records] = await protocol.live();
    const state = states.get(account);
    const [figures] = await referee.call("health", state, await protocol.balancesOf(account), checkpoint, records, 2);
    return (figures.equityE8 - figures.initialE8) / 100n - 10n ** 6n;
  };
  /** The joint scenario, with add-ons, that shows most, as a keeper searches for it off chain. */
  protocol.bestWitness = async (account) => {
    const [checkpoint, records] = await protocol.live();
    const balances = await protocol.balancesOf(account);
    const asked = [states.get(account), balances, checkpoint, records, 1];
    let best = { witness: "0x", shown: 0n };
    for (let scenario = 0; scenario < 37; scenario++) {
      const witness = "0x00" + scenario.toString(16).padStart(2, "0") + "01";
      const [, shown] = await referee.call("witnessMargin", ...asked, witness);
      if (shown > best.shown) best = { witness, shown };
    }
    return best.witness;
  };
  /** Undoes what `work` did, states included, and gives what it found. */
  protocol.tentatively = async (work) => {
    const kept = new Map(states);
    const found = await chain.tentatively(work);
    states.clear();
    for (const [account, state] of kept) states.set(account, state);
    return found;
  };
  await protocol.refresh();
  return protocol;
}
