//! Lists of words that templates draw from, and given names.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::number::{Number, parse};

static WORDS: &str = include_str!("../lists/words.toml");
static NAMES: &str = include_str!("../lists/names.toml");

/// A member of a list: how it is written, and its number if it has one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// In the text.
    pub text: String,
    /// In expressions.
    pub number: Option<Number>,
}

impl Member {
    /// A text, with the number that it is if it is one.
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), number: parse(text) }
    }
}

/// A member as a file writes it: a text, a number, or how it is shown and what it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Written {
    Text(String),
    Number(serde_json::Number),
    Both { show: String, is: serde_json::Value },
}

impl Written {
    pub(crate) fn member(&self) -> Result<Member, String> {
        Ok(match self {
            Self::Text(text) => Member::of(text),
            Self::Number(number) => Member::of(&number.to_string()),
            Self::Both { show, is } => {
                let text = is.as_str().map_or_else(|| is.to_string(), str::to_owned);
                let number = parse(&text).ok_or_else(|| format!("`{text}` is no number"))?;
                Member { text: show.clone(), number: Some(number) }
            }
        })
    }
}

/// Lists by name.
#[derive(Clone, Debug, Default)]
pub struct Lists(BTreeMap<String, Vec<Member>>);

impl Lists {
    /// Ours.
    pub fn ours() -> Self {
        // The program's own lists are read by its tests.
        let mut lists = Self::parse(WORDS).unwrap_or_default();
        let names = Names::ours();
        let members =
            |names: &[String]| names.iter().map(|name| Member { text: name.clone(), number: None }).collect();
        let [he, she, either] = [&names.he, &names.she, &names.either];
        let male: Vec<String> = he.iter().chain(either).cloned().collect();
        let female: Vec<String> = she.iter().chain(either).cloned().collect();
        let all: Vec<String> = he.iter().chain(she).chain(either).cloned().collect();
        for (word, list) in [("names", &all), ("names_male", &male), ("names_female", &female)] {
            lists.0.insert(word.to_owned(), members(list));
        }
        lists
    }

    /// Those of a file: a TOML table with a list for each name.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: BTreeMap<String, Vec<Written>> =
            toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let list = |(name, list): (String, Vec<Written>)| {
            let members: Result<Vec<Member>, String> = list.iter().map(Written::member).collect();
            members.map(|members| (name, members))
        };
        Ok(Self(read.into_iter().map(list).collect::<Result<_, _>>()?))
    }

    /// Those of another besides, which go before ours of the same name.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// A list.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn get(&self, name: &str) -> Result<&[Member], String> {
        self.0.get(name).map(Vec::as_slice).ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            match plugin::nearest(name, known.iter().copied()) {
                Some(near) => format!("no list `{name}`; did you mean `{near}`?"),
                None => format!("no list `{name}`; there are {}", known.join(", ")),
            }
        })
    }
}

/// Given names, by who bears them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Names {
    /// Of men and boys.
    pub he: Vec<String>,
    /// Of women and girls.
    pub she: Vec<String>,
    /// Of either.
    pub either: Vec<String>,
    /// Names that are words too.
    pub words: Vec<String>,
    /// Names of others that problems are full of, by who bears them, which are changed and never given.
    pub known_he: Vec<String>,
    /// The same of women and girls.
    pub known_she: Vec<String>,
}

impl Names {
    /// Ours.
    pub fn ours() -> Self {
        // The program's own list is read by its tests.
        toml::from_str(NAMES).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn our_lists_can_be_read() {
        assert!(Lists::parse(WORDS).unwrap().0.len() >= 20);
        let names: Names = toml::from_str(NAMES).unwrap();
        let all: Vec<&String> = names.he.iter().chain(&names.she).chain(&names.either).collect();
        assert!(all.len() >= 180, "{}", all.len());
        let distinct: BTreeSet<&&String> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "a name stands twice");
        assert!(names.words.iter().all(|word| !all.contains(&word)));
        assert_eq!(Lists::ours().get("weekdays").unwrap().len(), 7);
        assert_eq!(Lists::ours().get("fraction_alnum").unwrap()[0].number, parse("1/2"));
    }

    #[test]
    fn a_list_that_is_missing_is_named() {
        let lists = Lists::ours();
        assert_eq!(lists.get("weekday").unwrap_err(), "no list `weekday`; did you mean `weekdays`?");
        assert!(lists.get("zzzzzzzz").unwrap_err().starts_with("no list `zzzzzzzz`; there are "));
        let own = Lists::parse("weekdays = [\"Sunday\", 7, { show = \"two\", is = 2 }]").unwrap();
        let both = lists.with(own);
        let found: Vec<String> =
            both.get("weekdays").unwrap().iter().map(|member| format!("{member:?}")).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(Lists::parse("a = 1").is_err());
        assert!(Lists::parse("a = [{ show = \"x\", is = \"y\" }]").unwrap_err().contains("`y` is no number"));
    }
}
