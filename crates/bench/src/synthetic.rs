//! Problems and generations out of nothing, in any number: what a long run leaves behind, in shape and size.

use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tables::{Finish, Generation, Problem, Provenance, TableWriter};

/// About this many tokens are thought in each generation.
pub(crate) const TOKENS: usize = 2_000;
const SAMPLES: u32 = 4;
const TOKENS_A_STEP: usize = 40;

const OPENINGS: [&str; 8] = [
    "Let me look at the expression again and collect the terms",
    "Wait, I should check the sign before going on",
    "So the next quantity follows from the one before",
    "Alternatively, I could substitute and compare both sides",
    "Hmm, that does not look right, so let me recompute",
    "Now we multiply the remaining factors together",
    "Okay, the equation becomes a little simpler here",
    "If I try a small case first, the pattern shows",
];

/// Writes `problems.parquet` and `generations.parquet` with so many generations.
pub(crate) fn write(folder: &Path, generations: u64) -> anyhow::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let provenance = Provenance::default();
    let mut problems = TableWriter::create(&folder.join("problems.parquet"), &provenance)?;
    let mut rows = TableWriter::create(&folder.join("generations.parquet"), &provenance)?;
    for index in 0..generations.div_ceil(u64::from(SAMPLES)) {
        let (a, b) = (random.random_range(10..1000u32), random.random_range(10..1000u32));
        let id = format!("synthetic-{index:07}");
        problems.push(Problem {
            id: id.clone(),
            dataset: "synthetic".into(),
            subset: format!("Level {}", index % 5 + 1),
            problem: format!("What is {a} times {b}?"),
            gold: vec![(a * b).to_string()],
            ..Problem::default()
        })?;
        for sample in 0..SAMPLES {
            rows.push(generation(&mut random, &id, sample, a, b))?;
        }
    }
    problems.finish()?;
    rows.finish()?;
    Ok(())
}

pub(crate) fn generation(random: &mut ChaCha8Rng, id: &str, sample: u32, a: u32, b: u32) -> Generation {
    let steps = TOKENS / TOKENS_A_STEP;
    let arrives = random.random_range(steps / 4..steps);
    let right = random.random_bool(0.8);
    let answer = if right { a * b } else { a * b + 1 };
    let mut reasoning = String::new();
    for step in 0..steps {
        let opening = OPENINGS[random.random_range(0..OPENINGS.len())];
        let (x, y) = (random.random_range(2..99u32), random.random_range(2..99u32));
        reasoning += &format!(
            "{opening}: ${x} \\cdot {y} = {}$, and with $x_{{{step}}}$ this gives {}.",
            x * y,
            x + y
        );
        if step >= arrives {
            reasoning += &format!(" Therefore the product is {answer}.");
        }
        reasoning += "\n\n";
    }
    Generation {
        problem_id: id.to_owned(),
        sample,
        model: "synthetic".into(),
        reasoning,
        answer_text: format!("The answer is $\\boxed{{{answer}}}$."),
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        ..Generation::default()
    }
}
