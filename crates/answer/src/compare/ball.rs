//! Complex numbers in double precision, each with a bound on its error: two balls that do not touch certainly differ.

use num_traits::ToPrimitive;

use super::expr::Expr;
use super::fuel::{Fail, Fuel};
use super::modular::point;
use super::token::Func;

/// Relative error of one basic operation, with room to spare.
const EPSILON: f64 = 4.5e-16;

/// A complex number and how far off it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ball {
    pub(crate) re: f64,
    pub(crate) im: f64,
    pub(crate) radius: f64,
}

type Result<T> = std::result::Result<T, Fail>;

impl Ball {
    fn new(re: f64, im: f64, radius: f64) -> Result<Self> {
        let ball = Self { re, im, radius };
        let finite = re.is_finite() && im.is_finite() && radius.is_finite();
        if finite { Ok(ball) } else { Err(Fail::Limit("a value too large")) }
    }

    fn real(value: f64) -> Self {
        Self { re: value, im: 0.0, radius: value.abs() * EPSILON }
    }

    /// Its distance from zero.
    pub(crate) fn size(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// The balls have no point in common.
    pub(crate) fn apart(self, other: Self) -> bool {
        (self.re - other.re).hypot(self.im - other.im) > self.radius + other.radius
    }

    fn rounded(re: f64, im: f64, carried: f64) -> Result<Self> {
        Self::new(re, im, carried + re.hypot(im) * EPSILON * 2.0 + f64::MIN_POSITIVE)
    }

    fn plus(self, other: Self) -> Result<Self> {
        Self::rounded(self.re + other.re, self.im + other.im, self.radius + other.radius)
    }

    fn negated(self) -> Self {
        Self { re: -self.re, im: -self.im, radius: self.radius }
    }

    fn times(self, other: Self) -> Result<Self> {
        let carried = self.size() * other.radius + other.size() * self.radius + self.radius * other.radius;
        let rounding = self.size() * other.size() * EPSILON;
        let re = self.re * other.re - self.im * other.im;
        Self::rounded(re, self.re * other.im + self.im * other.re, carried + rounding)
    }

    fn inverted(self) -> Result<Self> {
        let size = self.size();
        if size <= self.radius {
            return Err(Fail::Undefined);
        }
        let square = size * size;
        Self::rounded(self.re / square, -self.im / square, self.radius / (size * (size - self.radius)))
    }

    fn exp(self) -> Result<Self> {
        let size = self.re.exp();
        let (sin, cos) = self.im.sin_cos();
        let off = size * (self.radius.exp_m1() + EPSILON * (2.0 + self.re.abs() + self.im.abs()));
        Self::rounded(size * cos, size * sin, off)
    }

    fn ln(self) -> Result<Self> {
        let size = self.size();
        if size <= self.radius {
            return Err(Fail::Undefined);
        }
        let off = self.radius / (size - self.radius) + 2.0 * EPSILON;
        Self::rounded(size.ln(), self.im.atan2(self.re), off)
    }

    fn is_real(self) -> bool {
        self.im == 0.0
    }
}

/// The point at which an expression is calculated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Selects the variables' values.
    pub(crate) seed: u64,
    /// Stop where a principal value of a negative number would have to be chosen.
    pub(crate) real_only: bool,
}

impl Place {
    /// The value of a variable: spread over three orders of magnitude, negative for odd seeds half the time.
    fn value(self, name: &str) -> f64 {
        let hash = point(name, self.seed);
        let unit = (hash % 1_000_003) as f64 / 1_000_003.0;
        let size = 0.13 * (unit * 5.0).exp();
        if self.seed % 2 == 1 && hash & (1 << 40) != 0 { -size } else { size }
    }
}

/// The value of an expression at a place.
pub(crate) fn ball(expr: &Expr, place: Place, fuel: &mut Fuel) -> Result<Ball> {
    fuel.visit()?;
    let here = |expr: &Expr, fuel: &mut Fuel| ball(expr, place, fuel);
    match expr {
        Expr::Num(number) => {
            let value = number.value.to_f64().ok_or(Fail::Limit("a value too large"))?;
            Ball::new(value, 0.0, value.abs() * EPSILON)
        }
        Expr::Var(name) => Ok(Ball { re: place.value(name), im: 0.0, radius: 0.0 }),
        Expr::Pi => Ok(Ball::real(std::f64::consts::PI)),
        Expr::E => Ok(Ball::real(std::f64::consts::E)),
        Expr::I => Ok(Ball { re: 0.0, im: 1.0, radius: 0.0 }),
        Expr::Neg(inner) => Ok(here(inner, fuel)?.negated()),
        Expr::Add(terms) => {
            let zero = Ball { re: 0.0, im: 0.0, radius: 0.0 };
            terms.iter().try_fold(zero, |sum, term| sum.plus(here(term, fuel)?))
        }
        Expr::Mul(factors) => factors.iter().try_fold(Ball::real(1.0), |product, (factor, divides)| {
            let value = here(factor, fuel)?;
            product.times(if *divides { value.inverted()? } else { value })
        }),
        Expr::Pow(base, exponent) => power(base, exponent, place, fuel),
        Expr::Root(radicand, index) => {
            let exponent = Expr::over(Expr::int(1), index.as_ref().clone());
            power(radicand, &exponent, place, fuel)
        }
        Expr::LogBase(argument, base) => {
            let (argument, base) =
                (logarithm(here(argument, fuel)?, place)?, logarithm(here(base, fuel)?, place)?);
            argument.times(base.inverted()?)
        }
        Expr::Percent(inner) => here(inner, fuel)?.times(Ball::real(0.01)),
        Expr::Degrees(inner) => here(inner, fuel)?.times(Ball::real(std::f64::consts::PI / 180.0)),
        Expr::Quantity(inner, _) => here(inner, fuel),
        Expr::Call(func, arguments) => call(*func, arguments, place, fuel),
        Expr::Factorial(_) | Expr::Binomial(..) => {
            let value = super::exact::exact(expr, fuel)?.to_f64().ok_or(Fail::Limit("a value too large"))?;
            Ball::new(value, 0.0, value.abs() * EPSILON)
        }
        _ => Err(Fail::NotCovered),
    }
}

fn logarithm(argument: Ball, place: Place) -> Result<Ball> {
    if place.real_only && !(argument.is_real() && argument.re > 0.0) {
        return Err(Fail::Domain);
    }
    argument.ln()
}

fn power(base: &Expr, exponent: &Expr, place: Place, fuel: &mut Fuel) -> Result<Ball> {
    let value = ball(base, place, fuel)?;
    let rational = super::exact::exact(exponent, fuel).ok();
    if let Some(rational) = &rational {
        let (up, down) = (rational.numer().to_i32(), rational.denom().to_i32());
        match (up, down) {
            (Some(up), Some(1)) if up.abs() <= 64 => return repeated(value, up),
            // The real root of a negative number, where there is one.
            (Some(up), Some(down)) if value.is_real() && value.re < 0.0 && down % 2 == 1 => {
                let size = raised(value.negated(), exponent, place, fuel)?;
                return Ok(if up % 2 == 0 { size } else { size.negated() });
            }
            _ => {}
        }
    }
    if value.size() <= value.radius {
        let positive = rational.is_some_and(|r| r > num_rational::BigRational::from_integer(0.into()));
        let zero = value.size() == 0.0 && positive;
        return if zero { Ok(value) } else { Err(Fail::Undefined) };
    }
    if place.real_only && !(value.is_real() && value.re > 0.0) {
        return Err(Fail::Domain);
    }
    raised(value, exponent, place, fuel)
}

fn repeated(value: Ball, exponent: i32) -> Result<Ball> {
    let mut result = Ball::real(1.0);
    for _ in 0..exponent.unsigned_abs() {
        result = result.times(value)?;
    }
    if exponent < 0 { result.inverted() } else { Ok(result) }
}

fn raised(value: Ball, exponent: &Expr, place: Place, fuel: &mut Fuel) -> Result<Ball> {
    value.ln()?.times(ball(exponent, place, fuel)?)?.exp().map(|result| {
        if value.is_real() && value.re > 0.0 && result.im == 0.0 {
            Ball { im: 0.0, ..result }
        } else {
            result
        }
    })
}

fn call(func: Func, arguments: &[Expr], place: Place, fuel: &mut Fuel) -> Result<Ball> {
    let [argument] = arguments else { return Err(Fail::NotCovered) };
    let x = ball(argument, place, fuel)?;
    match func {
        Func::Exp => x.exp(),
        Func::Ln => logarithm(x, place),
        Func::Log => logarithm(x, place)?.times(Ball::real(std::f64::consts::LN_10.recip())),
        Func::Sqrt => power(argument, &Expr::over(Expr::int(1), Expr::int(2)), place, fuel),
        Func::Abs => Ball::rounded(x.size(), 0.0, x.radius),
        _ if !x.is_real() => Err(Fail::NotCovered),
        Func::Sin | Func::Cos | Func::Tan | Func::Cot | Func::Sec | Func::Csc => trigonometric(func, x),
        Func::Arcsin | Func::Arccos if x.re.abs() + x.radius >= 1.0 => edge(func, x),
        Func::Arcsin => smooth(x.re.asin(), x.radius / (1.0 - x.re * x.re).sqrt()),
        Func::Arccos => smooth(x.re.acos(), x.radius / (1.0 - x.re * x.re).sqrt()),
        Func::Arctan => smooth(x.re.atan(), x.radius),
        Func::Sinh => smooth(x.re.sinh(), x.radius * x.re.cosh() * 2.0),
        Func::Cosh => smooth(x.re.cosh(), x.radius * x.re.cosh() * 2.0),
        Func::Tanh => smooth(x.re.tanh(), x.radius),
        Func::Floor | Func::Ceil => whole(func, x),
        _ => Err(Fail::NotCovered),
    }
}

fn smooth(value: f64, radius: f64) -> Result<Ball> {
    Ball::rounded(value, 0.0, radius * 1.01)
}

/// The arcsine and arccosine of ±1, where the derivative is infinite.
fn edge(func: Func, x: Ball) -> Result<Ball> {
    if x.re.abs() > 1.0 + x.radius {
        return Err(Fail::Undefined);
    }
    let clamped = x.re.clamp(-1.0, 1.0);
    let value = if func == Func::Arcsin { clamped.asin() } else { clamped.acos() };
    Ball::rounded(value, 0.0, (2.0 * x.radius).sqrt() * 2.0)
}

fn trigonometric(func: Func, x: Ball) -> Result<Ball> {
    let off = x.radius + x.re.abs() * EPSILON;
    let (sin, cos) = x.re.sin_cos();
    let (sin, cos) = (Ball::rounded(sin, 0.0, off)?, Ball::rounded(cos, 0.0, off)?);
    match func {
        Func::Sin => Ok(sin),
        Func::Cos => Ok(cos),
        Func::Tan => sin.times(cos.inverted()?),
        Func::Cot => cos.times(sin.inverted()?),
        Func::Sec => cos.inverted(),
        _ => sin.inverted(),
    }
}

fn whole(func: Func, x: Ball) -> Result<Ball> {
    let (low, high) = (x.re - x.radius, x.re + x.radius);
    let (low, high) =
        if func == Func::Floor { (low.floor(), high.floor()) } else { (low.ceil(), high.ceil()) };
    if low == high { Ok(Ball::real(low)) } else { Err(Fail::NotCovered) }
}
