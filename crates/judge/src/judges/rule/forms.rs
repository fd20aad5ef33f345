//! Answers in other forms than the known one: unreduced, oddly spaced, in words, in parts. A row is a question, its known
//! answer, a thinking, and the first step that asserts it.

use super::tests::{judged, problem};

/// The final answer of the reply is the known one.
fn check(asked: &str, gold: &str, steps: &[&str], expect: Option<u32>) {
    let verdict = judged(&problem(asked, gold), steps, &format!("\\boxed{{{gold}}}"));
    assert_eq!(verdict.step, expect, "{gold}: {steps:?}");
}

#[test]
fn a_value_counts_before_it_is_reduced() {
    let slope = |gold: &str, steps: &[&str], expect: u32| {
        check("What is the slope of the line?", gold, steps, Some(expect));
    };
    let end = "Dividing both by 24, I can write it as -5/12.";
    slope("-5/12", &["The rise is -120 and the run 288.", "So the slope is -120/288.", end], 1);
    slope("-\\frac{5}{12}", &["Rise over run.", "So the slope is \\( \\frac{-120}{288} \\).", end], 1);
    slope("-\\frac{5}{12}", &["Rise over run.", "The slope is $-\\frac{120}{288}$.", end], 1);
    slope("-5/12", &["Rise over run.", "Therefore, slope = (-120)/288.", end], 1);
    slope("-5/12", &["Rise over run.", "So the slope is 120/(-288).", end], 1);
    slope("1.5", &["Rise over run.", "So the slope is 36/24.", "That is 3/2 = 1.5."], 1);
    slope("\\frac{3}{2}", &["Rise over run.", "So the slope is 36/24.", "That is 3/2."], 1);
    slope("\\frac{3}{2}", &["Rise over run.", "So the slope is 1.5.", "That is 3/2."], 1);
    let length = |gold: &str, steps: &[&str], expect: u32| {
        check("What is the length of the diagonal?", gold, steps, Some(expect));
    };
    length("4\\sqrt{2}", &["By Pythagoras.", "So the length is √32.", "That is 4√2."], 1);
    length("4\\sqrt{2}", &["By Pythagoras.", "So the length is $2\\sqrt{8}$.", "That is 4√2."], 1);
    length("\\frac{\\sqrt{3}}{3}", &["By Pythagoras.", "So the length is 1/√3.", "That is √3/3."], 1);
    // A sum that is still to be calculated is none, nor is a quotient that comes out whole.
    slope("10", &["Rise over run.", "So the slope is (12 + 8)/2.", "So the slope is 10."], 2);
}

#[test]
fn blanks_in_a_known_answer_change_nothing() {
    let check = |gold: &str, said: &str| {
        let steps = ["Let me see.", &format!("So the value of the sum is {said}."), "That is it."];
        check("What is the value of the sum?", gold, &steps, Some(1));
    };
    check("\\frac{1} { 4027}", "1/4027");
    check("\\frac{1} { 4027}", "\\( \\frac{1}{4027} \\)");
    check("\\frac {1}{ 4027 }", "$\\frac{1}{4027}$");
    check("\\dfrac { 3 } { 4 }", "3/4");
    check("\\sqrt {51}", "√51");
    check("\\sqrt{ 51 }", "\\(\\sqrt{51}\\)");
    check("2 \\sqrt { 3 }", "2√3");
    check("\\ 45 \\ ", "45");
    check("45 \\text { cm }", "45 cm");
    check("\\left ( 3 , \\frac{\\pi}{2} \\right )", "(3, π/2)");
    check("x ^ 2 + 1", "x^2 + 1");
    check("- 7", "-7");
    check("10 ^ { 5 }", "10^5");
}

#[test]
fn yes_and_no_are_said_as_the_answer() {
    let prime = |gold: &str, steps: &[&str], expect: u32| {
        check("Is the number 91 prime?", gold, steps, Some(expect));
    };
    prime("No", &["No, wait. 91 is odd.", "7 times 13 is 91.", "So the answer is no."], 2);
    prime("No", &["Is it? Yes, maybe.", "7 times 13 is 91, so no.", "The answer is no."], 1);
    prime("No", &["There is no even factor.", "7 times 13 is 91, so 91 is not prime.", "No."], 1);
    let root = |gold: &str, steps: &[&str], expect: u32| {
        check("Does the equation have a real root?", gold, steps, Some(expect));
    };
    root("Yes", &["Yes, let me look.", "At 0 it is -1, at 1 it is 1. So yes.", "The answer is yes."], 1);
    root("Yes", &["Good.", "It changes sign, so the equation has a real root.", "So the answer is yes."], 1);
    root("Yes", &["The sign changes. Yes, that is right.", "The answer is therefore yes."], 1);
    let claim = |gold: &str, steps: &[&str], expect: u32| {
        check("True or false: every square is a rectangle.", gold, steps, Some(expect));
    };
    claim("True", &["A true square has right angles.", "So the statement is true.", "True."], 1);
    claim("False", &["It is false that it has none.", "Thus, the answer is False."], 1);
}

#[test]
fn words_are_answers_where_they_are_concluded() {
    let conic = |steps: &[&str], expect: u32| {
        let asked = "Which conic is it: circle, ellipse, parabola or hyperbola? Name the curve.";
        check(asked, "\\text{ellipse}", steps, Some(expect));
    };
    conic(&["Is it a circle, an ellipse or a hyperbola?", "a ≠ b, so the curve is an ellipse."], 1);
    conic(&["An ellipse has two axes.", "Thus, it's an ellipse.", "The answer is ellipse."], 1);
    conic(&["If it were an ellipse, both would be positive.", "They are: the curve is an **ellipse**."], 1);
    let day = |steps: &[&str], expect: u32| {
        check("What day of the week is it 100 days after Monday?", "Wednesday", steps, Some(expect));
    };
    day(&["The days are Monday, Tuesday, Wednesday and so on.", "100 leaves 2.", "So it is Wednesday."], 2);
    day(&["100 leaves 2.", "Two days after Monday is Wednesday.", "So the day is Wednesday."], 1);
}

#[test]
fn the_part_that_completes_a_compound_answer_asserts_it() {
    let point = |gold: &str, steps: &[&str], expect: u32| {
        check("Find the midpoint of the segment.", gold, steps, Some(expect));
    };
    let halves = ["First x: (2 + 8)/2 = 5.", "Then y: (-3 + 5)/2 = 1.", "So the midpoint is (5, 1)."];
    point("(5, 1)", &halves, 1);
    point("\\left( 5, 1 \\right)", &["So x = 5.", "And y = 1.", "So (5, 1)."], 1);
    point("(5, 1)", &["So the midpoint is (5, 1).", "Yes."], 0);
    point("(5, 1)", &["The midpoint has x = 10/2 = 5 and y = 2/2 = 1.", "So (5, 1)."], 0);
    let pair = |gold: &str, steps: &[&str], expect: u32| {
        check("Find the mean and the variance of the data.", gold, steps, Some(expect));
    };
    pair(
        "3.2, 1.56",
        &["So the mean is 16/5 = 3.2.", "So the variance is 7.8/5 = 1.56.", "Both: 3.2, 1.56."],
        1,
    );
    pair("3.2 and 1.56", &["The mean is 3.2.", "Hence the variance is 1.56."], 1);
    let roots = |gold: &str, steps: &[&str], expect: u32| {
        check("Find all real solutions of the equation.", gold, steps, Some(expect));
    };
    roots("0,1", &["So x(x - 1) = 0.", "So the solutions are x = 0 and x = 1.", "0, 1."], 1);
    roots("-2, 7", &["First factor: x = -2.", "Second factor: x = 7.", "The solutions are -2 and 7."], 1);
    roots("-2, 7", &["Both factors.", "So the solutions are 7 and -2."], 1);
    roots("\\{1, 3\\}", &["First factor: x = 1.", "Second factor: x = 3.", "So {1, 3}."], 1);
    let vector = |gold: &str, steps: &[&str], expect: u32| {
        check("Find the projection of $v$.", gold, steps, Some(expect));
    };
    let column = "\\begin{pmatrix} \\frac{18}{5} \\\\ -\\frac{9}{5} \\end{pmatrix}";
    vector(column, &["Subtract.", "So the projection is [18/5, -9/5].", "Done."], 1);
    vector(column, &["Subtract.", "So the projection is (18/5, -9/5).", "Done."], 1);
}

/// Options may have equal values; then their letter alone tells them apart, and the band opens where the value comes out.
#[test]
fn the_value_of_several_options_tells_none_of_them() {
    let mut half = problem("What part is left?", "B");
    let check = |half: &tables::Problem, expect: u32, band: (u32, u32)| {
        let steps =
            ["Let me see.", "So the part that is left is 1/2.", "Hmm, two options.", "So the answer is B."];
        let verdict = judged(half, &steps, "B");
        assert_eq!(verdict.step, Some(expect), "{:?}", half.choices);
        assert_eq!(
            (verdict.band_first, verdict.band_last),
            (Some(band.0), Some(band.1)),
            "{:?}",
            half.choices
        );
    };
    half.choices = ["1/3", "1/2", "1/4"].map(str::to_owned).to_vec();
    check(&half, 1, (1, 3));
    half.choices = ["0.5", "1/2", "1/4"].map(str::to_owned).to_vec();
    check(&half, 3, (1, 3));
}
