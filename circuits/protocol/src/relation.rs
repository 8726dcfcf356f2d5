//! What the protocol has to know of a circuit beyond its constraints.

use halo2_proofs::plonk::{Circuit, ConstraintSystem};

use crate::Fr;
use crate::plan::Plan;

/// A circuit of the protocol's kind at one of its sizes, without its private cells.
pub trait Relation: Circuit<Fr> + Sized {
    /// Name and version of the statement that it is of: at most 16 ASCII characters, part of every key.
    const ID: &'static str;

    /// The circuit of the size that keys write as this number; `None` where there is no such size.
    fn of_size(size: u32) -> Option<Self>;

    /// The number of its size in keys.
    fn size(&self) -> u32;

    /// Its size in words, such as `8 assets`: part of the circuit id.
    fn size_in_words(&self) -> String;

    /// Base-2 logarithm of its rows.
    fn k(&self) -> u32;

    /// The values of its fixed columns, `2^k` each.
    fn fixed(&self) -> Vec<Vec<Fr>>;

    /// For each instance column how many public inputs it has, from row 0 on. Proofs for more or fewer are refused: the transcript
    /// hashes public inputs one after the other and does not say where a column ends.
    fn public_rows(&self) -> Vec<usize>;

    /// For each advice column the rows that the statement fills with fresh randomness, which is what hides a column. No gate
    /// reads them, and they are among those that a circuit may use.
    fn filler(&self) -> Vec<Vec<usize>>;

    /// For each advice column the width of its cells in bits, where short ones would show in the time of committing; zero
    /// for cells that are zero, the same in every proof, or as good as uniform. Of a [steady](Self::steady) column it is the
    /// width of the differences.
    fn widths(&self) -> Vec<Vec<u32>>;

    /// Advice columns in which few cells differ from the one above, such as a sum that is carried from row to row. They are
    /// committed to by these differences.
    fn steady(&self) -> Vec<usize> {
        Vec::new()
    }

    /// Its constraints.
    fn system(&self) -> ConstraintSystem<Fr> {
        let mut system = ConstraintSystem::default();
        Self::configure_with_params(&mut system, self.params());
        system
    }

    /// What its proofs consist of.
    ///
    /// # Panics
    /// Where the circuit is not of the protocol's kind.
    fn plan(&self) -> Plan {
        Plan::new(&self.system(), self.k()).expect("a circuit of the protocol's kind")
    }
}
