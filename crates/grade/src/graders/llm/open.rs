//! Answers to open questions: sentences, of which only a reader can say whether they say the same.

use std::collections::BTreeMap;
use std::path::Path;

use answer::Policy;
use chat::said;
use plugin::{ConfigError, Content};
use prompt::Text;
use serde::Deserialize;
use tables::{Grade, Verdict};

use crate::{Item, by_engine};

/// The grade before anybody is asked: right where the answer is literally a known one, else undecided. What is given is the marked
/// answer, else all that follows the thinking.
pub(super) fn grade(item: Item<'_>, policy: &Policy) -> Grade {
    let grade = by_engine(item, policy);
    let generation = item.generation;
    let text = generation.answer_text.trim();
    let unasked = matches!(grade.verdict, Verdict::Failed | Verdict::NoGold);
    if unasked || generation.unclosed() || text.is_empty() {
        return grade;
    }
    let marked = marked(text);
    if marked.is_none() && generation.truncated() {
        let how = Some("cut at the token limit before an answer".to_owned());
        return Grade { verdict: Verdict::NoAnswer, how, extracted: None, rule: None, ..grade };
    }
    let (given, rule) = marked.unwrap_or((text, "whole reply"));
    let same = item.problem.gold.iter().any(|gold| literal(gold) == literal(given));
    let (verdict, how) =
        if same { (Verdict::Right, "literally equal") } else { (Verdict::Undecided, "not literally equal") };
    Grade {
        verdict,
        how: Some(how.to_owned()),
        rule: Some(rule.to_owned()),
        extracted: Some(given.to_owned()),
        ..grade
    }
}

/// The answer that is marked as one, word for word: the last box, else the last pair of tags.
fn marked(text: &str) -> Option<(&str, &'static str)> {
    // A box that never ends marks nothing.
    let boxes = said::boxes(text).unwrap_or_default();
    let boxed = boxes.into_iter().rev().map(str::trim).find(|inside| !inside.is_empty());
    let tagged = || {
        let (before, _) = text.rsplit_once("</answer>")?;
        Some(before.rsplit_once("<answer>")?.1.trim()).filter(|inside| !inside.is_empty())
    };
    boxed.map(|inside| (inside, "boxed")).or_else(|| Some((tagged()?, "tag")))
}

/// A text without what nobody hears: case, blanks, a full stop at its end.
fn literal(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase().trim_end_matches(['.', '。', '!']).to_owned()
}

/// What makes an answer right: the same for all questions, or one for each that is named.
#[derive(Debug, Default)]
pub(super) struct Rubrics {
    all: String,
    of: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    rubric: String,
}

impl Rubrics {
    /// Reads a text, or JSON lines of `id` and `rubric`.
    pub(super) fn read(file: Option<&Path>, content: &mut Content) -> Result<Self, ConfigError> {
        let Some(path) = file else { return Ok(Self::default()) };
        let Some(text) = Text::given("rubric", None, file)? else { return Ok(Self::default()) };
        let text = text.into_text();
        content.note("rubric", &text);
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            return Ok(Self { all: text.trim().to_owned(), ..Self::default() });
        }
        let mut of = BTreeMap::new();
        for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
            let fault = |why: String| ConfigError::new("rubric_file", format!("line {line}: {why}"));
            let row: Row = serde_json::from_str(row).map_err(|error| fault(error.to_string()))?;
            if of.insert(row.id.clone(), row.rubric).is_some() {
                return Err(fault(format!("`{}` is there twice", row.id)));
            }
        }
        Ok(Self { of, ..Self::default() })
    }

    /// That of a problem; empty where there is none.
    pub(super) fn of(&self, problem_id: &str) -> &str {
        self.of.get(problem_id).map_or(&self.all, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use tables::{Finish, Generation, Problem};

    use super::*;

    fn graded(gold: &str, answer: &str, finish: Finish) -> Grade {
        let problem = Problem { gold: vec![gold.into()], ..Problem::default() };
        let generation = Generation { answer_text: answer.into(), finish, ..Generation::default() };
        grade(Item::new(&problem, &generation), &Policy::default())
    }

    #[test]
    fn what_is_literally_equal_is_right_and_the_rest_is_for_a_reader() {
        let check = |gold: &str, answer: &str, verdict: Verdict, given: &str| {
            let grade = graded(gold, answer, Finish::Stop);
            assert_eq!((grade.verdict, grade.extracted.as_deref()), (verdict, Some(given)), "{answer}");
        };
        check("The heat of the sun.", "the heat of  the Sun", Verdict::Right, "the heat of  the Sun");
        check("It melts.", "So \\boxed{it melts}.", Verdict::Right, "it melts");
        check("It melts.", "It turns into water.", Verdict::Undecided, "It turns into water.");
        // The same value in another notation is for the reader, too: what a question asks for, nobody here knows.
        check("1/2", "0.5", Verdict::Undecided, "0.5");
        check("Because 5 is odd.", "<answer>5 is odd</answer>", Verdict::Undecided, "5 is odd");
    }

    #[test]
    fn what_has_no_end_has_no_answer() {
        let grade = graded("It melts.", "It turns into", Finish::Length);
        assert_eq!((grade.verdict, grade.extracted), (Verdict::NoAnswer, None));
        assert_eq!(graded("It melts.", "\\boxed{it melts} and", Finish::Length).verdict, Verdict::Right);
        assert_eq!(graded("It melts.", "", Finish::Stop).verdict, Verdict::NoAnswer);
        assert_eq!(graded(" ", "It melts.", Finish::Stop).verdict, Verdict::NoGold);
        assert_eq!(graded("It melts.", "", Finish::Error).verdict, Verdict::Failed);
    }

    #[test]
    fn rubrics_are_for_all_or_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            Rubrics::read(Some(&path), &mut Content::default()).map_err(|fault| fault.to_string())
        };
        assert_eq!(read("r.txt", "Both causes.\n").unwrap().of("q"), "Both causes.");
        let each = read(
            "r.jsonl",
            "{\"id\": \"a\", \"rubric\": \"One.\"}\n\n{\"id\": \"b\", \"rubric\": \"Two.\"}\n",
        )
        .unwrap();
        assert_eq!((each.of("a"), each.of("b"), each.of("c")), ("One.", "Two.", ""));
        let twice =
            read("t.jsonl", "{\"id\": \"a\", \"rubric\": \"1\"}\n{\"id\": \"a\", \"rubric\": \"2\"}\n");
        assert_eq!(twice.unwrap_err(), "rubric_file: line 2: `a` is there twice");
        assert!(
            read("u.jsonl", "{\"id\": \"a\"}")
                .unwrap_err()
                .starts_with("rubric_file: line 1: missing field `rubric`")
        );
        assert_eq!(Rubrics::read(None, &mut Content::default()).unwrap().of("a"), "");
    }
}
