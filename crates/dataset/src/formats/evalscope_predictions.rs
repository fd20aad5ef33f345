//! Predictions of EvalScope since 1.0: `predictions/<model>/<benchmark>_<subset>.jsonl`. The known answers stand in
//! the reviews.

use std::path::Path;

use chat::shape::Shown;
use records::Row;
use serde_json::Value;

use super::ForeignFormat;
use crate::DatasetError;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Joins, Need, Question, Shape, Skipped, Stated, between, must, own,
    stem,
};

pub(super) struct Predictions;

impl ForeignFormat for Predictions {
    fn name(&self) -> &'static str {
        "evalscope-predictions"
    }

    fn about(&self) -> &'static str {
        "EvalScope predictions (1.0 and later); give the reviews too, for the known answers"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[must("index", Shape::Number), own("model_output", Shape::Table), must("messages", Shape::Turns)] }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "evalscope", side: false, alone: None })
    }

    fn bulk(&self) -> &'static [&'static str] {
        &["messages"]
    }

    fn read(&self, row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let index = cells.text("index").ok_or_else(|| Skipped::lacks("`index`"))?;
        let text =
            cells.question("messages").ok_or_else(|| Skipped::lacks("turn of a user in `messages`"))?;
        let mut answer = match cells.table("model_output.choices.0.message") {
            Some(message) => Answer::turn(Shown::of_message(&message)),
            None => Answer::default(),
        };
        answer.model = cells.text("model").filter(|model| !model.is_empty());
        answer.ended(cells.ending("model_output.choices.0.stop_reason"));
        let reply = &mut answer.reply;
        reply.trace_id = Some(index.clone());
        reply.error = cells.text("model_output.error");
        // Here 0 stands for what nobody counted.
        let counted = |path: &str| cells.count(path).filter(|count| *count > 0);
        reply.prompt_tokens = counted("model_output.usage.input_tokens");
        reply.completion_tokens = counted("model_output.usage.output_tokens");
        reply.reasoning_tokens = counted("model_output.usage.reasoning_tokens");
        reply.seconds = cells.real("model_output.time");
        reply.first_token_seconds = cells.real("model_output.choices.0.message.perf_metrics.ttft");
        answer.extra = cells.rest(&["index", "model", "model_output", "messages"]);
        let question = Question { text, subset: file.subset.clone(), ..Question::default() };
        Ok(ForeignRow {
            question: Some(question),
            replies: vec![answer],
            join: Some(format!("{}#{index}", file.run)),
            once: Some((index, "another prediction before it has the same index")),
            note: None,
        })
    }
}

/// What EvalScope's folders say: `predictions/<model>/<file>` beside `reviews/<model>/<file>`.
pub(super) fn place(path: &Path) -> FileFacts {
    let stem = stem(path);
    let subset = level(&stem);
    let mut facts = FileFacts { dataset: Some(stem.clone()), subset, ..FileFacts::default() };
    if let Some((folder, models)) = between(path, &["predictions", "reviews"])
        && let [model] = models.as_slice()
    {
        facts.run = format!("{model}/{stem}");
        facts.model = Some(Stated { value: model.clone(), by: format!("the folder in `{folder}`") });
    }
    facts
}

/// `math_500_Level 3` is a file of level 3.
fn level(stem: &str) -> Option<String> {
    let at = stem.rfind("Level ")?;
    let number = &stem[at + "Level ".len()..];
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| stem[at..].to_owned())
}

/// The group that a sample's metadata say.
pub(super) fn group(metadata: Option<&Value>) -> Option<String> {
    let metadata = metadata?.as_object()?;
    let cells = Cells(metadata);
    cells.text("subset").or_else(|| super::lm_eval::level_of(cells))
}
