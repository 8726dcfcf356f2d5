//! Where the contract keeps what.
//!
//! The transcript hashes one run of memory per challenge: the state, and what was appended since. Public inputs and
//! proof are copied to where they are hashed, and read there.

use serde::Serialize;

use crate::polynomial::Query;
use crate::yul::evaluation;

/// A named address.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    name: String,
    address: String,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    places: Vec<Place>,
    next: usize,
}

/// What the layout depends on.
#[derive(Debug)]
pub(crate) struct Contents<'c> {
    /// Names of the public inputs, each with its number of words.
    pub(crate) inputs: Vec<(String, usize)>,
    /// Whether there is a column `S`, committed to after a challenge.
    pub(crate) second_phase: bool,
    pub(crate) evaluations: &'c [Query],
    /// Names of the fixed columns in the order of their scalars.
    pub(crate) fixed: Vec<&'static str>,
    /// Words for common parts of the gates.
    pub(crate) kept: usize,
    /// Names of further places, each with its number of words.
    pub(crate) tables: Vec<(&'static str, usize)>,
}

impl Memory {
    pub(crate) fn new(contents: &Contents<'_>) -> Self {
        let Contents { inputs, second_phase, evaluations, fixed, kept, tables } = contents;
        let of_second = |names: &[&'static str]| if *second_phase { names.to_vec() } else { Vec::new() };
        let mut memory = Self::default();
        memory.put("KEY_DIGEST", 1);
        inputs.iter().for_each(|(name, words)| memory.put(name, *words));
        ["POINT_A", "POINT_B"].iter().for_each(|name| memory.put(name, 2));
        of_second(&["STATE_SUM"]).iter().for_each(|name| memory.put(name, 1));
        of_second(&["POINT_S"]).iter().for_each(|name| memory.put(name, 2));
        memory.put("STATE_RANDOM", 1);
        memory.put("POINT_RANDOM", 2);
        memory.put("STATE_QUOTIENT", 1);
        (0..4).for_each(|piece| memory.put(&format!("POINT_H{piece}"), 2));
        memory.put("STATE_EVALUATIONS", 1);
        evaluations.iter().for_each(|query| memory.put(&evaluation(*query), 1));
        memory.put("RANDOM_0", 1);
        memory.put("STATE_OPENING", 1);
        memory.put("POINT_OPENING", 2);
        memory.put("SCALAR_OPENING", 1);
        // The input of the pairing: left point, tau·G2, right point, −G2.
        memory.put("LEFT", 2);
        memory.put("TAU_G2", 4);
        memory.put("RIGHT", 2);
        memory.put("MINUS_G2", 4);
        let words = ["X", "Y_2", "Y_3", "COMBINE", "U", "G", "P", "Q", "X_N", "Z_1", "Z_2"].map(str::to_owned);
        let words = words.into_iter().chain(of_second(&["Z_3", "RHO", "SCALAR_S"]).into_iter().map(str::to_owned));
        let words = words.chain(["SCALAR_B", "SCALAR_H", "SCALAR_RANDOM", "SCALAR_Z"].map(str::to_owned));
        // The sums of a batch are added up word by word from here on.
        let words = words.chain(fixed.iter().map(|name| format!("FIXED_{name}")));
        words.chain(["NUMERATOR", "DENOMINATOR"].map(str::to_owned)).for_each(|name| memory.put(&name, 1));
        (0..*kept).for_each(|word| memory.put(&format!("KEPT_{word}"), 1));
        // A point and a scalar; two points.
        memory.put("SUMMAND", 4);
        for name in ["TOTAL_LEFT", "TOTAL_RIGHT"] {
            memory.put(name, 4);
        }
        memory.put("TOTALS", fixed.len() + 2);
        tables.iter().for_each(|(name, words)| memory.put(name, *words));
        memory.put("BATCH", 1);
        memory
    }

    fn put(&mut self, name: &str, words: usize) {
        self.places.push(Place { name: name.to_owned(), address: format!("{:#05x}", 32 * self.next) });
        self.next += words;
    }

    pub(crate) fn places(self) -> Vec<Place> {
        self.places
    }
}
