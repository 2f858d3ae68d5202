#!/usr/bin/env bash
# Every shell script parses.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
code=0
for script in .ci/run scripts/*.sh scripts/lib/*.sh; do bash -n "$script" || code=1; done
exit "$code"
