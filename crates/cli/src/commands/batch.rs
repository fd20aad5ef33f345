//! Batch files in a server's place: `--batch-out` and `--batch-in`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use llm::{Backend, Batch, Execution, Written};
use secrets::{HIDDEN, Names};

use super::forecast::whole;
use crate::args::{BatchArgs, Global};
use crate::exit::{Exit, Result};
use crate::output::say;

/// Providers take no larger file.
const MOST_REQUESTS: u64 = 50_000;
const MOST_BYTES: u64 = 200 << 20;
/// Nobody is asked, so many replies may be on their way to the cache together and share a trip to the disk.
const AT_ONCE: usize = 128;

/// What `--batch-out` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    /// One file.
    File,
    /// A folder with a file for each model.
    Folder,
}

/// The batch files of a command; none if no flag names any.
pub(crate) struct BatchIo(Option<Arc<Batch>>);

impl BatchIo {
    /// What stands in a request under a name of `secret` is hidden in the file.
    pub(crate) fn open(args: &BatchArgs, out: Out, secret: Names) -> Result<Self> {
        let results = match args.batch_in.as_slice() {
            [] => None,
            paths => Some(Batch::from_results(paths)?),
        };
        let requests = args.batch_out.as_ref().map(|path| match out {
            Out::File => Batch::to_file(path),
            Out::Folder => Batch::to_folder(path),
        });
        let requests = requests.map(|requests| requests.hiding(secret));
        let batch = match (results, requests) {
            (Some(results), Some(requests)) => Some(results.and(requests)),
            (results, requests) => results.or(requests),
        };
        Ok(Self(batch.map(Arc::new)))
    }

    /// The same execution, with the files in the servers' place if there are any.
    pub(crate) fn over(&self, execution: Execution) -> Execution {
        let Some(batch) = &self.0 else { return execution };
        let backend = Some(Arc::clone(batch) as Arc<dyn Backend>);
        let concurrency = execution.concurrency.max(AT_ONCE);
        Execution { backend, concurrency, ..execution }
    }

    /// Publishes the requests and tells what became of the results.
    pub(crate) fn finish(&self, global: &Global) -> Result<()> {
        let Some(batch) = &self.0 else { return Ok(()) };
        let report = batch.report().map(|report| report.lines_of_text()).unwrap_or_default();
        for (index, line) in report.iter().enumerate() {
            // What was taken is news; what was not is a warning.
            match index {
                0 if global.quiet => {}
                0 => say(&format!("batch: {line}")),
                _ => say(&format!("warning: batch: {line}")),
            }
        }
        batch.finish()?.iter().for_each(tell);
        Ok(())
    }
}

/// A file of requests, and what is to be known before it is sent.
fn tell(file: &Written) {
    let (requests, path) = (whole(file.requests as f64), file.path.display());
    say(&format!("{path}: {requests} requests, {:.1} MB", file.bytes as f64 / 1e6));
    if file.requests > MOST_REQUESTS || file.bytes > MOST_BYTES {
        say(&format!(
            "note: OpenAI takes {} requests and 200 MB a file; `split -l` cuts this one, engines of your own take it as \
             it is",
            whole(MOST_REQUESTS as f64)
        ));
    }
    if !file.hidden.is_empty() {
        let keys = file.hidden.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        say(&format!(
            "warning: {path}: {HIDDEN} stands for what is secret in {keys}; put it in on the way to the server, results fit \
             all the same"
        ));
    }
}

/// How to go on where questions were deferred.
pub(crate) fn tell_deferred(questions: u64) {
    say(&format!(
        "{} questions are written down; have them answered, then run the same command with --batch-in RESULTS… in \
         place of --batch-out",
        whole(questions as f64)
    ));
}

/// Where a stage writes its table: without a place for it only the requests are wanted, and it lies beside them for
/// as long as the stage runs.
pub(crate) fn table(output: Option<&Path>, args: &BatchArgs) -> PathBuf {
    let beside = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.table"))
    };
    // The arguments ask for one of the two.
    output.map(Path::to_owned).or_else(|| args.batch_out.as_ref().map(beside)).unwrap_or_default()
}

/// There was no request to write, so there is a table that nobody wants.
pub(crate) fn nothing_to_ask(table: &Path) -> Result<Exit> {
    std::fs::remove_file(table)?;
    say("nothing to ask: the reply cache holds every reply; run without --batch-out");
    Ok(Exit::Done)
}
