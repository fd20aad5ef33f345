//! From a tree to the replies that it gives, its row, and what it took.

use chat::{CallError, ChatReply, TokenSum, Usage};
use tables::{Finish, Problem, Reply, SearchCost, Tree, TreeNode};

use crate::grown::{Grown, Node};
use crate::reading::{Answers, final_answer_of};
use crate::searching::Searching;

/// What a conversation comes to: replies, and the tree that they are paths of, where there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Gotten {
    /// Their samples are set.
    pub(crate) replies: Vec<Reply>,
    pub(crate) tree: Option<Box<Tree>>,
    /// What drawing the steps of the tree took.
    pub(crate) drawn: Usage,
}

impl From<Vec<Reply>> for Gotten {
    fn from(replies: Vec<Reply>) -> Self {
        Self { replies, tree: None, drawn: Usage::default() }
    }
}

/// What was paid for beside the nodes themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spending {
    pub(crate) draws: Usage,
    pub(crate) verdicts: Usage,
    /// Prompt tokens from the server's own cache, as far as it tells.
    cached: u64,
    waiting: TokenSum,
    /// Tokens of all that was drawn: of nodes, each time that one came up, and of what was only looked at.
    generated: TokenSum,
    pub(crate) without_verdict: u64,
}

impl Spending {
    /// One waits for the longest step of a round.
    pub(crate) fn wait(&mut self, longest: Option<u64>) {
        self.waiting.add(longest);
    }

    /// What was drawn has been paid for, whatever comes of it.
    pub(crate) fn drew(&mut self, replies: &[Result<ChatReply, CallError>]) {
        self.draws.add(replies);
        for reply in replies.iter().flatten() {
            self.generated.add(reply.completion_tokens);
            self.cached += reply.cached_prompt_tokens.unwrap_or(0);
        }
    }

    /// Tokens of all that was drawn; none where a server did not count.
    pub(crate) fn generated(&self) -> Option<u64> {
        self.generated.total()
    }
}

/// The replies of a tree, the best first, and its row.
pub(crate) fn gotten(
    searching: &Searching,
    problem: &Problem,
    mut grown: Grown,
    spending: Spending,
    (ended, error): (&str, Option<String>),
) -> Gotten {
    let finished = searching.policy.returned(&grown);
    let paths = match (&error, finished.is_empty()) {
        (Some(_), _) => Vec::new(),
        (None, false) => finished,
        // Nothing came to its end: the best of what there is, which is cut.
        (None, true) => grown.best_leaf().into_iter().collect(),
    };
    let paths = if searching.votes { voted(searching, problem, &grown, paths) } else { paths };
    paths
        .iter()
        .flat_map(|at| grown.path(*at))
        .collect::<Vec<_>>()
        .into_iter()
        .for_each(|at| grown.nodes[at].kept = true);
    let cost = cost(&grown, &paths, &spending);
    let mut replies: Vec<Reply> =
        (0..).zip(&paths).map(|(rank, at)| reply(&grown, *at, rank, paths.len(), ended, cost)).collect();
    if replies.is_empty() {
        let why = error.clone().unwrap_or_else(|| "the search came to nothing: no step was drawn".to_owned());
        replies.push(failed(why, cost));
    }
    let tree = row(searching, problem, &grown, &paths, &spending, (ended, error));
    let tree = Some(Box::new(Tree { pruned_tokens: cost.pruned_tokens, ..tree }));
    Gotten { replies, tree, drawn: spending.draws }
}

fn cost(grown: &Grown, paths: &[usize], spending: &Spending) -> SearchCost {
    let mut inside: Vec<usize> = paths.iter().flat_map(|at| grown.path(*at)).collect();
    inside.sort_unstable();
    inside.dedup();
    let generated = spending.generated();
    let returned: Option<u64> = inside.iter().map(|at| grown.nodes[*at].tokens).sum();
    let asked = spending.verdicts.calls > 0;
    SearchCost {
        rank: 0,
        score: None,
        generated_tokens: generated,
        pruned_tokens: generated.zip(returned).map(|(all, returned)| all.saturating_sub(returned)),
        waiting_tokens: spending.waiting.total(),
        prompt_tokens: spending.draws.prompt_tokens.total(),
        cached_prompt_tokens: Some(spending.cached),
        verifier_prompt_tokens: if asked { spending.verdicts.prompt_tokens.total() } else { Some(0) },
        verifier_completion_tokens: if asked { spending.verdicts.completion_tokens.total() } else { Some(0) },
    }
}

fn reply(grown: &Grown, at: usize, rank: u32, count: usize, ended: &str, cost: SearchCost) -> Reply {
    let node = &grown.nodes[at];
    let (thinking, content) = grown.written(Some(at));
    let thinks = !thinking.is_empty();
    let cost = SearchCost { rank, score: node.score, ..cost };
    Reply {
        sample: rank,
        content,
        reasoning: thinks.then_some(thinking),
        reasoning_field: thinks.then(|| "reasoning_content".to_owned()),
        finish: if node.finished { Finish::Stop } else { Finish::Length },
        prompt_tokens: cost.prompt_tokens,
        cached_prompt_tokens: cost.cached_prompt_tokens,
        completion_tokens: node.path_tokens,
        drawn: u32::try_from(count).ok(),
        stopped: Some(ended.to_owned()),
        // The other paths are there because this one was chosen before them: they enter no mean over replies.
        drawn_first: Some(1),
        drawn_at_once: Some(1),
        extra: cost.as_extra().ok(),
        ..Reply::default()
    }
}

fn failed(why: String, cost: SearchCost) -> Reply {
    Reply { finish: Finish::Error, error: Some(why), extra: cost.as_extra().ok(), ..Reply::default() }
}

/// The paths in another order: those whose answer has the most weight first, by their scores.
fn voted(searching: &Searching, problem: &Problem, grown: &Grown, paths: Vec<usize>) -> Vec<usize> {
    let replies: Vec<Reply> = paths.iter().map(|at| as_reply(grown, *at)).collect();
    let classes = Answers::new(&searching.reading).classes(problem, &replies, 0);
    let weight = |class: Option<u32>| -> f64 {
        let alike = paths.iter().zip(&classes).filter(|(_, other)| class.is_some() && **other == class);
        alike.filter_map(|(at, _)| grown.nodes[*at].score).filter(|score| *score > 0.0).sum()
    };
    let mut order: Vec<usize> = (0..paths.len()).collect();
    order.sort_by(|a, b| weight(classes[*b]).total_cmp(&weight(classes[*a])).then(a.cmp(b)));
    order.into_iter().map(|at| paths[at]).collect()
}

fn as_reply(grown: &Grown, at: usize) -> Reply {
    let (thinking, content) = grown.written(Some(at));
    let finish = if grown.nodes[at].finished { Finish::Stop } else { Finish::Length };
    Reply { content, reasoning: (!thinking.is_empty()).then_some(thinking), finish, ..Reply::default() }
}

fn row(
    searching: &Searching,
    problem: &Problem,
    grown: &Grown,
    paths: &[usize],
    spending: &Spending,
    (ended, error): (&str, Option<String>),
) -> Tree {
    let node = |(at, node): (usize, &Node)| TreeNode {
        parent: node.parent.and_then(|parent| u32::try_from(parent).ok()),
        text: node.text.clone(),
        tokens: node.tokens,
        multiplicity: node.multiplicity,
        step_score: node.step_score,
        said: node.said.clone(),
        score: node.score,
        depth: node.depth,
        kept: node.kept,
        finished: node.finished,
        cut: node.cut,
        answer: node
            .finished
            .then(|| final_answer_of(&as_reply(grown, at), problem, &searching.reading))
            .flatten(),
        correct: None,
        sample: (0..).zip(paths).find(|(_, path)| **path == at).map(|(sample, _)| sample),
    };
    Tree {
        problem_id: problem.id.clone(),
        run: 0,
        policy: searching.policy.label(),
        nodes: grown.nodes.iter().enumerate().map(node).collect(),
        generated_tokens: spending.generated(),
        pruned_tokens: None,
        prompt_tokens: spending.draws.prompt_tokens.total(),
        cached_prompt_tokens: Some(spending.cached),
        verifier_prompt_tokens: spending.verdicts.prompt_tokens.total(),
        verifier_completion_tokens: spending.verdicts.completion_tokens.total(),
        calls: spending.draws.calls + spending.verdicts.calls,
        ended: ended.to_owned(),
        error,
    }
}
