//! How a policy's covenants, bounds and times become the rows of `covenants/v1`.
//!
//! Each kind is first written as lines over amounts and helper amounts, with exact rational factors and each factor's price
//! (`kinds.rs`). A line is then brought to integers: prices by the sign of their factor, all factors of one amount and one price
//! netted, and what does not fit the statement's widths rounded once, against the prover (`round.rs`). So a row that holds says
//! that its line holds at every price within the bounds. Where assets of the market are never owed, one equality says that
//! nothing is owed in them.
//!
//! The prover chooses the helper amounts. `rule.rs` checks for every policy that the choice is no freedom: there is a greatest
//! one, and every test holds with it if it holds with any. [`Compiled::helpers`] finds it.

mod form;
mod helpers;
mod kinds;
mod round;
mod rule;

use assay_circuits::statements::covenants::{Coefficient, Constant, Row, Shape};
use assay_circuits::{Amount, Position};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use crate::assertion::{AssetBounds, Bounds, CreditLine, Crossing, Side};
use crate::formats::text::FormatError;
use crate::policy::Policy;
use crate::prices::PriceRange;
use form::{Line, Split, Term};
use kinds::Draft;
use rule::Reduced;

/// Why a policy's covenants make no rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The bounds or the credit line are not for the policy's market.
    #[error(transparent)]
    Terms(#[from] FormatError),
    /// No circuit has room for all rows.
    #[error(
        "covenants: {assets} assets, {tests} tests and {pairs} pairs of helper amounts are needed, and no circuit has room \
         for them; write fewer covenants, tiers or exclusions"
    )]
    Room {
        /// Assets of the market.
        assets: usize,
        /// Tests that are needed.
        tests: usize,
        /// Pairs of helper amounts that are needed.
        pairs: usize,
    },
    /// Coefficients of one row are too far apart.
    #[error(
        "covenants: {covenant}: at these bounds no unit suits both its largest and its smallest number: in 120 bits the \
         smallest is less than 2^20; leave out the asset with the least price of a base unit, or lower the limit"
    )]
    TooFarApart {
        /// Name of the covenant.
        covenant: String,
    },
    /// A constant and what a credit line adds to it need more than 240 bits.
    #[error("covenants: {covenant}: its constant needs more than 240 bits; lower the limit or the credit line")]
    Constant {
        /// Name of the covenant.
        covenant: String,
    },
    /// A helper amount has no direction.
    #[error(
        "covenants: {covenant}: a helper amount has no direction: the prover could choose it to pass; its weights must not \
         rise with quantity"
    )]
    Direction {
        /// Name of the covenant.
        covenant: String,
    },
}

/// What a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It limits a helper amount.
    Definition,
    /// It is what the covenant asks.
    Test,
}

/// The least circuit with room for the rows of `policy`'s covenants, whatever the bounds and times.
///
/// # Errors
/// [`CompileError::Room`].
pub(crate) fn shape_of(policy: &Policy) -> Result<Shape, CompileError> {
    Draft::new(policy, 0).shape(policy)
}

/// Whose row it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Name of the covenant.
    pub covenant: String,
    /// What the row is for.
    pub purpose: Purpose,
}

/// The rows of a policy's covenants, for one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The least circuit with room for them.
    pub shape: Shape,
    /// Rows that hold with equality: an amount is the sum of what is admitted of it and of the rest; after these, where
    /// assets are never owed, the sum of their debts is zero.
    pub equalities: Vec<Row>,
    /// Tests and definitions.
    pub tests: Vec<Row>,
    /// Whose each of [`Self::tests`] is.
    pub origins: Vec<Origin>,
    /// The bounds of all assets whose price is in a row, with the asset's place and its price decimals.
    priced: Vec<(usize, AssetBounds, u8)>,
    splits: Vec<Split>,
    reduced: Vec<Reduced>,
}

impl Compiled {
    /// The rows of `policy`'s covenants at `bounds`, for an assertion that runs for `elapsed` seconds from as-of to
    /// valid-until. A credit line counts as debt wherever debt counts against the prover.
    ///
    /// # Errors
    /// [`CompileError`].
    pub fn new(
        policy: &Policy,
        bounds: &Bounds,
        elapsed: u64,
        credit: Option<&CreditLine>,
    ) -> Result<Self, CompileError> {
        Self::of_lines(policy, bounds, elapsed, credit, |_| true)
    }

    fn of_lines(
        policy: &Policy,
        bounds: &Bounds,
        elapsed: u64,
        credit: Option<&CreditLine>,
        wanted: impl Fn(&Line) -> bool,
    ) -> Result<Self, CompileError> {
        bounds.check(policy)?;
        let credit = credit.map(|line| Ok::<_, FormatError>((line.check(policy)?, line.base_units))).transpose()?;
        let mut draft = Draft::new(policy, elapsed);
        let shape = draft.shape(policy)?;
        draft.lines.retain(wanted);
        let compiler = Compiler { policy, bounds, shape, credit };
        let tests = draft.lines.iter().map(|line| compiler.row(line)).collect::<Result<Vec<_>, _>>()?;
        let splits = draft.splits.iter().map(|split| compiler.split(split));
        let equalities = splits.chain(compiler.nothing_owed()).collect();
        let origins: Vec<Origin> = draft
            .lines
            .iter()
            .map(|line| Origin { covenant: compiler.name(line.covenant), purpose: line.purpose })
            .collect();
        let reduced = rule::reduce(shape, &draft.splits, &tests, &origins)?;
        let priced = policy.rules().assets.iter().zip(&bounds.0).enumerate();
        let priced = priced
            .filter(|(asset, _)| draft.lines.iter().any(|line| line.form.has_price(*asset)))
            .map(|(asset, (risk, bounds))| (asset, bounds.clone(), risk.price_decimals))
            .collect();
        Ok(Self { shape, equalities, tests, origins, priced, splits: draft.splits, reduced })
    }

    /// Of the rows that [`Self::new`] makes the definitions and those of the covenant at this place, with `number` as its threshold:
    /// they say how near a position is to the policy's own, and are no rows to verify under.
    ///
    /// # Errors
    /// [`CompileError`].
    pub fn asking(
        policy: &Policy,
        (covenant, number): (usize, u128),
        bounds: &Bounds,
        elapsed: u64,
        credit: Option<&CreditLine>,
    ) -> Result<Self, CompileError> {
        let wanted = |line: &Line| line.covenant == covenant || line.purpose == Purpose::Definition;
        Self::of_lines(&policy.asking(covenant, number), bounds, elapsed, credit, wanted)
    }

    /// The greatest helper amounts of `position`: the rows hold with these if they hold with any. Secret. `None` where the
    /// position is not of the shape's size.
    #[must_use]
    pub fn helpers(&self, position: &Position) -> Option<Vec<Amount>> {
        helpers::greatest(self.shape, &self.splits, &self.reduced, position)
    }

    /// Whether all tests hold for `position` with these helper amounts.
    ///
    /// # Errors
    /// The names of the covenants that do not, in the policy's order.
    pub fn hold(&self, position: &Position, helpers: &[Amount]) -> Result<(), Vec<String>> {
        let amounts: Vec<&Amount> = position.collateral().iter().chain(position.debt()).chain(helpers).collect();
        let mut names: Vec<String> = Vec::new();
        for (row, origin) in self.tests.iter().zip(&self.origins) {
            if !names.contains(&origin.covenant) && !row.sums(&amounts).at_least() {
                names.push(origin.covenant.clone());
            }
        }
        if names.is_empty() { Ok(()) } else { Err(names) }
    }

    /// The first price beyond either of its bounds, among those of which a row makes use, or none where the rows hold at
    /// `prices` (in the market's order).
    #[must_use]
    pub fn crossed_by(&self, prices: &[PriceRange]) -> Option<Crossing> {
        self.priced.iter().find_map(|(asset, bounds, decimals)| {
            let price = prices.get(*asset)?;
            let crossing = |side, bound, price| {
                Some(Crossing { asset: bounds.asset.clone(), side, bound, price, decimals: *decimals })
            };
            if price.high > bounds.ceiling {
                crossing(Side::Ceiling, bounds.ceiling, price.high)
            } else if price.low < bounds.floor {
                crossing(Side::Floor, bounds.floor, price.low)
            } else {
                None
            }
        })
    }
}

impl Draft<'_> {
    /// The least circuit with room for all lines.
    fn shape(&self, policy: &Policy) -> Result<Shape, CompileError> {
        let assets = policy.market().assets().len();
        let never_owed = policy.rules().never_owed().next();
        let equalities = self.splits.len().saturating_add(usize::from(never_owed.is_some()));
        let pairs = equalities.max(self.helpers.div_ceil(2));
        let tests = self.lines.len();
        Shape::fitting(1, assets, pairs, tests).ok_or(CompileError::Room { assets, tests, pairs })
    }
}

/// What turns lines into rows.
struct Compiler<'a> {
    policy: &'a Policy,
    bounds: &'a Bounds,
    shape: Shape,
    /// The place of its asset and its base units.
    credit: Option<(u8, u128)>,
}

impl Compiler<'_> {
    fn name(&self, covenant: usize) -> String {
        self.policy.covenants().get(covenant).map_or_else(String::new, |covenant| covenant.name.clone())
    }

    /// The number of a term among a row's coefficients.
    fn number(&self, term: Term) -> usize {
        match term {
            Term::Collateral(asset) => self.shape.collateral(0, asset),
            Term::Debt(asset) => self.shape.debt(0, asset),
            Term::Helper(helper) => self.shape.helper(helper),
        }
    }

    /// The row `Σ sign·amount = 0`.
    fn equality(&self, terms: impl IntoIterator<Item = (Term, i128)>) -> Row {
        let mut coefficients = vec![Coefficient::ZERO; self.shape.terms()];
        for (term, sign) in terms {
            if let (Some(cell), Ok(sign)) = (coefficients.get_mut(self.number(term)), Coefficient::new(sign)) {
                *cell = sign;
            }
        }
        Row::new(coefficients, Constant::ZERO)
    }

    fn split(&self, split: &Split) -> Row {
        self.equality([
            (Term::Collateral(split.asset), 1),
            (Term::Helper(split.admitted), -1),
            (Term::Helper(split.rest), -1),
        ])
    }

    /// The row that nothing is owed in assets that are never owed: no amount is below zero, so that all are zero where the sum is.
    fn nothing_owed(&self) -> Option<Row> {
        let mut debts = self.policy.rules().never_owed().map(|asset| (Term::Debt(asset), 1)).peekable();
        debts.peek().is_some().then(|| self.equality(debts))
    }

    fn row(&self, line: &Line) -> Result<Row, CompileError> {
        let mut exact = vec![BigRational::zero(); self.shape.terms()];
        for (term, factor) in line.form.at(self.bounds) {
            if let Some(cell) = exact.get_mut(self.number(term)) {
                *cell += factor;
            }
        }
        let (coefficients, mut constant) = round::integers(&exact, &line.form.bound, line.strict)
            .ok_or_else(|| CompileError::TooFarApart { covenant: self.name(line.covenant) })?;
        self.lend(&coefficients, &mut constant);
        let constant =
            round::constant(&constant).ok_or_else(|| CompileError::Constant { covenant: self.name(line.covenant) })?;
        Ok(Row::new(coefficients, constant))
    }

    /// Adds the credit line to the debt, where debt counts against the prover.
    fn lend(&self, coefficients: &[Coefficient], constant: &mut BigInt) {
        let Some((asset, amount)) = self.credit else { return };
        let weight = coefficients.get(self.shape.debt(0, usize::from(asset))).map_or(0, |weight| weight.get());
        *constant += BigInt::from(weight.min(0).unsigned_abs()) * BigInt::from(amount);
    }
}
