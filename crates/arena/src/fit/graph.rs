//! Who met whom: what can be compared at all, and who beat everybody.

/// Groups of nodes that are connected, whatever the direction, each sorted.
pub(crate) fn islands(count: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut both = vec![Vec::new(); count];
    for (from, to) in edges {
        both[from].push(to);
        both[to].push(from);
    }
    strong(&both)
}

/// Groups of nodes each of which leads to each other one (Kosaraju), each sorted; they stand in the order of their first node.
pub(crate) fn strong(leads: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut back = vec![Vec::new(); leads.len()];
    for (from, next) in leads.iter().enumerate() {
        next.iter().for_each(|to| back[*to].push(from));
    }
    let mut order = Vec::with_capacity(leads.len());
    let mut seen = vec![false; leads.len()];
    for start in 0..leads.len() {
        walk(start, leads, &mut seen, &mut order);
    }
    let mut groups = Vec::new();
    let mut taken = vec![false; leads.len()];
    for start in order.into_iter().rev() {
        let mut group = Vec::new();
        walk(start, &back, &mut taken, &mut group);
        if !group.is_empty() {
            group.sort_unstable();
            groups.push(group);
        }
    }
    groups.sort_unstable();
    groups
}

/// Adds what can be reached from here and was not seen, each after all that it leads to.
fn walk(start: usize, leads: &[Vec<usize>], seen: &mut [bool], left: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((node, next)) = path.last_mut() {
        if let Some(to) = leads[*node].get(*next) {
            *next += 1;
            if !std::mem::replace(&mut seen[*to], true) {
                path.push((*to, 0));
            }
        } else {
            left.push(*node);
            path.pop();
        }
    }
}

/// Which nodes can be reached from these, themselves among them.
pub(crate) fn reached(from: &[usize], leads: &[Vec<usize>]) -> Vec<bool> {
    let mut seen = vec![false; leads.len()];
    let mut order = Vec::new();
    from.iter().for_each(|start| walk(*start, leads, &mut seen, &mut order));
    seen
}

/// The shortest way from one node to another, both ends in it.
pub(crate) fn shortest(from: usize, to: usize, leads: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut before = vec![usize::MAX; leads.len()];
    let mut queue = std::collections::VecDeque::from([from]);
    before[from] = from;
    while let Some(node) = queue.pop_front() {
        if node == to {
            let steps = std::iter::successors(Some(to), |node| (*node != from).then(|| before[*node]));
            let mut way: Vec<usize> = steps.collect();
            way.reverse();
            return Some(way);
        }
        for next in &leads[node] {
            if before[*next] == usize::MAX {
                before[*next] = node;
                queue.push_back(*next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let mut leads = vec![Vec::new(); count];
        edges.iter().for_each(|(from, to)| leads[*from].push(*to));
        leads
    }

    #[test]
    fn groups() {
        let check = |count, edges: &[(usize, usize)], expect: &[&[usize]]| {
            assert_eq!(strong(&graph(count, edges)), expect, "{edges:?}");
        };
        check(0, &[], &[]);
        check(3, &[], &[&[0], &[1], &[2]]);
        check(3, &[(0, 1), (1, 2)], &[&[0], &[1], &[2]]);
        check(4, &[(0, 1), (1, 2), (2, 0), (2, 3)], &[&[0, 1, 2], &[3]]);
        check(4, &[(3, 1), (1, 3), (0, 2), (2, 0), (0, 1)], &[&[0, 2], &[1, 3]]);
        assert_eq!(islands(4, [(0, 3), (1, 2)].into_iter()), [[0, 3], [1, 2]]);
        let long: Vec<(usize, usize)> = (0..200_000).map(|at| (at, (at + 1) % 200_000)).collect();
        assert_eq!(strong(&graph(200_000, &long)).len(), 1);
    }

    #[test]
    fn ways() {
        let leads = graph(5, &[(0, 1), (1, 2), (0, 2), (2, 3)]);
        assert_eq!(shortest(0, 3, &leads), Some(vec![0, 2, 3]));
        assert_eq!(shortest(1, 1, &leads), Some(vec![1]));
        assert_eq!(shortest(3, 0, &leads), None);
        assert_eq!(reached(&[1], &leads), [false, true, true, true, false]);
    }
}
