import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import { api, type Deployment } from "./api";
import type { Config } from "./wallet";

export const FAST = 2000;

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
    try {
      const kept = localStorage.getItem(name);
      return kept === null ? first : (JSON.parse(kept) as T);
    } catch {
      return first;
    }
  });
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(name, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing still works; it only forgets.
      }
    },
    [name],
  );
  return [value, keep];
}

export const useReady = () =>
  useQuery({ queryKey: ["ready"], queryFn: api.ready, refetchInterval: FAST, retry: false });
export const usePrices = () => useQuery({ queryKey: ["prices"], queryFn: api.prices, refetchInterval: FAST });
export const useInstruments = () =>
  useQuery({ queryKey: ["instruments"], queryFn: api.instruments, refetchInterval: FAST * 5 });
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
