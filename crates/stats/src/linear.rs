//! Small square matrices: sums of products, what depends on what, solutions.

/// A pivot below this part of its diagonal leaves nothing but rounding.
const NOTHING_LEFT: f64 = 1e-10;

/// A square matrix, dense.
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    size: usize,
    cells: Vec<f64>,
}

impl Square {
    /// Of zeros.
    pub fn zero(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    /// Rows, and columns.
    pub fn size(&self) -> usize {
        self.size
    }

    /// A cell.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.size + column]
    }

    /// Adds to a cell.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.size + column] += value;
    }

    /// Adds `weight` · v vᵀ, where v has few cells that are not 0: their places and values.
    pub fn add_outer(&mut self, cells: &[(usize, f64)], weight: f64) {
        for (row, left) in cells {
            for (column, right) in cells {
                self.add(*row, *column, weight * left * right);
            }
        }
    }

    /// The product of two of one size.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut product = Self::zero(self.size);
        for row in 0..self.size {
            for inner in 0..self.size {
                let factor = self.at(row, inner);
                let into = &mut product.cells[row * self.size..][..self.size];
                let from = &other.cells[inner * self.size..][..self.size];
                into.iter_mut().zip(from).for_each(|(cell, value)| *cell += factor * value);
            }
        }
        product
    }

    /// The Cholesky factor of a symmetric positive definite matrix; none of any other.
    pub fn factor(&self) -> Option<Cholesky> {
        let (factor, dependent) = self.walk();
        dependent.is_empty().then_some(factor)
    }

    /// Which columns of a matrix XᵀX are linear combinations of the columns before them (those that are themselves ones left
    /// out).
    pub fn dependent(&self) -> Vec<usize> {
        self.walk().1
    }

    fn walk(&self) -> (Cholesky, Vec<usize>) {
        let size = self.size;
        let (mut lower, mut dependent) = (vec![0.0; size * size], Vec::new());
        for column in 0..size {
            let inner = |row: usize, lower: &[f64]| -> f64 {
                let [left, right] = [row, column].map(|at| &lower[at * size..][..column]);
                self.at(row, column) - left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>()
            };
            let pivot = inner(column, &lower);
            if pivot.is_nan() || pivot <= NOTHING_LEFT * self.at(column, column) {
                dependent.push(column);
                continue;
            }
            let root = pivot.sqrt();
            lower[column * size + column] = root;
            for row in column + 1..size {
                lower[row * size + column] = inner(row, &lower) / root;
            }
        }
        (Cholesky { size, lower }, dependent)
    }
}

/// A triangle L with L Lᵀ = a matrix.
#[derive(Clone, Debug)]
pub struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// The solution x of L Lᵀ x = `right`, in its place.
    pub fn solve(&self, right: &mut [f64]) {
        for row in 0..self.size {
            let known: f64 = (0..row).map(|at| self.lower[row * self.size + at] * right[at]).sum();
            right[row] = (right[row] - known) / self.lower[row * self.size + row];
        }
        for row in (0..self.size).rev() {
            let known: f64 =
                (row + 1..self.size).map(|at| self.lower[at * self.size + row] * right[at]).sum();
            right[row] = (right[row] - known) / self.lower[row * self.size + row];
        }
    }

    /// The inverse of the matrix.
    pub fn inverse(&self) -> Square {
        let mut inverse = Square::zero(self.size);
        for row in 0..self.size {
            // The inverse is symmetric: a column of it is a row.
            let column = &mut inverse.cells[row * self.size..][..self.size];
            column[row] = 1.0;
            self.solve(column);
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(rows: &[&[f64]]) -> Square {
        Square { size: rows.len(), cells: rows.concat() }
    }

    #[test]
    fn solves_what_has_a_solution() {
        let matrix = square(&[&[4.0, 2.0], &[2.0, 3.0]]);
        let mut right = [10.0, 9.0];
        matrix.factor().unwrap().solve(&mut right);
        assert!((right[0] - 1.5).abs() < 1e-12 && (right[1] - 2.0).abs() < 1e-12, "{right:?}");
        assert!(square(&[&[1.0, 2.0], &[2.0, 1.0]]).factor().is_none());
        assert!(square(&[&[f64::NAN]]).factor().is_none());
    }

    #[test]
    fn columns_that_others_make_up_are_found() {
        let check = |columns: &[&[f64]], expect: &[usize]| {
            let mut gram = Square::zero(columns.len());
            for at in 0..columns[0].len() {
                let cells: Vec<(usize, f64)> = columns.iter().map(|column| column[at]).enumerate().collect();
                gram.add_outer(&cells, 1.0);
            }
            assert_eq!(gram.dependent(), expect);
        };
        check(&[&[1.0, 0.0, 0.0], &[1.0, 1.0, 0.0]], &[]);
        check(&[&[1.0, 0.0, 2.0], &[0.0, 1.0, 1.0], &[1.0, 1.0, 3.0], &[0.0, 0.0, 1.0]], &[2]);
        check(&[&[0.0, 0.0], &[1.0, 2.0], &[2.0, 4.0]], &[0, 2]);
    }

    proptest! {
        #[test]
        fn an_inverse_undoes(values in proptest::collection::vec(-3.0_f64..3.0, 16)) {
            let mut matrix = Square::zero(4);
            (0..4).for_each(|at| matrix.add(at, at, 1.0));
            for row in values.chunks(4) {
                let cells: Vec<(usize, f64)> = row.iter().copied().enumerate().collect();
                matrix.add_outer(&cells, 1.0);
            }
            let one = matrix.times(&matrix.factor().unwrap().inverse());
            for at in 0..16 {
                let expect = f64::from(u8::from(at / 4 == at % 4));
                prop_assert!((one.at(at / 4, at % 4) - expect).abs() < 1e-9);
            }
        }
    }
}
