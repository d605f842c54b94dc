//! Schemas and named types.

use super::names::{quoted, table_name};
use crate::compiler::{CompileError, render_expr};
use crate::dialect::{Dialect, quoted_text};
use crate::schema::{Domain, EnumType, NamedType, ServerDefault, TableName};

/// `CREATE SCHEMA`. Mirrors SQLAlchemy's `CreateSchema`.
#[derive(Clone, Copy, Debug)]
pub struct CreateSchema<'s> {
    name: &'s str,
    if_not_exists: bool,
}

impl<'s> CreateSchema<'s> {
    /// Makes a schema.
    pub fn of(name: &'s str) -> Self {
        CreateSchema { name, if_not_exists: false }
    }

    /// Passes it over where it is there.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the database makes no schemas: SQLite attaches files, Oracle makes users.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let facts = &dialect.capabilities().ddl;
        supported(facts.schemas, "CREATE SCHEMA", self.name, dialect)?;
        if self.if_not_exists {
            supported(facts.existence.create, "CREATE SCHEMA IF NOT EXISTS", self.name, dialect)?;
        }
        let exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        Ok(format!("CREATE SCHEMA {exists}{}", quoted(self.name, dialect)))
    }
}

/// `DROP SCHEMA`. Mirrors SQLAlchemy's `DropSchema`.
#[derive(Clone, Copy, Debug)]
pub struct DropSchema<'s> {
    name: &'s str,
    if_exists: bool,
    cascade: bool,
}

impl<'s> DropSchema<'s> {
    /// Drops a schema.
    pub fn of(name: &'s str) -> Self {
        DropSchema { name, if_exists: false, cascade: false }
    }

    /// Passes it over where it isn't there.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// Drops what is in it, too.
    #[must_use]
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the database makes no schemas, or can't say `IF EXISTS` or `CASCADE`.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let facts = &dialect.capabilities().ddl;
        supported(facts.schemas, "DROP SCHEMA", self.name, dialect)?;
        if self.if_exists {
            supported(facts.existence.drop, "DROP SCHEMA IF EXISTS", self.name, dialect)?;
        }
        if self.cascade {
            supported(facts.cascade, "DROP SCHEMA … CASCADE", self.name, dialect)?;
        }
        let exists = if self.if_exists { "IF EXISTS " } else { "" };
        let cascade = if self.cascade { " CASCADE" } else { "" };
        Ok(format!("DROP SCHEMA {exists}{}{cascade}", quoted(self.name, dialect)))
    }
}

fn supported(can: bool, what: &str, name: &str, dialect: &dyn Dialect) -> Result<(), CompileError> {
    if can { Ok(()) } else { Err(CompileError::unsupported(dialect.name(), &format!("{what} (`{name}`)"))) }
}

/// `CREATE TYPE … AS ENUM` or `CREATE DOMAIN`. Mirrors SQLAlchemy's `CreateEnumType` and `CreateDomainType`.
///
/// # Errors
/// Where the database has no named types, or can't say something of it.
pub fn create_type(ty: &NamedType, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let facts = &dialect.capabilities().ddl;
    supported(facts.named_types, "named types", &ty.name().to_string(), dialect)?;
    match ty {
        NamedType::Enum(EnumType { name, values }) => {
            let mut list = Vec::new();
            for value in values {
                let mut text = String::new();
                quoted_text(value, &mut text);
                list.push(text);
            }
            Ok(format!("CREATE TYPE {} AS ENUM ({})", table_name(name, dialect), list.join(", ")))
        }
        NamedType::Domain(domain) => create_domain(domain, dialect),
    }
}

fn create_domain(domain: &Domain, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let name = table_name(&domain.name, dialect);
    let mut sql = format!("CREATE DOMAIN {name} AS {}", dialect.type_name(&domain.ty)?);
    if let Some(TableName { schema, name }) = &domain.collation {
        sql.push_str(" COLLATE ");
        if let Some(schema) = schema {
            sql.push_str(&quoted(schema, dialect));
            sql.push('.');
        }
        dialect.collation(name, &mut sql);
    }
    if let Some(ServerDefault(default)) = &domain.default {
        sql.push_str(&format!(" DEFAULT {}", render_expr(default, dialect)?));
    }
    if let Some(name) = &domain.constraint_name {
        sql.push_str(&format!(" CONSTRAINT {}", quoted(name, dialect)));
    }
    if domain.not_null {
        sql.push_str(" NOT NULL");
    }
    if let Some(check) = &domain.check {
        sql.push_str(&format!(" CHECK ({})", check.render(dialect)?));
    }
    Ok(sql)
}

/// `DROP TYPE` or `DROP DOMAIN`. Mirrors SQLAlchemy's `DropEnumType` and `DropDomainType`.
///
/// # Errors
/// Where the database has no named types.
pub fn drop_type(ty: &NamedType, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let facts = &dialect.capabilities().ddl;
    supported(facts.named_types, "named types", &ty.name().to_string(), dialect)?;
    let word = match ty {
        NamedType::Enum(_) => "TYPE",
        NamedType::Domain(_) => "DOMAIN",
    };
    Ok(format!("DROP {word} {}", table_name(ty.name(), dialect)))
}
