//! The labels of the built-in traces, as far as a program can check them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{problems, rows, text, texts};

/// A trace beside its problem.
struct Trace {
    row: Value,
    problem: Value,
}

impl Trace {
    fn id(&self) -> &str {
        text(&self.row, "id")
    }

    fn label(&self, key: &str) -> Option<usize> {
        self.row["labels"][key].as_u64().and_then(|number| usize::try_from(number).ok())
    }

    fn labels(&self, key: &str) -> Vec<usize> {
        let list = self.row["labels"][key].as_array().into_iter().flatten();
        list.filter_map(Value::as_u64).filter_map(|number| usize::try_from(number).ok()).collect()
    }

    fn is_correct(&self) -> bool {
        self.row["labels"]["final_correct"].as_bool().unwrap_or_default()
    }

    fn is_cut(&self) -> bool {
        text(&self.row, "finish") == "length"
    }

    fn level(&self) -> u64 {
        self.problem["level"].as_u64().unwrap_or_default()
    }

    /// The thinking and what follows it.
    fn parts(&self) -> (&str, &str) {
        let response = text(&self.row, "response").strip_prefix("<think>\n").unwrap_or_default();
        response.split_once("\n</think>\n\n").unwrap_or((response, ""))
    }

    fn steps(&self) -> Vec<&str> {
        self.parts().0.split("\n\n").filter(|step| !step.trim().is_empty()).collect()
    }

    /// What may stand for the right answer: the answers, and the text of the right option.
    fn golds(&self) -> Vec<String> {
        let answers = texts(&self.problem["answer"]);
        let options = texts(&self.problem["choices"]);
        let right = options
            .into_iter()
            .zip(["A", "B", "C", "D"])
            .filter(|(_, letter)| answers.iter().any(|a| a == letter));
        answers.iter().cloned().chain(right.map(|(option, _)| option)).map(|gold| plain(&gold)).collect()
    }

    fn boxed(&self) -> Option<String> {
        let after = self.parts().1;
        let inside = &after[after.rfind("\\boxed{")? + "\\boxed{".len()..];
        let mut depth = 1;
        let end = inside.find(|each: char| {
            depth += i32::from(each == '{') - i32::from(each == '}');
            depth == 0
        })?;
        Some(plain(&inside[..end]))
    }
}

/// Without blanks and styling.
fn plain(formula: &str) -> String {
    let formula = formula.replace("\\left", "").replace("\\right", "").replace("\\text{", "{");
    let bare =
        formula.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(&formula).to_owned();
    bare.chars().filter(|each| !each.is_whitespace()).collect()
}

fn traces() -> Vec<Trace> {
    let problems = problems();
    let with_problem = |row: Value| {
        let problem = problems.get(text(&row, "problem_id")).cloned().unwrap_or_default();
        assert!(!problem.is_null(), "{}: no such problem", text(&row, "id"));
        Trace { row, problem }
    };
    rows("traces.jsonl").into_iter().map(with_problem).collect()
}

#[test]
fn both_manners_cover_the_same_problems_in_their_order() {
    let traces = traces();
    let ids: BTreeSet<&str> = traces.iter().map(Trace::id).collect();
    assert_eq!(ids.len(), traces.len(), "an id occurs twice");

    let mut covered: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for trace in &traces {
        covered.entry(text(&trace.row, "model")).or_default().push(text(&trace.row, "problem_id"));
    }
    assert_eq!(covered.keys().copied().collect::<Vec<_>>(), ["overthinker", "to-the-point"]);
    assert_eq!(covered["overthinker"], covered["to-the-point"]);

    let order: Vec<String> = rows("problems.jsonl").iter().map(|row| text(row, "id").to_owned()).collect();
    let place = |id: &str| order.iter().position(|each| each == id);
    assert!(covered["overthinker"].is_sorted_by_key(|id| place(id)));
    for level in 1..=5 {
        assert!(traces.iter().filter(|trace| trace.level() == level).count() >= 16, "level {level}");
    }
}

#[test]
fn labels_point_into_the_trace() {
    for trace in traces() {
        let (id, steps) = (trace.id(), trace.steps());
        assert_eq!(trace.label("steps"), Some(steps.len()), "{id}");
        let (first, low, high) = (trace.label("first_assertion"), trace.label("lo"), trace.label("hi"));
        assert!(low <= first && first <= high && high < Some(steps.len()), "{id}");
        assert_eq!((low.is_some(), high.is_some()), (first.is_some(), first.is_some()), "{id}");

        let solutions = trace.labels("solutions");
        assert!(
            solutions.is_sorted_by(|a, b| a < b) && solutions.iter().all(|step| *step < steps.len()),
            "{id}"
        );
        let strategies = trace.labels("strategies");
        assert_eq!(strategies.len(), solutions.len(), "{id}");
        strategies.iter().fold(0, |known, strategy| {
            assert!(*strategy <= known, "{id}: strategies are numbered by first appearance");
            known.max(strategy + 1)
        });
    }
}

#[test]
fn the_labelled_step_names_the_answer() {
    for trace in traces() {
        let Some(first) = trace.label("first_assertion") else { continue };
        let step = plain(trace.steps()[first]);
        assert!(trace.golds().iter().any(|gold| step.contains(gold.as_str())), "{}: {step}", trace.id());
    }
}

#[test]
fn the_first_assertion_ends_a_solution_or_comes_within_its_band() {
    for trace in traces() {
        if let (Some(low), Some(high)) = (trace.label("lo"), trace.label("hi")) {
            let inside = |step: &usize| low <= *step && *step <= high;
            assert!(trace.labels("solutions").iter().any(inside), "{}", trace.id());
        }
    }
}

#[test]
fn the_final_answer_agrees_with_its_label() {
    for trace in traces() {
        let right = trace.boxed().is_some_and(|boxed| trace.golds().contains(&boxed));
        assert_eq!(right, trace.is_correct(), "{}: {:?}", trace.id(), trace.boxed());
        assert!(!trace.is_correct() || trace.label("first_assertion").is_some(), "{}", trace.id());
        let closed = text(&trace.row, "response").contains("</think>");
        assert_eq!(trace.is_cut(), !closed, "{}", trace.id());
        assert_eq!(trace.boxed().is_none(), trace.is_cut(), "{}", trace.id());
    }
}

#[test]
fn the_special_cases_are_there() {
    let traces = traces();
    let count = |holds: fn(&Trace) -> bool| traces.iter().filter(|trace| holds(trace)).count();
    let lost =
        |trace: &Trace| trace.label("first_assertion").is_some() && !trace.is_correct() && !trace.is_cut();
    assert_eq!(count(lost), 2, "found, then lost");
    assert_eq!(count(Trace::is_cut), 2, "cut at the limit");
    assert!(count(|trace| !trace.is_correct() && !trace.is_cut()) >= 8, "wrong");
    assert_eq!(count(|trace| trace.parts().0.contains('的')), 1, "Chinese");
    assert!(
        count(|trace| trace.golds().iter().any(|gold| text(&trace.problem, "problem").contains(gold))) >= 2
    );
    assert!(count(|trace| !texts(&trace.problem["choices"]).is_empty()) >= 6, "multiple choice");
}

#[test]
fn harder_problems_are_thought_about_longer_and_the_overthinker_thinks_longer() {
    let traces = traces();
    let mean = |model: &str, level: u64| {
        let lengths: Vec<usize> = traces
            .iter()
            .filter(|trace| text(&trace.row, "model") == model && trace.level() == level)
            .map(|trace| trace.parts().0.chars().count())
            .collect();
        lengths.iter().sum::<usize>() / lengths.len().max(1)
    };
    for model in ["to-the-point", "overthinker"] {
        assert!(mean(model, 1) < mean(model, 3) && mean(model, 3) < mean(model, 5), "{model}");
    }
    for level in 1..=5 {
        assert!(mean("overthinker", level) > 2 * mean("to-the-point", level), "level {level}");
    }
}
