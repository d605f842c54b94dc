//! Queries and what they read, in the key.

use super::*;

impl<'s> StatementKey<'s> {
    pub(super) fn query(&mut self, query: &'s Query) {
        match query {
            Query::Select(select) => {
                self.tag(0);
                self.select(select);
            }
            Query::Compound(compound) => {
                self.tag(1);
                self.compound(compound);
            }
            Query::Values(values) => {
                self.tag(2);
                self.values(values);
            }
            Query::Text(text) => {
                self.tag(3);
                self.template(&text.text);
                self.names(text.columns.iter());
                self.ctes(&text.ctes);
            }
            Query::Insert(insert) => {
                self.tag(4);
                self.insert(insert);
            }
            Query::Update(update) => {
                self.tag(5);
                self.update(update);
            }
            Query::Delete(delete) => {
                self.tag(6);
                self.delete(delete);
            }
        }
    }

    fn compound(&mut self, compound: &'s Compound) {
        self.tag(compound.operator as u8);
        self.short(compound.members.len());
        compound.members.iter().for_each(|member| self.query(member));
        self.exprs(&compound.group_by);
        self.orders(&compound.order_by);
        self.option(compound.limit.as_ref());
        self.option(compound.offset.as_ref());
        self.fetch(compound.fetch.as_ref());
        self.lock(compound.lock.as_ref());
        self.ctes(&compound.ctes);
    }

    fn values(&mut self, values: &'s Values) {
        self.tag(values.literal.into());
        self.columns(&values.columns);
        self.short(values.rows.len());
        for row in &values.rows {
            self.short(row.len());
            for value in row {
                self.written_if(values.literal, value);
            }
        }
        self.ctes(&values.ctes);
    }

    fn columns(&mut self, columns: &'s [(Name, Option<Type>)]) {
        self.short(columns.len());
        for (name, ty) in columns {
            self.text(name);
            self.optional_type(ty.as_ref());
        }
    }

    pub(super) fn derived(&mut self, derived: &'s Derived) {
        if !self.id(derived.id) {
            return;
        }
        // One that took this one's place was here before it.
        self.short(self.restated.iter().position(|known| *known == derived.id).map_or(0, |place| place + 1));
        self.optional_label(derived.name.as_ref());
        self.tag(derived.lateral.into());
        match &derived.kind {
            DerivedKind::Subquery(query) => {
                self.tag(0);
                self.query(query);
            }
            DerivedKind::Cte(cte) => {
                self.tag(1);
                self.tag(
                    u8::from(cte.recursive)
                        | u8::from(cte.nesting) << 1
                        | cte.materialized.map_or(0, |yes| 4 + 4 * u8::from(yes)),
                );
                match cte.restates {
                    None => self.tag(0),
                    Some(id) => self.restates(id),
                }
                self.names(cte.columns.iter());
                self.fragments(&cte.prefixes);
                self.fragments(&cte.suffixes);
                self.query(&cte.query);
            }
            DerivedKind::Alias(source) => {
                self.tag(2);
                self.source(source);
            }
            DerivedKind::Values(values) => {
                self.tag(3);
                self.values(values);
            }
            DerivedKind::Function(function) => {
                self.tag(4);
                self.tag(
                    u8::from(function.derived)
                        | u8::from(function.with_types) << 1
                        | u8::from(function.ordinality) << 2
                        | u8::from(function.joins_implicitly) << 3,
                );
                self.expr(&function.call);
                self.columns(&function.columns);
            }
            DerivedKind::Sample(sample) => {
                self.tag(5);
                self.source(&sample.of);
                self.expr(&sample.method);
                self.option(sample.seed.as_ref());
            }
        }
    }

    /// Names the one whose place another one takes, which may have been here before or not.
    fn restates(&mut self, id: u32) {
        match self.ids.iter().position(|known| *known == id) {
            Some(order) => {
                self.tag(1);
                self.short(order);
            }
            None => {
                self.tag(2);
                let known = self.restated.iter().position(|known| *known == id);
                let place = known.unwrap_or_else(|| {
                    self.restated.push(id);
                    self.restated.len() - 1
                });
                self.short(place);
            }
        }
    }

    pub(super) fn fragments(&mut self, fragments: &'s [Fragment]) {
        self.short(fragments.len());
        for fragment in fragments {
            self.optional_text(fragment.dialect.as_ref());
            self.expr(&fragment.text);
        }
    }

    pub(super) fn ctes(&mut self, ctes: &'s [WithCte]) {
        self.short(ctes.len());
        for with in ctes {
            self.tag(with.nest_here.into());
            self.derived(&with.cte);
        }
    }

    pub(super) fn select(&mut self, select: &'s Select) {
        self.tag(select.distinct.into());
        self.items(&select.items);
        self.from_items(&select.from);
        self.short(select.joins.len());
        for join in &select.joins {
            self.tag(join.kind as u8);
            self.from_item(&join.target);
            self.option(join.on.as_ref());
            match &join.left {
                None => self.tag(0),
                Some(left) => {
                    self.tag(1);
                    self.from_item(left);
                }
            }
        }
        self.exprs(&select.filter);
        self.exprs(&select.group_by);
        self.exprs(&select.having);
        self.orders(&select.order_by);
        self.option(select.limit.as_ref());
        self.option(select.offset.as_ref());
        match &select.options {
            None => self.tag(0),
            Some(options) => {
                self.tag(1);
                self.select_options(options);
            }
        }
    }

    fn select_options(&mut self, options: &'s SelectOptions) {
        self.tag(u8::from(options.implicit_from) | (options.label_style as u8) << 1);
        self.exprs(&options.distinct_on);
        self.fetch(options.fetch.as_ref());
        self.lock(options.lock.as_ref());
        match &options.correlation {
            Correlation::Auto => self.tag(0),
            Correlation::Only(sources) => {
                self.tag(1);
                self.sources(sources);
            }
            Correlation::Except(sources) => {
                self.tag(2);
                self.sources(sources);
            }
        }
        self.ctes(&options.ctes);
        self.fragments(&options.prefixes);
        self.fragments(&options.suffixes);
        self.short(options.hints.len());
        for hint in &options.hints {
            self.source(&hint.of);
            self.text(&hint.text);
            self.optional_text(hint.dialect.as_ref());
        }
        self.dialect_words(&options.statement_hints);
        self.short(options.windows.len());
        for (name, window) in &options.windows {
            self.text(name);
            self.window(window);
        }
        self.option(options.before_columns.as_ref());
        self.option(options.after_columns.as_ref());
        self.option(options.after_filter.as_ref());
        self.option(options.after_body.as_ref());
    }

    pub(super) fn dialect_words(&mut self, words: &'s [(Option<Name>, Name)]) {
        self.short(words.len());
        for (dialect, text) in words {
            self.optional_text(dialect.as_ref());
            self.text(text);
        }
    }

    fn fetch(&mut self, fetch: Option<&'s Fetch>) {
        match fetch {
            None => self.tag(0),
            Some(fetch) => {
                self.tag(1 | u8::from(fetch.with_ties) << 1 | u8::from(fetch.percent) << 2);
                self.expr(&fetch.count);
            }
        }
    }

    fn lock(&mut self, lock: Option<&'s Lock>) {
        match lock {
            None => self.tag(0),
            Some(lock) => {
                self.tag(1 + lock.strength as u8);
                self.tag(lock.wait.map_or(0, |wait| 1 + wait as u8));
                self.short(lock.of.len());
                for locked in &lock.of {
                    match locked {
                        Locked::Source(source) => {
                            self.tag(0);
                            self.source(source);
                        }
                        Locked::Expr(expr) => {
                            self.tag(1);
                            self.expr(expr);
                        }
                    }
                }
            }
        }
    }

    pub(super) fn from_items(&mut self, items: &'s [FromItem]) {
        self.short(items.len());
        items.iter().for_each(|item| self.from_item(item));
    }

    fn from_item(&mut self, item: &'s FromItem) {
        match item {
            FromItem::Table(table) => {
                self.tag(0);
                self.table(table);
            }
            FromItem::Derived(derived) => {
                self.tag(1);
                self.derived(derived);
            }
            FromItem::Join(join) => {
                self.tag(2);
                self.tag(join.kind as u8);
                self.from_item(&join.left);
                self.from_item(&join.right);
                self.option(join.on.as_ref());
            }
            FromItem::Text(text) => {
                self.tag(3);
                self.text(text);
            }
        }
    }

    pub(super) fn items(&mut self, items: &'s [SelectItem]) {
        self.short(items.len());
        for item in items {
            match item {
                SelectItem::Expr(expr, label) => {
                    self.tag(0);
                    self.expr(expr);
                    self.optional_text(label.as_ref());
                }
                SelectItem::Columns(source, names) => {
                    self.tag(1);
                    self.source(source);
                    // A static list of names never changes, so where it lies says which it is.
                    self.number(names.as_ptr() as usize);
                    self.short(names.len());
                }
                SelectItem::OwnedColumns(source, names) => {
                    self.tag(2);
                    self.source(source);
                    self.names(names.iter());
                }
                SelectItem::All(derived) => {
                    self.tag(3);
                    self.derived(derived);
                }
            }
        }
    }
}
