//! Output of the OpenAI Batch API, of servers that speak it, and of Anthropic's: a line a request, by `custom_id`. The
//! questions stand in the batch's input file.

use chat::shape::Shown;
use records::Row;
use serde_json::{Map, Value};
use tables::Finish;

use super::ForeignFormat;
use crate::columns::Field;
use crate::foreign::{Answer, Cells, FileFacts, Fit, ForeignRow, Joins, Need, Shape, Skipped, own};

pub(super) struct OpenAiBatch;

/// Where a line says what went wrong; Anthropic's lines have a `result`.
const WHAT_FAILED: &[&str] = &[
    "error.message",
    "response.body.error.message",
    "error.code",
    "error",
    "result.error.error.message",
    "result.error.message",
    "result.type",
];

const NEEDS: &[Need] = &[own("custom_id", Shape::Text), own("response", Shape::There)];
const ANTHROPIC: &[Need] = &[own("custom_id", Shape::Text), own("result.type", Shape::Text)];

impl ForeignFormat for OpenAiBatch {
    fn name(&self) -> &'static str {
        "openai-batch"
    }

    fn about(&self) -> &'static str {
        "output and error files of the OpenAI Batch API, and results of Anthropic's; give the input file too, for the questions"
    }

    fn needs(&self) -> &'static [Need] {
        NEEDS
    }

    fn fits(&self, cells: &Map<String, Value>) -> Fit {
        // A request is no half reply.
        match ["response", "result"].map(|name| cells.contains_key(name)) {
            [true, _] => crate::foreign::fit(NEEDS, cells),
            [false, true] => crate::foreign::fit(ANTHROPIC, cells),
            [false, false] => Fit::No,
        }
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "openai-batch", side: false, alone: None })
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let id = cells.text("custom_id").ok_or_else(|| Skipped::lacks("`custom_id`"))?;
        let status = cells.count("response.status_code");
        let body = cells.table("response.body").unwrap_or_else(|| cells.inner("result.message"));
        let mut replies =
            if status.is_none_or(|status| status < 400) { replies(Cells(&body)) } else { Vec::new() };
        if replies.is_empty() {
            let what = cells.first_text(WHAT_FAILED);
            let what = what.or_else(|| status.map(|status| format!("status {status}")));
            let mut answer = Answer::default();
            answer.reply.finish = Finish::Error;
            answer.reply.error = what;
            replies.push(answer);
        }
        for answer in &mut replies {
            answer.model = Cells(&body).text("model");
            answer.reply.trace_id = Some(id.clone());
        }
        let once = Some((id.clone(), "another row before it has the same custom_id"));
        Ok(ForeignRow { question: None, replies, join: Some(id), once, note: None })
    }
}

/// The replies in a body: of chat completions, of completions, of the Responses API, or of Anthropic's messages.
fn replies(body: Cells<'_>) -> Vec<Answer> {
    let mut answers = match (body.list("choices"), body.at("output"), body.at("content")) {
        (Some(choices), ..) => choices.iter().filter_map(choice).collect(),
        (None, Some(output), _) => vec![response(body, &output)],
        (None, None, Some(_)) => vec![message(body)],
        (None, None, None) => Vec::new(),
    };
    // The usage is that of all choices together; it says nothing about one of several.
    if let [answer] = answers.as_mut_slice() {
        let count = |field: Field| {
            field.aliases().iter().filter(|name| name.starts_with("usage.")).find_map(|name| body.count(name))
        };
        answer.reply.prompt_tokens = count(Field::PromptTokens);
        answer.reply.completion_tokens = count(Field::CompletionTokens);
        answer.reply.reasoning_tokens = count(Field::ReasoningTokens);
    }
    answers
}

fn choice(choice: &Value) -> Option<Answer> {
    let cells = Cells(choice.as_object()?);
    let mut answer = match cells.table("message") {
        Some(message) => Answer::turn(Shown::of_message(&message)),
        None => Answer::of(cells.text("text")),
    };
    answer.ended(cells.ending("finish_reason"));
    Some(answer)
}

/// Items of the Responses API.
fn response(body: Cells<'_>, output: &Value) -> Answer {
    let mut answer = Answer::turn(Shown::of_content(output));
    answer.ended(match body.text("status").as_deref() {
        Some("incomplete") => body.ending("incomplete_details.reason"),
        _ => body.ending("status"),
    });
    answer
}

/// A message of Anthropic's API.
fn message(body: Cells<'_>) -> Answer {
    let mut answer = Answer::turn(Shown::of_message(body.0));
    answer.ended(body.ending("stop_reason"));
    answer
}
