//! Operators: `binary`, `unary`, and what only looks like one.

use aludel_sql::Name;
use aludel_sql::ast::{
    Affix, BinaryOperator, CustomOperation, CustomOperator, Direction, Escape, Expr, InList, JsonAccess,
    Match, OrderBy, Regexp, Slice, Subscript, UnaryOperator,
};

use super::column::{type_name, type_of};
use super::{Context, expr, name, param, select, types};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// An operator with two operands.
///
/// # Errors
/// For an operator that we have not.
pub(super) fn binary<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let (left, right) = (node.part("left")?, node.part("right")?);
    let modifiers = node.get("modifiers");
    let modifiers =
        modifiers.map(|modifiers| Node::named(modifiers, "an operator's modifiers")).transpose()?;
    let ty = node.get("type");
    let operator = node.part("operator")?;
    node.done()?;
    let both = || Ok::<_, Unsayable>((expr::load(left, ctx)?, expr::load(right, ctx)?));
    let Some(operator) = operator.as_text() else {
        let operator = custom(operator)?;
        let (left, right) = both()?;
        let operation = CustomOperation { operator, left: Some(left), right: Some(right) };
        return done(modifiers, Expr::Operation(Box::new(operation)));
    };
    if let Some(plain) = plain(operator, left, right, ctx) {
        let (left, mut operand) = both()?;
        // What a quotient is depends on its divisor's type, which a column of ours does not know.
        if operator == "truediv" {
            operand = typed(operand, right, ctx);
        }
        let right = operand;
        return done(modifiers, Expr::binary(plain, left, right));
    }
    let (positive, negated) = match operator.strip_prefix("not_") {
        Some(positive) => (positive, true),
        None => (operator, false),
    };
    let negated = negated || operator == "is_not";
    let expr = match positive {
        "is_" | "is_not" if is_null(right, ctx) => {
            Expr::IsNull { operand: Box::new(expr::load(left, ctx)?), negated }
        }
        "is_" | "is_not" => {
            let (left, right) = both()?;
            Expr::binary(if negated { BinaryOperator::IsNot } else { BinaryOperator::Is }, left, right)
        }
        "in_op" => {
            Expr::In { operand: Box::new(expr::load(left, ctx)?), list: in_list(right, ctx)?, negated }
        }
        "between_op" => {
            let [low, high] = pair(right, ctx)?;
            let symmetric = match &modifiers {
                Some(modifiers) => modifiers.flag("symmetric")?,
                None => false,
            };
            Expr::Between {
                operand: Box::new(expr::load(left, ctx)?),
                low: Box::new(expr::load(low, ctx)?),
                high: Box::new(expr::load(high, ctx)?),
                symmetric,
                negated,
            }
        }
        "regexp_match_op" => {
            let (operand, pattern) = both()?;
            let flags = flags(modifiers.as_ref())?;
            Expr::Regexp(Box::new(Regexp { operand, pattern, replacement: None, flags, negated }))
        }
        "regexp_replace_op" => {
            let [pattern, replacement] = pair(right, ctx)?;
            Expr::Regexp(Box::new(Regexp {
                operand: expr::load(left, ctx)?,
                pattern: expr::load(pattern, ctx)?,
                replacement: Some(expr::load(replacement, ctx)?),
                flags: flags(modifiers.as_ref())?,
                negated,
            }))
        }
        "match_op" => {
            let (column, against) = both()?;
            search(vec![column], against, modifiers.as_ref(), true, negated)?
        }
        "collate" => collate(expr::load(left, ctx)?, right, ctx)?,
        "getitem" => {
            let subscript = match ctx.node(right)? {
                slice if slice.kind == "slice" => Subscript::Slice(self::slice(&slice, ctx)?),
                _ => Subscript::Element(expr::load(right, ctx)?),
            };
            Expr::Subscript(Box::new(expr::load(left, ctx)?), Box::new(subscript))
        }
        "json_getitem_op" | "json_path_getitem_op" => {
            let (operand, key) = both()?;
            Expr::Json(Box::new(JsonAccess {
                operand,
                key,
                path: positive == "json_path_getitem_op",
                integer_key: type_name(right, ctx) == Some("JSON.JSONIntIndexType"),
                binary: type_name(left, ctx) == Some("postgresql.JSONB"),
                result: types::if_known(ty, ctx),
            }))
        }
        _ => like(positive, both()?, modifiers.as_ref(), negated)?
            .ok_or_else(|| Unsayable::new(format!("the operator {operator}")))?,
    };
    done(modifiers, expr)
}

fn done(modifiers: Option<Node<'_>>, expr: Expr) -> Result<Expr, Unsayable> {
    if let Some(modifiers) = modifiers {
        modifiers.done()?;
    }
    Ok(expr)
}

/// The operators that are written between their operands as they are.
fn plain<'c>(operator: &str, left: &'c Json, right: &'c Json, ctx: &Context<'c>) -> Option<BinaryOperator> {
    Some(match operator {
        "eq" => BinaryOperator::Equal,
        "ne" => BinaryOperator::NotEqual,
        "lt" => BinaryOperator::Less,
        "le" => BinaryOperator::LessOrEqual,
        "gt" => BinaryOperator::Greater,
        "ge" => BinaryOperator::GreaterOrEqual,
        "is_distinct_from" => BinaryOperator::IsDistinctFrom,
        "is_not_distinct_from" => BinaryOperator::IsNotDistinctFrom,
        "add" => BinaryOperator::Add,
        "sub" => BinaryOperator::Subtract,
        "mul" => BinaryOperator::Multiply,
        "truediv" => BinaryOperator::TrueDivide,
        "floordiv" if is_integer(left, ctx) && is_integer(right, ctx) => BinaryOperator::FloorDivide,
        "floordiv" => BinaryOperator::FloorDivideReal,
        "mod" => BinaryOperator::Modulo,
        "concat_op" => BinaryOperator::Concat,
        "bitwise_and_op" => BinaryOperator::BitAnd,
        "bitwise_or_op" => BinaryOperator::BitOr,
        "bitwise_xor_op" => BinaryOperator::BitXor,
        "bitwise_lshift_op" => BinaryOperator::ShiftLeft,
        "bitwise_rshift_op" => BinaryOperator::ShiftRight,
        _ => return None,
    })
}

fn is_integer<'c>(json: &'c Json, ctx: &Context<'c>) -> bool {
    matches!(
        type_name(json, ctx),
        Some("Integer" | "SmallInteger" | "BigInteger" | "INTEGER" | "SMALLINT" | "BIGINT" | "INT")
    )
}

/// An operand with the type that the tree tells of it.
fn typed<'c>(operand: Expr, json: &'c Json, ctx: &Context<'c>) -> Expr {
    match types::if_known(type_of(json, ctx), ctx) {
        Some(ty) if !matches!(operand, Expr::Param(_)) => Expr::Typed(Box::new(operand), ty),
        _ => operand,
    }
}

fn is_null<'c>(json: &'c Json, ctx: &Context<'c>) -> bool {
    ctx.node(json).is_ok_and(|node| node.kind == "null")
}

/// `LIKE` in all its forms.
fn like(
    operator: &str,
    (operand, pattern): (Expr, Expr),
    modifiers: Option<&Node<'_>>,
    negated: bool,
) -> Result<Option<Expr>, Unsayable> {
    let (affix, insensitive) = match operator {
        "like_op" => (Affix::None, false),
        "ilike_op" => (Affix::None, true),
        "contains_op" => (Affix::Contains, false),
        "icontains_op" => (Affix::Contains, true),
        "startswith_op" => (Affix::StartsWith, false),
        "istartswith_op" => (Affix::StartsWith, true),
        "endswith_op" => (Affix::EndsWith, false),
        "iendswith_op" => (Affix::EndsWith, true),
        _ => return Ok(None),
    };
    let mut escape = Escape::Unstated;
    if let Some(modifiers) = modifiers {
        // The value is escaped already.
        modifiers.passes_over(&["autoescape"]);
        if let Some(text) = modifiers.text_or_none("escape")? {
            let mut characters = text.chars();
            escape = characters.next().map_or(Escape::Nothing, Escape::Character);
            if characters.next().is_some() {
                return Err(modifiers.wrong("escape", "has more than one character"));
            }
        }
    }
    let (operand, pattern) = (Box::new(operand), Box::new(pattern));
    Ok(Some(Expr::Like { operand, pattern, affix, escape, insensitive, negated }))
}

fn flags(modifiers: Option<&Node<'_>>) -> Result<Option<Name>, Unsayable> {
    match modifiers {
        Some(modifiers) => Ok(modifiers.text_or_none("flags")?.map(|flags| Name::Owned(flags.to_owned()))),
        None => Ok(None),
    }
}

/// What stands behind `IN`.
fn in_list<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<InList, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        "bindparam" => param::list(&node, ctx),
        "grouping" => in_list(node.part("element")?, ctx),
        "scalar_select" | "subquery" => Ok(InList::Select(select::query(node.part("element")?, ctx)?)),
        "select" | "compound_select" | "textual_select" => Ok(InList::Select(select::query(json, ctx)?)),
        "clauselist" | "expression_clauselist" => Ok(InList::Values(expr::list(node.list("clauses")?, ctx)?)),
        _ => Ok(InList::Expr(Box::new(expr::load(json, ctx)?))),
    }
}

/// The two parts of a right side that is a list.
fn pair<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<[&'c Json; 2], Unsayable> {
    let node = ctx.node(json)?;
    match node.list("clauses")? {
        [first, second] => Ok([first, second]),
        _ => Err(node.wrong("clauses", "should be two")),
    }
}

fn collate<'c>(operand: Expr, right: &'c Json, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let node = ctx.node(right)?;
    if node.kind != "collation" {
        return Err(node.unknown("a collation"));
    }
    let schema = node.get("schema").map(|schema| name::given(schema, ctx)).transpose()?;
    let collation = name::given(node.part("collation")?, ctx)?;
    node.passes_over(&["type"]);
    node.done()?;
    Ok(Expr::Collate { operand: Box::new(operand), collation, schema })
}

fn slice<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Slice, Unsayable> {
    let bound = |key: &str| match node.get(key) {
        Some(json) if !is_null(json, ctx) => expr::load(json, ctx).map(Some),
        _ => Ok(None),
    };
    let slice = Slice { start: bound("start")?, stop: bound("stop")?, step: bound("step")? };
    node.passes_over(&["type"]);
    node.done()?;
    Ok(slice)
}

/// A full-text search; in the operator's form MySQL's mode is the boolean one where no other is named.
pub(super) fn search(
    columns: Vec<Expr>,
    against: Expr,
    modifiers: Option<&Node<'_>>,
    operator: bool,
    negated: bool,
) -> Result<Expr, Unsayable> {
    let flag = |key: &str| match modifiers {
        Some(modifiers) => modifiers.flag_or_none(key),
        None => Ok(None),
    };
    let configuration = match modifiers {
        Some(modifiers) => modifiers.text_or_none("postgresql_regconfig")?,
        None => None,
    };
    Ok(Expr::Match(Box::new(Match {
        columns,
        against,
        boolean_mode: flag("mysql_boolean_mode")?.unwrap_or(operator),
        natural_language: flag("mysql_natural_language")?.unwrap_or(false),
        query_expansion: flag("mysql_query_expansion")?.unwrap_or(false),
        configuration: configuration.map(|name| Name::Owned(name.to_owned())),
        negated,
    })))
}

fn custom(json: &Json) -> Result<CustomOperator, Unsayable> {
    let text = json.get("custom").and_then(Json::as_text).unwrap_or_default();
    let node = Node::named(json, "an operator")?;
    let precedence = node.int_or_none("precedence")?.unwrap_or_default();
    let operator = CustomOperator {
        text: Name::Owned(text.to_owned()),
        precedence: i16::try_from(precedence).map_err(|_| node.wrong("precedence", "is too large"))?,
        comparison: node.flag("is_comparison")?,
        eager_grouping: node.flag("eager_grouping")?,
        associative: node.flag("natural_self_precedent")?,
        key: node.text_or_none("visit_name")?.map(|key| Name::Owned(key.to_owned())),
    };
    node.passes_over(&["custom"]);
    node.done()?;
    Ok(operator)
}

/// An operator with one operand.
///
/// # Errors
/// For an operator that we have not.
pub(super) fn unary<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let element = node.part("element")?;
    node.passes_over(&["type"]);
    let (operator, modifier) = (node.get("operator"), node.get("modifier"));
    node.done()?;
    match (operator, modifier) {
        (Some(Json::Text(operator)), None) => {
            let operator = match operator.as_str() {
                "inv" => UnaryOperator::Not,
                "neg" => UnaryOperator::Negate,
                "bitwise_not_op" => UnaryOperator::BitNot,
                "distinct_op" => UnaryOperator::Distinct,
                // Their parentheses are part of them.
                "any_op" | "all_op" => {
                    let operator =
                        if operator == "any_op" { UnaryOperator::AnyOf } else { UnaryOperator::AllOf };
                    let inside = ctx.node(element)?;
                    let element = if inside.kind == "grouping" { inside.part("element")? } else { element };
                    return Ok(Expr::Unary(operator, Box::new(expr::load(element, ctx)?)));
                }
                _ => return Err(Unsayable::new(format!("the operator {operator}"))),
            };
            Ok(Expr::Unary(operator, Box::new(expr::load(element, ctx)?)))
        }
        (Some(operator), None) => {
            let right = Some(expr::load(element, ctx)?);
            Ok(Expr::Operation(Box::new(CustomOperation { operator: custom(operator)?, left: None, right })))
        }
        (None, Some(Json::Text(_))) => Ok(Expr::Ordered(Box::new(order_of(node, ctx)?))),
        (None, Some(modifier)) => {
            let left = Some(expr::load(element, ctx)?);
            Ok(Expr::Operation(Box::new(CustomOperation { operator: custom(modifier)?, left, right: None })))
        }
        _ => Err(node.wrong("operator", "and its `modifier` should be one")),
    }
}

/// An element of an order.
///
/// # Errors
/// Where its expression cannot be said.
pub(super) fn order<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<OrderBy, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        "unary" if node.get("modifier").and_then(Json::as_text).is_some() => order_of(&node, ctx),
        "label_reference" | "grouping" => order(node.part("element")?, ctx),
        _ => expr::load(json, ctx).map(OrderBy::from),
    }
}

fn order_of<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<OrderBy, Unsayable> {
    let mut order = order(node.part("element")?, ctx)?;
    match node.text("modifier")? {
        "asc_op" => order.direction = Direction::Ascending,
        "desc_op" => order.direction = Direction::Descending,
        "nulls_first_op" => order.nulls_first = Some(true),
        "nulls_last_op" => order.nulls_first = Some(false),
        modifier => return Err(Unsayable::new(format!("the modifier {modifier}"))),
    }
    Ok(order)
}

/// The elements of an order, out of lists of them.
///
/// # Errors
/// Where an expression cannot be said.
pub(super) fn orders<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<OrderBy>, Unsayable> {
    let mut orders = Vec::new();
    for json in list {
        let node = ctx.node(json)?;
        match node.kind {
            "order_by_list" | "clauselist" => orders.extend(self::orders(node.list("clauses")?, ctx)?),
            "label_reference" if is_list(node.part("element")?, ctx) => {
                orders.extend(self::orders(std::slice::from_ref(node.part("element")?), ctx)?);
            }
            _ => orders.push(order(json, ctx)?),
        }
    }
    Ok(orders)
}

fn is_list<'c>(json: &'c Json, ctx: &Context<'c>) -> bool {
    ctx.node(json).is_ok_and(|node| matches!(node.kind, "order_by_list" | "clauselist"))
}

/// Several operands of one operator.
///
/// # Errors
/// For an operator that we have not.
pub(super) fn chain<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let operator = node.text("operator")?;
    let clauses = node.list("clauses")?;
    node.passes_over(&["type"]);
    node.done()?;
    let mut operands = expr::list(clauses, ctx)?;
    match operator {
        "and_" => return Ok(Expr::All(operands)),
        "or_" => return Ok(Expr::Any(operands)),
        "comma_op" => return Ok(Expr::List(operands, aludel_sql::ast::Separator::Comma)),
        _ => {}
    }
    let Some(last) = clauses.last().and_then(|last| plain(operator, last, last, ctx)) else {
        return Err(Unsayable::new(format!("several operands of {operator}")));
    };
    let first = operands.remove(0);
    Ok(operands.into_iter().fold(first, |left, right| Expr::binary(last, left, right)))
}
