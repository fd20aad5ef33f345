//! open-r1: a problem with `generations`, each with its grades, its completeness and its end.

use records::Row;
use serde_json::{Map, Value};

use super::ForeignFormat;
use crate::foreign::{
    Answer, Cells, FileFacts, Fit, ForeignRow, Need, Question, Shape, Skipped, fit, golds, may, must, own,
};

pub(super) struct OpenR1;

const NEEDS: &[Need] = &[
    must("problem", Shape::Text),
    own("generations", Shape::List),
    may("is_reasoning_complete", Shape::List),
    may("finish_reasons", Shape::List),
    may("correctness_math_verify", Shape::List),
    may("correctness_llama", Shape::List),
    may("correctness_count", Shape::Number),
];

impl ForeignFormat for OpenR1 {
    fn name(&self) -> &'static str {
        "open-r1"
    }

    fn about(&self) -> &'static str {
        "open-r1 rows: problem and `generations`, with correctness_*, is_reasoning_complete, finish_reasons"
    }

    fn needs(&self) -> &'static [Need] {
        NEEDS
    }

    fn fits(&self, cells: &Map<String, Value>) -> Fit {
        match fit(NEEDS, cells) {
            // Generations alone are anybody's.
            Fit::Yes(has) if has.len() < 3 => Fit::No,
            Fit::Half { .. } => Fit::No,
            fit => fit,
        }
    }

    fn bulk(&self) -> &'static [&'static str] {
        &["messages"]
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.text("problem").ok_or_else(|| Skipped::lacks("`problem`"))?;
        let generations = cells.items("generations");
        if generations.is_empty() {
            return Err(Skipped::lacks("generation"));
        }
        let per_reply: Vec<&String> = row
            .cells
            .keys()
            .filter(|name| name.starts_with("correctness_") && cells.list(name).is_some())
            .collect();
        let rest = rest(cells, &per_reply);
        let answer = |(index, text): (usize, &Value)| {
            let at = |name: &str| cells.at(&format!("{name}.{index}")).map(|value| value.into_owned());
            let mut answer = Answer::of(text.as_str());
            answer.reply.trace_id = cells.text("uuid").map(|id| format!("{id}#{index}"));
            answer.ended(cells.ending(&format!("finish_reasons.{index}")));
            let graded = per_reply.iter().filter_map(|name| Some(((*name).clone(), at(name)?)));
            let grade: Map<String, Value> = graded.collect();
            answer.grade = (!grade.is_empty()).then_some(Value::Object(grade));
            answer.extra.clone_from(&rest);
            if let Some(complete) = at("is_reasoning_complete") {
                answer.extra.insert("is_reasoning_complete".to_owned(), complete);
            }
            answer
        };
        let replies = generations.iter().enumerate().map(answer).collect();
        let question = Question {
            id: cells.text("uuid"),
            text,
            gold: golds(row, "answer")?,
            solution: cells.text("solution"),
            ..Question::default()
        };
        Ok(ForeignRow { question: Some(question), replies, ..ForeignRow::default() })
    }
}

fn rest(cells: Cells<'_>, per_reply: &[&String]) -> Map<String, Value> {
    let mut rest = cells.rest(&[
        "problem",
        "answer",
        "solution",
        "uuid",
        "generations",
        "is_reasoning_complete",
        "finish_reasons",
        "messages",
    ]);
    rest.retain(|name, _| !per_reply.contains(&name));
    rest
}
