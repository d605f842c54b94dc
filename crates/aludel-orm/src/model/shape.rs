//! What is known of a model while it is compiled: names of columns and relations, so that a misspelt one does not
//! wait for the first run. The derive writes the lists and asserts on them in constants; nothing reads them later but
//! [`reference()`].

use aludel_sql::Column;
use aludel_sql::types::Field;

use super::{Model, ModelTable};

/// A column, as constants see it.
#[derive(Clone, Copy, Debug)]
pub enum ColumnShape {
    /// A column by its name.
    Column(&'static str),
    /// A column that refers to another table.
    ForeignKey {
        /// The column's name.
        name: &'static str,
        /// Whether it takes `NULL`.
        nullable: bool,
        /// The table referred to, with its schema where it has one.
        table: &'static str,
    },
    /// The columns of an embedded struct.
    Embedded {
        /// What stands in front of their names.
        prefix: &'static str,
        /// The columns.
        columns: &'static [ColumnShape],
    },
}

/// A relation, as constants see it.
#[derive(Clone, Copy, Debug)]
pub struct RelationShape {
    /// The field's name.
    pub name: &'static str,
    /// The table of the model at the other end.
    pub table: &'static str,
    /// The relation at the other end that is this one seen from there; empty where none is named.
    pub back_populates: &'static str,
}

/// Whether the model has a column of that name. Of a model that says nothing about itself, anything is believed.
pub const fn has_column<M: Model>(name: &str) -> bool {
    M::TABLE.is_empty() || count_columns(M::SHAPE, name.as_bytes(), 0) > 0
}

/// Whether one of two models has a column of that name.
pub const fn either_has_column<M: Model, N: Model>(name: &str) -> bool {
    has_column::<M>(name) || has_column::<N>(name)
}

/// Whether a foreign key to `table.column` refers to a column that is there. True where the table is another model's.
pub const fn refers_well<M: Model>(table: &str, column: &str) -> bool {
    !same(M::TABLE, table) || has_column::<M>(column)
}

/// Whether the model has a relation of that name.
pub const fn has_relation<M: Model>(name: &str) -> bool {
    M::TABLE.is_empty() || find_relation(M::RELATIONS, name).is_some()
}

/// Whether the relation `name` of `T` leads to `M` and names `back` as its other side. True where there is none.
pub const fn points_back<M: Model, T: Model>(name: &str, back: &str) -> bool {
    match find_relation(T::RELATIONS, name) {
        Some(relation) => same(relation.table, M::TABLE) && same(relation.back_populates, back),
        None => true,
    }
}

/// Whether at most one foreign key leads from `M` to `T`.
pub const fn has_one_key<M: Model, T: Model>() -> bool {
    foreign_keys(M::SHAPE, T::TABLE, &[]).count <= 1
}

/// Whether no foreign key of these columns (of any, where there are none) leads from `M` to `T`.
pub const fn has_no_key<M: Model, T: Model>(names: &[&str]) -> bool {
    foreign_keys(M::SHAPE, T::TABLE, names).count == 0
}

/// Whether a `One` that may hold no object, or may not, fits the foreign key from `M` to `T`, where there is one.
pub const fn one_fits<M: Model, T: Model>(nullable: bool, names: &[&str]) -> bool {
    let keys = foreign_keys(M::SHAPE, T::TABLE, names);
    keys.count == 0 || keys.nullable == nullable
}

/// Whether the model of a table between has foreign keys to both ends.
pub const fn connects<S: Model, M: Model, T: Model>() -> bool {
    S::TABLE.is_empty()
        || (foreign_keys(S::SHAPE, M::TABLE, &[]).count > 0
            && foreign_keys(S::SHAPE, T::TABLE, &[]).count > 0)
}

/// A foreign key of the type `P` may refer to a column of this type.
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{P}` cannot refer to a column of type `{Self}`",
    label = "a column of type `{Self}`",
    note = "give both columns the same type; `Option` and `Auto` around it make no difference"
)]
pub trait ReferredBy<P> {}

impl<P> ReferredBy<P> for P {}

/// `table.column`, for a foreign key that the model declares as `references = User.id`.
///
/// It reads the model's constants and not its description, which may be in the making at this moment.
pub fn reference<F, M, T>(_: M, column: Column<T>) -> String
where
    F: Field,
    M: ModelTable,
    T: Field<Plain: ReferredBy<F::Plain>>,
{
    let name = nth_name(M::Model::SHAPE, column.index()).unwrap_or_default();
    format!("{}.{name}", M::Model::TABLE)
}

fn nth_name(columns: &[ColumnShape], index: usize) -> Option<String> {
    let mut names = Vec::new();
    collect(columns, "", &mut names);
    names.into_iter().nth(index)
}

fn collect(columns: &[ColumnShape], outer: &str, names: &mut Vec<String>) {
    for column in columns {
        match column {
            ColumnShape::Column(name) | ColumnShape::ForeignKey { name, .. } => {
                names.push(format!("{outer}{name}"));
            }
            ColumnShape::Embedded { prefix, columns } => collect(columns, &format!("{outer}{prefix}"), names),
        }
    }
}

/// The columns of foreign keys that lead to a table.
struct Keys {
    count: usize,
    /// Whether one of them takes `NULL`.
    nullable: bool,
}

/// The columns of foreign keys to `table`; where `names` is not empty, only those.
const fn foreign_keys(columns: &[ColumnShape], table: &str, names: &[&str]) -> Keys {
    let mut keys = Keys { count: 0, nullable: false };
    let mut index = 0;
    while index < columns.len() {
        if let ColumnShape::ForeignKey { name, nullable, table: target } = columns[index]
            && same(target, table)
            && (names.is_empty() || contains(names, name))
        {
            keys.count += 1;
            keys.nullable |= nullable;
        }
        index += 1;
    }
    keys
}

const fn find_relation(relations: &[RelationShape], name: &str) -> Option<RelationShape> {
    let mut index = 0;
    while index < relations.len() {
        if same(relations[index].name, name) {
            return Some(relations[index]);
        }
        index += 1;
    }
    None
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}

/// How often `name`, from its byte `from` on, is the name of a column.
const fn count_columns(columns: &[ColumnShape], name: &[u8], from: usize) -> usize {
    let mut found = 0;
    let mut index = 0;
    while index < columns.len() {
        match columns[index] {
            ColumnShape::Column(own) | ColumnShape::ForeignKey { name: own, .. } => {
                if ends_with_at(name, from, own.as_bytes()) {
                    found += 1;
                }
            }
            ColumnShape::Embedded { prefix, columns } => {
                if has_at(name, from, prefix.as_bytes()) {
                    found += count_columns(columns, name, from + prefix.len());
                }
            }
        }
        index += 1;
    }
    found
}

const fn same(a: &str, b: &str) -> bool {
    ends_with_at(a.as_bytes(), 0, b.as_bytes())
}

const fn ends_with_at(text: &[u8], from: usize, part: &[u8]) -> bool {
    text.len() == from + part.len() && has_at(text, from, part)
}

const fn has_at(text: &[u8], from: usize, part: &[u8]) -> bool {
    if text.len() < from + part.len() {
        return false;
    }
    let mut index = 0;
    while index < part.len() {
        if text[from + index] != part[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::ColumnShape::{Column, Embedded, ForeignKey};
    use super::*;

    const COLUMNS: &[ColumnShape] = &[
        Column("id"),
        Embedded {
            prefix: "home_",
            columns: &[Column("zip"), Embedded { prefix: "x_", columns: &[Column("y")] }],
        },
        ForeignKey { name: "user_id", nullable: false, table: "users" },
        ForeignKey { name: "owner_id", nullable: true, table: "users" },
        Column("home_zip"),
    ];

    #[test]
    fn columns_are_found_through_embedded_structs() {
        let count = |name: &str| count_columns(COLUMNS, name.as_bytes(), 0);
        for name in ["id", "home_x_y", "user_id"] {
            assert_eq!(count(name), 1, "{name}");
        }
        for name in ["", "i", "ids", "zip", "home_", "home_x_", "home_x_yy"] {
            assert_eq!(count(name), 0, "{name}");
        }
        assert_eq!(count("home_zip"), 2);
        assert_eq!(nth_name(COLUMNS, 2).as_deref(), Some("home_x_y"));
        assert_eq!(nth_name(COLUMNS, 6), None);
    }

    #[test]
    fn a_foreign_key_is_nullable_where_one_of_its_columns_is() {
        let keys = |table, names: &[&str]| {
            let keys = foreign_keys(COLUMNS, table, names);
            (keys.count, keys.nullable)
        };
        assert_eq!(keys("users", &[]), (2, true));
        assert_eq!(keys("users", &["user_id"]), (1, false));
        assert_eq!(keys("orders", &[]), (0, false));
    }
}
