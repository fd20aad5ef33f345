//! What searches come to is known by formula, whoever scores the steps.

use serde_json::{Value, json};

use super::{World, beam, model};

/// Within three standard deviations of what the formula says.
fn check(world: &World, search: Value, expect: f64, problems: usize) {
    let found = world.share(&model(search.clone(), json!({})), problems);
    let three_sigma = 3.0 * (expect * (1.0 - expect) / problems as f64).sqrt() + 1.0 / problems as f64;
    assert!((found - expect).abs() <= three_sigma, "{search}: {found}, not {expect} ± {three_sigma}");
}

/// A step is right with .8, five of them are .32768. Best of 4 at each step, perfect verifier: (1 − .2⁴)⁵ = .992026; by a walk over the
/// right paths among those kept: 4→2 .987055, 8→2 .999987, 8→4 .999951; four trees of width 2: 1 − (1 − (1 − .2²)⁵)⁴ = .998838.
fn perfect(problems: usize) {
    let world = World::default();
    check(&world, beam(1, 1, "last"), 0.327_68, problems);
    check(&world, beam(4, 1, "last"), 0.992_026, problems);
    check(&world, beam(8, 2, "last"), 0.999_987, problems / 2);
    check(&world, beam(8, 4, "last"), 0.999_951, problems / 2);
    check(&world, json!({"kind": "dvts", "candidates": 8, "width": 2}), 0.998_838, problems / 2);
    check(&world, best_of(4), 0.795_683, problems);
    for aggregate in AGGREGATES {
        check(&world, beam(4, 2, aggregate), 0.987_055, problems / 2);
    }
}

const AGGREGATES: [&str; 5] = ["last", "min", "product", "mean", "geometric"];

/// Some path of right steps exists: x = 1 − (1 − .8x)⁴, five times over from 1.
fn best_first(problems: usize) {
    let exists = (0..5).fold(1.0_f64, |below, _| 1.0 - (1.0 - 0.8 * below).powi(4));
    for aggregate in AGGREGATES {
        let search =
            json!({"kind": "best_first", "candidates": 4, "expansions": 400, "aggregate": aggregate});
        check(&World::default(), search, exists, problems);
    }
}

/// Four whole replies, the best of which is taken: trees of width 1 never branch.
fn best_of(replies: u32) -> Value {
    json!({"kind": "dvts", "candidates": replies, "width": 1})
}

/// Of r right ones among 4, y get a yes, and z of the wrong ones; a yes is taken by lot: .9/.1 → .858437 over five steps, .7/.3 →
/// .582534, and a coin leaves .8⁵ = .32768. Of four whole replies: .688050, .494461, and .32768 again.
fn doubtful(problems: usize) {
    for (yes, stepwise, whole) in [
        ((0.9, 0.1), 0.858_437, 0.688_050),
        ((0.7, 0.3), 0.582_534, 0.494_461),
        ((0.5, 0.5), 0.327_68, 0.327_68),
    ] {
        let world = World::doubting(yes.0, yes.1);
        // Where one path is left, all candidates begin alike: the last step alone makes the mean.
        check(&world, beam(4, 1, "last"), stepwise, problems);
        check(&world, beam(4, 1, "mean"), stepwise, problems);
        check(&world, best_of(4), whole, problems);
        let doubted = Doubted::new(yes.0, yes.1);
        // A no on the path makes all behind it 0 and alike, and a lot is all that is left.
        for aggregate in ["min", "product", "geometric"] {
            check(&world, beam(4, 1, aggregate), doubted.beam_of_one_that_never_forgives(4), problems);
        }
        check(&world, json!({"kind": "dvts", "candidates": 8, "width": 2}), doubted.trees(4, 2), problems);
    }
}

/// What a doubtful verifier makes of a step behind right ones: chances of a candidate to be right or wrong and to get a yes or no.
struct Doubted {
    right_yes: f64,
    right_no: f64,
    wrong_yes: f64,
    /// Behind a wrong step all are wrong.
    lost_yes: f64,
}

impl Doubted {
    fn new(yes_to_right: f64, yes_to_wrong: f64) -> Self {
        Self {
            right_yes: 0.8 * yes_to_right,
            right_no: 0.8 * (1.0 - yes_to_right),
            wrong_yes: 0.2 * yes_to_wrong,
            lost_yes: yes_to_wrong,
        }
    }

    fn yes(&self) -> f64 {
        self.right_yes + self.wrong_yes
    }

    /// The one that is taken of `n`, by lot among those with a yes if there are any, is right and has a yes, or has none.
    fn taken(&self, n: i32) -> (f64, f64) {
        let none = (1.0 - self.yes()).powi(n);
        (self.right_yes / self.yes() * (1.0 - none), self.right_no / (1.0 - self.yes()) * none)
    }

    fn beam_of_one_that_never_forgives(&self, n: i32) -> f64 {
        let (yes, no) = self.taken(n);
        // Right so far with nothing but yes, and with a no.
        let (alive, numb) =
            (0..5).fold((1.0, 0.0), |(alive, numb), _| (alive * yes, alive * no + numb * 0.8));
        alive + numb
    }

    /// Trees of this width that do not compete; of their finished paths one with a yes is taken by lot, if there is one.
    fn trees(&self, count: i32, width: i32) -> f64 {
        let (yes, no) = self.taken(width);
        let before = (yes + no).powi(4);
        let (right_yes, right_no) = (before * yes, before * no);
        let lost = |chance: f64| 1.0 - (1.0 - chance).powi(width);
        let slip = self.wrong_yes / self.yes() * (1.0 - (1.0 - self.yes()).powi(width));
        let all_yes = right_yes + before * slip + (1.0 - before) * lost(self.lost_yes);
        let none = (1.0 - all_yes).powi(count);
        right_yes / all_yes * (1.0 - none) + right_no / (1.0 - all_yes) * none
    }
}

/// The formulas of this page against those that the design has worked out by other ways.
#[test]
fn formulas_of_doubt_agree_with_those_known() {
    let near = |found: f64, expect: f64| assert!((found - expect).abs() < 1e-6, "{found}, not {expect}");
    for (yes, stepwise, whole) in [
        ((0.9, 0.1), 0.858_437, 0.688_050),
        ((0.7, 0.3), 0.582_534, 0.494_461),
        ((0.5, 0.5), 0.327_68, 0.327_68),
    ] {
        let doubted = Doubted::new(yes.0, yes.1);
        let (yes, no) = doubted.taken(4);
        near((yes + no).powi(5), stepwise);
        near(doubted.trees(4, 1), whole);
    }
}

#[test]
fn with_a_perfect_verifier_each_policy_comes_to_what_its_formula_says() {
    perfect(60);
}

#[test]
fn with_a_perfect_verifier_best_first_finds_what_there_is() {
    best_first(30);
}

#[test]
fn a_doubtful_verifier_helps_less_and_a_coin_helps_nobody() {
    doubtful(40);
}

#[test]
#[ignore = "minutes: the same over 2,000 problems"]
fn over_many_problems_too() {
    perfect(2000);
    best_first(1000);
    doubtful(2000);
}
