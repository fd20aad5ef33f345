//! What a server's replies say about it, one sentence each.

use answer::{Outcome, Policy, compare, extract};
use llm::{CallError, ChatReply, Client};
use serde::Serialize;
use tables::{Finish, Generation};

use crate::Examination;
use crate::probe::{ANSWER, Probe};

/// How a finding is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// In the way of measuring.
    Bad,
}

/// One thing that was found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it is to be taken.
    pub mark: Mark,
    /// What it is about, in a word or two.
    pub about: &'static str,
    /// The finding.
    pub text: String,
}

pub(crate) fn good(about: &'static str, text: impl Into<String>) -> Finding {
    Finding { mark: Mark::Good, about, text: text.into() }
}

pub(crate) fn note(about: &'static str, text: impl Into<String>) -> Finding {
    Finding { mark: Mark::Note, about, text: text.into() }
}

pub(crate) fn bad(about: &'static str, text: impl Into<String>) -> Finding {
    Finding { mark: Mark::Bad, about, text: text.into() }
}

/// Everything that can be said, in the order in which a reader wants to know it.
pub(crate) fn all(
    examination: &Examination,
    client: &Client,
    listed: Result<&[String], &CallError>,
    streamed: &Probe,
    whole: &Probe,
) -> Vec<Finding> {
    let best = if streamed.reply.is_ok() { streamed } else { whole };
    let Ok(reply) = &best.reply else { return Vec::new() };
    let mut findings = vec![good("server", format!("{} answers for `{}`", client.address(), client.model()))];
    findings.push(models(client.model(), listed));
    findings.extend([streaming(streamed), unstreamed(whole)]);
    findings.extend([thinking(best, reply), end(reply), answered(best), usage(reply)]);
    findings.extend(thinking_tokens(best, reply));
    findings.extend(fitting(examination, best, reply));
    findings.extend(speed(streamed));
    findings.extend(repeatable(streamed, whole));
    findings
}

fn models(model: &str, listed: Result<&[String], &CallError>) -> Finding {
    match listed {
        Ok([]) => note("models", "its list of models is empty or none"),
        Ok(models) if models.iter().any(|name| name == model) => good("models", "the model is in its list"),
        Ok(models) => {
            note("models", format!("the model is not in its list ({}), and answers", models.join(", ")))
        }
        Err(_) => note("models", "it does not list its models"),
    }
}

fn streaming(streamed: &Probe) -> Finding {
    match &streamed.reply {
        Ok(reply) if reply.first_token_seconds.is_some() => good("streaming", "works"),
        Ok(_) => note("streaming", "was asked for and not given: long replies may be cut by gateways"),
        Err(error) => bad("streaming", format!("fails: {}; write `stream = false`", error.reason())),
    }
}

fn unstreamed(whole: &Probe) -> Finding {
    match &whole.reply {
        Ok(_) => good("without streaming", "works"),
        Err(error) => {
            note("without streaming", format!("fails: {}; leave `stream` as it is", error.reason()))
        }
    }
}

fn thinking(probe: &Probe, reply: &ChatReply) -> Finding {
    let about = "thinking";
    match (probe.source(), reply.reasoning_tokens) {
        (Generation::HIDDEN, Some(hidden)) if hidden > 0 => {
            bad(about, format!("{hidden} tokens are counted and none is shown: its length alone can be told"))
        }
        (Generation::HIDDEN, _) => bad(
            about,
            "only a summary or a sealed text of it is sent, and no count: there is nothing to measure",
        ),
        (Generation::BLANK, _) => note(about, "room for it and nothing in it: the model did not think"),
        (Generation::NO_REASONING, _) => note(
            about,
            "none: the whole reply will be measured; if the model should think, look for a switch such as \
             `chat_template_kwargs = { enable_thinking = true }` in `extra_body`",
        ),
        (Generation::UNCLOSED, _) => {
            note(about, "its end was not reached; raise --max-tokens to see the rest of it")
        }
        ("tags", _) => good(about, "stands between tags in the text"),
        ("open_tag_in_prompt", _) => good(
            about,
            "ends with a tag; the opening one stands in the prompt, write `think.open_in_prompt = \"yes\"`",
        ),
        (field, _) => good(about, format!("comes in the field `{}`", field.trim_start_matches("field:"))),
    }
}

fn end(reply: &ChatReply) -> Finding {
    match reply.finish {
        Finish::Stop => good("finish", "the reply ended by itself, and the server says so"),
        Finish::Length => note("finish", "the token limit cut the reply, and the server says so"),
        _ => {
            bad("finish", "the server does not say why a reply ends: cut ones cannot be told from whole ones")
        }
    }
}

fn answered(probe: &Probe) -> Finding {
    let given = extract(&probe.generation.answer_text);
    let right = |raw: &str| compare(ANSWER, raw, &Policy::default()).outcome == Outcome::Equal;
    match given {
        Some(given) if right(&given.raw) => good("answer", format!("{ANSWER}, which is right")),
        Some(given) => note("answer", format!("{}; it is {ANSWER}", given.raw)),
        None => note("answer", "none could be read from the reply"),
    }
}

fn usage(reply: &ChatReply) -> Finding {
    match (reply.prompt_tokens, reply.completion_tokens) {
        (Some(prompt), Some(completion)) => {
            good("usage", format!("{prompt} tokens of prompt and {completion} of reply"))
        }
        _ => note("usage", "not counted by the server: what a run costs stays unknown"),
    }
}

fn thinking_tokens(probe: &Probe, reply: &ChatReply) -> Option<Finding> {
    if !probe.thinks() {
        return None;
    }
    Some(match reply.reasoning_tokens {
        Some(tokens) => good("thinking tokens", format!("{tokens} by the server's count")),
        None => note("thinking tokens", "not counted by the server; the tokenizer will"),
    })
}

/// A tokenizer that counts otherwise than the server is not the model's.
fn fitting(examination: &Examination, probe: &Probe, reply: &ChatReply) -> Option<Finding> {
    let Some(tokenizer) = &examination.tokenizer else {
        return Some(note(
            "tokenizer",
            "none was given: name the model's with --tokenizer, else tokens are estimated",
        ));
    };
    let served = reply.completion_tokens?;
    let generation = &probe.generation;
    let counted =
        u64::from(tokenizer.count(&generation.reasoning) + tokenizer.count(&generation.answer_text));
    // Tags, turn marks and the like are counted by the server alone.
    let apart = served.abs_diff(counted);
    Some(if apart <= 8 + served / 50 {
        good("tokenizer", format!("fits: {counted} tokens, the server counts {served}"))
    } else {
        bad("tokenizer", format!("does not fit: {counted} tokens, the server counts {served}"))
    })
}

fn speed(streamed: &Probe) -> Option<Finding> {
    let reply = streamed.reply.as_ref().ok()?;
    let (first, tokens) = (reply.first_token_seconds?, reply.completion_tokens?);
    let rest = (reply.seconds - first).max(1e-3);
    let rate = tokens.saturating_sub(1) as f64 / rest;
    Some(good("speed", format!("first token after {first:.2} s, then {rate:.1} tokens/s")))
}

fn repeatable(streamed: &Probe, whole: &Probe) -> Option<Finding> {
    let (a, b) = (streamed.reply.as_ref().ok()?, whole.reply.as_ref().ok()?);
    Some(if a.content == b.content && a.reasoning == b.reasoning {
        good("repeatable", "the same reply twice at temperature 0")
    } else {
        note(
            "repeatable",
            "two replies at temperature 0 differ: keep the reply cache of a run that you publish",
        )
    })
}
