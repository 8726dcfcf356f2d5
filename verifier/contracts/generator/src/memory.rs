//! Where the contract keeps what.
//!
//! The transcript hashes one run of memory per challenge: the state, and what was appended since. Public inputs and
//! proof are copied to where they are hashed, and read there.

use assay_circuits::Size;
use serde::Serialize;

use crate::inputs;
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

impl Memory {
    /// The layout for a size. `kept` words hold common parts of the gates; with `padded`, the weights have a
    /// place between zeros.
    pub(crate) fn new(size: Size, evaluations: &[Query], kept: usize, padded: bool) -> Self {
        let mut memory = Self::default();
        memory.put("KEY_DIGEST", 1);
        inputs::names(size).iter().for_each(|name| memory.put(name, 1));
        ["POINT_A", "POINT_B"].iter().for_each(|name| memory.put(name, 2));
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
        for name in ["X", "Y_2", "Y_3", "COMBINE", "U", "G", "P", "Q", "X_N", "Z_1", "Z_2"] {
            memory.put(name, 1);
        }
        for name in ["SCALAR_B", "SCALAR_H", "SCALAR_RANDOM", "SCALAR_Z"] {
            memory.put(name, 1);
        }
        for name in ["FIXED_CONSTANT", "FIXED_LIMB", "FIXED_ROUND", "FIXED_TURN", "NUMERATOR", "DENOMINATOR"] {
            memory.put(name, 1);
        }
        (0..kept).for_each(|word| memory.put(&format!("KEPT_{word}"), 1));
        // A point and a scalar; two points.
        memory.put("SUMMAND", 4);
        for name in ["TOTAL_LEFT", "TOTAL_RIGHT"] {
            memory.put(name, 4);
        }
        memory.put("TOTALS", 6);
        if padded {
            memory.put("PADDED", 2 * size.assets() + 3);
            memory.put("POWER", 6);
        }
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
