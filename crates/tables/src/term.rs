//! What a figure of the metrics table is: its names, its unit, and which way is better.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// What a figure is. There is one constant for each, next to its formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The name in tables, such as `token_efficiency`; of a family with a word for its parameter: `pass@k`.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// What it is: formula, what is left out, source.
    pub about: &'static str,
    /// How tables head its column, where it is one of the headline measures.
    #[serde(skip)]
    pub headline: Option<Headline>,
}

/// A column that every table of a report has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headline {
    /// In full.
    pub title: &'static str,
    /// On a wide terminal; may break.
    pub header: &'static str,
    /// On a narrow one.
    pub short: &'static str,
    /// The peer system's figure for the same thing.
    pub peer: &'static str,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of all replies or problems.
    Share,
    /// A part of the tokens.
    Ratio,
    /// Tokens.
    Tokens,
    /// Things that are counted.
    Count,
    /// Money, in the price's currency.
    Money,
    /// Seconds.
    Seconds,
    /// What a length reward gives.
    Reward,
    /// −1 to 1.
    Correlation,
}

/// Which way is better. Whoever compares asks this and guesses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is.
    More,
    /// Less is.
    Less,
    /// Neither is: the figure describes, and a difference is only a difference.
    Neither,
}

impl Term {
    /// Whether this is the term of a figure by that name: its own, or one of its family, as `pass@4` is of `pass@k` and
    /// `maj:stated@4` of `maj:SELECTOR@k`.
    pub fn covers(&self, figure: &str) -> bool {
        self.name == figure || family(self.name).is_some_and(|own| family(figure) == Some(own))
    }

    /// The name of the figure with this parameter, such as `pass@4` or `maj:stated@4`; its own where it is no family.
    pub fn member(&self, parameter: impl Display) -> String {
        family(self.name)
            .map_or_else(|| self.name.to_owned(), |(stem, mark, _)| format!("{stem}{mark}{parameter}"))
    }
}

/// `pass` and `@` of `pass@4`; `maj` and `:` of `maj:stated@4`, and that there is a number too; none where the figure stands
/// alone.
fn family(name: &str) -> Option<(&str, char, bool)> {
    let at = memchr::memchr2(b':', b'@', name.as_bytes())?;
    let (stem, rest) = name.split_at(at);
    Some(if rest.starts_with(':') { (stem, ':', rest.contains('@')) } else { (stem, '@', false) })
}

impl Unit {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Ratio => "ratio",
            Self::Tokens => "tokens",
            Self::Count => "count",
            Self::Money => "money",
            Self::Seconds => "seconds",
            Self::Reward => "reward",
            Self::Correlation => "correlation",
        }
    }

    /// It is made of tokens, so it is as exact as their count.
    pub fn is_of_tokens(self) -> bool {
        matches!(self, Self::Ratio | Self::Tokens)
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_covers_its_members_and_no_namesake() {
        let check = |name: &'static str, figure: &str, expect: bool| {
            let (unit, better) = (Unit::Share, Better::More);
            let term = Term { name, title: "", unit, better, about: "", headline: None };
            assert_eq!(term.covers(figure), expect, "{name} {figure}");
        };
        check("pass@k", "pass@4", true);
        check("pass@k", "pass^k@4", false);
        check("accuracy", "accuracy", true);
        check("accuracy", "accuracy@2", false);
        check("budget@b", "budget", false);
        check("maj:SELECTOR@k", "maj:stated@4", true);
        check("maj:SELECTOR@k", "maj@4", false);
        check("maj@k", "maj:stated@4", false);
        check("discrimination:SELECTOR", "discrimination:stated", true);
        check("maj:SELECTOR@k", "maj_top25:stated@4", false);
    }
}
