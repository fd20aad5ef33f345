//! What of an endpoint depends on the environment, and what a client asks of its numbers.

use std::time::Duration;

use chat::{Endpoint, Timeouts};

use crate::{Backoff, Execution, LlmError, env, http::harmless, serve};

/// The server's address without a slash at its end, from the configuration or the environment; of a server that is started
/// for the model, what it is known by.
pub fn address(endpoint: &Endpoint) -> Option<String> {
    if let Some(serve) = &endpoint.serve {
        return serve::choose(endpoint, serve).ok().map(|chosen| chosen.identity());
    }
    let address = endpoint.base_url.clone().or_else(|| env::read(env::OPENAI_BASE_URL))?;
    Some(address.trim_end_matches('/').to_owned()).filter(|address| !address.is_empty())
}

/// The server's address as it may be shown.
pub fn shown_address(endpoint: &Endpoint) -> Option<String> {
    if let Some(serve) = &endpoint.serve {
        return serve::choose(endpoint, serve).ok().map(|chosen| chosen.shown());
    }
    address(endpoint).map(|address| harmless(&address))
}

/// Every time-out must be a positive number that a clock can hold.
pub(crate) fn check(timeouts: &Timeouts) -> Result<(), LlmError> {
    let all = [
        ("connect", timeouts.connect),
        ("first_token", timeouts.first_token),
        ("between_chunks", timeouts.between_chunks),
        ("total", timeouts.total),
    ];
    let fits = |seconds: f64| seconds > 0.0 && Duration::try_from_secs_f64(seconds).is_ok();
    match all.into_iter().find(|(_, seconds)| !fits(*seconds)) {
        Some((key, value)) => Err(LlmError::BadTimeout { key, value }),
        None => Ok(()),
    }
}

/// The waits that the endpoint names, else those of the execution.
pub(crate) fn backoff(endpoint: &Endpoint, execution: &Execution) -> Result<Backoff, LlmError> {
    let Some(named) = endpoint.backoff else { return Ok(execution.backoff) };
    let seconds =
        |key, value: f64| Duration::try_from_secs_f64(value).map_err(|_| LlmError::BadBackoff { key, value });
    Ok(Backoff {
        base: seconds("base", named.base)?,
        most: seconds("most", named.most)?,
        most_asked: seconds("most_asked", named.most_asked)?,
    })
}
