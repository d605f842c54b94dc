//! The record of what a database can do.

/// How a statement's text refers to its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `?`, in order.
    Question,
    /// `$1`, `$2`, …
    Dollar,
}

/// What `ALTER TABLE` can do by itself. What it can't is done by moving the rows to a new table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlterSupport {
    /// A column can be dropped.
    pub drop_column: bool,
    /// A column can be renamed.
    pub rename_column: bool,
    /// Type, nullability and default of a column can be changed.
    pub alter_column: bool,
    /// Constraints can be added and dropped.
    pub constraints: bool,
}

/// What a database can do. Compiler, planner and tests read the same record; it is filled from the server's version.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The character around quoted identifiers.
    pub quote: char,
    /// How parameters are written.
    pub placeholder: Placeholder,
    /// The most parameters that one statement may have.
    pub max_parameters: usize,
    /// `true` and `false` are words of the language.
    pub boolean_literals: bool,
    /// `INSERT … RETURNING`.
    pub insert_returning: bool,
    /// `UPDATE … RETURNING` and `DELETE … RETURNING`.
    pub update_returning: bool,
    /// `INSERT … DEFAULT VALUES`; otherwise `() VALUES ()`.
    pub default_values: bool,
    /// `ON CONFLICT`; otherwise `ON DUPLICATE KEY UPDATE`.
    pub on_conflict: bool,
    /// `ILIKE`.
    pub ilike: bool,
    /// `IS [NOT] DISTINCT FROM`; otherwise `IS`/`IS NOT` (SQLite) or `<=>` (MySQL), as the dialect says.
    pub is_distinct_from: Option<(&'static str, &'static str)>,
    /// `NULLS FIRST` and `NULLS LAST`.
    pub nulls_ordering: bool,
    /// An offset needs a limit; this is the limit that means none.
    pub limit_for_offset: Option<&'static str>,
    /// Schema changes are part of the transaction.
    pub transactional_ddl: bool,
    /// What `ALTER TABLE` can do.
    pub alter: AlterSupport,
    /// The key of a row inserted by a plain statement is told by the driver.
    pub last_insert_id: bool,
    /// Named enum types exist as objects of the schema.
    pub native_enum: bool,
    /// The longest identifier, in bytes.
    pub max_identifier: usize,
}

impl Capabilities {
    /// The record to start from: standard SQL as most databases have it.
    pub const fn standard() -> Self {
        Capabilities {
            quote: '"',
            placeholder: Placeholder::Question,
            max_parameters: 32_766,
            boolean_literals: true,
            insert_returning: true,
            update_returning: true,
            default_values: true,
            on_conflict: true,
            ilike: false,
            is_distinct_from: Some(("IS DISTINCT FROM", "IS NOT DISTINCT FROM")),
            nulls_ordering: true,
            limit_for_offset: None,
            transactional_ddl: true,
            alter: AlterSupport {
                drop_column: true,
                rename_column: true,
                alter_column: true,
                constraints: true,
            },
            last_insert_id: false,
            native_enum: false,
            max_identifier: 63,
        }
    }
}
