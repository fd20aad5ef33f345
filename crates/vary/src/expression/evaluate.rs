//! Values of expressions.

use std::collections::BTreeMap;

use num_traits::{One, Signed, ToPrimitive, Zero};

use super::ExpressionError;
use super::tree::Tree;
use crate::number::{Number, bits, whole};

const MOST_BITS: u64 = 4_096;
const MOST_POWER: i32 = 64;

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// Yes or no.
    Truth(bool),
}

impl Value {
    pub(super) fn number(self, whose: &'static str) -> Result<Number, ExpressionError> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Truth(_) => Err(ExpressionError::Kind(whose, "a number")),
        }
    }

    fn truth(self, whose: &'static str) -> Result<bool, ExpressionError> {
        match self {
            Self::Truth(truth) => Ok(truth),
            Self::Number(_) => Err(ExpressionError::Kind(whose, "yes or no")),
        }
    }
}

type Names = BTreeMap<String, Number>;

pub(super) fn value(tree: &Tree, names: &Names) -> Result<Value, ExpressionError> {
    Ok(match tree {
        Tree::Number(number) => Value::Number(number.clone()),
        Tree::Truth(truth) => Value::Truth(*truth),
        Tree::Name(name) => {
            Value::Number(names.get(name).cloned().ok_or_else(|| ExpressionError::Name(name.clone()))?)
        }
        Tree::Negative(inner) => Value::Number(-number(inner, names)?),
        Tree::Not(inner) => Value::Truth(!value(inner, names)?.truth("`not`")?),
        Tree::Sum(sign, pair) => {
            Value::Number(small(sum(sign, &number(&pair[0], names)?, &number(&pair[1], names)?)?)?)
        }
        Tree::Both(is_and, pair) => Value::Truth(both(*is_and, pair, names)?),
        Tree::Compared(first, others) => Value::Truth(compared(first, others, names)?),
        Tree::Choice(three) => {
            let chosen = if value(&three[1], names)?.truth("`if`")? { &three[0] } else { &three[2] };
            value(chosen, names)?
        }
        Tree::Call(name, arguments) => {
            let arguments: Vec<Number> =
                arguments.iter().map(|argument| number(argument, names)).collect::<Result<_, _>>()?;
            call(name, &arguments)?
        }
        Tree::Refused(what) => return Err(ExpressionError::NotAllowed(what)),
    })
}

fn number(tree: &Tree, names: &Names) -> Result<Number, ExpressionError> {
    value(tree, names)?.number("arithmetic")
}

fn both(is_and: bool, pair: &[Tree; 2], names: &Names) -> Result<bool, ExpressionError> {
    let word = if is_and { "`and`" } else { "`or`" };
    let first = value(&pair[0], names)?.truth(word)?;
    if first == is_and { value(&pair[1], names)?.truth(word) } else { Ok(first) }
}

fn compared(first: &Tree, others: &[(&str, Tree)], names: &Names) -> Result<bool, ExpressionError> {
    let side = |tree: &Tree| value(tree, names)?.number("a comparison");
    let mut left = side(first)?;
    for (sign, tree) in others {
        let right = side(tree)?;
        let holds = match *sign {
            "<" => left < right,
            ">" => left > right,
            "<=" => left <= right,
            ">=" => left >= right,
            "==" => left == right,
            _ => left != right,
        };
        if !holds {
            return Ok(false);
        }
        left = right;
    }
    Ok(true)
}

fn sum(sign: &str, left: &Number, right: &Number) -> Result<Number, ExpressionError> {
    Ok(match sign {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "**" => return power(left, right),
        _ if right.is_zero() => return Err(ExpressionError::Zero),
        "/" => left / right,
        "//" => (left / right).floor(),
        _ => left - right * (left / right).floor(),
    })
}

fn power(base: &Number, exponent: &Number) -> Result<Number, ExpressionError> {
    let whole = exponent.is_integer().then(|| exponent.to_integer().to_i32()).flatten();
    let exponent = whole.filter(|exponent| exponent.abs() <= MOST_POWER).ok_or(ExpressionError::Power)?;
    if exponent < 0 && base.is_zero() {
        return Err(ExpressionError::Zero);
    }
    // Before it is computed: this is about how long it will be.
    if bits(base).saturating_sub(1).saturating_mul(u64::from(exponent.unsigned_abs())) > MOST_BITS {
        return Err(ExpressionError::Large);
    }
    Ok(num_traits::Pow::pow(base, exponent))
}

fn small(number: Number) -> Result<Number, ExpressionError> {
    if bits(&number) > MOST_BITS { Err(ExpressionError::Large) } else { Ok(number) }
}

fn call(name: &str, arguments: &[Number]) -> Result<Value, ExpressionError> {
    let wrong = |name, takes| Err(ExpressionError::Arguments(name, takes));
    Ok(Value::Number(match (name, arguments) {
        ("is_int", [number]) => return Ok(Value::Truth(number.is_integer())),
        ("divides", [number, by]) if !by.is_zero() => {
            return Ok(Value::Truth((number / by).is_integer()));
        }
        ("divides", [_, _]) => return Err(ExpressionError::Zero),
        ("int", [number]) => number.trunc(),
        ("abs", [number]) => number.abs(),
        ("round", [number]) => rounded(number),
        ("round", [number, places]) => {
            let scale = power(&whole(10), places)?;
            small(rounded(&(number * &scale)) / scale)?
        }
        ("Fraction", [number]) => number.clone(),
        ("Fraction", [above, below]) => small(sum("/", above, below)?)?,
        ("min", [first, others @ ..]) => others.iter().fold(first, |least, one| least.min(one)).clone(),
        ("max", [first, others @ ..]) => others.iter().fold(first, |most, one| most.max(one)).clone(),
        ("is_int", _) => return wrong("is_int", "one number"),
        ("divides", _) => return wrong("divides", "two numbers"),
        ("int", _) => return wrong("int", "one number"),
        ("abs", _) => return wrong("abs", "one number"),
        ("round", _) => return wrong("round", "one number, and how many decimals"),
        ("Fraction", _) => return wrong("Fraction", "one number or two"),
        ("min", _) => return wrong("min", "one number or more"),
        ("max", _) => return wrong("max", "one number or more"),
        (name, _) => return Err(ExpressionError::Function(name.to_owned())),
    }))
}

/// Half to even, as Python does.
fn rounded(number: &Number) -> Number {
    let floor = number.floor();
    let part = number - &floor;
    let half = Number::new(1.into(), 2.into());
    let is_even = || (floor.to_integer() % 2_u32).is_zero();
    if part < half || (part == half && is_even()) { floor } else { floor + Number::one() }
}
