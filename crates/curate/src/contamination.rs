//! Problems that stand in a benchmark, in whole or in part: what is trained on must not be what is tested with.

use std::collections::HashMap;

use serde::Serialize;
use tables::Problem;

use crate::words::{Word, words};

/// An odd number that the words of a run are weighed with.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The problems of benchmarks, ready to be compared with.
#[derive(Clone, Debug)]
pub struct Benchmarks {
    n: usize,
    problems: Vec<Known>,
    /// Where a run of n words first stands: problem and word.
    runs: HashMap<u64, (u32, u32)>,
    /// Problems of fewer than n words.
    short: HashMap<Vec<u64>, u32>,
}

#[derive(Clone, Debug)]
struct Known {
    dataset: String,
    id: String,
    text: String,
    words: Vec<u64>,
}

/// An overlap of a problem with one of a benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The benchmark.
    pub benchmark: String,
    /// The problem in it.
    pub benchmark_id: String,
    /// Its text.
    pub benchmark_text: String,
    /// The longest run of words that both have, as the problem at hand writes it.
    pub overlap: String,
    /// Its words.
    pub words: usize,
    /// Words of the benchmark's problem.
    pub benchmark_words: usize,
}

impl Benchmarks {
    /// No problem yet. Two problems overlap when they share `n` words in a row; one of fewer words overlaps with its
    /// equal alone.
    pub fn new(n: usize) -> Self {
        Self { n: n.max(1), problems: Vec::new(), runs: HashMap::new(), short: HashMap::new() }
    }

    /// Adds a problem of a benchmark.
    pub fn add(&mut self, problem: &Problem) {
        let index = u32::try_from(self.problems.len()).unwrap_or(u32::MAX);
        let words: Vec<u64> = words(&problem.problem, false).into_iter().map(|word| word.hash).collect();
        if words.len() < self.n {
            self.short.entry(words.clone()).or_insert(index);
        }
        for (at, run) in runs(&words, self.n).enumerate() {
            self.runs.entry(run).or_insert((index, u32::try_from(at).unwrap_or(u32::MAX)));
        }
        self.problems.push(Known {
            dataset: problem.dataset.clone(),
            id: problem.id.clone(),
            text: problem.problem.clone(),
            words,
        });
    }

    /// Problems in all.
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Words in a row that make an overlap.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The longest overlap of a text with a benchmark.
    pub fn hit(&self, text: &str) -> Option<Hit> {
        let own = words(text, false);
        let hashes: Vec<u64> = own.iter().map(|word| word.hash).collect();
        if hashes.is_empty() {
            return None;
        }
        if hashes.len() < self.n {
            let known = self.problems.get(*self.short.get(&hashes)? as usize)?;
            return Some(hit(known, text, &own));
        }
        let mut best: Option<(usize, usize, &Known)> = None;
        let mut beyond = 0;
        for (at, run) in runs(&hashes, self.n).enumerate() {
            // A run inside of one that was followed to its end tells nothing new.
            let Some((problem, start)) = self.runs.get(&run).filter(|_| at >= beyond) else { continue };
            let Some(known) = self.problems.get(*problem as usize) else { continue };
            // A run starts at one of its problem's words.
            let there = known.words.get(*start as usize..).unwrap_or_default();
            let length = hashes[at..].iter().zip(there).take_while(|(a, b)| a == b).count();
            if length >= self.n && best.is_none_or(|(_, longest, _)| length > longest) {
                best = Some((at, length, known));
                beyond = at + length - self.n + 1;
            }
        }
        best.map(|(at, length, known)| hit(known, text, &own[at..at + length]))
    }
}

fn hit(known: &Known, text: &str, shared: &[Word]) -> Hit {
    let place = shared.first().zip(shared.last()).map(|(first, last)| first.place.start..last.place.end);
    Hit {
        benchmark: known.dataset.clone(),
        benchmark_id: known.id.clone(),
        benchmark_text: known.text.clone(),
        // Shared words have places in the text; none are shared where there is none.
        overlap: place.and_then(|place| text.get(place)).unwrap_or_default().to_owned(),
        words: shared.len(),
        benchmark_words: known.words.len(),
    }
}

/// A number for each run of n words, computed from the one before.
fn runs(words: &[u64], n: usize) -> impl Iterator<Item = u64> {
    let highest = (1..n).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let add = |sum: u64, word: u64| sum.wrapping_mul(BASE).wrapping_add(word);
    let first = words.get(..n).map(|words| words.iter().fold(0, |sum, word| add(sum, *word)));
    let mut current = first;
    (0..words.len().saturating_sub(n - 1)).map_while(move |at| {
        let run = current?;
        current = words.get(at + n).map(|next| {
            let without = run.wrapping_sub(words[at].wrapping_mul(highest));
            add(without, *next)
        });
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn benchmarks(n: usize, texts: &[&str]) -> Benchmarks {
        let mut known = Benchmarks::new(n);
        for (index, text) in texts.iter().enumerate() {
            let problem = Problem {
                id: format!("b-{index}"),
                dataset: "bench".into(),
                problem: (*text).into(),
                ..Problem::default()
            };
            known.add(&problem);
        }
        known
    }

    #[test]
    fn overlaps_are_found_and_shown() {
        let known = benchmarks(
            5,
            &[
                "If 3x + 7 = 22, what is the value of x, and why?",
                "How many primes?",
                "the value of x is the value",
            ],
        );
        let check = |text: &str, expect: Option<(&str, &str, usize)>| {
            let found = known.hit(text);
            let found =
                found.as_ref().map(|hit| (hit.benchmark_id.as_str(), hit.overlap.as_str(), hit.words));
            assert_eq!(found, expect, "{text}");
        };
        check(
            "Given that y = 4, what is THE value of x, and who asks?",
            Some(("b-0", "what is THE value of x, and", 7)),
        );
        check("how many   primes!", Some(("b-1", "how many   primes", 3)));
        check("how many primes are there", None);
        check("what is the value", None);
        check("", None);
    }

    #[test]
    fn thirteen_words_in_a_row_are_needed() {
        let text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
        let known = benchmarks(13, &[text]);
        let part = |from: usize, to: usize| text.split(' ').take(to).skip(from).collect::<Vec<_>>().join(" ");
        assert_eq!(known.hit(&format!("so {} end", part(0, 12))), None);
        assert_eq!(known.hit(&format!("so {} end", part(1, 14))).unwrap().words, 13);
        assert_eq!(known.hit(text).unwrap().words, 14);
    }

    proptest! {
        #[test]
        fn rolling_over_words_is_hashing_each_run(words in prop::collection::vec(0u64..50, 0..30), n in 1usize..8) {
            let each: Vec<u64> = words
                .windows(n)
                .map(|run| run.iter().fold(0_u64, |sum, word| sum.wrapping_mul(BASE).wrapping_add(*word)))
                .collect();
            prop_assert_eq!(runs(&words, n).collect::<Vec<_>>(), each);
        }

        #[test]
        fn a_planted_run_is_always_found(
            planted in prop::collection::vec(0u32..1000, 6..20),
            before in prop::collection::vec(1000u32..2000, 0..10),
            behind in prop::collection::vec(1000u32..2000, 0..10),
        ) {
            let text = |numbers: &[u32]| numbers.iter().map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
            let known = benchmarks(6, &[&text(&planted)]);
            let around = [before.as_slice(), &planted, &behind].concat();
            let hit = known.hit(&text(&around)).unwrap();
            prop_assert!(hit.words >= 6);
            prop_assert_eq!(known.hit(&text(&[before, behind].concat())), None);
        }
    }
}
