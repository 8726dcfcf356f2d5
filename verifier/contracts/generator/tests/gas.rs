//! What verification costs, compared with `snapshots/Halo2Verifier.json` and the tables of the book, and what the
//! registry costs with it, compared with `snapshots/transactions.json`, from which `gas.mjs` makes rows of the book.
//!
//! `ASSAY_GAS=1` writes them anew.

mod common;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use common::chain::{ANYONE, STORED, WORLD, World};
use common::registry::{recordLapseCall, statusCall};
use common::scenario::{HUNDRED, SUBJECT};
use common::{CODE, Call, FIXTURES, batch_calldata, call, call_inspected, call_under};
use revm::interpreter::{CallInputs, CallOutcome};
use revm::primitives::hardfork::SpecId;
use revm::{Inspector, primitives::Address};
use serde_json::{Map, Value, json};

/// Gas of a whole transaction that verifies one attestation, at most.
const LIMIT: u64 = 269_000;
/// Gas for each of eight attestations in a batch, at most.
const BATCH_LIMIT: u64 = 140_000;
/// Gas of a whole transaction that records an attestation about two assets, at most.
const ATTEST_LIMIT: u64 = 600_000;
/// Bytes of runtime code, at most.
const CODE_LIMIT: usize = 12_000;

/// Gas used by each precompiled contract, and how often it was called.
#[derive(Default)]
struct Precompiles([(u64, u64); 16]);

impl<C> Inspector<C> for Precompiles {
    fn call_end(&mut self, _: &mut C, inputs: &CallInputs, outcome: &mut CallOutcome) {
        let address = inputs.bytecode_address;
        if address < Address::with_last_byte(16) {
            let of = &mut self.0[usize::from(address.0[19])];
            *of = (of.0 + 1, of.1 + outcome.result.gas.spent());
        }
    }
}

fn batch(n: usize) -> Call {
    let of = |i: usize| (FIXTURES[i % FIXTURES.len()].proof.clone(), FIXTURES[i % FIXTURES.len()].inputs());
    call(&batch_calldata(&(0..n).map(of).collect::<Vec<_>>()))
}

/// Sizes of batches in the table.
const SIZES: [usize; 7] = [1, 2, 4, 8, 16, 24, 32];

fn measure() -> (Map<String, Value>, String) {
    let mut figures = Map::new();
    let mut text = String::new();
    let mut put = |name: String, gas: u64| figures.insert(name, json!(gas));

    let data = FIXTURES[0].calldata();
    let widest = FIXTURES.last().expect("some").calldata();
    let mut precompiles = Precompiles::default();
    let verdict = call_inspected(&data, &mut precompiles);
    assert!(verdict.accepted());
    let calldata: u64 = data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
    let mut rest = verdict.gas - 21_000 - calldata;
    let mut steps = vec![("the transaction", 1, 21_000), ("calldata, 1,892 bytes", 1, calldata)];
    for (name, address) in [("multiplications", 7), ("additions", 6), ("pairing of two pairs", 8), ("inversion", 5)] {
        let (count, gas) = precompiles.0[address];
        rest -= gas;
        steps.push((name, count, gas));
    }
    steps.push(("calls, hashing, field arithmetic, checks", 1, rest));
    text.push_str("| step | times | gas |\n|---|---|---|\n");
    for (name, count, gas) in steps {
        let times = if count == 1 { String::new() } else { count.to_string() };
        writeln!(text, "| {name} | {times} | {} |", thousands(gas)).expect("memory");
        put(format!("verify, {name}"), gas);
    }
    writeln!(text, "| **one attestation** | | **{}** |", thousands(verdict.gas)).expect("memory");
    put("verify".to_owned(), verdict.gas);
    let others = [
        ("the widest public inputs", call(&widest).gas),
        ("under the rules of Cancun", call_under(SpecId::CANCUN, &data).gas),
    ];
    for (name, gas) in others {
        writeln!(text, "| {name} | | {} |", thousands(gas)).expect("memory");
        put(format!("verify, {name}"), gas);
    }

    text.push_str("\n| attestations in a batch | gas for each | in all |\n|---|---|---|\n");
    for n in SIZES {
        let verdict = batch(n);
        assert!(verdict.accepted(), "{n}");
        writeln!(text, "| {n} | {} | {} |", thousands(verdict.gas / n as u64), thousands(verdict.gas)).expect("memory");
        put(format!("verifyBatch, {n}"), verdict.gas);
    }
    writeln!(text, "\nRuntime code: {} bytes.", thousands(CODE.len() as u64)).expect("memory");
    put("runtime code, bytes".to_owned(), CODE.len() as u64);
    (figures, text)
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}

const BEGIN: &str = "<!-- gas of Halo2Verifier: written by its test -->\n";
const END: &str = "<!-- end -->";

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

#[test]
fn figures_are_those_of_the_snapshot_and_the_book() {
    let (figures, text) = measure();
    let figures = serde_json::to_string_pretty(&Value::Object(figures)).expect("JSON") + "\n";
    let (snapshot, page) = (path("../snapshots/Halo2Verifier.json"), path("../../../docs/src/on-chain.md"));
    let book = std::fs::read_to_string(&page).expect("part of the tree");
    let (before, rest) = book.split_once(BEGIN).expect("the page has the place for the table");
    let (table, after) = rest.split_once(END).expect("the table has an end");
    if std::env::var_os("ASSAY_GAS").is_some() {
        std::fs::write(&snapshot, &figures).expect("it can be written");
        std::fs::write(&page, format!("{before}{BEGIN}\n{text}\n{END}{after}")).expect("it can be written");
        return;
    }
    let stored = std::fs::read_to_string(&snapshot).expect("part of the tree");
    assert!(stored == figures, "gas has changed; ASSAY_GAS=1 writes the new figures:\n{figures}");
    assert!(table.trim() == text.trim(), "the book's table is another; ASSAY_GAS=1 writes it:\n{text}");
}

/// Gas of whole transactions to the registry and the board of two assets with three sources each.
fn transactions() -> Map<String, Value> {
    let mut world: World = WORLD.clone();
    let (registry, subject, id) = (world.places.registry, SUBJECT, STORED[0].claim.policyId);
    let mut figures = Map::new();
    let mut put = |name: &str, gas: u64| figures.insert(name.to_owned(), json!(gas));
    put("attest, the first, with the verifier", world.attest_stored(&STORED[0]).done().gas);
    put("attest, a later one, with the verifier", world.attest_stored(&STORED[1]).done().gas);
    put("status", world.send(ANYONE, registry, &statusCall { subject, policyId: id }).done().gas);
    world.time += 7_200;
    put("refreshAll, two assets, three sources each", world.refresh(HUNDRED).gas);
    put("publishAnchor, a newer one, two signatures", world.publish_anchor(registry, &STORED[2].anchor).done().gas);
    put("recordLapse", world.send(ANYONE, registry, &recordLapseCall { subject, policyId: id }).done().gas);
    figures
}

#[test]
fn figures_of_the_registry_are_those_of_the_snapshot() {
    let figures = serde_json::to_string_pretty(&Value::Object(transactions())).expect("JSON") + "\n";
    let snapshot = path("../snapshots/transactions.json");
    if std::env::var_os("ASSAY_GAS").is_some() {
        std::fs::write(&snapshot, &figures).expect("it can be written");
        return;
    }
    let stored = std::fs::read_to_string(&snapshot).expect("part of the tree");
    let cure = "ASSAY_GAS=1 writes the new figures, and gas.mjs the page";
    assert!(stored == figures, "gas has changed; {cure}:\n{figures}");
}

#[test]
fn gas_and_code_stay_within_their_limits() {
    for fixture in FIXTURES.iter() {
        assert!(call(&fixture.calldata()).gas <= LIMIT);
    }
    assert!(WORLD.clone().attest_stored(&STORED[0]).done().gas <= ATTEST_LIMIT);
    assert!(batch(8).gas <= 8 * BATCH_LIMIT);
    assert!(CODE.len() <= CODE_LIMIT, "{} bytes", CODE.len());
}
