//! The statements, a folder each: the maths, the map of rows, the circuit, and strategies for tests.

pub mod covenants;
pub mod solvency;
