//! How a rating from 0 to 9 is distributed.

use serde::Serialize;

/// The highest rating.
pub(crate) const HIGHEST: u32 = 9;

/// A rating in range; what is out of range is no rating.
pub(crate) fn in_range(rating: Option<u32>) -> Result<Option<u8>, u32> {
    match rating {
        None => Ok(None),
        Some(rating) if rating <= HIGHEST => Ok(u8::try_from(rating).ok()),
        Some(rating) => Err(rating),
    }
}

/// Counts by rating.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// Chains with the rating 0, 1, …, 9.
    pub counts: [u64; 10],
    /// Chains without a rating.
    pub unrated: u64,
}

impl Histogram {
    pub(crate) fn add(&mut self, rating: Option<u8>) {
        match rating.and_then(|rating| self.counts.get_mut(usize::from(rating))) {
            Some(count) => *count += 1,
            None => self.unrated += 1,
        }
    }

    /// Two histograms side by side, a rating a line.
    pub(crate) fn side_by_side(left: (&str, &Self), right: (&str, &Self)) -> String {
        let mut text = format!("{:<8}{:<40}{}\n", "rating", left.0, right.0);
        let most = |histogram: &Self| histogram.counts.iter().copied().max().unwrap_or(0).max(1);
        let (left_most, right_most) = (most(left.1), most(right.1));
        for rating in 0..10 {
            let cell = |count: u64, most: u64| {
                let bar = "█".repeat((count * WIDEST).div_ceil(most) as usize);
                format!("{count:>9} {bar}")
            };
            let (a, b) = (cell(left.1.counts[rating], left_most), cell(right.1.counts[rating], right_most));
            text += format!("{rating:<6}{a:<40}  {b}").trim_end();
            text.push('\n');
        }
        if left.1.unrated + right.1.unrated > 0 {
            text += &format!("{:<6}{:>9}{:31}{:>11}\n", "none", left.1.unrated, "", right.1.unrated);
        }
        text
    }
}

/// The longest bar.
const WIDEST: u64 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_no_rating() {
        assert_eq!(in_range(Some(9)), Ok(Some(9)));
        assert_eq!(in_range(Some(10)), Err(10));
        assert_eq!(in_range(None), Ok(None));
    }

    #[test]
    fn bars_stand_side_by_side() {
        let mut verbosity = Histogram::default();
        let mut difficulty = Histogram::default();
        for rating in [3, 3, 3, 9] {
            verbosity.add(Some(rating));
        }
        difficulty.add(Some(0));
        difficulty.add(None);
        insta::assert_snapshot!(Histogram::side_by_side(
            ("verbosity", &verbosity),
            ("difficulty", &difficulty)
        ));
    }
}
