//! How a worked solution computes its answer, as `<<48/2=24>>` records it, and which number of the text each part is.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

use crate::expression::Expression;
use crate::facts;
use crate::figures::{Figure, Form};
use crate::kinds::Declined;
use crate::number::{Number, parse, whole};

/// A step: what is computed, and what it gives.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Numbers and signs in turn.
    pub(crate) parts: Vec<Part>,
    /// The same with names for all but constants.
    expression: Expression,
    pub(crate) result: Number,
}

/// A part of a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// Signs and brackets.
    Sign(String),
    /// A number, and what it is.
    Leaf(Number, Origin),
}

/// What a number of a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A number of the text, by its place among these.
    Text(usize),
    /// A percentage of the text, as a part of one.
    Percent(usize),
    /// The result of an earlier step.
    Result(usize),
    /// A constant such as the days of a week.
    Constant,
}

/// A number up to this that is used twice may be two things that happen to be equal.
const SMALL: i64 = 12;

/// Constants, and words of a text that tell of them.
const CUES: &[(&str, &[&str])] = &[
    ("2", &["twice", "half", "both", "pair", "double", "couple", "halves"]),
    ("3", &["thrice", "triple", "third", "three"]),
    ("4", &["quarter", "fourth", "quadruple"]),
    ("5", &["nickel", "fifth"]),
    ("7", &["week", "daily", "every day"]),
    ("10", &["dime", "decade", "tenth"]),
    ("12", &["dozen", "year", "month", "foot", "feet", "inch", "annual"]),
    ("16", &["ounce", "pound"]),
    ("24", &["hour", "day"]),
    ("25", &["quarter"]),
    ("30", &["month"]),
    ("52", &["week", "year"]),
    ("60", &["hour", "minute", "second"]),
    ("100", &["percent", "%", "cent", "dollar", "meter"]),
    ("365", &["year", "day"]),
    ("1000", &["kilo", "gram", "meter", "liter", "thousand"]),
    ("1/2", &["half", "halves"]),
    ("1/3", &["third"]),
    ("1/4", &["quarter", "fourth"]),
    ("1/5", &["fifth"]),
    ("1/10", &["dime", "tenth"]),
    ("1/20", &["nickel"]),
    ("1/100", &["percent", "%", "cent", "penny", "pennies"]),
];

/// The chain of a solution, all of it accounted for; strict, because a wrong guess makes a wrong answer.
pub(crate) struct Chain {
    pub(crate) steps: Vec<Step>,
}

impl Chain {
    /// Reads the records of a solution against the numbers of the text.
    pub(crate) fn of(text: &str, all: &[Figure], solution: &str, gold: &Number) -> Result<Self, Declined> {
        if facts::has_both_halves_of_a_day(text) {
            return Err(Declined("hours before noon and after it"));
        }
        let records = records(solution)?;
        if records.is_empty() {
            return Err(Declined("no step of the solution is recorded as <<…>>"));
        }
        let mut steps: Vec<Step> = Vec::new();
        let mut used = vec![0; all.len()];
        for (left, right) in records {
            let step = step(&left, right, &steps, &Known { text, all }, &mut used)?;
            if steps.iter().any(|earlier| earlier.result == step.result) {
                return Err(Declined("two steps give the same number"));
            }
            steps.push(step);
        }
        let chain = Self { steps };
        chain.closed(gold)?;
        let is_doubtful = |at: usize| used[at] > 1 && may_be_two(text, &all[at]);
        if (0..all.len()).any(is_doubtful) {
            return Err(Declined("a number of the text is used twice"));
        }
        let is_free = |(figure, times): (&Figure, &i32)| {
            *times == 0 && matches!(figure.form, Form::Digits | Form::Grouped) && figure.value > whole(1)
        };
        if all.iter().zip(&used).any(is_free) {
            return Err(Declined("a number of the text is in no step"));
        }
        Ok(chain)
    }

    /// The last result is the answer, and each other one is used.
    fn closed(&self, gold: &Number) -> Result<(), Declined> {
        let last = self.steps.len() - 1;
        if self.steps[last].result != *gold {
            return Err(Declined("the last step does not give the answer"));
        }
        let uses = |place: usize| {
            let is_it = |part: &Part| matches!(part, Part::Leaf(_, Origin::Result(at)) if *at == place);
            self.steps.iter().any(|step| step.parts.iter().any(is_it))
        };
        if (0..last).all(uses) { Ok(()) } else { Err(Declined("the result of a step is used nowhere")) }
    }

    /// Which numbers of the text are in it.
    pub(crate) fn used(&self) -> impl Iterator<Item = usize> + '_ {
        let parts = self.steps.iter().flat_map(|step| &step.parts);
        parts.filter_map(|part| match part {
            Part::Leaf(_, Origin::Text(at) | Origin::Percent(at)) => Some(*at),
            _ => None,
        })
    }

    /// How often in a row a step does the same to the result of the one before: a number of the text may be the count of it, as the
    /// levels of a pile are of which each is twice as wide as the one above it.
    pub(crate) fn repeats(&self) -> usize {
        let (mut longest, mut run) = (0, 0);
        for (at, step) in self.steps.iter().enumerate() {
            let [first, rest @ ..] = step.parts.as_slice() else { continue };
            let same = at.checked_sub(1).is_some_and(|before| {
                matches!(first, Part::Leaf(_, Origin::Result(result)) if *result == before)
                    && self.steps[before].parts.get(1..) == Some(rest)
            });
            run = if same { run + 1 } else { 1 };
            longest = longest.max(run);
        }
        longest
    }

    /// Numbers of the text that count the parts of a sum, as the friends do over whom an average is taken, by their places.
    pub(crate) fn counts(&self) -> Vec<usize> {
        let terms = |step: &Step| {
            let is_plus = |part: &&Part| matches!(part, Part::Sign(sign) if sign == "+");
            let leaves = step.parts.iter().filter(|part| matches!(part, Part::Leaf(..))).count();
            let pluses = step.parts.iter().filter(is_plus).count();
            (pluses + 1 == leaves && leaves == step.parts.len() - pluses).then_some(leaves)
        };
        let count = |step: &Step| {
            let [Part::Leaf(_, Origin::Result(sum)), Part::Sign(sign), Part::Leaf(value, Origin::Text(at))] =
                step.parts.as_slice()
            else {
                return None;
            };
            let terms = whole(terms(&self.steps[*sum])? as i64);
            (sign == "/" && *value == terms).then_some(*at)
        };
        self.steps.iter().filter_map(count).collect()
    }

    /// The results with other numbers in the text; none where a step has no value.
    pub(crate) fn results(&self, values: &[Number]) -> Option<Vec<Number>> {
        let mut names: BTreeMap<String, Number> = BTreeMap::new();
        for (at, value) in values.iter().enumerate() {
            names.insert(Origin::Text(at).name()?, value.clone());
            names.insert(Origin::Percent(at).name()?, value / whole(100));
        }
        let mut results = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let number = step.expression.number(&names).ok()?;
            names.insert(Origin::Result(at).name()?, number.clone());
            results.push(number);
        }
        Some(results)
    }

    /// The chain in words, a line a step, with other numbers in the text.
    pub(crate) fn told(&self, values: &[Number], results: &[Number]) -> String {
        let line = |(step, result): (&Step, &Number)| {
            let left: String = step.parts.iter().map(|part| part.shown(values, results)).collect();
            format!("{left} = {}", crate::number::show(result))
        };
        self.steps.iter().zip(results).map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Origin {
    /// What it is called in an expression; a constant is written as it is.
    fn name(self) -> Option<String> {
        match self {
            Self::Text(at) => Some(format!("text_{at}")),
            Self::Percent(at) => Some(format!("percent_{at}")),
            Self::Result(at) => Some(format!("result_{at}")),
            Self::Constant => None,
        }
    }

    fn value(self, own: &Number, values: &[Number], results: &[Number]) -> Number {
        match self {
            Self::Text(at) => values[at].clone(),
            Self::Percent(at) => &values[at] / whole(100),
            Self::Result(at) => results[at].clone(),
            Self::Constant => own.clone(),
        }
    }
}

impl Part {
    fn named(&self) -> String {
        match self {
            Self::Sign(sign) => sign.clone(),
            Self::Leaf(own, origin) => {
                origin.name().unwrap_or_else(|| format!("({}/{})", own.numer(), own.denom()))
            }
        }
    }

    fn shown(&self, values: &[Number], results: &[Number]) -> String {
        match self {
            Self::Sign(sign) => format!(" {} ", sign.trim()).replace(" ( ", "(").replace(" ) ", ")"),
            Self::Leaf(own, origin) => crate::number::show(&origin.value(own, values, results)),
        }
    }
}

/// What stands between `<<` and `>>`: both sides of the last `=`.
fn records(solution: &str) -> Result<Vec<(String, Number)>, Declined> {
    const ODD: Declined = Declined("a recorded step cannot be read");
    let mut found = Vec::new();
    for piece in solution.split("<<").skip(1) {
        let (inner, _) = piece.split_once(">>").ok_or(ODD)?;
        let (left, right) = inner.rsplit_once('=').ok_or(ODD)?;
        let bare = |text: &str| text.replace([',', '$', ' '], "");
        found.push((bare(left), parse(&bare(right)).ok_or(ODD)?));
    }
    Ok(found)
}

/// The text and its numbers.
struct Known<'a> {
    text: &'a str,
    all: &'a [Figure],
}

fn step(
    left: &str,
    result: Number,
    earlier: &[Step],
    known: &Known<'_>,
    used: &mut [i32],
) -> Result<Step, Declined> {
    let exact =
        Expression::parse(left).ok().and_then(|expression| expression.number(&Default::default()).ok());
    if exact.as_ref() != Some(&result) {
        return Err(Declined("a recorded step cannot be read"));
    }
    let mut parts = Vec::new();
    let mut rest = left;
    while let Some(c) = rest.chars().next() {
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        if is_digit(c) {
            let end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
            let value = parse(&rest[..end]).ok_or(Declined("a recorded step cannot be read"))?;
            let before = parts.last().map_or("", |part| if let Part::Sign(sign) = part { sign } else { "" });
            let next = rest[end..].chars().next();
            let adds = (before.ends_with(['+', '-']) && !matches!(next, Some('/' | '*')))
                || (matches!(next, Some('+' | '-')) && !before.ends_with(['/', '*']));
            let origin = origin(&value, adds, earlier, known)?;
            if let Origin::Text(at) | Origin::Percent(at) = origin {
                used[at] += 1;
            }
            parts.push(Part::Leaf(value, origin));
            rest = &rest[end..];
        } else {
            let end = rest.find(is_digit).unwrap_or(rest.len());
            parts.push(Part::Sign(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    let named: String = parts.iter().map(Part::named).collect();
    let expression = Expression::parse(&named).map_err(|_| Declined("a recorded step cannot be read"))?;
    Ok(Step { parts, expression, result })
}

/// The one thing that a number of a step can be.
fn origin(value: &Number, adds: bool, earlier: &[Step], known: &Known<'_>) -> Result<Origin, Declined> {
    let in_text = (0..known.all.len()).filter(|at| known.all[*at].value == *value).map(Origin::Text);
    let results = (0..earlier.len()).filter(|at| earlier[*at].result == *value).map(Origin::Result);
    let (in_text, results): (Vec<Origin>, Vec<Origin>) = (in_text.collect(), results.collect());
    // A result that is equal to a constant of the text, such as 60 where it speaks of minutes, may be either.
    if !results.is_empty() && has_cue(value, known.text) {
        return Err(Declined("a number of a step can be several things"));
    }
    let said = [in_text, results].concat();
    // What the text or a step says is meant, if either does; then a percentage of the text; then a constant.
    let found = if said.is_empty() { percentages(value, known) } else { said };
    match found.as_slice() {
        [only] => Ok(*only),
        [] if has_cue(value, known.text) || is_said_one(value, adds, known.text) => Ok(Origin::Constant),
        [] => Err(Declined("a constant that the text says nothing of")),
        _ => Err(Declined("a number of a step can be several things")),
    }
}

/// Percentages of the text of which this is the part, such as 0.2 of 20 %.
fn percentages(value: &Number, known: &Known<'_>) -> Vec<Origin> {
    let part = |at: &usize| known.all[*at].is_percent && known.all[*at].value == value * whole(100);
    (0..known.all.len()).filter(part).map(Origin::Percent).collect()
}

/// Where it is used twice, it may be two things: it is small, a constant, or a difference (`7 more than`), which is no quantity of
/// its own.
fn may_be_two(text: &str, figure: &Figure) -> bool {
    const DIFFERENCES: [&str; 10] =
        ["more", "less", "fewer", "older", "younger", "taller", "shorter", "longer", "heavier", "lighter"];
    let after = text[figure.span.end..].to_lowercase();
    let mut next = after.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(3);
    figure.value <= whole(SMALL)
        || has_cue(&figure.value, text)
        || next.any(|word| DIFFERENCES.contains(&word))
}

/// Words of a text that count somebody besides.
const ONE_MORE: [&str; 8] =
    ["other", "himself", "herself", "themselves", "myself", "itself", "including", "besides"];

/// One that is added or taken off stands for somebody of whom the text speaks; elsewhere it is a part of a fraction, or nothing.
fn is_said_one(value: &Number, adds: bool, text: &str) -> bool {
    let lower = text.to_lowercase();
    value.is_one() && (!adds || ONE_MORE.iter().any(|word| lower.contains(word)))
}

fn has_cue(value: &Number, text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_it = |number: &str| parse(number).as_ref() == Some(value);
    CUES.iter().any(|(number, words)| is_it(number) && words.iter().any(|word| lower.contains(word)))
        && !value.is_zero()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::figures;

    fn said(text: &str, solution: &str, gold: &str) -> String {
        match Chain::of(text, &figures(text), solution, &parse(gold).unwrap()) {
            Ok(chain) => chain
                .steps
                .iter()
                .map(|step| format!("{:?}", step.result.to_integer()))
                .collect::<Vec<_>>()
                .join(" "),
            Err(Declined(why)) => why.to_owned(),
        }
    }

    #[test]
    fn every_number_is_one_thing() {
        let check = |text: &str, solution: &str, gold: &str, expect: &str| {
            let found = said(text, solution, gold);
            assert!(found.starts_with(expect), "{text}: {found}");
        };
        check("Ann has 12 pears and eats 5.", "<<12-5=7>>7", "7", "7");
        check(
            "Ann has 12 pears and eats 5 a week for 3 days.",
            "<<12-5=7>>",
            "7",
            "a number of the text is in no step",
        );
        check(
            "Ann has 12 pears, twice as many figs.",
            "<<12*2=24>> <<24+12=36>>",
            "36",
            "a number of the text is used twice",
        );
        check(
            "Ann sings 15 minutes and twice that.",
            "<<15*2=30>> <<30*2=60>> <<60/60=1>>",
            "1",
            "a number of a step",
        );
        check("Ann has 12 pears.", "<<12*2=24>>", "24", "a constant that the text says nothing of");
        check("Ann has 12 and 12 pears.", "<<12+12=24>>", "24", "a number of a step can be several things");
        check("Ann has 12 pears for a week and gets 7.", "<<12+7=19>>", "19", "19");
        check("Ann has 12 pears and eats 5.", "<<12-5=8>>", "8", "a recorded step cannot be read");
        check("Ann has 12 pears and eats 5.", "12-5=7", "7", "no step");
        check("Ann has 12 pears and eats 5.", "<<12-5=7>>", "8", "the last step does not give");
        check("Ann has 12, 5 and 8.", "<<12-5=7>> <<8*1.0=8>>", "8", "the result of");
        let nothing = "a constant that the text says nothing of";
        check("Ann and Tom eat 4 figs a day each, 30 days.", "<<4+1=5>> <<5*30=150>>", "150", nothing);
        check("Tom rides with 9 other people of 90 kg.", "<<9+1=10>> <<10*90=900>>", "900", "10 900");
        check("Ann has 40 pears and sells a fifth.", "<<40*1/5=8>> <<40-8=32>>", "32", "8 32");
        let twice = "a number of the text is used twice";
        check("Ann has 320 more than Tom, who has 430.", "<<320+430=750>> <<750+320=1070>>", "1070", twice);
        check(
            "Ann has 320 more than Tom, who has 430.",
            "<<320+430=750>> <<750+430=1180>>",
            "1180",
            "750 1180",
        );
    }
}
