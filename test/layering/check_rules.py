#!/usr/bin/env python3
"""Compares the rule tables (consensus/rules/rule.cpp, src/mempool/policy_rule.cpp) with the code that refuses, with what the
unit tests produced (a file of reject reasons a test binary, test/support/rule_log.h), and with doc/rules.md, which says of each
reject reason of Elements where it is or why it is not. Exit status 1 with one line for each breach."""
import argparse
import os
import re
import sys

CONSENSUS_ROW = re.compile(r'\{Rule::k(\w+), "([^"]*)", "([^"]*)", Stage::(\w+), (\w+), (\w+),\s*"([^"]*)", "([^"]*)"\}')
POLICY_ROW = re.compile(r'\{"([^"]+)", "([^"]+)",\s*"([^"]+)"\}')
REFUSES = re.compile(r'refused?\(RefusalKind::(\w+), "([^"]+)"')
REASON = re.compile(r'^\s*(?:if .*)?return "([^"]+)";', re.M)
DOC_ROW = re.compile(r'^\| `([^`]+)` \|', re.M)


def read(source, path):
    with open(os.path.join(source, path), encoding="utf-8") as handle:
        return handle.read()


def words(name):
    return re.sub(r"(?<!^)([A-Z])", lambda m: "-" + m.group(1).lower(), name).lower()


def base(reason):
    return reason.split("(")[0].strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--produced", required=True)
    args = parser.parse_args()
    breaches = []

    consensus = CONSENSUS_ROW.findall(read(args.source, "consensus/rules/rule.cpp"))
    enumerators = re.findall(r"^    k(\w+),", read(args.source, "consensus/rules/rule.h").split("kRuleCount")[0], re.M)
    if [row[0] for row in consensus] != enumerators:
        breaches.append("consensus/rules/rule.cpp: rows and enumerators differ: " +
                        ", ".join(sorted(set(enumerators) ^ {row[0] for row in consensus})))
    for rule, name, reject, _, _, _, _, file in consensus:
        if name != words(rule):
            breaches.append(f"rule {rule}: its name is {name}, not {words(rule)}")
        text = read(args.source, file)
        if f"Rule::k{rule}" not in text and f'"{reject}"' not in text:
            breaches.append(f"rule {rule}: {file} does not apply it")
    policy = POLICY_ROW.findall(read(args.source, "src/mempool/policy_rule.cpp"))
    for reject, file, _ in policy:
        if f'"{reject}' not in read(args.source, file):
            breaches.append(f"policy rule {reject}: {file} does not apply it")

    known = {row[2] for row in consensus} | {row[0] for row in policy}
    pool = os.path.join(args.source, "src/mempool")
    for file in sorted(os.listdir(pool)):
        if not file.endswith(".cpp"):
            continue
        text = read(pool, file)
        reasons = [reason for kind, reason in REFUSES.findall(text) if kind != "kFault"]
        if file == "policy.cpp":
            reasons += REASON.findall(text)
        for reason in reasons:
            if base(reason) not in known:
                breaches.append(f"src/mempool/{file}: refuses with {reason}, which is in no table")

    produced = {}
    for file in sorted(os.listdir(args.produced)) if os.path.isdir(args.produced) else []:
        with open(os.path.join(args.produced, file), encoding="utf-8") as handle:
            for line in handle:
                produced.setdefault(base(line.rstrip("\n")), set()).add(file)
    for reason in sorted(known - set(produced)):
        breaches.append(f"no unit test produces {reason}")

    documented = set(DOC_ROW.findall(read(args.source, "doc/rules.md")))
    for reason in sorted(known - documented):
        breaches.append(f"doc/rules.md does not name {reason}")

    for breach in breaches:
        print(breach)
    print(f"{len(consensus)} consensus rules, {len(policy)} policy rules, {len(known & set(produced))} reasons produced by "
          f"{len(set().union(*produced.values())) if produced else 0} test binaries, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
