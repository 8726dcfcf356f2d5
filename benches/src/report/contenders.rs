//! Who is measured.

use std::path::{Path, PathBuf};

use assay_circuits::Size;

/// A contender: how it is installed and started.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// Name on the command line and in the report.
    pub id: &'static str,
    /// What tables call it where it could not be asked.
    pub name: &'static str,
    /// Its folder, in which it is installed and started; from the root of the tree.
    pub folder: &'static str,
    /// Installs it.
    pub install: &'static [&'static str],
    /// Its program and the arguments before the command. A program with a slash is relative to [`Contender::folder`],
    /// or to the folder of what cargo builds where it starts with `release/`.
    pub program: &'static [&'static str],
    /// The contender whose contract verifies its proofs as well.
    pub gas_as: Option<&'static str>,
}

/// Assay, about eight assets.
pub const ASSAY: Contender = Contender {
    id: "assay",
    name: "Assay",
    folder: "benches",
    install: &["cargo", "build", "--release", "--locked", "--quiet", "-p", "assay-benches", "--bin", "contender"],
    program: &["release/contender"],
    gas_as: None,
};

/// Assay by the number of assets.
pub const BY_ASSETS: [(Size, Contender); 4] = [
    (Size::Eight, Contender { id: "assay-8", program: &["release/contender", "8"], ..ASSAY }),
    (Size::Sixteen, Contender { id: "assay-16", program: &["release/contender", "16"], ..ASSAY }),
    (Size::ThirtyTwo, Contender { id: "assay-32", program: &["release/contender", "32"], ..ASSAY }),
    (Size::SixtyFour, Contender { id: "assay-64", program: &["release/contender", "64"], ..ASSAY }),
];

const INSTALL: &[&str] = &["./install.sh"];

/// arkworks Groth16.
pub const ARKWORKS: &str = "arkworks";
/// circom's own circuit proven natively.
pub const ARK_CIRCOM: &str = "ark-circom";
/// snarkjs Groth16.
pub const SNARKJS_GROTH16: &str = "snarkjs-groth16";
/// snarkjs PLONK.
pub const SNARKJS_PLONK: &str = "snarkjs-plonk";
/// halo2-base at the size that costs the least gas.
pub const HALO2_BASE_GAS: &str = "halo2-base-gas";

const fn snarkjs(id: &'static str, name: &'static str, program: &'static [&'static str]) -> Contender {
    Contender { id, name, folder: "benches/peers/snarkjs", install: INSTALL, program, gas_as: None }
}

const fn noir(id: &'static str, name: &'static str, program: &'static [&'static str]) -> Contender {
    Contender { id, name, folder: "benches/peers/noir", install: INSTALL, program, gas_as: None }
}

const fn halo2_base(id: &'static str, name: &'static str, program: &'static [&'static str]) -> Contender {
    Contender { id, name, folder: "benches/peers/halo2-base", install: INSTALL, program, gas_as: None }
}

/// All contenders, Assay first.
pub const CONTENDERS: &[Contender] = &[
    ASSAY,
    Contender {
        id: ARKWORKS,
        name: "arkworks Groth16",
        folder: "benches/peers/arkworks",
        install: INSTALL,
        program: &["release/arkworks-contender"],
        gas_as: Some(SNARKJS_GROTH16),
    },
    Contender {
        id: ARK_CIRCOM,
        name: "ark-circom Groth16",
        folder: "benches/peers/circom",
        install: INSTALL,
        program: &["release/ark-circom-contender"],
        gas_as: Some(SNARKJS_GROTH16),
    },
    Contender {
        id: "ark-circom-wide",
        name: "ark-circom Groth16, wide hash",
        folder: "benches/peers/circom",
        install: INSTALL,
        program: &["release/ark-circom-contender", "wide"],
        gas_as: Some(SNARKJS_GROTH16),
    },
    snarkjs(SNARKJS_GROTH16, "snarkjs Groth16", &["node", "contender.js", "groth16"]),
    snarkjs(SNARKJS_PLONK, "snarkjs PLONK", &["node", "contender.js", "plonk"]),
    snarkjs("snarkjs-fflonk", "snarkjs FFLONK", &["node", "contender.js", "fflonk"]),
    noir("noir", "Noir + Barretenberg", &["node", "contender.js", "poseidon"]),
    noir("noir-poseidon2", "Noir + Barretenberg, Poseidon2", &["node", "contender.js", "poseidon2"]),
    halo2_base("halo2-base-time", "halo2-base, for time", &["release/halo2-base-contender", "time"]),
    halo2_base(HALO2_BASE_GAS, "halo2-base, for gas", &["release/halo2-base-contender", "gas"]),
];

impl Contender {
    /// Whether it is part of the main workspace and builds into its folder.
    fn is_own(&self) -> bool {
        self.id.starts_with(ASSAY.id)
    }

    /// Where cargo puts what it builds for this contender. `own` is where it puts what the main workspace builds.
    #[must_use]
    pub fn target(&self, root: &Path, own: &Path) -> PathBuf {
        if self.is_own() { own.to_owned() } else { root.join("benches/peers/target") }
    }

    /// The program and its arguments with their paths made absolute.
    #[must_use]
    pub fn command(&self, root: &Path, own: &Path) -> Vec<String> {
        let mut command: Vec<String> = self.program.iter().map(|word| (*word).to_owned()).collect();
        if let Some(program) = command.first_mut() {
            if program.starts_with("release/") {
                *program = self.target(root, own).join(&program).display().to_string();
            } else if program.contains('/') {
                *program = root.join(self.folder).join(&program).display().to_string();
            }
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contender_is_named_once_and_refers_to_others_that_are_there() {
        let ids: Vec<&str> = CONTENDERS.iter().map(|contender| contender.id).collect();
        let different: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
        assert_eq!(ids[0], ASSAY.id);
        for contender in CONTENDERS {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let installs = contender.is_own() || root.join(contender.folder).join("install.sh").exists();
            assert!(installs, "{} has no install.sh", contender.id);
        }
    }
}
