//! Cuts at the ends of sentences.

use std::ops::Range;

use answer::Work;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spans::trim_end;
use crate::{Splitter, spans, verbatim};

/// Words whose period ends no sentence, in lower case and without it.
const ABBREVIATIONS: [&str; 37] = [
    "a.k.a", "approx", "bzw", "ca", "cf", "ch", "cor", "d.h", "def", "dr", "e.g", "eq", "eqn", "eqs",
    "et al", "ex", "fig", "figs", "i.e", "jr", "lem", "mr", "mrs", "ms", "prof", "prop", "ref", "resp",
    "sec", "sr", "st", "thm", "viz", "vs", "w.l.o.g", "w.r.t", "z.b",
];
/// Words whose period ends no sentence before a number.
const BEFORE_NUMBERS: [&str; 5] = ["no", "nr", "p", "pp", "vol"];
/// The longest word that is looked at.
const LONGEST_WORD: usize = 12;

/// Cuts at the ends of sentences.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Sentence {
    /// A line break ends a sentence. Switch it off for hard-wrapped text: then only blank lines do, and line
    /// breaks before the items of a list and before headings.
    line_breaks: bool,
}

impl Default for Sentence {
    fn default() -> Self {
        Self { line_breaks: true }
    }
}

impl Component for Sentence {
    const KIND: &'static str = "sentence";
    const ABOUT: &'static str = "cuts at the ends of sentences, never inside code, formulas and decimals";
    type Built = dyn Splitter;

    fn build(self, _: &mut Content) -> Result<Box<dyn Splitter>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Splitter for Sentence {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        self.spans_counted(text, &Work::unbounded())
    }

    fn spans_counted(&self, text: &str, work: &Work) -> Vec<Range<usize>> {
        let prose = Prose { text, work };
        let mut cuts = Vec::new();
        let mut at = 0;
        for span in verbatim::spans(text, work) {
            self.cut_prose(&prose, at..span.start, &mut cuts);
            cuts.extend(prose.end_of_formula(&span));
            at = span.end;
        }
        self.cut_prose(&prose, at..text.len(), &mut cuts);
        spans::cut_at(text, cuts)
    }
}

impl Sentence {
    fn cut_prose(&self, prose: &Prose<'_>, part: Range<usize>, cuts: &mut Vec<usize>) {
        let text = prose.text;
        prose.work.bytes(part.len());
        let ends = |c: char| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '\n' | '\r');
        for (offset, found) in text.get(part.clone()).unwrap_or_default().match_indices(ends) {
            let at = part.start + offset;
            let cut = match found {
                "\r" if text.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')) => None,
                "\n" | "\r" => self.breaks(prose, at + 1).then_some(at + 1),
                "。" | "！" | "？" => Some(prose.after_closers(at + found.len())),
                _ => prose.end_of_sentence(at, at + found.len()),
            };
            cuts.extend(cut.filter(|cut| cuts.last().is_none_or(|last| last < cut)));
        }
    }

    /// The line that starts at `at` starts a sentence.
    fn breaks(&self, prose: &Prose<'_>, at: usize) -> bool {
        if self.line_breaks {
            return true;
        }
        let rest = prose.text.get(at..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        prose.work.bytes(line.len());
        let line = line.trim_start();
        line.is_empty() || line.starts_with(['#', '•']) || is_list_item(line)
    }
}

fn is_list_item(line: &str) -> bool {
    let marker = line.split_whitespace().next().unwrap_or_default();
    ["-", "*", "+"].contains(&marker)
        || marker
            .strip_suffix(['.', ')'])
            .is_some_and(|marker| is_list_marker(marker.trim_start_matches('(')))
}

/// Numbers, letters and small Roman numerals that count the items of a list.
fn is_list_marker(word: &str) -> bool {
    let digits = word.len() <= 3 && word.chars().all(|c| c.is_ascii_digit());
    let roman = word.len() <= 4 && word.chars().all(|c| "ivxIVX".contains(c));
    let letter = word.len() == 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    !word.is_empty() && (digits || roman || letter)
}

/// A text, and the work of looking around in it.
struct Prose<'a> {
    text: &'a str,
    work: &'a Work,
}

const CLOSERS: [char; 14] = ['"', '\'', '”', '’', ')', ']', '}', '*', '_', '」', '』', '）', '》', '】'];

impl Prose<'_> {
    /// The end of the sentence whose last formula this is: `$x = 5.$ Then`.
    fn end_of_formula(&self, span: &Range<usize>) -> Option<usize> {
        let formula = self.text.get(span.clone())?;
        let inside = formula.strip_suffix("\\)").or_else(|| formula.strip_suffix("\\]"));
        let inside = inside.unwrap_or_else(|| formula.trim_end_matches('$'));
        let ends = inside.len() < formula.len() && inside.trim_end().ends_with(['.', '?']);
        if ends { self.end_of_sentence(span.end, span.end) } else { None }
    }

    /// The end of the sentence that the mark in `at..end` may end, closing quotes and brackets included.
    fn end_of_sentence(&self, at: usize, end: usize) -> Option<usize> {
        let rest = self.text.get(end..)?;
        if rest.starts_with(['.', '!', '?', '…']) {
            // The last mark of several decides.
            return None;
        }
        let cut = self.after_closers(end);
        let behind = self.text.get(cut..)?;
        let next = behind.trim_start();
        self.work.bytes(behind.len() - next.len());
        let next = next.chars().next();
        let apart = behind.starts_with(|c: char| c.is_whitespace() || is_ideograph(c)) || behind.is_empty();
        if !apart || next.is_some_and(|c| c.is_lowercase() || "=<>+/^,;)]}".contains(c)) {
            return None;
        }
        let is_period = self.text.get(at..end) == Some(".");
        (!is_period || !self.is_no_end(self.text.get(..at)?, next)).then_some(cut)
    }

    fn after_closers(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let closers = rest.len() - rest.trim_start_matches(CLOSERS).len();
        self.work.bytes(closers + 1);
        at + closers
    }

    /// The period behind `before` belongs to an abbreviation or to the marker of a list's item.
    fn is_no_end(&self, before: &str, next: Option<char>) -> bool {
        let word_chars =
            before.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '.').take(LONGEST_WORD);
        let start = before.len() - word_chars.map(char::len_utf8).sum::<usize>();
        let (Some(word), Some(ahead)) = (before.get(start..), before.get(..start)) else { return false };
        let lower = word.to_lowercase();
        if ABBREVIATIONS.contains(&lower.as_str()) || lower == "al" && ahead.ends_with("et ") {
            return true;
        }
        if BEFORE_NUMBERS.contains(&lower.as_str()) && next.is_some_and(|c| c.is_ascii_digit()) {
            return true;
        }
        let line = trim_end(ahead, &[' ', '\t', '*', '_', '(', '#', '>', '-'], self.work);
        (line.is_empty() || line.ends_with(['\n', '\r'])) && is_list_marker(word)
    }
}

fn is_ideograph(c: char) -> bool {
    ('\u{3040}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::spans::testing::{check, check_only_blanks_between, splitter};

    #[test]
    fn sentences() {
        let splitter = splitter(json!({"kind": "sentence"}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("", &[]);
        check("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
        check("Hmm... maybe. So... Then?! Yes.", &["Hmm... maybe.", "So...", "Then?!", "Yes."]);
        check(
            "He said \"no.\" (Or so.) **Fine.** Well",
            &["He said \"no.\"", "(Or so.)", "**Fine.**", "Well"],
        );
        check("one\ntwo\r\n\r\nthree", &["one", "two", "three"]);
    }

    #[test]
    fn what_is_no_end() {
        let splitter = splitter(json!({"kind": "sentence"}));
        let whole = |text: &str| check(&*splitter, text, &[text]);
        whole("It is 3.14 or .5, see Fig. 3 and Dr. Who, i.e. No. 7 et al. Then");
        whole("5! = 120 and n! ways");
        whole("f.x and a.b. are names");
        whole("what? no.");
        whole("2. Second");
        whole("- (a) first");
        check(&*splitter, "Is it? No. 7 is.", &["Is it?", "No. 7 is."]);
        check(&*splitter, "Say no. Then go to B. Then", &["Say no.", "Then go to B.", "Then"]);
    }

    #[test]
    fn lists() {
        let splitter = splitter(json!({"kind": "sentence"}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("So:\n1. One. Uno.\n  ii. Two\n- c", &["So:", "1. One.", "Uno.", "ii. Two", "- c"]);
        check("**3. Bold**\n# 4. Head", &["**3. Bold**", "# 4. Head"]);
        check("It is 12. Then", &["It is 12.", "Then"]);
    }

    #[test]
    fn formulas_and_code_stay_whole() {
        let splitter = splitter(json!({"kind": "sentence"}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("So $x = 1. Y$ and \\(a. B\\). Then", &["So $x = 1. Y$ and \\(a. B\\).", "Then"]);
        check("So $x = 5.$ Then \\[ y. \\] is", &["So $x = 5.$", "Then \\[ y. \\] is"]);
        check("It costs $5. Then $10. Fine", &["It costs $5.", "Then $10.", "Fine"]);
        check(
            "Run `a. B`. Then\n```\nx. Y\n\nz\n```\nDone",
            &["Run `a. B`.", "Then", "```\nx. Y\n\nz\n```", "Done"],
        );
        check("\\begin{align}\na. \\\\\nB\n\\end{align}", &["\\begin{align}\na. \\\\\nB\n\\end{align}"]);
    }

    #[test]
    fn chinese() {
        let splitter = splitter(json!({"kind": "sentence"}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("答案是3.14。对吗？“对！”好", &["答案是3.14。", "对吗？", "“对！”", "好"]);
        check("x=5.然后", &["x=5.", "然后"]);
    }

    #[test]
    fn hard_wrapped_text() {
        let splitter = splitter(json!({"kind": "sentence", "line_breaks": false}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("one\ntwo. Three\n\nfour\r\nfive", &["one\ntwo.", "Three", "four\r\nfive"]);
        check("so\n1. one\n2) two\n- c\n# d", &["so", "1. one", "2) two", "- c", "# d"]);
    }

    #[test]
    fn spans_are_sound() {
        check_only_blanks_between(&*splitter(json!({"kind": "sentence"})));
        check_only_blanks_between(&*splitter(json!({"kind": "sentence", "line_breaks": false})));
    }
}
