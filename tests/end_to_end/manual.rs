//! The manual does what it says: its commands run, and print what it shows.
//!
//! Every page has a folder of its own. Blocks of `jsonl` and `toml` that begin with `# a-file-name` become files, blocks of
//! `console` are run in their order, a command behind each `$ `, and what stands beneath a command must be what it
//! prints, `…` apart. Blocks of `console,ignore` are not run; their commands of ours must exist, with their flags.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::{Value, json};
use testkit::{
    Asked, Behaviour, Chain, Dialect, Doubter, HubScript, Replies, Said, Script, ScriptedHub, ScriptedServer,
    solve,
};

use crate::support::{Place, done};

/// The address that the manual writes; a scripted server takes its place.
const ADDRESS: &str = "http://localhost:8000/v1";
const TOKENIZER: &str = include_str!("../../data/tokenizer/tokenizer.json");

#[test]
fn every_command_of_the_manual_works() {
    let pages = Mutex::new(pages());
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(path) = next(&pages) {
                    let found = Page::open(&path).check();
                    faults.lock().unwrap().extend(found);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn next(pages: &Mutex<Vec<PathBuf>>) -> Option<PathBuf> {
    pages.lock().unwrap().pop()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("docs/src")).unwrap().map(|entry| entry.unwrap().path());
    let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    let mut pages: Vec<PathBuf> = folder.filter(is_page).collect();
    pages.extend(["README.md", "ARCHITECTURE.md"].map(|name| root().join(name)));
    pages.sort();
    pages
}

#[test]
fn every_page_stands_in_the_table_of_contents_and_every_link_leads_somewhere() {
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let contents = read(&root().join("docs/src/SUMMARY.md"));
    for path in pages() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let listed = contents.contains(&format!("]({name})"));
        assert!(
            listed || ["SUMMARY.md", "README.md", "ARCHITECTURE.md"].contains(&name),
            "{name} is not in SUMMARY.md"
        );
        for link in links(&read(&path)) {
            assert!(path.parent().unwrap().join(&link).exists(), "{name}: {link} does not exist");
        }
    }
    let code = read(&root().join("docs/src/headings.rs"));
    assert!(
        read(&root().join("docs/src/splitter.md")).contains(&code),
        "splitter.md shows another headings.rs"
    );
}

/// Links to files beside the page.
fn links(text: &str) -> Vec<String> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let targets = ends.map(|(target, _)| target.split('#').next().unwrap_or_default().to_owned());
    targets.filter(|target| !target.is_empty() && !target.contains("://") && !target.contains(' ')).collect()
}

/// A fenced block: what it is, the line that it begins at, its lines.
struct Block {
    info: String,
    line: usize,
    lines: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        match line.trim_start().strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                open = true;
                blocks.push(Block { info: info.to_owned(), line: index + 1, lines: Vec::new() });
            }
            None if open => blocks.last_mut().unwrap().lines.push(line.to_owned()),
            None => {}
        }
    }
    blocks
}

/// A command and what is shown beneath it.
struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
}

fn commands(block: &Block) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut goes_on = false;
    for (index, text) in block.lines.iter().enumerate() {
        let started = text.strip_prefix("$ ");
        if let Some(command) = started {
            let line = block.line + 1 + index;
            shown.push(Shown { line, command: command.to_owned(), output: Vec::new() });
        } else if let Some(last) = shown.last_mut() {
            if goes_on { last.command += &format!("\n{text}") } else { last.output.push(text.clone()) }
        }
        goes_on = (started.is_some() || goes_on) && text.ends_with('\\');
    }
    shown
}

struct Page {
    name: String,
    text: String,
    place: Place,
    server: ScriptedServer,
    _hub: ScriptedHub,
}

impl Page {
    fn open(path: &Path) -> Self {
        let hub = HubScript::default().file("Qwen/Qwen3-8B", "tokenizer.json", TOKENIZER);
        let hub = ScriptedHub::start(hub).unwrap();
        let judge = Behaviour { replies: Replies::Judge { known: BTreeMap::new() }, ..Behaviour::default() };
        let chain = Replies::Chain(Chain { thinks: true, ..Chain::default() });
        let reasoner =
            Behaviour { replies: chain, dialect: Dialect::Vllm, limits: true, ..Behaviour::default() };
        let script = Script::default().model("gpt-4.1", judge.clone()).model("gpt-4.1-mini", judge);
        let script = script.model("reasoner", reasoner);
        let (chain, doubter) = (Replies::Chain(Chain::default()), Replies::Doubter(Doubter::default()));
        let prover =
            Behaviour { replies: chain, limits: true, dialect: Dialect::Vllm, ..Behaviour::default() };
        let script = script
            .model("prover", prover)
            .model("critic", Behaviour { replies: doubter, ..Behaviour::default() });
        let server = ScriptedServer::with_words(
            script.model("*", Behaviour { dialect: Dialect::Vllm, ..Behaviour::default() }),
            task,
        )
        .unwrap();
        let place = Place::new();
        fs::create_dir(place.path("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_thinkmeter"), place.path("bin/thinkmeter")).unwrap();
        let path_of = |name: &str| place.path(name).display().to_string();
        let (bin, home) = (format!("{}:/usr/bin:/bin", path_of("bin")), path_of("hf"));
        let place = place.with("PATH", &bin).with("HF_HOME", &home).with("HF_ENDPOINT", &hub.endpoint());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Self { name, text: fs::read_to_string(path).unwrap(), place, server, _hub: hub }
    }

    /// What is wrong with the page; the first command that fails is the last one that is tried.
    fn check(&self) -> Vec<String> {
        for block in blocks(&self.text) {
            let found = match block.info.as_str() {
                "console" => commands(&block).iter().find_map(|shown| self.run(shown).err()),
                "console,ignore" => commands(&block).iter().find_map(|shown| self.exists(shown).err()),
                "jsonl" | "toml" => self.file(&block),
                // The README shows commands in plain blocks; these must exist as well.
                "" => self.plain(&block),
                _ => None,
            };
            if let Some(fault) = found {
                return vec![fault];
            }
        }
        vec![]
    }

    fn fault<T>(&self, line: usize, text: String) -> Result<T, String> {
        Err(format!("{}:{line}: {text}", self.name))
    }

    /// Writes the file that a block shows.
    fn file(&self, block: &Block) -> Option<String> {
        let name = block.lines.first()?.strip_prefix("# ")?;
        if name.contains(' ') || !name.contains('.') {
            return None;
        }
        let skip = usize::from(block.info == "jsonl");
        let text = block.lines[skip..].join("\n") + "\n";
        self.place.write(name, &text.replace(ADDRESS, &self.server.base_url()));
        None
    }

    fn run(&self, shown: &Shown) -> Result<(), String> {
        self.answer_batch(&shown.command);
        let command = shown.command.replace(ADDRESS, &self.server.base_url());
        let done = done(self.place.shell(&format!("exec 2>&1\n{command}")).spawn().unwrap());
        let printed = done.stdout.replace(&self.server.base_url(), ADDRESS);
        if done.code != 0 {
            return self
                .fault(shown.line, format!("`{}` ended with {}\n{printed}", shown.command, done.code));
        }
        if !lines_fit(&shown.output, &printed.lines().collect::<Vec<_>>()) {
            let (command, output) = (&shown.command, shown.output.join("\n"));
            return self
                .fault(shown.line, format!("`{command}` prints\n{printed}\nand is shown as\n{output}"));
        }
        Ok(())
    }

    /// A command of ours that cannot be run has to exist all the same.
    fn exists(&self, shown: &Shown) -> Result<(), String> {
        let command = shown.command.replace("\\\n", " ");
        let words: Vec<&str> = command.split(" #").next().unwrap_or_default().split_whitespace().collect();
        if words.first() != Some(&"thinkmeter") {
            return Ok(());
        }
        let deep = ["arena", "cache", "curate", "export"].contains(words.get(1).unwrap_or(&""));
        let path = &words[1..words.len().min(2 + usize::from(deep))];
        let help = self.place.run(&[path, &["--help"]].concat());
        if help.code != 0 {
            return self.fault(shown.line, format!("there is no command `{}`", path.join(" ")));
        }
        let is_flag = |word: &&&str| word.starts_with('-') && word.len() > 1 && **word != "-";
        let known = |flag: &str| help.stdout.split([' ', ',', '\n']).any(|word| word == flag);
        match words.iter().filter(is_flag).find(|flag| !known(flag)) {
            Some(flag) => self.fault(shown.line, format!("`{}` has no flag {flag}", path.join(" "))),
            None => Ok(()),
        }
    }

    fn plain(&self, block: &Block) -> Option<String> {
        let text = block.lines.join("\n").replace("\\\n", " ");
        let ours = text.lines().filter(|line| line.starts_with("thinkmeter ") || line.starts_with("$ "));
        let found = ours.map(|line| {
            if self.name != "README.md" {
                return self.fault(block.line, format!("`{line}` stands in no `console` block"));
            }
            let shown = Shown { line: block.line, command: line.to_owned(), output: Vec::new() };
            self.exists(&shown)
        });
        found.filter_map(Result::err).next()
    }

    /// Whoever works off batches: answers what was written down before a command that takes `results.jsonl`.
    fn answer_batch(&self, command: &str) {
        if !command.contains("--batch-in results.jsonl") {
            return;
        }
        let files = fs::read_dir(self.place.path("batch")).unwrap();
        let requests = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let results: String =
            requests.flat_map(|text| text.lines().map(answered).collect::<Vec<_>>()).collect();
        self.place.write("results.jsonl", &results);
    }
}

/// The result to a line of requests, with a line break.
fn answered(request: &str) -> String {
    let request: Value = serde_json::from_str(request).unwrap();
    let prompt = request["body"]["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
    let said = solve(prompt, request["body"]["seed"].as_i64());
    let message = json!({"role": "assistant", "content": said.content, "reasoning_content": said.reasoning});
    let body = json!({"choices": [{"message": message, "finish_reason": "stop"}]});
    let response = json!({"status_code": 200, "body": body});
    format!("{}\n", json!({"custom_id": request["custom_id"], "response": response, "error": null}))
}

/// What the scripted judge says to questions other than that for the first correct step.
fn task(asked: &Asked) -> Option<Said> {
    if !asked.model.starts_with("gpt-") {
        return None;
    }
    // Of two answers the longer one.
    if let Some((_, shown)) = asked.prompt.split_once("Answer A:")
        && let Some((first, second)) = shown.split_once("Answer B:")
    {
        let second = second.split("What counts").next().unwrap_or_default();
        let word = if first.len() > second.len() { "A" } else { "slightly B" };
        return Some(Said::plain(format!("\\boxed{{{word}}}")));
    }
    if let Some((_, rest)) = asked.prompt.split_once("You are given a problem and ")
        && let Some((count, _)) = rest.split_once(" solutions to it")
    {
        let all: Vec<usize> = (0..count.parse().unwrap()).collect();
        return Some(Said::plain(json!({"strategies": [{"method": "sums", "solutions": all}]}).to_string()));
    }
    let ratings = asked.prompt.contains("\"solution_valid\"") && asked.prompt.contains("\"verbosity\"");
    let said = json!({"verbosity": 3, "difficulty": 3, "reasoning_valid": true, "solution_valid": true});
    ratings.then(|| Said::plain(said.to_string()))
}

/// Whether what is printed is what is shown; a line `…` stands for any number of lines.
fn lines_fit(shown: &[String], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [line, rest @ ..] if line == "…" => {
            (0..=printed.len()).any(|from| lines_fit(rest, &printed[from..]))
        }
        [line, rest @ ..] => match printed {
            [first, others @ ..] => fits(line.trim_end(), first.trim_end()) && lines_fit(rest, others),
            [] => false,
        },
    }
}

/// Whether a line is what is shown; `…` stands for anything.
fn fits(shown: &str, printed: &str) -> bool {
    let Some((start, rest)) = shown.split_once('…') else { return shown == printed };
    let Some(behind) = printed.strip_prefix(start) else { return false };
    let starts = behind.char_indices().map(|(at, _)| at).chain([behind.len()]);
    starts.into_iter().any(|at| fits(rest, &behind[at..]))
}

#[test]
fn what_is_shown_is_held_against_what_is_printed() {
    let check = |shown: &str, printed: &str, expect: bool| {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        assert_eq!(lines_fit(&shown, &printed.lines().collect::<Vec<_>>()), expect, "{shown:?} {printed:?}");
    };
    check("", "", true);
    check("", "a", false);
    check("a", "", false);
    check("a\nb", "a\nb", true);
    check("a", "a\nb", false);
    check("a\n…", "a\nb\nc", true);
    check("…\nc", "a\nb\nc", true);
    check("…\nb", "a\nb\nc", false);
    check("a\n…\nc\n…", "a\nc", true);
    check("in … s", "in 0.3 s", true);
    check("in … s, … rows", "in 0.3 s, 5 rows", true);
    check("in … s", "in 0.3 m", false);
}
