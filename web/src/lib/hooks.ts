import { useQueries, useQuery, useQueryClient, type Query } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import { api, ApiError, isUnanswered, type Account, type Deployment, type Instrument } from "./api";
import { explain } from "./errors";
import { storage } from "./storage";
import type { Config } from "./wallet";

export const FAST = 2000;
const SILENT_MILLISECONDS = 10_000;
/** What the figures on the page rest on, and prices that are suggested; each is asked for again and again, so many milliseconds apart. */
const FIGURES: Record<string, number> = {
  ready: FAST,
  prices: FAST,
  account: FAST,
  margin: FAST,
  book: FAST,
  instruments: FAST * 5,
  instrument: FAST * 5,
};
/** What is refused is said where it would stand, and no price is suggested from it: a market that has ended makes nothing else old. */
const SAID = ["book", "instrument"];

/** Whether something that is shown was not answered for long, be it refused, lost, or only late. */
export const isSilentAt = (now: number, shown: Pick<Query, "queryKey" | "state">[]): boolean =>
  shown.some(({ queryKey: [key], state: { dataUpdatedAt, errorUpdatedAt, error } }) => {
    const apart = FIGURES[String(key)];
    const isRefused = SAID.includes(String(key)) && error instanceof ApiError && !isUnanswered(error);
    const heard = isRefused ? Math.max(dataUpdatedAt, errorUpdatedAt) : dataUpdatedAt;
    return apart !== undefined && heard > 0 && now - heard > SILENT_MILLISECONDS - FAST + apart;
  });

export interface Setting {
  deployment: Deployment;
  config: Config;
}
export const SettingContext = createContext<Setting | null>(null);
export function useSetting(): Setting {
  const setting = useContext(SettingContext);
  if (!setting) throw new Error("The page is not set up.");
  return setting;
}

/** What a person entered stays over a reload. */
export function useKept<T>(key: string, first: T): [T, (next: T) => void] {
  const name = `omargin-${key}`;
  const [value, setValue] = useState<T>(() => {
    const kept = storage.getItem(name);
    try {
      return kept === null ? first : (JSON.parse(kept) as T);
    } catch {
      return first;
    }
  });
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      storage.setItem(name, JSON.stringify(next));
    },
    [name],
  );
  return [value, keep];
}

export const useReady = () =>
  useQuery({ queryKey: ["ready"], queryFn: api.ready, refetchInterval: FAST, retry: false });
export function useIsSilent(): boolean {
  const queries = useQueryClient();
  const [isSilent, setSilent] = useState(false);
  useEffect(() => {
    const look = () => {
      setSilent(isSilentAt(Date.now(), queries.getQueryCache().findAll({ type: "active" })));
    };
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [queries]);
  return isSilent;
}
/** The chain's clock between two looks at it. */
export function useChainNow(): number {
  const { data, dataUpdatedAt } = usePrices();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return data ? Number(data.timeSeconds) + Math.max(0, (now - dataUpdatedAt) / 1000) : now / 1000;
}
export const usePrices = () => useQuery({ queryKey: ["prices"], queryFn: api.prices, refetchInterval: FAST });
export const useInstruments = () =>
  useQuery({ queryKey: ["instruments"], queryFn: api.instruments, refetchInterval: FAST * 5 });
/** Orders of an account: those that are open, or the newest of all. */
export function useOrders(account: string, isOpen: boolean) {
  const { deployment } = useSetting();
  return useQuery({
    queryKey: ["orders", account, isOpen],
    queryFn: () => api.orders(account, isOpen),
    enabled: deployment.takesOrders,
    refetchInterval: FAST,
  });
}

export interface Choosable {
  options: { value: string; text: string }[];
  /** The one that was chosen; undefined while it is not known, or has no market. */
  instrument: Instrument | undefined;
  /** Why the one that was chosen cannot be traded. */
  problem: string | null;
}

/**
 * What can be chosen, and the one that is. The list has the strikes around the forward of the moment: what the account
 * holds, has orders for, or was chosen before is offered whether it is among them or not, and another never takes its place.
 * Undefined until the list is there.
 */
export function useChoosable(account: Account, name: string): Choosable | undefined {
  const { data: listed } = useInstruments();
  const { data: orders } = useOrders(account.id, true);
  const asked = useSettled(name);
  const isSame = (one: { name: string }, other: string) => one.name.toUpperCase() === other.trim().toUpperCase();
  const names = [...new Set([...account.positions, ...(orders ?? [])].map((one) => one.name).concat(asked))];
  const others = listed ? names.filter((one) => one.trim() !== "" && !listed.some((known) => isSame(known, one))) : [];
  const answers = useQueries({
    queries: others.map((one) => ({
      queryKey: ["instrument", one],
      queryFn: () => api.instrument(one),
      refetchInterval: FAST * 5,
    })),
  });
  if (!listed) return undefined;
  const found = answers.flatMap((answer) => (answer.data && !answer.error ? [answer.data] : []));
  const known = [...listed, ...found];
  const instrument = known.find((one) => isSame(one, name));
  const error = answers[others.indexOf(name)]?.error;
  const lost = others.filter((one) => one !== name && !known.some((other) => isSame(other, one)));
  return {
    options: [
      ...listed.map((one) => ({ value: one.name, text: one.typedName })),
      ...found.filter((one) => !isSame(one, name)).map((one) => ({ value: one.name, text: one.typedName })),
      ...lost.map((one) => ({ value: one, text: one })),
      ...(listed.some((one) => one.name === name) ? [] : [{ value: name, text: instrument?.typedName ?? name }]),
    ],
    instrument,
    problem:
      instrument || !error
        ? null
        : error instanceof ApiError && error.status === 404
          ? `${name} has no market now.`
          : explain(error),
  };
}
export const useAccount = (id: string | null) =>
  useQuery({ queryKey: ["account", id], queryFn: () => api.account(id!), enabled: id !== null, refetchInterval: FAST });
export const useMargin = (id: string | null) =>
  useQuery({ queryKey: ["margin", id], queryFn: () => api.margin(id!), enabled: id !== null, refetchInterval: FAST });
export const useDistances = (id: string | null) =>
  useQuery({
    queryKey: ["distances", id],
    queryFn: () => api.distances(id!),
    enabled: id !== null,
    refetchInterval: FAST * 2,
  });
export const useAccountsOf = (owner: string | undefined) =>
  useQuery({
    queryKey: ["accounts", owner],
    queryFn: () => api.accountsOf(owner!),
    enabled: owner !== undefined,
    refetchInterval: FAST * 2,
  });
/** Accounts of others in which this address may do something now. */
export const useAccountsFor = (delegate: string | undefined) =>
  useQuery({
    queryKey: ["accounts-for", delegate],
    queryFn: () => api.accountsFor(delegate!),
    enabled: delegate !== undefined,
    refetchInterval: FAST * 5,
  });
export const useNeeds = () => useQuery({ queryKey: ["needs"], queryFn: api.needs, refetchInterval: FAST * 2 });
export const useAuctions = (isOpen: boolean, limit: number) =>
  useQuery({
    queryKey: ["auctions", isOpen, limit],
    queryFn: () => api.auctions(isOpen, limit),
    placeholderData: (before) => before,
    refetchInterval: isOpen ? FAST : FAST * 5,
  });
export const useAuction = (id: string) =>
  useQuery({
    queryKey: ["auctions", id],
    queryFn: () => api.auction(id),
    enabled: id !== "0",
    refetchInterval: FAST,
  });

/** Follows the solver's stream, so that what changed is shown at once; asking again and again is what remains when it breaks. */
export function useStream(account: string | null): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stream = new EventSource(`/api/stream?account=${account ?? 0}`);
    const refresh =
      (...keys: string[]) =>
      () =>
        keys.forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
    stream.addEventListener("health", refresh("account", "margin", "distances", "orders", "withdrawable"));
    stream.addEventListener("lot", refresh("auctions", "account"));
    stream.addEventListener("prices", refresh("prices"));
    stream.addEventListener("epoch", refresh("epochs"));
    return () => stream.close();
  }, [account, queries]);
}

/** The value a moment after it has stopped changing. */
export function useSettled<T>(value: T, milliseconds = 300): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
