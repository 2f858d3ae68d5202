import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const abiFolder = join(import.meta.dirname, "..", "abi");
const used = ["Clearinghouse", "MarginVault", "LiquidationHouse", "PriceHub", "Referee", "RiskParameters"];
/** Events that the page reads in receipts. */
const told = ["AccountOpened", "Deposited", "Idled", "Engaged", "Withdrawn", "LotBid"];

/** The published ABIs, cut to what the page calls and reads, and every error that any contract can answer with. */
function abis(): Plugin {
  const name = "virtual:abis";
  const read = (file: string) => {
    const parsed = JSON.parse(readFileSync(join(abiFolder, file), "utf8"));
    return (parsed.abi ?? parsed) as { type: string; name?: string; inputs?: unknown[] }[];
  };
  return {
    name,
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const errors = new Map<string, unknown>();
      const contracts: Record<string, unknown[]> = {};
      for (const file of readdirSync(abiFolder).filter((entry) => entry.endsWith(".json"))) {
        this.addWatchFile(join(abiFolder, file));
        const entries = read(file);
        for (const entry of entries)
          if (entry.type === "error") errors.set(JSON.stringify([entry.name, entry.inputs]), entry);
        const contract = file.replace(".json", "");
        if (used.includes(contract))
          contracts[contract] = entries.filter(
            (entry) => entry.type === "function" || (entry.type === "event" && told.includes(entry.name ?? "")),
          );
      }
      return `export const errors = ${JSON.stringify([...errors.values()])};\nexport const contracts = ${JSON.stringify(contracts)};`;
    },
  };
}

export default defineConfig({
  plugins: [react(), abis()],
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 900 },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/openapi", "/readyz", "/healthz"].map((path) => [path, "http://127.0.0.1:8600"]),
    ),
  },
});
