//! Text from files, made safe to show on a terminal.

use std::fmt::{self, Write as _};
use std::path::Path;

/// `text` with every character that could steer a terminal, hide or reorder text written as `\u{…}`.
pub(crate) fn plain(text: impl fmt::Display) -> String {
    let text = text.to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && steers(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// A path as it may be shown.
pub(crate) fn shown(path: &Path) -> String {
    plain(path.display()).replace('\n', "\\n")
}

/// Control characters, invisible ones, and those that change the direction of writing.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A word as a shell reads it back.
pub(crate) fn quoted(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A decimal number with a separator between thousands; what follows it, such as a unit, stays.
pub(crate) fn grouped(number: &str) -> String {
    let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let whole = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let mut out = String::from(sign);
    for (index, c) in unsigned.char_indices() {
        if index > 0 && index < whole && (whole - index) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(plain("a\u{1b}[2Jb\u{9b}31mc\u{202e}d\u{7}"), "a\\u{1b}[2Jb\\u{9b}31mc\\u{202e}d\\u{7}");
        assert_eq!(plain("WETH 1.5 é ✓"), "WETH 1.5 é ✓");
        assert_eq!(shown(Path::new("a\nb")), "a\\nb");
    }

    #[test]
    fn quoting_leaves_plain_words_alone() {
        assert_eq!(quoted("--buffer=10%"), "--buffer=10%");
        assert_eq!(quoted("a b'c"), "'a b'\\''c'");
    }

    #[test]
    fn thousands_are_parted() {
        assert_eq!(grouped("1234567.123456"), "1,234,567.123456");
        assert_eq!(grouped("-123456"), "-123,456");
        assert_eq!(grouped("30 %"), "30 %");
        assert_eq!(grouped("1000 USD"), "1,000 USD");
        assert_eq!(grouped("0.000001"), "0.000001");
    }
}
