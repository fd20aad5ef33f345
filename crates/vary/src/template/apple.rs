//! Templates in the syntax of Apple's GSM-Symbolic: gaps with their defaults, then `#init:`, `#conditions:` and `#answer:`.

use serde_json::Value;

use super::{Binding, Filling, Source, Template, TemplateError, Text, source};
use crate::expression::Expression;
use crate::lists::{Lists, Member};
use crate::number::{parse, show};

/// A row has templates of this kind.
pub fn is_apple(row: &Value) -> bool {
    row.get("question_annotated").is_some_and(Value::is_string)
}

/// One row of such a file.
///
/// # Errors
/// It cannot work, or uses what we do not have.
pub fn apple(row: &Value, lists: &Lists) -> Result<Template, TemplateError> {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let id = ["id_orig", "id_shuffled", "id"].iter().find_map(|name| row.get(*name)).map(Value::to_string);
    let id = format!("apple {}", id.unwrap_or_else(|| "–".to_owned()));
    let refuse = |reason| TemplateError { id: id.clone(), line: None, reason };
    let question =
        text("question_annotated").ok_or_else(|| refuse("`question_annotated` is missing".to_owned()))?;
    let parts = Parts::of(question);
    let template = parts.template(&id, text("answer_annotated"), lists);
    let mut template = template.and_then(Template::checked).map_err(refuse)?;
    template.notes.extend(guessed(question));
    template.notes.extend(text("answer").and_then(|answer| other_answer(&template, answer)));
    Ok(template)
}

/// What is read by what others take it for, as nobody published it.
fn guessed(question: &str) -> Option<String> {
    question
        .contains("numbers_within(")
        .then(|| "`numbers_within(a, b)` is taken as a whole number from a to b".to_owned())
}

/// The original comes to something else than the file says.
fn other_answer(template: &Template, answer: &str) -> Option<String> {
    let said = parse(answer.rsplit_once("####")?.1.trim())?;
    let own = template.original().ok()?.answer;
    (own != said).then(|| format!("the original comes to {}, and the file says {}", show(&own), show(&said)))
}

/// The sections of a row.
#[derive(Default)]
struct Parts<'a> {
    question: String,
    init: Vec<&'a str>,
    conditions: Vec<&'a str>,
    answer: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let mut parts = Self::default();
        let mut section = "";
        for line in text.lines() {
            let trimmed = line.trim();
            let item = trimmed.strip_prefix('-').map_or(trimmed, str::trim);
            match trimmed {
                _ if trimmed.starts_with("#init:") => section = "init",
                _ if trimmed.starts_with("#conditions:") => section = "conditions",
                _ if trimmed.starts_with("#answer:") => {
                    section = "answer";
                    parts.answer =
                        trimmed.strip_prefix("#answer:").map(str::trim).filter(|text| !text.is_empty());
                }
                "" if !section.is_empty() => {}
                _ => match section {
                    "" => parts.question += &format!("{line}\n"),
                    "init" => parts.init.push(item),
                    "conditions" => parts.conditions.push(item),
                    _ => parts.answer = parts.answer.or(Some(item)),
                },
            }
        }
        parts
    }

    fn template(&self, id: &str, annotated: Option<&str>, lists: &Lists) -> Result<Template, String> {
        let (problem, defaults) = gaps(self.question.trim())?;
        let bindings: Vec<Binding> =
            self.init.iter().map(|line| binding(line, lists)).collect::<Result<_, _>>()?;
        let original = original(&defaults, &bindings)?;
        let behind = annotated.and_then(|text| text.rsplit_once("####")).map(|(_, answer)| answer.trim());
        let in_braces = behind.map(|text| text.trim_start_matches('{').trim_end_matches('}'));
        let answer = self.answer.or(in_braces).ok_or("no `#answer:`, and none behind `####`")?;
        let conditions = self.conditions.iter().map(|text| expression(text)).collect::<Result<_, _>>()?;
        Ok(Template {
            id: id.to_owned(),
            subset: String::new(),
            problem: Text::parse(&problem)?,
            solution: None,
            answer: expression(answer)?,
            conditions,
            bindings,
            original,
            notes: vec!["lists of words are ours: those of the source are not published".to_owned()],
        })
    }
}

fn expression(text: &str) -> Result<Expression, String> {
    Expression::parse(text).map_err(|error| error.to_string())
}

type Defaults = Vec<(String, String)>;

/// The text with `{name, default}` as `{name}`, and the defaults.
fn gaps(text: &str) -> Result<(String, Defaults), String> {
    let (mut problem, mut defaults) = (String::new(), Defaults::new());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (inner, after) = behind.split_once('}').ok_or("a brace that is not closed")?;
        let (name, default) = inner.split_once(',').ok_or_else(|| format!("gap `{inner}` has no default"))?;
        let (name, default) = (name.trim().to_owned(), default.trim().to_owned());
        problem += &format!("{before}{{{name}}}");
        if defaults.iter().all(|(known, _)| *known != name) {
            defaults.push((name, default));
        }
        rest = after;
    }
    Ok((problem + rest, defaults))
}

/// Values of all names: the defaults, and what these give.
fn original(defaults: &Defaults, bindings: &[Binding]) -> Result<Filling, String> {
    let mut filling = Filling::new();
    for binding in bindings {
        for name in binding.names() {
            let default =
                defaults.iter().find(|(known, _)| known == name).map(|(_, text)| binding.member(text));
            let given = || binding.draw(&filling, &mut crate::Draws::new(0, name, 0));
            let member = match (&binding.source, default) {
                (_, Some(member)) => Some(numbered(member)),
                // What is shown nowhere has no default, but what computes it has.
                (Source::Computed(_), None) => given().and_then(|members| members.into_iter().next()),
                _ => None,
            };
            filling.insert(
                name.to_owned(),
                member.ok_or_else(|| format!("`{name}` has no default in the text"))?,
            );
        }
    }
    Ok(filling)
}

/// `1,200` and `$5` are numbers too.
fn numbered(member: Member) -> Member {
    let bare: String = member.text.chars().filter(|c| !matches!(c, ',' | '$' | '€' | '£' | '%')).collect();
    let number = member.number.clone().or_else(|| parse(&bare));
    Member { number, ..member }
}

/// A line of `#init:`, such as `$a, $b = sample(list(range(3, 9)), 2)`.
fn binding(line: &str, lists: &Lists) -> Result<Binding, String> {
    let (left, right) = line.split_once('=').ok_or_else(|| format!("`{line}` is no assignment"))?;
    let targets: Vec<String> =
        left.split(',').map(|name| name.trim().trim_start_matches('$').to_owned()).collect();
    let source =
        source(right.trim(), targets.len(), lists).map_err(|why| format!("`{}`: {why}", right.trim()))?;
    Ok(Binding { targets, source })
}

fn source(text: &str, count: usize, lists: &Lists) -> Result<Source, String> {
    let Some((name, arguments)) = call(text) else { return expression(text).map(Source::Computed) };
    match (name, arguments.as_slice()) {
        ("range" | "np.arange" | "frange", ends) => range(ends, None),
        // It takes away the noise of floating point, which exact fractions do not have.
        ("fix_floats", [inner]) => source(inner, count, lists),
        ("numbers_within", [low, high]) => Ok(closed(range(&[low, high], None)?)),
        ("np.random.randint", [low, high]) => range(&[low, high], None),
        ("sample", [from]) => members(from, lists),
        ("sample", [from, wanted]) if wanted.parse() == Ok(count) => members(from, lists),
        ("sample_sequential", [from, wanted]) if wanted.parse() == Ok(count) => match members(from, lists)? {
            Source::Members(all) => Ok(Source::Sequence(all)),
            other => Ok(other),
        },
        ("sample" | "sample_sequential", [_, wanted]) => Err(format!("draws {wanted} for {count} names")),
        _ => expression(text).map(Source::Computed),
    }
}

fn range(ends: &[&str], places: Option<u32>) -> Result<Source, String> {
    let (low, high, step) = match ends {
        [high] => ("0", *high, "1"),
        [low, high] => (*low, *high, "1"),
        [low, high, step] => (*low, *high, *step),
        _ => return Err("a range has two ends and a step".to_owned()),
    };
    let (low, high, step) = (expression(low)?, expression(high)?, expression(step)?);
    Ok(Source::Range(source::Range { low, high, step, closed: false, places }))
}

/// The same range with its last number.
fn closed(source: Source) -> Source {
    match source {
        Source::Range(range) => Source::Range(source::Range { closed: true, ..range }),
        other => other,
    }
}

/// A list: by its name, in brackets, `list(range(…))`, or lists of words behind each other with `+`.
fn members(text: &str, lists: &Lists) -> Result<Source, String> {
    match call(text) {
        Some(("list" | "fix_floats", inner)) if inner.len() == 1 => return members(inner[0], lists),
        Some(("range" | "np.arange" | "frange", ends)) => return range(&ends, None),
        Some(("numbers_within", ends)) => return range(&ends, None).map(closed),
        _ => {}
    }
    let together = split_at(text, '+');
    if together.len() > 1 {
        let of = |part: &&str| match members(part, lists)? {
            Source::Members(all) => Ok(all),
            _ => Err(format!("`{part}` is no list of words")),
        };
        let all = together.iter().map(of).collect::<Result<Vec<_>, String>>()?;
        return Ok(Source::Members(all.concat()));
    }
    let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return Ok(Source::Members(lists.get(text)?.to_vec()));
    };
    let all: Result<Vec<Member>, String> = apart(inner).into_iter().map(member).collect();
    all.map(Source::Members)
}

/// A text in quotes, a number, or both in brackets: how it is shown and what it is.
fn member(text: &str) -> Result<Member, String> {
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        let parts = apart(inner);
        let [shown, number] = parts.as_slice() else { return Err(format!("`{text}` is no pair")) };
        let number = expression(number)?.number(&Default::default()).map_err(|error| error.to_string())?;
        return Ok(Member { text: unquoted(shown).unwrap_or(shown).to_owned(), number: Some(number) });
    }
    if let Some(text) = unquoted(text) {
        return Ok(Member::of(text));
    }
    let number = expression(text)?.number(&Default::default()).map_err(|error| error.to_string())?;
    Ok(Member { text: show(&number), number: Some(number) })
}

fn unquoted(text: &str) -> Option<&str> {
    ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// `name(a, b)` as its name and what it is called with, if that is all of the text.
fn call(text: &str) -> Option<(&str, Vec<&str>)> {
    let (name, rest) = text.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    // `f(a) + g(b)` ends with a bracket too.
    let mut depth = 0_i32;
    let closes_early = inner.chars().any(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0
    });
    (is_name && !closes_early).then(|| (name, apart(inner)))
}

/// The parts between commas that stand in no brackets and no quotes.
fn apart(text: &str) -> Vec<&str> {
    split_at(text, ',')
}

/// The parts between signs that stand in no brackets and no quotes.
fn split_at(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, c) if c == sign && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + sign.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
