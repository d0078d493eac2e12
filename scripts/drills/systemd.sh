#!/usr/bin/env bash
# `npm run drill:systemd`: runs the Debian package under systemd.
#
# Boots a Debian 12 with systemd as process 1 in a container (systemd-nspawn, without a network except loopback), and
# uses the package there as an administrator would: install, start, send, webhook, kill, wrong setting, secrets of mode
# 600, PostgreSQL by socket and by TCP, commands, reboot, upgrade, removal, purge. Needs root, Linux, `npm ci` in the
# checkout, and the Debian packages mmdebstrap and systemd-container. The machine itself needs no systemd.
#
#   DEB=FILE       this package, instead of building one (4 minutes)
#   ROOTFS=FILE    tarball of the Debian system. Created if absent (3 minutes), so a second run is quicker
#   KEEP=1         keeps the system and its data in case of a failure
set -uo pipefail
checkout=$(cd "$(dirname "$0")/../.." && pwd)

skip() { echo "skipped: $1"; exit 0; }
[ "$(uname)" = Linux ] || skip 'no Linux'
[ "$(id -u)" = 0 ] || skip 'not root'
for program in systemd-nspawn mmdebstrap nsenter jq curl dpkg-deb; do
  command -v $program >/dev/null || skip "no $program (apt-get install mmdebstrap systemd-container jq curl)"
done
unshare --mount --pid --net --fork true 2>/dev/null || skip 'no namespaces'

work=$(mktemp -d "${TMPDIR:-/tmp}/redcloud-systemd.XXXXXX")
root=$work/root
nspawn=
passed=0 failed=0

stop_system() {
  [ -n "$nspawn" ] || return 0
  inside 'systemctl poweroff' 2>/dev/null
  for _ in $(seq 60); do kill -0 $nspawn 2>/dev/null || break; sleep .5; done
  kill -0 $nspawn 2>/dev/null && kill -KILL $nspawn
  wait $nspawn 2>/dev/null
  nspawn=
}
cleanup() {
  stop_system
  if [ "$failed" != 0 ] && [ -n "${KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Process 1 of the container is the child of systemd-nspawn.
inside() {
  local leader
  leader=$(pgrep -P "$nspawn" | head -1)
  nsenter -t "$leader" -a env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
    bash -c ". /root/drill.sh; cd /root; $1"
}
boot() {
  # Without systemd on this machine, there is no manager in which to register the container.
  systemd-nspawn --quiet --directory "$root" --boot --register=no --keep-unit --private-network --link-journal=no \
    --resolv-conf=off --console=pipe </dev/null >"$work/console.log" 2>&1 &
  nspawn=$!
  for _ in $(seq 60); do
    case $(inside 'systemctl is-system-running' 2>/dev/null) in running | degraded) return 0 ;; esac
    kill -0 $nspawn 2>/dev/null || { cat "$work/console.log"; skip 'systemd-nspawn cannot boot here'; }
    sleep 1
  done
  cat "$work/console.log"
  skip 'systemd does not start here'
}
# check TITLE COMMAND: the command, in the container, must succeed.
check() {
  local out
  if out=$(inside "set -e; $2" 2>&1); then
    passed=$((passed + 1)); echo "ok      $1"
  else
    failed=$((failed + 1)); echo "FAILED  $1"; sed 's/^/        /' <<<"$out" | tail -15
  fi
}

# --- the package and the system
deb=${DEB:-}
if [ -z "$deb" ]; then
  [ -d "$checkout/node_modules" ] || (cd "$checkout" && npm ci --silent) || exit 1
  deb=$(cd "$checkout" && DPKG_DEB_COMPRESSOR_TYPE=none npm run --silent deb -- "$work") || exit 1
fi
rootfs=${ROOTFS:-$work/rootfs.tar}
[ -f "$rootfs" ] || mmdebstrap --quiet --variant=important \
  --include=systemd,systemd-sysv,dbus,curl,jq,adduser,procps,postgresql,python3-minimal bookworm "$rootfs" || skip 'no Debian mirror'
mkdir "$root" && tar -xf "$rootfs" -C "$root"
: >"$root/etc/machine-id"
# The port that the installation of the package postgresql has chosen depends on the machine that unpacked it.
sed -i 's/^port = .*/port = 5432/' "$root"/etc/postgresql/*/main/postgresql.conf
cp "$deb" "$root/root/redcloud.deb"
dpkg-deb --raw-extract "$deb" "$work/upgrade"
sed -i 's/^Version: .*/&+upgrade/' "$work/upgrade/DEBIAN/control"
dpkg-deb -Znone --root-owner-group --build "$work/upgrade" "$root/root/upgrade.deb" >/dev/null
rm -rf "$work/upgrade"

cat >"$root/root/drill.sh" <<'END'
base=http://127.0.0.1:3000
auth='Authorization: Bearer rc_token_example'
quiet() { curl -sS -H "$auth" -H 'Content-Type: application/json' "$@"; }
ready() { local i; for i in $(seq 600); do curl -fs -o /dev/null $base/health/ready && return; sleep .1; done; echo 'not ready'; return 1; }
send() { quiet -X POST $base/api/core/messages/send -H "Idempotency-Key: $1" -d '{"sendFrom":"num_abc123","to":["'${2:-+15551234567}'"],"messageType":"SMS","text":"Hello"}'; }
id_of() { jq -re '.results[0].messageId'; }
status_of() { quiet $base/api/core/messages/$1 | jq -r .status; }
until_status() { local i; for i in $(seq 300); do [ "$(status_of $1)" = $2 ] && return; sleep .1; done; echo "$1: $(status_of $1)"; return 1; }
value() { systemctl show --value -p $1 redcloud@$2; }
END
cat >"$root/root/hook.mjs" <<'END'
// Receiver of webhooks. Prints one line for each event.
import { createServer } from 'node:http';
createServer((request, response) => {
  let body = '';
  request.on('data', (data) => { body += data; });
  request.on('end', () => {
    const event = JSON.parse(body);
    process.stdout.write(`${event.type} ${JSON.stringify(event).match(/msg_\w+/)?.[0]}\n`);
    response.end();
  });
}).listen(7600, '127.0.0.1');
END
boot

# --- the package
check 'apt installs the package, and no process starts' \
  'apt-get install -y ./redcloud.deb; [ -z "$(systemctl list-units --all --no-legend "redcloud@*")" ]; [ "$(stat -c %U:%G:%a /var/lib/redcloud)" = redcloud:redcloud:700 ]'
check 'systemd finds no fault in the unit, and rates it at most 3' \
  'systemd-analyze verify redcloud@all.service; systemctl start redcloud@all; systemd-analyze security --threshold=30 redcloud@all'
check 'The sandbox starts with the embedded store' 'ready'
check 'The process has no capability, a filter of system calls, and may not write outside of its directory' '
  status=/proc/$(value MainPID all)/status
  grep -q "^CapBnd:[[:space:]]*0*$" $status; grep -q "^NoNewPrivs:[[:space:]]*1" $status; grep -q "^Seccomp:[[:space:]]*2" $status
  grep -q " / / ro," /proc/$(value MainPID all)/mountinfo || grep -q "/ ro,nosuid" /proc/$(value MainPID all)/mountinfo'
check 'The first send of the README is delivered, and its webhooks arrive' '
  systemd-run --quiet --unit=hook /usr/lib/redcloud/node /root/hook.mjs; for i in $(seq 100); do curl -s -o /dev/null http://127.0.0.1:7600 -d "{}" && break; sleep .1; done
  quiet -f -o /dev/null -X PATCH $base/api/core/numbers/num_abc123 -d "{\"webhookDeliveryOverride\":\"http://127.0.0.1:7600/\"}"
  id=$(send drill-1 | id_of); until_status $id DELIVERED
  for i in $(seq 100); do [ $(journalctl -u hook -o cat | grep -c "message.* $id") -ge 3 ] && break; sleep .1; done
  for type in queued sent delivery; do journalctl -u hook -o cat | grep "message.$type $id"; done'
check 'An image is converted for the carrier (native library)' '
  python3 -c "
import os, struct, zlib
chunk = lambda kind, data: struct.pack(\">I\", len(data)) + kind + data + struct.pack(\">I\", zlib.crc32(kind + data))
rows = b\"\".join(b\"\\0\" + os.urandom(3000) for _ in range(1000))
open(\"/tmp/large.png\", \"wb\").write(b\"\\x89PNG\\r\\n\\x1a\\n\" + chunk(b\"IHDR\", struct.pack(\">IIBBBBB\", 1000, 1000, 8, 2, 0, 0, 0)) + chunk(b\"IDAT\", zlib.compress(rows, 1)) + chunk(b\"IEND\", b\"\"))"
  media=$(curl -sS -H "$auth" -H "Content-Type: image/png" --data-binary @/tmp/large.png "$base/api/core/media?fileName=large.png")
  id=$(quiet $base/api/core/messages/send -H "Idempotency-Key: mms" -d "{\"sendFrom\":\"num_abc123\",\"to\":[\"+15550000001\"],\"messageType\":\"MMS\",\"text\":\"Hi\",\"media\":[$media]}" | id_of)
  until_status $id DELIVERED'
check 'kill -9: systemd starts the process again, and no accepted message is lost' '
  ids=; for i in $(seq 40); do ids="$ids $(send kill-$i +15550000007 | id_of)"; done
  kill -9 $(value MainPID all); sleep 1; ready; [ $(value NRestarts all) = 1 ]
  for id in $ids; do until_status $id DELIVERED; done; [ $(send kill-1 +15550000007 | id_of) = $(set -- $ids; echo $1) ]'
check 'The journal has the lines of the program' 'journalctl -u redcloud@all -o cat | grep -q "\"event\":\"listening\""'
check 'systemctl stop ends the process with status 0 in less than 10 s' '
  start=$(date +%s); systemctl stop redcloud@all; [ $(($(date +%s) - start)) -lt 10 ]; [ "$(value Result all) $(value ActiveState all)" = "success inactive" ]
  journalctl --sync; journalctl -u redcloud@all -o cat -n 10 | grep -q "\"event\":\"stopped\""'
check 'A wrong setting ends the process with status 78, and systemd does not start it again' '
  echo RC_TEXT_DAYS=none >> /etc/redcloud/all.env; systemctl start redcloud@all
  for i in $(seq 200); do [ $(value ActiveState all) = failed ] && break; sleep .1; done; sleep 5
  [ "$(value ExecMainStatus all) $(value NRestarts all) $(value ActiveState all)" = "78 0 failed" ]
  journalctl -u redcloud@all -o cat | grep RC_TEXT_DAYS; sed -i /RC_TEXT_DAYS/d /etc/redcloud/all.env; systemctl reset-failed redcloud@all'
check 'A process without a file of settings does not start again and again' '
  ! systemctl start redcloud@absent; sleep 5; [ "$(value ActiveState absent)" != activating ]'
inside 'systemctl stop redcloud@absent; systemctl reset-failed' >/dev/null 2>&1
check 'Settings of mode 600 that belong to root can be read' '
  chown root:root /etc/redcloud/*.env; chmod 600 /etc/redcloud/*.env; systemctl start redcloud@all; ready'

check 'systemctl reload keeps the process' '
  before=$(value MainPID all); systemctl reload redcloud@all; sleep 1; [ "$(value MainPID all) $(value ActiveState all)" = "$before active" ]; ready'

# --- the commands, as docs/operations.md shows them, as root and without settings
check 'redcloud-server doctor examines the store of the service' 'redcloud-server doctor | tee /dev/stderr | grep -q /var/lib/redcloud'
check 'redcloud-server backup copies the store of the service' '
  systemctl stop redcloud@all; redcloud-server backup /var/backups/redcloud/first; [ -d /var/backups/redcloud/first/pg ]'
check 'redcloud-server restore leaves a store that the service opens, with sending on hold, until a release' '
  mv /var/lib/redcloud /root/before; install -d -o redcloud -g redcloud -m 700 /var/lib/redcloud
  redcloud-server restore /var/backups/redcloud/first; [ -z "$(find /var/lib/redcloud ! -user redcloud)" ]
  systemctl start redcloud@all; ready; journalctl -u redcloud@all -o cat | grep sending_held
  systemctl stop redcloud@all; redcloud-server release; systemctl start redcloud@all; ready; until_status $(send released | id_of) DELIVERED'
inside 'systemctl stop redcloud@all; systemctl reset-failed' >/dev/null 2>&1

# --- PostgreSQL
inside 'su postgres -c "createuser redcloud; createdb -O redcloud -E UTF8 -T template0 redcloud; psql -qc \"alter role redcloud password '"'drill'"'\""
  printf "RC_SECRET_KEY=%s\nRC_ADMIN_TOKEN=operator-token-of-the-drill\nRC_SANDBOX=true\nDATABASE_URL=\n" "$(head -c 32 /dev/urandom | base64)" >> /etc/redcloud/redcloud.env' >/dev/null 2>&1
for url in 'postgresql:///redcloud?host=/var/run/postgresql' 'postgresql://redcloud:drill@127.0.0.1:5432/redcloud'; do
  check "Three processes with $url" '
    sed -i "s|^DATABASE_URL=.*|DATABASE_URL='"$url"'|" /etc/redcloud/redcloud.env
    systemctl restart redcloud@api redcloud@outbound redcloud@webhooks; ready
    id=$(send "sql-'"${#url}"'" | id_of); until_status $id DELIVERED'
done
check 'Other processes can use the journals of submits after the end of their process' '
  for one in /var/lib/redcloud/journal/prc_*; do [ -s $one/owner ]; done'
check 'Processes that start without the database run as soon as it is there' '
  systemctl stop postgresql@15-main; systemctl restart redcloud@api redcloud@outbound; sleep 20; systemctl start postgresql@15-main
  ready; until_status $(send after | id_of) DELIVERED'
check 'A backup of the database contains the media' '
  curl -sSf -o /dev/null -H "$auth" -H "Content-Type: image/png" --data-binary @/tmp/large.png $base/api/core/media
  redcloud-server backup /var/backups/redcloud/sql; [ -n "$(find /var/backups/redcloud/sql/media -type f)" ]'
check 'Enabled processes run after a reboot' 'systemctl enable redcloud@api redcloud@outbound redcloud@webhooks'
stop_system; boot
check '… and answer' 'ready; [ "$(value NRestarts api)" = 0 ]; until_status $(send boot | id_of) DELIVERED'

# --- upgrade, removal, purge
check 'An upgrade keeps settings and data, restarts the running processes, and starts no other' '
  echo "# mine" >> /etc/redcloud/api.env; systemctl stop redcloud@webhooks; before=$(value MainPID api)
  apt-get install -y ./upgrade.deb; [ "$(value MainPID api)" != $before ]; [ "$(value ActiveState webhooks)" = inactive ]
  ready; grep -q "# mine" /etc/redcloud/api.env; [ "$(status_of $(send boot | id_of))" = DELIVERED ]; [ "$(stat -c %a /etc/redcloud/redcloud.env)" = 600 ]'
check 'A removal stops the processes, and keeps settings and data' '
  apt-get remove -y redcloud; ! pgrep -u redcloud; [ -f /etc/redcloud/redcloud.env ]; [ -d /var/lib/redcloud/media ]; [ ! -e /usr/lib/redcloud ]'
check 'A purge leaves nothing but the backups' '
  apt-get purge -y redcloud; ! getent passwd redcloud; ! getent group redcloud
  [ -z "$(find / -xdev \( -path /proc -o -path /root -o -path /var/backups/redcloud -o -path /var/lib/postgresql -o -path /var/log \) -prune -o \( -iname "*redcloud*" -o -nouser -o -nogroup \) -print)" ]
  [ -f /var/backups/redcloud/sql/manifest.json ]; [ "$(systemctl is-system-running)" = running ]'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
