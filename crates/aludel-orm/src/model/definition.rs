//! The description of a model: what the derive says about the struct, once per program.

use std::any::TypeId;
use std::collections::BTreeMap;

use aludel_sql::schema::{self, Table, TableName};
use aludel_sql::types::{Field, Type, ValueError};
use aludel_sql::value::{Value, ValueRef};
use aludel_sql::{Name, SqlType};

use super::{Model, Objects};
use crate::relation::RelationDef;

/// The description of a model.
#[derive(Debug)]
pub struct ModelDef {
    /// The struct's name.
    pub name: &'static str,
    /// The table.
    pub table: Table,
    /// The names of the columns, as queries borrow them.
    pub column_names: Vec<Name>,
    /// What the struct knows of each column, in the table's order.
    pub fields: Vec<FieldDef>,
    /// The columns of the primary key, in the key's order.
    pub primary_key: Vec<usize>,
    /// The relations, in the order of their fields.
    pub relations: Vec<RelationDef>,
    pub(crate) type_id: TypeId,
    pub(crate) new_objects: fn() -> Box<dyn Objects>,
}

/// What the struct knows of a column.
#[derive(Debug)]
pub struct FieldDef {
    /// The field's name; with a dot where the column is part of an embedded struct (`address.street`).
    pub name: String,
    /// Whether the field is an [`Auto`](crate::Auto).
    pub auto: bool,
    /// What the flush puts into an unset field.
    pub default: Option<fn() -> Value>,
    /// Brings a driver's value to the form in which [`Model::value`] lends it: two columns that refer to each other
    /// are compared in this form (a driver may hold a UUID as text, say).
    ///
    /// # Errors
    /// Where the value does not fit the field.
    pub canonical: fn(ValueRef<'_>) -> Result<Value, ValueError>,
}

impl ModelDef {
    /// The column of that name.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.table.columns.iter().position(|column| column.name == name)
    }

    /// The relation of that name.
    pub fn relation_index(&self, name: &str) -> Option<usize> {
        self.relations.iter().position(|relation| relation.name == name)
    }
}

/// Builds the description of a model; the derive calls it.
#[derive(Debug)]
pub struct ModelBuilder {
    definition: ModelDef,
    /// Field and column prefixes of the embedded structs that are being described.
    prefixes: Vec<(String, String)>,
    /// Columns of named groups: unique constraints and indexes over several columns.
    groups: BTreeMap<String, Group>,
    errors: Vec<String>,
}

#[derive(Debug)]
struct Group {
    unique: bool,
    index: bool,
    columns: Vec<String>,
}

/// What a field's type says about its column.
struct FieldFacts {
    sql_type: fn() -> Type,
    nullable: bool,
    auto: bool,
    canonical: fn(ValueRef<'_>) -> Result<Value, ValueError>,
}

/// What the derive says about one column. All of it is optional but the type, which comes from the field.
#[derive(Debug, Default)]
pub struct ColumnSpec {
    /// The column's name, where it is not the field's.
    pub name: Option<&'static str>,
    /// The type, where it is not the Rust type's own.
    pub ty: Option<Type>,
    /// The longest text or byte string.
    pub length: Option<u32>,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Unique by itself.
    pub unique: bool,
    /// The unique constraint over several columns that this column is part of.
    pub unique_group: Option<&'static str>,
    /// Indexed by itself.
    pub index: bool,
    /// The index over several columns that this column is part of.
    pub index_group: Option<&'static str>,
    /// The column referred to: `table.column`.
    pub references: Option<String>,
    /// The foreign key's own name.
    pub foreign_key_name: Option<&'static str>,
    /// What deleting the referenced row does.
    pub on_delete: Option<schema::ReferentialAction>,
    /// What changing the referenced key does.
    pub on_update: Option<schema::ReferentialAction>,
    /// What the database fills in.
    pub server_default: Option<schema::ServerDefault>,
    /// What the flush fills in.
    pub default: Option<fn() -> Value>,
    /// Whether the database numbers the rows.
    pub autoincrement: Option<bool>,
    /// The collation.
    pub collation: Option<&'static str>,
    /// The comment.
    pub comment: Option<&'static str>,
    /// The expression of a generated column.
    pub computed: Option<schema::Computed>,
}

impl ModelBuilder {
    /// Begins the description of a model with its struct's and its table's name (`users`, or `shop.users`).
    pub fn new<M: Model>(name: &'static str, table: &str) -> Self {
        ModelBuilder {
            definition: ModelDef {
                name,
                table: schema::table(TableName::from(table)),
                column_names: Vec::new(),
                fields: Vec::new(),
                primary_key: Vec::new(),
                relations: Vec::new(),
                type_id: TypeId::of::<M>(),
                new_objects: || Box::new(Vec::<Option<M>>::new()),
            },
            prefixes: Vec::new(),
            groups: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    /// Adds the column of a field.
    pub fn column<F: Field>(&mut self, field: &str, spec: ColumnSpec) {
        let facts = FieldFacts {
            sql_type: <F::Plain as SqlType>::sql_type,
            nullable: F::NULLABLE,
            auto: F::AUTO,
            canonical: canonical::<F>,
        };
        self.add_column(field, spec, facts);
    }

    /// What [`column`](Self::column) does once the field's type is out of sight: compiled once, not per type and crate.
    fn add_column(&mut self, field: &str, spec: ColumnSpec, facts: FieldFacts) {
        let (field_prefix, column_prefix) = self.prefix();
        let name = format!("{column_prefix}{}", spec.name.unwrap_or(field));
        let ty = spec.ty.unwrap_or_else(facts.sql_type);
        let ty = match (ty, spec.length) {
            (Type::String { .. }, Some(length)) => Type::String { length: Some(length) },
            (Type::Binary { .. }, Some(length)) => Type::Binary { length: Some(length) },
            (ty, Some(length)) => {
                self.errors
                    .push(format!("`{field}` has a length ({length}), but its type {ty:?} takes none"));
                ty
            }
            (ty, None) => ty,
        };
        let mut column = schema::column(name.clone(), ty);
        column.nullable = facts.nullable && !spec.primary_key;
        column.server_default = spec.server_default;
        column.computed = spec.computed;
        column.autoincrement = spec.autoincrement;
        column.collation = spec.collation.map(str::to_owned);
        column.comment = spec.comment.map(str::to_owned);
        column.inline.primary_key = spec.primary_key;
        column.inline.unique = spec.unique;
        column.inline.index = spec.index.then_some(None);
        if let Some(target) = &spec.references {
            column = column.references(target);
            if let Some(key) = &mut column.inline.references {
                key.on_delete = spec.on_delete;
                key.on_update = spec.on_update;
                key.name = spec.foreign_key_name.map(Into::into);
            }
        }
        for (group, unique) in [(spec.unique_group, true), (spec.index_group, false)] {
            if let Some(group) = group {
                let entry = self.groups.entry(group.to_owned()).or_insert(Group {
                    unique: false,
                    index: false,
                    columns: Vec::new(),
                });
                entry.unique |= unique;
                entry.index |= !unique;
                if !entry.columns.contains(&name) {
                    entry.columns.push(name.clone());
                }
            }
        }
        if spec.primary_key {
            self.definition.primary_key.push(self.definition.fields.len());
        }
        self.definition.fields.push(FieldDef {
            name: format!("{field_prefix}{field}"),
            auto: facts.auto,
            default: spec.default,
            canonical: facts.canonical,
        });
        if self.definition.column_index(&column.name).is_some() {
            self.errors
                .push(format!("two fields are the column `{}`: give one of them another name", column.name));
        }
        self.definition.table.add_column(column);
    }

    /// Adds the columns of an embedded struct. `prefix` goes in front of their names.
    pub fn embed<E: super::Embed>(&mut self, field: &str, prefix: &str) {
        let (field_prefix, column_prefix) = self.prefix();
        self.prefixes.push((format!("{field_prefix}{field}."), format!("{column_prefix}{prefix}")));
        E::describe(self);
        self.prefixes.pop();
    }

    /// Adds a relation.
    pub fn relation(&mut self, relation: RelationDef) {
        self.definition.relations.push(relation);
    }

    /// Adds to the table what stands on the struct rather than on a field: constraints, indexes, options.
    pub fn table(&mut self, change: impl FnOnce(Table) -> Table) {
        let table = std::mem::replace(&mut self.definition.table, schema::table(""));
        self.definition.table = change(table);
    }

    /// Ends the description.
    ///
    /// # Panics
    /// Where it contradicts itself in a way that the derive cannot see; the message names model and field.
    pub fn finish(mut self) -> ModelDef {
        for (name, group) in std::mem::take(&mut self.groups) {
            let columns = group.columns.iter().map(String::as_str);
            if group.index {
                let mut index =
                    schema::index(name.clone()).on(self.definition.table.name.clone(), columns.clone());
                index.unique = group.unique;
                self.definition.table.indexes.push(index);
            } else {
                self.definition.table.unique_constraints.push(schema::unique(columns).named(name));
            }
        }
        if self.definition.primary_key.is_empty() {
            self.errors.push("there is no primary key: put `#[column(primary_key)]` on a field".to_owned());
        }
        if !self.errors.is_empty() {
            panic!("the model `{}`: {}", self.definition.name, self.errors.join("; "));
        }
        self.definition.column_names =
            self.definition.table.columns.iter().map(|column| Name::Owned(column.name.clone())).collect();
        self.definition
    }

    fn prefix(&self) -> (String, String) {
        self.prefixes.last().cloned().unwrap_or_default()
    }
}

fn canonical<F: Field>(value: ValueRef<'_>) -> Result<Value, ValueError> {
    let field = F::from_value(value)?;
    Ok(field.to_value().map_or(Value::Null, ValueRef::to_owned))
}
