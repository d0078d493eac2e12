#!/usr/bin/env bash
# `npm run drill:patroni-packages`: follows the section Patroni of docs/high-availability.md on a Debian 12.
#
# Installs the packages of Debian in a container (systemd-nspawn), boots it with systemd, and uses
# deploy/high-availability/ unchanged: one server, one etcd member, HAProxy, and Red Cloud's own commands against both
# addresses. The addresses of the files are on the loopback interface of the container. Needs root, Linux, a mirror of
# Debian, `npm ci` in the checkout, and the Debian packages mmdebstrap and systemd-container.
#
#   ROOTFS=FILE    tarball of the Debian system. Created if absent (2 minutes), so a second run is quicker
#   KEEP=1         keeps the system in case of a failure
set -uo pipefail
checkout=$(cd "$(dirname "$0")/../.." && pwd)

skip() { echo "skipped: $1"; exit 0; }
[ "$(uname)" = Linux ] || skip 'no Linux'
[ "$(id -u)" = 0 ] || skip 'not root'
for program in systemd-nspawn mmdebstrap nsenter; do
  command -v $program >/dev/null || skip "no $program (apt-get install mmdebstrap systemd-container)"
done
unshare --mount --pid --net --fork true 2>/dev/null || skip 'no namespaces'

work=$(mktemp -d "${TMPDIR:-/tmp}/redcloud-patroni.XXXXXX")
root=$work/root
nspawn=
passed=0 failed=0

cleanup() {
  if [ -n "$nspawn" ]; then
    inside 'systemctl poweroff' 2>/dev/null
    for _ in $(seq 60); do kill -0 $nspawn 2>/dev/null || break; sleep .5; done
    kill -0 $nspawn 2>/dev/null && kill -KILL $nspawn
  fi
  if [ "$failed" != 0 ] && [ -n "${KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Process 1 of the container is the child of systemd-nspawn.
inside() {
  local leader
  leader=$(pgrep -P "$nspawn" | head -1)
  # Right after the start, the child is not in the container yet.
  [ "$(readlink "/proc/$leader/ns/pid")" != "$(readlink /proc/self/ns/pid)" ] || return 1
  nsenter -t "$leader" -a env -i HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd /root; $1"
}
# report TITLE STATUS OUTPUT
report() {
  if [ "$2" = 0 ]; then passed=$((passed + 1)); echo "ok      $1"
  else failed=$((failed + 1)); echo "FAILED  $1"; sed 's/^/        /' <<<"$3" | tail -15; fi
}
# check TITLE COMMAND: the command, in the container, must succeed.
check() { local out; out=$(inside "set -e; $2" 2>&1); report "$1" $? "$out"; }
# install TITLE COMMAND: the same before the system is booted, with the network of this machine.
install() {
  local out
  out=$(DEBIAN_FRONTEND=noninteractive chroot "$root" bash -c "set -e; $2" 2>&1)
  report "$1" $? "$out"
}

rootfs=${ROOTFS:-$work/rootfs.tar}
[ -f "$rootfs" ] || mmdebstrap --quiet --variant=important \
  --include=systemd,systemd-sysv,dbus,curl,procps,iproute2,python3-minimal bookworm "$rootfs" || skip 'no Debian mirror'
mkdir "$root" && tar -xf "$rootfs" -C "$root"
: >"$root/etc/machine-id"
# How this machine reaches its mirror.
cp -r /etc/apt/. "$root/etc/apt/"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
# No service starts while packages are installed.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/postgresql-common"
echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"

install 'apt-get installs Patroni, PostgreSQL and etcd' \
  'apt-get update -qq; apt-get install patroni postgresql etcd-server -y -qq; [ -z "$(pg_lsclusters -h)" ]'
install 'apt-get installs HAProxy' 'apt-get install haproxy -y -qq'
rm "$root/usr/sbin/policy-rc.d"

mkdir -p "$root/etc/patroni"
cp "$checkout/deploy/high-availability/patroni.yml" "$root/etc/patroni/config.yml"
chroot "$root" sh -c 'chown postgres:postgres /etc/patroni/config.yml; chmod 600 /etc/patroni/config.yml'
cp "$checkout/deploy/high-availability/haproxy.cfg" "$root/etc/haproxy/haproxy.cfg"
cat >"$root/etc/default/etcd" <<'END'
ETCD_NAME=db1
ETCD_LISTEN_CLIENT_URLS=http://10.20.0.11:2379
ETCD_ADVERTISE_CLIENT_URLS=http://10.20.0.11:2379
ETCD_LISTEN_PEER_URLS=http://10.20.0.11:2380
ETCD_INITIAL_ADVERTISE_PEER_URLS=http://10.20.0.11:2380
ETCD_INITIAL_CLUSTER=db1=http://10.20.0.11:2380
END
# The addresses of the files. Services wait for them.
cat >"$root/etc/systemd/system/addresses.service" <<'END'
[Unit]
DefaultDependencies=no
Before=network.target etcd.service patroni.service haproxy.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'ip link set lo up; ip addr add 10.20.0.11/24 dev lo; ip addr add 10.20.0.20/24 dev lo'
[Install]
WantedBy=sysinit.target
END
chroot "$root" systemctl --quiet enable addresses.service
chroot "$root" systemctl --quiet disable patroni.service

# Red Cloud runs in the container with the Node and the libraries of the checkout.
systemd-nspawn --quiet --directory "$root" --boot --register=no --keep-unit --private-network --link-journal=no \
  --resolv-conf=off --bind-ro="$checkout:/opt/redcloud" --console=pipe </dev/null >"$work/console.log" 2>&1 &
nspawn=$!
for _ in $(seq 60); do
  case $(inside 'systemctl is-system-running' 2>/dev/null) in running | degraded) break ;; esac
  kill -0 $nspawn 2>/dev/null || { cat "$work/console.log"; skip 'systemd-nspawn cannot boot here'; }
  sleep 1
done

until_true='until_true() { for i in $(seq 240); do eval "$1" >/dev/null 2>&1 && return; sleep .25; done; eval "$1"; }'
check 'Patroni does not run before it is enabled' '! systemctl is-active -q patroni'
check 'systemctl enables and starts Patroni' 'systemctl enable --now patroni; systemctl is-enabled -q patroni'
check 'patronictl lists the server as the leader' \
  "$until_true; until_true 'patronictl -c /etc/patroni/config.yml list | grep -E \"db1 .*Leader .*running\"'"
check 'The database of Red Cloud is created on the primary' '
  export PGHOST=10.20.0.11 PGUSER=postgres PGPASSWORD=change-me
  psql -qc "create role redcloud login password '\''secret'\''"; createdb --encoding=UTF8 --template=template0 --owner=redcloud redcloud'
check 'HAProxy accepts its file, and reaches the primary' \
  "$until_true; haproxy -c -q -f /etc/haproxy/haproxy.cfg; systemctl restart haproxy; export PGPASSWORD=secret
  until_true 'psql -h 10.20.0.20 -U redcloud -c \"select 1\" redcloud'"

server='/opt/redcloud/node_modules/node-linux-*/bin/node /opt/redcloud/packages/server/bin/redcloud.mjs'
settings='RC_SECRET_KEY=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= RC_DATA_DIR=/root/data'
check 'Red Cloud migrates the database through several hosts' \
  "$settings DATABASE_URL='postgresql://redcloud:secret@10.20.0.11:5432,10.20.0.12:5432/redcloud?target_session_attrs=read-write' $server migrate | grep -q ^applied"
check 'Red Cloud finds the same database through HAProxy' \
  "$settings DATABASE_URL='postgresql://redcloud:secret@10.20.0.20:5432/redcloud' $server migrate | grep 'The schema is current'"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
