//! Texts that err and correct themselves: the golden, every invariant, and what becomes of trees that are of no use.

use proptest::prelude::*;
use serde_json::{Value, json};
use stage::Silent;
use tables::{Generation, Problem, Provenance, Row, TableWriter, Tree, TreeNode};
use tempfile::TempDir;

use super::*;
use crate::{EXPORTS, SpanKind, TreeSource, sources};

/// A node: its parent, its text, its score, and whether its finished path is right.
type Node = (Option<u32>, &'static str, Option<f64>, Option<bool>);

fn node((parent, text, step_score, correct): Node) -> TreeNode {
    let answer = correct.map(|right| if right { "5" } else { "6" }.to_owned());
    let finished = correct.is_some();
    TreeNode {
        parent,
        text: text.into(),
        step_score,
        correct,
        answer,
        finished,
        multiplicity: 1,
        ..TreeNode::default()
    }
}

fn tree(nodes: &[Node]) -> Tree {
    let nodes = nodes.iter().copied().map(node).collect();
    Tree { problem_id: "p".into(), policy: "beam 4→2 last".into(), nodes, ..Tree::default() }
}

const END: &str = "So \\boxed{5}.";

/// r1 with the wrong branches w1a w1b and w2a behind it, and r2 r3 to the right answer.
fn golden() -> Tree {
    tree(&[
        (None, "First r1.\n\n", Some(0.9), None),
        (Some(0), "Wrong w1a.\n\n", Some(0.6), None),
        (Some(1), "Wrong w1b.\n\n", Some(0.1), None),
        (Some(0), "Wrong w2a.\n\n", Some(0.2), None),
        (Some(0), "Then r2.\n\n", Some(0.8), None),
        (Some(4), END, Some(0.9), Some(true)),
    ])
}

fn problem(text: &str) -> Problem {
    Problem { id: "p".into(), problem: text.into(), gold: vec!["5".into()], ..Problem::default() }
}

fn settings() -> JourneySettings {
    JourneySettings {
        from: TreeSource::Trees,
        rules: Rules { place: Place::Any, ..Rules::default() },
        connectives: Connectives::of(&[Language::En, Language::Zh]),
        feedback: false,
        straight: 0.0,
        per_problem: 4,
        seed: 0,
        embedding: Embedding::default(),
        formats: Vec::new(),
        benchmarks: None,
    }
}

fn made(tree: &Tree, settings: &JourneySettings) -> Result<Walked, &'static str> {
    let problem = problem("What is 2+3?");
    let straight = settings.drawn(tree) < settings.straight;
    walked(tree, &problem, routes(tree, &problem, &settings.rules, straight)?, false, settings)
}

/// The text of each stretch.
fn stretches(walked: &Walked) -> Vec<(SpanKind, &str)> {
    let text = walked.said.answer.as_str();
    walked
        .journey
        .spans
        .iter()
        .map(|span| (span.kind, &text[span.start as usize..span.end as usize]))
        .collect()
}

fn straight_text(walked: &Walked) -> String {
    stretches(walked).into_iter().filter(|(kind, _)| *kind == SpanKind::Right).map(|(_, text)| text).collect()
}

/// r1 · w1a w1b · back · w2a · back · r2 r3: labels 1 0 0 0 1 1, 2 returns, wrong 3 of 6; without detours r1 r2 r3.
#[test]
fn the_golden_walk() {
    let walked = made(&golden(), &settings()).unwrap();
    let found = stretches(&walked);
    let kinds: Vec<SpanKind> = found.iter().map(|(kind, _)| *kind).collect();
    use SpanKind::{Feedback, Right, Wrong};
    assert_eq!(kinds, [Right, Wrong, Feedback, Wrong, Feedback, Right]);
    assert_eq!((found[0].1, found[1].1), ("First r1.\n\n", "Wrong w1a.\n\nWrong w1b.\n\n"));
    assert_eq!((found[3].1, found[5].1), ("Wrong w2a.\n\n", "Then r2.\n\nSo \\boxed{5}."));
    assert!(found[2].1.contains("step 1.") && found[4].1.contains("step 1."), "{found:?}");
    assert_eq!((walked.journey.detours, walked.journey.wrong_steps, walked.steps), (2, 3, 6));
    assert_eq!(straight_text(&walked), "First r1.\n\nThen r2.\n\nSo \\boxed{5}.");
    assert_eq!(
        walked.route.detours.iter().map(|detour| detour.nodes.clone()).collect::<Vec<_>>(),
        [vec![1, 2], vec![3]]
    );
}

#[test]
fn a_verifier_gives_its_reason_where_it_is_short() {
    let mut tree = golden();
    tree.nodes[2].said = Some("Here 6 stands for 5.\nno".into());
    tree.nodes[3].said = Some("no".into());
    let walked = made(&tree, &JourneySettings { feedback: true, ..settings() }).unwrap();
    let found = stretches(&walked);
    assert!(found[2].1.starts_with("Here 6 stands for 5. ") && found[2].1.contains("step 1."), "{found:?}");
    assert_eq!((walked.reasons, found[4].1), (1, stretches(&made(&golden(), &settings()).unwrap())[4].1));
    assert_eq!(straight_text(&walked), "First r1.\n\nThen r2.\n\nSo \\boxed{5}.");
    assert_eq!(made(&tree, &settings()).unwrap().reasons, 0, "nobody asked for it");
}

#[test]
fn rules_bound_what_a_text_may_take() {
    let detours = |rules: Rules| {
        made(&golden(), &JourneySettings { rules, ..settings() }).map(|walked| walked.journey.detours)
    };
    let any = Rules { place: Place::Any, ..Rules::default() };
    assert_eq!(detours(any), Ok(2));
    assert_eq!(detours(Rules { most_wrong: 1, ..any }), Ok(1));
    assert_eq!(detours(Rules { branch_steps: 1, ..any }), Ok(1), "w1 takes two steps to be wrong");
    assert_eq!(detours(Rules { most_wrong: 0, ..any }), Err("no_usable_error"));
    let mut long = golden();
    long.nodes[3].text = format!("Wrong {}\n\n", "and on ".repeat(50));
    let of =
        |rules| made(&long, &JourneySettings { rules, ..settings() }).map(|walked| walked.journey.detours);
    assert_eq!((of(any), of(Rules { allow_long: true, ..any })), (Ok(1), Ok(2)));
}

#[test]
fn a_branch_that_may_be_right_or_gives_an_answer_is_none() {
    let check = |change: &dyn Fn(&mut Tree), expect: Result<u32, &'static str>| {
        let mut changed = golden();
        change(&mut changed);
        assert_eq!(made(&changed, &settings()).map(|walked| walked.journey.detours), expect);
    };
    let finished =
        |tree: &mut Tree, parent, right| tree.nodes.push(node((Some(parent), END, None, Some(right))));
    check(&|tree| finished(tree, 2, true), Ok(1));
    check(&|tree| tree.nodes[3].step_score = None, Ok(1));
    check(
        &|tree| {
            tree.nodes[3].step_score = None;
            finished(tree, 3, false);
        },
        Ok(2),
    );
    check(&|tree| tree.nodes[3].text = tree.nodes[1].text.clone() + &tree.nodes[2].text, Ok(1));
    check(&|tree| tree.nodes[3].answer = Some("6".into()), Ok(1));
    check(&|tree| tree.nodes[3].cut = true, Ok(1));
    // In roll-outs something came right from here.
    check(
        &|tree| {
            tree.policy = "rollouts 8 all".into();
            tree.nodes[1].step_score = Some(0.0);
            tree.nodes[3].step_score = Some(0.125);
        },
        Ok(1),
    );
    check(&|tree| tree.nodes[5].correct = Some(false), Err("no_right_path"));
    check(&|tree| tree.nodes[5].text = "So \\boxed{7}.".into(), Err("answer_not_right"));
    check(&|tree| tree.nodes.truncate(1), Err("no_right_path"));
    check(&|tree| tree.nodes[0].parent = Some(4), Err("nodes_out_of_order"));
}

#[test]
fn tags_in_a_thinking_are_refused() {
    let tagged = tree(&[(None, "I write </think> here.", None, None), (Some(0), END, None, Some(true))]);
    let (problem, settings) = (problem("2+3?"), settings());
    let route = || routes(&tagged, &problem, &settings.rules, true).unwrap();
    assert_eq!(walked(&tagged, &problem, route(), true, &settings).err(), Some("holds_think_tag"));
    assert!(walked(&tagged, &problem, route(), false, &settings).is_ok());
}

#[test]
fn a_tree_of_one_path_goes_straight_or_not_at_all() {
    let one = tree(&[(None, "First.\n\n", Some(0.9), None), (Some(0), END, None, Some(true))]);
    assert_eq!(made(&one, &settings()).err(), Some("no_usable_error"));
    let straight = made(&one, &JourneySettings { straight: 1.0, ..settings() }).unwrap();
    assert_eq!((straight.journey.detours, straight.said.answer.as_str()), (0, "First.\n\nSo \\boxed{5}."));
}

#[test]
fn a_text_may_go_wrong_from_the_start_and_at_one_place_alone() {
    let mut wide = golden();
    wide.nodes.push(node((None, "Wrong start.\n\n", Some(0.1), None)));
    let any = made(
        &wide,
        &JourneySettings {
            rules: Rules { most_wrong: 9, place: Place::Any, ..Rules::default() },
            ..settings()
        },
    );
    let any = any.unwrap();
    assert_eq!(any.journey.detours, 3);
    assert_eq!(stretches(&any)[0], (SpanKind::Wrong, "Wrong start.\n\n"));
    assert!(
        !stretches(&any)[1].1.contains("step"),
        "there is no step to return to: {:?}",
        stretches(&any)[1]
    );
    let first = made(&wide, &JourneySettings { rules: Rules::default(), ..settings() }).unwrap();
    assert_eq!(first.journey.detours, 1);
}

fn write<R: Row>(path: &Path, rows: Vec<R>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

/// A run whose one reply thinks: its first step is right, the second wrong, and from the first a completion came right.
fn of_rollouts(problem_text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let nodes = [
        (None, "Step 1: add.\n\n", Some(0.5), None),
        (Some(0), "Step 2: it is 6.\n\n", Some(0.0), None),
        (Some(1), "Step 3: sure.", None, None),
        (Some(2), "\\boxed{6}", None, Some(false)),
        (Some(0), "Step 2: it is 5.", None, None),
        (Some(4), "\\boxed{5}", None, Some(true)),
    ];
    let tree = Tree { policy: "rollouts 2 all".into(), run: 3, ..tree(&nodes) };
    let generation = Generation {
        problem_id: "p".into(),
        sample: 3,
        model: "m".into(),
        reasoning: "Step 1: add.\n\nStep 2: it is 6.\n\nStep 3: sure.".into(),
        answer_text: "\\boxed{6}".into(),
        reasoning_source: "tags".into(),
        ..Generation::default()
    };
    write(&folder.path().join("problems.parquet"), vec![problem(problem_text)]);
    write(&folder.path().join("m/generations.parquet"), vec![generation]);
    write(&folder.path().join("m/rollouts.parquet"), vec![tree]);
    folder
}

fn formats(mask: bool) -> Vec<ExportFormat> {
    let table = json!({"kind": "messages", "mask": mask});
    vec![EXPORTS.build(&table, "export").unwrap(), EXPORTS.build(&json!({"kind": "trl"}), "export").unwrap()]
}

#[test]
fn rollouts_of_a_wrong_reply_become_a_text_that_corrects_it() {
    let folder = of_rollouts("求2加3");
    let out = folder.path().join("out");
    let settings = JourneySettings { from: TreeSource::Rollouts, formats: formats(true), ..settings() };
    let report = journey(&sources(folder.path()).unwrap(), &settings, &out, &Silent).unwrap();
    assert_eq!(
        (report.journeys, report.detours, report.wrong_steps, report.steps, report.numbered),
        (1, 1, 1, 3, 1)
    );
    let row: Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("journey/messages/train.jsonl")).unwrap())
            .unwrap();
    let reply = &row["messages"][1];
    let text = reply["content"].as_str().unwrap();
    assert!(text.starts_with("<think>\nStep 1: add.\n\nStep 2: it is 6.\n\n"), "{text}");
    assert!(text.contains("第1步"), "{text}");
    assert!(text.ends_with("Step 2: it is 5.\n</think>\n\n\\boxed{5}"), "{text}");
    let spans: Vec<&str> = row["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| &text[span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize])
        .collect();
    assert_eq!(
        (spans[0], spans[1], spans[3]),
        ("Step 1: add.\n\n", "Step 2: it is 6.\n\n", "Step 2: it is 5.")
    );
    let masked = &reply["train_detail"][0];
    let characters: Vec<char> = text.chars().collect();
    let from = masked["begin_offset"].as_u64().unwrap() as usize;
    let to = masked["end_offset"].as_u64().unwrap() as usize;
    assert_eq!(characters[from..=to].iter().collect::<String>(), "Step 2: it is 6.\n\n");
    assert_eq!((masked["train"] == false, row["detours"] == 1), (true, true));
    let decision = std::fs::read_to_string(out.join("decisions.jsonl")).unwrap();
    assert!(decision.contains(r#""path":[0,4,5],"detours":[{"behind":1,"nodes":[1]}]"#), "{decision}");
}

#[test]
fn what_is_of_no_use_is_counted_and_said() {
    let folder = of_rollouts("What is 2+3?");
    let run = |from, change: &dyn Fn(&mut JourneySettings)| {
        let mut settings = JourneySettings { from, formats: formats(false), ..settings() };
        change(&mut settings);
        journey(&sources(folder.path()).unwrap(), &settings, &folder.path().join("none"), &Silent)
    };
    let missing = run(TreeSource::Trees, &|_| {}).unwrap_err().to_string();
    assert!(missing.contains("no trees; generate with a model of kind `search`"), "{missing}");
    let report = run(TreeSource::Rollouts, &|settings| settings.per_problem = 0).unwrap();
    assert_eq!(report.trees.left_out.keys().collect::<Vec<_>>(), ["enough_of_the_problem"]);
    let straight = run(TreeSource::Rollouts, &|settings| settings.straight = 1.0).unwrap();
    assert_eq!((straight.straight, straight.journeys, straight.detour_bytes), (1, 0, 0));
    let mut known = Benchmarks::new(3);
    known.add(&problem("What is 2+3?"));
    let screened = run(TreeSource::Rollouts, &|settings| settings.benchmarks = Some(known.clone())).unwrap();
    assert_eq!(screened.trees.left_out.keys().collect::<Vec<_>>(), ["contaminated"]);
}

#[test]
fn an_empty_tree_is_counted() {
    let folder = of_rollouts("2+3?");
    write(
        &folder.path().join("m/rollouts.parquet"),
        vec![Tree { problem_id: "p".into(), run: 3, ..Tree::default() }],
    );
    let settings = JourneySettings { from: TreeSource::Rollouts, formats: formats(false), ..settings() };
    let report =
        journey(&sources(folder.path()).unwrap(), &settings, &folder.path().join("out"), &Silent).unwrap();
    assert_eq!(report.trees.left_out.keys().collect::<Vec<_>>(), ["nothing_was_drawn"]);
}

/// Random trees: nodes with any parent before them, any score, and ends that are right or wrong.
fn trees() -> impl Strategy<Value = Tree> {
    let node = (any::<u16>(), "[a-z0-9 ]{1,12}(\n\n)?", proptest::option::of(0.0_f64..1.0), 0_u8..8);
    proptest::collection::vec(node, 1..14).prop_map(|rows| {
        let mut nodes: Vec<TreeNode> = Vec::new();
        for (at, (parent, text, step_score, end)) in rows.into_iter().enumerate() {
            let open: Vec<usize> = (0..at).filter(|at| !nodes[*at].finished).collect();
            let parent = open.get(parent as usize % (open.len() + 1)).map(|at| *at as u32);
            let correct = match end {
                0 | 1 => Some(true),
                2 => Some(false),
                _ => None,
            };
            let text = if correct == Some(true) { END.to_owned() } else { text };
            let answer = correct.map(|right| if right { "5" } else { "6" }.to_owned());
            let finished = correct.is_some();
            nodes.push(TreeNode {
                parent,
                text,
                step_score,
                correct,
                answer,
                finished,
                multiplicity: 1,
                ..TreeNode::default()
            });
        }
        Tree { problem_id: "p".into(), nodes, ..Tree::default() }
    })
}

proptest! {
    #[test]
    fn every_text_keeps_its_promises(tree in trees(), seed in 0_u64..9) {
        let settings = JourneySettings { seed, ..settings() };
        let Ok(walked) = made(&tree, &settings) else { return Ok(()) };
        let straight: String = walked.route.path.iter().map(|at| tree.nodes[*at].text.as_str()).collect();
        prop_assert_eq!(straight_text(&walked), straight);
        prop_assert!(walked.said.answer.ends_with(END));
        prop_assert_eq!(walked.said.answer.matches("boxed").count(), 1);
        let whole: String = stretches(&walked).into_iter().map(|(_, text)| text).collect();
        prop_assert_eq!(&whole, &walked.said.answer);
        prop_assert!(walked.route.detours.len() as u32 <= settings.rules.most_wrong && walked.journey.detours > 0);
        for detour in &walked.route.detours {
            let branch = detour.nodes[0];
            let below = (0..tree.nodes.len()).filter(|at| route_up(&tree, *at).contains(&branch));
            for at in below {
                prop_assert_ne!(tree.nodes[at].correct, Some(true));
            }
            prop_assert!(detour.nodes.iter().all(|at| tree.nodes[*at].answer.is_none()));
        }
    }
}

fn route_up(tree: &Tree, at: usize) -> Vec<usize> {
    std::iter::successors(Some(at), |at| tree.nodes[*at].parent.map(|parent| parent as usize)).collect()
}
