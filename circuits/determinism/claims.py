"""What each constraint ties, and the claims about it that the solver decides."""

from functools import cache

from circuit import evaluate
from solver import Query

# The public value that a constraint reads.
PUBLIC = "public"
AMOUNT_BITS, DIFFERENCE_BITS = 120, 248
# Values of a limb.
DIGITS = 4

# What the constraints of each gate tie, in their order: a cell or a public value. Of two, the first that is read.
TIES = {
    "limb": [[("a", 2)], [("b", 2)]],
    "edge": [[("a", 0)], [("b", 0)]],
    "heads": [[("a", 4)], [("a", 5)], [("a", 3)]],
    "words": [[("a", 4)], [("a", 5)]],
    "domain": [[("a", 4)], [("a", 5)]],
    "sum": [[("s", 1)]],
    "difference": [[PUBLIC], [("a", 4)], [("a", 5)]],
    "S-box": [[("b", 0)]],
    "full round": [[("a", 3)], [("a", 4)], [("a", 5)]],
    "partial round": [[("a", 3)]],
    "enter": [[("a", 3)]],
    "enter, next": [[("a", 3)]],
    "exit": [[("a", 3)], [("a", 4)], [("a", 5)]],
    "output": [[("a", 128), PUBLIC]],
}


# The gates that tie nothing: they compare a cell with zero.
COMPARED = {"end": ("s", 0)}


def tie(circuit, active, modulus):
    """The cell or public value that an active constraint ties; None where it compares."""
    constraint = active.constraint
    of_gate = [each for each in circuit.constraints if each.gate == constraint.gate]
    if constraint.gate in COMPARED:
        assert len(of_gate) == 1, f"gate {constraint.gate} has {len(of_gate)} constraints, expected 1"
        return None
    ties = TIES[constraint.gate]
    assert len(ties) == len(of_gate), f"gate {constraint.gate} has {len(of_gate)} constraints, expected {len(ties)}"
    reads = {PUBLIC if leaf[0] == PUBLIC else leaf: leaf for leaf in active.reads(modulus)}
    return next(reads[cell] for cell in ties[of_gate.index(constraint)] if cell in reads)


def parts(active, modulus):
    """The constraints of a row in groups: no two groups read anything in common."""
    groups = []
    for each in active:
        reads, group, others = each.reads(modulus), [each], []
        for other_reads, other in groups:
            if reads & other_reads:
                reads, group = reads | other_reads, group + other
            else:
                others.append((other_reads, other))
        groups = [*others, (reads, group)]
    return [tuple(sorted(group, key=active.index)) for _, group in groups]


def digit(column):
    """The limb between a running value and the one two rows below."""
    return ("+", (column, 2), ("neg", ("*", (column, 0), DIGITS)))


class Group:
    """Constraints that are active in a row, with the same fixed and public values, and no other one reads what they read.

    The claim about a limb: it is 0, 1, 2 or 3, and may be each. The claim about a comparison: the cell is zero. The claim
    about any other constraint: two assignments that meet all constraints of the group, and agree in the cells that none of
    them ties, agree in the cell that this one ties. The limb's digit being free, the cell below it is not one that is tied
    here.
    """

    def __init__(self, circuit, active, modulus):
        self.active, self.modulus = active, modulus
        self.ties = [tie(circuit, each, modulus) for each in active]
        free = [self.is_limb(each) or self.compared(each) is not None for each in active]
        self.tied = {cell for cell, is_free in zip(self.ties, free) if not is_free}
        assert len(self.tied) + sum(free) == len(active), "two constraints tie one cell"

    @staticmethod
    def is_limb(each):
        return each.constraint.gate == "limb"

    @staticmethod
    def compared(each):
        return COMPARED.get(each.constraint.gate)

    def results(self):
        """For each constraint whether the claim about it holds, and whether it is refuted without the constraint."""
        claims = range(len(self.active))
        return {
            self.active[claim]: (self.proves(claim), self.counterexample(claim, without=claim) is not None)
            for claim in claims
        }

    def proves(self, claim):
        """Whether the claim about constraint number `claim` holds."""
        if self.counterexample(claim) is not None:
            return False
        return not self.is_limb(self.active[claim]) or self.admits_every_digit(claim)

    def counterexample(self, claim, without=None):
        """Cells that meet every constraint but number `without` and contradict a claim; None if there are none."""
        query = Query(self.modulus)
        for copy in (1, 2):
            for index, each in enumerate(self.active):
                if index != without:
                    query.assert_zero(each.constraint.polynomial, self.stands(each, copy))
        if self.is_limb(self.active[claim]):
            column, _ = self.ties[claim]
            for value in range(DIGITS):
                query.assert_nonzero(("+", digit(column), ("neg", value)), lambda leaf: self.name(leaf, 1))
        elif cell := self.compared(self.active[claim]):
            query.assert_nonzero(cell, lambda leaf: self.name(leaf, 1))
        else:
            query.assert_distinct(*(self.name(self.ties[claim], copy) for copy in (1, 2)))
        model = query.model()
        if model is not None:
            self.check(model, claim, without)
        return model

    def admits_every_digit(self, claim):
        """The other direction of the claim about a limb: no digit contradicts the constraint."""
        each, (column, _) = self.active[claim], self.ties[claim]
        for value in range(DIGITS):
            query = Query(self.modulus)
            query.assert_zero(("+", digit(column), ("neg", value)), lambda leaf: self.name(leaf, 1))
            query.assert_nonzero(each.constraint.polynomial, self.stands(each, 1))
            if query.model() is not None:
                return False
        return True

    def name(self, cell, copy):
        """The variable of a cell in one of two assignments: they share what no constraint ties."""
        return (cell, copy if cell in self.tied else 1)

    def stands(self, each, copy):
        """What stands for a leaf of a constraint: a number or the name of a variable."""

        def value(leaf):
            leaf = each.known.get(leaf, leaf)
            return leaf if isinstance(leaf, int) else self.name(leaf, copy)

        return value

    def check(self, model, claim, without):
        """Asserts, with integers and without the solver, that a counterexample is one."""
        for copy in (1, 2):
            for index, each in enumerate(self.active):
                if index == without:
                    continue
                stands = self.stands(each, copy)
                number = lambda leaf: stands(leaf) if isinstance(stands(leaf), int) else model[stands(leaf)]
                assert evaluate(each.constraint.polynomial, number, self.modulus) == 0, "a constraint is not met"
        # A variable that no remaining constraint mentions may have any value.
        number = lambda cell, copy: model.get(self.name(cell, copy), 0)
        cell = self.ties[claim]
        if self.is_limb(self.active[claim]):
            limb = evaluate(digit(cell[0]), lambda leaf: number(leaf, 1), self.modulus)
            assert limb >= DIGITS, "the claim is met"
        elif compared := self.compared(self.active[claim]):
            assert number(compared, 1) != 0, "the claim is met"
        else:
            assert number(cell, 1) != number(cell, 2), "the claim is met"


@cache
def vanishes(constraint, fixed, modulus):
    """Whether a constraint is zero with these fixed values, whatever everything else is."""
    query, known = Query(modulus), dict(fixed)
    query.assert_nonzero(constraint.polynomial, lambda leaf: known.get(leaf, leaf))
    return query.model() is None
