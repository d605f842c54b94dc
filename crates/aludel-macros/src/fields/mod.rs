//! The fields of a model or of an embedded struct: which of them are columns, and where each stands.

pub(crate) mod column;
pub(crate) mod emit;
pub(crate) mod relation;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Field, Fields, Ident, LitStr, Type, Visibility};

use crate::attributes;
use crate::errors::Errors;
use crate::rust_type::RustType;
use column::ColumnField;
use relation::RelationField;

/// What a field is.
pub(crate) enum Role {
    /// A column.
    Column(Box<ColumnField>),
    /// Several columns: a struct with `#[derive(Embed)]`.
    Embed {
        /// What stands in front of their names.
        prefix: String,
    },
    /// A relation, counted among the relations.
    Relation(Box<RelationField>, usize),
    /// Nothing that the database knows of.
    Skip,
}

/// A field.
pub(crate) struct ModelField {
    pub(crate) ident: Ident,
    /// The name without `r#`.
    pub(crate) name: LitStr,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    pub(crate) position: Position,
}

/// The place of a column: how many plain columns and which embedded structs stand before it.
#[derive(Clone, Default)]
pub(crate) struct Position {
    columns: usize,
    embeds: Vec<Type>,
}

impl Position {
    /// The number where the derive knows it.
    pub(crate) fn known(&self) -> Option<usize> {
        self.embeds.is_empty().then_some(self.columns)
    }

    /// The number as a constant expression.
    pub(crate) fn tokens(&self, orm: &TokenStream) -> TokenStream {
        let (columns, embeds) = (self.columns, &self.embeds);
        quote!(#columns #(+ <#embeds as #orm::Embed>::COLUMNS)*)
    }
}

/// What kind of struct is being read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Model,
    Embed,
}

impl Kind {
    pub(crate) fn derive(self) -> &'static str {
        match self {
            Kind::Model => "Model",
            Kind::Embed => "Embed",
        }
    }
}

/// All fields of a struct, and the place behind the last column.
pub(crate) struct AllFields {
    pub(crate) fields: Vec<ModelField>,
    pub(crate) end: Position,
}

/// Reads the fields of a struct.
pub(crate) fn read(input: &DeriveInput, kind: Kind, errors: &mut Errors) -> syn::Result<AllFields> {
    let derive = kind.derive();
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            _ => {
                let message = format!("`{derive}` is for structs with named fields: each is a column");
                return Err(syn::Error::new_spanned(&input.ident, message));
            }
        },
        _ => {
            let message = format!(
                "`{derive}` is for structs; for an enum that is stored in a column, derive `SqlType`"
            );
            return Err(syn::Error::new_spanned(&input.ident, message));
        }
    };
    if !input.generics.params.is_empty() {
        let message = format!(
            "`{derive}` is for structs without generic parameters: a table has columns of fixed types"
        );
        return Err(syn::Error::new_spanned(&input.generics, message));
    }
    let mut all = AllFields { fields: Vec::new(), end: Position::default() };
    let mut relations = 0;
    for field in fields {
        let Some(ident) = field.ident.clone() else { continue };
        let Some(role) = role(field, &ident, kind, &mut relations, errors) else { continue };
        let position = all.end.clone();
        match role {
            Role::Column(_) => all.end.columns += 1,
            Role::Embed { .. } => all.end.embeds.push(field.ty.clone()),
            Role::Relation(..) | Role::Skip => {}
        }
        let name = name_of(&ident);
        all.fields.push(ModelField {
            name,
            ident,
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            role,
            position,
        });
    }
    Ok(all)
}

fn role(
    field: &Field,
    ident: &Ident,
    kind: Kind,
    relations: &mut usize,
    errors: &mut Errors,
) -> Option<Role> {
    let ty = RustType(&field.ty);
    let is_relation = ty.inside("Many").is_some() || ty.inside("One").is_some();
    let marks = ["model", "column", "relation"].map(|name| attributes::has(&field.attrs, name));
    if marks.iter().filter(|mark| **mark).count() > 1 {
        errors.at(
            ident,
            format!(
                "`{ident}` has several of `#[column]`, `#[relation]` and `#[model]`: it can be one of these"
            ),
        );
        return None;
    }
    let [model, column, relation] = marks;
    if model {
        return special(field, ident, errors);
    }
    if relation || is_relation {
        if kind == Kind::Embed {
            errors.at(ident, "an embedded struct holds columns; relations belong to the model");
            return None;
        }
        if column {
            errors.at(
                ident,
                "a relation is no column: say `#[relation(…)]`, and give the foreign key a field of its own",
            );
            return None;
        }
        let relation = RelationField::read(field, errors)?;
        *relations += 1;
        return Some(Role::Relation(Box::new(relation), *relations - 1));
    }
    Some(Role::Column(Box::new(ColumnField::read(field, ident, errors))))
}

/// A field with `#[model(…)]`: embedded or left out.
fn special(field: &Field, ident: &Ident, errors: &mut Errors) -> Option<Role> {
    let (mut embed, mut skip, mut prefix) = (false, false, None);
    for setting in attributes::settings(&field.attrs, "model", &[], errors) {
        match setting.key.to_string().as_str() {
            "embed" => embed = errors.keep(setting.flag())?,
            "skip" => skip = errors.keep(setting.flag())?,
            "prefix" => prefix = Some(errors.keep(setting.string())?),
            _ => {
                errors.push(setting.unknown("#[model] on a field", &["embed", "prefix", "skip"]));
                return None;
            }
        }
    }
    match (embed, skip, prefix) {
        (true, false, prefix) => {
            Some(Role::Embed { prefix: prefix.map(|prefix| prefix.value()).unwrap_or_default() })
        }
        (false, true, None) => Some(Role::Skip),
        _ => {
            errors.at(ident, "`#[model]` on a field is `#[model(embed)]`, `#[model(embed, prefix = \"…\")]` or `#[model(skip)]`");
            None
        }
    }
}

/// A name as a text, without `r#`.
pub(crate) fn name_of(ident: &Ident) -> LitStr {
    LitStr::new(&ident.unraw().to_string(), ident.span())
}
