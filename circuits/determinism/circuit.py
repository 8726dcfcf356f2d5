"""The exported circuits: polynomials as trees of tuples, what stands in a row, what is read there."""

from dataclasses import dataclass
from functools import cache, cached_property


def freeze(tree):
    """A tree of the export as tuples and integers."""
    if isinstance(tree, str) and tree.startswith("0x"):
        return int(tree, 16)
    return tuple(map(freeze, tree)) if isinstance(tree, list) else tree


@cache
def leaves(tree):
    """Everything that a tree reads: cells, fixed values, public values, challenges."""
    if isinstance(tree, int):
        return frozenset()
    operator, *operands = tree
    if operator in ("+", "*", "neg"):
        return frozenset().union(*map(leaves, operands))
    return frozenset([tree])


def evaluate(tree, values, modulus):
    """The value of a tree; the function `values` gives those of its leaves."""
    if isinstance(tree, int):
        return tree % modulus
    operator, *operands = tree
    if operator not in ("+", "*", "neg"):
        return values(tree)
    numbers = [evaluate(operand, values, modulus) for operand in operands]
    if operator == "neg":
        return -numbers[0] % modulus
    return (numbers[0] + numbers[1] if operator == "+" else numbers[0] * numbers[1]) % modulus


def fold(tree, known, modulus):
    """The tree with the leaves in `known` replaced and what is then constant computed."""
    if isinstance(tree, int):
        return tree
    operator, *operands = tree
    if operator not in ("+", "*", "neg"):
        return known.get(tree, tree)
    operands = [fold(operand, known, modulus) for operand in operands]
    if all(isinstance(operand, int) for operand in operands):
        return evaluate((operator, *operands), None, modulus)
    if operator == "*" and 0 in operands:
        return 0
    if operator == "+" and 0 in operands:
        return operands[1] if operands[0] == 0 else operands[0]
    return (operator, *operands)


@dataclass(frozen=True)
class Constraint:
    """One polynomial of a gate."""

    gate: str
    name: str
    polynomial: tuple

    @property
    def key(self):
        return (self.gate, self.name)


@dataclass(frozen=True)
class InRow:
    """A constraint with what it reads from fixed and public columns in some rows.

    A public value, an input or a sum of several, is `("public", name)`; in the other rows of a public column there is zero.
    """

    constraint: Constraint
    fixed: frozenset
    public: frozenset

    @cached_property
    def known(self):
        return dict(self.fixed) | dict(self.public)

    @cache
    def reads(self, modulus):
        """The cells, public values and challenges that are left when the fixed values are known."""
        return leaves(fold(self.constraint.polynomial, self.known, modulus))

    def value(self, values, modulus):
        """With these fixed values; all others from `values`, the rest of a public column being zero."""

        def value(leaf):
            leaf = self.known.get(leaf, leaf)
            return leaf if isinstance(leaf, int) else values(leaf)

        return evaluate(self.constraint.polynomial, value, modulus)


@dataclass
class Circuit:
    """A circuit of one size."""

    size: int
    rows: int
    fixed: dict
    public: dict
    given: int
    determined: frozenset
    lanes: dict
    blindings: tuple
    constraints: list

    @classmethod
    def read(cls, export):
        return cls(
            size=export["size"],
            rows=export["rows"],
            fixed={name: tuple(map(freeze, column)) for name, column in export["fixed"].items()},
            public={(column, row): ("public", name) for name, column, row in export["public"]},
            given=export["given"],
            determined=frozenset(export["determined"]),
            lanes=export["lanes"],
            blindings=tuple(export["blindings"]),
            constraints=[Constraint(c["gate"], c["name"], freeze(c["polynomial"])) for c in export["constraints"]],
        )

    def in_row(self, constraint, row):
        """The constraint as it is in `row`."""
        fixed, public = {}, {}
        for leaf in leaves(constraint.polynomial):
            match leaf:
                case ("fixed", name, rotation):
                    fixed[leaf] = self.fixed[name][(row + rotation) % self.rows]
                case ("instance", column, rotation):
                    public[leaf] = self.public.get((column, (row + rotation) % self.rows), 0)
        return InRow(constraint, frozenset(fixed.items()), frozenset(public.items()))

    def place(self, leaf, row):
        """The row of a cell that is read in `row`; a public value or a challenge as it is."""
        return leaf if leaf[0] in ("public", "challenge") else (leaf[0], (row + leaf[1]) % self.rows)
