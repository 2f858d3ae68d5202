// Gas of the referee, measured on an in-process chain: execution gas (what a transaction uses less its intrinsic gas) of calls that bring state, balances and checkpoint preimages.
// Run: npx hardhat run scripts/gas-referee.js   Prints one JSON object on its last line.
import { readFileSync } from "node:fs";
import { AbiCoder, Interface, getBytes } from "ethers";
import hre from "hardhat";
import { balances, checkpoint, record, state } from "./lib/gas-book.js";

const { provider } = await hre.network.create({
  network: "node",
  override: { blockGasLimit: 100_000_000n, allowUnlimitedContractSize: true },
});
const request = (method, ...params) => provider.request({ method, params });
const [from] = await request("eth_accounts");

async function send(transaction) {
  const hash = await request("eth_sendTransaction", { from, gas: "0xf00000", ...transaction });
  const receipt = await request("eth_getTransactionReceipt", hash);
  if (receipt.status !== "0x1") throw new Error("a transaction of the gas bench failed");
  return receipt;
}
async function executionGas(to, data) {
  const receipt = await send({ to, data });
  const bytes = getBytes(data);
  const zeros = bytes.filter((byte) => byte === 0).length;
  return Number(receipt.gasUsed) - 21_000 - 4 * zeros - 16 * (bytes.length - zeros);
}

const { abi, bytecode, deployedBytecode } = await hre.artifacts.readArtifact("contracts/margin/Referee.sol:Referee");
const { table } = JSON.parse(readFileSync(new URL("../spec/cdf.json", import.meta.url), "utf8"));
const { kernel } = JSON.parse(readFileSync(new URL("../spec/constants.json", import.meta.url), "utf8"));
const cdfTable = (await send({ data: kernel.cdfTableCreationPrefix + table.slice(2) })).contractAddress;
const referee = (await send({ data: bytecode + AbiCoder.defaultAbiCoder().encode(["address"], [cdfTable]).slice(2) }))
  .contractAddress;
const referees = new Interface(abi);

const inputs = (options, distinct = false) => [state(options, distinct), balances, checkpoint, record, 0];
const result = { "gas.referee.bytes": (deployedBytecode.length - 2) / 2 };
for (const options of [1, 4, 16, 64, 128]) {
  result[`gas.referee.health.${options}options`] = await executionGas(
    referee,
    referees.encodeFunctionData("health", inputs(options)),
  );
}
for (const options of [16, 64, 128]) {
  result[`gas.referee.health.${options}options.distinctStrikes`] = await executionGas(
    referee,
    referees.encodeFunctionData("health", inputs(options, true)),
  );
}
// Witnesses: one joint scenario without and with the add-ons, and the node at spot with what lies between.
for (const [name, witness] of Object.entries({ "": "0x000300", ".addons": "0x000301", ".node": "0x00c600" })) {
  const data = referees.encodeFunctionData("witnessMargin", [...inputs(16), witness]);
  result[`gas.witness.16options${name}`] = await executionGas(referee, data);
}
result["gas.referee.headroom"] = await executionGas(
  referee,
  referees.encodeFunctionData("headroom", ["0x" + state(1).slice(194, 218), 10n ** 8n, checkpoint, record, 0]),
);
console.log(JSON.stringify(result));
