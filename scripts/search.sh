#!/usr/bin/env bash
# The attack search of docs/margin-search.md: MARKETS random markets from SEED, STEPS of hill climbing each.
#   scripts/search.sh [MARKETS [STEPS [SEED]]]        (3 2 1: the run of CI)
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

markets="${1:-3}" steps="${2:-2}" seed="${3:-1}"
[[ "$markets" =~ ^[1-9][0-9]{0,8}$ ]] || fail "MARKETS is '$markets': give a whole number from 1 to 999999999."
[[ "$steps" =~ ^[0-9]{1,9}$ ]] || fail "STEPS is '$steps': give a whole number to 999999999."
[[ "$seed" =~ ^[0-9]{1,4}$ ]] || fail "SEED is '$seed': give a whole number to 9999."
require_dotnet
log="${SEARCH_LOG:-$PWD/artifacts/search-$seed.log}"
export SEARCH_MARKETS="$markets" SEARCH_STEPS="$steps" SEARCH_SEED="$seed" SEARCH_LOG="$log"
mkdir -p "$(dirname "$log")" && : >"$log" || fail "the log $log cannot be written: name another by SEARCH_LOG."
nice -n 10 dotnet test tests/OnchainMargin.Margin.Tests -c Release --nologo -v quiet --filter "FullyQualifiedName~Portfolios_AtAnyPrice" ||
  fail "the search failed: the reason is above, what it found is in $log."
[ -s "$log" ] || fail "nothing was searched: $log is empty, and what the tests said is above."
tail -n 1 "$log"
