#!/usr/bin/env python3
"""AVX-512 instructions stand in one object only, and the linker can take nothing from it but its entry.

An inline function that was compiled for such processors leaves a copy that the linker may choose for every caller in the
program: older processors would then stop at it (SIGILL). So the object defines no symbol that others can see, weak ones
included, but the entry; and no other object of the archives has such an instruction.

usage: check_vector_code.py --object NAME.o --entry DEMANGLED ARCHIVE_OR_FOLDER...   (a folder: its libsluice_*.a)
"""
import argparse
import pathlib
import re
import subprocess
import sys

MEMBER = re.compile(r'^(\S+):\s+file format ')
# Address, bytes, text. In 64-bit code an instruction whose opcode is 62 (after segment or address prefixes) is in the
# EVEX encoding, which all of AVX-512 is in but the operations on masks.
INSTRUCTION = re.compile(r'^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)\s*\t(.*)$')
EVEX = re.compile(r'^(?:(?:26|2e|36|3e|64|65|67) )*62 ')
MASK = re.compile(r'%k[0-7]\b')


def output_of(*command):
    """Its lines, as they come: a disassembly is large."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    yield from process.stdout
    if process.wait() != 0:
        sys.exit(f'{command[0]} failed')


def vector_objects(archive):
    """For each object of the archive with AVX-512 instructions: how many, and the first."""
    found = {}
    member = None
    for line in output_of('objdump', '-d', '--insn-width=16', archive):
        heading = MEMBER.match(line)
        if heading:
            member = heading[1]
            continue
        instruction = INSTRUCTION.match(line) if '\t62 ' in line or ' 62 ' in line or '%k' in line else None
        if instruction and (EVEX.match(instruction[1]) or MASK.search(instruction[2])):
            count, first = found.get(member, (0, instruction[2].strip()))
            found[member] = (count + 1, first)
    return found


def exports(archive, member):
    wanted = False
    for line in output_of('nm', '--demangle', '--defined-only', '--extern-only', archive):
        line = line.rstrip()
        if line.endswith('.o:'):
            wanted = line == f'{member}:'
        elif wanted and line:
            yield line.split(' ', 2)[2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--object', required=True)
    parser.add_argument('--entry', required=True)
    parser.add_argument('archives', nargs='+')
    args = parser.parse_args()
    archives = []
    for name in map(pathlib.Path, args.archives):
        archives += sorted(name.glob('libsluice_*.a')) if name.is_dir() else [name]
    wrong = []
    seen = 0
    for archive in archives:
        for member, (count, first) in vector_objects(archive).items():
            if member != args.object:
                wrong.append(f'{archive}: {member} has {count} AVX-512 instructions, the first of them: {first}')
                continue
            seen += 1
            names = list(exports(archive, member))
            wrong += [f'{archive}: {member} exports {name}' for name in names if name != args.entry]
            if args.entry not in names:
                wrong.append(f'{archive}: {member} does not export {args.entry}')
    if seen == 0:
        wrong.append(f'no {args.object} with AVX-512 instructions in any of the archives')
    print('\n'.join(wrong) or f'{len(archives)} archives: AVX-512 in {args.object} only, which exports its entry only')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
