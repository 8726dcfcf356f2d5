//! Times as unix seconds; RFC 3339 where people read and write them.

use jiff::Timestamp;

/// The clock, in unix seconds.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or(0)
}

/// The last second that files can say: the end of the year 9999.
pub(crate) const LAST: u64 = 253_402_300_799;

/// Reads an RFC 3339 time with an offset.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let timestamp: Timestamp = text.parse().ok()?;
    u64::try_from(timestamp.as_second()).ok()
}

/// Reads an RFC 3339 time, or a span after `now` such as `+24h` (units m, h, d).
pub(crate) fn parse_relative(text: &str, now: u64) -> Option<u64> {
    let Some(span) = text.strip_prefix('+') else { return parse(text) };
    let unit = span.chars().next_back()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = &span[..span.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    now.checked_add(digits.parse::<u64>().ok()?.checked_mul(seconds)?)
}

/// A span of seconds in its two largest units.
pub(crate) fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rfc_3339_or_a_span_from_now() {
        assert_eq!(parse("1970-01-01T00:01:00Z"), Some(60));
        assert_eq!(parse_relative("+24h", 100), Some(86_500));
        assert_eq!(parse_relative("+2d", 0), Some(172_800));
        for wrong in ["+", "+h", "+1w", "+-1h", "24h", "2030-01-01", "+99999999999999999999h", "+1é"] {
            assert_eq!(parse_relative(wrong, 0), None, "{wrong}");
        }
        assert_eq!(span(90_000), "1 d 1 h");
    }
}
