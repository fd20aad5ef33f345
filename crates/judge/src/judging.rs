//! What is done with one generation, and what a judgment of it must look like.

use chat::{Dialogue, Usage};
use stage::{DialogueEnd, RowWork, StageError, Tick, Walked};
use tables::{Grade, JudgeState, Judgment, Split};

use crate::row::{Needs, Row};
use crate::{Item, Judge, failed};

/// What is done with each generation, wherever its rows come from.
pub struct Judging<'a> {
    judge: &'a dyn Judge,
    needs: Needs,
}

impl<'a> Judging<'a> {
    /// By this judge.
    pub fn new(judge: &'a dyn Judge) -> Self {
        let needs = Needs { gold: judge.needs_gold(), question: !judge.endpoints().is_empty() };
        Self { judge, needs }
    }

    pub(crate) fn judge(&self) -> &dyn Judge {
        self.judge
    }

    /// A generation with its grade and steps, ready to be judged.
    pub fn row(&self, walked: Walked<(Grade, Split)>) -> Row {
        Row::new(walked, self.needs)
    }
}

impl RowWork for Judging<'_> {
    type Row = Row;
    /// A generation, and why there is nothing to judge, if so.
    type View<'a>
        = (Item<'a>, Option<Judgment>)
    where
        Self: 'a;
    type Found = Judgment;
    /// A judgment, and whether one of its calls failed for a reason that may have passed by the next run.
    type Written = (Judgment, bool);

    fn who(&self) -> String {
        format!("the judge `{}`", self.judge.name())
    }

    fn view<'a>(&'a self, row: &'a mut Row) -> (Item<'a>, Option<Judgment>) {
        (row.item(), row.skipped())
    }

    fn open<'a>(&'a self, view: &'a mut (Item<'_>, Option<Judgment>)) -> Box<dyn Dialogue<Judgment> + 'a> {
        match view {
            (item, None) => self.judge.open(item),
            (item, Some(skipped)) => self.judge.open_skipped(item, skipped.clone()),
        }
    }

    fn given_up(&self, _row: &Row, why: String) -> Judgment {
        failed(why)
    }

    fn complete(
        &self,
        row: Row,
        judgment: Judgment,
        end: DialogueEnd,
    ) -> Result<(Judgment, bool), StageError> {
        Ok((paid(row.seal(judgment, &self.judge.name()), &end.usage), end.broken))
    }

    fn tick(&self, judgment: &Judgment, usage: &Usage) -> Tick {
        Tick {
            rows: 1,
            failed: u64::from(judgment.state == JudgeState::Failed),
            tokens: usage.completion_tokens.known(),
            cached: u64::from(usage.is_free()),
        }
    }

    fn row_bytes(&self, row: &Row) -> usize {
        row.bytes()
    }

    /// What models said, by far the most of a judgment, and the row.
    fn held_bytes(&self, row: &Row, judgment: &Judgment) -> usize {
        let words = judgment.tasks.iter().map(|task| &task.raw).chain([&judgment.raw]);
        row.bytes() + words.flatten().map(String::capacity).sum::<usize>()
    }

    fn may_know(&self) -> bool {
        self.judge.may_know()
    }
}

fn paid(judgment: Judgment, usage: &Usage) -> Judgment {
    if usage.calls == 0 {
        return judgment;
    }
    let (prompt_tokens, completion_tokens) = (usage.prompt_tokens.total(), usage.completion_tokens.total());
    Judgment { calls: usage.calls, prompt_tokens, completion_tokens, ..judgment }
}
