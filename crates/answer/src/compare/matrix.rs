//! Small matrix arithmetic, so that a sum, a product or a multiple of matrices is one matrix.

use super::expr::Expr;

/// Most cells that are multiplied out.
const MAX_CELLS: usize = 64;

/// The matrix that an expression comes to.
pub(crate) fn evaluated(expr: &Expr) -> Option<Vec<Vec<Expr>>> {
    match expr {
        Expr::Matrix(rows) => Some(rows.clone()),
        Expr::Neg(inner) => Some(scaled(&Expr::int(-1), &evaluated(inner)?)),
        Expr::Add(terms) => {
            let mut matrices = terms.iter().map(evaluated);
            let first = matrices.next()??;
            matrices.try_fold(first, |sum, next| added(&sum, &next?))
        }
        Expr::Mul(factors) if expr.any(&|inner| matches!(inner, Expr::Matrix(_))) => {
            let mut result: Option<Vec<Vec<Expr>>> = None;
            let mut scalars: Vec<(Expr, bool)> = Vec::new();
            for (factor, divides) in factors {
                match evaluated(factor) {
                    Some(rows) if !divides => {
                        result = Some(match result {
                            Some(left) => multiplied(&left, &rows)?,
                            None => rows,
                        });
                    }
                    Some(_) => return None,
                    None => scalars.push((factor.clone(), *divides)),
                }
            }
            let rows = result?;
            Some(if scalars.is_empty() { rows } else { scaled(&Expr::Mul(scalars), &rows) })
        }
        _ => None,
    }
}

fn scaled(by: &Expr, rows: &[Vec<Expr>]) -> Vec<Vec<Expr>> {
    let cell = |cell: &Expr| Expr::Mul(vec![(by.clone(), false), (cell.clone(), false)]);
    rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

fn added(a: &[Vec<Expr>], b: &[Vec<Expr>]) -> Option<Vec<Vec<Expr>>> {
    if a.len() != b.len() || a[0].len() != b[0].len() {
        return None;
    }
    let row = |(a, b): (&Vec<Expr>, &Vec<Expr>)| {
        a.iter().zip(b).map(|(a, b)| Expr::Add(vec![a.clone(), b.clone()])).collect()
    };
    Some(a.iter().zip(b).map(row).collect())
}

fn multiplied(a: &[Vec<Expr>], b: &[Vec<Expr>]) -> Option<Vec<Vec<Expr>>> {
    let (inner, columns) = (b.len(), b.first()?.len());
    if a.first()?.len() != inner || a.len() * columns * inner > MAX_CELLS {
        return None;
    }
    let cell = |row: &[Expr], column: usize| {
        let terms = row
            .iter()
            .zip(b)
            .map(|(left, right)| Expr::Mul(vec![(left.clone(), false), (right[column].clone(), false)]));
        Expr::Add(terms.collect())
    };
    Some(a.iter().map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect())
}
