//! What there is to ask on this machine, before anybody names a server or a model.

use llm::{Client, Endpoint, Execution, Timeouts};

use crate::findings::{Finding, bad, good, note};

/// Where the usual programs listen unless they are told otherwise.
const USUAL: [(&str, &str); 4] = [
    ("vLLM", "http://127.0.0.1:8000/v1"),
    ("llama-server", "http://127.0.0.1:8080/v1"),
    ("Ollama", "http://127.0.0.1:11434/v1"),
    ("SGLang", "http://127.0.0.1:30000/v1"),
];

/// Models whose names are printed.
const MOST_NAMES: usize = 8;

/// A server that was found, and the models that it says it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its address, as it is shown.
    pub address: String,
    /// Its models.
    pub models: Vec<String>,
}

/// What was found on this machine.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// A line each.
    pub findings: Vec<Finding>,
    /// Servers that answer; the one that the environment names first.
    pub servers: Vec<Found>,
    /// Programs on the PATH that could serve a model, as `serve` names them.
    pub engines: Vec<&'static str>,
}

/// Looks at the server that the environment names, at the usual places on this machine, and for programs that serve.
pub async fn survey() -> Survey {
    let mut survey = Survey::default();
    match llm::shown_address(&Endpoint::default()) {
        Some(address) => {
            survey.look_at("OPENAI_BASE_URL", &llm::address(&Endpoint::default()).unwrap_or(address)).await
        }
        None => survey.findings.push(note("server", "OPENAI_BASE_URL is not set; say --base-url, or set it")),
    }
    for (name, address) in USUAL {
        survey.look_quietly(name, address).await;
    }
    survey.engines();
    survey
}

/// What a server says it has, as a line.
pub async fn server(address: &str) -> Finding {
    match models(address).await {
        Ok(found) => good("server", format!("{} has {}", found.address, names(&found.models))),
        Err(error) => bad("server", error),
    }
}

/// The models that a server says it has.
///
/// # Errors
/// It cannot be asked, in words.
pub async fn models(address: &str) -> Result<Found, String> {
    let timeouts = Timeouts { connect: 2.0, ..Timeouts::default() };
    // Every client asks for one; none is asked here.
    let endpoint = Endpoint {
        base_url: Some(address.to_owned()),
        model: "any".to_owned(),
        timeouts,
        ..Endpoint::default()
    };
    let client = Client::new(&endpoint, &Execution::default()).map_err(|error| error.to_string())?;
    let models = client.models().await.map_err(|error| error.reason())?;
    Ok(Found { address: client.address().to_owned(), models })
}

impl Survey {
    async fn look_at(&mut self, name: &'static str, address: &str) {
        match models(address).await {
            Ok(found) => {
                self.findings
                    .push(good("server", format!("{} ({name}) has {}", found.address, names(&found.models))));
                self.servers.push(found);
            }
            Err(error) => self.findings.push(note("server", format!("{name}: {error}"))),
        }
    }

    /// Nobody said that there is something: only what is there is told.
    async fn look_quietly(&mut self, name: &'static str, address: &str) {
        let Ok(found) = models(address).await else { return };
        if found.models.is_empty() || self.servers.iter().any(|known| known.models == found.models) {
            return;
        }
        let has = names(&found.models);
        self.findings.push(good("server", format!("{address}, where {name} listens, has {has}")));
        self.servers.push(found);
    }

    fn engines(&mut self) {
        let installed = llm::serve::installed();
        for (word, program) in &installed {
            self.findings.push(good(
                "program",
                format!("{} can serve a model: serve = \"{word}\"", program.display()),
            ));
        }
        if installed.is_empty() {
            let text = "none on the PATH serves models (vllm, sglang, llama-server, ollama)";
            self.findings.push(note("program", text));
        }
        self.engines = installed.into_iter().map(|(word, _)| word).collect();
    }
}

fn names(models: &[String]) -> String {
    match models {
        [] => "no list of models".to_owned(),
        few if few.len() <= MOST_NAMES => few.join(", "),
        many => format!("{} and {} more", many[..MOST_NAMES].join(", "), many.len() - MOST_NAMES),
    }
}
