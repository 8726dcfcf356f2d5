//! What every command needs to know about the run it is part of.

use std::path::PathBuf;

use crate::cli::args::Global;
use crate::cli::error::{Failure, Kind};
use crate::cli::output::Ui;
use crate::cli::time;
use crate::files::cache::Cache;

/// Most threads that may be asked for, as with `--threads`.
const MOST_THREADS: u64 = 1024;

/// One run of the program.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The streams.
    pub(crate) ui: Ui,
    /// Unix seconds.
    pub(crate) now: u64,
    cache: Option<Cache>,
    threads: Option<u16>,
}

impl Session {
    /// Reads clock and environment.
    ///
    /// # Errors
    /// Exit 2 where `--now` is no time or the environment is one that halo2 cannot bear.
    pub(crate) fn new(global: &Global, ui: Ui) -> Result<Self, Failure> {
        let now = match &global.now {
            Some(text) => {
                let now = time::parse(text)
                    .ok_or_else(|| Failure::new(Kind::Usage, "--now: not a time such as 2030-01-01T00:00:00Z"))?;
                ui.warn(format_args!("--now: everything is decided as of {}", assay_verifier::format_time(now)));
                now
            }
            None => time::now(),
        };
        // halo2 ends the process where it cannot read this variable.
        if std::env::var("MAX_DEGREE").is_ok_and(|degree| degree.parse::<usize>().is_err()) {
            return Err(Failure::new(Kind::Usage, "the variable MAX_DEGREE is not a number").hint("unset MAX_DEGREE"));
        }
        // More threads than any machine has bring a job to a standstill.
        for variable in ["RAYON_NUM_THREADS", "RAYON_RS_NUM_CPUS"] {
            if std::env::var(variable).is_ok_and(|threads| threads.parse::<u64>().is_ok_and(|n| n > MOST_THREADS)) {
                let what = format!("the variable {variable} asks for more than {MOST_THREADS} threads");
                return Err(Failure::new(Kind::Usage, what).hint(format!("unset {variable}")));
            }
        }
        Ok(Self { ui, now, cache: None, threads: global.threads })
    }

    /// Makes a run within this one, with another cache and nothing but errors on stderr.
    pub(crate) fn nested(&self, cache: PathBuf) -> Self {
        Self { ui: self.ui.silent(), cache: Some(Cache::at(cache)), ..self.clone() }
    }

    /// SRS and keys of this user.
    ///
    /// # Errors
    /// Exit 4 where there is no place for them.
    pub(crate) fn cache(&self) -> Result<Cache, Failure> {
        self.cache.clone().map_or_else(Cache::of_user, Ok)
    }

    /// Runs `job` on the threads that were asked for, wholly inside their pool: faster than entering it piecewise.
    ///
    /// # Errors
    /// Exit 1 where the threads cannot be started.
    pub(crate) fn with_threads<T: Send>(&self, job: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let mut builder = rayon::ThreadPoolBuilder::new();
        if let Some(threads) = self.threads {
            builder = builder.num_threads(usize::from(threads));
        }
        let pool = builder
            .build()
            .map_err(|error| Failure::new(Kind::Internal, format!("cannot start the proving threads: {error}")))?;
        self.ui.note(2, format_args!("threads: {}", pool.current_num_threads()));
        Ok(pool.install(job))
    }
}
