"""From the gates to the circuit: the rows in which constraints are active, and what they tie one after the other."""

import random
from collections import Counter, defaultdict

from claims import AMOUNT_BITS, COMPARED, DIFFERENCE_BITS, DIGITS, PUBLIC, tie


def sort_rows(circuit, modulus):
    """The active constraints of each row, and the constraints with their fixed values in all other rows.

    A constraint that is not zero at a random point is active. That it vanishes elsewhere is for the solver to prove.
    """
    rng = random.Random(1)
    points = defaultdict(lambda: rng.randrange(modulus))
    rows, idle = [], set()
    for row in range(circuit.rows):
        here = [circuit.in_row(constraint, row) for constraint in circuit.constraints]
        active = [each.value(points.__getitem__, modulus) != 0 for each in here]
        rows.append(tuple(each for each, is_active in zip(here, active) if is_active))
        idle |= {(each.constraint, each.fixed) for each, is_active in zip(here, active) if not is_active}
    return rows, idle


def walk(circuit, rows, modulus):
    """Asserts that public values, challenges, digits and blindings determine each cell that is read, once.

    Each active constraint is one step: from the other cells that it reads to the one that it ties. A limb's digit is
    free. Also determined are the public values that the export says are. Asserts too how many limbs there are from zero to
    the ends of the lanes, that the numbers that are added up below the lanes stay below the modulus, and what a compared cell
    comes from. Returns the number of steps.
    """
    pending, compared = [], []
    for row, active in enumerate(rows):
        for each in active:
            reads = {circuit.place(leaf, row) for leaf in each.reads(modulus)}
            leaf = tie(circuit, each, modulus)
            if leaf is None:
                assert reads == {circuit.place(COMPARED[each.constraint.gate], row)}
                compared.extend(reads)
            else:
                tied = circuit.place(leaf, row)
                pending.append((each.constraint.gate, tied, reads - {tied}))
    steps = {tied: (gate, reads) for gate, tied, reads in pending}
    assert len(steps) == len(pending), "a cell is tied twice"
    read = set(steps).union(compared, *(reads for _, reads in steps.values()))
    determined = {leaf for leaf in steps if leaf[0] == PUBLIC}
    assert {name.lstrip("−") for _, name in determined} == circuit.determined
    given = {leaf for leaf in read if leaf[0] == PUBLIC} - determined
    assert len(given) == circuit.given
    given |= {leaf for leaf in read if leaf[0] == "challenge"}
    known = given | {("a", row) for row in circuit.blindings}
    assert known.isdisjoint(steps), "what is given is tied"
    limbs, in_lane = {}, set()
    while pending:
        ready, waiting = [], []
        for step in pending:
            (ready if step[2] <= known else waiting).append(step)
        assert ready, f"nothing determines what these read: {waiting[:3]}"
        for gate, tied, reads in ready:
            known.add(tied)
            if gate == "edge":
                limbs[tied] = 0
            if gate == "limb":
                (above,) = reads
                limbs[tied] = limbs[above] + 1
                in_lane.add(above)
        pending = waiting
    assert known == read
    heads = {cell: length for cell, length in limbs.items() if cell not in in_lane}
    (amount, amounts), (difference, differences) = circuit.lanes["amount"], circuit.lanes["difference"]
    assert Counter(heads.values()) == {amount: amounts, difference: differences}
    assert DIGITS**amount == 2**AMOUNT_BITS and 2 ** (2 * AMOUNT_BITS) < modulus
    assert DIGITS ** (4 * difference) == 2**DIFFERENCE_BITS < modulus
    if any(constraint.gate in COMPARED for constraint in circuit.constraints):
        check_sum(steps, compared, given, set(heads))
    return len(steps)


def check_sum(steps, compared, given, heads):
    """Asserts that one cell is compared, that it is a sum of all heads with all that is given, and that no step but those of
    the sum depends on the sum or on a challenge.
    """
    assert len(compared) == 1, f"{len(compared)} cells are compared, expected 1"
    sources, pending = set(), list(compared)
    while pending:
        gate, reads = steps.get(pending[-1], (None, set()))
        if gate == "sum":
            pending[-1:] = reads
        else:
            sources.add(pending.pop())
    assert sources == given | heads
    late = {tied for tied, (gate, _) in steps.items() if gate == "sum"}
    late |= {leaf for leaf in given if leaf[0] == "challenge"}
    assert all(gate == "sum" or reads.isdisjoint(late) for gate, reads in steps.values())
