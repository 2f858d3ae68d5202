import { contracts } from "virtual:abis";
import { createConfig, http, injected, fallback, createStorage, type Config as AnyConfig } from "wagmi";
import { getConnectorClient, getPublicClient } from "wagmi/actions";
import {
  ChainDisconnectedError,
  createPublicClient,
  custom,
  defineChain,
  domainSeparator,
  encodeFunctionData,
  hexToNumber,
  keccak256,
  parseAbi,
  parseEventLogs,
  parseSignature,
  ProviderDisconnectedError,
  publicActions,
  stringToHex,
  TransactionReceiptNotFoundError,
  withRetry,
  withTimeout,
  type Abi,
  type EIP1193Provider,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { api, type Account, type Asker, type Auction, type Balance, type Deployment, type OrderFields } from "./api";
import { ONE } from "./numbers";
import { storage } from "./storage";

/** The chain of development nodes. */
export const LOCAL_CHAIN = "31337";
/** The number of the settlement token. */
export const SETTLEMENT = "0";
const PROOF_REQUEST_SECONDS = 3600;
const ONE_E12 = 1_000_000_000_000n;
const LOOK_MILLISECONDS = 500;
const KNOWN_MILLISECONDS = 2000;
/** How often a node is asked for the transaction that took another's place before it is taken for one that does not tell. */
const REPLACEMENT_LOOKS = 10;

export type Config = ReturnType<typeof makeConfig>;

/** How the transport of the connected wallet is called among a client's. */
const WALLET = "wallet";
/** Some wallets answer nothing while a page is loaded. */
const WALLET_MILLISECONDS = 1000;

/** Asks the node of the wallet that is connected, of however many there are, while that is on the page's chain. */
async function askWallet(config: AnyConfig | undefined, chainId: number, asked: never): Promise<unknown> {
  // By its name, which is all that is left of it after a reload until it is connected again.
  const { connections, current } = config?.state ?? {};
  const name = current ? connections?.get(current)?.connector.id : undefined;
  const connector = config?.connectors.find((one) => one.id === name);
  const provider = (await connector?.getProvider({ chainId })) as EIP1193Provider | undefined;
  if (!provider) throw new ProviderDisconnectedError(new Error("No wallet is connected."));
  const on = await withRetry(
    () => withTimeout(() => provider.request({ method: "eth_chainId" }), { timeout: WALLET_MILLISECONDS }),
    { retryCount: 1 },
  );
  if (hexToNumber(on) !== chainId)
    throw new ChainDisconnectedError(new Error(`The wallet is on chain ${hexToNumber(on)}, not on ${chainId}.`));
  return provider.request(asked);
}

/** The wallet side of the page: one chain, every wallet that announces itself (EIP-6963) or is injected. */
export function makeConfig(chainId: string, nodeUrl: string) {
  const id = Number(chainId);
  const urls = nodeUrl ? [nodeUrl] : [];
  const chain = defineChain({
    id,
    name: id === 31337 ? "Local chain" : id === 1 ? "Ethereum" : `Chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: urls } },
  });
  let made: AnyConfig | undefined;
  const wallet = custom({ request: (asked: never) => askWallet(made, id, asked) }, { key: WALLET, retryCount: 1 });
  const config = createConfig({
    chains: [chain],
    connectors: [injected()],
    multiInjectedProviderDiscovery: true,
    storage: createStorage({
      storage: { ...storage, setItem: (key, text) => void storage.setItem(key, text) },
      key: "omargin-wallet",
    }),
    // Reads go through the person's own wallet first: what the solver says is checked against a node that they chose.
    transports: { [id]: fallback([wallet, ...urls.map((url) => http(url))]) },
  });
  made = config;
  return config;
}

const erc20 = parseAbi([
  "function allowance(address owner, address spender) view returns (uint256)",
  // Without what it returns: some tokens return nothing, and that it was refused is a revert with all that the vault takes.
  "function approve(address spender, uint256 amount)",
  "function balanceOf(address owner) view returns (uint256)",
  "function mint(address to, uint256 amount)",
  "function name() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
  "function PERMIT_TYPEHASH() view returns (bytes32)",
  "function version() view returns (string)",
  "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
]);

export interface Call {
  address: `0x${string}`;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  value?: bigint;
}

const reader = (config: Config) => {
  const client = getPublicClient(config);
  if (!client) throw new Error("No node is known for this chain.");
  return client;
};

export const read = <T>(
  config: Config,
  address: `0x${string}`,
  abi: Abi,
  functionName: string,
  args: readonly unknown[] = [],
): Promise<T> => reader(config).readContract({ address, abi, functionName, args }) as Promise<T>;

/** Asks one node for all of something: the connected wallet's and, where that does not answer, the one that the solver names. */
export async function askOne<T>(
  config: Config,
  ask: (client: PublicClient) => Promise<T>,
): Promise<{ answer: T; isOwn: boolean }> {
  let failure: unknown;
  for (const { config: told, request } of reader(config).transport.transports)
    try {
      const transport = custom({ request }, { retryCount: 0 });
      return {
        answer: await ask(createPublicClient({ chain: config.chains[0], transport })),
        isOwn: told.key === WALLET,
      };
    } catch (error) {
      failure ??= error;
    }
  throw failure;
}

/** The newest block's time in seconds, of the wallet's own node before any other: nothing of a solver's. */
export const chainTime = async (config: Config): Promise<number> =>
  Number((await reader(config).getBlock({ blockTag: "latest" })).timestamp);

/** The bound of an account's nonces: the chain fills no order below it. */
export const minimumNonce = async (config: Config, d: Deployment, account: string): Promise<bigint> =>
  (
    await read<{ minimumNonce: bigint }>(config, d.contracts.clearinghouse, contracts.Clearinghouse, "accountOf", [
      BigInt(account),
    ])
  ).minimumNonce;

/** Those of some nonces that the chain fills no more: filled whole, or cancelled there. */
export async function areDone(config: Config, d: Deployment, account: string, nonces: string[]): Promise<string[]> {
  const done = await Promise.all(
    nonces.map((nonce) =>
      read<[boolean, bigint]>(config, d.contracts.clearinghouse, contracts.Clearinghouse, "orderStatus", [
        BigInt(account),
        BigInt(nonce),
      ]),
    ),
  );
  return nonces.filter((_, at) => done[at]![0]);
}

/** The connected wallet, which must be on the deployment's chain: on another one the same call could mean anything. */
const walletOf = (config: Config) => getConnectorClient(config, { chainId: config.chains[0].id });

/** Asks the chain whether a call would be taken and what it would answer, in the name of the connected wallet. */
export async function simulate<T>(config: Config, call: Call): Promise<T> {
  const wallet = await walletOf(config);
  const { result } = await reader(config).simulateContract({ ...call, account: wallet.account });
  return result as T;
}

/** Whether the chain would take a call now. */
export const isAccepted = (config: Config, call: Call): Promise<boolean> =>
  simulate(config, call).then(
    () => true,
    () => false,
  );

/** What a node tells of a transaction, by which it is found out whether another took its place, also after a reload. */
interface Known {
  from: `0x${string}`;
  nonce: number;
  /** What is the same of a transaction that differs in its fee alone: receiver, value and data, hashed. */
  call: Hex;
}

/** A transaction that was handed over. */
export interface Sent {
  hash: Hex;
  /** The newest block before it. */
  after: string;
  /** Null while the node does not know it: that of a private relay, say. */
  known: Known | null;
}

const callHash = (one: { to?: Hex | null; value: bigint; input: Hex }): Hex =>
  keccak256(stringToHex(`${one.to} ${one.value} ${one.input}`));

const knownOf = (config: Config, hash: Hex): Promise<Known | null> =>
  reader(config)
    .getTransaction({ hash })
    .then(
      (one) => ({ from: one.from, nonce: one.nonce, call: callHash(one) }),
      () => null,
    );

const pass = (milliseconds: number) => new Promise<null>((resolve) => setTimeout(() => resolve(null), milliseconds));

/** Sends a call that was found good a moment before; does not wait until it is mined. */
export async function send(config: Config, call: Call): Promise<Sent> {
  await simulate(config, call);
  const client = reader(config);
  const wallet = (await walletOf(config)).extend(publicActions);
  const data = encodeFunctionData({ abi: call.abi, functionName: call.functionName, args: call.args });
  const gas = await wallet.estimateGas({ account: wallet.account, to: call.address, data, value: call.value });
  const after = await client.getBlockNumber({ cacheTime: 0 });
  const hash = (await wallet.request({
    method: "eth_sendTransaction",
    params: [
      {
        // The wallet refuses it if it is moved to another chain from here on.
        chainId: `0x${config.chains[0].id.toString(16)}`,
        from: wallet.account.address,
        to: call.address,
        data,
        value: call.value ? `0x${call.value.toString(16)}` : "0x0",
        gas: `0x${((gas * 13n) / 10n).toString(16)}`,
      },
    ],
  })) as Hex;
  // A node that is slow now must not keep the hash from being written down.
  const known = await Promise.race([knownOf(config, hash), pass(KNOWN_MILLISECONDS)]);
  return { hash, after: after.toString(), known };
}

/** What was mined with the nonce of a transaction that has no receipt. */
async function minedInPlaceOf(config: Config, after: string, { from, nonce }: Known) {
  const client = reader(config);
  let [low, high] = [BigInt(after), await client.getBlockNumber({ cacheTime: 0 })];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const count = await client.getTransactionCount({ address: from, blockNumber: middle });
    if (count > nonce) high = middle;
    else low = middle;
  }
  const { transactions } = await client.getBlock({ blockNumber: high, includeTransactions: true });
  return transactions.find((one) => one.from.toLowerCase() === from.toLowerCase() && one.nonce === nonce) ?? null;
}

/** How a transaction ended: its receipt, that of the same call at another fee, or that something else took its place; null while it is under way. */
async function endOf(config: Config, sent: Sent): Promise<TransactionReceipt | "replaced" | "untold" | null> {
  const client = reader(config);
  const receipt = await client.getTransactionReceipt({ hash: sent.hash }).catch((error: unknown) => {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  });
  if (receipt) return receipt;
  const { known } = sent;
  if (!known || (await client.getTransactionCount({ address: known.from })) <= known.nonce) return null;
  const other = await minedInPlaceOf(config, sent.after, known).catch(() => null);
  if (!other) return "untold";
  // Mined between two questions, its receipt is there at the next look.
  if (other.hash === sent.hash) return null;
  return callHash(other) === known.call ? client.getTransactionReceipt({ hash: other.hash }) : "replaced";
}

/** Waits until a transaction is mined, however long that takes; throws when the contract refused it then, and when the wallet put something else in its place. */
export async function waitFor(config: Config, sent: Sent): Promise<TransactionReceipt> {
  let { known } = sent;
  let untold = 0;
  for (;;) {
    known ??= await knownOf(config, sent.hash);
    // A node that does not answer says nothing about the transaction: it may be mined meanwhile.
    const end = await endOf(config, { ...sent, known }).catch(() => null);
    if (end === "replaced")
      throw new Error(
        "Your wallet sent something else in place of this transaction, a cancellation perhaps. Nothing of it was done.",
      );
    if (end === "untold") {
      if (++untold === REPLACEMENT_LOOKS)
        throw new Error(
          "Your wallet sent another transaction in place of this one, and its node does not tell which. Look at your wallet's activity before you try again.",
        );
    } else if (end !== null) {
      if (end.status === "success") return end;
      throw new Error("The transaction was mined and refused by the contract. Nothing changed but the gas is spent.");
    }
    await pass(LOOK_MILLISECONDS);
  }
}

/** A field of a contract's events in a transaction: what became of it is what the chain says, not what was asked for. */
function told(receipt: TransactionReceipt, address: `0x${string}`, abi: Abi, eventName: string, field: string) {
  return parseEventLogs({ abi, logs: receipt.logs, eventName })
    .filter((log) => log.address.toLowerCase() === address.toLowerCase())
    .map((log) => (log as unknown as { args: Record<string, bigint> }).args[field] ?? 0n);
}

const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** A wallet that is a contract of its own can have a transaction mined in which the call itself failed. */
function absent(): never {
  throw new Error(
    "The transaction was mined, but this is not in it. Look at your wallet's activity before you try again.",
  );
}

/** The number of the account that was opened. */
export function openedIn(d: Deployment, receipt: TransactionReceipt): string {
  const opened = told(receipt, d.contracts.clearinghouse, contracts.Clearinghouse, "AccountOpened", "account");
  return opened.at(-1)?.toString() ?? absent();
}

/** What a bid paid, in money E8, negative where the bidder was paid, and what part of the portfolio it took: less than was asked for where less was left. */
export function bidIn(d: Deployment, receipt: TransactionReceipt): { pay: bigint; taken: bigint } {
  const ask = (field: string) =>
    told(receipt, d.contracts.liquidationHouse, contracts.LiquidationHouse, "LotBid", field).at(-1) ?? absent();
  return { pay: ask("payE8"), taken: ask("toE8") - ask("fromE8") };
}

/** What of a deposit counts, and what of it is above the token's cap and counts for nothing. */
export function depositedIn(d: Deployment, receipt: TransactionReceipt): { counted: bigint; idle: bigint } {
  const ask = (event: string) => told(receipt, d.contracts.marginVault, contracts.MarginVault, event, "amountRaw");
  const [counted, idle] = [sum(ask("Deposited")), sum(ask("Idled"))];
  return counted + idle > 0n ? { counted, idle } : absent();
}

/** What of idle tokens counts from now on. */
export const engagedIn = (d: Deployment, receipt: TransactionReceipt): bigint =>
  sum(told(receipt, d.contracts.marginVault, contracts.MarginVault, "Engaged", "amountRaw"));

/** What a withdrawal paid: less than was withdrawn while losses stand that nothing has paid. */
export function paidIn(d: Deployment, receipt: TransactionReceipt): bigint {
  const paid = told(receipt, d.contracts.clearinghouse, contracts.Clearinghouse, "Withdrawn", "paidRaw");
  return paid.length > 0 ? sum(paid) : absent();
}

/** How an account is shown healthy: the contract's own argument. */
export interface Proof {
  kind: number;
  data: Hex;
}
export const PROOF_COMPUTED: Proof = { kind: 0, data: "0x" };

/** An account and whose it is shown to be: a deposit names both, so that it never reaches a stranger's. */
type Owned = Pick<Account, "id" | "owner">;

/** A lot with its preimage. */
type Lot = Pick<Auction, "id" | "account" | "state" | "balances">;

export const calls = {
  openAccount: (d: Deployment, owner: string): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "openAccount",
    args: [owner],
  }),
  approve: (d: Deployment, token: `0x${string}`, amount: bigint): Call => ({
    address: token,
    abi: erc20 as Abi,
    functionName: "approve",
    args: [d.contracts.marginVault, amount],
  }),
  mint: (token: `0x${string}`, to: string, amount: bigint): Call => ({
    address: token,
    abi: erc20 as Abi,
    functionName: "mint",
    args: [to, amount],
  }),
  deposit: (d: Deployment, account: Owned, token: string, amount: bigint): Call => ({
    address: d.contracts.marginVault,
    abi: contracts.MarginVault,
    functionName: "deposit",
    args: [BigInt(account.id), account.owner, Number(token), amount],
  }),
  depositEther: (d: Deployment, account: Owned, token: string, amount: bigint): Call => ({
    address: d.contracts.marginVault,
    abi: contracts.MarginVault,
    functionName: "depositEther",
    args: [BigInt(account.id), account.owner, Number(token)],
    value: amount,
  }),
  depositWithPermit: (d: Deployment, account: Owned, token: string, amount: bigint, permit: Permit): Call => ({
    address: d.contracts.marginVault,
    abi: contracts.MarginVault,
    functionName: "depositWithPermit",
    args: [BigInt(account.id), account.owner, Number(token), amount, permit.deadline, permit.v, permit.r, permit.s],
  }),
  engage: (d: Deployment, account: string, token: string): Call => ({
    address: d.contracts.marginVault,
    abi: contracts.MarginVault,
    functionName: "engage",
    args: [BigInt(account), Number(token)],
  }),
  withdrawIdle: (d: Deployment, account: string, token: string, amount: bigint, to: string): Call => ({
    address: d.contracts.marginVault,
    abi: contracts.MarginVault,
    functionName: "withdrawIdle",
    args: [BigInt(account), Number(token), amount, to],
  }),
  withdraw: (
    d: Deployment,
    account: { id: string; state: Hex },
    token: string,
    amount: bigint,
    to: string,
    proof: Proof,
  ): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "withdraw",
    args: [{ account: BigInt(account.id), state: account.state, proof }, Number(token), amount, to],
  }),
  move: (
    d: Deployment,
    from: { id: string; state: Hex },
    to: { id: string; state: Hex },
    token: string,
    amount: bigint,
    instruments: string[],
    proofs: Proof[],
  ): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "move",
    args: [
      { account: BigInt(from.id), state: from.state, proof: proofs[0]! },
      { account: BigInt(to.id), state: to.state, proof: proofs[1]! },
      Number(token),
      amount,
      instruments.map(BigInt),
    ],
  }),
  claim: (d: Deployment, to: string): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "claim",
    args: [to],
  }),
  setDelegate: (d: Deployment, account: string, delegate: string, rights: number, until: bigint): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "setDelegate",
    args: [BigInt(account), delegate, rights, Number(until)],
  }),
  cancel: (d: Deployment, account: string, nonces: string[]): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "cancel",
    args: [BigInt(account), nonces.map(BigInt)],
  }),
  cancelBelow: (d: Deployment, account: string, bound: bigint): Call => ({
    address: d.contracts.clearinghouse,
    abi: contracts.Clearinghouse,
    functionName: "cancelBelow",
    args: [BigInt(account), bound],
  }),
  finish: (d: Deployment, lot: Lot): Call => ({
    address: d.contracts.liquidationHouse,
    abi: contracts.LiquidationHouse,
    functionName: "finish",
    args: [BigInt(lot.id), { account: BigInt(lot.account), state: lot.state, balances: lot.balances }],
  }),
  bid: (d: Deployment, lot: Lot, fraction: bigint, maxPay: bigint, bidder: { id: string; state: Hex }): Call => ({
    address: d.contracts.liquidationHouse,
    abi: contracts.LiquidationHouse,
    functionName: "bid",
    args: [
      BigInt(lot.id),
      { account: BigInt(lot.account), state: lot.state, balances: lot.balances },
      fraction,
      maxPay,
      { account: BigInt(bidder.id), state: bidder.state, proof: PROOF_COMPUTED },
    ],
  }),
};

export const balanceOf = (config: Config, token: `0x${string}`, owner: string) =>
  read<bigint>(config, token, erc20 as Abi, "balanceOf", [owner]);
export const allowance = (config: Config, d: Deployment, token: `0x${string}`, owner: string) =>
  read<bigint>(config, token, erc20 as Abi, "allowance", [owner, d.contracts.marginVault]);

/** A token as far as amounts of it need it. */
export type Unit = Pick<Balance, "token" | "symbol" | "decimals">;

/** How much more of a token would count now, below its cap; the settlement token has none. */
export async function roomOf(config: Config, d: Deployment, token: Unit): Promise<bigint | null> {
  if (token.token === SETTLEMENT) return null;
  const ask = (name: string) =>
    read<bigint>(config, d.contracts.marginVault, contracts.MarginVault, name, [Number(token.token)]);
  const [wholeTokens, total, isHalted] = await Promise.all([
    ask("capOf"),
    ask("totalOf"),
    read<boolean>(config, d.contracts.priceHub, contracts.PriceHub, "isHalted", [Number(token.token)]),
  ]);
  const cap = wholeTokens * 10n ** BigInt(token.decimals);
  return cap > total && !isHalted ? cap - total : 0n;
}

/** What a withdrawal of the settlement token rests on beside the account, and what was put aside for a wallet, in money E8. */
export interface Pool {
  /** Losses that nothing has paid yet. */
  deficitE8: bigint;
  /** What all accounts together have as cash, interest included. */
  creditE8: bigint;
  /** What the wallet's withdrawals were paid less and fees have not given back. */
  lostE8: bigint;
  /** What the wallet can claim now. */
  heldE8: bigint;
}

export async function poolOf(config: Config, d: Deployment, owner: string): Promise<Pool> {
  const ask = <T>(name: string, ...args: string[]) =>
    read<T>(config, d.contracts.clearinghouse, contracts.Clearinghouse, name, args);
  const [deficitE8, [, creditBaseE8], [, creditIndexE12], lostE8, heldE8] = await Promise.all([
    ask<bigint>("deficit"),
    ask<[bigint, bigint]>("cashBases"),
    read<[bigint, bigint]>(config, d.contracts.priceHub, contracts.PriceHub, "indices"),
    ask<bigint>("lossOf", owner),
    ask<bigint>("heldFor", owner),
  ]);
  // As a withdrawal reckons it (CLR-023): rounded up.
  const creditE8 = (creditBaseE8 * creditIndexE12 + ONE_E12 - 1n) / ONE_E12;
  return { deficitE8, creditE8, lostE8, heldE8 };
}

/** A part of a curve of interest, as rates are: E12 of a year. */
interface Curve {
  baseRateE12: bigint;
  kinkRateE12: bigint;
  maxRateE12: bigint;
  kinkUtilisationE8: bigint;
}

/** The yearly rate of debts at a utilisation (CLR-032). */
export function rateE12(curve: Curve, usedE8: bigint): bigint {
  const { baseRateE12, kinkRateE12, maxRateE12, kinkUtilisationE8 } = curve;
  return usedE8 <= kinkUtilisationE8
    ? baseRateE12 + ((kinkRateE12 - baseRateE12) * usedE8) / kinkUtilisationE8
    : kinkRateE12 + ((maxRateE12 - kinkRateE12) * (usedE8 - kinkUtilisationE8)) / (ONE - kinkUtilisationE8);
}

/** What debts cost a year once a loan is among them, and the cash of who takes it is no credit any more. */
export async function loanRateE8(config: Config, d: Deployment, loan: bigint, cash: bigint): Promise<bigint> {
  const [curve, [debtBaseE8, creditBaseE8], [debtIndexE12, creditIndexE12]] = await Promise.all([
    read<Curve>(config, d.contracts.riskParameters, contracts.RiskParameters, "interest"),
    read<[bigint, bigint]>(config, d.contracts.clearinghouse, contracts.Clearinghouse, "cashBases"),
    read<[bigint, bigint]>(config, d.contracts.priceHub, contracts.PriceHub, "indices"),
  ]);
  const debt = (debtBaseE8 * debtIndexE12) / ONE_E12 + loan;
  const credit = (creditBaseE8 * creditIndexE12) / ONE_E12 - (cash > 0n ? cash : 0n);
  return rateE12(curve, debt >= credit ? ONE : (debt * ONE) / credit) / 10_000n;
}

export interface Permit {
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

const PERMIT_TYPE_HASH = keccak256(
  stringToHex("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
);
const COMMON_VERSIONS = ["1", "2"];
/** The code of an account whose key signs as ever and that runs a contract besides (EIP-7702) begins so. */
const DELEGATED = "0xef0100";

/** The EIP-712 domain of a token's permit; null where it has none, one of another shape, or a domain that is not told. */
async function permitDomain(config: Config, d: Deployment, token: `0x${string}`): Promise<Typed["domain"] | null> {
  const ask = <T>(name: string) => read<T>(config, token, erc20 as Abi, name).catch(() => null);
  const [separator, name, version, typeHash] = await Promise.all([
    ask<Hex>("DOMAIN_SEPARATOR"),
    ask<string>("name"),
    ask<string>("version"),
    ask<Hex>("PERMIT_TYPEHASH"),
  ]);
  if (separator === null || name === null || (typeHash !== null && typeHash !== PERMIT_TYPE_HASH)) return null;
  return (
    [...(version === null ? [] : [version]), ...COMMON_VERSIONS]
      .map((one) => ({ name, version: one, chainId: Number(d.chainId), verifyingContract: token }))
      .find((domain) => domainSeparator({ domain }) === separator) ?? null
  );
}

/** Signs an EIP-2612 permit; null when the token takes none from this wallet, so that an approval takes its place. */
export async function signPermit(
  config: Config,
  d: Deployment,
  token: `0x${string}`,
  amount: bigint,
): Promise<Permit | null> {
  const wallet = await walletOf(config);
  const owner = wallet.account.address;
  const spender = d.contracts.marginVault;
  const [domain, nonce, code] = await Promise.all([
    permitDomain(config, d, token),
    read<bigint>(config, token, erc20 as Abi, "nonces", [owner]).catch(() => null),
    reader(config).getCode({ address: owner }),
  ]);
  // A contract has no key that could sign.
  if (domain === null || nonce === null || (code && !code.startsWith(DELEGATED))) return null;
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600 * 24 * 365);
  const signature = await signTyped(config, {
    domain,
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: {
      owner,
      spender,
      value: amount.toString(),
      nonce: nonce.toString(),
      deadline: deadline.toString(),
    },
  });
  const { r, s, v, yParity } = parseSignature(signature);
  const permit = { deadline, r, s, v: Number(v ?? BigInt(27 + yParity)) };
  // The vault goes on without a permit that the token refuses, and would then move nothing for want of an allowance.
  const args = [owner, spender, amount, deadline, permit.v, r, s];
  return (await isAccepted(config, { address: token, abi: erc20 as Abi, functionName: "permit", args }))
    ? permit
    : null;
}

interface Typed {
  domain: { name: string; version: string; chainId: number; verifyingContract: `0x${string}` };
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, unknown>;
}

const DOMAIN_TYPE = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
];

export async function signTyped(config: Config, typed: Typed): Promise<Hex> {
  const wallet = await walletOf(config);
  const document = { ...typed, types: { EIP712Domain: DOMAIN_TYPE, ...typed.types } };
  return wallet.request({
    method: "eth_signTypedData_v4",
    params: [wallet.account.address, JSON.stringify(document)],
  }) as Promise<Hex>;
}

const domainOf = (d: Deployment, name: string) => ({
  name,
  version: "1",
  chainId: Number(d.chainId),
  verifyingContract: d.contracts.clearinghouse,
});

export const signOrder = (config: Config, d: Deployment, order: OrderFields): Promise<Hex> =>
  signTyped(config, {
    domain: domainOf(d, "OnchainMargin"),
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
    message: { ...order },
  });

export const signCancel = (config: Config, d: Deployment, account: string, nonce: string): Promise<Hex> =>
  signTyped(config, {
    domain: domainOf(d, "OnchainMargin Relay"),
    types: {
      Cancel: [
        { name: "account", type: "uint64" },
        { name: "nonce", type: "uint64" },
      ],
    },
    primaryType: "Cancel",
    message: { account, nonce },
  });

/** Lets attesters work for an account for an hour. It moves nothing. */
export async function signProofRequest(config: Config, d: Deployment, account: string): Promise<Asker> {
  const wallet = await walletOf(config);
  const validUntilSeconds = String(Number((await api.prices()).timeSeconds) + PROOF_REQUEST_SECONDS);
  const signature = await signTyped(config, {
    domain: domainOf(d, "OnchainMargin Proofs"),
    types: {
      ProofRequest: [
        { name: "account", type: "uint64" },
        { name: "validUntil", type: "uint40" },
      ],
    },
    primaryType: "ProofRequest",
    message: { account, validUntil: validUntilSeconds },
  });
  return { signer: wallet.account.address, signature, validUntilSeconds };
}

export interface Comparison {
  name: string;
  here: string;
  there: string;
  isSame: boolean;
}

/** Recomputes an account on chain: the three commitments and each of the six figures, the solver's beside the chain's, and whether the wallet's own node told it. */
export async function checkOnChain(
  config: Config,
  d: Deployment,
  inputs: import("./api").Inputs,
): Promise<{ comparisons: Comparison[]; isOwn: boolean }> {
  const account = [BigInt(inputs.account)];
  const { answer, isOwn } = await askOne(config, (client) => {
    const ask = <T>(address: `0x${string}`, abi: Abi, functionName: string, args: readonly unknown[]) =>
      client.readContract({ address, abi, functionName, args }) as Promise<T>;
    return Promise.all([
      ask<Hex>(d.contracts.clearinghouse, contracts.Clearinghouse, "accountHash", account),
      ask<Hex>(d.contracts.priceHub, contracts.PriceHub, "inputsHash", [BigInt(inputs.checkpoint)]),
      ask<Hex>(d.contracts.marginVault, contracts.MarginVault, "balancesOf", account),
      ask<Record<string, bigint>>(d.contracts.referee, contracts.Referee, "health", [
        inputs.state,
        inputs.balances,
        inputs.checkpointBytes,
        inputs.records,
        0,
      ]),
    ]);
  });
  const [state, stored, balances, figures] = answer;
  const compare = (name: string, here: string, there: string): Comparison => ({
    name,
    here,
    there,
    isSame: here.toLowerCase() === there.toLowerCase(),
  });
  const f = inputs.figures;
  const comparisons = [
    compare("Equity", f.equityE8, String(figures.equityE8)),
    compare("Maintenance margin", f.maintenanceMarginE8, String(figures.maintenanceE8)),
    compare("Initial margin", f.initialMarginE8, String(figures.initialE8)),
    compare("Floor", f.floorMarginE8, String(figures.floorE8)),
    compare("Floor equity", f.floorEquityE8, String(figures.floorEquityE8)),
    compare("Least cash", f.leastCashE8, String(figures.leastCashE8)),
    compare("Account's commitment", keccak256(inputs.state), state),
    compare("Checkpoint's commitment", keccak256(inputs.checkpointBytes), stored),
    compare("Tokens in the vault", inputs.balances, balances),
  ];
  return { comparisons, isOwn };
}
