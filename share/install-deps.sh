#!/usr/bin/env bash
# Installs what building and testing Sluice needs on Debian 12: apt packages (as root or through sudo) and the npm packages
# of test/functional. Does nothing where everything is there already.
#   install-deps.sh [--no-npm]
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    cmake ninja-build g++ clang clang-format libclang-rt-dev llvm lld ccache pkg-config python3
    libboost-dev libboost-test-dev libboost-program-options-dev
    libevent-dev libsecp256k1-dev libssl-dev libzmq3-dev cppzmq-dev libleveldb-dev
    libfmt-dev libspdlog-dev nlohmann-json3-dev libexpected-dev librapidcheck-dev libbenchmark-dev
)
# A Node.js from elsewhere brings its own npm, which Debian's npm package conflicts with.
command -v node > /dev/null || packages+=(nodejs)
command -v npm > /dev/null || packages+=(npm)

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "apt packages to install: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo > /dev/null || { echo "neither root nor sudo: install these packages first" >&2; exit 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}"
else
    echo "apt packages: all ${#packages[@]} present"
fi

[ "${1:-}" != --no-npm ] || exit 0
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || { echo "Node.js 18 or later is needed; found $(node --version)" >&2; exit 1; }
cd test/functional
stamp=node_modules/.sluice-lock
if [ -f "$stamp" ] && cmp -s package-lock.json "$stamp"; then
    echo "npm packages: as package-lock.json says"
else
    # No package needs its install script: add-ons come prebuilt or have a JavaScript fallback (README.md there).
    npm ci --ignore-scripts --no-audit --no-fund
    cp package-lock.json "$stamp"
fi
