#!/usr/bin/env bash
# Random traders on the demo's chain for MINUTES: orders through the relay, withdrawals by what the API offers, deposits, prices that jump.
# Says how often what was answered; exits 0 only if in the end every role is well, no order hangs, and the chain agrees with the solver's figures of every account.
#   scripts/soak.sh [MINUTES [SEED]]        (5 1)
#   --node-port N, --api-port N   other ports than 8545 and 8600
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

ports=()
node_port=8545
api_port=8600
while [[ "${1:-}" == --*-port ]]; do
  case "$1" in
    --node-port) node_port="${2:-}" ;;
    --api-port) api_port="${2:-}" ;;
    *) break ;;
  esac
  ports+=("$1" "${2:-}")
  shift $(($# > 1 ? 2 : 1))
done
minutes="${1:-5}"
seed="${2:-1}"
for number in "$minutes" "$seed" "$node_port" "$api_port"; do
  [[ "$number" =~ ^[0-9]+$ ]] || fail "'$number' is no whole number: scripts/soak.sh [--node-port N] [--api-port N] [MINUTES [SEED]]."
done

require_no_demo
log="$RUN_DIRECTORY/soak-demo.log"
: >"$log"
bash scripts/demo.sh "${ports[@]}" >"$log" 2>&1 </dev/null &
demo=$!
trap 'kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null' EXIT
say "Starting the demo, whose chain this is ($log)"
until grep -q "stay up until" "$log"; do
  kill -0 "$demo" 2>/dev/null || { tail -n 10 "$log" >&2; fail "the demo ended before it stayed up: its end is above, all of it in $log."; }
  sleep 1
done
say "$minutes minutes of seed $seed"
"$NODE" scripts/lib/soak.js "http://127.0.0.1:$node_port" "http://127.0.0.1:$api_port" "$minutes" "$seed" || exit 1
OMARGIN_RPC="http://127.0.0.1:$node_port" OMARGIN_DEPLOYMENT=.run/demo/deployment.json dotnet src/OnchainMargin.Cli/bin/Release/net10.0/omargin.dll health >"$RUN_DIRECTORY/soak-health.log" 2>&1 ||
  { tail -n 5 "$RUN_DIRECTORY/soak-health.log" >&2; fail "the chain and this program do not agree on an account: see above."; }
say "the chain agrees with the figures of every account"
