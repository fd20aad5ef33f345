//! Where the files of a run lie.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::StageError;

/// A file that stages exchange. Its name says what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Table {
    /// The file's name.
    pub file: &'static str,
    /// Every model has one of its own, in its folder.
    pub per_model: bool,
}

/// The tables of a run, in the order in which stages write them. A stage outside this project declares its own.
pub mod table {
    use super::Table;

    /// The problems.
    pub const PROBLEMS: Table = Table { file: "problems.parquet", per_model: false };
    /// Tests of programs that answer them, where the source has any.
    pub const TESTS: Table = Table { file: "tests.parquet", per_model: false };
    /// Recorded replies, where the source has them.
    pub const REPLIES: Table = Table { file: "replies.parquet", per_model: false };
    /// Replies with thinking and answer told apart.
    pub const GENERATIONS: Table = Table { file: "generations.parquet", per_model: true };
    /// The steps that a search tried, those of paths that were given up too.
    pub const TREES: Table = Table { file: "trees.parquet", per_model: true };
    /// Whether they are right.
    pub const GRADES: Table = Table { file: "grades.parquet", per_model: true };
    /// The steps of their thinking.
    pub const SPLITS: Table = Table { file: "splits.parquet", per_model: true };
    /// The first right step.
    pub const JUDGMENTS: Table = Table { file: "judgments.parquet", per_model: true };
    /// What was drawn from the ends of steps, a tree a generation.
    pub const ROLLOUTS: Table = Table { file: "rollouts.parquet", per_model: true };
    /// Measures of each generation.
    pub const SCORES: Table = Table { file: "scores.parquet", per_model: true };
    /// Figures over all models and groups.
    pub const METRICS: Table = Table { file: "metrics.parquet", per_model: false };
    /// Ways to answer with what they cost.
    pub const POINTS: Table = Table { file: "points.parquet", per_model: false };
    /// Votes between the models.
    pub const VOTES: Table = Table { file: "votes.parquet", per_model: false };
    /// What votes say of each model.
    pub const RATINGS: Table = Table { file: "ratings.parquet", per_model: false };
}

impl Table {
    /// Its name without an ending: `splits`. What a flag and a message call it.
    pub fn name(&self) -> &'static str {
        self.file.split('.').next().unwrap_or(self.file)
    }

    /// Its place inside a run folder; `folder` is the model's.
    pub fn inside(&self, folder: Option<&str>) -> PathBuf {
        match folder.filter(|_| self.per_model) {
            Some(folder) => Path::new(folder).join(self.file),
            None => PathBuf::from(self.file),
        }
    }
}

/// A run folder as it is found on the disk: its models are the folders that hold their tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLayout {
    root: PathBuf,
}

impl RunLayout {
    /// The layout of a run folder, which need not exist.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The run folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The manifest: which stage wrote what, from what.
    pub fn manifest(&self) -> PathBuf {
        self.root.join("manifest.json")
    }

    /// The pipeline as it was run.
    pub fn pipeline(&self) -> PathBuf {
        self.root.join("pipeline.toml")
    }

    /// Where a table of the run lies.
    pub fn of_run(&self, table: Table) -> PathBuf {
        self.root.join(table.file)
    }

    /// Where a table of a model lies; `folder` is the model's, inside the run folder or as a path of its own.
    pub fn of_model(&self, table: Table, folder: &Path) -> PathBuf {
        self.root.join(folder).join(table.file)
    }

    /// The folders of the models that have a table, by name.
    ///
    /// # Errors
    /// The run folder cannot be read.
    pub fn models_with(&self, table: Table) -> std::io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.root)? {
            let path = entry?.path();
            if path.join(table.file).is_file() {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Folder names for models: readable, safe on every file system, and no two alike.
    pub fn folders<'a>(models: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut names = FileNames::default();
        models.into_iter().map(|model| names.next(model)).collect()
    }
}

/// Names for files and folders that stand for something with a name of its own, such as a model: readable, safe on every file
/// system, and no two alike, whether the system tells small letters from capitals or not.
#[derive(Clone, Debug, Default)]
pub struct FileNames {
    taken: HashSet<String>,
    /// The number to try next for a name that was asked for before.
    next: HashMap<String, u32>,
}

impl FileNames {
    /// The name for what is called `named`.
    pub fn next(&mut self, named: &str) -> String {
        let base = slug(named);
        if self.taken.insert(base.to_lowercase()) {
            return base;
        }
        let next = self.next.entry(base.to_lowercase()).or_insert(2);
        loop {
            let name = format!("{base}-{next}");
            *next += 1;
            if self.taken.insert(name.to_lowercase()) {
                return name;
            }
        }
    }
}

/// Names that Windows keeps for devices, whatever ending they have.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];
/// Devices that are numbered.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];
/// Endings of files in a run folder, and its folder of logs: a model's folder must not be in their place.
const OF_RUNS: [&str; 8] = [".csv", ".html", ".json", ".jsonl", ".lock", ".md", ".parquet", ".toml"];
const LOGS: &str = "logs";

/// The name means something else to a system, or in a run folder.
fn is_reserved(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    let numbered = NUMBERED_DEVICES.iter().any(|device| {
        stem.strip_prefix(device)
            .is_some_and(|number| number.len() == 1 && number.starts_with(|c: char| c.is_ascii_digit()))
    });
    DEVICES.contains(&stem) || numbered || name == LOGS || OF_RUNS.iter().any(|ending| name.ends_with(ending))
}

fn slug(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let mut slug = String::new();
    for c in name.chars().map(safe) {
        if !(c == '-' && slug.ends_with('-')) {
            slug.push(c);
        }
    }
    let slug: String = slug.trim_matches(['-', '.']).chars().take(80).collect();
    match slug.trim_end_matches(['-', '.']) {
        "" => "model".to_owned(),
        reserved if is_reserved(reserved) => format!("model-{reserved}"),
        slug => slug.to_owned(),
    }
}

/// The files of one run of a stage: in a run folder, or as somebody named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    read: BTreeMap<Table, Vec<PathBuf>>,
    written: BTreeMap<Table, PathBuf>,
}

impl Files {
    /// The same with one more file to read; of a table of which every model has one, there may be several.
    #[must_use]
    pub fn reading(mut self, table: Table, path: PathBuf) -> Self {
        self.read.entry(table).or_default().push(path);
        self
    }

    /// The same with one more file to write.
    #[must_use]
    pub fn writing(mut self, table: Table, path: PathBuf) -> Self {
        self.written.insert(table, path);
        self
    }

    /// The files of a table to read: none where nobody gave any.
    pub fn all(&self, table: Table) -> &[PathBuf] {
        self.read.get(&table).map_or(&[], Vec::as_slice)
    }

    /// The one file of a table to read.
    ///
    /// # Errors
    /// Nobody named it.
    pub fn input(&self, table: Table) -> Result<&Path, StageError> {
        self.optional(table).ok_or(StageError::Unnamed { table: table.file, to: "read" })
    }

    /// The same of a table that need not be there.
    pub fn optional(&self, table: Table) -> Option<&Path> {
        self.all(table).first().map(PathBuf::as_path)
    }

    /// Where a table is written.
    ///
    /// # Errors
    /// Nobody said.
    pub fn output(&self, table: Table) -> Result<&Path, StageError> {
        self.optional_output(table).ok_or(StageError::Unnamed { table: table.file, to: "write" })
    }

    /// The tables that are written.
    pub fn outputs(&self) -> impl Iterator<Item = Table> + '_ {
        self.written.keys().copied()
    }

    /// Where a table is written that need not be.
    pub fn optional_output(&self, table: Table) -> Option<&Path> {
        self.written.get(&table).map(PathBuf::as_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_get_folders_of_their_own() {
        let check = |models: &[&str], expect: &[&str]| {
            assert_eq!(RunLayout::folders(models.iter().copied()), expect);
        };
        check(&["qwen3-8b"], &["qwen3-8b"]);
        check(&["a/b", "a:b", "a b"], &["a-b", "a-b-2", "a-b-3"]);
        check(&["deepseek-reasoner (API, no version)"], &["deepseek-reasoner-API-no-version"]);
        check(&["模型", "..", "../x"], &["model", "model-2", "x"]);
        check(&["M", "m", "M"], &["M", "m-2", "M-3"]);
        check(&["a-2", "a", "a"], &["a-2", "a", "a-3"]);
        check(
            &["CON", "con.txt", "COM1", "com", "LPT9.x"],
            &["model-CON", "model-con.txt", "model-COM1", "com", "model-LPT9.x"],
        );
        check(
            &["manifest.json", "logs", "Report.HTML", "gpt-4.1"],
            &["model-manifest.json", "model-logs", "model-Report.HTML", "gpt-4.1"],
        );
        check(
            &["manifest.json", "model-manifest.json"],
            &["model-manifest.json", "model-model-manifest.json"],
        );
    }
}
