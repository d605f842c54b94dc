//! `SELECT`.

use super::from::Element;
use super::precedence::{Precedence, level};
use super::scope::Frame;
use super::{CompileError, Compiler, Position, SelectForm, columns};
use crate::ast::{
    Expr, Fragment, Hint, LabelStyle, Locked, Select, SelectItem, SelectOptions, Source, SourceUse, WithCte,
};

impl Compiler<'_> {
    /// Writes a query the standard way, with what the form says otherwise.
    ///
    /// # Errors
    /// Where the dialect cannot say it, or where it names a source that is not in reach.
    pub fn standard_select(
        &mut self,
        select: &Select,
        position: Position,
        form: &SelectForm<'_>,
    ) -> Result<(), CompileError> {
        let elements = self.resolve_from(select, position)?;
        let lenient = select.options.as_ref().is_some_and(|options| options.implicit_from);
        if !lenient {
            self.check_from(&elements, select)?;
        }
        let mut sources = Vec::with_capacity(elements.len());
        elements.iter().for_each(|element| element.add_sources(&mut sources));
        let named = names_columns(select).then(|| self.named_columns(&select.items, &sources));
        let labels = columns::labels(&select.items);
        self.scopes.push_frame(Frame { labels, lenient, named, ..Frame::reading(sources) });
        let mark = self.mark();
        let written = self.select_text(select, position, form, &elements);
        let embedded = matches!(position, Position::Member { .. } | Position::Insert);
        if written.is_ok() && (!embedded || self.scopes.stack.len() == 1) {
            self.with_clause(mark, false);
        }
        if let (Ok(()), Some(options)) = (&written, &select.options) {
            self.fragments(" ", &options.suffixes)?;
        }
        self.scopes.pop();
        written
    }

    fn select_text(
        &mut self,
        select: &Select,
        position: Position,
        form: &SelectForm<'_>,
        elements: &[Element<'_>],
    ) -> Result<(), CompileError> {
        let options = select.options.as_deref();
        self.push("SELECT ");
        let hint_comments = self.dialect.capabilities().hint_comments;
        if let Some(options) = options {
            if hint_comments {
                self.hint_comment(&options.hints);
            }
            self.with_ctes(&options.ctes)?;
            self.prefixes(&options.prefixes)?;
        }
        self.distinct(select, options)?;
        if let Some(head) = form.head {
            head(self)?;
        }
        if let Some(before) = options.and_then(|options| options.before_columns.as_ref()) {
            self.expr(before)?;
            self.push(" ");
        }
        let style = options.map_or(LabelStyle::Disambiguate, |options| options.label_style);
        let readers = form.read_by.map_or(position, Position::From);
        self.select_items(&select.items, style, readers)?;
        if let Some(more) = form.more_columns {
            self.in_columns(true);
            let written = more(self);
            self.in_columns(false);
            written?;
        }
        if let Some(after) = options.and_then(|options| options.after_columns.as_ref()) {
            self.push(" ");
            self.expr(after)?;
        }
        let mut joined = Vec::new();
        if elements.is_empty() {
            self.push(self.dialect.capabilities().empty_from);
        } else {
            self.push(" FROM ");
            if let Some(options) = options.filter(|_| !hint_comments) {
                self.names_hints(&options.hints);
            }
            self.elements(elements, &mut joined)?;
        }
        // Without a WHERE, SQLite would take ON CONFLICT for the ON of a join.
        if position == Position::Insert && select.filter.is_empty() && self.ctes.conflict_follows {
            self.push(" WHERE 1 = 1");
        }
        self.filtered_and_joined(&select.filter, &joined)?;
        self.group_by(&select.group_by)?;
        self.conditions(" HAVING ", &select.having)?;
        if let Some(options) = options {
            self.windows(options)?;
            if let Some(after) = &options.after_filter {
                self.push(" ");
                self.expr(after)?;
            }
        }
        let limit = super::RowLimit::of(select);
        if form.ordered.unwrap_or_else(|| self.keeps_order(position, limit.is_some())) {
            self.order_clause(&select.order_by)?;
        }
        if form.limited {
            self.row_limit(&limit)?;
        }
        if form.tail { self.select_tail(select) } else { Ok(()) }
    }

    /// What stands behind a query's limits: locks, words of the user's own, and words for the planner.
    ///
    /// # Errors
    /// Where the dialect cannot say it.
    pub fn select_tail(&mut self, select: &Select) -> Result<(), CompileError> {
        if let Some(options) = &select.options {
            if let Some(lock) = &options.lock {
                self.dialect.lock(self, lock)?;
            }
            if let Some(after) = &options.after_body {
                self.push(" ");
                self.expr(after)?;
            }
            self.statement_hints(&options.statement_hints);
        }
        Ok(())
    }

    fn select_items(
        &mut self,
        items: &[SelectItem],
        style: LabelStyle,
        position: Position,
    ) -> Result<(), CompileError> {
        if items.is_empty() {
            if !self.dialect.capabilities().empty_select {
                return Err(CompileError::invalid("a query selects nothing"));
            }
            if self.sql.ends_with(' ') {
                self.sql.pop();
            }
            return Ok(());
        }
        // What a value inside of an expression is called is nobody's business.
        self.in_columns(true);
        let written = self.items(items, style, position);
        self.in_columns(false);
        written
    }

    fn in_columns(&mut self, flag: bool) {
        if let Some(frame) = self.scopes.stack.last_mut() {
            frame.in_columns = flag;
        }
    }

    fn distinct(&mut self, select: &Select, options: Option<&SelectOptions>) -> Result<(), CompileError> {
        let on = options.map_or(&[] as &[Expr], |options| &options.distinct_on);
        if on.is_empty() {
            self.push(if select.distinct { "DISTINCT " } else { "" });
            return Ok(());
        }
        if !self.dialect.capabilities().distinct_on {
            return Err(self.unsupported("DISTINCT ON"));
        }
        self.push("DISTINCT ON (");
        self.list(on, ", ", |compiler, expr| compiler.by_label(expr, Precedence::level(level::NONE)))?;
        self.push(") ");
        Ok(())
    }

    /// Conditions, all of which hold, behind a keyword.
    pub(super) fn conditions(&mut self, keyword: &str, conditions: &[Expr]) -> Result<(), CompileError> {
        if conditions.is_empty() {
            return Ok(());
        }
        self.push(keyword);
        match conditions {
            // A word for truth is no condition everywhere.
            [Expr::Literal(crate::Value::Bool(truth))] => {
                self.truth_value(*truth);
                Ok(())
            }
            [single] => self.condition(single, Precedence::level(level::NEVER)),
            several => self.connected(several, " AND ", Precedence { level: level::AND, chain: Some("AND") }),
        }
    }

    pub(super) fn group_by(&mut self, group_by: &[Expr]) -> Result<(), CompileError> {
        if group_by.is_empty() {
            return Ok(());
        }
        self.push(" GROUP BY ");
        self.list(group_by, ", ", |compiler, expr| compiler.by_label(expr, Precedence::level(level::NONE)))
    }

    pub(super) fn order_clause(&mut self, order_by: &[crate::ast::OrderBy]) -> Result<(), CompileError> {
        if order_by.is_empty() {
            return Ok(());
        }
        self.push(" ORDER BY ");
        self.orders(order_by)
    }

    fn windows(&mut self, options: &SelectOptions) -> Result<(), CompileError> {
        if options.windows.is_empty() {
            return Ok(());
        }
        self.push(" WINDOW ");
        self.list(&options.windows, ", ", |compiler, (name, window)| {
            compiler.quote(name);
            compiler.push(" AS (");
            compiler.window(window)?;
            compiler.push(")");
            Ok(())
        })
    }

    fn is_for_this_dialect(&self, dialect: Option<&str>) -> bool {
        dialect.is_none_or(|name| name == "*" || self.dialect.answers_to(name))
    }

    /// Words of the user's own behind a verb, each with a space behind it.
    pub(super) fn prefixes(&mut self, fragments: &[Fragment]) -> Result<(), CompileError> {
        for fragment in fragments {
            if self.is_for_this_dialect(fragment.dialect.as_deref()) {
                self.expr(&fragment.text)?;
                self.push(" ");
            }
        }
        Ok(())
    }

    /// Words of the user's own at the end, each with a gap in front.
    pub(super) fn fragments(&mut self, gap: &str, fragments: &[Fragment]) -> Result<(), CompileError> {
        for fragment in fragments {
            if self.is_for_this_dialect(fragment.dialect.as_deref()) {
                self.push(gap);
                self.expr(&fragment.text)?;
            }
        }
        Ok(())
    }

    fn statement_hints(&mut self, hints: &[(Option<crate::Name>, crate::Name)]) {
        for (dialect, text) in hints {
            if self.is_for_this_dialect(dialect.as_deref()) {
                self.push(" ");
                self.push(text);
            }
        }
    }

    /// Whether an order is written: some databases refuse one in a query inside of another unless it decides which
    /// rows there are.
    pub(super) fn keeps_order(&self, position: Position, limited: bool) -> bool {
        limited
            || self.dialect.capabilities().order_in_subqueries
            || matches!(position, Position::Top | Position::Insert)
    }

    /// Remembers the words that stand beside sources, for when these are written.
    fn names_hints(&mut self, hints: &[Hint]) {
        for hint in hints {
            if let Some(text) = self.hint_text(hint) {
                self.scopes.hints.push((hint.of.clone(), text));
            }
        }
    }

    /// The words about each source in a comment.
    fn hint_comment(&mut self, hints: &[Hint]) {
        let texts: Vec<String> = hints.iter().filter_map(|hint| self.hint_text(hint)).collect();
        for text in texts {
            self.push("/*+ ");
            self.push(&text);
            self.push(" */ ");
        }
    }

    /// The words beside a source, with its name in their place; none for another dialect.
    fn hint_text(&mut self, hint: &Hint) -> Option<String> {
        if !self.is_for_this_dialect(hint.dialect.as_deref()) {
            return None;
        }
        let name = self.source_name(&hint.of)?;
        let mut quoted = String::new();
        self.dialect.quote(&name, &mut quoted);
        Some(hint.text.replace("%(name)s", &quoted))
    }

    /// The names of the sources whose rows are locked, each once, behind a word.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn lock_sources(&mut self, word: &str, lock: &crate::ast::Lock) -> Result<(), CompileError> {
        let mut sources: Vec<Source> = Vec::new();
        let mut add = |source: SourceUse<'_>| {
            if !sources.iter().any(|known| super::scope::is_same(known, source)) {
                sources.push(source.to_source());
            }
        };
        let mut words = Vec::new();
        for locked in &lock.of {
            match locked {
                Locked::Source(source) => add(source.into()),
                Locked::Expr(expr @ (Expr::Text(_) | Expr::Template(_) | Expr::LiteralColumn(_))) => {
                    words.push(expr);
                }
                Locked::Expr(expr) => expr.sources(&mut add),
            }
        }
        let mut gap = word;
        for source in &sources {
            if let Some(name) = self.source_name(source) {
                self.push(std::mem::replace(&mut gap, ", "));
                self.quote(&name);
            }
        }
        for expr in words {
            self.push(std::mem::replace(&mut gap, ", "));
            self.expr(expr)?;
        }
        Ok(())
    }

    /// Writes what a source is called.
    pub fn source(&mut self, source: &Source) {
        if let Some(name) = self.source_name(source) {
            self.quote(&name);
        }
    }

    /// Words for the planner beside a source.
    pub(super) fn source_hint(&mut self, source: SourceUse<'_>) {
        let Some(place) =
            self.scopes.hints.iter().position(|(known, _)| super::scope::is_same(known, source))
        else {
            return;
        };
        let (_, text) = self.scopes.hints.remove(place);
        self.dialect.source_hint(self, &text);
    }

    /// Registers common table expressions that are stated rather than read.
    pub(super) fn with_ctes(&mut self, ctes: &[WithCte]) -> Result<(), CompileError> {
        for with in ctes {
            if let Some(cte) = with.cte.as_cte() {
                self.common_table(&with.cte, cte, with.nest_here)?;
            }
        }
        Ok(())
    }
}

/// Whether a query names columns by their names alone.
fn names_columns(select: &Select) -> bool {
    fn is_named(expr: &Expr) -> bool {
        let mut found = matches!(expr, Expr::Named(_));
        expr.children(&mut |inner| found = found || is_named(inner));
        found
    }
    let own = select.items.iter().filter_map(|item| match item {
        SelectItem::Expr(expr, _) => Some(expr),
        _ => None,
    });
    let options = select.options.iter();
    let rarer = options.flat_map(|options| {
        let windows = options.windows.iter().flat_map(|(_, window)| {
            window.partition_by.iter().chain(window.order_by.iter().map(|order| &order.expr))
        });
        options.distinct_on.iter().chain(windows)
    });
    let orders = select.order_by.iter().map(|order| &order.expr);
    own.chain(&select.group_by).chain(&select.having).chain(orders).chain(rarer).any(is_named)
}
