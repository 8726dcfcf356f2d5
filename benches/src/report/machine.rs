//! What the run was made on and of.

use std::path::Path;
use std::process::Command;

use super::{Machine, Run};
use crate::contender::{cores, has_taskset};

/// What a program says, without the space around it; `None` where it cannot be run or fails.
fn said(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The first line of a file that starts with `name`, after its colon.
fn line_of(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Looks at the machine as it is now.
pub(super) fn machine(root: &Path) -> Machine {
    let unknown = || "not known".to_owned();
    let memory = line_of("/proc/meminfo", "MemTotal").and_then(|text| text.strip_suffix(" kB")?.parse::<u64>().ok());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    Machine {
        cpu: line_of("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        memory_bytes: memory.unwrap_or_default() * 1024,
        rustc: said("rustc", &["--version"], root).unwrap_or_else(unknown),
        node: said("node", &["--version"], root),
        load_average: load.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default(),
        pinned: has_taskset() && cores().len() >= 2,
    }
}

/// A run of now of the tree as it is now, without its length.
pub(super) fn run(root: &Path, rounds: usize) -> Run {
    let changed = said("git", &["status", "--porcelain", "--untracked-files=no"], root);
    Run {
        date: jiff::Timestamp::now().strftime("%F").to_string(),
        commit: said("git", &["rev-parse", "HEAD"], root).unwrap_or_else(|| "not known".to_owned()),
        clean: changed.is_some_and(|changed| changed.is_empty()),
        rounds,
        seconds: 0,
    }
}
