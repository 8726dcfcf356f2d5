//! The constraints.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use assay_benches::contender::{Statement, StatementError};
use assay_circuits::commitment::{TAG, shape};
use assay_circuits::units::{AMOUNT_BITS, DIFFERENCE_BITS};
use assay_circuits::{Instance, Size, Witness};
use ruint::aliases::U256;

use crate::poseidon::{compress, single};

const ASSETS: usize = Size::Eight.assets();

/// The same field element in arkworks' type.
pub fn from_reference(value: &assay_circuits::Fr) -> Fr {
    Fr::from_le_bytes_mod_order(ff::PrimeField::to_repr(value).as_ref())
}

/// The statement with its witness, ready to be synthesised.
#[derive(Clone)]
pub struct Solvency {
    public: Vec<Fr>,
    amounts: [u128; 2 * ASSETS],
    blinding: Fr,
}

impl Solvency {
    /// Takes over instance and witness as they are; whether they satisfy the statement is for the constraints to say.
    pub fn new(instance: &Instance, witness: &Witness) -> Self {
        let amounts = witness.position.collateral().iter().chain(witness.position.debt()).map(|amount| amount.expose());
        Self {
            public: instance.to_field_elements().iter().map(from_reference).collect(),
            amounts: amounts.collect::<Vec<_>>().try_into().expect("two amounts an asset"),
            blinding: from_reference(witness.opening.expose()),
        }
    }

    /// The same from a statement in decimal.
    ///
    /// # Errors
    /// The first value that is no number, or another number of assets than eight.
    pub fn read(statement: &Statement) -> Result<Self, String> {
        let field = |word: U256| Fr::from_le_bytes_mod_order(&word.to_le_bytes::<32>());
        let text = |error: StatementError| error.to_string();
        let public: Vec<Fr> = statement.public_inputs().map_err(text)?.into_iter().map(field).collect();
        let amounts = statement.amounts().map_err(text)?;
        let amounts = amounts.try_into().map_err(|_| "the circuit has eight assets")?;
        Ok(Self { public, amounts, blinding: field(statement.blinding().map_err(text)?) })
    }

    /// `C, context, m, w, v`.
    pub fn public_inputs(&self) -> &[Fr] {
        &self.public
    }
}

/// A value and the linear combination of variables that it is.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) value: Fr,
    terms: Vec<(Fr, Variable)>,
}

impl Wire {
    pub(crate) fn constant(value: Fr) -> Self {
        Self { value, terms: vec![(value, Variable::one())] }
    }

    fn variable(value: Fr, variable: Variable) -> Self {
        Self { value, terms: single(variable).0 }
    }

    pub(crate) fn is_constant(&self) -> bool {
        self.terms.iter().all(|(_, variable)| variable.is_one())
    }

    /// Adds a multiple. Terms of the same variable are not merged, except constants, as no caller adds one twice.
    pub(crate) fn add_scaled(&mut self, other: &Self, factor: Fr) {
        self.value += other.value * factor;
        for &(coefficient, variable) in &other.terms {
            let scaled = if factor == Fr::ONE { coefficient } else { coefficient * factor };
            match self.terms.first_mut() {
                Some((sum, first)) if variable.is_one() && first.is_one() => *sum += scaled,
                _ => self.terms.push((scaled, variable)),
            }
        }
    }

    pub(crate) fn plus_constant(mut self, constant: Fr) -> Self {
        self.value += constant;
        match self.terms.iter_mut().find(|(_, variable)| variable.is_one()) {
            Some((sum, _)) => *sum += constant,
            None => self.terms.push((constant, Variable::one())),
        }
        self
    }

    pub(crate) fn scaled(&self, factor: Fr) -> Self {
        let terms = self.terms.iter().map(|&(coefficient, variable)| (coefficient * factor, variable)).collect();
        Self { value: self.value * factor, terms }
    }

    fn combination(&self) -> LinearCombination<Fr> {
        LinearCombination(self.terms.iter().copied().filter(|(coefficient, _)| *coefficient != Fr::ZERO).collect())
    }
}

/// Adds variables and constraints to a constraint system.
pub(crate) struct Builder {
    system: ConstraintSystemRef<Fr>,
    error: Option<SynthesisError>,
}

impl Builder {
    fn record<T>(&mut self, result: Result<T, SynthesisError>, fallback: T) -> T {
        result.unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            fallback
        })
    }

    fn public(&mut self, value: Fr) -> Wire {
        let variable = self.system.new_input_variable(|| Ok(value));
        Wire::variable(value, self.record(variable, Variable::one()))
    }

    fn private(&mut self, value: Fr) -> Wire {
        let variable = self.system.new_witness_variable(|| Ok(value));
        Wire::variable(value, self.record(variable, Variable::one()))
    }

    /// `a·b = c`.
    pub(crate) fn enforce(&mut self, a: &Wire, b: &Wire, c: &Wire) {
        let outcome = self.system.enforce_r1cs_constraint(|| a.combination(), || b.combination(), || c.combination());
        self.record(outcome, ());
    }

    /// A new variable equal to `a·b`.
    pub(crate) fn product(&mut self, a: &Wire, b: &Wire) -> Wire {
        let product = self.private(a.value * b.value);
        self.enforce(a, b, &product);
        product
    }

    /// A combination of `width` fresh bits. The top one takes all that is left of `value`, so that a value that is too
    /// wide breaks a booleanity constraint and nothing else.
    fn bits(&mut self, value: Fr, width: u32) -> Wire {
        let mut rest = value.into_bigint();
        let mut sum = Wire { value: Fr::ZERO, terms: Vec::new() };
        let mut weight = Fr::ONE;
        for index in 0..width {
            let low = Fr::from(u64::from(rest.is_odd()));
            let bit =
                if index + 1 < width { low } else { Fr::from_bigint(rest).expect("shifted from a canonical value") };
            rest >>= 1;
            let bit = self.private(bit);
            self.enforce(&bit, &bit, &bit);
            sum.add_scaled(&bit, weight);
            weight.double_in_place();
        }
        sum
    }
}

impl ConstraintSynthesizer<Fr> for Solvency {
    fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let mut builder = Builder { system, error: None };
        let public: Vec<Wire> = self.public.iter().map(|value| builder.public(*value)).collect();
        let [commitment, _context, margin, weights @ ..] = public.as_slice() else {
            return Err(SynthesisError::AssignmentMissing);
        };
        let amounts = self.amounts.map(|amount| builder.bits(Fr::from(amount), AMOUNT_BITS));
        let (collateral, debt) = amounts.split_at(ASSETS);

        let blinding = builder.private(self.blinding);
        let header = [blinding, Wire::constant(Fr::from(TAG)), Wire::constant(Fr::from(shape(Size::Eight)))];
        let mut chaining = compress(&mut builder, header, None);
        for pair in 0..ASSETS / 2 {
            let word = |asset: usize| {
                let mut word = collateral[asset].clone();
                word.add_scaled(&debt[asset], Fr::from(1u128 << AMOUNT_BITS));
                word
            };
            let expected = (pair == ASSETS / 2 - 1).then_some(commitment);
            chaining = compress(&mut builder, [chaining, word(2 * pair), word(2 * pair + 1)], expected);
        }

        // D = Σ w·x − Σ v·y − m − 1; the last product is not a variable but what D leaves for it.
        let mut difference = Wire::constant(-Fr::ONE);
        difference.add_scaled(margin, -Fr::ONE);
        let last = 2 * ASSETS - 1;
        for (index, (amount, weight)) in amounts.iter().zip(weights).enumerate().take(last) {
            let product = builder.product(amount, weight);
            difference.add_scaled(&product, if index < ASSETS { Fr::ONE } else { -Fr::ONE });
        }
        let value = difference.value - amounts[last].value * weights[last].value;
        let range = builder.bits(value, DIFFERENCE_BITS);
        difference.add_scaled(&range, -Fr::ONE);
        builder.enforce(&amounts[last], &weights[last], &difference);
        builder.error.map_or(Ok(()), Err)
    }
}
