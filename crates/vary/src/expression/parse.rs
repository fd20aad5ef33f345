//! From text to tree, by precedence as Python has it.

use super::ExpressionError;
use super::token::{Token, tokens};
use super::tree::Tree;

/// Brackets and signs within each other.
const DEEPEST: usize = 64;

/// What Python does with two numbers and we do not, from what binds least.
const BITS: [(&str, &str); 5] =
    [("|", "BitOr"), ("^", "BitXor"), ("&", "BitAnd"), ("<<", "LShift"), (">>", "RShift")];

type Parsed = Result<Tree, ExpressionError>;

pub(super) fn tree(text: &str) -> Parsed {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let tree = parser.choice()?;
    if parser.at < parser.tokens.len() { Err(ExpressionError::Syntax) } else { Ok(tree) }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name == word);
        self.at += usize::from(found);
        found
    }

    fn must(&mut self, sign: &str) -> Result<(), ExpressionError> {
        if self.takes(sign) { Ok(()) } else { Err(ExpressionError::Syntax) }
    }

    /// The first of these signs that comes next.
    fn one_of(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        signs.iter().copied().find(|sign| self.takes(sign))
    }

    fn deeper(&mut self, inner: fn(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ExpressionError::Deep);
        }
        let tree = inner(self);
        self.depth -= 1;
        tree
    }

    fn choice(&mut self) -> Parsed {
        if self.takes_word("lambda") {
            // Whatever follows, it is refused.
            self.at = self.tokens.len();
            return Ok(Tree::Refused("Lambda"));
        }
        let value = self.either()?;
        if !self.takes_word("if") {
            return Ok(if self.takes(":=") { self.refuse_rest("NamedExpr")? } else { value });
        }
        let condition = self.either()?;
        if !self.takes_word("else") {
            return Err(ExpressionError::Syntax);
        }
        let other = self.deeper(Self::choice)?;
        Ok(Tree::Choice(Box::new([value, condition, other])))
    }

    fn refuse_rest(&mut self, what: &'static str) -> Parsed {
        self.deeper(Self::choice)?;
        Ok(Tree::Refused(what))
    }

    fn either(&mut self) -> Parsed {
        let mut tree = self.both()?;
        while self.takes_word("or") {
            tree = Tree::Both(false, Box::new([tree, self.both()?]));
        }
        Ok(tree)
    }

    fn both(&mut self) -> Parsed {
        let mut tree = self.negation()?;
        while self.takes_word("and") {
            tree = Tree::Both(true, Box::new([tree, self.negation()?]));
        }
        Ok(tree)
    }

    fn negation(&mut self) -> Parsed {
        if self.takes_word("not") {
            return Ok(Tree::Not(Box::new(self.deeper(Self::negation)?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed {
        let first = self.bits(0)?;
        let mut others = Vec::new();
        loop {
            if let Some(sign) = self.one_of(&["<=", ">=", "==", "!=", "<", ">"]) {
                others.push((sign, self.bits(0)?));
            } else if let Some(refused) = self.member()? {
                return Ok(refused);
            } else if others.is_empty() {
                return Ok(first);
            } else {
                return Ok(Tree::Compared(Box::new(first), others));
            }
        }
    }

    /// `in`, `not in`, `is`, `is not`.
    fn member(&mut self) -> Result<Option<Tree>, ExpressionError> {
        let what = if self.takes_word("in") {
            "In"
        } else if self.takes_word("is") {
            if self.takes_word("not") { "IsNot" } else { "Is" }
        } else if self.takes_word("not") {
            if self.takes_word("in") { "NotIn" } else { return Err(ExpressionError::Syntax) }
        } else {
            return Ok(None);
        };
        self.bits(0)?;
        Ok(Some(Tree::Refused(what)))
    }

    fn bits(&mut self, level: usize) -> Parsed {
        let Some((sign, name)) = BITS.get(level) else { return self.sum() };
        let mut tree = self.bits(level + 1)?;
        while self.takes(sign) {
            self.bits(level + 1)?;
            tree = Tree::Refused(name);
        }
        Ok(tree)
    }

    fn sum(&mut self) -> Parsed {
        let mut tree = self.product()?;
        while let Some(sign) = self.one_of(&["+", "-"]) {
            tree = Tree::Sum(sign, Box::new([tree, self.product()?]));
        }
        Ok(tree)
    }

    fn product(&mut self) -> Parsed {
        let mut tree = self.signed()?;
        loop {
            if let Some(sign) = self.one_of(&["//", "*", "/", "%"]) {
                tree = Tree::Sum(sign, Box::new([tree, self.signed()?]));
            } else if self.takes("@") {
                self.signed()?;
                tree = Tree::Refused("MatMult");
            } else {
                return Ok(tree);
            }
        }
    }

    fn signed(&mut self) -> Parsed {
        match self.one_of(&["-", "+", "~"]) {
            Some("-") => Ok(Tree::Negative(Box::new(self.deeper(Self::signed)?))),
            Some("+") => self.deeper(Self::signed),
            Some(_) => {
                self.deeper(Self::signed)?;
                Ok(Tree::Refused("Invert"))
            }
            None => self.power(),
        }
    }

    fn power(&mut self) -> Parsed {
        let base = self.primary()?;
        if !self.takes("**") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::signed)?;
        Ok(Tree::Sum("**", Box::new([base, exponent])))
    }

    fn primary(&mut self) -> Parsed {
        let mut tree = self.atom()?;
        loop {
            tree = if self.takes(".") {
                match self.peek() {
                    Some(Token::Name(_)) => self.at += 1,
                    _ => return Err(ExpressionError::Syntax),
                }
                Tree::Refused("Attribute")
            } else if self.takes("[") {
                self.list("]")?;
                // What is refused already keeps its name.
                if matches!(tree, Tree::Refused(_)) { tree } else { Tree::Refused("Subscript") }
            } else if self.takes("(") {
                let arguments = self.list(")")?;
                match tree {
                    Tree::Name(name) => Tree::Call(name, arguments),
                    Tree::Refused(what) => Tree::Refused(what),
                    _ => Tree::Refused("Call"),
                }
            } else {
                return Ok(tree);
            };
        }
    }

    fn atom(&mut self) -> Parsed {
        let token = self.peek().cloned().ok_or(ExpressionError::Syntax)?;
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Tree::Number(number)),
            Token::Text => Ok(Tree::Refused("str")),
            Token::Name(name) => match name.as_str() {
                "True" => Ok(Tree::Truth(true)),
                "False" => Ok(Tree::Truth(false)),
                "None" => Ok(Tree::Refused("None")),
                "and" | "or" | "not" | "if" | "else" | "in" | "is" | "for" | "lambda" => {
                    Err(ExpressionError::Syntax)
                }
                _ => Ok(Tree::Name(name)),
            },
            Token::Sign("(") => self.brackets(),
            Token::Sign("[") => self.list("]").map(|_| Tree::Refused("List")),
            Token::Sign("{") => self.braces(),
            Token::Sign(_) => Err(ExpressionError::Syntax),
        }
    }

    fn brackets(&mut self) -> Parsed {
        if self.takes(")") {
            return Ok(Tree::Refused("Tuple"));
        }
        let inner = self.deeper(Self::choice)?;
        if self.takes(",") {
            self.list(")")?;
            return Ok(Tree::Refused("Tuple"));
        }
        self.must(")")?;
        Ok(inner)
    }

    fn braces(&mut self) -> Parsed {
        if self.takes("}") {
            return Ok(Tree::Refused("Dict"));
        }
        let (mut is_table, mut more) = (false, true);
        while more {
            self.deeper(Self::choice)?;
            if self.takes(":") {
                is_table = true;
                self.deeper(Self::choice)?;
            }
            more = self.takes(",");
        }
        self.must("}")?;
        Ok(Tree::Refused(if is_table { "Dict" } else { "Set" }))
    }

    /// Expressions with commas between them, to this sign.
    fn list(&mut self, end: &str) -> Result<Vec<Tree>, ExpressionError> {
        let mut found = Vec::new();
        while !self.takes(end) {
            found.push(self.deeper(Self::choice)?);
            if !self.takes(",") {
                self.must(end)?;
                break;
            }
        }
        Ok(found)
    }
}
