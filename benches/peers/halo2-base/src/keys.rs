//! The shape of a circuit, its keys, and the folder that keeps them.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use halo2_base::gates::circuit::builder::BaseCircuitBuilder;
use halo2_base::gates::circuit::{BaseCircuitParams, CircuitBuilderStage};
use halo2_base::gates::flex_gate::MultiPhaseThreadBreakPoints;
use halo2_base::halo2_proofs::SerdeFormat;
use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1Affine};
use halo2_base::halo2_proofs::plonk::{ProvingKey, keygen_pk2};
use halo2_base::halo2_proofs::poly::commitment::Params;
use halo2_base::halo2_proofs::poly::kzg::commitment::ParamsKZG;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

use crate::circuit::{Numbers, assign};

/// Rows that carry random values instead of the circuit's; halo2-base's own tests leave as many.
const BLINDING_ROWS: usize = 9;

/// What is chosen: everything else of a circuit's layout follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The circuit has `2^k` rows, and as many columns as it needs then.
    pub k: usize,
    /// Amounts are cut into limbs of so many bits, which a table of `2^lookup_bits` rows bounds.
    pub lookup_bits: usize,
}

/// A layout: halo2-base's parameters, and where columns end.
#[derive(Clone, Serialize, Deserialize)]
pub struct Layout {
    params: BaseCircuitParams,
    breaks: MultiPhaseThreadBreakPoints,
    cells: usize,
}

impl Layout {
    /// halo2-base's parameters.
    #[must_use]
    pub fn params(&self) -> &BaseCircuitParams {
        &self.params
    }

    /// Cells of advice that the gates take.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The circuit with a witness and without constraints, as only the prover takes it.
    pub(crate) fn witness(&self, numbers: &Numbers) -> BaseCircuitBuilder<Fr> {
        let mut builder = BaseCircuitBuilder::prover(self.params.clone(), self.breaks.clone());
        assign(&mut builder, numbers);
        builder
    }
}

/// The circuit with constraints, its columns counted.
pub fn circuit(choice: Choice, stage: CircuitBuilderStage, numbers: &Numbers) -> BaseCircuitBuilder<Fr> {
    let mut builder = BaseCircuitBuilder::from_stage(stage).use_k(choice.k).use_lookup_bits(choice.lookup_bits);
    builder.set_instance_columns(1);
    assign(&mut builder, numbers);
    builder.calculate_params(Some(BLINDING_ROWS));
    builder
}

/// SRS, proving key and layout.
pub struct Keys {
    /// A development SRS of the circuit's size.
    pub srs: ParamsKZG<Bn256>,
    /// The verifying key is part of it.
    pub proving: ProvingKey<G1Affine>,
    /// The layout.
    pub layout: Layout,
}

impl Keys {
    /// Makes a development SRS, the secret of which is forgotten, and keys over it.
    ///
    /// # Errors
    /// Where the circuit does not fit the choice.
    pub fn generate(choice: Choice) -> Result<Self, Box<dyn Error>> {
        let builder = circuit(choice, CircuitBuilderStage::Keygen, &Numbers::blank());
        let srs = ParamsKZG::setup(u32::try_from(choice.k)?, OsRng);
        let proving = keygen_pk2(&srs, &builder, false).map_err(|error| format!("key generation: {error:?}"))?;
        let layout = Layout {
            params: builder.config_params.clone(),
            breaks: builder.break_points(),
            cells: builder.statistics().gate.total_advice_per_phase.iter().sum(),
        };
        Ok(Self { srs, proving, layout })
    }

    /// Writes the keys into the folder.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let mut srs = BufWriter::new(File::create(folder.join("srs"))?);
        self.srs.write(&mut srs)?;
        srs.flush()?;
        let mut proving = BufWriter::new(File::create(folder.join("proving.key"))?);
        self.proving.write(&mut proving, FORMAT)?;
        proving.flush()?;
        Ok(serde_json::to_writer(File::create(folder.join("layout.json"))?, &self.layout)?)
    }

    /// Reads what [`Keys::write`] wrote, and trusts it.
    ///
    /// # Errors
    /// Where a file is missing or cut short.
    pub fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let layout: Layout = serde_json::from_reader(File::open(folder.join("layout.json"))?)?;
        let srs = ParamsKZG::read(&mut BufReader::new(File::open(folder.join("srs"))?))?;
        let mut reader = BufReader::new(File::open(folder.join("proving.key"))?);
        let proving = ProvingKey::read::<_, BaseCircuitBuilder<Fr>>(&mut reader, FORMAT, layout.params.clone())?;
        Ok(Self { srs, proving, layout })
    }

    /// Lengths in bytes: of the proving key with the SRS, as written, and of the verifying key.
    #[must_use]
    pub fn lengths(&self) -> [usize; 2] {
        // Powers of both halves, `G2` and `τ·G2`, and `k`.
        let srs = 2 * (64 << self.srs.k()) + 2 * 128 + 4;
        [srs + self.proving.to_bytes(FORMAT).len(), self.proving.get_vk().to_bytes(SerdeFormat::Processed).len()]
    }
}

/// Reading is fast because points are neither decompressed nor checked.
const FORMAT: SerdeFormat = SerdeFormat::RawBytesUnchecked;
