//! The statements under test, and what is tested of each.
//!
//! A new circuit is one line in the list at the end, and a [`Subject`] that says what the harness must know of it.

use std::fmt::Write as _;

use crate::evaluator::Evaluator;
use crate::golden::blessing;
use crate::subject::Subject;
use crate::{agreement, deletion, forgeries, mutate, tamper};

/// The page of the book that shows the tables, between two marks.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/soundness.md");
const MARKS: [&str; 2] = ["<!-- tables: written by a test -->\n", "<!-- end of tables -->\n"];

macro_rules! suite {
    ($($statement:ident: $subject:ty,)+) => {
        $(
            mod $statement {
                suite!(@tests $subject:
                    tamper: every_private_cell_changed_alone_is_rejected_or_is_idle,
                    tamper: every_public_input_changed_alone_breaks_a_gate_if_one_reads_it,
                    tamper: the_whole_evaluator_and_the_sweep_see_the_same_failures,
                    mutate: gates_and_reference_agree_on_repaired_mutations,
                    mutate: failures_of_a_draft_are_those_of_all_gates,
                    forgeries: every_forgery_is_rejected_by_its_gate_alone,
                    agreement: circuit_and_reference_agree_on_boundary_cases,
                    agreement: mock_prover_finds_the_same_failures_as_the_evaluator,
                    agreement: the_example_and_the_tight_statement_are_true,
                    deletion: without_any_one_constraint_a_false_statement_would_pass,
                    deletion: every_private_cell_is_tied_once_but_idle_and_free_ones,
                    wiring: a_constraint_is_zero_on_noise_exactly_where_it_is_inactive,
                    wiring: every_cell_that_a_constraint_reads_changes_its_value,
                    wiring: every_private_cell_is_read_unless_it_is_idle_or_blinding,
                    wiring: there_is_no_permutation_no_lookup_no_selector_and_every_challenge_is_read,
                    wiring: synthesis_writes_the_assigned_columns,
                    wiring: filler_is_fresh_in_every_assignment,
                    hiding: all_values_of_a_column_move_with_its_free_cells,
                );
            }
        )+

        /// One table for each statement.
        fn tables() -> Vec<String> {
            vec![$(table::<$subject>(),)+]
        }
    };
    (@tests $subject:ty: $($module:ident: $claim:ident,)+) => {
        $(
            #[test]
            fn $claim() {
                crate::$module::$claim::<$subject>();
            }
        )+
    };
}

suite! {
    solvency_of_8: crate::solvency::Solvency<8>,
    solvency_of_16: crate::solvency::Solvency<16>,
    solvency_of_32: crate::solvency::Solvency<32>,
    covenants_of_8: crate::covenants::Covenants<0>,
    covenants_of_2_commitments: crate::covenants::Covenants<2>,
    reordering: crate::reordering::Reordering,
}

/// Which part of the harness sees which constraint. A count is of false claims that this constraint alone rejects: with
/// it left out, that part accepts a false claim that often, and fails.
fn table<S: Subject>() -> String {
    let evaluator = Evaluator::of::<S>();
    let tamper = tamper::every_private_cell_changed_alone_is_rejected_or_is_idle::<S>();
    let mutate = mutate::gates_and_reference_agree_on_repaired_mutations::<S>();
    let forgeries = forgeries::every_forgery_is_rejected_by_its_gate_alone::<S>();
    let agreement = agreement::circuit_and_reference_agree_on_boundary_cases::<S>();
    let deletion = deletion::without_any_one_constraint_a_false_statement_would_pass::<S>();
    let mut text = format!("### {}\n\n", S::name());
    let line = |text: &mut String, cells: [&str; 7]| writeln!(text, "| {} |", cells.join(" | ")).expect("a string");
    let head = ["gate", "constraint", "deletion", "tamper", "mutate", "forgeries", "agreement"];
    line(&mut text, head);
    line(&mut text, ["---"; 7]);
    for (index, constraint) in evaluator.constraints.iter().enumerate() {
        let counts = [
            deletion.0.get(&index).copied().unwrap_or_default(),
            tamper.rejected[index],
            mutate.rejected.get(&index).copied().unwrap_or_default(),
            forgeries.0[index],
            agreement.rejected.get(&index).copied().unwrap_or_default(),
        ];
        let seen = counts.iter().filter(|count| **count > 0).count();
        assert!(seen >= 2, "{}: {} is seen by one part of the harness at most", constraint.gate, constraint.name);
        let counts = counts.map(|count| if count == 0 { "–".to_owned() } else { count.to_string() });
        let [deletion, tamper, mutate, forgeries, agreement] = counts.each_ref().map(String::as_str);
        let name = format!("`{}`", constraint.name);
        line(&mut text, [&constraint.gate, &name, deletion, tamper, mutate, forgeries, agreement]);
    }
    text
}

/// Not compared where another number of cases or trials is asked for.
#[test]
fn the_book_shows_which_test_sees_which_constraint() {
    let tables = tables().join("\n");
    if ["ASSAY_CASES", "ASSAY_TRIALS"].iter().any(|name| std::env::var_os(name).is_some()) {
        return;
    }
    let page = std::fs::read_to_string(PAGE).expect("the page can be read");
    let (before, rest) = page.split_once(MARKS[0]).expect("a mark before the tables");
    let (shown, after) = rest.split_once(MARKS[1]).expect("a mark after the tables");
    let tables = format!("\n{tables}\n");
    if blessing() {
        let page = [before, MARKS[0], &tables, MARKS[1], after].concat();
        return std::fs::write(PAGE, page).expect("the page can be written");
    }
    assert_eq!(shown, tables, "soundness.md is not up to date: ASSAY_BLESS=1 rewrites it");
}
