import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { WagmiProvider } from "wagmi";
import { App } from "./App";
import { ActivityProvider } from "./lib/activity";
import { api } from "./lib/api";
import { explain } from "./lib/errors";
import { SettingContext } from "./lib/hooks";
import { makeConfig } from "./lib/wallet";
import { Boundary } from "./ui/Boundary";
import "./style.css";

const queries = new QueryClient({
  // What a browser takes for being offline says nothing of the solver: it is asked all the same, and is told to be away when it is.
  defaultOptions: {
    queries: { networkMode: "always", retry: 1, staleTime: 500, refetchOnWindowFocus: true },
    mutations: { networkMode: "always" },
  },
});

function Start() {
  const { data: deployment, error } = useQuery({
    queryKey: ["deployment"],
    queryFn: api.deployment,
    // Fees and limits change; addresses do not.
    refetchInterval: 60_000,
    retry: true,
    retryDelay: 2000,
  });
  const { chainId, nodeUrl } = deployment ?? {};
  const config = useMemo(
    () => (chainId !== undefined && nodeUrl !== undefined ? makeConfig(chainId, nodeUrl) : null),
    [chainId, nodeUrl],
  );
  if (!deployment || !config) {
    return (
      <p className="splash" role={error ? "alert" : "status"}>
        {error ? explain(error) : "Asking the solver…"}
      </p>
    );
  }
  return (
    <SettingContext.Provider value={{ deployment, config }}>
      <WagmiProvider config={config}>
        <ActivityProvider>
          <Boundary what="The page">
            <App />
          </Boundary>
        </ActivityProvider>
      </WagmiProvider>
    </SettingContext.Provider>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Start />
    </QueryClientProvider>
  </StrictMode>,
);
