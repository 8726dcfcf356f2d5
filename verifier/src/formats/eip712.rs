//! The EIP-712 domain of everything that is signed: holdings statements, revocations and price reports.
//!
//! The domain has a name and a version and nothing else. One signature serves a lender off chain and registries on any
//! chain; for whom it is, the message itself says.

use alloy_primitives::B256;
use alloy_sol_types::{Eip712Domain, SolStruct};
use serde_json::{Value, json};

/// The domain: name `Assay`, version `1`.
pub const DOMAIN: Eip712Domain = alloy_sol_types::eip712_domain! { name: "Assay", version: "1", };

/// The domain separator.
#[must_use]
pub fn domain_separator() -> B256 {
    DOMAIN.hash_struct()
}

/// Typed data with the fields that the type's own encoding lists.
pub(crate) fn typed_data<T: SolStruct>(message: &Value) -> Value {
    let encoding = T::eip712_encode_type();
    let fields = encoding.split_once('(').map_or("", |(_, fields)| fields.trim_end_matches(')'));
    let fields: Vec<_> = fields
        .split(',')
        .filter_map(|field| field.split_once(' '))
        .map(|(kind, name)| json!({ "name": name, "type": kind }))
        .collect();
    json!({
        "types": {
            "EIP712Domain": [{ "name": "name", "type": "string" }, { "name": "version", "type": "string" }],
            T::NAME: fields,
        },
        "primaryType": T::NAME,
        "domain": { "name": DOMAIN.name, "version": DOMAIN.version },
        "message": message,
    })
}
