// Gas of attesting and of challenging, measured on an in-process chain as whole transactions: an epoch posted by two of three attesters, and the refutation and the recomputation of an attestation of 16 options.
// Run: npx hardhat run scripts/gas-attestation.js   Prints one JSON object on its last line.
// The price hub is a stand-in that stores one checkpoint, as the hub does, in two words.
import { SigningKey, TypedDataEncoder, computeAddress, keccak256, zeroPadValue, toBeHex } from "ethers";
import { readArguments } from "./lib/arguments.js";
import { TIME, balances, checkpoint, record, state } from "./lib/gas-book.js";
import { coder, openChain, readSpec } from "./lib/gas-chain.js";

readArguments([], import.meta.filename);

const ACCOUNTS = 1_000_000;
const BOND = 1_000_000n * 10n ** 6n;
const ATTESTERS = [1n, 2n, 3n]
  .map((number) => new SigningKey(zeroPadValue(toBeHex(number), 32)))
  .sort((a, b) => (BigInt(computeAddress(a.publicKey)) < BigInt(computeAddress(b.publicKey)) ? -1 : 1));
const SALT = keccak256("0x01");

const chain = await openChain(Number(TIME));
const { request, from, create } = chain;

// What the registry, bonds and challenges need around them. The insurance fund is not reached: its part is paid on by a later call.
const { attestation: clocks, oracle } = readSpec("constants.json");
const cdfTable = await chain.createNormalTable();
const manager = await create("GuardedManager", from);
const token = await create("MockToken", "USD Coin", "USDC", 6);
const parameters = await create("RiskParameters", manager.address, 130_000_000);
await parameters.send("setOracle", [
  oracle.checkpointIntervalSeconds,
  oracle.checkpointMaxAgeSeconds,
  oracle.averagingWindowSeconds,
  86_400,
  oracle.premiumClampE8,
  28_800,
  75_000,
  clocks.maxAgeSeconds,
  clocks.maxDriftE8,
]);
const vault = await create("MarginVault", manager.address);
await vault.send("listToken", token.address, 0);
const hub = await create("StoredCheckpoints");
const referee = await create("contracts/margin/Referee.sol:Referee", cdfTable);
const registry = await create("RiskRegistry", manager.address, hub.address, parameters.address, referee.address);
const bonds = await create("AttesterBonds", manager.address, registry.address, vault.address, from, BOND);
const challenges = await chain.attach("Challenges", (await bonds.call("challenges"))[0]);
await registry.send("connect", bonds.address);
await token.send("mint", from, 3n * BOND);
await token.send("approve", bonds.address, 3n * BOND);
for (const key of ATTESTERS) {
  await bonds.send("admit", computeAddress(key.publicKey));
  await bonds.send("join", computeAddress(key.publicKey));
}
await registry.send("setThreshold", 2);
await hub.send("store", 1, keccak256(checkpoint));

const domain = {
  name: "OnchainMargin RiskRegistry",
  version: "1",
  chainId: 31337,
  verifyingContract: registry.address,
};
const field = (text) => text.split(",").map((part) => ({ type: part.split(" ")[0], name: part.split(" ")[1] }));
const EPOCH = field(
  "uint64 epoch,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,bytes32 bookRoot,uint32 accounts",
);
const sign = (digest, count) =>
  ATTESTERS.slice(0, count).map((key) => [computeAddress(key.publicKey), key.sign(digest).serialized]);

const [modelHash] = await registry.call("modelHash");
const positions = "0x" + state(16).slice(2 + 128);
const [figures] = await referee.call(
  "health",
  "0x" + "00".repeat(28) + "01000000" + "00".repeat(32) + positions.slice(2),
  balances,
  checkpoint,
  record,
  2,
);
const attestation = [
  1,
  keccak256(positions),
  keccak256(balances),
  figures.leastCashE8 - 10n ** 12n,
  figures.initialE8,
  figures.maintenanceE8,
  1,
  modelHash,
  2n ** 40n - 1n,
];
const [leaf] = await registry.call("leafOf", attestation);
const [attestationHash] = await registry.call("hashOf", attestation);
// As many siblings as the tree of a million accounts has levels; what stands in them costs nothing.
const siblings = Array.from({ length: Math.ceil(Math.log2(ACCOUNTS)) }, (_, level) => keccak256(toBeHex(level, 32)));
const above = (hash, sibling) =>
  keccak256(
    "0x" +
      [hash, sibling]
        .sort()
        .map((one) => one.slice(2))
        .join(""),
  );
const bookRoot = siblings.reduce(above, leaf);
const post = async (epoch) => {
  const digest = TypedDataEncoder.hash(
    domain,
    { RiskEpoch: EPOCH },
    { epoch, checkpoint: 1, inputsHash: keccak256(checkpoint), modelHash, bookRoot, accounts: ACCOUNTS },
  );
  return registry.gas("post", [epoch, 1, modelHash, bookRoot, ACCOUNTS], keccak256(checkpoint), sign(digest, 2));
};

const result = {};
await post(1);
result["gas.epoch.post"] = await post(2);
const accused = [attestation, 2, siblings, []];
const preimages = [positions, balances, checkpoint, record];
await challenges.send(
  "commit",
  keccak256(coder.encode(["address", "bytes32", "bytes32"], [from, attestationHash, SALT])),
);
await request("evm_mine", ++chain.time);
// One joint scenario, as most refutations are; of those that show it the cheapest, which a prover looks for off chain.
const costs = [];
for (let scenario = 0; scenario < 37; scenario++) {
  const witness = "0x00" + scenario.toString(16).padStart(2, "0") + "00";
  const refute = () => challenges.gas("refute", accused, preimages, witness, SALT).catch(() => undefined);
  const cost = await chain.tentatively(refute);
  if (cost) costs.push(cost);
}
if (costs.length === 0) throw new Error("no scenario refutes the attestation of the gas bench");
result["gas.refute.16options"] = Math.min(...costs);
result["gas.recompute.16options"] = await challenges.gas("recompute", accused, preimages, SALT);
console.log(JSON.stringify(result));
