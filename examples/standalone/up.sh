#!/usr/bin/env bash
# Starts a cluster, rolls out hello.yaml on it, and says what to try next.
# Runs until Ctrl-C; then everything that it started has ended.
#
# As root the node is this machine and Pods are real containers; what that takes
# is installed from Debian. Otherwise the node is simulated.
#
#   NUCLEUS   the nucleus binary          (default: bin/nucleus)
#   HELLO     the program of hello.yaml   (default: bin/hello)
#   KUBECTL   the kubectl to use          (default: the one on the PATH)
#   DATA_DIR  where the cluster lives     (default: ./.nucleus)
#   PORT      of the API server           (default: 6443)
#   NODE      containerd or hollow        (default: containerd for root)
#   FLAGS     more flags for nucleus
#   UP_ONCE   set: stop once hello is rolled out, for tests
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
nucleus=${NUCLEUS:-$root/bin/nucleus}
hello=${HELLO:-$root/bin/hello}
kubectl=${KUBECTL:-kubectl}
data=${DATA_DIR:-$root/.nucleus}
port=${PORT:-6443}
node=${NODE:-}
export KUBECONFIG=$data/kubeconfig

# What kind of node can this machine be?
missing=$("$nucleus" require --packages)
if [ -z "$node" ]; then
	if [ "$(id -u)" = 0 ]; then
		node=containerd
	else
		node=hollow
		echo "You are not root, so the node is simulated. For real containers run this as root${missing:+;
it installs from Debian what is missing: $missing}."
		echo
	fi
fi
if [ "$node" = containerd ] && [ -n "$missing" ]; then
	if ! command -v apt-get >/dev/null; then
		"$nucleus" require || true
		echo "Install that, or run with NODE=hollow for a simulated node." >&2
		exit 1
	fi
	echo "Installing what real containers need: $missing"
	export DEBIAN_FRONTEND=noninteractive
	# A containerd of the cluster's own is started; the machine's is not needed.
	# shellcheck disable=SC2086
	apt-get install -y --no-install-recommends $missing >"${TMPDIR:-/tmp}/nucleus-apt.log" 2>&1 ||
		{ apt-get update && apt-get install -y --no-install-recommends $missing; } >>"${TMPDIR:-/tmp}/nucleus-apt.log" 2>&1 ||
		{ tail -n 20 "${TMPDIR:-/tmp}/nucleus-apt.log" >&2; echo "Not installed: $missing. NODE=hollow does without." >&2; exit 1; }
fi

mkdir -p "$data"
log=$data/nucleus.log
: >"$log"
rm -f "$KUBECONFIG"

if [ "$node" = containerd ]; then
	for version in 1 2; do
		"$nucleus" image add "hello:$version" "$hello" --registry-dir "$data/registry" --env "VERSION=$version" --port 8080/tcp --user 65532:65532 >/dev/null
	done
fi

# shellcheck disable=SC2086
"$nucleus" --data-dir "$data" --secure-port "$port" --node "$node" ${FLAGS:-} >>"$log" 2>&1 &
server=$!
stop() {
	trap - EXIT INT TERM
	if kill -0 "$server" 2>/dev/null; then
		printf '\nStopping the cluster ... '
		kill -TERM "$server"
		wait "$server" || { echo "nucleus reported:"; tail -n 5 "$log"; }
		echo "stopped. Its data stays in $data; \`make up\` goes on from there, \`make clean\` forgets it."
	fi
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for _ in $(seq 600); do
	if ! kill -0 "$server" 2>/dev/null; then
		echo "nucleus did not start. The end of $log:" >&2
		tail -n 20 "$log" >&2
		exit 1
	fi
	if [ -s "$KUBECONFIG" ] && "$kubectl" get --raw /readyz >/dev/null 2>&1 && [ -n "$("$kubectl" get nodes -o name 2>/dev/null)" ]; then
		break
	fi
	sleep 0.1
done
if ! kill -0 "$server" 2>/dev/null || ! "$kubectl" get --raw /readyz >/dev/null; then
	echo "nucleus is not ready. The end of $log:" >&2
	tail -n 20 "$log" >&2
	exit 1
fi

# run shows a command, and what comes of it.
run() {
	echo "\$ $*"
	"$kubectl" "${@:2}"
	echo
}

cat "$log"
echo
run kubectl apply -f "$here/hello.yaml"
if ! run kubectl -n hello rollout status deployment/hello --timeout=180s; then
	"$kubectl" -n hello get pods -o wide
	"$kubectl" -n hello get events --sort-by=.lastTimestamp | tail -n 20
	exit 1
fi
run kubectl -n hello get deployments,pods,services -o wide

if [ "$node" = containerd ]; then
	pod=$("$kubectl" -n hello get pods -l app=hello -o 'jsonpath={.items[0].metadata.name}')
	address=$("$kubectl" -n hello get pod "$pod" -o 'jsonpath={.status.podIP}')
	if command -v curl >/dev/null; then
		echo "\$ curl http://$address:8080/"
		curl -sS --max-time 10 "http://$address:8080/"
	else
		echo "\$ kubectl get --raw /api/v1/namespaces/hello/pods/$pod:8080/proxy/"
		"$kubectl" get --raw "/api/v1/namespaces/hello/pods/$pod:8080/proxy/"
	fi
	kind="Its node is this machine, and its Pods are real containers."
	more="
  kubectl -n hello logs deployment/hello -f
  kubectl -n hello port-forward service/hello 8000:80 &
  curl http://127.0.0.1:8000/"
else
	kind="Its node is simulated: Pods are scheduled, started and
stopped as on a real one, but no container runs behind them."
	more=""
fi
cat <<EOT

The cluster is up. $kind
In another terminal:

  export KUBECONFIG=$KUBECONFIG
  kubectl get all --all-namespaces$more
  kubectl -n hello scale deployment/hello --replicas=5
  kubectl -n hello set image deployment/hello web=nucleus.local/hello:2
  kubectl -n hello rollout history deployment/hello
  kubectl -n hello rollout undo deployment/hello
  kubectl explain deployment.spec.strategy

Logs are in $log. Ctrl-C stops the cluster.
EOT
[ -n "${UP_ONCE:-}" ] && exit 0
ended=0
wait "$server" || ended=$?
if [ "$ended" = 0 ]; then
	echo "Somebody has stopped nucleus, and with it the cluster. \`make up\` goes on from there."
	exit 0
fi
echo "nucleus has ended by itself ($ended). The end of $log:" >&2
tail -n 5 "$log" >&2
echo "\`make up\` goes on from there$([ "$node" = containerd ] && echo ", with the containers that still run; Ctrl-C then stops them")." >&2
exit "$ended"
