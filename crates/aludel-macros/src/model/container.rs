//! What `#[model(…)]` says about the struct as a whole.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Ident, LitStr};

use crate::attributes::{self, Item, Setting, Value};
use crate::case::snake_case;
use crate::errors::Errors;
use crate::facade::Facade;
use crate::fields::column::action;
use crate::fields::{AllFields, Role};

const KNOWN: [&str; 8] = ["table", "unique", "index", "foreign_key", "check", "comment", "option", "crate"];

/// What stands on the struct.
pub(crate) struct Container {
    /// The table's name, with its schema where it has one.
    pub(crate) table: String,
    /// Where the facade is.
    pub(crate) facade: Facade,
    /// Columns of foreign keys over several columns, with the table referred to.
    pub(crate) key_columns: Vec<(String, String)>,
    /// Calls on the table under construction.
    calls: Vec<TokenStream>,
    /// Columns that may be those of an embedded struct: only the compiler knows.
    unchecked: Vec<LitStr>,
}

/// The names that settings on the struct may use.
struct Columns<'f> {
    all: &'f AllFields,
    embeds: bool,
}

impl Container {
    /// Reads the attribute.
    pub(crate) fn read(input: &DeriveInput, all: &AllFields, errors: &mut Errors) -> Self {
        let mut container = Container {
            table: snake_case(&input.ident.unraw().to_string()),
            facade: Facade::default(),
            key_columns: Vec::new(),
            calls: Vec::new(),
            unchecked: Vec::new(),
        };
        let embeds = all.fields.iter().any(|field| matches!(field.role, Role::Embed { .. }));
        let columns = Columns { all, embeds };
        let repeatable = ["unique", "index", "foreign_key", "check", "option"];
        let settings = attributes::settings(&input.attrs, "model", &repeatable, errors);
        // Names of indexes are made of the table's.
        let (first, rest): (Vec<_>, Vec<_>) = settings.iter().partition(|setting| setting.key == "table");
        for setting in first.into_iter().chain(rest) {
            errors.keep(container.set(setting, &columns));
        }
        container
    }

    fn set(&mut self, setting: &Setting, columns: &Columns<'_>) -> syn::Result<()> {
        match setting.key.to_string().as_str() {
            "table" => {
                let table = setting.string()?;
                let name = table.value();
                if name.is_empty() || name.split('.').any(str::is_empty) || name.split('.').count() > 2 {
                    return Err(syn::Error::new(
                        table.span(),
                        "a table is named `\"users\"`, or `\"shop.users\"` with its schema",
                    ));
                }
                self.table = name;
            }
            "crate" => self.facade = Facade::at(setting.path()?),
            "comment" => {
                let comment = setting.string()?;
                self.calls.push(quote!(.comment(#comment)));
            }
            "option" => {
                for item in setting.list()? {
                    let Some(name) = &item.name else {
                        return Err(setting.wants("options with their values: `(sqlite_strict = \"\")`"));
                    };
                    let (name, value) = (name.unraw().to_string(), attributes::string_of(&item.value)?);
                    self.calls.push(quote!(.option(#name, #value)));
                }
            }
            "check" => self.check(setting)?,
            "unique" => self.unique(setting, columns)?,
            "index" => self.index(setting, columns)?,
            "foreign_key" => self.foreign_key(setting, columns)?,
            _ => return Err(setting.unknown("#[model]", &KNOWN)),
        }
        Ok(())
    }

    fn check(&mut self, setting: &Setting) -> syn::Result<()> {
        let (mut condition, mut name) = (None, None);
        match &setting.value {
            Value::List(items) => {
                for item in items {
                    match &item.name {
                        None if condition.is_none() => condition = Some(attributes::string_of(&item.value)?),
                        Some(key) if key == "name" => name = Some(attributes::string_of(&item.value)?),
                        _ => return Err(setting.wants("a condition: `(\"price > 0\", name = \"ck_price\")`")),
                    }
                }
            }
            _ => condition = Some(setting.string()?),
        }
        let Some(condition) = condition else {
            return Err(setting.wants("a condition: `(\"price > 0\", name = \"ck_price\")`"));
        };
        let named = named(name.as_ref());
        self.calls.push(quote!(.check(__sql::schema::check(#condition)#named)));
        Ok(())
    }

    fn unique(&mut self, setting: &Setting, columns: &Columns<'_>) -> syn::Result<()> {
        let (mut names, mut name) = (Vec::new(), None);
        for item in setting.list()? {
            match &item.name {
                None => names.push(self.column(&item.value, columns)?),
                Some(key) if key == "name" => name = Some(attributes::string_of(&item.value)?),
                Some(key) => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!("`unique` takes columns and `name`, not `{key}`"),
                    ));
                }
            }
        }
        let named = named(name.as_ref());
        self.calls.push(quote!(.unique(__sql::schema::unique([#(#names),*])#named)));
        Ok(())
    }

    fn index(&mut self, setting: &Setting, columns: &Columns<'_>) -> syn::Result<()> {
        let (mut elements, mut names) = (Vec::new(), Vec::new());
        let (mut name, mut unique, mut condition) = (None, false, None);
        for item in setting.list()? {
            if item.is_word("unique") && !columns.knows("unique") {
                unique = true;
                continue;
            }
            match item.name.as_ref().map(Ident::to_string).as_deref() {
                None => {
                    let (column, descending) = self.index_column(item, columns)?;
                    let desc = descending.then(|| quote!(.desc()));
                    elements.push(quote!(__sql::schema::IndexElement::column(#column)#desc));
                    names.push(column.value());
                }
                Some("expression") => {
                    let expression = attributes::string_of(&item.value)?;
                    elements.push(quote!(__sql::schema::IndexElement::expression(#expression)));
                }
                Some("name") => name = Some(attributes::string_of(&item.value)?),
                Some("where") => condition = Some(attributes::string_of(&item.value)?),
                Some("unique") => {
                    unique = matches!(&item.value, Expr::Lit(lit) if matches!(&lit.lit, syn::Lit::Bool(flag) if flag.value))
                }
                Some(other) => {
                    let message = format!(
                        "`index` takes columns, `expression`, `name`, `unique` and `where`, not `{other}`"
                    );
                    return Err(syn::Error::new(item.value.span(), message));
                }
            }
        }
        if elements.is_empty() {
            return Err(setting.wants("columns: `(\"a\", \"b\")`"));
        }
        if name.is_none() && names.len() < elements.len() {
            return Err(setting.wants("a `name`, as an expression has none of its own"));
        }
        let table = self.table.rsplit('.').next().unwrap_or_default();
        let name = name.map_or_else(|| format!("ix_{table}_{}", names.join("_")), |name| name.value());
        let unique = unique.then(|| quote!(.unique()));
        let filter = condition.map(|condition| quote!(.filter(#condition)));
        let table = &self.table;
        self.calls
            .push(quote!(.index(__sql::schema::index(#name).on(#table, [#(#elements),*])#unique #filter)));
        Ok(())
    }

    fn foreign_key(&mut self, setting: &Setting, columns: &Columns<'_>) -> syn::Result<()> {
        const FORM: &str = "columns and what they refer to: `(\"a\", \"b\", references = \"table(x, y)\")`";
        let (mut names, mut target, mut calls) = (Vec::new(), None, TokenStream::new());
        for item in setting.list()? {
            let text = attributes::string_of(&item.value);
            match item.name.as_ref().map(Ident::to_string).as_deref() {
                None => names.push(self.column(&item.value, columns)?),
                Some("references") => target = Some(text?),
                Some("name") => {
                    let name = text?;
                    calls.extend(quote!(.named(#name)));
                }
                Some("on_delete") => {
                    let action = action(&text?)?;
                    calls.extend(quote!(.on_delete(#action)));
                }
                Some("on_update") => {
                    let action = action(&text?)?;
                    calls.extend(quote!(.on_update(#action)));
                }
                Some(other) => {
                    let message = format!(
                        "`foreign_key` takes columns, `references`, `name`, `on_delete` and `on_update`, not `{other}`"
                    );
                    return Err(syn::Error::new(item.value.span(), message));
                }
            }
        }
        let Some(target) = target else { return Err(setting.wants(FORM)) };
        let text = target.value();
        let Some((table, referred)) = text
            .strip_suffix(')')
            .and_then(|text| text.split_once('('))
            .filter(|(table, _)| !table.trim().is_empty())
        else {
            return Err(syn::Error::new(target.span(), "write `references = \"table(x, y)\"`"));
        };
        let table = table.trim();
        let referred: Vec<&str> =
            referred.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if referred.len() != names.len() || names.is_empty() {
            let message = format!("{} columns refer to {}", names.len(), referred.len());
            return Err(syn::Error::new(target.span(), message));
        }
        self.calls.push(quote! {
            .foreign_key(__sql::schema::foreign_key([#(#names),*]).references(#table, [#(#referred),*])#calls)
        });
        self.key_columns.extend(names.iter().map(|name| (name.value(), table.to_owned())));
        Ok(())
    }

    /// A column by its name, or by its field's name.
    fn column(&mut self, expr: &Expr, columns: &Columns<'_>) -> syn::Result<LitStr> {
        let name = match expr {
            Expr::Path(path) => match path.path.get_ident() {
                Some(ident) => LitStr::new(&ident.unraw().to_string(), ident.span()),
                None => return Err(syn::Error::new(expr.span(), "a column is named here")),
            },
            other => attributes::string_of(other)?,
        };
        match columns.find(&name.value()) {
            Some(column) => Ok(LitStr::new(column, name.span())),
            None if columns.embeds => {
                self.unchecked.push(name.clone());
                Ok(name)
            }
            None => {
                let known = columns.names();
                let near = attributes::nearest(&name.value(), &known)
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let message = format!(
                    "there is no column `{}`{near}\nthere are: `{}`",
                    name.value(),
                    known.join("`, `")
                );
                Err(syn::Error::new(name.span(), message))
            }
        }
    }

    /// The same with a `-` in front for descending order.
    fn index_column(&mut self, item: &Item, columns: &Columns<'_>) -> syn::Result<(LitStr, bool)> {
        if let Ok(text) = attributes::string_of(&item.value)
            && let Some(name) = text.value().strip_prefix('-')
        {
            let name = Expr::Lit(syn::ExprLit {
                attrs: Vec::new(),
                lit: syn::Lit::Str(LitStr::new(name, text.span())),
            });
            return Ok((self.column(&name, columns)?, true));
        }
        Ok((self.column(&item.value, columns)?, false))
    }

    /// The statement that changes the table under construction.
    pub(crate) fn describe(&self) -> TokenStream {
        let calls = &self.calls;
        if calls.is_empty() {
            return TokenStream::new();
        }
        quote!(builder.table(|table| table #(#calls)*);)
    }

    /// Assertions on columns that may be an embedded struct's.
    pub(crate) fn checks(&self, model: &Ident) -> TokenStream {
        let checks = self.unchecked.iter().map(|name| {
            let message = format!("`{model}` has no column `{}`", name.value());
            quote_spanned!(name.span()=> ::core::assert!(__orm::model::shape::has_column::<#model>(#name), "{}", #message);)
        });
        checks.collect()
    }
}

impl Columns<'_> {
    fn names(&self) -> Vec<&str> {
        let names = self.all.fields.iter().filter_map(|field| match &field.role {
            Role::Column(column) => Some(column.name.as_str()),
            _ => None,
        });
        names.collect()
    }

    fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The column of that name, or of the field of that name.
    fn find(&self, name: &str) -> Option<&str> {
        let names = self.names();
        if let Some(known) = names.iter().find(|known| **known == name) {
            return Some(known);
        }
        self.all.fields.iter().find_map(|field| match &field.role {
            Role::Column(column) if field.name.value() == name => Some(column.name.as_str()),
            _ => None,
        })
    }
}

fn named(name: Option<&LitStr>) -> Option<TokenStream> {
    name.map(|name| quote!(.named(#name)))
}
