#!/usr/bin/env python3
"""Compares the rule tables (consensus/rules/rule.cpp, src/mempool/policy_rule.cpp) with the code that refuses, with what the
unit tests produced (a file of refusals a test binary, test/support/rule_log.h; each has the place and the values that its row
promises), and with doc/rules.md, which says of each
reject reason of Elements where it is or why it is not. Exit status 1 with one line for each breach."""
import argparse
import os
import re
import sys

CONSENSUS_ROW = re.compile(r'\{Rule::k(\w+),\s*"([^"]*)",\s*"([^"]*)",\s*Stage::k(\w+),\s*(\w+),\s*(\w+),'
                           r'\s*Part::k(\w+),\s*"([^"]*)",\s*"([^"]*)",\s*"([^"]*)"\}')
POLICY_ROW = re.compile(r'\{"([^"]+)", "([^"]+)",\s*"([^"]+)"\}')
REFUSES = re.compile(r'refused?\(RefusalKind::(\w+), "([^"]+)"')
REASON = re.compile(r'return not_standard\("([^"]+)"')
DOC_ROW = re.compile(r'^\| `([^`]+)` \|', re.M)


def read(source, path):
    with open(os.path.join(source, path), encoding="utf-8") as handle:
        return handle.read()


def words(name):
    return re.sub(r"(?<!^)([A-Z])", lambda m: "-" + m.group(1).lower(), name).lower()


def base(reason):
    return reason.split("(")[0].strip()


def shape_breaches(consensus, seen):
    """Of each refusal: the part of its row, or one at least; in a block the transaction too; the values of its row."""
    out = []
    rows = {row[1]: row for row in consensus}
    for judged, name, part, transaction, values in sorted(seen):
        where = f"{name} ({judged}, {part})"
        row = rows.get(name)
        if part == "Unknown":
            out.append(f"{where}: a refusal without a place")
        if judged == "block" and part in ("Transaction", "Input", "Output") and transaction == "-":
            out.append(f"{where}: a refusal of a block without the transaction")
        if row is None:
            if not name.startswith("policy:"):
                out.append(f"{where}: no such rule")
            continue
        if row[6] not in ("Unknown", part):
            out.append(f"{where}: the row says {row[6]}")
        missing = set(row[7].split()) - set(values.split())
        if missing:
            out.append(f"{where}: a refusal without {' '.join(sorted(missing))}")
    for name in sorted(set(rows) - {each[1] for each in seen}):
        out.append(f"no unit test produces {name} with its place and values")
    return out


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
    for rule, name, reject, _, _, _, _, _, _, file in consensus:
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
    breaches_seen = set()
    for file in sorted(os.listdir(args.produced)) if os.path.isdir(args.produced) else []:
        with open(os.path.join(args.produced, file), encoding="utf-8") as handle:
            for line in handle:
                line = line.rstrip("\n")
                if line.startswith("breach\t"):
                    breaches_seen.add(tuple(line.split("\t")[1:]))
                else:
                    produced.setdefault(base(line), set()).add(file)
    breaches += shape_breaches(consensus, breaches_seen)
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
