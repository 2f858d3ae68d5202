#!/usr/bin/env bash
# The figures and plots of docs/risk-quality.md, from the market data beside the repository (../shared/data).
#   scripts/risk-quality.sh [DATA]     writes artifacts/risk-quality: tables, JSON, reports and plots; ten minutes on two cores
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

case "${1:-}" in -h | --help)
  sed -n '2,3s/^# \{0,1\}//p' scripts/risk-quality.sh
  exit 0
  ;;
esac
DATA="${1:-../shared/data}"
OUT="artifacts/risk-quality"
[ -d "$DATA/prices" ] || fail "the market data '$DATA' has no folder prices: give the folder that holds prices and options."
require_dotnet
say "Building"
run_logged risk-quality-build dotnet build src/OnchainMargin.Cli -c Release --nologo -v quiet --disable-build-servers
omargin() { dotnet src/OnchainMargin.Cli/bin/Release/net10.0/omargin.dll "$@" || fail "omargin $1 failed: its reason is above."; }
mkdir -p "$OUT"

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

say "2020 to 2024"
omargin backtest --prices "$DATA/prices/btc_usdt_perp_1h_binance_2020-2024.csv.gz,$DATA/prices/eth_usdt_perp_1h_binance_2020-2024.csv.gz" \
  --funding "$DATA/funding/btc_usdt_funding_8h_binance_2020-2023.csv,$DATA/funding/eth_usdt_funding_8h_binance_2020-2023.csv" \
  --every 2 --report "$OUT/2020-2024" --log "$OUT/decisions.jsonl" | tee "$OUT/backtest-2020-2024.txt"
