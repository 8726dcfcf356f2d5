//! `solvency/v1` over halo2-base's chips, clause by clause as on the page "Statement".

use assay_benches::contender::{Statement, StatementError};
use assay_circuits::commitment::{TAG, shape};
use assay_circuits::units::{AMOUNT_BITS, MARGIN_BITS, WEIGHT_BITS};
use assay_circuits::{Instance, Size, Witness as Private};
use ff::{Field, PrimeField};
use halo2_base::QuantumCell::{Constant, Witness};
use halo2_base::gates::circuit::builder::BaseCircuitBuilder;
use halo2_base::gates::{RangeChip, RangeInstructions};
use halo2_base::halo2_proofs::halo2curves::bn256::Fr;
use halo2_base::{AssignedValue, Context};
use ruint::aliases::U256;

use crate::poseidon::{Word, chain, fold};

/// Assets of the statement.
pub const ASSETS: usize = Size::Eight.assets();
/// Public inputs: commitment, context, margin, collateral weights, debt weights.
pub const PUBLIC_INPUTS: usize = 3 + 2 * ASSETS;

/// Numbers for the circuit, whatever their widths: it is the circuit that refuses wrong ones.
#[derive(Clone)]
pub struct Numbers {
    /// In the order of [`PUBLIC_INPUTS`].
    pub public: [Fr; PUBLIC_INPUTS],
    /// `x`, `y`.
    pub amounts: [[Fr; ASSETS]; 2],
    /// The blinding.
    pub blinding: Fr,
}

impl Numbers {
    /// Those of a statement of Assay's.
    #[must_use]
    pub fn new(instance: &Instance, witness: &Private) -> Self {
        let inputs = instance.to_field_elements();
        let Private { position, opening } = witness;
        Self {
            public: std::array::from_fn(|i| inputs[i]),
            amounts: [position.collateral(), position.debt()]
                .map(|side| std::array::from_fn(|i| Fr::from_u128(side[i].expose()))),
            blinding: *opening.expose(),
        }
    }

    /// Those of a contender's request, true or not.
    ///
    /// # Errors
    /// What is no field element, or another number of assets.
    pub fn read(statement: &Statement) -> Result<Self, String> {
        let field = |value: U256| {
            let element: Option<Fr> = Fr::from_repr(value.to_le_bytes()).into();
            element.ok_or("a public input or the blinding is not below the order of the field")
        };
        let text = |error: StatementError| error.to_string();
        let shape = || format!("the circuit is for {ASSETS} assets");
        let inputs = statement.public_inputs().map_err(text)?;
        let public: Vec<Fr> = inputs.into_iter().map(field).collect::<Result<_, _>>()?;
        let amounts: Vec<Fr> = statement.amounts().map_err(text)?.into_iter().map(Fr::from_u128).collect();
        let (collateral, debt) = amounts.split_at_checked(ASSETS).ok_or_else(shape)?;
        Ok(Self {
            public: public.try_into().map_err(|_| shape())?,
            amounts: [collateral.try_into().map_err(|_| shape())?, debt.try_into().map_err(|_| shape())?],
            blinding: field(statement.blinding().map_err(text)?)?,
        })
    }

    /// Numbers of the right shape that satisfy nothing, for key generation.
    pub(crate) fn blank() -> Self {
        Self { public: [Fr::ZERO; PUBLIC_INPUTS], amounts: [[Fr::ZERO; ASSETS]; 2], blinding: Fr::ZERO }
    }
}

/// Bits that `D = Σ w x − Σ v y − m − 1` is checked to have: at least 243 and at most 252, a multiple of `lookup_bits`
/// where one exists, since another width costs one more lookup.
///
/// With `w, v, x, y < 2^120` and `m < 2^240`:
/// - a true statement has `0 ≤ D < 8·2^240 = 2^243`, so 243 bits lose nothing;
/// - a false one has `D ≥ −8·2^240 − 2^240 ≥ −2^244`, of which the field element is at least `r − 2^244 > 2^252`, because
///   `r > 2^253`. So up to 252 bits refuse it.
#[must_use]
pub fn difference_bits(lookup_bits: usize) -> usize {
    const LEAST: usize = (AMOUNT_BITS + WEIGHT_BITS) as usize + ASSETS.ilog2() as usize;
    const MOST: usize = 252;
    const {
        assert!(ASSETS.is_power_of_two() && MARGIN_BITS <= AMOUNT_BITS + WEIGHT_BITS && LEAST < MOST);
    }
    let multiple = LEAST.next_multiple_of(lookup_bits);
    if multiple <= MOST { multiple } else { LEAST }
}

/// Assigns the whole statement and makes its public inputs those of `builder`.
pub(crate) fn assign(builder: &mut BaseCircuitBuilder<Fr>, numbers: &Numbers) {
    let range = builder.range_chip();
    let ctx = builder.main(0);
    let cells = solvency(ctx, &range, numbers);
    for amount in cells.amounts.iter().flatten() {
        range.range_check(ctx, *amount, AMOUNT_BITS as usize);
    }
    let commitment = opening(ctx, &range, &cells.amounts, numbers.blinding);
    // No gate reads the context.
    let context = ctx.load_witness(numbers.public[1]);
    builder.assigned_instances[0] = [&[commitment, context, cells.margin], cells.weights.as_flattened()].concat();
}

/// Clause 1: the commitment to the amounts under the blinding.
fn opening(
    ctx: &mut Context<Fr>,
    range: &RangeChip<Fr>,
    amounts: &[[AssignedValue<Fr>; ASSETS]; 2],
    blinding: Fr,
) -> AssignedValue<Fr> {
    let factor = Fr::from_u128(1 << AMOUNT_BITS);
    let word = |i: usize| Word::Packed { low: amounts[0][i], high: amounts[1][i], factor };
    let mut steps = vec![[Word::Constant(Fr::from_u128(TAG)), Word::Constant(Fr::from(shape(Size::Eight)))]];
    steps.extend((0..ASSETS / 2).map(|pair| [word(2 * pair), word(2 * pair + 1)]));
    fold(ctx, &range.gate, Witness(blinding), &steps)
}

/// What clause 3 assigned, collateral before debt.
struct Cells {
    weights: [[AssignedValue<Fr>; ASSETS]; 2],
    amounts: [[AssignedValue<Fr>; ASSETS]; 2],
    margin: AssignedValue<Fr>,
}

/// Clause 3: `Σ w·x = D + Σ v·y + m + 1` for a `D` of [`difference_bits`].
fn solvency(ctx: &mut Context<Fr>, range: &RangeChip<Fr>, numbers: &Numbers) -> Cells {
    let Numbers { public, amounts: [collateral, debt], .. } = numbers;
    let (collateral_weights, debt_weights) = public[3..].split_at(ASSETS);
    let margin = public[2];
    let products = |weights: &[Fr], amounts: &[Fr]| -> Vec<_> {
        weights.iter().zip(amounts).map(|(weight, amount)| (Witness(*weight), Witness(*amount))).collect()
    };
    let total = |weights: &[Fr], amounts: &[Fr]| -> Fr { weights.iter().zip(amounts).map(|(w, x)| w * x).sum() };
    let difference = total(collateral_weights, collateral) - total(debt_weights, debt) - margin - Fr::ONE;

    let first = ctx.advice.len();
    let held = chain(ctx, Constant(Fr::ZERO), products(collateral_weights, collateral));
    let second = ctx.advice.len();
    let one = || Constant(Fr::ONE);
    let rest = [(Witness(margin), one()), (one(), one())];
    let owed = chain(ctx, Witness(difference), products(debt_weights, debt).into_iter().chain(rest));
    ctx.constrain_equal(&owed, &held);

    let cell = |row: usize| ctx.get(row as isize);
    // Of a chain the first factor of term i is in row 1 + 3i, the second in the row below it.
    let (difference, margin) = (cell(second), cell(second + 1 + 3 * ASSETS));
    let factors = |row: usize| [first, second].map(|start| std::array::from_fn(|i| cell(start + row + 3 * i)));
    let cells = Cells { weights: factors(1), amounts: factors(2), margin };
    range.range_check(ctx, difference, difference_bits(range.lookup_bits()));
    cells
}
