//! A grid, and how two of them compare.

use std::fmt;

/// The most rows, and the most columns.
pub(crate) const MOST: usize = 30;
/// Colours.
pub(crate) const COLOURS: usize = 10;

/// Why something is no grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// Nothing in it is written like one.
    #[error("there is no grid")]
    None,
    /// Its rows have different lengths.
    #[error("the rows of the grid have different lengths")]
    Ragged,
    /// A cell is none of the digits 0 to 9.
    #[error("a cell of the grid is none of the digits 0 to 9")]
    Cell,
    /// It has more than 30 rows or columns.
    #[error("the grid has more than 30 rows or columns")]
    Size,
}

impl Fault {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ragged => "ragged",
            Self::Cell => "cell",
            Self::Size => "size",
        }
    }
}

/// Rows of cells, all of one length, at least one of each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grid(Vec<Vec<u8>>);

impl Grid {
    /// A grid of these rows.
    ///
    /// # Errors
    /// What makes it none.
    pub fn new(rows: Vec<Vec<u8>>) -> Result<Self, Fault> {
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return Err(Fault::None);
        }
        if rows.iter().any(|row| row.len() != width) {
            return Err(Fault::Ragged);
        }
        if rows.len() > MOST || width > MOST {
            return Err(Fault::Size);
        }
        if rows.iter().flatten().any(|cell| usize::from(*cell) >= COLOURS) {
            return Err(Fault::Cell);
        }
        Ok(Self(rows))
    }

    /// A grid of JSON: a list of lists of whole numbers.
    ///
    /// # Errors
    /// What makes it none.
    pub fn of_json(value: &serde_json::Value) -> Result<Self, Fault> {
        let cell = |cell: &serde_json::Value| match cell {
            serde_json::Value::Number(number) => {
                number.as_u64().and_then(|cell| u8::try_from(cell).ok()).ok_or(Fault::Cell)
            }
            _ => Err(Fault::Cell),
        };
        let row = |row: &serde_json::Value| {
            row.as_array().ok_or(Fault::None)?.iter().map(cell).collect::<Result<Vec<_>, _>>()
        };
        let rows = value.as_array().ok_or(Fault::None)?;
        Self::new(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    /// A grid of JSON text.
    ///
    /// # Errors
    /// What makes it none.
    pub fn of_text(text: &str) -> Result<Self, Fault> {
        Self::of_json(&serde_json::from_str(text).map_err(|_| Fault::None)?)
    }

    /// Rows, from the top.
    pub fn rows(&self) -> &[Vec<u8>] {
        &self.0
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.0.len(), self.0.first().map_or(0, Vec::len))
    }

    /// Cells.
    pub fn cells(&self) -> usize {
        let (rows, columns) = self.shape();
        rows * columns
    }

    /// The cell at a place.
    pub fn at(&self, row: usize, column: usize) -> Option<u8> {
        self.0.get(row)?.get(column).copied()
    }

    /// The share of cells that are right, the two laid over each other at the top left; a wrong shape costs, since the larger of
    /// the two is what the cells are a share of.
    pub fn cells_right(&self, gold: &Self) -> f64 {
        let places = gold
            .0
            .iter()
            .enumerate()
            .flat_map(|(row, cells)| (0..cells.len()).map(move |column| (row, column)));
        let right = places.filter(|(row, column)| self.at(*row, *column) == gold.at(*row, *column)).count();
        right as f64 / self.cells().max(gold.cells()) as f64
    }

    /// The share of its most frequent colour: what answering one colour would get at best.
    pub fn one_colour(&self) -> f64 {
        let mut counts = [0_usize; COLOURS];
        for cell in self.0.iter().flatten() {
            if let Some(count) = counts.get_mut(usize::from(*cell)) {
                *count += 1;
            }
        }
        counts.into_iter().max().unwrap_or_default() as f64 / self.cells() as f64
    }
}

/// Rows of numbers as a grid.
pub(crate) fn grid_of(rows: Vec<Vec<Option<u8>>>) -> Result<Grid, Fault> {
    let shape = rows.iter().map(|row| vec![0; row.len()]).collect();
    // Its shape is looked at first: what is ragged is no grid, whatever its cells.
    Grid::new(shape)?;
    let cells = rows.into_iter().map(|row| row.into_iter().collect::<Option<Vec<u8>>>());
    Grid::new(cells.collect::<Option<_>>().ok_or(Fault::Cell)?)
}

/// The cell that a digit is.
pub(crate) fn digit(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        _ => None,
    }
}

/// As compact JSON: `[[0,1],[2,3]]`.
impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row =
            |row: &Vec<u8>| format!("[{}]", row.iter().map(u8::to_string).collect::<Vec<_>>().join(","));
        write!(f, "[{}]", self.0.iter().map(row).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(text: &str) -> Grid {
        Grid::of_text(text).unwrap()
    }

    #[test]
    fn what_is_no_grid_is_told_apart() {
        let check = |text: &str, expect: Fault| assert_eq!(Grid::of_text(text), Err(expect), "{text}");
        check("[]", Fault::None);
        check("[[]]", Fault::None);
        check("5", Fault::None);
        check("[1, 2]", Fault::None);
        check("[[1, 2], [3]]", Fault::Ragged);
        check("[[1, 10]]", Fault::Cell);
        check("[[1, -1]]", Fault::Cell);
        check("[[1, 2.5]]", Fault::Cell);
        check("[[1, \"2\"]]", Fault::Cell);
        check(&format!("[{}]", vec!["[1]"; 31].join(",")), Fault::Size);
        assert_eq!(grid("[[0, 1], [2, 3]]").to_string(), "[[0,1],[2,3]]");
    }

    #[test]
    fn cells_are_a_share_of_the_larger_grid() {
        let check = |given: &str, gold: &str, expect: f64| {
            assert!((grid(given).cells_right(&grid(gold)) - expect).abs() < 1e-12, "{given} for {gold}");
        };
        check("[[1,2],[3,4]]", "[[1,2],[3,4]]", 1.0);
        check("[[1,2],[3,5]]", "[[1,2],[3,4]]", 0.75);
        check("[[1,2]]", "[[1,2],[3,4]]", 0.5);
        check("[[1,2],[3,4],[5,6]]", "[[1,2],[3,4]]", 4.0 / 6.0);
        check("[[9]]", "[[1,2],[3,4]]", 0.0);
        assert!((grid("[[1,1],[1,2]]").one_colour() - 0.75).abs() < 1e-12);
    }
}
