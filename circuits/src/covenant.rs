//! A covenant: one linear test over a position, `Σ w_i·x_i > Σ v_i·y_i + m`.

use ff::{Field, PrimeField};
use zeroize::Zeroizing;

use crate::position::Position;
use crate::units::{self, Amount, Fr, Margin, Size, Weight, Wide};

/// Weights `w_i` of collateral and `v_i` of debt, as many of either as a [`Size`] has assets, and the margin `m`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covenant {
    /// `m`.
    pub margin: Margin,
    size: Size,
    collateral: Vec<Weight>,
    debt: Vec<Weight>,
}

impl Covenant {
    /// `None` where both sides do not have as many weights as one size has assets.
    #[must_use]
    pub fn new(margin: Margin, collateral: Vec<Weight>, debt: Vec<Weight>) -> Option<Self> {
        let size = Size::of(collateral.len()).filter(|_| collateral.len() == debt.len())?;
        Some(Self { margin, size, collateral, debt })
    }

    /// Takes `w_i` and `v_i` from `weights`.
    pub fn from_fn(size: Size, margin: Margin, weights: impl Fn(usize) -> (Weight, Weight)) -> Self {
        let (collateral, debt) = (0..size.assets()).map(weights).unzip();
        Self { margin, size, collateral, debt }
    }

    /// How many assets it is over.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// `w_i`.
    #[must_use]
    pub fn collateral(&self) -> &[Weight] {
        &self.collateral
    }

    /// `v_i`.
    #[must_use]
    pub fn debt(&self) -> &[Weight] {
        &self.debt
    }

    /// `w_i`, to be changed.
    pub fn collateral_mut(&mut self) -> &mut [Weight] {
        &mut self.collateral
    }

    /// `v_i`, to be changed.
    pub fn debt_mut(&mut self) -> &mut [Weight] {
        &mut self.debt
    }

    /// Evaluates both sums over the integers. The position must be over as many assets.
    #[must_use]
    pub fn sides(&self, position: &Position) -> Zeroizing<Sides> {
        let dot = |weights: &[Weight], amounts: &[Amount]| {
            weights
                .iter()
                .zip(amounts)
                .fold(Wide::ZERO, |sum, (weight, amount)| sum + Wide::from(weight.get()) * Wide::from(amount.expose()))
        };
        Zeroizing::new(Sides {
            collateral: dot(&self.collateral, position.collateral()),
            debt: dot(&self.debt, position.debt()),
            margin: Wide::from(self.margin.get()),
        })
    }

    /// `D = Σ w x − Σ v y − m − 1` as a field element: below `2^248` exactly where the test holds.
    pub(crate) fn difference(&self, position: &Position) -> Fr {
        let dot = |weights: &[Weight], amounts: &[Amount]| {
            weights.iter().zip(amounts).map(|(w, a)| Fr::from_u128(w.get()) * Fr::from_u128(a.expose())).sum::<Fr>()
        };
        dot(&self.collateral, position.collateral())
            - dot(&self.debt, position.debt())
            - units::field_from_u256(self.margin.get())
            - Fr::ONE
    }
}

/// The two sides of the comparison, exact. Secret, so without `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sides {
    /// `Σ w_i·x_i`. Secret.
    pub collateral: Wide,
    /// `Σ v_i·y_i`. Secret.
    pub debt: Wide,
    /// `m`.
    pub margin: Wide,
}

impl Sides {
    /// Whether the test holds.
    #[must_use]
    pub fn solvent(&self) -> bool {
        self.collateral > self.debt + self.margin
    }
}

impl zeroize::Zeroize for Sides {
    fn zeroize(&mut self) {
        for side in [&mut self.collateral, &mut self.debt, &mut self.margin] {
            *side = Wide::ZERO;
            std::hint::black_box(side);
        }
    }
}
