//! Negation, which goes into the operators that have a negated form.

use super::{BinaryOperator, Expr, UnaryOperator};

impl Expr {
    /// The opposite condition: `=` becomes `!=`, `IN` becomes `NOT IN`, and what has no opposite gets a `NOT`.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Expr::Unary(UnaryOperator::Not, inner) => *inner,
            Expr::In { operand, list, negated } => Expr::In { operand, list, negated: !negated },
            Expr::Between { operand, low, high, symmetric, negated } => {
                Expr::Between { operand, low, high, symmetric, negated: !negated }
            }
            Expr::Like { operand, pattern, affix, escape, insensitive, negated } => {
                Expr::Like { operand, pattern, affix, escape, insensitive, negated: !negated }
            }
            Expr::IsNull { operand, negated } => Expr::IsNull { operand, negated: !negated },
            Expr::Truth { operand, negated } => Expr::Truth { operand, negated: !negated },
            Expr::Exists { select, negated } => Expr::Exists { select, negated: !negated },
            Expr::Regexp(mut regexp) if regexp.replacement.is_none() => {
                regexp.negated = !regexp.negated;
                Expr::Regexp(regexp)
            }
            Expr::Match(mut search) => {
                search.negated = !search.negated;
                Expr::Match(search)
            }
            Expr::Binary(operator, left, right) => match opposite(operator) {
                Some(operator) => Expr::Binary(operator, left, right),
                None => Expr::Unary(UnaryOperator::Not, Box::new(Expr::Binary(operator, left, right))),
            },
            other => Expr::Unary(UnaryOperator::Not, Box::new(other)),
        }
    }
}

fn opposite(operator: BinaryOperator) -> Option<BinaryOperator> {
    use BinaryOperator::*;
    Some(match operator {
        Equal => NotEqual,
        NotEqual => Equal,
        Less => GreaterOrEqual,
        GreaterOrEqual => Less,
        Greater => LessOrEqual,
        LessOrEqual => Greater,
        Is => IsNot,
        IsNot => Is,
        IsDistinctFrom => IsNotDistinctFrom,
        IsNotDistinctFrom => IsDistinctFrom,
        _ => return None,
    })
}
