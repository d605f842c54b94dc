//! What is known of a model while it is compiled: names of columns and relations, so that a misspelt one does not
//! wait for the first run. The derive writes the lists and asserts on them in constants; nothing reads them later but
//! [`reference`].

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

/// Whether two texts are the same.
pub const fn same(a: &str, b: &str) -> bool {
    ends_with_at(a.as_bytes(), 0, b.as_bytes())
}

/// Whether there is a column of that name.
pub const fn has_column(columns: &[ColumnShape], name: &str) -> bool {
    count_columns(columns, name.as_bytes(), 0) > 0
}

/// Whether there are several columns of that name.
pub const fn has_duplicate(columns: &[ColumnShape], name: &str) -> bool {
    count_columns(columns, name.as_bytes(), 0) > 1
}

/// Whether a foreign key leads to `table`, and whether it takes `NULL`. Where `names` is not empty, only those columns
/// count.
pub const fn foreign_key(columns: &[ColumnShape], table: &str, names: &[&str]) -> Option<bool> {
    let mut found = None;
    let mut index = 0;
    while index < columns.len() {
        if let ColumnShape::ForeignKey { name, nullable, table: target } = columns[index]
            && same(target, table)
            && (names.is_empty() || contains(names, name))
        {
            found = match found {
                Some(true) => Some(true),
                _ => Some(nullable),
            };
        }
        index += 1;
    }
    found
}

/// How many foreign keys of one column lead to `table`.
pub const fn count_foreign_keys(columns: &[ColumnShape], table: &str) -> usize {
    let mut found = 0;
    let mut index = 0;
    while index < columns.len() {
        if let ColumnShape::ForeignKey { table: target, .. } = columns[index]
            && same(target, table)
        {
            found += 1;
        }
        index += 1;
    }
    found
}

/// Whether there is a relation of that name.
pub const fn has_relation(relations: &[RelationShape], name: &str) -> bool {
    relation(relations, name).is_some()
}

/// Whether the relation of that name is to `table` and names `back` as its other side. True where there is none.
pub const fn points_back(relations: &[RelationShape], name: &str, table: &str, back: &str) -> bool {
    match relation(relations, name) {
        Some(relation) => same(relation.table, table) && same(relation.back_populates, back),
        None => true,
    }
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

const fn relation(relations: &[RelationShape], name: &str) -> Option<RelationShape> {
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
        for name in ["id", "home_zip", "home_x_y", "user_id"] {
            assert!(has_column(COLUMNS, name), "{name}");
        }
        for name in ["", "i", "ids", "zip", "home_", "home_x_", "home_x_yy"] {
            assert!(!has_column(COLUMNS, name), "{name}");
        }
        assert!(has_duplicate(COLUMNS, "home_zip"));
        assert!(!has_duplicate(COLUMNS, "id"));
        assert_eq!(nth_name(COLUMNS, 2).as_deref(), Some("home_x_y"));
        assert_eq!(nth_name(COLUMNS, 6), None);
    }

    #[test]
    fn a_foreign_key_is_nullable_where_one_of_its_columns_is() {
        assert_eq!(foreign_key(COLUMNS, "users", &[]), Some(true));
        assert_eq!(foreign_key(COLUMNS, "users", &["user_id"]), Some(false));
        assert_eq!(foreign_key(COLUMNS, "orders", &[]), None);
        assert_eq!(count_foreign_keys(COLUMNS, "users"), 2);
    }

    #[test]
    fn relations_point_back_or_do_not() {
        let relations = [RelationShape { name: "user", table: "users", back_populates: "addresses" }];
        assert!(has_relation(&relations, "user"));
        assert!(!has_relation(&relations, "users"));
        assert!(points_back(&relations, "user", "users", "addresses"));
        assert!(!points_back(&relations, "user", "users", "emails"));
        assert!(!points_back(&relations, "user", "groups", "addresses"));
    }
}
