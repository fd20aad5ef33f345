//! Where the options of multiple choice stood, and which letters were answered: a model that likes a letter, or a set whose right
//! options stand together, shows here.

use serde::Serialize;
use tables::{ChoiceFacts, Score};

/// Letters are counted up to here; a problem with more options is asked, and stands in no such table.
const LETTERS: usize = 26;

/// What the replies of a model say of options and letters.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Choices {
    /// One a letter, A first.
    pub(crate) letters: Vec<Letter>,
    /// Replies that choose an option.
    pub(crate) chosen: u64,
    /// Replies that choose a wrong one.
    pub(crate) wrong: u64,
    /// Agreement of two samples of a problem, where each was asked in an order of its own.
    pub(crate) agreement: Agreement,
    #[serde(skip)]
    current: Asked,
}

/// What happened at one letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Letter {
    /// Problems whose right option stood there; where each sample has an order of its own, samples.
    pub(crate) askings: u64,
    /// How many would, were the places drawn.
    pub(crate) askings_by_chance: f64,
    /// Replies to problems whose right option stood there.
    pub(crate) replies: u64,
    /// Those that are right.
    pub(crate) right: u64,
    /// Replies that chose it.
    pub(crate) chosen: u64,
    /// Wrong replies that chose it.
    pub(crate) wrong: u64,
    /// How many would, were wrong options chosen by lot.
    pub(crate) wrong_by_chance: f64,
}

/// How often two samples of a problem agree: means over problems with two or more answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Agreement {
    pub(crate) problems: u64,
    /// Sum over problems of the share of pairs that choose the same option.
    pub(crate) on_option: f64,
    /// The same for letters.
    pub(crate) on_letter: f64,
}

/// The replies to the problem that comes now.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    problem: String,
    options: Vec<u32>,
    letters: Vec<u32>,
}

impl Choices {
    /// Counts one reply.
    pub(crate) fn add(&mut self, score: &Score) {
        let Some(choice) = score.choice.filter(|choice| (2..=LETTERS as u32).contains(&choice.options))
        else {
            return;
        };
        if self.letters.len() < choice.options as usize {
            self.letters.resize(choice.options as usize, Letter::default());
        }
        let begins = self.current.problem != score.problem_id;
        if begins {
            self.end_of_problem();
            score.problem_id.clone_into(&mut self.current.problem);
        }
        if begins || choice.own_order {
            self.count_asking(&choice);
        }
        self.count_reply(&choice, score.correct);
    }

    fn count_asking(&mut self, choice: &ChoiceFacts) {
        let Some(right) = choice.right else { return };
        for letter in self.letters.iter_mut().take(choice.options as usize) {
            letter.askings_by_chance += 1.0 / f64::from(choice.options);
        }
        self.letters[right as usize].askings += 1;
    }

    fn count_reply(&mut self, choice: &ChoiceFacts, correct: Option<bool>) {
        if let (Some(right), Some(correct)) = (choice.right, correct) {
            self.letters[right as usize].replies += 1;
            self.letters[right as usize].right += u64::from(correct);
        }
        let Some(chosen) = choice.chosen else { return };
        self.chosen += 1;
        self.letters[chosen as usize].chosen += 1;
        if choice.own_order {
            self.current.options.extend(choice.option);
            self.current.letters.push(chosen);
        }
        if let Some(right) = choice.right.filter(|right| *right != chosen) {
            self.wrong += 1;
            self.letters[chosen as usize].wrong += 1;
            let others = self.letters.iter_mut().enumerate().take(choice.options as usize);
            for (_, letter) in others.filter(|(place, _)| *place != right as usize) {
                letter.wrong_by_chance += 1.0 / f64::from(choice.options - 1);
            }
        }
    }

    /// Takes in what the samples of the last problem agree on.
    fn end_of_problem(&mut self) {
        let Asked { options, letters, .. } = std::mem::take(&mut self.current);
        if let (Some(on_option), Some(on_letter)) = (agreeing(&options), agreeing(&letters)) {
            self.agreement.problems += 1;
            self.agreement.on_option += on_option;
            self.agreement.on_letter += on_letter;
        }
    }

    /// All replies are counted.
    pub(crate) fn finish(&mut self) {
        self.end_of_problem();
    }

    /// Nothing asked for a letter.
    pub(crate) fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// χ² of the places of the right options against drawn ones, with its tail; none where too few are expected at a letter.
    pub(crate) fn spread(&self) -> Option<(f64, f64)> {
        const LEAST_EXPECTED: f64 = 5.0;
        let enough = self.letters.iter().all(|letter| letter.askings_by_chance >= LEAST_EXPECTED);
        let apart = |letter: &Letter| {
            (letter.askings as f64 - letter.askings_by_chance).powi(2) / letter.askings_by_chance
        };
        let chi: f64 = self.letters.iter().map(apart).sum();
        let freedom = self.letters.len().saturating_sub(1) as f64;
        (enough && freedom > 0.0).then(|| (chi, stats::chi_square_tail(chi, freedom)))
    }
}

/// The share of pairs that are equal; none without a pair.
fn agreeing(values: &[u32]) -> Option<f64> {
    let n = values.len();
    let same = |place: usize| values[place + 1..].iter().filter(|other| **other == values[place]).count();
    let pairs: usize = (0..n).map(same).sum();
    (n > 1).then(|| pairs as f64 / (n * (n - 1) / 2) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reply to a problem with four options: where the right one stood, which letter was chosen and which option that is.
    fn score(problem: &str, right: u32, chosen: Option<(u32, u32)>, own_order: bool) -> Score {
        Score {
            problem_id: problem.into(),
            correct: Some(chosen.is_some_and(|(letter, _)| letter == right)),
            choice: Some(ChoiceFacts {
                options: 4,
                right: Some(right),
                chosen: chosen.map(|(letter, _)| letter),
                option: chosen.map(|(_, option)| option),
                own_order,
            }),
            ..Score::default()
        }
    }

    fn counted(scores: &[Score]) -> Choices {
        let mut choices = Choices::default();
        scores.iter().for_each(|score| choices.add(score));
        choices.finish();
        choices
    }

    #[test]
    fn letters_and_places_are_counted() {
        let choices = counted(&[
            score("a", 0, Some((0, 0)), false),
            score("a", 0, Some((3, 3)), false),
            score("b", 3, Some((3, 3)), false),
            score("c", 1, None, false),
        ]);
        let of = |what: fn(&Letter) -> u64| choices.letters.iter().map(what).collect::<Vec<_>>();
        assert_eq!(of(|letter| letter.askings), [1, 1, 0, 1], "problems, not replies");
        assert_eq!(of(|letter| letter.replies), [2, 1, 0, 1]);
        assert_eq!(of(|letter| letter.right), [1, 0, 0, 1]);
        assert_eq!(of(|letter| letter.chosen), [1, 0, 0, 2]);
        assert_eq!(of(|letter| letter.wrong), [0, 0, 0, 1]);
        let chance: Vec<f64> = choices.letters.iter().map(|letter| letter.wrong_by_chance).collect();
        assert_eq!(chance, [0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
        assert_eq!((choices.chosen, choices.wrong, choices.agreement.problems), (3, 1, 0));
        assert_eq!(choices.spread(), None, "too few");
    }

    #[test]
    fn agreement_is_on_the_option() {
        // Twice the same option at two letters, once another at one of these.
        let choices = counted(&[
            score("a", 0, Some((0, 2)), true),
            score("a", 1, Some((3, 2)), true),
            score("a", 2, Some((3, 1)), true),
        ]);
        let Agreement { problems, on_option, on_letter } = choices.agreement;
        assert_eq!((problems, on_option, on_letter), (1, 1.0 / 3.0, 1.0 / 3.0));
        assert_eq!(choices.letters.iter().map(|letter| letter.askings).sum::<u64>(), 3, "each was drawn");
    }

    /// 198 problems at 50, 50, 49, 49: χ² = 2·(0.5² + 0.5²)/49.5; all at one: 198·3.
    #[test]
    fn the_spread_is_tested_against_drawn_places() {
        let spread = |place: fn(u32) -> u32| {
            let scores: Vec<Score> =
                (0..198).map(|at| score(&format!("p{at}"), place(at), None, false)).collect();
            counted(&scores).spread().unwrap()
        };
        let (chi, p) = spread(|at| at % 4);
        assert!((chi - 1.0 / 49.5).abs() < 1e-12 && p > 0.99, "{chi} {p}");
        let (chi, p) = spread(|_| 3);
        assert!((chi - 594.0).abs() < 1e-9 && p < 1e-100, "{chi} {p}");
    }
}
