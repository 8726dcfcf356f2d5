//! How much memory a process has used: its heap, counted by the allocator, and its resident set, as Linux counts it.

use std::fmt;

pub use peak_alloc::PeakAlloc;

/// Memory at one moment, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Heap in use.
    pub heap: usize,
    /// The most heap in use since the last [`Usage::reset_peak`].
    pub heap_peak: usize,
    /// The most resident memory since the process started, its program text included; `None` away from Linux.
    pub resident_peak: Option<usize>,
}

impl Usage {
    /// Reads the counters; `heap` is the process's global allocator.
    #[must_use]
    pub fn read(heap: &PeakAlloc) -> Self {
        Self { heap: heap.current_usage(), heap_peak: heap.peak_usage(), resident_peak: resident_peak() }
    }

    /// From here on, the peak of the heap is counted anew.
    pub fn reset_peak(heap: &PeakAlloc) {
        heap.reset_peak_usage();
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resident = self.resident_peak.map_or_else(|| "not known".to_owned(), mebibytes);
        write!(f, "{} | {} | {resident}", mebibytes(self.heap), mebibytes(self.heap_peak))
    }
}

/// `VmHWM` of `/proc/self/status`, which is in kibibytes.
fn resident_peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok().map(|kibibytes| kibibytes << 10)
}

/// In MiB, with one decimal.
fn mebibytes(bytes: usize) -> String {
    let tenths = (bytes * 10 + (1 << 19)) >> 20;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_a_tenth_of_a_mebibyte() {
        assert_eq!(mebibytes(0), "0.0 MiB");
        assert_eq!(mebibytes(20 << 20), "20.0 MiB");
        assert_eq!(mebibytes((3 << 20) + (1 << 19) + (1 << 18)), "3.8 MiB");
    }
}
