//! What is done with one generation, and what a judgment of it must look like.

use chat::{Dialogue, Usage};
use stage::{DialogueEnd, RowWork, StageError, Tick, Walked};
use tables::{Grade, JudgeState, Judgment, Split};

use crate::item::Seen;
use crate::row::{Needs, Row};
use crate::{Judge, Judged, failed};

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
        = Seen<'a>
    where
        Self: 'a;
    type Found = Judged;
    /// A judgment with what is kept, and whether one of its calls failed for a reason that may have passed by the next run.
    type Written = (Judged, bool);

    fn who(&self) -> String {
        format!("the judge `{}`", self.judge.name())
    }

    fn view<'a>(&'a self, row: &'a mut Row) -> Seen<'a> {
        (row.item(), row.skipped())
    }

    fn open<'a>(&'a self, view: &'a mut Seen<'_>) -> Box<dyn Dialogue<Judged> + 'a> {
        self.judge.open_seen(view)
    }

    fn given_up(&self, _row: &Row, why: String) -> Judged {
        failed(why).into()
    }

    fn complete(
        &self,
        row: &Row,
        Judged { judgment, tree }: Judged,
        end: DialogueEnd,
    ) -> Result<(Judged, bool), StageError> {
        let judgment = paid(row.seal(judgment, &self.judge.name()), &end.usage);
        Ok((Judged { judgment, tree }, end.broken))
    }

    fn tick(&self, judged: &Judged, usage: &Usage) -> Tick {
        Tick {
            rows: 1,
            failed: u64::from(judged.judgment.state == JudgeState::Failed),
            tokens: usage.completion_tokens.known(),
            cached: u64::from(usage.is_free()),
        }
    }

    fn row_bytes(&self, row: &Row) -> usize {
        row.bytes()
    }

    /// What models said, by far the most of a judgment, and the row.
    fn held_bytes(&self, row: &Row, Judged { judgment, tree }: &Judged) -> usize {
        let drawn = tree.iter().flat_map(|tree| &tree.nodes).map(|node| node.text.capacity());
        let words = judgment.tasks.iter().map(|task| &task.raw).chain([&judgment.raw]);
        row.bytes() + drawn.chain(words.flatten().map(String::capacity)).sum::<usize>()
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
