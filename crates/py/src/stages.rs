//! The stages over rows in memory. What they do is the stage crates' own; here rows are brought together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dataset::{Asked, BATCH, BatchReader, DatasetError};
use grade::{Grader, Grading};
use judge::{Judge, Judging};
use rayon::prelude::*;
use score::Scorer;
use split::{Splitter, Splitting};
use stage::{Interrupted, Observer, RowWork, Walked, drive};
use tables::{Generation, Grade, Judgment, Keyed, Problem, Reply, Score, Split};

use crate::failure::Failure;
use crate::given::Given;
use crate::pool::Watch;
use crate::think::Marks;

/// Foreign rows as problems and replies.
pub(crate) fn load(reader: &BatchReader, rows: &Given, watch: &Watch) -> Result<Vec<Asked>, Failure> {
    let row = |row: Result<records::Row, records::RowError>| {
        stop(watch).map_err(DatasetError::from)?;
        Ok(row?)
    };
    reader.read(rows.foreign().map(row)).map_err(Failure::data)
}

/// Replies with thinking and answer told apart.
pub(crate) fn generations(
    marks: &Marks,
    replies: Vec<Reply>,
    watch: &Watch,
) -> Result<Vec<Generation>, Failure> {
    let formats = marks.formats(&replies);
    let divide = |reply: Reply| {
        stop(watch).map_err(Failure::data)?;
        Ok(formats.generation(reply))
    };
    replies.into_par_iter().map(divide).collect()
}

/// Whether it is time to stop. What was done until then is nobody's.
fn stop(watch: &Watch) -> Result<(), Interrupted> {
    if watch.interrupted() { Err(Interrupted { done: 0 }) } else { Ok(()) }
}

/// Each problem once, in the order in which they first come.
pub(crate) fn problems(asked: &[Asked]) -> Vec<Problem> {
    let mut seen = std::collections::HashSet::new();
    let first = asked.iter().filter(|one| seen.insert(one.problem.id.as_str()));
    first.map(|one| Problem::clone(&one.problem)).collect()
}

/// Problems by their ids.
pub(crate) type Problems = BTreeMap<String, Arc<Problem>>;

/// Problems by their ids.
pub(crate) fn by_id(problems: Vec<Problem>) -> Problems {
    problems.into_iter().map(|problem| (problem.id.clone(), Arc::new(problem))).collect()
}

/// Generations with their problems, and the rows of other tables that belong to them.
pub(crate) fn walk<R>(
    problems: &Problems,
    generations: &[Generation],
    rows: Vec<R>,
) -> Result<Vec<Walked<R>>, Failure> {
    let walked = |(at, (generation, rows)): (usize, (&Generation, R))| {
        let id = &generation.problem_id;
        let unknown = || format!("row {} names problem `{id}`, which the problems do not hold", at + 1);
        let problem = problems.get(id).ok_or_else(|| Failure::of("generations", unknown()))?;
        Ok(Walked { problem: Arc::clone(problem), generation: generation.clone(), rows })
    };
    generations.iter().zip(rows).enumerate().map(walked).collect()
}

/// Refuses a table that does not have the generations' rows in their order.
pub(crate) fn aligned<R: Keyed>(generations: &[Generation], rows: &[R], what: &str) -> Result<(), Failure> {
    if generations.len() != rows.len() {
        let reason = format!("{} rows, and there are {} generations", rows.len(), generations.len());
        return Err(Failure::of(what, reason));
    }
    let keys = generations.iter().zip(rows).map(|(generation, row)| (generation.key(), row.key()));
    match keys.enumerate().find(|(_, (generation, row))| generation != row) {
        None => Ok(()),
        Some((at, (generation, row))) => {
            let reason = format!("row {} is {row}, and the generations have {generation} there", at + 1);
            Err(Failure::of(what, reason))
        }
    }
}

/// What is written about each row, in their order; nobody is asked.
fn each<W: RowWork>(work: &W, rows: Vec<W::Row>, watch: &Watch) -> Result<Vec<W::Written>, Failure> {
    let mut written = Vec::with_capacity(rows.len());
    let total = rows.len() as u64;
    drive(work, rows.into_iter().map(Ok), total, None, watch, |row| {
        written.push(row);
        Ok(())
    })?;
    Ok(written)
}

/// Whether each reply is right, and which samples of a problem answer alike.
pub(crate) fn grades(
    grader: &dyn Grader,
    problems: &Problems,
    generations: &[Generation],
    watch: &Watch,
) -> Result<Vec<Grade>, Failure> {
    let rows = walk(problems, generations, vec![Arc::default(); generations.len()])?;
    let (asked, mut grades): (Vec<Arc<Problem>>, Vec<Grade>) =
        each(&Grading(grader), rows, watch)?.into_iter().unzip();
    let keys = generations.iter().map(|row| (row.model.as_str(), row.problem_id.as_str(), row.sample));
    for samples in together(keys) {
        let mut numbered: Vec<Grade> = samples.iter().map(|at| grades[*at].clone()).collect();
        grader.number(&asked[samples[0]], &mut numbered);
        samples.into_iter().zip(numbered).for_each(|(at, grade)| grades[at] = grade);
    }
    Ok(grades)
}

/// The places of the samples of each model and problem, in the order of their numbers.
pub(crate) fn together<'a>(keys: impl Iterator<Item = (&'a str, &'a str, u32)>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<(&str, &str), Vec<(u32, usize)>> = BTreeMap::new();
    for (at, (model, problem, sample)) in keys.enumerate() {
        groups.entry((model, problem)).or_default().push((sample, at));
    }
    let sorted = |mut group: Vec<(u32, usize)>| {
        group.sort_unstable();
        group.into_iter().map(|(_, at)| at).collect()
    };
    groups.into_values().map(sorted).collect()
}

/// The steps of each generation.
pub(crate) fn splits(
    splitter: &dyn Splitter,
    tokenizer: &tokens::Tokenizer,
    generations: Vec<Generation>,
    watch: &Watch,
) -> Result<Vec<Split>, Failure> {
    let work = Splitting { splitter, tokenizer, generations: Path::new(BATCH) };
    Ok(each(&work, generations, watch)?.into_iter().map(|(split, _)| split).collect())
}

/// The first right step of each.
pub(crate) fn judgments(
    judge: &dyn Judge,
    rows: Vec<Walked<(Grade, Split)>>,
    watch: &Watch,
) -> Result<Vec<Judgment>, Failure> {
    let work = Judging::new(judge);
    let rows = rows.into_iter().map(|row| work.row(row)).collect();
    Ok(each(&work, rows, watch)?.into_iter().map(|(judged, _)| judged.judgment).collect())
}

/// A generation with everything that was found in it.
type Found = Walked<(Grade, (Split, Judgment))>;

/// The measures of each.
pub(crate) fn scores(scorer: &Scorer, rows: &[Found], watch: &Watch) -> Result<Vec<Score>, Failure> {
    let score = |(at, row): (usize, &Found)| {
        stop(watch).map_err(Failure::data)?;
        let (grade, (split, judgment)) = &row.rows;
        let scored = scorer.score(&row.problem, &row.generation, grade, split, judgment);
        scored.map_err(|error| Failure::of(&format!("row {}", at + 1), error))
    };
    let mut scores = rows.par_iter().enumerate().map(score).collect::<Result<Vec<Score>, Failure>>()?;
    reward(scorer, &mut scores);
    Ok(scores)
}

/// Adds what needs all samples of a problem.
pub(crate) fn reward(scorer: &Scorer, scores: &mut [Score]) {
    for samples in samples_of(scores) {
        let mut rewarded: Vec<Score> = samples.iter().map(|at| scores[*at].clone()).collect();
        scorer.complete(&mut rewarded);
        samples.into_iter().zip(rewarded).for_each(|(at, score)| scores[at] = score);
    }
}

/// The places of the samples of each model and problem.
pub(crate) fn samples_of(scores: &[Score]) -> Vec<Vec<usize>> {
    together(scores.iter().map(|row| (row.model.as_str(), row.problem_id.as_str(), row.sample)))
}

/// Numbers the answers of each problem's samples anew, for scores that come from several batches. `choices` are the options of
/// each score's problem, where there are any.
pub(crate) fn number_anew(grader: &dyn Grader, scores: &mut [Score], choices: &[Vec<String>]) {
    for samples in samples_of(scores) {
        let answers: Vec<Option<&str>> = samples.iter().map(|at| scores[*at].extracted.as_deref()).collect();
        let options = samples.first().and_then(|at| choices.get(*at)).map_or(&[][..], Vec::as_slice);
        let classes = answer::classes(&answers, options, grader.policy());
        samples.into_iter().zip(classes).for_each(|(at, class)| scores[at].answer_class = class);
    }
}

/// In the order in which `measure` wants them: by model, each problem's samples together, as they first come.
pub(crate) fn in_order(scores: Vec<Score>) -> Vec<Score> {
    let (mut models, mut problems) = (Places::default(), Places::default());
    let mut key = |score: &Score| (models.of(&score.model), problems.of(&score.problem_id), score.sample);
    let mut keyed: Vec<_> = scores.into_iter().map(|score| (key(&score), score)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, score)| score).collect()
}

/// Numbers names in the order in which they first come.
#[derive(Default)]
struct Places(BTreeMap<String, usize>);

impl Places {
    fn of(&mut self, name: &str) -> usize {
        let next = self.0.len();
        match self.0.get(name) {
            Some(place) => *place,
            None => *self.0.entry(name.to_owned()).or_insert(next),
        }
    }
}
