//! Cells of a row of votes, whoever wrote it.

use serde_json::{Map, Value};

/// A row's columns.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Cells<'a> {
    /// A column that holds something.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    /// A text, or what is written as one.
    pub(crate) fn text(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A text that has to be there.
    pub(crate) fn must(self, name: &str) -> Result<String, String> {
        self.text(name).ok_or_else(|| format!("`{name}` holds no text"))
    }

    /// A number, be it a text (CSV) or a flag.
    pub(crate) fn number(self, name: &str) -> Option<f64> {
        number(self.get(name)?)
    }
}

/// A number, be it a text or a flag.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let found = match value {
        Value::Number(number) => number.as_f64(),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::String(text) => match text.trim() {
            "true" | "True" => Some(1.0),
            "false" | "False" => Some(0.0),
            text => text.parse().ok(),
        },
        _ => None,
    };
    found.filter(|number| number.is_finite())
}

/// A moment in seconds: a number, or a date and a time as ISO 8601 writes them.
pub(crate) fn moment(value: &Value) -> Option<f64> {
    number(value).or_else(|| iso(value.as_str()?.trim()))
}

fn iso(text: &str) -> Option<f64> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let rest = rest.trim_start_matches(['T', ' ']);
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone);
    let offset = match zone.trim_start_matches('Z') {
        "" => 0.0,
        zone if zone.starts_with('-') => -clock(&zone[1..])?,
        zone => clock(&zone[1..])?,
    };
    let seconds = if time.is_empty() { 0.0 } else { clock(time.trim())? };
    Some(days(year, month, day) as f64 * 86_400.0 + seconds - offset)
}

/// Seconds of `hh:mm:ss.s`, `hh:mm` or `hhmm`.
fn clock(text: &str) -> Option<f64> {
    let spread = match (text.len(), text.get(..2), text.get(2..)) {
        (4, Some(hours), Some(minutes)) if !text.contains(':') => format!("{hours}:{minutes}"),
        _ => text.to_owned(),
    };
    let parts = spread.split(':').map(|part| part.parse::<f64>().ok()).collect::<Option<Vec<f64>>>()?;
    Some(parts.iter().zip([3600.0, 60.0, 1.0]).map(|(part, unit)| part * unit).sum())
}

/// Days since 1970 in the Gregorian calendar (Hinnant, “days_from_civil”).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn moments_are_numbers_or_iso() {
        let check = |value: Value, expect: Option<f64>| assert_eq!(moment(&value), expect, "{value}");
        check(json!(1_700_000_000.5), Some(1_700_000_000.5));
        check(json!("1700000000"), Some(1_700_000_000.0));
        check(json!("1970-01-02"), Some(86_400.0));
        check(json!("2023-11-14T22:13:20Z"), Some(1_700_000_000.0));
        check(json!("2023-11-14 22:13:20.250"), Some(1_700_000_000.25));
        check(json!("2023-11-14T23:13:20+01:00"), Some(1_700_000_000.0));
        check(json!("2023-11-14T21:13:20-0100"), Some(1_700_000_000.0));
        check(json!("2024-02-29"), Some(1_709_164_800.0));
        check(json!("yesterday"), None);
        check(json!("2023-11-14Tnoon"), None);
        check(json!(null), None);
    }
}
