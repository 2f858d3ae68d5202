# Which checks a run is asked for: those whose names contain one of its words, all of them where it has none.
# Sourced with the words, never run.
WORDS=("$@")
declare -A MATCHED=()
for word in "${WORDS[@]}"; do
  case "$word" in
    --*) fail "'$word' is not known: give parts of checks' names, or nothing for all of them." ;;
    "") fail "'' is part of every name: give parts of checks' names, or nothing for all of them." ;;
  esac
done

# wanted NAME: whether a check is asked for; notes every word that asks for it.
wanted() {
  [ "${#WORDS[@]}" -gt 0 ] || return 0
  local word code=1
  for word in "${WORDS[@]}"; do
    if [[ "$1" == *"$word"* ]]; then MATCHED["$word"]=1 code=0; fi
  done
  return "$code"
}

# unmatched: the words that have asked for nothing so far, one a line.
unmatched() {
  local word
  for word in "${WORDS[@]}"; do [ -n "${MATCHED["$word"]-}" ] || printf '%s\n' "$word"; done
}
