//! Code and formulas in a text: what a splitter must not cut.

use std::ops::Range;

use answer::Work;

use crate::spans::trim_end;

/// Characters of the longest `\end{…}` that is looked for.
const LONGEST_END: usize = 40;
/// Backticks of the longest run that opens code; each length is looked for by itself.
const MOST_TICKS: usize = 8;

/// Code blocks, code spans, formulas and LaTeX environments: in order and disjoint. Each must be closed, a
/// code block excepted, so that a stray `$` or backtick protects nothing. Takes linear time.
pub(crate) fn spans(text: &str, work: &Work) -> Vec<Range<usize>> {
    let mut scan = Scan {
        text,
        environments: environments(text, work),
        line_end: 0,
        paragraph_end: 0,
        no_dollar_before: 0,
        unclosed: [false; 3],
        work,
    };
    let mut found = Vec::new();
    let mut at = 0;
    work.bytes(text.len());
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['`', '~', '$', '\\'])) {
        let start = at + next;
        match scan.end_of(start) {
            Some(end) => {
                found.push(start..end);
                at = end;
            }
            None => at = start + scan.plain_len(start),
        }
    }
    found
}

struct Scan<'a> {
    text: &'a str,
    environments: Vec<Range<usize>>,
    /// Where the line ends that was looked at last.
    line_end: usize,
    /// Where the paragraph ends that was looked at last.
    paragraph_end: usize,
    /// Up to here no `$` closes a formula.
    no_dollar_before: usize,
    /// `$$`, `\[` and `\(` that nothing closes any more.
    unclosed: [bool; 3],
    work: &'a Work,
}

impl<'a> Scan<'a> {
    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// The end of what begins at `start`, if something does.
    fn end_of(&mut self, start: usize) -> Option<usize> {
        let rest = self.rest(start);
        for fence in ["```", "~~~"] {
            if rest.starts_with(fence) && self.begins_line(start) {
                return Some(self.end_of_block(start, fence));
            }
        }
        for (index, (open, close)) in [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)")].into_iter().enumerate() {
            if rest.starts_with(open) {
                return self.closed_by(index, start + open.len(), close);
            }
        }
        match rest.as_bytes().first()? {
            b'`' => self.end_of_code(start),
            b'$' => self.end_of_formula(start),
            b'\\' => self.end_of_environment(start),
            _ => None,
        }
    }

    /// Bytes to skip where nothing begins: a run of backticks goes together, an escaped character with its
    /// backslash.
    fn plain_len(&self, start: usize) -> usize {
        let rest = self.rest(start);
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        self.work.bytes(ticks + 1);
        let skipped = if rest.starts_with('\\') { 2 } else { 1 };
        ticks.max(rest.chars().take(skipped).map(char::len_utf8).sum())
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = trim_end(self.text.get(..at).unwrap_or_default(), &[' ', '\t'], self.work);
        before.is_empty() || before.ends_with('\n')
    }

    fn end_of_block(&self, start: usize, fence: &str) -> usize {
        let mut at = start;
        for (index, line) in self.rest(start).split_inclusive('\n').enumerate() {
            at += line.len();
            self.work.bytes(line.len());
            if index > 0 && line.trim_start().starts_with(fence) {
                return start + self.text.get(start..at).unwrap_or_default().trim_end().len();
            }
        }
        self.text.len()
    }

    fn closed_by(&mut self, index: usize, inside: usize, close: &str) -> Option<usize> {
        let unclosed = self.unclosed.get_mut(index).filter(|unclosed| !**unclosed)?;
        let end = self.text.get(inside..).and_then(|rest| rest.find(close));
        self.work.bytes(end.unwrap_or(self.text.len() - inside));
        *unclosed = end.is_none();
        Some(inside + end? + close.len())
    }

    /// `code`, closed by as many backticks on the same line.
    fn end_of_code(&mut self, start: usize) -> Option<usize> {
        let rest = self.rest(start);
        let ticks = rest.get(..rest.len() - rest.trim_start_matches('`').len())?;
        if ticks.len() > MOST_TICKS {
            return None;
        }
        let inside = start + ticks.len();
        if inside > self.line_end {
            self.line_end = self.next(inside, "\n");
        }
        let line = self.text.get(inside..self.line_end)?;
        let code = line.find(ticks);
        self.work.bytes(code.unwrap_or(line.len()));
        Some(inside + code? + ticks.len())
    }

    /// Where this stands next behind `from`, or the end of the text.
    fn next(&self, from: usize, sought: &str) -> usize {
        let length = self.rest(from).find(sought).unwrap_or(self.text.len() - from);
        self.work.bytes(length);
        from + length
    }

    /// `$formula$` within one paragraph. As in Pandoc no blank follows the first `$` or precedes the second,
    /// and no digit follows the second, so that prices are no formulas.
    fn end_of_formula(&mut self, start: usize) -> Option<usize> {
        let inside = start + 1;
        if start < self.no_dollar_before || self.rest(inside).starts_with(char::is_whitespace) {
            return None;
        }
        if inside > self.paragraph_end {
            self.paragraph_end = self.next(inside, "\n\n");
        }
        let paragraph = self.text.get(inside..self.paragraph_end)?;
        let closes = |at: &usize| {
            let (before, after) = (paragraph.get(..*at), paragraph.get(at + 1..));
            let before = before.and_then(|before| before.chars().next_back());
            before.is_some_and(|c| !c.is_whitespace() && c != '\\')
                && !after.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
        };
        let end = paragraph.match_indices('$').map(|(at, _)| at).find(closes);
        self.work.bytes(end.unwrap_or(paragraph.len()));
        if end.is_none() {
            self.no_dollar_before = inside + paragraph.len();
        }
        Some(inside + end? + 1)
    }

    fn end_of_environment(&self, start: usize) -> Option<usize> {
        let index = self.environments.binary_search_by_key(&start, |range| range.start).ok()?;
        Some(self.environments.get(index)?.end)
    }
}

/// Every `\begin{…} … \end{…}` that is closed, by where it begins.
fn environments(text: &str, work: &Work) -> Vec<Range<usize>> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, _) in text.match_indices('\\') {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("\\begin{") {
            open.push(at);
        } else if rest.starts_with("\\end{")
            && let Some(start) = open.pop()
        {
            let name = rest.char_indices().take(LONGEST_END).find(|(_, c)| *c == '}');
            work.bytes(LONGEST_END);
            found.push(start..at + name.map_or("\\end{".len(), |(brace, _)| brace + 1));
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `expect` is the text with each verbatim span between ⟨ and ⟩.
    fn check(expect: &str) {
        let text = expect.replace(['⟨', '⟩'], "");
        let mut found = text.clone();
        for span in spans(&text, &Work::unbounded()).into_iter().rev() {
            found.insert(span.end, '⟩');
            found.insert(span.start, '⟨');
        }
        assert_eq!(found, expect);
    }

    #[test]
    fn code() {
        check("a ⟨`b. c`⟩ d ⟨``e ` f``⟩");
        check("a ` b\nc ` d");
        check("a\n⟨```py\nb. c\n\n```⟩\nd");
        check("a\n  ⟨~~~\nb ``` c\n  ~~~⟩ \nd");
        check("a ⟨```b```⟩");
        check("⟨```\nnever closed. Ever\n⟩");
    }

    #[test]
    fn formulas() {
        check("a ⟨$x. y$⟩, ⟨$$z\n\n. w$$⟩ ⟨\\(u\\)⟩ ⟨\\[v. \n w\\]⟩.");
        check("it costs $5. Then $10. Or \\$7");
        check("$ x$ and $y $");
        check("$a\n\nb$");
        check("\\( never \\[ closed");
        check("⟨$a\\$b$⟩");
        check("2$ and $$ left");
    }

    #[test]
    fn latex_environments() {
        check("⟨\\begin{a} x. \\begin{b} y \\end{b} z \\end{a}⟩ w");
        check("\\begin{a} ⟨\\begin{b} y \\end{b}⟩ z");
        check("\\end{a} \\frac{1}{2}");
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_at_character_boundaries(text in crate::spans::testing::texts()) {
            let mut at = 0;
            for span in spans(&text, &Work::unbounded()) {
                prop_assert!(at <= span.start && span.start < span.end);
                prop_assert!(text.get(span.clone()).is_some());
                at = span.end;
            }
        }
    }
}
