//! `thinkmeter list`: what exists, a line each.

use clap::ValueEnum;
use dataset::SOURCES;
use judge::JUDGES;
use plugin::Key;
use split::SPLITTERS;

use crate::args::{Kind, ListArgs};
use crate::exit::{Exit, Result};
use crate::output;

pub(crate) fn run(args: &ListArgs) -> Result<Exit> {
    let items = args.kind.map_or_else(overview, items);
    let width = items.iter().map(|item| item.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for item in items {
        text += &format!("{:<width$}  {}\n", item.name, item.about);
        if args.keys {
            text.extend(item.keys.iter().map(key_line));
        }
    }
    output::data(&text)?;
    Ok(Exit::Done)
}

struct Item {
    name: String,
    about: String,
    keys: Vec<Key>,
}

fn items(kind: Kind) -> Vec<Item> {
    match kind {
        Kind::Cues => cues(),
        Kind::Datasets => registry(&SOURCES),
        Kind::Templates => templates(),
        Kind::Variations => registry(&vary::VARIATIONS),
        Kind::Votes => arena::formats().into_iter().map(format).collect(),
        Kind::Exports => registry(&curate::EXPORTS),
        Kind::Formats => dataset::formats().into_iter().map(format).collect(),
        Kind::Generators => registry(&generate::GENERATORS),
        Kind::Graders => registry(&grade::GRADERS),
        Kind::Judges => registry(&JUDGES),
        Kind::Selectors => registry(&score::SELECTORS),
        Kind::Splitters => registry(&SPLITTERS),
        Kind::Stopping => registry(&stopping::STOPPING),
        Kind::Strategies => registry(&generate::STRATEGIES),
        Kind::Tasks => tasks(),
        Kind::Searches => registry(&generate::SEARCHES),
        Kind::Verifiers => registry(&verify::VERIFIERS),
        Kind::Metrics => score::terms().into_iter().map(metric).collect(),
        Kind::Pipelines => pipeline::PIPELINES.iter().map(|(name, text)| described(name, text)).collect(),
        Kind::References => {
            leaderboard::References::all().iter().map(|one| format((one.name, one.about))).collect()
        }
        Kind::Presets => dataset::PRESETS.iter().map(|(name, text)| described(name, text)).collect(),
    }
}

/// What can be listed, how many there are of it, and the first of them.
fn overview() -> Vec<Item> {
    const FIRST: usize = 5;
    let line = |kind: &Kind| {
        let name = kind.to_possible_value()?.get_name().to_owned();
        let items = items(*kind);
        let first = items.iter().filter(|item| !item.name.starts_with(' ')).take(FIRST);
        let first: Vec<&str> = first.map(|item| item.name.as_str()).collect();
        let more = if items.len() > FIRST { ", …" } else { "" };
        Some(Item { name, about: format!("{:>4}  {}{more}", items.len(), first.join(", ")), keys: vec![] })
    };
    Kind::value_variants().iter().filter_map(line).collect()
}

/// A line for each kind of cue of each language, and for each list of switches: a sentence that holds one, and all of them.
fn cues() -> Vec<Item> {
    let item = |name: String, example: &str, phrases: &[&str]| Item {
        name,
        about: format!("“{example}” {}", phrases.join(", ")),
        keys: vec![],
    };
    let of_language = |(language, text): &(&str, &'static str)| {
        let sections = answer::cue_sections(text).into_iter();
        let one = |section: answer::CueSection<'_>| {
            item(format!("{language} {}", section.kind), section.example, &section.phrases)
        };
        sections.map(one).collect::<Vec<_>>()
    };
    let of_list = |(list, text): &(&str, &str)| {
        let phrases: Vec<&str> = answer::switches::phrases(text).collect();
        item(format!("{list} switch"), answer::switches::example(text).unwrap_or_default(), &phrases)
    };
    answer::CUES.iter().flat_map(of_language).chain(answer::switches::SETS.iter().map(of_list)).collect()
}

fn format((name, about): (&str, &str)) -> Item {
    Item { name: name.to_owned(), about: about.to_owned(), keys: vec![] }
}

fn registry<T: ?Sized>(registry: &plugin::Registry<T>) -> Vec<Item> {
    let item = |entry: &plugin::Entry<T>| Item {
        name: entry.kind.to_owned(),
        about: entry.about.to_owned(),
        keys: entry.keys(),
    };
    registry.entries.iter().map(item).collect()
}

/// A line for each task and, below it, for each way to do it.
fn tasks() -> Vec<Item> {
    let mut items = Vec::new();
    for entry in judge::TASKS {
        items.push(Item { name: entry.name.to_owned(), about: entry.about.to_owned(), keys: vec![] });
        items.extend(
            registry(entry.kinds).into_iter().map(|kind| Item { name: format!("  {}", kind.name), ..kind }),
        );
    }
    items
}

/// Our own, each with its problem as it stands there.
fn templates() -> Vec<Item> {
    // They are embedded, and tests read them.
    let all = vary::native_file(vary::TEMPLATES, &vary::Lists::ours()).unwrap_or_default();
    let item = |template: vary::Template| Item {
        about: template.original().map(|original| original.problem).unwrap_or_default(),
        name: template.id,
        keys: vec![],
    };
    all.into_iter().map(item).collect()
}

fn metric(term: tables::Term) -> Item {
    let about = format!("{} ({}): {}", term.title, term.unit.word(), term.about);
    Item { name: term.name.to_owned(), about, keys: vec![] }
}

/// A TOML file that says in its `description` what it is for.
fn described(name: &str, text: &str) -> Item {
    let table: Option<plugin::Value> = toml::from_str(text).ok();
    let about = table.and_then(|table| Some(table.get("description")?.as_str()?.to_owned()));
    // All of them are embedded, and tests read them.
    Item { name: name.to_owned(), about: about.unwrap_or_default(), keys: vec![] }
}

fn key_line(key: &Key) -> String {
    let default = match (&key.default, key.required) {
        (_, true) => " (required)".to_owned(),
        (Some(default), _) => format!(" (default {default})"),
        (None, _) => String::new(),
    };
    format!("    {} — {}{default}\n", key.name, key.about)
}
