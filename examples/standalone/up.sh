#!/usr/bin/env bash
# Starts a cluster, rolls out hello.yaml on it, and says what to try next.
# Runs until Ctrl-C; then everything that it started has ended.
#
#   NUCLEUS   the nucleus binary      (default: bin/nucleus)
#   KUBECTL   the kubectl to use      (default: the one on the PATH)
#   DATA_DIR  where the cluster lives (default: ./.nucleus)
#   PORT      of the API server       (default: 6443)
#   UP_ONCE   set: stop once hello is rolled out, for tests
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
nucleus=${NUCLEUS:-$root/bin/nucleus}
kubectl=${KUBECTL:-kubectl}
data=${DATA_DIR:-$root/.nucleus}
port=${PORT:-6443}
export KUBECONFIG=$data/kubeconfig

mkdir -p "$data"
log=$data/nucleus.log
: >"$log"
rm -f "$KUBECONFIG"

"$nucleus" --data-dir "$data" --secure-port "$port" >>"$log" 2>&1 &
server=$!
stop() {
	trap - EXIT INT TERM
	if kill -0 "$server" 2>/dev/null; then
		printf '\nStopping the cluster ... '
		kill -TERM "$server"
		wait "$server" || true
		echo "stopped. Its data stays in $data; \`make up\` goes on from there, \`make clean\` forgets it."
	fi
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for _ in $(seq 300); do
	if ! kill -0 "$server" 2>/dev/null; then
		echo "nucleus did not start. The end of $log:" >&2
		tail -n 20 "$log" >&2
		exit 1
	fi
	if [ -s "$KUBECONFIG" ] && "$kubectl" get --raw /readyz >/dev/null 2>&1; then
		break
	fi
	sleep 0.1
done
"$kubectl" get --raw /readyz >/dev/null || { echo "nucleus is running but not ready; see $log" >&2; exit 1; }

cat "$log"
echo
echo "\$ kubectl apply -f examples/standalone/hello.yaml"
"$kubectl" apply -f "$here/hello.yaml"
echo
echo "\$ kubectl -n hello rollout status deployment/hello"
"$kubectl" -n hello rollout status deployment/hello --timeout=120s
echo
echo "\$ kubectl -n hello get deployments,pods,services -o wide"
"$kubectl" -n hello get deployments,pods,services -o wide
cat <<EOF

The cluster is up. Its node is simulated: Pods are scheduled, started and
stopped as on a real one, but no container runs behind them.
In another terminal:

  export KUBECONFIG=$KUBECONFIG
  kubectl get all --all-namespaces
  kubectl -n hello scale deployment/hello --replicas=5
  kubectl -n hello set image deployment/hello web=nucleus.local/hello:2
  kubectl -n hello rollout history deployment/hello
  kubectl -n hello rollout undo deployment/hello
  kubectl explain deployment.spec.strategy

Logs are in $log. Ctrl-C stops the cluster.
EOF
[ -n "${UP_ONCE:-}" ] && exit 0
wait "$server"
