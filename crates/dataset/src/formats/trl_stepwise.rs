//! Stepwise rows as TRL takes them: `completions`, a step each, with a verdict each in `labels`.

use records::Row;

use super::ForeignFormat;
use super::chat_messages::USUAL;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Shape, Skipped, answer_of, must, own, question_of,
};

pub(super) struct TrlStepwise;

impl ForeignFormat for TrlStepwise {
    fn name(&self) -> &'static str {
        "trl-stepwise"
    }

    fn about(&self) -> &'static str {
        "stepwise rows (TRL): prompt, completions (a step each), labels (a verdict each)"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[must("prompt", Shape::Prompt), own("completions", Shape::Texts), own("labels", Shape::Flags)] }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.question("prompt").ok_or_else(|| Skipped::lacks("`prompt`"))?;
        let steps = cells.texts("completions").ok_or_else(|| Skipped::lacks("`completions`"))?;
        // Pieces that end in white space carry what stood between them.
        let whole = steps.len() > 1
            && steps[..steps.len() - 1].iter().all(|step| step.ends_with(char::is_whitespace));
        let between = if whole { "" } else { "\n\n" };
        let separator = cells.text("step_separator").unwrap_or_else(|| between.to_owned());
        let mut answer = answer_of(row, Answer::text(steps.join(&separator)), "");
        let verdicts = cells.items("labels");
        let all = verdicts.iter().all(|verdict| *verdict == true || *verdict == 1);
        // Our own rows say of each round whether it arrives at the answer, which is not whether it is valid.
        answer.labels.reasoning_valid = (!verdicts.is_empty() && !cells.is_ours()).then_some(all);
        answer.extra = cells.rest(&[USUAL, &["completions", "step_separator"]].concat());
        Ok(ForeignRow {
            question: Some(question_of(row, text)?),
            replies: vec![answer],
            ..ForeignRow::default()
        })
    }
}
