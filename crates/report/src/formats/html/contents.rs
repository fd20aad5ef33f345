//! The page's list of contents: every entry names its set, and a long list is folded, set by set.

use serde::Serialize;

use super::{DatasetSection, ModelSection};
use crate::views::numbers::whole;

/// More links than this are folded.
const SHOWN: usize = 12;

/// Links that stand together.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Chapter {
    /// What stands for them while they are folded; `None` where they are not.
    fold: Option<String>,
    links: Vec<Link>,
}

/// A link to a section of the page.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Link {
    id: String,
    text: String,
}

/// What stands between the findings and the traces.
pub(super) fn contents(sets: &[DatasetSection], models: &[ModelSection]) -> Vec<Chapter> {
    let pages = sets.iter().map(|set| of_set(set, "").len()).sum::<usize>();
    let is_long = pages + models.len() > SHOWN;
    let own = |set: &DatasetSection| models.iter().filter(|model| model.set == set.name).map(link).collect();
    match sets {
        [set] => {
            let fold = is_long.then(|| format!("{} models", whole(models.len() as u64)));
            vec![Chapter { fold: None, links: of_set(set, "") }, Chapter { fold, links: own(set) }]
        }
        several => {
            let chapter = |set: &DatasetSection| {
                let mut links = of_set(set, &format!(" on {}", set.name));
                links.extend(own(set));
                Chapter { fold: is_long.then(|| set.name.clone()), links }
            };
            several.iter().map(chapter).collect()
        }
    }
}

/// Adds a link to a section about all models and sets.
pub(super) fn add(chapters: &mut [Chapter], id: &str, text: &str) {
    if let Some(first) = chapters.first_mut() {
        first.links.push(Link { id: id.to_owned(), text: text.to_owned() });
    }
}

/// The sections about all models of a set; `on` names it where there are others.
fn of_set(set: &DatasetSection, on: &str) -> Vec<Link> {
    let entry =
        |id: &str, title: &str| Link { id: format!("{id}-{}", set.number), text: format!("{title}{on}") };
    let comparison = set.comparison.as_ref().map(|_| entry("compare", "Side by side"));
    let cost = set.frontier.as_ref().map(|_| entry("cost", "What accuracy costs"));
    let strategies = set.strategies.as_ref().map(|_| entry("strategies", "Strategies"));
    let found = cost.into_iter().chain(comparison).chain(strategies);
    found.chain([entry("behaviour", "How they think")]).collect()
}

fn link(model: &ModelSection) -> Link {
    Link { id: model.id.clone(), text: model.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::html;
    use crate::fixture;
    use crate::model::Report;

    /// The list of contents of a report over so many sets and models, as it is printed.
    fn nav(sets: usize, models: usize) -> String {
        let like = fixture::report();
        let model_rows = like.metrics.iter().filter(|row| row.model == like.groups[0].model);
        let named = |dataset: String, model: String| {
            model_rows.clone().cloned().map(move |row| tables::MetricValue {
                dataset: dataset.clone(),
                model: model.clone(),
                ..row
            })
        };
        let places = (0..sets).flat_map(|set| (0..models).map(move |model| (set, model)));
        let rows = places.flat_map(|(set, model)| named(format!("S{set}"), format!("M{model}")));
        let mut report = Report::from_metrics(rows.collect(), like.about.clone());
        for group in &mut report.groups {
            group.ledgers = like.groups[0].ledgers.clone();
            group.extremes = like.groups[0].extremes.clone();
            group.positions = like.groups[0].positions.clone();
            group.health = like.groups[0].health.clone();
        }
        let page = html(&report).unwrap();
        let nav =
            page.split_once("<nav class=\"contents\"").unwrap().1.split_once("</nav>").unwrap().0.to_owned();
        for href in nav.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(page.contains(&format!(" id=\"{href}\"")), "{href}");
        }
        nav
    }

    /// What the links say, folds in brackets.
    fn said(nav: &str) -> String {
        let text = nav.replace("<summary>", "[").replace("</summary>", ":").replace("</details>", "]");
        let mut plain = String::new();
        for part in text.split('<') {
            plain.push_str(
                part.split_once('>').map_or(part, |(tag, text)| if tag == "/a" { "; " } else { text }),
            );
        }
        plain
    }

    #[test]
    fn every_entry_names_its_set_and_long_contents_fold() {
        let head = "In words; ";
        let tail = "Meanings; Every figure; How it was measured; ";
        let check = |sets: usize, models: usize, expect: &str| {
            assert_eq!(
                said(&nav(sets, models)).trim(),
                format!("{head}{expect}{tail}").trim(),
                "{sets} × {models}"
            );
        };
        check(1, 1, "How they think; M0; ");
        check(1, 2, "Side by side; How they think; M0; M1; ");
        check(
            2,
            2,
            "Side by side on S0; How they think on S0; M0 on S0; M1 on S0; \
             Side by side on S1; How they think on S1; M0 on S1; M1 on S1; ",
        );
        check(2, 1, "How they think on S0; M0 on S0; How they think on S1; M0 on S1; ");
        let many = said(&nav(3, 5));
        assert_eq!(many.matches(": Side by side on S").count(), 3, "{many}");
        assert!(many.contains("[S1: Side by side on S1; How they think on S1; M0 on S1; "), "{many}");
        let many = said(&nav(1, 15));
        assert!(many.contains("Side by side; How they think; [15 models: M0; M1; "), "{many}");
    }
}
