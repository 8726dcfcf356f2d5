//! Colours: classes of a style sheet with a light and a dark side.

use svg::node::element::Style;

/// Class and colour on a light and on a dark page.
const COLOURS: [(&str, &str, &str); 6] = [
    ("page", "#ffffff", "#0d1117"),
    ("ink", "#1f2328", "#e6edf3"),
    ("grid", "#d8dee4", "#30363d"),
    (Tint::Own.class(), "#c2410c", "#fb923c"),
    (Tint::Peer.class(), "#1d6fb8", "#58a6ff"),
    (Tint::Other.class(), "#6e7781", "#8b949e"),
];

/// Whose figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tint {
    /// Assay's.
    Own,
    /// A peer's with the same statement.
    Peer,
    /// A peer's with another statement.
    Other,
}

impl Tint {
    /// Its class.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Peer => "peer",
            Self::Other => "other",
        }
    }
}

/// The style sheet. What is of class `line` has an outline in its colour, everything else is filled with it.
pub(super) fn sheet() -> Style {
    let rules = |dark: bool| -> String {
        let rule = |(class, light, night): &(&str, &str, &str)| {
            let colour = if dark { night } else { light };
            format!(".{class}{{fill:{colour}}}.{class}.line{{fill:none;stroke:{colour}}}")
        };
        COLOURS.iter().map(rule).collect()
    };
    Style::new(format!(
        "text{{font:13px system-ui,sans-serif}}.title{{font-size:16px}}.pale{{opacity:.45}}{}\n\
         @media(prefers-color-scheme:dark){{{}}}",
        rules(false),
        rules(true)
    ))
}
