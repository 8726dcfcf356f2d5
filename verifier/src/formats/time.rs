//! Times as they come: seconds, the clock of a system, a calendar.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// A time in whole seconds since 1970 in UTC. Fractions of a second are cut off. A time before 1970 becomes 0, at which
/// no attestation holds yet that was made later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(pub u64);

impl From<u64> for UnixTime {
    fn from(seconds: u64) -> Self {
        Self(seconds)
    }
}

impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }
}

impl From<Timestamp> for UnixTime {
    fn from(time: Timestamp) -> Self {
        Self(u64::try_from(time.as_second()).unwrap_or(0))
    }
}
