#!/usr/bin/env bash
# The attack search of docs/margin-search.md: MARKETS random markets from SEED, STEPS of hill climbing each.
#   scripts/search.sh [MARKETS [STEPS [SEED]]]        (3 0 1: the run of CI)
set -eu -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
export SEARCH_MARKETS="${1:-3}" SEARCH_STEPS="${2:-0}" SEARCH_SEED="${3:-1}"
export SEARCH_LOG="${SEARCH_LOG:-$PWD/artifacts/search-$SEARCH_SEED.log}"
mkdir -p "$(dirname "$SEARCH_LOG")" && : >"$SEARCH_LOG"
nice -n 10 dotnet test tests/OnchainMargin.Margin.Tests -c Release --nologo -v quiet --filter "FullyQualifiedName~Portfolios_AtAnyPrice"
tail -n 1 "$SEARCH_LOG"
