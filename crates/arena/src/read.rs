//! Files of votes: which way each is written, and what its rows come to.

use std::path::{Path, PathBuf};

use records::{Container, FileFormat, Input, Row, RowError, Sniffed, sniff};
use serde_json::{Map, Value};

use crate::cells::Cells;
use crate::error::ArenaError;
use crate::file_report::{FileReport, KeptOut};
use crate::formats::{FORMATS, Reading, VoteFormat};
use crate::options::ReadOptions;
use crate::vote::{NamedVote, Names, Vote, Votes};

/// Rows that tell the format.
const LOOKED_AT: usize = 20;

/// The votes of all files together.
///
/// # Errors
/// A file cannot be read, tells no format or several, or holds a row that is wrong; no vote is left.
pub fn read(paths: &[PathBuf], options: &ReadOptions) -> Result<Votes, ArenaError> {
    let mut collector = Collector::default();
    for path in paths {
        collector.file(path, options)?;
    }
    collector.done()
}

#[derive(Default)]
struct Collector {
    votes: Votes,
    models: Names,
    problems: Names,
    clusters: Names,
    voters: Names,
    judges: Names,
}

impl Collector {
    fn file(&mut self, path: &Path, options: &ReadOptions) -> Result<(), ArenaError> {
        let (input, format, evidence) = recognise(path, options)?;
        let (name, format_name) = (input.name(), format.name().to_owned());
        let mut report = FileReport { file: name, format: format_name, evidence, ..FileReport::default() };
        for row in input.open()? {
            let row = row?;
            report.rows += 1;
            let readings = format.read(Cells(&row.cells), options);
            let readings = readings.map_err(|reason| ArenaError::Row { at: row.origin.clone(), reason })?;
            readings.into_iter().for_each(|reading| self.take(reading, &row, &mut report));
        }
        self.votes.files.push(report);
        Ok(())
    }

    fn take(&mut self, reading: Reading, row: &Row, report: &mut FileReport) {
        let why = match reading {
            Reading::KeptOut(why) => why,
            Reading::Vote(vote) => match no_contest(&vote) {
                Some(why) => why,
                None => {
                    report.votes += 1;
                    return self.vote(*vote);
                }
            },
        };
        match report.kept_out.iter_mut().find(|known| known.reason == why) {
            Some(known) => known.verdicts += 1,
            None => report.kept_out.push(KeptOut {
                reason: why.to_owned(),
                verdicts: 1,
                first: row.origin.to_string(),
            }),
        }
    }

    fn vote(&mut self, vote: NamedVote) {
        let place = self.votes.votes.len();
        for (name, pair) in vote.features {
            let column = self.votes.features.entry(name).or_default();
            column.resize(place, None);
            column.push(Some(pair));
        }
        let [first, second] = vote.models;
        self.votes.votes.push(Vote {
            a: self.models.number(first),
            b: self.models.number(second),
            share: vote.share,
            weight: vote.weight,
            both_bad: vote.both_bad,
            placed: vote.placed,
            cluster: vote.cluster.or_else(|| vote.problem.clone()).map(|name| self.clusters.number(name)),
            problem: vote.problem.map(|name| self.problems.number(name)),
            voter: vote.voter.map(|name| self.voters.number(name)),
            judge: vote.judge.map(|name| self.judges.number(name)),
            at: vote.at,
        });
    }

    fn done(self) -> Result<Votes, ArenaError> {
        let mut votes = self.votes;
        if votes.votes.is_empty() {
            let lines = votes.files.iter().map(|file| {
                let out: Vec<String> =
                    file.kept_out.iter().map(|out| format!("{} × {}", out.verdicts, out.reason)).collect();
                format!("{} has {} rows ({})", file.file, file.rows, out.join("; "))
            });
            return Err(ArenaError::NoVotes { reason: lines.collect::<Vec<_>>().join(", ") });
        }
        let count = votes.votes.len();
        votes.features.values_mut().for_each(|column| column.resize(count, None));
        votes.models = self.models.list();
        votes.judges = self.judges.list();
        Ok(votes.sorted())
    }
}

/// Why a vote is not one between two models.
fn no_contest(vote: &NamedVote) -> Option<&'static str> {
    let [first, second] = &vote.models;
    if first.is_empty() || second.is_empty() {
        Some("a model without a name")
    } else {
        (first == second).then_some("a model against itself")
    }
}

type Recognised = (Input, &'static dyn VoteFormat, String);

fn recognise(path: &Path, options: &ReadOptions) -> Result<Recognised, ArenaError> {
    let refuse = |reason: String| ArenaError::Format { path: path.to_owned(), reason };
    let input = open(path, options)?;
    if let Some(name) = &options.format {
        let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
        let format = FORMATS.iter().copied().find(|format| format.name() == name);
        let format = format.ok_or_else(|| {
            refuse(
                plugin::ConfigError::unknown("--votes-format", "format of votes", name, &known).to_string(),
            )
        })?;
        return Ok((input, format, "as it was said".to_owned()));
    }
    let mut told: Option<(&'static dyn VoteFormat, u64)> = None;
    for row in input.open()?.take(LOOKED_AT) {
        let row = row?;
        let format = fitting(&row.cells, options)
            .map_err(|reason| refuse(format!("line {}: {reason}", row.origin.line)))?;
        match told {
            Some((known, line)) if known.name() != format.name() => {
                return Err(refuse(format!(
                    "line {line} is written as {}, line {} as {}; put them into files of their own",
                    known.name(),
                    row.origin.line,
                    format.name()
                )));
            }
            None => told = Some((format, row.origin.line)),
            _ => {}
        }
    }
    let (format, _) = told.ok_or_else(|| refuse("it holds no row".to_owned()))?;
    let evidence = format!("columns {}", format.needs(options).join(", "));
    Ok((input, format, evidence))
}

fn open(path: &Path, options: &ReadOptions) -> Result<Input, RowError> {
    let is_row = |cells: &Map<String, Value>| fitting(cells, options).is_ok();
    match sniff(path, None, &is_row)? {
        Sniffed::Rows(container) => Ok(Input::File(path.to_owned(), container)),
        Sniffed::Zip => Ok(Input::File(path.to_owned(), Container::Plain(FileFormat::of(path)?))),
    }
}

/// The format whose columns a row has: of several the one that asks for most.
fn fitting(cells: &Map<String, Value>, options: &ReadOptions) -> Result<&'static dyn VoteFormat, String> {
    let has = |name: &&str| cells.contains_key(*name) || (*name == "winner" && cells.contains_key("outcome"));
    let fits = |format: &&&'static dyn VoteFormat| format.needs(options).iter().all(has);
    let all: Vec<&'static dyn VoteFormat> = FORMATS.iter().filter(fits).copied().collect();
    let most = all.iter().map(|format| format.needs(options).len()).max();
    let best: Vec<_> = all.into_iter().filter(|format| Some(format.needs(options).len()) == most).collect();
    match best.as_slice() {
        [only] => Ok(*only),
        [] => {
            let columns: Vec<&str> = cells.keys().take(12).map(String::as_str).collect();
            Err(format!(
                "no votes: it has the columns {}; expected `model_a`, `model_b` and `winner`, other names with --column, or \
                 one of the formats {}",
                columns.join(", "),
                FORMATS.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
            ))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|format| format.name()).collect();
            Err(format!("it could be {}; say which with --votes-format", names.join(" or ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome_of(files: &[(&str, &str)], options: &ReadOptions) -> String {
        let folder = tempfile::tempdir().unwrap();
        let write = |(name, text): &(&str, &str)| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let paths: Vec<PathBuf> = files.iter().map(write).collect();
        let text = match read(&paths, options) {
            Ok(votes) => {
                let named =
                    |vote: &Vote| format!("{}:{} {}", votes.models[vote.a], votes.models[vote.b], vote.share);
                let out = |file: &FileReport| {
                    let each =
                        |out: &KeptOut| format!("{} × {} from {}", out.verdicts, out.reason, out.first);
                    let out: Vec<String> = file.kept_out.iter().map(each).collect();
                    format!("[{} {}]", file.format, out.join(", "))
                };
                let votes_of: Vec<String> = votes.votes.iter().map(named).collect();
                let files: Vec<String> = votes.files.iter().map(out).collect();
                format!("{} {}", votes_of.join(", "), files.join(" "))
            }
            Err(error) => format!("error: {error}"),
        };
        text.replace(&format!("{}/", folder.path().display()), "")
    }

    fn check(name: &str, text: &str, expect: &str) {
        assert_eq!(outcome_of(&[(name, text)], &ReadOptions::default()), expect, "{text}");
    }

    #[test]
    fn files_lie_in_many_ways() {
        let line =
            |winner: &str| format!("{{\"model_a\": \"x\", \"model_b\": \"y\", \"winner\": \"{winner}\"}}");
        let lines = [line("model_a"), line("tie")];
        check("v.jsonl", &lines.join("\n"), "x:y 1, x:y 0.5 [columns ]");
        check("v.json", &format!("[{}]", lines.join(",")), "x:y 1, x:y 0.5 [columns ]");
        check(
            "v.csv",
            "model_a,model_b,winner\nx,y,model_b\nx,y,\n",
            "x:y 0 [columns 1 × no verdict: the judge failed or gave none from v.csv:3]",
        );
    }

    #[test]
    fn what_does_not_count_is_counted() {
        let text = "model_a,model_b,winner\nx,y,model_a\nx,x,tie\n,y,tie\nx,x,model_a\n";
        let expect = "x:y 1 [columns 2 × a model against itself from v.csv:3, 1 × a model without a name from v.csv:4]";
        check("v.csv", text, expect);
        let expect =
            "error: there is no vote between two models: v.csv has 1 rows (1 × a model against itself)";
        check("v.csv", "model_a,model_b,winner\nx,x,model_a\n", expect);
    }

    #[test]
    fn faults_name_their_row() {
        check(
            "v.csv",
            "model_a,model_b,winner\nx,y,model_a\nx,y,draw\n",
            "error: v.csv:3: the winner is `draw`; expected model_a, model_b, tie, tie (bothbad) or both_bad",
        );
        check(
            "v.csv",
            "model_a,model_b,winner\nx,y,model_a\nx,y,Tie\n",
            "error: v.csv:3: the winner is `Tie`; expected model_a, model_b, tie, tie (bothbad) or both_bad",
        );
        let found = outcome_of(&[("v.csv", "left,right\nx,y\n")], &ReadOptions::default());
        assert!(
            found.starts_with("error: v.csv: line 2: no votes: it has the columns left, right; expected"),
            "{found}"
        );
    }

    #[test]
    fn formats_are_told_and_not_guessed() {
        let fastchat = "{\"model_a\": \"x\", \"model_b\": \"y\", \"winner\": \"tie\", \"anony\": true, \"tstamp\": 1, \"conv_metadata\": {}}";
        check("v.jsonl", fastchat, "x:y 0.5 [fastchat ]");
        let both = "{\"model_a\": \"x\", \"model_b\": \"y\", \"winner\": \"tie\", \"generator_1\": \"x\", \"generator_2\": \"y\", \"preference\": 1}";
        check(
            "v.jsonl",
            both,
            "error: v.jsonl: line 1: it could be alpaca-eval or columns; say which with --votes-format",
        );
        let said = ReadOptions { format: Some("alpaca-eval".to_owned()), ..ReadOptions::default() };
        assert_eq!(outcome_of(&[("v.jsonl", both)], &said), "x:y 1 [alpaca-eval ]");
        let wrong = ReadOptions { format: Some("alpaca".to_owned()), ..ReadOptions::default() };
        let found = outcome_of(&[("v.jsonl", both)], &wrong);
        assert!(
            found.starts_with("error: v.jsonl: --votes-format: unknown format of votes `alpaca`"),
            "{found}"
        );
        let mixed = "{\"model_a\": \"x\", \"model_b\": \"y\", \"winner\": \"tie\"}\n{\"generator_1\": \"x\", \"generator_2\": \"y\", \"preference\": 1}";
        check(
            "v.jsonl",
            mixed,
            "error: v.jsonl: line 1 is written as columns, line 2 as alpaca-eval; put them into files of their own",
        );
    }

    #[test]
    fn files_share_models() {
        let files = [
            ("a.csv", "model_a,model_b,winner\ny,x,model_a\n"),
            ("b.jsonl", "{\"generator_1\": \"x\", \"generator_2\": \"z\", \"preference\": 2}"),
        ];
        let found = outcome_of(&files, &ReadOptions::default());
        assert_eq!(found, "y:x 1, x:z 0 [columns ] [alpaca-eval ]");
    }
}
