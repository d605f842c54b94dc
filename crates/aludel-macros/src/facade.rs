//! The paths under which generated code finds Aludel.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// Where the facade is.
#[derive(Clone, Default)]
pub(crate) struct Facade(Option<Path>);

impl Facade {
    /// The facade at a path of the user's choice.
    pub(crate) fn at(path: Path) -> Self {
        Facade(Some(path))
    }

    /// The crate `aludel-orm`.
    pub(crate) fn orm(&self) -> TokenStream {
        quote!(#self::generated::aludel_orm)
    }

    /// The crate `aludel-sql`.
    pub(crate) fn sql(&self) -> TokenStream {
        quote!(#self::generated::aludel_sql)
    }
}

impl ToTokens for Facade {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => quote!(::aludel).to_tokens(tokens),
        }
    }
}
