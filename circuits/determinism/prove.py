"""Proves every gate of the exported circuits deterministic, row by row, and each of its constraints needed.

The claims and what follows from them: docs/src/determinism.md, which holds the table that this prints.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from circuit import Circuit, freeze
from claims import Kind, vanishes
from composition import sort_rows, walk

BEGIN = "<!-- printed by circuits/determinism/run.sh -->\n"
END = "<!-- end -->\n"


class Tally:
    """Of one constraint."""

    def __init__(self):
        self.rows = Counter()
        self.kinds = self.proven = self.refuted = self.idle = self.vanish = 0

    def complete(self):
        """Every claim proven, none without the constraint, and the constraint zero in all other rows."""
        return 0 < self.kinds == self.proven == self.refuted and self.idle == self.vanish


def prove(circuits, modulus):
    """The tallies by constraint, and how many kinds of row there are."""
    kinds, tallies = {}, {}
    idle = set()
    for circuit in circuits:
        rows, idle_here = sort_rows(circuit, modulus)
        idle |= idle_here
        for active in rows:
            if active and active not in kinds:
                kinds[active] = Kind(circuit, active, modulus)
            for each in active:
                tallies.setdefault(each.constraint.key, Tally()).rows[circuit.assets] += 1
        steps = walk(circuit, rows, modulus)
        print(f"{circuit.assets} assets: {steps} steps determine every cell that is read", file=sys.stderr)
    for kind in kinds.values():
        for claim, each in enumerate(kind.active):
            tally = tallies[each.constraint.key]
            tally.kinds += 1
            tally.proven += kind.proves(claim)
            tally.refuted += kind.counterexample(claim, without=claim) is not None
    for constraint, fixed in idle:
        tally = tallies[constraint.key]
        tally.idle += 1
        tally.vanish += vanishes(constraint, fixed, modulus)
    order = [constraint.key for constraint in circuits[0].constraints]
    assert set(order) == set(tallies), "a constraint is active in no row"
    return {key: tallies[key] for key in order}, len(kinds)


def render(circuits, tallies, kinds):
    """The table in Markdown."""
    sizes = [circuit.assets for circuit in circuits]
    lines = [
        f"| constraint | rows with {', '.join(map(str, sizes))} assets "
        "| claims proven | refuted without it | zero elsewhere |",
        "|---|---|---|---|---|",
    ]
    for (gate, name), tally in tallies.items():
        rows = ", ".join(str(tally.rows[size]) for size in sizes)
        lines.append(
            f"| {gate}: `{name}` | {rows} | {tally.proven} of {tally.kinds} | {tally.refuted} of {tally.kinds} "
            f"| {tally.vanish} of {tally.idle} |"
        )
    counts = [(t.proven, t.kinds, t.refuted, t.vanish, t.idle) for t in tallies.values()]
    proven, claims, refuted, vanish, idle = map(sum, zip(*counts))
    lines.append(f"| all, {kinds} kinds of row | | {proven} of {claims} | {refuted} of {claims} | {vanish} of {idle} |")
    return "".join(line + "\n" for line in lines)


def main():
    parser = argparse.ArgumentParser(description="Proves the exported circuits' gates deterministic.")
    parser.add_argument("export", type=Path, help="what the example `gates` wrote")
    parser.add_argument("page", type=Path, help="page with the table")
    parser.add_argument("--write", action="store_true", help="write the table into the page instead of comparing")
    arguments = parser.parse_args()

    export = json.loads(arguments.export.read_text())
    modulus = freeze(export["minus_one"]) + 1
    circuits = [Circuit.read(circuit) for circuit in export["circuits"]]
    tallies, kinds = prove(circuits, modulus)
    table = render(circuits, tallies, kinds)
    print(table, end="")
    incomplete = [": ".join(key) for key, tally in tallies.items() if not tally.complete()]
    if incomplete:
        sys.exit(f"not proven, or true without the constraint: {', '.join(incomplete)}")

    page = arguments.page.read_text()
    before, _, rest = page.partition(BEGIN)
    in_page, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{arguments.page} has no place for the table")
    if arguments.write:
        arguments.page.write_text(before + BEGIN + table + END + after)
    elif in_page != table:
        sys.exit(f"{arguments.page} holds another table: circuits/determinism/run.sh --write writes this one")


if __name__ == "__main__":
    main()
