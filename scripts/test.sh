#!/usr/bin/env bash
# Every test of every kind: linters, ABIs and vectors against what makes them, Solidity tests, xunit projects, the whole demo. Prints a line for each and closes with
# `N passed, N failed, N skipped` for the sum; the exit code is 0 only when nothing failed.
#   scripts/test.sh [NAME…]   only the checks and test projects whose names contain one of the words; a word that no name contains fails
set -u -o pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. scripts/lib/words.sh "$@"

OUT="$RUN_DIRECTORY/test"
STARTED=$SECONDS
require_no_demo
require_alone test
rm -rf "$OUT" && mkdir -p "$OUT"
. scripts/lib/checks.sh

results() { "$NODE" scripts/lib/results.js "$@"; }

# xunit NAME PROJECT [VARIABLE=VALUE]
xunit() {
  local name="$1" project="$2" began=$SECONDS code=0
  wanted "$name" || return 0
  limited 1200 env ${3+"$3"} dotnet test "$project" --no-build -c Release --nologo \
    --results-directory "$OUT/trx" --logger "trx;LogFileName=$name.trx" >"$OUT/$name.log" 2>&1 </dev/null || code=$?
  counted "$name" $((SECONDS - began)) results trx "$OUT/trx/$name.trx" "$code"
}

require_dotnet
install_node_packages
[ -d ../shared/data ] || say "../shared/data is absent: the tests that need it are skipped, each with that reason."

say "Building"
# With a limit for its group: the compiler is a process of its own, which outlives Hardhat.
aside contracts-build timeout 3600 "$NODE" "$HARDHAT" build >"$OUT/contracts-build.log" 2>&1 </dev/null &
contracts_build=$!
background+=("$contracts_build")
dotnet_build() { dotnet build OnchainMargin.sln -c Release --nologo -v quiet "-maxcpucount:2"; }
built=0
# Both are built whatever the words are, and a word may name them.
for name in dotnet-build contracts-build; do wanted "$name" || :; done
WORDS_KEPT=("${WORDS[@]}")
WORDS=()
check dotnet-build dotnet_build && built=1
(build_page) && page_built=1 || page_built=0
wait "$contracts_build"
ended contracts-build
if [ "$code" -eq 0 ]; then
  record contracts-build "$seconds" 1 0 0
else
  tail -n 40 "$OUT/contracts-build.log"
  record contracts-build "$seconds" 0 1 0
fi
contracts_built=$((code == 0))
WORDS=("${WORDS_KEPT[@]}")

say "Testing"
solidity=""
if [ "$contracts_built" -eq 1 ] && wanted solidity; then
  aside solidity timeout 1200 "$NODE" "$HARDHAT" test solidity --no-compile >"$OUT/solidity.log" 2>&1 </dev/null &
  solidity=$!
  background+=("$solidity")
fi

# What is linted is listed in package.json.
check lint-prettier npm run --silent lint:prettier
check lint-solhint npm run --silent lint:solhint
check lint-csharp dotnet format whitespace . --folder --verify-no-changes --exclude node_modules artifacts
check lint-shell bash scripts/lib/check-shell.sh
page_types() { "$NODE" web/node_modules/typescript/bin/tsc --noEmit -p web; }
page_tests() {
  local began=$SECONDS code=0
  limited 120 "$NODE" web/node_modules/vitest/vitest.mjs run --root web --reporter=json --outputFile="$PWD/$OUT/page-tests.json" >"$OUT/page-tests.log" 2>&1 </dev/null || code=$?
  counted page-tests $((SECONDS - began)) results vitest "$OUT/page-tests.json" "$code"
}
if [ "$page_built" -eq 1 ]; then
  check page-types page_types
  if wanted page-tests; then page_tests; fi
else record page-build 0 0 1 0; fi
[ "$contracts_built" -eq 0 ] || check abi-current "$NODE" scripts/abi.js --check
vectors() {
  local generator code=0
  for generator in spec/generate*.js; do "$NODE" "$generator" --check || code=1; done
  return "$code"
}
check vectors-current vectors

# A real server for the store's tests. It is only installed here: the tests start their own, in a folder of their own.
postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
if [ "$built" -eq 1 ] && { wanted OnchainMargin.Solver.Tests-postgres || wanted OnchainMargin.EndToEnd.Tests; } && ! postgres >/dev/null 2>&1; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "Installing Debian's PostgreSQL for the tests of the store"
    { apt-get update && RUNLEVEL=1 apt-get install -y --no-install-recommends postgresql; } >"$OUT/postgres.log" 2>&1 </dev/null ||
      echo "  PostgreSQL could not be installed ($(tail -n 1 "$OUT/postgres.log")): its tests are skipped."
  fi
fi

if [ "$built" -eq 1 ]; then
  for project in tests/*/*.csproj; do
    name="$(basename "$project" .csproj)"
    # The oracle is a library of the tests; the end-to-end tests run last.
    case "$name" in *EndToEnd* | *Browser* | *.Oracle) continue ;; esac
    xunit "$name" "$project"
  done
  # Once more, with every store of a test on the server.
  if postgres >/dev/null 2>&1; then
    xunit OnchainMargin.Solver.Tests-postgres tests/OnchainMargin.Solver.Tests/OnchainMargin.Solver.Tests.csproj OMARGIN_TEST_STORE=postgres
  elif wanted OnchainMargin.Solver.Tests-postgres; then
    echo "  skipped OnchainMargin.Solver.Tests-postgres: PostgreSQL is not installed (Debian: apt-get install postgresql)"
    record OnchainMargin.Solver.Tests-postgres 0 0 0 1
  fi
  xunit OnchainMargin.Margin.Tests-scalar tests/OnchainMargin.Margin.Tests/OnchainMargin.Margin.Tests.csproj DOTNET_EnableHWIntrinsic=0
  xunit OnchainMargin.Ethereum.Tests-scalar tests/OnchainMargin.Ethereum.Tests/OnchainMargin.Ethereum.Tests.csproj DOTNET_EnableHWIntrinsic=0
fi
if [ -n "$solidity" ]; then
  wait "$solidity"
  ended solidity
  counted solidity "$seconds" results hardhat "$OUT/solidity.log" "$code"
fi
# After the Solidity tests: these start nodes of their own, and two cores are two cores.
if [ "$built" -eq 1 ]; then
  xunit OnchainMargin.EndToEnd.Tests tests/OnchainMargin.EndToEnd.Tests/OnchainMargin.EndToEnd.Tests.csproj
fi

# The page in a real browser. Debian's Chromium is installed where that is possible; without one the tests are skipped and say so.
if [ "$built" -eq 1 ] && wanted OnchainMargin.Browser.Tests; then
  if ! command -v chromium >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "Installing Debian's chromium for the browser tests"
    { apt-get update && apt-get install -y --no-install-recommends chromium; } >"$OUT/chromium.log" 2>&1 </dev/null ||
      echo "  chromium could not be installed ($(tail -n 1 "$OUT/chromium.log")): the browser tests are skipped."
  fi
  xunit OnchainMargin.Browser.Tests tests/OnchainMargin.Browser.Tests/OnchainMargin.Browser.Tests.csproj
fi

# What a newcomer runs first, whole: every check of its summary must hold, and its reply for programs must say so.
demo() {
  local ports
  ports="$("$NODE" -e '
    const net = require("node:net");
    const servers = [net.createServer(), net.createServer()].map((server) => server.listen(0, "127.0.0.1"));
    setTimeout(() => { console.log(servers.map((server) => server.address().port).join(" ")); servers.forEach((server) => server.close()); }, 200);
  ')" || return 1
  timeout --foreground 900 dotnet src/OnchainMargin.Cli/bin/Release/net10.0/omargin.dll demo --once --plain --json --directory "$OUT/demo" \
    --node-port "${ports% *}" --api-port "${ports#* }" >"$OUT/demo.json" &&
    "$NODE" -e '
      const reply = JSON.parse(require("node:fs").readFileSync(process.argv[1]));
      const same = reply.accounts.every((one) => JSON.stringify(one.engine) === JSON.stringify(one.referee));
      process.exit(reply.held && same && reply.accounts.length > 0 && reply.checks.every((check) => check.holds) ? 0 : 1);
    ' "$OUT/demo.json"
}
if [ "$built" -eq 1 ] && [ "$contracts_built" -eq 1 ]; then check demo demo; fi

[ "$passed" -gt 0 ] || failed=$((failed + 1))
# What such a word was to choose has not run. Where something is not built, not every check was there to be chosen.
if [ $((built + contracts_built + page_built)) -eq 3 ]; then
  while IFS= read -r word; do
    echo "error: no check has '$word' in its name: give parts of the names that a run without words prints." >&2
    failed=$((failed + 1))
  done < <(unmatched)
fi
say "$((SECONDS - STARTED)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
