//! How much memory a process has used, as Linux counts it.

use std::path::Path;

/// The most resident memory of process `id` since it was started, in bytes, and of the processes below it that still
/// run, summed; program text is included. `None` away from Linux and where there is no such process.
#[must_use]
pub fn peak(id: u32) -> Option<u64> {
    let own = status_bytes(&status(id)?, "VmHWM:")?;
    Some(children(id).into_iter().filter_map(peak).fold(own, u64::saturating_add))
}

fn status(id: u32) -> Option<String> {
    std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status")).ok()
}

/// A line of a process's status in kibibytes, as bytes.
fn status_bytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn children(id: u32) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parent = |child: &u32| {
        let status = status(*child)?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse::<u32>().ok()
    };
    ids.filter(|child| parent(child) == Some(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kibibytes_are_read_as_bytes() {
        assert_eq!(status_bytes("VmPeak:\t 9 kB\nVmHWM:\t   12 kB\n", "VmHWM:"), Some(12 << 10));
        assert_eq!(status_bytes("VmHWM:\t12\n", "VmHWM:"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_is_counted_with_its_children() {
        use std::io::{BufRead, BufReader};
        use std::process::{Command, Stdio};

        // The shell answers once it has started its child, and runs on until its input ends.
        let script = "sleep 60 & echo $!; read -r line; kill $!";
        let mut shell = Command::new("sh").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let shell = shell.as_mut().expect("sh");
        let mut line = String::new();
        BufReader::new(shell.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let own = status(shell.id()).and_then(|status| status_bytes(&status, "VmHWM:")).expect("it runs");
        let (found, together) = (children(shell.id()), peak(shell.id()).expect("it runs"));
        drop(shell.stdin.take());
        shell.wait().expect("it ended");
        assert_eq!(found, [line.trim().parse::<u32>().expect("a process")]);
        assert!(together > own);
    }
}
