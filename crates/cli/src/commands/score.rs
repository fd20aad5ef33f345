//! `thinkmeter score`: the measures of each generation.

use pipeline::{PipelineError, open_tokenizer};
use score::{Price, ScoreConfig, ScoreIo, ScoredModel};
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, ScoreArgs};
use crate::exit::{Exit, Result};

pub(crate) fn run(args: ScoreArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, false)?;
    let config = ScoreConfig::parse(&table(None, &[], &args.set)?, "score").map_err(invalid)?;
    let tokenizer = open_tokenizer(args.tokenizer.as_deref(), &session.tokenizers())
        .map_err(|reason| PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason })?;
    let io = ScoreIo {
        problems: args.tables.problems,
        generations: args.tables.generations,
        splits: args.tables.splits,
        judgments: args.judgments,
        out: args.output.clone(),
    };
    let price = price(args.prompt_price, args.completion_price);
    let model = ScoredModel { tokenizer: &tokenizer, price };
    let watch = session.progress.watch("score");
    let summary = score::score(&config, model, &io, Provenance::default(), &watch)?;
    super::done(&summary, &args.output, global)
}

/// A price that is half given is free for the other half, as in a pipeline file.
fn price(prompt: Option<f64>, completion: Option<f64>) -> Option<Price> {
    (prompt.is_some() || completion.is_some()).then(|| Price {
        prompt: prompt.unwrap_or_default(),
        completion: completion.unwrap_or_default(),
        cached_prompt: None,
    })
}
