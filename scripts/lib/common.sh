# Shared by the scripts beside this folder: what a machine must have, and how the project's own tools are installed and built.
# Sourced, never run. Every failure is one sentence on standard error that names what is wrong and what to do.

# The help of a script is the comment at its head.
case " $* " in *" -h "* | *" --help "*)
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
  exit 0
  ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# What a command leaves running would outlive the script, so builds start no servers.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false UseRazorBuildServer=false DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 HARDHAT_DISABLE_TELEMETRY_PROMPT=true
NODE="node_modules/.bin/node"
HARDHAT="node_modules/.bin/hardhat"
RUN_DIRECTORY=".run"
mkdir -p "$RUN_DIRECTORY"

say() { if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# run_logged NAME COMMAND…: runs quietly; when it fails, shows the end of its log and says where the rest is.
run_logged() {
  local name="$1" log="$RUN_DIRECTORY/$1.log"
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    fail "$name failed (the end of its output is above, all of it in $log): \`$*\`."
  fi
}

require_dotnet() {
  command -v dotnet >/dev/null || fail "dotnet is missing: install the .NET 10 SDK (https://dotnet.microsoft.com/download) and run this again."
  local version
  version="$(dotnet --version 2>&1)" || {
    # What stands in the way need not be the SDK: a home that does not exist, say.
    case "$version" in *" SDK was not found"* | *"No .NET SDKs were found"*)
      fail "no .NET 10 SDK among those that dotnet finds ($(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')): install one (https://dotnet.microsoft.com/download) and run this again." ;;
    esac
    fail "dotnet does not start ($(printf '%s\n' "$version" | tail -n 1)): mend that and run this again."
  }
  version="$(printf '%s\n' "$version" | tail -n 1)"
  [ "${version%%.*}" -ge 10 ] 2>/dev/null || fail "the .NET SDK is $version and 10 or later is needed: install the .NET 10 SDK and run this again."
}

require_node() {
  command -v node >/dev/null || fail "node is missing: install Node.js 20 or later (https://nodejs.org) and run this again."
  command -v npm >/dev/null || fail "npm is missing: install the npm that comes with Node.js 20 or later and run this again."
  command -v npx >/dev/null || fail "npx is missing: install the npm that comes with Node.js 20 or later and run this again."
  NODE_MAJOR="$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')"
  [ "$NODE_MAJOR" -ge 20 ] 2>/dev/null || fail "Node.js is $(node --version 2>&1 | head -n 1) and 20 or later is needed: install a newer one (https://nodejs.org) and run this again."
}

# Installs the npm packages of package-lock.json once. Hardhat's native part is skipped without an error by a Node older
# than 22, so there the install itself runs under the npm package `node`.
install_node_packages() {
  require_node
  local stamp="node_modules/.installed-lock"
  if cmp -s package-lock.json "$stamp" && [ -x "$NODE" ] && [ -x "$HARDHAT" ]; then return; fi
  [ ! -L node_modules ] || fail "node_modules is a link to packages of another lock file: remove the link, or install there, and run this again."
  say "Installing npm packages (about a minute)"
  if [ "$NODE_MAJOR" -ge 22 ]; then
    run_logged npm-install npm ci --no-audit --no-fund
  else
    run_logged npm-install npx -y -p node@24 -c "npm ci --no-audit --no-fund"
  fi
  "$NODE" "$HARDHAT" --version >"$RUN_DIRECTORY/hardhat-version.log" 2>&1 </dev/null ||
    fail "the npm packages are installed but Hardhat does not start ($(tail -n 1 "$RUN_DIRECTORY/hardhat-version.log")): delete node_modules and run this again."
  cp package-lock.json "$stamp"
}

# Installs the wallet page's own packages and builds it into web/dist, unless that was made from the same sources already.
build_page() {
  local stamp="web/dist/.sources" now
  now="$(cat web/package-lock.json web/*.ts web/*.html web/tsconfig.json web/public/* abi/*.json spec/refusals.json $(find web/src -type f | sort) | sha256sum)"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then return; fi
  if ! cmp -s web/package-lock.json web/node_modules/.installed-lock; then
    run_logged page-install npm ci --prefix web --no-audit --no-fund
    cp web/package-lock.json web/node_modules/.installed-lock
  fi
  run_logged page-build "$NODE" web/node_modules/vite/bin/vite.js build web
  printf '%s\n' "$now" >"$stamp"
}

# is_process ID MARK: whether a process lives, and is still the one of whose command line MARK is a word.
# Small images have no `ps`, others no /proc.
is_process() {
  local words
  if [ -d /proc/self ]; then words="$(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline")"; else words="$(ps -o args= -p "$1" 2>/dev/null)"; fi
  case "$words" in *"$2"*) return 0 ;; esac
  return 1
}

# require_alone NAME: refuses beside another run of scripts/NAME.sh in this folder, whose files this one would delete.
require_alone() {
  local file="$RUN_DIRECTORY/$1.pid" id
  if [ -f "$file" ] && read -r id <"$file" && [ "$id" != $$ ] && is_process "$id" "scripts/$1.sh"; then
    fail "scripts/$1.sh runs in this folder already (process $id): wait for its end, or take another checkout."
  fi
  echo $$ >"$file"
}

# Refuses beside a demo that runs: it would be built over, and both would write the same files.
require_no_demo() {
  local file id mark owner
  for file in "$RUN_DIRECTORY"/demo/*.pid; do
    [ -f "$file" ] || continue
    read -r id mark owner <"$file"
    if is_process "$id" "$mark" && is_process "$owner" omargin; then
      fail "a demo runs in this folder already (process $owner): end it first, or take another checkout."
    fi
  done
}
