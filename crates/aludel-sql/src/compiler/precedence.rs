//! How tightly operators bind, and so where parentheses stand: exactly where the order of evaluation asks for them.

use super::{CompileError, Compiler};
use crate::ast::{BinaryOperator, CustomOperator, Expr, InList, TemplatePart, UnaryOperator};

/// How tightly an operator binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precedence {
    /// Higher binds tighter. SQLAlchemy's scale.
    pub level: i16,
    /// Operators of the same chain need no parentheses between them: `a + b + c`.
    pub chain: Option<&'static str>,
}

/// The levels.
pub mod level {
    /// Anything that is no operand.
    pub const NONE: i16 = -1;
    /// `EXISTS`
    pub const EXISTS: i16 = 0;
    /// `OR`
    pub const OR: i16 = 2;
    /// `AND`, and the directions of an order.
    pub const AND: i16 = 3;
    /// `COLLATE`
    pub const COLLATE: i16 = 4;
    /// Comparisons, `NOT`, `LIKE`, `IN` and the like.
    pub const COMPARISON: i16 = 5;
    /// `+`, `-` and operators on bits.
    pub const SUM: i16 = 7;
    /// `*`, `/`, `%`, and a minus sign.
    pub const PRODUCT: i16 = 8;
    /// Elements of arrays and documents.
    pub const INDEX: i16 = 15;
    /// Looser than every operator: nothing gets parentheses.
    pub const NEVER: i16 = i16::MIN;
    /// Tighter than every operator: whatever has one gets parentheses.
    pub const ALWAYS: i16 = i16::MAX;
}

impl Precedence {
    /// A level without a chain.
    pub const fn level(level: i16) -> Self {
        Precedence { level, chain: None }
    }

    const fn chain(level: i16, chain: &'static str) -> Self {
        Precedence { level, chain: Some(chain) }
    }

    /// That of an operator with two operands.
    pub fn of_binary(operator: BinaryOperator) -> Self {
        use BinaryOperator::*;
        match operator {
            // PostgreSQL refuses a chain of comparisons, so each of them gets its parentheses.
            Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual | Is | IsNot
            | IsNotDistinctFrom | IsDistinctFrom => Precedence::level(level::COMPARISON),
            Concat => Precedence::chain(level::COMPARISON, "||"),
            Add => Precedence::chain(level::SUM, "+"),
            Subtract | BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight => Precedence::level(level::SUM),
            Multiply => Precedence::chain(level::PRODUCT, "*"),
            Divide | IntegerDivide | TrueDivide | FloorDivide | FloorDivideReal | Modulo => {
                Precedence::level(level::PRODUCT)
            }
        }
    }

    /// That of an operator of the user's own.
    pub fn of_custom(operator: &CustomOperator) -> Self {
        Precedence::level(operator.precedence)
    }

    /// Whether an operand that binds like this needs parentheses beside an operator that binds like `against`.
    pub fn needs_parentheses(self, against: Precedence) -> bool {
        let chained = self.chain.is_some() && self.chain == against.chain;
        !chained && self.level <= against.level
    }
}

/// How tightly an expression's outermost operator binds; `None` where it has none.
pub(super) fn of(expr: &Expr) -> Option<Precedence> {
    Some(match expr {
        Expr::All(parts) | Expr::Any(parts) if parts.len() == 1 => return parts.first().and_then(of),
        Expr::All(parts) | Expr::Any(parts) if parts.is_empty() => return None,
        Expr::Any(_) => Precedence::chain(level::OR, "OR"),
        Expr::All(_) => Precedence::chain(level::AND, "AND"),
        Expr::Unary(UnaryOperator::Not, _) => Precedence::level(level::COMPARISON),
        Expr::Unary(UnaryOperator::Distinct, _) => Precedence::level(level::COMPARISON),
        Expr::Unary(UnaryOperator::Negate, _) => Precedence::level(level::PRODUCT),
        // PostgreSQL reads `~a + b` as `~(a + b)`.
        Expr::Unary(UnaryOperator::BitNot, _) => Precedence::level(level::SUM),
        Expr::Unary(UnaryOperator::AnyOf | UnaryOperator::AllOf, _) => Precedence::level(level::INDEX),
        Expr::Binary(operator, ..) => Precedence::of_binary(*operator),
        // Nothing can stand between an operand and the sign behind it.
        Expr::Operation(operation) if operation.right.is_none() => return None,
        Expr::Operation(operation) => Precedence::of_custom(&operation.operator),
        // Written with an AND in it.
        Expr::In { list: InList::Values(values), negated: false, .. } if values.is_empty() => {
            Precedence::chain(level::AND, "AND")
        }
        Expr::In { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::IsNull { .. }
        | Expr::Regexp(_)
        | Expr::Match(_) => Precedence::level(level::COMPARISON),
        Expr::Exists { negated: false, .. } => Precedence::level(level::EXISTS),
        Expr::Exists { negated: true, .. } => Precedence::level(level::COMPARISON),
        Expr::Collate { .. } => Precedence::level(level::COLLATE),
        Expr::Subscript(..) | Expr::Json(_) => Precedence::chain(level::INDEX, "[]"),
        Expr::Typed(inner, _) => return of(inner),
        Expr::Labelled(label) => return of(&label.expr),
        Expr::Text(words) => return of_words(words.chars()),
        Expr::Template(template) => {
            return of_words(template.parts.iter().flat_map(|part| match part {
                TemplatePart::Sql(words) => words.chars(),
                TemplatePart::Expr(_) => " ? ".chars(),
            }));
        }
        Expr::Truth { negated: true, .. } => Precedence::level(level::COMPARISON),
        Expr::Truth { operand, .. } => return of(operand),
        Expr::Custom(custom) if !custom.construct().is_atom() => Precedence::level(level::NONE),
        _ => return None,
    })
}

/// Whether an expression's outermost part is an operator.
pub(crate) fn is_operation(expr: &Expr) -> bool {
    of(expr).is_some()
}

/// How tightly a user's words bind, as far as AND and OR are concerned: what else stands in them is the user's care.
fn of_words(words: impl Iterator<Item = char>) -> Option<Precedence> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut loosest = None;
    let mut word = String::new();
    for character in words.chain([' ']) {
        if let Some(open) = quote {
            quote = (character != open).then_some(open);
            continue;
        }
        if character.is_alphanumeric() || character == '_' {
            word.push(character.to_ascii_lowercase());
            continue;
        }
        match word.as_str() {
            "or" if depth == 0 => loosest = Some(Precedence::level(level::OR)),
            "and" if depth == 0 && loosest.is_none() => loosest = Some(Precedence::level(level::AND)),
            _ => {}
        }
        word.clear();
        match character {
            '\'' | '"' | '`' => quote = Some(character),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    loosest
}

impl Compiler<'_> {
    /// That of an operator with two operands, as this database has it.
    pub fn precedence_of(&self, operator: BinaryOperator) -> Precedence {
        let standard = Precedence::of_binary(operator);
        match operator {
            BinaryOperator::Concat => {
                Precedence { level: self.dialect.capabilities().concat_level, ..standard }
            }
            _ => standard,
        }
    }

    /// Writes an operand, in parentheses where it binds no more tightly than the operator beside it.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn operand(&mut self, expr: &Expr, against: Precedence) -> Result<(), CompileError> {
        if !of(expr).is_some_and(|inner| inner.needs_parentheses(against)) {
            return self.expr(expr);
        }
        self.push("(");
        let before = std::mem::replace(&mut self.inside_operator, false);
        let written = self.expr(expr);
        self.inside_operator = before;
        self.push(")");
        written
    }
}
