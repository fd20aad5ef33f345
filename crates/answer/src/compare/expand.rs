//! `a ± b` as the two values that it stands for.

use super::expr::{Expr, Sequence};

/// Both values of an expression with `±`; all of its signs go together, `∓` against `±`.
pub(crate) fn signs(expr: &Expr) -> Option<[Expr; 2]> {
    expr.any(&|inner| matches!(inner, Expr::PlusMinus(..)))
        .then(|| [resolved(expr, false), resolved(expr, true)])
}

fn resolved(expr: &Expr, minus: bool) -> Expr {
    let go = |inner: &Expr| Box::new(resolved(inner, minus));
    let all = |items: &[Expr]| items.iter().map(|item| resolved(item, minus)).collect();
    match expr {
        Expr::PlusMinus(left, right, flipped) => {
            let right = resolved(right, minus);
            let right = if minus == *flipped { right } else { Expr::Neg(Box::new(right)) };
            if **left == Expr::int(0) { right } else { Expr::Add(vec![resolved(left, minus), right]) }
        }
        Expr::Neg(a) => Expr::Neg(go(a)),
        Expr::Add(items) => Expr::Add(all(items)),
        Expr::Mul(factors) => {
            Expr::Mul(factors.iter().map(|(factor, divides)| (resolved(factor, minus), *divides)).collect())
        }
        Expr::Pow(a, b) => Expr::Pow(go(a), go(b)),
        Expr::Root(a, b) => Expr::Root(go(a), go(b)),
        Expr::Call(func, items) => Expr::Call(*func, all(items)),
        Expr::Percent(a) => Expr::Percent(go(a)),
        Expr::Degrees(a) => Expr::Degrees(go(a)),
        Expr::Sequence(sequence) => {
            Expr::Sequence(Sequence { items: all(&sequence.items), ..sequence.clone() })
        }
        other => other.clone(),
    }
}
