//! Expressions, with parentheses exactly where precedence asks for them.

use super::{CompileError, Compiler};
use crate::ast::{BinaryOperator, ColumnRef, Expr, InList, UnaryOperator};
use crate::value::Value;

/// How tightly an operator binds; higher binds tighter.
type Precedence = u8;

const OR: Precedence = 1;
pub(super) const AND: Precedence = 2;
const NOT: Precedence = 3;
pub(super) const COMPARISON: Precedence = 4;
/// SQLite binds it tighter than arithmetic, PostgreSQL less tightly: both sides of the fence get parentheses.
const CONCAT: Precedence = 5;
const SUM: Precedence = 6;
const PRODUCT: Precedence = 7;
const NEGATION: Precedence = 8;
const ATOM: Precedence = 9;

fn precedence(expr: &Expr) -> Precedence {
    match expr {
        Expr::Any(parts) | Expr::All(parts) if parts.len() == 1 => precedence(&parts[0]),
        Expr::Any(parts) if !parts.is_empty() => OR,
        Expr::All(parts) if !parts.is_empty() => AND,
        Expr::Any(_) | Expr::All(_) => COMPARISON,
        Expr::Unary(UnaryOperator::Not, _) => NOT,
        Expr::Unary(UnaryOperator::Negate, _) => NEGATION,
        Expr::Binary(operator, ..) => operator_precedence(*operator),
        Expr::In { .. } | Expr::Between { .. } | Expr::Like { .. } | Expr::IsNull { .. } => COMPARISON,
        // `NOT EXISTS` is a NOT in front of an atom.
        Expr::Exists { negated: true, .. } => NOT,
        // The words of a user may hold any operator.
        Expr::Text(_) => OR,
        _ => ATOM,
    }
}

fn operator_precedence(operator: BinaryOperator) -> Precedence {
    use BinaryOperator::*;
    match operator {
        Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual | IsNotDistinctFrom
        | IsDistinctFrom => COMPARISON,
        Add | Subtract => SUM,
        Multiply | Divide | Modulo => PRODUCT,
        Concat => CONCAT,
    }
}

impl Compiler<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<(), CompileError> {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Bind(value) => self.bind(value),
            Expr::Parameter(index) => {
                self.placeholder(super::Bind::Row(*index));
                Ok(())
            }
            Expr::Literal(value) => self.dialect.literal(value, &mut self.sql),
            Expr::Text(text) => {
                self.push(text);
                Ok(())
            }
            Expr::Star => {
                self.push("*");
                Ok(())
            }
            Expr::Now => {
                let now = self.dialect.now();
                self.push(now);
                Ok(())
            }
            Expr::Excluded(name) => {
                if self.dialect.capabilities().on_conflict {
                    self.push("excluded.");
                    self.quote(name);
                } else {
                    self.push("VALUES(");
                    self.quote(name);
                    self.push(")");
                }
                Ok(())
            }
            Expr::Unary(UnaryOperator::Not, operand) => {
                self.push("NOT ");
                self.operand(operand, NOT + 1)
            }
            Expr::Unary(UnaryOperator::Negate, operand) => {
                self.push("-");
                // Two dashes in a row would begin a comment.
                let least = if self.begins_with_minus(operand) { ATOM + 1 } else { NEGATION + 1 };
                self.operand(operand, least)
            }
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::All(parts) => self.junction(parts, " AND ", AND, true),
            Expr::Any(parts) => self.junction(parts, " OR ", OR, false),
            Expr::In { operand, list, negated } => self.in_list(operand, list, *negated),
            Expr::Between { operand, low, high, negated } => {
                self.operand(operand, COMPARISON + 1)?;
                self.push(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.operand(low, COMPARISON + 1)?;
                self.push(" AND ");
                self.operand(high, COMPARISON + 1)
            }
            Expr::Like { operand, pattern, escape, insensitive, negated } => {
                self.like(operand, pattern, *escape, *insensitive, *negated)
            }
            Expr::IsNull { operand, negated } => {
                self.operand(operand, COMPARISON + 1)?;
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
                Ok(())
            }
            Expr::Function(function) => {
                self.push(&function.name);
                self.push(if function.distinct { "(DISTINCT " } else { "(" });
                self.list(&function.arguments, ", ", Self::expr)?;
                self.push(")");
                Ok(())
            }
            Expr::Case(case) => {
                self.push("CASE");
                for (condition, result) in &case.whens {
                    self.push(" WHEN ");
                    self.expr(condition)?;
                    self.push(" THEN ");
                    self.expr(result)?;
                }
                if let Some(otherwise) = &case.otherwise {
                    self.push(" ELSE ");
                    self.expr(otherwise)?;
                }
                self.push(" END");
                Ok(())
            }
            Expr::Cast(operand, ty) => {
                self.push("CAST(");
                self.expr(operand)?;
                self.push(" AS ");
                let name = self.dialect.cast_type_name(ty)?;
                self.push(&name);
                self.push(")");
                Ok(())
            }
            Expr::Select(select) => {
                self.push("(");
                self.select(select)?;
                self.push(")");
                Ok(())
            }
            Expr::Exists { select, negated } => {
                self.push(if *negated { "NOT EXISTS (" } else { "EXISTS (" });
                self.select(select)?;
                self.push(")");
                Ok(())
            }
            Expr::Tuple(parts) => {
                self.push("(");
                self.list(parts, ", ", Self::expr)?;
                self.push(")");
                Ok(())
            }
            Expr::Invalid(message) => Err(CompileError::invalid(message.clone())),
        }
    }

    pub(super) fn column(&mut self, column: &ColumnRef) -> Result<(), CompileError> {
        if let Some(table) = &column.table {
            self.scopes.check(table, &column.name)?;
            let name = self.scopes.name(table);
            self.quote(&name);
            self.push(".");
        }
        self.quote(&column.name);
        Ok(())
    }

    /// Writes an operand, in parentheses where it binds less tightly than `least`.
    pub(super) fn operand(&mut self, expr: &Expr, least: Precedence) -> Result<(), CompileError> {
        if precedence(expr) >= least {
            return self.expr(expr);
        }
        self.push("(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Expr, right: &Expr) -> Result<(), CompileError> {
        use BinaryOperator::*;
        let level = operator_precedence(operator);
        let words = match operator {
            Equal => " = ",
            NotEqual => " != ",
            Less => " < ",
            LessOrEqual => " <= ",
            Greater => " > ",
            GreaterOrEqual => " >= ",
            Add => " + ",
            Subtract => " - ",
            Multiply => " * ",
            Divide => " / ",
            Modulo => " % ",
            Concat if self.dialect.capabilities().quote == '`' => {
                self.push("concat(");
                self.expr(left)?;
                self.push(", ");
                self.expr(right)?;
                self.push(")");
                return Ok(());
            }
            Concat => " || ",
            IsDistinctFrom | IsNotDistinctFrom => {
                return self.distinct_from(operator == IsDistinctFrom, left, right);
            }
        };
        // A chain of the same associative operator needs no parentheses on its left side.
        let left_least = match operator {
            Concat if !same_operator(left, operator) => NEGATION,
            _ if level == COMPARISON => level + 1,
            _ => level,
        };
        let right_least = match operator {
            Concat if !same_operator(right, operator) => NEGATION,
            Add | Multiply | Concat if same_operator(right, operator) => level,
            _ => level + 1,
        };
        self.operand(left, left_least)?;
        self.push(words);
        self.operand(right, right_least)
    }

    /// Whether the text of an expression begins with a minus sign.
    fn begins_with_minus(&self, expr: &Expr) -> bool {
        let negative = |value: &Value| match value {
            Value::I64(number) => *number < 0,
            Value::F64(number) => number.is_sign_negative(),
            _ => false,
        };
        match expr {
            Expr::Literal(value) => negative(value),
            Expr::Bind(value) => self.inline_binds && negative(value),
            _ => false,
        }
    }

    fn distinct_from(&mut self, distinct: bool, left: &Expr, right: &Expr) -> Result<(), CompileError> {
        match self.dialect.capabilities().is_distinct_from {
            Some((is, is_not)) => {
                self.operand(left, COMPARISON + 1)?;
                self.push(" ");
                self.push(if distinct { is } else { is_not });
                self.push(" ");
                self.operand(right, COMPARISON + 1)
            }
            None => {
                self.push(if distinct { "NOT (" } else { "(" });
                self.operand(left, COMPARISON + 1)?;
                self.push(" <=> ");
                self.operand(right, COMPARISON + 1)?;
                self.push(")");
                Ok(())
            }
        }
    }

    /// Conditions with a word between; an empty list is a constant.
    fn junction(
        &mut self,
        parts: &[Expr],
        word: &str,
        level: Precedence,
        empty: bool,
    ) -> Result<(), CompileError> {
        match parts {
            [] => {
                self.push(if empty { "1 = 1" } else { "1 = 0" });
                Ok(())
            }
            [single] => self.expr(single),
            several => self.connected(several, word, level),
        }
    }

    pub(super) fn connected(
        &mut self,
        parts: &[Expr],
        word: &str,
        level: Precedence,
    ) -> Result<(), CompileError> {
        self.list(parts, word, |compiler, part| compiler.operand(part, level))
    }

    fn in_list(&mut self, operand: &Expr, list: &InList, negated: bool) -> Result<(), CompileError> {
        if let InList::Values(values) = list
            && values.is_empty()
        {
            // Still a condition on the operand's rows, and true or false whatever they hold.
            self.push(if negated { "1 = 1" } else { "1 = 0" });
            return Ok(());
        }
        self.operand(operand, COMPARISON + 1)?;
        self.push(if negated { " NOT IN (" } else { " IN (" });
        match list {
            InList::Values(values) => {
                self.list(values, ", ", Self::expr)?;
                if !self.inline_binds && values.iter().all(|value| matches!(value, Expr::Bind(_))) {
                    let missing = crate::ast::key::padded_length(values.len()) - values.len();
                    for _ in 0..missing {
                        self.push(", ");
                        self.expr(&values[values.len() - 1])?;
                    }
                }
            }
            InList::Select(select) => self.select(select)?,
        }
        self.push(")");
        Ok(())
    }

    fn like(
        &mut self,
        operand: &Expr,
        pattern: &Expr,
        escape: Option<char>,
        insensitive: bool,
        negated: bool,
    ) -> Result<(), CompileError> {
        let ilike = self.dialect.capabilities().ilike;
        let fold = insensitive && !ilike;
        for (index, side) in [operand, pattern].into_iter().enumerate() {
            if index == 1 {
                self.push(if negated { " NOT" } else { "" });
                self.push(if insensitive && ilike { " ILIKE " } else { " LIKE " });
            }
            if fold {
                self.push("lower(");
                self.expr(side)?;
                self.push(")");
            } else {
                self.operand(side, COMPARISON + 1)?;
            }
        }
        if let Some(escape) = escape {
            self.push(" ESCAPE ");
            self.dialect.literal(&crate::Value::Text(escape.to_string()), &mut self.sql)?;
        }
        Ok(())
    }
}

fn same_operator(expr: &Expr, operator: BinaryOperator) -> bool {
    matches!(expr, Expr::Binary(other, ..) if *other == operator)
}
