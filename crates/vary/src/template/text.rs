//! Texts with gaps: `{name}`, or an expression where a solution computes; `{{` and `}}` are braces.

use std::collections::BTreeSet;

use super::{Filling, numbers};
use crate::expression::Expression;
use crate::number::show;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Words(String),
    Gap(Expression),
}

impl Text {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            words.push_str(&rest[..at]);
            let (brace, behind) = rest[at..].split_at(1);
            if behind.starts_with(brace) {
                words.push_str(brace);
                rest = &behind[1..];
            } else {
                let end = behind.find('}').filter(|_| brace == "{");
                let end = end.ok_or_else(|| format!("a brace alone near `{}`", near(&rest[at..])))?;
                let inner = behind[..end].trim();
                let gap = Expression::parse(inner).map_err(|error| format!("gap `{inner}`: {error}"))?;
                pieces.extend([Piece::Words(std::mem::take(&mut words)), Piece::Gap(gap)]);
                rest = &behind[end + 1..];
            }
        }
        words.push_str(rest);
        pieces.push(Piece::Words(words));
        Ok(Self(pieces))
    }

    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.0
            .iter()
            .filter_map(|piece| match piece {
                Piece::Gap(gap) => Some(gap.names()),
                Piece::Words(_) => None,
            })
            .flatten()
            .collect()
    }

    /// The text with its gaps filled: a name as it is shown, an expression as a number.
    pub(crate) fn filled(&self, filling: &Filling) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Gap(gap) => match filling.get(gap.text()) {
                    Some(member) => text.push_str(&member.text),
                    None => {
                        let value = gap.number(&numbers(filling));
                        text.push_str(&show(
                            &value.map_err(|error| format!("gap `{}`: {error}", gap.text()))?,
                        ));
                    }
                },
            }
        }
        Ok(text)
    }
}

fn near(text: &str) -> String {
    text.chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Member;

    #[test]
    fn gaps_are_filled() {
        let filling: Filling =
            [("a", "7"), ("name", "Mara")].map(|(name, text)| (name.to_owned(), Member::of(text))).into();
        let check = |text: &str, expect: Result<&str, &str>| {
            let found = Text::parse(text).and_then(|text| text.filled(&filling));
            assert_eq!(found.as_deref().map_err(String::as_str), expect, "{text}");
        };
        check("{name} has {a} pears.", Ok("Mara has 7 pears."));
        check("{a * 2} and {{a}}", Ok("14 and {a}"));
        check("plain", Ok("plain"));
        check("{a", Err("a brace alone near `{a`"));
        check("a}", Err("a brace alone near `}`"));
        check("{a.b}", Err("gap `a.b`: not allowed: Attribute"));
        check("{b + 1}", Err("gap `b + 1`: unknown name b"));
    }
}
