#!/usr/bin/env bash
# The invariants of the protocol over CALLS random calls from SEED: half of them with prices moving, half with prices still; and a few thousand from a start in distress. Prints seed, calls and time.
#   scripts/invariants.sh [CALLS [SEED]]        (1000000 20261120)
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

DEPTH=100
calls="${1:-1000000}"
seed="${2:-20261120}"
[[ "$calls" =~ ^[0-9]+$ && "$calls" -ge 200 ]] || fail "CALLS is '$calls': give a whole number, 200 at least."
[[ "$seed" =~ ^[0-9]+$ ]] || fail "SEED is '$seed': give a whole number."
export OMARGIN_INVARIANT_RUNS=$(((calls + 2 * DEPTH - 1) / (2 * DEPTH)))
export OMARGIN_INVARIANT_SEED="0x$(printf '%064x' "$seed")"
install_node_packages
run_logged invariants-build "$NODE" "$HARDHAT" build
log="$RUN_DIRECTORY/invariants-$seed.log"
began=$SECONDS
nice -n 19 "$NODE" "$HARDHAT" test solidity --no-compile contracts/test/Protocol.*invariants.t.sol >"$log" 2>&1 </dev/null ||
  fail "an invariant does not hold: the calls that break it are in $log."
say "seed $seed: $((2 * OMARGIN_INVARIANT_RUNS * DEPTH)) calls in two suites of $OMARGIN_INVARIANT_RUNS runs, and those that begin in distress, every invariant after every call, $((SECONDS - began)) s"
