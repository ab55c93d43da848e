#!/usr/bin/env bash
# Installs, builds and runs every test: unit, layering, vectors, fuzz replay and simulator (ctest), golden chains through the
# daemon, and the functional stories (node --test).
#   run.sh [--asan] [--only LIST]
# --asan: with clang under AddressSanitizer and UndefinedBehaviorSanitizer, in build-asan.
# --only: a comma-separated part of ctest,golden,functional; `build` alone stops after the build; `unit` alone builds and runs
#   the unit tests and the replay of the fuzz corpora, nothing else.
# SLUICE_VECTORS: root of the test vectors (default: ../shared/vectors beside the repository, when it is there).
# Ends with the runners' own summary lines; any failure makes the exit status non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD

build=build
only=ctest,golden,functional
configure=()
while [ $# -gt 0 ]; do
    case $1 in
        --asan)
            build=build-asan
            configure=(-DCMAKE_CXX_COMPILER=clang++ -DSLUICE_SANITIZE=address,undefined)
            export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:halt_on_error=1:detect_stack_use_after_return=1}
            export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1} ;;
        --only) only=$2; shift ;;
        *) echo "usage: $0 [--asan] [--only build,unit,ctest,golden,functional]" >&2; exit 2 ;;
    esac
    shift
done
wanted() { [[ ",$only," == *",$1,"* ]]; }
title() { printf '\n== %s\n' "$*"; }

title "dependencies"
share/install-deps.sh

title "build ($build)"
cmake -S . -B "$build" -G Ninja -DSLUICE_UNITY=ON "${configure[@]}" > "$build.configure.log" 2>&1 || { cat "$build.configure.log"; exit 1; }
mv "$build.configure.log" "$build/configure.log"
if [ "$only" = unit ]; then
    ninja -C "$build" --quiet unit_tests
    cd "$build"
    exec ctest -L 'unit|fuzz' -j "$(nproc)" --output-on-failure --timeout 900
fi
ninja -C "$build" --quiet

vectors=${SLUICE_VECTORS:-$(realpath -m ../shared/vectors)}
export SLUICE_VECTORS=$vectors
export SLUICE_BIN=$repository/$build/bin
failures=()
logs=$build/test-logs
rm -rf "$logs"
mkdir -p "$logs"

if wanted golden; then
    title "golden chains through sluiced"
    verify=$(realpath -m ../shared/tools/golden_verify.py)
    if [ ! -x "$SLUICE_BIN/sluiced" ]; then
        echo "SKIPPED golden chains: $SLUICE_BIN/sluiced is not built"
    elif [ ! -f "$verify" ]; then
        echo "SKIPPED golden chains: no $verify"
    else
        shopt -s nullglob
        for chain in "$vectors"/golden/*/*/chain.json "$vectors"/golden/*/chain.json; do
            dir=$(dirname "$chain")
            name=${dir#"$vectors"/}
            if ! python3 "$verify" --daemon "$SLUICE_BIN/sluiced" --dir "$dir" 2>&1 | tee "$logs/${name//\//-}.log"; then
                failures+=("$name")
            fi
        done
        shopt -u nullglob
    fi
fi

if wanted ctest; then
    title "ctest: unit, layering, vectors, fuzz replay, simulator"
    (cd "$build" && ctest -j "$(nproc)" --output-on-failure --timeout 900) 2>&1 | tee "$logs/ctest.log" || failures+=(ctest)
    # The vector tests say how many cases they ran.
    sed 's/\x1b\[[0-9;]*m//g' "$build/Testing/Temporary/LastTest.log" | grep -E '[0-9]+ cases|skipped' | grep -vE '^"|test cases? out' || true
fi

if wanted functional; then
    title "functional stories"
    node --test --test-reporter=spec --test-concurrency=2 test/functional/*.test.mjs 2>&1 | tee "$logs/functional.log" \
        || failures+=(functional)
fi

if [ ${#failures[@]} -gt 0 ]; then printf '\nFAILED: %s\n' "${failures[*]}"; fi
title "summary ($build)"
if wanted golden; then grep -hE 'mismatches' "$logs"/golden-*.log 2> /dev/null || true; fi
if wanted ctest; then grep -E 'tests passed|tests failed|Total Test time' "$logs/ctest.log" || true; fi
if wanted functional; then grep -E '^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ' "$logs/functional.log" || true; fi
[ ${#failures[@]} -eq 0 ]
