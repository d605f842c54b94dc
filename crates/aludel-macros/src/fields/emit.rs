//! The code that comes of the fields, shared by models and embedded structs.
//!
//! What goes into the vocabulary stands at the user's own level and names crates by their full paths; everything else
//! stands in a nameless constant, where `__orm` and `__sql` are short for them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Visibility};

use super::column::Reference;
use super::{AllFields, ModelField, Role};
use crate::errors::Errors;
use crate::facade::Facade;
use crate::rust_type::RustType;

impl AllFields {
    /// `pub id: Column<i64>,` for each column, embedded struct and relation.
    pub(crate) fn vocabulary(&self, facade: &Facade, model: &Ident) -> TokenStream {
        let (orm, sql) = (facade.orm(), facade.sql());
        let fields = self.fields.iter().filter_map(|field| {
            let ModelField { ident, vis, ty, .. } = field;
            let word = match &field.role {
                Role::Column(_) => {
                    let value = RustType(ty).value(&sql);
                    quote!(#sql::Column<#value>)
                }
                Role::Embed { .. } => {
                    let embed = quote_spanned!(ty.span()=> #orm::Embed);
                    quote!(<#ty as #embed>::Columns)
                }
                Role::Relation(relation, _) => {
                    let target = &relation.target;
                    quote!(#orm::Relation<#model, #target>)
                }
                Role::Skip => return None,
            };
            Some(quote!(#vis #ident: #word,))
        });
        fields.collect()
    }

    /// `id: Column::new(source, 0),` for each of them. `offset` is where the struct's first column stands.
    pub(crate) fn vocabulary_values(&self, facade: &Facade, offset: &TokenStream) -> TokenStream {
        let (orm, sql) = (facade.orm(), facade.sql());
        let fields = self.fields.iter().filter_map(|field| {
            let ModelField { ident, ty, position, .. } = field;
            let index = match position.known() {
                Some(index) => {
                    let index = u16::try_from(index).unwrap_or(u16::MAX);
                    quote!(#offset #index)
                }
                None => {
                    let index = position.tokens(&orm);
                    quote!(#offset (#index) as u16)
                }
            };
            Some(match &field.role {
                Role::Column(_) => quote!(#ident: #sql::Column::new(source, #index),),
                Role::Embed { .. } => quote_spanned!(ty.span()=> #ident: <#ty>::__columns(source, #index),),
                Role::Relation(_, index) => {
                    let index = u16::try_from(*index).unwrap_or(u16::MAX);
                    quote!(#ident: #orm::Relation::new(source, #index),)
                }
                Role::Skip => return None,
            })
        });
        fields.collect()
    }

    /// The statements that add the fields to a description.
    pub(crate) fn describe(&self) -> TokenStream {
        let fields = self.fields.iter().map(|field| {
            let ModelField { name, ty, .. } = field;
            match &field.role {
                Role::Column(column) => {
                    let spec = column.spec(ty);
                    quote_spanned!(ty.span()=> builder.column::<#ty>(#name, #spec);)
                }
                Role::Embed { prefix } => quote!(builder.embed::<#ty>(#name, #prefix);),
                Role::Relation(relation, _) => relation.describe(name),
                Role::Skip => TokenStream::new(),
            }
        });
        fields.collect()
    }

    /// `id: row.read()?,` for each field.
    pub(crate) fn decode(&self) -> TokenStream {
        let fields = self.fields.iter().map(|field| {
            let ModelField { ident, ty, .. } = field;
            match &field.role {
                Role::Column(_) => quote_spanned!(ty.span()=> #ident: row.read()?,),
                Role::Embed { .. } => quote!(#ident: __orm::Embed::decode(row)?,),
                Role::Relation(..) => quote!(#ident: <#ty>::unloaded(),),
                Role::Skip => quote_spanned!(ty.span()=> #ident: ::core::default::Default::default(),),
            }
        });
        fields.collect()
    }

    /// The functions `value` and `assign` of `Model` and `Embed`.
    pub(crate) fn accessors(&self) -> TokenStream {
        let (mut values, mut assigns) = (TokenStream::new(), TokenStream::new());
        for field in &self.fields {
            let ModelField { ident, ty, position, .. } = field;
            let start = position.tokens(&quote!(__orm));
            match &field.role {
                Role::Column(_) => {
                    let arm = match position.known() {
                        Some(index) => quote!(#index),
                        None => quote!(column if column == #start),
                    };
                    values.extend(
                        quote_spanned!(ty.span()=> #arm => __sql::types::Field::to_value(&self.#ident),),
                    );
                    assigns.extend(
                        quote_spanned!(ty.span()=> #arm => self.#ident = __sql::types::Field::from_value(value)?,),
                    );
                }
                // The arms stand in the columns' order: what is before the struct has been caught.
                Role::Embed { .. } => {
                    let arm = quote!(column if column < #start + <#ty as __orm::Embed>::COLUMNS);
                    values.extend(quote!(#arm => __orm::Embed::value(&self.#ident, column - (#start)),));
                    assigns.extend(
                        quote!(#arm => __orm::Embed::assign(&mut self.#ident, column - (#start), value)?,),
                    );
                }
                Role::Relation(..) | Role::Skip => {}
            }
        }
        quote! {
            fn value(&self, column: usize) -> ::core::option::Option<__sql::ValueRef<'_>> {
                match column { #values _ => None }
            }
            fn assign(&mut self, column: usize, value: __sql::ValueRef<'_>) -> ::core::result::Result<(), __sql::types::ValueError> {
                match column { #assigns _ => {} }
                Ok(())
            }
        }
    }

    /// The columns as constants see them. `keys` are columns of foreign keys over several columns, with their table.
    pub(crate) fn shape(&self, keys: &[(String, String)]) -> TokenStream {
        let columns = self.fields.iter().filter_map(|field| {
            let ty = &field.ty;
            let (name, table) = match &field.role {
                Role::Column(column) => match &column.references {
                    Some(Reference::Text { table, .. }) => (&column.name, quote!(#table)),
                    Some(Reference::Column { model, .. }) => {
                        (&column.name, quote!(<#model as __orm::Model>::TABLE))
                    }
                    None => match keys.iter().find(|(key, _)| *key == column.name) {
                        Some((_, table)) => (&column.name, quote!(#table)),
                        None => {
                            let name = &column.name;
                            return Some(quote!(__orm::model::shape::ColumnShape::Column(#name)));
                        }
                    },
                },
                Role::Embed { prefix } => {
                    return Some(quote! {
                        __orm::model::shape::ColumnShape::Embedded {
                            prefix: #prefix, columns: <#ty as __orm::Embed>::SHAPE,
                        }
                    });
                }
                Role::Relation(..) | Role::Skip => return None,
            };
            let nullable = match RustType(ty).nullable() {
                Some(nullable) => quote!(#nullable),
                None => quote_spanned!(ty.span()=> <#ty as __sql::types::Field>::NULLABLE),
            };
            Some(quote! {
                __orm::model::shape::ColumnShape::ForeignKey { name: #name, nullable: #nullable, table: #table }
            })
        });
        quote!(&[#(#columns),*])
    }

    /// Assertions about the fields' types where only the compiler knows them.
    pub(crate) fn checks(&self, model: &Ident) -> TokenStream {
        let mut checks = TokenStream::new();
        for field in &self.fields {
            let (Role::Column(column), ty) = (&field.role, &field.ty) else { continue };
            let name = field.name.value();
            if column.primary_key.is_some() && RustType(ty).nullable().is_none() {
                let message = format!(
                    "`{model}.{name}` is part of the primary key, which is never NULL, but its type is an `Option`"
                );
                checks.extend(quote_spanned!(ty.span()=> ::core::assert!(!<#ty as __sql::types::Field>::NULLABLE, "{}", #message);));
            }
            if column.default.is_some() && RustType(ty).auto().is_none() {
                let message = format!(
                    "`default` fills a field that is unset, and `{model}.{name}` never is: make it an `Auto<…>`"
                );
                checks.extend(quote_spanned!(ty.span()=> ::core::assert!(<#ty as __sql::types::Field>::AUTO, "{}", #message);));
            }
        }
        checks
    }

    /// Says where two fields are the same column.
    pub(crate) fn refuse_duplicates(&self, errors: &mut Errors) {
        let mut seen: Vec<(&str, &Ident)> = Vec::new();
        for field in &self.fields {
            let Role::Column(column) = &field.role else { continue };
            match seen.iter().find(|(name, _)| *name == column.name) {
                Some((name, other)) => {
                    errors.at(&field.ident, format!("the column `{name}` is that of `{other}` already"));
                }
                None => seen.push((&column.name, &field.ident)),
            }
        }
    }
}

/// A vocabulary type with its `Clone` and `Copy`, which a derive would write at greater length.
pub(crate) fn vocabulary_type(
    vis: &Visibility,
    name: &Ident,
    doc: &str,
    fields: &TokenStream,
) -> TokenStream {
    quote! {
        #[doc = #doc]
        #[allow(missing_docs, missing_debug_implementations, dead_code)]
        #vis struct #name { #fields }
        #[automatically_derived]
        impl ::core::marker::Copy for #name {}
        #[automatically_derived]
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self { *self }
        }
    }
}
