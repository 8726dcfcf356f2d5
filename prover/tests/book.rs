//! What the pages of the book say about the program is so: links lead somewhere, commands and options exist, and the first
//! attestation is made by pasting.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Place, finish};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// Every page, with its path, but for those of the contenders in the benchmarks, which have dependencies of their own.
fn pages() -> Vec<(PathBuf, String)> {
    fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
            if path.is_dir() {
                if !["target", "node_modules", "peers"].contains(&name) && !name.starts_with('.') {
                    collect(&path, found);
                }
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(&root(), &mut found);
    found.sort();
    assert!(found.len() > 20, "{found:?}");
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).expect("text"))).collect()
}

/// The lines of a page, each with whether it stands in a fenced block.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut fenced = false;
    text.lines().map(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (fenced || fence, line)
    })
}

/// The anchors of a page's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = lines(text).filter(|(fenced, line)| !fenced && line.starts_with('#'));
    let slug = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().chars();
        let kept = kept.filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(|(_, line)| slug(line)).collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let mut checked = 0;
    for (path, text) in pages() {
        let prose: String = lines(&text).filter(|(fenced, _)| !fenced).flat_map(|(_, line)| [line, "\n"]).collect();
        for rest in prose.split("](").skip(1) {
            let target = rest.split(')').next().expect("an end");
            if target.starts_with("http") {
                continue;
            }
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
            let to = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            assert!(to.exists(), "{}: {target}", path.display());
            if let Some(anchor) = anchor {
                let text = std::fs::read_to_string(&to).expect("a page");
                assert!(anchors(&text).contains(anchor), "{}: {target}", path.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked} links");
}

#[test]
fn every_file_of_the_repository_that_a_page_names_is_there() {
    let mut checked = 0;
    for (path, text) in pages() {
        let prose: String = lines(&text).filter(|(fenced, _)| !fenced).flat_map(|(_, line)| [line, "\n"]).collect();
        let folders = ["circuits/", "verifier/", "prover/", "benches/", "params/", "docs/"];
        let named = prose.split('`').skip(1).step_by(2).filter_map(|code| code.split_whitespace().next());
        for file in named.filter(|word| folders.iter().any(|folder| word.starts_with(folder))) {
            let made_by_its_reader = file == "verifier/contracts/deployments";
            assert!(
                file.contains('*') || made_by_its_reader || root().join(file).exists(),
                "{}: {file}",
                path.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked} files");
}

#[test]
fn every_page_of_the_book_is_in_its_summary_and_in_the_readme() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect("a page");
    let (summary, readme) = (read("docs/src/SUMMARY.md"), read("README.md"));
    for entry in std::fs::read_dir(root().join("docs/src")).expect("the book") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        if name.ends_with(".md") && name != "SUMMARY.md" {
            assert!(summary.contains(&format!("]({name})")), "{name} is not in the summary");
            assert!(readme.contains(&format!("docs/src/{name}")), "{name} is not in the readme");
        }
    }
}

fn help(command: &[String]) -> String {
    let mut run = Command::new(env!("CARGO_BIN_EXE_assay"));
    run.args(command).arg("--help");
    finish(run).succeeds().out()
}

/// Long options in a text.
fn options(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().map(str::to_owned);
    let starts =
        text.match_indices("--").filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-'));
    starts.filter_map(|(at, _)| name(&text[at + 2..])).filter(|name| name.len() > 1).collect()
}

/// Every command with its help.
fn commands() -> BTreeMap<Vec<String>, String> {
    fn collect(command: Vec<String>, all: &mut BTreeMap<Vec<String>, String>) {
        let text = help(&command);
        if let Some((_, listed)) = text.split_once("\nCommands:\n") {
            let listed = listed.lines().take_while(|line| line.starts_with("  "));
            for name in listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next())
            {
                if name != "help" {
                    collect([command.clone(), vec![name.to_owned()]].concat(), all);
                }
            }
        }
        all.insert(command, text);
    }
    let mut all = BTreeMap::new();
    collect(Vec::new(), &mut all);
    all
}

#[test]
fn commands_in_the_pages_exist_and_every_command_and_option_is_on_a_page() {
    let (commands, pages) = (commands(), pages());
    assert!(commands.len() > 25, "{:?}", commands.keys());
    let mut checked = 0;
    for (path, text) in &pages {
        let blocks: String = lines(text).filter(|(fenced, _)| *fenced).flat_map(|(_, line)| [line, "\n"]).collect();
        for line in blocks.replace("\\\n", " ").lines() {
            let line = line.trim_start().trim_start_matches("$ ");
            let Some(given) = line.strip_prefix("assay ") else { continue };
            let given = given.split(" #").next().unwrap_or(given);
            let words: Vec<_> = given.split_whitespace().map(str::to_owned).collect();
            let known = (1..=2).rev().filter_map(|count| commands.get(words.get(..count)?)).next();
            let text = known.unwrap_or_else(|| panic!("{}: no command: {line}", path.display()));
            let missing: Vec<_> = options(given).difference(&options(text)).cloned().collect();
            assert!(missing.is_empty(), "{}: {line}: {missing:?}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked} commands");
    let book: String = pages
        .into_iter()
        .filter(|(path, _)| path.parent().is_some_and(|at| at.ends_with("docs/src")))
        .map(|(_, text)| text)
        .collect();
    let documented = options(&book);
    for (command, text) in &commands {
        let missing: Vec<_> = options(text)
            .difference(&documented)
            .filter(|name| !["help", "version"].contains(&name.as_str()))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "on no page: {command:?} {missing:?}");
        assert!(command.is_empty() || book.contains(&command.join(" ")), "on no page: {command:?}");
    }
}

#[test]
fn the_first_attestation_is_made_by_pasting() {
    let page = std::fs::read_to_string(root().join("docs/src/cli.md")).expect("the page");
    let section =
        page.split_once("\n## A first attestation\n").expect("the section").1.split_once("\n## ").expect("its end").0;
    let pasted: String =
        section.split("```sh\n").skip(1).map(|rest| rest.split_once("```").expect("its end").0).collect();
    assert!(pasted.matches("assay ").count() >= 7, "{pasted}");
    let place = Place::empty();
    let program = Path::new(env!("CARGO_BIN_EXE_assay")).parent().expect("a folder").display().to_string();
    let mut command = Command::new("bash");
    command
        .args(["-euc", &pasted])
        .current_dir(place.path(""))
        .env("ASSAY_CACHE_DIR", place.path("cache"))
        .env("PATH", format!("{program}:{}", std::env::var("PATH").expect("a path")));
    let run = finish(command).succeeds();
    assert!(run.out().contains("✓ accepted: over-collateralised"), "{}", run.all());
    assert!(place.names().contains(&"attestation.json".to_owned()));
}
