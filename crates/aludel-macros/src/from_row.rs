//! `#[derive(FromRow)]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Path};

use crate::attributes;
use crate::errors::Errors;
use crate::facade::Facade;

const KNOWN: [&str; 3] = ["rename", "flatten", "default"];

/// What `#[from_row(…)]` says about a field.
#[derive(Default)]
struct Options {
    rename: Option<String>,
    flatten: bool,
    default: bool,
}

/// What is written about a field.
struct Parts {
    width: TokenStream,
    read: TokenStream,
    absent: TokenStream,
}

/// Writes the implementations of `FromRow` and `SessionRow`.
pub(crate) fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    if !input.generics.params.is_empty() {
        let message = "`FromRow` is for types without generic parameters";
        return Err(syn::Error::new_spanned(&input.generics, message));
    }
    let mut errors = Errors::default();
    let facade = facade(&input, &mut errors);
    let fields = match &input.data {
        Data::Struct(data) if !data.fields.is_empty() => &data.fields,
        _ => {
            let message = "`FromRow` is for structs with fields: each is a column, or several with `#[from_row(flatten)]`; an enum is a column's type with `#[derive(SqlType)]`";
            return Err(syn::Error::new_spanned(&input.ident, message));
        }
    };
    let named = matches!(fields, Fields::Named(_));
    let parts: Vec<Parts> = fields
        .iter()
        .map(|field| {
            let options = Options::read(field, named, &mut errors);
            if named { by_name(field, &options) } else { by_place(field) }
        })
        .collect();
    errors.finish()?;

    let (ident, orm, sql) = (&input.ident, facade.orm(), facade.sql());
    let name = ident.unraw().to_string();
    let widths = parts.iter().map(|part| &part.width);
    let reads = parts.iter().map(|part| &part.read);
    let absents = parts.iter().map(|part| &part.absent);
    let (read, absent) = if named {
        (
            quote! {
                let mut fields = __sql::decode::NamedReader::new(row, <Self as __sql::decode::FromRow>::width(), #name);
                let read = #ident { #(#reads)* };
                fields.finish(row);
                ::core::result::Result::Ok(read)
            },
            quote! {
                let mut fields = __sql::decode::NamedReader::new(row, <Self as __sql::decode::FromRow>::width(), #name);
                #(#absents)&&*
            },
        )
    } else {
        (
            quote!(::core::result::Result::Ok(#ident(#(#reads)*))),
            quote! {
                let mut ahead = row.ahead();
                #(#absents)&&*
            },
        )
    };
    Ok(quote! {
        const _: () = {
            use #sql as __sql;
            #[automatically_derived]
            impl __sql::decode::FromRow for #ident {
                fn width() -> usize { 0 #(+ #widths)* }
                fn from_row(row: &mut __sql::decode::RowReader<'_>) -> ::core::result::Result<Self, __sql::decode::DecodeError> {
                    #read
                }
                fn is_absent(row: &__sql::decode::RowReader<'_>) -> bool {
                    #absent
                }
            }
            #[automatically_derived]
            impl #orm::session::SessionRow for #ident {
                type Out = Self;
                fn enter(self, _: &mut #orm::session::Arenas) -> Self { self }
            }
        };
    })
}

fn by_name(field: &Field, options: &Options) -> Parts {
    let ty = &field.ty;
    let Some(ident) = &field.ident else { return by_place(field) };
    let name = ident.unraw().to_string();
    if options.flatten {
        return Parts {
            width: quote_spanned!(ty.span()=> <#ty as __sql::decode::FromRow>::width()),
            read: quote_spanned!(ty.span()=> #ident: fields.flatten::<#ty>()?,),
            absent: quote_spanned!(ty.span()=> fields.is_absent::<#ty>()),
        };
    }
    let column = options.rename.as_ref().unwrap_or(&name);
    let read = if options.default {
        quote_spanned!(ty.span()=> #ident: fields.read_or_default::<#ty>(#name, #column)?,)
    } else {
        quote_spanned!(ty.span()=> #ident: fields.read::<#ty>(#name, #column)?,)
    };
    Parts { width: quote!(1), read, absent: quote!(fields.is_null(#column)) }
}

fn by_place(field: &Field) -> Parts {
    let ty = &field.ty;
    Parts {
        width: quote_spanned!(ty.span()=> <#ty as __sql::decode::FromRow>::width()),
        read: quote_spanned!(ty.span()=> <#ty as __sql::decode::FromRow>::from_row(row)?,),
        absent: quote_spanned!(ty.span()=> ahead.passes_absent::<#ty>()),
    }
}

impl Options {
    fn read(field: &Field, named: bool, errors: &mut Errors) -> Self {
        let mut options = Options::default();
        for setting in attributes::settings(&field.attrs, "from_row", &[], errors) {
            if !named {
                errors.at(&setting.key, "the fields of a tuple struct are read by their places: give them names, or leave `#[from_row]` away");
                continue;
            }
            let result = match setting.key.to_string().as_str() {
                "rename" => setting.string().map(|name| options.rename = Some(name.value())),
                "flatten" => setting.flag().map(|on| options.flatten = on),
                "default" => setting.flag().map(|on| options.default = on),
                _ => Err(setting.unknown("#[from_row]", &KNOWN)),
            };
            errors.keep(result);
        }
        if options.flatten && (options.rename.is_some() || options.default) {
            errors.at(&field.ty, "a field that is flattened has no column of its own: `rename` and `default` belong to the fields inside; make it an `Option` where all of its columns may be NULL");
        }
        options
    }
}

fn facade(input: &DeriveInput, errors: &mut Errors) -> Facade {
    let mut facade = Facade::default();
    for setting in attributes::settings(&input.attrs, "from_row", &[], errors) {
        if setting.key == "crate" {
            if let Some(path) = errors.keep::<Path>(setting.path()) {
                facade = Facade::at(path);
            }
        } else {
            errors.push(setting.unknown("#[from_row] on a struct", &["crate"]));
        }
    }
    facade
}
