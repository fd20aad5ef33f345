//! Options of multiple choice that stand in the question itself: `A) …`, `(A) …`, `A. …`, `A: …`, `① …`, `甲、…`, a line
//! each or several in one line. Where they could be read in more than one way, none are.

use std::ops::Range;

use crate::label::{Alphabet, Label, label_at, label_of};

/// What a question says about its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedOptions {
    /// It lists none, or none with the label that is the answer.
    None,
    /// It can be read in more than one way, so it is not read.
    Ambiguous,
    /// It lists these.
    Listed {
        /// Where the list begins: in front of it stands what is asked.
        start: usize,
        /// Their texts, in order.
        options: Vec<String>,
    },
}

/// Least options of a list within a line; brackets are labels even where there are two.
const LEAST_INLINE: usize = 3;

/// The options in a question whose acceptable answers are all labels; any other question has none.
pub fn asked_options<S: AsRef<str>>(question: &str, golds: &[S]) -> AskedOptions {
    let wanted: Option<Vec<usize>> = golds.iter().map(|gold| label_of(gold.as_ref())).collect();
    match wanted.and_then(|wanted| wanted.into_iter().max()) {
        Some(last) => listed(question, last + 1),
        None => AskedOptions::None,
    }
}

/// What is asked, without the options behind it.
pub fn stem<'a>(question: &'a str, choices: &[String]) -> &'a str {
    match listed(question, choices.len().max(1)) {
        AskedOptions::Listed { start, options } if options.len() == choices.len() => &question[..start],
        _ => question,
    }
}

fn listed(question: &str, least: usize) -> AskedOptions {
    let labels = labels(question);
    let mut styles: Vec<Style> = labels.iter().map(Style::of).collect();
    styles.sort_unstable();
    styles.dedup();
    let lists = |pick: fn(&Placed, Style) -> bool, fewest: fn(Style) -> usize| {
        let of = |style: Style| {
            let picked = labels.iter().filter(|label| pick(label, style)).cloned().collect();
            chains(picked).into_iter().filter(move |chain| chain.len() >= least.max(fewest(style)))
        };
        styles.iter().copied().flat_map(of).collect::<Vec<_>>()
    };
    let lines = lists(|label, style| label.begins_line && Style::of(label) == style, |_| 2);
    let found = if lines.is_empty() {
        lists(|label, style| Style::of(label) == style && style.inline(), Style::least_inline)
    } else {
        lines
    };
    match found.as_slice() {
        [] => AskedOptions::None,
        [one] => read(question, one),
        _ => AskedOptions::Ambiguous,
    }
}

/// A label and where it stands.
#[derive(Clone, Debug)]
struct Placed {
    label: Label,
    span: Range<usize>,
    begins_line: bool,
}

/// How labels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Style(Alphabet, char);

impl Style {
    fn of(placed: &Placed) -> Self {
        Self(placed.label.alphabet, placed.label.closer)
    }

    /// Small letters within a line number the parts of a question.
    fn inline(self) -> bool {
        self.0 != Alphabet::Small
    }

    fn least_inline(self) -> usize {
        if self.1 == '(' { 2 } else { LEAST_INLINE }
    }
}

fn labels(question: &str) -> Vec<Placed> {
    let mut found = Vec::new();
    let (mut before, mut begins_line) = (None, true);
    for (at, c) in question.char_indices() {
        let free = before.is_none_or(|c: char| !c.is_alphanumeric() && !"(['’\"_^".contains(c));
        if free && let Some((label, length)) = label_at(&question[at..]) {
            found.push(Placed { label, span: at..at + length, begins_line });
        }
        begins_line = c == '\n' || begins_line && (c.is_whitespace() || "*->•".contains(c));
        before = Some(c);
    }
    found
}

/// Runs of labels from the first letter on, each one behind the other.
fn chains(labels: Vec<Placed>) -> Vec<Vec<Placed>> {
    let mut chains: Vec<Vec<Placed>> = Vec::new();
    for placed in labels {
        match chains.last_mut() {
            Some(chain) if placed.label.index == chain.len() => chain.push(placed),
            _ if placed.label.index == 0 => chains.push(vec![placed]),
            _ => {}
        }
    }
    chains
}

fn read(question: &str, chain: &[Placed]) -> AskedOptions {
    let ends = chain.iter().skip(1).map(|next| next.span.start);
    let last = chain.last().map_or(0, |last| last.span.end);
    let ends = ends.chain([last + end_of_last(&question[last..])]);
    let mut options: Vec<String> =
        chain.iter().zip(ends).map(|(label, end)| bare(&question[label.span.end..end]).to_owned()).collect();
    if options.iter().any(String::is_empty) {
        return AskedOptions::Ambiguous;
    }
    drop_full_stop(&mut options);
    AskedOptions::Listed { start: chain.first().map_or(0, |first| first.span.start), options }
}

/// The last option ends with its paragraph, or where the prompt asks for the answer.
fn end_of_last(text: &str) -> usize {
    let mut end = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_start_matches([' ', '\t', '*', '#']);
        let prompts = bare.starts_with("Answer") || bare.starts_with("答案") || bare.starts_with("Please");
        if index > 0 && (bare.trim().is_empty() || prompts) {
            return end;
        }
        end += line.len();
    }
    end
}

/// An option without blanks, emphasis, and what LaTeX puts around labels.
fn bare(text: &str) -> &str {
    let mut text = text;
    loop {
        let blank = |c: char| c.is_whitespace() || matches!(c, '~' | ';' | '；');
        let mut next = text.trim_matches(blank);
        for front in ["}", "**", "\\ ", "\\,", "\\quad", "\\qquad"] {
            next = next.strip_prefix(front).unwrap_or(next);
        }
        for behind in ["\\textbf{", "\\text{", "\\mathrm{", "\\quad", "\\qquad", "\\ ", "\\", "**", "\n-"] {
            next = next.strip_suffix(behind).unwrap_or(next);
        }
        if next.len() == text.len() {
            return next;
        }
        text = next;
    }
}

/// A full stop behind the last option alone ends the question.
fn drop_full_stop(options: &mut [String]) {
    if let [others @ .., last] = options
        && others.iter().all(|other| !other.ends_with('.'))
        && let Some(bare) = last.strip_suffix('.')
    {
        *last = bare.trim_end().to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(question: &str, gold: &str) -> Result<Vec<String>, AskedOptions> {
        match asked_options(question, &[gold]) {
            AskedOptions::Listed { options, .. } => Ok(options),
            other => Err(other),
        }
    }

    #[test]
    fn lists_in_their_usual_dress() {
        let check = |question: &str, gold: &str, expect: &[&str]| {
            assert_eq!(read_of(question, gold).as_deref(), Ok(expect.map_owned().as_slice()), "{question}");
        };
        check("How many?\nOptions:\nA) 4 m\nB) 5 m\nC) 6 m", "B", &["4 m", "5 m", "6 m"]);
        check("How many?\nA. 4\nB. 5\n\nAnswer:", "A", &["4", "5"]);
        check("How many?\n(A) 4\n(B) 5\nAnswer with a letter.", "(B)", &["4", "5"]);
        check("How many? (A) 4 (B) 5 (C) 6", "C", &["4", "5", "6"]);
        check("How many? A: 4; B: 5; C: 6", "c", &["4", "5", "6"]);
        check("How many? A. four B. five\nC. six D. seven.", "D", &["four", "five", "six", "seven"]);
        check("哪颗行星最大？\nA、火星\nB、木星", "B", &["火星", "木星"]);
        check("哪颗行星最大？ ①火星 ②木星 ③土星", "②", &["火星", "木星", "土星"]);
        check("谁对？\n甲、是\n乙、否", "乙", &["是", "否"]);
        check("Pick one.\n- **A)** red\n- **B)** blue", "A", &["red", "blue"]);
        let contest = r"What is it? $\textbf{(A)}\ 12 \qquad\textbf{(B)}\ 13 \qquad \textbf{(C)}\ 14$";
        check(contest, "B", &["12", "13", "14$"]);
        check("Which?\nA. one line\nand another\nB. two.", "A", &["one line\nand another", "two"]);
    }

    trait Owned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl Owned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }

    #[test]
    fn what_is_no_list_or_more_than_one_is_not_read() {
        let check = |question: &str, gold: &str, expect: AskedOptions| {
            assert_eq!(read_of(question, gold), Err(expect), "{question}");
        };
        check("What is 2 + 3?", "B", AskedOptions::None);
        check("Which?\nA) 4\nB) 5", "12", AskedOptions::None);
        check("Which?\nA) 4\nB) 5", "D", AskedOptions::None);
        check("Do (a) this and (b) that. What comes out?", "b", AskedOptions::None);
        check("Vitamin A. B. Who?", "B", AskedOptions::None);
        check("First:\nA) 4\nB) 5\nSecond:\nA) 6\nB) 7", "B", AskedOptions::Ambiguous);
        check("Which?\nA) 4\nB) 5\n(A) 4\n(B) 5", "B", AskedOptions::Ambiguous);
    }

    #[test]
    fn what_is_asked_stands_in_front_of_the_options() {
        let choices = ["4".to_owned(), "5".to_owned()];
        assert_eq!(stem("How many?\nA) 4\nB) 5", &choices), "How many?\n");
        assert_eq!(stem("How many?", &choices), "How many?");
        assert_eq!(stem("How many?\nA) 4\nB) 5", &[]), "How many?\nA) 4\nB) 5");
    }
}
