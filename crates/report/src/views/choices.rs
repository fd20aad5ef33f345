//! Options and letters, as a table a model and sentences.

use super::numbers::{NOTHING, Unit, whole};
use super::table::{Cell, Column, View, ViewRow};
use crate::model::{Choices, Group, Letter, Report};

/// The heading of the section.
pub(crate) const TITLE: &str = "Where the right options stood";

/// A table for each model that was asked for letters.
pub(crate) fn views(report: &Report) -> Vec<View> {
    asked(report).map(|group| view(&report.heading(group), &group.choices)).collect()
}

/// What has to be said of them.
pub(crate) fn notes(report: &Report) -> Vec<String> {
    asked(report).flat_map(|group| sentences(&report.heading(group), &group.choices)).collect()
}

fn asked(report: &Report) -> impl Iterator<Item = &Group> {
    report.groups.iter().filter(|group| !group.choices.is_empty())
}

fn view(model: &str, choices: &Choices) -> View {
    let titles = [
        "letter",
        "right option there",
        "accuracy there",
        "letter chosen",
        "chosen by wrong replies",
        "by chance",
    ];
    let row = |(place, letter): (usize, &Letter)| ViewRow {
        label: tables::option_letter(place).map(String::from).unwrap_or_else(|| place.to_string()),
        cells: cells(letter, choices),
        ..ViewRow::default()
    };
    View {
        caption: format!("{TITLE}: {model}"),
        columns: titles.iter().map(|title| Column::plain(title)).collect(),
        rows: choices.letters.iter().enumerate().map(row).collect(),
    }
}

fn cells(letter: &Letter, choices: &Choices) -> Vec<Cell> {
    let share = |part: u64, of: u64| {
        if of == 0 { NOTHING.to_owned() } else { Unit::Share.show(part as f64 / of as f64) }
    };
    let texts = [
        whole(letter.askings),
        share(letter.right, letter.replies),
        share(letter.chosen, choices.chosen),
        whole(letter.wrong),
        Unit::Number.show(letter.wrong_by_chance),
    ];
    texts.into_iter().map(Cell::text).collect()
}

fn sentences(model: &str, choices: &Choices) -> Vec<String> {
    let spread = choices.spread().map(|(chi, p)| {
        let chi = Unit::Number.show(chi);
        let doubt = if p < 0.01 {
            ": they are not spread as drawn places would be, so accuracy depends on which letters a model likes"
        } else {
            ""
        };
        let p = if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") };
        format!("{model}: places of the right options against drawn ones, χ² {chi}, p {p}{doubt}.")
    });
    let agreement = Some(choices.agreement).filter(|agreement| agreement.problems > 0).map(|agreement| {
        let mean = |sum: f64| Unit::Share.show(sum / agreement.problems as f64);
        format!(
            "{model}: two samples of a problem, each asked in an order of its own, choose the same option in {} of all pairs and the same \
             letter in {} (means over {} problems).",
            mean(agreement.on_option),
            mean(agreement.on_letter),
            whole(agreement.problems)
        )
    });
    spread.into_iter().chain(agreement).collect()
}

#[cfg(test)]
mod tests {
    use tables::{ChoiceFacts, Score};

    use super::*;
    use crate::model::About;

    #[test]
    fn letters_are_shown_with_what_chance_would_give() {
        let mut report = Report::new(About::default());
        for at in 0..40_u32 {
            // Always the last letter; the right option is drawn anew in each of two samples.
            for sample in 0..2 {
                let right = (at * 7 + sample * 3) % 4;
                let choice = ChoiceFacts {
                    options: 4,
                    right: Some(right),
                    chosen: Some(3),
                    option: Some(at % 4),
                    own_order: true,
                };
                report.add(&Score {
                    problem_id: format!("p{at}"),
                    model: "m".into(),
                    sample,
                    correct: Some(right == 3),
                    choice: Some(choice),
                    ..Score::default()
                });
            }
        }
        report.finish();
        insta::assert_snapshot!(crate::formats::terminal::tables(
            &views(&report),
            &notes(&report),
            100,
            false
        ));
    }
}
