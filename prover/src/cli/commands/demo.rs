//! `assay demo`: the whole job on the example, by the commands that a reader would type.

use std::path::{Path, PathBuf};

use clap::Parser as _;
use serde_json::{Value, json};

use crate::cli::args::{Cli, DemoArgs};
use crate::cli::commands;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::{BAD, FAINT, Report, STRONG, Ui, paint};
use crate::cli::session::Session;
use crate::cli::text::{quoted, shown};
use crate::files::cache;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

mod boundary;

/// The borrower of the example.
const SUBJECT: &str = "0x00000000000000000000000000000000000a11ce";
/// Somebody else.
const STRANGER: &str = "0x0000000000000000000000000000000000000b0b";
/// The lender of the example.
const AUDIENCE: &str = "lender.example";

/// What is in an attestation, and what is not.
const SEEN_AND_HIDDEN: [(&str, &str); 5] = [
    ("who: subject and audience", "every amount, held or owed"),
    ("policy, market, price bounds, times", "which of the assets are held or owed"),
    ("the credit line, where there is one", "the ratio, but that it exceeds the minimum"),
    ("a commitment that looks random", "the opening of the commitment"),
    ("a proof", "how far any of this is from the limit"),
];

/// Files that the demo itself makes, between its commands.
const MADE_BETWEEN: [&str; 4] = ["limit.toml", "short.toml", "forged.json", "fallen.json"];

/// Longest line of a command before it is folded.
const FOLD_AT: usize = 88;

/// Runs the example.
///
/// # Errors
/// Exit 4 where the directory cannot be used, 1 where a step does not end as announced.
pub(crate) fn run(session: &Session, args: &DemoArgs) -> Outcome {
    let directory = working_directory(args.directory.as_deref())?;
    std::env::set_current_dir(&directory)
        .map_err(|error| Failure::io(format_args!("cannot work in {}", shown(&directory)), &error))?;
    let mut tour =
        Tour { session: session.nested(directory.join("cache")), ui: &session.ui, chapter: 0, steps: Vec::new() };
    tour.introduce(&directory);
    tour.borrower()?;
    tour.lender()?;
    tour.one_base_unit_short()?;
    tour.forgeries()?;
    tour.say(format_args!("\n{}", paint(STRONG, "That was all of it.")));
    let place = quoted(&shown(&directory));
    let removal = if args.directory.is_none() { format!(" Remove it with: rm -r {place}") } else { String::new() };
    tour.say(format_args!("Everything is still in {place}.{removal}"));
    let mut report = Report::new();
    report.set("directory", shown(&directory)).set("steps", tour.steps);
    Ok(report)
}

/// The directory that was asked for, which must be new or empty, or a new temporary one that stays.
fn working_directory(wanted: Option<&Path>) -> Result<PathBuf, Failure> {
    let Some(path) = wanted else { return files::create_temporary_directory("assay-demo-") };
    files::create_private_directory(path)?;
    let io = |error: &std::io::Error| Failure::io(format_args!("cannot use {}", shown(path)), error);
    if std::fs::read_dir(path).map_err(|error| io(&error))?.next().is_some() {
        let what = format!("{} is not empty; the demo overwrites nothing", shown(path));
        return Err(Failure::new(Kind::Io, what).hint("name a new directory"));
    }
    path.canonicalize().map_err(|error| io(&error))
}

/// The steps so far.
struct Tour<'u> {
    session: Session,
    ui: &'u Ui,
    chapter: usize,
    steps: Vec<Value>,
}

impl Tour<'_> {
    fn introduce(&self, directory: &Path) {
        self.say(paint(STRONG, "Assay: prove that a position is over-collateralised, without showing it"));
        self.say(
            "\nA borrower holds collateral and owes debt. A lender wants to know that the collateral,\n\
             after haircuts, covers the debt. The borrower does not want to show any amount.\n\n\
             Lines that begin with $ are commands. To repeat them by hand, in a directory of their own, first:\n",
        );
        let directory = shown(directory);
        let made: Vec<_> = MADE_BETWEEN.iter().map(|name| quoted(&format!("{directory}/{name}"))).collect();
        self.say("  $ cd \"$(mktemp -d)\"");
        self.say(format_args!("  $ export {}={}", cache::VARIABLE, quoted(&format!("{directory}/cache"))));
        if let Ok(program) = std::env::current_exe() {
            self.say(format_args!("  $ alias assay={}", quoted(&shown(&program))));
        }
        self.say("\nand, when this demo has ended, the files that it makes between its commands:\n");
        self.say(format_args!("  $ cp {} .", made.join(" \\\n       ")));
        self.say("\nThe prices count for an hour, as the policy says. For newer ones: assay init . --force");
    }

    fn borrower(&mut self) -> Result<(), Failure> {
        self.open(
            "An example to work on",
            "Market, policy and prices are public. The position is private: only its owner can\n\
             read the file.",
        );
        self.run("init .")?;
        self.open(
            "Where the prices come from",
            "Each price is the range between the medians of what the policy's sources say. The\n\
             snapshot holds their reports, so that anybody can make it again.",
        );
        self.run("prices show")?;
        self.open(
            "The borrower commits to the position",
            "The commitment is public and hides the position. The opening ties the two together;\n\
             it stays with the borrower.",
        );
        self.run("commit -i position.toml -P policy.toml -o opening.json")?;
        self.open(
            "The borrower checks, before proving anything",
            "These figures are shown to the owner of the position alone. A buffer of 10 % means\n\
             that the claim will hold until a price moves by more than 10 %.",
        );
        self.run("check -i position.toml -P policy.toml --prices prices.json --buffer 10%")?;
        self.open(
            "Parameters and keys to try things out",
            "Whoever makes development parameters could forge proofs with them. They convince\n\
             nobody else, and no command uses them unless it is told to.",
        );
        self.run("params dev")?;
        self.run("setup --dev")?;
        self.open("The borrower proves", "The attestation is for one lender, one policy and a limited time.");
        self.run(&format!("prove --opening opening.json {} -o attestation.json", parties(SUBJECT)))?;
        Ok(())
    }

    fn lender(&mut self) -> Result<(), Failure> {
        self.open("What the lender sees, and what stays hidden", "This is all that the attestation says:");
        self.run("inspect attestation.json")?;
        self.say(format_args!("\n  {}", paint(STRONG, "The lender sees                          Hidden")));
        for (seen, hidden) in SEEN_AND_HIDDEN {
            self.say(format_args!("  {seen:<41}{hidden}"));
        }
        self.open(
            "The lender verifies",
            "The lender states policy, subject and audience, and takes none of them from the file.\n\
             Every public input of the proof is computed anew.",
        );
        self.run(&verify("attestation.json", "prices.json", SUBJECT))
    }

    fn one_base_unit_short(&mut self) -> Result<(), Failure> {
        self.open(
            "One base unit short",
            "limit.toml is the same position with the largest USDC debt that still passes.\n\
             short.toml owes one base unit more: 0.000001 USDC.",
        );
        let example = boundary::write_positions(&self.session)?;
        self.say(format_args!(
            "\n  limit.toml: USDC = \"{}\"\n  short.toml: USDC = \"{}\"",
            example.limit, example.short
        ));
        self.run("check -i limit.toml")?;
        self.refused("check -i short.toml", Kind::StatementFalse)?;
        self.run("commit -i short.toml -o short.opening.json")?;
        let prove = format!("prove -i short.toml --opening short.opening.json {} -o short.json", parties(SUBJECT));
        self.refused(&prove, Kind::StatementFalse)?;
        self.say("\n  No proof was made. A prover that skips this check makes one that does not verify.");
        Ok(())
    }

    fn forgeries(&mut self) -> Result<(), Failure> {
        self.open("What the lender refuses", "forged.json is the attestation with one bit of the proof changed.");
        forge(Path::new("attestation.json"), Path::new("forged.json"))?;
        self.refused(&verify("forged.json", "prices.json", SUBJECT), Kind::ProofInvalid)?;
        self.say("\nAn attestation about one borrower is of no use to another:");
        self.refused(&verify("attestation.json", "prices.json", STRANGER), Kind::Unexpected)?;
        self.say("\nIn fallen.json the price of WETH is 15 % lower, beyond the buffer:");
        boundary::write_fallen_prices()?;
        self.refused(&verify("attestation.json", "fallen.json", SUBJECT), Kind::Stale)
    }

    /// Prints what belongs to the walk-through; with `--json` only the final object is printed.
    fn say(&self, text: impl std::fmt::Display) {
        if !self.ui.json {
            let mut report = Report::new();
            report.line(text);
            // A stdout that is full or closed shows at the end, where the last of it is printed.
            let _ = self.ui.print(&report);
        }
    }

    fn open(&mut self, title: &str, text: &str) {
        self.chapter += 1;
        self.say(format_args!("\n{}", paint(STRONG, format_args!("{}. {title}", self.chapter))));
        if !text.is_empty() {
            self.say(text);
        }
    }

    /// Runs a command that must succeed.
    fn run(&mut self, line: &str) -> Result<(), Failure> {
        self.execute(line).map(drop)
    }

    /// Runs a command that must fail with the exit code of `kind`.
    fn refused(&mut self, line: &str, kind: Kind) -> Result<(), Failure> {
        match self.execute(line) {
            Err(failure) if failure.kind == kind => Ok(()),
            Err(failure) => Err(failure),
            Ok(_) => Err(Failure::new(Kind::Internal, format!("this should have been refused: assay {line}"))),
        }
    }

    /// Runs a command as the shell would, and shows both.
    fn execute(&mut self, line: &str) -> Outcome {
        self.say(format_args!("\n  {} {}", paint(FAINT, "$"), paint(STRONG, folded(&format!("assay {line}")))));
        let command = std::iter::once("assay").chain(line.split(' '));
        let cli = Cli::try_parse_from(command).map_err(|error| Failure::new(Kind::Internal, error.kind()))?;
        let outcome = commands::run(&self.session, cli.command);
        let (report, exit_code) = match &outcome {
            Ok(report) => (Some(report), 0),
            Err(failure) => (failure.report.as_deref(), failure.kind.exit_code()),
        };
        if let Some(report) = report {
            for line in report.text.lines() {
                self.say(format_args!("  {line}"));
            }
        }
        if let Err(failure) = &outcome {
            self.say(format_args!("  {} {}", paint(BAD, "error:"), crate::cli::text::plain(&failure.message)));
            self.say(format_args!("  {}", paint(FAINT, format_args!("exit code {exit_code}"))));
        }
        let result = report.map(|report| report.json.clone()).unwrap_or_default();
        let mut step = json!({ "command": format!("assay {line}"), "exit_code": exit_code, "result": result });
        if let Err(failure) = &outcome {
            step["error"] = json!(failure.message);
        }
        self.steps.push(step);
        outcome
    }
}

/// A command over several lines, broken before options, as a shell reads it.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for option in line.split(" --") {
        let option = if out.is_empty() { option.to_owned() } else { format!("--{option}") };
        if !out.is_empty() && width + option.len() > FOLD_AT {
            out.push_str(" \\\n      ");
            width = 6;
        } else if !out.is_empty() {
            out.push(' ');
        }
        width += option.len() + 1;
        out.push_str(&option);
    }
    out
}

/// Options of `prove`.
fn parties(subject: &str) -> String {
    format!("--subject {subject} --audience {AUDIENCE} --dev")
}

fn verify(attestation: &str, prices: &str, subject: &str) -> String {
    format!("verify {attestation} --prices {prices} --subject {subject} --audience {AUDIENCE} --allow-dev-srs")
}

/// Copies an attestation with one bit of its proof changed.
fn forge(from: &Path, to: &Path) -> Result<(), Failure> {
    let unexpected = || Failure::new(Kind::Internal, "the attestation is not as it was written");
    let mut attestation: Value = serde_json::from_str(&files::read_text(from)?).map_err(|_| unexpected())?;
    let proof = attestation["proof"].as_str().ok_or_else(unexpected)?;
    let mut bytes = hex::decode(proof.trim_start_matches("0x")).map_err(|_| unexpected())?;
    *bytes.last_mut().ok_or_else(unexpected)? ^= 1;
    attestation["proof"] = json!(assay_verifier::formats::hex(&bytes));
    files::write(to, format!("{attestation:#}\n").as_bytes(), FileKind::Attestation, Existing::Keep)
}
