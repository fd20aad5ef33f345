//! Rules as they are built, asked and priced.

use serde_json::{Value, json};

use super::*;
use crate::parse;

fn rule(table: Value) -> Stopping {
    parse(&[table], "stopping").unwrap().remove(0)
}

fn faults(list: Value) -> String {
    parse(list.as_array().unwrap(), "stopping").err().unwrap().to_string()
}

#[test]
fn no_two_rules_share_a_name() {
    let check = |table: Value, expect: &str| assert_eq!(rule(table).label, expect);
    check(json!("beta"), "beta95");
    check(json!({"kind": "beta", "threshold": 0.975}), "beta97.5");
    check(json!({"kind": "dirichlet", "threshold": 0.9, "batch": 4, "most": 40}), "dirichlet90_by4_to40");
    check(json!({"kind": "majority", "threshold": 0.8, "least": 3}), "majority80_from3");
    check(json!({"kind": "entropy", "threshold": 1}), "entropy100");
    check(json!("certaindex"), "certaindex95");
    check(json!("window"), "window5");
    check(json!({"kind": "window", "window": 3, "most": 9}), "window3_to9");
}

#[test]
fn faults_name_the_place() {
    let check = |list: Value, expect: &str| assert_eq!(faults(list), expect);
    check(json!(["bets"]), "stopping[0].kind: unknown stopping rule `bets` (did you mean `beta`?)");
    check(json!([{"kind": "beta", "threshold": 2}]), "stopping[0].threshold: 2 is too large, the most is 1");
    check(
        json!(["beta", {"kind": "beta", "most": 3, "batch": 4}, {"kind": "beta", "threshold": 0.95}]),
        "stopping[1].most: 3 is less than one batch of 4 (raise it, or look behind fewer samples)\n\
         stopping[2]: `beta95` stands there already",
    );
    check(json!([{"kind": "window", "window": 1}]), "stopping[0].window: 1 is too small, the least is 2");
}

#[test]
fn asked_behind_whole_batches() {
    let beta = rule(json!({"kind": "beta", "batch": 2}));
    let check = |answers: &[Option<u32>], expect| assert_eq!(beta.enough(answers), expect, "{answers:?}");
    check(&[Some(0); 4], true);
    check(&[Some(0); 3], false);
    check(&[Some(0); 5], false);
    check(&[Some(7), None, Some(7), Some(7), None, Some(7)], true);
    check(&[None; 6], false);
    check(&[], false);
    let window = rule(json!({"kind": "window", "window": 3}));
    assert!(window.enough(&[Some(1), Some(2), Some(1), Some(2), Some(2), Some(2)]));
    assert!(!window.enough(&[Some(1), Some(2), Some(2), Some(2), Some(1), Some(2)]));
    assert!(!window.enough(&[None; 3]), "silence is no answer");
    let majority = rule(json!({"kind": "majority", "threshold": 0.75}));
    assert!(majority.enough(&[Some(1), Some(1), Some(2), Some(1)]) && !majority.enough(&[Some(1); 3]));
}

/// Expected samples and the chance of a right vote when answers come independently, by a walk over the votes of two answers or
/// of one and two rivals.
fn independent(rule: &Stopping, shares: &[f64], most: usize) -> (f64, f64) {
    let mut alive: BTreeMap<Vec<u32>, f64> = BTreeMap::from([(vec![0; shares.len()], 1.0)]);
    let (mut samples, mut credit) = (0.0, 0.0);
    for drawn in 1..=most {
        let mut next: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for (votes, mass) in &alive {
            for (at, share) in shares.iter().enumerate() {
                let mut votes = votes.clone();
                votes[at] += 1;
                *next.entry(votes).or_default() += mass * share;
            }
        }
        alive.clear();
        for (votes, mass) in next {
            let Rule::Sure { threshold, sure } = rule.rule else { unreachable!("no window here") };
            let seen: Vec<u32> = votes.iter().copied().filter(|votes| *votes > 0).collect();
            let looks = drawn.is_multiple_of(rule.batch as usize) && sure(&seen, threshold);
            if looks || drawn == most {
                let top = votes.iter().max().copied().unwrap();
                let tied = votes.iter().filter(|votes| **votes == top).count();
                samples += mass * drawn as f64;
                credit += if votes[0] == top { mass / tied as f64 } else { 0.0 };
            } else {
                alive.insert(votes, mass);
            }
        }
    }
    (samples, credit)
}

/// Beta .95, at most 40.
#[test]
fn independent_draws_have_their_published_expectations() {
    let check = |table: Value, shares: &[f64], samples: f64, credit: f64| {
        let found = independent(&rule(table), shares, 40);
        assert!((found.0 - samples).abs() < 5e-5 && (found.1 - credit).abs() < 5e-7, "{shares:?}: {found:?}");
    };
    check(json!("beta"), &[0.8, 0.2], 8.7175, 0.998_126);
    check(json!("beta"), &[0.6, 0.4], 24.1608, 0.875_615);
    check(json!("beta"), &[0.6, 0.2, 0.2], 17.9023, 0.993_051);
    check(json!("beta"), &[0.5, 0.5], 28.7138, 0.5);
    check(json!({"kind": "beta", "batch": 5}), &[0.8, 0.2], 11.1722, 0.999_602);
}

/// Asked after every sample of one order, a rule stops where the replay of that order does: two heaps of one sample each have two
/// orders, and over all of them the mean is the replay's.
#[test]
fn asked_live_over_all_orders_it_is_the_replay() {
    use stats::Says;
    let heap = |says, size| Heap { says, size, tokens: Some(1.0) };
    let heaps =
        [heap(Says::One { right: true }, 4), heap(Says::One { right: false }, 2), heap(Says::Nothing, 1)];
    let answers = [Some(0), Some(0), Some(0), Some(0), Some(1), Some(1), None];
    for table in [
        json!({"kind": "beta", "threshold": 0.8}),
        json!({"kind": "dirichlet", "threshold": 0.8}),
        json!({"kind": "majority", "threshold": 0.7, "least": 2}),
        json!({"kind": "window", "window": 2}),
        json!({"kind": "certaindex", "threshold": 0.6, "batch": 2}),
        json!({"kind": "entropy", "threshold": 0.2, "most": 6}),
    ] {
        let rule = rule(table);
        let (mut drawn, mut orders) = (0, 0);
        permute(&mut answers.to_vec(), 0, &mut |order| {
            let most = rule.most.map_or(order.len(), |most| most as usize);
            drawn += (1..most).find(|drawn| rule.enough(&order[..*drawn])).unwrap_or(most);
            orders += 1;
        });
        let replayed = rule.replay(&heaps, Effort::FULL).samples;
        assert!((drawn as f64 / f64::from(orders) - replayed).abs() < 1e-9, "{rule:?}: {drawn} {replayed}");
    }
}

fn permute(order: &mut Vec<Option<u32>>, from: usize, figure: &mut impl FnMut(&[Option<u32>])) {
    if from == order.len() {
        return figure(order);
    }
    for at in from..order.len() {
        order.swap(from, at);
        permute(order, from + 1, figure);
        order.swap(from, at);
    }
}
