//! What the report knows about figures: their names, their units, and which of them every table and chart shows.

use tables::{Headline, Term};

use super::numbers::Unit;
use crate::model::About;

/// A headline measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// Its name in the metrics table.
    pub(crate) name: &'static str,
    /// How its columns are headed.
    pub(crate) heads: Headline,
    /// How it is printed.
    pub(crate) unit: Unit,
    /// It depends on the tokenizer.
    pub(crate) tokens: bool,
}

/// The headline measures in the order of the columns.
pub(crate) fn headline_measures(about: &About) -> impl Iterator<Item = Measure> {
    about.glossary.iter().filter_map(measure)
}

fn measure(term: &Term) -> Option<Measure> {
    let (name, unit, tokens) = (term.name, Unit::of(term.unit), term.unit.is_of_tokens());
    term.headline.map(|heads| Measure { name, heads, unit, tokens })
}

/// The figure is a headline measure.
pub(crate) fn is_headline(about: &About, figure: &str) -> bool {
    headline_measures(about).any(|measure| measure.name == figure)
}

/// The headline measure whose figure by the peer system's rules this is.
pub(crate) fn peer_of(about: &About, figure: &str) -> Option<Measure> {
    headline_measures(about).find(|measure| measure.heads.peer == figure)
}

/// How any figure is printed; one that nothing is known of is a number.
pub(crate) fn unit_of(about: &About, figure: &str) -> Unit {
    about.term(figure).map_or(Unit::Number, |term| Unit::of(term.unit))
}

/// A figure is as exact as the count of tokens.
pub(crate) fn is_of_tokens(about: &About, figure: &str) -> bool {
    about.term(figure).is_some_and(|term| term.unit.is_of_tokens())
}

/// What any figure is called. A figure with a parameter keeps its own name, or its parameter would be lost.
pub(crate) fn title_of(about: &About, figure: &str) -> String {
    if let Some(measure) = peer_of(about, figure) {
        return format!("{}, by EvalThink's rules", measure.heads.title);
    }
    let own = about.term(figure).filter(|term| term.name == figure);
    let title = own.map(|term| term.headline.map_or(term.title, |heads| heads.title));
    title.map_or_else(|| figure.replace('_', " "), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_titles_come_from_the_terms() {
        let about = About { glossary: score::terms(), ..About::default() };
        let check = |figure: &str, title: &str, unit: Unit| {
            assert_eq!(title_of(&about, figure), title);
            assert_eq!(unit_of(&about, figure), unit, "{figure}");
        };
        check("first_correct_tokens", "first-correct tokens", Unit::Tokens);
        check("evalthink.thought_num", "thought switches, by EvalThink's rules", Unit::Number);
        check("pass@4", "pass@4", Unit::Share);
        check("overthinking_tokens", "Overthinking, tokens in all", Unit::Tokens);
        check("some_thing", "some thing", Unit::Number);
    }
}
