//! Measures every contender and writes `benches/results`, the tables of the README and of the book.

use std::path::{Path, PathBuf};

use assay_benches::contender::Failure;
use assay_benches::report::contenders::{CONTENDERS, Contender};
use assay_benches::report::measure::Plan;
use assay_benches::report::render::{self, RESULTS, STORED, Written};
use assay_benches::report::{Outcome, tables};
use clap::Parser;

/// Measures Assay and its peers in one run: proving, verifying, memory, sizes, gas.
///
/// Peers are installed and have their keys made first; what is there already is used again. A peer that cannot be
/// installed is reported as not measured, with the reason.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Rounds; a contender whose proof takes long takes part in fewer.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    rounds: u16,
    /// These contenders alone, which have to be measured; nothing is stored in the tree.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Three rounds, and nothing by number of assets; nothing is stored in the tree.
    #[arg(long)]
    quick: bool,
    /// Measures nothing: writes everything anew that is made from the stored report.
    #[arg(long, conflicts_with_all = ["rounds", "only", "quick"])]
    render: bool,
    /// Lists the contenders.
    #[arg(long)]
    list: bool,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no root of the tree")?;
    if arguments.list {
        CONTENDERS.iter().for_each(|contender| println!("{}", contender.id));
        return Ok(());
    }
    let folder = root.join(RESULTS);
    if arguments.render {
        let report = render::read(&folder)?;
        render::write(&render::results(&report, &folder))?;
        return render::write(&render::documents(&report, root)?);
    }

    let partial = arguments.quick || !arguments.only.is_empty();
    let target = target()?;
    let plan = Plan {
        root: root.to_owned(),
        target: target.clone(),
        contenders: chosen(&arguments.only)?,
        rounds: if arguments.quick { 3 } else { arguments.rounds.into() },
        by_assets: !partial,
    };
    let report = plan.measure()?;
    let folder = if partial { target.join("report") } else { folder };
    let stored = Written { path: folder.join(STORED), text: render::stored(&report)? };
    render::write(&[stored])?;
    // Everything else is made from what is stored, here as with `--render`.
    let report = render::read(&folder)?;
    render::write(&render::results(&report, &folder))?;
    if !partial {
        render::write(&render::documents(&report, root)?)?;
    }
    println!("{}\n{}", tables::aims(&report), tables::comparison(&report));
    println!("Written to {}.", folder.display());
    let missing = report.contenders.iter().find(|entrant| matches!(entrant.outcome, Outcome::NotMeasured(_)));
    match missing {
        Some(entrant) if !arguments.only.is_empty() => Err(format!("{} was not measured", entrant.id).into()),
        _ => Ok(()),
    }
}

/// Where cargo builds: two folders above this program.
fn target() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).ok_or("this program is not where cargo puts it")?.to_owned())
}

fn chosen(ids: &[String]) -> Result<Vec<Contender>, Failure> {
    if ids.is_empty() {
        return Ok(CONTENDERS.to_vec());
    }
    let find = |id: &String| {
        let found = CONTENDERS.iter().find(|contender| contender.id == id);
        found.copied().ok_or_else(|| format!("there is no contender {id}; --list shows them").into())
    };
    ids.iter().map(find).collect()
}
