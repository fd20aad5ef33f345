//! Adaptive stopping over n recorded samples: the mean over all orders in which they could have come.
//!
//! An order without replacement is a path through the numbers drawn of each class, and all that a rule and a vote ask is where
//! the path stands. So one walk over these states, each reached with a known probability, is exact.

use crate::random::generator;
use crate::subsets::all_among;
use crate::weighted::{Effort, shuffle};

/// The generator's stream for drawn orders.
const ORDERS_STREAM: u64 = u64::MAX - 3;
/// What rounding leaves of nothing.
const NOTHING: f64 = 1e-15;

/// What the samples of a heap have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// All the same answer.
    One {
        /// It is the right one.
        right: bool,
    },
    /// Each an answer that no other sample gives.
    Many {
        /// All of them are right.
        right: bool,
    },
    /// None.
    Nothing,
}

/// Samples that a vote cannot tell apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heap {
    /// What they say.
    pub says: Says,
    /// How many there are.
    pub size: u32,
    /// Their mean length; none where one of them is unknown.
    pub tokens: Option<f64>,
}

/// When to look whether it is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Not before so many samples.
    pub least: u32,
    /// Only behind whole batches of so many.
    pub batch: u32,
    /// At so many it ends.
    pub most: u32,
}

/// What makes it enough.
#[derive(Clone, Copy)]
pub enum Stops<'a> {
    /// The votes of each answer so far.
    Votes(&'a dyn Fn(&[u32]) -> bool),
    /// All samples of the last batch give the same answer (arXiv 2401.10480).
    Unanimous,
}

/// What is to be expected.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stopped {
    /// Samples that are drawn.
    pub samples: f64,
    /// Their tokens; none where the length of one is unknown.
    pub tokens: Option<f64>,
    /// The credit of the vote among them; leading answers share it.
    pub credit: f64,
    /// The chance to stop before the end.
    pub early: f64,
    /// It is a mean over drawn orders, not over all.
    pub drawn: bool,
}

/// Draws from the heaps until the rule has enough, in all orders.
pub fn replay(heaps: &[Heap], stops: Stops<'_>, pace: Pace, effort: Effort) -> Stopped {
    let heaps: Vec<Heap> = heaps.iter().copied().filter(|heap| heap.size > 0).collect();
    let states = heaps.iter().fold(1_usize, |all, heap| all.saturating_mul(heap.size as usize + 1));
    let mut replay = Replay::new(&heaps, stops, pace);
    let drawn = states > effort.states;
    if drawn {
        replay.draw(effort)
    } else {
        replay.walk(states)
    }
    Stopped { drawn, ..replay.means() }
}

struct Replay<'a> {
    heaps: &'a [Heap],
    stops: Stops<'a>,
    pace: Pace,
    /// Samples in all heaps.
    all: u32,
    /// Drawn so far of each heap.
    at: Vec<u32>,
    /// The votes of each answer there.
    votes: Vec<u32>,
    /// Expected draws of each heap.
    draws: Vec<f64>,
    credit: f64,
    early: f64,
    /// Orders, or their share.
    weight: f64,
}

impl<'a> Replay<'a> {
    fn new(heaps: &'a [Heap], stops: Stops<'a>, pace: Pace) -> Self {
        let all = heaps.iter().map(|heap| heap.size).sum();
        let pace = Pace { most: pace.most.min(all), batch: pace.batch.max(1), ..pace };
        let (at, draws) = (vec![0; heaps.len()], vec![0.0; heaps.len()]);
        Self { heaps, stops, pace, all, at, votes: Vec::new(), draws, credit: 0.0, early: 0.0, weight: 0.0 }
    }

    fn means(&self) -> Stopped {
        let weight = self.weight;
        let samples: f64 = self.draws.iter().sum();
        let tokens: Option<f64> =
            self.draws.iter().zip(self.heaps).map(|(draws, heap)| Some(draws * heap.tokens?)).sum();
        Stopped {
            samples: samples / weight,
            tokens: tokens.map(|tokens| tokens / weight),
            credit: self.credit / weight,
            early: self.early / weight,
            drawn: false,
        }
    }

    /// Every state once, in an order in which what leads to a state comes before it.
    fn walk(&mut self, states: usize) {
        let mut strides = Vec::with_capacity(self.heaps.len());
        let width = |stride: usize, heap: &Heap| stride * (heap.size as usize + 1);
        self.heaps.iter().fold(1, |stride, heap| {
            strides.push(stride);
            width(stride, heap)
        });
        let mut mass = vec![0.0; states];
        mass[0] = 1.0;
        for state in 0..states {
            if mass[state] > NOTHING {
                mass[state] -= self.stopped(state, &mass, &strides);
                self.go_on(state, &mut mass, &strides);
            }
            self.next();
        }
    }

    /// The mass of a state that stops there.
    fn stopped(&mut self, state: usize, mass: &[f64], strides: &[usize]) -> f64 {
        let here = mass[state];
        let (drawn, ends) = self.ends();
        let stops = self.stops;
        let early = match stops {
            Stops::Votes(enough) if self.looks(drawn) && self.enough(enough) => here,
            Stops::Unanimous if self.looks(drawn) => self.unanimous(state, drawn, mass, strides).min(here),
            _ => 0.0,
        };
        self.end(early, !ends);
        if ends {
            self.end(here - early, false);
            return here;
        }
        early
    }

    /// How many were drawn, and whether these are all.
    fn ends(&self) -> (u32, bool) {
        let drawn = self.at.iter().sum();
        (drawn, drawn >= self.pace.most)
    }

    fn looks(&self, drawn: u32) -> bool {
        drawn > 0 && drawn >= self.pace.least && drawn.is_multiple_of(self.pace.batch)
    }

    fn enough(&mut self, enough: &dyn Fn(&[u32]) -> bool) -> bool {
        self.count();
        enough(&self.votes)
    }

    /// What came to a state by a whole batch of one answer: from the state before that batch, where all those of its
    /// samples that are left of the heap were drawn in a row.
    fn unanimous(&self, state: usize, drawn: u32, mass: &[f64], strides: &[usize]) -> f64 {
        let batch = self.pace.batch;
        let left = (self.all + batch - drawn) as usize;
        let heaps = self.heaps.iter().zip(&self.at).zip(strides);
        let one = heaps.filter(|((heap, at), _)| matches!(heap.says, Says::One { .. }) && **at >= batch);
        let came = |((heap, at), stride): ((&Heap, &u32), &usize)| {
            let of_heap = (heap.size + batch - at) as usize;
            mass[state - batch as usize * stride] * all_among(of_heap, left, batch as usize)
        };
        one.map(came).sum()
    }

    fn go_on(&self, state: usize, mass: &mut [f64], strides: &[usize]) {
        let left = f64::from(self.all - self.at.iter().sum::<u32>());
        for ((heap, at), stride) in self.heaps.iter().zip(&self.at).zip(strides) {
            if *at < heap.size && mass[state] > NOTHING {
                mass[state + stride] += mass[state] * f64::from(heap.size - at) / left;
            }
        }
    }

    /// The next state: the first heap's number counts fastest.
    fn next(&mut self) {
        for (at, heap) in self.at.iter_mut().zip(self.heaps) {
            *at += 1;
            if *at <= heap.size {
                return;
            }
            *at = 0;
        }
    }

    fn draw(&mut self, effort: Effort) {
        let mut generator = generator(effort.seed, ORDERS_STREAM);
        let numbered = self.heaps.iter().enumerate();
        let mut order: Vec<usize> =
            numbered.flat_map(|(at, heap)| std::iter::repeat_n(at, heap.size as usize)).collect();
        for _ in 0..effort.draws {
            shuffle(&mut generator, &mut order, self.pace.most as usize);
            self.follow(&order);
        }
    }

    /// One order, until it stops.
    fn follow(&mut self, order: &[usize]) {
        self.at.fill(0);
        for ((place, heap), drawn) in order.iter().enumerate().zip(1..) {
            self.at[*heap] += 1;
            let (ends, stops) = (drawn >= self.pace.most, self.stops);
            let enough = match stops {
                _ if !self.looks(drawn) => false,
                Stops::Votes(enough) => self.enough(enough),
                Stops::Unanimous => self.same(&order[place + 1 - self.pace.batch as usize..=place]),
            };
            if enough || ends {
                return self.end(1.0, enough && !ends);
            }
        }
    }

    /// All of a batch are of one heap that says one thing.
    fn same(&self, batch: &[usize]) -> bool {
        let one = |heap: usize| matches!(self.heaps[heap].says, Says::One { .. });
        batch.iter().all(|heap| *heap == batch[0] && one(*heap))
    }

    /// Takes so much of all orders to have stopped here.
    fn end(&mut self, weight: f64, early: bool) {
        if weight <= 0.0 {
            return;
        }
        self.draws.iter_mut().zip(&self.at).for_each(|(draws, at)| *draws += weight * f64::from(*at));
        self.credit += weight * self.credit_here();
        self.early += if early { weight } else { 0.0 };
        self.weight += weight;
    }

    fn count(&mut self) {
        self.votes.clear();
        for (heap, at) in self.heaps.iter().zip(&self.at).filter(|(_, at)| **at > 0) {
            match heap.says {
                Says::One { .. } => self.votes.push(*at),
                Says::Many { .. } => self.votes.extend(std::iter::repeat_n(1, *at as usize)),
                Says::Nothing => {}
            }
        }
    }

    /// The share of right answers among the leading ones.
    fn credit_here(&self) -> f64 {
        let (mut top, mut right, mut tied) = (0, 0, 0);
        for (heap, at) in self.heaps.iter().zip(&self.at).filter(|(_, at)| **at > 0) {
            let (votes, answers, is_right) = match heap.says {
                Says::One { right } => (*at, 1, right),
                Says::Many { right } => (1, *at, right),
                Says::Nothing => continue,
            };
            if votes > top {
                (top, right, tied) = (votes, 0, 0);
            }
            if votes == top {
                tied += answers;
                right += if is_right { answers } else { 0 };
            }
        }
        if tied > 0 { f64::from(right) / f64::from(tied) } else { 0.0 }
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
