//! Options of multiple choice: out of columns of their own, and in an order that gives nothing away.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::values;
use super::view::View;
use crate::DatasetError;
use crate::select::rank;
use crate::settings::{Settings, Shuffle};

/// The options and the letter of the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) choices: Vec<String>,
    pub(super) gold: Vec<String>,
    /// The place in the source of each option, where they were shuffled.
    pub(super) permutation: Option<Vec<usize>>,
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
    Ok(Options { gold: letter(right).into_iter().collect(), choices, permutation: None })
}

/// The same in the order that is asked for. Options that speak of others stay where they are, and so do all of that problem.
pub(super) fn arranged(settings: &Settings, id: &str, options: Options) -> Result<Options, String> {
    let refers = |choice: &String| OF_OTHERS.as_ref().is_some_and(|words| words.is_match(choice));
    if settings.shuffle_choices == Shuffle::No
        || options.choices.len() < 2
        || options.choices.iter().any(refers)
    {
        return Ok(options);
    }
    let [gold] = options.gold.as_slice() else { return Ok(options) };
    let right = place(gold, options.choices.len())
        .ok_or_else(|| format!("is `{gold}`, and only a letter follows its option when they are shuffled"))?;
    let mut order: Vec<usize> = (0..options.choices.len()).collect();
    order.sort_by_key(|place| rank(settings.seed.unwrap_or_default(), &format!("{id}\0{place}")));
    let choices = order.iter().filter_map(|place| options.choices.get(*place).cloned()).collect();
    let gold = order.iter().position(|place| *place == right).and_then(letter).into_iter().collect();
    Ok(Options { choices, gold, permutation: Some(order) })
}

/// The problem's other columns with the order of its options among them.
pub(super) fn with_permutation(extra: Option<String>, permutation: Option<Vec<usize>>) -> Option<String> {
    let Some(order) = permutation else { return extra };
    let mut columns: Map<String, Value> =
        extra.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    columns.insert("permutation".to_owned(), order.into());
    Some(Value::Object(columns).to_string())
}

fn place(gold: &str, options: usize) -> Option<usize> {
    let gold = gold.trim().trim_matches(['(', ')', '.']);
    let mut letters = gold.chars();
    let letter = letters.next().filter(|letter| letter.is_ascii_uppercase() && letters.next().is_none())?;
    Some(usize::from(u8::try_from(letter).ok()? - b'A')).filter(|place| *place < options)
}

pub(super) fn letter(place: usize) -> Option<String> {
    u8::try_from(place).ok().filter(|place| *place < 26).map(|place| char::from(b'A' + place).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shuffled(id: &str, choices: &[&str], gold: &str) -> Result<Options, String> {
        let settings = Settings { shuffle_choices: Shuffle::Problem, ..Settings::default() };
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        arranged(&settings, id, Options { choices, gold: vec![gold.to_owned()], permutation: None })
    }

    #[test]
    fn the_right_option_keeps_being_right() {
        for at in 0..50 {
            let options = shuffled(&format!("p{at}"), &["one", "two", "three", "four"], "C").unwrap();
            let right = place(&options.gold[0], 4).unwrap();
            assert_eq!(options.choices[right], "three");
            assert_eq!(options.permutation.as_ref().unwrap()[right], 2);
            assert_eq!(shuffled(&format!("p{at}"), &["one", "two", "three", "four"], "C").unwrap(), options);
        }
    }

    /// 198 problems, as many as GPQA-Diamond has: χ² with 3 degrees of freedom below its 99 % point.
    #[test]
    fn the_right_letters_are_spread() {
        let mut counts = [0_u32; 4];
        for at in 0..198 {
            let options = shuffled(&format!("rec{at}"), &["a", "b", "c", "d"], "A").unwrap();
            counts[place(&options.gold[0], 4).unwrap()] += 1;
        }
        let chi: f64 = counts.iter().map(|count| (f64::from(*count) - 49.5).powi(2) / 49.5).sum();
        assert!(chi < 11.345, "{counts:?}");
    }

    #[test]
    fn options_that_speak_of_others_stay() {
        for last in
            ["All of the above", "none of these", "Both A and B", "Neither (A) nor (B)", "A and C only"]
        {
            assert_eq!(shuffled("p", &["one", "two", last], "A").unwrap().permutation, None, "{last}");
        }
        assert!(
            shuffled("p", &["one", "two", "a vitamin A and B complex"], "A").unwrap().permutation.is_some()
        );
        assert!(shuffled("p", &["one", "two"], "two").unwrap_err().contains("only a letter"));
        assert_eq!(shuffled("p", &["same", "same"], "B").unwrap().choices, ["same", "same"]);
    }

    #[test]
    fn the_order_is_kept_beside_the_other_columns() {
        let check = |extra: Option<&str>, order: Option<Vec<usize>>, expect: Option<&str>| {
            assert_eq!(with_permutation(extra.map(str::to_owned), order).as_deref(), expect);
        };
        check(Some("{\"a\":1}"), Some(vec![1, 0]), Some("{\"a\":1,\"permutation\":[1,0]}"));
        check(None, Some(vec![0]), Some("{\"permutation\":[0]}"));
        check(None, None, None);
    }
}
