//! `deployments/CHAIN.json`: which contracts are where on a chain.

#[cfg(feature = "chain")]
mod stored;

use std::collections::BTreeMap;

use assay_verifier::{Address, B256, parse_address};
use serde::{Deserialize, Serialize};

use crate::cli::error::{Failure, Kind};
#[cfg(feature = "chain")]
pub(crate) use stored::named;

/// Value of `format`.
const FORMAT: &str = "assay/deployments/v1";

/// The contracts on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deployments {
    format: String,
    /// Such as `eip155:1`.
    chain: String,
    /// The registry.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) registry: Option<Account>,
    /// Verifiers, by the fingerprint of their key.
    pub(crate) verifiers: Contracts,
    /// Price boards, by their configuration.
    pub(crate) price_boards: Contracts,
}

/// Contracts of one kind, in ascending order of what they are known by, none twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Vec<Contract>", into = "Vec<Contract>")]
pub(crate) struct Contracts(BTreeMap<B256, Address>);

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    id: Word,
    address: Account,
}

/// An address in its one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Account(pub(crate) Address);

/// A word in its one spelling.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Word(B256);

/// A key that is absent or has a value: `null` is none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Account>, D::Error> {
    Account::deserialize(deserializer).map(Some)
}

impl TryFrom<String> for Account {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let account = parse_address(&text).ok().filter(|address| address.to_string() == text);
        account.map(Self).ok_or("not an address with its EIP-55 checksum")
    }
}

impl TryFrom<String> for Word {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let word = text.parse().ok().filter(|word: &B256| word.to_string() == text);
        word.map(Self).ok_or("not 0x and 64 lower-case hex digits")
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.0.to_string()
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.0.to_string()
    }
}

impl TryFrom<Vec<Contract>> for Contracts {
    type Error = &'static str;

    fn try_from(list: Vec<Contract>) -> Result<Self, Self::Error> {
        if !list.is_sorted_by(|before, after| before.id.0 < after.id.0) {
            return Err("contracts: ascending order of their ids is needed, none twice");
        }
        Ok(Self(list.into_iter().map(|contract| (contract.id.0, contract.address.0)).collect()))
    }
}

impl From<Contracts> for Vec<Contract> {
    fn from(contracts: Contracts) -> Self {
        contracts.iter().map(|(id, address)| Contract { id: Word(*id), address: Account(*address) }).collect()
    }
}

impl Contracts {
    /// All of them.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&B256, &Address)> {
        self.0.iter()
    }
}

impl Deployments {
    /// Reads the text of a file, whatever its chain.
    ///
    /// # Errors
    /// Exit 3 or 13.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        if assay_verifier::format_of(text)? != FORMAT {
            return Err(Failure::new(Kind::Mismatch, format!("format: {FORMAT} is needed")));
        }
        let read: Self = serde_json::from_str(text).map_err(Failure::malformed)?;
        let id = read.chain.strip_prefix("eip155:").and_then(|id| id.parse::<u64>().ok());
        match id.filter(|id| *id > 0 && format!("eip155:{id}") == read.chain) {
            Some(_) => Ok(read),
            None => Err(Failure::malformed("chain: eip155: and a number from 1, without leading zeros, is needed")),
        }
    }

    /// Its chain, such as `eip155:1`.
    pub(crate) fn chain(&self) -> &str {
        &self.chain
    }
}

#[cfg(all(test, feature = "chain"))]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_as_strict_as_the_parser() {
        use serde_json::{Value, json};

        let schema = serde_json::from_str(include_str!("../../../docs/schemas/deployments.schema.json")).expect("JSON");
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let (address, word) = (Address::repeat_byte(0x5a).to_string(), format!("0x{}", "07".repeat(32)));
        let contract = json!({ "id": word, "address": address });
        let document = json!({
            "format": FORMAT, "chain": "eip155:31337", "registry": address,
            "verifiers": [contract], "price_boards": [contract],
        });
        let agree = |document: &Value, expected: bool| {
            assert_eq!(schema.is_valid(document), expected, "schema: {document}");
            assert_eq!(Deployments::parse(&document.to_string()).is_ok(), expected, "parser: {document}");
        };
        agree(&document, true);
        let without = |pointer: &str| {
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            let mut document = document.clone();
            document.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(key);
            document
        };
        agree(&without("/registry"), true);
        for pointer in [
            "/format",
            "/chain",
            "/verifiers",
            "/price_boards",
            "/verifiers/0/id",
            "/verifiers/0/address",
            "/price_boards/0/id",
            "/price_boards/0/address",
            "/registry",
        ] {
            if pointer != "/registry" {
                agree(&without(pointer), false);
            }
            for wrong in [json!(1), json!("x"), json!(null), json!([]), json!({}), json!("0x12")] {
                let mut document = document.clone();
                *document.pointer_mut(pointer).expect("a value") = wrong.clone();
                let lists = ["/verifiers", "/price_boards"].contains(&pointer);
                agree(&document, lists && wrong == json!([]));
            }
        }
        for (pointer, wrong) in [
            ("/chain", "eip155:0"),
            ("/chain", "eip155:01"),
            ("/chain", "solana:1"),
            ("/chain", "eip155:1x"),
            ("/registry", "0x5A"),
            ("/verifiers/0/id", "0xABababababababababababababababababababababababababababababababab"),
        ] {
            let mut document = document.clone();
            *document.pointer_mut(pointer).expect("a value") = wrong.into();
            agree(&document, false);
        }
        for parent in ["", "/verifiers/0"] {
            let mut document = document.clone();
            document
                .pointer_mut(parent)
                .and_then(Value::as_object_mut)
                .expect("an object")
                .insert("more".into(), 1.into());
            agree(&document, false);
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_its_one_spelling_alone() {
        let mut written = Deployments::none(31_337);
        let address = Address::repeat_byte(0x5a);
        written.registry = Some(Account(address));
        for id in [0xab, 0x11, 0xcd] {
            written.verifiers.set(B256::repeat_byte(id), address);
        }
        written.price_boards.set(B256::repeat_byte(0xef), Address::ZERO);
        let text = serde_json::to_string(&written).expect("JSON");
        assert_eq!(Deployments::parse(&text).expect("the same"), written);
        let account = address.to_string();
        for (from, to) in [
            ("assay/deployments/v1", "assay/deployments/v2"),
            ("\"registry\"", "\"registrar\""),
            ("\"price_boards\"", "\"boards\""),
            (account.as_str(), &account.to_lowercase()),
            ("abab", "ABab"),
            ("1111", "ee11"),
            (&"ab".repeat(32), &"11".repeat(32)),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(Deployments::parse(&text.replacen(from, to, 1)).is_err(), "{from} → {to}");
        }
    }
}
