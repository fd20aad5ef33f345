//! Votes as the regression sees them.

use std::collections::BTreeMap;

/// One vote, or several of one pair that were put together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// The first model, by its place among those that are rated.
    pub(crate) a: usize,
    /// The second.
    pub(crate) b: usize,
    /// How much is for the first.
    pub(crate) share: f64,
    /// How much it counts.
    pub(crate) weight: f64,
    /// Which votes it leans with; a virtual vote leans with none.
    pub(crate) cluster: Option<usize>,
}

/// Rows, and what stands beside each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// Number of models.
    pub(crate) models: usize,
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// Of each row: a value for each control, or nothing.
    pub(crate) controls: Vec<Vec<f64>>,
    /// Number of clusters.
    pub(crate) clusters: usize,
}

impl Sample {
    /// Free parameters: all models but the first, then the controls.
    pub(crate) fn parameters(&self) -> usize {
        self.models.saturating_sub(1) + self.columns()
    }

    pub(crate) fn columns(&self) -> usize {
        self.controls.first().map_or(0, Vec::len)
    }

    /// What the log-odds of a row depend on: parameters and factors, written into `cells`.
    pub(crate) fn cells(&self, at: usize, cells: &mut Vec<(usize, f64)>) {
        cells.clear();
        let row = &self.rows[at];
        // The first model is where the others are measured from.
        cells.extend(
            [(row.a, 1.0), (row.b, -1.0)].iter().filter_map(|(m, sign)| Some((m.checked_sub(1)?, *sign))),
        );
        if let Some(values) = self.controls.get(at) {
            cells.extend(values.iter().enumerate().map(|(place, value)| (self.models - 1 + place, *value)));
        }
    }

    /// The same likelihood with a row a pair, where no control tells the votes of a pair apart.
    pub(crate) fn by_pair(&self) -> Self {
        let mut pairs: BTreeMap<(usize, usize), [f64; 2]> = BTreeMap::new();
        for row in &self.rows {
            let (pair, share) =
                if row.a < row.b { ((row.a, row.b), row.share) } else { ((row.b, row.a), 1.0 - row.share) };
            let sums = pairs.entry(pair).or_default();
            sums[0] += row.weight;
            sums[1] += row.weight * share;
        }
        let row = |((a, b), [weight, won]): ((usize, usize), [f64; 2])| Row {
            a,
            b,
            share: won / weight,
            weight,
            cluster: None,
        };
        Self { models: self.models, rows: pairs.into_iter().map(row).collect(), ..Self::default() }
    }

    /// For each model those that it has beaten or tied.
    pub(crate) fn beaten(&self) -> Vec<Vec<usize>> {
        let mut leads = vec![Vec::new(); self.models];
        for row in &self.by_pair().rows {
            if row.share > 0.0 {
                leads[row.a].push(row.b);
            }
            if row.share < 1.0 {
                leads[row.b].push(row.a);
            }
        }
        leads
    }
}
