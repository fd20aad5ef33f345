//! "The final answer is …", "the answer is …", "Answer: …", and their sisters in other languages.

use std::sync::LazyLock;

use regex::Regex;

use super::source::Source;
use super::{Extracted, pattern, stated};

/// "Answer" in the languages that models are asked in, as parts of a pattern: the words that begin with a letter of ASCII, and
/// behind a boundary, and the others.
pub(super) const ANSWER_WORDS: &str = r"\b(?:answer|ans|antwort|l[öo]sung|r[ée]ponse|respuesta|resposta|risposta|odpowied[źz]|cevap|yan[ıi]t|jawaban|antwoord|svar)|đáp án|ответ|відповідь|उत्तर|الإجابة|الجواب|답|정답|答え|解答|正解|答案|คำตอบ";

/// What stands between the word and the answer.
pub(super) const IS: &str = r"is\b(?:\s+(?:therefore|thus|then|simply|just|actually|indeed|clearly|hence|given by))?|would be\b|should be\b|must be\b|will be\b|comes out to(?: be)?\b|ist\b|lautet\b|est\b|es\b|é|è|to\s|adalah\b|là\s|は|は、|은|는|[:：=]|应该|应当|应|就|便|是|为|选";

static FINAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\bthe\s+)?final\s+(?:answer|result)\s*(?:\**\s*(?:is|would be|comes out to(?: be)?)\b(?:\s+(?:therefore|thus))?|[*_`]*\s*[:：=]|[*_`]*\s*\n|[*_]+\s)|最[终后](?:的)?(?:答案|结果)\s*(?:应该|应|就)?\s*[是为：:]",
    )
});
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    let cue = format!(
        r"(?i)(?:\bthe\s+)?(?:(?:final|correct|right|best)\s+)?(?:{ANSWER_WORDS})(?:\s+(?:correcta?|correcte|exacte|corretta|correta|richtige|final|finale))?\s*(?:\([^()\n]{{0,40}}\))?\s*[*_`]*\s*(?:(?:{IS})\s*)+|\banswer\s+[$\\]|答[：:]|(?m:^)[#*_\s]{{0,8}}answer[*_ ]{{0,4}}\n"
    );
    pattern(&cue)
});

/// After the last "final answer".
pub(super) fn final_answer(source: &Source<'_>) -> Option<Extracted> {
    after(&FINAL, source, "final_answer")
}

/// After the last "answer is" or "answer:".
pub(super) fn answer_is(source: &Source<'_>) -> Option<Extracted> {
    after(&ANSWER, source, "answer_is")
}

/// Where the cues end, in their order.
pub(super) fn cues(source: &Source<'_>) -> Vec<usize> {
    let from = source.span().start;
    let ends = |cue: &Regex| cue.find_iter(source.all()).map(|found| from + found.end()).collect::<Vec<_>>();
    let mut all = [ends(&FINAL), ends(&ANSWER)].concat();
    all.sort_unstable();
    all
}

/// What the last cue with a value behind it states; a value ends where another cue begins.
fn after(cue: &Regex, source: &Source<'_>, rule: &'static str) -> Option<Extracted> {
    let (text, from) = (source.all(), source.span().start);
    let cues: Vec<(usize, usize)> =
        cue.find_iter(text).map(|found| (from + found.start(), from + found.end())).collect();
    (0..cues.len()).rev().find_map(|index| {
        let end = cues[index].1;
        let back = usize::from(text[..end - from].ends_with(['$', '\\']));
        let limit = cues.get(index + 1).map_or(source.span().end, |next| next.0);
        stated::after_cue(source, end - back..limit.max(end - back), rule)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, expect: Option<&str>) {
        let source = Source::after_thinking(reply);
        let found = final_answer(&source).or_else(|| answer_is(&source));
        assert_eq!(found.map(|found| found.raw).as_deref(), expect, "{reply:?}");
    }

    #[test]
    fn values_follow_their_cue() {
        check("The final answer is $\\frac12$. I hope it is correct.", Some("\\frac12"));
        check("**Final Answer:** 42", Some("42"));
        check("**Final Answer**\n\n\\[ 42 \\]", Some("42"));
        check("Final Answer:\n  The last digits of \\(2^{20}\\) are:\n  \\[076\\]", Some("076"));
        check("Final Answer: the digits are:\n\\[Answer: 009\\]", Some("009"));
        check("Thus the answer is (B).", Some("(B)"));
        check("ANSWER: 3.5", Some("3.5"));
        check("Answer: `$13$`", Some("13"));
        check("Answer:\n\n12", Some("12"));
        check("### Answer\n12 apples", Some("12 apples"));
        check("Answer \\( 9 \\)", Some("9"));
        check("the answer is $1$ and $2$.", Some("$1$ and $2$"));
        check("the answer is: the final answer is the answer is 5", Some("5"));
        check("The final answer is:\n\\[\n\\boxed", None);
        check("the answer is the answer is ", None);
        check("the final answer is the final answer is ", None);
    }

    #[test]
    fn of_a_sentence_the_value_counts() {
        check("**Answer**: 196 has 9 positive divisors.", Some("9"));
        check("Answer: There are 9 positive divisors.", Some("9"));
        check("Answer: 5 is the smallest such number.", Some("5"));
        check("The answer is 5 because 2 + 3 = 5.", Some("5"));
        check("The answer is approximately 3.14", Some("3.14"));
        check("The answer is 12 eggs.", Some("12 eggs"));
        check("The answer is x = 5.", Some("x = 5"));
        check("The answer is 2 + 3 = 5.", Some("5"));
        check("The answer is New York.", Some("New York"));
        check("The answer is Apollo 11.", Some("Apollo 11"));
        check("Answer: Yes, since 3 divides 9.", Some("Yes"));
    }

    #[test]
    fn other_languages_have_their_cues() {
        check("所以答案是12。", Some("12"));
        check("最终答案：$\\frac{1}{2}$。", Some("\\frac{1}{2}"));
        check("综上，答案为 3 或 5。", Some("3 或 5"));
        check("答案应该是7。", Some("7"));
        check("答案就是 \\(x=4\\)。", Some("x=4"));
        check("正确答案是（B）。", Some("（B）"));
        check("Die Antwort ist 12.", Some("12"));
        check("La réponse est 12.", Some("12"));
        check("Réponse : 12", Some("12"));
        check("La respuesta correcta es 12.", Some("12"));
        check("A resposta é 12.", Some("12"));
        check("La risposta è 12.", Some("12"));
        check("Ответ: 12", Some("12"));
        check("答えは 12 です。", Some("12"));
        check("정답은 12입니다.", Some("12"));
    }
}
