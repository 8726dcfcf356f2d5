//! Everything that is made from the stored report: `report.md`, the charts, and blocks of the README and the book.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::charts::{self, Chart};
use super::{Report, tables};
use crate::contender::Failure;

const BEGIN: &str = "<!-- report: written by `cargo run --release -p assay-benches --bin report` -->\n";
const END: &str = "<!-- end of report -->";
/// The stored report, from the folder of results.
pub const STORED: &str = "report.json";
/// The folder of results, from the root of the tree.
pub const RESULTS: &str = "benches/results";
const README: &str = "README.md";
const PAGE: &str = "docs/src/benchmarks.md";
/// Where the book keeps the charts that it shows.
const IMAGES: &str = "docs/src/images";

/// A file and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

/// The report as JSON, a record in each line.
///
/// # Errors
/// A figure that is no number.
pub fn stored(report: &Report) -> Result<String, Failure> {
    let Report { run, machine, contenders, assets } = report;
    Ok(format!(
        "{{\n\"run\": {},\n\"machine\": {},\n\"contenders\": [\n{}\n],\n\"assets\": [\n{}\n]\n}}\n",
        serde_json::to_string(run)?,
        serde_json::to_string(machine)?,
        records(contenders)?,
        records(assets)?,
    ))
}

fn records<T: Serialize>(records: &[T]) -> Result<String, Failure> {
    let lines = records.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.join(",\n"))
}

/// `report.md` and the charts, for a folder of results.
#[must_use]
pub fn results(report: &Report, folder: &Path) -> Vec<Written> {
    let text = format!("{}\n{}", tables::aims(report), page(report, |chart| format!("{}.svg", chart.name), 2));
    let mut files = vec![Written { path: folder.join("report.md"), text }];
    for chart in charts::CHARTS {
        files.push(Written { path: folder.join(format!("{}.svg", chart.name)), text: chart.draw(report) });
    }
    files
}

/// The README and the book's page as they are in the tree with their blocks made anew, and the book's charts.
///
/// # Errors
/// A file cannot be read or has no place for the block.
pub fn documents(report: &Report, root: &Path) -> Result<Vec<Written>, Failure> {
    let readme = format!(
        "{}\nProving and verifying on two threads, medians; {}\n![Proving time against gas]({RESULTS}/{}.svg)\n",
        tables::comparison(report).trim_end().to_owned() + "\n",
        tables::provenance(report),
        charts::PROVING_AND_GAS.name,
    );
    let image = |chart: &Chart| format!("images/benchmarks-{}.svg", chart.name);
    let book = format!("### What was to be reached\n\n{}\n{}", tables::aims(report), page(report, image, 3));
    let mut files = vec![block(root.join(README), &readme)?, block(root.join(PAGE), &book)?];
    for chart in charts::CHARTS {
        let path = root.join(IMAGES).join(format!("benchmarks-{}.svg", chart.name));
        files.push(Written { path, text: chart.draw(report) });
    }
    Ok(files)
}

/// All tables and charts under headings of this level.
fn page(report: &Report, image: impl Fn(&Chart) -> String, level: usize) -> String {
    let sections: [(&str, String, &[&Chart]); 6] = [
        ("Proving", tables::proving_table(report), &[&charts::PROVING_AND_GAS, &charts::PROVING]),
        ("Verifying", tables::verifying_table(report), &[&charts::VERIFYING]),
        ("Sizes, memory, gas", tables::sizes_table(report), &[&charts::MEMORY, &charts::SIZES]),
        ("By number of assets", tables::assets_table(report), &[&charts::PROVING_BY_ASSETS, &charts::GAS_BY_ASSETS]),
        ("What each was shown", tables::checks_table(report), &[]),
        ("Notes", tables::notes(report), &[]),
    ];
    let mut text = tables::provenance(report);
    for (title, table, shown) in sections {
        let empty = table.trim().is_empty() || title.starts_with("By number") && report.assets.is_empty();
        if empty {
            continue;
        }
        text.push_str(&format!("\n{} {title}\n\n{}\n", "#".repeat(level), table.trim_end()));
        for chart in shown {
            text.push_str(&format!("\n![{}]({})\n", chart.title, image(chart)));
        }
    }
    text
}

/// The file with what stands between its markers replaced.
fn block(path: PathBuf, text: &str) -> Result<Written, Failure> {
    let found = fs::read_to_string(&path)?;
    let missing = || format!("{} has no place for the report: {BEGIN}{END}", path.display());
    let (before, rest) = found.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    let text = format!("{before}{BEGIN}\n{}\n\n{END}{after}", text.trim());
    Ok(Written { path, text })
}

/// Writes files.
///
/// # Errors
/// One cannot be written.
pub fn write(files: &[Written]) -> Result<(), Failure> {
    for file in files {
        fs::write(&file.path, &file.text).map_err(|error| format!("{}: {error}", file.path.display()))?;
    }
    Ok(())
}

/// The stored report of a folder of results.
///
/// # Errors
/// It is not there or is none.
pub fn read(folder: &Path) -> Result<Report, Failure> {
    let path = folder.join(STORED);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_readme_book_and_charts_are_what_the_stored_report_renders_to() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = root.join(RESULTS);
        let report = read(&folder).expect("the stored report");
        let mut files = results(&report, &folder);
        files.extend(documents(&report, &root).expect("drawn"));
        for file in files {
            let found = fs::read_to_string(&file.path).unwrap_or_default();
            let cure = "`cargo run --release -p assay-benches --bin report -- --render` writes it anew";
            assert!(found == file.text, "{} is not what the report renders to; {cure}", file.path.display());
        }
    }

    #[test]
    fn a_block_is_replaced_and_nothing_else() {
        let path = std::env::temp_dir().join(format!("assay-block-{}.md", std::process::id()));
        fs::write(&path, format!("before\n{BEGIN}old\n{END}\nafter\n")).expect("written");
        let written = block(path.clone(), "new\n").expect("a place");
        assert_eq!(written.text, format!("before\n{BEGIN}\nnew\n\n{END}\nafter\n"));
        fs::write(&path, "nothing").expect("written");
        assert!(block(path.clone(), "new").expect_err("no place").to_string().contains("has no place"));
        let _ = fs::remove_file(path);
    }
}
