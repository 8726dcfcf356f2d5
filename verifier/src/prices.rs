//! Prices: reports of the sources that a policy lists, and the snapshot that is made from them.

mod error;
mod file;
mod price;
mod report;
mod rules;
mod snapshot;
mod sources;

pub use error::{PriceError, ReportError, StaleReport};
pub use file::FORMAT;
pub use price::{AssetPrice, PriceRange, spread};
pub use report::{Evidence, PriceReport, Report, encode_type, signer, signing_hash};
pub use rules::{Standing, range, standing};
pub use snapshot::PriceSnapshot;
pub use sources::{CHAINLINK_FORMAT, REPORT_FORMAT, read_reports, write_signed};
