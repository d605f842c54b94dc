//! A column: what `#[column(…)]` says, and the part of the description that comes of it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Field, Ident, Lit, LitStr, Member, Path, UnOp};

use crate::attributes::{self, Setting};
use crate::errors::Errors;
use crate::rust_type::RustType;

const KNOWN: [&str; 18] = [
    "primary_key",
    "name",
    "length",
    "type",
    "unique",
    "index",
    "references",
    "on_delete",
    "on_update",
    "foreign_key_name",
    "server_default",
    "default",
    "autoincrement",
    "collation",
    "comment",
    "computed",
    "computed_stored",
    "nullable",
];

/// What `#[column(…)]` says about a field.
#[derive(Default)]
pub(crate) struct ColumnField {
    /// The column's name.
    pub(crate) name: String,
    renamed: Option<LitStr>,
    ty: Option<Expr>,
    length: Option<u32>,
    pub(crate) primary_key: Option<Span>,
    unique: Option<Option<LitStr>>,
    index: Option<Option<LitStr>>,
    pub(crate) references: Option<Reference>,
    on_delete: Option<TokenStream>,
    on_update: Option<TokenStream>,
    foreign_key_name: Option<LitStr>,
    server_default: Option<Expr>,
    pub(crate) default: Option<Expr>,
    autoincrement: Option<bool>,
    collation: Option<LitStr>,
    comment: Option<LitStr>,
    computed: Option<(LitStr, bool)>,
}

/// The column that a foreign key refers to.
pub(crate) enum Reference {
    /// `"users.id"`
    Text { text: LitStr, table: String, column: String },
    /// `User.id`, with the path of the model in front.
    Column { model: Path, column: Expr },
}

impl ColumnField {
    /// Reads the attribute.
    pub(crate) fn read(field: &Field, ident: &Ident, errors: &mut Errors) -> Self {
        let mut column = ColumnField { name: ident.unraw().to_string(), ..ColumnField::default() };
        let settings = attributes::settings(&field.attrs, "column", &[], errors);
        for setting in &settings {
            errors.keep(column.set(setting));
        }
        column.check(field, ident, &settings, errors);
        column
    }

    fn set(&mut self, setting: &Setting) -> syn::Result<()> {
        match setting.key.to_string().as_str() {
            "primary_key" => self.primary_key = setting.flag()?.then(|| setting.span()),
            "name" => {
                let name = setting.string()?;
                if name.value().is_empty() {
                    return Err(syn::Error::new(name.span(), "a column has a name"));
                }
                self.name = name.value();
                self.renamed = Some(name);
            }
            "length" => self.length = Some(setting.number()?),
            "type" => self.ty = Some(setting.expr()?.clone()),
            "unique" => self.unique = Some(setting.flag_or_string()?),
            "index" => self.index = Some(setting.flag_or_string()?),
            "references" => self.references = Some(Reference::read(setting)?),
            "on_delete" => self.on_delete = Some(action(&setting.string()?)?),
            "on_update" => self.on_update = Some(action(&setting.string()?)?),
            "foreign_key_name" => self.foreign_key_name = Some(setting.string()?),
            "server_default" => self.server_default = Some(setting.expr()?.clone()),
            "default" => self.default = Some(setting.expr()?.clone()),
            "autoincrement" => self.autoincrement = Some(setting.flag()?),
            "collation" => self.collation = Some(setting.string()?),
            "comment" => self.comment = Some(setting.string()?),
            "computed" => self.computed = Some((setting.string()?, false)),
            "computed_stored" => self.computed = Some((setting.string()?, true)),
            "nullable" => {
                let message = "the field's type says it: a column takes NULL where its field is an `Option`";
                return Err(syn::Error::new(setting.span(), message));
            }
            _ => return Err(setting.unknown("#[column]", &KNOWN[..KNOWN.len() - 1])),
        }
        Ok(())
    }

    fn check(&self, field: &Field, ident: &Ident, settings: &[Setting], errors: &mut Errors) {
        let ty = RustType(&field.ty);
        if self.primary_key.is_some() && ty.nullable() == Some(true) {
            let message =
                format!("`{ident}` is part of the primary key, which is never NULL: take the `Option` away");
            errors.at(&field.ty, message);
        }
        if ty.inside("Option").is_some_and(|inner| RustType(inner).inside("Auto").is_some()) {
            errors.at(&field.ty, "write `Auto<Option<…>>`: a value that may be unset is what may be NULL, not the other way round");
        }
        let at = |key: &str| {
            settings.iter().find(|setting| setting.key == key).map_or(Span::call_site(), Setting::span)
        };
        if self.length.is_some() && self.ty.is_none() && ty.plain().is_number() {
            errors.at_span(
                at("length"),
                format!("`{ident}` is a number, which has no length: `length` is for text and bytes"),
            );
        }
        if self.default.is_some() && ty.auto() == Some(false) {
            let message = format!(
                "`default` fills a field that is unset, and `{ident}` never is: make it an `Auto<…>`, or say it in `impl Default`"
            );
            errors.at_span(at("default"), message);
        }
        if self.references.is_none() {
            for key in ["on_delete", "on_update", "foreign_key_name"] {
                if settings.iter().any(|setting| setting.key == key) {
                    errors
                        .at_span(at(key), format!("`{key}` belongs to a foreign key: say `references` too"));
                }
            }
        }
        if self.computed.is_some() && (self.server_default.is_some() || self.default.is_some()) {
            errors.at(ident, format!("`{ident}` is computed, so it has no default"));
        }
    }

    /// `ColumnSpec { … }`
    pub(crate) fn spec(&self, ty: &syn::Type) -> TokenStream {
        let mut said: Vec<TokenStream> = Vec::new();
        let mut text = |key: &str, value: &Option<LitStr>| {
            if let Some(value) = value {
                let key = Ident::new(key, Span::call_site());
                said.push(quote!(#key: Some(#value)));
            }
        };
        text("name", &self.renamed);
        text("foreign_key_name", &self.foreign_key_name);
        text("collation", &self.collation);
        text("comment", &self.comment);
        text("unique_group", self.unique.as_ref().unwrap_or(&None));
        text("index_group", self.index.as_ref().unwrap_or(&None));
        if let Some(ty) = &self.ty {
            said.push(quote! {
                ty: Some(__sql::Type::from({ #[allow(unused_imports)] use __sql::types::{*, Type}; #ty }))
            });
        }
        if let Some(length) = self.length {
            said.push(quote!(length: Some(#length)));
        }
        for (key, on) in [
            ("primary_key", self.primary_key.is_some()),
            ("unique", matches!(self.unique, Some(None))),
            ("index", matches!(self.index, Some(None))),
        ] {
            if on {
                let key = Ident::new(key, Span::call_site());
                said.push(quote!(#key: true));
            }
        }
        if let Some(on) = self.autoincrement {
            said.push(quote!(autoincrement: Some(#on)));
        }
        match &self.references {
            Some(Reference::Text { text, .. }) => said.push(quote!(references: Some(#text.to_owned()))),
            Some(Reference::Column { model, column }) => {
                let call = quote_spanned!(column.span()=> __orm::model::shape::reference::<#ty, _, _>(#model, #column));
                said.push(quote!(references: Some(#call)));
            }
            None => {}
        }
        for (key, action) in [("on_delete", &self.on_delete), ("on_update", &self.on_update)] {
            if let Some(action) = action {
                let key = Ident::new(key, Span::call_site());
                said.push(quote!(#key: Some(#action)));
            }
        }
        if let Some(default) = &self.server_default {
            let default = server_default(default);
            said.push(quote!(server_default: Some(#default)));
        }
        if let Some(default) = &self.default {
            let default = client_default(default, ty);
            said.push(quote!(default: Some(#default)));
        }
        if let Some((expression, stored)) = &self.computed {
            said.push(quote! {
                computed: Some(__sql::schema::Computed {
                    expression: __sql::schema::Sql::words(#expression),
                    stored: Some(#stored),
                })
            });
        }
        if said.is_empty() {
            quote!(__orm::model::ColumnSpec::default())
        } else {
            quote!(__orm::model::ColumnSpec { #(#said,)* ..__orm::model::ColumnSpec::default() })
        }
    }
}

impl Reference {
    fn read(setting: &Setting) -> syn::Result<Self> {
        let expr = setting.expr()?;
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let value = text.value();
                match value.rsplit_once('.') {
                    Some((table, column)) if !table.is_empty() && !column.is_empty() => Ok(Reference::Text {
                        text: text.clone(),
                        table: table.to_owned(),
                        column: column.to_owned(),
                    }),
                    _ => Err(syn::Error::new(
                        text.span(),
                        "name the column as `table.column`: `references = \"users.id\"`",
                    )),
                }
            }
            Expr::Field(_) => match root(expr) {
                Some(model) => Ok(Reference::Column { model, column: expr.clone() }),
                None => Err(setting.wants("a column: `= \"users.id\"` or `= User.id`")),
            },
            _ => Err(setting.wants("a column: `= \"users.id\"` or `= User.id`")),
        }
    }
}

/// The `models::User` of `models::User.address.street`.
fn root(expr: &Expr) -> Option<Path> {
    match expr {
        Expr::Field(field) if matches!(field.member, Member::Named(_)) => root(&field.base),
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        _ => None,
    }
}

/// A referential action by its SQL words.
pub(crate) fn action(words: &LitStr) -> syn::Result<TokenStream> {
    let action = match words.value().trim().to_ascii_lowercase().replace('_', " ").as_str() {
        "no action" => quote!(NoAction),
        "restrict" => quote!(Restrict),
        "cascade" => quote!(Cascade),
        "set null" => quote!(SetNull),
        "set default" => quote!(SetDefault),
        other => {
            let message = format!(
                "a foreign key does not know `{other}`; there are `cascade`, `restrict`, `set null`, `set default`, `no action`"
            );
            return Err(syn::Error::new(words.span(), message));
        }
    };
    Ok(quote!(__sql::schema::ReferentialAction::#action))
}

/// An expression as a `ServerDefault`. Whole numbers are given the one width that it takes; `now()` and `text("…")`
/// need no import.
fn server_default(expr: &Expr) -> TokenStream {
    let number = match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => literal(&unary.expr),
        other => literal(other),
    };
    let called = match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.get_ident().map(|name| (name.to_string(), &call.args)),
            _ => None,
        },
        _ => None,
    };
    let value = match (number, called) {
        (Some(Lit::Int(_)), _) => quote!({ let value: i64 = #expr; value }),
        (Some(Lit::Float(_)), _) => quote!({ let value: f64 = #expr; value }),
        (_, Some((name, arguments))) if name == "now" && arguments.is_empty() => {
            quote!(__sql::expression::now())
        }
        (_, Some((name, arguments))) if name == "text" => quote!(__sql::expression::text::<()>(#arguments)),
        _ => quote!(#expr),
    };
    quote_spanned!(expr.span()=> __sql::schema::ServerDefault::from(#value))
}

fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(literal) => Some(&literal.lit),
        _ => None,
    }
}

/// An expression as a function that makes a value: the expression's value, or what a closure returns.
fn client_default(expr: &Expr, ty: &syn::Type) -> TokenStream {
    let value = match expr {
        Expr::Closure(_) => quote!((#expr)()),
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => quote!(::core::convert::Into::into(#expr)),
        _ => quote!(#expr),
    };
    quote_spanned! {expr.span()=>
        || {
            let value: <#ty as __sql::types::Field>::Plain = #value;
            __sql::SqlType::to_value(&value).to_owned()
        }
    }
}
