//! What kind of answer an expression is.

use super::expr::{Expr, Sequence};
use super::units::Unit;

/// A typed answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// One value, with or without variables.
    Scalar(Expr),
    /// A value with its unit.
    Quantity(Expr, Unit),
    /// Values in their order; the bracket says which kind.
    Tuple(Vec<Answer>, Sequence),
    /// Values in any order, each once. A bare list remembers that it had no braces.
    Set(Vec<Answer>),
    /// Different names with their values.
    Assignments(Vec<(Expr, Answer)>),
    /// One name with its value.
    Assignment(Expr, Box<Answer>),
    /// An interval, a union, an inequality with a bare or linear subject: kept as an expression.
    Region(Expr),
    /// Any other relation.
    Relation(Vec<Expr>, Vec<char>),
    Matrix(Vec<Vec<Expr>>),
    Ratio(Vec<Expr>),
    Text(String),
    Empty,
}

/// The kind of an expression.
pub(crate) fn typed(expr: &Expr) -> Answer {
    match expr {
        Expr::Sequence(sequence) => of_sequence(sequence),
        Expr::Relation(terms, signs) => of_relation(terms, signs),
        Expr::SetOp(..) | Expr::Reals | Expr::Builder(_) => Answer::Region(expr.clone()),
        Expr::Matrix(rows) => Answer::Matrix(rows.clone()),
        Expr::Ratio(parts) => Answer::Ratio(parts.clone()),
        Expr::Quantity(value, unit) => match typed(value) {
            Answer::Scalar(value) => Answer::Quantity(value, unit.clone()),
            other => other,
        },
        Expr::Text(text) => Answer::Text(text.clone()),
        Expr::Empty => Answer::Empty,
        _ => match super::expand::signs(expr) {
            Some(both) => Answer::Set(both.into_iter().map(Answer::Scalar).collect()),
            None => match super::matrix::evaluated(expr) {
                Some(rows) => Answer::Matrix(rows),
                None => Answer::Scalar(expr.clone()),
            },
        },
    }
}

fn of_sequence(sequence: &Sequence) -> Answer {
    let items = &sequence.items;
    match (sequence.open, sequence.close) {
        ('S', _) | ('{', _) | (',', _) => of_list(items),
        ('[', ']') | ('(', ']') | ('[', ')') if items.len() == 2 => {
            Answer::Region(Expr::Sequence(sequence.clone()))
        }
        _ => Answer::Tuple(items.iter().map(typed).collect(), sequence.clone()),
    }
}

/// A list: assignments to different names, or a set of values.
fn of_list(items: &[Expr]) -> Answer {
    let answers: Vec<Answer> = items.iter().map(typed).collect();
    let names: Vec<&Expr> = answers.iter().filter_map(name_of).collect();
    let different = names.iter().enumerate().all(|(i, name)| !names[..i].contains(name));
    if names.len() == answers.len() && names.len() > 1 && different {
        return Answer::Assignments(answers.into_iter().filter_map(into_assignment).collect());
    }
    // `n = 2, 3, 4` and `x = 1 or x = 2`: one name, several values.
    let mut values = Vec::new();
    for answer in answers {
        match answer {
            Answer::Assignment(_, value) => values.extend(flat(*value)),
            other => values.extend(flat(other)),
        }
    }
    Answer::Set(values)
}

fn name_of(answer: &Answer) -> Option<&Expr> {
    match answer {
        Answer::Assignment(name, _) => Some(name),
        _ => None,
    }
}

fn into_assignment(answer: Answer) -> Option<(Expr, Answer)> {
    match answer {
        Answer::Assignment(name, value) => Some((name, *value)),
        _ => None,
    }
}

fn flat(answer: Answer) -> Vec<Answer> {
    match answer {
        Answer::Set(values) => values,
        other => vec![other],
    }
}

fn of_relation(terms: &[Expr], signs: &[char]) -> Answer {
    let relation = || Answer::Relation(terms.to_vec(), signs.to_vec());
    let (Some(first), Some(last)) = (terms.first(), terms.last()) else { return relation() };
    if signs.contains(&'∈') {
        return if signs.len() == 1 { typed(last) } else { relation() };
    }
    if signs.iter().all(|sign| matches!(sign, '=' | '≡')) {
        return assignment(first, terms, last).unwrap_or_else(relation);
    }
    if super::region::solvable(terms, signs) {
        return Answer::Region(Expr::Relation(terms.to_vec(), signs.to_vec()));
    }
    relation()
}

/// `x = 5`, `f(x) = x + 1`, `(x, y) = (1, 2)`, `x = 3 + 2 = 5`: a name and, at the end, its value.
fn assignment(first: &Expr, terms: &[Expr], last: &Expr) -> Option<Answer> {
    if first.is_name() && !mentions(last, first) {
        return Some(Answer::Assignment(first.clone(), Box::new(typed(last))));
    }
    // `5 = x`, and a chain that names its subject on the way: `1 = y = x = 0`.
    if terms.len() == 2 && last.is_name() && first.variables().is_empty() {
        return Some(Answer::Assignment(last.clone(), Box::new(typed(first))));
    }
    let named = terms[..terms.len() - 1].iter().find(|term| term.is_name())?;
    (terms.len() > 2 && last.variables().is_empty())
        .then(|| Answer::Assignment(named.clone(), Box::new(typed(last))))
}

fn mentions(value: &Expr, name: &Expr) -> bool {
    let Expr::Var(name) = name else { return false };
    value.any(&|expr| matches!(expr, Expr::Var(other) if other == name))
}
