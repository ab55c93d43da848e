#!/usr/bin/env python3
"""Checks the house rules that the compiler cannot: who includes what, what the pure kernel may touch, how long a file is.

Reads modules.txt ("name|layer|dir|deps|libs", written by configure) and every .h and .cpp of the tree. There is no list of
exceptions. Exit status 1 with one line for each breach."""
import argparse
import os
import re
import sys

KERNEL_OUTSIDE = {"runtime", "storage", "http", "net"}  # layers 0-6 except these are the pure kernel
KERNEL_MAX_LAYER = 6
KERNEL_HEADER_OK = {"util"}  # util holds the clock, random and log that others are handed
KERNEL_BANNED_INCLUDES = {"thread", "mutex", "fstream", "iostream", "filesystem", "condition_variable", "future"}
KERNEL_BANNED_TEXT = [(re.compile(r"::now\(\)"), "reads a clock"), (re.compile(r"\bgetenv\("), "reads the environment"),
                      (re.compile(r'#include "util/(log|clock|random)\.h"'), "logs, reads a clock or draws randomness")]
THIRD_PARTY = {  # include prefix -> what a module must name in LIBS to use it
    "spdlog/": "spdlog::spdlog", "fmt/": "fmt::fmt", "event2/": "PkgConfig::LIBEVENT", "secp256k1": "PkgConfig::SECP256K1",
    "openssl/": "OpenSSL::Crypto", "leveldb/": "leveldb::leveldb", "nlohmann/": "nlohmann_json::nlohmann_json",
    "zmq.h": "PkgConfig::ZMQ", "boost/program_options": "Boost::program_options", "boost/multi_index": "Boost::headers",
}
MAX_LINES = 500
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def check_module(source, name, layer, folder, deps, libs, prefixes, breaches):
    kernel = layer <= KERNEL_MAX_LAYER and name not in KERNEL_OUTSIDE
    for directory, _, files in os.walk(os.path.join(source, folder)):
        for file in sorted(files):
            if not file.endswith((".h", ".cpp")):
                continue
            path = os.path.join(directory, file)
            shown = os.path.relpath(path, source)
            with open(path, encoding="utf-8") as handle:
                lines = handle.read().split("\n")
            if file.endswith(".h") and "#pragma once" not in lines[:40]:
                breaches.append(f"{shown}: no #pragma once")
            for number, line in enumerate(lines, 1):
                match = INCLUDE.match(line)
                if match:
                    include = match.group(1)
                    for prefix, lib in THIRD_PARTY.items():
                        if include.startswith(prefix) and lib not in libs:
                            breaches.append(f"{shown}:{number}: <{include}> belongs to modules that name {lib}")
                    owner = next((m for p, m in prefixes if include.startswith(p + "/")), None)
                    if owner and owner != name and owner not in deps:
                        breaches.append(f"{shown}:{number}: {include} is of module {owner}, not a dependency of {name}")
                    if owner and owner != name and "/detail/" in include:
                        breaches.append(f"{shown}:{number}: {include} is private to module {owner}")
                    if kernel and name not in KERNEL_HEADER_OK and include in KERNEL_BANNED_INCLUDES:
                        breaches.append(f"{shown}:{number}: the pure kernel may not include <{include}>")
                if kernel and name not in KERNEL_HEADER_OK and name != "crypto":
                    for pattern, why in KERNEL_BANNED_TEXT:
                        if pattern.search(line):
                            breaches.append(f"{shown}:{number}: the pure kernel {why}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--modules", required=True)
    args = parser.parse_args()
    rows = []
    with open(args.modules, encoding="utf-8") as handle:
        for line in handle:
            if line.strip():
                name, layer, folder, deps, libs = line.rstrip("\n").split("|")
                rows.append((name, int(layer), folder, set(filter(None, deps.split(","))), set(filter(None, libs.split(",")))))
    prefixes = sorted(((re.sub(r"^src/", "", folder), name) for name, _, folder, _, _ in rows), key=lambda p: -len(p[0]))
    breaches = []
    for name, layer, folder, deps, libs in rows:
        check_module(args.source, name, layer, folder, deps, libs, prefixes, breaches)
    roots = ["src", "consensus", "peg", "federation", "p2p", "test"]
    files = 0
    for root in roots:
        for directory, folders, names in os.walk(os.path.join(args.source, root)):
            folders[:] = [f for f in folders if f != "node_modules"]
            for file in names:
                if not file.endswith((".h", ".cpp", ".mjs", ".js", ".py")):
                    continue
                files += 1
                path = os.path.join(directory, file)
                with open(path, encoding="utf-8") as handle:
                    count = sum(1 for _ in handle)
                if count > MAX_LINES:
                    breaches.append(f"{os.path.relpath(path, args.source)}: {count} lines, at most {MAX_LINES}")
    for breach in breaches:
        print(breach)
    print(f"layering: {len(rows)} modules, {files} files, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
