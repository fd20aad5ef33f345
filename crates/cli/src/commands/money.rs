//! What replies cost: held to a limit, and told.

use llm::{Endpoint, Execution};
use stage::Cost;

use super::forecast::{money, whole};
use crate::args::CallArgs;
use crate::exit::{Result, Usage};

/// A limit needs to know what everything costs.
pub(crate) fn check<'a>(calls: &CallArgs, asked: impl Iterator<Item = &'a Endpoint>) -> Result<()> {
    let mut asked = asked;
    let unpriced = calls.max_cost.and_then(|_| asked.find(|endpoint| endpoint.price.is_none()));
    match unpriced {
        None => Ok(()),
        Some(endpoint) => Err(Usage(format!(
            "--max-cost: nobody knows what `{}` costs; set its price per million tokens, as in --set \
             models.0.price.completion=0.6 (0 if it is free)",
            endpoint.model
        ))
        .into()),
    }
}

/// What a stage's replies cost when they were made.
pub(crate) fn render(cost: &Cost, rows: u64) -> String {
    let counted = rows.saturating_sub(cost.unknown);
    let each = if counted > 0 {
        format!(", {} a reply", money(cost.amount / counted as f64))
    } else {
        String::new()
    };
    let rest = match cost.unknown {
        0 => String::new(),
        unknown => format!(
            "; {} replies without a count of tokens cost something unknown on top",
            whole(unknown as f64)
        ),
    };
    format!("cost {}{each}{rest}", money(cost.amount))
}

/// What was spent by this command, where anything was.
pub(crate) fn spent(execution: &Execution) -> Option<String> {
    let spent = execution.budget.as_ref()?.spent();
    (spent > 0.0)
        .then(|| format!("spent now: {}; what came from the reply cache was paid before", money(spent)))
}
