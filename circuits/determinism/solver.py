"""cvc5 over a prime field."""

import cvc5
from cvc5 import Kind

OPERATORS = {"+": Kind.FINITE_FIELD_ADD, "*": Kind.FINITE_FIELD_MULT, "neg": Kind.FINITE_FIELD_NEG}
# For one question, in milliseconds.
LIMIT = 60_000


class Query:
    """One question: do field elements for the variables exist that meet all assertions?"""

    def __init__(self, modulus):
        self.modulus = modulus
        self.solver = cvc5.Solver()
        self.solver.setLogic("QF_FF")
        self.solver.setOption("ff-solver", "split")
        self.solver.setOption("produce-models", "true")
        self.solver.setOption("tlimit-per", str(LIMIT))
        self.field = self.solver.mkFiniteFieldSort(str(modulus))
        self.variables = {}

    def assert_zero(self, tree, stands):
        """The tree is zero; `stands` gives for each of its leaves a number or the name of a variable."""
        self.solver.assertFormula(self.solver.mkTerm(Kind.EQUAL, self._term(tree, stands), self._constant(0)))

    def assert_nonzero(self, tree, stands):
        """The tree is not zero."""
        self.solver.assertFormula(self.solver.mkTerm(Kind.DISTINCT, self._term(tree, stands), self._constant(0)))

    def assert_distinct(self, one, two):
        """The variables with these names differ."""
        self.solver.assertFormula(self.solver.mkTerm(Kind.DISTINCT, self._variable(one), self._variable(two)))

    def model(self):
        """None where nothing meets the assertions; otherwise the values of the variables by name."""
        result = self.solver.checkSat()
        if result.isUnsat():
            return None
        if not result.isSat():
            raise RuntimeError(f"cvc5 does not know: {result}")
        values = {name: self.solver.getValue(variable) for name, variable in self.variables.items()}
        return {name: int(value.getFiniteFieldValue()) % self.modulus for name, value in values.items()}

    def _constant(self, value):
        return self.solver.mkFiniteFieldElem(str(value % self.modulus), self.field)

    def _variable(self, name):
        if name not in self.variables:
            self.variables[name] = self.solver.mkConst(self.field, repr(name))
        return self.variables[name]

    def _term(self, tree, stands):
        if isinstance(tree, int):
            return self._constant(tree)
        operator, *operands = tree
        if operator in OPERATORS:
            return self.solver.mkTerm(OPERATORS[operator], *(self._term(operand, stands) for operand in operands))
        value = stands(tree)
        return self._constant(value) if isinstance(value, int) else self._variable(value)
