//! Figures that others published, as they printed them: not ours, without a number of answers or an interval.

use report::in_tenths;
use serde::Serialize;

use crate::error::LeaderboardError;

/// A table that somebody published.
#[derive(Clone, Copy, Debug)]
pub struct References {
    /// Its word on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Where it was published.
    source: &'static str,
    /// What has to be known about it besides.
    notes: &'static [&'static str],
    /// `model`, the sets, `average` as published, and `rounded`: the mean of the row's cells, half up.
    rows: &'static str,
}

const ALL: &[References] = &[References {
    name: "thoughtx",
    about: "DistilQwen-ThoughtX's table of models of 7 and 32 billion parameters, 13 rows",
    source: "arXiv 2505.10937 (OmniThought); cells as the README of modelscope/easydistill repeats them",
    notes: &[
        "All AIME values that are at hand are what 150 answers give, 5 samples of 30 problems, and six of them are none that 30 answers \
         give; the MATH-500 values fit one sample of 500 problems. Two runs of one model by such a design differ by some 5 points on AIME.",
        "s1.1-32B has 64.7, 89.0, 60.1 and 65.5 on the same four sets in OpenThoughts' own run.",
    ],
    rows: include_str!("thoughtx.csv"),
}];

/// A published table, understood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Published {
    /// Its word on the command line.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Where it was published.
    pub source: String,
    /// Its sets of problems, as it calls them.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<PublishedRow>,
    /// What has to be known about it.
    pub notes: Vec<String>,
}

/// A row of it; figures in tenths of a percent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedRow {
    /// The model; null where only the average of the row is at hand.
    pub model: Option<String>,
    /// A figure a set.
    #[serde(rename = "tenths")]
    pub cells: Vec<Option<i64>>,
    /// The average as it was published.
    #[serde(rename = "average_tenths")]
    pub average: i64,
    /// The mean of the cells, half up.
    #[serde(rename = "rounded_tenths")]
    pub rounded: i64,
}

impl References {
    /// All that are known.
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The table of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(name: &str) -> Result<Published, LeaderboardError> {
        let Some(found) = ALL.iter().find(|known| known.name == name) else {
            let known = ALL.iter().map(|known| known.name).collect::<Vec<_>>().join(", ");
            return Err(LeaderboardError::NoReferences { name: name.to_owned(), known });
        };
        found.read()
    }

    fn read(&self) -> Result<Published, LeaderboardError> {
        let broken = |error: csv::Error| LeaderboardError::References(error.to_string());
        let mut reader = csv::Reader::from_reader(self.rows.as_bytes());
        let headers = reader.headers().map_err(broken)?.clone();
        let sets = headers.len().saturating_sub(3);
        let columns = headers.iter().skip(1).take(sets).map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let row = PublishedRow::of(&record, sets);
            rows.push(row.ok_or_else(|| LeaderboardError::References(format!("{record:?}")))?);
        }
        let mut published = Published {
            name: self.name.to_owned(),
            title: self.about.to_owned(),
            source: self.source.to_owned(),
            columns,
            notes: Vec::new(),
            rows,
        };
        published.notes = published.told();
        published.notes.extend(self.notes.iter().map(|note| (*note).to_owned()));
        Ok(published)
    }
}

impl PublishedRow {
    /// None where a cell is no number, or an average is missing.
    fn of(record: &csv::StringRecord, sets: usize) -> Option<Self> {
        let cell = |text: &str| if text.is_empty() { Some(None) } else { tenths(text).map(Some) };
        let cells: Vec<Option<i64>> =
            record.iter().skip(1).take(sets).map(cell).collect::<Option<Vec<_>>>()?;
        let whole: Option<Vec<i64>> = cells.iter().copied().collect();
        let rounded = match whole.and_then(|cells| rounded_mean(&cells)) {
            Some(rounded) => rounded,
            None => tenths(record.get(sets + 2)?)?,
        };
        let model = record.get(0).filter(|model| !model.is_empty()).map(str::to_owned);
        Some(Self { model, average: tenths(record.get(sets + 1)?)?, rounded, cells })
    }
}

impl Published {
    /// What its averages and its gaps have to be told of.
    fn told(&self) -> Vec<String> {
        let differs = |by: i64| self.rows.iter().filter(|row| row.average - row.rounded == by).count();
        let mut notes = vec![format!(
            "{} of its {} averages lie 0.1 below the mean of the row's own cells, rounded half up, and {} above: they look cut. \
             Both are shown.",
            differs(-1),
            self.rows.len(),
            match differs(1) {
                0 => "none".to_owned(),
                above => above.to_string(),
            }
        )];
        let nameless: Vec<String> =
            self.rows.iter().filter(|row| row.model.is_none()).map(|row| in_tenths(row.average)).collect();
        if !nameless.is_empty() {
            notes.push(format!(
                "Neither the model nor the cells of {} of its rows are at hand here, only their averages: {}.",
                nameless.len(),
                nameless.join(" and ")
            ));
        }
        notes
    }
}

/// `31.3` is 313.
fn tenths(text: &str) -> Option<i64> {
    let (whole, tenth) = text.split_once('.')?;
    Some(whole.parse::<i64>().ok()? * 10 + tenth.parse::<i64>().ok().filter(|_| tenth.len() == 1)?)
}

/// Half up, without a fraction in between.
fn rounded_mean(cells: &[i64]) -> Option<i64> {
    let (sum, count) =
        (cells.iter().sum::<i64>(), i64::try_from(cells.len()).ok().filter(|count| *count > 0)?);
    Some((2 * sum + count).div_euclid(2 * count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_averages_are_cut_and_ours_are_rounded() {
        let published = References::named("thoughtx").unwrap();
        let averages = |of: fn(&PublishedRow) -> i64| -> Vec<String> {
            published.rows.iter().map(|row| in_tenths(of(row))).collect()
        };
        let rounded = [
            "49.2", "60.7", "60.8", "55.6", "63.4", "65.4", "71.8", "74.9", "76.0", "70.8", "66.9", "72.9",
            "77.5",
        ];
        let printed = [
            "49.1", "60.6", "60.8", "55.5", "63.4", "65.3", "71.7", "74.8", "76.0", "70.7", "66.8", "72.8",
            "77.5",
        ];
        assert_eq!(averages(|row| row.rounded), rounded);
        assert_eq!(averages(|row| row.average), printed);
        assert!(
            published.notes[0].starts_with("9 of its 13 averages lie 0.1 below"),
            "{}",
            published.notes[0]
        );
        assert!(
            published.notes[1]
                .contains("of 2 of its rows are at hand here, only their averages: 55.5 and 72.8"),
            "{}",
            published.notes[1]
        );
    }

    #[test]
    fn what_stands_in_the_file_as_rounded_follows_from_the_cells() {
        for table in References::all() {
            let published = table.read().unwrap();
            let lines = table.rows.lines().skip(1);
            assert_eq!(lines.clone().count(), published.rows.len());
            for (line, row) in lines.zip(&published.rows) {
                assert!(line.ends_with(&format!(",{}", in_tenths(row.rounded))), "{line}");
                assert_eq!(row.cells.len(), published.columns.len());
                assert_eq!(row.model.is_some(), row.cells.iter().all(Option::is_some), "{line}");
                let share = |cell: &i64| (0..=1000).contains(cell);
                assert!(row.cells.iter().flatten().all(share) && share(&row.average), "{line}");
            }
        }
    }

    #[test]
    fn aime_values_are_of_150_answers() {
        let published = References::named("thoughtx").unwrap();
        for value in published.rows.iter().filter_map(|row| row.cells[0]) {
            assert!((0..=150).any(|k| (2000 * k + 150) / 300 == value), "{value}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let check = |cells: &[i64], expect| assert_eq!(rounded_mean(cells), expect, "{cells:?}");
        check(&[313, 830, 424, 399], Some(492));
        check(&[1, 2], Some(2));
        check(&[1, 1, 2], Some(1));
        check(&[], None);
        let check = |text: &str, expect| assert_eq!(tenths(text), expect, "{text}");
        check("31.3", Some(313));
        check("100.0", Some(1000));
        check("31", None);
        check("31.33", None);
        check("", None);
    }

    #[test]
    fn an_unknown_table_names_the_known_ones() {
        let error = References::named("thoughty").unwrap_err().to_string();
        assert_eq!(error, "there are no published figures called `thoughty`; there are thoughtx");
    }
}
