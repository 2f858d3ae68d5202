#!/usr/bin/env bash
# The whole system on this machine, in one command: installs, compiles, starts a Hardhat node and the solver, deploys,
# opens sixteen accounts and replays the crash of 28 January to 12 February 2026. Everything lives in this folder.
#   scripts/demo.sh           then stays up (node, solver, API) until Ctrl-C, for you to play with
#   scripts/demo.sh --once    runs to the end and exits 0 only if every check of the summary held
#   --node-port N, --api-port N   other ports than 8545 and 8600
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

DEMO_DIRECTORY="$RUN_DIRECTORY/demo"
OMARGIN="src/OnchainMargin.Cli/bin/Release/net10.0/omargin.dll"
mkdir -p "$DEMO_DIRECTORY"

# The demo ends what it started itself; this is for a demo that was killed before it could. A process is ended by its id,
# only while it is still the one that was started, and not where another demo that lives has started it.
end_processes() {
  if is_process "$omargin" omargin; then
    kill "$omargin" 2>/dev/null
    wait "$omargin" 2>/dev/null
  fi
  local file id mark owner
  for file in "$DEMO_DIRECTORY"/*.pid; do
    [ -f "$file" ] || continue
    read -r id mark owner <"$file"
    if [ "$owner" != "$omargin" ] && is_process "$owner" omargin; then continue; fi
    if is_process "$id" "$mark"; then kill "$id" 2>/dev/null; fi
    rm -f "$file"
  done
}

require_no_demo
require_dotnet
install_node_packages

say "Compiling the contracts, building omargin and the wallet page"
build_contracts() { run_logged contracts-build "$NODE" "$HARDHAT" build --no-tests; }
build_omargin() {
  run_logged dotnet-build dotnet build src/OnchainMargin.Cli/OnchainMargin.Cli.csproj -c Release --nologo -v quiet
}
(build_contracts) &
contracts=$!
(build_omargin && build_page) || {
  kill "$contracts" 2>/dev/null
  exit 1
}
wait "$contracts" || exit 1

omargin=""
trap end_processes EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
dotnet "$OMARGIN" demo --directory "$DEMO_DIRECTORY" "$@" <&0 &
omargin=$!
wait "$omargin"
