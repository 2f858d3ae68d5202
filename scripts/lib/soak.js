// The traders of scripts/soak.sh: node scripts/lib/soak.js NODE API MINUTES SEED. Everything that is random comes from the seed, what it meets does not: processes run beside each other.
import { readFileSync, readdirSync } from "node:fs";
import { Contract, Interface, JsonRpcProvider, NonceManager, Wallet, id, parseUnits } from "ethers";

const [nodeUrl, apiUrl, minutes, seed] = process.argv.slice(2);
const TRADERS = 14;
const AT_ONCE = 4;
// Of the spot, a step of about a minute: a crash a day.
const STEP = 0.011;
const ORDER =
  "account uint64,instrument uint96,sizeE8 int64,limitPriceE8 uint64,nonce uint64,expiry uint40,maxFeeRateE8 uint32,flags uint8"
    .split(",")
    .map((field) => field.split(" "))
    .map(([name, type]) => ({ name, type }));

const deployment = JSON.parse(readFileSync(".run/demo/deployment.json", "utf8"));
const abiOf = (name) => JSON.parse(readFileSync(`abi/${name}.json`, "utf8"));
const errors = readdirSync("abi").map((file) => new Interface(abiOf(file.replace(".json", ""))));
const provider = new JsonRpcProvider(nodeUrl, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
provider.pollingInterval = 50;
const house = new Contract(deployment.contracts.clearinghouse, abiOf("Clearinghouse"), provider);
const vault = new Contract(deployment.contracts.marginVault, abiOf("MarginVault"), provider);
const token = (index) =>
  new Contract(deployment.tokens[index].address, [
    "function mint(address,uint256)",
    "function approve(address,uint256)",
  ]);

let state = Number(seed);
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const oneOf = (list) => list[Math.floor(random() * list.length)];
const met = new Map();
const count = (what) => met.set(what, (met.get(what) ?? 0) + 1);
// Figures apart, so that what was said in the same words is counted together.
const words = (text) => String(text).replace(/[−-]?\d[\d,.]*/g, "#");

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const reply = await fetch(apiUrl + path, options);
  return { ok: reply.ok, status: reply.status, body: await reply.json() };
}
const now = async () => (await provider.getBlock("latest")).timestamp;
const wait = async (transaction) => (await transaction).wait();

async function open(number) {
  const wallet = new Wallet(id(`soak ${seed} ${number} ${Date.now()}`), provider);
  await provider.send("hardhat_setBalance", [wallet.address, "0x3635c9adc5dea00000"]);
  const signer = new NonceManager(wallet);
  const receipt = await wait(house.connect(signer).openAccount(wallet.address));
  const opened = receipt.logs
    .map((log) => house.interface.parseLog(log))
    .find((log) => log?.args.account !== undefined);
  const trader = { wallet, signer, account: opened.args.account };
  await pay(trader, 0, 20_000 + Math.floor(random() * 200_000));
  if (random() < 0.5) await pay(trader, 1, 10);
  if (random() < 0.3) await pay(trader, 2, 1);
  return trader;
}

async function pay({ wallet, signer, account }, index, whole) {
  const raw = parseUnits(String(whole), deployment.tokens[index].decimals);
  const erc20 = token(index).connect(signer);
  await wait(erc20.mint(wallet.address, raw));
  await wait(erc20.approve(deployment.contracts.marginVault, raw));
  await wait(vault.connect(signer).deposit(account, wallet.address, index, raw));
}

const domain = (name) => ({
  name,
  version: "1",
  chainId: deployment.chainId,
  verifyingContract: deployment.contracts.clearinghouse,
});

let nonce = Date.now();
async function place({ wallet, account }, instruments, spots) {
  const near = ({ kind, strikeE4, underlying }) =>
    ["Call", "Put"].includes(kind) && Math.abs((Number(strikeE4) * 1e4) / spots[underlying - 1] - 1) < 0.06;
  const some = random();
  const instrument = oneOf(
    some < 0.5
      ? instruments.filter(({ kind }) => kind === "Perpetual")
      : some < 0.85
        ? instruments.filter(near).slice(0, 24)
        : instruments,
  );
  const mark = Number(instrument?.markE8 ?? 0);
  if (mark === 0) return count("nothing to trade");
  const spot = spots[instrument.underlying - 1] ?? mark;
  // One in twenty is a unit at a price that nobody may fill: it must hinder nobody.
  const isDust = random() < 0.05;
  const size = (isDust ? 1 : Math.round(((5_000 + random() * 60_000) * 1e16) / spot)) * (random() < 0.5 ? 1 : -1);
  const away = isDust ? 0.9 : (random() - 0.3) * 0.02;
  const order = {
    account: String(account),
    instrument: instrument.instrument,
    sizeE8: String(size),
    limitPriceE8: String(Math.max(1, Math.round(mark * (1 + away * Math.sign(size))))),
    nonce: String(++nonce),
    expiry: String((await now()) + 3_600),
    maxFeeRateE8: "1000000",
    flags: 0,
  };
  const message = { ...order, expiry: Number(order.expiry) };
  const signature = await wallet.signTypedData(domain("OnchainMargin"), { Order: ORDER }, message);
  const reply = await ask("/api/orders", { order, signer: wallet.address, signature });
  count(`order: ${reply.ok ? reply.body.status : words(reply.body.detail)}`);
}

async function withdraw({ wallet, signer, account }) {
  const view = (await ask(`/api/accounts/${account}`)).body;
  const amountRaw = String(parseUnits(String(Math.floor(1 + random() * 30_000)), deployment.tokens[0].decimals));
  const validUntil = (await now()) + 3_600;
  const types = {
    ProofRequest: [
      { name: "account", type: "uint64" },
      { name: "validUntil", type: "uint40" },
    ],
  };
  const signature = await wallet.signTypedData(domain("OnchainMargin Proofs"), types, { account, validUntil });
  const asker = { signer: wallet.address, signature, validUntilSeconds: String(validUntil) };
  const offered = await ask(`/api/accounts/${account}/withdrawal-proof`, { token: 0, amountRaw, asker });
  if (!offered.ok) return count(`withdrawal: ${words(offered.body.detail)}`);
  const [{ way, kind, data }] = offered.body.accounts;
  await wait(house.connect(signer).withdraw([account, view.state, [kind, data]], 0, amountRaw, wallet.address));
  count(`withdrawal: ${way}`);
}

function refusal(error) {
  const data = error.data ?? error.info?.error?.data?.data ?? error.info?.error?.data;
  for (const known of typeof data === "string" ? errors : []) {
    const parsed = known.parseError(data);
    if (parsed) return `refused by the chain: ${parsed.name}`;
  }
  // What the node said, where ethers makes nothing of it.
  return words(error.error?.message ?? error.shortMessage ?? error.message).slice(0, 100);
}

async function act(trader, instruments, spots) {
  if (trader.isBusy) return;
  trader.isBusy = true;
  try {
    const what = random();
    if (what < 0.75) await place(trader, instruments, spots);
    else if (what < 0.9) await withdraw(trader);
    else await pay(trader, 0, 1_000 + Math.floor(random() * 20_000));
  } catch (error) {
    count(refusal(error));
    trader.signer.reset();
  } finally {
    trader.isBusy = false;
  }
}

async function step(spots) {
  const common = (random() + random() + random() - 1.5) * STEP * 2;
  const setter = new Interface(["function setAnswer(int256)"]);
  const [, , , , , payer] = await provider.send("eth_accounts", []);
  for (const [place, { feed }] of deployment.underlyings.entries()) {
    spots[place] *= 1 + common + (random() - 0.5) * STEP;
    const data = setter.encodeFunctionData("setAnswer", [BigInt(Math.round(spots[place]))]);
    const hash = await provider.send("eth_sendTransaction", [{ from: payer, to: feed, data }]);
    await provider.waitForTransaction(hash);
  }
  await provider.send("evm_increaseTime", [30 + Math.floor(random() * 60)]);
  await provider.send("evm_mine", []);
}

const traders = [];
for (let number = 0; number < TRADERS; number++) traders.push(await open(number));
const prices = async () => (await ask("/api/prices")).body.prices;
const spots = (await prices()).map(({ spotE8 }) => Number(spotE8));
const end = Date.now() + Number(minutes) * 60_000;
while (Date.now() < end) {
  await step(spots);
  for (const { name, marketState } of await prices()) count(`market: ${name} ${marketState}`);
  const instruments = (await ask("/api/instruments")).body;
  await Promise.all(Array.from({ length: AT_ONCE }, () => act(oneOf(traders), instruments, spots)));
}

for (const [what, times] of [...met].sort(([a], [b]) => a.localeCompare(b)))
  console.log(String(times).padStart(6), what);

// What is on its way comes to its end; then nothing may hang, and every role must be well.
let hanging = [];
for (let tries = 0; tries < 60; tries++) {
  hanging = (await ask("/api/orders?limit=1000")).body.filter(({ status }) => status === "settling");
  if (hanging.length === 0) break;
  await new Promise((done) => setTimeout(done, 1_000));
}
const ready = await ask("/readyz");
console.log(`block ${ready.body.block}, ${hanging.length} orders hang, roles are ${ready.body.status}`);
if (hanging.length > 0 || !ready.ok) {
  console.error(JSON.stringify(hanging.length > 0 ? hanging : ready.body, null, 2));
  process.exit(1);
}
process.exit(0);
