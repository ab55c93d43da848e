#!/usr/bin/env bash
# The peg, end to end, on this machine: installs what is missing (Debian 12, root or sudo), builds, starts a Bitcoin node in
# regtest and a federation of four members (3 of 4), and takes bitcoin in, across and out again.
#   quickstart.sh [--json] [--keep] [--dir FOLDER]
# --json: the last line is one JSON object (amounts in satoshi).
# --keep: leaves everything running and says how to talk to it and how to stop it.
# --dir: where data and logs go (a new folder; default: a fresh one under $TMPDIR or /tmp).
set -euo pipefail
cd "$(dirname "$0")/.."

case " $* " in *" --help "* | *" -h "*) sed -n '2,8s/^# \{0,1\}//p' share/quickstart.sh; exit 0 ;; esac

mkdir -p build
log=$PWD/build/quickstart-build.log
: > "$log"
step() {
    local what=$1 started=$SECONDS pid
    shift
    printf '%s ...\n' "$what"
    "$@" >> "$log" 2>&1 &
    pid=$!
    trap 'kill "$pid" 2> /dev/null || true; exit 130' INT TERM
    while kill -0 "$pid" 2> /dev/null; do
        sleep 1
        if [ -t 1 ]; then
            printf '\r\033[K  %ss  %s' $((SECONDS - started)) "$(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c1-90)"
        elif [ $(((SECONDS - started) % 20)) = 19 ]; then
            printf '  %ss  %s\n' $((SECONDS - started)) "$(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c1-90)"
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
    trap - INT TERM
    wait "$pid" || { tail -n 20 "$log"; echo "$what: failed; the log is $log" >&2; exit 1; }
}

if [ -z "${SLUICE_BIN:-}" ]; then
    if [ "$(id -u)" != 0 ] && command -v sudo > /dev/null; then sudo -v; fi
    step "installing apt and npm packages where missing" share/install-deps.sh
    step "configuring" cmake -S . -B build -G Ninja -DSLUICE_UNITY=ON
    step "building sluiced, sluice-cli, sluice-signer (minutes on first run)" \
        ninja -C build sluiced sluice-cli sluice-signer
fi
exec node share/quickstart.mjs "$@"
