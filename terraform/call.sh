#!/bin/sh
# Calls one of Google's APIs as whoever applies, and waits until what it began has ended:
#
#   TOKEN=… PROJECT=… BODY='{"json": …}' sh call.sh API METHOD PATH
#
# A build or an operation that is begun is asked for every few seconds, for 20 minutes. Needs a shell, and curl or wget
# (curl alone for PATCH). https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds
set -eu

api=$1 method=$2 path=$3
base=${GOOGLE_API_URL:-https://$api.googleapis.com} # another in tests

# METHOD URL [BODY] -> the answer; what is no success ends this, with what was said
ask() {
  if command -v curl >/dev/null 2>&1; then
    # The token goes in by a file of no name: a command line can be seen by others
    answer=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
      curl --silent --show-error --config - --retry 5 --max-time 60 --request "$1" \
        --header "X-Goog-User-Project: $PROJECT" --header "Content-Type: application/json" \
        ${3:+--data-binary "$3"} --write-out '\n%{http_code}' "$2")
    status=$(printf '%s' "$answer" | tail -n 1)
    answer=$(printf '%s' "$answer" | sed '$d')
    case $status in
      2*) printf '%s' "$answer" ;;
      *) echo "$1 $2: HTTP $status" >&2 && printf '%s\n' "$answer" >&2 && return 1 ;;
    esac
  elif [ "$1" != PATCH ] && command -v wget >/dev/null 2>&1; then
    wget -q -T 60 -O - --header "Authorization: Bearer $TOKEN" --header "X-Goog-User-Project: $PROJECT" \
      --header "Content-Type: application/json" ${3:+--post-data "$3"} "$2"
  else
    echo "Neither curl nor wget is there to ask $api with: install curl." >&2 && return 1
  fi
}

# NAME -> the first string field of that name in $said
field() {
  printf '%s' "$said" | tr -d '\n' | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p"
}

said=$(ask "$method" "$base/$path" "$BODY")
if [ "$api" != cloudbuild ]; then
  exit 0
fi

# Of an operation, whose metadata hold the build. No other field of either has a name that ends in "id".
build=$(printf '%s' "$said" | tr -d '\n' | sed -n 's/.*"build"[^}]*"id"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
if [ -z "$build" ]; then
  echo "Cloud Build did not say which build it has begun: $said" >&2 && exit 1
fi
echo "Build $build has begun."
tries=0
while [ "$tries" -lt 240 ]; do
  said=$(ask GET "$base/$path/$build" "") || said='"status": "UNKNOWN"'
  status=$(field status)
  case $status in
    SUCCESS) echo "Build $build has succeeded." && exit 0 ;;
    FAILURE | INTERNAL_ERROR | TIMEOUT | CANCELLED | EXPIRED)
      echo "Build $build ended as $status. Its log: $(field logUrl)" >&2
      exit 1
      ;;
  esac
  tries=$((tries + 1))
  sleep "${POLL_S:-5}"
done
echo "Build $build has not ended in 20 minutes." >&2
exit 1
