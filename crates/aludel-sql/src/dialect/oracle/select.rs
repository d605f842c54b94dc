//! Limits and locks in Oracle: `OFFSET … FETCH FIRST`, and for versions before 12 a query that counts rows by `ROWNUM`
//! around the query.

use crate::ast::{ColumnRef, Expr, Lock, LockWait, Locked, Select, SelectItem};
use crate::compiler::{Around, CompileError, Compiler, Position, RowLimit, SelectForm};

/// A query around the query where that has limits and there is no clause for them.
pub(super) fn select(
    out: &mut Compiler<'_>,
    select: &Select,
    position: Position,
    hint: bool,
) -> Result<bool, CompileError> {
    let limit = RowLimit::of(select);
    let facts = out.dialect().capabilities();
    if facts.offset_fetch || !limit.is_some() || limit.fetch.is_some() {
        return Ok(false);
    }
    let counted = Counted { select, limit, hint, unselected: unselected(out, select)? };
    match limit.offset {
        None => counted.limited(out, position, None)?,
        Some(offset) => counted.beyond(out, position, offset)?,
    }
    Ok(true)
}

/// A query whose rows are counted.
struct Counted<'s> {
    select: &'s Select,
    limit: RowLimit<'s>,
    /// Whether the server is told how many rows are wanted.
    hint: bool,
    /// Columns that are locked and not selected.
    unselected: Vec<&'s ColumnRef>,
}

impl Counted<'_> {
    /// The query, cut behind the last row that is wanted. With `read_by`, the rows have their numbers.
    fn limited(
        &self,
        out: &mut Compiler<'_>,
        position: Position,
        read_by: Option<u32>,
    ) -> Result<(), CompileError> {
        let head = |out: &mut Compiler<'_>| {
            // It stands in a comment, where nothing is bound.
            if let Some(count) = self.limit.limit.filter(|count| self.hint && out.is_written(count)) {
                out.push("/*+ FIRST_ROWS(");
                out.expr(count)?;
                out.push(") */ ");
            }
            Ok(())
        };
        let more = |out: &mut Compiler<'_>, alias: &str| {
            if read_by.is_some() {
                out.push(", ROWNUM AS ora_rn");
                self.locked_columns(out, alias);
            }
            Ok(())
        };
        let inner = |out: &mut Compiler<'_>, id: u32| self.plain(out, position, id);
        let behind = |out: &mut Compiler<'_>, alias: &str| {
            if let Some(count) = self.limit.limit {
                out.push(" WHERE ROWNUM <= ");
                out.expr(count)?;
                if let Some(offset) = self.limit.offset {
                    out.push(" + ");
                    out.expr(offset)?;
                }
            }
            if read_by.is_none() { self.tail(out, alias) } else { Ok(()) }
        };
        let around =
            Around { head: Some(&head), more_columns: Some(&more), inner: &inner, behind: &behind, read_by };
        out.select_around(self.select, position, &around)
    }

    /// The rows behind the first ones.
    fn beyond(&self, out: &mut Compiler<'_>, position: Position, offset: &Expr) -> Result<(), CompileError> {
        let inner = |out: &mut Compiler<'_>, id: u32| self.limited(out, position, Some(id));
        let behind = |out: &mut Compiler<'_>, alias: &str| {
            out.push(" WHERE ora_rn > ");
            out.expr(offset)?;
            self.tail(out, alias)
        };
        let around = Around { head: None, more_columns: None, inner: &inner, behind: &behind, read_by: None };
        out.select_around(self.select, position, &around)
    }

    /// The query itself, with its order, as this decides which rows come first.
    fn plain(&self, out: &mut Compiler<'_>, position: Position, id: u32) -> Result<(), CompileError> {
        let more = |out: &mut Compiler<'_>| {
            for column in &self.unselected {
                out.push(", ");
                out.column(column)?;
                out.push(" AS ");
                out.quote(&column.name);
            }
            Ok(())
        };
        let form = SelectForm {
            more_columns: Some(&more),
            limited: false,
            ordered: Some(true),
            tail: false,
            read_by: Some(id),
            ..SelectForm::default()
        };
        out.standard_select(self.select, position, &form)
    }

    fn locked_columns(&self, out: &mut Compiler<'_>, alias: &str) {
        for column in &self.unselected {
            out.push(", ");
            out.quote(alias);
            out.push(".");
            out.quote(&column.name);
            out.push(" AS ");
            out.quote(&column.name);
        }
    }

    /// Locks and words at the end; the columns that are locked are those of the query inside.
    fn tail(&self, out: &mut Compiler<'_>, alias: &str) -> Result<(), CompileError> {
        let lock = self.select.options.as_ref().and_then(|options| options.lock.as_ref());
        let Some(lock) = lock.filter(|lock| !lock.of.is_empty()) else {
            return out.select_tail(self.select);
        };
        out.push(" FOR UPDATE OF ");
        out.list(&lock.of, ", ", |out, locked| match locked {
            Locked::Expr(Expr::Column(column)) => {
                out.quote(alias);
                out.push(".");
                out.quote(&column.name);
                Ok(())
            }
            _ => Err(out.unsupported("a lock on something else than columns, in a query with a limit")),
        })?;
        waiting(out, lock);
        Ok(())
    }
}

/// The columns that a lock names and the query does not select.
fn unselected<'s>(out: &Compiler<'_>, select: &'s Select) -> Result<Vec<&'s ColumnRef>, CompileError> {
    let lock = select.options.as_ref().and_then(|options| options.lock.as_ref());
    let mut columns = Vec::new();
    for locked in lock.iter().flat_map(|lock| &lock.of) {
        let Locked::Expr(Expr::Column(column)) = locked else {
            return Err(out.unsupported("a lock on something else than columns, in a query with a limit"));
        };
        if !select.items.iter().any(|item| selects(item, column)) {
            columns.push(column);
        }
    }
    Ok(columns)
}

fn selects(item: &SelectItem, column: &ColumnRef) -> bool {
    let of = |source: &crate::ast::Source| column.source.as_ref() == Some(source);
    match item {
        SelectItem::Expr(Expr::Column(own), _) => own == column,
        SelectItem::Columns(source, names) => of(source) && names.contains(&column.name),
        SelectItem::OwnedColumns(source, names) => of(source) && names.contains(&column.name),
        SelectItem::Expr(..) | SelectItem::All(_) => false,
    }
}

/// `FOR UPDATE`, which names columns rather than tables.
pub(super) fn lock(out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
    out.push(" FOR UPDATE");
    if !lock.of.is_empty() {
        out.push(" OF ");
        out.list(&lock.of, ", ", |out, locked| match locked {
            Locked::Expr(expr) => out.expr(expr),
            Locked::Source(source) => {
                out.source(source);
                Ok(())
            }
        })?;
    }
    waiting(out, lock);
    Ok(())
}

fn waiting(out: &mut Compiler<'_>, lock: &Lock) {
    out.push(match lock.wait {
        None => "",
        Some(LockWait::NoWait) => " NOWAIT",
        Some(LockWait::SkipLocked) => " SKIP LOCKED",
    });
}
