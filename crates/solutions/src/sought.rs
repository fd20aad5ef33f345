//! Whether a set of texts has a process efficiency.

/// What was looked for in a set of texts. Where nobody looked for strategies, those of a text with one solution are
/// known all the same; but if some texts have several, the others alone would make the figure, so it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Some text has a second solution.
    several: bool,
    /// Some second solution has a strategy.
    strategies: bool,
}

impl Sought {
    /// Looks at the strategies of one text's solutions.
    pub fn look(&mut self, strategies: impl IntoIterator<Item = Option<u32>>) {
        if let Some(second) = strategies.into_iter().nth(1) {
            self.several = true;
            self.strategies |= second.is_some();
        }
    }

    /// What was seen here or there.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { several: self.several || other.several, strategies: self.strategies || other.strategies }
    }

    /// The strategies of the set are known as far as they can be.
    pub fn knows_strategies(self) -> bool {
        self.strategies || !self.several
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_one_solution_do_not_speak_for_the_others() {
        let check = |texts: &[&[Option<u32>]], expect| {
            let mut sought = Sought::default();
            texts.iter().for_each(|text| sought.look(text.iter().copied()));
            assert_eq!(sought.knows_strategies(), expect, "{texts:?}");
        };
        check(&[], true);
        check(&[&[None], &[]], true);
        check(&[&[None], &[None, None]], false);
        check(&[&[Some(0)], &[Some(0), None]], false);
        check(&[&[None, None], &[Some(0), Some(0)]], true);
    }
}
