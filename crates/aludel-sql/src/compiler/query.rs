//! `SELECT`: what it reads, and its text.

use std::borrow::Cow;

use super::{CompileError, Compiler};
use crate::ast::{
    Alias, ColumnRef, Expr, FromItem, InList, Join, JoinKind, OrderBy, Select, SelectItem, TableRef,
};
use crate::name::Name;

impl Compiler<'_> {
    pub(super) fn select(&mut self, select: &Select) -> Result<(), CompileError> {
        self.select_with(select, false)
    }

    /// The same with a condition that says nothing where there is none, if `always_where`.
    pub(super) fn select_with(&mut self, select: &Select, always_where: bool) -> Result<(), CompileError> {
        if select.items.is_empty() {
            return Err(CompileError::invalid("a query selects nothing"));
        }
        let from = self.resolve_from(select)?;
        let tables = tables_in(&from, &select.joins);
        check_distinct(&tables)?;
        check_connected(&from, select)?;
        self.scopes.push(tables);
        let written = self.write_select(select, &from, always_where);
        self.scopes.pop();
        written
    }

    /// The `FROM` list: what was said, or else the tables of the selected columns that are neither joined nor read
    /// by an enclosing query.
    ///
    /// # Errors
    /// Where all of them are read by an enclosing query: the query would read nothing and look at that one's row.
    fn resolve_from<'s>(&self, select: &'s Select) -> Result<Cow<'s, [FromItem]>, CompileError> {
        // What was said is borrowed: bound values inside are known by their addresses.
        if !select.from.is_empty() {
            return Ok(Cow::Borrowed(&select.from));
        }
        let mut from: Vec<FromItem> = Vec::new();
        let mut outside = None;
        let mut add = |table: &TableRef| {
            if self.scopes.reaches(table) {
                outside.get_or_insert_with(|| table.name.clone());
            } else {
                add_from(select, &mut from, table);
            }
        };
        for item in &select.items {
            match item {
                SelectItem::Columns(table, _) | SelectItem::OwnedColumns(table, _) => add(table),
                SelectItem::Expr(expr, _) => visit_tables(expr, &mut add),
            }
        }
        // `select(count_all()).filter(User.age.gt(3))` has its table in the conditions only.
        if from.is_empty() {
            let mut add = |table: &TableRef| {
                if self.scopes.reaches(table) {
                    outside.get_or_insert_with(|| table.name.clone());
                } else {
                    add_from(select, &mut from, table);
                }
            };
            let conditions =
                select.filter.iter().chain(select.joins.iter().filter_map(|join| join.on.as_ref()));
            conditions.for_each(|condition| visit_tables(condition, &mut add));
        }
        match outside {
            Some(table) if from.is_empty() => Err(CompileError::invalid(format!(
                "a query inside of another reads no table of its own, because `{table}` is read around it already: say \
                 `select_from` to read it anew, or use an `alias()`"
            ))),
            _ => Ok(Cow::Owned(from)),
        }
    }

    fn write_select(
        &mut self,
        select: &Select,
        from: &[FromItem],
        always_where: bool,
    ) -> Result<(), CompileError> {
        self.push(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        self.items(&select.items)?;
        if !from.is_empty() {
            self.push(" FROM ");
            self.list(from, ", ", Self::from_item)?;
        } else if !select.joins.is_empty() {
            return Err(CompileError::invalid(
                "a query joins a table to nothing: say what it reads first with `select_from`",
            ));
        }
        for join in &select.joins {
            self.push(match join.kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT OUTER JOIN ",
                JoinKind::Cross => " CROSS JOIN ",
            });
            self.from_item(&join.target)?;
            if let Some(on) = &join.on {
                self.push(" ON ");
                self.expr(on)?;
            } else if join.kind != JoinKind::Cross {
                return Err(CompileError::invalid("a join has no condition"));
            }
        }
        if always_where && select.filter.is_empty() {
            self.push(" WHERE 1 = 1");
        }
        self.conditions(" WHERE ", &select.filter)?;
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.list(&select.group_by, ", ", Self::expr)?;
        }
        self.conditions(" HAVING ", &select.having)?;
        if !select.order_by.is_empty() {
            self.push(" ORDER BY ");
            self.list(&select.order_by, ", ", Self::order)?;
        }
        if let Some(limit) = &select.limit {
            self.push(" LIMIT ");
            self.expr(limit)?;
        }
        if let Some(offset) = &select.offset {
            if let (None, Some(all)) = (&select.limit, self.dialect.capabilities().limit_for_offset) {
                self.push(" LIMIT ");
                self.push(all);
            }
            self.push(" OFFSET ");
            self.expr(offset)?;
        }
        Ok(())
    }

    pub(super) fn items(&mut self, items: &[SelectItem]) -> Result<(), CompileError> {
        self.list(items, ", ", |compiler, item| match item {
            SelectItem::Expr(expr, label) => {
                compiler.expr(expr)?;
                if let Some(label) = label {
                    compiler.push(" AS ");
                    compiler.quote(label);
                }
                Ok(())
            }
            SelectItem::Columns(table, names) => compiler.table_columns(table, names),
            SelectItem::OwnedColumns(table, names) => compiler.table_columns(table, names),
        })
    }

    fn table_columns(&mut self, table: &TableRef, names: &[Name]) -> Result<(), CompileError> {
        self.scopes.check(table, "*")?;
        self.list(names, ", ", |compiler, name| {
            compiler.column(&ColumnRef { table: Some(table.clone()), name: name.clone() })
        })
    }

    fn from_item(&mut self, item: &FromItem) -> Result<(), CompileError> {
        match item {
            FromItem::Table(table) => {
                self.table(table);
                if table.alias != Alias::None {
                    self.push(" AS ");
                    let name = self.scopes.name(table);
                    self.quote(&name);
                }
                Ok(())
            }
            FromItem::Select(select, name) => {
                self.push("(");
                self.select(select)?;
                self.push(") AS ");
                self.quote(name);
                Ok(())
            }
        }
    }

    pub(super) fn table(&mut self, table: &TableRef) {
        if let Some(schema) = &table.schema {
            self.quote(schema);
            self.push(".");
        }
        self.quote(&table.name);
    }

    pub(super) fn conditions(&mut self, keyword: &str, conditions: &[Expr]) -> Result<(), CompileError> {
        if conditions.is_empty() {
            return Ok(());
        }
        self.push(keyword);
        match conditions {
            [single] => self.expr(single),
            several => self.connected(several, " AND ", super::expr::AND),
        }
    }

    fn order(&mut self, order: &OrderBy) -> Result<(), CompileError> {
        // Where a database has no words for it, sorting by "is it NULL" first says the same.
        let native = self.dialect.capabilities().nulls_ordering;
        if let (Some(first), false) = (order.nulls_first, native) {
            self.operand(&order.expr, super::expr::COMPARISON)?;
            self.push(if first { " IS NOT NULL, " } else { " IS NULL, " });
        }
        self.expr(&order.expr)?;
        if order.descending {
            self.push(" DESC");
        }
        if let (Some(first), true) = (order.nulls_first, native) {
            self.push(if first { " NULLS FIRST" } else { " NULLS LAST" });
        }
        Ok(())
    }
}

fn add_from(select: &Select, from: &mut Vec<FromItem>, table: &TableRef) {
    let is_it = |item: &FromItem| matches!(item, FromItem::Table(known) if known == table);
    let joined = select.joins.iter().any(|join| is_it(&join.target));
    if !joined && !from.iter().any(is_it) {
        from.push(FromItem::Table(table.clone()));
    }
}

fn tables_in(from: &[FromItem], joins: &[Join]) -> Vec<TableRef> {
    from.iter()
        .chain(joins.iter().map(|join| &join.target))
        .map(|item| match item {
            FromItem::Table(table) => table.clone(),
            FromItem::Select(_, name) => TableRef { schema: None, name: name.clone(), alias: Alias::None },
        })
        .collect()
}

/// Refuses a query that reads one table twice under one name.
fn check_distinct(tables: &[TableRef]) -> Result<(), CompileError> {
    let twice = tables.iter().enumerate().find(|(index, table)| tables[..*index].contains(table));
    match twice {
        Some((_, table)) => Err(CompileError::invalid(format!(
            "`{0}` is read twice in one query, so its columns could mean either: give one of the two another name with \
             `alias()`",
            table.name
        ))),
        None => Ok(()),
    }
}

/// Refuses a `FROM` list of several tables that no condition connects. Explicit cross joins are what was asked for.
fn check_connected(from: &[FromItem], select: &Select) -> Result<(), CompileError> {
    if from.len() < 2 {
        return Ok(());
    }
    let tables = tables_in(from, &select.joins);
    let mut group: Vec<usize> = (0..tables.len()).collect();
    let mut connect = |members: &[usize]| {
        if let Some(first) = members.first().map(|member| group[*member]) {
            for member in members {
                let old = group[*member];
                group.iter_mut().filter(|entry| **entry == old).for_each(|entry| *entry = first);
            }
        }
    };
    let conditions = select.filter.iter().flat_map(conjuncts);
    for condition in conditions.chain(select.joins.iter().filter_map(|join| join.on.as_ref())) {
        let mut members = Vec::new();
        visit_tables(condition, &mut |table| {
            members.extend(tables.iter().position(|known| known == table));
        });
        connect(&members);
    }
    // A joined table hangs on the FROM list whatever its condition says.
    for index in from.len()..tables.len() {
        connect(&[from.len() - 1, index]);
    }
    match group.iter().position(|entry| *entry != group[0]) {
        Some(other) => Err(CompileError::cartesian(&tables[0].name, &tables[other].name)),
        None => Ok(()),
    }
}

fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        single => vec![single],
    }
}

/// Visits the tables of an expression's columns, except those inside of subqueries, which have lists of their own.
pub(super) fn visit_tables(expr: &Expr, visit: &mut impl FnMut(&TableRef)) {
    match expr {
        Expr::Column(column) => column.table.iter().for_each(visit),
        Expr::Unary(_, operand) | Expr::Cast(operand, _) | Expr::IsNull { operand, .. } => {
            visit_tables(operand, visit);
        }
        Expr::Binary(_, left, right) => {
            visit_tables(left, visit);
            visit_tables(right, visit);
        }
        Expr::All(parts) | Expr::Any(parts) | Expr::Tuple(parts) => {
            parts.iter().for_each(|part| visit_tables(part, visit));
        }
        Expr::In { operand, list, .. } => {
            visit_tables(operand, visit);
            if let InList::Values(values) = list {
                values.iter().for_each(|value| visit_tables(value, visit));
            }
        }
        Expr::Between { operand, low, high, .. } => {
            [operand, low, high].into_iter().for_each(|part| visit_tables(part, visit));
        }
        Expr::Like { operand, pattern, .. } => {
            visit_tables(operand, visit);
            visit_tables(pattern, visit);
        }
        Expr::Function(function) => function.arguments.iter().for_each(|part| visit_tables(part, visit)),
        Expr::Case(case) => {
            for (condition, result) in &case.whens {
                visit_tables(condition, visit);
                visit_tables(result, visit);
            }
            case.otherwise.iter().for_each(|part| visit_tables(part, visit));
        }
        Expr::Bind(_)
        | Expr::Parameter(_)
        | Expr::Literal(_)
        | Expr::Text(_)
        | Expr::Star
        | Expr::Now
        | Expr::Excluded(_)
        | Expr::Select(_)
        | Expr::Exists { .. }
        | Expr::Invalid(_) => {}
    }
}
