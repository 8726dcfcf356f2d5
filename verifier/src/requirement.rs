//! What a policy asks of a committed position, as the numbers of its statement: weights, or the rows of covenants. Prover and
//! verifier derive them here, and nowhere else.

use alloy_primitives::B256;
use assay_circuits::proof::PublicInputs;
use assay_circuits::statements::{covenants, solvency};
use assay_circuits::{Circuit, Context};
use assay_protocol::keys::Fingerprint;

use crate::assertion::{Assertion, Bounds, ContextFields, CreditLine, Crossing, WeightError, Weights};
use crate::covenants::{CompileError, Compiled, shape_of};
use crate::formats::text::FormatError;
use crate::policy::Policy;
use crate::prices::PriceRange;

/// The numbers of a statement, at the bounds and times of one assertion.
#[derive(Clone, Debug)]
pub enum Requirement {
    /// The policy's own ratio, proven as `solvency/v1`.
    Solvency(Weights),
    /// The policy's covenants, proven as `covenants/v1`.
    Covenants(Compiled),
}

/// Why a policy asks nothing that could be proven at these bounds and times.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// There are no weights.
    #[error(transparent)]
    Weights(#[from] WeightError),
    /// The covenants make no rows.
    #[error(transparent)]
    Covenants(#[from] CompileError),
}

impl Policy {
    /// The circuit that attestations under this policy are proven with.
    ///
    /// # Errors
    /// [`CompileError::Room`] where none has room for the policy's covenants.
    pub fn circuit(&self) -> Result<Circuit, CompileError> {
        if self.covenants().is_empty() {
            return Ok(Circuit::Solvency(self.market().size()));
        }
        shape_of(self).map(Circuit::Covenants)
    }
}

impl Requirement {
    /// What `policy` asks at `bounds`, of an assertion that runs for `elapsed` seconds from as-of to valid-until.
    ///
    /// # Errors
    /// [`RequirementError`].
    pub fn new(
        policy: &Policy,
        bounds: &Bounds,
        elapsed: u64,
        credit: Option<&CreditLine>,
    ) -> Result<Self, RequirementError> {
        if policy.covenants().is_empty() {
            return Ok(Self::Solvency(Weights::derive(policy, bounds, elapsed, credit)?));
        }
        Ok(Self::Covenants(Compiled::new(policy, bounds, elapsed, credit)?))
    }

    /// The first price beyond its bound, or none where the assertion holds at `prices` (in the market's order).
    #[must_use]
    pub fn crossed_by(&self, prices: &[PriceRange]) -> Option<Crossing> {
        match self {
            Self::Solvency(weights) => weights.crossed_by(prices),
            Self::Covenants(rows) => rows.crossed_by(prices),
        }
    }
}

impl Assertion {
    /// What `policy` asks at these bounds and times.
    ///
    /// # Errors
    /// [`RequirementError`].
    pub fn requirement(&self, policy: &Policy) -> Result<Requirement, RequirementError> {
        let elapsed = self.elapsed().map_err(WeightError::Terms)?;
        Requirement::new(policy, &self.bounds, elapsed, self.credit.as_ref())
    }

    /// The public inputs of a proof of `solvency/v1` under `policy` and the key with fingerprint `key`.
    ///
    /// # Errors
    /// [`WeightError`].
    pub fn instance(&self, policy: &Policy, key: Fingerprint) -> Result<solvency::Instance, WeightError> {
        let weights = self.weights(policy)?;
        let context = self.context(policy, key, Circuit::Solvency(policy.market().size()))?;
        Ok(solvency::Instance { commitment: self.commitment, context, covenant: weights.covenant() })
    }

    /// The public inputs of a proof of `covenants/v1` under `policy` and the key with fingerprint `key`.
    ///
    /// # Errors
    /// [`CompileError`].
    pub fn covenants(&self, policy: &Policy, key: Fingerprint) -> Result<covenants::Instance, CompileError> {
        let rows = Compiled::new(policy, &self.bounds, self.elapsed()?, self.credit.as_ref())?;
        self.with_rows(policy, key, &rows)
    }

    /// The same of rows that were made before.
    fn with_rows(
        &self,
        policy: &Policy,
        key: Fingerprint,
        rows: &Compiled,
    ) -> Result<covenants::Instance, CompileError> {
        let Compiled { shape, equalities, tests, .. } = rows;
        let context = self.context(policy, key, Circuit::Covenants(*shape))?;
        covenants::Instance::new(*shape, context, vec![self.commitment], equalities.clone(), tests.clone())
            .ok_or_else(|| FormatError::new("covenants: rows of another shape").into())
    }

    /// The public inputs of the proof, whichever statement it is of.
    pub(crate) fn public_inputs(
        &self,
        policy: &Policy,
        key: Fingerprint,
        requirement: &Requirement,
    ) -> Result<PublicInputs, RequirementError> {
        match requirement {
            Requirement::Solvency(_) => Ok(PublicInputs::of(&self.instance(policy, key)?)),
            Requirement::Covenants(rows) => Ok(PublicInputs::of(&self.with_rows(policy, key, rows)?)),
        }
    }

    fn context(&self, policy: &Policy, key: Fingerprint, circuit: Circuit) -> Result<Context, FormatError> {
        let credit = match &self.credit {
            None => (0, 0),
            Some(line) => (line.check(policy)?, line.base_units),
        };
        let fields = ContextFields {
            audience: &self.audience,
            statement: circuit.statement(),
            verifying_key: key.0,
            policy: policy.id(),
            market: policy.market().id(),
            subject: self.subject,
            anchor: self.anchor.unwrap_or(B256::ZERO),
            bounds: self.bounds.hash(),
            credit,
            as_of: self.as_of,
            valid_until: self.valid_until,
        };
        Ok(fields.digest())
    }
}
