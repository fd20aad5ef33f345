//! LaTeX commands and Unicode characters that stand for a symbol.

use super::token::Tok;

/// A piece of what a command or character becomes.
#[derive(Clone, Copy)]
pub(crate) enum Symbol {
    Space,
    Name(&'static str),
    Digit(u32),
    Op(char),
    Open(char),
    Close(char),
    Tok(fn() -> Tok),
}

use Symbol::{Close, Digit, Name, Op, Open, Space};

const PI: &[Symbol] = &[Symbol::Tok(|| Tok::Pi)];
const INFINITY: &[Symbol] = &[Symbol::Tok(|| Tok::Infinity)];
const EMPTY: &[Symbol] = &[Symbol::Tok(|| Tok::Empty)];
const REALS: &[Symbol] = &[Symbol::Tok(|| Tok::Reals)];
const FRAC: &[Symbol] = &[Symbol::Tok(|| Tok::Frac)];
const ROOT: &[Symbol] = &[Symbol::Tok(|| Tok::Root)];
const BINOM: &[Symbol] = &[Symbol::Tok(|| Tok::Binom)];

/// What a LaTeX command (without its backslash) becomes.
pub(crate) fn command(name: &str) -> Option<&'static [Symbol]> {
    Some(match name {
        "left" | "right" | "middle" | "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr" | "bigg" | "Bigg"
        | "biggl" | "biggr" | "Biggl" | "Biggr" | "bigm" | "displaystyle" | "textstyle" | "scriptstyle"
        | "limits" | "nolimits" | "rm" | "bf" | "it" | "hline" | "cdots" | "mathstrut" => &[],
        "quad" | "qquad" | "space" | "thinspace" | "enspace" | "newline" | "par" => &[Space],
        "frac" | "dfrac" | "tfrac" | "cfrac" => FRAC,
        "root" => ROOT,
        "binom" | "dbinom" | "tbinom" => BINOM,
        "pi" => PI,
        "infty" | "infin" => INFINITY,
        "emptyset" | "varnothing" => EMPTY,
        "R" | "Reals" | "reals" => REALS,
        "cdot" | "times" | "ast" | "star" => &[Op('*')],
        "div" => &[Op('/')],
        "pm" => &[Op('±')],
        "mp" => &[Op('∓')],
        "le" | "leq" | "leqslant" | "leqq" => &[Op('≤')],
        "ge" | "geq" | "geqslant" | "geqq" => &[Op('≥')],
        "lt" => &[Op('<')],
        "gt" => &[Op('>')],
        "ne" | "neq" => &[Op('≠')],
        "approx" | "simeq" | "sim" | "doteq" => &[Op('≈')],
        "equiv" | "cong" => &[Op('≡')],
        "in" => &[Op('∈')],
        "cup" | "bigcup" => &[Op('∪')],
        "cap" | "bigcap" => &[Op('∩')],
        "setminus" | "backslash" | "smallsetminus" => &[Op('∖')],
        "to" | "rightarrow" | "longrightarrow" | "implies" | "Rightarrow" | "mapsto" => &[Op('→')],
        "mid" => &[Op('∣')],
        "vert" | "lvert" | "rvert" | "Vert" | "lVert" | "rVert" => &[Op('|')],
        "circ" | "degree" => &[Op('°')],
        "prime" => &[Op('\'')],
        "colon" => &[Op(':')],
        "lor" | "land" | "wedge" | "vee" => &[Op(',')],
        "lbrace" => &[Open('S')],
        "rbrace" => &[Close('S')],
        "lbrack" => &[Open('[')],
        "rbrack" => &[Close(']')],
        "lparen" => &[Open('(')],
        "rparen" => &[Close(')')],
        "langle" => &[Open('⟨')],
        "rangle" => &[Close('⟩')],
        "lfloor" => &[Open('⌊')],
        "rfloor" => &[Close('⌋')],
        "lceil" => &[Open('⌈')],
        "rceil" => &[Close('⌉')],
        "textdollar" => &[Op('$')],
        "percent" => &[Op('%')],
        _ => return greek(name),
    })
}

fn greek(name: &str) -> Option<&'static [Symbol]> {
    const LETTERS: &[(&str, &[Symbol])] = &[
        ("alpha", &[Name("alpha")]),
        ("beta", &[Name("beta")]),
        ("gamma", &[Name("gamma")]),
        ("delta", &[Name("delta")]),
        ("epsilon", &[Name("epsilon")]),
        ("varepsilon", &[Name("epsilon")]),
        ("zeta", &[Name("zeta")]),
        ("eta", &[Name("eta")]),
        ("theta", &[Name("theta")]),
        ("vartheta", &[Name("theta")]),
        ("kappa", &[Name("kappa")]),
        ("lambda", &[Name("lambda")]),
        ("mu", &[Name("mu")]),
        ("nu", &[Name("nu")]),
        ("xi", &[Name("xi")]),
        ("rho", &[Name("rho")]),
        ("sigma", &[Name("sigma")]),
        ("tau", &[Name("tau")]),
        ("phi", &[Name("phi")]),
        ("varphi", &[Name("phi")]),
        ("chi", &[Name("chi")]),
        ("psi", &[Name("psi")]),
        ("omega", &[Name("omega")]),
        ("Gamma", &[Name("Gamma")]),
        ("Delta", &[Name("Delta")]),
        ("Theta", &[Name("Theta")]),
        ("Lambda", &[Name("Lambda")]),
        ("Sigma", &[Name("Sigma")]),
        ("Phi", &[Name("Phi")]),
        ("Psi", &[Name("Psi")]),
        ("Omega", &[Name("Omega")]),
        ("ell", &[Name("ell")]),
        ("angle", &[Name("angle")]),
        ("triangle", &[Name("triangle")]),
    ];
    LETTERS.iter().find(|(letter, _)| *letter == name).map(|(_, symbols)| *symbols)
}

/// What a character outside ASCII becomes.
pub(crate) fn unicode(c: char) -> Option<&'static [Symbol]> {
    const FULL_WIDTH: u32 = 0xFEE0;
    Some(match c {
        '−' | '–' | '—' | '‐' | '‑' | '－' => &[Op('-')],
        '×' | '·' | '⋅' | '∙' | '∗' | '•' | '＊' => &[Op('*')],
        '÷' | '∕' | '⁄' => &[Op('/')],
        '＋' => &[Op('+')],
        '＝' => &[Op('=')],
        '≤' | '⩽' | '≦' => &[Op('≤')],
        '≥' | '⩾' | '≧' => &[Op('≥')],
        '≠' => &[Op('≠')],
        '≈' | '≃' | '∼' => &[Op('≈')],
        '≡' => &[Op('≡')],
        '∈' => &[Op('∈')],
        '∪' => &[Op('∪')],
        '∩' => &[Op('∩')],
        '∖' => &[Op('∖')],
        '±' => &[Op('±')],
        '∓' => &[Op('∓')],
        '→' | '⇒' => &[Op('→')],
        '∣' => &[Op('∣')],
        '°' | '∘' | 'º' => &[Op('°')],
        '′' | '’' => &[Op('\'')],
        '％' => &[Op('%')],
        '，' | '、' => &[Op(',')],
        '；' => &[Op(';')],
        '：' | '∶' => &[Op(':')],
        '（' => &[Open('(')],
        '）' => &[Close(')')],
        '［' => &[Open('[')],
        '］' => &[Close(']')],
        '｛' => &[Open('S')],
        '｝' => &[Close('S')],
        '⟨' | '〈' => &[Open('⟨')],
        '⟩' | '〉' => &[Close('⟩')],
        '⌊' => &[Open('⌊')],
        '⌋' => &[Close('⌋')],
        '⌈' => &[Open('⌈')],
        '⌉' => &[Close('⌉')],
        '√' => ROOT,
        '∛' => &[Symbol::Tok(|| Tok::RootOf(3))],
        '∜' => &[Symbol::Tok(|| Tok::RootOf(4))],
        'π' => PI,
        '∞' => INFINITY,
        '∅' | 'Ø' | '⌀' => EMPTY,
        'ℝ' => REALS,
        '½' => &[Symbol::Tok(|| Tok::Frac), Digit(1), Digit(2)],
        '⅓' => &[Symbol::Tok(|| Tok::Frac), Digit(1), Digit(3)],
        '⅔' => &[Symbol::Tok(|| Tok::Frac), Digit(2), Digit(3)],
        '¼' => &[Symbol::Tok(|| Tok::Frac), Digit(1), Digit(4)],
        '¾' => &[Symbol::Tok(|| Tok::Frac), Digit(3), Digit(4)],
        '⅕' => &[Symbol::Tok(|| Tok::Frac), Digit(1), Digit(5)],
        '⅖' => &[Symbol::Tok(|| Tok::Frac), Digit(2), Digit(5)],
        '⅗' => &[Symbol::Tok(|| Tok::Frac), Digit(3), Digit(5)],
        '⅘' => &[Symbol::Tok(|| Tok::Frac), Digit(4), Digit(5)],
        '⅙' => &[Symbol::Tok(|| Tok::Frac), Digit(1), Digit(6)],
        '⅛' => &[Symbol::Tok(|| Tok::Frac), Digit(1), Digit(8)],
        '⅜' => &[Symbol::Tok(|| Tok::Frac), Digit(3), Digit(8)],
        '⅝' => &[Symbol::Tok(|| Tok::Frac), Digit(5), Digit(8)],
        '⅞' => &[Symbol::Tok(|| Tok::Frac), Digit(7), Digit(8)],
        '€' | '£' | '¥' | '￥' => &[Space],
        '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{fe0f}' => &[],
        'α' => &[Name("alpha")],
        'β' => &[Name("beta")],
        'γ' => &[Name("gamma")],
        'δ' => &[Name("delta")],
        'ε' => &[Name("epsilon")],
        'θ' => &[Name("theta")],
        'λ' => &[Name("lambda")],
        'μ' | 'µ' => &[Name("mu")],
        'ρ' => &[Name("rho")],
        'σ' => &[Name("sigma")],
        'τ' => &[Name("tau")],
        'φ' | 'ϕ' => &[Name("phi")],
        'ω' => &[Name("omega")],
        'Δ' => &[Name("Delta")],
        '∠' => &[Name("angle")],
        '△' => &[Name("triangle")],
        '\u{ff10}'..='\u{ff19}' => return full_width_digit(u32::from(c) - FULL_WIDTH - u32::from('0')),
        _ => return None,
    })
}

fn full_width_digit(value: u32) -> Option<&'static [Symbol]> {
    const DIGITS: [&[Symbol]; 10] = [
        &[Digit(0)],
        &[Digit(1)],
        &[Digit(2)],
        &[Digit(3)],
        &[Digit(4)],
        &[Digit(5)],
        &[Digit(6)],
        &[Digit(7)],
        &[Digit(8)],
        &[Digit(9)],
    ];
    DIGITS.get(value as usize).copied()
}

/// A superscript or subscript digit: the operator that it stands for, and its value.
pub(super) fn raised(c: char) -> Option<(char, u8)> {
    let place =
        |digits: &str| digits.chars().position(|digit| digit == c).and_then(|at| u8::try_from(at).ok());
    let up = place("⁰¹²³⁴⁵⁶⁷⁸⁹").map(|value| ('^', value));
    up.or_else(|| place("₀₁₂₃₄₅₆₇₈₉").map(|value| ('_', value)))
}

/// Keeps the number module's constructor in one place for symbols that are digits.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_found() {
        assert!(command("leq").is_some() && command("theta").is_some() && command("nonsense").is_none());
        assert!(unicode('≤').is_some() && raised('²') == Some(('^', 2)) && unicode('中').is_none());
        assert!(matches!(super::super::number::integer(3), Tok::Num(_)));
    }
}
