//! What a run of a pipeline would do, as a tree.

use std::collections::BTreeMap;

use pipeline::{Forecast, Pipeline, Plan, Settings, StageId, StageKind, Verdict};
use stage::ModelFacts;

use super::forecast;
use super::session::Session;
use crate::args::{CallArgs, PipelineArgs};
use crate::exit::Result;
use crate::output;
use crate::stages::STAGES;

/// Prints what a run of a pipeline would do; what its stages would ask comes back.
pub(super) fn look(
    pipeline: &Pipeline,
    args: &PipelineArgs,
    calls: &CallArgs,
    session: &Session,
) -> Result<BTreeMap<StageId, Forecast>> {
    let folder = super::chosen::folder(args, pipeline);
    let settings = Settings {
        execution: session.onlooker(calls, pipeline.calls_models())?,
        runtime: session.runtime.handle().clone(),
        tokenizers: session.tokenizers(),
        selection: super::chosen::selection(args)?,
        tolerated: 0.0,
    };
    let plan = pipeline::plan(pipeline, &folder, &settings.selection, &settings.tokenizers)?;
    let forecasts = pipeline::forecast(pipeline, &folder, &plan, &settings)?;
    output::data(&tree(pipeline, &folder.display().to_string(), &plan, &forecasts).text())?;
    Ok(forecasts)
}

/// A line with what belongs to it.
struct Branch {
    line: String,
    below: Vec<Branch>,
}

impl Branch {
    fn new(line: impl Into<String>, below: Vec<Branch>) -> Self {
        Self { line: line.into(), below }
    }

    fn leaf(line: impl Into<String>) -> Self {
        Self::new(line, Vec::new())
    }

    fn text(&self) -> String {
        let mut lines = vec![self.line.clone()];
        self.draw("", &mut lines);
        lines.join("\n")
    }

    fn draw(&self, indent: &str, lines: &mut Vec<String>) {
        for (index, branch) in self.below.iter().enumerate() {
            let (here, behind) =
                if index + 1 == self.below.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            lines.push(format!("{indent}{here}{}", branch.line));
            branch.draw(&format!("{indent}{behind}"), lines);
        }
    }
}

fn tree(pipeline: &Pipeline, folder: &str, plan: &Plan, forecasts: &BTreeMap<StageId, Forecast>) -> Branch {
    let about = pipeline.about();
    let label = |name: &str| about.labels.get(name).map_or("none", String::as_str);
    // A stage without work is no part of the run.
    let works = |kind: &StageKind| plan.stages.iter().any(|(id, _)| id.stage == *kind);
    let stages = STAGES.kinds().filter(|(kind, _)| works(kind));
    let stages = stages.map(|(kind, stage)| of_stage(kind, stage.per_model(), plan, forecasts));
    let mut below = vec![
        Branch::leaf(format!("folder   {folder}")),
        Branch::leaf(format!("dataset  {}", label("dataset"))),
        Branch::new("models", pipeline.models.iter().map(model).collect()),
        Branch::leaf(format!("split    {}", label("splitter"))),
        Branch::leaf(format!("judge    {}", label("judge"))),
        Branch::leaf(format!("tasks    {}", label("tasks"))),
        Branch::new("stages", stages.collect()),
    ];
    below.extend(forecast::total(forecasts.values()).map(|total| Branch::leaf(format!("in all   {total}"))));
    Branch::new(format!("{} — {}", pipeline.name, pipeline.description), below)
}

fn model(model: &ModelFacts) -> Branch {
    let place = model.endpoint.as_ref().map_or_else(String::new, |endpoint| {
        let address = llm::shown_address(endpoint).unwrap_or_else(|| "no address yet".to_owned());
        format!("{} at {address}, ", endpoint.model)
    });
    let samples = match model.samples.as_ref().map(|samples| (*samples.start(), *samples.end())) {
        None | Some((1, 1)) => String::new(),
        Some((least, most)) if least == most => format!("{most} samples, "),
        Some((least, most)) => format!("{least} to {most} samples, "),
    };
    let tokenizer = model.tokenizer.as_deref().unwrap_or("approximate");
    Branch::leaf(format!("{}  ({}, {place}{samples}tokenizer {tokenizer})", model.name, model.kind))
}

/// A stage of the run is one line; a stage that each model has is a branch with a line for each.
fn of_stage(
    stage: StageKind,
    per_model: bool,
    plan: &Plan,
    forecasts: &BTreeMap<StageId, Forecast>,
) -> Branch {
    let line = |(id, verdict): &(StageId, Verdict)| {
        let name = id.model.as_deref().unwrap_or(stage.name);
        let forecast = forecasts.get(id).map_or_else(Vec::new, forecast::lines);
        let below = forecast.into_iter().map(Branch::leaf).collect();
        Branch::new(format!("{name:<24} {}", state(verdict)), below)
    };
    let mut branches: Vec<Branch> =
        plan.stages.iter().filter(|(id, _)| id.stage == stage).map(line).collect();
    if per_model {
        return Branch::new(stage.name, branches);
    }
    branches.pop().unwrap_or_else(|| Branch::leaf(stage.name))
}

fn state(verdict: &Verdict) -> String {
    match verdict {
        Verdict::UpToDate => "up to date".to_owned(),
        Verdict::Run(why) => format!("will run ({why})"),
        Verdict::Left => "left out".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_shows_what_belongs_where() {
        let tree = Branch::new(
            "run",
            vec![Branch::new("a", vec![Branch::leaf("b"), Branch::leaf("c")]), Branch::leaf("d")],
        );
        assert_eq!(tree.text(), "run\n├─ a\n│  ├─ b\n│  └─ c\n└─ d");
    }
}
