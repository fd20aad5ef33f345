//! Answers: read, extracted, compared, verified.

use answer::{Comparison, Outcome, Policy, Reply, Verdict};
use plugin::Value;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use rayon::prelude::*;
use stage::Observer;

use crate::failure::Failure;
use crate::pool;

/// One acceptable answer, or several. The texts stay Python's: copying them is work that only one thread can do.
#[derive(FromPyObject)]
pub(crate) enum Golds {
    One(PyBackedStr),
    Many(Vec<Option<PyBackedStr>>),
}

/// The answers that are known; none where nobody knows one.
fn texts(golds: Option<&Golds>) -> Vec<&str> {
    match golds {
        None => Vec::new(),
        Some(Golds::One(gold)) => vec![gold],
        Some(Golds::Many(golds)) => golds.iter().flatten().map(|gold| &**gold).collect(),
    }
}

/// How an answer is to be verified.
struct How {
    policy: Policy,
    choices: Vec<String>,
    /// The answer has to be taken out of a reply first.
    reply: bool,
}

impl How {
    fn new(policy: Option<&str>, choices: Option<Vec<String>>, reply: bool) -> Result<Self, Failure> {
        Ok(Self { policy: policy_of(policy)?, choices: choices.unwrap_or_default(), reply })
    }

    fn verify(&self, golds: &[&str], given: &str) -> Option<bool> {
        if golds.iter().all(|gold| gold.trim().is_empty()) {
            return None;
        }
        if self.reply {
            let reply = Reply { text: given, ..Reply::default() };
            return right(answer::grade(golds, &self.choices, reply, &self.policy).verdict);
        }
        equal(&answer::compare_any(golds, given, &self.choices, &self.policy))
    }
}

fn right(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Right => Some(true),
        Verdict::Wrong | Verdict::NoAnswer => Some(false),
        Verdict::Undecided | Verdict::NoGold => None,
    }
}

fn equal(comparison: &Comparison) -> Option<bool> {
    match comparison.outcome {
        Outcome::Equal => Some(true),
        Outcome::Different => Some(false),
        Outcome::Unknown => None,
    }
}

/// A policy from a text of JSON.
pub(crate) fn policy_of(table: Option<&str>) -> Result<Policy, Failure> {
    let Some(table) = table else { return Ok(Policy::default()) };
    let table: Value = serde_json::from_str(table).map_err(|error| Failure::of("policy", error))?;
    Ok(plugin::parse(&table, "policy")?)
}

/// `True`, `False`, or `None` where it cannot be decided.
#[pyfunction]
#[pyo3(signature = (gold, given, reply=false, policy=None, choices=None))]
pub(crate) fn verify(
    py: Python<'_>,
    gold: Option<Golds>,
    given: &str,
    reply: bool,
    policy: Option<&str>,
    choices: Option<Vec<String>>,
) -> PyResult<Option<bool>> {
    let how = How::new(policy, choices, reply)?;
    Ok(py.detach(|| how.verify(&texts(gold.as_ref()), given)))
}

/// The same for many pairs, on all cores. A reply that is missing is `None`, as is one without a known answer.
#[pyfunction]
#[pyo3(signature = (golds, given, reply=false, policy=None, choices=None, threads=None))]
pub(crate) fn verify_many(
    py: Python<'_>,
    golds: Vec<Option<Golds>>,
    given: Vec<Option<PyBackedStr>>,
    reply: bool,
    policy: Option<&str>,
    choices: Option<Vec<String>>,
    threads: Option<usize>,
) -> PyResult<Vec<Option<bool>>> {
    if golds.len() != given.len() {
        let reason = format!("{} golds and {} answers: one of each is needed", golds.len(), given.len());
        return Err(PyValueError::new_err(reason));
    }
    let how = How::new(policy, choices, reply)?;
    pool::run(py, threads, |watch| {
        let verify = |(golds, given): (&Option<Golds>, &Option<PyBackedStr>)| {
            let given = given.as_deref().filter(|_| !watch.interrupted());
            given.and_then(|given| how.verify(&texts(golds.as_ref()), given))
        };
        Ok(golds.par_iter().zip(&given).map(verify).collect())
    })
}

/// Whether two answers are the same, and how that was decided: `("equal" | "different" | "unknown", how)`.
#[pyfunction]
#[pyo3(signature = (gold, given, policy=None, choices=None))]
pub(crate) fn compare(
    py: Python<'_>,
    gold: Golds,
    given: &str,
    policy: Option<&str>,
    choices: Option<Vec<String>>,
) -> PyResult<(&'static str, String)> {
    let How { policy, choices, .. } = How::new(policy, choices, false)?;
    let found = py.detach(|| answer::compare_any(&texts(Some(&gold)), given, &choices, &policy));
    Ok(pair(found))
}

fn pair(found: Comparison) -> (&'static str, String) {
    let outcome = match found.outcome {
        Outcome::Equal => "equal",
        Outcome::Different => "different",
        Outcome::Unknown => "unknown",
    };
    (outcome, found.how)
}

/// The final answer of a reply, if there is one: text, rule, first character, one past the last, and whether it was taken
/// for want of anything better.
#[pyfunction]
pub(crate) fn extract(py: Python<'_>, reply: &str) -> Option<(String, &'static str, usize, usize, bool)> {
    py.detach(|| {
        let found = answer::extract(reply)?;
        // Python counts characters where Rust counts bytes.
        let characters = |byte: usize| reply.get(..byte).map_or(byte, |before| before.chars().count());
        Some((found.raw, found.rule, characters(found.span.start), characters(found.span.end), found.weak))
    })
}

/// An answer that was read once, to be compared many times. Equal answers need not look alike, so it has no hash.
#[pyclass(frozen, module = "thinkmeter._native")]
pub(crate) struct Parsed {
    text: String,
    parsed: answer::Parsed,
}

#[pymethods]
impl Parsed {
    #[new]
    fn new(py: Python<'_>, text: String) -> Self {
        let parsed = py.detach(|| answer::parse(&text));
        Self { text, parsed }
    }

    /// As it was written.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// `("equal" | "different" | "unknown", how)`.
    #[pyo3(signature = (given, policy=None))]
    fn compare(
        &self,
        py: Python<'_>,
        given: Given<'_>,
        policy: Option<&str>,
    ) -> PyResult<(&'static str, String)> {
        let policy = policy_of(policy)?;
        Ok(pair(given.compared(py, self, &policy)))
    }

    /// Surely the same; what cannot be decided is not.
    fn __eq__(&self, py: Python<'_>, given: Given<'_>) -> bool {
        given.compared(py, self, &Policy::default()).is_equal()
    }

    fn __getnewargs__(&self) -> (&str,) {
        (&self.text,)
    }

    fn __repr__(&self) -> String {
        format!("thinkmeter.parse({:?})", self.text)
    }
}

/// An answer to compare with: read already, or not yet.
#[derive(FromPyObject)]
pub(crate) enum Given<'py> {
    Read(PyRef<'py, Parsed>),
    Text(String),
}

impl Given<'_> {
    fn compared(&self, py: Python<'_>, gold: &Parsed, policy: &Policy) -> Comparison {
        match self {
            Self::Read(given) => {
                let given: &Parsed = given;
                py.detach(|| answer::compare_parsed(&gold.parsed, &given.parsed, policy))
            }
            Self::Text(given) => {
                py.detach(|| answer::compare_parsed(&gold.parsed, &answer::parse(given), policy))
            }
        }
    }
}
