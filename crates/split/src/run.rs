//! The stage where the splitter asks nobody: generations in, one split for each out.

use std::path::Path;

use rayon::prelude::*;
use stage::{Interrupted, Observer, Summary};
use tables::{Generation, Provenance, TableError, TableReader};
use tokens::Tokenizer;

use crate::{Cut, Sink, SplitError, Splitter};

/// A chunk ends at this many bytes of text or at this many generations; what the stage holds in memory is a small
/// multiple of it.
const CHUNK: Chunk = Chunk { bytes: 4 << 20, rows: 2048 };

struct Chunk {
    bytes: usize,
    rows: usize,
}

/// Splits every generation of a table, in its order, by the splitter's own word ([`Splitter::spans`]). Where it
/// would rather [ask](Splitter::endpoints), whoever puts its questions fills a [`Sink`] instead.
pub fn run(
    splitter: &dyn Splitter,
    tokenizer: &Tokenizer,
    paths: (&Path, &Path),
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<Summary, SplitError> {
    let (mut generations, mut sink) = Sink::open(tokenizer, paths, provenance)?;
    observer.total(generations.len());
    let cut = |generation: Generation| {
        let spans = splitter.spans(text(&generation));
        (generation, Cut { spans, ..Cut::default() })
    };
    loop {
        if observer.interrupted() {
            return Err(Interrupted { done: sink.rows() }.into());
        }
        let chunk = next_chunk(&mut generations)?;
        if chunk.is_empty() {
            break;
        }
        observer.advance(sink.push(chunk.into_par_iter().map(cut).collect())?);
    }
    Ok(sink.finish()?)
}

/// What there is to cut of a generation: its thought, nothing if it failed.
pub fn text(generation: &Generation) -> &str {
    if generation.failed() { "" } else { generation.thought() }
}

fn next_chunk(reader: &mut TableReader<Generation>) -> Result<Vec<Generation>, TableError> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while bytes < CHUNK.bytes && chunk.len() < CHUNK.rows {
        let Some(generation) = reader.next().transpose()? else { break };
        bytes += generation.reasoning.len() + generation.answer_text.len();
        chunk.push(generation);
    }
    Ok(chunk)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;
    use stage::{Silent, Tick};
    use tables::{Blame, Blamed, Finish, Split, TableWriter};

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
        let summary = run(&*separator, &tokenizer, (&input, &output), provenance, &Silent).unwrap();
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
            let tokenizer = Tokenizer::builtin().unwrap();
            run(&*splitter, &tokenizer, (&input, &output), Provenance::default(), &Silent).unwrap();
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
        let (tokenizer, paths) = (Tokenizer::approximate(), (input.as_path(), output.as_path()));
        let error = run(&*splitter, &tokenizer, paths, Provenance::default(), &observer).unwrap_err();
        assert_eq!(error.to_string(), "interrupted after 2048 rows; run the same command again to go on");
        assert_eq!(error.blame(), Blame::Interrupted);
        assert_eq!(
            observer.0.lock().unwrap().as_slice(),
            [Tick { rows: 2048, tokens: 4096, ..Tick::default() }]
        );
        assert!(!output.exists());
    }
}
