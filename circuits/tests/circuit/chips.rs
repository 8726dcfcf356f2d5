//! What the chips' gates tie, in whatever statement they stand.

use assay_circuits::Fr;
use ff::Field;
use ruint::aliases::U256;

use crate::evaluator::{Cell, Constraint};
use crate::forge::{Solve, integer};
use crate::subject::Order;

/// Row of the capacity in a permutation.
pub(crate) const CAPACITY: usize = 2;
/// From the last round of a permutation to the capacity of the next.
const NEXT_CAPACITY: usize = 128;

/// The cell that a constraint of a shared chip determines in a row. Most constraints are named after it.
pub(crate) fn tie(constraint: &Constraint, row: usize) -> (Order, Cell, Solve) {
    let name = constraint.name.as_str();
    let at = row as i64;
    let a = |offset: usize| Cell::Advice(0, row + offset);
    let b = |offset: usize| Cell::Advice(1, row + offset);
    let named = || {
        let offset = name.strip_prefix("a(").and_then(|rest| rest[..1].parse().ok());
        a(offset.unwrap_or_else(|| panic!("no cell in the name {name}")))
    };
    let of_a = name.starts_with('a');
    let (order, cell) = match (constraint.gate.as_str(), name) {
        ("edge", _) => ((0, at, 0), if of_a { a(0) } else { b(0) }),
        ("limb", _) => {
            let [above, cell] = [0, 2].map(|offset| if of_a { a(offset) } else { b(offset) });
            return ((1, at, 0), cell, Solve::Digit { above, radix: 4 });
        }
        (_, name) if name.starts_with("lane 1") => ((2, at, 0), a(4)),
        (_, name) if name.starts_with("lane 2") => ((2, at, 0), a(5)),
        ("S-box", _) => ((3, at, 0), b(0)),
        // Lanes 1 and 2 are solved from lane 0.
        ("exit", name) => ((3, at + 2, if name.starts_with("a(5)") { 1 } else { 2 }), named()),
        ("full round" | "partial round" | "enter" | "enter, next", _) => ((3, at + 2, 2), named()),
        ("output", _) => ((3, at + 2, 2), a(NEXT_CAPACITY)),
        (gate, name) => panic!("no tie for {gate}: {name}"),
    };
    (order, cell, Solve::Affine)
}

/// A range check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    pub(crate) column: usize,
    /// Row of its last value, the number itself.
    pub(crate) head: usize,
    pub(crate) limbs: usize,
}

impl Lane {
    /// The running value that ends in digit `position`, the least significant being 0; the zero above the digits too.
    pub(crate) fn cell(&self, position: usize) -> Cell {
        assert!(position <= self.limbs);
        Cell::Advice(self.column, self.head - 2 * position)
    }

    /// Digits that make `value`: those of its low bits, and what does not fit is pushed into the one at `position`.
    pub(crate) fn digits(&self, value: Fr, position: usize) -> Vec<(Cell, Fr)> {
        let low = integer(value) % (U256::from(1) << (2 * self.limbs));
        let digit = |i: usize| Fr::from(u64::from(low.bit(2 * i)) + 2 * u64::from(low.bit(2 * i + 1)));
        let honest = (0..self.limbs).rev().fold(Fr::ZERO, |z, i| z * Fr::from(4) + digit(i));
        let weight = Fr::from(4).pow_vartime([position as u64]);
        let excess = (value - honest) * weight.invert().expect("a power of four");
        let with_excess = |i: usize| digit(i) + if i == position { excess } else { Fr::ZERO };
        (0..self.limbs).map(|i| (self.cell(i), with_excess(i))).collect()
    }
}
