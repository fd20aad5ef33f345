//! Options of multiple choice: out of columns of their own, and in an order that gives nothing away.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};
use tables::{Problem, drawn_order, lettered, option_letter};

use super::values;
use super::view::View;
use crate::DatasetError;
use crate::settings::{Settings, Shuffle};

/// The options and the letter of the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) choices: Vec<String>,
    pub(super) gold: Vec<String>,
}

/// Options that mean something only where they stand.
static OF_OTHERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:all|none|any|both|neither|either) of (?:the|these|those)|(?:both|neither|either) \(?[A-Z]\)? (?:and|nor|or) \(?[A-Z]\b|\(?[A-Z]\)? and \(?[A-Z]\)? (?:only|are|both)|options? [A-Z]\b|the above)").ok()
});

/// The options that stand in columns of their own.
pub(super) fn of_columns(settings: &Settings, view: &mut View<'_>) -> Result<Options, DatasetError> {
    let mut choices = Vec::new();
    for column in &settings.choice_columns {
        let found = view.at(column).ok_or_else(|| view.missing_path("choice_columns", column))?;
        view.mark_used(column);
        let text = values::exact(&found, view.origin(), column)?;
        choices.push(text.replace("[title]", ". ").trim().to_owned());
    }
    let right = settings.answer_choice.unwrap_or_default() as usize;
    Ok(Options { gold: option_letter(right).map(String::from).into_iter().collect(), choices })
}

/// The problem in the order that is asked for, or with what each sample's own follows from. Options that speak of others stay
/// where they are, and so do all of that problem.
pub(super) fn arranged(settings: &Settings, problem: Problem) -> Result<Problem, String> {
    let count = problem.choices.len();
    if settings.shuffle_choices == Shuffle::No
        || count < 2
        || problem.choices.iter().any(|choice| speaks_of_others(choice))
    {
        return Ok(problem);
    }
    let unlettered = problem.gold.iter().find(|gold| lettered(gold, count).is_none());
    if let Some(gold) = unlettered.filter(|gold| !problem.choices.contains(gold)) {
        return Err(format!("is `{gold}`, and only a letter follows its option when they are shuffled"));
    }
    let seed = settings.seed.unwrap_or_default();
    if settings.shuffle_choices == Shuffle::Sample {
        return Ok(Problem { shuffle: Some(seed), ..problem });
    }
    let order = drawn_order(seed, &problem.id, count);
    let extra = with_permutation(problem.extra.clone(), &order);
    Ok(Problem { extra: Some(extra), ..problem.arranged(&order) })
}

/// An option that means something only where it stands.
pub(crate) fn speaks_of_others(choice: &str) -> bool {
    OF_OTHERS.as_ref().is_some_and(|words| words.is_match(choice))
}

/// The problem's other columns with the order of its options among them.
fn with_permutation(extra: Option<String>, order: &[u32]) -> String {
    let mut columns: Map<String, Value> =
        extra.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    columns.insert("permutation".to_owned(), order.into());
    Value::Object(columns).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shuffled(id: &str, choices: &[&str], gold: &str) -> Result<Problem, String> {
        let settings = Settings { shuffle_choices: Shuffle::Problem, ..Settings::default() };
        arranged(&settings, problem(id, choices, gold))
    }

    fn problem(id: &str, choices: &[&str], gold: &str) -> Problem {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        Problem { id: id.into(), choices, gold: vec![gold.into()], ..Problem::default() }
    }

    #[test]
    fn the_right_option_keeps_being_right_and_the_order_is_kept() {
        for at in 0..50 {
            let shown = shuffled(&format!("p{at}"), &["one", "two", "three", "four"], "C").unwrap();
            let right = lettered(&shown.gold[0], 4).unwrap();
            assert_eq!(shown.choices[right], "three");
            let extra: Value = serde_json::from_str(shown.extra.as_ref().unwrap()).unwrap();
            assert_eq!(extra["permutation"][right], 2);
            assert_eq!(shuffled(&format!("p{at}"), &["one", "two", "three", "four"], "C").unwrap(), shown);
        }
    }

    /// 198 problems, as many as GPQA-Diamond has: χ² with 3 degrees of freedom below its 99 % point.
    #[test]
    fn the_right_letters_are_spread() {
        let mut counts = [0_u32; 4];
        for at in 0..198 {
            let shown = shuffled(&format!("rec{at}"), &["a", "b", "c", "d"], "A").unwrap();
            counts[lettered(&shown.gold[0], 4).unwrap()] += 1;
        }
        let chi: f64 = counts.iter().map(|count| (f64::from(*count) - 49.5).powi(2) / 49.5).sum();
        assert!(chi < 11.345, "{counts:?}");
    }

    #[test]
    fn options_that_speak_of_others_stay() {
        let stays = |choices: &[&str]| {
            let own = problem("p", choices, "A");
            shuffled("p", choices, "A").unwrap() == own
        };
        for last in
            ["All of the above", "none of these", "Both A and B", "Neither (A) nor (B)", "A and C only"]
        {
            assert!(stays(&["one", "two", last]), "{last}");
        }
        assert!(!stays(&["one", "two", "a vitamin A and B complex"]));
        assert!(stays(&["alone"]));
        assert!(shuffled("p", &["one", "two"], "2").unwrap_err().contains("only a letter"));
        // Known by its text, the right option needs no letter.
        assert_eq!(shuffled("p", &["one", "two"], "two").unwrap().gold, ["two"]);
        assert_eq!(shuffled("p", &["same", "same"], "B").unwrap().choices, ["same", "same"]);
    }

    #[test]
    fn orders_of_samples_are_left_to_whoever_asks() {
        let settings = Settings { shuffle_choices: Shuffle::Sample, seed: Some(3), ..Settings::default() };
        let own = problem("p", &["one", "two", "three"], "A");
        let shown = arranged(&settings, own.clone()).unwrap();
        assert_eq!(shown, Problem { shuffle: Some(3), ..own });
        let speaks = arranged(&settings, problem("p", &["one", "two", "all of these"], "A")).unwrap();
        assert_eq!(speaks.shuffle, None);
    }

    #[test]
    fn the_order_stands_beside_the_other_columns() {
        assert_eq!(with_permutation(Some("{\"a\":1}".into()), &[1, 0]), "{\"a\":1,\"permutation\":[1,0]}");
        assert_eq!(with_permutation(None, &[0]), "{\"permutation\":[0]}");
    }
}
