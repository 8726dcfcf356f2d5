//! `position.toml`: what somebody holds and owes, private.
//!
//! ```toml
//! [collateral]
//! WETH = "12.5"
//!
//! [debt]
//! USDC = "10000"
//! ```
//!
//! The parser's own messages quote the line they complain about, so they are never shown: errors give file, line,
//! column, key and kind of mistake.

use assay_circuits::{Amount, Position, Size};
use assay_verifier::{Asset, FormatError, Market, parse_amount};
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads the text of a position in `market`. `size` is that of the commitment to it: the one of the policy's circuit,
/// [`assay_verifier::Policy::circuit`], where the market has no more assets.
///
/// # Errors
/// Line, column and kind of the first mistake; no amount is in it.
pub fn from_toml(text: &str, market: &Market, size: Size) -> Result<Position, FormatError> {
    parse(text, market, size).map_err(|Mistake { at, what }| FormatError {
        place: Some(place(text, at)),
        what,
        mismatch: false,
    })
}

/// What is wrong, and the byte where.
#[derive(Debug)]
struct Mistake {
    at: usize,
    what: String,
}

impl Mistake {
    fn new(span: Range<usize>, what: impl Into<String>) -> Self {
        Self { at: span.start, what: what.into() }
    }
}

fn parse(text: &str, market: &Market, size: Size) -> Result<Position, Mistake> {
    if text.starts_with('\u{feff}') {
        return Err(Mistake::new(0..0, "a byte order mark before the text"));
    }
    let table = DeTable::parse(text).map_err(|error| Mistake {
        at: error.span().map_or(0, |span| span.start),
        what: match error.message() {
            message if message.contains("duplicate key") => "duplicate key",
            message if message.contains("recursion") => "nested too deeply",
            _ => "not valid TOML",
        }
        .to_owned(),
    })?;
    let assets = market.assets();
    let mut position = Position::empty(size.max(market.size()));
    for (key, value) in table.get_ref() {
        let side = match key.get_ref().as_ref() {
            "collateral" => position.collateral_mut(),
            "debt" => position.debt_mut(),
            other => {
                let what = format!("unknown key {}; only the tables [collateral] and [debt] are read", name(other));
                return Err(Mistake::new(key.span(), what));
            }
        };
        let DeValue::Table(entries) = value.get_ref() else {
            let what = format!("{} must be a table, written [{0}]", key.get_ref());
            return Err(Mistake::new(value.span(), what));
        };
        for (symbol, amount) in entries {
            let Some(index) = assets.iter().position(|asset| asset.symbol == symbol.get_ref().as_ref()) else {
                let known: Vec<_> = assets.iter().map(|asset| asset.symbol.as_str()).collect();
                let meant = known.iter().find(|known| known.eq_ignore_ascii_case(symbol.get_ref()));
                let meant = meant.map_or(String::new(), |symbol| format!("; did you mean {symbol}?"));
                let what =
                    format!("unknown asset {}; the market has {}{meant}", name(symbol.get_ref()), known.join(", "));
                return Err(Mistake::new(symbol.span(), what));
            };
            side[index] = read_amount(&assets[index], amount)?;
        }
    }
    Ok(position)
}

fn read_amount(asset: &Asset, value: &Spanned<DeValue<'_>>) -> Result<Amount, Mistake> {
    let symbol = &asset.symbol;
    let wrong = |what: String| Mistake::new(value.span(), format!("{symbol}: {what}"));
    match value.get_ref() {
        DeValue::String(Cow::Borrowed(text)) => {
            parse_amount(text, asset.decimals).map_err(|error| wrong(error.to_string()))
        }
        DeValue::String(Cow::Owned(_)) => Err(wrong("an amount is written without escapes".into())),
        other => {
            let found = match other {
                DeValue::Integer(_) | DeValue::Float(_) => "a number",
                DeValue::Boolean(_) => "a boolean",
                DeValue::Datetime(_) => "a date",
                DeValue::Array(_) => "an array",
                _ => "a table",
            };
            Err(wrong(format!("found {found}; an amount is a decimal string in quotes, such as {symbol} = \"1.5\"")))
        }
    }
}

/// A key as it may be shown: one that looks like an amount in the wrong place is not.
fn name(key: &str) -> String {
    let plain = key.len() <= 24
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && key.bytes().filter(u8::is_ascii_digit).count() <= 2;
    if plain { format!("`{key}`") } else { "(not shown)".to_owned() }
}

/// Line and column, both from 1, of a byte in `text`.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_verifier::example;

    fn market() -> Market {
        Market::from_toml(example::MARKET).expect("the example is in order")
    }

    #[test]
    fn a_position_is_two_tables_of_decimal_strings() {
        let text = "[collateral]\nWETH = \"1.5\"\n[debt]\nUSDC = '2'\n";
        let position = from_toml(text, &market(), Size::Eight).expect("valid");
        let [weth, usdc] = ["WETH", "USDC"].map(|symbol| market().index_of(symbol).expect("it is in the example"));
        assert_eq!(position.collateral()[weth].expose(), 1_500_000_000_000_000_000);
        assert_eq!(position.debt()[usdc].expose(), 2_000_000);
        assert_eq!(position.debt()[weth].expose(), 0);
        assert!(from_toml("", &market(), Size::Eight).is_ok(), "nothing held is a position");
    }

    #[test]
    fn mistakes_are_placed_and_never_quoted() {
        let deep = format!("x = {}", "[".repeat(100_000));
        let cases = [
            ("[collateral]\nWETH = 7731\n", "line 2, column 8", "found a number"),
            ("[collateral]\nWETH = 77.31\n", "line 2, column 8", "found a number"),
            ("[collateral]\nWETH = \"7731\"\nWETH = \"1\"\n", "line 3", "duplicate key"),
            ("[collateral]\nWETH = \"7731\n", "line 2", "not valid TOML"),
            ("[collateral]\nWETH = 7731x\n", "line 2", "TOML"),
            ("[collateral]\nweth = \"7731\"\n", "line 2, column 1", "did you mean WETH?"),
            ("[collateral]\nDOGE = \"7731\"\n", "line 2, column 1", "unknown asset `DOGE`"),
            ("[collateral]\n7731 = \"WETH\"\n", "line 2, column 1", "unknown asset (not shown)"),
            ("[colateral]\nWETH = \"7731\"\n", "line 1", "unknown key `colateral`"),
            ("WETH = \"7731\"\n", "line 1, column 1", "unknown key `WETH`"),
            ("collateral = \"7731\"\n", "line 1", "must be a table"),
            ("[collateral]\nWETH = \"\\u0037731\"\n", "line 2", "without escapes"),
            ("[collateral]\nWETH = [\"7731\"]\n", "line 2", "an array"),
            (deep.as_str(), "line 1", "nested too deeply"),
        ];
        for (text, at, what) in cases {
            let shown = from_toml(text, &market(), Size::Eight).expect_err(what).to_string();
            assert!(shown.contains(at) && shown.contains(what), "{shown}");
            assert!(!shown.contains("7731"), "{shown}");
        }
    }
}
