//! The derives of Aludel: models, embedded columns, SQL types and structs of rows.
//!
//! A derive writes data and thin shims, never logic: what it says about a struct is worked on by the crates at run
//! time. It names them through the facade (`::aludel::generated`), or through what `crate = "…"` says.

mod attributes;
mod case;
mod embed;
mod errors;
mod facade;
mod fields;
mod from_row;
mod model;
mod rust_type;
mod sql_type;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a model: a row of a table, the table's description, and its vocabulary in queries.
///
/// Beside the struct `User` it writes the type `UserTable` and the constant `User` of that type, whose fields are the
/// columns and relations: `select(User).filter(User.username.eq("alice"))`. Methods written in `impl UserTable` are
/// the SQL side of a hybrid property.
///
/// # On the struct: `#[model(…)]`
/// - `table = "users"`: the table's name, `"shop.users"` with a schema. Without it: the struct's name in snake case.
/// - `unique("a", "b", name = "uq")`, `index("a", "b", name = "ix", unique, where = "a > 0")`: over several columns.
/// - `foreign_key("a", "b", references = "table(x, y)", on_delete = "cascade", on_update = "…", name = "fk")`
/// - `check("price > 0", name = "ck")`, or `check = "price > 0"`
/// - `comment = "…"`, `option(sqlite_strict = "")`
/// - `crate = "path"`: where the facade is, if not at `::aludel`.
///
/// # On a column: `#[column(…)]`
/// - `primary_key`, `autoincrement = false`
/// - `name = "…"`, `length = 50`, `type = numeric(10, 2)`, `collation = "…"`, `comment = "…"`
/// - `unique`, `unique = "group"`, `index`, `index = "group"`: a group is a constraint or index of that name over all
///   columns that name it.
/// - `references = "users.id"`, or `references = User.id`, which the compiler checks; with `on_delete`, `on_update`
///   (`"cascade"`, `"restrict"`, `"set null"`, `"set default"`, `"no action"`) and `foreign_key_name`.
/// - `server_default = now()`, a literal, or `text("…")`; the field is an `Auto`.
/// - `default = expression`, or a closure: what the flush puts into an unset `Auto`, made anew for each object.
/// - `computed = "…"`, `computed_stored = "…"`
///
/// # On a relation: `#[relation(…)]`
/// A field of type `Many<T>`, `One<T>` or `One<Option<T>>` is a relation, with or without the attribute.
/// - `back_populates = "user"`: the field at the other end.
/// - `cascade = "all, delete-orphan"`: the words are SQLAlchemy's.
/// - `foreign_key = "user_id"`, `foreign_key("a", "b")`: the columns, where several keys lead to the other model.
/// - `secondary = UserGroup`: the model of the table between.
/// - `order_by = "name"`, `order_by("-created", "name")`; `passive_deletes`
///
/// # On other fields
/// - `#[model(embed)]`, `#[model(embed, prefix = "billing_")]`: a struct with `#[derive(Embed)]`.
/// - `#[model(skip)]`: no column; filled with its default when a row is read.
#[proc_macro_derive(Model, attributes(model, column, relation))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::derive(input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct of columns that models embed with `#[model(embed)]`: a mixin, or a composite value.
///
/// Its fields take the same `#[column(…)]` as a model's, but for `primary_key`; it may embed others. Beside the struct
/// `Address` it writes `AddressColumns`, the columns as words of queries.
#[proc_macro_derive(Embed, attributes(model, column, relation))]
pub fn derive_embed(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    embed::derive(input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Lets a newtype or an enum without data be stored in a column.
///
/// A newtype is stored as what it wraps. An enum is stored as text, the names of its variants, in a column of an enum
/// type; `#[sql_type(integer)]` stores their numbers.
///
/// A type of another shape is stored as another type: `impl StoredAs` says how, with `type Value = Self`, and
/// `#[sql_type(stored_as)]` stands on the type.
///
/// `#[sql_type(name = "…", rename_all = "snake_case")]` stands on an enum, `#[sql_type(rename = "…")]` on a variant.
#[proc_macro_derive(SqlType, attributes(sql_type))]
pub fn derive_sql_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    sql_type::derive(input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Lets a struct be what a row of any query becomes: its fields are columns of their names, in whatever order.
///
/// Other columns may stand in the row. Where two have the name that is looked for, the struct's own count, which are the
/// first ones, as many as it has fields; where it is two of these, the row is refused, unless one stands where it is
/// expected. The fields of a tuple struct are read by their places.
///
/// On a field, `#[from_row(…)]`:
/// - `rename = "user_name"`: the column's name where it is not the field's.
/// - `default`: the column may be missing; the field then has its default.
/// - `flatten`: several columns, for another struct with `#[derive(FromRow)]`. An `Option` of one is `None` where all of
///   its columns are `NULL`, as in an outer join.
///
/// `#[from_row(crate = "path")]` on the struct says where the facade is, if not at `::aludel`.
#[proc_macro_derive(FromRow, attributes(from_row))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    from_row::derive(input).unwrap_or_else(syn::Error::into_compile_error).into()
}
