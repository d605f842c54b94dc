//! Constraints: in a table's definition, and added to or dropped from a table that exists.

use super::names::{name_list, quoted, quoted_object, table_name};
use crate::ast;
use crate::compiler::CompileError;
use crate::dialect::{AutoIncrement, DeferralSupport, Dialect, answers_to};
use crate::schema::{
    CheckedType, Constraint, ConstraintKind, Exclude, ForeignKey, IndexKey, Initially, ObjectName,
    ReferentialAction, Table, TableName,
};

/// A constraint as it stands in `CREATE TABLE` or behind `ADD`, with its name in front where it has one.
///
/// # Errors
/// Where the dialect cannot say something.
pub fn constraint_definition(
    table: &TableName,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    definition(table, None, constraint, dialect)
}

pub(super) fn definition(
    name: &TableName,
    table: Option<&Table>,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let words = dialect.constraint_words(table, constraint)?;
    let mut sql = String::new();
    push_name(constraint.object_name(), dialect, &mut sql)?;
    let columns = |columns: &[String]| format!("({}){}", name_list(columns, dialect), words.columns);
    let body = match constraint {
        Constraint::PrimaryKey(key) => format!("PRIMARY KEY {}{}", words.kind, columns(&key.columns)),
        Constraint::Unique(unique) => format!("UNIQUE {}{}", words.kind, columns(&unique.columns)),
        Constraint::ForeignKey(key) => {
            let columns = name_list(&key.columns, dialect);
            format!("FOREIGN KEY({columns}) {}", reference(name, key, dialect)?)
        }
        Constraint::Check(check) => format!("CHECK ({})", check.condition.render(dialect)?),
        Constraint::Exclude(exclude) => exclusion(exclude, dialect)?,
    };
    let deferral = deferral(name, constraint, dialect)?;
    let sql = format!("{sql} {body}{deferral}{}", words.end);
    Ok(sql.trim_start().to_owned())
}

fn exclusion(exclude: &Exclude, dialect: &dyn Dialect) -> Result<String, CompileError> {
    if !dialect.capabilities().ddl.exclusions {
        return Err(CompileError::unsupported(dialect.name(), "an exclusion constraint"));
    }
    if exclude.elements.is_empty() {
        return Err(CompileError::invalid(
            "an exclusion constraint compares nothing: `exclude().column(..)`",
        ));
    }
    let mut elements = Vec::new();
    for element in &exclude.elements {
        let key = match &element.key {
            IndexKey::Column(name) => quoted(name, dialect),
            IndexKey::Expression(sql) => {
                let text = sql.render(dialect)?;
                // The grammar takes a call bare. Words of the user's own are taken as they are.
                let own = matches!(
                    sql.as_expr(),
                    None | Some(ast::Expr::LiteralColumn(_) | ast::Expr::Template(_))
                );
                if own || super::index::is_call(&text) { text } else { format!("({text})") }
            }
        };
        let class = element.operator_class.as_ref().map(|class| format!(" {class}")).unwrap_or_default();
        elements.push(format!("{key}{class} WITH {}", element.operator));
    }
    let mut sql = format!("EXCLUDE USING {} ({})", exclude.using.to_ascii_lowercase(), elements.join(", "));
    if let Some(condition) = &exclude.condition {
        sql.push_str(&format!(" WHERE ({})", condition.render_qualified(dialect)?));
    }
    Ok(sql)
}

/// `ALTER TABLE … ADD …`
///
/// # Errors
/// Where the dialect cannot say something; SQLite adds no constraints.
pub fn add_constraint(
    table: &TableName,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    if !dialect.capabilities().alter.constraints {
        let what = format!("adding a {} to `{table}` without rebuilding the table", constraint.kind());
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    let definition = constraint_definition(table, constraint, dialect)?;
    Ok(format!("ALTER TABLE {} ADD {definition}", table_name(table, dialect)))
}

/// `ALTER TABLE … DROP CONSTRAINT …`. Mirrors SQLAlchemy's `DropConstraint`.
#[derive(Clone, Copy, Debug)]
pub struct DropConstraint<'c> {
    table: &'c TableName,
    name: &'c str,
    kind: ConstraintKind,
    if_exists: bool,
    cascade: bool,
}

impl<'c> DropConstraint<'c> {
    /// Drops a constraint of a table by its name.
    pub fn of(table: &'c TableName, name: &'c str, kind: ConstraintKind) -> Self {
        DropConstraint { table, name, kind, if_exists: false, cascade: false }
    }

    /// Passes it over where it isn't there.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// Drops what hangs on it, too.
    #[must_use]
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the database cannot drop constraints, as SQLite cannot.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let facts = dialect.capabilities();
        let refused = |why: &str| {
            let what = format!("dropping the {} `{}` of `{}` {why}", self.kind, self.name, self.table);
            CompileError::unsupported(dialect.name(), &what)
        };
        if !facts.alter.constraints {
            return Err(refused("without rebuilding the table"));
        }
        if self.if_exists && !facts.ddl.existence.drop_constraint {
            return Err(refused("only if it exists"));
        }
        if self.cascade && !facts.ddl.cascade {
            return Err(refused("with what hangs on it (CASCADE)"));
        }
        let mut clause = dialect.drop_constraint(self.kind, &quoted(self.name, dialect));
        if self.if_exists {
            // `DROP CONSTRAINT name`, `DROP INDEX name`: in front of the name.
            let at = clause.find(&quoted(self.name, dialect)).unwrap_or(clause.len());
            clause.insert_str(at, "IF EXISTS ");
        }
        let cascade = if self.cascade { " CASCADE" } else { "" };
        Ok(format!("ALTER TABLE {} {clause}{cascade}", table_name(self.table, dialect)))
    }
}

/// `ALTER TABLE … DROP CONSTRAINT …`
///
/// # Errors
/// Where the database cannot drop constraints, as SQLite cannot.
pub fn drop_constraint(
    table: &TableName,
    name: &str,
    kind: ConstraintKind,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    DropConstraint::of(table, name, kind).sql(dialect)
}

/// Whether a constraint is made on this dialect at all.
pub(super) fn is_wanted(constraint: &Constraint, dialect: &dyn Dialect) -> bool {
    let only = &constraint.traits().only_on;
    let facts = &dialect.capabilities().ddl;
    let stands_in = match constraint {
        Constraint::Check(check) => match check.stands_for {
            None => true,
            Some(CheckedType::Boolean) => !facts.boolean_type,
            Some(CheckedType::Enum) => !facts.enum_type,
        },
        _ => true,
    };
    stands_in && (only.is_empty() || only.iter().any(|name| answers_to(dialect, name)))
}

/// All constraints of a table in the order in which they are written: the key, uniqueness, foreign keys, checks,
/// exclusions. Foreign keys that are to be added later are left out where they can be.
pub(super) fn table_constraints(table: &Table, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let key = table.primary_key.iter().filter(|_| !key_stands_inline(table, dialect));
    let behind = table.columns.iter().flat_map(|column| super::column::split_checks(column, dialect).1);
    let later = |key: &&ForeignKey| key.use_alter && dialect.capabilities().alter.constraints;
    let all = key
        .map(|key| {
            let mut key = key.clone();
            numbered_first(table, &mut key.columns, dialect);
            Constraint::PrimaryKey(key)
        })
        .chain(table.unique_constraints.iter().map(|unique| Constraint::Unique(unique.clone())))
        .chain(
            table
                .foreign_keys
                .iter()
                .filter(|key| !later(key))
                .map(|key| Constraint::ForeignKey(key.clone())),
        )
        .chain(table.checks.iter().chain(behind).map(|check| Constraint::Check(check.clone())))
        .chain(table.excludes.iter().map(|exclude| Constraint::Exclude(exclude.clone())));
    all.filter(|constraint| is_wanted(constraint, dialect))
        .map(|constraint| definition(&table.name, Some(table), &constraint, dialect))
        .collect()
}

/// MySQL numbers only a column that comes first in a key.
fn numbered_first(table: &Table, columns: &mut [String], dialect: &dyn Dialect) {
    let keyword =
        matches!(dialect.capabilities().ddl.autoincrement, AutoIncrement::Keyword("AUTO_INCREMENT"));
    if let Some(numbered) = table.autoincrement_column().filter(|_| keyword)
        && let Some(position) = columns.iter().position(|column| *column == numbered.name)
        && let Some(front) = columns.get_mut(..=position)
    {
        front.rotate_right(1);
    }
}

/// Whether the primary key is written on its column: SQLite has `AUTOINCREMENT` only there.
pub(super) fn key_stands_inline(table: &Table, dialect: &dyn Dialect) -> bool {
    let by_option = table.options.get("sqlite_autoincrement").and_then(crate::schema::OptionValue::as_flag);
    dialect.capabilities().ddl.autoincrement == AutoIncrement::RowId
        && table.primary_key.as_ref().is_some_and(|key| key.columns.len() == 1)
        && table
            .autoincrement_column()
            .is_some_and(|column| column.autoincrement == Some(true) || by_option == Some(true))
}

/// ` CONSTRAINT name`, where there is a name.
pub(super) fn push_name(
    name: Option<&ObjectName>,
    dialect: &dyn Dialect,
    sql: &mut String,
) -> Result<(), CompileError> {
    if let Some(name) = name {
        sql.push_str(" CONSTRAINT ");
        sql.push_str(&quoted_object(name, dialect)?);
    }
    Ok(())
}

/// `REFERENCES …` with the actions, and when the check is made.
pub(super) fn references(
    table: &TableName,
    key: &ForeignKey,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let constraint = Constraint::ForeignKey(key.clone());
    let words = dialect.constraint_words(None, &constraint)?;
    Ok(reference(table, key, dialect)? + &deferral(table, &constraint, dialect)? + &words.end)
}

fn reference(table: &TableName, key: &ForeignKey, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let facts = &dialect.capabilities().ddl;
    let what = || format!("the foreign key of `{table}` ({})", key.columns.join(", "));
    let refused = |words: String| CompileError::unsupported(dialect.name(), &words);
    if key.target.name.is_empty() || key.target_columns.len() != key.columns.len() {
        return Err(CompileError::invalid(format!(
            "{} needs the table and as many columns to refer to: `.references(table, columns)`",
            what()
        )));
    }
    let target = if facts.foreign_schemas {
        table_name(&key.target, dialect)
    } else if key.target.schema == table.schema {
        quoted(&key.target.name, dialect)
    } else {
        return Err(refused(format!("{} into another schema (`{}`)", what(), key.target)));
    };
    let mut sql = format!("REFERENCES {target} ({})", name_list(&key.target_columns, dialect));
    if let Some(kind) = key.match_ {
        if !facts.match_ {
            return Err(refused(format!("MATCH {} in {}", kind.as_sql(), what())));
        }
        sql.push_str(&format!(" MATCH {}", kind.as_sql()));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let Some(action) = action else { continue };
        if (action == ReferentialAction::SetDefault && !facts.set_default)
            || (event == "UPDATE" && !facts.on_update)
        {
            return Err(refused(format!("ON {event} {action} in {}", what())));
        }
        sql.push_str(&format!(" ON {event} {action}"));
        if event == "DELETE" && !key.on_delete_columns.is_empty() {
            if !facts.on_delete_columns {
                return Err(refused(format!("ON DELETE {action} of some columns in {}", what())));
            }
            sql.push_str(&format!(" ({})", name_list(&key.on_delete_columns, dialect)));
        }
    }
    Ok(sql)
}

fn deferral(
    table: &TableName,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let traits = constraint.traits();
    let least = match constraint {
        Constraint::ForeignKey(_) => DeferralSupport::ForeignKeys,
        Constraint::Check(_) => DeferralSupport::All,
        _ => DeferralSupport::Keys,
    };
    let can_wait = dialect.capabilities().ddl.deferrable >= least;
    let mut sql = String::new();
    match traits.deferrable {
        Some(true) if !can_wait => {
            let what = format!("DEFERRABLE in a {} of `{table}`", constraint.kind());
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        Some(true) => sql.push_str(" DEFERRABLE"),
        // What cannot wait anyway need not be told so.
        Some(false) if can_wait => sql.push_str(" NOT DEFERRABLE"),
        _ => {}
    }
    match traits.initially {
        Some(Initially::Deferred) if !can_wait => {
            let what = format!("INITIALLY DEFERRED in a {} of `{table}`", constraint.kind());
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        Some(Initially::Deferred) => sql.push_str(" INITIALLY DEFERRED"),
        Some(Initially::Immediate) if can_wait => sql.push_str(" INITIALLY IMMEDIATE"),
        _ => {}
    }
    Ok(sql)
}
