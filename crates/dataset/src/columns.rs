//! Which column of a source holds what: explicit paths first, then known names.
//!
//! A column is found in this order: the path that `[dataset.columns]` names; else the known names from left
//! to right as listed below, the first that a row has with a value; else the same names in any case (`Answer`).
//! So where a row has both `answer` and `gold`, `answer` is taken, except that rows that also hold a reply
//! prefer every other name to `answer`, which may be the model's own. An empty path (`sample = ""`) says that
//! there is no such column, whatever the names look like.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! columns {
    ($($(#[$about:meta])* $field:ident $variant:ident [$($alias:literal),* $(,)?];)*) => {
        /// Paths of columns, such as `question` or `extra.level`; what is not given is found by its known names.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default)]
        pub struct Columns {
            $($(#[$about])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<String>,)*
        }

        /// One thing that a column can hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field { $($variant,)* }

        impl Field {
            /// All of them.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its key under `[dataset.columns]`.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field),)* }
            }

            /// Its known names, best first.
            pub(crate) fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*],)* }
            }
        }

        impl Columns {
            /// The path that the configuration gives for a field.
            pub(crate) fn path(&self, field: Field) -> Option<&str> {
                match field { $(Field::$variant => self.$field.as_deref(),)* }
            }
        }
    };
}

columns! {
    /// A problem's own id (in rows of problems). Known: id, problem_id, unique_id, question_id, uid, task_id.
    id Id ["id", "problem_id", "unique_id", "question_id", "uid", "task_id"];
    /// The text that is asked; `{body} {question}` joins columns. Known: problem, question, prompt, input, query, instruction; else the last user turn of `messages`.
    problem Problem ["problem", "question", "prompt", "input", "query", "instruction"];
    /// The known answer, or a list of acceptable ones. Known: answer, gold, target, ground_truth, reference_answer, gold_answer, expected_answer, correct_answer, solution.
    answer Answer ["answer", "gold", "target", "ground_truth", "reference_answer", "gold_answer", "expected_answer", "correct_answer", "solution"];
    /// The options of a multiple-choice problem. Known: choices, options.
    choices Choices ["choices", "options"];
    /// A reference solution. Known: solution, rationale.
    solution Solution ["solution", "rationale"];
    /// The collection that a row belongs to. Known: dataset, benchmark.
    dataset Dataset ["dataset", "benchmark"];
    /// What a problem is a variant of, with all others of it. Known: cluster.
    cluster Cluster ["cluster"];
    /// What was changed in it; `original` for nothing. Known: variant.
    variant Variant ["variant"];
    /// The id of the problem that it is a variant of. Known: origin.
    origin Origin ["origin"];
    /// The problem that a recorded reply belongs to. Known: problem_id, question_id, unique_id; else the content decides.
    problem_id ProblemId ["problem_id", "question_id", "unique_id"];
    /// The source's own name of a recorded reply. Known: trace_id, id, uuid, index.
    trace_id TraceId ["trace_id", "id", "uuid", "index"];
    /// The reply's text, or a list of several samples. Known: response, completion, output, generation, generations, responses, completions, outputs, output_text, generated_text, text; else the last assistant turn of `messages`.
    response Response ["response", "completion", "output", "generation", "generations", "responses", "completions", "outputs", "output_text", "generated_text", "text"];
    /// The thinking, where it is kept apart. Known: reasoning, thinking, think, reasoning_content, thought, thoughts, cot, reasoning_text, thinking_content, reasoning_details, thinking_blocks.
    reasoning Reasoning ["reasoning", "thinking", "think", "reasoning_content", "thought", "thoughts", "cot", "reasoning_text", "thinking_content", "reasoning_details", "thinking_blocks"];
    /// A conversation: a list of turns with `role` and `content`. Known: messages, conversation, conversations, all_messages.
    messages Messages ["messages", "conversation", "conversations", "all_messages"];
    /// The model that replied. Known: model, model_name, model_id, generator.
    model Model ["model", "model_name", "model_id", "generator"];
    /// 0-based number of the reply among those of its model to its problem; counted where it is missing. Known: sample, sample_index, sample_idx, rollout.
    sample Sample ["sample", "sample_index", "sample_idx", "rollout"];
    /// Why the reply ended, such as `stop` or `length`. Known: finish, finish_reason, stop_reason, finish_reasons, finishReason, done_reason, meta_info.finish_reason.
    finish Finish ["finish", "finish_reason", "stop_reason", "finish_reasons", "finishReason", "done_reason", "meta_info.finish_reason"];
    /// Whether the token limit cut the reply. Known: hit_max_tokens, truncated.
    truncated Truncated ["hit_max_tokens", "truncated"];
    /// Why there is no reply. Known: error.
    error Error ["error"];
    /// Tokens of the prompt. Known: prompt_tokens, input_tokens, usage.prompt_tokens, usage.input_tokens.
    prompt_tokens PromptTokens ["prompt_tokens", "input_tokens", "usage.prompt_tokens", "usage.input_tokens"];
    /// Tokens of the whole reply. Known: completion_tokens, output_tokens, usage.completion_tokens, usage.output_tokens.
    completion_tokens CompletionTokens ["completion_tokens", "output_tokens", "usage.completion_tokens", "usage.output_tokens"];
    /// Tokens of the thinking. Known: reasoning_tokens, thinking_tokens, thoughts_token_count, thoughtsTokenCount, usage.reasoning_tokens, usage.thinking_tokens, usage.completion_tokens_details.reasoning_tokens, usage.output_tokens_details.reasoning_tokens, usage.output_tokens_details.thinking_tokens, completion_tokens_details.reasoning_tokens, output_tokens_details.reasoning_tokens, usage_metadata.thoughts_token_count, usageMetadata.thoughtsTokenCount, usage_metadata.output_token_details.reasoning.
    reasoning_tokens ReasoningTokens ["reasoning_tokens", "thinking_tokens", "thoughts_token_count", "thoughtsTokenCount", "usage.reasoning_tokens", "usage.thinking_tokens", "usage.completion_tokens_details.reasoning_tokens", "usage.output_tokens_details.reasoning_tokens", "usage.output_tokens_details.thinking_tokens", "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens", "usage_metadata.thoughts_token_count", "usageMetadata.thoughtsTokenCount", "usage_metadata.output_token_details.reasoning"];
    /// Seconds from the request to the reply's end. Known: seconds.
    seconds Seconds ["seconds"];
    /// Seconds from the request to the first token. Known: first_token_seconds, ttft.
    first_token_seconds FirstTokenSeconds ["first_token_seconds", "ttft"];
}

/// Names of the answer in a row that also holds a reply: `answer` may well be the model's.
pub(crate) const ANSWERS_BESIDE_A_REPLY: &[&str] = &[
    "gold",
    "target",
    "ground_truth",
    "reference_answer",
    "gold_answer",
    "expected_answer",
    "correct_answer",
    "answer",
    "solution",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_stands_in_its_help_text() {
        let schema = schemars::schema_for!(Columns).to_value();
        for field in Field::ALL {
            let about = schema["properties"][field.key()]["description"].as_str().unwrap();
            let known = about.split("Known: ").nth(1).unwrap().trim_end_matches('.');
            let known = known.split(';').next().unwrap();
            assert_eq!(known.split(", ").collect::<Vec<_>>(), field.aliases(), "{}", field.key());
        }
        let mut beside = ANSWERS_BESIDE_A_REPLY.to_vec();
        let mut alone = Field::Answer.aliases().to_vec();
        beside.sort_unstable();
        alone.sort_unstable();
        assert_eq!(beside, alone);
    }
}
