//! The work on meetings: who is better is known, or asked.

use chat::{Ask, Dialogue, Usage};
use stage::{DialogueEnd, Files, Observer, RowWork, StageError, Summary, Tick, drive, table};
use tables::{Provenance, TableWriter, Vote, VoteState};

use super::asking::BothWays;
use super::heard::Heard;
use super::keys::Made;
use super::meeting::Meeting;
use super::pairing::Chosen;
use super::replies::Meetings;
use super::written::vote;

/// What is done with each meeting.
pub(crate) struct Voting<'m>(pub(crate) &'m Made);

impl Voting<'_> {
    /// Writes all votes, in the order of problems and models.
    ///
    /// # Errors
    /// See [`StageError`].
    pub(crate) fn write(
        &self,
        files: &Files,
        provenance: &Provenance,
        ask: Option<&dyn Ask>,
        observer: &dyn Observer,
    ) -> Result<Summary, StageError> {
        let pairing = &self.0.pairing;
        let mut all = Meetings::open(files, pairing, self.0.show)?;
        let chosen = Chosen::of(pairing, all.by_ref())?;
        let mut counted = Counted::new(&chosen, &all);
        let mut writer = TableWriter::create(files.output(table::VOTES)?, provenance)?;
        let held = Meetings::open(files, pairing, self.0.show)?
            .filter(|meeting| meeting.as_ref().map_or(true, |meeting| chosen.holds(meeting)));
        drive(self, held, chosen.meetings, ask, observer, |(votes, calls)| {
            counted.calls(calls);
            votes.into_iter().try_for_each(|vote| {
                counted.add(&vote);
                Ok(writer.push(vote)?)
            })
        })?;
        writer.finish_having_failed(counted.0.failed)?;
        Ok(counted.0)
    }
}

impl RowWork for Voting<'_> {
    type Row = Meeting;
    type View<'a>
        = &'a Meeting
    where
        Self: 'a;
    type Found = Vec<Heard>;
    /// Votes, and the calls that they took.
    type Written = (Vec<Vote>, u32);

    fn who(&self) -> String {
        let model = self.0.judge.as_ref().map(|judge| judge.endpoint.model.as_str());
        model.map_or("the arena".to_owned(), |model| format!("the judge `{model}` of the arena"))
    }

    fn view<'a>(&'a self, meeting: &'a mut Meeting) -> &'a Meeting {
        meeting
    }

    fn open<'a>(&'a self, view: &'a mut &Meeting) -> Box<dyn Dialogue<Vec<Heard>> + 'a> {
        match (view.known(self.0.graded), &self.0.judge) {
            (Some(known), _) => Box::new(chat::done(vec![known])),
            (None, Some(judge)) => Box::new(BothWays { judge, meeting: view }),
            (None, None) => Box::new(chat::done(vec![Heard::unshown(VoteState::Unasked, None)])),
        }
    }

    fn given_up(&self, _: &Meeting, why: String) -> Vec<Heard> {
        Heard::failed(&why)
    }

    fn complete(
        &self,
        meeting: &Meeting,
        heard: Vec<Heard>,
        end: DialogueEnd,
    ) -> Result<(Vec<Vote>, u32), StageError> {
        let judge = self.0.judge.as_ref().map(|judge| judge.endpoint.model.as_str());
        Ok((heard.into_iter().map(|heard| vote(meeting, heard, judge)).collect(), end.usage.calls))
    }

    fn tick(&self, heard: &Vec<Heard>, usage: &Usage) -> Tick {
        Tick {
            rows: 1,
            failed: u64::from(heard.iter().any(|heard| heard.state == VoteState::Failed)),
            tokens: usage.completion_tokens.known(),
            cached: u64::from(usage.is_free()),
        }
    }

    fn row_bytes(&self, meeting: &Meeting) -> usize {
        meeting.bytes()
    }

    fn held_bytes(&self, meeting: &Meeting, heard: &Vec<Heard>) -> usize {
        meeting.bytes() + heard.iter().flat_map(|heard| &heard.raw).map(String::len).sum::<usize>()
    }

    /// Two questions at once.
    fn width(&self) -> usize {
        2
    }
}

/// Votes, counted.
struct Counted(Summary);

impl Counted {
    fn new(chosen: &Chosen, all: &Meetings<'_>) -> Self {
        let mut summary = Summary::default();
        let states = VoteState::ALL.map(|state| (state.name(), 0));
        let others = [("pairs", chosen.meetings), ("without_reply", all.without), ("model_calls", 0)];
        let apart = (all.ordered_apart > 0).then_some(("options_in_other_orders", all.ordered_apart));
        summary.counts = states
            .into_iter()
            .chain(others)
            .chain(apart)
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        Self(summary)
    }

    fn calls(&mut self, calls: u32) {
        *self.0.counts.entry("model_calls".to_owned()).or_default() += u64::from(calls);
    }

    /// A vote that nobody was asked for is not the judge's to fail.
    fn add(&mut self, vote: &Vote) {
        *self.0.counts.entry(vote.state.name().to_owned()).or_default() += 1;
        self.0.rows += 1;
        self.0.failed += u64::from(vote.state == VoteState::Failed);
        self.0.skipped += u64::from(vote.order == Vote::UNSHOWN);
    }
}

/// The tables of a run that votes are made from.
pub(crate) const READ: [stage::Table; 3] = [table::PROBLEMS, table::GENERATIONS, table::SCORES];
