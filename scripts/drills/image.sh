#!/usr/bin/env bash
# `npm run drill:image`: builds the image of the Dockerfile, and runs it.
#
# The base image (`FROM node:…-slim`) is not downloaded. A local image with the same name is made of Debian 12, the Node
# of the checkout and the npm of this machine. The container has a read-only root file system, no capabilities, and the
# user of the image. Needs root, Linux, `npm ci` in the checkout, and the Debian packages buildah, podman, runc,
# mmdebstrap and jq. Neither a registry nor systemd nor a running engine. About 8 minutes.
#
#   BASE=FILE   tarball of Debian 12 (mmdebstrap --variant=minbase). Created if absent
#   IMAGE=NAME  this local image, instead of building one
#   PORT=7610   port of the container on this machine
set -uo pipefail
checkout=$(cd "$(dirname "$0")/../.." && pwd)
port=${PORT:-7610}
url=http://127.0.0.1:$port

skip() { echo "skipped: $1"; exit 0; }
[ "$(uname)" = Linux ] || skip 'no Linux'
[ "$(id -u)" = 0 ] || skip 'not root'
for program in buildah podman runc mmdebstrap jq curl npm; do
  command -v $program >/dev/null || skip "no $program (apt-get install buildah podman runc mmdebstrap jq curl)"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/redcloud-image.XXXXXX")
# A storage of its own, so that nothing is left on this machine.
export CONTAINERS_STORAGE_CONF=$work/storage.conf
driver=${STORAGE_DRIVER:-overlay}
printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' "$driver" "${STORAGE:-$work/containers}" "$work/run" >"$CONTAINERS_STORAGE_CONF"
name=redcloud-drill-$$
volume=redcloud-drill-$$
passed=0 failed=0
cleanup() {
  podman rm --force $name >/dev/null 2>&1
  podman volume rm --force $volume >/dev/null 2>&1
  # With the storage of this run, its images and mounts are removed. Another one is kept.
  if [ -z "${STORAGE:-}" ]; then buildah rmi --all --force >/dev/null 2>&1; fi
  umount "${STORAGE:-$work/containers}/overlay" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
check() {
  local out
  if out=$( (set -e; eval "$2") 2>&1); then
    passed=$((passed + 1)); echo "ok      $1"
  else
    failed=$((failed + 1)); echo "FAILED  $1"; sed 's/^/        /' <<<"$out" | grep -v 'systemd connection' | tail -15
  fi
}

# --- the base image
image=${IMAGE:-}
if [ -z "$image" ]; then
  [ -d "$checkout/node_modules" ] || (cd "$checkout" && npm ci --silent) || exit 1
  base=$(sed -n 's/^FROM \(node:[^ ]*\).*/\1/p' "$checkout/Dockerfile" | sort -u)
  [ "$(wc -l <<<"$base")" = 1 ] || { echo "more than one base image: $base"; exit 1; }
  debian=${BASE:-$work/base.tar}
  [ -f "$debian" ] || mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$debian" || skip 'no Debian mirror'
  root=$work/base
  mkdir "$root" && tar -xf "$debian" -C "$root"
  case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; esac
  install -m 755 "$checkout/node_modules/node-linux-$arch/bin/node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -a "$(npm root --global)/npm" "$root/usr/local/lib/node_modules/"
  for program in npm npx; do ln -s ../lib/node_modules/npm/bin/$program-cli.js "$root/usr/local/bin/$program"; done
  chroot "$root" groupadd --gid 1000 node
  chroot "$root" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
  # A tarball, because ADD of a directory changes the owners.
  recipe=$(printf 'FROM scratch\nADD base-image.tar /\n')
  # Of a machine whose registry has a certificate of its own authority.
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp "$NODE_EXTRA_CA_CERTS" "$root/etc/ssl/certs/extra.crt"
    recipe=$(printf '%s\nENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/extra.crt\n' "$recipe")
  fi
  printf '%s\n' "$recipe" >"$work/Dockerfile"
  mkdir "$work/context" && tar -C "$root" -cf "$work/context/base-image.tar" .
  buildah build --isolation chroot --quiet --file "$work/Dockerfile" --tag "docker.io/library/$base" "$work/context" >/dev/null || skip 'buildah cannot build here'
  rm -rf "$root" "$work/context"

  # --- the image. The OCI format has no HEALTHCHECK.
  image=localhost/redcloud
  check 'The Dockerfile builds' \
    'buildah build --isolation chroot --format docker --layers=false --pull=never --tag $image "$checkout"'
fi

send() {
  curl -sS -X POST $url/api/core/messages/send -H 'Authorization: Bearer rc_token_example' -H 'Content-Type: application/json' \
    -H "Idempotency-Key: $1" -d '{"sendFrom":"num_abc123","to":["+15551234567"],"messageType":"SMS","text":"Hello"}'
}
status_of() { curl -sS $url/api/core/messages/$1 -H 'Authorization: Bearer rc_token_example' | jq -r .status; }
until_status() { for _ in $(seq 300); do [ "$(status_of $1)" = $2 ] && return; sleep .1; done; status_of $1; return 1; }
ready() { for _ in $(seq 900); do curl -fs -o /dev/null $url/health/ready && return; sleep .1; done; podman logs $name; return 1; }
# runc, because crun refuses the cgroups of some machines. Limits that need no right to raise them. Without systemd on
# this machine, podman logs that it cannot repeat the health check by itself.
started() {
  podman --runtime runc run --name $name --detach --network host --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 \
    --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --volume $volume:/data --env PORT=$port "$@" $image >/dev/null
}
in_container() { podman exec $name "$@"; }
removed() { podman rm --force $name >/dev/null 2>&1; }

check 'It has the user node, a health check and a volume' '
  [ "$(podman inspect --format "{{.Config.User}} {{.Config.StopSignal}}" $image)" = "node SIGTERM" ]
  podman inspect --format "{{json .Config.Volumes}} {{json .HealthCheck}}" $image | grep "/data.*health/live"'
check 'It starts without root, without capabilities, and with a read-only root file system' '
  started; ready; [ "$(in_container id -u)" = 1000 ]; grep -q "^CapBnd:[[:space:]]*0*$" /proc/$(podman inspect --format "{{.State.Pid}}" $name)/status
  ! in_container touch /opt/redcloud/x; [ "$(in_container stat -c "%U %a" /data/pg)" = "node 700" ]'
check 'The health check passes' 'podman healthcheck run $name'
check 'It is reachable from other machines, so the sandbox is off' '[ "$(curl -s -o /dev/null -w "%{http_code}" $url/sandbox/inbox)" = 404 ]'
check 'A stop ends with status 0 in less than 10 s' '
  start=$(date +%s); podman stop --time 30 $name; [ $(($(date +%s) - start)) -lt 10 ]; [ "$(podman inspect --format "{{.State.ExitCode}}" $name)" = 0 ]'
removed
# The sandbox needs a loopback address.
check 'The sandbox delivers a message' 'started --env HOST=127.0.0.1; ready; until_status $(send drill | jq -re ".results[0].messageId") DELIVERED'
check 'An image is converted for the carrier (native library)' '
  in_container node -e "require(\"sharp\")({ create: { width: 9, height: 9, channels: 3, background: \"red\" } }).jpeg().toBuffer().then((b) => console.log(b.length))"'
first=$(send drill)
podman kill --signal KILL $name >/dev/null; removed
check 'After SIGKILL, a new container has the data of the volume' '
  started --env HOST=127.0.0.1; ready; [ "$(send drill)" = '"'$first'"' ]; until_status $(send drill | jq -re ".results[0].messageId") DELIVERED'
check 'The commands work in the container' 'in_container node packages/server/bin/redcloud.mjs doctor; in_container node packages/server/bin/redcloud.mjs --version'
removed
check 'A wrong setting ends the container with status 78' 'started --env RC_TEXT_DAYS=none; [ "$(podman wait $name)" = 78 ]; podman logs $name 2>&1 | grep RC_TEXT_DAYS'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
