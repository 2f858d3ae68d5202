# What a run of checks counts, and how it ends what it started. Sourced after OUT names the folder of its logs, never run.
passed=0 failed=0 skipped=0
background=()
end_background() {
  for id in "${background[@]}"; do kill "$id" 2>/dev/null; done
}
trap end_background EXIT
trap 'exit 130' INT TERM

# record NAME SECONDS PASSED FAILED SKIPPED. The sums are kept here and in no file: on a disk that is full a file is empty, and empty is not "none failed".
record() {
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
  printf '%-44s %6s passed %4s failed %4s skipped  %4ss\n' "$1" "$3" "$4" "$5" "$2"
}

# check NAME COMMAND…: something that holds or not, by its exit code.
check() {
  local name="$1" began=$SECONDS
  shift
  wanted "$name" || return 0
  if "$@" >"$OUT/$name.log" 2>&1 </dev/null; then
    record "$name" $((SECONDS - began)) 1 0 0
  else
    tail -n 40 "$OUT/$name.log"
    record "$name" $((SECONDS - began)) 0 1 0
    return 1
  fi
}

# counted NAME SECONDS COMMAND…: what a runner's own report says, as COMMAND reads it; its last line is `passed failed skipped`.
counted() {
  local name="$1" seconds="$2" report counts
  shift 2
  report="$("$@")"
  counts="$(tail -n 1 <<<"$report")"
  [[ "$counts" =~ ^[0-9]+\ [0-9]+\ [0-9]+$ ]] || counts="0 1 0"
  sed '$d' <<<"$report"
  # shellcheck disable=SC2086
  record "$name" "$seconds" $counts
}

# limited SECONDS COMMAND…: as `timeout`, and ended with the script. `timeout` makes a group of what it starts, which the Ctrl-C of a terminal does not reach and whose end a script would wait for.
limited() {
  local id
  timeout "$@" &
  id=$!
  background+=("$id")
  wait "$id"
}

# aside NAME COMMAND…: to be put into the background. Its exit code and seconds go into NAME.exit; it ends COMMAND when it is ended itself.
aside() {
  local name="$1" began=$SECONDS code=0 id=""
  trap 'kill "$id" 2>/dev/null; exit 143' TERM
  shift
  "$@" &
  id=$!
  wait "$id" || code=$?
  echo "$code $((SECONDS - began))" >"$OUT/$name.exit"
}

# ended NAME: sets code and seconds to what `aside` noted; nothing noted is a failure.
ended() {
  read -r code seconds <"$OUT/$1.exit" || code=1 seconds=0
}
