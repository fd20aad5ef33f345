//! Axes: round numbers upwards, short labels sideways.

/// Ticks from 0 to the first round number that is not below the largest value.
pub(crate) fn ticks(largest: f64) -> Vec<f64> {
    let largest = if largest.is_finite() && largest > 0.0 { largest } else { 1.0 };
    let rough = largest / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * power).into_iter().find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(rough);
    let count = (largest / step - 1e-9).ceil().max(1.0) as u32;
    (0..=count).map(|index| f64::from(index) * step).collect()
}

/// What stands along an axis: groups of problems, budgets, tenths of the thinking.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Categories {
    /// What stands below each, without what they share.
    pub(crate) labels: Vec<String>,
    /// What they share, such as `Level`; the axis' own label.
    pub(crate) shared: String,
    /// They have an order, so points may be joined by lines.
    pub(crate) ordered: bool,
    /// Where each stands; neighbours are about 1 apart, and the first stands at 0.
    pub(crate) places: Vec<f64>,
}

impl Categories {
    pub(crate) fn new(names: &[String]) -> Self {
        let numbers: Option<Vec<(&str, u32)>> = names.iter().map(|name| trailing_number(name)).collect();
        let ordered = numbers
            .as_ref()
            .is_some_and(|all| all.windows(2).all(|pair| pair[0].1 < pair[1].1 && pair[0].0 == pair[1].0))
            && names.len() > 1;
        let prefix =
            numbers.as_deref().and_then(<[_]>::first).filter(|_| ordered).map_or("", |first| first.0);
        let shared = prefix.trim_end_matches([' ', '_', '-', ':']).to_owned();
        let strip = |name: &String| name[prefix.len()..].to_owned();
        Self { labels: names.iter().map(strip).collect(), shared, ordered, places: evenly(names.len()) }
    }

    /// Labels in an order of their own, with what the axis is called.
    pub(crate) fn ordered(labels: Vec<String>, shared: &str) -> Self {
        let places = evenly(labels.len());
        Self { labels, shared: shared.to_owned(), ordered: true, places }
    }

    /// One more that is no part of the order: it stands apart behind the last.
    pub(crate) fn and_apart(mut self, label: &str) -> Self {
        self.places.push(self.labels.len() as f64 + 0.5);
        self.labels.push(label.to_owned());
        self
    }

    /// Rising numbers at logarithmic distances.
    pub(crate) fn logarithmic(numbers: &[u32], shared: &str) -> Self {
        let labels: Vec<String> = numbers.iter().map(|number| short(*number)).collect();
        let logs: Vec<f64> = numbers.iter().map(|number| f64::from((*number).max(1)).ln()).collect();
        let (first, last) = (logs.first().copied().unwrap_or(0.0), logs.last().copied().unwrap_or(0.0));
        let span = last - first;
        let unit = if span > 0.0 { (numbers.len() - 1) as f64 / span } else { 0.0 };
        let places = logs.iter().map(|log| (log - first) * unit).collect();
        Self { labels, shared: shared.to_owned(), ordered: true, places }
    }

    /// The axis' right end; one without anything on it is as long as for one.
    pub(crate) fn right(&self) -> f64 {
        self.places.last().copied().unwrap_or(0.0) + 0.5
    }
}

fn evenly(count: usize) -> Vec<f64> {
    (0..count).map(|index| index as f64).collect()
}

/// `128`, `1k`, `1.5k`: budgets are powers of two more often than of ten.
fn short(number: u32) -> String {
    if number >= 1024 && number.is_multiple_of(1024) {
        return format!("{}k", number / 1024);
    }
    match number {
        0..1000 => number.to_string(),
        _ if number.is_multiple_of(100) => format!("{}k", f64::from(number) / 1000.0),
        _ => number.to_string(),
    }
}

/// `Level 3` → (`Level `, 3).
fn trailing_number(name: &str) -> Option<(&str, u32)> {
    let prefix = name.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((prefix, name[prefix.len()..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        let check = |largest: f64, expect: &[f64]| assert_eq!(ticks(largest), expect, "{largest}");
        check(1.0, &[0.0, 0.25, 0.5, 0.75, 1.0]);
        check(4872.0, &[0.0, 2000.0, 4000.0, 6000.0]);
        check(12_950.0, &[0.0, 5000.0, 10_000.0, 15_000.0]);
        check(7.0, &[0.0, 2.0, 4.0, 6.0, 8.0]);
        check(0.0, &[0.0, 0.25, 0.5, 0.75, 1.0]);
        check(f64::NAN, &[0.0, 0.25, 0.5, 0.75, 1.0]);
    }

    #[test]
    fn numbered_groups_share_their_word_and_are_in_order() {
        let check = |names: &[&str], labels: &[&str], shared: &str, ordered: bool| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
            let places = evenly(labels.len());
            let expect = Categories { labels, shared: shared.to_owned(), ordered, places };
            assert_eq!(Categories::new(&names), expect);
        };
        check(&["Level 1", "Level 2", "Level 10"], &["1", "2", "10"], "Level", true);
        check(&["1", "2"], &["1", "2"], "", true);
        check(&["Level 2", "Level 1"], &["Level 2", "Level 1"], "", false);
        check(&["algebra", "geometry"], &["algebra", "geometry"], "", false);
        check(&["AIME 2024", "MATH 500"], &["AIME 2024", "MATH 500"], "", false);
        check(&["Level 1"], &["Level 1"], "", false);
    }

    #[test]
    fn budgets_stand_at_the_distances_of_their_logarithms() {
        let axis = Categories::logarithmic(&[128, 256, 512, 1024, 32_768], "tokens");
        assert_eq!(axis.labels, ["128", "256", "512", "1k", "32k"]);
        let rounded: Vec<f64> = axis.places.iter().map(|place| (place * 100.0).round() / 100.0).collect();
        assert_eq!(rounded, [0.0, 0.5, 1.0, 1.5, 4.0]);
        assert_eq!(Categories::logarithmic(&[1500], "").labels, ["1.5k"]);
        assert_eq!(Categories::logarithmic(&[1234], "").right(), 0.5);
    }

    #[test]
    fn what_stands_apart_leaves_a_gap() {
        let axis = Categories::ordered(vec!["1".into(), "2".into()], "tenth").and_apart("never");
        assert_eq!((axis.labels.len(), axis.places), (3, vec![0.0, 1.0, 2.5]));
    }
}
