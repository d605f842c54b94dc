//! Operators.

use super::precedence::{Precedence, level};
use super::{CompileError, Compiler};
use crate::ast::{
    Affix, BinaryOperator, CustomOperation, Escape, Expr, InList, Match, Regexp, UnaryOperator,
};
use crate::types::Type;
use crate::value::Value;

const COMPARISON: Precedence = Precedence::level(level::COMPARISON);

impl Compiler<'_> {
    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &Expr) -> Result<(), CompileError> {
        match operator {
            UnaryOperator::Not if self.is_bare_value(operand) => self.truth(operand, true),
            UnaryOperator::Not => {
                self.push("NOT ");
                // A negated number or text makes little sense, and none at all without parentheses.
                let plain = is_condition(operand) || !is_operation(operand);
                self.operand(operand, if plain { COMPARISON } else { Precedence::level(level::ALWAYS) })
            }
            UnaryOperator::Negate => {
                self.push("-");
                let start = self.sql.len();
                self.operand(operand, Precedence::level(level::PRODUCT))?;
                // Two dashes in a row would begin a comment.
                if self.sql.get(start..).is_some_and(|text| text.starts_with('-')) {
                    self.sql.insert(start, '(');
                    self.push(")");
                }
                Ok(())
            }
            UnaryOperator::BitNot => {
                self.push("~");
                self.operand(operand, Precedence::level(level::PRODUCT))
            }
            UnaryOperator::Distinct => {
                self.push("DISTINCT ");
                self.operand(operand, COMPARISON)
            }
            UnaryOperator::AnyOf | UnaryOperator::AllOf => {
                if !self.dialect.capabilities().quantifiers {
                    return Err(self.unsupported("ANY and ALL"));
                }
                self.push(if operator == UnaryOperator::AnyOf { "ANY " } else { "ALL " });
                if matches!(operand, Expr::Select(_) | Expr::Group(_) | Expr::Tuple(_)) {
                    return self.expr(operand);
                }
                self.push("(");
                self.expr(operand)?;
                self.push(")");
                Ok(())
            }
        }
    }

    /// Writes two operands with words between, in parentheses where precedence asks.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn infix(
        &mut self,
        left: &Expr,
        words: &str,
        right: &Expr,
        precedence: Precedence,
    ) -> Result<(), CompileError> {
        self.operands(|out| {
            out.operand(left, precedence)?;
            out.push(words);
            out.operand(right, precedence)
        })
    }

    /// Whether what is written at this point is an operand of another operator, without parentheses between.
    pub fn is_operand(&self) -> bool {
        self.inside_operator
    }

    /// Writes the operands of an operator.
    ///
    /// # Errors
    /// As what is written.
    pub fn operands(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), CompileError>,
    ) -> Result<(), CompileError> {
        let before = std::mem::replace(&mut self.inside_operator, true);
        let written = write(self);
        self.inside_operator = before;
        written
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<(), CompileError> {
        if self.dialect.binary(self, operator, left, right)? {
            return Ok(());
        }
        self.standard_binary(operator, left, right)
    }

    /// Writes an operator with two operands the standard way.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn standard_binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<(), CompileError> {
        use BinaryOperator::*;
        let words = match operator {
            Equal => " = ",
            NotEqual => " != ",
            Less => " < ",
            LessOrEqual => " <= ",
            Greater => " > ",
            GreaterOrEqual => " >= ",
            Is => " IS ",
            IsNot => " IS NOT ",
            Add => " + ",
            Subtract => " - ",
            Multiply => " * ",
            Divide => " / ",
            Modulo => " % ",
            Concat => " || ",
            BitAnd => " & ",
            BitOr => " | ",
            BitXor => " ^ ",
            ShiftLeft => " << ",
            ShiftRight => " >> ",
            IntegerDivide if self.dialect.capabilities().integer_division => " / ",
            IntegerDivide => return Err(self.unsupported("dividing integers without a fraction")),
            IsDistinctFrom | IsNotDistinctFrom => {
                let Some((distinct, same)) = self.dialect.capabilities().is_distinct_from else {
                    return Err(self.unsupported("IS DISTINCT FROM"));
                };
                let word = if operator == IsDistinctFrom { distinct } else { same };
                return self.infix(left, &format!(" {word} "), right, Precedence::of_binary(operator));
            }
            TrueDivide => return self.true_divide(left, right),
            FloorDivide | FloorDivideReal => {
                return self.floor_divide(operator == FloorDivide, left, right);
            }
        };
        self.infix(left, words, right, self.precedence_of(operator))
    }

    /// A quotient with its fraction. Where a database divides integers without one, the divisor is made a decimal.
    fn true_divide(&mut self, left: &Expr, right: &Expr) -> Result<(), CompileError> {
        let product = Precedence::level(level::PRODUCT);
        if !self.dialect.capabilities().integer_division {
            return self.infix(left, " / ", right, product);
        }
        self.operand(left, product)?;
        self.push(" / ");
        if self.dialect.true_divisor(self, right)? {
            return Ok(());
        }
        let ty = match right {
            Expr::Typed(_, ty @ (Type::Numeric { .. } | Type::Float { .. } | Type::Double)) => ty.clone(),
            Expr::Param(param) => match &param.ty {
                Some(ty @ (Type::Numeric { .. } | Type::Float { .. } | Type::Double)) => ty.clone(),
                _ => crate::types::decimal(),
            },
            _ => crate::types::decimal(),
        };
        // A sum stays in its parentheses: a dialect may write a cast that is none.
        if super::precedence::of(right).is_some_and(|inner| inner.needs_parentheses(product)) {
            // As its text, because a parameter is known by its place in the tree: a copy would have lost its value.
            let start = self.sql.len();
            self.push("(");
            self.expr(right)?;
            self.push(")");
            let text = self.sql.split_off(start);
            return self.cast(&Expr::Text(text.into()), &ty);
        }
        self.cast(right, &ty)
    }

    fn floor_divide(&mut self, integers: bool, left: &Expr, right: &Expr) -> Result<(), CompileError> {
        let product = Precedence::level(level::PRODUCT);
        if integers && self.dialect.capabilities().integer_division {
            return self.infix(left, " / ", right, product);
        }
        self.push("FLOOR(");
        self.infix(left, " / ", right, product)?;
        self.push(")");
        Ok(())
    }

    pub(super) fn operation(&mut self, operation: &CustomOperation) -> Result<(), CompileError> {
        if self.dialect.custom_operator(self, operation)? {
            return Ok(());
        }
        let operator = &operation.operator;
        let precedence = Precedence::of_custom(operator);
        match (&operation.left, &operation.right) {
            (Some(left), Some(right)) => {
                let enclosed = self.inside_operator && operator.eager_grouping;
                self.push(if enclosed { "(" } else { "" });
                let before = std::mem::replace(&mut self.inside_operator, true);
                self.custom_operand(left, operation)?;
                self.push(" ");
                self.push(&operator.text);
                self.push(" ");
                self.custom_operand(right, operation)?;
                self.inside_operator = before;
                self.push(if enclosed { ")" } else { "" });
                Ok(())
            }
            (Some(left), None) => {
                self.operand(left, precedence)?;
                self.push(" ");
                self.push(&operator.text);
                Ok(())
            }
            (None, Some(right)) => {
                self.push(&operator.text);
                self.push(" ");
                self.operand(right, precedence)
            }
            (None, None) => {
                Err(CompileError::invalid(format!("the operator `{}` has no operand", operator.text)))
            }
        }
    }

    fn custom_operand(&mut self, operand: &Expr, around: &CustomOperation) -> Result<(), CompileError> {
        let same = matches!(operand, Expr::Operation(inner) if inner.operator == around.operator);
        if same && around.operator.associative {
            return self.expr(operand);
        }
        self.operand(operand, Precedence::of_custom(&around.operator))
    }

    /// Conditions with a word between; an empty list is a constant.
    pub(super) fn junction(&mut self, parts: &[Expr], all: bool) -> Result<(), CompileError> {
        match parts {
            [] => {
                self.truth_value(all);
                Ok(())
            }
            [single] => self.expr(single),
            several => {
                let (words, level, chain) =
                    if all { (" AND ", level::AND, "AND") } else { (" OR ", level::OR, "OR") };
                self.operands(|out| out.connected(several, words, Precedence { level, chain: Some(chain) }))
            }
        }
    }

    /// A constant condition, also where the database has no words for truth.
    pub(super) fn truth_value(&mut self, truth: bool) {
        self.push(match (self.dialect.capabilities().boolean_literals, truth) {
            (true, true) => "true",
            (true, false) => "false",
            (false, true) => "1 = 1",
            (false, false) => "0 = 1",
        });
    }

    pub(super) fn connected(
        &mut self,
        parts: &[Expr],
        word: &str,
        precedence: Precedence,
    ) -> Result<(), CompileError> {
        self.list(parts, word, |compiler, part| compiler.condition(part, precedence))
    }

    /// A condition: a column alone is none where conditions and values are different things.
    pub(super) fn condition(&mut self, expr: &Expr, against: Precedence) -> Result<(), CompileError> {
        if self.is_bare_value(expr) {
            return self.truth(expr, false);
        }
        self.operand(expr, against)
    }

    fn is_bare_value(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Column(_) | Expr::Position(..)) && !self.dialect.capabilities().condition_values
    }

    /// A truth value as a condition.
    pub(super) fn truth(&mut self, operand: &Expr, negated: bool) -> Result<(), CompileError> {
        if self.dialect.capabilities().boolean_values || is_condition(operand) {
            if negated {
                self.push("NOT ");
                return self.operand(operand, COMPARISON);
            }
            return self.expr(operand);
        }
        self.operand(operand, COMPARISON)?;
        self.push(if negated { " = 0" } else { " = 1" });
        Ok(())
    }

    pub(super) fn is_null(&mut self, operand: &Expr, negated: bool) -> Result<(), CompileError> {
        self.operands(|out| out.operand(operand, COMPARISON))?;
        self.push(if negated { " IS NOT NULL" } else { " IS NULL" });
        Ok(())
    }

    pub(super) fn between(
        &mut self,
        operand: &Expr,
        low: &Expr,
        high: &Expr,
        symmetric: bool,
        negated: bool,
    ) -> Result<(), CompileError> {
        self.operands(|out| {
            out.operand(operand, COMPARISON)?;
            out.push(if negated { " NOT BETWEEN " } else { " BETWEEN " });
            out.push(if symmetric { "SYMMETRIC " } else { "" });
            out.operand(low, COMPARISON)?;
            out.push(" AND ");
            out.operand(high, COMPARISON)
        })
    }

    pub(super) fn in_list(
        &mut self,
        operand: &Expr,
        list: &InList,
        negated: bool,
    ) -> Result<(), CompileError> {
        // What is written for an empty list has a word of lower precedence in it.
        self.push(if negated { "(" } else { "" });
        self.operands(|out| out.operand(operand, COMPARISON))?;
        self.push(if negated { " NOT IN " } else { " IN " });
        match list {
            InList::Values(values) if values.is_empty() => self.in_nothing(operand, negated)?,
            InList::Values(values) => self.in_values(values)?,
            InList::Select(query) => self.subquery(query)?,
            InList::Expr(inner) if matches!(**inner, Expr::Text(_) | Expr::Template(_)) => {
                self.push("(");
                self.expr(inner)?;
                self.push(")");
            }
            InList::Expr(inner) => self.expr(inner)?,
        }
        self.push(if negated { ")" } else { "" });
        Ok(())
    }

    fn in_values(&mut self, values: &[Expr]) -> Result<(), CompileError> {
        self.push("(");
        if matches!(values.first(), Some(Expr::Tuple(_))) && self.dialect.capabilities().tuple_in_values {
            self.push("VALUES ");
        }
        self.exprs(values)?;
        if let (false, Some(last)) = (self.literal, values.last())
            && values.iter().all(|value| matches!(value, Expr::Bind(_)))
        {
            let missing = crate::ast::key::padded_length(values.len()) - values.len();
            for _ in 0..missing {
                self.push(", ");
                self.expr(last)?;
            }
        }
        self.push(")");
        Ok(())
    }

    /// An empty list, which SQL has no form for: no row, or every one, whatever the operand is, `NULL` included. The
    /// operand is still there for the database to check.
    fn in_nothing(&mut self, operand: &Expr, negated: bool) -> Result<(), CompileError> {
        let width = match operand {
            Expr::Tuple(parts) => parts.len(),
            _ => 1,
        };
        self.push("(");
        if !self.dialect.empty_list(self, width) {
            match width {
                1 => self.push("NULL"),
                _ => self.push(&format!("({})", vec!["NULL"; width].join(", "))),
            }
            self.push(if negated { ") OR (1 = 1" } else { ") AND (1 != 1" });
        }
        self.push(")");
        Ok(())
    }

    pub(super) fn like(&mut self, like: &Like<'_>) -> Result<(), CompileError> {
        if self.dialect.like(self, like)? {
            return Ok(());
        }
        let ilike = self.dialect.capabilities().ilike;
        let fold = like.insensitive && !ilike;
        self.like_operand(like.operand, fold)?;
        self.push(if like.negated { " NOT" } else { "" });
        self.push(if like.insensitive && ilike { " ILIKE " } else { " LIKE " });
        if like.affix == Affix::None {
            self.like_operand(like.pattern, fold)?;
        } else {
            self.affixed(like, fold)?;
        }
        self.escape(like.escape)
    }

    /// The character that takes `%` and `_` literally, with a space in front.
    ///
    /// # Errors
    /// Where the dialect cannot write it.
    pub fn escape(&mut self, escape: Escape) -> Result<(), CompileError> {
        let character = match escape {
            Escape::Unstated => return Ok(()),
            Escape::Nothing => String::new(),
            Escape::Character(character) => character.to_string(),
        };
        self.push(" ESCAPE ");
        self.dialect.literal(&Value::Text(character), &mut self.sql)
    }

    /// A pattern with `'%'` before and behind it, joined by the database.
    fn affixed(&mut self, like: &Like<'_>, fold: bool) -> Result<(), CompileError> {
        let (before, behind) = match like.affix {
            Affix::None => (false, false),
            Affix::Contains => (true, true),
            Affix::StartsWith => (false, true),
            Affix::EndsWith => (true, false),
        };
        let concat = self.dialect.capabilities().concat_operator;
        if concat.is_none() {
            self.push("concat(");
        }
        let joint = concat.map_or(", ".to_owned(), |sign| format!(" {sign} "));
        if before {
            self.push("'%'");
            self.push(&joint);
        }
        if concat.is_some() && !fold {
            self.operand(like.pattern, self.precedence_of(BinaryOperator::Concat))?;
        } else {
            self.like_operand(like.pattern, fold)?;
        }
        if behind {
            self.push(&joint);
            self.push("'%'");
        }
        self.push(if concat.is_none() { ")" } else { "" });
        Ok(())
    }

    fn like_operand(&mut self, operand: &Expr, fold: bool) -> Result<(), CompileError> {
        if !fold {
            return self.operand(operand, COMPARISON);
        }
        self.push("lower(");
        self.expr(operand)?;
        self.push(")");
        Ok(())
    }

    pub(super) fn regexp(&mut self, regexp: &Regexp) -> Result<(), CompileError> {
        if self.dialect.regexp(self, regexp)? {
            return Ok(());
        }
        Err(self.unsupported(match regexp.replacement {
            None => "matching a regular expression",
            Some(_) => "replacing by a regular expression",
        }))
    }

    pub(super) fn search(&mut self, search: &Match) -> Result<(), CompileError> {
        if self.dialect.full_text(self, search)? {
            return Ok(());
        }
        let [column] = search.columns.as_slice() else {
            return Err(self.unsupported("a full-text search in several columns"));
        };
        self.push(if search.negated { "NOT " } else { "" });
        self.operand(column, COMPARISON)?;
        self.push(" MATCH ");
        self.operand(&search.against, COMPARISON)
    }
}

/// A `LIKE`, borrowed from the tree.
#[derive(Clone, Copy, Debug)]
pub struct Like<'e> {
    /// What is tested.
    pub operand: &'e Expr,
    /// The pattern.
    pub pattern: &'e Expr,
    /// What the database puts around the pattern.
    pub affix: Affix,
    /// The character that takes `%` and `_` literally.
    pub escape: Escape,
    /// Whether case is ignored.
    pub insensitive: bool,
    /// `NOT LIKE`.
    pub negated: bool,
}

/// Whether every database takes an expression for a condition, also one without truth values.
fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(operator, ..) => {
            Precedence::of_binary(*operator).level == level::COMPARISON && *operator != BinaryOperator::Concat
        }
        Expr::Operation(operation) => operation.operator.comparison,
        Expr::All(_)
        | Expr::Any(_)
        | Expr::Unary(UnaryOperator::Not, _)
        | Expr::In { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::IsNull { .. }
        | Expr::Truth { .. }
        | Expr::Match(_)
        | Expr::Exists { .. } => true,
        Expr::Regexp(regexp) => regexp.replacement.is_none(),
        Expr::Group(inner) | Expr::Typed(inner, _) => is_condition(inner),
        Expr::Labelled(label) => is_condition(&label.expr),
        _ => false,
    }
}

/// Whether an expression is an operator with its operands.
fn is_operation(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(..)
        | Expr::Operation(_)
        | Expr::Collate { .. }
        | Expr::Regexp(_)
        | Expr::Subscript(..)
        | Expr::Json(_) => true,
        Expr::Typed(inner, _) => is_operation(inner),
        Expr::Labelled(label) => is_operation(&label.expr),
        _ => false,
    }
}
