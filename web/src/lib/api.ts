/** The solver's API; its document is at /openapi/v1.json. */
export interface Token {
  token: string;
  symbol: string;
  address: `0x${string}`;
  decimals: number;
  underlying: string;
  wrapsEther: boolean;
}
/** What an account has of a token, which the deployment's record need not list: anybody may deposit any token anywhere. */
export interface Balance {
  token: string;
  symbol: string;
  decimals: number;
  amountRaw: string;
}
export interface Deployment {
  chainId: string;
  nodeUrl: string;
  contracts: Record<string, `0x${string}`>;
  tokens: Token[];
  underlyings: { underlying: string; name: string; feed: string }[];
  parameters: {
    initialFactorE8: string;
    makerFeeE8: string;
    takerFeeE8: string;
    priceBandE8: string;
    creditFeeE8: string;
    fundingIntervalSeconds: number;
    graceSeconds: number;
    discountMaxE8: string;
    discountRampSeconds: number;
    bidMinE8: string;
  };
  takesOrders: boolean;
  isPaused: boolean;
  signsAttestations: boolean;
  modelHash: string;
}
export interface Figures {
  checkpoint: string;
  timeSeconds: string;
  /** Whether they are of this moment, and of no checkpoint that was stored. */
  isLive: boolean;
  equityE8: string;
  initialMarginE8: string;
  maintenanceMarginE8: string;
  floorMarginE8: string;
  floorEquityE8: string;
  leastCashE8: string;
  healthE8: string | null;
}
export interface Position {
  instrument: string;
  name: string;
  underlying: string;
  kind: string;
  expirySeconds: string;
  strikeE4: string;
  sizeE8: string;
  costE8: string;
  markE8: string | null;
  gainE8: string | null;
  entryE8: string | null;
}
export interface Account {
  id: string;
  owner: string;
  stateHash: `0x${string}`;
  state: `0x${string}`;
  version: string;
  cashE8: string;
  lockedGainE8: string;
  openLot: string;
  balances: Balance[];
  /** What lies above a token's cap: it counts for nothing. */
  idle: Balance[];
  positions: Position[];
  delegates: Delegate[];
  health: Figures | null;
}
/** Accounts in the order of their numbers. */
export interface Accounts {
  items: Account[];
  /** Null where these are all. */
  next: string | null;
}
export interface Delegate {
  address: `0x${string}`;
  rights: number;
  untilSeconds: string;
}
export interface Need {
  instrument: string;
  name: string;
  sizeE8: string;
}
export interface Tail {
  checkpoint: string;
  horizonHours: number;
  level: number;
  valueAtRisk: number;
  valueAtRiskLow: number;
  valueAtRiskHigh: number;
  expectedShortfall: number;
  expectedShortfallLow: number;
  expectedShortfallHigh: number;
  positions: { instrument: string; value: number }[];
  collateral: number;
}
export interface Scenario {
  index: number;
  label: string;
  quarters: number;
  volatility: number;
  weight24: number;
  resultE8: string;
}
export interface UnderlyingTerms {
  underlying: string;
  name: string;
  group: string;
  worstLabel: string;
  lossE8: string;
  weighted24E8: string[];
  shortMinimumE8: string;
  basisE8: string;
  liquidityE8: string;
  vegaE8: string;
  staleE8: string;
  rateE8: string;
  spreadE8: string;
  netE8: string;
  grossE8: string;
}
export interface Greeks {
  underlying: string;
  expirySeconds: string;
  deltaE8: string;
  gammaE16: string;
  vegaE8: string;
  thetaE8: string;
}
export interface Breakdown {
  figures: Figures;
  /** What trades may still take: above the initial margin or, where that is less, above the floor. */
  freeE8: string;
  aboveFloorE8: string;
  /** Why no position can grow whatever is free; null where margin decides. */
  reason: string | null;
  standardMarginE8: string;
  savingE8: string;
  collateralValueE8: string;
  haircutE8: string;
  worst: string;
  underlyings: UnderlyingTerms[];
  groups: { group: string; maintenanceE8: string; lossesAloneE8: string }[];
  collaterals: (Balance & { valueE8: string; haircutE8: string })[];
  greeks: Greeks[];
  scenarios: Scenario[];
}
export interface Distance {
  underlying: string;
  name: string;
  spotE8: string;
  belowE8: string | null;
  aboveE8: string | null;
  belowPercent: string | null;
  abovePercent: string | null;
}
export interface Curve {
  underlying: string;
  name: string;
  spotE8: string;
  points: { priceE8: string; gainE8: string; equityE8: string; maintenanceE8: string }[];
}
export interface Price {
  underlying: string;
  name: string;
  spotE8: string;
  perpetualMarkE8: string;
  fundingRateE8: string | null;
  openInterestE8: string;
  marketState: string;
}
export interface Prices {
  checkpoint: string;
  timeSeconds: string;
  prices: Price[];
}
export interface Instrument {
  instrument: string;
  name: string;
  underlying: string;
  kind: string;
  expirySeconds: string;
  strikeE4: string;
  markE8: string | null;
  marketState: string;
  typedName: string;
}
export interface OrderFields {
  account: string;
  instrument: string;
  sizeE8: string;
  limitPriceE8: string;
  nonce: string;
  expiry: string;
  maxFeeRateE8: string;
  flags: number;
}
/** An order as the relay takes it. */
export interface SignedOrder {
  order: OrderFields;
  signer: string;
  signature: string;
}
export interface Order {
  account: string;
  nonce: string;
  instrument: string;
  name: string;
  sizeE8: string;
  leftE8: string;
  inFlightE8: string;
  limitPriceE8: string;
  expirySeconds: string;
  flags: number;
  status: string;
  reason: string;
}
export interface Level {
  priceE8: string;
  sizeE8: string;
  orders: number;
}
export interface Book {
  instrument: string;
  name: string;
  bids: Level[];
  asks: Level[];
}
export interface Trade {
  name: string;
  takerSizeE8: string;
  priceE8: string;
  maker: string;
  taker: string;
  timeSeconds: string;
  transaction: string;
}
export interface Auction {
  id: string;
  account: string;
  isOpen: boolean;
  forSaleE8: string;
  /** The most that one bid takes of it at the prices of now; null where none is taken. */
  bidMostE8: string | null;
  soldE8: string;
  proceedsE8: string;
  insuredE8: string;
  biddingFromSeconds: string;
  /** Since when the discount rises: earlier than bidding begins where it resumes another one. */
  startSeconds: string;
  discountE8: string;
  equityE8: string;
  maintenanceE8: string;
  /** The equity from which on no bid is taken; null where the maintenance margin decides that, too. */
  restoredAtE8: string | null;
  bids: number;
  lotHash: string;
  state: `0x${string}`;
  balances: `0x${string}`;
  /** Positions, tokens and cash, whole; a bid takes its fraction of each. */
  positions: Position[];
  tokens: Balance[];
  cashE8: string;
}
export interface Epoch {
  epoch: string;
  checkpoint: string;
  modelHash: string;
  bookRoot: string;
  accounts: string;
  signatures: string;
  threshold: string;
  postedInBlock: string;
  isComputedHere: boolean;
  /** The root that the solver computed for itself; null when it no longer keeps that checkpoint. */
  rootHere: string | null;
}
export interface Attester {
  address: string;
  isHere: boolean;
  isSitting: boolean;
  bondRaw: string;
  releaseSeconds: string;
  isSlashed: boolean;
}
export interface Withdrawable {
  token: string;
  symbol: string;
  decimals: number;
  amountRaw: string;
  /** What else than margin holds the account back; null for nothing. */
  reason: string | null;
}
/** Who asks attesters to work for an account: a signature of its owner that moves nothing. */
export interface Asker {
  signer: string;
  signature: string;
  validUntilSeconds: string;
}
export interface MoveRequest {
  to: number;
  token: number;
  amountRaw: string;
  instruments: string[];
}
export interface OperationProof {
  accounts: {
    account: string;
    way: string;
    kind: number;
    data: `0x${string}`;
    creditE8: string;
    creditFeeE8: string;
    sentence: string;
  }[];
  gas: string | null;
  computedGas: string | null;
  isAskable: boolean;
}
export interface Inputs {
  account: string;
  checkpoint: string;
  inputsHash: `0x${string}`;
  stateHash: `0x${string}`;
  state: `0x${string}`;
  balances: `0x${string}`;
  checkpointBytes: `0x${string}`;
  records: `0x${string}`;
  figures: Figures;
}
export interface WhatIfRequest {
  fills?: { instrument: string; sizeE8: string; priceE8?: string }[];
  moves?: { underlying?: string; pricePercent?: string; volatilityPercent?: string }[];
  cashE8?: string;
}
export interface WhatIf {
  before: Breakdown;
  after: Breakdown;
  distancesAfter: Distance[];
  isAllowed: boolean;
  sentence: string;
}
export interface Ready {
  status: string;
  block: string | null;
  blockTimeSeconds: string | null;
  chainHead: string | null;
  roles: { name: string; isWell: boolean; failure: string }[];
}

/** What the solver refused, in its own sentence. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Of an order that is refused: whether its nonce is filled or cancelled on chain. */
    readonly isOver = false,
  ) {
    super(message);
  }
}

const AWAY = "The solver does not answer. Check your connection; this page goes on by itself as soon as it is back.";
const SECONDS = 10;
/** What simulates a portfolio, or asks attesters. */
const PATIENT_SECONDS = 60;

interface Answer {
  reply: Response;
  text: string;
}

async function hear(path: string, init?: RequestInit, seconds = SECONDS): Promise<Answer> {
  try {
    const reply = await fetch(path, { ...init, signal: AbortSignal.timeout(seconds * 1000) });
    return { reply, text: await reply.text() };
  } catch {
    throw new ApiError(AWAY, 0);
  }
}

const NOT_THE_SOLVER = "What answers here is not the solver. Look at who runs it, or at what stands before it.";
/** How the solver says what it refuses. */
const PROBLEM = "application/problem+json";

/** What is no JSON was not said by the solver: the page of a proxy in between, say. */
function read<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(NOT_THE_SOLVER, 0);
  }
}

async function hearGood(path: string, init?: RequestInit, seconds?: number): Promise<Answer> {
  const answer = await hear(path, init, seconds);
  const { reply, text } = answer;
  if (reply.ok) return answer;
  // Whatever else refuses stands before the solver, and knows nothing of what that has taken.
  const isProblem = reply.headers.get("content-type")?.startsWith(PROBLEM);
  const problem = isProblem ? read<{ detail?: string; isOver?: boolean } | null>(text) : null;
  if (typeof problem?.detail !== "string") throw new ApiError(`${NOT_THE_SOLVER} It said ${reply.status}.`, 0);
  throw new ApiError(problem.detail, reply.status, problem.isOver);
}

const ask = async <T>(path: string, init?: RequestInit, seconds?: number): Promise<T> =>
  read<T>((await hearGood(path, init, seconds)).text);

/** Whether nobody knows what became of a request: it was not answered, or not by whom it was for. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500);

const post = <T>(path: string, body: unknown, seconds?: number): Promise<T> =>
  ask<T>(
    path,
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) },
    seconds,
  );

/** As many orders as the relay tells at once. */
export const ORDERS_MOST = 500;
const ORDERS_NEWEST = 100;
/** As many accounts as are listed: whoever opens accounts for others, or appoints them, must not fill the page. */
const ACCOUNTS_MOST = 100;

export const api = {
  deployment: () => ask<Deployment>("/api/deployment"),
  ready: async (): Promise<Ready> => {
    // Also what is not ready says how it is.
    const ready = read<Ready | null>((await hear("/readyz")).text);
    if (!Array.isArray(ready?.roles)) throw new ApiError("What answers here is not the solver.", 0);
    return ready;
  },
  /** The time by which orders and rights end, in seconds: the later of the chain's and the solver's. */
  clock: async (): Promise<number> => {
    const { reply, text } = await hearGood("/api/prices");
    const solver = Date.parse(reply.headers.get("date") ?? "") / 1000;
    return Math.max(Number(read<Prices>(text).timeSeconds), Math.floor(solver) || 0);
  },
  accountsOf: (owner: string) => ask<Accounts>(`/api/accounts?limit=${ACCOUNTS_MOST}&owner=${owner}`),
  accountsFor: (delegate: string) => ask<Accounts>(`/api/accounts?limit=${ACCOUNTS_MOST}&delegate=${delegate}`),
  account: (id: string) => ask<Account>(`/api/accounts/${id}?live=true`),
  margin: (id: string) => ask<Breakdown>(`/api/accounts/${id}/margin?live=true`),
  distances: (id: string) => ask<Distance[]>(`/api/accounts/${id}/distances`),
  curve: (id: string, underlying: string) => ask<Curve>(`/api/accounts/${id}/curve?underlying=${underlying}`),
  withdrawable: (id: string, token: string) => ask<Withdrawable>(`/api/accounts/${id}/withdrawable?token=${token}`),
  withdrawalProof: (id: string, token: string, amount: bigint, asker: Asker | null) =>
    post<OperationProof>(
      `/api/accounts/${id}/withdrawal-proof`,
      { token: Number(token), amountRaw: amount.toString(), asker },
      PATIENT_SECONDS,
    ),
  moveProofs: (id: string, move: MoveRequest, askers: Asker[]) =>
    post<OperationProof>(
      `/api/accounts/${id}/move-proofs`,
      { ...move, asker: askers[0] ?? null, toAsker: askers[1] ?? null },
      PATIENT_SECONDS,
    ),
  inputs: (id: string) => ask<Inputs>(`/api/accounts/${id}/inputs`),
  whatIf: (id: string, request: WhatIfRequest) => post<WhatIf>(`/api/accounts/${id}/what-if`, request),
  prices: () => ask<Prices>("/api/prices"),
  instruments: () => ask<Instrument[]>("/api/instruments"),
  instrument: (name: string) => ask<Instrument>(`/api/instruments/${encodeURIComponent(name)}`),
  orders: (account: string, isOpen: boolean) =>
    ask<Order[]>(`/api/orders?account=${account}&open=${isOpen}&limit=${isOpen ? ORDERS_MOST : ORDERS_NEWEST}`),
  submit: (signed: SignedOrder) => post<Order>("/api/orders", signed),
  order: (account: string, nonce: string) => ask<Order>(`/api/orders/${account}/${nonce}`),
  cancel: (account: string, nonce: string, signer: string, signature: string) =>
    post<Order>(`/api/orders/${account}/${nonce}/cancel`, { signer, signature }),
  book: (instrument: string) => ask<Book>(`/api/books/${instrument}`),
  trades: (instrument: string) => ask<Trade[]>(`/api/trades?instrument=${instrument}&limit=12`),
  tail: (id: string) => ask<Tail>(`/api/accounts/${id}/tail`, undefined, PATIENT_SECONDS),
  needs: () => ask<Need[]>("/api/needs"),
  auctions: (isOpen: boolean, limit: number) => ask<Auction[]>(`/api/auctions?open=${isOpen}&limit=${limit}`),
  auction: (id: string) => ask<Auction>(`/api/auctions/${id}`),
  epochs: () => ask<Epoch[]>("/api/epochs?limit=8"),
  attesters: () => ask<Attester[]>("/api/attesters"),
};
