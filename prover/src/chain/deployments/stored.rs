//! The file of a chain: where it is, and what commands read and write there.

use std::path::{Path, PathBuf};

use assay_verifier::{Address, B256, parse_address};

use super::{Contracts, Deployments, FORMAT};
use crate::cli::args::DeploymentsArgs;
use crate::cli::error::{Failure, Kind, usage};
use crate::cli::text::shown;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

impl Contracts {
    /// Where the contract known by `id` is.
    pub(crate) fn get(&self, id: B256) -> Option<Address> {
        self.0.get(&id).copied()
    }

    /// Remembers where it is.
    pub(crate) fn set(&mut self, id: B256, address: Address) {
        self.0.insert(id, address);
    }
}

impl Deployments {
    /// Where the file of a chain is.
    pub(crate) fn path(args: &DeploymentsArgs, chain_id: u64) -> PathBuf {
        args.deployments.join(format!("{chain_id}.json"))
    }

    /// Nothing on a chain.
    pub(super) fn none(chain_id: u64) -> Self {
        let chain = format!("eip155:{chain_id}");
        let (verifiers, price_boards) = (Contracts::default(), Contracts::default());
        Self { format: FORMAT.to_owned(), chain, registry: None, verifiers, price_boards }
    }

    /// Reads the file of a chain; where there is none, nothing is there.
    ///
    /// # Errors
    /// Exit 3, 4 or 13, and 17 where the file is about another chain.
    pub(crate) fn load(args: &DeploymentsArgs, chain_id: u64) -> Result<Self, Failure> {
        let path = Self::path(args, chain_id);
        if !path.exists() {
            return Ok(Self::none(chain_id));
        }
        let read = Self::parse(&files::read_text(&path)?).map_err(|failure| failure.in_file(&path))?;
        if read.chain != format!("eip155:{chain_id}") {
            let what = format!("{}: it is about {}, the node is on eip155:{chain_id}", shown(&path), read.chain);
            return Err(Failure::new(Kind::Unexpected, what));
        }
        Ok(read)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Exit 4.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Failure> {
        if let Some(directory) = path.parent() {
            let what = format_args!("cannot create {}", shown(directory)).to_string();
            std::fs::create_dir_all(directory).map_err(|error| Failure::io(what, &error))?;
        }
        let text = serde_json::to_string_pretty(self).map_err(|error| Failure::new(Kind::Internal, error))? + "\n";
        files::write(path, text.as_bytes(), FileKind::Deployments, Existing::SameKind)
    }

    /// The registry that the options or the file name.
    ///
    /// # Errors
    /// Exit 2 where neither does.
    pub(crate) fn registry(&self, args: &DeploymentsArgs) -> Result<Address, Failure> {
        named(args)?
            .or(self.registry.map(|account| account.0))
            .ok_or_else(|| usage("--registry", format!("which one? There is none in {}", shown(&args.deployments))))
    }
}

/// The registry that the options name, if any.
///
/// # Errors
/// Exit 2 where it is no address.
pub(crate) fn named(args: &DeploymentsArgs) -> Result<Option<Address>, Failure> {
    args.registry.as_deref().map(parse_address).transpose().map_err(|error| usage("--registry", error))
}
