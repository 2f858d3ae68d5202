#!/usr/bin/env bash
# Every shell script parses, and every command that the README names can be run as it is written.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
code=0
for script in .ci/run scripts/*.sh scripts/lib/*.sh; do bash -n "$script" || code=1; done
for script in .ci/run scripts/*.sh; do
  [ -x "$script" ] || { echo "$script is not executable: chmod +x $script and commit its mode"; code=1; }
done
exit "$code"
