//! What verification costs, compared with `snapshots/Halo2Verifier.json`, the tables and the chart of the book, and what the
//! registry costs with it, compared with `snapshots/transactions.json`, from which `gas.mjs` makes rows of the book.
//!
//! `ASSAY_GAS=1` writes them anew.

#[path = "common/chart.rs"]
mod chart;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::common::agreement::{MEASURED, agreement, name};
use crate::common::chain::{ANYONE, STORED, WORLD, World};
use crate::common::covenants::{COVENANTS, Claim, words};
use crate::common::registry::{recordLapseCall, statusCall};
use crate::common::scenario::{HUNDRED, SUBJECT};
use crate::common::{CODE, Call, Development, FIXTURES, batch_calldata, call, call_code, call_inspected, call_under};
use assay_circuits::Size;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::statements::solvency::row;
use chart::Line;
use plotters::style::RGBColor;
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
/// Gas of a whole transaction that verifies eight covenants over eight assets, at most.
const COVENANTS_LIMIT: u64 = 440_000;
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

/// What verification costs for a number of assets.
struct Cost {
    size: Size,
    /// Bytes of the calldata of one attestation.
    calldata: usize,
    one: u64,
    /// Each of eight in a batch.
    batched: u64,
    /// Bytes of runtime code.
    code: usize,
}

impl Cost {
    fn of_eight() -> Self {
        let data = FIXTURES[0].calldata();
        let (one, batched) = (call(&data), batch(8));
        Self::new(Size::Eight, data.len(), &one, &batched, CODE.len())
    }

    fn read(size: Size) -> Self {
        let development = Development::read(size);
        let data = development.fixtures[0].calldata();
        let batched = development.call(&batch_calldata(&development.batch(8)));
        Self::new(size, data.len(), &development.call(&data), &batched, development.code.len())
    }

    fn new(size: Size, calldata: usize, one: &Call, batched: &Call, code: usize) -> Self {
        assert!(one.accepted() && batched.accepted(), "{size}");
        Self { size, calldata, one: one.gas, batched: batched.gas / 8, code }
    }
}

/// The table and the chart of gas by number of assets.
fn by_assets(figures: &mut Map<String, Value>) -> (String, String) {
    let larger = [Size::Sixteen, Size::ThirtyTwo, Size::SixtyFour].map(Cost::read);
    let costs: Vec<Cost> = [Cost::of_eight()].into_iter().chain(larger).collect();
    let mut text = String::from(
        "| assets | rows | public inputs | calldata, bytes | one attestation | each of eight in a batch | one, for each asset \
         | runtime code, bytes |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for cost in &costs {
        let (size, assets) = (cost.size, cost.size.assets());
        let rows = 1 << Layout::new(size).k();
        let cells = [rows, row::len(size) as u64, cost.calldata as u64, cost.one, cost.batched];
        let rest = [cost.one / assets as u64, cost.code as u64];
        let cells: Vec<String> = cells.into_iter().chain(rest).map(thousands).collect();
        writeln!(text, "| {assets} | {} |", cells.join(" | ")).expect("memory");
        for (what, figure) in [
            ("verify", cost.one),
            ("verifyBatch, each of 8", cost.batched),
            ("calldata, bytes", cost.calldata as u64),
            ("runtime code, bytes", cost.code as u64),
        ] {
            figures.insert(format!("{assets} assets, {what}"), json!(figure));
        }
    }
    let line = |name, colour, gas: fn(&Cost) -> u64| {
        let points = costs.iter().map(|cost| (u32::try_from(cost.size.assets()).expect("few"), gas(cost))).collect();
        Line { name, colour, points }
    };
    let lines = [
        line("one attestation", RGBColor(29, 78, 216), |cost| cost.one),
        line("each of eight in a batch", RGBColor(180, 83, 9), |cost| cost.batched),
        line("one attestation, for each asset", RGBColor(21, 128, 61), |cost| cost.one / cost.size.assets() as u64),
    ];
    (text, chart::draw(&lines))
}

/// What an agreement's covenants cost, by its place in [`MEASURED`]: calldata, and the whole transaction.
fn of_agreement(number: usize) -> (Claim, Call) {
    let (shape, count) = MEASURED[number];
    let stored: Value = serde_json::from_str(include_str!("fixtures/covenants.json")).expect("JSON");
    let stored = &stored[number];
    assert_eq!((&stored["shape"], &stored["covenants"]), (&json!(name(shape)), &json!(count)));
    let proof = hex::decode(&stored["proof"].as_str().expect("text")[2..]).expect("hexadecimal");
    let claim = Claim { inputs: words(&agreement(shape, count).0), proof };
    let covenants = COVENANTS.iter().find(|covenants| covenants.shape == shape).expect("a contract");
    assert!(covenants.rust_accepts(&claim), "{shape}: run the example `fixtures`");
    let call = covenants.call(&claim.calldata());
    assert!(call.accepted(), "{shape}");
    (claim, call)
}

/// The table of gas by number of covenants, and its figures.
fn by_covenants() -> (Map<String, Value>, String) {
    let mut figures = Map::new();
    let mut text = String::from(
        "| commitments | assets | covenants | coefficients | calldata, bytes | calldata, gas | one attestation | under the \
         rules of Cancun | each of four in a batch | runtime code, bytes |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for (number, (shape, count)) in MEASURED.into_iter().enumerate() {
        let (claim, call) = of_agreement(number);
        let covenants = COVENANTS.iter().find(|covenants| covenants.shape == shape).expect("a contract");
        let batched = covenants.call(&batch_calldata(&vec![(claim.proof.clone(), claim.inputs.clone()); 4]));
        assert!(batched.accepted(), "{shape}");
        let data = claim.calldata();
        let price: u64 = data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
        let coefficients = &claim.inputs[claim.inputs.len() - shape.rows() * shape.terms()..];
        let coefficients = coefficients.iter().filter(|word| !word.is_zero()).count();
        let cells =
            [shape.commitments(), shape.size().assets(), count, coefficients, data.len()].map(|cell| cell as u64);
        let cancun = call_code(&covenants.code, SpecId::CANCUN, &data, 16_000_000).expect("a valid transaction").gas;
        let rest = [price, call.gas, cancun, batched.gas / 4, covenants.code.len() as u64];
        let cells: Vec<String> = cells.into_iter().chain(rest).map(thousands).collect();
        writeln!(text, "| {} |", cells.join(" | ")).expect("memory");
        for (what, figure) in [
            ("verify", call.gas),
            ("verify, under the rules of Cancun", cancun),
            ("verifyBatch, each of 4", batched.gas / 4),
        ] {
            figures.insert(format!("{}, {count} covenants, {what}", name(shape)), json!(figure));
        }
        figures.insert(format!("{}, runtime code, bytes", name(shape)), json!(covenants.code.len()));
    }
    (figures, text)
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}

const BEGIN: &str = "<!-- gas of Halo2Verifier: written by its test -->\n";
const BEGIN_ASSETS: &str = "<!-- gas by number of assets: written by the same test -->\n";
const BEGIN_COVENANTS: &str = "<!-- gas by number of covenants: written by the same test -->\n";
const END: &str = "<!-- end -->";

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// `page` with `table` after the mark `begin`.
fn with_table(page: &str, begin: &str, table: &str) -> String {
    let (before, rest) = page.split_once(begin).expect("the page has the place for the table");
    let (_, after) = rest.split_once(END).expect("the table has an end");
    format!("{before}{begin}\n{table}\n{END}{after}")
}

#[test]
fn figures_are_those_of_the_snapshot_and_the_book() {
    let (mut figures, text) = measure();
    let (assets, chart) = by_assets(&mut figures);
    let figures = serde_json::to_string_pretty(&Value::Object(figures)).expect("JSON") + "\n";
    let [snapshot, page, image] =
        ["snapshots/Halo2Verifier.json", "../../docs/src/on-chain.md", "../../docs/src/images/gas-by-assets.svg"]
            .map(|name| path("..").join(name));
    let read = |path: &Path| std::fs::read_to_string(path).expect("part of the tree");
    if std::env::var_os("ASSAY_GAS").is_some() {
        let book = with_table(&with_table(&read(&page), BEGIN, &text), BEGIN_ASSETS, &assets);
        for (path, content) in [(snapshot, figures), (page, book), (image, chart)] {
            std::fs::write(path, content).expect("it can be written");
        }
        return;
    }
    assert!(read(&snapshot) == figures, "gas has changed; ASSAY_GAS=1 writes the new figures:\n{figures}");
    let book = read(&page);
    let written = with_table(&with_table(&book, BEGIN, &text), BEGIN_ASSETS, &assets);
    assert!(book == written, "the book's tables are others; ASSAY_GAS=1 writes them:\n{text}\n{assets}");
    assert!(read(&image) == chart, "the book's chart is another; ASSAY_GAS=1 draws it");
}

#[test]
fn figures_of_covenants_are_those_of_the_snapshot_and_the_book() {
    let (figures, text) = by_covenants();
    let figures = serde_json::to_string_pretty(&Value::Object(figures)).expect("JSON") + "\n";
    let [snapshot, page] = ["snapshots/covenants.json", "../../docs/src/on-chain.md"].map(|name| path("..").join(name));
    let read = |path: &Path| std::fs::read_to_string(path).expect("part of the tree");
    if std::env::var_os("ASSAY_GAS").is_some() {
        let book = with_table(&read(&page), BEGIN_COVENANTS, &text);
        for (path, content) in [(snapshot, figures), (page, book)] {
            std::fs::write(path, content).expect("it can be written");
        }
        return;
    }
    assert!(read(&snapshot) == figures, "gas has changed; ASSAY_GAS=1 writes the new figures:\n{figures}");
    let book = read(&page);
    assert!(
        book == with_table(&book, BEGIN_COVENANTS, &text),
        "the book's table is another; ASSAY_GAS=1 writes it:\n{text}"
    );
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
    let eight = MEASURED.iter().position(|(_, count)| *count == 8).expect("measured");
    assert!(of_agreement(eight).1.gas <= COVENANTS_LIMIT);
    assert!(CODE.len() <= CODE_LIMIT, "{} bytes", CODE.len());
}
