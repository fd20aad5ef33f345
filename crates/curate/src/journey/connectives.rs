//! What is said where a text returns from a wrong branch.

use std::path::Path;

use tables::Problem;

use crate::CurateError;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// Sentences that return to a step, and those that return to the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connectives {
    /// For problems in English, and in any language that has none of its own.
    en: Option<Sentences>,
    /// For problems in Chinese.
    zh: Option<Sentences>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sentences {
    /// `{step}` stands for the number of the step, from 1.
    back: Vec<String>,
    /// To the very beginning.
    anew: Vec<String>,
}

const EN: [&str; 4] = [
    "That cannot be right. Let me go back to step {step}.",
    "Wait, this leads nowhere. I return to step {step}.",
    "Hold on, something went wrong here. Back to step {step}.",
    "No, that does not work. I take it up again behind step {step}.",
];
const EN_ANEW: [&str; 2] =
    ["That cannot be right. Let me start over.", "Wait, this was wrong from the start. Once more."];
const ZH: [&str; 4] = [
    "这里不对，回到第{step}步。",
    "等等，这样走不通，我回到第{step}步。",
    "这一步有错，从第{step}步重新来。",
    "不行，这个结果不合理，回到第{step}步再想。",
];
const ZH_ANEW: [&str; 2] = ["这里不对，从头再来。", "等等，一开始就错了，重新来。"];

/// In place of the number of the step.
const STEP: &str = "{step}";

impl Sentences {
    fn of(back: &[&str], anew: &[&str]) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self { back: owned(back), anew: owned(anew) }
    }
}

impl Connectives {
    /// Our own sentences in these languages; in the problem's where both are there.
    pub fn of(languages: &[Language]) -> Self {
        let en = languages.contains(&Language::En).then(|| Sentences::of(&EN, &EN_ANEW));
        let zh = languages.contains(&Language::Zh).then(|| Sentences::of(&ZH, &ZH_ANEW));
        Self { en, zh }
    }

    /// The lines of a file: those with `{step}` return to a step, the others to the beginning.
    ///
    /// # Errors
    /// It cannot be read, or holds none of one of the two.
    pub fn from_file(path: &Path) -> Result<Self, CurateError> {
        let fault = |why: String| {
            CurateError::Settings(
                plugin::ConfigError::new("connectives", format!("{}: {why}", path.display())).into(),
            )
        };
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (back, anew): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains(STEP));
        if back.is_empty() || anew.is_empty() {
            return Err(fault(
                "needs lines with {step}, which return to a step, and lines without, which begin anew".into(),
            ));
        }
        Ok(Self { en: Some(Sentences::of(&back, &anew)), zh: None })
    }

    /// What is said on the way back to `step`, counted from 1; to the beginning where there is none.
    pub(super) fn sentence(&self, problem: &Problem, step: Option<u32>, drawn: u32) -> String {
        let chinese = problem.problem.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let own = if chinese {
            self.zh.as_ref().or(self.en.as_ref())
        } else {
            self.en.as_ref().or(self.zh.as_ref())
        };
        let pick = |of: &[String]| of.get(drawn as usize % of.len().max(1)).cloned().unwrap_or_default();
        match (own, step) {
            (None, _) => String::new(),
            (Some(own), Some(step)) => pick(&own.back).replace(STEP, &step.to_string()),
            (Some(own), None) => pick(&own.anew),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Problem {
        Problem { problem: text.into(), ..Problem::default() }
    }

    #[test]
    fn the_language_is_that_of_the_problem_and_the_step_is_named() {
        let both = Connectives::of(&[Language::En, Language::Zh]);
        assert_eq!(
            both.sentence(&problem("2 + 3?"), Some(2), 0),
            "That cannot be right. Let me go back to step 2."
        );
        assert_eq!(both.sentence(&problem("求2加3"), Some(2), 4), "这里不对，回到第2步。");
        assert_eq!(both.sentence(&problem("求2加3"), None, 1), "等等，一开始就错了，重新来。");
        let english = Connectives::of(&[Language::En]);
        assert_eq!(english.sentence(&problem("求2加3"), None, 0), "That cannot be right. Let me start over.");
    }

    #[test]
    fn a_file_brings_sentences_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("back.txt");
        std::fs::write(&path, "Back to {step}.\n\nAnew.\n").unwrap();
        let own = Connectives::from_file(&path).unwrap();
        assert_eq!(own.sentence(&problem("?"), Some(3), 7), "Back to 3.");
        assert_eq!(own.sentence(&problem("?"), None, 7), "Anew.");
        std::fs::write(&path, "Anew.\n").unwrap();
        assert!(Connectives::from_file(&path).unwrap_err().to_string().contains("needs lines with {step}"));
        assert!(Connectives::from_file(&folder.path().join("none")).is_err());
    }
}
