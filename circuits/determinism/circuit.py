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
    """Everything that a tree reads: cells, fixed values, public inputs."""
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
    """A constraint with what it reads from fixed and instance columns in some rows.

    A public input is `("input", name)`; in the other rows of an instance column there is zero.
    """

    constraint: Constraint
    fixed: frozenset
    inputs: frozenset

    @cached_property
    def known(self):
        return dict(self.fixed) | dict(self.inputs)

    @cache
    def reads(self, modulus):
        """The cells and public inputs that are left when the fixed values are known."""
        return leaves(fold(self.constraint.polynomial, self.known, modulus))

    def value(self, values, modulus):
        """With these fixed values; cells and public inputs from `values`, the rest of an instance column being zero."""

        def value(leaf):
            leaf = self.known.get(leaf, leaf)
            return leaf if isinstance(leaf, int) else values(leaf)

        return evaluate(self.constraint.polynomial, value, modulus)


@dataclass
class Circuit:
    """The circuit for a number of assets."""

    assets: int
    rows: int
    fixed: dict
    inputs: dict
    lanes: dict
    blinding: int
    constraints: list

    @classmethod
    def read(cls, export):
        return cls(
            assets=export["assets"],
            rows=export["rows"],
            fixed={name: tuple(map(freeze, column)) for name, column in export["fixed"].items()},
            inputs={(column, row): name for name, column, row in export["inputs"]},
            lanes=export["lanes"],
            blinding=export["blinding"],
            constraints=[Constraint(c["gate"], c["name"], freeze(c["polynomial"])) for c in export["constraints"]],
        )

    def in_row(self, constraint, row):
        """The constraint as it is in `row`."""
        fixed, inputs = {}, {}
        for leaf in leaves(constraint.polynomial):
            match leaf:
                case ("fixed", name, rotation):
                    fixed[leaf] = self.fixed[name][(row + rotation) % self.rows]
                case ("instance", column, rotation):
                    name = self.inputs.get((column, (row + rotation) % self.rows))
                    inputs[leaf] = ("input", name) if name else 0
        return InRow(constraint, frozenset(fixed.items()), frozenset(inputs.items()))

    def place(self, leaf, row):
        """The row of a cell that is read in `row`; a public input as it is."""
        return leaf if leaf[0] == "input" else (leaf[0], (row + leaf[1]) % self.rows)
