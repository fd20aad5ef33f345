//! The tree that a reply is a path of, as nested lists.

use serde::Serialize;
use tables::{Tree, TreeNode};

use crate::numbers::{maybe, whole};

/// Steps that are shown; more would be no page that anybody reads.
const MOST: usize = 400;

/// A tree.
#[derive(Serialize)]
pub(super) struct Growth<'a> {
    policy: &'a str,
    ended: &'a str,
    facts: [(&'static str, String); 5],
    steps: Vec<Grown<'a>>,
    /// Steps that are not shown.
    hidden: usize,
}

/// A step, in the order in which a reader goes down.
#[derive(Serialize)]
struct Grown<'a> {
    text: &'a str,
    /// What became of it: `path` of this very reply, `kept`, or `pruned`.
    fate: &'static str,
    score: String,
    tokens: String,
    /// How often it was drawn, where that was more than once.
    times: Option<u32>,
    ends: Option<String>,
    /// It opens a list of its own.
    opens: bool,
    /// Lists that end behind it.
    closes: usize,
}

impl<'a> Growth<'a> {
    /// A tree with the path of a sample in it.
    pub(super) fn of(tree: &'a Tree, sample: u32) -> Self {
        let order = order(&tree.nodes);
        let shown = &order[..order.len().min(MOST)];
        let path = path(&tree.nodes, sample);
        let depth = |at: Option<&usize>| at.map_or(0, |at| tree.nodes[*at].depth as usize);
        let step = |(place, at): (usize, &usize)| {
            let (own, next) = (depth(Some(at)), shown.get(place + 1));
            Grown {
                opens: next.is_some_and(|next| depth(Some(next)) > own),
                closes: next.map_or(own, |next| own.saturating_sub(depth(Some(next)))),
                ..grown(&tree.nodes[*at], path.contains(at))
            }
        };
        Self {
            policy: &tree.policy,
            ended: &tree.ended,
            facts: [
                ("generated", maybe(tree.generated_tokens)),
                ("of it given up", maybe(tree.pruned_tokens)),
                ("prompts", maybe(tree.prompt_tokens)),
                ("read by the verifier", maybe(tree.verifier_prompt_tokens)),
                ("written by it", maybe(tree.verifier_completion_tokens)),
            ],
            steps: shown.iter().enumerate().map(step).collect(),
            hidden: order.len() - shown.len(),
        }
    }
}

fn grown(node: &TreeNode, on_path: bool) -> Grown<'_> {
    let fate = match (on_path, node.kept) {
        (true, _) => "path",
        (false, true) => "kept",
        (false, false) => "pruned",
    };
    let ends = match (node.finished, node.cut) {
        (true, _) => Some(
            node.answer
                .as_deref()
                .map_or("ends without an answer".to_owned(), |answer| format!("ends: {answer}")),
        ),
        (false, true) => Some("cut".to_owned()),
        (false, false) => None,
    };
    Grown {
        text: node.text.trim(),
        fate,
        score: node.score.map_or("–".to_owned(), |score| format!("{score:.3}")),
        tokens: node.tokens.map_or("–".to_owned(), whole),
        times: Some(node.multiplicity).filter(|times| *times > 1),
        ends,
        opens: false,
        closes: 0,
    }
}

/// The nodes of the path that became a sample.
fn path(nodes: &[TreeNode], sample: u32) -> Vec<usize> {
    let leaf = nodes.iter().position(|node| node.sample == Some(sample));
    let up = |at: &usize| nodes[*at].parent.map(|parent| parent as usize).filter(|parent| parent < at);
    std::iter::successors(leaf, up).collect()
}

/// Each node in front of those that follow it; of siblings the older first. A node whose parent does not stand before it is a root.
fn order(nodes: &[TreeNode]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut left = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        match node.parent.map(|parent| parent as usize).filter(|parent| *parent < at) {
            Some(parent) => children[parent].push(at),
            None => left.push(at),
        }
    }
    left.reverse();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(at) = left.pop() {
        order.push(at);
        left.extend(children[at].iter().rev());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(parent: Option<u32>, depth: u32, sample: Option<u32>) -> TreeNode {
        TreeNode {
            parent,
            depth,
            sample,
            multiplicity: 1,
            text: "so\n\n".into(),
            kept: true,
            ..TreeNode::default()
        }
    }

    #[test]
    fn lists_open_and_close_as_often_as_steps_go_down() {
        let nodes = vec![
            node(None, 0, None),
            node(None, 0, None),
            node(Some(0), 1, None),
            node(Some(1), 1, Some(1)),
            node(Some(2), 2, Some(0)),
        ];
        assert_eq!(order(&nodes), [0, 2, 4, 1, 3]);
        let tree = Tree { nodes, ..Tree::default() };
        let growth = Growth::of(&tree, 0);
        let lists: Vec<(bool, usize)> = growth.steps.iter().map(|step| (step.opens, step.closes)).collect();
        assert_eq!(lists, [(true, 0), (true, 0), (false, 2), (true, 0), (false, 1)]);
        let fates: Vec<&str> = growth.steps.iter().map(|step| step.fate).collect();
        assert_eq!(fates, ["path", "path", "path", "kept", "kept"]);
    }

    #[test]
    fn an_empty_tree_and_one_that_is_torn_are_shown_too() {
        assert!(Growth::of(&Tree::default(), 0).steps.is_empty());
        let torn = Tree { nodes: vec![node(Some(7), 3, Some(0)), node(Some(1), 0, None)], ..Tree::default() };
        assert_eq!(Growth::of(&torn, 0).steps.len(), 2);
        let many = Tree { nodes: vec![node(None, 0, None); MOST + 5], ..Tree::default() };
        assert_eq!((Growth::of(&many, 0).steps.len(), Growth::of(&many, 0).hidden), (MOST, 5));
    }
}
