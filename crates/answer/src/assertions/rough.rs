//! Values at a glance: most numbers of a trace are so far from an answer that nobody has to read them as formulas.

/// A formula of digits and signs of arithmetic alone: nothing in it is a unit, a share, a base or a date.
pub(super) fn is_arithmetic(text: &str) -> bool {
    const COMMANDS: [&str; 9] = ["frac", "dfrac", "tfrac", "sqrt", "pi", "cdot", "times", "left", "right"];
    let sign = |c: char| c.is_ascii_digit() || c.is_ascii_whitespace() || ".+-*/^(){}$".contains(c);
    let mut commands = text.split('\\');
    let plain = |text: &str| text.chars().all(sign);
    let known = |rest: &str| {
        let name = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        COMMANDS.contains(&&rest[..name]) && plain(&rest[name..])
    };
    commands.next().is_some_and(plain) && commands.all(known)
}

/// A text is a number, or two with a sign of multiplication between them, that is not even near to a value. Says nothing of
/// any other text.
pub(super) fn is_far_from(text: &str, value: f64) -> bool {
    read(text).is_some_and(|read| is_far(read, value))
}

/// A number is not another one: not as a share or in hundredths, and not as its rounded form.
pub(super) fn is_far(number: f64, value: f64) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= NEAR * a.abs().max(b.abs());
    !near(number, value) && !near(100.0 * number, value) && !near(number, 100.0 * value)
}

/// Shares of each other by which numbers differ that may be the same, rounded.
const NEAR: f64 = 0.1;

/// What is written: `3`, `-2.5`, `3/4`, `12 × 7`, in brackets or dollars at most.
fn read(text: &str) -> Option<f64> {
    let (first, rest) = number(text.trim_matches(around))?;
    let rest = rest.trim_start();
    let Some(sign) = rest.chars().next() else { return Some(first) };
    let (second, rest) = number(rest[sign.len_utf8()..].trim_start())?;
    let value = match sign {
        '/' | '÷' if second != 0.0 => first / second,
        '*' | '×' | '·' => first * second,
        _ => return None,
    };
    rest.is_empty().then_some(value)
}

fn around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '$' | '(' | ')' | '[' | ']' | '\\')
}

/// A number at the front of a text, and what follows it.
fn number(text: &str) -> Option<(f64, &str)> {
    let digits = text.strip_prefix(['-', '−']).unwrap_or(text);
    let length = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
    let (written, rest) = digits.split_at(length);
    let value: f64 = written.parse().ok().filter(|_| written.starts_with(|c: char| c.is_ascii_digit()))?;
    Some((if digits.len() < text.len() { -value } else { value }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compare::parse;
    use crate::{Policy, compare};

    #[test]
    fn numbers_are_read_at_a_glance() {
        let check = |text: &str, expect: Option<f64>| assert_eq!(read(text), expect, "{text}");
        check("3", Some(3.0));
        check("\\(-2.5 \\)", Some(-2.5));
        check("(3/4", Some(0.75));
        check("12 × 7", Some(84.0));
        check("1 4/5", None);
        check("3/0", None);
        check("3/4/5", None);
        check("3 + 4", None);
        check("2^5", None);
        check("1.2.3", None);
        check(".5", None);
        check("", None);
    }

    #[test]
    fn formulas_that_say_more_than_a_number_are_none() {
        let check = |text: &str, expect: bool| assert_eq!(is_arithmetic(text), expect, "{text}");
        check("\\frac{3\\sqrt{2}}{4}", true);
        check("$-\\pi/2$", true);
        check("40\\%", false);
        check("90^\\circ", false);
        check("52_8", false);
        check("5 cm", false);
        check("3:4", false);
        check("\\sin 2", false);
    }

    fn number() -> impl Strategy<Value = String> {
        let plain = prop_oneof![
            (0..400u32).prop_map(|n| n.to_string()),
            (0..4000u32, 0..3u32).prop_map(|(n, places)| format!(
                "{:.*}",
                places as usize,
                f64::from(n) / 40.0
            )),
        ];
        (any::<bool>(), plain)
            .prop_map(|(negative, plain)| if negative { format!("-{plain}") } else { plain })
    }

    fn segment() -> impl Strategy<Value = String> {
        let sign = prop::sample::select(vec!["/", " / ", "*", " × ", "÷", "·", ""]);
        (number(), sign, number()).prop_map(|(first, sign, second)| match sign {
            "" => first,
            sign => format!("{first}{sign}{}", second.trim_start_matches('-')),
        })
    }

    /// Formulas of all kinds, many of them with small values.
    fn formula() -> impl Strategy<Value = String> {
        let n = 1..13u32;
        let shapes = vec![
            "A/B",
            "\\frac{A}{B}",
            "A + B",
            "A - B/C",
            "\\sqrt{A}/B",
            "A√B",
            "A^B",
            "A\\pi",
            "A%",
            "A^\\circ",
            "A,BCC",
            "A B/C",
            "A\\%",
            "A:B",
            "(A, B)",
            "x = A",
            "A_B",
            "A cm",
            "\\sin A^\\circ",
            "A\\frac{B}{C}",
            "0.A",
            "A.B",
            "±A",
            "A!",
        ];
        (prop::sample::select(shapes), n.clone(), n.clone(), n).prop_map(|(shape, a, b, c)| {
            shape.replace('A', &a.to_string()).replace('B', &b.to_string()).replace('C', &c.to_string())
        })
    }

    proptest! {
        #[test]
        fn no_formula_that_is_the_answer_is_far_from_it(gold in formula(), given in formula()) {
            let same = compare(&gold, &given, &Policy::default()).is_equal();
            let own = parse(&gold).approximate().filter(|_| is_arithmetic(&gold));
            let value = parse(&given).approximate();
            prop_assert!(!(same && own.is_some_and(|own| value.is_some_and(|value| is_far(value, own)))), "{gold} {given}");
            prop_assert!(!(same && own.is_some_and(|own| is_far_from(&given, own))), "{gold} {given}");
        }

        #[test]
        fn nothing_that_is_the_answer_is_far_from_it(
            top in 1..60i32, bottom in 1..60i32, root in any::<bool>(), segment in segment(),
        ) {
            let gold = if root { format!("\\frac{{\\sqrt{{{}}}}}{{{bottom}}}", top.abs()) }
                else { format!("\\frac{{{top}}}{{{bottom}}}") };
            prop_assert!(is_arithmetic(&gold));
            let value = parse(&gold).approximate().unwrap();
            let same = compare(&gold, &segment, &Policy::default()).is_equal();
            prop_assert!(!(same && is_far_from(&segment, value)), "{gold} {segment}");
            // Its own rounded form, in every length.
            for places in 1..9 {
                let rounded = format!("{value:.places$}");
                let same = compare(&gold, &rounded, &Policy::default()).is_equal();
                prop_assert!(!(same && is_far_from(&rounded, value)), "{gold} {rounded}");
            }
            let quotient = format!("{}/{}", 7 * top, 7 * bottom);
            prop_assert!(root || !is_far_from(&quotient, value));
        }
    }
}
