#!/usr/bin/env bash
# All benchmarks: the C# ones and the gas of the contracts. Writes bench/results.json, one flat map of names (with their
# units) to numbers, with machine, date and commit under names that begin with `meta.`.
#   scripts/bench.sh [--quick]     --quick: fewer repeats, under five minutes
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

quick=()
for argument in "$@"; do
  case "$argument" in
    --quick) quick=(--quick) ;;
    *) fail "the argument '$argument' is not known: give --quick or nothing." ;;
  esac
done

OUT="$RUN_DIRECTORY/bench"
require_no_demo
require_alone bench
rm -rf "$OUT" && mkdir -p "$OUT"
require_dotnet
install_node_packages
say "Building"
run_logged bench-contracts "$NODE" "$HARDHAT" build --no-tests
run_logged bench-build dotnet build bench/OnchainMargin.Bench/OnchainMargin.Bench.csproj -c Release --nologo -v quiet

say "Measuring C#"
dotnet bench/OnchainMargin.Bench/bin/Release/net10.0/OnchainMargin.Bench.dll ${quick[@]+"${quick[@]}"} "$OUT/csharp.json" ||
  fail "the C# benchmarks failed: their output is above."

say "Measuring QuantLib"
if command -v g++ >/dev/null && [ -d /usr/include/ql ]; then
  run_logged bench-quantlib g++ -O3 -march=native -std=c++17 bench/quantlib/table.cpp -lQuantLib -o "$RUN_DIRECTORY/quantlib-table"
  "$RUN_DIRECTORY/quantlib-table" >"$OUT/quantlib.json" || fail "the QuantLib program failed: its output is above."
else
  say "  not measured: g++ or QuantLib is missing (Debian: apt-get install g++ libquantlib0-dev)"
fi

say "Measuring gas"
shopt -s nullglob
for script in scripts/gas-*.js; do
  name="$(basename "$script" .js)"
  # Hardhat's own lines go to the log; the last line of a gas script is its map.
  run_logged "$name" "$NODE" "$HARDHAT" run --no-compile "$script"
  grep '^{' "$RUN_DIRECTORY/$name.log" | tail -n 1 >"$OUT/$name.json"
  [ -s "$OUT/$name.json" ] || fail "$script printed no figures: look into $RUN_DIRECTORY/$name.log."
done

"$NODE" scripts/lib/merge-bench.js "$OUT" bench/results.json "scripts/bench.sh${quick[*]:+ ${quick[*]}}, $SECONDS s" || fail "the figures cannot be merged: the reason is above."
