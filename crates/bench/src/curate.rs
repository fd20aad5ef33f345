//! `bench curate`: training data from a million chains: chains a second, and memory that stays flat.

use std::ffi::OsString;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tables::{
    Generation, Grade, JudgeState, Judgment, Problem, Provenance, Solution, Split, Step, TableWriter, Verdict,
};

use crate::process::{Usage, measure, program};
use crate::say;

/// How many chains, how long, and how many samples a problem has.
#[derive(clap::Args)]
pub(crate) struct Curate {
    /// Chains in all
    #[arg(long, default_value_t = 1_000_000)]
    chains: u64,
    /// Characters of each thinking
    #[arg(long, default_value_t = 2_000)]
    characters: usize,
    /// Samples of each problem
    #[arg(long, default_value_t = 4)]
    samples: u32,
    /// All problems are of one template and differ in their numbers and nouns alone
    #[arg(long)]
    templates: bool,
}

/// The works that are measured, with their arguments behind the run.
const WORKS: [(&str, &[&str]); 5] = [
    ("pairs", &["--recipe", "fcs"]),
    ("sft", &["--recipe", "shortest"]),
    ("distill", &["--kappa", "5", "--seed", "1"]),
    ("distill", &["--kappa", "5", "--seed", "1", "--limit", "100000", "--ladder"]),
    ("stepwise", &[]),
];

impl Curate {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = program()?;
        let folder = tempfile::tempdir()?;
        let bytes = write(&folder.path().join("run"), self)?;
        say(&format!(
            "{} chains of {} characters, {} to a problem; {} MB of tables",
            self.chains,
            self.characters,
            self.samples,
            bytes / 1_000_000
        ));
        say(&format!("{:<56} {:>8} {:>8} {:>11} {:>8}", "work", "wall s", "cpu s", "chains/s", "peak MB"));
        for (work, more) in WORKS {
            let out = folder.path().join("out");
            let paths = [folder.path().join("run"), out.clone()];
            let [run, output] = paths.map(std::path::PathBuf::into_os_string);
            let mut args: Vec<OsString> = ["curate", "--quiet", work].map(OsString::from).to_vec();
            args.extend([run, "--output-dir".into(), output]);
            args.extend(more.iter().map(OsString::from));
            let usage = measure(&program, args, &[])?;
            say(&self.line(work, more, &usage));
            std::fs::remove_dir_all(&out)?;
        }
        Ok(())
    }

    fn line(&self, work: &str, more: &[&str], usage: &Usage) -> String {
        let wall = usage.wall.as_secs_f64();
        let name = format!("{work} {}", more.join(" "));
        let rate = self.chains as f64 / wall;
        let cpu = usage.cpu.as_secs_f64();
        format!("{name:<56} {wall:>8.2} {cpu:>8.2} {rate:>11.0} {:>8.0}", usage.peak_mb())
    }
}

const NOUNS: [&str; 12] = [
    "pens", "trains", "lanterns", "goats", "barrels", "ropes", "kites", "ovens", "maps", "coins", "boats",
    "hats",
];
const SYLLABLES: [&str; 16] =
    ["ba", "ko", "ri", "ten", "mu", "sal", "vor", "ni", "pe", "dra", "lo", "fin", "gu", "sha", "ter", "wy"];
const SENTENCES: [&str; 6] = [
    "Let me write down what is known and look for the quantity that is asked",
    "Wait, the second condition says more than I thought",
    "So the total follows from both of them together",
    "Alternatively, I could count from the other end",
    "Hmm, that would give a fraction, which cannot be",
    "Okay, this agrees with what came out before",
];

/// Writes the tables of a run and returns their size.
fn write(run: &Path, size: &Curate) -> anyhow::Result<u64> {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let provenance = Provenance::default();
    let model = run.join("teacher");
    let mut problems = TableWriter::create(&run.join("problems.parquet"), &provenance)?;
    let mut generations = TableWriter::create(&model.join("generations.parquet"), &provenance)?;
    let mut splits = TableWriter::create(&model.join("splits.parquet"), &provenance)?;
    let mut judgments = TableWriter::create(&model.join("judgments.parquet"), &provenance)?;
    let mut grades = TableWriter::create(&model.join("grades.parquet"), &provenance)?;
    let mut before = Problem::default();
    for index in 0..size.chains.div_ceil(u64::from(size.samples)) {
        let id = format!("synthetic-{index:07}");
        let problem = problem(&mut random, &id, &before, size.templates);
        before.clone_from(&problem);
        for sample in 0..size.samples {
            let made = chain(&mut random, &problem, sample, size.characters);
            generations.push(made.0)?;
            splits.push(made.1)?;
            judgments.push(made.2)?;
            grades.push(made.3)?;
        }
        problems.push(problem)?;
    }
    problems.finish()?;
    generations.finish()?;
    splits.finish()?;
    judgments.finish()?;
    grades.finish()?;
    let mut bytes = std::fs::metadata(run.join("problems.parquet"))?.len();
    for entry in std::fs::read_dir(model)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

/// One in twenty is the one before with another word; of the rest, `templates` says whether all are of one template,
/// which is the worst that can happen to a search for near duplicates, or each of its own words.
fn problem(random: &mut ChaCha8Rng, id: &str, before: &Problem, templates: bool) -> Problem {
    let again = !before.problem.is_empty() && random.random_bool(0.05);
    let (a, b) = (random.random_range(2..5_000u32), random.random_range(2..5_000u32));
    let product = vec![(u64::from(a) * u64::from(b)).to_string()];
    let (problem, gold) = if again {
        (before.problem.replacen(' ', " little ", 1), before.gold.clone())
    } else if templates {
        (template(random, a, b), product)
    } else {
        let words: Vec<String> = (0..random.random_range(20..45)).map(|_| word(random)).collect();
        (format!("With {a} {} and {b} of them, how many?", words.join(" ")), product)
    };
    Problem { id: id.to_owned(), dataset: "synthetic".into(), problem, gold, ..Problem::default() }
}

fn template(random: &mut ChaCha8Rng, a: u32, b: u32) -> String {
    let mut noun = || NOUNS[random.random_range(0..NOUNS.len())];
    let (first, second, third) = (noun(), noun(), noun());
    let (c, d) = (random.random_range(2..5_000u32), random.random_range(2..5_000u32));
    format!(
        "A merchant sells {a} {first} and {b} {second} in one week and {c} {third} in the next. If each of the \
         {first} costs {d} coins, how many coins does the merchant take for the {first} alone?"
    )
}

fn word(random: &mut ChaCha8Rng) -> String {
    let syllables = random.random_range(1..4);
    (0..syllables).map(|_| SYLLABLES[random.random_range(0..SYLLABLES.len())]).collect()
}

/// A chain with its steps of four sentences, two rounds of solution, ratings and grade.
fn chain(
    random: &mut ChaCha8Rng,
    problem: &Problem,
    sample: u32,
    characters: usize,
) -> (Generation, Split, Judgment, Grade) {
    let right = random.random_bool(0.8);
    let (mut reasoning, mut steps) = (String::with_capacity(characters + 400), Vec::new());
    while reasoning.len() < characters {
        let start = u32::try_from(reasoning.len()).unwrap_or_default();
        for _ in 0..4 {
            let sentence = SENTENCES[random.random_range(0..SENTENCES.len())];
            reasoning += &format!("{sentence}: {}. ", random.random_range(10..9_999u32));
        }
        let end = u32::try_from(reasoning.len()).unwrap_or_default();
        steps.push(Step { start, end, tokens: (end - start) / 4 });
        reasoning += "\n\n";
    }
    let tokens = steps.iter().map(|step| step.tokens).sum();
    let last = u32::try_from(steps.len()).unwrap_or(1) - 1;
    let middle = random.random_range(0..=last);
    let round = |end| Solution { correct: Some(right), ..Solution::ending_at(end) };
    let solutions = if middle < last { vec![round(middle), round(last)] } else { vec![round(last)] };
    let problem_id = problem.id.clone();
    let judgment = Judgment {
        problem_id: problem_id.clone(),
        sample,
        judge: "synthetic".into(),
        state: JudgeState::Found,
        step: Some(middle),
        solutions: Some(solutions),
        reasoning_valid: Some(right),
        solution_valid: Some(right),
        verbosity: Some(random.random_range(0..10)),
        difficulty: Some(random.random_range(0..10)),
        ..Judgment::default()
    };
    let generation = Generation {
        problem_id: problem_id.clone(),
        sample,
        model: "teacher".to_owned(),
        reasoning,
        answer_text: format!("The answer is $\\boxed{{{}}}$.", problem.gold.join("")),
        reasoning_source: "tags".into(),
        ..Generation::default()
    };
    let split = Split { problem_id: problem_id.clone(), sample, steps, tokens, ..Split::default() };
    let verdict = if right { Verdict::Right } else { Verdict::Wrong };
    let grade = Grade { problem_id, sample, verdict, ..Grade::default() };
    (generation, split, judgment, grade)
}
