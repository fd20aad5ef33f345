//! A Rust file as the checks see it: its code without comments, quoted texts and tests, and the quoted texts apart.

use std::borrow::Cow;

/// Stands for a byte of a test while the rest is read.
const MARK: &str = "\u{1}";

/// A file below a crate's `src`.
pub(super) struct Source {
    /// Its path from the root of the workspace.
    pub(super) path: String,
    /// The folder of its crate, such as `tables`.
    pub(super) krate: String,
    /// The segments of its module; none for `lib.rs` and `main.rs`.
    pub(super) module: Vec<String>,
    /// The text, with blanks for comments, for what stands in quotes and for tests: every byte keeps its place.
    pub(super) code: String,
    /// What stands in quotes outside tests: its line and its text.
    pub(super) literals: Vec<(usize, String)>,
    /// Its lines outside tests.
    pub(super) lines: usize,
    /// Files that the text names as modules of tests.
    pub(super) tests: Vec<TestModule>,
}

/// A module that is built for tests alone and stands in a file of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TestModule {
    /// The segments of the module.
    Named(Vec<String>),
    /// The path that `#[path]` gives, from the root of the workspace.
    Placed(String),
}

impl Source {
    /// `None` for what is no module of a crate, such as `tests/` and `src/bin/`.
    pub(super) fn read(path: &str, text: &str) -> Option<Self> {
        let (krate, file) = match path.strip_prefix("crates/") {
            Some(rest) => rest.split_once("/src/")?,
            None => path.split_once("/src/")?,
        };
        if file.starts_with("bin/") || krate.contains('/') {
            return None;
        }
        let mut module: Vec<String> = file.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") || module == ["lib"] || module == ["main"] {
            module.pop();
        }
        let mut source = Self {
            path: path.to_owned(),
            krate: krate.to_owned(),
            module,
            code: String::new(),
            literals: Vec::new(),
            lines: 0,
            tests: Vec::new(),
        };
        source.lex(text);
        Some(source)
    }

    /// The line, counted from 1, of a byte.
    pub(super) fn line(&self, at: usize) -> usize {
        line_of(&self.code, at)
    }

    fn lex(&mut self, text: &str) {
        let (mut code, quoted) = without_talk(text);
        for (from, to) in tests_of(&code) {
            self.tests.extend(self.test_module(code.get(from..to), text.get(from..to)));
            // A mark that code never holds, so that neither the code nor the texts of tests are seen.
            let marked = filled(code.get(from..to).unwrap_or_default(), MARK);
            code.replace_range(from..to, &marked);
        }
        self.lines = code.lines().filter(|line| !line.contains(MARK)).count();
        let outside = |at: usize| code.get(at..at + 1).is_none_or(|byte| byte != MARK);
        self.literals = quoted
            .into_iter()
            .filter(|(at, _)| outside(*at))
            .map(|(at, quoted)| (line_of(text, at), quoted))
            .collect();
        self.code = code.replace(MARK, " ");
    }

    /// The file of `#[cfg(test)] mod name;`, if this item is one.
    fn test_module(&self, code: Option<&str>, text: Option<&str>) -> Option<TestModule> {
        let (code, text) = (code?.trim_end().strip_suffix(';')?, text?);
        let name = code.rsplit_once("mod ")?.1.trim();
        let Some((_, placed)) = text.split_once("#[path = \"") else {
            let mut module = self.module.clone();
            module.push(name.to_owned());
            return Some(TestModule::Named(module));
        };
        let mut folders: Vec<&str> = self.path.split('/').collect();
        folders.pop();
        for step in placed.split('"').next()?.split('/') {
            if step == ".." {
                folders.pop();
            } else {
                folders.push(step);
            }
        }
        Some(TestModule::Placed(folders.join("/")))
    }
}

/// The line, counted from 1, of a byte of a text.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// What begins at a place of a text.
enum Token {
    Code,
    Comment,
    /// In quotes; its content begins and ends so many bytes from the token's own ends.
    Quoted(usize, usize),
}

/// The text with blanks in place of comments and quoted texts, and each quoted text with its place.
fn without_talk(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, mut quoted) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while !rest.is_empty() {
        let (length, token) = token(rest);
        let (this, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if let Token::Quoted(open, close) = token {
            let content = this.get(open..this.len().saturating_sub(close));
            quoted.push((code.len(), content.unwrap_or_default().to_owned()));
        }
        code.push_str(&if matches!(token, Token::Code) { Cow::Borrowed(this) } else { filled(this, " ") });
        rest = after;
    }
    (code, quoted)
}

/// How many bytes the first token of a text has, and what it is.
fn token(rest: &str) -> (usize, Token) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Token::Comment);
    }
    if rest.starts_with("/*") {
        return (comment(rest), Token::Comment);
    }
    if let Some((open, close)) = raw(rest) {
        let length =
            rest.get(open..).and_then(|inside| inside.find(&close)).map(|at| open + at + close.len());
        return (length.unwrap_or(rest.len()), Token::Quoted(open, close.len()));
    }
    if rest.starts_with('"') {
        return (string(rest), Token::Quoted(1, 1));
    }
    if let Some(length) = character(rest) {
        return (length, Token::Comment);
    }
    // A whole word, so that the `r` that ends one opens no raw string.
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0);
    (word.unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8)), Token::Code)
}

/// The bytes of a block comment, with those inside it.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(left) = rest.get(at..).filter(|left| !left.is_empty()) {
        if left.starts_with("/*") {
            depth += 1;
        } else if left.starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
        at += left.chars().next().map_or(1, char::len_utf8);
    }
    rest.len()
}

/// The bytes that open a raw text, and what closes it.
fn raw(rest: &str) -> Option<(usize, String)> {
    let inside = rest.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let hashes = inside.len() - inside.trim_start_matches('#').len();
    let opened = inside.get(hashes..)?.starts_with('"') && rest.len() - inside.len() <= 2;
    opened.then(|| (rest.len() - inside.len() + hashes + 1, format!("\"{}", "#".repeat(hashes))))
}

/// The bytes of a quoted text.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The bytes of a character in quotes; `None` for a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if let Some(escaped) = inside.strip_prefix('\\') {
        let one = escaped.chars().next()?.len_utf8();
        return Some(2 + one + escaped.get(one..)?.find('\'')? + 1);
    }
    let one = inside.chars().next()?.len_utf8();
    inside.get(one..)?.starts_with('\'').then_some(one + 2)
}

/// Where the items begin and end that are built for tests alone.
fn tests_of(code: &str) -> Vec<(usize, usize)> {
    const BEGIN: &str = "#[cfg(test)]";
    let (mut items, mut at) = (Vec::new(), 0);
    while let Some(found) = code.get(at..).and_then(|rest| rest.find(BEGIN)) {
        let from = at + found;
        at = item_end(code, from + BEGIN.len());
        items.push((from, at));
    }
    items
}

/// Where the item ends that begins here: at its `;`, or where its braces close.
pub(super) fn item_end(code: &str, from: usize) -> usize {
    let (mut depth, mut inside) = (0_usize, false);
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' | b'{' => {
                inside |= byte == b'{' && depth == 0;
                depth += 1;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if byte == b'}' && inside && depth == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// No word goes on before or after so many bytes.
pub(super) fn is_word(code: &str, at: usize, length: usize) -> bool {
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = code.get(..at).and_then(|before| before.chars().next_back());
    let after = code.get(at + length..).and_then(|after| after.chars().next());
    !before.is_some_and(of_word) && !after.is_some_and(of_word)
}

/// A sign in place of every byte but line breaks.
fn filled<'a>(text: &str, sign: &str) -> Cow<'a, str> {
    text.split('\n').map(|line| sign.repeat(line.len())).collect::<Vec<_>>().join("\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_talk() {
        let check = |text: &str, code: &str, quoted: &[&str]| {
            let source = Source::read("crates/a/src/lib.rs", text).unwrap();
            assert_eq!(source.code.split_whitespace().collect::<Vec<_>>().join(" "), code, "{text}");
            assert_eq!(source.literals.iter().map(|(_, text)| text).collect::<Vec<_>>(), quoted, "{text}");
            assert_eq!(source.code.len(), text.len(), "{text}");
        };
        check("a // b\nc", "a c", &[]);
        check("a /* b /* c */ d */ e", "a e", &[]);
        check(r#"say("a\"b", 'c', '"', '\'', '\u{1F600}');"#, "say( , , , , );", &[r#"a\"b"#]);
        check("fn f<'a>(x: &'a str) {} // 'a'", "fn f<'a>(x: &'a str) {}", &[]);
        check("let x = r#\"a \"b\" c\"#; r#type; br\"d\"", "let x = ; r#type;", &["a \"b\" c", "d"]);
        check("a\n#[cfg(test)]\nmod tests { say(\"b\"); }\nc", "a c", &[]);
        check("#[cfg(test)]\n#[path = \"x.rs\"]\nmod x;\nsay(\"ß\")", "say( )", &["ß"]);
        check("#[cfg(test)]\nfn f(x: [u8; 2]) -> u8 { 1 }\nb", "b", &[]);
    }

    #[test]
    fn files_have_modules_and_name_those_that_are_tests() {
        let check = |path: &str, expect: Option<(&str, &str)>| {
            let source = Source::read(path, "");
            let found = source.map(|source| (source.krate.clone(), source.module.join("::")));
            assert_eq!(found, expect.map(|(a, b)| (a.to_owned(), b.to_owned())), "{path}");
        };
        check("crates/a/src/lib.rs", Some(("a", "")));
        check("crates/a/src/b.rs", Some(("a", "b")));
        check("crates/a/src/b/mod.rs", Some(("a", "b")));
        check("xtask/src/b/c.rs", Some(("xtask", "b::c")));
        check("crates/a/tests/b.rs", None);
        check("crates/a/src/bin/b.rs", None);

        let text =
            "#[cfg(test)]\nmod c;\n#[cfg(test)]\n#[path = \"../d.rs\"]\nmod d;\n#[cfg(test)]\nmod e {}\n";
        let source = Source::read("crates/a/src/b/mod.rs", text).unwrap();
        let named = TestModule::Named(vec!["b".to_owned(), "c".to_owned()]);
        assert_eq!(source.tests, [named, TestModule::Placed("crates/a/src/d.rs".to_owned())]);
    }
}
