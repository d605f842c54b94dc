//! What a field's type says to somebody who can only read it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

/// The type as written, with what it is known to be.
pub(crate) struct RustType<'t>(pub(crate) &'t Type);

impl<'t> RustType<'t> {
    /// The `T` of `Auto<T>`, under whatever path.
    pub(crate) fn inside(&self, wrapper: &str) -> Option<&'t Type> {
        let Type::Path(path) = ungrouped(self.0) else { return None };
        let last = path.path.segments.last().filter(|last| last.ident == wrapper)?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        match (arguments.args.first(), arguments.args.len()) {
            (Some(GenericArgument::Type(inner)), 1) => Some(inner),
            _ => None,
        }
    }

    /// The name of a type that stands alone: `String`, `i64`.
    fn word(&self) -> Option<String> {
        let Type::Path(path) = ungrouped(self.0) else { return None };
        path.path.get_ident().map(ToString::to_string)
    }

    /// Whether it is a number or a truth value, which have no length.
    pub(crate) fn is_number(&self) -> bool {
        self.word().is_some_and(|word| {
            matches!(
                word.as_str(),
                "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" | "bool"
            )
        })
    }

    /// The type without `Auto` and `Option`.
    pub(crate) fn plain(&self) -> RustType<'t> {
        match self.inside("Auto").or_else(|| self.inside("Option")) {
            Some(inner) => RustType(inner).plain(),
            None => RustType(self.0),
        }
    }

    /// Whether it takes `NULL`; `None` where only the compiler knows.
    pub(crate) fn nullable(&self) -> Option<bool> {
        if self.inside("Option").is_some() {
            return Some(true);
        }
        match self.inside("Auto") {
            Some(inner) => RustType(inner).nullable(),
            None => self.is_well_known().then_some(false),
        }
    }

    /// Whether it is an `Auto`; `None` where only the compiler knows.
    pub(crate) fn auto(&self) -> Option<bool> {
        match self.inside("Auto") {
            Some(_) => Some(true),
            None => (self.inside("Option").is_some() || self.is_well_known()).then_some(false),
        }
    }

    /// What a query of the column yields: the type itself where that is plain to see, else what its [`Field`] says.
    pub(crate) fn value(&self, sql: &TokenStream) -> TokenStream {
        if let Some(inner) = self.inside("Auto") {
            return RustType(inner).value(sql);
        }
        let ty = self.0;
        if self.inside("Option").is_some() || self.is_well_known() {
            return ty.to_token_stream();
        }
        let field = quote_spanned!(ty.span()=> #sql::types::Field);
        quote!(<#ty as #field>::Value)
    }

    fn is_well_known(&self) -> bool {
        self.is_number()
            || self.word().is_some_and(|word| word == "String")
            || self.inside("Vec").is_some_and(|inner| RustType(inner).word().is_some_and(|word| word == "u8"))
    }
}

/// A type that came through a macro stands in a group that can't be seen.
fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}
