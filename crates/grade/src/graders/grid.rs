//! Grids: compares the one that a reply ends in with the one that is right, cell by cell.

use ::answer::Policy;
use ::grid::{Fault, Found, Grid as Cells, in_thinking, read};
use chat::{Dialogue, done};
use plugin::{Component, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Block, Generation, Grade, GridFacts, Problem, Verdict};

use crate::{Grader, Item};

/// Reads the grid that a reply ends in and compares it with the right one. Nothing is repaired: rows of different lengths, or a
/// cell that is no digit, are no answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Grid {
    /// Compares the grids inside the thinking, too, which tells when the right one was first there (the judge `checked`).
    thinking: bool,
    #[serde(skip)]
    policy: Policy,
}

impl Component for Grid {
    const KIND: &'static str = "grid";
    const ABOUT: &'static str = "compares the grid that a reply ends in with the right one, cell by cell";
    type Built = dyn Grader;

    fn build(self, _: &mut Content) -> Result<Box<dyn Grader>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Grader for Grid {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a> {
        let grade = grade(item.problem, item.generation);
        let looked = self.thinking && grade.verdict != Verdict::Failed;
        let blocks = looked.then(|| blocks(item.problem, item.generation));
        Box::new(done(Grade { blocks, ..grade }))
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }

    fn number(&self, _problem: &Problem, samples: &mut [Grade]) {
        crate::classes::number_by_text(samples);
    }
}

fn grade(problem: &Problem, generation: &Generation) -> Grade {
    let begun = Grade {
        problem_id: generation.problem_id.clone(),
        sample: generation.sample,
        grader: Grid::KIND.to_owned(),
        ..Grade::default()
    };
    if generation.failed() {
        return Grade { verdict: Verdict::Failed, how: generation.error.clone(), ..begun };
    }
    let gold = golds(problem).into_iter().next();
    let facts = gold.as_ref().map(|gold| facts(problem, gold));
    match (answer(generation), &gold) {
        (Ok(found), Some(gold)) => compared(&found, gold, Grade { grid: facts, ..begun }),
        (Ok(found), None) => {
            let how = Some("no grid is known to be right".to_owned());
            Grade { verdict: Verdict::NoGold, how, extracted: Some(found.grid.to_string()), ..begun }
        }
        (Err(why), gold) => {
            let verdict = if gold.is_some() { Verdict::NoAnswer } else { Verdict::NoGold };
            Grade { verdict, how: Some(why), partial: gold.as_ref().map(|_| 0.0), grid: facts, ..begun }
        }
    }
}

/// The grid of a reply, or why there is none.
fn answer(generation: &Generation) -> Result<Found, String> {
    if generation.unclosed() {
        return Err("the thinking never ended".to_owned());
    }
    let text = &generation.answer_text;
    let found = read(text);
    // Rows without brackets around them end where the reply does: whether there are more of them, nobody knows.
    let torn = |found: &Found| {
        found.rule == "rows" && text.get(found.end..).is_some_and(|rest| rest.trim().is_empty())
    };
    match found {
        Ok(found) if generation.truncated() && torn(&found) => {
            Err("cut at the token limit inside a grid".to_owned())
        }
        Ok(found) => Ok(found),
        Err(Fault::None) if generation.truncated() => Err("cut at the token limit before a grid".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

fn compared(found: &Found, gold: &Cells, begun: Grade) -> Grade {
    let (right, shape) = (found.grid == *gold, found.grid.shape() == gold.shape());
    let how = match (right, shape) {
        (true, _) => "the same grid",
        (false, true) => "other cells",
        (false, false) => "another shape",
    };
    Grade {
        verdict: if right { Verdict::Right } else { Verdict::Wrong },
        how: Some(how.to_owned()),
        extracted: Some(found.grid.to_string()),
        rule: Some(found.rule.to_owned()),
        partial: Some(found.grid.cells_right(gold)),
        shape_right: Some(shape),
        ..begun
    }
}

fn golds(problem: &Problem) -> Vec<Cells> {
    problem.gold.iter().filter_map(|gold| Cells::of_text(gold).ok()).collect()
}

/// What answering without any idea would get: the input as it is, or one colour.
fn facts(problem: &Problem, gold: &Cells) -> GridFacts {
    let extra: Option<Value> = problem.extra.as_deref().and_then(|extra| serde_json::from_str(extra).ok());
    let said = |name: &str| extra.as_ref().and_then(|extra| extra.get(name));
    let input = said("test_input").and_then(|input| Cells::of_json(input).ok());
    GridFacts {
        copied: input.map(|input| input.cells_right(gold)),
        one_colour: gold.one_colour(),
        inputs: said("tests")
            .and_then(Value::as_u64)
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1),
    }
}

/// The grids inside the thinking, each once. The inputs of the problem are among them: they are as wrong as any other.
fn blocks(problem: &Problem, generation: &Generation) -> Vec<Block> {
    let golds = golds(problem);
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let block = |found: Found| Block {
        start: place(found.start),
        end: place(found.end),
        right: golds.contains(&found.grid),
    };
    in_thinking(generation.thought()).into_iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use tables::Finish;

    use super::*;
    use crate::at_once;

    fn problem() -> Problem {
        let extra = r#"{"test_input": [[0, 1], [1, 0]], "tests": 2}"#;
        Problem { gold: vec!["[[1,1],[1,0]]".into()], extra: Some(extra.into()), ..Problem::default() }
    }

    fn reply(text: &str, finish: Finish) -> Generation {
        Generation {
            reasoning: "Try [[0,0],[0,0]], then [[1,1],[1,0]], and [[0,0],[0,0]] again.".into(),
            reasoning_source: "tags".into(),
            answer_text: text.into(),
            finish,
            ..Generation::default()
        }
    }

    fn check(text: &str, finish: Finish, verdict: Verdict, how: &str, partial: Option<f64>) {
        let (problem, generation) = (problem(), reply(text, finish));
        let grade = at_once(&Grid::default(), Item::new(&problem, &generation));
        let found = (grade.verdict, grade.how.as_deref().unwrap_or_default(), grade.partial);
        assert_eq!(found, (verdict, how, partial), "{text}");
        assert_eq!(grade.blocks, None);
    }

    #[test]
    fn grids_are_right_as_a_whole_or_not_at_all() {
        use Verdict::{NoAnswer, Right, Wrong};
        check("```\n1 1\n1 0\n```", Finish::Stop, Right, "the same grid", Some(1.0));
        check("[[1,1],[1,1]]", Finish::Stop, Wrong, "other cells", Some(0.75));
        check("[[1,1]]", Finish::Stop, Wrong, "another shape", Some(0.5));
        check(
            "[[1,1],[1]]",
            Finish::Stop,
            NoAnswer,
            "the rows of the grid have different lengths",
            Some(0.0),
        );
        check("No idea.", Finish::Stop, NoAnswer, "there is no grid", Some(0.0));
        check("1 1\n1 0", Finish::Stop, Right, "the same grid", Some(1.0));
        check("1 1\n1 0", Finish::Length, NoAnswer, "cut at the token limit inside a grid", Some(0.0));
        check("[[1,1],[1,0]]", Finish::Length, Right, "the same grid", Some(1.0));
        check("So", Finish::Length, NoAnswer, "cut at the token limit before a grid", Some(0.0));
    }

    #[test]
    fn what_costs_no_thought_is_known_beside_it() {
        let (problem, generation) = (problem(), reply("[[1,1],[1,0]]", Finish::Stop));
        let looking = Grid { thinking: true, ..Grid::default() };
        let grade = at_once(&looking, Item::new(&problem, &generation));
        assert_eq!(grade.grid, Some(GridFacts { copied: Some(0.75), one_colour: 0.75, inputs: 2 }));
        let blocks = grade.blocks.unwrap();
        assert_eq!(blocks.iter().map(|block| block.right).collect::<Vec<_>>(), [false, true]);
        assert_eq!(&generation.reasoning[blocks[1].start as usize..blocks[1].end as usize], "[[1,1],[1,0]]");
        let nobody = Problem { gold: vec![], ..problem };
        let unknown = at_once(&Grid::default(), Item::new(&nobody, &generation));
        assert_eq!((unknown.verdict, unknown.extracted.as_deref()), (Verdict::NoGold, Some("[[1,1],[1,0]]")));
    }
}
