//! The texts of completions, as a tree behind the steps of the reply.

use std::collections::BTreeMap;

use chat::{Behind, Place};
use tables::{Rollout, Tree, TreeNode};

use super::drawing::Completion;
use crate::completer::{Begun, Heard};

/// The reply as the first path, one node a step and one its answer where that stands behind the thinking, and behind each step
/// what was drawn there: the thinking, and behind it the answer. Equal ones are one node.
pub(super) fn tree(
    begun: &Begun<'_>,
    drawn: &BTreeMap<u32, Vec<Completion>>,
    rollouts: &[Rollout],
    (policy, heard): (String, &Heard),
) -> Tree {
    let mut nodes = spine(begun, rollouts);
    for (step, completions) in drawn {
        for (completion, multiplicity) in counted(completions) {
            add(&mut nodes, *step, completion, multiplicity);
        }
    }
    let generation = begun.item.generation;
    Tree {
        problem_id: generation.problem_id.clone(),
        run: generation.sample,
        policy,
        nodes,
        generated_tokens: heard.tokens(),
        pruned_tokens: heard.tokens(),
        prompt_tokens: heard.prompt_tokens(),
        calls: heard.calls(),
        ended: "finished".to_owned(),
        ..Tree::default()
    }
}

/// The reply itself.
fn spine(begun: &Begun<'_>, rollouts: &[Rollout]) -> Vec<TreeNode> {
    let item = begun.item;
    let value = |step| rollouts.iter().find(|rollout| rollout.step == step).and_then(Rollout::value);
    let mut from = 0;
    let node = |(number, step): (u32, &tables::Step)| {
        let through = begun.through(number);
        let text = through.get(from..).unwrap_or_default().to_owned();
        from = through.len();
        TreeNode {
            parent: number.checked_sub(1),
            text,
            tokens: Some(u64::from(step.tokens)),
            multiplicity: 1,
            step_score: value(number),
            depth: number,
            kept: true,
            ..TreeNode::default()
        }
    };
    let mut nodes: Vec<TreeNode> = (0..).zip(item.steps).map(node).collect();
    if begun.place != Place::Text {
        let count = nodes.len() as u32;
        let text = item.generation.answer_text.clone();
        let end = TreeNode {
            parent: count.checked_sub(1),
            text,
            multiplicity: 1,
            depth: count,
            kept: true,
            ..TreeNode::default()
        };
        nodes.push(end);
    }
    if let Some(last) = nodes.last_mut() {
        last.finished = true;
        last.answer.clone_from(&item.grade.extracted);
        last.correct = item.grade.verdict.correct();
        last.sample = Some(item.generation.sample);
    }
    nodes
}

/// Each text once, with how often it came.
fn counted(completions: &[Completion]) -> Vec<(&Completion, u32)> {
    let mut found: Vec<(&Completion, u32)> = Vec::new();
    for completion in completions {
        match found.iter_mut().find(|(known, _)| known.text == completion.text && known.cut == completion.cut)
        {
            Some((_, count)) => *count += 1,
            None => found.push((completion, 1)),
        }
    }
    found
}

fn add(nodes: &mut Vec<TreeNode>, step: u32, completion: &Completion, multiplicity: u32) {
    let Some(Behind { thought, answer }) = completion.text.clone() else { return };
    let node = TreeNode { multiplicity, depth: step + 1, parent: Some(step), ..TreeNode::default() };
    let ends = TreeNode {
        finished: !completion.cut,
        cut: completion.cut,
        answer: completion.answer.clone(),
        correct: completion.correct(),
        ..node.clone()
    };
    let Some(answer) = answer else {
        nodes.push(TreeNode { text: thought, tokens: completion.tokens, ..ends });
        return;
    };
    let parent = Some(nodes.len() as u32);
    nodes.push(TreeNode { text: thought, tokens: completion.tokens, ..node });
    nodes.push(TreeNode { text: answer, parent, depth: step + 2, ..ends });
}
