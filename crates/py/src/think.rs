//! How thinking is marked: what a pipeline says, or what replies showed.

use std::collections::HashMap;

use chat::known_tags;
use generate::think::{Format, OpenInPrompt, Survey, Think, generation};
use plugin::{ConfigErrors, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Generation, Reply};

/// A format that is settled: what replies of a whole dataset showed, to be passed to each of its batches. What `think_format` gives.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Settled {
    /// The tag that opens the thinking.
    open: String,
    /// The tag that closes it.
    close: String,
    /// Whether the prompt ends in the opening tag: `yes` or `no`.
    open_in_prompt: OpenInPrompt,
    /// The other known pairs count too, in replies that open with one of these.
    others: bool,
}

/// How the thinking of replies is found.
#[derive(Clone, Debug)]
pub(crate) enum Marks {
    /// Each model's replies of a batch show it, within what a pipeline says.
    Learn(Think),
    /// It is known.
    Known(Format),
}

impl Marks {
    /// Reads a `think` table; with the key `others` it is what a meter settled.
    pub(crate) fn parse(table: Option<&Value>) -> Result<Self, ConfigErrors> {
        let Some(table) = table.filter(|table| !table.is_null()) else {
            return Ok(Self::Learn(Think::default()));
        };
        if table.get("others").is_none() {
            return Ok(Self::Learn(plugin::parse(table, "think")?));
        }
        let settled: Settled = plugin::parse(table, "think")?;
        Ok(Self::Known(settled.format()))
    }

    /// What these replies of one model show.
    pub(crate) fn settle<'r>(&self, replies: impl Iterator<Item = &'r Reply>) -> Settled {
        match self {
            Self::Known(format) => Settled::of(format),
            Self::Learn(think) => {
                let mut survey = Survey::new(think);
                replies.for_each(|reply| survey.add(reply));
                Settled::of(&survey.conclude().format)
            }
        }
    }

    /// How the replies of each model are divided.
    pub(crate) fn formats(&self, replies: &[Reply]) -> Formats {
        match self {
            Self::Known(format) => Formats { of: HashMap::new(), otherwise: format.clone() },
            Self::Learn(think) => {
                Formats { of: learnt(think, replies), otherwise: Survey::new(think).conclude().format }
            }
        }
    }
}

/// How the replies of each model are divided.
pub(crate) struct Formats {
    of: HashMap<String, Format>,
    otherwise: Format,
}

impl Formats {
    /// A reply, thinking and answer told apart.
    pub(crate) fn generation(&self, reply: Reply) -> Generation {
        let model = reply.model.clone();
        generation(reply, &model, self.of.get(&model).unwrap_or(&self.otherwise))
    }
}

/// What the replies of each model have in common.
fn learnt(think: &Think, replies: &[Reply]) -> HashMap<String, Format> {
    let mut surveys: HashMap<&str, Survey> = HashMap::new();
    for reply in replies {
        surveys.entry(&reply.model).or_insert_with(|| Survey::new(think)).add(reply);
    }
    surveys.into_iter().map(|(model, survey)| (model.to_owned(), survey.conclude().format)).collect()
}

impl Settled {
    fn of(format: &Format) -> Self {
        Self {
            open: format.tags.open.clone(),
            close: format.tags.close.clone(),
            open_in_prompt: match format.open_in_prompt {
                OpenInPrompt::Yes => OpenInPrompt::Yes,
                // A batch must not look again.
                OpenInPrompt::Auto | OpenInPrompt::No => OpenInPrompt::No,
            },
            others: !format.others.is_empty(),
        }
    }

    fn format(self) -> Format {
        let Self { open, close, open_in_prompt, others } = self;
        let think = Think { open: Some(open), close: Some(close), open_in_prompt };
        let format = Survey::new(&think).conclude().format;
        let more = known_tags().into_iter().filter(|tags| others && *tags != format.tags).collect();
        Format { others: more, ..format }
    }
}
