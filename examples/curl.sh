#!/usr/bin/env bash
# Submits a job, follows it with long polls, and prints the names of its pieces. Needs curl and jq.
#
#   API=http://127.0.0.1:18212 examples/curl.sh [theme]
set -euo pipefail

API=${API:?Set API to the address that "make stack" prints.}
THEME=${1:-fantasy}
TOKEN=${TOKEN:-}

call() { curl --silent --show-error --fail-with-body ${TOKEN:+-H "Authorization: Bearer $TOKEN"} "$@"; }

# The key makes it safe to send this again: the same key gives the same job.
request=$(jq -n --arg theme "$THEME" '{type: "generate_characters", payload: {theme: $theme, count: 2}}')
job=$(call "$API/jobs" -H 'Content-Type: application/json' -H "Idempotency-Key: example-$$-$RANDOM" -d "$request")
id=$(jq -r .id <<<"$job")
echo "job $id"

while true; do
  jq -r '"\(.progress)%\t\(.status)\t\(.message)"' <<<"$job"
  case $(jq -r .status <<<"$job") in completed | failed | cancelled) break ;; esac
  # The API answers when the job changes. If it does not change within 20 s, the answer is 304 without a body.
  revision=$(jq .revision <<<"$job")
  answer=$(call "$API/jobs/$id" -H 'Prefer: wait=20' -H "If-None-Match: \"$revision\"")
  job=${answer:-$job}
done

if [[ $(jq -r .status <<<"$job") != completed ]]; then
  jq -r '.error // .message' <<<"$job" >&2
  exit 1
fi
jq -r '.result[].name' <<<"$job"
