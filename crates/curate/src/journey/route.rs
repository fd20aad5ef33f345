//! The way through a tree: the right path, and the wrong branches that a text takes before it goes on.

use answer::{Policy, compare_any};
use serde::Serialize;
use tables::{Problem, Tree, TreeNode};

/// Where a text may go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At one place: the first one that has a wrong branch.
    #[default]
    FirstError,
    /// Anywhere along the right path.
    Any,
}

/// Which detours a text may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// At most so many wrong branches.
    pub most_wrong: u32,
    /// At most so many steps of each.
    pub branch_steps: u32,
    /// Where.
    pub place: Place,
    /// A branch ends at the first step whose value is below this.
    pub threshold: f64,
    /// A branch may be longer than the right path.
    pub allow_long: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { most_wrong: 2, branch_steps: 3, place: Place::default(), threshold: 0.5, allow_long: false }
    }
}

/// A way through a tree, by the numbers of its nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Route {
    /// From the beginning to the right answer.
    pub(super) path: Vec<usize>,
    /// Wrong branches, in their order.
    pub(super) detours: Vec<Detour>,
}

/// A wrong branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Detour {
    /// It is taken behind so many nodes of the path.
    pub(super) behind: usize,
    /// Its nodes.
    pub(super) nodes: Vec<usize>,
}

/// What is known of the nodes below each.
struct Below {
    children: Vec<Vec<usize>>,
    /// A finished path through it comes to an answer that is right, or that nobody can tell, or to a wrong one.
    right: Vec<bool>,
    wrong: Vec<bool>,
}

/// The way of a text; without detours where it is to go `straight`.
///
/// # Errors
/// Why there is none.
pub(super) fn routes(
    tree: &Tree,
    problem: &Problem,
    rules: &Rules,
    straight: bool,
) -> Result<Route, &'static str> {
    let below = Below::of(tree, problem)?;
    let right = |at: &usize| tree.nodes[*at].finished && is_right(&tree.nodes[*at], problem) == Some(true);
    let mut paths = (0..tree.nodes.len()).filter(right).map(|end| path_to(tree, end)).peekable();
    if straight || paths.peek().is_none() {
        let path = paths.next().ok_or("no_right_path")?;
        return Ok(Route { path, detours: Vec::new() });
    }
    let routes = paths.map(|path| Route { detours: detours(tree, &below, &path, rules), path });
    // The first path with the most detours.
    let best =
        routes.reduce(|best, other| if other.detours.len() > best.detours.len() { other } else { best });
    best.filter(|best| !best.detours.is_empty()).ok_or("no_usable_error")
}

impl Below {
    fn of(tree: &Tree, problem: &Problem) -> Result<Self, &'static str> {
        let count = tree.nodes.len();
        let mut below =
            Self { children: vec![Vec::new(); count], right: vec![false; count], wrong: vec![false; count] };
        for (at, node) in tree.nodes.iter().enumerate() {
            match node.parent.map(|parent| parent as usize) {
                Some(parent) if parent >= at => return Err("nodes_out_of_order"),
                Some(parent) => below.children[parent].push(at),
                None => {}
            }
        }
        for (at, node) in tree.nodes.iter().enumerate().rev() {
            if node.finished {
                let correct = is_right(node, problem);
                below.wrong[at] |= correct == Some(false);
                below.right[at] |= correct != Some(false) && (correct.is_some() || node.answer.is_some());
            }
            if let Some(parent) = node.parent.map(|parent| parent as usize) {
                below.right[parent] |= below.right[at];
                below.wrong[parent] |= below.wrong[at];
            }
        }
        Ok(below)
    }
}

/// Whether the answer of a finished path is right: what the tree says, else the answer engine.
fn is_right(node: &TreeNode, problem: &Problem) -> Option<bool> {
    if node.correct.is_some() {
        return node.correct;
    }
    let answer = node.answer.as_deref()?;
    match compare_any(&problem.gold, answer, &problem.choices, &Policy::default()).outcome {
        answer::Outcome::Equal => Some(true),
        answer::Outcome::Different => Some(false),
        answer::Outcome::Unknown => None,
    }
}

fn path_to(tree: &Tree, end: usize) -> Vec<usize> {
    let up = std::iter::successors(Some(end), |at| tree.nodes[*at].parent.map(|parent| parent as usize));
    let mut path: Vec<usize> = up.collect();
    path.reverse();
    path
}

/// Wrong branches beside a path, in its order; those at one place in theirs.
fn detours(tree: &Tree, below: &Below, path: &[usize], rules: &Rules) -> Vec<Detour> {
    let length = |nodes: &[usize]| nodes.iter().map(|at| tree.nodes[*at].text.len()).sum::<usize>();
    let whole = length(path);
    let mut found: Vec<Detour> = Vec::new();
    for (behind, next) in path.iter().enumerate() {
        if rules.place == Place::FirstError && found.last().is_some_and(|last| last.behind < behind) {
            break;
        }
        for begin in beside(tree, below, *next) {
            let branch = branch(tree, below, begin, rules);
            let fits = |nodes: &Vec<usize>| rules.allow_long || length(nodes) <= whole;
            let new = |nodes: &Vec<usize>| !found.iter().any(|known| same(tree, &known.nodes, nodes));
            if let Some(nodes) = branch.filter(|nodes| fits(nodes) && new(nodes)) {
                found.push(Detour { behind, nodes });
            }
        }
    }
    found.truncate(rules.most_wrong as usize);
    found
}

/// Equal wrong texts are gone wrong with once.
fn same(tree: &Tree, one: &[usize], other: &[usize]) -> bool {
    let texts = |nodes: &[usize]| nodes.iter().map(|at| tree.nodes[*at].text.as_str()).collect::<String>();
    texts(one).trim() == texts(other).trim()
}

/// The siblings of a node.
fn beside<'t>(tree: &'t Tree, below: &'t Below, node: usize) -> impl Iterator<Item = usize> + 't {
    let of = tree.nodes[node].parent.map(|parent| below.children[parent as usize].clone());
    let roots = || (0..tree.nodes.len()).filter(|at| tree.nodes[*at].parent.is_none()).collect();
    of.unwrap_or_else(roots).into_iter().filter(move |at| *at != node)
}

/// A branch from its first node to the first step that is known to be wrong; none where nothing says that it is wrong, or it may be
/// right after all, or it gives an answer, or is too long.
fn branch(tree: &Tree, below: &Below, begin: usize, rules: &Rules) -> Option<Vec<usize>> {
    if below.right[begin] {
        return None;
    }
    let (mut nodes, mut steps, mut at) = (Vec::new(), 0, begin);
    loop {
        let node = &tree.nodes[at];
        steps += steps_in(&node.text);
        if node.answer.is_some() || node.finished || node.cut || steps > rules.branch_steps {
            return None;
        }
        nodes.push(at);
        match node.step_score {
            // Something came right from here in roll-outs.
            Some(score) if score > 0.0 && tree.policy.starts_with("rollouts") => return None,
            Some(score) if score < rules.threshold => return Some(nodes),
            _ => {}
        }
        let next = below.children[at].iter().copied().filter(|child| !tree.nodes[*child].finished);
        match next.min_by(|a, b| score(tree, *a).total_cmp(&score(tree, *b))) {
            Some(child) => at = child,
            // All paths that were finished below it are wrong.
            None => return below.wrong[at].then_some(nodes),
        }
    }
}

/// Nodes without a score come last.
fn score(tree: &Tree, node: usize) -> f64 {
    tree.nodes[node].step_score.unwrap_or(f64::INFINITY)
}

/// Paragraphs of a text.
pub(super) fn steps_in(text: &str) -> u32 {
    text.split("\n\n").filter(|piece| !piece.trim().is_empty()).count() as u32
}
