//! The circuit that SRS and keys are wanted for, and the options by which a command line names it.

use std::path::Path;

use assay_circuits::{Circuit, Size};
use assay_verifier::Policy;

use crate::cli::args::CircuitArgs;
use crate::cli::error::Failure;
use crate::cli::text::{quoted, shown};
use crate::files::inputs;

/// A circuit, and the options that name it to `assay setup` and `assay params`.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The circuit.
    pub(crate) circuit: Circuit,
    options: String,
}

impl Wanted {
    /// What the options name: the circuit of a policy, or that of `solvency/v1` for so many assets.
    ///
    /// # Errors
    /// Exit 3, 4 or 13 for what is wrong with the policy.
    pub(crate) fn of(args: &CircuitArgs) -> Result<Self, Failure> {
        match &args.for_policy {
            Some(path) => Self::of_policy(&inputs::policy(path)?, path),
            None => Ok(Self::of_size(args.assets)),
        }
    }

    /// The circuit of the policy in the file `path`.
    ///
    /// # Errors
    /// Exit 3 where no circuit has room for its covenants.
    pub(crate) fn of_policy(policy: &Policy, path: &Path) -> Result<Self, Failure> {
        match inputs::circuit(policy)? {
            Circuit::Solvency(size) => Ok(Self::of_size(size)),
            circuit => Ok(Self { circuit, options: format!(" -P {}", quoted(&shown(path))) }),
        }
    }

    /// A circuit that no policy is at hand for.
    pub(crate) fn of_circuit(circuit: Circuit) -> Self {
        match circuit {
            Circuit::Solvency(size) => Self::of_size(size),
            Circuit::Covenants(_) => Self { circuit, options: " -P POLICY".to_owned() },
        }
    }

    /// The circuit of `solvency/v1` for markets of this size.
    pub(crate) fn of_size(size: Size) -> Self {
        let options = if size == Size::default() { String::new() } else { format!(" --assets {}", size.assets()) };
        Self { circuit: Circuit::Solvency(size), options }
    }

    /// The options that name it, with a space before; nothing for what is meant without any.
    pub(crate) fn options(&self) -> &str {
        &self.options
    }

    /// The command that makes a development SRS for it.
    pub(crate) fn make_dev_srs(&self) -> String {
        format!("assay params dev{}", self.options)
    }

    /// The command that makes the keys of the development SRS.
    pub(crate) fn make_dev_keys(&self) -> String {
        format!("assay setup --dev{}", self.options)
    }
}
