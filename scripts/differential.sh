#!/usr/bin/env bash
# Oracle, engine and referee on COUNT random accounts of SEED, every number to the last unit; from the account FIRST on, so that a long run can be had in parts.
#   scripts/differential.sh [COUNT [SEED [FIRST [KIND]]]]        (2000 20261120 0 RandomAccounts: the run of CI; KIND EdgeAccounts: few positions, each at an edge of its own)
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

count="${1:-2000}" seed="${2:-20261120}" first="${3:-0}" kind="${4:-RandomAccounts}"
[[ "$count" =~ ^[1-9][0-9]{0,8}$ ]] || fail "COUNT is '$count': give a whole number from 1 to 999999999."
[[ "$seed" =~ ^[0-9]{1,9}$ ]] || fail "SEED is '$seed': give a whole number to 999999999."
[[ "$first" =~ ^[0-9]{1,9}$ ]] || fail "FIRST is '$first': give a whole number to 999999999."
[[ "$kind" =~ ^(RandomAccounts|EdgeAccounts)$ ]] || fail "KIND is '$kind': give RandomAccounts or EdgeAccounts."
require_no_demo
require_dotnet
install_node_packages
run_logged differential-build "$NODE" "$HARDHAT" build
log="${DIFFERENTIAL_LOG:-$PWD/artifacts/differential-$kind-$seed-$first.log}"
export DIFFERENTIAL_COUNT="$count" DIFFERENTIAL_SEED="$seed" DIFFERENTIAL_FIRST="$first" DIFFERENTIAL_LOG="$log"
mkdir -p "$(dirname "$log")" && : >"$log" || fail "the log $log cannot be written: name another by DIFFERENTIAL_LOG."
say "Progress: $log"
nice -n 10 dotnet test tests/OnchainMargin.EndToEnd.Tests -c Release --nologo -v quiet --filter "FullyQualifiedName~${kind}_ThreeWays" ||
  fail "the run failed: the reason is above, differences are in $log."
[ -s "$log" ] || fail "nothing was compared: $log is empty, and what the tests said is above."
tail -n 1 "$log"
