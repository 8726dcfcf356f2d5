//! The wiring as data: which constraint is active where, and which cells it reads there.
//!
//! There is no copy constraint, so this table is all that ties cells together. It is written out for the solvency
//! statement with literal distances, independently of the layout's code. The general properties are checked for every
//! statement.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::statements::solvency::row;
use assay_circuits::{Fr, Size, Statement};
use assay_protocol::Relation;
use ff::Field;
use halo2_proofs::dev::AdviceCellValue;

use crate::evaluator::{Cell, Columns, Evaluator, Failure, mock_challenges, mock_prover};
use crate::solvency::{COLUMN_NAMES, Solvency};
use crate::subject::Subject;

/// First row of the difference block.
const DIFFERENCE: usize = 0;
/// First rows of the five permutations for eight assets.
const PERMUTATIONS: [usize; 5] = [65, 271, 477, 683, 889];

/// First rows of the blocks of two assets.
fn blocks(n: usize) -> Vec<usize> {
    (0..n / 2).map(|pair| 148 + 206 * pair).collect()
}

/// First rows of the permutations.
fn permutations(n: usize) -> Vec<usize> {
    (0..=n / 2).map(|i| 65 + 206 * i).collect()
}

fn at(starts: &[usize], offsets: &[RangeInclusive<usize>]) -> Vec<usize> {
    starts.iter().flat_map(|start| offsets.iter().cloned().flatten().map(move |offset| start + offset)).collect()
}

/// One line of the table: gate, constraint, active rows, cells read relative to the row, public inputs by name.
type Wire = (&'static str, &'static str, Vec<usize>, String);

#[rustfmt::skip]
fn table(n: usize) -> Vec<Wire> {
    let (blocks, permutations) = (blocks(n), permutations(n));
    let limbs = || [at(&[DIFFERENCE], &[0..=61]), at(&blocks, &[0..=119])].concat();
    let edges = || [at(&[DIFFERENCE], &[0..=1]), at(&blocks, &[0..=1])].concat();
    let heads = || at(&blocks, &[119..=119]);
    let in_permutations = |offsets: &[RangeInclusive<usize>]| at(&permutations, offsets);
    let full = || in_permutations(&[0..=0, 3..=3, 6..=6, 9..=9, 71..=71, 74..=74, 77..=77]);
    let last = |permutations: &[usize]| at(permutations, &[80..=80]);
    let fixed_reads = [
        ("limb", "a(2) − 4·a(0) ∈ {0, 1, 2, 3}", limbs(), "a0 a2"),
        ("limb", "b(2) − 4·b(0) ∈ {0, 1, 2, 3}", limbs(), "b0 b2"),
        ("edge", "a(0) = 0", edges(), "a0"),
        ("edge", "b(0) = 0", edges(), "b0"),
        ("heads", "lane 1 = x_2p + 2^120·y_2p + constant", heads(), "a1 a4 b1"),
        ("heads", "lane 2 = x_2p+1 + 2^120·y_2p+1 + constant", heads(), "a2 a5 b2"),
        ("difference", "Σ lanes = acc − m − 1", vec![61], "a1 a2 a209 b1 b2 m"),
        ("difference", "lane 1 = TAG + constant", vec![61], "a4"),
        ("difference", "lane 2 = shape(n) + constant", vec![61], "a5"),
        ("S-box", "b = a^4", in_permutations(&[0..=11, 14..=82]), "a0 b0"),
        ("full round", "a(3) = M₁·u + constant(0)", full(), "a0 a1 a2 a3 b0 b1 b2"),
        ("full round", "a(4) = M₂·u + constant(1)", full(), "a0 a1 a2 a4 b0 b1 b2"),
        ("full round", "a(5) = M₀·u + constant(2)", full(), "a0 a1 a2 a5 b0 b1 b2"),
        ("partial round", "a(3) = τ·a(2) − δ·a(1) + Σ u + constant(0)", in_permutations(&[14..=67]), "a0 a1 a2 a3 b0 b1 b2"),
        ("enter", "a(3) = a·u(2) + m·(a(0), a(1)) + constant", in_permutations(&[12..=12]), "a0 a1 a2 a3 b2"),
        ("enter, next", "a(3) = a·u(2) + m·b·u(1) + m·N·(lane 1, a(0)) + constant", in_permutations(&[13..=13]), "a0 a1 a2 a3 b1 b2"),
        ("exit", "a(3) = lane 1 after the partial rounds", in_permutations(&[68..=68]), "a1 a2 a3 a5 b1 b2"),
        ("exit", "a(4) = lane 2 after the partial rounds", in_permutations(&[68..=68]), "a1 a2 a4 a5 b1 b2"),
        ("exit", "a(5) = τ·a(2) − δ·a(1) + Σ u + constant", in_permutations(&[68..=68]), "a0 a1 a2 a5 b0 b1 b2"),
        ("output", "M₀·u = carry·next capacity + C", last(&permutations[..n / 2]), "a0 a1 a2 a128 b0 b1 b2"),
        ("output", "M₀·u = carry·next capacity + C", last(&permutations[n / 2..]), "a0 a1 a2 b0 b1 b2 C"),
    ];
    // The last block has no accumulator after it.
    let shares = (0..n / 2).map(|p| {
        let (next, one, two) = (if p + 1 < n / 2 { "a209 " } else { "" }, 2 * p, 2 * p + 1);
        let reads = format!("a1 a2 a3 {next}b1 b2 w{one} w{two} v{one} v{two}");
        ("heads", "acc = Σ w·x − Σ v·y + carry·next acc", at(&blocks[p..=p], &[119..=119]), reads)
    });
    let fixed_reads = fixed_reads.into_iter().map(|(gate, name, rows, reads)| (gate, name, rows, reads.to_owned()));
    fixed_reads.chain(shares).collect()
}

fn input_name(n: usize, index: usize) -> String {
    match index {
        row::COMMITMENT => "C".to_owned(),
        row::CONTEXT => "context".to_owned(),
        row::MARGIN => "m".to_owned(),
        _ if index < 3 + n => format!("w{}", index - 3),
        _ => format!("v{}", index - 3 - n),
    }
}

fn wiring_is_that_of_the_table<const N: usize>() {
    let evaluator = Evaluator::of::<Solvency<N>>();
    let mut found = BTreeMap::new();
    for constraint in &evaluator.constraints {
        for (row, cells) in &constraint.rows {
            let reads: BTreeSet<String> = cells
                .iter()
                .map(|cell| match *cell {
                    Cell::Advice(column, read) => format!("{}{}", COLUMN_NAMES[column], read as i64 - *row as i64),
                    Cell::Input(index) => input_name(N, index),
                    Cell::Challenge(_) => unreachable!("the statement has no challenge"),
                })
                .collect();
            found.insert((constraint.gate.as_str(), constraint.name.as_str(), *row), reads);
        }
    }
    let mut expected = BTreeMap::new();
    for (gate, name, rows, reads) in table(N) {
        for row in rows {
            let reads: BTreeSet<String> = reads.split(' ').map(str::to_owned).collect();
            assert_eq!(
                expected.insert((gate, name, row), reads),
                None,
                "the table says {gate}: {name} twice for {row}"
            );
        }
    }
    for (at, reads) in &found {
        assert_eq!(expected.get(at), Some(reads), "{at:?} is active and reads this, against the table");
    }
    assert_eq!(found, expected);
}

#[test]
fn active_constraints_and_the_cells_they_read_are_exactly_those_of_the_table() {
    assert_eq!(blocks(8), [148, 354, 560, 766]);
    assert_eq!(permutations(8), PERMUTATIONS);
    wiring_is_that_of_the_table::<8>();
    wiring_is_that_of_the_table::<16>();
    wiring_is_that_of_the_table::<32>();
}

/// `code×count` for each run of equal codes.
fn runs(column: &[Fr]) -> String {
    let runs = column.chunk_by(|a, b| a == b).map(|run| {
        let code = (0..4u64).find(|code| Fr::from(*code) == run[0]).expect("codes are 0 to 3");
        format!("{code}×{}", run.len())
    });
    runs.collect::<Vec<_>>().join(" ")
}

#[test]
fn codes_stand_in_the_rows_of_the_table() {
    let fixed = Layout::new(Size::Eight).fixed();
    assert_eq!(
        runs(&fixed.limb),
        "3×2 1×59 3×1 0×86 3×2 1×117 2×1 0×86 3×2 1×117 2×1 0×86 3×2 1×117 2×1 0×86 3×2 1×117 2×1 0×138"
    );
    let outside = |row: usize| PERMUTATIONS.iter().all(|start| !(*start..start + 83).contains(&row));
    for start in PERMUTATIONS {
        let rows = start..start + 83;
        assert_eq!(
            runs(&fixed.round[rows.clone()]),
            "2×1 1×2 2×1 1×2 2×1 1×2 2×1 1×2 0×2 3×54 1×3 2×1 1×2 2×1 1×2 2×1 1×5"
        );
        assert_eq!(runs(&fixed.turn[rows]), "0×12 1×1 2×1 0×54 2×1 0×11 1×1 0×2");
    }
    for row in (0..1024).filter(|row| outside(*row)) {
        assert_eq!((fixed.round[row], fixed.turn[row]), (Fr::ZERO, Fr::ZERO), "row {row}");
        assert_eq!(fixed.constant[row], Fr::from(u64::from([61, 267, 473, 679].contains(&row))), "row {row}");
    }
    let carries = PERMUTATIONS.map(|start| fixed.constant[start + 80]);
    assert_eq!(carries, [1, 1, 1, 1, 0].map(Fr::from));
}

pub(crate) fn a_constraint_is_zero_on_noise_exactly_where_it_is_inactive<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let columns = Columns::noise(&evaluator, 1);
    for (index, constraint) in evaluator.constraints.iter().enumerate() {
        let active: BTreeSet<usize> = constraint.rows.iter().map(|(row, _)| *row).collect();
        for row in 0..evaluator.rows {
            let at = Failure { constraint: index, row };
            let value = evaluator.plain_value(at, &columns);
            let place = format!("{}: {} in row {row}", constraint.gate, constraint.name);
            assert_eq!(value != Fr::ZERO, active.contains(&row), "{place}");
            assert!(value == Fr::ZERO || value == evaluator.value(at, &columns), "{place}");
        }
    }
}

pub(crate) fn every_cell_that_a_constraint_reads_changes_its_value<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let mut columns = Columns::noise(&evaluator, 2);
    for (index, constraint) in evaluator.constraints.iter().enumerate() {
        for (row, cells) in &constraint.rows {
            let at = Failure { constraint: index, row: *row };
            let before = evaluator.value(at, &columns);
            for cell in cells {
                let value = columns.get(*cell);
                columns.set(*cell, value + Fr::ONE);
                assert_ne!(evaluator.value(at, &columns), before, "{} does not depend on {cell:?}", constraint.name);
                columns.set(*cell, value);
            }
        }
    }
}

pub(crate) fn every_private_cell_is_read_unless_it_is_idle_or_blinding<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let idle = S::idle();
    for cell in evaluator.cells() {
        let Cell::Advice(column, row) = cell else { unreachable!("a private cell") };
        let exempt = idle[column].contains(&row) || row >= evaluator.usable;
        assert_eq!(evaluator.readers(cell).is_empty(), exempt, "{cell:?}");
    }
    for index in 0..evaluator.inputs {
        let unread = evaluator.readers(Cell::Input(index)).is_empty();
        assert_eq!(unread, S::unread_inputs().contains(&index), "input {index}");
    }
}

#[test]
fn eight_assets_leave_98_cells_to_filler_and_every_input_is_read_once() {
    assert_eq!(Solvency::<8>::idle().iter().map(Vec::len).collect::<Vec<_>>(), [42, 56]);
    assert_eq!(Solvency::<8>::unread_inputs(), [row::CONTEXT]);
    let evaluator = Evaluator::of::<Solvency<8>>();
    let read = (0..row::len(Size::Eight)).map(|index| evaluator.readers(Cell::Input(index)).len());
    assert_eq!(read.sum::<usize>(), row::len(Size::Eight) - 1);
}

pub(crate) fn there_is_no_permutation_no_lookup_no_selector_and_every_challenge_is_read<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let system = &evaluator.system;
    assert!(system.permutation().get_columns().is_empty());
    assert!(system.lookups().is_empty());
    assert_eq!((system.num_selectors(), system.num_challenges()), (0, S::plan().challenges()));
    for index in 0..system.num_challenges() {
        assert!(!evaluator.readers(Cell::Challenge(index)).is_empty(), "challenge {index}");
    }
}

#[test]
fn two_advice_four_fixed_and_three_instance_columns_of_degree_five() {
    let system = &Evaluator::of::<Solvency<8>>().system;
    assert_eq!((system.num_advice_columns(), system.num_fixed_columns(), system.num_instance_columns()), (2, 4, 3));
    assert_eq!(system.blinding_factors() + 1, assay_circuits::statements::solvency::circuit::BLINDING_ROWS);
    assert_eq!(system.degree(), 5);
}

/// The evaluator takes the fixed columns from synthesis; here they are compared with the layout.
fn fixed_columns_are_those_of_the_layout<const N: usize>() {
    let layout = Solvency::<N>::LAYOUT.fixed();
    let evaluator = Evaluator::of::<Solvency<N>>();
    assert_eq!(evaluator.fixed, [layout.limb, layout.round, layout.turn, layout.constant]);
}

#[test]
fn synthesis_writes_the_fixed_columns_of_the_layout() {
    fixed_columns_are_those_of_the_layout::<8>();
    fixed_columns_are_those_of_the_layout::<16>();
    fixed_columns_are_those_of_the_layout::<32>();
}

pub(crate) fn synthesis_writes_the_assigned_columns<S: Subject>() {
    let (instance, witness) = S::example();
    let columns = S::assign_for(&instance, &witness, &mock_challenges::<S>(), 3);
    let prover = mock_prover::<S>(&columns);
    let evaluator = Evaluator::of::<S>();
    let (system, usable) = (&evaluator.system, evaluator.usable);
    for (query, expected) in system.advice_queries().iter().map(|(column, _)| (column, &columns.advice[column.index()]))
    {
        for (row, cell) in prover.advice_values(*query).iter().enumerate() {
            match cell {
                AdviceCellValue::Assigned(value) => assert_eq!(value.evaluate(), expected[row], "row {row}"),
                AdviceCellValue::Poison(_) => assert!(row >= usable, "row {row} is left to halo2"),
            }
        }
    }
    assert_eq!(prover.verify(), Ok(()));
}

pub(crate) fn filler_is_fresh_in_every_assignment<S: Subject>() {
    let (instance, witness) = S::example();
    let challenges = mock_challenges::<S>();
    let [one, two] = [1, 2].map(|seed| S::assign_for(&instance, &witness, &challenges, seed));
    let filler = instance.circuit().filler();
    for cell in Evaluator::of::<S>().cells() {
        let Cell::Advice(column, row) = cell else { unreachable!("a private cell") };
        assert_eq!(one.get(cell) != two.get(cell), filler[column].contains(&row), "{cell:?}");
    }
}
