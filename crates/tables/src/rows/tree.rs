//! What grew out of one problem: the steps that were tried one behind the other, and what they took.

use serde::{Deserialize, Serialize};

use crate::row;

/// What a search took for all replies of a problem together: with each of them, under `search` among the further columns of its
/// source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchCost {
    /// The place of the reply among those of the problem, the best first.
    pub rank: u32,
    /// The score by which it has that place.
    pub score: Option<f64>,
    /// Tokens that were generated, as in [`Tree`].
    pub generated_tokens: Option<u64>,
    /// Those that are in no path that was returned.
    pub pruned_tokens: Option<u64>,
    /// Tokens that one waits for: the longest step of each round.
    pub waiting_tokens: Option<u64>,
    /// Tokens of the prompts.
    pub prompt_tokens: Option<u64>,
    /// Those of them from the server's own cache.
    pub cached_prompt_tokens: Option<u64>,
    /// Tokens that the verifier read.
    pub verifier_prompt_tokens: Option<u64>,
    /// Tokens that it wrote.
    pub verifier_completion_tokens: Option<u64>,
}

/// The key that holds it.
const SEARCH: &str = "search";

#[derive(Serialize, Deserialize)]
struct Extra {
    search: SearchCost,
}

impl SearchCost {
    /// As a further column of a reply.
    ///
    /// # Errors
    /// A number in it cannot be written.
    pub fn as_extra(self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Extra { search: self })
    }

    /// From the further columns of a reply; none where they hold no such thing.
    pub fn of(extra: &str) -> Option<Self> {
        extra.contains(SEARCH).then(|| serde_json::from_str::<Extra>(extra).ok())?.map(|extra| extra.search)
    }
}

row! {
    /// A step that a model wrote, behind the steps of its parents.
    pub struct TreeNode {
        /// The node that it follows, always an earlier one; null where it begins a reply.
        parent: Option<u32>,
        /// What was written, byte for byte, with the separator behind it: a path is the texts from its root on.
        text: String,
        /// Tokens of it; null where nobody counted.
        tokens: Option<u64>,
        /// How often exactly this was drawn behind this parent; each time was paid for.
        multiplicity: u32,
        /// What a verifier, or roll-outs, said of the step; null where nobody did.
        step_score: Option<f64>,
        /// What the verifier wrote about the path up to here; null where it gave numbers alone.
        said: Option<String>,
        /// The aggregate of these along its path, by which it was ranked.
        score: Option<f64>,
        /// Steps before it.
        depth: u32,
        /// It was gone on with, or ends a path that was returned; what is not was pruned.
        kept: bool,
        /// The model ended its reply here.
        finished: bool,
        /// The token limit of a step cut it.
        cut: bool,
        /// The final answer of a finished path, as extracted.
        answer: Option<String> as label,
        /// That answer is right; null where nobody compared. A search never does: the grade of its reply says it.
        correct: Option<bool>,
        /// The sample of the reply that the path up to here became; null where it became none.
        sample: Option<u32>,
    }
}

row! {
    /// A tree: of a search the steps of all paths that were tried, pruned ones too; of roll-outs those of a reply and of what
    /// was drawn behind each. One a problem of a search, one a generation of roll-outs, in the order of the problems.
    pub struct Tree is "tree", version 2 since 1 {
        /// The problem that was asked.
        problem_id: String as label,
        /// The reply's index among the samples of that problem, of roll-outs; 0 of a search.
        run: u32,
        /// How it grew, such as `beam 4→2 last` or `rollouts 8 halving`.
        policy: String as label,
        /// Its steps; each stands behind its parent.
        nodes: Vec<TreeNode>,
        /// Tokens that were generated for it, each time that a step was drawn; null where a server did not count.
        generated_tokens: Option<u64>,
        /// Those of them that are in no path that was returned.
        pruned_tokens: Option<u64>,
        /// Tokens of the prompts, prefixes included.
        prompt_tokens: Option<u64>,
        /// Those of them that the server took from its own cache.
        cached_prompt_tokens: Option<u64>,
        /// Tokens that the verifier read.
        verifier_prompt_tokens: Option<u64>,
        /// Tokens that it wrote.
        verifier_completion_tokens: Option<u64>,
        /// Calls, those of the verifier included.
        calls: u32,
        /// What ended it: `finished`, `depth`, `tokens`, `spend`, `cut`, `failed`.
        ended: String as label,
        /// Why it failed.
        error: Option<String>,
    }
}
