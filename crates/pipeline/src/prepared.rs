//! A pipeline with everything that its fingerprints need.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use plugin::Value;
use secrets::Seal;
use stage::{About, AboutModel, Manifest, Model, Target};

use crate::error::PipelineError;
use crate::graph::{Graph, Node};
use crate::pipeline::{Pipeline, PipelineStage};
use crate::plan::Selection;
use crate::seal;
use crate::stages::StageKind;
use crate::tokenizer::TokenizerSource;

/// A pipeline, its stages as a graph, and its models with their tokenizers.
pub(crate) struct Prepared<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) graph: Graph,
    pub(crate) models: Vec<Model>,
    /// What is known about the run before any stage of it, of all models.
    about: About,
    /// What stands in fingerprints for the pipeline's secrets, if it has any.
    seal: Option<Seal>,
}

impl<'a> Prepared<'a> {
    /// For a plan or a run: the selection makes sense, and what the hub has to give is here, so that
    /// fingerprint_inputs name it.
    pub(crate) fn selected(
        pipeline: &'a Pipeline,
        selection: &Selection,
        source: &TokenizerSource,
    ) -> Result<Self, PipelineError> {
        let names: Vec<&str> = pipeline.models.iter().map(|model| model.name.as_str()).collect();
        selection.check(&names)?;
        pipeline.stages.iter().try_for_each(|stage| stage.configured.prepare())?;
        let prepared = Self::new(pipeline, source)?;
        let idle = |stage: &&StageKind| prepared.graph.nodes.iter().all(|node| node.id.stage != **stage);
        let mut asked = selection.only.iter().chain(&selection.from).chain(&selection.force);
        match asked.find(idle) {
            Some(stage) => Err(PipelineError::Selection(format!(
                "the stage `{}` has nothing to do in this pipeline; it takes a table `[{}]`",
                stage.name, stage.name
            ))),
            None => Ok(prepared),
        }
    }

    pub(crate) fn new(pipeline: &'a Pipeline, source: &TokenizerSource) -> Result<Self, PipelineError> {
        let mut models = Vec::new();
        for facts in &pipeline.models {
            let unusable = |reason| PipelineError::Tokenizer { model: facts.name.clone(), reason };
            let tokenizer = source.counter(facts.tokenizer.as_deref()).map_err(unusable)?;
            models.push(Model { name: facts.name.clone(), tokenizer, price: facts.price });
        }
        let about = About { models: models.iter().map(AboutModel::new).collect(), ..pipeline.base() };
        let seal = (!pipeline.secrets.is_empty()).then(|| seal::of(source.cache())).transpose();
        let seal = seal.map_err(|reason| PipelineError::Seal { reason })?;
        Ok(Self { pipeline, graph: Graph::of(pipeline), models, about: pipeline.described(about), seal })
    }

    pub(crate) fn stage(&self, node: &Node) -> &'a PipelineStage {
        self.pipeline.stage(node.id.stage)
    }

    /// What a stage knows about the run. One of the run as a whole knows the models that go into the figures; one of a
    /// model knows all of them, and so many of these are not each given a list of their own.
    pub(crate) fn about(&self, node: &Node, included: &[bool]) -> Cow<'_, About> {
        if node.model.is_some() {
            return Cow::Borrowed(&self.about);
        }
        Cow::Owned(self.included(included))
    }

    /// The same, with every stage that is finished for one of the run as a whole.
    pub(crate) fn about_finished(
        &self,
        node: &Node,
        included: &[bool],
        manifest: &Manifest,
    ) -> Cow<'_, About> {
        if node.model.is_some() {
            return Cow::Borrowed(&self.about);
        }
        Cow::Owned(self.finished(included, manifest))
    }

    fn included(&self, included: &[bool]) -> About {
        let mut about = self.about.clone();
        let mut shown = included.iter();
        about.models.retain(|_| shown.next().copied().unwrap_or(true));
        about
    }

    fn finished(&self, included: &[bool], manifest: &Manifest) -> About {
        let finished = |node: &Node| {
            let id = node.id.to_string();
            Some((id.clone(), manifest.stages.get(&id)?.clone()))
        };
        let last = self.graph.nodes.last().map(|node| node.id.stage);
        let nodes = self.graph.nodes.iter().filter(|node| Some(node.id.stage) != last);
        About { stages: nodes.filter_map(finished).collect(), ..self.included(included) }
    }

    pub(crate) fn target<'t>(&'t self, node: &Node, included: &'t [bool], about: &'t About) -> Target<'t> {
        Target { models: &self.models, included, at: node.model, about }
    }

    /// What a stage's result depends on next to its inputs.
    pub(crate) fn fingerprint_input(&self, node: &Node, included: &[bool]) -> Value {
        let about = self.about(node, included);
        let fingerprint_input =
            self.stage(node).configured.fingerprint_input(self.target(node, included, &about));
        match &self.seal {
            None => fingerprint_input,
            Some(seal) => {
                secrets::sealed(&fingerprint_input, &self.pipeline.secret_names, &|secret| seal.mark(secret))
            }
        }
    }

    /// The models that went into the figures of a run folder.
    pub(crate) fn measured(&self, manifest: &Manifest) -> Vec<bool> {
        let names: HashSet<&str> = manifest.measured().into_iter().collect();
        self.models.iter().map(|model| names.contains(model.name.as_str())).collect()
    }
}

/// What there is to show of a run folder.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Facts about the run.
    pub about: About,
    /// Where the scores of the models that were measured lie.
    pub scores: Vec<std::path::PathBuf>,
}

/// What there is to show of a run folder, as far as its manifest goes.
///
/// # Errors
/// A tokenizer cannot be had, or the manifest is damaged.
pub fn shown(
    pipeline: &Pipeline,
    folder: &Path,
    tokenizers: &TokenizerSource,
) -> Result<Shown, PipelineError> {
    let prepared = Prepared::new(pipeline, tokenizers)?;
    let manifest = Manifest::read(folder)?;
    let included = prepared.measured(&manifest);
    let writes = |node: &&Node| node.writes(stage::table::SCORES);
    let nodes = prepared.graph.nodes.iter().filter(writes);
    let measured = nodes.filter(|node| node.model.is_some_and(|at| included[at]));
    let scores = measured.flat_map(Node::outputs).map(|path| folder.join(path)).collect();
    Ok(Shown { about: prepared.finished(&included, &manifest), scores })
}
