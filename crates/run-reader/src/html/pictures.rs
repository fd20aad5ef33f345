//! Pictures of grids, where a problem asks for one: the pairs that show the rule, the input, what is right, what was given.

use grid::{Grid, svg};
use serde::Serialize;

use crate::trace::Trace;

/// A picture with what stands below it.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    /// What it shows.
    pub label: String,
    /// The picture; made of digits alone, whatever a model wrote.
    pub svg: String,
}

/// Those of a trace; none where it is not about grids.
pub fn pictures(trace: &Trace) -> Vec<Picture> {
    if trace.score.grid.is_none() {
        return Vec::new();
    }
    let extra = trace.problem.extra.as_deref().and_then(|extra| serde_json::from_str(extra).ok());
    let mut pictures = extra.map_or_else(Vec::new, |extra: serde_json::Value| asked(&extra));
    let gold = trace.problem.gold.first().and_then(|gold| Grid::of_text(gold).ok());
    pictures.extend(gold.iter().map(|gold| picture("right", gold, None)));
    let given = trace.score.extracted.as_deref().and_then(|given| Grid::of_text(given).ok());
    pictures.extend(given.map(|given| picture("given", &given, gold.as_ref())));
    pictures
}

/// The pairs, and the last input.
fn asked(extra: &serde_json::Value) -> Vec<Picture> {
    let pairs = extra.get("train").and_then(serde_json::Value::as_array).into_iter().flatten();
    let mut pictures = Vec::new();
    for (number, pair) in (1..).zip(pairs) {
        for (place, what) in ["input", "output"].iter().enumerate() {
            let grid = pair.get(place).and_then(|grid| Grid::of_json(grid).ok());
            pictures.extend(grid.map(|grid| picture(&format!("{what} {number}"), &grid, None)));
        }
    }
    let last = extra.get("test_input").and_then(|grid| Grid::of_json(grid).ok());
    pictures.extend(last.map(|grid| picture("last input", &grid, None)));
    pictures
}

fn picture(label: &str, grid: &Grid, gold: Option<&Grid>) -> Picture {
    Picture { label: label.to_owned(), svg: svg(grid, gold) }
}

#[cfg(test)]
mod tests {
    use tables::{Generation, GridFacts, Judgment, Problem, Score, Split};

    use super::*;
    use crate::html::article;

    #[test]
    fn a_trace_about_grids_shows_them() {
        let extra = r#"{"train": [[[[0,1]],[[1,0]]]], "test_input": [[2,0]]}"#;
        let problem =
            Problem { gold: vec!["[[0,2]]".into()], extra: Some(extra.into()), ..Problem::default() };
        let score =
            Score { extracted: Some("[[0,3]]".into()), grid: Some(GridFacts::default()), ..Score::default() };
        let (generation, split) = (Generation::default(), Split::default());
        let trace = Trace::of(problem, generation, &split, Judgment::default(), score).unwrap();
        let labels: Vec<String> = pictures(&trace).into_iter().map(|picture| picture.label).collect();
        assert_eq!(labels, ["input 1", "output 1", "last input", "right", "given"]);
        let page = article("t", &trace, &[]).unwrap();
        assert_eq!((page.matches("<svg").count(), page.matches("class=\"wrong\"").count()), (5, 1));
        let plain = Trace { score: Score::default(), ..trace };
        assert!(pictures(&plain).is_empty() && !article("t", &plain, &[]).unwrap().contains("<svg"));
    }
}
