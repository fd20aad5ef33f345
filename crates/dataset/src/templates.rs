//! Templates: files of them become rows, the known problem and what is drawn of each, that are read like any others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vary::{DrawSettings, Instance, Lists, Template, TemplateError, apple, is_apple, native_templates};

use crate::DatasetError;
use crate::varied::ORIGINAL;

/// Templates that can be drawn from, and what is wrong with others.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    read: Vec<Template>,
    /// Each with its file.
    faults: Vec<(PathBuf, TemplateError)>,
}

/// How many of all refused templates a message names.
const NAMED: usize = 20;

impl Templates {
    /// Ours.
    pub(crate) fn ours() -> Self {
        let mut found = Self::default();
        found.take(Path::new("data/templates.toml"), native_templates(vary::TEMPLATES, &Lists::ours()));
        found
    }

    /// Reads files: TOML in our form, JSON or JSON lines in Apple's.
    pub(crate) fn read(files: &[PathBuf], lists: &Lists) -> Result<Self, DatasetError> {
        let mut found = Self::default();
        for path in files {
            let text = std::fs::read_to_string(path).map_err(|source| DatasetError::open(path, source))?;
            match path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
                true => found.take(path, native_templates(&text, lists)),
                false => found.rows(path, &text, lists)?,
            }
        }
        Ok(found)
    }

    fn take(&mut self, path: &Path, (templates, faults): (Vec<Template>, Vec<TemplateError>)) {
        self.read.extend(templates);
        self.faults.extend(faults.into_iter().map(|fault| (path.to_owned(), fault)));
    }

    fn rows(&mut self, path: &Path, text: &str, lists: &Lists) -> Result<(), DatasetError> {
        let refuse = |reason: String| DatasetError::Format { path: path.to_owned(), reason };
        let mut rows = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        loop {
            let begun = text[rows.byte_offset()..].trim_start().len();
            let line = text[..text.len() - begun].matches('\n').count() + 1;
            let Some(row) = rows.next() else { return Ok(()) };
            let row = row.map_err(|error| refuse(format!("is no JSON: {error}")))?;
            let listed = if let Value::Array(rows) = row { rows } else { vec![row] };
            for row in &listed {
                if !is_apple(row) {
                    return Err(refuse(format!("line {line}: no template: it has no `question_annotated`")));
                }
                let faults = self.faults.len();
                self.take(
                    path,
                    match apple(row, lists) {
                        Ok(template) => (vec![template], vec![]),
                        Err(fault) => (vec![], vec![fault]),
                    },
                );
                // What stands in a list is found by its name alone.
                if listed.len() == 1 {
                    self.faults[faults..].iter_mut().for_each(|(_, fault)| fault.line = Some(line));
                }
            }
        }
    }

    /// The rows as JSON lines, and what should be known of them.
    ///
    /// # Errors
    /// A template cannot be read or drawn from, unless these are left out.
    pub(crate) fn drawn(mut self, settings: &Settings) -> Result<Drawn, DatasetError> {
        let (mut rows, mut notes) = (String::new(), BTreeMap::<String, Vec<String>>::new());
        for template in twice_refused(&mut self) {
            match lines(&template, settings) {
                Ok(lines) => {
                    rows += &lines;
                    template.notes.iter().for_each(|note| {
                        notes.entry(note.clone()).or_default().push(template.id.clone());
                    });
                }
                Err(fault) => self.faults.push((PathBuf::new(), fault)),
            }
        }
        if !self.faults.is_empty() && (!settings.skip_bad || rows.is_empty()) {
            return Err(refused(&self.faults));
        }
        let left_out = self.faults.iter().map(|(_, fault)| format!("left out: {fault}"));
        let notes = notes.into_iter().map(|(note, ids)| format!("{} ({note})", some(&ids)));
        Ok(Drawn { notes: notes.chain(left_out).collect(), rows: rows.into_bytes() })
    }
}

/// What is drawn, and what becomes of templates that nothing can be drawn from.
pub(crate) struct Settings {
    pub(crate) draw: DrawSettings,
    pub(crate) originals: bool,
    pub(crate) skip_bad: bool,
    /// The variant is the problem's group.
    pub(crate) grouped: bool,
}

/// Rows, and what should be known of them.
pub(crate) struct Drawn {
    pub(crate) rows: Vec<u8>,
    pub(crate) notes: Vec<String>,
}

/// The templates, without those that have the name of one before.
fn twice_refused(templates: &mut Templates) -> Vec<Template> {
    let mut known = std::collections::BTreeSet::new();
    let (own, again): (Vec<Template>, Vec<Template>) = std::mem::take(&mut templates.read)
        .into_iter()
        .partition(|template| known.insert(template.id.clone()));
    let reason = "another template has this name".to_owned();
    let fault = |template: Template| TemplateError { id: template.id, line: None, reason: reason.clone() };
    templates.faults.extend(again.into_iter().map(|template| (PathBuf::new(), fault(template))));
    own
}

/// A template's problems, a line each.
fn lines(template: &Template, settings: &Settings) -> Result<String, TemplateError> {
    let refuse = |reason| TemplateError { id: template.id.clone(), line: None, reason };
    let original = template.original().map_err(refuse)?;
    let original = settings.originals.then(|| row(template, &original, None, settings));
    let variant = settings.draw.varied.word();
    let instances = template.instances(&settings.draw)?;
    let drawn = (1..)
        .zip(&instances)
        .map(|(number, instance)| row(template, instance, Some((variant, number)), settings));
    Ok(original.into_iter().chain(drawn).map(|row| format!("{row}\n")).collect())
}

fn row(template: &Template, instance: &Instance, drawn: Option<(&str, u32)>, settings: &Settings) -> Value {
    let id = &template.id;
    let variant = drawn.map_or(ORIGINAL, |(variant, _)| variant);
    json!({
        "id": drawn.map_or(id.clone(), |(variant, number)| format!("{id}~{variant}{number}")),
        "subset": if settings.grouped { variant } else { &template.subset },
        "problem": instance.problem,
        "answer": instance.gold(),
        "solution": instance.solution,
        "cluster": id,
        "variant": variant,
        "origin": drawn.map(|_| id),
        "group": template.subset,
    })
}

/// All that is wrong, each with its file.
fn refused(faults: &[(PathBuf, TemplateError)]) -> DatasetError {
    let told = |(path, fault): &(PathBuf, TemplateError)| match path.as_os_str().is_empty() {
        true => fault.to_string(),
        false => format!("{}: {fault}", path.display()),
    };
    let mut lines: Vec<String> = faults.iter().take(NAMED).map(told).collect();
    if faults.len() > NAMED {
        lines.push(format!("and {} more", faults.len() - NAMED));
    }
    lines.push("mend them, or leave such templates out with `skip_bad = true`".to_owned());
    DatasetError::Selection(lines.join("\n"))
}

/// `3 templates, such as a, b, c`.
fn some(ids: &[String]) -> String {
    let named = ids.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    match ids.len() {
        1 => format!("template {named}"),
        count => format!("{count} templates, such as {named}"),
    }
}
