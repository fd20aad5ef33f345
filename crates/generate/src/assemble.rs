//! Raw replies to generations: once through to learn how thinking is marked, once more to write.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chat::Usage;
use stage::{
    CACHED_PROMPT_TOKENS, COMPLETION_TOKENS, Interrupted, Observer, PROMPT_TOKENS, Run, Silent, StageError,
    Summary, Tick, USAGE_UNKNOWN, table,
};
use tables::{
    Finish, Generation, PROBLEMS_FROM, PROBLEMS_OF, ProblemCursor, Provenance, Reply, TableError,
    TableReader, TableWriter, range_in,
};

use crate::think::{self, Conclusion, Survey, UnknownTag};
use crate::told::Told;
use crate::{GenerateError, Model};

/// Raw replies in a table: the rows of one model in the order of the problems, samples ascending.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The replies table.
    pub(crate) path: PathBuf,
    /// The model's name in that table; rows of other models are passed over.
    pub(crate) model: String,
    /// Only so many samples of each problem count.
    pub(crate) samples: Option<u32>,
    /// The table was made for this run alone, and whoever listens already heard about its rows.
    pub(crate) scratch: bool,
    /// What was paid for the rows, where they do not tell.
    pub(crate) spent: Option<Usage>,
}

tables::part! {
    /// Whose reply it is.
    struct ModelOfReply of Reply { model: String }
}

/// Progress is told every so many rows.
const ROWS_A_TICK: u64 = 256;

pub(crate) fn run(
    run: &Run<'_>,
    source: &Source,
    model: &Model,
    provenance: &Provenance,
) -> Result<Summary, StageError> {
    let observer: &dyn Observer = if source.scratch { &Silent } else { run.observer };
    let learned = learn(source, model, "from")?;
    observer.total(learned.replies);
    if learned.conclusion.cut_without_tags > 0 {
        run.observer.note(&format!(
            "the prompt of {} seems to open the thinking, so what came without any tag ({} of {} replies) counts as \
             thinking that never ended; `think.open_in_prompt` decides otherwise",
            model.name(), learned.conclusion.cut_without_tags, learned.replies
        ));
    }
    if let Some(tag) = &learned.conclusion.unknown {
        run.observer.note(&unknown_tag(model.name(), tag, learned.replies));
    }
    write((run, model), source, &learned, provenance, observer)
}

/// The warning about thinking that may count as answer, and the line that helps.
fn unknown_tag(model: &str, tag: &UnknownTag, replies: u64) -> String {
    let UnknownTag { open, replies: opened, .. } = tag;
    format!(
        "{opened} of {replies} replies of {model} open with `{open}`, which is no tag that is known here: what stands behind \
         it counts as answer. If it is thinking, write under the model: {}",
        tag.line()
    )
}

/// What the first reading of the replies tells.
pub(crate) struct Learned {
    pub(crate) conclusion: Conclusion,
    pub(crate) replies: u64,
}

/// Reads the replies of a model, which `key` of its table names.
///
/// # Errors
/// There are none, and others' are.
pub(crate) fn learn(source: &Source, model: &Model, key: &'static str) -> Result<Learned, StageError> {
    let mut survey = Survey::new(model.think());
    let mut replies = 0;
    for reply in source.rows()? {
        let reply = reply?;
        if source.wants(&reply) {
            replies += 1;
            survey.add(&reply);
        }
    }
    let others = if replies == 0 { source.others()? } else { BTreeSet::new() };
    // Without any reply at all there is no other name to offer: an empty dataset is no misspelling.
    if !others.is_empty() {
        return Err(StageError::own(GenerateError::UnknownModel {
            model: model.name().to_owned(),
            key,
            from: source.model.clone(),
            known: others.into_iter().collect(),
            path: source.path.clone(),
        }));
    }
    Ok(Learned { conclusion: survey.conclude(), replies })
}

impl Source {
    /// The rows of the model and, where the table does not tell them apart, of others.
    pub(crate) fn rows(&self) -> Result<TableReader<Reply>, TableError> {
        TableReader::open_about(&self.path, &self.model)
    }

    /// The row of the problems before which none of the model's stands, as far as the table tells.
    pub(crate) fn first_problem(&self, replies: &TableReader<Reply>) -> u64 {
        let note = replies.provenance().notes.get(PROBLEMS_OF);
        note.and_then(|note| range_in(note, &self.model)).map_or(0, |rows| rows.start)
    }

    /// The other models in the table.
    fn others(&self) -> Result<BTreeSet<String>, TableError> {
        let models = TableReader::<ModelOfReply>::open(&self.path)?;
        let others = models
            .map(|row| row.map(|row| row.model))
            .filter(|model| !matches!(model, Ok(model) if *model == self.model));
        others.collect()
    }

    /// Removes the table if nobody else needs it.
    pub(crate) fn discard(&self) {
        if self.scratch {
            // A file that stays is overwritten by the next run.
            drop(std::fs::remove_file(&self.path));
        }
    }

    pub(crate) fn wants(&self, reply: &Reply) -> bool {
        reply.model == self.model && self.samples.is_none_or(|samples| reply.sample < samples)
    }
}

fn write(
    (run, model): (&Run<'_>, &Model),
    source: &Source,
    learned: &Learned,
    provenance: &Provenance,
    observer: &dyn Observer,
) -> Result<Summary, StageError> {
    let replies = source.rows()?;
    let first = source.first_problem(&replies);
    let problems = ProblemCursor::open_at(run.files.input(table::PROBLEMS)?, first)?;
    let problem_count = problems.problems();
    let mut order = Order { problems, before: None, answered: 0 };
    let provenance = noting(provenance, first);
    let mut writer = TableWriter::create(run.files.output(table::GENERATIONS)?, &provenance)?;
    let (mut summary, mut tick) = (empty_summary(), Tick::default());
    let mut told = Told::new(model.generator().asks_logprobs());
    for reply in replies.filter(|reply| match reply {
        Ok(reply) => source.wants(reply),
        Err(_) => true,
    }) {
        let reply = reply?;
        let permutation = order.check(&reply, source)?;
        let generation = think::generation(reply, model.name(), &learned.conclusion.format);
        let generation = Generation { permutation, ..generation };
        told.add(&generation);
        count(&mut summary, &generation, source.scratch && source.spent.is_none());
        tick.rows += 1;
        tick.failed += u64::from(generation.failed());
        // For the pace that is shown; what is reported follows from the table.
        tick.tokens += generation.completion_tokens.unwrap_or_default();
        writer.push(generation)?;
        if tick.rows == ROWS_A_TICK {
            observer.advance(std::mem::take(&mut tick));
            if observer.interrupted() {
                return Err(Interrupted { done: summary.rows }.into());
            }
        }
    }
    observer.advance(tick);
    source.spent.iter().for_each(|spent| paid(&mut summary, spent));
    told.tell(model.name(), &mut summary, run.observer);
    summary.counts.insert("problems_without_reply".to_owned(), problem_count.saturating_sub(order.answered));
    writer.finish_having_failed(summary.failed)?;
    Ok(summary)
}

/// Where the model's problems begin stands in its table, for the stages that follow.
fn noting(provenance: &Provenance, first: u64) -> Provenance {
    let provenance = provenance.clone();
    if first == 0 { provenance } else { provenance.with(PROBLEMS_FROM, first.to_string()) }
}

/// Checks that replies follow the problems, and samples each other.
struct Order {
    problems: ProblemCursor,
    before: Option<(String, u32)>,
    answered: u64,
}

impl Order {
    /// The order in which the options were asked, where that is the sample's own.
    fn check(&mut self, reply: &Reply, source: &Source) -> Result<Option<Vec<u32>>, StageError> {
        let order = self.problems.seek(&reply.problem_id, &source.path)?.order_in(reply.sample);
        match &mut self.before {
            Some((problem_id, before)) if *problem_id == reply.problem_id => {
                if *before >= reply.sample {
                    return Err(StageError::own(GenerateError::SampleOrder {
                        path: source.path.clone(),
                        model: source.model.clone(),
                        problem_id: reply.problem_id.clone(),
                        before: *before,
                        sample: reply.sample,
                    }));
                }
                *before = reply.sample;
            }
            before => {
                *before = Some((reply.problem_id.clone(), reply.sample));
                self.answered += 1;
            }
        }
        Ok(order)
    }
}

fn empty_summary() -> Summary {
    let mut summary = Summary::default();
    for name in ["truncated", "unclosed", "without_thinking", "hidden", "blank", "empty"] {
        summary.counts.insert(name.to_owned(), 0);
    }
    summary
}

/// Tokens as the provider counted them, from which money follows: of a reply all of them, or none and it is said.
fn usage(summary: &mut Summary, generation: &Generation) {
    let Generation { prompt_tokens, cached_prompt_tokens, completion_tokens, .. } = generation;
    let counts = match (prompt_tokens, completion_tokens) {
        _ if generation.failed() => vec![],
        (Some(prompt), Some(completion)) => vec![
            (PROMPT_TOKENS, *prompt),
            // Where the server says nothing of its cache, the whole prompt is charged.
            (CACHED_PROMPT_TOKENS, cached_prompt_tokens.unwrap_or_default().min(*prompt)),
            (COMPLETION_TOKENS, *completion),
        ],
        _ => vec![(USAGE_UNKNOWN, 1)],
    };
    for (name, count) in counts {
        *summary.counts.entry(name.to_owned()).or_default() += count;
    }
}

/// The same of what conversations took together.
fn paid(summary: &mut Summary, spent: &Usage) {
    let counts = match (spent.prompt_tokens.total(), spent.completion_tokens.total()) {
        (Some(prompt), Some(completion)) => vec![(PROMPT_TOKENS, prompt), (COMPLETION_TOKENS, completion)],
        _ => vec![
            (PROMPT_TOKENS, spent.prompt_tokens.known()),
            (COMPLETION_TOKENS, spent.completion_tokens.known()),
            (USAGE_UNKNOWN, 1),
        ],
    };
    summary.counts.extend(counts.into_iter().map(|(name, count)| (name.to_owned(), count)));
}

fn count(summary: &mut Summary, generation: &Generation, paid: bool) {
    if paid {
        usage(summary, generation);
    }
    let failed = generation.failed();
    let without = generation.reasoning_source == Generation::NO_REASONING;
    let counts = [
        ("truncated", generation.finish == Finish::Length),
        ("unclosed", generation.unclosed()),
        ("without_thinking", without && !failed),
        ("hidden", generation.hidden()),
        ("blank", generation.reasoning_source == Generation::BLANK),
        ("empty", generation.empty()),
    ];
    for (name, holds) in counts {
        *summary.counts.entry(name.to_owned()).or_default() += u64::from(holds);
    }
    summary.rows += 1;
    summary.failed += u64::from(failed);
}

#[cfg(test)]
mod tests {
    use chat::Price;
    use stage::Cost;

    use super::*;

    #[test]
    fn a_stage_costs_what_its_replies_cost_and_says_what_it_does_not_know() {
        let price = Price { prompt: 1e6, completion: 2e6, cached_prompt: Some(0.5e6) };
        let reply = |prompt, cached, completion| Generation {
            prompt_tokens: prompt,
            cached_prompt_tokens: cached,
            completion_tokens: completion,
            ..Generation::default()
        };
        let mut summary = Summary::default();
        assert_eq!(Cost::of(&summary, &price), None);
        usage(&mut summary, &reply(Some(10), Some(4), Some(5)));
        usage(&mut summary, &reply(Some(10), None, Some(5)));
        assert_eq!(Cost::of(&summary, &price), Some(Cost { amount: 38.0, unknown: 0 }));
        usage(&mut summary, &reply(Some(10), None, None));
        usage(&mut summary, &Generation { finish: Finish::Error, ..Generation::default() });
        assert_eq!(Cost::of(&summary, &price), Some(Cost { amount: 38.0, unknown: 1 }));
    }
}
