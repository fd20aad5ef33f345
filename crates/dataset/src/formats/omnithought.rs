//! OmniThought: a question with several chains of thought, each with its teacher, its rated verbosity and
//! difficulty.

use records::Row;
use serde_json::{Map, Value};

use super::ForeignFormat;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Labels, Need, Question, Shape, Skipped, golds, must, own,
};

/// The names that its releases give to the parts of a chain.
const REPLY: &[&str] = &["full_response", "response", "answer", "solution"];
const THINKING: &[&str] = &["process", "thought", "thinking", "reasoning_process", "think", "cot"];
const TEACHER: &[&str] = &["teacher", "teacher_model", "model", "source_model"];
const VERBOSITY: &[&str] = &["Reasoning_Verbosity", "reasoning_verbosity", "RV"];
const DIFFICULTY: &[&str] = &["Cognitive_Difficulty", "cognitive_difficulty", "CD"];

pub(super) struct OmniThought;

impl ForeignFormat for OmniThought {
    fn name(&self) -> &'static str {
        "omnithought"
    }

    fn about(&self) -> &'static str {
        "OmniThought rows: question and `reasoning`, a list of chains with teacher and ratings"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[must("question", Shape::Prompt), own("reasoning", Shape::Tables)] }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.question("question").ok_or_else(|| Skipped::lacks("`question`"))?;
        let chains = cells.items("reasoning");
        let chains: Vec<&Map<String, Value>> = chains.iter().filter_map(Value::as_object).collect();
        if chains.is_empty() {
            return Err(Skipped::lacks("chain in `reasoning`"));
        }
        let rest = cells.rest(&["question", "reasoning", "id", "answer", "reference_answer", "ground_truth"]);
        let id = cells.text("id");
        let answer = |(index, chain): (usize, &&Map<String, Value>)| {
            let mut answer = chain_of(Cells(chain));
            answer.reply.trace_id = id.as_ref().map(|id| format!("{id}#{index}"));
            answer.extra.extend(rest.clone());
            answer
        };
        let mut gold = Vec::new();
        for name in ["answer", "reference_answer", "ground_truth"] {
            gold = if gold.is_empty() { golds(row, name)? } else { gold };
        }
        let replies = chains.iter().enumerate().map(answer).collect();
        let unread = |chain: &&Map<String, Value>| {
            let held = |names: &[&str]| {
                names.iter().any(|name| chain.get(*name).is_some_and(|value| !value.is_null()))
            };
            let labels = chain_of(Cells(chain)).labels;
            (held(VERBOSITY) && labels.verbosity.is_none())
                || (held(DIFFICULTY) && labels.difficulty.is_none())
        };
        let note =
            chains.iter().any(unread).then_some("a rating that is no whole number from 0 to 9 is not taken");
        let question = Question { text, gold, subset: cells.text("subset"), ..Question::default() };
        Ok(ForeignRow { question: Some(question), replies, note, ..ForeignRow::default() })
    }
}

fn chain_of(chain: Cells<'_>) -> Answer {
    let field = THINKING.iter().find(|name| chain.text(name).is_some_and(|text| !text.trim().is_empty()));
    let mut answer = Answer::of(chain.first_text(REPLY));
    // A full response holds its thinking between tags already.
    if let Some(field) = field.filter(|_| !chat::has_tag(&answer.reply.content)) {
        answer = answer.with_reasoning(chain.text(field), field);
    }
    answer.model = chain.first_text(TEACHER);
    let rated = |names: &[&str]| names.iter().find_map(|name| chain.rating(name));
    answer.labels =
        Labels { verbosity: rated(VERBOSITY), difficulty: rated(DIFFICULTY), ..Labels::default() };
    answer.labels.reasoning_valid = chain.flag("reasoning_valid");
    answer.labels.solution_valid = chain.flag("solution_valid");
    answer.extra = chain.rest(&[REPLY, THINKING, TEACHER].concat());
    answer
}
