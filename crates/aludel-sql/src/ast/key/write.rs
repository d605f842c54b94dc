//! Inserts, updates and deletes in the key.

use super::*;

impl<'s> StatementKey<'s> {
    pub(super) fn insert(&mut self, insert: &'s Insert) {
        self.table(&insert.table);
        self.names(insert.columns.iter());
        match &insert.source {
            InsertSource::Defaults => self.tag(0),
            InsertSource::Values(rows) => {
                self.tag(1);
                self.short(rows.len());
                for row in rows {
                    self.exprs(row);
                }
            }
            InsertSource::Placeholders => self.tag(2),
            InsertSource::Select(query) => {
                self.tag(3);
                self.query(query);
            }
        }
        match &insert.on_conflict {
            None => self.tag(0),
            Some(conflict) => {
                self.tag(1);
                self.conflict(conflict);
            }
        }
        self.items(&insert.returning);
        self.write_options(insert.options.as_deref());
    }

    fn conflict(&mut self, conflict: &'s OnConflict) {
        match &conflict.target {
            ConflictTarget::Any => self.tag(0),
            ConflictTarget::Columns { elements, filter } => {
                self.tag(1);
                self.exprs(elements);
                self.exprs(filter);
            }
            ConflictTarget::Constraint(name) => {
                self.tag(2);
                self.text(name);
            }
        }
        self.optional_text(conflict.new_row.as_ref());
        match &conflict.action {
            ConflictAction::DoNothing => self.tag(0),
            ConflictAction::DoUpdate { set, filter } => {
                self.tag(1);
                self.assignments(set);
                self.exprs(filter);
            }
        }
    }

    pub(super) fn update(&mut self, update: &'s Update) {
        self.table(&update.table);
        self.assignments(&update.set);
        self.exprs(&update.filter);
        self.items(&update.returning);
        self.write_options(update.options.as_deref());
    }

    pub(super) fn delete(&mut self, delete: &'s Delete) {
        self.table(&delete.table);
        self.exprs(&delete.filter);
        self.items(&delete.returning);
        self.write_options(delete.options.as_deref());
    }

    fn assignments(&mut self, set: &'s [(Name, Expr)]) {
        self.short(set.len());
        for (name, value) in set {
            self.text(name);
            self.expr(value);
        }
    }

    fn write_options(&mut self, options: Option<&'s WriteOptions>) {
        let Some(options) = options else { return self.tag(0) };
        self.tag(1 + u8::from(options.implicit_from));
        self.from_items(&options.from);
        self.short(options.set_elsewhere.len());
        for (target, value) in &options.set_elsewhere {
            self.expr(target);
            self.expr(value);
        }
        self.ctes(&options.ctes);
        self.fragments(&options.prefixes);
        self.dialect_words(&options.hints);
        self.orders(&options.order_by);
        self.option(options.limit.as_ref());
        self.option(options.after_values.as_ref());
        self.option(options.after_filter.as_ref());
        self.optional_label(options.alias.as_ref());
    }
}
