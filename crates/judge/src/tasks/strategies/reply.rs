//! Reading groups of solutions.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};
use tables::Solution;

use crate::task::reading::{agreed, field, json, lists, whole};

/// The group of each of `total` solutions in a model's words; every one stands in exactly one group.
pub(super) fn parse(words: &str, total: usize) -> Result<Vec<u32>, String> {
    let found =
        lists(words, NAMES).into_iter().filter(|list| list.iter().any(|group| members(group).is_some()));
    let told = found.map(|list| groups(&list, total)).collect::<Result<Vec<_>, String>>()?;
    if let Some(groups) = agreed(told, "list of strategies")? {
        return Ok(groups);
    }
    // A group a line: as an object each, or in words.
    let objects: Vec<Value> =
        json(words).into_iter().filter(|value| value.is_object() && members(value).is_some()).collect();
    if !objects.is_empty() {
        return groups(&objects, total);
    }
    let lines: Vec<Vec<Value>> = words.lines().filter_map(line).collect();
    if lines.is_empty() {
        return Err("the reply holds no list of strategies".to_owned());
    }
    let lines: Vec<Value> = lines.into_iter().map(Value::Array).collect();
    groups(&lines, total)
}

const NAMES: &[&str] = &["strategies", "clusters", "groups"];

/// The members of a group: a list, or an object that holds one.
fn members(group: &Value) -> Option<&Vec<Value>> {
    match group {
        Value::Array(items) => Some(items),
        Value::Object(object) => field(object, &["solutions", "members"])?.as_array(),
        _ => None,
    }
}

fn groups(list: &[Value], total: usize) -> Result<Vec<u32>, String> {
    let mut of: Vec<Option<u32>> = vec![None; total];
    for (number, group) in (0..).zip(list) {
        let members = members(group).ok_or_else(|| "a strategy does not list its solutions".to_owned())?;
        if members.is_empty() {
            return Err("a strategy has no solution".to_owned());
        }
        for member in members {
            let index = whole(member).ok_or_else(|| format!("{member} is no number of a solution"))?;
            let place = of.get_mut(index as usize);
            let place = place
                .ok_or_else(|| format!("there is no solution {index}; they run from 0 to {}", total - 1))?;
            if place.replace(number).is_some() {
                return Err(format!("solution {index} stands in two places"));
            }
        }
    }
    match of.iter().position(Option::is_none) {
        Some(index) => Err(format!("solution {index} is in no strategy")),
        None => Ok(of.into_iter().flatten().collect()),
    }
}

static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s\-*#>]*(?:strategy|cluster|group|method)\b[^:]*:[\s*]*(?:solutions?|members)?[\s:*#]*(\d+(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+)\d+)*)[\s.*]*$")
        .ok()
});

/// `Strategy 1 (factoring): 0, 2 and 5`.
fn line(text: &str) -> Option<Vec<Value>> {
    let numbers = LINE.as_ref()?.captures(text)?.get(1)?.as_str();
    let numbers = numbers.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    Some(numbers.map(Value::from).collect())
}

/// Groups as labelled, and the solutions they are about as far as the line says.
pub(super) struct Labelled {
    groups: Vec<u32>,
    ends: Option<Vec<u32>>,
}

/// The groups of a line: `strategies` in parallel to the solutions, or `strategy` in each of them.
pub(super) fn labels(line: &Map<String, Value>) -> Option<Result<Labelled, String>> {
    let solutions = line.get("solutions").and_then(Value::as_array);
    let end = |solution: &Value| whole(solution.get("end").unwrap_or(solution));
    let ends = solutions.and_then(|solutions| solutions.iter().map(end).collect::<Option<Vec<u32>>>());
    if let Some(groups) = line.get("strategies") {
        let numbers =
            groups.as_array().and_then(|groups| groups.iter().map(whole).collect::<Option<Vec<u32>>>());
        let numbers = numbers.ok_or_else(|| format!("`strategies` is {groups}; expected a list of numbers"));
        return Some(numbers.map(|groups| Labelled { groups, ends }));
    }
    let groups: Option<Vec<u32>> =
        solutions?.iter().map(|solution| solution.get("strategy").and_then(whole)).collect();
    groups.filter(|groups| !groups.is_empty()).map(|groups| Ok(Labelled { groups, ends }))
}

impl Labelled {
    /// The groups, if they are about these solutions.
    pub(super) fn matching(self, ours: &[Solution]) -> Result<Vec<u32>, String> {
        let ends: Vec<u32> = ours.iter().map(|solution| solution.end).collect();
        match self.ends {
            Some(theirs) if theirs != ends => Err(format!(
                "its strategies are of solutions that end in steps {theirs:?}, here they end in {ends:?}"
            )),
            _ if self.groups.len() != ours.len() => {
                Err(format!("it has strategies for {} solutions, here are {}", self.groups.len(), ours.len()))
            }
            _ => Ok(self.groups),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn groups_are_read_in_every_dress() {
        let check = |reply: &str| assert_eq!(parse(reply, 4), Ok(vec![0, 1, 0, 1]), "{reply}");
        check(
            r#"{"strategies": [{"method": "factors", "solutions": [0, 2]}, {"method": "table", "solutions": [1, 3]}]}"#,
        );
        check(
            "```json\n{\"clusters\": [{\"name\": \"a\", \"members\": [\"0\", \"2\"]}, {\"members\": [1, 3]}]}\n```",
        );
        check("As for the interval [0, 1], see above.\n[[0, 2], [1, 3]]");
        check(r"\boxed{[[0, 2], [1, 3]]}");
        check("{'strategies': [{'solutions': [0, 2]}, {'solutions': [1, 3]}]}");
        check("{\"solutions\": [0, 2]}\n{\"solutions\": [1, 3]}");
        check("**Strategy 1** (factors): solutions 0, 2\n- Strategy 2: 1 and 3.\n");
        check("Group A: 0, 2\nGroup B: 1, and 3");
    }

    #[test]
    fn what_is_no_partition_is_refused_and_never_one_big_group() {
        let check =
            |reply: &str, expect: &str| assert_eq!(parse(reply, 3), Err(expect.to_owned()), "{reply}");
        check("[[0, 1]]", "solution 2 is in no strategy");
        check("[[0, 1], [1, 2]]", "solution 1 stands in two places");
        check("[[0, 0], [1, 2]]", "solution 0 stands in two places");
        check("[[1, 2, 3]]", "there is no solution 3; they run from 0 to 2");
        check("[[0, 1, 2], []]", "a strategy has no solution");
        check(
            r#"{"strategies": [{"solutions": [0, 1, 2]}, {"method": "b"}]}"#,
            "a strategy does not list its solutions",
        );
        check(r#"[["a", 1, 2]]"#, "\"a\" is no number of a solution");
        // A list of numbers may be one big group, or a number for each solution.
        check("[0, 1, 2]", "the reply holds no list of strategies");
        check("All use the same strategy.", "the reply holds no list of strategies");
        check(
            "[[0, 1, 2]] or [[0, 1], [2]]",
            "the reply gives more than one list of strategies, and they differ",
        );
        check("Strategy 1: 0, 1", "solution 2 is in no strategy");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_only_partitions_pass(
            text in r#"([0-3\[\], ]|\[\[|\]\]|"solutions": |\{|\}|Strategy 1: |\n|[Ⱥİ\u{212a}]|\PC){0,40}"#
        ) {
            if let Ok(groups) = parse(&text, 4) {
                prop_assert_eq!(groups.len(), 4);
            }
        }

        #[test]
        fn every_partition_is_read(of in proptest::collection::vec(0_u32..4, 1..9)) {
            let mut lists: Vec<Vec<usize>> = vec![vec![]; 4];
            of.iter().enumerate().for_each(|(index, group)| lists[*group as usize].push(index));
            lists.retain(|list| !list.is_empty());
            let read = parse(&format!("{lists:?}"), of.len()).unwrap();
            for (a, b) in (0..of.len()).flat_map(|a| (0..of.len()).map(move |b| (a, b))) {
                prop_assert_eq!(of[a] == of[b], read[a] == read[b]);
            }
        }
    }
}
