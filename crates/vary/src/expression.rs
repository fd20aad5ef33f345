//! Expressions as templates write them: Python's grammar cut down to numbers, names and conditions, computed exactly.

mod evaluate;
mod parse;
mod token;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

pub use evaluate::Value;

use crate::number::Number;
use tree::Tree;

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// What stands there cannot be read.
    #[error("not an expression")]
    Syntax,
    /// Python that is not ours.
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    /// A function that is not ours.
    #[error("unknown function {0}")]
    Function(String),
    /// A name without a value.
    #[error("unknown name {0}")]
    Name(String),
    /// A function with too few or too many arguments.
    #[error("{0} takes {1}")]
    Arguments(&'static str, &'static str),
    /// A number where yes or no is needed, or the other way round.
    #[error("{0} needs {1}")]
    Kind(&'static str, &'static str),
    /// As it says.
    #[error("division by zero")]
    Zero,
    /// An exponent that is no whole number from −64 to 64.
    #[error("power out of range")]
    Power,
    /// A number of more than 4,096 bits.
    #[error("number too large")]
    Large,
    /// Brackets within brackets, too many of them.
    #[error("nested too deeply")]
    Deep,
}

/// An expression that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    tree: Tree,
    text: String,
}

impl Expression {
    /// Reads it.
    ///
    /// # Errors
    /// It is none, or holds what is not allowed.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let tree = parse::tree(text)?;
        match tree.refused() {
            Some(refused) => Err(refused),
            None => Ok(Self { tree, text: text.trim().to_owned() }),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that it needs.
    pub fn names(&self) -> BTreeSet<&str> {
        self.tree.names()
    }

    /// Its value with these names.
    ///
    /// # Errors
    /// A name is missing, or there is no such value.
    pub fn value(&self, names: &BTreeMap<String, Number>) -> Result<Value, ExpressionError> {
        evaluate::value(&self.tree, names)
    }

    /// Its value, which has to be a number.
    ///
    /// # Errors
    /// As [`value`](Self::value); it is yes or no.
    pub fn number(&self, names: &BTreeMap<String, Number>) -> Result<Number, ExpressionError> {
        self.value(names)?.number("an expression")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::number::{parse, whole};

    fn said(text: &str, names: &[(&str, &str)]) -> String {
        let names = names.iter().map(|(name, value)| ((*name).to_owned(), parse(value).unwrap())).collect();
        match Expression::parse(text).and_then(|expression| expression.value(&names)) {
            Ok(Value::Number(number)) => number.to_string(),
            Ok(Value::Truth(truth)) => truth.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    fn check(text: &str, expect: &str) {
        assert_eq!(said(text, &[("a", "7"), ("b", "2"), ("half", "1/2"), ("z", "0")]), expect, "{text}");
    }

    #[test]
    fn arithmetic_is_exact() {
        check("0.1 + 0.2 == 0.3", "true");
        check("int(0.29 * 100)", "29");
        check("a / b", "7/2");
        check("-a // b", "-4");
        check("-a % b", "1");
        check("a % -b", "-1");
        check("2 ** 3 ** 2", "512");
        check("-2 ** 2", "-4");
        check("2 ** -2", "1/4");
        check("a - b - 1", "4");
        check("a - (b - 1)", "6");
        check("+a", "7");
        check("1 + 2 * 3 - 4 / 2", "5");
    }

    #[test]
    fn functions() {
        check("int(-a / b)", "-3");
        check("round(a / b)", "4");
        check("round(2.5)", "2");
        check("round(-2.5)", "-2");
        check("round(1.005, 2)", "1");
        check("round(a / 3, 2)", "233/100");
        check("abs(-a)", "7");
        check("min(a, b, 5) + max(a, b)", "9");
        check("Fraction(1, 3) * 3", "1");
        check("Fraction(a)", "7");
        check("is_int(a * half)", "false");
        check("divides(a + 1, b)", "true");
        check("divides(b, a)", "false");
        check("divides(a, z)", "error: division by zero");
        check("abs(1, 2)", "error: abs takes one number");
        check("min()", "error: min takes one number or more");
        check("sqrt(4)", "error: unknown function sqrt");
        check("__import__('os')", "error: unknown function __import__");
    }

    #[test]
    fn yes_and_no() {
        check("1 < b <= 2 < a", "true");
        check("1 < b < 2", "false");
        check("a > b and not a == b", "true");
        check("a < b or a != b", "true");
        check("a if a > b else b", "7");
        check("a if False else b if True else 0", "2");
        check("a < b and a / z > 1", "false");
        check("a and b", "error: `and` needs yes or no");
        check("not a", "error: `not` needs yes or no");
        check("(a > b) + 1", "error: arithmetic needs a number");
        check("(a > b) < 1", "error: a comparison needs a number");
    }

    #[test]
    fn what_is_not_ours_is_named() {
        check("a.b", "error: not allowed: Attribute");
        check("[1, 2]", "error: not allowed: List");
        check("(1, 2)", "error: not allowed: Tuple");
        check("{1: 2}", "error: not allowed: Dict");
        check("{1, 2}", "error: not allowed: Set");
        check("a[0]", "error: not allowed: Subscript");
        check("'text'", "error: not allowed: str");
        check("lambda: 1", "error: not allowed: Lambda");
        check("a & b", "error: not allowed: BitAnd");
        check("~a", "error: not allowed: Invert");
        check("a in b", "error: not allowed: In");
        check("a.b('x').c", "error: not allowed: Attribute");
        check("c + 1", "error: unknown name c");
        check("None", "error: not allowed: None");
    }

    #[test]
    fn what_is_no_expression_says_so() {
        for text in [
            "a b", "", "1 +", "(1", "1)", "a = 1", "1..2", "a if b", "'open", "min(1", "* 2", "a ; b", "1 2",
            "[1,",
        ] {
            check(text, "error: not an expression");
        }
    }

    #[test]
    fn numbers_stay_small() {
        check("2 ** 2 ** 20", "error: power out of range");
        check("2 ** 65", "error: power out of range");
        check("2 ** 0.5", "error: power out of range");
        check("z ** -1", "error: division by zero");
        check("((((2 ** 64) ** 64) ** 64) ** 64)", "error: number too large");
        check("2 ** 64 // 2 ** 63", "2");
        check(&format!("{}1{}", "(".repeat(60), ")".repeat(60)), "1");
        check(&format!("{}1{}", "(".repeat(200), ")".repeat(200)), "error: nested too deeply");
        check(&"-".repeat(10_000), "error: nested too deeply");
        check("a // z", "error: division by zero");
        check("a % z", "error: division by zero");
    }

    #[test]
    fn shared_expressions() {
        let path = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/benchmarks/expressions.jsonl"
        ));
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: expressions.jsonl is not here");
            return;
        };
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let with = row["with"].as_object().unwrap();
            let names: Vec<(&str, &str)> =
                with.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
            let expect = match (&row["error"], &row["value"]) {
                (serde_json::Value::String(error), _) => format!("error: {error}"),
                (_, serde_json::Value::String(value)) => value.clone(),
                (_, value) => value.to_string(),
            };
            assert_eq!(said(row["expr"].as_str().unwrap(), &names), expect, "{line}");
        }
    }

    proptest! {
        #[test]
        fn division_takes_apart_what_multiplication_and_addition_put_together(a in -999_i64..999, b in 1_i64..99) {
            let names = [("a", a.to_string()), ("b", b.to_string())].map(|(name, value)| (name.to_owned(), parse(&value).unwrap()));
            let value = Expression::parse("a // b * b + a % b").unwrap().number(&names.into()).unwrap();
            prop_assert_eq!(value, whole(a));
        }

        #[test]
        fn nothing_panics(text in "[ab0-9.+*/%()<>=!,'\\[\\]{}:&| \\-inotradefls]{0,40}") {
            let _any = said(&text, &[("a", "1"), ("b", "2")]);
        }
    }
}
