#!/usr/bin/env bash
# Runs end-to-end tests with real containers on a kernel that has cgroup v2 only,
# whatever this machine has: in User Mode Linux, a kernel that is a process of
# ours and needs no virtualization. Not part of `make test`; run it as root, on
# Debian, with debootstrap installed:
#
#   conformance/e2e/vm/run.sh [test] ...   (default: what is about resources)
#
#   SUITE   of Debian, for its kernel, containerd and runc   (default: bookworm)
#   WORK    where the system is kept between runs, not in the project: 2 GB
#           (default: /var/tmp/nucleus-vm)
#   EXTRA   a directory with other programs, such as a containerd 2.x, that go first
#   KUBECTL the kubectl to use, a static one   (default: the one on the PATH)
#   PATIENCE how many times longer than elsewhere tests wait   (default: 5)
#
# That kernel has nftables without address families, so `nft` does nothing there
# and Pods reach nothing outside; there is one processor and no PSI. On a busy machine it can be too slow for what
# the tests wait for.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
suite=${SUITE:-bookworm}
work=${WORK:-/var/tmp/nucleus-vm}/$suite
tests=${*:-TestContainers/together/(out_of_memory|resources|volumes) TestContainers/(nucleus|containerd|stopped)}
tests=${tests// /|}
kubectl=${KUBECTL:-$(command -v kubectl || true)}
for need in debootstrap mkfs.ext4 unshare; do
	command -v "$need" >/dev/null || { echo "$need is missing: apt-get install debootstrap e2fsprogs util-linux" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "debootstrap needs root" >&2; exit 1; }
[ -n "$kubectl" ] || { echo "no kubectl: set KUBECTL" >&2; exit 1; }

system=$work/system
if [ ! -e "$work/made" ]; then
	echo "Installing $suite into $system"
	rm -rf "$system"
	mkdir -p "$work"
	debootstrap --variant=minbase --include=user-mode-linux,containerd,runc,containernetworking-plugins,nftables,iproute2,iptables,procps,kmod,util-linux \
		"$suite" "$system" >"$work/debootstrap.log" || { tail "$work/debootstrap.log" >&2; exit 1; }
	mkdir -p "$system/lib/modules" "$system/host" "$system/s/conformance/e2e"
	cp -r "$system"/usr/lib/uml/modules/* "$system/lib/modules/"
	printf '#!/bin/sh\n[ -t 0 ] || cat >/dev/null\n' >"$system/usr/local/sbin/nft"
	chmod +x "$system/usr/local/sbin/nft"
	for program in iptables ip6tables; do ln -sf "/usr/sbin/$program-legacy" "$system/usr/local/sbin/$program"; done
	: >"$work/made"
fi

share=$work/share
rm -rf "$share"
mkdir -p "$share/extra"
[ -z "${EXTRA:-}" ] || cp "$EXTRA"/* "$share/extra/"
cp "$kubectl" "$share/kubectl"
(
	cd "$root"
	CGO_ENABLED=0 go build -ldflags="-s -w" -o "$share/nucleus" ./examples/standalone
	CGO_ENABLED=0 go build -ldflags="-s -w" -o "$share/box" ./conformance/e2e/box
	CGO_ENABLED=0 go build -ldflags="-s -w" -o "$share/kubelet" ./examples/kubelet
	CGO_ENABLED=0 go test -c -o "$share/e2e.test" ./conformance/e2e
)
# What tests build with the go command was built here.
cat >"$share/go" <<'GO'
#!/bin/bash
while [ $# -gt 0 ]; do case $1 in -o) out=$2; shift ;; esac; last=$1; shift; done
cp "/host/$(basename "$last")" "$out"
GO
chmod +x "$share/go"
printf '%s' "$tests" >"$share/tests"
printf '%s' "${PATIENCE:-5}" >"$share/patience"
cat >"$system/sbin/vm-init" <<'INIT'
#!/bin/bash
export PATH=/host/extra:/host:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/root
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts -o ptmxmode=666 devpts /dev/pts; mount -t tmpfs shm /dev/shm; mount -t mqueue mqueue /dev/mqueue
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
mount -t tmpfs run /run; mount -t tmpfs tmp /tmp
mount -t hostfs none /host
mount -t cgroup2 -o nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
mount --make-rshared /
hostname vm; ip link set lo up
modprobe -aq overlay br_netfilter veth bridge iptable_nat iptable_filter xt_MASQUERADE xt_comment xt_mark xt_multiport xt_nat xt_addrtype xt_conntrack
sysctl -qw net.ipv4.ip_forward=1
cd /s/conformance/e2e
{
	echo "Linux $(uname -r), $(containerd --version | cut -d' ' -f3), $(runc --version | head -1), cgroup v2: $(cat /sys/fs/cgroup/cgroup.controllers)"
	NUCLEUS=/host/nucleus KUBECTL=/host/kubectl NUCLEUS_PATIENCE=$(cat /host/patience) e2e.test -test.v -test.parallel 1 -test.timeout 120m -test.run "$(cat /host/tests)"
	echo $? >/host/status
} >/host/output 2>&1
sync
echo o >/proc/sysrq-trigger 2>/dev/null
sleep 5
INIT
chmod +x "$system/sbin/vm-init"
rm -f "$work/disk"
truncate -s 12G "$work/disk"
mkfs.ext4 -q -F -d "$system" "$work/disk"

# The kernel runs on the libraries of its own suite, and ends with this script.
: >"$share/output"
unshare --mount --pid --fork --kill-child sh -c '
	mkdir -p "$1/vm" && mount --bind "$2" "$1/vm" && mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && mount -t tmpfs -o size=4g,exec,mode=1777 tmp "$1/tmp" &&
	exec chroot "$1" /usr/bin/linux.uml ubd0=/vm/disk root=/dev/ubda rw mem=2500M hostfs=/vm/share con=null con0=fd:0,fd:1 init=/sbin/vm-init' \
	sh "$system" "$work" >"$work/console" 2>&1 </dev/null &
kernel=$!
# It ends with a kill only: unshare waits for its child whatever else it is told.
trap 'kill -KILL "$kernel" 2>/dev/null || true' EXIT
tail -n +1 -f --pid="$kernel" "$share/output" &
while kill -0 "$kernel" 2>/dev/null && [ ! -s "$share/status" ]; do sleep 1; done
sleep 1
[ -s "$share/status" ] || { echo "the kernel has ended; the end of $work/console:" >&2; tail "$work/console" >&2; exit 1; }
exit "$(cat "$share/status")"
