//! Policies over a tree that is known as a whole: what each keeps, and what it pays for it.

use serde_json::{Value, json};

use super::SEARCHES;
use crate::grown::{Grown, Node};
use crate::policy::Policy;

/// Score and tokens of each step, by the letters of its path. Whatever has no child is finished.
const TREE: &[(&str, f64, u64)] = &[
    ("a", 0.9, 10),
    ("b", 0.6, 12),
    ("c", 0.55, 8),
    ("d", 0.5, 9),
    ("aa", 0.7, 11),
    ("ab", 0.655, 10),
    ("ba", 0.97, 14),
    ("bb", 0.99, 9),
    ("ca", 0.95, 10),
    ("cb", 0.9, 7),
    ("da", 0.99, 6),
    ("db", 0.98, 8),
    ("aaa", 0.9, 20),
    ("aab", 0.9, 21),
    ("aba", 0.4, 18),
    ("abb", 0.6, 22),
    ("baa", 0.7, 16),
    ("bab", 0.8, 15),
    ("bba", 0.9, 10),
    ("bbb", 0.9, 11),
    ("caa", 0.9, 12),
    ("cab", 0.8, 13),
    ("cba", 0.7, 9),
    ("cbb", 0.7, 9),
    ("daa", 0.97, 10),
    ("dab", 0.9, 10),
    ("dba", 0.95, 10),
    ("dbb", 0.9, 9),
];

fn policy(table: &Value) -> Box<dyn Policy> {
    match SEARCHES.build(table, "search") {
        Ok(configured) => configured.built,
        Err(faults) => panic!("{faults}"),
    }
}

fn name(tree: &Grown, at: usize) -> String {
    tree.written(Some(at)).1
}

/// Lets a policy grow the known tree: who is gone on with in each round, the best path, tokens that were generated, and those of
/// the paths that were returned.
fn grow(policy: &dyn Policy) -> (Vec<String>, String, u64, u64) {
    let (mut tree, mut rounds) = (Grown::default(), Vec::new());
    loop {
        let expansions = policy.next(&tree);
        if expansions.is_empty() {
            break;
        }
        let from = tree.nodes.len();
        let mut grown = Vec::new();
        for expansion in &expansions {
            let path = expansion.node.map(|at| name(&tree, at)).unwrap_or_default();
            expansion.node.into_iter().for_each(|at| tree.nodes[at].kept = true);
            grown.push(path.clone());
            // Each of several trees has its own part of the first level.
            let all =
                TREE.iter().filter(|(name, ..)| name.len() == path.len() + 1 && name.starts_with(&path));
            let first = if expansion.node.is_none() {
                expansion.group as usize * expansion.children as usize
            } else {
                0
            };
            for (name, score, tokens) in all.skip(first).take(expansion.children as usize) {
                let steps =
                    (1..=name.len()).map(|end| TREE.iter().find(|(other, ..)| *other == &name[..end]));
                let steps: Vec<Option<f64>> = steps.map(|step| step.map(|(_, score, _)| *score)).collect();
                tree.nodes.push(Node {
                    parent: expansion.node,
                    group: expansion.group,
                    text: name[path.len()..].to_owned(),
                    tokens: Some(*tokens),
                    multiplicity: 1,
                    step_score: Some(*score),
                    score: policy.bounds().aggregate.of(&steps),
                    depth: path.len() as u32,
                    finished: name.len() == 3,
                    ..Node::default()
                });
            }
        }
        tree.expanded += expansions.len() as u32;
        tree.round = from..tree.nodes.len();
        rounds.push(grown.join(" "));
    }
    let returned = policy.returned(&tree);
    let mut inside: Vec<usize> = returned.iter().flat_map(|at| tree.path(*at)).collect();
    inside.sort_unstable();
    inside.dedup();
    let paid = inside.iter().filter_map(|at| tree.nodes[*at].tokens).sum();
    let generated = tree.nodes.iter().filter_map(|node| node.tokens).sum();
    (rounds, name(&tree, returned[0]), generated, paid)
}

/// Who survives each level, the best path, tokens that were generated and those in the paths that were returned; what is pruned
/// is the difference.
#[test]
fn beams_keep_the_best_of_each_level() {
    let check = |aggregate: &str, keep: Value, rounds: &[&str], best: &str, tokens: (u64, u64)| {
        let most = if keep.is_string() { json!(4) } else { json!(null) };
        let mut table = json!({"kind": "beam", "candidates": 4, "keep": keep, "aggregate": aggregate});
        if !most.is_null() {
            table["most"] = most;
        }
        let (found, path, generated, paid) = grow(&*policy(&table));
        assert_eq!((path.as_str(), (generated, paid)), (best, tokens), "{aggregate} {table}");
        assert_eq!(found, rounds, "{aggregate} {table}");
    };
    check("min", json!(2), &["", "a b", "aa ab"], "aaa", (164, 62));
    check("product", json!(2), &["", "a b", "aa bb"], "aaa", (145, 62));
    check("mean", json!(2), &["", "a b", "aa bb"], "aaa", (145, 62));
    check("last", json!(2), &["", "a b", "bb ba"], "bba", (135, 42));
    check("product", json!("25%"), &["", "a", "aa"], "aaa", (101, 41));
}

#[test]
fn trees_that_do_not_compete_keep_their_best() {
    for aggregate in ["product", "last"] {
        let table = json!({"kind": "dvts", "candidates": 4, "width": 2, "aggregate": aggregate});
        let (rounds, best, generated, _) = grow(&*policy(&table));
        assert_eq!((best.as_str(), generated), ("aaa", 143), "{aggregate}");
        assert_eq!(rounds, [" ", "a c", "aa ca"], "{aggregate}");
    }
}

#[test]
fn the_best_open_step_of_all_is_gone_on_with() {
    let check = |expansions: u32, rounds: &[&str], tokens: u64| {
        let table =
            json!({"kind": "best_first", "candidates": 4, "expansions": expansions, "aggregate": "product"});
        let (found, best, generated, _) = grow(&*policy(&table));
        assert_eq!((best.as_str(), generated), ("aaa", tokens));
        assert_eq!(found, rounds);
    };
    check(3, &["", "a", "aa"], 101);
    check(6, &["", "a", "aa", "b", "bb", "ab"], 185);
}

#[test]
fn what_is_left_over_falls_to_the_best() {
    let beam = policy(&json!({"kind": "beam", "candidates": 7, "keep": 3}));
    let node = |score| Node { score, multiplicity: 1, ..Node::default() };
    let nodes = vec![node(Some(0.2)), node(None), node(Some(0.9)), node(Some(0.2))];
    let tree = Grown { nodes, round: 0..4, expanded: 1, ..Grown::default() };
    let grown: Vec<(Option<usize>, u32)> =
        beam.next(&tree).iter().map(|one| (one.node, one.children)).collect();
    assert_eq!(
        grown,
        [(Some(2), 3), (Some(0), 2), (Some(3), 2)],
        "of equals the older one, without a score last"
    );
    assert_eq!(beam.label(), "beam 7→3 last");
    assert_eq!(beam.steps(), 7..=280);
}

#[test]
fn the_list_is_sorted() {
    assert!(SEARCHES.entries.is_sorted_by_key(|entry| entry.kind));
}
