//! Time and memory of proofs by shape, and the page about them.
//!
//! `shapes` measures every shape, each in a process of its own, writes `benches/results/shapes.json` and then what
//! `shapes render` writes: the tables of `docs/src/cost-model.md` and its chart. It runs from the root of the repository,
//! for some three minutes on two cores, and wants a machine that does nothing else. On a busy one `shapes one-thread` measures
//! processor time on one thread and leaves the columns for two empty. `shapes of SHAPE DIR one|both` is the process of a shape.
//! `shapes prove N THREADS` makes N proofs, for profilers.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use assay_benches::shapes::page::{Stored, chart, largest_errors, render};
use assay_benches::shapes::{Measured, Shape, Threads, all, measure, prepare, stages};
use assay_benches::{development_keys, example, on_threads};
use assay_circuits::proof::prove;
use assay_circuits::srs::Srs;
use rand_core::OsRng;

type Failure = Box<dyn Error + Send + Sync>;

const RESULTS: &str = "benches/results/shapes.json";
const PAGE: &str = "docs/src/cost-model.md";
const CHART: &str = "docs/src/images/shapes.svg";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            measure_all(Threads::OneAndTwo)?;
            write_page()
        }
        ["one-thread"] => {
            measure_all(Threads::One)?;
            write_page()
        }
        ["render"] => write_page(),
        ["of", shape, directory, threads @ ("one" | "both")] => {
            let threads = if threads == "one" { Threads::One } else { Threads::OneAndTwo };
            let measured = measure(serde_json::from_str(shape)?, Path::new(directory), threads)?;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
        ["prove", count, threads] => prove_many(count.parse()?, threads.parse()?),
        _ => {
            Err("shapes | shapes one-thread | shapes render | shapes of SHAPE DIR one|both | shapes prove N THREADS"
                .into())
        }
    }
}

fn measure_all(threads: Threads) -> Result<(), Failure> {
    let directory = std::env::temp_dir().join(format!("assay-shapes-{}", std::process::id()));
    std::fs::create_dir(&directory)?;
    let measured = in_processes(&directory, threads);
    std::fs::remove_dir_all(&directory)?;
    let stored = Stored { machine: machine()?, measured: measured?, stages: threads.map(stages) };
    std::fs::write(RESULTS, serde_json::to_string_pretty(&stored)? + "\n")?;
    Ok(())
}

fn in_processes(directory: &Path, threads: Threads) -> Result<Vec<Measured>, Failure> {
    let mut shapes: Vec<(usize, Shape)> = all().into_iter().enumerate().collect();
    // One SRS serves all shapes of a size.
    shapes.sort_by_key(|(_, shape)| shape.work().k);
    let mut srs: Option<Srs> = None;
    let mut measured = Vec::new();
    for (place, shape) in shapes {
        let k = shape.work().k;
        let current = match srs.take() {
            Some(current) if current.k() == k => current,
            _ => Srs::dev(k, OsRng),
        };
        prepare(shape, &current, directory)?;
        srs = Some(current);
        let mut process = Command::new(std::env::current_exe()?);
        let output = process
            .args(["of", &serde_json::to_string(&shape)?])
            .arg(directory)
            .arg(if threads == Threads::One { "one" } else { "both" })
            .output()?;
        if !output.status.success() {
            return Err(format!("{shape:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let one: Measured = serde_json::from_slice(&output.stdout)?;
        eprintln!("{one:?}");
        measured.push((place, one));
    }
    measured.sort_by_key(|(place, _)| *place);
    Ok(measured.into_iter().map(|(_, measured)| measured).collect())
}

fn write_page() -> Result<(), Failure> {
    let stored: Stored = serde_json::from_str(&std::fs::read_to_string(RESULTS)?)?;
    std::fs::write(PAGE, render(&std::fs::read_to_string(PAGE)?, &stored)?)?;
    std::fs::write(CHART, chart(&stored))?;
    for (threads, error) in (1..).zip(largest_errors(&stored)).filter_map(|(threads, error)| Some((threads, error?))) {
        println!("largest error of a prediction, threads={threads}: {error:.1} %");
    }
    Ok(())
}

fn machine() -> Result<String, Failure> {
    let said = |program: &str, arguments: &[&str]| -> Result<String, Failure> {
        Ok(String::from_utf8(Command::new(program).args(arguments).output()?.stdout)?.trim().to_owned())
    };
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    let compiler = said("rustc", &["--version"])?;
    let compiler = compiler.split(" (").next().unwrap_or_default();
    Ok(format!("{model}, {cores} cores; {compiler}; {}", said("date", &["-u", "+%F"])?))
}

fn prove_many(count: usize, threads: usize) -> Result<(), Failure> {
    let (srs, key) = development_keys();
    let (instance, witness) = example(1);
    on_threads(threads, || (0..count).try_for_each(|_| prove(&srs, &key, &instance, &witness, OsRng).map(drop)))?;
    Ok(())
}
