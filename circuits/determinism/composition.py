"""From the gates to the circuit: the rows in which constraints are active, and what they tie one after the other."""

import random
from collections import Counter, defaultdict

from claims import AMOUNT_BITS, COMMITMENT, DIFFERENCE_BITS, DIGITS, MARGIN, tie


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
    """Asserts that the weights, the digits and the blinding determine each cell that is read, and `C` and `m`, once.

    Each active constraint is one step: from the other cells that it reads to the one that it ties. A limb's digit is
    free. Asserts too how many limbs there are from zero to the ends of the lanes, and that the numbers that are added
    up below the lanes stay below the modulus. Returns the number of steps.
    """
    pending = []
    for row, active in enumerate(rows):
        for each in active:
            tied = circuit.place(tie(circuit, each, modulus), row)
            reads = {circuit.place(leaf, row) for leaf in each.reads(modulus)}
            pending.append((each.constraint.gate, tied, reads - {tied}))
    steps = len(pending)
    read = set().union(*(reads | {tied} for _, tied, reads in pending))
    weights = {leaf for leaf in read if leaf[0] == "input"} - {COMMITMENT, MARGIN}
    assert len(weights) == 2 * circuit.assets
    known = weights | {("a", circuit.blinding)}
    limbs, in_lane = {}, set()
    while pending:
        ready, waiting = [], []
        for step in pending:
            (ready if step[2] <= known else waiting).append(step)
        assert ready, f"nothing determines what these read: {waiting[:3]}"
        for gate, tied, reads in ready:
            assert tied not in known, f"{tied} is tied twice"
            known.add(tied)
            if gate == "edge":
                limbs[tied] = 0
            if gate == "limb":
                (above,) = reads
                limbs[tied] = limbs[above] + 1
                in_lane.add(above)
        pending = waiting
    assert known == read
    heads = Counter(length for cell, length in limbs.items() if cell not in in_lane)
    amount, difference = circuit.lanes["amount"], circuit.lanes["difference"]
    assert heads == {amount: 2 * circuit.assets, difference: 4}, heads
    assert DIGITS**amount == 2**AMOUNT_BITS and 2 ** (2 * AMOUNT_BITS) < modulus
    assert DIGITS ** (4 * difference) == 2**DIFFERENCE_BITS < modulus
    return steps
