//! The wiring as data: which constraint is active where, and which cells it reads there.
//!
//! There is no copy constraint, so this table is all that ties cells together. It is written out for eight assets with
//! literal rows, independently of the layout's code; for other sizes the general properties are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use assay_circuits::Fr;
use assay_circuits::solvency::circuit::{BLINDING_ROWS, SolvencyCircuit};
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::row;
use ff::Field;
use halo2_proofs::dev::{AdviceCellValue, CellValue};
use halo2_proofs::plonk::{Circuit, ConstraintSystem};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::evaluator::{COLUMN_NAMES, Cell, Columns, Evaluator, Failure};
use crate::support::{example, mock_prover};

/// First rows of the difference block and of the four blocks of two assets.
const DIFFERENCE: usize = 0;
const BLOCKS: [usize; 4] = [148, 354, 560, 766];
/// First rows of the five permutations.
const PERMUTATIONS: [usize; 5] = [65, 271, 477, 683, 889];

fn at(starts: &[usize], offsets: &[RangeInclusive<usize>]) -> Vec<usize> {
    starts.iter().flat_map(|start| offsets.iter().cloned().flatten().map(move |offset| start + offset)).collect()
}

/// One line of the table: gate, constraint, active rows, cells read relative to the row, public inputs by name.
type Wire = (&'static str, &'static str, Vec<usize>, &'static str);

#[rustfmt::skip]
fn table() -> Vec<Wire> {
    let limbs = || [at(&[DIFFERENCE], &[0..=61]), at(&BLOCKS, &[0..=119])].concat();
    let edges = || [at(&[DIFFERENCE], &[0..=1]), at(&BLOCKS, &[0..=1])].concat();
    let heads = || at(&BLOCKS, &[119..=119]);
    let head = |pair: usize| at(&[BLOCKS[pair]], &[119..=119]);
    let in_permutations = |offsets: &[RangeInclusive<usize>]| at(&PERMUTATIONS, offsets);
    let full = || in_permutations(&[0..=0, 3..=3, 6..=6, 9..=9, 71..=71, 74..=74, 77..=77]);
    let last = |permutations: &[usize]| at(permutations, &[80..=80]);
    vec![
        ("limb", "a(2) − 4·a(0) ∈ {0, 1, 2, 3}", limbs(), "a0 a2"),
        ("limb", "b(2) − 4·b(0) ∈ {0, 1, 2, 3}", limbs(), "b0 b2"),
        ("edge", "a(0) = 0", edges(), "a0"),
        ("edge", "b(0) = 0", edges(), "b0"),
        ("heads", "lane 1 = x_2p + 2^120·y_2p + constant", heads(), "a1 a4 b1"),
        ("heads", "lane 2 = x_2p+1 + 2^120·y_2p+1 + constant", heads(), "a2 a5 b2"),
        ("heads", "acc = Σ w·x − Σ v·y + carry·next acc", head(0), "a1 a2 a3 a209 b1 b2 w0 w1 v0 v1"),
        ("heads", "acc = Σ w·x − Σ v·y + carry·next acc", head(1), "a1 a2 a3 a209 b1 b2 w2 w3 v2 v3"),
        ("heads", "acc = Σ w·x − Σ v·y + carry·next acc", head(2), "a1 a2 a3 a209 b1 b2 w4 w5 v4 v5"),
        ("heads", "acc = Σ w·x − Σ v·y + carry·next acc", head(3), "a1 a2 a3 b1 b2 w6 w7 v6 v7"),
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
        ("output", "M₀·u = carry·next capacity + C", last(&PERMUTATIONS[..4]), "a0 a1 a2 a128 b0 b1 b2"),
        ("output", "M₀·u = carry·next capacity + C", last(&PERMUTATIONS[4..]), "a0 a1 a2 b0 b1 b2 C"),
    ]
}

fn input_name(index: usize) -> String {
    match index {
        row::COMMITMENT => "C".to_owned(),
        row::CONTEXT => "context".to_owned(),
        row::MARGIN => "m".to_owned(),
        3..11 => format!("w{}", index - 3),
        _ => format!("v{}", index - 11),
    }
}

#[test]
fn active_constraints_and_the_cells_they_read_are_exactly_those_of_the_table() {
    let evaluator = Evaluator::<8>::shared();
    let mut found = BTreeMap::new();
    for constraint in &evaluator.constraints {
        for (row, cells) in &constraint.rows {
            let reads: BTreeSet<String> = cells
                .iter()
                .map(|cell| match *cell {
                    Cell::Advice(column, read) => format!("{}{}", COLUMN_NAMES[column], read as i64 - *row as i64),
                    Cell::Input(index) => input_name(index),
                })
                .collect();
            found.insert((constraint.gate.as_str(), constraint.name.as_str(), *row), reads);
        }
    }
    let mut expected = BTreeMap::new();
    for (gate, name, rows, reads) in table() {
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
    let fixed = Layout::<8>::fixed();
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

/// Random values everywhere, also where halo2 puts its blinding.
fn noise<const N: usize>(seed: u64) -> Columns {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut column = |length: usize| (0..length).map(|_| Fr::random(&mut rng)).collect::<Vec<_>>();
    let rows = Evaluator::<N>::ROWS;
    Columns { advice: [column(rows), column(rows)], inputs: column(row::len(N)) }
}

fn rows_left_out_are_zero_on_noise<const N: usize>() {
    let (evaluator, columns) = (Evaluator::<N>::shared(), noise::<N>(1));
    for (index, constraint) in evaluator.constraints.iter().enumerate() {
        let active: BTreeSet<usize> = constraint.rows.iter().map(|(row, _)| *row).collect();
        for row in 0..Evaluator::<N>::ROWS {
            let value = evaluator.value(Failure { constraint: index, row }, &columns);
            assert_eq!(
                value != Fr::ZERO,
                active.contains(&row),
                "{}: {} in row {row}",
                constraint.gate,
                constraint.name
            );
        }
    }
}

#[test]
fn a_constraint_is_zero_on_noise_exactly_where_it_is_inactive() {
    rows_left_out_are_zero_on_noise::<8>();
    rows_left_out_are_zero_on_noise::<16>();
    rows_left_out_are_zero_on_noise::<32>();
}

fn every_read_matters<const N: usize>() {
    let (evaluator, mut columns) = (Evaluator::<N>::shared(), noise::<N>(2));
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

#[test]
fn every_cell_that_a_constraint_reads_changes_its_value() {
    every_read_matters::<8>();
    every_read_matters::<16>();
}

fn all_but_filler_is_read<const N: usize>() -> [usize; 2] {
    let evaluator = Evaluator::<N>::shared();
    let usable = Evaluator::<N>::ROWS - BLINDING_ROWS;
    let filler = Layout::<N>::filler(usable);
    for (column, filler) in filler.iter().enumerate() {
        for row in 0..Evaluator::<N>::ROWS {
            let exempt = filler.contains(&row) || row >= usable;
            let readers = evaluator.readers(Cell::Advice(column, row));
            assert_eq!(readers.is_empty(), exempt, "{} in row {row}", COLUMN_NAMES[column]);
        }
    }
    for index in 0..row::len(N) {
        assert_eq!(evaluator.readers(Cell::Input(index)).len(), usize::from(index != row::CONTEXT), "input {index}");
    }
    filler.map(|rows| rows.len())
}

#[test]
fn every_private_cell_is_read_unless_it_is_filler_or_blinding() {
    assert_eq!(all_but_filler_is_read::<8>(), [42, 56]);
    all_but_filler_is_read::<16>();
    all_but_filler_is_read::<32>();
}

#[test]
fn there_is_no_permutation_no_lookup_no_selector_and_no_challenge() {
    let system = &Evaluator::<8>::shared().system;
    assert!(system.permutation().get_columns().is_empty());
    assert!(system.lookups().is_empty());
    assert_eq!((system.num_selectors(), system.num_challenges()), (0, 0));
    assert_eq!((system.num_advice_columns(), system.num_fixed_columns(), system.num_instance_columns()), (2, 4, 3));
    assert_eq!(system.blinding_factors() + 1, BLINDING_ROWS);
    assert_eq!(system.degree(), 5);
}

fn synthesis_writes_the_assigned_columns<const N: usize>() {
    let (instance, witness) = example::<N>();
    let columns = Columns::of(&instance, &witness, 3);
    let prover = mock_prover::<N>(&columns);
    let usable = Evaluator::<N>::ROWS - BLINDING_ROWS;
    let layout = Layout::<N>::fixed();
    assert_eq!(prover.fixed().len(), 4);
    for (synthesised, expected) in prover.fixed().iter().zip([layout.limb, layout.round, layout.turn, layout.constant])
    {
        for (row, expected) in expected.into_iter().enumerate() {
            let value = match synthesised[row] {
                CellValue::Assigned(value) => value,
                CellValue::Unassigned | CellValue::Poison(_) => Fr::ZERO,
            };
            assert_eq!(value, expected, "fixed column in row {row}");
        }
    }
    let config = SolvencyCircuit::<N>::configure(&mut ConstraintSystem::default());
    for (column, expected) in [config.a, config.b].into_iter().zip(&columns.advice) {
        for (row, cell) in prover.advice_values(column).iter().enumerate() {
            match cell {
                AdviceCellValue::Assigned(value) => assert_eq!(value.evaluate(), expected[row], "row {row}"),
                AdviceCellValue::Poison(_) => assert!(row >= usable, "row {row} is left to halo2"),
            }
        }
    }
    assert_eq!(prover.verify(), Ok(()));
}

#[test]
fn synthesis_writes_the_columns_of_layout_and_assignment() {
    synthesis_writes_the_assigned_columns::<8>();
    synthesis_writes_the_assigned_columns::<16>();
    synthesis_writes_the_assigned_columns::<32>();
}

#[test]
fn filler_is_fresh_in_every_assignment() {
    let (instance, witness) = example::<8>();
    let (one, two) = (Columns::of(&instance, &witness, 1), Columns::of(&instance, &witness, 2));
    let filler = Layout::<8>::filler(Evaluator::<8>::ROWS - BLINDING_ROWS);
    for (column, filler) in filler.iter().enumerate() {
        for row in 0..Evaluator::<8>::ROWS {
            let differs = one.advice[column][row] != two.advice[column][row];
            assert_eq!(differs, filler.contains(&row), "{} in row {row}", COLUMN_NAMES[column]);
        }
    }
}
