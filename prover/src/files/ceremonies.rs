//! The ceremonies of `params/ceremonies.toml`.

use std::collections::BTreeMap;

use assay_protocol::srs::Srs;
use serde::Deserialize;

const TABLE: &str = include_str!("../../../params/ceremonies.toml");

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    ceremony: Vec<Ceremony>,
}

/// A ceremony.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ceremony {
    /// The name for programs.
    pub(crate) name: String,
    /// What it was.
    pub(crate) title: String,
    tau_g2: String,
    digests: BTreeMap<String, String>,
    source: Vec<Source>,
}

/// A file of a ceremony that can be downloaded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// The name for `assay params fetch`, and of the file.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) url: String,
    /// Digest of the file, hexadecimal.
    pub(crate) sha256: String,
    /// Length of the file.
    pub(crate) bytes: u64,
}

impl Table {
    /// Reads the table that is part of this program.
    pub(crate) fn read() -> Self {
        toml::from_str(TABLE).expect("a test reads the table")
    }

    /// The ceremony whose powers an SRS holds. Its points have been checked to be the powers of the `τ` in `τ·G₂`, so
    /// that `τ·G₂` decides; the digest in the table, where there is one for this size, must agree.
    pub(crate) fn ceremony_of(&self, srs: &Srs) -> Option<&Ceremony> {
        let tau_g2 = hex::encode(srs.tau_g2());
        self.ceremony.iter().find(|ceremony| {
            let pinned = ceremony.digests.get(&srs.k().to_string());
            ceremony.tau_g2 == tau_g2 && pinned.is_none_or(|digest| *digest == hex::encode(srs.digest()))
        })
    }

    /// All files that can be downloaded.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.ceremony.iter().flat_map(|ceremony| &ceremony.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_sound() {
        let table = Table::read();
        let mut names = HashSet::new();
        let digest = |text: &str| text.len() == 64 && hex::decode(text).is_ok_and(|bytes| hex::encode(bytes) == text);
        for ceremony in &table.ceremony {
            assert!(ceremony.tau_g2.len() == 256 && hex::decode(&ceremony.tau_g2).is_ok(), "{}", ceremony.name);
            assert!(ceremony.digests.values().all(|text| digest(text)), "{}", ceremony.name);
        }
        for source in table.sources() {
            assert!(source.url.starts_with("https://") && digest(&source.sha256), "{}", source.name);
            assert!(names.insert(&source.name), "{} twice", source.name);
        }
    }

    #[test]
    fn a_development_srs_is_of_no_ceremony() {
        assert!(Table::read().ceremony_of(&Srs::dev(3, rand_core::OsRng)).is_none());
    }
}
