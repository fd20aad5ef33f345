//! Rows of reasoning-gym: `question`, `answer`, and `metadata` that names the set (arXiv 2505.24760).
//!
//! Its own graders are programs and give parts of a point, such as half of one where the answer stands anywhere in the reply;
//! neither is taken over. Where the answer is a plan or a construction, or no single value, another one may be right too: such
//! a problem has no known answer here, and what its row has is kept as a solution.

use records::Row;
use serde_json::{Map, Value};

use super::ForeignFormat;
use crate::foreign::{
    Cells, FileFacts, Fit, ForeignRow, Need, Question, Shape, Skipped, fit, may, must, own,
};

pub(super) struct ReasoningGym;

/// Sets of which the row's answer is one right answer among others, or a form of which the value is not enough, however it is
/// written.
const ONE_OF_MANY: &[&str] = &[
    "boxnet",
    "countdown",
    "emoji_mystery",
    "fraction_simplification",
    "graph_color",
    "intermediate_integration",
    "jugs",
    "knight_swap",
    "letter_jumble",
    "n_queens",
    "palindrome_generation",
    "palindrome_partitioning",
    "path_star",
    "prime_factorization",
    "propositional_logic",
    "puzzle24",
    "quantum_lock",
    "rubiks_cube",
    "rush_hour",
    "sentence_reordering",
    "shortest_path",
    "simple_integration",
    "sokoban",
    "string_synthesis",
    "tower_of_hanoi",
    "tsumego",
    "word_ladder",
];

const NOTE: &str = "the answer is one of many or no single value: there is no known answer, and replies are not graded by it";

impl ForeignFormat for ReasoningGym {
    fn name(&self) -> &'static str {
        "reasoning-gym"
    }

    fn about(&self) -> &'static str {
        "reasoning-gym rows: question, answer, metadata with the set; problems without replies"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("question", Shape::Text),
                must("answer", Shape::There),
                own("metadata.source_dataset", Shape::Text),
                may("metadata.source_index", Shape::Number),
            ]
        }
    }

    fn fits(&self, cells: &Map<String, Value>) -> Fit {
        // Who recorded replies to such problems has columns of their own.
        match fit(self.needs(), cells) {
            Fit::Half { .. } => Fit::No,
            fit => fit,
        }
    }

    fn is_of_problems(&self) -> bool {
        true
    }

    fn read(&self, row: &Row, _: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.text("question").ok_or_else(|| Skipped::lacks("`question`"))?;
        let set = cells.text("metadata.source_dataset").ok_or_else(|| Skipped::lacks("set"))?;
        let index = cells.at("metadata.source_index").map(|index| index.to_string());
        let answer = cells.at("answer").map(|answer| said(&answer)).filter(|answer| !answer.is_empty());
        let single = answer.as_deref().is_none_or(is_single) && !ONE_OF_MANY.contains(&set.as_str());
        let question = Question {
            id: index.map(|index| format!("{set}/{index}")),
            text,
            gold: answer.iter().filter(|_| single).cloned().collect(),
            solution: answer.filter(|_| !single),
            subset: Some(set),
            ..Question::default()
        };
        Ok(ForeignRow { question: Some(question), note: (!single).then_some(NOTE), ..ForeignRow::default() })
    }
}

fn said(answer: &Value) -> String {
    answer.as_str().map_or_else(
        || if answer.is_null() { String::new() } else { answer.to_string() },
        |text| text.trim().to_owned(),
    )
}

/// A text that is one value: one line, and neither a list nor a table.
fn is_single(answer: &str) -> bool {
    let nested = matches!(serde_json::from_str(answer), Ok(Value::Array(_) | Value::Object(_)));
    !answer.contains('\n')
        && !nested
        && !answer.starts_with(['[', '{'])
        && !has_items(answer)
        && !is_row(answer)
}

/// Something stands between commas, other than thousands.
fn has_items(answer: &str) -> bool {
    let groups: Vec<&str> = answer.split(',').collect();
    let digits = |text: &str| text.len() >= 3 && text.bytes().take(3).all(|byte| byte.is_ascii_digit());
    let thousands = groups[1..].iter().all(|group| digits(group)) && groups[0].len() <= 4;
    groups.len() > 1 && !thousands
}

/// Numbers or marks behind each other, as a row of a grid.
fn is_row(answer: &str) -> bool {
    let parts: Vec<&str> = answer.split_whitespace().collect();
    let is_number = |part: &&str| part.parse::<f64>().is_ok();
    let is_sum = parts.iter().any(|part| ["+", "-", "=", "/", "*"].contains(part));
    let numbers = parts.len() > 1 && parts.iter().all(is_number);
    let marks = parts.len() > 2 && parts.iter().all(|part| is_number(part) || part.chars().count() <= 2);
    !is_sum && (numbers || marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_is_one_line_and_no_list() {
        let check = |answer: &str, expect: bool| assert_eq!(is_single(answer), expect, "{answer}");
        check("42", true);
        check("-3/4", true);
        check("x**2 + 1", true);
        check("Monday", true);
        check("Zoey is a liar, and Riley is a hero.", false);
        check("12,400", true);
        check("1,200,000.5", true);
        check("-0.7757, 0.0, 1.9717", false);
        check("F=4,J=9", false);
        check("2 5 5 4", false);
        check("#A A# B#", false);
        check("8.0 + 3.0i", true);
        check("5 cm", true);
        check("not one of them", true);
        check("3 1 2\n2 3 1", false);
        check("[\"move A 1\"]", false);
        check("['1', '2']", false);
        check("{\"0\": 1}", false);
        check("(1, 2)", false);
        check("(x + 1)", true);
    }
}
