//! A grader held against pairs of answers that people labelled: how often does it say what they say?

use std::path::Path;
use std::sync::Arc;

use chat::Ask;
use grade::{Grader, Grading};
use pairs::{Expected, GradeError, Kind, Pair};
use records::{Input, Row};
use report::{clean, whole};
use serde::Serialize;
use stage::{Observer, Walked, drive};
use stats::{Proportion, kappa};
use tables::{Finish, Generation, Grade, Problem, Test};

use crate::CalibrateError;

/// Pairs with what people say of them.
#[derive(Debug, Default)]
pub struct LabelledPairs {
    rows: Vec<(Problem, Generation, bool)>,
    /// Pairs of which nobody says whether they are the same.
    left_out: u64,
}

/// What a grader came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairsReport {
    /// The grader's name.
    pub grader: String,
    /// Pairs that it graded.
    pub pairs: u64,
    /// Pairs without a label.
    pub left_out: u64,
    /// It says what people say, of the pairs that it decides.
    pub agrees: Proportion,
    /// Different answers that it takes for the same.
    pub wrong_taken_for_right: Proportion,
    /// Equal answers that it takes for different ones.
    pub right_taken_for_wrong: Proportion,
    /// Pairs that it does not decide.
    pub undecided: Proportion,
    /// Agreement beyond chance; null where people say the same of all of them.
    pub kappa: Option<f64>,
    /// Model calls.
    pub calls: u64,
    /// Tokens that were asked and said, as far as they were counted.
    pub tokens: u64,
    /// The pairs on which it disagrees: what is known, what was given, and what it said.
    pub disagreements: Vec<Disagreement>,
}

/// A pair of which people say something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disagreement {
    /// The row's own name, or its line.
    pub id: String,
    /// The known answers.
    pub gold: Vec<String>,
    /// The given one.
    pub given: String,
    /// What people say.
    pub expected: bool,
    /// The grader's own words.
    pub said: Option<String>,
}

impl LabelledPairs {
    /// Reads rows of `gold`, `pred` and `expected`, with `problem` for whoever is asked.
    ///
    /// # Errors
    /// A row is no pair, or none is labelled.
    pub fn read(path: &Path) -> Result<Self, CalibrateError> {
        let input = Input::of(path, None, &|cells| cells.contains_key("pred")).map_err(GradeError::from)?;
        let mut all = Self::default();
        for row in input.open().map_err(GradeError::from)? {
            all.add(&row.map_err(GradeError::from)?)?;
        }
        if all.rows.is_empty() {
            return Err(CalibrateError::NoPairs { path: path.to_owned(), pairs: all.left_out });
        }
        Ok(all)
    }

    fn add(&mut self, row: &Row) -> Result<(), CalibrateError> {
        let pair = Pair::read(row, Kind::Answer)?;
        let Some(Expected::Equal(same)) = pair.expected else {
            self.left_out += 1;
            return Ok(());
        };
        let text = ["problem", "question"].iter().find_map(|name| row.cells.get(*name)?.as_str());
        let problem = Problem {
            id: pair.id.unwrap_or_else(|| format!("row {}", row.origin.line)),
            problem: text.unwrap_or_default().to_owned(),
            gold: pair.golds,
            choices: pair.choices,
            ..Problem::default()
        };
        let generation = Generation {
            problem_id: problem.id.clone(),
            answer_text: pair.pred,
            finish: Finish::Stop,
            ..Generation::default()
        };
        self.rows.push((problem, generation, same));
        Ok(())
    }
}

/// Has a grader grade the pairs; one that asks models needs somebody to `ask`.
///
/// # Errors
/// The grader cannot work here, or whoever is asked cannot be reached.
pub fn grade_pairs(
    grader: &dyn Grader,
    pairs: &LabelledPairs,
    ask: Option<&dyn Ask>,
    observer: &dyn Observer,
) -> Result<PairsReport, CalibrateError> {
    grader.ready()?;
    let walked = |(problem, generation, _): &(Problem, Generation, bool)| {
        let rows: Arc<[Test]> = Arc::default();
        Ok(Walked { problem: Arc::new(problem.clone()), generation: generation.clone(), rows })
    };
    let mut grades: Vec<Grade> = Vec::new();
    let total = pairs.rows.len() as u64;
    drive(&Grading(grader), pairs.rows.iter().map(walked), total, ask, observer, |(_, grade)| {
        grades.push(grade);
        Ok(())
    })?;
    Ok(report(grader.name(), pairs, &grades))
}

fn report(grader: String, pairs: &LabelledPairs, grades: &[Grade]) -> PairsReport {
    let both = || pairs.rows.iter().zip(grades).map(|((.., same), grade)| (*same, grade.verdict.correct()));
    let decided: Vec<(bool, bool)> = both().filter_map(|(same, said)| Some((same, said?))).collect();
    let said_of = |label: bool| {
        Proportion::count(decided.iter().filter(|(same, _)| *same == label).map(|(same, said)| same != said))
    };
    let rated: Vec<(i64, i64)> =
        decided.iter().map(|(same, said)| (i64::from(*same), i64::from(*said))).collect();
    let tokens =
        |grade: &Grade| [grade.prompt_tokens, grade.completion_tokens].into_iter().flatten().sum::<u64>();
    PairsReport {
        grader,
        pairs: grades.len() as u64,
        left_out: pairs.left_out,
        agrees: Proportion::count(decided.iter().map(|(same, said)| same == said)),
        wrong_taken_for_right: said_of(false),
        right_taken_for_wrong: said_of(true),
        undecided: Proportion::count(both().map(|(_, said)| said.is_none())),
        kappa: kappa(&rated),
        calls: grades.iter().map(|grade| u64::from(grade.calls)).sum(),
        tokens: grades.iter().map(tokens).sum(),
        disagreements: pairs.rows.iter().zip(grades).filter_map(disagreement).collect(),
    }
}

fn disagreement(
    ((problem, generation, same), grade): (&(Problem, Generation, bool), &Grade),
) -> Option<Disagreement> {
    let said = grade.verdict.correct()?;
    (said != *same).then(|| Disagreement {
        id: problem.id.clone(),
        gold: problem.gold.clone(),
        given: generation.answer_text.clone(),
        expected: *same,
        said: grade.raw.clone().or_else(|| grade.how.clone()),
    })
}

impl PairsReport {
    /// A line a figure, and the pairs on which people say something else.
    pub fn to_text(&self) -> String {
        let share = |of: &Proportion| match (of.value, of.low, of.high) {
            (Some(value), Some(low), Some(high)) => {
                let [value, low, high] = [value, low, high].map(|share| share * 100.0);
                format!("{value:.1} % ({low:.1}–{high:.1}), {} of {}", whole(of.hits), whole(of.of))
            }
            _ => "–".to_owned(),
        };
        let kappa =
            self.kappa.map_or_else(|| "–".to_owned(), |kappa| format!("{kappa:.2}").replace('-', "−"));
        let left = match self.left_out {
            0 => String::new(),
            left => format!("; {} without a label left out", whole(left)),
        };
        let mut text = format!("{} on {} labelled pairs{left}\n\n", clean(&self.grader), whole(self.pairs));
        let figures = [
            ("agrees with people", share(&self.agrees)),
            ("wrong taken for right", share(&self.wrong_taken_for_right)),
            ("right taken for wrong", share(&self.right_taken_for_wrong)),
            ("undecided", share(&self.undecided)),
            ("κ", kappa),
            ("model calls", whole(self.calls)),
            ("tokens", whole(self.tokens)),
        ];
        figures.iter().for_each(|(name, figure)| text.push_str(&format!("{name:<24}{figure}\n")));
        for one in self.disagreements.iter().take(SHOWN) {
            let people = if one.expected { "the same" } else { "different" };
            let (gold, given) = (clean(&one.gold.join(" or ")), clean(&one.given));
            text.push_str(&format!(
                "\n{}: people say {people}\n  known: {gold}\n  given: {given}\n",
                clean(&one.id)
            ));
        }
        text
    }
}

/// So many disagreements are shown; all of them are in the JSON.
const SHOWN: usize = 10;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stage::Silent;

    use super::*;

    fn read(rows: &[serde_json::Value]) -> Result<LabelledPairs, CalibrateError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.jsonl");
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(&path, text).unwrap();
        LabelledPairs::read(&path)
    }

    #[test]
    fn a_grader_is_held_against_people() {
        let pairs = read(&[
            json!({"id": "a", "gold": "5", "pred": "\\boxed{5}", "expected": true}),
            json!({"id": "b", "gold": "5", "pred": "\\boxed{6}", "expected": false}),
            json!({"id": "c", "gold": "1/2", "pred": "\\boxed{0.5}", "expected": false, "problem": "As a fraction?"}),
            json!({"id": "d", "gold": "9".repeat(5000), "pred": "\\boxed{6}", "expected": false}),
            json!({"gold": "5", "pred": "5"}),
        ])
        .unwrap();
        let grader = grade::GRADERS.build(&json!({"kind": "answer"}), "grade").ok().unwrap().built;
        let found = grade_pairs(&*grader, &pairs, None, &Silent).unwrap();
        assert_eq!((found.pairs, found.left_out, found.calls), (4, 1, 0));
        assert_eq!((found.agrees.hits, found.agrees.of), (2, 3));
        assert_eq!((found.wrong_taken_for_right.hits, found.wrong_taken_for_right.of), (1, 2));
        assert_eq!((found.right_taken_for_wrong.hits, found.right_taken_for_wrong.of), (0, 1));
        assert_eq!((found.undecided.hits, found.undecided.of), (1, 4));
        assert!((found.kappa.unwrap() - 0.4).abs() < 1e-12, "{:?}", found.kappa);
        insta::assert_snapshot!(found.to_text());
    }

    #[test]
    fn without_labels_nothing_can_be_held_against_anybody() {
        let error = read(&[json!({"gold": "5", "pred": "5"})]).unwrap_err().to_string();
        assert!(error.contains("none of the 1 pairs"), "{error}");
    }
}
