//! What a check found, and whether the answers of a problem say the same.

use crate::evaluate::evaluate;

/// A function of a point.
pub(crate) type Function = Box<dyn Fn(&[f64]) -> f64>;

/// Whether an option, among all the options, has the property that is asked for.
pub(crate) type Property = Box<dyn Fn(&str, &[String]) -> bool>;

/// What an independent computation found.
pub(crate) enum Expected {
    /// A number, up to a unit, a name in front (`x = 8`) or a degree sign.
    Number(f64),
    /// A fraction whose first notation must be in lowest terms.
    Fraction(i64, i64),
    /// The entries of a tuple, list, set or matrix, in this order.
    Numbers(Vec<f64>),
    /// Exactly one of these notations.
    Notations(Vec<String>),
    /// The real numbers for which this holds.
    RealSet(Box<dyn Fn(f64) -> bool>),
    /// The same value at every point: the variables' names, the points, the function, the relative tolerance.
    Formula(&'static str, Vec<Vec<f64>>, Function, f64),
    /// The one option (of all the options) for which this holds.
    Choice(Property),
}

impl Expected {
    /// What is wrong with these answers; empty when all of them are right.
    pub(crate) fn complaints(&self, answers: &[String], choices: &[String]) -> Vec<String> {
        let mut complaints: Vec<String> = answers
            .iter()
            .filter(|answer| !self.admits(answer, choices))
            .map(|answer| format!("{answer} is not it"))
            .collect();
        if let Self::Fraction(above, below) = self
            && answers.first() != Some(&lowest_terms(*above, *below))
        {
            complaints.push(format!("not in lowest terms, {}", lowest_terms(*above, *below)));
        }
        complaints
    }

    fn admits(&self, answer: &str, choices: &[String]) -> bool {
        match self {
            Self::Number(number) => {
                evaluate(bare(answer), &[]).is_some_and(|value| close(value, *number, 1e-12))
            }
            Self::Fraction(above, below) => {
                evaluate(answer, &[]).is_some_and(|value| close(value, *above as f64 / *below as f64, 1e-15))
            }
            Self::Numbers(numbers) => entries(answer).is_some_and(|found| {
                found.len() == numbers.len() && found.iter().zip(numbers).all(|(a, b)| close(*a, *b, 1e-9))
            }),
            Self::Notations(notations) => notations.iter().any(|notation| notation == answer),
            Self::RealSet(member) => same_set(answer, member),
            Self::Formula(names, points, function, tolerance) => points.iter().all(|point| {
                let variables: Vec<(char, f64)> = names.chars().zip(point.iter().copied()).collect();
                evaluate(bare(answer), &variables)
                    .is_some_and(|value| close(value, function(point), *tolerance))
            }),
            Self::Choice(right) => {
                let right: Vec<usize> =
                    (0..choices.len()).filter(|option| right(&choices[*option], choices)).collect();
                matches!(right[..], [only] if answer == ["A", "B", "C", "D"][only])
            }
        }
    }
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs().max(1.0)
}

/// Without a name in front, a currency, a unit or a degree sign behind.
fn bare(answer: &str) -> &str {
    let value = answer.rsplit(" = ").next().unwrap_or(answer);
    let value = value.split("\\text").next().unwrap_or(value);
    value.trim_start_matches("\\$").trim_end_matches("^\\circ")
}

/// The fraction in textbook notation, reduced.
fn lowest_terms(above: i64, below: i64) -> String {
    let common = crate::checks::tools::gcd(above, below);
    format!("\\frac{{{}}}{{{}}}", above / common, below / common)
}

/// The entries of a tuple, list, set or matrix.
fn entries(answer: &str) -> Option<Vec<f64>> {
    let mut plain = answer.replace("\\left", "").replace("\\right", "");
    for (notation, replacement) in [
        ("\\begin{pmatrix}", ""),
        ("\\end{pmatrix}", ""),
        ("\\\\", ","),
        ("&", ","),
        ("\\{", ""),
        ("\\}", ""),
    ] {
        plain = plain.replace(notation, replacement);
    }
    let plain = plain.trim();
    let plain = plain.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(plain);
    plain.split(',').map(|entry| evaluate(entry, &[])).collect()
}

/// Compares membership on a fine grid, which holds every end point of the answers but thirds, and just beside each end point.
fn same_set(answer: &str, member: &dyn Fn(f64) -> bool) -> bool {
    let grid = (-560..=560).map(|step| f64::from(step) / 8.0);
    let ends = [1.0 / 3.0, -1.0 / 3.0].into_iter().chain((-60..=60).map(f64::from));
    let beside = ends.flat_map(|end| [end - 1e-9, end, end + 1e-9]);
    grid.chain(beside).all(|x| contains(answer, x) == Some(member(x)))
}

/// Whether a union of intervals, or a chain of inequalities in `x`, holds for this number.
fn contains(answer: &str, x: f64) -> Option<bool> {
    let plain = answer.replace("\\left", "").replace("\\right", "");
    if plain.contains('x') {
        return chain_holds(&plain, x);
    }
    plain
        .split("\\cup")
        .map(str::trim)
        .try_fold(false, |found, part| Some(found | interval_contains(part, x)?))
}

fn interval_contains(interval: &str, x: f64) -> Option<bool> {
    let (low, high) = interval.get(1..interval.len() - 1)?.split_once(',')?;
    let above = match &interval[..1] {
        "[" => end_point(low)? <= x,
        "(" => end_point(low)? < x,
        _ => return None,
    };
    let below = match &interval[interval.len() - 1..] {
        "]" => x <= end_point(high)?,
        ")" => x < end_point(high)?,
        _ => return None,
    };
    Some(above && below)
}

fn end_point(text: &str) -> Option<f64> {
    match text.trim() {
        "\\infty" => Some(f64::INFINITY),
        "-\\infty" => Some(f64::NEG_INFINITY),
        number => evaluate(number, &[]),
    }
}

fn chain_holds(chain: &str, x: f64) -> Option<bool> {
    let chain = chain.replace("\\le", "≤").replace("\\ge", "≥");
    let signs: Vec<char> = chain.chars().filter(|each| "<>≤≥".contains(*each)).collect();
    let sides: Option<Vec<f64>> =
        chain.split(['<', '>', '≤', '≥']).map(|side| evaluate(side, &[('x', x)])).collect();
    let sides = sides?;
    Some(sides.windows(2).zip(&signs).all(|(pair, sign)| match sign {
        '<' => pair[0] < pair[1],
        '>' => pair[0] > pair[1],
        '≤' => pair[0] <= pair[1],
        _ => pair[0] >= pair[1],
    }))
}

#[test]
fn a_wrong_answer_is_found_out() {
    let wrong = |expected: Expected, answer: &str| {
        assert!(!expected.complaints(&[answer.to_owned()], &["4".into(), "5".into()]).is_empty(), "{answer}");
    };
    wrong(Expected::Number(8.0), "x = 9");
    wrong(Expected::Fraction(2, 4), "\\frac{2}{4}");
    wrong(Expected::Numbers(vec![1.0, 2.0]), "(2, 1)");
    wrong(Expected::Notations(vec!["202_7".into()]), "202_8");
    wrong(Expected::RealSet(Box::new(|x| (1.0..=7.0).contains(&x))), "[1, 7)");
    wrong(Expected::RealSet(Box::new(|x| x < 6.0)), "x \\le 6");
    wrong(Expected::Formula("x", vec![vec![3.0]], Box::new(|at| at[0] * at[0]), 1e-12), "2x");
    wrong(Expected::Choice(Box::new(|option, _| option == "5")), "A");
    wrong(Expected::Choice(Box::new(|_, _| true)), "A");
}
