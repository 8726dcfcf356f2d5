//! How values and files are written: one spelling each, the ABI encoding of what is hashed, signatures. Knows nothing of
//! what the files say.

pub(crate) mod abi;
pub(crate) mod amount;
pub(crate) mod document;
pub(crate) mod eip712;
pub(crate) mod signature;
pub(crate) mod text;
pub(crate) mod time;

pub use amount::{AmountError, MAX_DECIMALS, format_amount, parse_amount};
pub use document::{LARGEST, format_of};
pub use eip712::{DOMAIN, domain_separator};
pub use signature::{SIGNATURE_LEN, Signature, SignatureError};
pub use text::{FormatError, MAX_BYTES, format_time, hex, parse_address};
pub use time::UnixTime;
