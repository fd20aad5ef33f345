//! Other numbers in the text, and the answer computed anew from the recorded steps of the solution.

use std::collections::BTreeSet;

use num_traits::{One, Signed, Zero};
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Problem;

use super::{Declined, Variation};
use crate::chain::Chain;
use crate::draws::Draws;
use crate::facts;
use crate::figures::{Figure, Form, figures};
use crate::number::{Number, approximate, decimals, fixed, parse, show, whole};
use crate::words::replaced;

/// Numbers that are not changed: too small to be anything else.
const SMALL: i64 = 1;
const HUNDRED: i64 = 100;

/// Draws new numbers and recomputes the answer from the steps that a solution records as `<<48/2=24>>`. Strict: what is not
/// certain is declined.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Numbers {
    /// Tries for a set of numbers that keeps every step of its kind.
    draws: u32,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { draws: 2_000 }
    }
}

impl Component for Numbers {
    const KIND: &'static str = "numbers";
    const ABOUT: &'static str =
        "other numbers, the answer recomputed from the steps that the solution records as <<…>>";
    const VERSION: u32 = 3;
    type Built = dyn Variation;

    fn build(self, _: &mut Content) -> Result<Box<dyn Variation>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Variation for Numbers {
    fn apply(&self, problem: &Problem, draws: &mut Draws) -> Result<Problem, Declined> {
        let text = &problem.problem;
        let [gold] = problem.gold.as_slice() else { return Err(Declined("not one known answer")) };
        if !problem.choices.is_empty() {
            return Err(Declined("it has options"));
        }
        let gold = parse(&gold.replace([',', '$'], "")).ok_or(Declined("the answer is no number"))?;
        let solution = problem.solution.as_deref().ok_or(Declined("no solution"))?;
        let all = figures(text);
        let chain = Chain::of(text, &all, solution, &gold)?;
        let changed = Changed::of(text, &all, &chain)?;
        let values = (0..self.draws).find_map(|_| changed.draw(&chain, draws));
        let (values, results) = values.ok_or(Declined("no other numbers keep every step of its kind"))?;
        let answer = results.last().ok_or(Declined("no solution"))?;
        Ok(Problem {
            problem: changed.written(text, &values),
            gold: vec![show(answer)],
            solution: Some(chain.told(&values, &results)),
            ..problem.clone()
        })
    }
}

/// Numbers of a text, and which of them change.
struct Changed<'a> {
    all: &'a [Figure],
    /// For each the most that there can be of it: a week has no more than seven days.
    most: Vec<Option<Number>>,
    places: Vec<usize>,
    results: Vec<Number>,
}

impl<'a> Changed<'a> {
    fn of(text: &str, all: &'a [Figure], chain: &Chain) -> Result<Self, Declined> {
        let used: BTreeSet<usize> = chain.used().collect();
        let (repeats, terms) = (chain.repeats() as i64, chain.counts());
        let counts = |value: &Number| repeats > 1 && [repeats, repeats + 1].map(whole).contains(value);
        let changes = |at: &usize| {
            let figure = &all[*at];
            matches!(figure.form, Form::Digits | Form::Grouped)
                && figure.value > whole(SMALL)
                && !counts(&figure.value)
                && !terms.contains(at)
                && !facts::is_one(text, &figure.span)
        };
        let places: Vec<usize> = used.into_iter().filter(changes).collect();
        if places.is_empty() {
            return Err(Declined("no number that could be another"));
        }
        let results = chain.steps.iter().map(|step| step.result.clone()).collect();
        let most = all.iter().map(|figure| most(text, figure)).collect();
        Ok(Self { all, most, places, results })
    }

    /// New numbers of the text and the results with them, if all of it stays of its kind and the answer does not stay what it was:
    /// a right answer from memory could not be told from a calculated one.
    fn draw(&self, chain: &Chain, draws: &mut Draws) -> Option<(Vec<Number>, Vec<Number>)> {
        let mut values: Vec<Number> = self.all.iter().map(|figure| figure.value.clone()).collect();
        for place in &self.places {
            values[*place] = like(&self.all[*place], draws);
            if self.most[*place].as_ref().is_some_and(|most| values[*place] > *most) {
                return None;
            }
        }
        self.fits(&values).then_some(())?;
        let results = chain.results(&values)?;
        let percent = self.all.iter().any(|figure| figure.is_percent);
        let alike = |(new, old): (&Number, &Number)| is_alike(new, old, percent);
        let is_another = results.last() != self.results.last();
        (is_another && results.iter().zip(&self.results).all(alike)).then_some((values, results))
    }

    /// All are new, no two alike, and in the order of size that they had.
    fn fits(&self, values: &[Number]) -> bool {
        let old = |place: usize| &self.all[place].value;
        let is_new = |place: &usize| self.all.iter().all(|figure| figure.value != values[*place]);
        let in_order = |one: &usize| {
            self.places
                .iter()
                .all(|other| one == other || (old(*one) < old(*other)) == (values[*one] < values[*other]))
        };
        self.places.iter().all(|place| is_new(place) && in_order(place))
    }

    fn written(&self, text: &str, values: &[Number]) -> String {
        let change = |place: &usize| {
            let figure = &self.all[*place];
            let places = written_places(&text[figure.span.clone()]);
            let mut new = fixed(&values[*place], places);
            if figure.form == Form::Grouped {
                new = grouped(&new);
            }
            (figure.span.clone(), new)
        };
        replaced(text, self.places.iter().map(change).collect())
    }
}

/// The most that there can be of something, where the text says of what it is a part.
fn most(text: &str, figure: &Figure) -> Option<Number> {
    const PARTS: [(&str, &str, i64); 6] = [
        ("day", "week", 7),
        ("day", "month", 28),
        ("hour", "day", 24),
        ("month", "year", 12),
        ("week", "month", 4),
        ("week", "year", 52),
    ];
    let next = text[figure.span.end..].trim_start_matches([' ', '-']).to_lowercase();
    let lower = text.to_lowercase();
    let is_part = |(part, of, most): &&(&str, &str, i64)| {
        next.starts_with(part) && lower.contains(of) && figure.value <= whole(*most)
    };
    PARTS.iter().find(is_part).map(|(.., most)| whole(*most))
}

fn written_places(written: &str) -> u32 {
    written.split_once('.').map_or(0, |(_, back)| back.len() as u32)
}

fn grouped(number: &str) -> String {
    let (front, back) =
        number.split_once('.').map_or((number, String::new()), |(front, back)| (front, format!(".{back}")));
    let front = front.parse().map_or_else(|_| front.to_owned(), tables::thousands);
    front + &back
}

/// Another number like this one: within a factor of two, as many digits, as round.
fn like(figure: &Figure, draws: &mut Draws) -> Number {
    let grain = grain(&figure.value);
    let factor = 2_f64.powf(2.0 * draws.part() - 1.0);
    let steps = (approximate(&(&figure.value / &grain)) * factor).round().max(1.0);
    let found = grain * whole(steps as i64);
    // What becomes one would stand with a plural.
    let is_alike = digits(&found) == digits(&figure.value)
        && !found.is_one()
        && (found > Number::one()) == (figure.value > Number::one())
        && (!figure.is_percent || found <= whole(HUNDRED) || figure.value > whole(HUNDRED));
    // What does not fit is no new number, and is drawn again.
    if is_alike { found } else { figure.value.clone() }
}

/// The roundest unit that a number is a multiple of: 100, 10, 5, 1, or a part with its decimals.
fn grain(number: &Number) -> Number {
    if let Some(places) = decimals(number).filter(|places| *places > 0) {
        let unit = Number::one() / num_traits::Pow::pow(whole(10), places);
        // Prices end in 5 or 0 more often than not, and stay so.
        let five = &unit * whole(5);
        return if (number / &five).is_integer() { five } else { unit };
    }
    let round = [1000, 100, 10, 5].into_iter().map(whole);
    let fits = |unit: &Number| (number / unit).is_integer() && number >= &(unit * whole(4));
    round.into_iter().find(fits).unwrap_or_else(Number::one)
}

fn digits(number: &Number) -> usize {
    number.abs().to_integer().to_string().len()
}

/// A result stays whole or a decimal of as many places, positive, and a part of a hundred where it was one.
fn is_alike(new: &Number, old: &Number, percent: bool) -> bool {
    let places = |number: &Number| decimals(number);
    let as_exact = match (places(new), places(old)) {
        (Some(new), Some(old)) => new <= old,
        (None, None) => true,
        _ => false,
    };
    let hundred = whole(HUNDRED);
    let below_one = (new < &Number::one()) == (old < &Number::one());
    as_exact
        && below_one
        && new.is_positive() == old.is_positive()
        && new.is_zero() == old.is_zero()
        && (!percent || *old > hundred || *new <= hundred)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::{problem, varied};
    use super::*;

    fn with_solution(text: &str, gold: &str, solution: &str) -> Problem {
        Problem { solution: Some(solution.to_owned()), ..problem(text, gold) }
    }

    #[test]
    fn the_answer_follows_the_numbers() {
        let known = with_solution(
            "Ann picks 40 pears a day for a week and sells 115 of them.",
            "165",
            "<<40*7=280>>280, <<280-115=165>>165",
        );
        for number in 0..20 {
            let found = varied("numbers", &known, number).unwrap();
            let values: Vec<Number> =
                figures(&found.problem).into_iter().map(|figure| figure.value).collect();
            assert_eq!(values.len(), 2, "{}", found.problem);
            let answer = &values[0] * whole(7) - &values[1];
            assert_eq!(found.gold, [show(&answer)], "{}", found.problem);
            assert!(
                (&values[0] / whole(10)).is_integer() && (&values[1] / whole(5)).is_integer(),
                "{}",
                found.problem
            );
            assert!(answer.is_positive() && values[0] != whole(40) && values[1] != whole(115));
            assert!(found.solution.unwrap().ends_with(&format!("= {}", show(&answer))));
        }
        assert_eq!(varied("numbers", &known, 3).unwrap(), varied("numbers", &known, 3).unwrap());
    }

    #[test]
    fn what_is_uncertain_is_declined() {
        let check = |problem: Problem, expect: &str| {
            assert_eq!(varied("numbers", &problem, 0).unwrap_err(), expect, "{}", problem.problem);
        };
        check(problem("Ann has 12 pears.", "12"), "no solution");
        check(with_solution("Ann has 12 pears.", "x", ""), "the answer is no number");
        check(with_solution("Ann has 12 pears.", "12", "x"), "no step of the solution is recorded as <<…>>");
        check(
            with_solution("Ann has two pears and nine figs.", "11", "<<2+9=11>>"),
            "no number that could be another",
        );
        let options = Problem { choices: vec!["1".into()], ..with_solution("Ann has 12 pears.", "12", "x") };
        check(options, "it has options");
    }

    #[test]
    fn a_week_has_seven_days() {
        let known =
            with_solution("Ann works 5 days a week and makes 200 pots a day.", "1000", "<<5*200=1000>>");
        for number in 0..40 {
            let found = varied("numbers", &known, number).unwrap();
            assert!(figures(&found.problem)[0].value <= whole(7), "{}", found.problem);
        }
    }

    #[test]
    fn calendars_and_units_are_what_they_are() {
        let check = |text: &str, gold: &str, solution: &str, kept: &str| {
            for number in 0..20 {
                let found = varied("numbers", &with_solution(text, gold, solution), number).unwrap();
                assert!(found.problem.contains(kept), "{}", found.problem);
            }
        };
        let month = "Ann reads 30 pages a day. How many pages are that in February if there are 28 days in the month?";
        check(month, "840", "<<30*28=840>>", "28 days in the month");
        let link = "A line carries 20 kb a second. As 1 Mb has 1000 kb, how many seconds do 4 Mb take?";
        check(link, "200", "<<4*1000=4000>> <<4000/20=200>>", "1 Mb has 1000 kb");
    }

    #[test]
    fn what_counts_the_steps_stays() {
        let text = "Each level of a castle has half the size of the level below. If a 4 leveled castle has 12 at the top, how much has it?";
        let known = with_solution(text, "180", "<<12*2=24>> <<24*2=48>> <<48*2=96>> <<96+48+24+12=180>>");
        for number in 0..20 {
            // What is used twice is declined; what is not keeps its levels.
            if let Ok(found) = varied("numbers", &known, number) {
                assert!(found.problem.contains("4 leveled"), "{}", found.problem);
            }
        }
        let friends =
            "Mark weighs 150 kilos, Susan weighs 90 and Bob 240. What do the 3 friends weigh on average?";
        for number in 0..20 {
            let known = with_solution(friends, "160", "<<150+90+240=480>> <<480/3=160>>");
            let found = varied("numbers", &known, number).unwrap();
            assert!(found.problem.contains("the 3 friends"), "{}", found.problem);
        }
        let months = "For 11 months Ann pays $30 a month, and the rest of $410 in the twelfth month. How much is that?";
        for number in 0..20 {
            let known = with_solution(months, "80", "<<30*11=330>> <<410-330=80>>");
            let found = varied("numbers", &known, number).unwrap();
            assert!(found.problem.starts_with("For 11 months"), "{}", found.problem);
        }
    }

    #[test]
    fn nothing_becomes_one() {
        let known = with_solution("Ann has 2 pears and 3 figs.", "5", "<<2+3=5>>");
        for number in 0..40 {
            let found = varied("numbers", &known, number).unwrap();
            assert!(figures(&found.problem).iter().all(|figure| !figure.value.is_one()), "{}", found.problem);
        }
    }

    #[test]
    fn money_keeps_its_decimals_and_commas() {
        let known =
            with_solution("A car is $12,400 and a lock $3.50 more.", "12403.5", "<<12400+3.5=12403.5>>");
        let found = varied("numbers", &known, 1).unwrap();
        let written: Vec<&str> = found.problem.split('$').skip(1).collect();
        assert!(
            written[0].contains(",")
                && written[1].contains(".")
                && written[1].starts_with(|c: char| c.is_ascii_digit()),
            "{}",
            found.problem
        );
        assert_eq!(written_places(written[1].split(' ').next().unwrap()), 2, "{}", found.problem);
    }

    #[test]
    fn a_real_set_is_varied_where_it_is_certain() {
        let path =
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/problems/gsm8k_test.jsonl"));
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: gsm8k_test.jsonl is not here");
            return;
        };
        let mut declined = std::collections::BTreeMap::<&str, u32>::new();
        let (mut made, mut drift, mut count) = (0, 0.0, 0.0);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap();
            let known = with_solution(text("problem"), text("answer"), text("solution"));
            match varied("numbers", &known, 0) {
                Ok(found) => {
                    made += 1;
                    let pairs = figures(&known.problem).into_iter().zip(figures(&found.problem));
                    for (old, new) in pairs.filter(|(old, _)| old.form != Form::Word) {
                        let [old, new] = [old, new].map(|figure| approximate(&figure.value));
                        before.push(old);
                        after.push(new);
                        if old > 0.0 {
                            (drift, count) = (drift + (new / old).log10(), count + 1.0);
                        }
                    }
                }
                Err(why) => *declined.entry(why).or_default() += 1,
            }
        }
        let distance = stats::kolmogorov_smirnov(&before, &after).unwrap();
        println!(
            "{made} of {} varied, log10 drift {:+.4}, K–S {distance:.3}; declined: {declined:#?}",
            text.lines().count(),
            drift / count
        );
        assert!(made >= 380, "{made}: {declined:#?}");
        assert!(distance <= 0.05, "{distance}");
    }
}
