//! What has to be said of ratings, in sentences.

use report::{points_of, whole};

use crate::file_report::FileReport;
use crate::result::{AgainstTruth, Agreement, Arena, Coefficient, Controlled, Island, PositionBias, Rating};

/// Pairs of judges that are held against each other in words.
const MOST_RATERS: usize = 6;

/// All of it, from what was read to what is left open.
pub(crate) fn notes(arena: &Arena) -> Vec<String> {
    let mut notes: Vec<String> = arena.files.iter().map(of_file).collect();
    notes.push(of_ties(arena));
    if arena.islands.len() > 1 {
        notes.push(format!(
            "The models fall into {} groups that never met, directly or by way of others: their points share no scale.",
            arena.islands.len()
        ));
    }
    notes.extend(arena.islands.iter().flat_map(of_island));
    notes.extend(arena.position.iter().map(of_position));
    notes.extend(arena.truth.iter().map(of_truth));
    notes.extend(arena.agreement.iter().take(MOST_RATERS).map(of_agreement));
    if arena.agreement.len() > MOST_RATERS {
        let more = whole((arena.agreement.len() - MOST_RATERS) as u64);
        notes.push(format!("{more} further pairs of judges stand in the JSON."));
    }
    notes.push(of_elo(arena));
    notes
}

fn of_file(file: &FileReport) -> String {
    let mut text = format!(
        "{}: {} votes in {} rows, written as {} ({}).",
        file.file,
        whole(file.votes),
        whole(file.rows),
        file.format,
        file.evidence
    );
    for out in &file.kept_out {
        text +=
            &format!(" Not counted: {} × {}, the first at {}.", whole(out.verdicts), out.reason, out.first);
    }
    text
}

fn of_ties(arena: &Arena) -> String {
    let fate = if arena.dropped_ties > 0 { "they are dropped" } else { "a tie is half a win for both" };
    let bad = if arena.both_bad > 0 {
        format!(", {} of them of two that are both bad", whole(arena.both_bad))
    } else {
        String::new()
    };
    format!(
        "{} of {} votes are ties{bad}; {fate}.",
        whole(arena.ties),
        whole(arena.votes + arena.dropped_ties)
    )
}

fn of_position(bias: &PositionBias) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
    format!(
        "{} saw {} pairs both ways round: the same model won {}, the first place {}, the second {} (p {}), {} have a tie; \
         {} turned round with the order; agreement of both ways κ {}; the first place got {} of its votes that are no ties.",
        bias.judge.as_deref().unwrap_or("The judge"),
        whole(bias.pairs),
        whole(bias.consistent),
        whole(bias.first_both),
        whole(bias.second_both),
        probability(bias.p),
        whole(bias.with_tie),
        share(bias.first_both + bias.second_both, bias.pairs),
        number(bias.kappa),
        bias.first_share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0))
    )
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", part as f64 / whole as f64 * 100.0) }
}

fn of_truth(truth: &AgainstTruth) -> String {
    let by_length = |what: &str, [votes, wrong]: [u64; 2]| {
        format!("{} of {} where the wrong one is {what}", share(wrong, votes), whole(votes))
    };
    format!(
        "{} against the truth, on {} votes where exactly one reply is right: for the right one {}, a tie {}, for the wrong one {} \
         ({}, {}).",
        truth.judge.as_deref().unwrap_or("The judge"),
        whole(truth.votes),
        share(truth.right, truth.votes),
        share(truth.ties, truth.votes),
        share(truth.wrong, truth.votes),
        by_length("longer", truth.longer),
        by_length("shorter", truth.shorter),
    )
}

fn of_agreement(agreement: &Agreement) -> String {
    let kappa = agreement.kappa.map_or("–".to_owned(), |kappa| format!("{kappa:.2}"));
    format!(
        "{} and {} say the same of {} of {} pairs (κ {kappa}), and of {} of the {} on which neither says tie.",
        agreement.raters[0],
        agreement.raters[1],
        whole(agreement.same),
        whole(agreement.pairs),
        whole(agreement.decided_same),
        whole(agreement.decided),
    )
}

/// What the first place is worth.
fn of_place(place: &Coefficient) -> String {
    let ends = place.low.zip(place.high).map(|(low, high)| format!(", 95 % {low:.2} to {high:.2}"));
    let p = place.p.map(|p| format!(", p {}", probability(p)));
    format!(
        "The first place is worth {} points (γ {:.2}{}{}).",
        points_of(place.points),
        place.gamma,
        ends.unwrap_or_default(),
        p.unwrap_or_default()
    )
}

fn of_island(island: &Island) -> Vec<String> {
    let mut notes = Vec::new();
    if island.ratings.iter().any(|rating| rating.se.is_some()) {
        notes.push(format!(
            "Points: ten to one is 400. Intervals: 95 %, over {} {}s. Rank: 1 + the models that are better by a difference \
             whose interval is above 0, to all but those that are worse.",
            whole(island.clusters as u64),
            island.cluster.word()
        ));
    }
    notes.extend(island.ratings.iter().filter_map(of_bound));
    if let Some(p) = island.misfit_p {
        notes.push(format!(
            "Pairs differ from what the points expect by χ² = {:.1} on {} degrees of freedom, p {}, as if votes were independent.",
            island.chi_square,
            island.freedom,
            probability(p)
        ));
    }
    for cycle in &island.cycles {
        let round: Vec<&str> = cycle.models.iter().chain(cycle.models.first()).map(String::as_str).collect();
        notes.push(format!(
            "In a circle: {}, each with at least {:.0} % of the votes.",
            round.join(" beats "),
            cycle.least_share * 100.0
        ));
    }
    notes.extend(island.place.iter().map(of_place));
    notes.extend(island.control.iter().flat_map(of_control));
    if let Some(reference) = &island.thinking_reference {
        notes.push(format!(
            "Points per 1,000 thinking tokens: points above {reference} for each 1,000 tokens more than it thinks, on average."
        ));
    }
    notes.extend(island.notes.iter().cloned());
    notes
}

/// What is said of a model without a number.
fn of_bound(rating: &Rating) -> Option<String> {
    let Some(bound) = rating.bound else {
        return rating.score.is_none().then(|| {
            format!(
                "{} has no rating: nothing ties it to the models that have one on both sides.",
                rating.model
            )
        });
    };
    let (did, side, most) = if bound.above { ("won", "above", "least") } else { ("lost", "below", "most") };
    Some(match bound.points {
        Some(points) => format!(
            "{} {did} all of its {} votes against rated models: it has no number, and stands at {most} at {}.",
            rating.model,
            whole(bound.votes),
            points_of(points)
        ),
        None => {
            format!("{} stands {side} all rated models and met none of them: it has no number.", rating.model)
        }
    })
}

fn of_control(control: &Controlled) -> Vec<String> {
    let mut notes: Vec<String> = control
        .left_out
        .iter()
        .map(|left| format!("{} is left out of what is held equal: {}.", left.name, left.reason))
        .collect();
    if control.without > 0 {
        notes.push(format!(
            "{} votes do not know all that is held equal, and are left out before and after.",
            whole(control.without)
        ));
    }
    notes
}

fn of_elo(arena: &Arena) -> String {
    let order =
        if arena.elo_order == "at" { "of their time" } else { "of the file, as not all of them have a time" };
    format!(
        "Elo is counted vote by vote in the order {order}; below it what {} shuffles of the same votes give (seed {}).",
        arena.shuffles, arena.seed
    )
}

/// A p-value in as many digits as it deserves.
pub(crate) fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}
