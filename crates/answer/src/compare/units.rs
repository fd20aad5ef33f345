//! Units of measurement, by dimension. A bare single letter is never one unless it stood in `\text{…}`.

/// A unit behind a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// What is measured: sorted base dimensions with their powers; empty when a word is unknown.
    pub(crate) dimension: Vec<(&'static str, i32)>,
    /// How many base units it is.
    pub(crate) factor: Factor,
    /// The words as written, lower case, singular, sorted.
    pub(crate) words: Vec<String>,
}

/// An exact quotient of two integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Factor(pub(crate) i64, pub(crate) i64);

impl Factor {
    fn times(self, other: Self, power: i32) -> Option<Self> {
        let other = if power < 0 { Self(other.1, other.0) } else { other };
        let mut result = self;
        for _ in 0..power.unsigned_abs() {
            result = Self(result.0.checked_mul(other.0)?, result.1.checked_mul(other.1)?);
        }
        Some(result)
    }
}

/// Name (singular), dimension, numerator and denominator of its size in base units.
const UNITS: &[(&str, &str, i64, i64)] = &[
    ("unit", "unit", 1, 1),
    ("mm", "length", 1, 1000),
    ("millimeter", "length", 1, 1000),
    ("cm", "length", 1, 100),
    ("centimeter", "length", 1, 100),
    ("dm", "length", 1, 10),
    ("m", "length", 1, 1),
    ("meter", "length", 1, 1),
    ("metre", "length", 1, 1),
    ("km", "length", 1000, 1),
    ("kilometer", "length", 1000, 1),
    ("inch", "length", 254, 10000),
    ("in", "length", 254, 10000),
    ("ft", "length", 3048, 10000),
    ("foot", "length", 3048, 10000),
    ("feet", "length", 3048, 10000),
    ("yard", "length", 9144, 10000),
    ("yd", "length", 9144, 10000),
    ("mile", "length", 1_609_344, 1000),
    ("mi", "length", 1_609_344, 1000),
    ("s", "time", 1, 1),
    ("sec", "time", 1, 1),
    ("second", "time", 1, 1),
    ("min", "time", 60, 1),
    ("minute", "time", 60, 1),
    ("h", "time", 3600, 1),
    ("hr", "time", 3600, 1),
    ("hour", "time", 3600, 1),
    ("day", "time", 86400, 1),
    ("week", "time", 604_800, 1),
    ("month", "month", 1, 1),
    ("year", "month", 12, 1),
    ("mg", "mass", 1, 1000),
    ("g", "mass", 1, 1),
    ("gram", "mass", 1, 1),
    ("kg", "mass", 1000, 1),
    ("kilogram", "mass", 1000, 1),
    ("ton", "ton", 1, 1),
    ("lb", "pound", 1, 1),
    ("pound", "pound", 1, 1),
    ("ounce", "pound", 1, 16),
    ("oz", "pound", 1, 16),
    ("ml", "volume", 1, 1000),
    ("milliliter", "volume", 1, 1000),
    ("liter", "volume", 1, 1),
    ("litre", "volume", 1, 1),
    ("gallon", "gallon", 1, 1),
    ("cent", "money", 1, 100),
    ("dollar", "money", 1, 1),
    ("usd", "money", 1, 1),
    ("radian", "radian", 1, 1),
    ("rad", "radian", 1, 1),
    ("ev", "energy", 1, 1),
    ("kev", "energy", 1000, 1),
    ("gev", "energy", 1_000_000_000, 1),
    ("joule", "joule", 1, 1),
    ("kj", "joule", 1000, 1),
    ("hz", "frequency", 1, 1),
    ("khz", "frequency", 1000, 1),
    ("ghz", "frequency", 1_000_000_000, 1),
    ("kpa", "pressure", 1000, 1),
    ("mol", "amount", 1, 1),
    ("mole", "amount", 1, 1),
    ("kw", "power", 1000, 1),
    ("watt", "power", 1, 1),
    ("volt", "volt", 1, 1),
    ("newton", "newton", 1, 1),
    ("kelvin", "kelvin", 1, 1),
    ("元", "yuan", 1, 1),
    ("米", "length", 1, 1),
    ("厘米", "length", 1, 100),
    ("千米", "length", 1000, 1),
    ("个", "unit", 1, 1),
    ("度", "degree", 1, 1),
];

fn singular(word: &str) -> String {
    let lower = word.to_lowercase();
    let known = |name: &str| UNITS.iter().any(|(unit, ..)| *unit == name);
    if known(&lower) {
        return lower;
    }
    for ending in ["es", "s"] {
        if let Some(stem) = lower.strip_suffix(ending).filter(|stem| known(stem)) {
            return stem.to_owned();
        }
    }
    lower.strip_suffix('s').map_or_else(|| lower.clone(), str::to_owned)
}

/// The unit of this name is known (for a single letter: only trust it inside `\text{…}`).
pub(crate) fn known(word: &str) -> bool {
    let name = singular(word);
    matches!(name.as_str(), "mph" | "kph" | "kmh" | "square" | "cubic" | "per" | "sq")
        || UNITS.iter().any(|(unit, ..)| *unit == name)
}

/// Abbreviations of two units at once.
fn spelled_out((word, raised): &(String, i32)) -> Vec<(String, i32)> {
    match word.to_lowercase().as_str() {
        "mph" => vec![("mile".to_owned(), *raised), ("hour".to_owned(), -raised)],
        "kph" | "kmh" => vec![("km".to_owned(), *raised), ("hour".to_owned(), -raised)],
        _ => vec![(word.clone(), *raised)],
    }
}

/// The unit that words with powers name: `[("square", 1), ("cm", 1)]`, `[("km", 1), ("h", -1)]`.
pub(crate) fn unit(parts: &[(String, i32)]) -> Unit {
    let mut words: Vec<String> = Vec::new();
    let mut dimension: Vec<(&'static str, i32)> = Vec::new();
    let mut factor = Factor(1, 1);
    let (mut power, mut sign, mut clear) = (1, 1, true);
    for (word, raised) in parts.iter().flat_map(spelled_out) {
        let name = singular(&word);
        match name.as_str() {
            "square" | "sq" => power = 2,
            "cubic" => power = 3,
            "per" => sign = -1,
            _ => {
                let raised = raised * power * sign;
                match UNITS.iter().find(|(unit, ..)| *unit == name) {
                    Some((_, of, up, down)) => {
                        *entry(&mut dimension, of) += raised;
                        factor = factor.times(Factor(*up, *down), raised).unwrap_or(Factor(1, 1));
                    }
                    None => clear = false,
                }
                (power, sign) = (1, 1);
            }
        }
        words.push(name);
    }
    words.sort();
    dimension.retain(|(_, power)| *power != 0);
    dimension.sort_unstable();
    if !clear {
        (dimension, factor) = (vec![], Factor(1, 1));
    }
    Unit { dimension, factor, words }
}

fn entry<'a>(dimension: &'a mut Vec<(&'static str, i32)>, of: &'static str) -> &'a mut i32 {
    let index = dimension.iter().position(|(name, _)| *name == of).unwrap_or_else(|| {
        dimension.push((of, 0));
        dimension.len() - 1
    });
    &mut dimension[index].1
}

/// Dollars, for a sign in front of a value.
pub(crate) fn dollars() -> Unit {
    unit(&[("dollar".to_owned(), 1)])
}
