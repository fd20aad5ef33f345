//! The stage `split`: generations in, the steps of each out.

use std::ops::Range;
use std::path::Path;

use chat::{Ask, Dialogue, Endpoint, Usage};
use plugin::{ConfigErrors, Configured};
use serde_json::{Value, json};
use stage::{
    About, ConfiguredStage, DialogueEnd, Document, Observer, RowWork, Run, Stage, StageError, Summary, Table,
    Target, Tick, drive, table,
};
use tables::{Generation, Provenance, Split, Step, TableReader, TableWriter};
use tokens::{Tokenizer, TokenizerError};

use crate::{Cut, SPLITTERS, SplitError, Splitter};

/// The stage.
pub struct SplitStage;

impl Stage for SplitStage {
    fn name(&self) -> &'static str {
        "split"
    }

    fn about(&self) -> &'static str {
        "cuts the thinking into steps and counts their tokens"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["split"]
    }

    fn known_keys(&self, table: &str, kind: &str) -> Option<Vec<String>> {
        SPLITTERS.key_names(kind).filter(|_| table == "split")
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        Ok(Box::new(Splits(configured(document)?)))
    }
}

/// The splitter of a pipeline.
///
/// # Errors
/// Every fault at once, each with its key's path.
pub fn configured(document: &Document) -> Result<Configured<dyn Splitter>, ConfigErrors> {
    SPLITTERS.build(&document.table("split", SPLITTERS.usual_table()), "split")
}

struct Splits(Configured<dyn Splitter>);

impl ConfiguredStage for Splits {
    fn reads(&self) -> Vec<Table> {
        vec![table::GENERATIONS]
    }

    fn writes(&self) -> Vec<Table> {
        vec![table::SPLITS]
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        json!({"splitter": self.0.fingerprint_input, "tokenizer": target.model().map(|model| model.tokenizer.identity())})
    }

    fn endpoints(&self, _target: Target<'_>) -> Vec<&Endpoint> {
        self.0.built.endpoints()
    }

    fn describe(&self, about: &mut About) {
        about.labels.insert("splitter", self.0.kind.to_owned());
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let paths = (run.files.input(table::GENERATIONS)?, run.files.output(table::SPLITS)?);
        let work =
            Splitting { splitter: &*self.0.built, tokenizer: run.target.tokenizer()?, generations: paths.0 };
        split(&work, paths.1, run.provenance, run.ask, run.observer)
    }
}

/// What is done with each generation, wherever its row comes from.
#[derive(Clone, Copy)]
pub struct Splitting<'a> {
    /// Who cuts.
    pub splitter: &'a dyn Splitter,
    /// What counts the tokens of the steps.
    pub tokenizer: &'a Tokenizer,
    /// The table of the generations, for messages.
    pub generations: &'a Path,
}

/// Splits a table of generations into another, in its order. The one that is written names the tokenizer in its footer
/// (`tokenizer`) and whether its counts are the model's own (`tokenizer_exact`: `true` or `false`).
fn split(
    work: &Splitting<'_>,
    out: &Path,
    provenance: &Provenance,
    ask: Option<&dyn Ask>,
    observer: &dyn Observer,
) -> Result<Summary, StageError> {
    let generations = TableReader::<Generation>::open(work.generations)?;
    let total = generations.len();
    let provenance = provenance
        .clone()
        .with("tokenizer", work.tokenizer.name())
        .with("tokenizer_exact", work.tokenizer.is_exact().to_string());
    let mut writer = TableWriter::create(out, &provenance)?;
    let mut summary = Summary::default();
    let rows = generations.map(|row| row.map_err(StageError::from));
    drive(work, rows, total, ask, observer, |(split, lost)| {
        record(&mut summary, &split, lost);
        Ok(writer.push(split)?)
    })?;
    writer.finish_having_failed(summary.failed)?;
    Ok(summary)
}

impl RowWork for Splitting<'_> {
    type Row = Generation;
    type View<'a>
        = &'a Generation
    where
        Self: 'a;
    type Found = Cut;
    /// A split, and whether one of its calls is worth another try.
    type Written = (Split, bool);

    fn who(&self) -> String {
        "the splitter".to_owned()
    }

    fn view<'a>(&'a self, generation: &'a mut Generation) -> &'a Generation {
        generation
    }

    fn open<'a>(&'a self, generation: &'a mut &Generation) -> Box<dyn Dialogue<Cut> + 'a> {
        self.splitter.open(text(generation))
    }

    fn given_up(&self, generation: &Generation, why: String) -> Cut {
        Cut { spans: self.splitter.spans(text(generation)), note: Some(why), lost: false }
    }

    fn complete(
        &self,
        generation: &Generation,
        cut: Cut,
        _end: DialogueEnd,
    ) -> Result<(Split, bool), StageError> {
        let mut split = Split {
            problem_id: generation.problem_id.clone(),
            sample: generation.sample,
            ..Split::default()
        };
        if generation.failed() {
            return Ok((split, cut.lost));
        }
        split.note = cut.note;
        measure(&cut.spans, self.tokenizer, generation, &mut split).map_err(|source| {
            StageError::own(SplitError::Text {
                generations: self.generations.to_owned(),
                problem_id: generation.problem_id.clone(),
                sample: generation.sample,
                source,
            })
        })?;
        Ok((split, cut.lost))
    }

    fn tick(&self, cut: &Cut, usage: &Usage) -> Tick {
        Tick {
            rows: 1,
            failed: u64::from(cut.lost),
            tokens: usage.completion_tokens.known(),
            cached: u64::from(usage.is_free()),
        }
    }

    fn row_bytes(&self, generation: &Generation) -> usize {
        generation.reasoning.len() + generation.answer_text.len()
    }

    fn held_bytes(&self, generation: &Generation, cut: &Cut) -> usize {
        let spans = cut.spans.capacity() * size_of::<Range<usize>>();
        generation.reasoning.capacity() + generation.answer_text.capacity() + spans
    }

    /// One with endpoints asks about every text; who has none is not heard ahead.
    fn may_know(&self) -> bool {
        false
    }
}

/// What there is to cut of a generation: its thought, nothing if it failed.
pub fn text(generation: &Generation) -> &str {
    if generation.failed() { "" } else { generation.thought() }
}

fn record(summary: &mut Summary, split: &Split, lost: bool) {
    let Summary { rows, failed, skipped, counts } = summary;
    *rows += 1;
    // There was nothing to cut.
    *skipped += u64::from(split.steps.is_empty() && !lost);
    *failed += u64::from(lost);
    let mut add = |name: &str, count: u64| *counts.entry(name.to_owned()).or_default() += count;
    add("steps", split.steps.len() as u64);
    add("tokens", u64::from(split.tokens));
    add("without_steps", u64::from(split.steps.is_empty()));
    if split.note.is_some() {
        add("with_note", 1);
    }
}

fn measure(
    spans: &[Range<usize>],
    tokenizer: &Tokenizer,
    generation: &Generation,
    split: &mut Split,
) -> Result<(), TokenizerError> {
    let thought = generation.thought();
    if !thought.is_empty() {
        (split.tokens, split.steps) = count(tokenizer, thought, spans)?;
    }
    // The whole reply of a model that does not think is its thought; it must not count twice.
    if generation.reasoning_source != Generation::NO_REASONING {
        split.answer_tokens = tokenizer.try_count(&generation.answer_text)?;
    }
    Ok(())
}

/// Tokens of the text and its steps. A step's tokens are those that start in it or behind it before the next
/// one; the first step also takes what stands before it.
pub(crate) fn count(
    tokenizer: &Tokenizer,
    text: &str,
    spans: &[Range<usize>],
) -> Result<(u32, Vec<Step>), TokenizerError> {
    let Some((_, later)) = spans.split_first() else { return Ok((tokenizer.try_count(text)?, Vec::new())) };
    let narrow = |at: usize| u32::try_from(at).map_err(|_| TokenizerError::TooLong { bytes: text.len() });
    let mut cuts = vec![0];
    for span in later {
        cuts.push(narrow(span.start)?);
    }
    cuts.push(narrow(text.len())?);
    let counts = tokenizer.try_count_between(text, &cuts)?;
    let mut steps = Vec::with_capacity(spans.len());
    for (span, tokens) in spans.iter().zip(&counts) {
        steps.push(Step { start: narrow(span.start)?, end: narrow(span.end)?, tokens: *tokens });
    }
    Ok((counts.iter().sum(), steps))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use stage::{Silent, Tick};
    use tables::{Finish, Split, TableWriter};

    use super::*;
    use crate::spans::testing::splitter;

    fn generation(sample: u32, source: &str, reasoning: &str, answer: &str) -> Generation {
        Generation {
            problem_id: "p".into(),
            sample,
            model: "m".into(),
            reasoning: reasoning.into(),
            answer_text: answer.into(),
            reasoning_source: source.into(),
            finish: Finish::Stop,
            ..Generation::default()
        }
    }

    fn write(path: &Path, rows: Vec<Generation>) {
        let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
        rows.into_iter().for_each(|row| writer.push(row).unwrap());
        writer.finish().unwrap();
    }

    fn run(
        splitter: &dyn Splitter,
        tokenizer: &Tokenizer,
        (generations, out): (&Path, &Path),
        provenance: &Provenance,
        observer: &dyn Observer,
    ) -> Result<Summary, StageError> {
        split(&Splitting { splitter, tokenizer, generations }, out, provenance, None, observer)
    }

    fn steps(split: &Split) -> Vec<(u32, u32, u32)> {
        split.steps.iter().map(|step| (step.start, step.end, step.tokens)).collect()
    }

    #[test]
    fn one_row_for_every_generation() {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("g.parquet"), folder.path().join("s.parquet"));
        let failed = Generation { finish: Finish::Error, ..generation(4, "none", "", "lost") };
        write(
            &input,
            vec![
                generation(0, "tags", "\n\none two\n\nthree\n\n", "four five six"),
                generation(1, "none", "", "one\n\ntwo three"),
                generation(2, "tags", "", "four"),
                generation(3, "unclosed", " \n ", ""),
                failed,
            ],
        );
        let tokenizer = Tokenizer::approximate();
        let separator = splitter(SPLITTERS.usual_table());
        let provenance = Provenance { fingerprint: "f".into(), ..Provenance::default() };
        let summary = run(&*separator, &tokenizer, (&input, &output), &provenance, &Silent).unwrap();
        assert_eq!((summary.rows, summary.failed), (5, 0));
        let counts: Vec<(&str, u64)> =
            summary.counts.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        assert_eq!(counts, [("steps", 4), ("tokens", 10), ("without_steps", 3)]);

        let reader = TableReader::<Split>::open(&output).unwrap();
        let notes = &reader.provenance().notes;
        assert_eq!(
            (notes["tokenizer"].as_str(), notes["tokenizer_exact"].as_str()),
            ("approximate", "false")
        );
        assert_eq!(reader.provenance().fingerprint, "f");
        let rows: Vec<Split> = reader.map(Result::unwrap).collect();
        let check = |row: usize, expect: &[(u32, u32, u32)], tokens: u32, answer_tokens: u32| {
            let split = &rows[row];
            assert_eq!(split.sample as usize, row);
            assert_eq!(
                (steps(split).as_slice(), split.tokens, split.answer_tokens),
                (expect, tokens, answer_tokens)
            );
        };
        check(0, &[(2, 9, 4), (11, 16, 2)], 6, 3);
        check(1, &[(0, 3, 2), (5, 14, 2)], 4, 0);
        check(2, &[], 0, 1);
        check(3, &[], 0, 0);
        check(4, &[], 0, 0);
        assert_eq!(rows[0].tokens_through(0), 4);
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("g.parquet");
        write(
            &input,
            (0..500).map(|n| generation(n, "tags", &"a b.\n\n".repeat(n as usize % 40), "c")).collect(),
        );
        let once = |name: &str| {
            let output = folder.path().join(name);
            let splitter = splitter(SPLITTERS.usual_table());
            let tokenizer = Tokenizer::builtin().unwrap();
            run(&*splitter, &tokenizer, (&input, &output), &Provenance::default(), &Silent).unwrap();
            std::fs::read(output).unwrap()
        };
        assert!(once("a") == once("b"));
    }

    /// Stops after the first chunk.
    #[derive(Default)]
    struct Impatient(Mutex<Vec<Tick>>);

    impl Observer for Impatient {
        fn advance(&self, tick: Tick) {
            self.0.lock().unwrap().push(tick);
        }

        fn interrupted(&self) -> bool {
            !self.0.lock().unwrap().is_empty()
        }
    }

    #[test]
    fn an_interrupt_is_heard_after_every_chunk_and_leaves_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("g.parquet"), folder.path().join("s.parquet"));
        write(&input, (0..5000).map(|n| generation(n, "tags", "a", "b")).collect());
        let (splitter, observer) = (splitter(SPLITTERS.usual_table()), Impatient::default());
        let (tokenizer, paths) = (Tokenizer::approximate(), (input.as_path(), output.as_path()));
        let error = run(&*splitter, &tokenizer, paths, &Provenance::default(), &observer).unwrap_err();
        assert_eq!(error.to_string(), "interrupted after 2048 rows; run the same command again to go on");
        assert_eq!(tables::Blamed::blame(&error), tables::Blame::Interrupted);
        assert_eq!(observer.0.lock().unwrap().as_slice(), [Tick { rows: 2048, ..Tick::default() }]);
        assert!(!output.exists());
    }
}
