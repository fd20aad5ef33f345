//! A vote as it is written down.

use tables::{Vote, VoteState};

use super::heard::Heard;
use super::meeting::Meeting;
use crate::markup::Layout;

/// What is written of both replies, by the names that may be held equal. Whether a reply is right stands beside it as `right`.
pub(crate) const FEATURES: [&str; 8] =
    ["answer_tokens", "bold", "cost", "headers", "lists", "seconds", "thinking_tokens", "truncated"];

/// What was heard of a meeting, as a row.
pub(super) fn vote(meeting: &Meeting, heard: Heard, judge: Option<&str>) -> Vote {
    let [a, b] = &meeting.sides;
    let [layout_a, layout_b] = [a, b].map(|side| Layout::of(&side.answer));
    let asked = matches!(heard.state, VoteState::Judged | VoteState::NoVerdict | VoteState::Failed);
    Vote {
        problem_id: meeting.problem.id.clone(),
        cluster: meeting.problem.cluster.clone(),
        model_a: a.model.clone(),
        model_b: b.model.clone(),
        sample_a: a.sample,
        sample_b: b.sample,
        order: heard.order.to_owned(),
        state: heard.state,
        outcome: heard.outcome,
        weight: if asked { 1.0 } else { 2.0 },
        judge: judge.filter(|_| asked).map(str::to_owned),
        verdict: heard.verdict.map(str::to_owned),
        reason: heard.reason,
        raw: heard.raw,
        right_a: a.right,
        right_b: b.right,
        answer_tokens_a: a.answer_tokens,
        answer_tokens_b: b.answer_tokens,
        thinking_tokens_a: a.thinking_tokens,
        thinking_tokens_b: b.thinking_tokens,
        headers_a: layout_a.headers,
        headers_b: layout_b.headers,
        lists_a: layout_a.lists,
        lists_b: layout_b.lists,
        bold_a: layout_a.bold,
        bold_b: layout_b.bold,
        truncated_a: a.truncated,
        truncated_b: b.truncated,
        seconds_a: a.seconds,
        seconds_b: b.seconds,
        cost_a: a.cost,
        cost_b: b.cost,
    }
}
