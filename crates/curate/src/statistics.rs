//! What recipes make of the samples, beside what Chen and others (arXiv 2412.21187, version 2) published.

use serde::Serialize;

use crate::choice::Excerpt;
use crate::table::aligned;

/// A mean over the texts for which a figure is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Mean {
    /// The mean; null where there is nothing to average.
    pub mean: Option<f64>,
    /// Texts that it is over.
    pub n: u64,
    #[serde(skip)]
    sum: f64,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        let Some(value) = value else { return };
        self.n += 1;
        self.sum += value;
        self.mean = Some(self.sum / self.n as f64);
    }
}

/// The figures of one kind of text: what a recipe keeps, or the longest samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Texts in all.
    pub texts: u64,
    /// Rounds of solution.
    pub solutions: Mean,
    /// Tokens of the thinking.
    pub tokens: Mean,
    /// ξ_O.
    pub outcome_efficiency: Mean,
    /// ξ_P.
    pub process_efficiency: Mean,
}

impl Statistics {
    pub(crate) fn add(&mut self, excerpt: &Excerpt) {
        self.texts += 1;
        self.tokens.add(Some(f64::from(excerpt.tokens)));
        let Some(measures) = excerpt.measures() else { return };
        self.solutions.add(Some(measures.solutions.len() as f64));
        self.outcome_efficiency.add(measures.outcome);
        self.process_efficiency.add(measures.process);
    }
}

/// The name of the rejected texts in the table.
pub(crate) const LONGEST: &str = "longest";

/// Published means: solutions, tokens, ξ_O and ξ_P in percent.
const PUBLISHED: [(&str, [f64; 4]); 5] = [
    ("shortest", [2.5, 1051.0, 69.8, 80.3]),
    ("fcs", [1.1, 681.0, 99.5, 99.1]),
    ("fcs_reflection", [1.9, 879.0, 78.4, 82.4]),
    ("gds", [1.6, 857.0, 86.8, 94.2]),
    (LONGEST, [4.1, 2259.0, 46.0, 66.4]),
];

/// The figures of one model as a table, the published ones beside them.
pub(crate) fn table(rows: &[(String, Statistics)]) -> String {
    let header = [
        "recipe",
        "texts",
        "solutions",
        "tokens",
        "ξ_O %",
        "ξ_P %",
        "published: sol.",
        "tokens",
        "ξ_O",
        "ξ_P",
    ];
    let mut cells: Vec<Vec<String>> = vec![header.map(str::to_owned).to_vec()];
    for (name, own) in rows {
        let mut row = vec![
            name.clone(),
            own.texts.to_string(),
            number(own.solutions, 1.0, 1),
            number(own.tokens, 1.0, 0),
            partly(own.outcome_efficiency, own.texts),
            partly(own.process_efficiency, own.texts),
        ];
        let published = PUBLISHED.iter().find(|(known, _)| known == name);
        if let Some((_, [solutions, tokens, outcome, process])) = published {
            row.extend([format!("{solutions:.1}"), format!("{tokens:.0}")]);
            row.extend([format!("{outcome:.1}"), format!("{process:.1}")]);
        }
        cells.push(row);
    }
    aligned(&cells, 1)
}

fn number(mean: Mean, scale: f64, digits: usize) -> String {
    mean.mean.map_or_else(|| "–".to_owned(), |mean| format!("{:.digits$}", scale * mean))
}

/// A share in percent; how many it is over, where that is not all.
fn partly(mean: Mean, texts: u64) -> String {
    let share = number(mean, 100.0, 1);
    if mean.n == 0 || mean.n == texts { share } else { format!("{share} (n={})", mean.n) }
}
