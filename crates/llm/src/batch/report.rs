//! What became of a batch: nothing in a file is passed over in silence.

use std::path::PathBuf;

/// So many of a kind are named; the rest is counted.
const MOST_NAMED: usize = 3;

/// A published file of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// The model at its server; empty if all models share the file.
    pub model: String,
    /// Its lines.
    pub requests: u64,
    /// Its size.
    pub bytes: u64,
    /// Keys of the requests' bodies that hold a secret, which stands there as `[secret]`.
    pub hidden: Vec<String>,
}

/// Things of one kind: all counted, the first ones named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub names: Vec<String>,
}

impl Named {
    pub(super) fn name(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.names.len() < MOST_NAMED {
            self.names.push(name());
        }
    }
}

/// What became of the results of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// Lines that are results.
    pub lines: u64,
    /// Requests that got their reply.
    pub answered: u64,
    /// Results that say that the request failed.
    pub failed: Named,
    /// Requests without a result.
    pub missing: Named,
    /// Results of requests that this run does not ask.
    pub unknown: Named,
    /// Further results of the same request.
    pub duplicate: Named,
    /// Lines that are no results.
    pub unreadable: Named,
}

impl BatchReport {
    /// The report, a line for what was taken and one for each kind of trouble.
    pub fn lines_of_text(&self) -> Vec<String> {
        let mut lines = vec![format!("{} results, {} replies taken", self.lines, self.answered)];
        let kinds = [
            (&self.failed, "requests failed in the batch"),
            (&self.missing, "requests have no result"),
            (&self.unknown, "results belong to no request of this run"),
            (&self.duplicate, "results are there again; the first good one counts"),
            (&self.unreadable, "lines cannot be read"),
        ];
        lines.extend(
            kinds.iter().filter(|(named, _)| named.count > 0).map(|(named, what)| render(named, what)),
        );
        lines
    }
}

fn render(named: &Named, what: &str) -> String {
    let more = if named.count > named.names.len() as u64 { ", …" } else { "" };
    format!("{} {what}: {}{more}", named.count, named.names.join(", "))
}
