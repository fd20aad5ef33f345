//! What is prepared when it is first needed, prepared now.

use std::sync::atomic::{AtomicBool, Ordering};

use answer::{Policy, Reply};
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::given::Given;
use crate::parts::Parts;
use crate::pool::Watch;
use crate::{meter, pool, stages};

/// Meets every pattern that is compiled when it is first met, once a process. Called before a fork: a child would wait for
/// ever for one that another thread was just compiling.
#[pyfunction]
pub(crate) fn warm_up(py: Python<'_>) -> PyResult<()> {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.load(Ordering::Acquire) {
        return Ok(());
    }
    answers();
    pool::run(py, Some(1), rows)?;
    // Not before: whoever forks meanwhile has to wait for it, too.
    DONE.store(true, Ordering::Release);
    Ok(())
}

const REPLY: &str = "<think>\nWait, 2 + 3 = 5.\n\nAlternatively x = \\frac{1}{2} m, so option (B).\n\nFirst, the answer is 5.\n</think>\n\
    **The answer** is (B) \\boxed{5}.";

fn answers() {
    let choices = ["4".to_owned(), "5".to_owned()];
    for gold in ["5", "\\frac{1}{2} m", "x^2 - 1", "[1, 2)", "B", "12:30", "yes"] {
        for text in [REPLY, "It is B.", "<answer>5</answer>", "I think that it may be (A) or not"] {
            let reply = Reply { text, ..Reply::default() };
            answer::grade(&[gold], &choices, reply, &Policy::default());
            answer::grade(&[gold], &[], reply, &Policy::default());
        }
        answer::compare(gold, "0.5 m or (x-1)(x+1) at 50 %", &Policy::default());
    }
}

/// The stages as they are without a word of configuration.
fn rows(watch: &Watch) -> Result<(), Failure> {
    let parts = Parts::build(json!({}), tokens::Tokenizer::approximate())?;
    let row = |gold: &str, response: &str| {
        let row = json!({"problem": "2 + 3?\nA) 4\nB) 5", "answer": gold, "response": response, "model": "m", "problem_id": gold});
        if let Value::Object(cells) = row { cells } else { serde_json::Map::new() }
    };
    let rows = Given::Rows(vec![row("5", REPLY), row("B", REPLY), row("x", "<unknown>hm</unknown> 5")]);
    let asked = stages::load(&parts.reader, &rows, watch)?;
    meter::scored(&parts, asked, watch).map(drop)
}
