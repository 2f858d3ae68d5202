// Gas of the referee, measured on an in-process chain: execution gas (what a transaction uses less its intrinsic gas) of calls that bring state, balances and checkpoint preimages.
// Run: npx hardhat run scripts/gas-referee.js   Prints one JSON object on its last line.
import hre from "hardhat";
import { readArguments } from "./lib/arguments.js";
import { balances, checkpoint, record, state } from "./lib/gas-book.js";
import { openChain } from "./lib/gas-chain.js";

readArguments([], import.meta.filename);

const chain = await openChain();
const { deployedBytecode } = await hre.artifacts.readArtifact("contracts/margin/Referee.sol:Referee");
const referee = await chain.create("contracts/margin/Referee.sol:Referee", await chain.createNormalTable());
const measureAt = (address, method, ...args) =>
  chain.executionGas(address, referee.interfaces.encodeFunctionData(method, args));
const measure = (method, ...args) => measureAt(referee.address, method, ...args);

const inputs = (options, distinct = false) => [state(options, distinct), balances, checkpoint, record, 0];
const result = { "gas.referee.bytes": (deployedBytecode.length - 2) / 2 };
for (const options of [1, 4, 16, 64, 128]) {
  result[`gas.referee.health.${options}options`] = await measure("health", ...inputs(options));
}
for (const options of [16, 64, 128]) {
  result[`gas.referee.health.${options}options.distinctStrikes`] = await measure("health", ...inputs(options, true));
}
// Witnesses, asked where the contracts ask them: one joint scenario without and with the add-ons, and the node at spot with what lies between.
const [weigher] = await referee.call("WITNESS");
for (const [name, witness] of Object.entries({ "": "0x000300", ".addons": "0x000301", ".node": "0x00c600" })) {
  result[`gas.witness.16options${name}`] = await measureAt(weigher, "witnessMargin", ...inputs(16), witness);
}
const instrument = "0x" + state(1).slice(194, 218);
result["gas.referee.headroom"] = await measure("headroom", instrument, 10n ** 8n, checkpoint, record, 0);
console.log(JSON.stringify(result));
