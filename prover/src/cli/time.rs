//! Times as unix seconds; RFC 3339 where people read and write them.

use jiff::Timestamp;

/// The clock, in unix seconds.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or(0)
}

/// Reads an RFC 3339 time in whole seconds, `2030-01-31T12:00:00` and `Z` or an offset such as `+01:00`. Nothing that is
/// written is cut off.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let (time, offset) = shape.split_at_checked(19)?;
    let leap = text.get(17..19) == Some("60");
    if time != "0000-00-00T00:00:00" || !["Z", "+00:00", "-00:00"].contains(&offset) || leap {
        return None;
    }
    let timestamp: Timestamp = text.parse().ok()?;
    u64::try_from(timestamp.as_second()).ok()
}

/// Reads an RFC 3339 time, or a span after `now` such as `+24h` (units m, h, d), as far as files can say it.
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
    let time = now.checked_add(digits.parse::<u64>().ok()?.checked_mul(seconds)?)?;
    let last = u64::try_from(Timestamp::MAX.as_second()).ok()?;
    (time <= last).then_some(time)
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
    fn every_time_that_is_taken_can_be_written_and_read_again() {
        let last = parse("9999-12-30T22:00:00Z").expect("the last second that files can say");
        assert_eq!(parse(&assay_verifier::format_time(last)), Some(last));
        for beyond in ["9999-12-30T22:00:01Z", "9999-12-31T23:59:59Z"] {
            assert_eq!(parse(beyond), None, "{beyond}");
        }
        assert_eq!(parse_relative("+1m", last - 60), Some(last));
        assert_eq!(parse_relative("+1m", last - 59), None);
    }

    #[test]
    fn a_time_is_rfc_3339_or_a_span_from_now() {
        assert_eq!(parse("1970-01-01T00:01:00Z"), Some(60));
        assert_eq!(parse_relative("+24h", 100), Some(86_500));
        assert_eq!(parse_relative("+2d", 0), Some(172_800));
        for wrong in ["+", "+h", "+1w", "+-1h", "24h", "2030-01-01", "+99999999999999999999h", "+1é"] {
            assert_eq!(parse_relative(wrong, 0), None, "{wrong}");
        }
        for cut in ["1970-01-01T00:01:00.5Z", "1970-01-01 00:01:00Z", "1970-01-01T00:01:60Z", "1970-01-01T00:01Z"] {
            assert_eq!(parse(cut), None, "{cut}");
        }
        assert_eq!(parse("1970-01-01T01:01:00+01:00"), Some(60));
        assert_eq!(span(90_000), "1 d 1 h");
    }
}
