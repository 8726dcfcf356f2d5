"""Proves every gate of the exported circuits deterministic, row by row, and each of its constraints needed.

The claims and what follows from them: docs/src/determinism.md, which holds the tables that this prints.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from circuit import Circuit, freeze
from claims import Group, parts, vanishes
from composition import sort_rows, walk

END = "<!-- end -->\n"


class Tally:
    """Of one constraint."""

    def __init__(self):
        self.rows = Counter()
        self.kinds = self.proven = self.refuted = self.idle = self.vanish = 0

    def complete(self):
        """Every claim proven, none without the constraint, and the constraint zero in all other rows."""
        return 0 < self.kinds == self.proven == self.refuted and self.idle == self.vanish


def prove(circuits, modulus, results):
    """The tallies by constraint, and how many kinds of row there are.

    The results of groups are kept in `results` from one statement to the next.
    """
    kinds, tallies = set(), {}
    idle = set()
    for circuit in circuits:
        rows, idle_here = sort_rows(circuit, modulus)
        idle |= idle_here
        for active in rows:
            if active and active not in kinds:
                kinds.add(active)
                for group in parts(active, modulus):
                    if group not in results:
                        results[group] = Group(circuit, group, modulus).results()
                    for each, (proven, refuted) in results[group].items():
                        tally = tallies.setdefault(each.constraint.key, Tally())
                        tally.kinds += 1
                        tally.proven += proven
                        tally.refuted += refuted
            for each in active:
                tallies[each.constraint.key].rows[circuit.size] += 1
        steps = walk(circuit, rows, modulus)
        print(f"size {circuit.size}: {steps} steps determine every cell that is read", file=sys.stderr)
    for constraint, fixed in idle:
        tally = tallies[constraint.key]
        tally.idle += 1
        tally.vanish += vanishes(constraint, fixed, modulus)
    order = [constraint.key for constraint in circuits[0].constraints]
    assert set(order) == set(tallies), "a constraint is active in no row"
    return {key: tallies[key] for key in order}, len(kinds)


def render(unit, circuits, tallies, kinds):
    """The table in Markdown."""
    sizes = [circuit.size for circuit in circuits]
    lines = [
        f"| constraint | rows with {', '.join(map(str, sizes))} {unit} "
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
    parser.add_argument("page", type=Path, help="page with the tables")
    parser.add_argument("--write", action="store_true", help="write the tables into the page instead of comparing")
    arguments = parser.parse_args()

    export = json.loads(arguments.export.read_text())
    modulus = freeze(export["minus_one"]) + 1
    page = proven = arguments.page.read_text()
    results = {}
    for statement in export["statements"]:
        circuits = [Circuit.read(circuit) for circuit in statement["circuits"]]
        print(statement["name"], file=sys.stderr)
        tallies, kinds = prove(circuits, modulus, results)
        table = render(statement["unit"], circuits, tallies, kinds)
        print(table)
        incomplete = [": ".join(key) for key, tally in tallies.items() if not tally.complete()]
        if incomplete:
            sys.exit(f"not proven, or true without the constraint: {', '.join(incomplete)}")
        before, begin, rest = proven.partition(f"<!-- {statement['name']}, printed by circuits/determinism/run.sh -->\n")
        _, end, after = rest.partition(END)
        if not end:
            sys.exit(f"{arguments.page} has no place for the table of {statement['name']}")
        proven = before + begin + table + end + after
    if arguments.write:
        arguments.page.write_text(proven)
    elif page != proven:
        sys.exit(f"{arguments.page} holds other tables: circuits/determinism/run.sh --write writes these")


if __name__ == "__main__":
    main()
