//! Gathers problems and replies from rows, small facts in memory and text in a temporary file, and writes them
//! in the order of the tables.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use stage::{Observer, Summary, Tick};
use tables::{
    Finish, PROBLEMS_OF, Problem, Provenance, ROWS_OF, Reply, TableWriter, Test, ranges_note, rank,
};

use crate::digest::{digest, half, said};
use crate::foreign::Labels;
use crate::labels::LabelsFile;
use crate::letters::Letters;
use crate::mapping::Mapped;
use crate::options::OptionsRead;
use crate::outputs::{Extras, LoadOutputs};
use crate::select::{Candidate, select};
use crate::settings::{Duplicates, Settings};
use crate::spill::{Spill, SpillRange, SpillReader};
use crate::varied::{Made, Varying};
use crate::{DatasetError, Holds};
use records::Origin;

/// Problems whose text nobody wrote down.
pub(crate) const WITHOUT_TEXT: &str = "without_text";
/// A model whose problems stand far down the table passes over so many at once.
const PROBLEMS_A_GROUP: usize = 4_096;
/// Rows between two words to the observer.
const TICK: u64 = 256;

/// A file's number and a line.
#[derive(Clone, Copy)]
struct SourceLine {
    file: u32,
    line: u64,
}

/// What stays in memory of a problem: about 100 bytes.
struct ProblemEntry {
    place: SpillRange,
    tests: Option<SpillRange>,
    source_line: SourceLine,
    /// Hashes of text and answers, to notice that two rows disagree.
    text: u64,
    gold: u64,
    candidate: Candidate,
}

/// What stays in memory of a reply: about 50 bytes.
struct ReplyEntry {
    problem: u32,
    model: u32,
    sample: u32,
    /// A hash of what the reply says, where files may repeat one another; else 0.
    text: u64,
    place: SpillRange,
    source_line: SourceLine,
}

/// A reply in the temporary file; JSON may change the last bit of a float, so these travel as bits.
type SpilledReply = (Reply, Option<u64>, Option<u64>, Labels);

/// Two rows give one problem differently.
pub(crate) fn not_the_same(id: &str, what: &str) -> String {
    format!(
        "problem `{id}` has not the same {what} in both rows; map another column with `columns.problem_id`, or none with \
         `columns.problem_id = \"\"`, so that the content tells problems apart"
    )
}

/// Numbers texts in the order in which they first come.
#[derive(Default)]
struct Names {
    numbers: HashMap<Arc<str>, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        match self.numbers.get(name) {
            Some(number) => *number,
            None => *self.numbers.entry(name.into()).or_insert(next),
        }
    }
}

/// Gathers rows.
pub(crate) struct Collector<'a> {
    settings: &'a Settings,
    spill: Spill,
    keep_replies: bool,
    files: Vec<Arc<str>>,
    problems: Vec<ProblemEntry>,
    by_id: HashMap<u128, u32>,
    replies: Vec<ReplyEntry>,
    counted: HashMap<(u32, u32), u32>,
    models: Names,
    subsets: Names,
    unlisted: BTreeSet<&'a str>,
    duplicates: u64,
    /// Rows that were read.
    pub(crate) rows: u64,
}

impl<'a> Collector<'a> {
    /// An empty one with its temporary file in `folder`.
    pub(crate) fn new(
        settings: &'a Settings,
        folder: &Path,
        keep_replies: bool,
    ) -> Result<Self, DatasetError> {
        Ok(Self {
            settings,
            spill: Spill::create(folder)?,
            keep_replies,
            files: Vec::new(),
            problems: Vec::new(),
            by_id: HashMap::new(),
            replies: Vec::new(),
            counted: HashMap::new(),
            models: Names::default(),
            subsets: Names::default(),
            unlisted: settings.sample_ids.iter().map(String::as_str).collect(),
            duplicates: 0,
            rows: 0,
        })
    }

    /// How many different problems there are so far.
    pub(crate) fn problems(&self) -> u64 {
        self.problems.len() as u64
    }

    /// The problem of a row is there.
    pub(crate) fn knows(&self, mapped: &Mapped) -> bool {
        self.by_id.contains_key(&digest(mapped.problem_id.as_bytes()))
    }

    /// Takes what a row says. False if it puts its problem into another group than an earlier row did.
    pub(crate) fn add(
        &mut self,
        mapped: Mapped,
        origin: &Origin,
        holds: Holds,
    ) -> Result<bool, DatasetError> {
        self.rows += 1;
        let labels = mapped.labels.into_iter().chain(std::iter::repeat(Labels::default()));
        let source_line = self.source_line(origin);
        let id = digest(mapped.problem_id.as_bytes());
        let regrouped = mapped.any_subset && self.regroups(mapped.problem.as_ref(), id);
        let number = match mapped.problem {
            Some(problem) => {
                let number = self.add_problem(problem, id, source_line, holds, mapped.any_subset)?;
                self.add_tests(number, &mapped.tests)?;
                number
            }
            None => *self.by_id.get(&id).ok_or_else(|| {
                let reason = format!("names `{}`, which is the id of no problem", mapped.problem_id);
                DatasetError::value(origin, "problem_id", reason)
            })?,
        };
        let to = (number, mapped.any_subset);
        let mut replies = mapped.replies.into_iter().zip(labels);
        replies.try_for_each(|((sample, reply), labels)| {
            self.add_reply((reply, labels), sample, to, source_line)
        })?;
        Ok(!regrouped)
    }

    fn regroups(&mut self, problem: Option<&Problem>, id: u128) -> bool {
        let (Some(problem), Some(number)) = (problem, self.by_id.get(&id)) else { return false };
        let first = self.problems[*number as usize].candidate.subset;
        self.subsets.number(&problem.subset) != first
    }

    fn add_problem(
        &mut self,
        problem: Problem,
        id: u128,
        source_line: SourceLine,
        holds: Holds,
        any_subset: bool,
    ) -> Result<u32, DatasetError> {
        let text = half(digest(problem.problem.as_bytes()));
        let gold = half(digest(problem.gold.join("\0").as_bytes()));
        let subset = self.subsets.number(&problem.subset);
        if let Some(&number) = self.by_id.get(&id) {
            let first = &self.problems[number as usize];
            let differs = [
                ("text", first.text != text),
                ("answer", first.gold != gold),
                ("subset", !any_subset && first.candidate.subset != subset),
            ];
            let differs = differs.iter().find(|(_, differs)| *differs).map(|(what, _)| *what);
            return match (holds, differs, self.settings.duplicates) {
                (Holds::Both, None, _) => Ok(number),
                (Holds::Problems, None, Duplicates::First) => {
                    self.duplicates += 1;
                    Ok(number)
                }
                _ => Err(self.twice(&problem.id, number, source_line, holds, differs)),
            };
        }
        let number = u32::try_from(self.problems.len()).unwrap_or(u32::MAX);
        let candidate = Candidate {
            subset,
            rank: self.settings.seed.map_or(0, |seed| rank(seed, &problem.id)),
            listed: self.settings.sample_ids.contains(&problem.id),
        };
        self.unlisted.remove(problem.id.as_str());
        let place = self.spill.push(&problem)?;
        self.problems.push(ProblemEntry { place, tests: None, source_line, text, gold, candidate });
        self.by_id.insert(id, number);
        Ok(number)
    }

    /// Of a problem that comes with several replies, the first row's tests count.
    fn add_tests(&mut self, number: u32, tests: &[Test]) -> Result<(), DatasetError> {
        let entry = &mut self.problems[number as usize];
        if !tests.is_empty() && entry.tests.is_none() {
            entry.tests = Some(self.spill.push(&tests)?);
        }
        Ok(())
    }

    fn twice(
        &self,
        id: &str,
        number: u32,
        source_line: SourceLine,
        holds: Holds,
        differs: Option<&str>,
    ) -> DatasetError {
        let reason = match (holds, differs) {
            (Holds::Problems, None) => format!(
                "problem `{id}` stands twice, with the same text; remove one, or take the first with \
                 `duplicates = \"first\"`"
            ),
            (Holds::Problems, Some(what)) => format!(
                "two problems have the id `{id}` and not the same {what}; map another column with \
                 `columns.id`, or none with `columns.id = \"\"`, so that the content makes the id"
            ),
            (_, what) => not_the_same(id, what.unwrap_or("content")),
        };
        let first = self.origin(self.problems[number as usize].source_line);
        DatasetError::Conflict { first, second: self.origin(source_line), reason }
    }

    fn add_reply(
        &mut self,
        (reply, labels): (Reply, Labels),
        sample: Option<u32>,
        (problem, repeatable): (u32, bool),
        source_line: SourceLine,
    ) -> Result<(), DatasetError> {
        let model = self.models.number(&reply.model);
        let sample = sample.unwrap_or_else(|| {
            let next = self.counted.entry((problem, model)).or_default();
            *next += 1;
            *next - 1
        });
        if !self.keep_replies {
            return Ok(());
        }
        let text = if repeatable { said(&reply) } else { 0 };
        let times = (reply.seconds.map(f64::to_bits), reply.first_token_seconds.map(f64::to_bits));
        let bare = Reply { sample, seconds: None, first_token_seconds: None, ..reply };
        let place = self.spill.push(&(bare, times.0, times.1, labels))?;
        self.replies.push(ReplyEntry { problem, model, sample, text, place, source_line });
        Ok(())
    }

    fn source_line(&mut self, origin: &Origin) -> SourceLine {
        if self.files.last() != Some(&origin.file) {
            self.files.push(origin.file.clone());
        }
        SourceLine { file: u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX), line: origin.line }
    }

    fn origin(&self, source_line: SourceLine) -> Origin {
        Origin { file: self.files[source_line.file as usize].clone(), line: source_line.line }
    }

    /// Selects, sorts, and writes the tables.
    pub(crate) fn write(
        mut self,
        out: &LoadOutputs,
        extras: &Extras<'_>,
        provenance: &Provenance,
        observer: &dyn Observer,
    ) -> Result<Summary, DatasetError> {
        if let Some(reason) = self.unknown_ids() {
            return Err(DatasetError::Selection(reason));
        }
        if self.settings.tests.is_some() && extras.vary.is_some() {
            let reason = "`vary` cannot change problems that programs answer: their tests are about the text that they have";
            return Err(DatasetError::Selection(reason.to_owned()));
        }
        let candidates: Vec<Candidate> = self.problems.iter().map(|entry| entry.candidate).collect();
        let chosen = select(&candidates, self.settings)?;
        let mut taken = vec![false; self.problems.len()];
        chosen.iter().for_each(|&place| taken[place] = true);
        self.replies.retain(|reply| taken[reply.problem as usize]);
        self.sort_replies()?;
        let Self { settings, spill, problems, replies, models, duplicates, rows, .. } = self;
        observer.total((chosen.len() + replies.len()) as u64);
        let mut writing = Writing {
            spill: spill.into_reader()?,
            observer,
            written: 0,
            labels: LabelsFile::new(extras.labels),
            vary: extras.vary,
            settings,
            summary: Summary::default(),
        };
        let table =
            writing.problems(chosen.iter().map(|&place| problems[place].place), &out.problems, provenance)?;
        if let Some(path) = &out.tests {
            let places = chosen.iter().filter_map(|&place| problems[place].tests);
            writing.tests(places, path, provenance)?.finish()?;
        }
        if let Some(path) = &out.replies {
            let (rows, asked) = notes(&replies, &models, &taken);
            let provenance = provenance.clone().with(ROWS_OF, rows).with(PROBLEMS_OF, asked);
            writing.replies(&replies, path, &provenance)?.finish()?;
            writing.count("models", models.numbers.len() as u64);
        }
        table.finish()?;
        let labelled = std::mem::take(&mut writing.labels).finish()?;
        writing.count("labelled", labelled);
        writing.count("rows_read", rows);
        writing.count("not_selected", (problems.len() - chosen.len()) as u64);
        writing.count("duplicates", duplicates);
        observer.advance(Tick { rows: writing.written % TICK, ..Tick::default() });
        Ok(writing.summary)
    }

    fn unknown_ids(&self) -> Option<String> {
        let shown: Vec<&str> = self.unlisted.iter().copied().take(3).collect();
        let more = self.unlisted.len().checked_sub(shown.len())?;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names = shown.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
        (!shown.is_empty())
            .then(|| format!("`sample_ids` names {names}{more}, which is the id of no problem"))
    }

    /// By model, problem and sample, so that a stage that follows can stream, and one of a model reads no other's.
    fn sort_replies(&mut self) -> Result<(), DatasetError> {
        let key = |reply: &ReplyEntry| (reply.model, reply.problem, reply.sample);
        self.replies.sort_by_key(key);
        let before = self.replies.len();
        let same = |a: &ReplyEntry, b: &ReplyEntry| key(a) == key(b) && a.text != 0 && a.text == b.text;
        self.replies.dedup_by(|later, first| same(later, first));
        self.duplicates += (before - self.replies.len()) as u64;
        let Some(pair) = self.replies.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])) else {
            return Ok(());
        };
        let reason = format!(
            "two replies of one model to one problem are both sample {}; map another column with \
             `columns.sample`, or none with `columns.sample = \"\"`, so that they are counted",
            pair[0].sample
        );
        let (first, second) = (self.origin(pair[0].source_line), self.origin(pair[1].source_line));
        Err(DatasetError::Conflict { first, second, reason })
    }
}

/// The second half: from the temporary file to the tables.
struct Writing<'a> {
    spill: SpillReader,
    observer: &'a dyn Observer,
    written: u64,
    labels: LabelsFile,
    settings: &'a Settings,
    vary: Option<&'a Varying>,
    summary: Summary,
}

impl Writing<'_> {
    fn problems(
        &mut self,
        places: impl Iterator<Item = SpillRange>,
        path: &Path,
        provenance: &Provenance,
    ) -> Result<TableWriter<Problem>, DatasetError> {
        let mut table = TableWriter::create(path, provenance)?.in_groups_of(PROBLEMS_A_GROUP);
        let (mut options, mut made) = (OptionsRead::default(), Made::default());
        let mut letters = Letters::default();
        for place in places {
            let mut problem: Problem = self.spill.get(place)?;
            let without_options = problem.choices.is_empty();
            options.fill(&mut problem);
            if problem.gold.is_empty() {
                self.count("without_answer", 1);
            }
            if problem.problem.is_empty() {
                self.count(WITHOUT_TEXT, 1);
            }
            letters.add(&problem, without_options && !problem.choices.is_empty());
            let all = match self.vary {
                Some(vary) => vary.expand(problem, &mut made),
                None => vec![problem],
            };
            self.summary.rows += all.len() as u64;
            all.into_iter().try_for_each(|problem| table.push(problem))?;
            self.tick();
        }
        options.tell(self.observer, &mut self.summary);
        letters.tell(self.settings, self.observer)?;
        made.tell(self.observer, &mut self.summary);
        if self.summary.rows == 0 {
            return Err(DatasetError::Selection(
                "no problem could be varied, and none stays as it was".to_owned(),
            ));
        }
        Ok(table)
    }

    fn tests(
        &mut self,
        places: impl Iterator<Item = SpillRange>,
        path: &Path,
        provenance: &Provenance,
    ) -> Result<TableWriter<Test>, DatasetError> {
        let mut table = TableWriter::create(path, provenance)?;
        for place in places {
            let tests: Vec<Test> = self.spill.get(place)?;
            self.count("tests", tests.len() as u64);
            tests.into_iter().try_for_each(|test| table.push(test))?;
        }
        Ok(table)
    }

    fn replies(
        &mut self,
        entries: &[ReplyEntry],
        path: &Path,
        provenance: &Provenance,
    ) -> Result<TableWriter<Reply>, DatasetError> {
        let mut table = TableWriter::create(path, provenance)?;
        for entry in entries {
            let (reply, seconds, first, labels): SpilledReply = self.spill.get(entry.place)?;
            let reply = Reply {
                seconds: seconds.map(f64::from_bits),
                first_token_seconds: first.map(f64::from_bits),
                ..reply
            };
            self.count("replies", 1);
            self.labels.add(&reply, &labels)?;
            match reply.finish {
                Finish::Length => self.count("truncated", 1),
                Finish::Error => self.count("empty_replies", 1),
                Finish::Stop | Finish::Unknown => {}
            }
            table.push(reply)?;
            self.tick();
        }
        Ok(table)
    }

    fn tick(&mut self) {
        self.written += 1;
        if self.written.is_multiple_of(TICK) {
            self.observer.advance(Tick { rows: TICK, ..Tick::default() });
        }
    }

    /// Zeros are no news.
    fn count(&mut self, what: &str, by: u64) {
        if by > 0 {
            *self.summary.counts.entry(what.to_owned()).or_default() += by;
        }
    }
}

/// Which rows of the sorted replies are of which model, and which rows of the problems that were `taken` these are about.
fn notes(replies: &[ReplyEntry], models: &Names, taken: &[bool]) -> (String, String) {
    let names: HashMap<u32, &str> = models.numbers.iter().map(|(name, number)| (*number, &**name)).collect();
    let rows: Vec<u64> =
        taken.iter().scan(0, |row, taken| Some(std::mem::replace(row, *row + u64::from(*taken)))).collect();
    let row = |reply: Option<&ReplyEntry>| reply.map_or(0, |reply| rows[reply.problem as usize]);
    let (mut start, mut ranges, mut asked) = (0, Vec::new(), Vec::new());
    for of_model in replies.chunk_by(|a, b| a.model == b.model) {
        let end = start + of_model.len() as u64;
        if let Some(name) = names.get(&of_model[0].model) {
            ranges.push((*name, start..end));
            asked.push((*name, row(of_model.first())..row(of_model.last()) + 1));
        }
        start = end;
    }
    (ranges_note(ranges), ranges_note(asked))
}
