//! The program in a reply, and those inside a thinking.

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// Its text, with the line ends of Unix.
    pub(super) text: String,
    /// How it was found.
    pub(super) rule: &'static str,
    /// First byte in the text that it stands in.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
}

/// Words behind a fence that say that no program follows.
const NO_PROGRAM: &[&str] = &[
    "bash",
    "console",
    "csv",
    "diff",
    "html",
    "input",
    "json",
    "markdown",
    "md",
    "none",
    "output",
    "plain",
    "plaintext",
    "powershell",
    "sample",
    "sh",
    "shell",
    "text",
    "txt",
    "xml",
    "yaml",
    "zsh",
];
/// Words that say that one does.
const PYTHON: &[&str] = &["py", "py3", "python", "python2", "python3", "pypy", "pypy3"];

/// What a reply ends in: the last block that is a program; without any block, the reply if it is one as it stands.
pub(super) fn in_reply(reply: &str, cut: bool, unclosed: bool) -> Result<Program, &'static str> {
    if unclosed {
        return Err("the thinking never ended");
    }
    let fences = fences(reply);
    let closed: Vec<&Fence<'_>> =
        fences.iter().filter(|fence| fence.closed && fence.may_be_program()).collect();
    let last = closed.iter().rev().find(|fence| fence.is_program()).or(closed.last());
    if let Some(fence) = last {
        return Ok(fence.program("block"));
    }
    match fences.last().filter(|fence| !fence.closed && fence.may_be_program()) {
        Some(_) if cut => Err("the program is cut at the token limit"),
        Some(fence) => Ok(fence.program("unclosed block")),
        None if cut => Err("cut at the token limit before a program"),
        None if fences.is_empty() && looks_like_program(reply) => Ok(whole(reply)),
        None => Err("there is no program in the reply"),
    }
}

/// The programs inside a thinking, each once, in their order.
pub(super) fn in_thinking(thinking: &str) -> Vec<Program> {
    let mut found: Vec<Program> = Vec::new();
    for fence in fences(thinking).iter().filter(|fence| fence.closed && fence.is_program()) {
        let program = fence.program("block");
        if found.iter().all(|known| known.text != program.text) {
            found.push(program);
        }
    }
    found
}

fn whole(reply: &str) -> Program {
    let end = u32::try_from(reply.len()).unwrap_or(u32::MAX);
    Program { text: reply.replace("\r\n", "\n").trim().to_owned(), rule: "whole reply", start: 0, end }
}

/// A line that a program of this language has and prose has not.
fn looks_like_program(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(begins_program)
}

fn begins_program(line: &str) -> bool {
    let word = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
    let behind = line.get(word.len()..).unwrap_or_default().trim_start();
    match word {
        "import" => behind.starts_with(|c: char| c.is_alphabetic() || c == '_'),
        "from" => behind.split_once(" import ").is_some_and(|(module, _)| is_module(module)),
        "def" | "class" | "async" => line.contains(':'),
        "for" | "while" | "if" | "try" | "with" => line.ends_with(':'),
        "print" => behind.starts_with('('),
        "" => line.starts_with('@') || line.starts_with("\"\"\""),
        _ => is_assignment(behind),
    }
}

fn is_module(name: &str) -> bool {
    name.trim().chars().all(|c| c.is_alphanumeric() || "._".contains(c))
}

/// `= 3`, `, m = …`, `.append(…)` behind a name.
fn is_assignment(behind: &str) -> bool {
    let equals = behind.starts_with('=') && !behind.starts_with("==");
    let several = behind.starts_with(',') && behind.contains(" = ");
    equals || several || behind.starts_with(": ") && behind.contains(" = ") || behind.starts_with("+=")
}

/// A fenced block.
struct Fence<'a> {
    label: String,
    /// The lines inside.
    inside: &'a str,
    start: usize,
    /// Blanks before the fence, which its lines have, too.
    indent: usize,
    closed: bool,
}

impl Fence<'_> {
    fn may_be_program(&self) -> bool {
        !NO_PROGRAM.contains(&&*self.label) && !self.inside.trim().is_empty()
    }

    /// Labelled so, or without a label but written like one.
    fn is_program(&self) -> bool {
        let has_line = || self.inside.lines().any(|line| begins_program(line.trim()));
        self.may_be_program() && (PYTHON.contains(&&*self.label) || self.label.is_empty() && has_line())
    }

    fn program(&self, rule: &'static str) -> Program {
        let unindented = |line: &str| {
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            line.get(blanks.min(self.indent)..).unwrap_or_default().to_owned()
        };
        let lines: Vec<String> = self.inside.lines().map(unindented).collect();
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let end = place(self.start + self.inside.len());
        Program { text: lines.join("\n").trim_end().to_owned(), rule, start: place(self.start), end }
    }
}

/// The fenced blocks of a text, by lines: three marks inside a line are no fence.
fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut found: Vec<Fence<'_>> = Vec::new();
    // Mark, how many of them, and where the lines inside begin.
    let mut open: Option<(char, usize, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let behind = at + line.len();
        let marks = fence_line(line);
        match (open, marks) {
            (None, Some((mark, count, label))) => {
                let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
                let inside = text.get(behind..).unwrap_or_default();
                found.push(Fence { label: word(label), inside, start: behind, indent, closed: false });
                open = Some((mark, count, behind));
            }
            (Some((mark, count, start)), Some((closing, many, rest)))
                if closing == mark && many >= count && rest.is_empty() =>
            {
                if let Some(fence) = found.last_mut() {
                    fence.inside = text.get(start..at).unwrap_or_default();
                    fence.closed = true;
                }
                open = None;
            }
            _ => {}
        }
        at = behind;
    }
    found
}

/// The mark of a fence line, how often it stands there, and what follows.
fn fence_line(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim();
    let mark = line.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
    let rest = line.trim_start_matches(mark);
    let count = line.len() - rest.len();
    (count >= 3 && !rest.contains(mark)).then(|| (mark, count, rest.trim()))
}

/// `Python3` of `Python3 {.numberLines}`.
fn word(label: &str) -> String {
    let label = label.trim_start_matches(['{', '.']);
    label.split(|c: char| c.is_whitespace() || ",}{".contains(c)).next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, expect: Result<&str, &str>) {
        let found = in_reply(reply, false, false);
        assert_eq!(found.as_ref().map(|found| &*found.text).map_err(|why| *why), expect, "{reply}");
    }

    const NONE: Result<&str, &str> = Err("there is no program in the reply");

    #[test]
    fn the_last_block_that_is_a_program_counts() {
        check("```python\nprint(1)\n```", Ok("print(1)"));
        check("```\nprint(1)\n```\n", Ok("print(1)"));
        check("First:\n```python\nprint(1)\n```\nBetter:\n```python\nprint(2)\n```\nDone.", Ok("print(2)"));
        check("```python\nprint(1)\n```\nOutput:\n```\n1\n```", Ok("print(1)"));
        check("```python\nprint(1)\n```\nIt prints\n```text\nx = 1\n```", Ok("print(1)"));
        check("```python\nprint(1)\n```\n```json\n{\"a\": 1}\n```", Ok("print(1)"));
        check("```python\na = 1\n```\nCleaned up:\n```\nimport sys\nb = 2\n```", Ok("import sys\nb = 2"));
        check("```\n1 2 3\n```", Ok("1 2 3"));
        check("```Python3 {.numberLines}\nprint(1)\n```", Ok("print(1)"));
        check("~~~py\nprint('```')\n~~~", Ok("print('```')"));
        check("````python\ns = '''\n```\n'''\n````", Ok("s = '''\n```\n'''"));
        check("1. So:\n   ```python\n   if 1:\n       print(1)\n   ```\n", Ok("if 1:\n    print(1)"));
        check("```python\r\nprint(1)\r\nprint(2)\r\n```\r\n", Ok("print(1)\nprint(2)"));
        check("Use ```print(0)``` as in\n```python\nprint(1)\n```", Ok("print(1)"));
    }

    #[test]
    fn without_a_block_the_reply_must_be_one() {
        check("import sys\nprint(1)", Ok("import sys\nprint(1)"));
        check("# sums\nn = int(input())\nprint(n)", Ok("# sums\nn = int(input())\nprint(n)"));
        check("class Solution:\n    pass", Ok("class Solution:\n    pass"));
        check("from the start: no import of anything", NONE);
        check("The answer is 5.", NONE);
        check("I would import sys here.", NONE);
        check("", NONE);
        check("```text\nx = 1\n```", NONE);
        check("```python\n\n```", NONE);
    }

    #[test]
    fn what_is_cut_is_no_program_but_an_open_block_may_be() {
        let open = "So\n```python\nprint(1)\n";
        check(open, Ok("print(1)"));
        let text = |cut, unclosed| in_reply(open, cut, unclosed).map(|found| found.rule);
        assert_eq!(text(false, false), Ok("unclosed block"));
        assert_eq!(text(true, false), Err("the program is cut at the token limit"));
        assert_eq!(text(false, true), Err("the thinking never ended"));
        let before = in_reply("```python\na = 1\n```\nand so on", true, false);
        assert_eq!(before.map(|found| found.text), Ok("a = 1".to_owned()));
    }

    #[test]
    fn programs_of_a_thinking_stand_where_they_say() {
        let thinking = "Try\n```python\na = 1\n```\nno\n```python\nb = 2\n```\nagain\n```python\na = 1\n```\n```\n3 4\n```\n```python\ncut";
        let found = in_thinking(thinking);
        let texts: Vec<&str> = found.iter().map(|program| &*program.text).collect();
        assert_eq!(texts, ["a = 1", "b = 2"]);
        for program in &found {
            assert_eq!(thinking[program.start as usize..program.end as usize].trim_end(), program.text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[`~a=1\\r\\n #é]{0,60}", cut: bool) {
            if let Ok(program) = in_reply(&text, cut, false) {
                proptest::prop_assert!(text.get(program.start as usize..program.end as usize).is_some());
            }
            in_thinking(&text);
        }
    }
}
