//! Rows as other tools write them, one fixture a format: what is taken, what is left out, and that each is told from
//! all others.

#![expect(clippy::disallowed_methods, reason = "a test")]

use std::io::Write;
use std::path::PathBuf;

use arrow_schema::FieldRef;
use parquet::arrow::ArrowWriter;
use serde_arrow::schema::{SchemaLike, TracingOptions};
use serde_json::{Value, json};
use tables::Finish;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::*;
use crate::foreign::{Reading, recognise};
use crate::{Import, ImportOutputs, formats};

/// Format and fixture.
const FIXTURES: &[(&str, &str)] = &[
    ("chat-messages", "chat_messages.jsonl"),
    ("columns", "columns.jsonl"),
    ("curated", "curated.jsonl"),
    ("easydistill", "easydistill.jsonl"),
    ("evalscope-0-predictions", "evalscope_0_predictions.jsonl"),
    ("evalscope-0-reviews", "evalscope_0_reviews.jsonl"),
    ("evalscope-predictions", "evalscope_predictions.jsonl"),
    ("evalscope-reviews", "evalscope_reviews.jsonl"),
    ("lighteval", "lighteval.jsonl"),
    ("lighteval-0", "lighteval_0.jsonl"),
    ("lm-eval", "lm_eval.jsonl"),
    ("mr-gsm8k", "mr_gsm8k.jsonl"),
    ("ms-swift", "ms_swift.jsonl"),
    ("omnithought", "omnithought.jsonl"),
    ("open-r1", "open_r1.jsonl"),
    ("openai-batch", "openai_batch.jsonl"),
    ("openai-batch-input", "openai_batch_input.jsonl"),
    ("opencompass", "opencompass.json"),
    ("openthoughts", "openthoughts.jsonl"),
    ("openthoughts-metadata", "openthoughts_metadata.jsonl"),
    ("prmbench", "prmbench.jsonl"),
    ("processbench", "processbench.jsonl"),
    ("reasoning-gym", "reasoning_gym.jsonl"),
    ("trl-preference", "trl_preference.jsonl"),
    ("trl-stepwise", "trl_stepwise.jsonl"),
];

pub(super) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// What an import wrote.
struct Imported {
    import: Import,
    problems: Vec<Problem>,
    replies: Vec<Reply>,
    labels: String,
}

/// Imports files that stand under `root`, whose name is cut off from messages.
fn import_from(root: &Path, files: &[PathBuf], more: Value) -> Result<Imported, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut table = kind("recorded", more);
    table["path"] = files.iter().map(|file| file.display().to_string()).collect();
    let place = |name: &str| folder.path().join(name);
    let out = ImportOutputs {
        problems: place("problems.parquet"),
        replies: place("replies.parquet"),
        labels: place("labels.jsonl"),
    };
    let relative = |text: String| text.replace(&format!("{}/", root.display()), "");
    let load = parse(&table, "dataset").map_err(|faults| faults.to_string())?;
    let import = load.import(&out, Provenance::default(), &Silent).map_err(|e| relative(e.to_string()))?;
    assert_eq!(load.models().unwrap(), import.models, "the models are told without an import as well");
    Ok(Imported {
        import,
        problems: rows_of(&out.problems),
        replies: rows_of(&out.replies),
        labels: std::fs::read_to_string(&out.labels).unwrap_or_default(),
    })
}

fn import(name: &str, more: Value) -> Result<Imported, String> {
    let path = fixture(name);
    import_from(path.parent().unwrap(), std::slice::from_ref(&path), more)
}

/// Everything that an import says, for a person to look at.
fn shown(imported: &Imported, root: &Path) -> String {
    let mut text = String::new();
    for p in &imported.problems {
        text += &format!("problem {} [{}] {}\n  {:?} = {:?}", p.id, p.subset, p.dataset, p.problem, p.gold);
        text += &p.solution.as_ref().map(|solution| format!(" by {solution:?}")).unwrap_or_default();
        text += &format!(
            "{}\n",
            if p.choices.is_empty() { String::new() } else { format!(" of {:?}", p.choices) }
        );
    }
    for r in &imported.replies {
        let id = r.trace_id.as_deref().unwrap_or("-");
        text += &format!(
            "reply {} {} #{} {id} {:?}\n  {:?}\n",
            r.problem_id, r.model, r.sample, r.finish, r.content
        );
        let field = r.reasoning_field.as_deref().unwrap_or_default();
        text += &r.reasoning.as_ref().map(|text| format!("  {field}: {text:?}\n")).unwrap_or_default();
        text += &r.error.as_ref().map(|error| format!("  error: {error}\n")).unwrap_or_default();
        let figures =
            (r.prompt_tokens, r.completion_tokens, r.reasoning_tokens, r.seconds, r.first_token_seconds);
        if figures != (None, None, None, None, None) {
            text += &format!("  {figures:?}\n");
        }
        text += &r.extra.as_ref().map(|extra| format!("  {extra}\n")).unwrap_or_default();
    }
    for file in &imported.import.files {
        text += &format!("file {} as {}: {}\n", file.file, file.format, file.evidence);
        let counts = (file.rows, file.problems, file.replies, file.labelled, file.joined);
        text += &format!("  rows, problems, replies, labelled, joined: {counts:?} of {:?}\n", file.models);
        text.extend(
            file.left_out
                .iter()
                .map(|left| format!("  left out {}: {} ({})\n", left.rows, left.reason, left.first)),
        );
        text.extend(file.notes.iter().map(|note| format!("  note: {note}\n")));
        if !file.columns_not_taken.is_empty() {
            text += &format!("  not taken: {}\n", file.columns_not_taken.join(", "));
        }
    }
    text += &imported.labels;
    text.replace(&format!("{}/", root.display()), "")
}

#[test]
fn each_format_is_told_and_taken() {
    for (format, name) in FIXTURES {
        // The input of a batch holds no replies; it is taken together with the output below.
        if *format == "openai-batch-input" || *format == "openai-batch" {
            continue;
        }
        let imported =
            import(name, json!({"model": "unnamed"})).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(imported.import.files[0].format, *format);
        insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(format.replace('-', "_"), shown(&imported, fixture("x").parent().unwrap()));
        });
    }
}

#[test]
fn each_fixture_is_recognised_as_itself_and_nothing_else() {
    for (format, name) in FIXTURES {
        let (input, reading) = recognise(&fixture(name)).unwrap();
        let found = match &reading {
            Reading::Columns { .. } => "columns",
            Reading::Format(recognised) => recognised.format.name(),
            Reading::Not { reason } => panic!("{name}: {reason}"),
        };
        assert_eq!(found, *format, "{name}");
        // No row of it fits another format as well as its own.
        for row in input.open().unwrap().map(Result::unwrap) {
            let lines = format!("{}\n", Value::Object(row.cells));
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("one.jsonl");
            std::fs::write(&path, lines).unwrap();
            match recognise(&path).unwrap().1 {
                Reading::Format(recognised) => {
                    assert_eq!(recognised.format.name(), *format, "{name}: {}", row.origin)
                }
                // A row that lost what tells its format fits nothing, and never something else.
                Reading::Columns { .. } | Reading::Not { .. } => {}
            }
        }
    }
    let named: std::collections::BTreeSet<&str> = FIXTURES.iter().map(|(format, _)| *format).collect();
    let all = formats().into_iter().map(|(name, _)| name).filter(|name| *name != "inspect");
    assert_eq!(named, all.collect(), "every format has a fixture");
}

#[test]
fn a_format_that_is_said_is_believed() {
    let by_columns = import("chat_messages.jsonl", json!({"model": "m", "format": "columns"})).unwrap();
    assert_eq!(by_columns.import.files[0].format, "columns");
    let finish: Vec<Finish> = by_columns.replies.iter().map(|reply| reply.finish).collect();
    assert_eq!(
        finish,
        [Finish::Unknown, Finish::Unknown, Finish::Error],
        "a row without a reply is one by columns"
    );
    let error = import("columns.jsonl", json!({"format": "lm-eval", "model": "m"})).err().unwrap();
    assert_eq!(error, "no problem was taken: 1 rows of columns.jsonl (lm-eval): the row has no `resps`");
    let error = import("columns.jsonl", json!({"format": "inspect"})).err().unwrap();
    assert_eq!(error, "columns.jsonl: no ZIP archive, which inspect is");
    let error = import("columns.jsonl", json!({"format": "lmeval"})).err().unwrap();
    assert!(
        error.starts_with("dataset.format: unknown format `lmeval` (did you mean `lm-eval`?)"),
        "{error}"
    );
}

#[test]
fn what_fits_half_or_twice_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let check = |rows: &[Value], expect: &str| {
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
        let error = import_from(folder.path(), &[path], json!({"model": "m"})).err().unwrap();
        assert_eq!(error, expect);
    };
    check(
        &[json!({"doc": {"question": "q"}, "resps": [["a"]], "target": "1"})],
        "a.jsonl:1: no column for `problem` (known names: problem, question, prompt, input, query, instruction); the \
         row has: doc, resps, target (did you mean `doc.question`?); name it with `columns.problem = \"…\"`; the rows \
         have `doc`, `target`, `resps` as lm-eval has, but no `filtered_resps`, so they were not read as that",
    );
    let chat = json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]});
    let preference = json!({"prompt": "q", "chosen": "a", "rejected": "b"});
    check(
        &[chat.clone(), preference],
        "a.jsonl: line 1 fits chat-messages, line 2 fits trl-preference; say which with `format = \"…\"`, or put them \
         into files of their own",
    );
    let mut both = chat;
    both["conversations"] = json!([{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]);
    check(&[both], "a.jsonl: line 1 fits chat-messages and openthoughts; say which with `format = \"…\"`");
    let lost = json!({"prompt": "q", "chosen": "a", "rejected": "b"});
    let path = folder.path().join("b.jsonl");
    std::fs::write(&path, format!("{lost}\n")).unwrap();
    let error = import_from(folder.path(), &[path], json!({})).err().unwrap();
    assert_eq!(
        error,
        "b.jsonl:1: nothing says whose replies these are (read as trl-preference); say it with `model = \"…\"`, or \
         with `--model` on the command line"
    );
}

/// An archive as inspect writes it.
fn archive(path: &Path, method: CompressionMethod) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let mut add = |name: &str, value: Value| {
        zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(value.to_string().as_bytes()).unwrap();
    };
    add("_journal/start.json", json!({"version": 2, "eval": {"task": "sums", "model": "lab/sage"}}));
    let reasoning = json!([{"type": "reasoning", "reasoning": "Seven\n\nand five.", "redacted": false},
        {"type": "reasoning", "reasoning": "xxxx", "redacted": true}, {"type": "text", "text": "12"}]);
    let sample = |id: Value, epoch: u32, content: Value, stop: &str| {
        json!({"id": id, "epoch": epoch, "input": "What is 7 + 5?", "target": ["12", "twelve"], "metadata": {"level": 2},
            "messages": [{"role": "user", "content": "What is 7 + 5?"}, {"role": "assistant", "content": content}],
            "output": {"model": "sage-2026", "choices": [{"message": {"role": "assistant", "content": content}, "stop_reason": stop}],
                "usage": {"input_tokens": 9, "output_tokens": 20, "reasoning_tokens": 12}, "time": 1.5},
            "scores": {"match": {"value": "C", "answer": "12"}}, "uuid": format!("uuid-{epoch}"),
            "events": [{"huge": "x"}], "attachments": {"abc": "attached text"}})
    };
    add("samples/add_epoch_1.json", sample(json!("add"), 1, reasoning, "stop"));
    add("samples/add_epoch_2.json", sample(json!("add"), 2, json!("attachment://abc"), "max_tokens"));
    let mut failed = sample(json!(2), 1, json!(""), "unknown");
    failed["input"] = json!([{"role": "system", "content": "s"}, {"role": "user", "content": "Which?"}]);
    failed["output"] = json!({"model": "sage-2026", "choices": []});
    failed["messages"] = json!([]);
    failed["error"] = json!({"message": "time-out"});
    failed["target"] = json!("B");
    failed["choices"] = json!(["A", "B"]);
    add("samples/2_epoch_1.json", failed);
    add("header.json", json!({"version": 2, "eval": {"task": "sums", "model": "lab/sage"}, "results": {}}));
    zip.finish().unwrap();
}

#[test]
fn logs_of_inspect_are_taken_however_they_are_packed() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = None;
    for method in [CompressionMethod::Zstd, CompressionMethod::Deflated, CompressionMethod::Stored] {
        let path = folder.path().join("log.eval");
        archive(&path, method);
        let imported = import_from(folder.path(), &[path], json!({})).unwrap();
        let text = shown(&imported, folder.path());
        assert_eq!(first.get_or_insert_with(|| text.clone()), &text, "{method:?}");
    }
    insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("inspect", first.unwrap());
    });
    let other = folder.path().join("other.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&other).unwrap());
    zip.start_file("notes.txt", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    let error = import_from(folder.path(), &[other], json!({})).err().unwrap();
    let expect =
        "other.zip: a ZIP archive that is no log of inspect: no member `samples/….json` among 1 (notes.txt…)";
    assert_eq!(error, expect);
    let whole = folder.path().join("log.json");
    std::fs::write(
        &whole,
        "{\n  \"version\": 2,\n  \"status\": \"success\",\n  \"eval\": {},\n \"samples\": []}",
    )
    .unwrap();
    let error = import_from(folder.path(), &[whole], json!({})).err().unwrap();
    assert!(error.contains("a log of inspect as one JSON document; write it as `.eval` with"), "{error}");
}

#[test]
fn details_of_lighteval_are_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let parts = folder.path().join("details/lab/sage/2026-01-31T10-00-00.000000");
    std::fs::create_dir_all(&parts).unwrap();
    let path = parts.join("details_math|sums|0_2026-01-31T10-00-00.000000.parquet");
    // One number where it is one, as tasks with a single answer have it.
    let text = std::fs::read_to_string(fixture("lighteval.jsonl")).unwrap();
    let text = text
        .replace("\"gold_index\": [0]", "\"gold_index\": 0")
        .replace("\"gold_index\": [1]", "\"gold_index\": 1");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let tracing = TracingOptions::default().allow_null_fields(true).coerce_numbers(true);
    let fields = Vec::<FieldRef>::from_samples(&rows, tracing).unwrap();
    let batch = serde_arrow::to_record_batch(&fields, &rows).unwrap();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let imported = import_from(folder.path(), &[path], json!({})).unwrap();
    assert_eq!(imported.import.files[0].format, "lighteval");
    assert_eq!(imported.import.models, ["lab/sage"]);
    let lines = import("lighteval.jsonl", json!({"model": "lab/sage"})).unwrap();
    assert_eq!(imported.replies, lines.replies, "Parquet and lines say the same");
    let names = |loaded: &Imported| {
        loaded.problems.iter().map(|p| (p.id.clone(), p.dataset.clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(&imported)[0], names(&lines)[0]);
}

#[test]
fn files_of_one_run_are_joined() {
    let folder = tempfile::tempdir().unwrap();
    let put = |place: &str, name: &str| {
        let path = folder.path().join(place);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(fixture(name), &path).unwrap();
        path
    };
    let snapshot = |name: &str, files: &[PathBuf]| {
        let there =
            import_from(folder.path(), files, json!({})).unwrap_or_else(|error| panic!("{name}: {error}"));
        let back: Vec<PathBuf> = files.iter().rev().cloned().collect();
        let again = import_from(folder.path(), &back, json!({})).unwrap();
        assert_eq!(there.replies, again.replies, "{name}: the order of the files is of no consequence");
        insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(name, shown(&there, folder.path()));
        });
    };
    let predictions = put("predictions/sage-7b/sums_Level 1.jsonl", "evalscope_predictions.jsonl");
    let reviews = put("reviews/sage-7b/sums_Level 1.jsonl", "evalscope_reviews.jsonl");
    snapshot("join_evalscope", &[predictions.clone(), reviews.clone()]);
    let predictions_0 = put("old/predictions/sage-7b/sums.jsonl", "evalscope_0_predictions.jsonl");
    let reviews_0 = put("old/reviews/sage-7b/sums.jsonl", "evalscope_0_reviews.jsonl");
    snapshot("join_evalscope_0", &[predictions_0, reviews_0]);
    let output = put("out.jsonl", "openai_batch.jsonl");
    let input = put("in.jsonl", "openai_batch_input.jsonl");
    snapshot("join_openai_batch", &[output.clone(), input.clone()]);
    // Without the questions the replies are measured all the same.
    assert!(import_from(folder.path(), &[output], json!({})).is_ok());
    // Reviews of another file with the same numbers: told, not mixed.
    let text = std::fs::read_to_string(&reviews).unwrap().replace("What is 7 + 5?", "What is 1 + 1?");
    std::fs::write(&reviews, text).unwrap();
    let error = import_from(folder.path(), &[predictions, reviews], json!({})).err().unwrap();
    assert_eq!(
        error,
        "predictions/sage-7b/sums_Level 1.jsonl:2: the two rows of one reply do not ask the same question \
         (reviews/sage-7b/sums_Level 1.jsonl:1); keep the folders of the run, or import one file at a time"
    );
}

#[test]
fn files_of_different_formats_come_in_one_call() {
    let names = ["omnithought.jsonl", "opencompass.json", "columns.jsonl", "processbench.jsonl"];
    let files: Vec<PathBuf> = names.iter().map(|name| fixture(name)).collect();
    let imported = import_from(fixture("x").parent().unwrap(), &files, json!({"model": "sage"})).unwrap();
    let told: Vec<(&str, u64)> =
        imported.import.files.iter().map(|file| (file.format.as_str(), file.replies)).collect();
    assert_eq!(told, [("omnithought", 3), ("opencompass", 3), ("columns", 1), ("processbench", 2)]);
    assert_eq!(imported.import.models, ["DeepSeek-R1", "QwQ-32B", "sage", "sage-7b", "sage-13b"]);
    assert_eq!(imported.labels.lines().count(), 5, "{}", imported.labels);
}

#[test]
fn a_reply_that_several_files_hold_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let row = |text: &str| json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}], "model": "m", "sample": 3});
    let write = |name: &str, row: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{row}\n")).unwrap();
        path
    };
    let (short, long) = (write("short.jsonl", row("a")), write("long.jsonl", row("a")));
    let imported = import_from(folder.path(), &[short.clone(), long], json!({})).unwrap();
    assert_eq!((imported.replies.len(), imported.import.summary.counts["duplicates"]), (1, 1));
    let other = write("long.jsonl", row("b"));
    let error = import_from(folder.path(), &[short, other], json!({})).err().unwrap();
    assert!(
        error.starts_with(
            "short.jsonl:1 and long.jsonl:1: two replies of one model to one problem are both sample 3"
        ),
        "{error}"
    );
}

#[test]
fn names_of_models_stand_beside_or_above_the_samples_of_lm_eval() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("lab__sage");
    std::fs::create_dir_all(&run).unwrap();
    let path = run.join("samples_sums_2026-01-31T10-00-00.000000.jsonl");
    std::fs::copy(fixture("lm_eval.jsonl"), &path).unwrap();
    let imported = import_from(folder.path(), std::slice::from_ref(&path), json!({})).unwrap();
    assert_eq!(
        (imported.import.models.as_slice(), imported.problems[0].dataset.as_str()),
        (&["lab/sage".to_owned()][..], "sums")
    );
    std::fs::write(run.join("results_2026-01-31T10-00-00.000000.json"), "{\"model_name\": \"lab/sage_2\"}")
        .unwrap();
    let imported = import_from(folder.path(), std::slice::from_ref(&path), json!({})).unwrap();
    assert_eq!(imported.import.models, ["lab/sage_2"]);
    // The folder as a whole: the results file is no rows, which is told.
    std::fs::write(
        run.join("results_2026-01-31T10-00-00.000000.json"),
        "{\n  \"model_name\": \"lab/sage_2\"\n}",
    )
    .unwrap();
    let whole = import_from(folder.path(), std::slice::from_ref(&run), json!({})).unwrap();
    let formats: Vec<&str> = whole.import.files.iter().map(|file| file.format.as_str()).collect();
    assert_eq!(formats, ["none", "lm-eval"]);
    assert!(
        whole.import.files[0].evidence.contains("neither a problem nor a reply"),
        "{:?}",
        whole.import.files[0]
    );
    let imported = import_from(folder.path(), &[path], json!({"model": "mine"})).unwrap();
    assert_eq!(imported.import.models, ["mine"], "what is said goes before what a folder tells");
}

#[test]
fn settings_of_a_source_hold_for_formats_too() {
    let imported =
        import("open_r1.jsonl", json!({"model": "m", "subset": "problem_type", "name": "R1", "limit": 1}))
            .unwrap();
    let problem = &imported.problems[0];
    assert_eq!(
        (problem.id.as_str(), problem.subset.as_str(), problem.dataset.as_str()),
        ("u-1", "Algebra", "R1")
    );
    assert_eq!(imported.replies.len(), 2);
    let by_content = json!({"model": "m", "format": "open-r1", "columns": {"problem_id": ""}});
    assert!(import("open_r1.jsonl", by_content).unwrap().problems[0].id.starts_with("p-"));
}

#[test]
fn cut_and_broken_files_say_where() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, content: &[u8], expect: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let error = import_from(folder.path(), &[path], json!({"model": "m"})).err().unwrap_or_default();
        assert!(error.starts_with(expect), "{name}: {error}");
    };
    let lines = std::fs::read(fixture("processbench.jsonl")).unwrap();
    let cut = &lines[..lines.len() - 20];
    check("a.jsonl", cut, "a.jsonl:2, column ");
    check("a.jsonl", &[&lines[..40], b"\xff", &lines[40..]].concat(), "a.jsonl:1, byte 41: not UTF-8");
    let document = std::fs::read(fixture("opencompass.json")).unwrap();
    check("a.json", &document[..document.len() - 30], "a.json:32, member 3: the document is cut off");
    check("a.jsonl", b"", "a.jsonl is empty");
    check("a.jsonl.gz", b"\x1f\x8b\x08", "cannot read a.jsonl.gz: ");
    let path = folder.path().join("log.eval");
    archive(&path, CompressionMethod::Zstd);
    let whole = std::fs::read(&path).unwrap();
    check("cut.eval", &whole[..whole.len() - 40], "cut.eval cannot be read as a ZIP archive: ");
    let mut broken = whole;
    // Behind the name of the second sample stands its packed text.
    let name = b"samples/add_epoch_2.json";
    let at = broken.windows(name.len()).position(|bytes| bytes == name).unwrap() + name.len();
    broken[at + 30..at + 60].fill(0);
    check("broken.eval", &broken, "broken.eval/samples/add_epoch_2.json cannot be unpacked: ");
}
