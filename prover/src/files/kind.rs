//! The kinds of files that this program reads and writes, and telling them apart by their content.

use assay_protocol::artifact::Kind as ArtifactKind;
use assay_verifier::format_of;
use toml::de::DeTable;

use crate::files::TEXT_LIMIT;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A structured reference string.
    Srs,
    /// A verifying key.
    VerifyingKey,
    /// A market.
    Market,
    /// A policy.
    Policy,
    /// A price snapshot.
    Prices,
    /// Reports of a price source.
    Reports,
    /// An attestation.
    Attestation,
    /// A holdings statement with its signatures.
    Anchor,
    /// An attester's withdrawal of its signature.
    Revocation,
    /// What a verifier remembers of anchors.
    Seen,
    /// Addresses of contracts on a chain.
    Deployments,
    /// A position, private.
    Position,
    /// The opening of a commitment, private.
    Opening,
    /// What scenarios do to a position, as a page, private.
    Page,
}

impl FileKind {
    /// Recognises a file, also one of another version, without checking it.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match ArtifactKind::sniff(bytes) {
            Some(ArtifactKind::Srs) => return Some(Self::Srs),
            Some(ArtifactKind::VerifyingKey) => return Some(Self::VerifyingKey),
            None => {}
        }
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= TEXT_LIMIT)?;
        // What is private comes first: a damaged opening must not pass for something else.
        if is_opening(text) {
            return Some(Self::Opening);
        }
        if text.starts_with(PAGE) {
            return Some(Self::Page);
        }
        if let Ok(format) = format_of(text) {
            return match format.strip_prefix("assay/")?.split_once('/')?.0 {
                "market" => Some(Self::Market),
                "policy" => Some(Self::Policy),
                "prices" => Some(Self::Prices),
                "chainlink-rounds" | "price-report" => Some(Self::Reports),
                "attestation" => Some(Self::Attestation),
                "anchor" => Some(Self::Anchor),
                "revocation" => Some(Self::Revocation),
                "seen" => Some(Self::Seen),
                "deployments" => Some(Self::Deployments),
                _ => None,
            };
        }
        is_position(text).then_some(Self::Position)
    }

    /// For its owner alone: mode 0600.
    pub(crate) fn is_private(self) -> bool {
        matches!(self, Self::Position | Self::Opening | Self::Page)
    }

    /// The name for programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Srs => "srs",
            Self::VerifyingKey => "verifying_key",
            Self::Market => "market",
            Self::Policy => "policy",
            Self::Prices => "prices",
            Self::Reports => "price_reports",
            Self::Attestation => "attestation",
            Self::Anchor => "anchor",
            Self::Revocation => "revocation",
            Self::Seen => "seen",
            Self::Deployments => "deployments",
            Self::Position => "position",
            Self::Opening => "opening",
            Self::Page => "page",
        }
    }

    /// The name for people, with its article.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Srs => "a structured reference string",
            Self::VerifyingKey => "a verifying key",
            Self::Market => "a market",
            Self::Policy => "a policy",
            Self::Prices => "a price snapshot",
            Self::Reports => "reports of a price source",
            Self::Attestation => "an attestation",
            Self::Anchor => "an anchor",
            Self::Revocation => "a revocation",
            Self::Seen => "a record of anchors seen",
            Self::Deployments => "a list of contracts on a chain",
            Self::Position => "a position",
            Self::Opening => "the opening of a commitment",
            Self::Page => "a page on what a scenario does to a position",
        }
    }
}

/// What a page begins with.
pub(crate) const PAGE: &str = "<!doctype html>\n<title>Assay: ";

/// Whether `text` has the key that only openings have, also of another version or damaged.
fn is_opening(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"blinding\"")
}

/// Whether `text` has the tables of a position and no other; the amounts do not matter.
fn is_position(text: &str) -> bool {
    DeTable::parse(text).is_ok_and(|table| {
        let table = table.get_ref();
        !table.is_empty() && table.keys().all(|key| ["collateral", "debt"].contains(&key.get_ref().as_ref()))
    })
}
