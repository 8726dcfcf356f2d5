//! `assay`: prove that a private position is over-collateralised, without showing it.
//!
//! The program is [`main()`]. Its parsers of private files are in [`parse`], for the fuzz targets.

mod chain;
mod cli;
mod cures;
mod figures;
mod files;
pub mod parse;
mod terms;

pub use cli::main;
