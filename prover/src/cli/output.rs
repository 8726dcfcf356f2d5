//! The two streams: the result goes to stdout, everything else to stderr.

use std::fmt::{self, Write as _};
use std::io::{ErrorKind, IsTerminal, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::cli::args::{ColorWhen, Global, ProgressWhen};
use crate::cli::error::{Failure, Kind};
use crate::cli::text::{plain, steers};

/// Headings and figures that matter.
pub(crate) const STRONG: Style = Style::new().bold();
/// Labels and remarks.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something to know.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();

/// `text` in a style; what steers a terminal is spelled out.
pub(crate) fn paint(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{}{style:#}", plain(text))
}

/// The result of a command, for people and for programs.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What stdout shows without `--json`.
    pub(crate) text: String,
    /// The members of the object that `--json` prints.
    pub(crate) json: Map<String, Value>,
}

impl Report {
    /// An empty report.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A report that is one piece of text, under `key` in JSON.
    pub(crate) fn of_text(key: &str, text: String) -> Self {
        let mut report = Self::new();
        report.set(key, text.trim_end());
        report.text = text;
        report
    }

    /// Sets a member of the JSON object.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.json.insert(key.to_owned(), value.into());
        self
    }

    /// Appends a line of text as it is: what comes from a file goes through [`plain`] or [`paint`] first.
    pub(crate) fn line(&mut self, text: impl fmt::Display) -> &mut Self {
        let _ = writeln!(self.text, "{text}");
        self
    }

    /// Appends an indented line with a faint label of fixed width.
    pub(crate) fn row(&mut self, label: &str, value: impl fmt::Display) -> &mut Self {
        self.line(format_args!("  {FAINT}{label:<14}{FAINT:#}{}", plain(value)))
    }

    /// Appends a verdict: a mark and a sentence.
    pub(crate) fn verdict(&mut self, good: bool, text: impl fmt::Display) -> &mut Self {
        let (style, mark) = if good { (GOOD, "✓") } else { (BAD, "✗") };
        self.line(format_args!("{style}{mark}{style:#} {}", paint(STRONG, text)))
    }
}

/// Set once the one JSON object has been printed; the signal handler asks before it prints its own.
static JSON_PRINTED: Mutex<bool> = Mutex::new(false);

/// How to talk to whoever runs the command.
#[derive(Clone, Debug)]
pub(crate) struct Ui {
    /// One JSON object instead of text.
    pub(crate) json: bool,
    /// −1 with `-q`, otherwise the number of `-v`.
    pub(crate) verbosity: i8,
    progress: ProgressWhen,
    terminal: bool,
}

impl Ui {
    /// Reads the global options and fixes the choice of colours for both streams.
    pub(crate) fn new(global: &Global) -> Self {
        match global.color {
            ColorWhen::Auto => anstream::ColorChoice::Auto,
            ColorWhen::Always => anstream::ColorChoice::Always,
            ColorWhen::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        let verbosity = if global.quiet { -1 } else { i8::try_from(global.verbose).unwrap_or(i8::MAX) };
        Self { json: global.json, verbosity, progress: global.progress, terminal: std::io::stderr().is_terminal() }
    }

    /// Prints JSON and nothing else, for failures before the options are known.
    pub(crate) fn json_only() -> Self {
        Self { json: true, verbosity: -1, progress: ProgressWhen::Never, terminal: false }
    }

    /// How commands talk that another command runs: nothing reaches stderr but errors.
    pub(crate) fn silent(&self) -> Self {
        Self { verbosity: -1, progress: ProgressWhen::Never, ..self.clone() }
    }

    /// Something the user should know; silenced by `-q`.
    pub(crate) fn warn(&self, text: impl fmt::Display) {
        if self.verbosity >= 0 {
            remark(format_args!("{WARN}warning:{WARN:#} {}", plain(text)));
        }
    }

    /// A remark shown with at least `level` times `-v`.
    pub(crate) fn note(&self, level: i8, text: impl fmt::Display) {
        if self.verbosity >= level {
            remark(paint(FAINT, text));
        }
    }

    /// Starts a stage of a longer job; it ends when the result is dropped or [`Stage::done`] is called.
    pub(crate) fn stage(&self, name: &'static str) -> Stage {
        let shown = match self.progress {
            ProgressWhen::Never => false,
            ProgressWhen::Always => true,
            ProgressWhen::Auto => self.verbosity >= 1 || (self.terminal && self.verbosity >= 0),
        };
        let bar = (shown && self.terminal).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.set_message(name);
            bar.enable_steady_tick(std::time::Duration::from_millis(80));
            bar
        });
        Stage { name, shown, bar, start: Instant::now(), done: false }
    }

    /// Prints a result. A closed pipe is not an error: the reader has seen enough.
    ///
    /// # Errors
    /// Exit 4 where stdout takes nothing more.
    pub(crate) fn print(&self, report: &Report) -> Result<(), Failure> {
        let printed = if self.json {
            print_json(&Value::Object(report.json.clone()))
        } else {
            let mut out = anstream::stdout();
            out.write_all(report.text.as_bytes()).and_then(|()| out.flush())
        };
        match printed {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::io("cannot write to stdout", &error)),
            _ => Ok(()),
        }
    }

    /// Prints a failure: the object on stdout with `--json`, otherwise a message on stderr.
    pub(crate) fn print_failure(&self, failure: &Failure) {
        if self.json {
            let mut object = failure.report.as_ref().map(|report| report.json.clone()).unwrap_or_default();
            object.insert("error".into(), json!(failure.message));
            object.insert("code".into(), json!(failure.kind.name()));
            object.insert("exit_code".into(), json!(failure.kind.exit_code()));
            if let Some(hint) = &failure.hint {
                object.insert("hint".into(), json!(hint));
            }
            let _ = print_json(&Value::Object(object));
            return;
        }
        if let Some(report) = &failure.report {
            let _ = self.print(report);
        }
        remark(format_args!("{BAD}error:{BAD:#} {}", plain(&failure.message)));
        if let Some(hint) = &failure.hint {
            remark(format_args!("{FAINT}  hint:{FAINT:#} {}", plain(hint)));
        }
    }

    /// What the signal handler says last.
    pub(crate) fn print_interrupted(&self) {
        if self.json {
            self.print_failure(&Failure::new(Kind::Interrupted, "interrupted; nothing was left half written"));
        } else {
            remark("\ninterrupted; nothing was left half written");
        }
    }
}

/// Writes a line to stderr, where it can be written.
fn remark(line: impl fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Prints the one object, the first time only.
fn print_json(value: &Value) -> std::io::Result<()> {
    let mut printed = JSON_PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::replace(&mut *printed, true) {
        return Ok(());
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", escaped(&format!("{value:#}"))).and_then(|()| out.flush())
}

/// JSON with the characters that could steer a terminal written as escapes; they only occur within strings.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A stage in progress.
#[derive(Debug)]
pub(crate) struct Stage {
    name: &'static str,
    shown: bool,
    bar: Option<ProgressBar>,
    start: Instant,
    done: bool,
}

impl Stage {
    /// Shows how far the stage is, out of `of` where that is known.
    pub(crate) fn progress(&self, done: u64, of: Option<u64>) {
        let Some(bar) = &self.bar else { return };
        bar.set_message(match of {
            Some(of) if of > 0 => format!("{} {} %", self.name, u128::from(done) * 100 / u128::from(of)),
            _ => format!("{} {} KiB", self.name, done >> 10),
        });
    }

    /// Ends the stage and says how long it took.
    pub(crate) fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if self.shown {
            let (style, mark) = if self.done { (GOOD, "✓") } else { (BAD, "✗") };
            let seconds = self.start.elapsed().as_secs_f32();
            remark(format_args!("{style}{mark}{style:#} {:<14}{FAINT}{seconds:>7.2} s{FAINT:#}", self.name));
        }
    }
}
