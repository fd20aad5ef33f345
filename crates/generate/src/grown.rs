//! A tree of steps while it grows.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use chat::Continuation;

/// A step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Node {
    pub(crate) parent: Option<usize>,
    /// The one of several trees that do not compete.
    pub(crate) group: u32,
    /// What was written, with the separator that ended it.
    pub(crate) text: String,
    /// The first so many bytes of it are thinking that the server keeps apart.
    pub(crate) thought: usize,
    pub(crate) tokens: Option<u64>,
    /// Tokens of the path up to here; none where one is unknown.
    pub(crate) path_tokens: Option<u64>,
    /// How often exactly this was drawn.
    pub(crate) multiplicity: u32,
    pub(crate) step_score: Option<f64>,
    /// The verifier's words about the path.
    pub(crate) said: Option<String>,
    /// The aggregate along the path, by which it is ranked.
    pub(crate) score: Option<f64>,
    pub(crate) depth: u32,
    pub(crate) kept: bool,
    pub(crate) finished: bool,
    /// The token limit of a step, or the context, ended it.
    pub(crate) cut: bool,
}

/// All steps, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grown {
    pub(crate) nodes: Vec<Node>,
    /// Those that came last.
    pub(crate) round: Range<usize>,
    /// Nodes that were grown, the root included.
    pub(crate) expanded: u32,
    /// Steps that were drawn behind each beginning: where others begin alike, their draws are not to be the same.
    pub(crate) drawn: HashMap<String, u32>,
    /// Steps that were asked for, in all.
    pub(crate) draws: u64,
    /// Where paths end.
    pub(crate) limits: Limits,
}

/// The longest that a path may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    pub(crate) steps: u32,
    pub(crate) tokens: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: u32::MAX, tokens: None }
    }
}

impl Grown {
    /// The nodes from the first step to this one.
    pub(crate) fn path(&self, at: usize) -> Vec<usize> {
        let up = std::iter::successors(Some(at), |at| self.nodes[*at].parent);
        let mut path: Vec<usize> = up.collect();
        path.reverse();
        path
    }

    /// What was written up to here: the thinking that is kept apart, and the text.
    pub(crate) fn written(&self, at: Option<usize>) -> (String, String) {
        let path = at.map(|at| self.path(at)).unwrap_or_default();
        let node = |at: &usize| &self.nodes[*at];
        let thinking = path.iter().map(node).map(|node| &node.text[..node.thought]).collect();
        (thinking, path.iter().map(node).map(|node| &node.text[node.thought..]).collect())
    }

    /// The steps up to here, as a verifier is shown them.
    pub(crate) fn steps(&self, at: usize) -> Vec<String> {
        self.path(at).into_iter().map(|at| self.nodes[at].text.clone()).collect()
    }

    /// How a reply begins that goes on behind this node; none at the root.
    pub(crate) fn beginning(&self, at: Option<usize>) -> Option<Continuation> {
        at?;
        let (thinking, text) = self.written(at);
        let thinking = (!thinking.is_empty()).then_some(thinking);
        let inside = thinking.is_some() && text.is_empty();
        Some(Continuation { thinking, text: (!inside).then_some(text) })
    }

    /// The next samples to draw behind a node.
    pub(crate) fn samples(&mut self, at: Option<usize>, count: u32) -> Range<u32> {
        let (thinking, text) = self.written(at);
        let drawn = self.drawn.entry(thinking + "\0" + &text).or_default();
        let from = *drawn;
        *drawn += count;
        self.draws += u64::from(count);
        from..*drawn
    }

    /// Tokens of a path and of what was written behind it; none where one is unknown.
    pub(crate) fn tokens_through(&self, parent: Option<usize>, tokens: Option<u64>) -> Option<u64> {
        let before = parent.map_or(Some(0), |parent| self.nodes[parent].path_tokens);
        before.zip(tokens).map(|(before, tokens)| before + tokens)
    }

    /// A node that a reply can go on behind.
    pub(crate) fn is_open(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        !node.finished && !node.cut
    }

    /// Its path has as many steps as a path may have.
    pub(crate) fn is_deep(&self, at: usize) -> bool {
        self.nodes[at].depth + 1 >= self.limits.steps
    }

    /// Its path has as many tokens as a path may have.
    pub(crate) fn is_long(&self, at: usize) -> bool {
        self.limits.tokens.zip(self.nodes[at].path_tokens).is_some_and(|(most, tokens)| tokens >= most)
    }

    pub(crate) fn finished(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|at| self.nodes[*at].finished)
    }

    /// The better one first: by score, without one last, of equals the older.
    pub(crate) fn order(&self, a: usize, b: usize) -> Ordering {
        let key = |at: usize| self.nodes[at].score.unwrap_or(f64::NEG_INFINITY);
        key(b).total_cmp(&key(a)).then(a.cmp(&b))
    }

    /// These, the best first.
    pub(crate) fn ranked(&self, nodes: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut nodes: Vec<usize> = nodes.into_iter().collect();
        nodes.sort_by(|a, b| self.order(*a, *b));
        nodes
    }

    /// The best leaf, where no path came to its end.
    pub(crate) fn best_leaf(&self) -> Option<usize> {
        let parents: HashSet<usize> = self.nodes.iter().filter_map(|node| node.parent).collect();
        let leaves = (0..self.nodes.len()).filter(|at| !parents.contains(at));
        self.ranked(leaves).first().copied()
    }
}
