//! Options of multiple choice that stand in the question itself, as in many recorded runs: read where the known answer is a
//! letter and no column gives them, and told.

use answer::{AskedOptions, asked_options};
use stage::{Observer, Summary};
use tables::Problem;

/// How many problems had their options read from the question.
#[derive(Debug, Default)]
pub(crate) struct OptionsRead {
    read: u64,
    /// Problems whose question can be read in more than one way, and the first of them.
    ambiguous: u64,
    first: Option<String>,
}

impl OptionsRead {
    /// Fills in the options that a problem's question lists, if it has none.
    pub(crate) fn fill(&mut self, problem: &mut Problem) {
        if !problem.choices.is_empty() {
            return;
        }
        match asked_options(&problem.problem, &problem.gold) {
            AskedOptions::None => {}
            AskedOptions::Ambiguous => {
                self.ambiguous += 1;
                self.first.get_or_insert_with(|| problem.id.clone());
            }
            AskedOptions::Listed { options, .. } => {
                self.read += 1;
                problem.choices = options;
            }
        }
    }

    /// Says it to whoever runs the stage, and in its counts.
    pub(crate) fn tell(&self, observer: &dyn Observer, summary: &mut Summary) {
        let Self { read, ambiguous, first } = self;
        if *read > 0 {
            observer.note(&format!(
                "{read} problems have a letter as their answer; their options were read from the question"
            ));
            summary.counts.insert("options_read".to_owned(), *read);
        }
        if let Some(first) = first {
            observer.note(&format!(
                "{ambiguous} problems have a letter as their answer, and options in the question that can be read in more than one way, so they have none (the first is {first})"
            ));
            summary.counts.insert("options_ambiguous".to_owned(), *ambiguous);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_filled_in_where_a_letter_is_the_answer() {
        let check = |text: &str, gold: &str, choices: &[&str], expect: &[&str], counts: (u64, u64)| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            let mut problem = Problem {
                problem: text.into(),
                gold: vec![gold.into()],
                choices: owned(choices),
                ..Problem::default()
            };
            let mut options = OptionsRead::default();
            options.fill(&mut problem);
            assert_eq!(problem.choices, owned(expect), "{text}");
            assert_eq!((options.read, options.ambiguous), counts, "{text}");
        };
        let listed = "How many?\nA) four\nB) five";
        check(listed, "B", &[], &["four", "five"], (1, 0));
        check(listed, "B", &["4", "5"], &["4", "5"], (0, 0));
        check(listed, "five", &[], &[], (0, 0));
        check("How many?", "B", &[], &[], (0, 0));
        check(&format!("{listed}\n{listed}"), "B", &[], &[], (0, 1));
    }
}
