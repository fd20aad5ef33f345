//! Which traces a page shows: all of them where they fit, else the extremes of every model and then problems by lot.

use std::collections::{HashMap, HashSet};

use run_reader::{TraceEntry, TraceIndex, TraceOutcome};

/// So many of each kind of extreme are chosen for a model.
const RANKS: usize = 4;
/// So many samples of a problem are shown of a model, before all problems had their turn.
const SAMPLES: usize = 2;

/// Places in [`TraceIndex::entries`] in the order in which the traces are worth showing, up to about `room` bytes.
pub(super) fn choose(index: &TraceIndex, room: usize) -> Vec<usize> {
    let all: Vec<usize> = (0..index.entries.len()).collect();
    let mut picker = Picker { index, left: room, known: HashSet::new(), chosen: Vec::new() };
    for at in extremes(index, &all) {
        picker.take(at);
    }
    let problems = Problems::of(index, &all);
    for at in picker.chosen.clone() {
        problems.traces(&index.entries[at].problem).take(SAMPLES * 8).for_each(|at| picker.take(at));
    }
    for problem in &problems.by_lot {
        let mut samples: HashMap<u16, usize> = HashMap::new();
        for at in problems.traces(problem) {
            let seen = samples.entry(index.entries[at].model).or_default();
            *seen += 1;
            if *seen <= SAMPLES {
                picker.take(at);
            }
        }
        if picker.left == 0 {
            break;
        }
    }
    all.iter().for_each(|at| picker.take(*at));
    picker.chosen
}

/// Bytes of a trace's article and its line in the list, about; rather too few than too many.
fn bytes(entry: &TraceEntry) -> usize {
    1500 + entry.tokens.unwrap_or_default() as usize * 9 / 2
}

struct Picker<'a> {
    index: &'a TraceIndex,
    left: usize,
    known: HashSet<usize>,
    chosen: Vec<usize>,
}

impl Picker<'_> {
    fn take(&mut self, at: usize) {
        if self.left > 0 && self.known.insert(at) {
            self.left = self.left.saturating_sub(bytes(&self.index.entries[at]));
            self.chosen.push(at);
        }
    }
}

/// The right replies that went on longest, the longest wrong ones, those that were cut, those that lost the answer and
/// those that failed: the first of each kind of each model, then the second …
fn extremes(index: &TraceIndex, all: &[usize]) -> Vec<usize> {
    type Kind = fn(&TraceEntry) -> Option<u32>;
    let kinds: [Kind; 5] = [
        |entry| entry.reflection.filter(|_| entry.outcome == TraceOutcome::Right),
        |entry| entry.tokens.filter(|_| entry.outcome == TraceOutcome::Wrong),
        // The longest first; those of unknown length last.
        |entry| entry.cut.then_some(entry.tokens.unwrap_or_default()),
        |entry| entry.tokens.filter(|_| entry.lost),
        |entry| (entry.outcome == TraceOutcome::Failed).then_some(0),
    ];
    let mut models: Vec<u16> = all.iter().map(|at| index.entries[*at].model).collect();
    models.dedup();
    let lists: Vec<Vec<usize>> = models
        .iter()
        .flat_map(|model| kinds.iter().map(move |kind| longest(index, all, *model, *kind)))
        .collect();
    (0..RANKS).flat_map(|rank| lists.iter().filter_map(move |list| list.get(rank).copied())).collect()
}

fn longest(
    index: &TraceIndex,
    all: &[usize],
    model: u16,
    kind: fn(&TraceEntry) -> Option<u32>,
) -> Vec<usize> {
    let of_kind = |at: &usize| {
        let entry = &index.entries[*at];
        (entry.model == model).then(|| kind(entry)).flatten().map(|length| (length, *at))
    };
    let mut found: Vec<(u32, usize)> = all.iter().filter_map(of_kind).collect();
    found.sort_by(|(one, first), (other, second)| other.cmp(one).then(first.cmp(second)));
    found.into_iter().take(RANKS).map(|(_, at)| at).collect()
}

/// The traces of every problem, and the problems in a drawn order.
struct Problems<'a> {
    traces: HashMap<&'a str, Vec<usize>>,
    by_lot: Vec<&'a str>,
}

impl<'a> Problems<'a> {
    fn of(index: &'a TraceIndex, all: &[usize]) -> Self {
        let mut traces: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_lot: Vec<&str> = Vec::new();
        for at in all {
            let problem = &*index.entries[*at].problem;
            let of_problem = traces.entry(problem).or_default();
            if of_problem.is_empty() {
                by_lot.push(problem);
            }
            of_problem.push(*at);
        }
        by_lot.sort_by_cached_key(|problem| (lot(problem), *problem));
        Self { traces, by_lot }
    }

    fn traces(&self, problem: &str) -> impl Iterator<Item = usize> {
        self.traces.get(problem).into_iter().flatten().copied()
    }
}

/// A number that depends on the name alone, so that the same problems are drawn in every run over them (FNV-1a, mixed).
fn lot(problem: &str) -> u64 {
    let hash = problem.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(problems: u32) -> TraceIndex {
        let entry = |model: u16, at: u32| TraceEntry {
            model,
            place: at,
            problem: format!("p{at}").into(),
            sample: 0,
            subset: 0,
            outcome: if at % 10 == 3 { TraceOutcome::Wrong } else { TraceOutcome::Right },
            cut: at == 40,
            lost: false,
            tokens: Some(1000 + at),
            first_correct: Some(100),
            reflection: Some(900 + at),
        };
        let entries = (0..2).flat_map(|model| (0..problems).map(move |at| entry(model, at))).collect();
        TraceIndex { entries, ..TraceIndex::default() }
    }

    #[test]
    fn everything_is_chosen_where_there_is_room() {
        let index = index(50);
        let choice = choose(&index, usize::MAX);
        let mut entries = choice;
        entries.sort_unstable();
        assert_eq!(entries, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn extremes_come_first_and_problems_stay_together() {
        let index = index(50);
        let choice = choose(&index, 300_000);
        let name = |at: &usize| (index.entries[*at].model, &*index.entries[*at].problem);
        let first: Vec<(u16, &str)> = choice.iter().take(6).map(name).collect();
        // The longest right one, the longest wrong one, the one that was cut; of both models.
        assert_eq!(first, [(0, "p49"), (0, "p43"), (0, "p40"), (1, "p49"), (1, "p43"), (1, "p40")]);
        assert!(choice.len() < 60, "{}", choice.len());
        let drawn = &choice[24..];
        let alone = drawn.iter().filter(|at| {
            let twin = (**at + 50) % 100;
            !choice.contains(&twin)
        });
        assert!(alone.count() <= 1, "only the last problem may be torn");
    }

    #[test]
    fn the_lot_is_the_same_each_time_and_not_in_order() {
        let index = index(200);
        let choice = choose(&index, 400_000);
        assert_eq!(choice, choose(&index, 400_000));
        let drawn: Vec<usize> = choice[24..].iter().copied().filter(|at| *at < 200).collect();
        assert!(drawn.windows(2).any(|pair| pair[0] > pair[1]), "{drawn:?}");
    }
}
