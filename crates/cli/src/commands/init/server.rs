//! A pipeline that asks a server, with what `doctor` saw of it.

use doctor::{Examination, Survey};
use plugin::Value;

use super::{Draft, REST, comments, quoted};
use crate::args::InitArgs;
use crate::commands::component::{invalid, table};
use crate::commands::session::Session;
use crate::exit::{Result, Usage};

/// Tokens of each of the two replies that are looked at.
const MAX_TOKENS: u64 = 2048;

/// Our own problems or those of a preset, answered by the server that is named or found.
pub(super) fn draft(args: &InitArgs, preset: Option<&str>, session: &Session) -> Result<Draft> {
    let survey = session.runtime.block_on(doctor::survey());
    let Some(place) = Place::choose(args, &survey, session) else { return Ok(nothing(preset)) };
    let (seen, models, notes) = match examined(&place, session)? {
        Ok(diagnosis) => {
            let seen =
                diagnosis.findings.iter().map(|finding| format!("{}: {}", finding.about, finding.text));
            (seen.collect(), diagnosis.advice, vec![])
        }
        Err(error) => {
            let words = format!("the server could not be looked at: {error}");
            (vec![words.clone()], place.table(), vec![words])
        }
    };
    let mut text = format!("# Asks {}. What thinkmeter doctor saw:\n", place.shown());
    text += &comments(seen.iter().map(String::as_str));
    text += &comments(place.others.iter().map(String::as_str));
    text += &problems(preset);
    text += &models;
    text += "max_tokens = 16384\n# samples = 4                      # replies to each problem\n";
    text += "# temperature = 0.6                # further keys: thinkmeter list generators --keys\n";
    text += REST;
    Ok(Draft { text, notes })
}

/// Where to ask, and whom.
struct Place {
    address: Option<String>,
    serve: Option<String>,
    model: String,
    /// What else could be asked, a line each.
    others: Vec<String>,
}

impl Place {
    /// What the arguments name, else the first that was found; `None` if there is nothing to ask.
    fn choose(args: &InitArgs, survey: &Survey, session: &Session) -> Option<Self> {
        let serve = || args.serve.clone().or_else(|| survey.engines.first().map(|word| (*word).to_owned()));
        if args.serve.is_some() || (args.base_url.is_none() && survey.servers.is_empty()) {
            let serve = Some(serve()?);
            let model = args.model.clone().unwrap_or_else(|| "Qwen/Qwen3-0.6B".to_owned());
            return Some(Self { address: None, serve, model, others: vec![] });
        }
        let found = match &args.base_url {
            Some(address) => session.runtime.block_on(doctor::models(address)).ok(),
            None => survey.servers.first().cloned(),
        };
        let address = args.base_url.clone().or_else(|| found.as_ref().map(|found| found.address.clone()));
        let models = found.map(|found| found.models).unwrap_or_else(Vec::new);
        let model =
            args.model.clone().or_else(|| models.first().cloned()).unwrap_or_else(|| "default".to_owned());
        let others = models.iter().filter(|other| **other != model);
        let others = others.map(|other| format!("it also has {other}")).collect();
        Some(Self { address, serve: None, model, others })
    }

    fn shown(&self) -> String {
        let server = self.serve.as_ref().map(|serve| format!("{serve}, started on this machine,"));
        let address =
            || self.address.as_deref().map(|address| secrets::without_secrets(address, &mut secrets::hidden));
        let server =
            server.or_else(address).unwrap_or_else(|| "the server that OPENAI_BASE_URL names".to_owned());
        format!("{server} for {}", self.model)
    }

    /// The model's table without anything that was seen.
    fn table(&self) -> String {
        let mut table = format!(
            "[[models]]\nname = {}\nkind = \"openai\"\nmodel = {}\n",
            quoted(self.model.rsplit('/').next().unwrap_or(&self.model)),
            quoted(&self.model)
        );
        let keys = [("base_url", &self.address), ("serve", &self.serve)];
        for (key, value) in keys.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            table += &format!("{key} = {}\n", quoted(&secrets::without_secrets(value, &mut secrets::hidden)));
        }
        table
    }
}

/// What `doctor` says of the place; inside, why it could not be looked at.
fn examined(place: &Place, session: &Session) -> Result<std::result::Result<doctor::Diagnosis, String>> {
    let keys = [
        ("name", Some(Value::from(place.model.clone()))),
        ("model", Some(Value::from(place.model.clone()))),
        ("base_url", place.address.clone().map(Value::from)),
        ("serve", place.serve.clone().map(Value::from)),
    ];
    let model =
        generate::parse(&table(Some(generate::GENERATORS.usual), &keys, &[])?, "model").map_err(invalid)?;
    let endpoint = model.endpoint().cloned().ok_or_else(|| Usage("a server has no endpoint".to_owned()))?;
    if endpoint.serve.is_some() {
        // Loading a model takes minutes; the first run does it.
        return Ok(Err("it is started by the first run".to_owned()));
    }
    let examination = Examination {
        endpoint,
        max_tokens: MAX_TOKENS,
        continues: false,
        tokenizer: None,
        tokenizer_name: None,
        servers: None,
    };
    Ok(session.runtime.block_on(examination.run()).map_err(|error| error.to_string()))
}

fn problems(preset: Option<&str>) -> String {
    match preset {
        Some(name) => {
            format!("description = {0}\n\n[dataset]\npreset = {0}\n# limit = 100\n\n", quoted(name))
        }
        None => "description = \"First problems\"\n\n\
                 # Problems of the program's own. Yours: kind = \"jsonl\", path = \"problems.jsonl\"\n\
                 [dataset]\nkind = \"builtin\"\nreplies = false\n\n"
            .to_owned(),
    }
}

/// Nothing to ask was found.
fn nothing(preset: Option<&str>) -> Draft {
    let place = Place {
        address: Some("http://localhost:8000/v1".to_owned()),
        serve: None,
        model: "default".to_owned(),
        others: vec![],
    };
    let words = "no server was found and no program that serves models; set base_url and model in the file";
    let text = format!("# {words}.\n{}{}max_tokens = 16384\n{REST}", problems(preset), place.table());
    Draft { text, notes: vec![words.to_owned()] }
}
