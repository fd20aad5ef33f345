//! What a manner of asking demands of a reply.

use crate::row;

row! {
    /// What a strategy asks of a reply, as far as that can be checked. All of it null: nothing can.
    #[derive(Copy, Eq)]
    pub struct Demand {
        /// That there is thinking, or that there is none.
        thinking: Option<bool>,
        /// The most tokens of what follows the thinking.
        answer_tokens: Option<u64>,
        /// The most words of a line.
        line_words: Option<u64>,
        /// The most tokens of the reply, or of its thinking alone where `of_thinking`.
        budget: Option<u64>,
        /// The budget is one for the thinking.
        of_thinking: bool,
        /// So many tokens beyond the budget still keep to it: a server does not cut to the token.
        slack: u64,
    }
}
