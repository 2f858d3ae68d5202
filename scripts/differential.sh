#!/usr/bin/env bash
# Oracle, engine and referee on COUNT random accounts of SEED, every number to the last unit; from the account FIRST on, so that a long run can be had in parts.
#   scripts/differential.sh [COUNT [SEED [FIRST [KIND]]]]        (2000 20261120 0 RandomAccounts: the run of CI; KIND EdgeAccounts: few positions, each at an edge of its own)
set -eu -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
export DIFFERENTIAL_COUNT="${1:-2000}" DIFFERENTIAL_SEED="${2:-20261120}" DIFFERENTIAL_FIRST="${3:-0}"
export DIFFERENTIAL_LOG="${DIFFERENTIAL_LOG:-$PWD/artifacts/differential-${4:-RandomAccounts}-$DIFFERENTIAL_SEED-$DIFFERENTIAL_FIRST.log}"
mkdir -p "$(dirname "$DIFFERENTIAL_LOG")" && : >"$DIFFERENTIAL_LOG"
echo "The referee's contracts must be built (npx hardhat build). Progress: $DIFFERENTIAL_LOG"
nice -n 10 dotnet test tests/OnchainMargin.EndToEnd.Tests -c Release --nologo -v quiet --filter "FullyQualifiedName~${4:-RandomAccounts}_ThreeWays"
tail -n 1 "$DIFFERENTIAL_LOG"
