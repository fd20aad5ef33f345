//! `thinkmeter curate`: training data from judged traces.

mod problems;

use std::path::Path;

use curate::{
    Connectives, DistillSettings, EXPORTS, Embedding, ExportFormat, JourneySettings, LabelSource, Labels,
    Language, Place, PreferenceSettings, Recipe, Rules, Source, StepSettings, TreeSource, Verify,
};
use plugin::ConfigError;
use serde_json::json;
use tables::{Generation, TableReader};

use super::component::invalid;
use super::session::Session;
use crate::args::{
    CurateArgs, CurateWork, DecontaminateArgs, DistillArgs, FeedbackChoice, Global, JourneyArgs, LabelChoice,
    PlaceChoice, PreferenceArgs, StepArgs, TraceArgs, TreeChoice, VerifyRule, WriteArgs,
};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: CurateArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, false)?;
    let watch = session.progress.watch("curate");
    let (text, notes) = match args.work {
        CurateWork::Pairs(args) => prefer(&args, true, &watch)?,
        CurateWork::Sft(args) => prefer(&args, false, &watch)?,
        CurateWork::Steps(args) => steps(&args, &watch)?,
        CurateWork::Journey(args) => journey(&args, &watch)?,
        CurateWork::Distill(args) => distill(&args, &watch)?,
        CurateWork::Decontaminate(args) => decontaminate(&args, &watch)?,
    };
    drop(watch);
    output::data(&text)?;
    for note in notes {
        output::say(&format!("note: {note}"));
    }
    Ok(Exit::Done)
}

/// What is printed, and what has to be known about it.
type ReportText = (String, Vec<String>);

fn prefer(args: &PreferenceArgs, pairs: bool, watch: &crate::progress::Watch) -> Result<ReportText> {
    let settings = PreferenceSettings {
        recipes: recipes(&args.recipe)?,
        pairs,
        formats: formats(&args.write, if pairs { "trl" } else { "messages" })?,
        embedding: embedding(&args.write),
        benchmarks: problems::benchmarks(&args.screen, watch)?,
    };
    let report = curate::prefer(&sources(&args.traces)?, &settings, &args.write.output_dir, watch)?;
    Ok((report.to_text(), report.notes))
}

fn steps(args: &StepArgs, watch: &crate::progress::Watch) -> Result<ReportText> {
    let source = match args.labels {
        LabelChoice::Rounds => LabelSource::Rounds,
        LabelChoice::Rollouts => LabelSource::Rollouts,
        LabelChoice::Soft => LabelSource::Soft,
        LabelChoice::Verifier => LabelSource::Verifier,
        LabelChoice::Judge => LabelSource::Judge,
        LabelChoice::Consensus => LabelSource::Consensus,
    };
    let settings = StepSettings {
        labels: Labels { source, threshold: args.threshold, monotone: args.monotone },
        formats: formats(&args.write, "trl_stepwise")?,
        benchmarks: problems::benchmarks(&args.screen, watch)?,
    };
    let report = curate::steps(&sources(&args.traces)?, &settings, &args.write.output_dir, watch)?;
    Ok((report.to_text(), report.notes))
}

fn journey(args: &JourneyArgs, watch: &crate::progress::Watch) -> Result<ReportText> {
    if !(0.0..=1.0).contains(&args.share_straight) {
        return Err(Usage(format!("--share-straight: {} is no share", args.share_straight)).into());
    }
    let settings = JourneySettings {
        from: match args.from {
            TreeChoice::Trees => TreeSource::Trees,
            TreeChoice::Rollouts => TreeSource::Rollouts,
        },
        rules: rules(args),
        connectives: connectives(&args.connectives)?,
        feedback: args.feedback == FeedbackChoice::Verifier,
        straight: args.share_straight,
        per_problem: args.per_problem,
        seed: args.seed,
        embedding: embedding(&args.write),
        formats: built(&args.write, "messages", &[("bare", args.write.bare), ("mask", args.mask)])?,
        benchmarks: problems::benchmarks(&args.screen, watch)?,
    };
    let report = curate::journey(&sources(&args.traces)?, &settings, &args.write.output_dir, watch)?;
    Ok((report.to_text(), vec![]))
}

fn rules(args: &JourneyArgs) -> Rules {
    let place = match args.place {
        PlaceChoice::FirstError => Place::FirstError,
        PlaceChoice::Any => Place::Any,
    };
    Rules {
        most_wrong: args.most_wrong,
        branch_steps: args.branch_steps,
        place,
        threshold: args.threshold,
        allow_long: args.allow_long,
    }
}

/// Languages by their words, or a file.
fn connectives(words: &str) -> Result<Connectives> {
    let language = |word: &str| match word.trim() {
        "en" => Some(Language::En),
        "zh" => Some(Language::Zh),
        _ => None,
    };
    match words.split(',').map(language).collect::<Option<Vec<Language>>>() {
        Some(languages) => Ok(Connectives::of(&languages)),
        None => Ok(Connectives::from_file(Path::new(words))?),
    }
}

fn distill(args: &DistillArgs, watch: &crate::progress::Watch) -> Result<ReportText> {
    let verify = args.verify.map(|rule| match rule {
        VerifyRule::Valid => Verify::Valid,
        VerifyRule::Correct => Verify::Correct,
        VerifyRule::Both => Verify::Both,
    });
    let settings = DistillSettings {
        verify,
        least_chains: args.min_chains,
        similarity: args.similarity,
        kappa: args.kappa,
        beta: args.beta,
        per_problem: args.per_problem,
        limit: args.limit,
        seed: args.seed,
        ladder: args.ladder,
        embedding: embedding(&args.write),
        benchmarks: problems::benchmarks(&args.screen, watch)?,
        ..DistillSettings::new(formats(&args.write, "messages")?)
    };
    let report = curate::distill(&sources(&args.traces)?, &settings, &args.write.output_dir, watch)?;
    Ok((report.to_text(), report.notes))
}

fn decontaminate(args: &DecontaminateArgs, watch: &crate::progress::Watch) -> Result<ReportText> {
    let Some(benchmarks) = problems::benchmarks(&args.screen, watch)? else {
        return Err(Usage("--against: name at least one benchmark".to_owned()).into());
    };
    let data = problems::tables(&args.data, watch)?;
    let report = curate::decontaminate(&data.paths, &benchmarks, &args.output_dir, watch)?;
    Ok((report.to_text(), vec![]))
}

fn sources(args: &TraceArgs) -> Result<Vec<Source>> {
    if let (Some(problems), Some(generations)) = (&args.problems, &args.generations) {
        return Ok(vec![Source {
            problems: problems.clone(),
            generations: generations.clone(),
            splits: args.splits.clone(),
            judgments: args.judgments.clone(),
            grades: args.grades.clone(),
            trees: None,
            rollouts: None,
        }]);
    }
    let mut all = Vec::new();
    for run in &args.runs {
        all.extend(curate::sources(run)?);
    }
    if args.model.is_empty() {
        return Ok(all);
    }
    let names = all.iter().map(names).collect::<Result<Vec<_>>>()?;
    for wanted in &args.model {
        if !names.iter().any(|names| names.contains(wanted)) {
            let known: Vec<&str> =
                names.iter().filter_map(|names| names.first()).map(String::as_str).collect();
            return Err(invalid(ConfigError::unknown("model", "model", wanted, &known).into()).into());
        }
    }
    let wanted =
        all.into_iter().zip(names).filter(|(_, names)| names.iter().any(|name| args.model.contains(name)));
    Ok(wanted.map(|(source, _)| source).collect())
}

/// What a model may be called: the name of its folder, and its own.
fn names(source: &Source) -> Result<Vec<String>> {
    let folder = source.generations.parent().and_then(Path::file_name);
    let mut names: Vec<String> = folder.map(|name| name.to_string_lossy().into_owned()).into_iter().collect();
    let first = TableReader::<Generation>::open(&source.generations)?.next().transpose()?;
    names.extend(first.map(|row| row.model));
    Ok(names)
}

fn recipes(words: &[String]) -> Result<Vec<Recipe>> {
    let mut recipes = Vec::new();
    for word in words.iter().flat_map(|words| words.split(',')).map(str::trim) {
        match word {
            "all" => recipes.extend(Recipe::ALL),
            word => recipes.push(Recipe::named(word).map_err(|why| Usage(format!("--recipe: {why}")))?),
        }
    }
    Ok(recipes)
}

fn formats(args: &WriteArgs, default: &str) -> Result<Vec<ExportFormat>> {
    built(args, default, &[("bare", args.bare)])
}

/// The formats that were named, with those of these keys that each takes.
fn built(args: &WriteArgs, default: &str, keys: &[(&str, bool)]) -> Result<Vec<ExportFormat>> {
    let named = args.export.iter().flat_map(|words| words.split(','));
    let mut kinds: Vec<String> = named.map(|word| word.trim().to_lowercase().replace('-', "_")).collect();
    if kinds.is_empty() {
        kinds.push(default.to_owned());
    }
    kinds.sort();
    kinds.dedup();
    let build = |kind: String| {
        let taken = keys.iter().filter(|(key, _)| EXPORTS.get(&kind).is_some_and(|entry| entry.takes(key)));
        let mut table = json!({"kind": kind});
        taken.for_each(|(key, value)| table[*key] = json!(value));
        Ok(EXPORTS.build(&table, "export").map_err(invalid)?)
    };
    kinds.into_iter().map(build).collect()
}

fn embedding(args: &WriteArgs) -> Embedding {
    let unescaped = |text: &str| text.replace("\\n", "\n");
    Embedding { open: unescaped(&args.think_open), close: unescaped(&args.think_close) }
}
