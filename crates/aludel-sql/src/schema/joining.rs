//! The condition of a join, found from foreign keys.

use super::{ForeignKey, Table};
use crate::ast::{BinaryOperator, Expr, TableRef};
use crate::compiler::CompileError;

/// One occurrence of a table in a query.
#[derive(Clone, Debug)]
pub struct Occurrence<'t> {
    /// The table.
    pub table: &'t Table,
    /// How the query reads it: under its own name or another one.
    pub read_as: TableRef,
}

impl<'t> Occurrence<'t> {
    /// A table under its own name.
    pub fn new(table: &'t Table) -> Self {
        Occurrence { table, read_as: TableRef::from(table) }
    }
}

/// The condition under which rows of two sides belong together: the columns of the one foreign key that leads from a
/// table of one side to a table of the other are equal. Where the left side is a join itself, its last table is asked
/// first. Mirrors how SQLAlchemy's `join` finds its condition.
///
/// ```
/// use aludel_sql::compiler::render_expr;
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::schema::{Occurrence, column, foreign_key, join_condition, table};
/// use aludel_sql::Type;
///
/// let parent = table("parent").column(column("id", Type::Integer));
/// let child = table("child")
///     .column(column("parent_id", Type::Integer))
///     .foreign_key(foreign_key(["parent_id"]).references("parent", ["id"]));
/// let on = join_condition(&[Occurrence::new(&parent)], &[Occurrence::new(&child)])?;
/// assert_eq!(render_expr(&on, &Sqlite::default())?, "parent.id = child.parent_id");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
///
/// # Errors
/// Where no foreign key connects the sides, or several ones do that mean different columns.
pub fn join_condition(left: &[Occurrence<'_>], right: &[Occurrence<'_>]) -> Result<Expr, CompileError> {
    let last = left.last().map(std::slice::from_ref).unwrap_or_default();
    for side in [last, left] {
        let mut conditions: Vec<Vec<(Expr, Expr)>> = Vec::new();
        for (from, to) in [(right, side), (side, right)] {
            for found in from.iter().flat_map(|from| to.iter().flat_map(move |to| references(from, to))) {
                if !conditions.contains(&found) {
                    conditions.push(found);
                }
            }
        }
        let mut conditions = conditions.into_iter();
        match (conditions.next(), conditions.next()) {
            (None, _) => {}
            (Some(pairs), None) => {
                let mut parts =
                    pairs.into_iter().map(|(target, own)| Expr::binary(BinaryOperator::Equal, target, own));
                return Ok(match (parts.next(), parts.len()) {
                    (Some(single), 0) => single,
                    (first, _) => Expr::All(first.into_iter().chain(parts).collect()),
                });
            }
            (Some(_), Some(_)) => {
                return Err(CompileError::invalid(format!(
                    "several foreign keys connect {} with {}: say the condition of the join",
                    names(left),
                    names(right)
                )));
            }
        }
    }
    Err(CompileError::invalid(format!(
        "no foreign key connects {} with {}: say the condition of the join",
        names(left),
        names(right)
    )))
}

/// The pairs of columns of each foreign key that leads from one table to the other, the one referred to first.
fn references(from: &Occurrence<'_>, to: &Occurrence<'_>) -> Vec<Vec<(Expr, Expr)>> {
    let keys = from.table.foreign_keys.iter().filter(|key| key.target == to.table.name);
    let pairs = |key: &ForeignKey| {
        let columns = key.target_columns.iter().zip(&key.columns);
        columns
            .map(|(target, own)| {
                let target = Expr::column(to.read_as.clone(), target.clone());
                (target, Expr::column(from.read_as.clone(), own.clone()))
            })
            .collect()
    };
    keys.map(pairs).collect()
}

fn names(side: &[Occurrence<'_>]) -> String {
    let names: Vec<String> = side.iter().map(|one| format!("`{}`", one.read_as.name)).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::{column, foreign_key, table};
    use super::*;
    use crate::ast::Alias;
    use crate::compiler::render_expr;
    use crate::dialect::sqlite::Sqlite;
    use crate::types::Type;

    fn child(keys: &[&str]) -> Table {
        let mut child = table("child");
        for key in keys {
            child = child
                .column(column(*key, Type::Integer))
                .foreign_key(foreign_key([*key]).references("parent", ["id"]));
        }
        child
    }

    #[test]
    fn the_one_key_between_two_sides_is_found_in_either_direction() {
        let parent = table("parent").column(column("id", Type::Integer));
        let child = child(&["parent_id"]);
        let mut again = Occurrence::new(&parent);
        again.read_as.alias = Alias::Named("p".into());
        let text = |left: &[Occurrence<'_>], right: &[Occurrence<'_>]| {
            let on = join_condition(left, right).expect("a condition");
            render_expr(&on, &Sqlite::default()).expect("text")
        };
        let (parent, child) = ([Occurrence::new(&parent)], [Occurrence::new(&child)]);
        assert_eq!(text(&parent, &child), "parent.id = child.parent_id");
        assert_eq!(text(&child, &parent), "parent.id = child.parent_id");
        // The last table of the left side is nearer than the ones in front of it.
        let [parent] = parent;
        assert_eq!(text(&[parent, again], &child), "p.id = child.parent_id");
    }

    #[test]
    fn a_choice_that_is_not_there_or_not_clear_is_refused() {
        let parent = table("parent").column(column("id", Type::Integer));
        let refused = |child: &Table| {
            let error = join_condition(&[Occurrence::new(&parent)], &[Occurrence::new(child)]).unwrap_err();
            error.to_string()
        };
        assert!(refused(&child(&[])).contains("no foreign key connects `parent` with `child`"));
        assert!(refused(&child(&["mother", "father"])).contains("several foreign keys connect"));
    }
}
