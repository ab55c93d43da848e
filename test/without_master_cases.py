#!/usr/bin/env python3
"""without_master_cases.py CHAIN_DIR OUT_DIR: a golden chain as it is, less the blocks that only the reference's master refuses.

Master weighs the block-signing witness of a dynafed header four times; the deployed releases, and we, once (golden/README.md). A
block that is over the limit by the first count only is valid, and connecting it would derail the replay. Says what it leaves out.
"""
import json
import os
import sys

LIMIT = 4_000_000


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def skip(self, size):
        self.at += size

    def number(self, size):
        self.at += size
        return int.from_bytes(self.data[self.at - size:self.at], "little")

    def compact(self):
        first = self.number(1)
        return first if first < 253 else self.number(1 << (first - 252))

    def bytes(self):
        self.skip(self.compact())

    def list(self):
        for _ in range(self.compact()):
            self.bytes()

    def field(self, open_size):  # an asset, value or nonce
        form = self.number(1)
        self.skip(0 if form == 0 else open_size if form == 1 else 32)

    def dynafed_entry(self):
        kind = self.number(1)
        if kind != 0:
            self.bytes()
            self.skip(4)
            self.skip(32 if kind == 1 else 0)
        if kind == 2:
            self.bytes()
            self.bytes()
            self.list()

    def witness_of_transaction(self):
        """The size of one transaction's witness; moves behind it."""
        self.skip(4)
        has_witness = self.number(1)
        inputs = self.compact()
        for _ in range(inputs):
            self.skip(32)
            index = self.number(4)
            self.bytes()
            self.skip(4)
            if index != 0xFFFFFFFF and index & 0x80000000:
                self.skip(64)
                self.field(8)
                self.field(8)
        outputs = self.compact()
        for _ in range(outputs):
            self.field(32)
            self.field(8)
            self.field(32)
            self.bytes()
        self.skip(4)
        start = self.at
        if has_witness:
            for _ in range(inputs):
                self.bytes()
                self.bytes()
                self.list()
                self.list()
            for _ in range(outputs):
                self.bytes()
                self.bytes()
        return self.at - start


def weight(raw):
    """As the releases count; None for a block without a dynafed header."""
    block = Cursor(raw)
    if block.number(4) >> 31 == 0:
        return None
    block.skip(32 + 32 + 4 + 4)
    block.dynafed_entry()
    block.dynafed_entry()
    start = block.at
    block.list()
    witness = block.at - start
    for _ in range(block.compact()):
        witness += block.witness_of_transaction()
    return 3 * (len(raw) - witness) + len(raw)


def main():
    source, out = sys.argv[1:]
    os.makedirs(out)
    for name in os.listdir(source):
        if name != "invalid.json":
            os.symlink(os.path.join(os.path.abspath(source), name), os.path.join(out, name))
    with open(os.path.join(source, "invalid.json"), encoding="utf-8") as handle:
        cases = json.load(handle)
    kept = []
    for case in cases:
        ours = weight(bytes.fromhex(case["hex"])) if case["reject_reason"] == "bad-blk-weight" else None
        if ours is not None and ours <= LIMIT:
            print(f"LEFT OUT {case['name']}: its weight is {ours}, and only the reference's master counts more than {LIMIT}")
        else:
            kept.append(case)
    with open(os.path.join(out, "invalid.json"), "w", encoding="utf-8") as handle:
        json.dump(kept, handle)


if __name__ == "__main__":
    main()
