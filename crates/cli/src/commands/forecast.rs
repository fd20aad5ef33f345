//! A forecast in words: calls, tokens, money, time, and what each was taken from.

use std::ops::RangeInclusive;

use pipeline::{Basis, Estimate, Forecast, ModelCalls};
use stats::Range;
use tables::thousands;

/// The lines about one stage's forecast.
pub(crate) fn lines(forecast: &Forecast) -> Vec<String> {
    match forecast {
        Forecast::Calls { rows, calls } if calls.is_empty() => {
            vec![format!("{}, nothing to ask", replies(rows))]
        }
        Forecast::Calls { calls, .. } => calls.iter().flat_map(of_model).collect(),
        Forecast::Later { rows, models } => {
            let rows = rows.as_ref().map_or("replies".to_owned(), replies);
            vec![format!(
                "asks {} about {rows} that are still to come: calls cannot be told yet",
                models.join(", ")
            )]
        }
        Forecast::Unknown { reason } => vec![format!("calls cannot be told: {reason}")],
    }
}

fn replies(count: &RangeInclusive<u64>) -> String {
    format!("{} replies", span(*count.start() as f64, *count.end() as f64))
}

/// A number, or the least and the most of it.
fn span(least: f64, most: f64) -> String {
    if least < most { format!("{}–{}", whole(least), whole(most)) } else { whole(least) }
}

fn of_model(calls: &ModelCalls) -> Vec<String> {
    let least = if calls.more_rounds { "at least " } else { "" };
    let (asked, growth) = (span(calls.to_ask as f64, calls.most_to_ask as f64), calls.growth());
    let open = calls.most_to_ask > calls.to_ask;
    let mut lines = vec![format!(
        "calls    {least}{asked} to ask of {}, {} in the reply cache{}",
        calls.model,
        whole(calls.cached as f64),
        if open { "; how many depends on the replies" } else { "" }
    )];
    if calls.to_ask == 0 {
        if open {
            lines.push("money    unknown: what it is asked follows from replies to others".to_owned());
        }
        return lines;
    }
    let prompts = calls.prompt_tokens as f64;
    lines.push(format!("prompts  ≈ {} tokens", span(prompts, prompts * growth)));
    lines.push(format!("replies  {}", calls.reply_tokens.as_ref().map_or_else(unbounded, tokens)));
    lines.push(format!("money    {}", cost(calls)));
    lines.push(match calls.seconds {
        Some(seconds) => {
            let most = if open { "at most " } else { "" };
            format!("time     {most}≈ {} at {} at once", crate::moment::duration(seconds), calls.at_once)
        }
        None => "time     unknown: no reply of this model is known yet".to_owned(),
    });
    lines
}

fn unbounded() -> String {
    "unknown: no reply of this model is known yet, and no `max_tokens` bounds them".to_owned()
}

fn tokens(estimate: &Estimate) -> String {
    let Estimate { range, replies, .. } = estimate;
    let taken = match estimate.basis {
        Basis::MaxTokens => {
            return format!("at most {} tokens (`max_tokens`; no reply is known yet)", whole(range.high));
        }
        Basis::SameStage => "of this stage in the cache",
        Basis::SameModel => "of this model in the cache",
        Basis::EarlierRun => "of an earlier run in this folder",
    };
    format!("≈ {} tokens ({}), from {replies} replies {taken}", whole(range.middle), ends(range, whole))
}

fn cost(calls: &ModelCalls) -> String {
    let bound = calls.reply_tokens.is_some_and(|estimate| estimate.basis == Basis::MaxTokens);
    match &calls.money {
        Some(range) if bound => format!("at most {}", money(range.high)),
        Some(range) => format!("≈ {} ({})", money(range.middle), ends(range, money)),
        None if calls.reply_tokens.is_none() => "unknown, as the replies are".to_owned(),
        None => "unknown: the model has no `price`".to_owned(),
    }
}

fn ends(range: &Range, show: impl Fn(f64) -> String) -> String {
    format!("{}–{}", show(range.low), show(range.high))
}

/// What several stages come to together.
#[derive(Default)]
struct Sum {
    /// The least and the most calls.
    calls: (u64, u64),
    /// As far as it is known.
    money: Option<Range>,
    /// Something cannot be told yet.
    open: bool,
}

impl Sum {
    fn of<'a>(forecasts: impl Iterator<Item = &'a Forecast>) -> Self {
        let mut sum = Self::default();
        for forecast in forecasts {
            match forecast {
                Forecast::Calls { calls, .. } => calls.iter().for_each(|calls| sum.add(calls)),
                Forecast::Later { .. } | Forecast::Unknown { .. } => sum.open = true,
            }
        }
        sum
    }

    fn add(&mut self, calls: &ModelCalls) {
        self.calls = (self.calls.0 + calls.to_ask, self.calls.1 + calls.most_to_ask);
        self.open |= calls.money.is_none() || calls.more_rounds;
        // A sum begins at nothing.
        let so_far = self.money.unwrap_or_default();
        self.money = calls.money.map(|money| so_far.plus(money)).or(self.money);
    }

    fn words(&self) -> String {
        let calls = span(self.calls.0 as f64, self.calls.1 as f64);
        let rest = if self.open { ", and what cannot be told yet" } else { "" };
        let money = self.money.map_or_else(|| "unknown".to_owned(), |range| ends(&range, money));
        format!("{calls} calls, money {money}{rest}")
    }
}

/// What all stages together cost, as far as it is known.
pub(crate) fn total<'a>(forecasts: impl Iterator<Item = &'a Forecast>) -> Option<String> {
    let sum = Sum::of(forecasts);
    sum.money.map(|_| sum.words())
}

/// The same for several pipelines, whether anything is known of their cost or not.
pub(crate) fn of_all<'a>(forecasts: impl Iterator<Item = &'a Forecast>) -> String {
    Sum::of(forecasts).words()
}

/// A whole number with its thousands apart.
pub(crate) fn whole(number: f64) -> String {
    thousands(number.round_ties_even() as u64)
}

/// Two digits behind the point, more for what is less than a cent.
pub(crate) fn money(amount: f64) -> String {
    if amount != 0.0 && amount < 0.01 { format!("{amount:.6}") } else { format!("{amount:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let check = |number, expect| assert_eq!(whole(number), expect);
        check(0.0, "0");
        check(999.6, "1,000");
        check(1_234_567.0, "1,234,567");
        let check = |amount, expect| assert_eq!(money(amount), expect);
        check(0.0, "0.00");
        check(12.345, "12.35");
        check(0.000_12, "0.000120");
    }
}
