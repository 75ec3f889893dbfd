#!/bin/sh
# Measures a bare server from outside with the load generator in $1 (a folder with
# its Go source): CPU of the server per request, memory, rates. PORT, N (objects of
# each kind) and SCENARIOS can be set.
set -eu
bench=$1
nucleus=${NUCLEUS:-bin/nucleus}
port=${PORT:-16443}
dir=$(mktemp -d)
server=
cleanup() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

(cd "$bench" && go build -o "$dir/apibench" .)
echo 'bench,root,1,system:masters' >"$dir/tokens"
began=$(date +%s%N)
"$nucleus" --data-dir "$dir/data" --secure-port "$port" --controllers=-* --scheduler=false --node=none \
	--token-auth-file "$dir/tokens" >"$dir/log" 2>&1 &
server=$!
until grep -q 'is ready' "$dir/log"; do
	kill -0 "$server" 2>/dev/null || { cat "$dir/log"; exit 1; }
	sleep 0.02
done
echo "ready after $((($(date +%s%N) - began) / 1000000)) ms"
sleep 2
echo "idle: $(($(awk '/^VmRSS/ {print $2}' /proc/$server/status) / 1024)) MB resident"
# shellcheck disable=SC2086
"$dir/apibench" -server "https://127.0.0.1:$port" -token bench -pid "$server" -n "${N:-10000}" \
	${SCENARIOS:-create get update apply list page select watch delete}
