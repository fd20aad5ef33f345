//! Typed answers against each other.

use num_traits::Zero;

use super::expr::{Expr, Sequence};
use super::fuel::Fuel;
use super::region;
use super::relation;
use super::scalar;
use super::shape::{Answer, typed};
use super::units::Unit;
use crate::{Comparison, Outcome, Policy};

/// Most members of a set that are matched.
const MAX_MEMBERS: usize = 64;

/// What deciding needs everywhere.
pub(crate) struct Decider<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) fuel: Fuel,
}

impl Decider<'_> {
    /// Compares two answers.
    pub(crate) fn answers(&mut self, a: &Answer, b: &Answer) -> Comparison {
        if self.fuel.visit().is_err() {
            return Comparison::unknown("too much work");
        }
        use Answer as A;
        match (a, b) {
            (A::Scalar(a), A::Scalar(b)) => self.scalars(a, b),
            (A::Quantity(a, unit), A::Quantity(b, other)) => self.quantities((a, unit), (b, other)),
            (A::Quantity(a, unit), A::Scalar(b)) | (A::Scalar(b), A::Quantity(a, unit)) => {
                self.bare(a, unit, b)
            }
            (A::Tuple(a, left), A::Tuple(b, right)) => self.tuples(a, left, b, right),
            (A::Set(a), A::Set(b)) => self.sets(a, b),
            (A::Assignments(a), A::Assignments(b)) => self.named(a, b),
            (A::Text(a), A::Text(b)) => Comparison::of(self.same_words(a, b), "words"),
            (A::Matrix(a), A::Matrix(b)) => self.matrices(a, b),
            (A::Ratio(a), A::Ratio(b)) => self.ratios(a, b),
            (A::Empty, A::Empty) => Comparison::equal("empty"),
            (A::Assignment(..), A::Assignment(..)) | (A::Relation(..), _) | (_, A::Relation(..)) => {
                self.relations(a, b)
            }
            (A::Assignment(_, value), other) => self.answers(value, other),
            (other, A::Assignment(_, value)) => self.answers(other, value),
            _ => self.mixed(a, b).or_else(|| self.mixed(b, a)).unwrap_or_else(|| unlike(a, b)),
        }
    }

    /// Kinds that can stand for each other; tried in both orders.
    fn mixed(&mut self, a: &Answer, b: &Answer) -> Option<Comparison> {
        use Answer as A;
        match (a, b) {
            (A::Region(a), _) => {
                let other = as_expression(b)?;
                region::compare(a, &other, self.policy, &mut self.fuel)
            }
            (A::Assignments(a), A::Tuple(b, _)) => {
                let values: Vec<Answer> = a.iter().map(|(_, value)| value.clone()).collect();
                Some(self.in_order(&values, b))
            }
            (A::Assignments(a), A::Set(b)) => {
                let values: Vec<Answer> = a.iter().map(|(_, value)| value.clone()).collect();
                Some(self.sets(&values, b))
            }
            (A::Matrix(rows), A::Tuple(items, _))
                if self.policy.vector_forms && rows.iter().all(|r| r.len() == 1) =>
            {
                let column: Vec<Answer> = rows.iter().map(|row| typed(&row[0])).collect();
                Some(self.in_order(&column, items))
            }
            (A::Ratio(parts), A::Scalar(value)) if self.policy.ratio_as_quotient => {
                let [a, b] = parts.as_slice() else { return None };
                Some(self.scalars(&Expr::over(a.clone(), b.clone()), value))
            }
            (A::Ratio(_), A::Quantity(value, _)) => self.mixed(a, &Answer::Scalar(value.clone())),
            (A::Set(items), other) if !matches!(other, A::Set(_) | A::Region(_)) => {
                Some(self.sets(items, std::slice::from_ref(other)))
            }
            _ => None,
        }
    }

    /// Two values, with what convention allows between them.
    fn scalars(&mut self, a: &Expr, b: &Expr) -> Comparison {
        match (a, b) {
            (Expr::Based(a, base), Expr::Based(b, other)) => {
                return Comparison::of(
                    base == other && a.trim_start_matches('0') == b.trim_start_matches('0'),
                    "digits in a base",
                );
            }
            (Expr::Based(digits, _), other) | (other, Expr::Based(digits, _)) => {
                let same = other.natural().is_some_and(|number| number.digits == *digits);
                return Comparison::of(same && self.policy.base_optional, "digits without their base");
            }
            (Expr::Percent(a), Expr::Percent(b)) => return self.scalars(a, b),
            (Expr::Percent(inner), other) | (other, Expr::Percent(inner)) => {
                let whole =
                    scalar::compare(&Expr::Percent(inner.clone()), other, self.policy, &mut self.fuel);
                if whole.is_equal() || !self.policy.percent_optional {
                    return whole;
                }
                return scalar::compare(inner, other, self.policy, &mut self.fuel);
            }
            (Expr::Degrees(a), Expr::Degrees(b)) => return self.scalars(a, b),
            (degrees @ Expr::Degrees(inner), other) | (other, degrees @ Expr::Degrees(inner)) => {
                let radians = other.any(&|inner| *inner == Expr::Pi);
                let left = if radians && self.policy.angle_units { degrees } else { inner };
                return scalar::compare(left, other, self.policy, &mut self.fuel);
            }
            _ => {}
        }
        scalar::compare(a, b, self.policy, &mut self.fuel)
    }

    fn quantities(&mut self, (a, unit): (&Expr, &Unit), (b, other): (&Expr, &Unit)) -> Comparison {
        let known = !unit.dimension.is_empty() && !other.dimension.is_empty();
        let generic = |unit: &Unit| unit.dimension.iter().all(|(name, _)| *name == "unit");
        if known && unit.dimension != other.dimension && !generic(unit) && !generic(other) {
            return Comparison::different("units of different kinds");
        }
        if !known || unit.dimension != other.dimension || unit.factor == other.factor {
            return self.scalars(a, b);
        }
        let scaled = |value: &Expr, unit: &Unit| {
            let factors = [(Expr::int(unit.factor.0), false), (Expr::int(unit.factor.1), true)];
            Expr::Mul(std::iter::once((value.clone(), false)).chain(factors).collect())
        };
        self.scalars(&scaled(a, unit), &scaled(b, other))
    }

    /// A value with a unit against one without.
    fn bare(&mut self, value: &Expr, unit: &Unit, other: &Expr) -> Comparison {
        if matches!(other, Expr::Degrees(_) | Expr::Percent(_)) && !unit.dimension.is_empty() {
            return Comparison::different("units of different kinds");
        }
        if self.policy.units_optional {
            self.scalars(value, other)
        } else {
            Comparison::different("a unit is missing")
        }
    }

    fn tuples(&mut self, a: &[Answer], left: &Sequence, b: &[Answer], right: &Sequence) -> Comparison {
        let same = left.open == right.open && left.close == right.close;
        if !same && !self.policy.vector_forms {
            return Comparison::different("brackets");
        }
        self.in_order(a, b)
    }

    fn in_order(&mut self, a: &[Answer], b: &[Answer]) -> Comparison {
        if a.len() != b.len() {
            return Comparison::different("different lengths");
        }
        let mut result = Comparison::equal("one by one");
        for (a, b) in a.iter().zip(b) {
            let verdict = self.answers(a, b);
            match verdict.outcome {
                Outcome::Different => return Comparison::different("one by one"),
                Outcome::Unknown => result = verdict,
                Outcome::Equal => {}
            }
        }
        result
    }

    /// Every member of one is in the other and the other way round.
    fn sets(&mut self, a: &[Answer], b: &[Answer]) -> Comparison {
        if a.len() > MAX_MEMBERS || b.len() > MAX_MEMBERS {
            return Comparison::unknown("too many members");
        }
        let (forth, back) = (self.within(a, b), self.within(b, a));
        match (forth, back) {
            (Outcome::Equal, Outcome::Equal) => Comparison::equal("sets"),
            (Outcome::Different, _) | (_, Outcome::Different) => Comparison::different("sets"),
            _ => Comparison::unknown("a member could not be decided"),
        }
    }

    fn within(&mut self, a: &[Answer], b: &[Answer]) -> Outcome {
        let mut result = Outcome::Equal;
        for member in a {
            let mut found = Outcome::Different;
            for other in b {
                match self.answers(member, other).outcome {
                    Outcome::Equal => {
                        found = Outcome::Equal;
                        break;
                    }
                    Outcome::Unknown => found = Outcome::Unknown,
                    Outcome::Different => {}
                }
            }
            match found {
                Outcome::Different => return Outcome::Different,
                Outcome::Unknown => result = Outcome::Unknown,
                Outcome::Equal => {}
            }
        }
        result
    }

    fn named(&mut self, a: &[(Expr, Answer)], b: &[(Expr, Answer)]) -> Comparison {
        if a.len() != b.len() {
            return Comparison::different("different lengths");
        }
        let (mut left, mut right) = (vec![], vec![]);
        for (name, value) in a {
            left.push(value.clone());
            match b.iter().find(|(other, _)| other == name) {
                Some((_, value)) => right.push(value.clone()),
                None => return Comparison::different("other names"),
            }
        }
        self.in_order(&left, &right)
    }

    fn matrices(&mut self, a: &[Vec<Expr>], b: &[Vec<Expr>]) -> Comparison {
        if a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.len() != b.len()) {
            return Comparison::different("different shapes");
        }
        let all = |rows: &[Vec<Expr>]| rows.iter().flatten().map(typed).collect::<Vec<_>>();
        self.in_order(&all(a), &all(b))
    }

    fn ratios(&mut self, a: &[Expr], b: &[Expr]) -> Comparison {
        if a.len() != b.len() {
            return Comparison::different("different lengths");
        }
        // A last part with a unit ("10:30 a.m.") is the part.
        let plain = |part: &Expr| match part {
            Expr::Quantity(inner, _) => inner.as_ref().clone(),
            other => other.clone(),
        };
        let (a, b): (Vec<Expr>, Vec<Expr>) = (a.iter().map(plain).collect(), b.iter().map(plain).collect());
        let scale = |parts: &[Expr], by: &Expr| -> Vec<Answer> {
            let times =
                |part: &Expr| Answer::Scalar(Expr::Mul(vec![(part.clone(), false), (by.clone(), false)]));
            parts.iter().map(times).collect()
        };
        // A zero has no multiples: `12:00` is a time.
        let zero = a.iter().chain(&b).any(|part| part.literal().is_some_and(|(n, _)| n.value.is_zero()));
        if zero || !self.policy.ratio_as_quotient {
            return self.in_order(&scale(&a, &Expr::int(1)), &scale(&b, &Expr::int(1)));
        }
        self.in_order(&scale(&a, &b[0]), &scale(&b, &a[0]))
    }

    fn relations(&mut self, a: &Answer, b: &Answer) -> Comparison {
        if let (Answer::Assignment(name, value), Answer::Assignment(other, given)) = (a, b) {
            let same = name == other || applied(name, other);
            if same || !matches!((value.as_ref(), given.as_ref()), (Answer::Scalar(_), Answer::Scalar(_))) {
                return self.answers(value, given);
            }
        }
        match (relation::as_equation(a), relation::as_equation(b)) {
            (Some(a), Some(b)) => relation::compare((&a.0, &a.1), (&b.0, &b.1), self.policy, &mut self.fuel),
            (Some((terms, signs)), None) => self.against_value(&terms, &signs, b),
            (None, Some((terms, signs))) => self.against_value(&terms, &signs, a),
            (None, None) => Comparison::unknown("relations"),
        }
    }

    /// An equation is no value, unless its left side is a name.
    fn against_value(&mut self, terms: &[Expr], signs: &[char], value: &Answer) -> Comparison {
        match (terms, signs) {
            ([name, last], ['=']) if name.is_name() => self.answers(&typed(last), value),
            _ => Comparison::different("a relation and a value"),
        }
    }

    fn same_words(&self, a: &str, b: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (a, b) = (plain(a), plain(b));
        if self.policy.ignore_case { a.to_lowercase() == b.to_lowercase() } else { a == b }
    }
}

/// Both are the same function of something: `W(x)` and `W(n)`.
fn applied(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Mul(a), Expr::Mul(b)) => match (a.as_slice(), b.as_slice()) {
            ([(f, false), (Expr::Var(_), false)], [(g, false), (Expr::Var(_), false)]) => f == g,
            _ => false,
        },
        _ => false,
    }
}

fn as_expression(answer: &Answer) -> Option<Expr> {
    match answer {
        Answer::Region(expr) => Some(expr.clone()),
        Answer::Tuple(_, sequence) => Some(Expr::Sequence(sequence.clone())),
        Answer::Empty => Some(Expr::Empty),
        Answer::Scalar(value) if value.variables().is_empty() => {
            Some(Expr::Sequence(Sequence { open: 'S', close: 'S', items: vec![value.clone()] }))
        }
        Answer::Set(items) => {
            let items: Option<Vec<Expr>> = items.iter().map(as_member).collect();
            Some(Expr::Sequence(Sequence { open: ',', close: ',', items: items? }))
        }
        _ => None,
    }
}

fn as_member(answer: &Answer) -> Option<Expr> {
    match answer {
        Answer::Scalar(value) | Answer::Region(value) => Some(value.clone()),
        _ => None,
    }
}

/// Answers of kinds that never mean the same.
fn unlike(a: &Answer, b: &Answer) -> Comparison {
    let vague = |answer: &Answer| matches!(answer, Answer::Region(_) | Answer::Relation(..));
    if vague(a) && vague(b) {
        Comparison::unknown("regions")
    } else {
        Comparison::different("answers of different kinds")
    }
}
