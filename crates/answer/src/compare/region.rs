//! Sets of real numbers: intervals, unions, inequalities, set-builder notation, all as sorted pieces of the line.

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::ball::{Place, ball};
use super::exact::exact_at;
use super::expr::{Expr, Sequence};
use super::fuel::Fuel;
use super::scalar;
use super::token::Func;
use crate::{Comparison, Outcome, Policy};

/// One end of a piece.
#[derive(Clone, Debug)]
struct End {
    value: Expr,
    /// For sorting.
    at: f64,
    closed: bool,
}

/// A piece of the line.
#[derive(Clone, Debug)]
struct Piece {
    low: End,
    high: End,
}

type Pieces = Vec<Piece>;

/// Whether both expressions are the same set of numbers; `None` when one is no such set.
pub(crate) fn compare(a: &Expr, b: &Expr, policy: &Policy, fuel: &mut Fuel) -> Option<Comparison> {
    let (Some(a), Some(b)) = (pieces(a, fuel), pieces(b, fuel)) else { return ends(a, b, policy, fuel) };
    if a.len() != b.len() {
        return Some(Comparison::different("regions"));
    }
    let mut result = Comparison::equal("regions");
    for (a, b) in a.iter().zip(&b) {
        for (a, b) in [(&a.low, &b.low), (&a.high, &b.high)] {
            if a.closed != b.closed {
                return Some(Comparison::different("open and closed ends"));
            }
            let verdict = scalar::compare(&a.value, &b.value, policy, fuel);
            match verdict.outcome {
                Outcome::Different => return Some(Comparison::different("regions")),
                Outcome::Unknown => result = verdict,
                Outcome::Equal => {}
            }
        }
    }
    Some(result)
}

/// Two intervals that cannot be laid on the line, such as `(4, 3]` or one with variables: bracket by bracket.
fn ends(a: &Expr, b: &Expr, policy: &Policy, fuel: &mut Fuel) -> Option<Comparison> {
    let (Expr::Sequence(a), Expr::Sequence(b)) = (a, b) else { return None };
    if a.items.len() != 2 || b.items.len() != 2 {
        return None;
    }
    if (a.open, a.close) != (b.open, b.close) {
        return Some(Comparison::different("open and closed ends"));
    }
    let verdicts = [0, 1].map(|i| scalar::compare(&a.items[i], &b.items[i], policy, fuel));
    let worst = verdicts.iter().find(|v| v.outcome == Outcome::Different);
    let worst = worst.or_else(|| verdicts.iter().find(|v| v.outcome == Outcome::Unknown));
    Some(worst.cloned().unwrap_or_else(|| Comparison::equal("regions")))
}

/// Whether a chain of relations can be read as a set of numbers.
pub(crate) fn solvable(terms: &[Expr], signs: &[char]) -> bool {
    chain(terms, signs, &mut Fuel::new()).is_some()
}

fn end(value: Expr, closed: bool, fuel: &mut Fuel) -> Option<End> {
    let at = match &value {
        Expr::Infinity => f64::INFINITY,
        Expr::Neg(inner) if **inner == Expr::Infinity => f64::NEG_INFINITY,
        other => {
            let value = ball(other, Place { seed: 0, real_only: false }, fuel).ok()?;
            (other.variables().is_empty() && value.im.abs() <= value.radius).then_some(value.re)?
        }
    };
    Some(End { value, at, closed })
}

fn below() -> End {
    End { value: Expr::Neg(Box::new(Expr::Infinity)), at: f64::NEG_INFINITY, closed: false }
}

fn above() -> End {
    End { value: Expr::Infinity, at: f64::INFINITY, closed: false }
}

fn line() -> Pieces {
    vec![Piece { low: below(), high: above() }]
}

fn pieces(expr: &Expr, fuel: &mut Fuel) -> Option<Pieces> {
    fuel.visit().ok()?;
    match expr {
        Expr::Reals => Some(line()),
        Expr::Empty => Some(vec![]),
        Expr::Sequence(sequence) => sequence_pieces(sequence, fuel),
        Expr::Relation(terms, signs) if signs.as_slice() == ['∈'] => pieces(terms.last()?, fuel),
        Expr::Relation(terms, signs) => chain(terms, signs, fuel),
        Expr::Builder(conditions) => conditions
            .iter()
            .try_fold(line(), |all, condition| Some(intersection(&all, &pieces(condition, fuel)?))),
        Expr::SetOp(sign, items) => {
            let mut all =
                items.iter().map(|item| pieces(item, fuel)).collect::<Option<Vec<_>>>()?.into_iter();
            let first = all.next()?;
            Some(all.fold(first, |left, right| match sign {
                '∪' => union(left, right),
                '∩' => intersection(&left, &right),
                _ => intersection(&left, &complement(&right)),
            }))
        }
        _ => None,
    }
}

fn sequence_pieces(sequence: &Sequence, fuel: &mut Fuel) -> Option<Pieces> {
    match (sequence.open, sequence.items.as_slice()) {
        ('(' | '[', [low, high]) => {
            let low = end(low.clone(), sequence.open == '[', fuel)?;
            let high = end(high.clone(), sequence.close == ']', fuel)?;
            (low.at <= high.at).then(|| vec![Piece { low, high }])
        }
        ('S' | ',', points) => {
            let mut all = Vec::new();
            for point in points {
                // Inequalities with "or" between them.
                let more = match point {
                    Expr::Relation(..) => pieces(point, fuel)?,
                    _ => vec![Piece {
                        low: end(point.clone(), true, fuel)?,
                        high: end(point.clone(), true, fuel)?,
                    }],
                };
                // Inequalities that leave nothing out when either may hold are meant to hold both.
                let joined = union(all.clone(), more.clone());
                let everything =
                    matches!(joined.as_slice(), [p] if p.low.at.is_infinite() && p.high.at.is_infinite());
                all = if everything && !all.is_empty() { intersection(&all, &more) } else { joined };
            }
            Some(all)
        }
        _ => None,
    }
}

/// Joins two sets; pieces that touch or overlap become one.
fn union(mut left: Pieces, right: Pieces) -> Pieces {
    left.extend(right);
    left.sort_by(|a, b| a.low.at.total_cmp(&b.low.at).then(b.low.closed.cmp(&a.low.closed)));
    let mut joined: Pieces = Vec::new();
    for piece in left {
        match joined.last_mut() {
            Some(last) if touches(&last.high, &piece.low) => {
                let longer = (piece.high.at, piece.high.closed) > (last.high.at, last.high.closed);
                if longer {
                    last.high = piece.high;
                }
            }
            _ => joined.push(piece),
        }
    }
    joined
}

fn touches(high: &End, low: &End) -> bool {
    low.at < high.at || (low.at == high.at && (low.closed || high.closed))
}

fn intersection(left: &[Piece], right: &[Piece]) -> Pieces {
    let mut both = Vec::new();
    for a in left {
        for b in right {
            let low = if (a.low.at, !a.low.closed) >= (b.low.at, !b.low.closed) { &a.low } else { &b.low };
            let high =
                if (a.high.at, a.high.closed) <= (b.high.at, b.high.closed) { &a.high } else { &b.high };
            if low.at < high.at || (low.at == high.at && low.closed && high.closed) {
                both.push(Piece { low: low.clone(), high: high.clone() });
            }
        }
    }
    both
}

fn complement(pieces: &[Piece]) -> Pieces {
    let flipped = |end: &End| End { closed: !end.closed, ..end.clone() };
    let mut gaps = Vec::new();
    let mut low = Some(below());
    for piece in pieces {
        if let Some(low) = low.take().filter(|_| piece.low.at > f64::NEG_INFINITY) {
            gaps.push(Piece { low, high: flipped(&piece.low) });
        }
        low = (piece.high.at < f64::INFINITY).then(|| flipped(&piece.high));
    }
    gaps.extend(low.map(|low| Piece { low, high: above() }));
    gaps
}

/// `a < x ≤ b`, `x > 2`, `2x - 1 ≥ 5`, `|x - 1| < 2`, `x ≠ 5`.
fn chain(terms: &[Expr], signs: &[char], fuel: &mut Fuel) -> Option<Pieces> {
    let (left, right) = (signs.first()?, signs.get(1));
    match (terms, right) {
        ([a, b], None) if constant(b) => one(a, *left, b, fuel),
        ([a, b], None) if constant(a) => one(b, mirrored(*left)?, a, fuel),
        ([a, b], None) => {
            let difference = Expr::Add(vec![a.clone(), Expr::Neg(Box::new(b.clone()))]);
            one(&difference, *left, &Expr::int(0), fuel)
        }
        ([a, x, b], Some(right)) if constant(a) && constant(b) => {
            let low = one(x, mirrored(*left)?, a, fuel)?;
            Some(intersection(&low, &one(x, *right, b, fuel)?))
        }
        _ => None,
    }
}

fn constant(expr: &Expr) -> bool {
    expr.variables().is_empty() && !matches!(expr, Expr::E | Expr::I | Expr::Text(_) | Expr::Sequence(_))
}

fn mirrored(sign: char) -> Option<char> {
    Some(match sign {
        '<' => '>',
        '>' => '<',
        '≤' => '≥',
        '≥' => '≤',
        '≠' => '≠',
        _ => return None,
    })
}

/// Where `subject sign bound` holds.
fn one(subject: &Expr, sign: char, bound: &Expr, fuel: &mut Fuel) -> Option<Pieces> {
    if let Expr::Call(Func::Abs, inner) = subject {
        let [inner] = inner.as_slice() else { return None };
        return absolute(inner, sign, bound, fuel);
    }
    if subject.is_name() {
        return half_line(sign, bound.clone(), fuel);
    }
    // A linear subject `a·x + b`.
    let names = subject.variables();
    let [name] = names.as_slice() else { return None };
    let mut at = |x: i64| exact_at(subject, &[(name, BigRational::from_integer(x.into()))], fuel).ok();
    let (zero, first, second, far) = (at(0)?, at(1)?, at(2)?, at(7)?);
    let slope = &first - &zero;
    let seven = BigRational::from_integer(7.into());
    if slope.is_zero() || &second - &first != slope || far != &zero + &slope * seven {
        return None;
    }
    let shifted = Expr::Add(vec![bound.clone(), Expr::Neg(Box::new(rational(&zero)))]);
    let bound = Expr::over(shifted, rational(&slope));
    let sign = if slope.is_negative() { mirrored(sign)? } else { sign };
    half_line(sign, bound, fuel)
}

fn rational(value: &BigRational) -> Expr {
    let number = |value: num_bigint::BigInt| {
        let digits = value.to_string();
        let value = BigRational::from_integer(value);
        Expr::Num(super::token::Number { value, significant: 0, places: 0, digits })
    };
    if value.denom().is_one() {
        number(value.numer().clone())
    } else {
        Expr::over(number(value.numer().clone()), number(value.denom().clone()))
    }
}

fn half_line(sign: char, bound: Expr, fuel: &mut Fuel) -> Option<Pieces> {
    let closed = matches!(sign, '≤' | '≥');
    let end = end(bound, closed, fuel)?;
    Some(match sign {
        '<' | '≤' => vec![Piece { low: below(), high: end }],
        '>' | '≥' => vec![Piece { low: end, high: above() }],
        '≠' => {
            let open = End { closed: false, ..end };
            vec![Piece { low: below(), high: open.clone() }, Piece { low: open, high: above() }]
        }
        _ => return None,
    })
}

fn absolute(inner: &Expr, sign: char, bound: &Expr, fuel: &mut Fuel) -> Option<Pieces> {
    let negative = Expr::Neg(Box::new(bound.clone()));
    match sign {
        '<' | '≤' => {
            let upper = one(inner, sign, bound, fuel)?;
            Some(intersection(&upper, &one(inner, mirrored(sign)?, &negative, fuel)?))
        }
        '>' | '≥' => {
            Some(union(one(inner, sign, bound, fuel)?, one(inner, mirrored(sign)?, &negative, fuel)?))
        }
        _ => None,
    }
}
