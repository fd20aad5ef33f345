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

/// The groups of problems along an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Categories {
    /// What stands below each, without what they share.
    pub(crate) labels: Vec<String>,
    /// What they share, such as `Level`; the axis' own label.
    pub(crate) shared: String,
    /// They have an order, so points may be joined by lines.
    pub(crate) ordered: bool,
}

impl Categories {
    pub(crate) fn new(names: &[String]) -> Self {
        let numbers: Option<Vec<(&str, u32)>> = names.iter().map(|name| trailing_number(name)).collect();
        let ordered = numbers
            .as_ref()
            .is_some_and(|all| all.windows(2).all(|pair| pair[0].1 < pair[1].1 && pair[0].0 == pair[1].0))
            && names.len() > 1;
        let prefix = numbers.as_deref().and_then(<[_]>::first).map(|first| first.0).filter(|_| ordered);
        let shared = prefix.unwrap_or_default().trim_end_matches([' ', '_', '-', ':']).to_owned();
        let strip = |name: &String| name[prefix.map_or(0, str::len)..].to_owned();
        Self { labels: names.iter().map(strip).collect(), shared, ordered }
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
            let labels = labels.iter().map(|label| (*label).to_owned()).collect();
            assert_eq!(Categories::new(&names), Categories { labels, shared: shared.to_owned(), ordered });
        };
        check(&["Level 1", "Level 2", "Level 10"], &["1", "2", "10"], "Level", true);
        check(&["1", "2"], &["1", "2"], "", true);
        check(&["Level 2", "Level 1"], &["Level 2", "Level 1"], "", false);
        check(&["algebra", "geometry"], &["algebra", "geometry"], "", false);
        check(&["AIME 2024", "MATH 500"], &["AIME 2024", "MATH 500"], "", false);
        check(&["Level 1"], &["Level 1"], "", false);
    }
}
