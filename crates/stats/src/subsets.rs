//! Expectations over all k-subsets of a problem's samples, in closed form.
//!
//! With n samples of a problem, "k tries" can be any of C(n, k) subsets. The figures here are the exact means over all of
//! them, so nothing is drawn and nothing depends on the order of the samples. Votes with weights, for which there is no closed
//! form, are in `weighted.rs`.

/// C(m, k) / C(n, k): the chance that all of k samples out of n are among m certain ones.
pub(crate) fn all_among(m: usize, n: usize, k: usize) -> f64 {
    if m < k { 0.0 } else { (0..k).map(|i| (m - i) as f64 / (n - i) as f64).product() }
}

/// pass@k: the chance that one of k samples is right, when c of n are (arXiv 2107.03374).
pub fn any_right(n: usize, c: usize, k: usize) -> f64 {
    1.0 - all_among(n - c, n, k)
}

/// pass^k: the chance that all of k samples are right (arXiv 2406.12045).
pub fn all_right(n: usize, c: usize, k: usize) -> f64 {
    all_among(c, n, k)
}

/// A sample that can be ranked: the smallest key comes first.
#[derive(Clone, Copy, Debug)]
pub struct Ranked {
    /// What it is ranked by.
    pub key: f64,
    /// What it counts when it is picked.
    pub credit: f64,
}

/// The expected credit of the sample that ranks first among k of n. The sample at rank r is picked from
/// C(n − r, k − 1) of the C(n, k) subsets; samples that tie are picked with equal chance.
pub fn first_ranked(samples: &mut [Ranked], k: usize) -> f64 {
    samples.sort_by(|a, b| a.key.total_cmp(&b.key));
    let n = samples.len();
    let (mut expected, mut from) = (0.0, n);
    for ties in samples.chunk_by(|a, b| a.key == b.key) {
        let behind = from - ties.len();
        let picked = all_among(from, n, k) - all_among(behind, n, k);
        let credit: f64 = ties.iter().map(|sample| sample.credit).sum();
        expected += picked * credit / ties.len() as f64;
        from = behind;
    }
    expected
}

/// The expected largest of k of n lengths: how long one waits for k samples that are drawn side by side,
/// Σ l₍ᵣ₎·C(r − 1, k − 1)/C(n, k).
pub fn longest(lengths: &[f64], k: usize) -> f64 {
    let mut ranked: Vec<Ranked> =
        lengths.iter().map(|length| Ranked { key: -length, credit: *length }).collect();
    first_ranked(&mut ranked, k)
}

/// The chance that a right sample outranks a wrong one of the same problem, ties half; none where all are alike.
pub fn discrimination(right: &[f64], wrong: &[f64]) -> Option<f64> {
    let pairs = right.iter().flat_map(|right| wrong.iter().map(move |wrong| right.total_cmp(wrong)));
    let won: f64 = pairs.map(|order| 0.5 * (1.0 + f64::from(order as i8))).sum();
    let all = right.len() * wrong.len();
    (all > 0).then(|| won / all as f64)
}

/// A class of equal answers.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Samples that give it.
    pub votes: usize,
    /// It is the right one.
    pub right: bool,
}

/// maj@k: the expected credit of a vote among k of the samples. The classes with most votes share the credit; `silent`
/// samples have no answer and do not vote; a vote in which nobody votes is lost.
///
/// The number of votes of each class in a random k-subset is that of independent binomials (of any one
/// probability) under the condition that they add up to k. So it takes one walk over the classes for each number of
/// votes with which the right class may win.
pub fn plurality(classes: &[Class], silent: usize, k: usize) -> f64 {
    let n = silent + classes.iter().map(|class| class.votes).sum::<usize>();
    if k == n {
        return leading(classes);
    }
    let p = k as f64 / (n + 1) as f64;
    let winners = classes.iter().enumerate().filter(|(_, class)| class.right);
    let won: f64 = winners.map(|(at, _)| weight_of_wins(classes, at, silent, k, p)).sum();
    won / binomials(n, p, k)[k]
}

/// The credit of a vote of all: the share of right classes among those with most votes.
fn leading(classes: &[Class]) -> f64 {
    let top = classes.iter().map(|class| class.votes).max().unwrap_or(0);
    let tied: Vec<&Class> = classes.iter().filter(|class| top > 0 && class.votes == top).collect();
    tied.iter().filter(|class| class.right).count() as f64 / tied.len().max(1) as f64
}

/// The probability that class `at` wins, times its share of the credit, under independent binomials that add up to k.
fn weight_of_wins(classes: &[Class], at: usize, silent: usize, k: usize, p: f64) -> f64 {
    let own = binomials(classes[at].votes, p, k);
    let others = || classes.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, c)| c.votes);
    let with = |votes: usize| {
        let ties = ways(others(), silent, k - votes, votes, p);
        let shared = ties.iter().enumerate().map(|(ties, weight)| weight / (ties + 1) as f64);
        own[votes] * shared.sum::<f64>()
    };
    (1..=k.min(classes[at].votes)).map(with).sum()
}

/// For every number of ties: the probability that the others draw `rest` samples in which no class has more than `most`
/// votes and so many classes have exactly `most`.
fn ways(others: impl Iterator<Item = usize>, silent: usize, rest: usize, most: usize, p: f64) -> Vec<f64> {
    // A class with fewer votes than that can neither lead nor tie, so it is as good as silent.
    let (rivals, harmless): (Vec<usize>, Vec<usize>) = others.partition(|votes| *votes >= most);
    let mut table = vec![vec![0.0; rest + 1]; (rest / most).min(rivals.len()) + 1];
    table[0] = binomials(silent + harmless.iter().sum::<usize>(), p, rest);
    for votes in rivals {
        let chances = binomials(votes, p, rest.min(most));
        let mut next = vec![vec![0.0; rest + 1]; table.len()];
        for (ties, row) in table.iter().enumerate() {
            for (drawn, weight) in row.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
                for (more, chance) in chances.iter().enumerate().take(rest - drawn + 1) {
                    next[ties + usize::from(more == most)][drawn + more] += weight * chance;
                }
            }
        }
        table = next;
    }
    table.iter().map(|row| row[rest]).collect()
}

/// The chances of 0 to `top` hits in n trials of probability p.
fn binomials(n: usize, p: f64, top: usize) -> Vec<f64> {
    let mut chances = vec![0.0; top + 1];
    let mut chance = (1.0 - p).powf(n as f64);
    for (hits, slot) in chances.iter_mut().enumerate().take(n + 1) {
        *slot = chance;
        chance *= (n - hits) as f64 / (hits + 1) as f64 * p / (1.0 - p);
    }
    chances
}

#[cfg(test)]
#[path = "subset_tests.rs"]
mod tests;
