//! Field arithmetic as Yul: which sums need reducing, and which values are worth keeping.
//!
//! A value stands for a residue modulo `r` and may be larger: `bound` says below which multiple of `r` it is. Five times
//! `r` is less than `2^256`, so up to there sums are plain additions; `mulmod` takes any word and gives a residue.

use std::collections::HashMap;
use std::fmt::Write;

use assay_circuits::Fr;
use ff::{Field, PrimeField};
use ruint::aliases::U256;

use crate::polynomial::{Factor, Query, Sum};

/// The largest multiple of the modulus that fits a word.
const MAX_BOUND: u32 = 5;

/// A word with its bound.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) bound: u32,
}

impl Value {
    /// A residue.
    pub(crate) fn reduced(text: impl Into<String>) -> Self {
        Self { text: text.into(), bound: 1 }
    }

    /// `left + right`.
    pub(crate) fn plus(self, other: Self) -> Self {
        let (left, right, bound) = (self.text, other.text, self.bound + other.bound);
        if bound > MAX_BOUND {
            return Self::reduced(format!("addmod({left}, {right}, r)"));
        }
        Self { text: format!("add({left}, {right})"), bound }
    }

    /// `left − right`.
    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(other.negative())
    }

    /// Zero less the value, with as many times the modulus as keep it from wrapping.
    fn negative(self) -> Self {
        let multiple = if self.bound == 1 { "r".to_owned() } else { multiple(self.bound) };
        Self { text: format!("sub({multiple}, {})", self.text), bound: self.bound }
    }

    /// `left·right`.
    pub(crate) fn times(self, other: &Self) -> Self {
        Self::reduced(format!("mulmod({}, {}, r)", self.text, other.text))
    }
}

/// A constant as a word.
pub(crate) fn word(value: Fr) -> String {
    let integer = U256::from_le_bytes::<32>(value.to_repr());
    if integer < U256::from(1u64 << 16) { integer.to_string() } else { format!("{integer:#066x}") }
}

/// `factor·r`.
fn multiple(factor: u32) -> String {
    let modulus = U256::from_le_bytes::<32>((-Fr::ONE).to_repr()) + U256::from(1);
    format!("{:#066x}", modulus * U256::from(factor))
}

/// Names of the advice columns: those that the circuits share, and that of the second phase.
const ADVICE: [&str; 3] = ["A", "B", "S"];
/// Names of the fixed columns: those that the circuits share, and the codes of the second phase.
pub(crate) const FIXED: [&str; 5] = ["LIMB", "ROUND", "TURN", "CONSTANT", "STEP"];

/// The name of the memory word that holds an evaluation, or the one challenge that gates read.
pub(crate) fn evaluation(query: Query) -> String {
    match query {
        Query::Advice(column, rotation) => format!("{}_{rotation}", ADVICE[column]),
        Query::Fixed(column, rotation) => format!("{}_{rotation}", FIXED[column]),
        Query::Challenge(_) => "RHO".to_owned(),
        Query::Public(..) => unreachable!("public inputs are not opened"),
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Query(Query),
    Product(usize, usize),
    /// Terms without their coefficients being zero, and a constant.
    Sum(Vec<(usize, Fr)>, Fr),
}

/// Expressions with common parts found once.
#[derive(Debug, Default)]
pub(crate) struct Program {
    nodes: Vec<Node>,
    known: HashMap<Node, usize>,
    uses: Vec<u32>,
    /// Values that were written once and are read from the stack or from memory since.
    kept: HashMap<usize, Value>,
    locals: usize,
    words: usize,
}

/// Uses from which on a kept value stands on the stack and not in memory.
const LOCAL_USES: u32 = 6;

impl Program {
    fn node(&mut self, node: Node) -> usize {
        if let Some(&known) = self.known.get(&node) {
            return known;
        }
        self.nodes.push(node.clone());
        self.uses.push(0);
        self.known.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// Adds a product; the coefficient is left to the caller.
    pub(crate) fn product(&mut self, factors: &[Factor]) -> Option<usize> {
        // Squares of what is already a product.
        let half = factors.len() / 2;
        if factors.len().is_multiple_of(2) && half > 0 && factors[..half] == factors[half..] {
            let root = self.product(&factors[..half])?;
            return Some(self.node(Node::Product(root, root)));
        }
        if let Some(product) = self.four_values(factors) {
            return Some(product);
        }
        let mut product = None;
        for factor in factors {
            let factor = self.factor(factor);
            product = Some(match product {
                None => factor,
                Some(product) => self.node(Node::Product(product, factor)),
            });
        }
        product
    }

    /// `l(l+a)(l+b)(l+a+b)` as `t·(t + ab)` with `t = l(l+a+b)`.
    fn four_values(&mut self, factors: &[Factor]) -> Option<usize> {
        let [Factor::Sum(l), Factor::Sum(la), Factor::Sum(lb), Factor::Sum(lab)] = factors else { return None };
        let shift = |sum: &Sum| {
            let (mut base, mut other) = (l.0.clone(), sum.0.clone());
            let (from, to) = (base.remove(&Vec::new()), other.remove(&Vec::new()));
            (base == other).then(|| to.unwrap_or_default() - from.unwrap_or_default())
        };
        let (a, b, ab) = (shift(la)?, shift(lb)?, shift(lab)?);
        if a + b != ab {
            return None;
        }
        let (low, high) = (self.sum(l), self.sum(lab));
        let t = self.node(Node::Product(low, high));
        let shifted = self.node(Node::Sum(vec![(t, Fr::ONE)], a * b));
        Some(self.node(Node::Product(t, shifted)))
    }

    fn factor(&mut self, factor: &Factor) -> usize {
        match factor {
            Factor::Query(query) => self.node(Node::Query(*query)),
            Factor::Sum(sum) => self.sum(sum),
        }
    }

    /// Adds a sum.
    pub(crate) fn sum(&mut self, sum: &Sum) -> usize {
        let mut terms = Vec::new();
        let mut constant = Fr::ZERO;
        for (factors, coefficient) in &sum.0 {
            match self.product(factors) {
                Some(node) => terms.push((node, *coefficient)),
                None => constant = *coefficient,
            }
        }
        // A sum with a constant is built on the sum without it.
        if terms.len() > 1 && !bool::from(constant.is_zero()) {
            let base = self.node(Node::Sum(terms, Fr::ZERO));
            return self.node(Node::Sum(vec![(base, Fr::ONE)], constant));
        }
        self.node(Node::Sum(terms, constant))
    }

    /// Counts one more use of a value from outside, and through it of its parts.
    pub(crate) fn count(&mut self, node: usize) {
        self.uses[node] += 1;
        if self.uses[node] > 1 {
            return;
        }
        match self.nodes[node].clone() {
            Node::Query(_) => {}
            Node::Product(left, right) => [left, right].into_iter().for_each(|part| self.count(part)),
            Node::Sum(terms, _) => terms.into_iter().for_each(|(part, _)| self.count(part)),
        }
    }

    /// Writes the value; statements that it needs first go to `code`.
    pub(crate) fn value(&mut self, node: usize, code: &mut Code) -> Value {
        if let Some(kept) = self.kept.get(&node) {
            return kept.clone();
        }
        let value = match self.nodes[node].clone() {
            Node::Query(query) => return Value::reduced(format!("mload({})", evaluation(query))),
            Node::Product(left, right) => self.value(left, code).times(&self.value(right, code)),
            Node::Sum(terms, constant) => self.total(&terms, constant, code),
        };
        if self.uses[node] < 2 {
            return value;
        }
        let kept = if self.uses[node] >= LOCAL_USES {
            self.locals += 1;
            let name = format!("u{}", self.locals - 1);
            code.line(&format!("let {name} := {}", value.text));
            name
        } else {
            self.words += 1;
            code.line(&format!("mstore(KEPT_{}, {})", self.words - 1, value.text));
            format!("mload(KEPT_{})", self.words - 1)
        };
        let kept = Value { text: kept, bound: value.bound };
        self.kept.insert(node, kept.clone());
        kept
    }

    /// Memory words taken by kept values.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    fn total(&mut self, terms: &[(usize, Fr)], constant: Fr, code: &mut Code) -> Value {
        let (minus, plus): (Vec<_>, Vec<_>) =
            terms.iter().copied().partition(|(_, coefficient)| *coefficient == -Fr::ONE);
        let mut values: Vec<Value> = Vec::new();
        for (node, coefficient) in plus {
            let value = self.value(node, code);
            values.push(if coefficient == Fr::ONE { value } else { value.times(&Value::reduced(word(coefficient))) });
        }
        if !bool::from(constant.is_zero()) {
            values.push(Value::reduced(word(constant)));
        }
        let mut sum = values.into_iter().reduce(Value::plus);
        for (node, _) in minus {
            let value = self.value(node, code);
            sum = Some(match sum {
                Some(sum) => sum.minus(value),
                None => value.negative(),
            });
        }
        sum.expect("a sum has a term")
    }
}

/// Lines of Yul.
#[derive(Debug, Default)]
pub(crate) struct Code {
    text: String,
    depth: usize,
}

impl Code {
    /// A statement.
    pub(crate) fn line(&mut self, text: &str) {
        let indent = if text.is_empty() { 0 } else { 4 * self.depth };
        writeln!(self.text, "{:indent$}{text}", "").expect("writing to memory does not fail");
    }

    /// A comment.
    pub(crate) fn comment(&mut self, text: &str) {
        self.line(&format!("// {text}"));
    }

    /// The beginning of a block; `head` is what stands before its brace.
    pub(crate) fn open(&mut self, head: &str) {
        self.line(&format!("{head}{{"));
        self.depth += 1;
    }

    /// The end of a block.
    pub(crate) fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }

    /// Declares a variable with this value.
    pub(crate) fn named(&mut self, name: String, value: &Value) -> Value {
        self.line(&format!("let {name} := {}", value.text));
        Value { text: name, bound: value.bound }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}
