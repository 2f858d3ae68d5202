#!/usr/bin/env bash
# The figures and plots of docs/risk-quality.md, from the market data beside the repository (../shared/data).
#   scripts/risk-quality.sh [DATA]     writes artifacts/risk-quality: tables, reports, plots and the policy's log; and from them docs/risk-quality
set -eu -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

DATA="${1:-../shared/data}"
OUT="artifacts/risk-quality"
[ -d "$DATA/prices" ] || fail "the market data '$DATA' has no folder prices: give the folder that holds prices and options."
require_no_demo
require_dotnet
say "Building"
run_logged risk-quality-build dotnet build src/OnchainMargin.Cli -c Release --nologo -v quiet
omargin() { dotnet src/OnchainMargin.Cli/bin/Release/net10.0/omargin.dll "$@" || fail "omargin $1 failed: its reason is above."; }
# What an earlier run has left is no figure of this one.
rm -rf "$OUT" && mkdir -p "$OUT"

say "Surfaces"
CHAINS="$DATA/options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz"
omargin surface --surfaces "$CHAINS,$DATA/options/raw_deribit_options_snapshot_20251230T173115Z.csv.gz,$DATA/options/deribit_btc_chain_2020-05-21.csv" --plots "$OUT" | tee "$OUT/surfaces.txt"

say "Peers"
omargin margin --book docs/risk-quality/peers.json | tee "$OUT/peers.txt"

say "Crashes"
for day in 2020-03-12 2021-05-19; do
  omargin cascade --prices "$DATA/prices/eth_usd_10m_${day}_stablesims.csv" --report "$OUT" | tee "$OUT/cascade-$day.txt"
done

say "February 2026"
omargin backtest --surfaces "$CHAINS" --report "$OUT/2026" | tee "$OUT/backtest-2026.txt"

CANDLES="$DATA/prices/btc_usdt_perp_1h_binance_2020-2024.csv.gz,$DATA/prices/eth_usdt_perp_1h_binance_2020-2024.csv.gz"
say "2020 to 2024"
omargin backtest --prices "$CANDLES" \
  --funding "$DATA/funding/btc_usdt_funding_8h_binance_2020-2023.csv,$DATA/funding/eth_usdt_funding_8h_binance_2020-2023.csv" \
  --every 2 --report "$OUT/2020-2024" --log "$OUT/decisions.jsonl" | tee "$OUT/backtest-2020-2024.txt"

say "2020 to 2024 at the tight end of the corridor"
omargin backtest --prices "$CANDLES" --policy tightest --every 2 --report "$OUT/tightest" | tee "$OUT/backtest-tightest.txt"

say "SOL, on which nothing was chosen"
omargin backtest --prices "$DATA/prices/sol_usdt_perp_1h_binance_2020-2024.csv.gz" --every 2 --report "$OUT/sol" | tee "$OUT/backtest-sol.txt"

say "Into docs/risk-quality"
cp "$OUT"/surface-*.svg "$OUT/surfaces.html" "$OUT"/cascade-*.svg "$OUT"/2020-2024/range-{BTC,ETH}.svg docs/risk-quality/
for history in 2020-2024 tightest 2026 sol; do
  grep -v '^!\[' "$OUT/$history/report.md" | cat -s >"docs/risk-quality/backtest-$history.md"
done
for table in surfaces peers cascade-2020-03-12 cascade-2021-05-19; do cp "$OUT/$table.txt" docs/risk-quality/; done
