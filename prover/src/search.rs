//! Where a condition changes, by halving.

/// The greatest of `low ..= high` at which `holds`, which holds up to some number and for none beyond it.
pub(crate) fn greatest(low: u128, high: u128, holds: impl Fn(u128) -> bool) -> Option<u128> {
    if holds(high) {
        return Some(high);
    }
    if !holds(low) {
        return None;
    }
    let (mut held, mut broken) = (low, high);
    while broken - held > 1 {
        let middle = held + (broken - held) / 2;
        *(if holds(middle) { &mut held } else { &mut broken }) = middle;
    }
    Some(held)
}

/// The least of `low ..= high` at which `holds`, which holds from some number on.
pub(crate) fn least(low: u128, high: u128, holds: impl Fn(u128) -> bool) -> Option<u128> {
    if !holds(high) {
        return None;
    }
    match greatest(low, high, |number| !holds(number)) {
        None => Some(low),
        Some(broken) => broken.checked_add(1).filter(|number| *number <= high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_at_which_a_condition_changes_is_found() {
        for edge in 0..40 {
            assert_eq!(greatest(3, 33, |n| n <= edge), (edge >= 3).then_some(edge.min(33)), "{edge}");
            assert_eq!(least(3, 33, |n| n >= edge), (edge <= 33).then_some(edge.max(3)), "{edge}");
        }
        assert_eq!(greatest(0, u128::MAX, |n| n <= 1 << 100), Some(1 << 100));
        assert_eq!(least(0, u128::MAX, |n| n == u128::MAX), Some(u128::MAX));
    }
}
