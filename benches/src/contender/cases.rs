//! The statements that every contender is shown: a true one that it has to accept, and three that it has to refuse.
//!
//! Each false one is the true one with as little changed as makes it false, so that nothing else can be why it is
//! refused.

use assay_circuits::{Amount, Instance, Margin, PositionCommitment, Size, Witness};
use ruint::aliases::U256;

use super::Statement;
use crate::{example, example_of};

/// The true statement of this seed about eight assets: every amount held, none of them short.
#[must_use]
pub fn truth(seed: u64) -> Statement {
    truth_of(Size::Eight, seed)
}

/// [`truth`] about as many assets as `size` has.
#[must_use]
pub fn truth_of(size: Size, seed: u64) -> Statement {
    let (instance, witness) = example_of(size, seed);
    Statement::new(&instance, &witness)
}

/// What is wrong with the third of [`falsehoods`].
pub const OTHER_COMMITMENT: &str = "another commitment";

/// A statement that has to be refused, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct False {
    /// What is wrong.
    pub name: &'static str,
    /// The statement.
    pub statement: Statement,
}

/// The three false statements.
#[must_use]
pub fn falsehoods(seed: u64) -> [False; 3] {
    let (equal, witness) = at_the_margin(seed, 0);
    [
        False { name: "equal ratio", statement: Statement::new(&equal, &witness) },
        False { name: "amount of 2^120", statement: too_wide(seed) },
        False { name: OTHER_COMMITMENT, statement: other_commitment(seed) },
    ]
}

/// The statement with the margin at which both sides are equal, less `short`: at zero it is false, at one true.
fn at_the_margin(seed: u64, short: u64) -> (Instance, Witness) {
    let (mut instance, witness) = example(seed);
    let sides = instance.covenant.sides(&witness.position);
    let margin = U256::from(sides.collateral - sides.debt) - U256::from(short);
    instance.covenant.margin = Margin::new(margin).expect("a margin has 240 bits, a product of the example 211");
    (instance, witness)
}

/// The first amount of collateral is `2^120`, and the commitment is to the words that follow from it: `2^120` beside a
/// debt `y` packs into the same word as nothing beside `y + 1`, so a prover that did not bound amounts would open one
/// commitment both ways.
fn too_wide(seed: u64) -> Statement {
    let (mut instance, mut witness) = example(seed);
    let debt = witness.position.debt()[0].clone();
    let amount = |value| Amount::new(value).expect("far below 2^120");
    witness.position.collateral_mut()[0] = amount(0);
    witness.position.debt_mut()[0] = amount(debt.expose() + 1);
    instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
    let mut statement = Statement::new(&instance, &witness);
    statement.collateral[0] = (1u128 << 120).to_string();
    statement.debt[0] = debt.expose().to_string();
    statement
}

/// The commitment is to another position.
fn other_commitment(seed: u64) -> Statement {
    let mut statement = truth(seed);
    statement.commitment = truth(seed + 1).commitment;
    statement
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_circuits::{Violation, check};

    #[test]
    fn statements_come_back_from_text_as_they_were() {
        let (instance, witness) = example_of(Size::Sixteen, 3);
        let statement = Statement::new(&instance, &witness);
        let (read, opened) = statement.typed().expect("typed");
        assert_eq!(read, instance);
        assert_eq!(Statement::new(&read, &opened), truth_of(Size::Sixteen, 3));
        let lacking = [
            |statement: &mut Statement| statement.collateral_weights.pop(),
            |statement: &mut Statement| statement.debt_weights.pop(),
            |statement: &mut Statement| statement.collateral.pop(),
            |statement: &mut Statement| statement.debt.pop(),
        ];
        for pop in lacking {
            let mut lacking = statement.clone();
            pop(&mut lacking);
            assert!(lacking.typed().is_err());
        }
        let mut mixed = statement;
        mixed.collateral.truncate(8);
        mixed.debt.truncate(8);
        assert!(mixed.typed().is_err(), "an instance of sixteen and a position of eight");
        assert_eq!(truth(3).public_inputs().expect("numbers").len(), 19);
        assert_eq!(truth(3).amounts().expect("numbers").len(), 16);
    }

    #[test]
    fn the_true_statement_is_true_and_each_false_one_false_for_its_own_reason() {
        let decide = |statement: &Statement| {
            let (instance, witness) = statement.typed().expect("in range");
            check(&instance, &witness)
        };
        for seed in 0..20 {
            assert_eq!(decide(&truth(seed)), Ok(()));
            let [equal, wide, other] = falsehoods(seed).map(|case| case.statement);
            assert_eq!(decide(&equal), Err(Violation::Insolvent));
            assert_eq!(decide(&other), Err(Violation::Opening));
            assert!(wide.typed().expect_err("too wide").to_string().contains("too wide"));
            let (instance, witness) = at_the_margin(seed, 1);
            assert_eq!(check(&instance, &witness), Ok(()), "one unit less of margin");
        }
    }

    #[test]
    fn an_amount_of_2_to_the_120_fits_its_commitment_and_the_inequality() {
        let statement = too_wide(5);
        let word = |x: u128, y: u128| U256::from(x) + (U256::from(y) << 120);
        let amounts = statement.amounts().expect("numbers");
        assert_eq!(amounts[0], 1 << 120);
        // The commitment opens to nothing beside one more of debt, which is the same word.
        let mut opened = statement.clone();
        opened.collateral[0] = "0".into();
        opened.debt[0] = (amounts[8] + 1).to_string();
        assert_eq!(word(amounts[0], amounts[8]), word(0, amounts[8] + 1));
        let (instance, witness) = opened.typed().expect("in range");
        assert_eq!(PositionCommitment::new(&witness.position, &witness.opening), instance.commitment);
        // One unit less is in range, and with it the inequality holds.
        let mut solvent = statement;
        solvent.collateral[0] = ((1u128 << 120) - 1).to_string();
        let (instance, witness) = solvent.typed().expect("in range");
        assert!(instance.covenant.sides(&witness.position).solvent());
    }
}
