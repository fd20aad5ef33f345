//! maj@k: the answer that most of k samples give.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, at_least, why};
use stats::{Class, plurality};

/// See [`Metric::about`].
pub(super) struct Majority;

impl Metric for Majority {
    fn name(&self) -> &'static str {
        "maj@k"
    }

    fn title(&self) -> &'static str {
        "A vote among k samples is right"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "mean over problems of the chance that the most frequent answer among k of the n samples is right, exactly, \
         over all subsets. Equal answers (by the answer engine) vote together, answers that tie share the credit, and \
         a reply without an answer does not vote. Left out: no reply, no known answer, problems with fewer than \
         k samples. After arXiv 2203.11171"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, share: &mut Share) {
        if let Some(graded) = at_least(k as usize, samples, share) {
            let (classes, silent) = classes(&graded);
            share.together(plurality(&classes, silent, k as usize), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("maj", plan.tries(2))
    }
}

/// The classes of answers, and how many samples have none.
fn classes(samples: &[&Score]) -> (Vec<Class>, usize) {
    let count =
        samples.iter().filter_map(|score| score.answer_class).max().map_or(0, |most| most as usize + 1);
    let mut classes = vec![Class { votes: 0, right: false }; count];
    for (score, at) in samples.iter().filter_map(|score| Some((score, score.answer_class? as usize))) {
        classes[at].votes += 1;
        classes[at].right |= score.correct == Some(true);
    }
    let silent = samples.iter().filter(|score| score.answer_class.is_none()).count();
    classes.retain(|class| class.votes > 0);
    (classes, silent)
}
