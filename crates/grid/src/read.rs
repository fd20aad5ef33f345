//! The grid that a reply ends in.
//!
//! Whoever answers puts the grid into a box, into a block of its own, or into prose; the places are looked at in that order, and
//! in each of them the last grid counts that is not called the input. What was meant is never guessed: a grid with a fault is no
//! answer, and the one before it is not taken in its place.

use crate::grid::{Fault, Grid, grid_of};
use crate::list::{Listed, begins, broken};
use crate::rows::{groups, is_label};

/// A grid in a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// It.
    pub grid: Grid,
    /// Where it stood, or how it was written: `boxed`, `fence`, `json` or `rows`.
    pub rule: &'static str,
    /// First byte in the text that was read.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Ends what is thought before an answer, where nobody took it away.
const THOUGHT: &str = "</think>";
/// Words before a grid that say that it is the answer.
const CUES: &[&str] = &[
    "output",
    "answer",
    "final",
    "corrected",
    "result",
    "solution",
    "prediction",
    "predicted",
    "submission",
];
/// Words that say that it is not.
const NO_CUES: &[&str] = &["input", "example", "first try", "first attempt", "draft"];
/// Bytes before a grid in which such words are looked for.
const BEFORE: usize = 120;

/// Reads the answer.
///
/// # Errors
/// Why there is none.
pub fn read(reply: &str) -> Result<Found, Fault> {
    let text = unified(reply);
    let from = text.rfind(THOUGHT).map_or(0, |at| at + THOUGHT.len());
    let text = &text[from..];
    let found = in_boxes(text).or_else(|| in_blocks(text)).unwrap_or_else(|| in_prose(text));
    found.map(|found| Found { start: found.start + from, end: found.end + from, ..found })
}

/// The grids of a thinking, each once, in their order. Those that are called the input are among them: nothing is asked of them.
pub fn in_thinking(thinking: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for written in written(&unified(thinking), false) {
        if let Ok(grid) = written.grid
            && found.iter().all(|known| known.grid != grid)
        {
            found.push(Found { grid, rule: written.rule, start: written.start, end: written.end });
        }
    }
    found
}

/// The same text in one kind of blanks, byte for byte as long.
fn unified(text: &str) -> String {
    text.replace("\r\n", " \n").replace('\u{a0}', "  ")
}

/// A grid as it is written, or what is wrong with it.
#[derive(Debug)]
struct Written {
    grid: Result<Grid, Fault>,
    rule: &'static str,
    start: usize,
    end: usize,
}

type Answer = Result<Found, Fault>;

fn answer(written: Written, rule: Option<&'static str>, from: usize) -> Answer {
    let Written { grid, rule: own, start, end } = written;
    Ok(Found { grid: grid?, rule: rule.unwrap_or(own), start: start + from, end: end + from })
}

/// The last box that holds one.
fn in_boxes(text: &str) -> Option<Answer> {
    let boxes = text.match_indices("\\boxed").filter_map(|(at, word)| braced(text, at + word.len()));
    let mut found = boxes.filter_map(|(start, inside)| {
        last_of(inside, true).map(|written| answer(written, Some("boxed"), start))
    });
    found.by_ref().last()
}

/// What stands in the braces that open behind a place, and where it begins.
fn braced(text: &str, at: usize) -> Option<(usize, &str)> {
    let rest = text.get(at..)?;
    let open = rest.len() - rest.trim_start().len();
    let inside = rest.get(open..)?.strip_prefix('{')?;
    let mut depth = 1_usize;
    for (place, c) in inside.char_indices() {
        depth = match c {
            '{' => depth + 1,
            '}' => depth - 1,
            _ => depth,
        };
        if depth == 0 {
            return Some((at + open + 1, inside.get(..place)?));
        }
    }
    None
}

/// The last block that holds one and is not called the input.
fn in_blocks(text: &str) -> Option<Answer> {
    let mut called_input = None;
    let mut last = None;
    for (start, inside) in blocks(text) {
        let Some(written) = last_of(inside, true) else { continue };
        let found = answer(written, Some("fence"), start);
        match called(text, 0, start) {
            Called::Input => called_input = Some(found),
            _ => last = Some(found),
        }
    }
    // A reply whose only block is called the input answers in prose, if anywhere.
    drop(called_input);
    last
}

/// Closed blocks: where their lines begin, and these.
fn blocks(text: &str) -> Vec<(usize, &str)> {
    let mut blocks = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let mark = trimmed.chars().next().filter(|mark| ['`', '~'].contains(mark));
        let mark = mark.filter(|mark| trimmed.chars().take_while(|c| c == mark).count() >= 3);
        match (mark, open) {
            (Some(mark), None) if !trimmed.trim_start_matches(mark).contains(mark) => {
                open = Some((mark, at + line.len()));
            }
            (Some(mark), Some((opened, start))) if mark == opened && trimmed.chars().all(|c| c == mark) => {
                blocks.extend(text.get(start..at).map(|inside| (start, inside)));
                open = None;
            }
            _ => {}
        }
        at += line.len();
    }
    blocks
}

fn in_prose(text: &str) -> Answer {
    // A row alone is a grid only if nothing else is said.
    if let Some(row) = last_of(text, true)
        && text.trim().len() == text.get(row.start..row.end).unwrap_or_default().trim().len()
    {
        return answer(row, None, 0);
    }
    last_of(text, false).map_or(Err(Fault::None), |written| answer(written, None, 0))
}

/// The last grid behind a cue, else the last one that is not called the input.
fn last_of(text: &str, thin: bool) -> Option<Written> {
    let mut before = 0;
    let (mut cued, mut other) = (None, None);
    for written in written(text, thin) {
        let called = called(text, before, written.start);
        before = written.end;
        match called {
            Called::Answer => cued = Some(written),
            Called::Nothing => other = Some(written),
            Called::Input => {}
        }
    }
    cued.or(other)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    Answer,
    Input,
    Nothing,
}

/// What is said of a grid right before it: in its own line, or in the last one that says anything.
fn called(text: &str, from: usize, start: usize) -> Called {
    let from = from.max(start.saturating_sub(BEFORE));
    let from = (from..=start).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let before = text.get(from..start).unwrap_or_default().to_lowercase();
    let lines = before
        .lines()
        .rev()
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || "`~*_#|$".contains(c)));
    let said =
        lines.clone().find(|line| line.chars().filter(|c| c.is_alphabetic()).count() > 2).unwrap_or_default();
    // Only the last sentence is about it.
    let said = said.rsplit([';', '.', '!', '?']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match (has(CUES), has(NO_CUES)) {
        (true, _) => Called::Answer,
        (false, true) => Called::Input,
        (false, false) => Called::Nothing,
    }
}

/// Everything that is written like a grid, in its order; a row alone, or one column without brackets, only if `thin`.
fn written(text: &str, thin: bool) -> Vec<Written> {
    let mut found = lists(text, thin);
    let inside = |start: usize, end: usize, found: &[Written]| {
        found.iter().any(|list| start < list.end && list.start < end)
    };
    let rows: Vec<Written> = groups(text)
        .into_iter()
        .filter(|group| (thin || !group.is_thin()) && !inside(group.start, group.end, &found))
        .map(|group| Written { start: group.start, end: group.end, rule: "rows", grid: group.grid() })
        .collect();
    found.extend(rows);
    found.sort_by_key(|written| written.start);
    found
}

/// Cells of a row; none is what is no colour.
type Row = Vec<Option<u8>>;

/// Lists in brackets. Rows in brackets of their own that follow each other are one.
fn lists(text: &str, thin: bool) -> Vec<Written> {
    let mut found = Vec::new();
    let mut rows: Option<(usize, usize, Vec<Row>)> = None;
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['[', '('])) {
        let start = at + next;
        let Some((listed, length)) = text.get(start..).and_then(begins) else {
            at = start + text.get(start..).map_or(1, |rest| broken(rest).max(1));
            continue;
        };
        at = start + length;
        match listed {
            Listed::Grid(grid) => found.push(Written { grid, rule: "json", start, end: at }),
            Listed::Row(row) => match rows.take_if(|(_, end, _)| are_between(text, *end, start)) {
                Some((first, _, mut others)) => {
                    others.push(row);
                    rows = Some((first, at, others));
                }
                None => {
                    found.extend(rows.replace((start, at, vec![row])).and_then(|rows| of_rows(rows, thin)))
                }
            },
        }
    }
    found.extend(rows.and_then(|rows| of_rows(rows, thin)));
    found
}

/// Nothing but blanks, commas and the label of a row stands between two rows.
fn are_between(text: &str, end: usize, start: usize) -> bool {
    let said =
        text.get(end..start).map(|between| between.trim_matches(|c: char| c.is_whitespace() || c == ','));
    said.is_some_and(|said| said.is_empty() || is_label(said))
}

fn of_rows((start, end, rows): (usize, usize, Vec<Vec<Option<u8>>>), thin: bool) -> Option<Written> {
    (thin || rows.len() > 1).then(|| Written { grid: grid_of(rows), rule: "json", start, end })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GRID: &str = "[[0,1,2],[3,4,5]]";

    fn check(reply: &str, expect: Result<&str, Fault>) {
        let found = read(reply).map(|found| found.rule);
        assert_eq!(found, expect, "{reply}");
        if let Ok(found) = read(reply) {
            assert_eq!(found.grid.to_string(), GRID, "{reply}");
        }
    }

    #[test]
    fn boxes_go_before_blocks_and_blocks_before_prose() {
        check("\\boxed{[[0,1,2],[3,4,5]]} and [[9,9],[9,9]]", Ok("boxed"));
        check("$\\boxed{\\begin{matrix}0&1&2\\\\3&4&5\\end{matrix}}$", Ok("boxed"));
        check("\\boxed {\n012\n345\n}", Ok("boxed"));
        check("\\boxed{[[9,9],[9,9]]}, no: \\boxed{[[0,1,2],[3,4,5]]}", Ok("boxed"));
        check("```\n0 1 2\n3 4 5\n```\nas in [[1,1],[1,1]]", Ok("fence"));
        check("The input\n```\n9 9\n9 9\n```\nbecomes 0 1 2? No, in full:\n0 1 2\n3 4 5\n", Ok("rows"));
        check("Output:\n```\n0 1 2\n3 4 5\n```\nThe input was\n```\n9 9\n9 9\n```", Ok("fence"));
        check("~~~text\n0,1,2\n3,4,5\n~~~", Ok("fence"));
        check("```python\ndef f(grid):\n    return grid[::-1]\n```\nIt gives\n[[0,1,2],[3,4,5]]", Ok("json"));
    }

    #[test]
    fn prose_says_which_grid_is_the_answer() {
        check("Input [[9,9],[9,9]] gives output [[0,1,2],[3,4,5]].", Ok("json"));
        check("Answer: [[0,1,2],[3,4,5]]\nIn example 1, [[8,8],[8,8]] was mirrored.", Ok("json"));
        check("Answer: [[0,1,2],[3,4,5]]. It follows since [[8,8],[8,8]] turns.", Ok("json"));
        check("The output for the test input is:\n0 1 2\n3 4 5", Ok("rows"));
        check("output: [[9,9],[9,9]] is wrong. The corrected output: [[0,1,2],[3,4,5]]", Ok("json"));
        check("{\"output\": [[0,1,2],[3,4,5]], \"input\": [[9,9],[9,9]]}", Ok("json"));
        check("grid = [\n  [0, 1, 2],\n  [3, 4, 5],\n]", Ok("json"));
        check("[0, 1, 2]\n[3, 4, 5]", Ok("json"));
        check("[0, 1, 2], [3, 4, 5]", Ok("json"));
        check("row 0 = [0, 1, 2]\nrow 1 = [3, 4, 5]", Ok("json"));
        check("0 1 2\n\n3 4 5", Ok("rows"));
        check("np.array([(0, 1, 2), (3, 4, 5)])", Ok("json"));
        check("0\u{a0}1\u{a0}2\r\n3\u{a0}4\u{a0}5\r\n", Ok("rows"));
        check("<think>[[1,1],[1,1]]</think>\n012\n345", Ok("rows"));
    }

    #[test]
    fn what_is_none_is_told_apart() {
        check("[[0,1,2],[3,4]]", Err(Fault::Ragged));
        check("0 1 2\n3 4", Err(Fault::Ragged));
        check("[[0,1,2],[3,4,15]]", Err(Fault::Cell));
        check("\\boxed{[[0,1],[2,15]]} from [[0,1],[2,5]]", Err(Fault::Cell));
        check(&format!("[{}]", vec!["[1, 2]"; 31].join(", ")), Err(Fault::Size));
        for none in [
            "",
            "[]",
            "...",
            "[[0, 1, 2], ...]",
            "```\n[[0, 1, 2],\n ...\n [3, 4, 5]]\n```",
            "[[0, 1], [2",
            "I see [1] and [2].",
            "1. a\n2. b",
            "red blue\nblue red",
            "1\n2\n3 apples",
        ] {
            check(none, Err(Fault::None));
        }
        assert_eq!(read("[5, 5]").unwrap().grid.to_string(), "[[5,5]]");
        assert_eq!(read("5").unwrap().grid.to_string(), "[[5]]");
        assert_eq!(read("5 5 5").unwrap().grid.to_string(), "[[5,5,5]]");
        assert_eq!(read("So it is 5 5 5").map(drop), Err(Fault::None));
        assert_eq!(read("```\n5\n5\n```").unwrap().grid.to_string(), "[[5],[5]]");
    }

    #[test]
    fn grids_of_a_thinking_stand_where_they_say() {
        let thinking =
            "Input:\r\n0 1\r\n2 3\r\nMaybe [[1, 1], [1, 1]]. No: [[0, 1], [2, 3]]?\nOr [[2, 2], [2, 2]].";
        let found = in_thinking(thinking);
        let grids: Vec<String> = found.iter().map(|found| found.grid.to_string()).collect();
        assert_eq!(grids, ["[[0,1],[2,3]]", "[[1,1],[1,1]]", "[[2,2],[2,2]]"]);
        assert_eq!(&thinking[found[1].start..found[1].end], "[[1, 1], [1, 1]]");
    }

    /// A grid in each of the ways in which it can be written.
    fn dressed(grid: &Grid, dress: usize) -> String {
        let join = |between: &str, rows: &str| {
            let row = |row: &Vec<u8>| row.iter().map(u8::to_string).collect::<Vec<_>>().join(between);
            grid.rows().iter().map(row).collect::<Vec<_>>().join(rows)
        };
        match dress {
            0 => format!("The output is:\n{grid}"),
            1 => format!("```\n{}\n```", join(" ", "\n")),
            2 => format!("\\boxed{{\\begin{{array}}{{cc}}{}\\end{{array}}}}", join(" & ", r" \\ ")),
            3 => format!("Answer:\n```json\n{grid}\n```"),
            4 => format!("```\n[{}]\n```", join(", ", "]\n[")),
            5 => format!("\\boxed{{{}}}", join(",", "\n")),
            _ => format!("| {} |", join(" | ", " |\n| ")),
        }
    }

    proptest! {
        #[test]
        fn every_dress_is_seen_through(
            rows in (2_usize..8, 2_usize..8).prop_flat_map(|(rows, columns)| {
                prop::collection::vec(prop::collection::vec(0_u8..10, columns), rows)
            }),
            dress in 0_usize..7,
        ) {
            let grid = Grid::new(rows).unwrap();
            let text = dressed(&grid, dress);
            prop_assert_eq!(read(&text).map(|found| found.grid), Ok(grid), "{}", text);
        }

        #[test]
        fn no_text_is_too_strange(text in "[\\[\\]()0-9, \\n`|&{}\\\\a-z\"é-]{0,80}") {
            let fits = |found: &Found| found.start <= found.end && found.end <= text.len();
            prop_assert!(read(&text).iter().all(fits) && in_thinking(&text).iter().all(fits));
        }
    }
}
