//! The stage: generations in, one [`Split`] for each out.

use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use tables::stage::{Interrupted, Observer, Summary, Tick};
use tables::{Generation, Provenance, Split, Step, TableError, TableReader, TableWriter};
use tokens::{Tokenizer, TokenizerError};

use crate::{Cut, Models, SplitError, Splitter};

/// Texts that are worked on at once; what the stage holds in memory is a small multiple of it.
const CHUNK: Chunk = Chunk { bytes: 4 << 20, rows: 2048 };
/// The same where a model is asked about each: fewer, so that one hears of it.
const ASKING_CHUNK: Chunk = Chunk { bytes: 2 << 20, rows: 512 };

/// A chunk ends at this many bytes of text or at this many generations.
struct Chunk {
    bytes: usize,
    rows: usize,
}

/// Splits every generation of a table, in its order. A generation that failed has no steps.
///
/// A splitter that [asks](Splitter::endpoints) needs `models`. A generation for which a call failed is cut in another
/// way, its split says so, and it counts as failed: it is worth another try. If models are out of reach, nothing is
/// published.
///
/// The table that is written names the tokenizer in its footer (`tokenizer`) and whether its counts are the
/// model's own (`tokenizer_exact`: `true` or `false`).
pub fn run(
    splitter: &dyn Splitter,
    models: Option<Models<'_>>,
    tokenizer: &Tokenizer,
    generations: &Path,
    out: &Path,
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<Summary, SplitError> {
    let mut reader = TableReader::<Generation>::open(generations)?;
    observer.total(reader.len());
    let provenance = provenance
        .with("tokenizer", tokenizer.name())
        .with("tokenizer_exact", tokenizer.is_exact().to_string());
    let mut writer = TableWriter::<Split>::create(out, &provenance)?;
    let asks = !splitter.endpoints().is_empty();
    let size = if asks { ASKING_CHUNK } else { CHUNK };
    let mut summary = Summary::default();
    loop {
        if observer.interrupted() {
            return Err(Interrupted { done: summary.rows }.into());
        }
        let chunk = next_chunk(&mut reader, &size)?;
        if chunk.is_empty() {
            break;
        }
        let cuts = match asks {
            true => talked(splitter, &chunk, models).map_err(|error| after(error, summary.rows))?,
            false => vec![None; chunk.len()],
        };
        let splits: Result<Vec<(Split, bool)>, SplitError> = chunk
            .par_iter()
            .zip(cuts)
            .map(|(generation, cut)| split(splitter, cut, tokenizer, generation, generations))
            .collect();
        let mut tick = Tick::default();
        for (split, lost) in splits? {
            tick.rows += 1;
            tick.failed += u64::from(lost);
            tick.tokens += u64::from(split.tokens) + u64::from(split.answer_tokens);
            record(&mut summary, &split, lost);
            writer.push(split)?;
        }
        observer.advance(tick);
    }
    models.map_or(Ok(()), |models| (models.stop)())?;
    summary.rows = writer.finish()?;
    Ok(summary)
}

/// An interruption with what was done before it.
fn after(error: SplitError, done: u64) -> SplitError {
    if matches!(error, SplitError::Interrupted(_)) { Interrupted { done }.into() } else { error }
}

/// The cuts of a chunk by models; of no use where there is nothing to cut.
fn talked(
    splitter: &dyn Splitter,
    chunk: &[Generation],
    models: Option<Models<'_>>,
) -> Result<Vec<Option<Cut>>, SplitError> {
    let texts: Vec<&str> = chunk.iter().map(text).collect();
    crate::models::cut_all(splitter, &texts, models)
}

fn text(generation: &Generation) -> &str {
    if generation.failed() { "" } else { generation.thought() }
}

fn next_chunk(reader: &mut TableReader<Generation>, size: &Chunk) -> Result<Vec<Generation>, TableError> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while bytes < size.bytes && chunk.len() < size.rows {
        let Some(generation) = reader.next().transpose()? else { break };
        bytes += generation.reasoning.len() + generation.answer_text.len();
        chunk.push(generation);
    }
    Ok(chunk)
}

fn record(summary: &mut Summary, split: &Split, lost: bool) {
    summary.rows += 1;
    summary.failed += u64::from(lost);
    let mut add = |name: &str, count: u64| *summary.counts.entry(name.to_owned()).or_default() += count;
    add("steps", split.steps.len() as u64);
    add("tokens", u64::from(split.tokens));
    add("without_steps", u64::from(split.steps.is_empty()));
    if split.note.is_some() {
        add("with_note", 1);
    }
}

/// The split of one generation, and whether a call about it was lost; `cut` is what models said about it.
fn split(
    splitter: &dyn Splitter,
    cut: Option<Cut>,
    tokenizer: &Tokenizer,
    generation: &Generation,
    generations: &Path,
) -> Result<(Split, bool), SplitError> {
    let mut split =
        Split { problem_id: generation.problem_id.clone(), sample: generation.sample, ..Split::default() };
    if generation.failed() {
        return Ok((split, false));
    }
    let thought = generation.thought();
    let Cut { spans, note, lost } =
        cut.unwrap_or_else(|| Cut { spans: splitter.spans(thought), ..Cut::default() });
    split.note = note;
    let counted = measure(&spans, tokenizer, generation, &mut split);
    counted.map(|()| (split, lost)).map_err(|source| SplitError::Text {
        generations: generations.to_owned(),
        problem_id: generation.problem_id.clone(),
        sample: generation.sample,
        source,
    })
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

    use serde_json::json;
    use tables::Finish;
    use tables::stage::Silent;

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
        let separator = splitter(json!({"kind": "separator"}));
        let provenance = Provenance { fingerprint: "f".into(), ..Provenance::default() };
        let summary = run(&*separator, None, &tokenizer, &input, &output, provenance, &Silent).unwrap();
        assert_eq!((summary.rows, summary.failed), (5, 0));
        let counts: Vec<(&str, u64)> =
            summary.counts.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        assert_eq!(counts, [("steps", 4), ("tokens", 12), ("without_steps", 3)]);

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
        check(3, &[], 2, 0);
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
            let splitter = splitter(json!({"kind": "separator"}));
            run(
                &*splitter,
                None,
                &Tokenizer::builtin().unwrap(),
                &input,
                &output,
                Provenance::default(),
                &Silent,
            )
            .unwrap();
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
        let (splitter, observer) = (splitter(json!({"kind": "separator"})), Impatient::default());
        let error = run(
            &*splitter,
            None,
            &Tokenizer::approximate(),
            &input,
            &output,
            Provenance::default(),
            &observer,
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "interrupted after 2048 rows; run the same command again to go on");
        assert_eq!(error.blame(), tables::stage::Blame::Interrupted);
        assert_eq!(
            observer.0.lock().unwrap().as_slice(),
            [Tick { rows: 2048, tokens: 4096, ..Tick::default() }]
        );
        assert!(!output.exists());
    }
}
