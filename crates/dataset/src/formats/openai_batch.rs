//! Output of the OpenAI Batch API, and of servers that speak it: a line a request, by `custom_id`. The questions
//! stand in the batch's input file.

use records::Row;
use serde_json::{Map, Value};
use tables::Finish;

use super::ForeignFormat;
use crate::foreign::{Answer, Cells, FileFacts, Fit, ForeignRow, Joins, Need, Shape, Skipped, own};
use crate::mapping::chat;

pub(super) struct OpenAiBatch;

const NEEDS: &[Need] = &[own("custom_id", Shape::Text), own("response", Shape::There)];

impl ForeignFormat for OpenAiBatch {
    fn name(&self) -> &'static str {
        "openai-batch"
    }

    fn about(&self) -> &'static str {
        "output and error files of the OpenAI Batch API; give the input file too, for the questions"
    }

    fn needs(&self) -> &'static [Need] {
        NEEDS
    }

    fn fits(&self, cells: &Map<String, Value>) -> Fit {
        // A request is no half reply.
        if cells.contains_key("response") { crate::foreign::fit(NEEDS, cells) } else { Fit::No }
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "openai-batch", side: false, alone: None })
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let id = cells.text("custom_id").ok_or_else(|| Skipped::lacks("`custom_id`"))?;
        let status = cells.count("response.status_code");
        let body = cells.inner("response.body");
        let mut replies =
            if status.is_none_or(|status| status < 400) { replies(Cells(&body)) } else { Vec::new() };
        if replies.is_empty() {
            let what =
                cells.first_text(&["error.message", "response.body.error.message", "error.code", "error"]);
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

/// The replies in a body: of chat completions, of completions, or of the Responses API.
fn replies(body: Cells<'_>) -> Vec<Answer> {
    let mut answers = match (body.list("choices"), body.list("output")) {
        (Some(choices), _) => choices.iter().filter_map(choice).collect(),
        (None, Some(output)) => vec![response(body, &output)],
        (None, None) => Vec::new(),
    };
    // The usage is that of all choices together; it says nothing about one of several.
    if let [answer] = answers.as_mut_slice() {
        let count = |names: [&str; 2]| names.iter().find_map(|name| body.count(&format!("usage.{name}")));
        answer.reply.prompt_tokens = count(["prompt_tokens", "input_tokens"]);
        answer.reply.completion_tokens = count(["completion_tokens", "output_tokens"]);
        let thinking =
            count(["completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens"]);
        answer.reply.reasoning_tokens = thinking.filter(|count| *count > 0);
    }
    answers
}

fn choice(choice: &Value) -> Option<Answer> {
    let cells = Cells(choice.as_object()?);
    let mut answer = match cells.table("message") {
        Some(message) => Answer::turn(chat::read(&message)),
        None => Answer::of(cells.text("text")),
    };
    answer.reply.finish = cells.finish("finish_reason");
    Some(answer)
}

/// Items of the Responses API. A summary of thinking is no thinking; text of reasoning items is.
fn response(body: Cells<'_>, output: &[Value]) -> Answer {
    let parts = |kind: &str, inner: &str| {
        let items = output.iter().filter(|item| item.get("type").is_some_and(|t| t == kind));
        let texts = items.filter_map(|item| item.get("content")?.as_array()).flatten();
        let texts = texts.filter(|part| part.get("type").is_some_and(|t| t == inner));
        let texts: Vec<&str> = texts.filter_map(|part| part.get("text")?.as_str()).collect();
        texts.join("\n\n")
    };
    let mut answer = Answer::text(parts("message", "output_text"));
    answer = answer.with_reasoning(Some(parts("reasoning", "reasoning_text")), "reasoning");
    answer.reply.finish = match body.text("status").as_deref() {
        Some("completed") => Finish::Stop,
        Some("incomplete") => body.finish("incomplete_details.reason"),
        _ => Finish::Unknown,
    };
    answer
}
