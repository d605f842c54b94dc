//! Expressions in the key.

use super::*;

impl<'s> StatementKey<'s> {
    pub(super) fn exprs(&mut self, exprs: &'s [Expr]) {
        self.short(exprs.len());
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// An expression whose values may be written into the text.
    pub(super) fn written_if(&mut self, written: bool, expr: &'s Expr) {
        let before = self.written;
        self.written |= written;
        self.expr(expr);
        self.written = before;
    }

    pub(super) fn option(&mut self, expr: Option<&'s Expr>) {
        match expr {
            None => self.tag(0),
            Some(expr) => {
                self.tag(1);
                self.expr(expr);
            }
        }
    }

    pub(super) fn orders(&mut self, orders: &'s [OrderBy]) {
        self.short(orders.len());
        for order in orders {
            self.order(order);
        }
    }

    fn order(&mut self, order: &'s OrderBy) {
        self.tag(order.direction as u8 | order.nulls_first.map_or(0, |first| 4 + 4 * u8::from(first)));
        self.expr(&order.expr);
    }

    pub(super) fn expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Column(column) => {
                match &column.source {
                    Some(Source::Table(table)) => {
                        self.tag(1);
                        self.table(table);
                    }
                    Some(Source::Derived(derived)) => {
                        self.tag(25);
                        self.derived(derived);
                    }
                    None => self.tag(2),
                }
                self.text(&column.name);
            }
            Expr::Bind(value) if self.written => {
                self.tag(4);
                self.literal(value);
            }
            Expr::Bind(value) => {
                self.tag(3);
                self.binds.push(value);
            }
            Expr::Literal(value) => {
                self.tag(4);
                self.literal(value);
            }
            Expr::Text(text) => {
                self.tag(5);
                self.text(text);
            }
            Expr::Star => self.tag(6),
            Expr::Now => self.tag(7),
            Expr::Excluded(name) => {
                self.tag(8);
                self.text(name);
            }
            Expr::Unary(operator, operand) => {
                self.tag(9);
                self.tag(*operator as u8);
                self.expr(operand);
            }
            Expr::Binary(operator, left, right) => {
                self.tag(10);
                self.tag(*operator as u8);
                self.expr(left);
                self.expr(right);
            }
            Expr::All(conditions) => {
                self.tag(11);
                self.exprs(conditions);
            }
            Expr::Any(conditions) => {
                self.tag(12);
                self.exprs(conditions);
            }
            Expr::In { operand, list, negated } => {
                self.tag(13);
                self.tag((*negated).into());
                self.expr(operand);
                match list {
                    InList::Values(values) => {
                        self.tag(0);
                        self.in_values(values);
                    }
                    InList::Select(query) => {
                        self.tag(1);
                        self.query(query);
                    }
                    InList::Expr(inner) => {
                        self.tag(2);
                        self.expr(inner);
                    }
                }
            }
            Expr::Between { operand, low, high, symmetric, negated } => {
                self.tag(14);
                self.tag(u8::from(*negated) | u8::from(*symmetric) << 1);
                self.expr(operand);
                self.expr(low);
                self.expr(high);
            }
            Expr::Like { operand, pattern, affix, escape, insensitive, negated } => {
                self.tag(15);
                self.tag(u8::from(*negated) | u8::from(*insensitive) << 1 | (*affix as u8) << 2);
                self.number(match escape {
                    Escape::Unstated => 0,
                    Escape::Nothing => 1,
                    Escape::Character(character) => *character as usize + 2,
                });
                self.expr(operand);
                self.expr(pattern);
            }
            Expr::IsNull { operand, negated } => {
                self.tag(16);
                self.tag((*negated).into());
                self.expr(operand);
            }
            Expr::Function(function) => {
                self.tag(17);
                self.tag(u8::from(function.distinct) | u8::from(function.generic) << 1);
                self.text(&function.name);
                self.names(function.package.iter());
                self.short(function.arguments.len());
                // What stands between two texts is written into the text (see `Compiler::string_aggregate`).
                let joins = function.generic && function.name.eq_ignore_ascii_case("aggregate_strings");
                for (index, argument) in function.arguments.iter().enumerate() {
                    self.written_if(joins && index > 0, argument);
                }
                self.optional_type(function.ty.as_ref());
            }
            Expr::Case(case) => {
                self.tag(18);
                self.option(case.operand.as_ref());
                self.short(case.whens.len());
                for (condition, result) in &case.whens {
                    self.expr(condition);
                    self.expr(result);
                }
                self.option(case.otherwise.as_ref());
            }
            Expr::Cast(operand, ty) => {
                self.tag(19);
                self.expr(operand);
                self.ty(ty);
            }
            Expr::Select(query) => {
                self.tag(20);
                self.query(query);
            }
            Expr::Exists { select, negated } => {
                self.tag(21);
                self.tag((*negated).into());
                self.query(select);
            }
            Expr::Tuple(parts) => {
                self.tag(22);
                self.exprs(parts);
            }
            Expr::Invalid(message) => {
                self.tag(23);
                self.text(message);
            }
            Expr::Parameter(index) => {
                self.tag(24);
                self.short(*index);
            }
            other => self.rarer_expr(other),
        }
    }

    fn rarer_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Position(derived, index) => {
                self.tag(30);
                self.derived(derived);
                self.short(*index);
            }
            Expr::Param(param) => {
                self.tag(31);
                self.label(&param.name);
                self.optional_type(param.ty.as_ref());
                if param.literal || self.written {
                    self.tag(1);
                    self.literal(param.value.as_ref().unwrap_or(&NO_VALUE));
                } else {
                    self.tag(0);
                    self.value(param.value.as_ref());
                }
            }
            Expr::Template(template) => {
                self.tag(32);
                self.template(template);
            }
            Expr::LiteralColumn(text) => {
                self.tag(33);
                self.text(text);
            }
            Expr::Assigned(name) => {
                self.tag(34);
                self.text(name);
            }
            Expr::Operation(operation) => {
                self.tag(35);
                let operator = &operation.operator;
                self.text(&operator.text);
                self.number(operator.precedence as usize);
                self.tag(
                    u8::from(operator.comparison)
                        | u8::from(operator.eager_grouping) << 1
                        | u8::from(operator.associative) << 2,
                );
                self.optional_text(operator.key.as_ref());
                self.option(operation.left.as_ref());
                self.option(operation.right.as_ref());
            }
            Expr::Truth { operand, negated } => {
                self.tag(36);
                self.tag((*negated).into());
                self.expr(operand);
            }
            Expr::Regexp(regexp) => {
                self.tag(37);
                self.tag(regexp.negated.into());
                self.expr(&regexp.operand);
                self.expr(&regexp.pattern);
                self.option(regexp.replacement.as_ref());
                self.optional_text(regexp.flags.as_ref());
            }
            Expr::Match(search) => {
                self.tag(38);
                self.tag(
                    u8::from(search.negated)
                        | u8::from(search.boolean_mode) << 1
                        | u8::from(search.natural_language) << 2
                        | u8::from(search.query_expansion) << 3,
                );
                self.exprs(&search.columns);
                self.expr(&search.against);
                self.optional_text(search.configuration.as_ref());
            }
            Expr::Collate { operand, collation, schema } => {
                self.tag(39);
                self.expr(operand);
                self.text(collation);
                self.optional_text(schema.as_ref());
            }
            Expr::Extract(field, operand) => {
                self.tag(40);
                self.text(field);
                self.expr(operand);
            }
            Expr::Aggregate(aggregate) => {
                self.tag(41);
                self.aggregate(aggregate);
            }
            Expr::FunctionColumn(call, name) => {
                self.tag(42);
                self.expr(call);
                self.text(name);
            }
            Expr::Row(source) => {
                self.tag(43);
                self.source(source);
            }
            Expr::TryCast(operand, ty) => {
                self.tag(44);
                self.expr(operand);
                self.ty(ty);
            }
            Expr::Typed(operand, ty) => {
                self.tag(45);
                self.expr(operand);
                self.ty(ty);
            }
            Expr::Subscript(operand, subscript) => {
                self.tag(46);
                self.expr(operand);
                match &**subscript {
                    Subscript::Element(index) => {
                        self.tag(0);
                        self.expr(index);
                    }
                    Subscript::Slice(slice) => {
                        self.tag(1);
                        self.option(slice.start.as_ref());
                        self.option(slice.stop.as_ref());
                        self.option(slice.step.as_ref());
                    }
                }
            }
            Expr::Json(access) => {
                self.tag(47);
                self.tag(
                    u8::from(access.path) | u8::from(access.integer_key) << 1 | u8::from(access.binary) << 2,
                );
                self.expr(&access.operand);
                self.expr(&access.key);
                self.optional_type(access.result.as_ref());
            }
            Expr::Array(parts, ty) => {
                self.tag(48);
                self.exprs(parts);
                self.optional_type(ty.as_ref());
            }
            Expr::List(parts, separator) => {
                self.tag(49);
                self.tag(*separator as u8);
                self.exprs(parts);
            }
            Expr::Ordered(order) => {
                self.tag(50);
                self.order(order);
            }
            Expr::Labelled(label) => {
                self.tag(51);
                // Behind its first appearance it is the same value under the same name.
                if self.id(label.id) {
                    self.label(&label.name);
                }
                self.expr(&label.expr);
            }
            Expr::Group(inner) => {
                self.tag(52);
                self.expr(inner);
            }
            Expr::NextValue { schema, name } => {
                self.tag(53);
                self.optional_text(schema.as_ref());
                self.text(name);
            }
            Expr::Named(name) => {
                self.tag(55);
                self.text(name);
            }
            Expr::Custom(custom) => {
                self.tag(54);
                let key = custom.construct().key();
                self.text(&key);
                let parts = custom.construct().parts();
                self.short(parts.len());
                for part in parts {
                    self.expr(part);
                }
            }
            // The frequent ones stand above.
            _ => {}
        }
    }

    pub(super) fn template(&mut self, template: &'s Template) {
        self.short(template.parts.len());
        for part in &template.parts {
            match part {
                TemplatePart::Sql(sql) => {
                    self.tag(0);
                    self.text(sql);
                }
                TemplatePart::Expr(expr) => {
                    self.tag(1);
                    self.expr(expr);
                }
            }
        }
    }

    fn aggregate(&mut self, aggregate: &'s Aggregate) {
        self.expr(&aggregate.call);
        self.orders(&aggregate.order_by);
        self.orders(&aggregate.within_group);
        self.exprs(&aggregate.filter);
        match &aggregate.over {
            None => self.tag(0),
            Some(Over::Named(name)) => {
                self.tag(1);
                self.text(name);
            }
            Some(Over::Window(window)) => {
                self.tag(2);
                self.window(window);
            }
        }
    }

    pub(super) fn window(&mut self, window: &'s Window) {
        self.optional_text(window.base.as_ref());
        self.exprs(&window.partition_by);
        self.orders(&window.order_by);
        let Some(frame) = &window.frame else { return self.tag(0) };
        self.tag(1 + frame.unit as u8);
        for bound in [&frame.start, &frame.end] {
            match bound {
                FrameBound::Unbounded => self.tag(0),
                FrameBound::CurrentRow => self.tag(1),
                FrameBound::Preceding(distance) => {
                    self.tag(2);
                    self.expr(distance);
                }
                FrameBound::Following(distance) => {
                    self.tag(3);
                    self.expr(distance);
                }
            }
        }
        self.tag(frame.exclude.map_or(0, |exclude| 1 + exclude as u8));
    }

    /// Lists of plain values are filled up to a few lengths by repeating the last one, which changes nothing about
    /// what `IN` finds and keeps the number of compiled texts small.
    fn in_values(&mut self, values: &'s [Expr]) {
        let plain = !values.is_empty() && values.iter().all(|value| matches!(value, Expr::Bind(_)));
        if !plain {
            self.tag(0);
            self.exprs(values);
            return;
        }
        let length = padded_length(values.len());
        self.tag(1);
        self.number(length);
        let missing = length - values.len();
        for value in values.iter().chain(std::iter::repeat_n(&values[values.len() - 1], missing)) {
            if let Expr::Bind(value) = value {
                self.binds.push(value);
            }
        }
    }
}
