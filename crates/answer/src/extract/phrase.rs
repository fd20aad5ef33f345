//! "The final answer is …", "the answer is …", "Answer: …", and their Chinese sisters.

use std::sync::LazyLock;

use regex::Regex;

use super::{Extracted, value::value_at};

#[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

static FINAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)final\s+answer\s*(?:\**\s*is\b(?:\s+therefore)?|\**\s*[:：]|\**\s*\n)|最[终后](?:的)?(?:答案|结果)\s*(?:应该|应|就)?\s*[是为：:]",
    )
});
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\banswer\s*(?:\([^)]{0,40}\))?\s*\**\s*(?:is\b|[:：]|would be|should be|must be|=)|\banswer\s+[$\\]|答案\s*(?:应该|应当|应|就|便)?\s*[是为：:选]|答[：:]",
    )
});

/// After the last "final answer".
pub(super) fn final_answer(reply: &str, from: usize) -> Option<Extracted> {
    after(&FINAL, reply, from, "final_answer")
}

/// After the last "answer is" or "answer:".
pub(super) fn answer_is(reply: &str, from: usize) -> Option<Extracted> {
    after(&ANSWER, reply, from, "answer_is")
}

fn after(cue: &Regex, reply: &str, from: usize, rule: &'static str) -> Option<Extracted> {
    let ends: Vec<usize> = cue.find_iter(&reply[from..]).map(|found| from + found.end()).collect();
    ends.into_iter().rev().find_map(|end| {
        let back = usize::from(reply[..end].ends_with(['$', '\\']));
        let span = value_at(reply, end - back)?;
        Extracted::at(reply, span, rule)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases() {
        let check = |reply: &str, expect: &str| {
            let found = final_answer(reply, 0).or_else(|| answer_is(reply, 0));
            assert_eq!(found.map(|found| found.raw).as_deref(), Some(expect), "{reply:?}");
        };
        check("The final answer is $\\frac12$. I hope it is correct.", "\\frac12");
        check("**Final Answer:** 42", "42");
        check("Thus the answer is (B).", "(B)");
        check("ANSWER: 3.5", "3.5");
        check("所以答案是12。", "12");
        check("最终答案：$\\frac{1}{2}$。", "\\frac{1}{2}");
        check("综上，答案为 3 或 5。", "3 或 5");
        check("答案应该是7。", "7");
        check("答案就是 \\(x=4\\)。", "x=4");
        check("正确答案是（B）。", "（B）");
        check("Answer \\( 9 \\)", "9");
        check("the answer is $1$ and $2$.", "$1$ and $2$");
    }
}
