//! Votes that are odd: what is rated, what is not, and what is said.

use std::collections::BTreeMap;

use crate::*;

/// Votes `first:second share` in their order, each on a problem of its own.
fn votes(list: &[(&str, &str, f64)]) -> Votes {
    let mut models: Vec<String> =
        list.iter().flat_map(|(a, b, _)| [(*a).to_owned(), (*b).to_owned()]).collect();
    models.sort();
    models.dedup();
    let place = |name: &str| models.iter().position(|model| model == name).unwrap();
    let vote = |(a, b, share): &(&str, &str, f64)| Vote {
        share: *share,
        judge: Some(0),
        ..crate::vote::testing::vote(place(a), place(b))
    };
    let votes = list.iter().map(vote).collect();
    Votes { models, judges: vec!["j".to_owned()], votes, ..Votes::default() }
}

fn times<'a>(count: usize, vote: (&'a str, &'a str, f64)) -> impl Iterator<Item = (&'a str, &'a str, f64)> {
    std::iter::repeat_n(vote, count)
}

/// Three models that beat each other, both ways round.
fn three() -> Vec<(&'static str, &'static str, f64)> {
    let pairs = [("x", "y", 7), ("y", "z", 6), ("x", "z", 8)];
    let both = |(a, b, won): (&'static str, &'static str, usize)| {
        times(won, (a, b, 1.0))
            .chain(times(10 - won, (a, b, 0.0)))
            .chain(times(won, (b, a, 0.0)))
            .chain(times(10 - won, (b, a, 1.0)))
    };
    pairs.into_iter().flat_map(both).collect()
}

fn rated(votes: &Votes, settings: &Settings) -> Arena {
    rate(votes, &Settings { shuffles: 3, ..settings.clone() }).unwrap()
}

fn names(island: &Island) -> Vec<&str> {
    island.ratings.iter().map(|rating| rating.model.as_str()).collect()
}

#[test]
fn who_never_met_is_rated_apart() {
    let mut list = three();
    list.extend(times(3, ("p", "q", 1.0)).chain(times(2, ("p", "q", 0.0))));
    let arena = rated(&votes(&list), &Settings::default());
    assert_eq!(arena.islands.iter().map(names).collect::<Vec<_>>(), [vec!["x", "y", "z"], vec!["p", "q"]]);
    let mean = |island: &Island| {
        island.ratings.iter().map(|rating| rating.score.unwrap()).sum::<f64>() / island.ratings.len() as f64
    };
    assert!(arena.islands.iter().all(|island| (mean(island) - 1000.0).abs() < 1e-6));
    assert!(arena.islands[1].notes[0].starts_with("No intervals and no ranks: votes on 5 votes are too few"));
    assert_eq!(arena.islands[1].ratings[0].se, None);
}

#[test]
fn who_won_everything_stands_above_with_a_bound() {
    let mut list = three();
    list.extend(times(5, ("best", "x", 1.0)).chain(times(4, ("y", "last", 1.0))));
    list.extend(times(2, ("top", "best", 1.0)));
    let island = rated(&votes(&list), &Settings::default()).islands.remove(0);
    assert_eq!(names(&island)[2..], ["x", "y", "z", "last"]);
    let of = |name: &str| island.ratings.iter().find(|rating| rating.model == name).unwrap();
    let (best, top, last) = (of("best"), of("top"), of("last"));
    assert!(best.score.is_none() && best.bound.unwrap().above && best.bound.unwrap().votes == 5);
    assert!(top.bound.unwrap().above && top.bound.unwrap().points.is_none(), "it met no rated model");
    // Of four losses in a row: a chance of 2.5 % at 39.8 % each.
    let bound = last.bound.unwrap();
    assert!(
        !bound.above && (bound.points.unwrap() - of("y").score.unwrap() - 72.15).abs() < 0.01,
        "{bound:?}"
    );
    let prior = rated(&votes(&list), &Settings { prior: 1.0, ..Settings::default() }).islands.remove(0);
    assert!(prior.ratings.iter().all(|rating| rating.score.is_some()));
    assert_eq!(names(&prior)[0], "top");
}

#[test]
fn nobody_has_a_rating_where_all_votes_go_one_way() {
    let list: Vec<_> = times(20, ("x", "y", 1.0)).collect();
    let island = rated(&votes(&list), &Settings::default()).islands.remove(0);
    assert!(island.ratings.iter().all(|rating| rating.score.is_none() && rating.bound.is_none()));
    assert!(island.notes[0].contains("--prior 1"), "{:?}", island.notes);
    let ties: Vec<_> = times(20, ("x", "y", 0.5)).collect();
    let dropped = rate(&votes(&ties), &Settings { ties: Ties::Drop, ..Settings::default() });
    assert_eq!(
        dropped.unwrap_err().to_string(),
        "there is no vote between two models: all of them are ties, which are dropped"
    );
}

fn controlled(votes: &Votes, names: &[&str], families: &[(&str, &str)]) -> Island {
    let settings = Settings {
        control: names.iter().map(|name| (*name).to_owned()).collect(),
        families: families.iter().map(|(name, family)| ((*name).to_owned(), (*family).to_owned())).collect(),
        ..Settings::default()
    };
    rated(votes, &settings).islands.remove(0)
}

/// A feature of each vote by its place.
fn with(mut votes: Votes, name: &str, of: impl Fn(usize, &Vote) -> Option<[f64; 2]>) -> Votes {
    let column = votes.votes.iter().enumerate().map(|(at, vote)| of(at, vote)).collect();
    votes.features.insert(name.to_owned(), column);
    votes
}

#[test]
fn controls_that_say_nothing_new_are_left_out_by_name() {
    let check = |votes: Votes, name: &str, expect: &str| {
        let island = controlled(&votes, &[name], &[]);
        let control = island.control.unwrap();
        assert_eq!(control.left_out, [LeftOut { name: name.to_owned(), reason: expect.to_owned() }]);
        assert!(control.coefficients.is_empty());
        assert!(control.models.iter().all(|moved| (moved.before - moved.after).abs() < 1e-6));
    };
    let plain = || votes(&three());
    check(with(plain(), "same", |_, _| Some([3.0, 1.0])), "same", "it is the same in all votes");
    check(with(plain(), "none", |_, _| None), "none", "no vote knows it");
    let model =
        with(plain(), "model", |_, vote| Some([vote.a, vote.b].map(|model| f64::from(u8::from(model == 0)))));
    check(model, "model", "the models and the controls before it already say what it says");
    let one_sided: Vec<_> = times(6, ("x", "y", 1.0)).chain(times(6, ("x", "y", 0.0))).collect();
    check(votes(&one_sided), "position", "a model stands on one side only");
    let unknown = Votes {
        votes: plain().votes.into_iter().map(|vote| Vote { placed: false, ..vote }).collect(),
        ..plain()
    };
    check(unknown, "position", "no vote knows it");
}

#[test]
fn a_copy_of_a_control_is_left_out_and_the_first_stays() {
    let drawn = |at: usize| Some([(at * 7 % 11) as f64, (at * 5 % 13) as f64]);
    let votes = with(with(votes(&three()), "length", |at, _| drawn(at)), "copy", |at, _| drawn(at));
    let control = controlled(&votes, &["length", "copy"], &[]).control.unwrap();
    assert_eq!(control.coefficients.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["length"]);
    assert_eq!(control.left_out[0].name, "copy");
}

#[test]
fn votes_without_a_value_count_on_neither_side() {
    let votes = with(votes(&three()), "length", |at, _| (at % 4 > 0).then_some([(at * 7 % 11) as f64, 4.0]));
    let control = controlled(&votes, &["length"], &[]).control.unwrap();
    assert_eq!((control.votes, control.without), (45, 15));
}

#[test]
fn what_tells_winners_without_fail_is_no_control() {
    let votes = with(votes(&three()), "oracle", |_, vote| Some([vote.share, 1.0 - vote.share]));
    let island = controlled(&votes, &["oracle"], &[]);
    assert!(island.control.is_none());
    assert!(island.notes[0].contains("oracle tell winners from losers without fail"), "{:?}", island.notes);
}

#[test]
fn a_judge_may_prefer_its_family() {
    let families = [("j", "maker"), ("x", "maker"), ("z", "other")];
    let island = controlled(&votes(&three()), &["same_family"], &families);
    // Whoever is of the family is so in every vote: it cannot be told from the model.
    assert_eq!(island.control.unwrap().left_out[0].name, "same_family");
    let mut several = votes(&three());
    several.judges.push("k".to_owned());
    several.votes.iter_mut().step_by(2).for_each(|vote| vote.judge = Some(1));
    let island = controlled(&several, &["same_family"], &[("j", "maker"), ("x", "maker"), ("k", "other")]);
    let control = island.control.unwrap();
    assert_eq!((control.coefficients.len(), control.without), (1, 0));
}

#[test]
fn elo_goes_by_time_only_where_all_votes_have_one() {
    let mut list = votes(&three());
    assert_eq!(rated(&list, &Settings::default()).elo_order, "file");
    for (at, vote) in list.votes.iter_mut().enumerate() {
        vote.at = Some(-(at as f64));
    }
    let backwards = rated(&list, &Settings::default());
    assert_eq!(backwards.elo_order, "at");
    let mut turned = list.clone();
    turned.votes.reverse();
    let points = |arena: &Arena| -> BTreeMap<String, f64> {
        arena.elo.iter().map(|place| (place.model.clone(), place.elo)).collect()
    };
    assert_eq!(points(&rated(&turned, &Settings::default())), points(&backwards));
    turned.votes[0].at = None;
    assert_eq!(rated(&turned, &Settings::default()).elo_order, "file");
}

#[test]
fn circles_and_weights_are_seen() {
    let list: Vec<_> = times(8, ("x", "y", 1.0))
        .chain(times(2, ("x", "y", 0.0)))
        .chain(times(7, ("y", "z", 1.0)).chain(times(3, ("y", "z", 0.0))))
        .chain(times(9, ("z", "x", 1.0)).chain(times(1, ("z", "x", 0.0))))
        .collect();
    let island = rated(&votes(&list), &Settings::default()).islands.remove(0);
    let circle = Cycle { models: ["x", "y", "z"].map(str::to_owned).to_vec(), least_share: 0.7 };
    assert_eq!(island.cycles, [circle]);
    assert!(island.chi_square > 10.0 && island.misfit_p.unwrap() < 0.01);
    // A vote of weight 2 is two votes of one cluster.
    let twice: Vec<_> = three().into_iter().flat_map(|vote| [vote, vote]).collect();
    let mut doubled = votes(&twice);
    doubled.votes.iter_mut().enumerate().for_each(|(at, vote)| vote.problem = Some(at / 2));
    let mut heavy = votes(&three());
    heavy.votes.iter_mut().enumerate().for_each(|(at, vote)| (vote.weight, vote.problem) = (2.0, Some(at)));
    let told = |votes: &Votes| -> Vec<(f64, f64)> {
        let island = rated(votes, &Settings::default()).islands.remove(0);
        island.ratings.iter().map(|rating| (rating.score.unwrap(), rating.se.unwrap())).collect()
    };
    for (one, other) in told(&doubled).into_iter().zip(told(&heavy)) {
        assert!((one.0 - other.0).abs() < 1e-6 && (one.1 - other.1).abs() < 1e-6, "{one:?} {other:?}");
    }
}
