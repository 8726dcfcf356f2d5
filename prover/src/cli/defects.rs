//! Panics as failures: with the exit code of a defect, with JSON where that was asked for, and without their message,
//! which might hold a secret.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use crate::cli::error::{Failure, Kind};

/// Where the last panic was, in this program's source.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Runs `job`; a panic in it is a failure that says where.
///
/// # Errors
/// As `job`, and exit 1 where it panics.
pub(crate) fn caught<T>(job: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|location| format!("{}:{}", location.file(), location.line()));
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    panic::catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|_| {
        let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = place.unwrap_or_else(|| "an unknown place".to_owned());
        Err(Failure::new(Kind::Internal, format!("a defect of this program, at {place}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_that_keeps_its_message_to_itself() {
        let secret = "7731";
        let failure = caught(|| -> Result<(), Failure> { panic!("amount {secret}") }).expect_err("a panic");
        assert_eq!(failure.kind, Kind::Internal);
        assert!(failure.message.contains("defects.rs:") && !failure.message.contains(secret), "{}", failure.message);
        assert!(caught(|| Ok(())).is_ok());
        let _ = panic::take_hook();
    }
}
