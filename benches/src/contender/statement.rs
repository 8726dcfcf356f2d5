//! A statement as it is handed to a contender.

use assay_circuits::{
    Amount, Context, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Weight, Witness,
};
use ruint::aliases::U256;
use serde::{Deserialize, Serialize};

/// A statement with its witness, all numbers in decimal, true or not. Its numbers are made up, so they are no secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `C`.
    pub commitment: String,
    /// 253 bits.
    pub context: String,
    /// `m`.
    pub margin: String,
    /// `w_i`.
    pub collateral_weights: Vec<String>,
    /// `v_i`.
    pub debt_weights: Vec<String>,
    /// `x_i`; `2^120` where it is wrong on purpose.
    pub collateral: Vec<String>,
    /// `y_i`.
    pub debt: Vec<String>,
    /// The opening.
    pub blinding: String,
}

/// Why a [`Statement`] is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementError(String);

impl std::fmt::Display for StatementError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StatementError {}

fn decimal<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, StatementError> {
    text.parse().map_err(|_| StatementError(format!("{name} is no decimal number of its width: {text}")))
}

fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

impl Statement {
    /// The statement that `instance` makes and `witness` is to satisfy.
    #[must_use]
    pub fn new(instance: &Instance, witness: &Witness) -> Self {
        let word = |bytes: [u8; 32]| U256::from_be_bytes(bytes).to_string();
        Self {
            commitment: word(instance.commitment.to_bytes()),
            context: word(instance.context.to_bytes()),
            margin: instance.covenant.margin.get().to_string(),
            collateral_weights: texts(instance.covenant.collateral().iter().map(|weight| weight.get())),
            debt_weights: texts(instance.covenant.debt().iter().map(|weight| weight.get())),
            collateral: texts(witness.position.collateral().iter().map(Amount::expose)),
            debt: texts(witness.position.debt().iter().map(Amount::expose)),
            blinding: word(*witness.opening.to_bytes()),
        }
    }

    /// The public inputs in their order: 19 for eight assets.
    ///
    /// # Errors
    /// The first that is no number below `2^256`.
    pub fn public_inputs(&self) -> Result<Vec<U256>, StatementError> {
        let single = [("commitment", &self.commitment), ("context", &self.context), ("margin", &self.margin)];
        let weights = self.collateral_weights.iter().chain(&self.debt_weights).map(|weight| ("a weight", weight));
        single.into_iter().chain(weights).map(|(name, text)| decimal(name, text)).collect()
    }

    /// Collateral, then debt, as they are, `2^120` included.
    ///
    /// # Errors
    /// The first that is no number below `2^128`.
    pub fn amounts(&self) -> Result<Vec<u128>, StatementError> {
        self.collateral.iter().chain(&self.debt).map(|text| decimal("an amount", text)).collect()
    }

    /// The blinding.
    ///
    /// # Errors
    /// It is no number below `2^256`.
    pub fn blinding(&self) -> Result<U256, StatementError> {
        decimal("blinding", &self.blinding)
    }

    /// Instance and witness in Assay's types.
    ///
    /// # Errors
    /// The first value that its type refuses, an amount of `2^120` among them; numbers of assets that are not one size.
    pub fn typed(&self) -> Result<(Instance, Witness), StatementError> {
        fn list<T>(name: &str, texts: &[String], value: impl Fn(u128) -> Option<T>) -> Result<Vec<T>, StatementError> {
            let values = texts.iter().map(|text| {
                value(decimal(name, text)?).ok_or_else(|| StatementError(format!("{name} is too wide: {text}")))
            });
            values.collect()
        }
        let word = |name, text| decimal::<U256>(name, text).map(|word| word.to_be_bytes::<32>());
        let wide = |name: &str| StatementError(format!("{name} is too large"));
        let amount = |value| Amount::new(value).ok();
        let weight = |value| Weight::new(value).ok();
        let context = word("context", &self.context)?;
        let masked = Context::from_digest(context);
        if masked.to_bytes() != context {
            return Err(wide("context"));
        }
        let size = || {
            let sides = [&self.collateral_weights, &self.debt_weights, &self.collateral, &self.debt].map(Vec::len);
            StatementError(format!("weights and amounts are {sides:?}, and should be as many as one size has assets"))
        };
        let covenant = Covenant::new(
            Margin::new(decimal("margin", &self.margin)?).map_err(|_| wide("margin"))?,
            list("a collateral weight", &self.collateral_weights, weight)?,
            list("a debt weight", &self.debt_weights, weight)?,
        );
        let position = Position::new(
            list("an amount of collateral", &self.collateral, amount)?,
            list("an amount of debt", &self.debt, amount)?,
        );
        let position = position.ok_or_else(size)?;
        let covenant = covenant.filter(|covenant| covenant.size() == position.size()).ok_or_else(size)?;
        let instance = Instance {
            commitment: PositionCommitment::from_bytes(&word("commitment", &self.commitment)?)
                .ok_or_else(|| wide("commitment"))?,
            context: masked,
            covenant,
        };
        let witness = Witness {
            position,
            opening: Opening::from_bytes(&word("blinding", &self.blinding)?).ok_or_else(|| wide("blinding"))?,
        };
        Ok((instance, witness))
    }
}
