//! Traces on the page: a list that can be filtered, and the articles that `thinkmeter view` shows too. What is shown is
//! bounded in bytes, so that a report stays a file that can be sent.

mod choice;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use run_reader::html::{Neighbour, cells, pictures, short_article};
use run_reader::{Run, Trace, TraceEntry, TraceIndex, TraceOutcome};
use serde::Serialize;

use super::numbers::whole;
use crate::error::ReportError;
use crate::model::Report;

/// The traces of a run, as far as they fit.
#[derive(Default, Serialize)]
pub(crate) struct TraceSection {
    /// How many of how many are shown, and by which rule.
    rule: String,
    /// With their numbers.
    models: Vec<(usize, String)>,
    subsets: Vec<String>,
    outcomes: Vec<&'static str>,
    /// With the figures that they hold.
    columns: Vec<(&'static str, &'static str)>,
    rows: Vec<TraceRow>,
    articles: Vec<String>,
    /// The articles' names by model, problem and sample.
    #[serde(skip)]
    names: HashMap<(String, String, u32), String>,
}

/// A trace in the list.
#[derive(Serialize)]
struct TraceRow {
    id: String,
    problem: String,
    /// The beginning of what is asked.
    asks: String,
    cells: [String; 8],
    model: usize,
    subset: String,
    outcome: &'static str,
    cut: bool,
    lost: bool,
    /// The share of the thinking behind the answer, or all of it where the reply is wrong.
    waste: Option<f64>,
}

impl TraceSection {
    /// The traces of the report's models in a run's folder, in at most `room` bytes.
    pub(crate) fn of(report: &Report, folder: &Path, room: usize) -> Result<Self, ReportError> {
        let run = Run::of_models(folder, &report.model_folders)?;
        let index = TraceIndex::of(&run)?;
        let all = index.entries.len();
        // A trace is weighed by its tokens there and by its text here, so a few more are read than fit.
        let chosen = choice::choose(&index, room + room / 4);
        let fitting = fitting(read(&run, &index, &chosen)?, &chosen, room);
        let mut section = Self::shown(&index, &fitting)?;
        section.rule = rule(section.rows.len(), all);
        Ok(section)
    }

    /// The list and the articles of these traces, in the order of the tables.
    fn shown(index: &TraceIndex, shown: &BTreeMap<usize, Trace>) -> Result<Self, ReportError> {
        let names = names(index, shown.keys().copied());
        let mut of_problem: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
        for (at, name) in &names {
            of_problem.entry(&*index.entries[*at].problem).or_default().push((*at, name));
        }
        let columns = run_reader::html::COLUMNS.into_iter().zip(FIGURES).collect();
        let neighbour =
            |(at, name): &(usize, &str)| Neighbour::of(index, &index.entries[*at], format!("#{name}"));
        let mut section = Self { columns, ..Self::default() };
        for ((at, trace), id) in shown.iter().zip(names.values()) {
            let entry = &index.entries[*at];
            let others =
                of_problem.get(&*entry.problem).into_iter().flatten().filter(|(other, _)| other != at);
            let neighbours: Vec<Neighbour> = others.take(NEIGHBOURS).map(neighbour).collect();
            section.articles.push(short_article(id, trace, &neighbours)?);
            section.add(index.model_of(entry), entry, row(index, entry, trace, id));
        }
        let ended = |outcome: &TraceOutcome| section.rows.iter().any(|row| row.outcome == outcome.word());
        section.outcomes =
            TraceOutcome::ALL.iter().filter(|outcome| ended(outcome)).map(|outcome| outcome.word()).collect();
        Ok(section)
    }

    fn add(&mut self, model: &str, entry: &TraceEntry, line: TraceRow) {
        if self.models.last().is_none_or(|(_, last)| last != model) {
            self.models.push((line.model, model.to_owned()));
        }
        if !line.subset.is_empty() && !self.subsets.contains(&line.subset) {
            self.subsets.push(line.subset.clone());
        }
        self.names.insert((model.to_owned(), entry.problem.to_string(), entry.sample), line.id.clone());
        self.rows.push(line);
    }

    /// The article of a trace, if it is shown.
    pub(crate) fn name(&self, model: &str, problem: &str, sample: u32) -> Option<&str> {
        let key = (model.to_owned(), problem.to_owned(), sample);
        self.names.get(&key).map(String::as_str)
    }
}

/// What the columns of [`run_reader::html::COLUMNS`] hold, where it is a figure.
const FIGURES: [&str; 9] =
    ["", "", "", "", "", "reasoning_tokens", "first_correct_tokens", "reflection_tokens", "token_efficiency"];
/// So many other traces of a problem are linked beside one.
const NEIGHBOURS: usize = 12;
/// Bytes of an article and its line in the list beside what was said, at most about.
const ARTICLE: usize = 2700;
/// Bytes around a picture of a grid.
const PICTURE: usize = 80;
/// Bytes of a link to another trace of the problem, about.
const LINK: usize = 150;

fn read(run: &Run, index: &TraceIndex, chosen: &[usize]) -> Result<BTreeMap<usize, Trace>, ReportError> {
    let mut sorted = chosen.to_vec();
    sorted.sort_unstable();
    let mut traces = BTreeMap::new();
    for of_model in sorted.chunk_by(|a, b| index.entries[*a].model == index.entries[*b].model) {
        let model = of_model.first().map_or(0, |at| usize::from(index.entries[*at].model));
        let places: Vec<u64> = of_model.iter().map(|at| u64::from(index.entries[*at].place)).collect();
        let found = run.traces(model, &places)?;
        traces.extend(of_model.iter().copied().zip(found));
    }
    Ok(traces)
}

/// `t-2-algebra-1-0`: the model's number on the page, the problem, the sample. Names that come out the same get a number.
fn names(index: &TraceIndex, shown: impl Iterator<Item = usize>) -> BTreeMap<usize, String> {
    let mut used: HashMap<String, u32> = HashMap::new();
    let mut name = |at: usize| {
        let entry = &index.entries[at];
        let plain = format!("t-{}-{}-{}", entry.model + 1, slug(&entry.problem), entry.sample);
        let times = used.entry(plain.clone()).or_default();
        *times += 1;
        if *times == 1 { (at, plain) } else { (at, format!("{plain}.{times}")) }
    };
    shown.map(&mut name).collect()
}

fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    text.chars().take(48).map(plain).collect()
}

/// Takes traces in the order of the choice as long as there is room; one that is too long leaves its place to shorter ones
/// behind it.
fn fitting(mut read: BTreeMap<usize, Trace>, order: &[usize], room: usize) -> BTreeMap<usize, Trace> {
    let mut siblings: HashMap<String, usize> = HashMap::new();
    for trace in read.values() {
        *siblings.entry(trace.problem.id.clone()).or_default() += 1;
    }
    let mut left = room;
    for at in order {
        let links = |trace: &Trace| siblings.get(&trace.problem.id).map_or(0, |all| NEIGHBOURS.min(*all));
        let size = read.get(at).map_or(0, |trace| bytes(trace) + LINK * links(trace));
        if size <= left {
            left -= size;
        } else {
            read.remove(at);
        }
    }
    read
}

/// Bytes of a trace's article and its line in the list; a little more than it will be.
fn bytes(trace: &Trace) -> usize {
    let text = |text: &str| text.len() + 4 * text.bytes().filter(|byte| b"&<>\"".contains(byte)).count();
    let name = trace.problem.id.len().min(48) + 12;
    let step = |segment: &run_reader::Segment| {
        let solution =
            segment.solution.as_ref().map_or(0, |solution| 100 + solution.answer.as_deref().map_or(0, text));
        text(&segment.text) + 92 + name + 55 * segment.thoughts.len() + solution
    };
    let said =
        [trace.answer.as_str(), &trace.problem.problem].into_iter().chain(trace.judgment.raw.as_deref());
    let steps: usize = trace.segments.iter().map(step).sum();
    let pictures: usize = pictures(trace).iter().map(|picture| picture.svg.len() + PICTURE).sum();
    steps + said.map(text).sum::<usize>() + pictures + ARTICLE
}

fn row(index: &TraceIndex, entry: &TraceEntry, trace: &Trace, id: &str) -> TraceRow {
    TraceRow {
        id: id.to_owned(),
        problem: entry.problem.to_string(),
        asks: beginning(&trace.problem.problem),
        cells: cells(index, entry),
        model: usize::from(entry.model) + 1,
        subset: index.subset_of(entry).to_owned(),
        outcome: entry.outcome.word(),
        cut: entry.cut,
        lost: entry.lost,
        waste: match entry.outcome {
            TraceOutcome::Wrong if entry.tokens.is_some_and(|tokens| tokens > 0) => Some(1.0),
            _ => entry.efficiency().map(|share| 1.0 - share),
        },
    }
}

fn beginning(text: &str) -> String {
    const LETTERS: usize = 72;
    let words: Vec<&str> = text.split_whitespace().take(LETTERS).collect();
    let line = words.join(" ");
    let cut: String = line.chars().take(LETTERS).collect();
    if cut.len() < line.len() { format!("{}…", cut.trim_end()) } else { line }
}

fn rule(shown: usize, all: usize) -> String {
    let (shown, all) = (shown as u64, all as u64);
    if shown == all {
        return format!("All {} traces of this run are in this file.", whole(all));
    }
    format!(
        "{} of {} traces are in this file, which is kept below 3 MB: first, of every model, the right replies that went on \
         longest after the answer, the longest wrong ones, and some that were cut, lost the answer or failed; then other \
         replies to the same problems; then problems drawn by lot (by a hash of their name, so always the same), of all \
         models together, until the room was used. `thinkmeter view` shows all of them.",
        whole(shown),
        whole(all)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn page(words: &str, replies: u32) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (metrics, scores) = fixture::write_run(folder.path(), words, replies);
        let report = Report::read_run(folder.path(), &metrics, &[scores], fixture::about()).unwrap();
        crate::html(&report).unwrap()
    }

    #[test]
    fn traces_can_be_opened_from_the_list_and_from_each_other() {
        let page = page("It is 5.", 3);
        assert!(page.contains("All 6 traces of this run are in this file."), "{page}");
        assert_eq!(page.matches("<article class=\"trace\"").count(), 6);
        assert!(page.contains("<a href=\"#t-1-p-1-0\">p/1</a>"), "the list");
        assert!(page.contains("id=\"t-1-p-1-0-step-0\""), "a step");
        assert!(page.contains("<a href=\"#t-1-p-1-1\">overthinker, sample 1</a>"), "the other sample");
        assert!(page.contains("How judging went"));
        for link in page.split(" href=\"#").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]) {
            assert!(page.contains(&format!("id=\"{link}\"")), "{link} leads nowhere");
        }
    }

    #[test]
    fn what_a_model_wrote_stays_text() {
        let page =
            page("</article></template></script><script>alert(1)</script>]]><!--traces--><img src=x>", 1);
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</script").count(), 1);
        assert_eq!(page.matches("</article>").count(), 2);
        assert!(!page.contains("<img") && !page.contains("<!--traces") && !page.contains("]]>"));
        assert!(page.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn a_page_is_kept_below_its_bound_and_says_by_which_rule() {
        let page = page(&"Wait, \"7\" < 8 & so on. ".repeat(4000), 40);
        assert!(page.len() <= 3_000_000, "{}", page.len());
        assert!(page.len() > 2_000_000, "{}", page.len());
        assert!(page.contains(" of 80 traces are in this file, which is kept below 3 MB"));
    }

    #[test]
    fn a_problem_is_told_by_its_beginning() {
        assert_eq!(beginning(" What is\n2 + 3? "), "What is 2 + 3?");
        assert_eq!(beginning(&"é1 ".repeat(50)), format!("{}…", "é1 ".repeat(24).trim_end()));
    }

    #[test]
    fn names_that_come_out_the_same_are_told_apart() {
        let entry = |problem: &str| TraceEntry {
            model: 1,
            place: 0,
            problem: problem.into(),
            sample: 2,
            subset: 0,
            outcome: TraceOutcome::Right,
            cut: false,
            lost: false,
            tokens: Some(1),
            first_correct: None,
            reflection: None,
        };
        let index = TraceIndex { entries: vec![entry("a b"), entry("a/b")], ..TraceIndex::default() };
        let names = names(&index, 0..2);
        assert_eq!((names[&0].as_str(), names[&1].as_str()), ("t-2-a-b-2", "t-2-a-b-2.2"));
    }
}
