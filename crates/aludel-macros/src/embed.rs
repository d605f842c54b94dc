//! `#[derive(Embed)]`

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, Path};

use crate::attributes;
use crate::errors::Errors;
use crate::facade::Facade;
use crate::fields::emit::vocabulary_type;
use crate::fields::{self, Kind, Role};

/// Writes the vocabulary of the columns and the implementation of `Embed`.
pub(crate) fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let all = fields::read(&input, Kind::Embed, &mut errors)?;
    let facade = facade(&input, &mut errors);
    all.refuse_duplicates(&mut errors);
    if !all.fields.iter().any(|field| matches!(field.role, Role::Column(_) | Role::Embed { .. })) {
        errors.at(&input.ident, "an embedded struct has at least one column");
    }
    errors.finish()?;

    let (embed, vis) = (&input.ident, &input.vis);
    let columns = format_ident!("{}Columns", embed.unraw());
    let (orm, sql) = (facade.orm(), facade.sql());
    let doc = format!("The columns of an embedded [`{}`] as words of queries.", embed.unraw());
    let vocabulary = vocabulary_type(vis, &columns, &doc, &all.vocabulary(&facade, embed));
    let values = all.vocabulary_values(&facade, &quote!(offset+));
    let (describe, decode, accessors) = (all.describe(), all.decode(), all.accessors());
    let (shape, checks) = (all.shape(&[]), all.checks(embed));
    let count = all.end.tokens(&quote!(__orm));
    Ok(quote! {
        #vocabulary
        impl #embed {
            /// The columns, from the one at `offset` on.
            #[doc(hidden)]
            #vis const fn __columns(source: #sql::expression::Source, offset: u16) -> #columns {
                #columns { #values }
            }
        }
        const _: () = {
            use #orm as __orm;
            use #sql as __sql;
            #[automatically_derived]
            impl __orm::Embed for #embed {
                type Columns = #columns;
                const COLUMNS: usize = #count;
                const SHAPE: &'static [__orm::model::shape::ColumnShape] = #shape;
                fn describe(builder: &mut __orm::model::ModelBuilder) {
                    #describe
                }
                fn decode(row: &mut __sql::decode::RowReader<'_>) -> ::core::result::Result<Self, __sql::decode::DecodeError> {
                    Ok(#embed { #decode })
                }
                #accessors
            }
            #checks
        };
    })
}

fn facade(input: &DeriveInput, errors: &mut Errors) -> Facade {
    let mut facade = Facade::default();
    for setting in attributes::settings(&input.attrs, "model", &[], errors) {
        if setting.key == "crate" {
            if let Some(path) = errors.keep::<Path>(setting.path()) {
                facade = Facade::at(path);
            }
        } else {
            errors.push(setting.unknown("#[model] on an embedded struct", &["crate"]));
        }
    }
    facade
}
