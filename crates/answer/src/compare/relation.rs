//! Equations and inequalities: the same when one is the other multiplied by a constant.

use super::expr::Expr;
use super::fuel::{Fail, Fuel};
use super::modular::residue;
use super::scalar;
use super::shape::Answer;
use crate::{Comparison, Outcome, Policy};

/// Compares two chains of relations.
pub(crate) fn compare(
    a: (&[Expr], &[char]),
    b: (&[Expr], &[char]),
    policy: &Policy,
    fuel: &mut Fuel,
) -> Comparison {
    let (a, b) = (ascending(a), ascending(b));
    if a.1 != b.1 {
        return if a.1.len() == b.1.len() {
            Comparison::different("relations")
        } else {
            Comparison::unknown("relations")
        };
    }
    if a.1.len() == 1 {
        return proportional(&a.0, &b.0, a.1[0], fuel);
    }
    let mut result = Comparison::equal("chains of relations");
    for (a, b) in a.0.iter().zip(&b.0) {
        let verdict = scalar::compare(a, b, policy, fuel);
        match verdict.outcome {
            Outcome::Different => return Comparison::different("chains of relations"),
            Outcome::Unknown => result = verdict,
            Outcome::Equal => {}
        }
    }
    result
}

/// The chain with its signs turned so that the first one ascends.
fn ascending((terms, signs): (&[Expr], &[char])) -> (Vec<Expr>, Vec<char>) {
    let (mut terms, mut signs) = (terms.to_vec(), signs.to_vec());
    if signs.iter().any(|sign| matches!(sign, '>' | '≥')) {
        terms.reverse();
        signs.reverse();
        for sign in &mut signs {
            *sign = match *sign {
                '>' => '<',
                '≥' => '≤',
                '<' => '>',
                '≤' => '≥',
                other => other,
            };
        }
    }
    (terms, signs)
}

/// An assignment written back as an equation, so that it can be compared with one.
pub(crate) fn as_equation(answer: &Answer) -> Option<(Vec<Expr>, Vec<char>)> {
    match answer {
        Answer::Relation(terms, signs) => Some((terms.clone(), signs.clone())),
        Answer::Assignment(name, value) => match value.as_ref() {
            Answer::Scalar(value) => Some((vec![name.clone(), value.clone()], vec!['='])),
            _ => None,
        },
        _ => None,
    }
}

/// The quotient of `lhs − rhs` is the same at several points (and positive, where a sign would turn).
fn proportional(a: &[Expr], b: &[Expr], sign: char, fuel: &mut Fuel) -> Comparison {
    let difference =
        |terms: &[Expr]| Expr::Add(vec![terms[0].clone(), Expr::Neg(Box::new(terms[1].clone()))]);
    let (a, b) = (difference(a), difference(b));
    let mut first: Option<(u64, u64)> = None;
    let mut agreed = 0;
    for seed in 0..5 {
        match (residue(&a, seed, fuel), residue(&b, seed, fuel)) {
            (Ok(x), Ok(y)) => {
                let (x0, y0) = *first.get_or_insert((x, y));
                if product(x, y0) != product(x0, y) || (x == 0) != (y == 0) {
                    return Comparison::different("not proportional");
                }
                agreed += 1;
            }
            (Err(Fail::Undefined), _) | (_, Err(Fail::Undefined)) => {}
            _ => return numeric(&a, &b, sign, fuel),
        }
    }
    if agreed < 3 {
        return Comparison::unknown("no points to compare at");
    }
    if sign == '=' || sign == '≠' { Comparison::equal("proportional") } else { numeric(&a, &b, sign, fuel) }
}

fn product(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b) % u128::from(super::modular::PRIME)
}

fn numeric(a: &Expr, b: &Expr, sign: char, fuel: &mut Fuel) -> Comparison {
    use super::ball::{Place, ball};
    let mut quotients: Vec<f64> = Vec::new();
    for seed in 0..12 {
        let place = Place { seed, real_only: true };
        if let (Ok(x), Ok(y)) = (ball(a, place, fuel), ball(b, place, fuel))
            && x.im == 0.0
            && y.im == 0.0
            && y.re.abs() > 1e-6
        {
            quotients.push(x.re / y.re);
        }
    }
    let Some(first) = quotients.first().copied().filter(|_| quotients.len() >= 3) else {
        return Comparison::unknown("no points to compare at");
    };
    if quotients.iter().any(|q| (q - first).abs() > 1e-6 * first.abs()) {
        return Comparison::different("not proportional");
    }
    let steady = quotients.iter().all(|q| (q - first).abs() <= 1e-9 * first.abs());
    match (steady, sign) {
        (false, _) => Comparison::unknown("not precise enough"),
        (true, '=' | '≠') => Comparison::equal("proportional"),
        (true, _) => Comparison::of(first > 0.0, "proportional"),
    }
}
