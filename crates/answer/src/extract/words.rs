//! Words that tell how a sentence is built, and those that are no words but names.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words behind which a value is not what a sentence is about: "12 eggs *for* 4 cakes", "9, *because* 3 + 6 = 9".
static ASIDE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "after although among as at because before between by during each every for from given if in \
     including instead not of on over per rather since than through to unless until using when where \
     whether while with within without excluding except",
    )
});

/// Beginnings of words that come *to* a value.
pub(super) const COMES: &[&str] = &[
    "equal",
    "come",
    "lead",
    "reduc",
    "simplif",
    "round",
    "evaluat",
    "amount",
    "up",
    "add",
    "sum",
    "correspond",
    "clos",
    "boil",
    "equiv",
];

/// Verbs that set a value in relation to what stands before them.
static VERBS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "is are was were be has have had equals equal gives give get gets got makes make yields needs \
     need takes take costs cost leaves leave contains contain becomes requires require can must will \
     would should does do did satisfies works there we you they it he she ist sind hat est sont es \
     son tiene",
    )
});

/// Words in front of the number of a place in the text: "equation 2".
static LABELS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "eq eqn eqs equation equations fig figure table theorem lemma proposition corollary section sec \
     chapter page line step case part example problem question exercise note footnote ref reference \
     method approach property rule item option choice formula no nr version appendix claim \
     definition remark row column attempt solution",
    )
});

static FUNCTIONS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "sqrt pi sin cos tan cot sec csc log ln exp arcsin arccos arctan sinh cosh tanh gcd lcm max min \
     floor ceil abs infinity infty mod theta alpha beta lambda cbrt lg asin acos atan oo",
    )
});

/// The words of a list; some are asked for at every number of a text.
fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

/// A value behind this word is governed by it.
pub(super) fn turns_aside(word: &str) -> bool {
    ASIDE.contains(word)
}

/// A verb, or the subject of one.
pub(super) fn is_verb(word: &str) -> bool {
    VERBS.contains(word)
}

/// The number behind this word names a place in a text.
pub(super) fn is_label(word: &str) -> bool {
    LABELS.contains(word)
}

/// A function or constant that is written out.
pub(super) fn is_function(word: &str) -> bool {
    FUNCTIONS.contains(word)
}

/// Words that belong to a unit or are one.
pub(super) fn is_unit_name(lower: &str) -> bool {
    matches!(lower, "percent" | "degrees" | "degree" | "square" | "cubic" | "per" | "percentage")
}

/// The end of `1st`, `2nd`, `3rd`, `4th`.
pub(super) fn is_ordinal(ending: &str) -> bool {
    matches!(ending, "st" | "nd" | "rd" | "th")
}

/// Yes and no, true and false.
static SAID: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(
        "yes no true false yep nope correct incorrect ja nein oui non sí si да нет 是 否 对 错 正确 错误 はい いいえ 예 \
         아니요 네 아니오",
    )
});

/// Yes, no, true or false at the beginning of a sentence, with its length; nothing but a reason may follow.
pub(super) fn verdict(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let lower = text[..end].to_lowercase();
    let rest = text[end..].trim_start_matches(['*', '_', '`']);
    let next = rest.trim_start();
    let closed = next.is_empty()
        || rest.starts_with([',', '.', '!', ';', ':', '，', '。', '！', '\n', ')'])
        || next.starts_with(['-', '–', '—', '(', '\n'])
        || ["because", "since", "as "].iter().any(|reason| next.starts_with(reason));
    (SAID.contains(lower.as_str()) && closed).then_some(end)
}
