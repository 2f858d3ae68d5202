// An in-process chain for the gas scripts: whole transactions, contracts from their artifacts, time where a script needs it.
import { readFileSync } from "node:fs";
import { AbiCoder, Interface, getBytes } from "ethers";
import hre from "hardhat";

const SPEC = new URL("../../spec/", import.meta.url);
export const coder = AbiCoder.defaultAbiCoder();
export const readSpec = (name) => JSON.parse(readFileSync(new URL(name, SPEC), "utf8"));

/** Gas of the calldata and the transaction itself, which `executionGas` takes off. */
function intrinsicGas(data) {
  const bytes = getBytes(data);
  const zeros = bytes.filter((byte) => byte === 0).length;
  return 21_000 + 4 * zeros + 16 * (bytes.length - zeros);
}

/** @param start The time of the first block in seconds; without it the chain keeps its own. Each transaction is a second later. */
export async function openChain(start) {
  const { provider } = await hre.network.create({
    network: "node",
    override: { blockGasLimit: 100_000_000n, allowUnlimitedContractSize: true },
  });
  const request = (method, ...params) => provider.request({ method, params });
  const accounts = await request("eth_accounts");
  const [from] = accounts;
  const chain = { request, from, accounts, time: start };

  chain.transact = async (transaction) => {
    if (start) await request("evm_setNextBlockTimestamp", ++chain.time);
    const hash = await request("eth_sendTransaction", { from, gas: "0x1c9c380", ...transaction });
    const receipt = await request("eth_getTransactionReceipt", hash);
    if (receipt.status !== "0x1") throw new Error("a transaction of the gas bench failed");
    return receipt;
  };
  chain.executionGas = async (to, data) => Number((await chain.transact({ to, data })).gasUsed) - intrinsicGas(data);
  // Undoes what `work` did on the chain and gives what it found.
  chain.tentatively = async (work) => {
    const [snapshot, time] = [await request("evm_snapshot"), chain.time];
    try {
      return await work();
    } finally {
      await request("evm_revert", snapshot);
      chain.time = time;
    }
  };
  chain.at = (address, abi) => {
    const interfaces = new Interface(abi);
    const data = (method, args) => interfaces.encodeFunctionData(method, args);
    const sendAs = (sender, method, ...args) => chain.transact({ from: sender, to: address, data: data(method, args) });
    const send = (method, ...args) => sendAs(from, method, ...args);
    return {
      sendAs,
      address,
      interfaces,
      send,
      gas: async (method, ...args) => Number((await send(method, ...args)).gasUsed),
      call: async (method, ...args) => {
        const answer = await request("eth_call", { to: address, data: data(method, args) }, "latest");
        return interfaces.decodeFunctionResult(method, answer);
      },
    };
  };
  chain.create = async (name, ...values) => {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const { contractAddress } = await chain.transact({
      data: bytecode + new Interface(abi).encodeDeploy(values).slice(2),
    });
    return chain.at(contractAddress, abi);
  };
  chain.attach = async (name, address) => chain.at(address, (await hre.artifacts.readArtifact(name)).abi);
  chain.createNormalTable = async () => {
    const { table } = readSpec("cdf.json");
    const { kernel } = readSpec("constants.json");
    return (await chain.transact({ data: kernel.cdfTableCreationPrefix + table.slice(2) })).contractAddress;
  };
  return chain;
}
