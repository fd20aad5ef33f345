//! Lists in brackets or parentheses, as JSON, Python or a careless mixture of both writes them.

use crate::grid::{Fault, Grid, digit, grid_of};
use crate::rows::row_of;

/// Lists within lists are read so deep.
const DEEPEST: usize = 4;

/// What stands in a list.
#[derive(Debug, PartialEq)]
enum Item {
    /// A number; null if it is none of a cell.
    Cell(Option<u8>),
    Text(String),
    List(Vec<Item>),
}

/// What a list is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Listed {
    /// A grid, or what is wrong with it.
    Grid(Result<Grid, Fault>),
    /// One row alone.
    Row(Vec<Option<u8>>),
}

/// Bytes of a list of lists that is none of cells, to its end; 0 for anything else. What stands in it is no grid by itself.
pub(crate) fn broken(text: &str) -> usize {
    let mut depth = 0_usize;
    if !text.get(1..).is_some_and(|inside| text.starts_with('[') && inside.trim_start().starts_with('[')) {
        return 0;
    }
    for (at, c) in text.char_indices() {
        depth = match c {
            '[' => depth + 1,
            ']' => depth - 1,
            _ => depth,
        };
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

/// The list that begins with the text, and how many bytes it has; `None` if it is none of cells.
pub(crate) fn begins(text: &str) -> Option<(Listed, usize)> {
    let mut reader = Reader { text, at: 0 };
    let Item::List(items) = reader.item(0)? else { return None };
    Some((listed(items)?, reader.at))
}

fn listed(items: Vec<Item>) -> Option<Listed> {
    let row = |item: &Item| match item {
        Item::List(cells) => cells_of(cells),
        Item::Text(text) if text.len() > 1 => row_of(text),
        _ => None,
    };
    if let Some(rows) = items.iter().map(row).collect::<Option<Vec<_>>>().filter(|rows| !rows.is_empty()) {
        return rows.iter().all(|row| !row.is_empty()).then(|| Listed::Grid(grid_of(rows)));
    }
    if let Some(cells) = cells_of(&items).filter(|cells| !cells.is_empty()) {
        return Some(Listed::Row(cells));
    }
    // A list of one grid.
    match <[Item; 1]>::try_from(items) {
        Ok([Item::List(inner)]) => listed(inner),
        _ => None,
    }
}

/// Numbers, be they as texts.
fn cells_of(items: &[Item]) -> Option<Vec<Option<u8>>> {
    let cell = |item: &Item| match item {
        Item::Cell(cell) => Some(*cell),
        Item::Text(text) => digit(text.trim()).map(Some),
        Item::List(_) => None,
    };
    items.iter().map(cell).collect()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Over blanks, commas, and what is said behind a `#`.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let behind = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            let comment = if behind.starts_with('#') { behind.find('\n').unwrap_or(behind.len()) } else { 0 };
            self.at += rest.len() - behind.len() + comment;
            if comment == 0 {
                return;
            }
        }
    }

    fn item(&mut self, depth: usize) -> Option<Item> {
        match self.rest().chars().next()? {
            open @ ('[' | '(') if depth < DEEPEST => self.list(open, depth),
            quote @ ('"' | '\'') => self.string(quote),
            '0'..='9' | '-' | '+' | '.' => Some(self.number()),
            _ => None,
        }
    }

    fn list(&mut self, open: char, depth: usize) -> Option<Item> {
        let close = if open == '[' { ']' } else { ')' };
        let mut items = Vec::new();
        self.at += 1;
        loop {
            // Blanks separate as well as commas do, and one comma may stand behind the last.
            self.skip();
            if self.rest().starts_with(close) {
                self.at += 1;
                return Some(Item::List(items));
            }
            items.push(self.item(depth + 1)?);
        }
    }

    fn string(&mut self, quote: char) -> Option<Item> {
        let inside = self.rest().get(1..)?;
        let text = inside.get(..inside.find(quote)?)?.to_owned();
        self.at += text.len() + 2;
        Some(Item::Text(text))
    }

    fn number(&mut self) -> Item {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(rest.len());
        let cell = digit(rest.get(..end).unwrap_or_default());
        self.at += end.max(1);
        Item::Cell(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_they_come() {
        let check = |text: &str, expect: Option<Result<&str, Fault>>| {
            let found = match begins(text) {
                Some((Listed::Grid(grid), _)) => Some(grid.map(|grid| grid.to_string())),
                _ => None,
            };
            assert_eq!(found, expect.map(|expect| expect.map(str::to_owned)), "{text}");
        };
        let good = Some(Ok("[[0,1],[2,3]]"));
        check("[[0, 1], [2, 3]]", good);
        check("[[0,1,],[2,3,],]", good);
        check("[(0, 1), (2, 3)]", good);
        check("((0, 1), (2, 3))", good);
        check("[[0 1]\n [2 3]]", good);
        check("[[0, 1],  # above\n [2, 3]]  # below", good);
        check("[\"01\", '23']", good);
        check("[\"0 1\", \"2 3\"]", good);
        check("[[\"0\", \"1\"], [\"2\", \"3\"]]", good);
        check("[[[0, 1], [2, 3]]]", good);
        check("[[0, 1], [2]]", Some(Err(Fault::Ragged)));
        check("[[0, 1], [2, 10]]", Some(Err(Fault::Cell)));
        check("[[0, 1], [2, -3]]", Some(Err(Fault::Cell)));
        for none in ["[]", "[[]]", "[a]", "[[a, b]]", "[rows]", "[[0, 1], [2", "[0, [1]]", "[[0, 1], ...]"] {
            check(none, None);
        }
        assert_eq!(begins("[5, 6] x"), Some((Listed::Row(vec![Some(5), Some(6)]), 6)));
    }
}
