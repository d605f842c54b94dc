//! `#[derive(SqlType)]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Fields, Ident, Type};

use crate::attributes;
use crate::case::{self, snake_case};
use crate::errors::Errors;
use crate::facade::Facade;

const KNOWN: [&str; 5] = ["name", "rename_all", "integer", "stored_as", "crate"];

/// What `#[sql_type(…)]` says about the type as a whole.
#[derive(Default)]
struct Options {
    name: Option<String>,
    rename_all: Option<String>,
    integer: bool,
    stored_as: bool,
    facade: Facade,
}

/// Writes the implementation of `SqlType`.
pub(crate) fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    if !input.generics.params.is_empty() {
        let message = "`SqlType` is for types without generic parameters";
        return Err(syn::Error::new_spanned(&input.generics, message));
    }
    let mut errors = Errors::default();
    let options = Options::read(&input, &mut errors);
    let functions = match &input.data {
        _ if options.stored_as => {
            if options.name.is_some() || options.rename_all.is_some() || options.integer {
                errors.at(&input.ident, "what is stored as another type is written by `impl StoredAs`: `name`, `rename_all` and `integer` have no place beside `stored_as`");
            }
            adapted(&input.ident)
        }
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                if options.name.is_some() || options.rename_all.is_some() || options.integer {
                    errors.at(&input.ident, "a newtype is stored as what it wraps: `name`, `rename_all` and `integer` are for enums");
                }
                newtype(&fields.unnamed[0].ty)
            }
            _ => {
                let message = "`SqlType` is for newtypes (`struct UserId(i64);`) and for enums without data; for a struct of several columns, derive `Embed`; for a type that is stored as another, say `#[sql_type(stored_as)]` and implement `StoredAs`";
                return Err(syn::Error::new_spanned(&input.ident, message));
            }
        },
        Data::Enum(data) => enumeration(&input, data, &options, &mut errors),
        Data::Union(_) => return Err(syn::Error::new_spanned(&input.ident, "`SqlType` is not for unions")),
    };
    errors.finish()?;
    let (ident, orm, sql) = (&input.ident, options.facade.orm(), options.facade.sql());
    let made = options.stored_as.then(|| {
        quote! {
            #[automatically_derived]
            impl __sql::value::MakeValue for #ident {
                fn make_value(&self) -> __sql::Value {
                    __sql::types::stored_value::<Self>(self)
                }
            }
        }
    });
    Ok(quote! {
        const _: () = {
            use #sql as __sql;
            #[automatically_derived]
            impl __sql::SqlType for #ident {
                #functions
            }
            #made
            #[automatically_derived]
            impl __sql::types::Element for #ident {}
            #[automatically_derived]
            impl #orm::session::SessionRow for #ident {
                type Out = Self;
                fn enter(self, _: &mut #orm::session::Arenas) -> Self { self }
            }
        };
    })
}

impl Options {
    fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut options = Options::default();
        for setting in attributes::settings(&input.attrs, "sql_type", &[], errors) {
            let result = match setting.key.to_string().as_str() {
                "name" => setting.string().map(|name| options.name = Some(name.value())),
                "integer" => setting.flag().map(|on| options.integer = on),
                "stored_as" => setting.flag().map(|on| options.stored_as = on),
                "crate" => setting.path().map(|path| options.facade = Facade::at(path)),
                "rename_all" => setting.string().and_then(|rule| {
                    if case::rename("", &rule.value()).is_none() {
                        let known = case::RULES.join("`, `");
                        let message = format!("there is no rule `{}`\nthere are: `{known}`", rule.value());
                        return Err(syn::Error::new(rule.span(), message));
                    }
                    options.rename_all = Some(rule.value());
                    Ok(())
                }),
                _ => Err(setting.unknown("#[sql_type]", &KNOWN)),
            };
            errors.keep(result);
        }
        options
    }
}

/// A type that `impl StoredAs` stores as another.
fn adapted(ident: &Ident) -> TokenStream {
    let stored = quote_spanned!(ident.span()=> <Self as __sql::types::StoredAs>);
    quote! {
        fn sql_type() -> __sql::Type { <#stored::Stored as __sql::SqlType>::sql_type() }
        fn to_value(&self) -> __sql::ValueRef<'_> { __sql::ValueRef::Lazy(self) }
        fn from_value(value: __sql::ValueRef<'_>) -> ::core::result::Result<Self, __sql::types::ValueError> {
            #stored::from_stored(__sql::SqlType::from_value(value)?)
        }
    }
}

fn newtype(inner: &Type) -> TokenStream {
    let inner_type = quote_spanned!(inner.span()=> <#inner as __sql::SqlType>);
    quote! {
        fn sql_type() -> __sql::Type { #inner_type::sql_type() }
        fn to_value(&self) -> __sql::ValueRef<'_> { __sql::SqlType::to_value(&self.0) }
        #[inline]
        fn from_value(value: __sql::ValueRef<'_>) -> ::core::result::Result<Self, __sql::types::ValueError> {
            Ok(Self(__sql::SqlType::from_value(value)?))
        }
    }
}

fn enumeration(input: &DeriveInput, data: &DataEnum, options: &Options, errors: &mut Errors) -> TokenStream {
    if data.variants.is_empty() {
        errors.at(&input.ident, "an enum that is stored in a column has at least one variant");
    }
    let (mut variants, mut names): (Vec<&Ident>, Vec<String>) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(variant, "a variant with data does not fit in a column");
        }
        let mut name = variant.ident.unraw().to_string();
        if let Some(rule) = &options.rename_all {
            name = case::rename(&name, rule).unwrap_or(name);
        }
        for setting in attributes::settings(&variant.attrs, "sql_type", &[], errors) {
            if setting.key == "rename" {
                name = errors.keep(setting.string()).map_or(name, |renamed| renamed.value());
            } else {
                errors.push(setting.unknown("#[sql_type] on a variant", &["rename"]));
            }
        }
        if let Some(index) = names.iter().position(|known| *known == name) {
            errors.at(variant, format!("`{name}` is what `{}` is stored as already", variants[index]));
        }
        variants.push(&variant.ident);
        names.push(name);
    }
    let ident_name = input.ident.unraw().to_string();
    if options.integer {
        return integer(input, &variants, &ident_name);
    }
    let type_name = options.name.clone().unwrap_or_else(|| snake_case(&ident_name));
    quote! {
        fn sql_type() -> __sql::Type {
            __sql::types::enumeration(#type_name, [#(#names),*])
        }
        fn to_value(&self) -> __sql::ValueRef<'_> {
            __sql::ValueRef::Text(match self { #(Self::#variants => #names,)* })
        }
        fn from_value(value: __sql::ValueRef<'_>) -> ::core::result::Result<Self, __sql::types::ValueError> {
            match value {
                #(__sql::ValueRef::Text(#names) => Ok(Self::#variants),)*
                other => Err(__sql::types::ValueError::unknown_variant(#ident_name, &[#(#names),*], other)),
            }
        }
    }
}

/// An enum that is stored as its variants' numbers, in a column as wide as its `#[repr]` says.
fn integer(input: &DeriveInput, variants: &[&Ident], name: &str) -> TokenStream {
    let ident = &input.ident;
    let repr = input.attrs.iter().find(|attribute| attribute.path().is_ident("repr"));
    let repr = repr.and_then(|repr| repr.parse_args::<Ident>().ok()).map(|repr| repr.to_string());
    let ty = match repr.as_deref() {
        Some("i8" | "u8" | "i16") => quote!(SmallInteger),
        Some("u32" | "i64" | "u64" | "isize" | "usize") => quote!(BigInteger),
        _ => quote!(Integer),
    };
    quote! {
        fn sql_type() -> __sql::Type { __sql::Type::#ty }
        fn to_value(&self) -> __sql::ValueRef<'_> {
            __sql::ValueRef::I64(match self { #(Self::#variants => Self::#variants as i64,)* })
        }
        fn from_value(value: __sql::ValueRef<'_>) -> ::core::result::Result<Self, __sql::types::ValueError> {
            match <i64 as __sql::SqlType>::from_value(value)? {
                #(number if number == Self::#variants as i64 => Ok(Self::#variants),)*
                _ => {
                    const KNOWN: &[i64] = &[#(#ident::#variants as i64),*];
                    Err(__sql::types::ValueError::unknown_number(#name, KNOWN, value))
                }
            }
        }
    }
}
