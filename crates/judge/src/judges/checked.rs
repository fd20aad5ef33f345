//! What a grader checked inside the thinking: programs that it ran, grids that it compared.

use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Block, JudgeState, Judgment, Step, Verdict};

use crate::{Item, Judge, absent, failed, found, known};

/// Names the step in which the first right program, or the first right grid, is complete. It asks nobody: the grader `code` or
/// `grid` has checked each of them (`grade.thinking = true`).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Checked {}

impl Component for Checked {
    const KIND: &'static str = "checked";
    const ABOUT: &'static str =
        "names the step in which the first right program or grid is complete, as the grader checked them";
    type Built = dyn Judge;

    fn build(self, _: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Judge for Checked {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        known(judgment(item))
    }

    /// What is right is known by tests, or by the grader: not by a text.
    fn needs_gold(&self) -> bool {
        false
    }
}

fn judgment(item: &Item<'_>) -> Judgment {
    if item.grade.verdict == Verdict::NoGold {
        let reason =
            Some(item.grade.how.clone().unwrap_or_else(|| "nothing is known to be right".to_owned()));
        return Judgment { state: JudgeState::Skipped, reason, ..Judgment::default() };
    }
    let Some(blocks) = &item.grade.blocks else {
        return failed("the grader looked at nothing inside the thinking: `grade.thinking = true` makes it");
    };
    let Some(first) = blocks.iter().position(|block| block.right) else { return absent() };
    let (right, behind) = blocks.split_at(first + 1);
    match right.last().and_then(|block| step_of(block, item.steps)) {
        Some(step) => Judgment {
            later_changed: Some(behind.iter().any(|block| !block.right)),
            confidence: Some(1.0),
            ..found(step)
        },
        None => failed("a block that was checked stands in no step"),
    }
}

/// The step in which a block ends.
fn step_of(block: &Block, steps: &[Step]) -> Option<u32> {
    let holds = |step: &Step| step.start < block.end && block.start < step.end;
    u32::try_from(steps.iter().rposition(holds)?).ok()
}

#[cfg(test)]
mod tests {
    use tables::{Generation, Grade, Problem};

    use super::*;

    fn check(grade: Grade, expect: (JudgeState, Option<u32>, Option<bool>)) {
        let (problem, generation) = (Problem::default(), Generation::default());
        let step = |start| Step { start, end: start + 9, tokens: 1 };
        let steps = [step(0), step(10), step(20)];
        let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
        let judgment = crate::at_once(&Checked {}, &item);
        assert_eq!((judgment.state, judgment.step, judgment.later_changed), expect, "{grade:?}");
    }

    fn blocks(blocks: &[(u32, u32, bool)]) -> Grade {
        let block = |&(start, end, right): &(u32, u32, bool)| Block { start, end, right };
        Grade {
            verdict: Verdict::Right,
            blocks: Some(blocks.iter().map(block).collect()),
            ..Grade::default()
        }
    }

    #[test]
    fn the_first_right_block_names_its_step() {
        use JudgeState::{Absent, Failed, Found, Skipped};
        check(blocks(&[(1, 5, true)]), (Found, Some(0), Some(false)));
        check(blocks(&[(1, 5, false), (11, 15, true)]), (Found, Some(1), Some(false)));
        check(blocks(&[(1, 5, true), (11, 15, false)]), (Found, Some(0), Some(true)));
        // One that goes on over several steps is complete in the last of them.
        check(blocks(&[(5, 25, true)]), (Found, Some(2), Some(false)));
        check(blocks(&[(1, 5, false)]), (Absent, None, None));
        check(blocks(&[]), (Absent, None, None));
        check(blocks(&[(90, 95, true)]), (Failed, None, None));
        check(Grade { verdict: Verdict::Wrong, ..Grade::default() }, (Failed, None, None));
        check(Grade::default(), (Skipped, None, None));
    }
}
