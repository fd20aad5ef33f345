//! Lines of a file about generations that somebody else has judged, and which line is about which generation.

use std::collections::BTreeMap;
use std::path::Path;

use plugin::{ConfigError, Content};
use tables::Generation;

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// The trace of this name.
    Trace(String),
    /// A sample of a problem: of this model, or of any.
    Sample { problem_id: String, sample: u32, model: Option<String> },
}

/// What the lines of a file say, by what they are about.
pub(crate) struct Recording<T> {
    lines: BTreeMap<About, T>,
    /// The file's name without its folder.
    pub(crate) file: String,
}

impl<T: Clone + PartialEq> Recording<T> {
    /// Reads the JSONL file that the key `path` names and notes its hash as `noted`. `read` says what a line is about, and
    /// what it says.
    ///
    /// # Errors
    /// The file cannot be read, or `read` refuses a line, or two lines say different things about one generation.
    pub(crate) fn load(
        path: &Path,
        noted: &str,
        content: &mut Content,
        read: impl Fn(&str) -> Result<(Vec<About>, T), String>,
    ) -> Result<Self, ConfigError> {
        let named = path.display();
        let refuse = |why: String| ConfigError::new("path", why);
        let text =
            std::fs::read_to_string(path).map_err(|error| refuse(format!("cannot read {named}: {error}")))?;
        content.note(noted, blake3::hash(text.as_bytes()).to_hex().as_str());
        let mut lines = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let at = |problem: String| refuse(format!("{named} line {}: {problem}", index + 1));
            let (about, said) = read(line).map_err(at)?;
            for about in about {
                let before = lines.insert(about, said.clone());
                if before.is_some_and(|before| before != said) {
                    return Err(at("another line than before for the same generation".to_owned()));
                }
            }
        }
        // What was read has a name.
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { lines, file })
    }

    /// What is said of a generation: by its trace's name, else for this model, else for any model.
    pub(crate) fn of(&self, generation: &Generation) -> Option<&T> {
        let sample = |model| About::Sample {
            problem_id: generation.problem_id.clone(),
            sample: generation.sample,
            model,
        };
        let by_trace = generation.trace_id.clone().and_then(|trace| self.lines.get(&About::Trace(trace)));
        let by_model = || self.lines.get(&sample(Some(generation.model.clone())));
        by_trace.or_else(by_model).or_else(|| self.lines.get(&sample(None)))
    }
}
