//! `#[derive(Model)]`

mod container;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::DeriveInput;
use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::fields::column::Reference;
use crate::fields::emit::vocabulary_type;
use crate::fields::relation::last_name;
use crate::fields::{self, AllFields, Kind, Role, name_of};
use container::Container;

/// Writes the vocabulary, the constant of the struct's name, and the implementations.
pub(crate) fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let all = fields::read(&input, Kind::Model, &mut errors)?;
    let container = Container::read(&input, &all, &mut errors);
    all.refuse_duplicates(&mut errors);
    refuse_missing_key(&input, &all, &mut errors);
    errors.finish()?;

    let (vocabulary, implementation) =
        (vocabulary(&input, &all, &container), implementation(&input, &all, &container));
    Ok(quote!(#vocabulary #implementation))
}

fn refuse_missing_key(input: &DeriveInput, all: &AllFields, errors: &mut Errors) {
    let has_key = all.fields.iter().any(|field| match &field.role {
        Role::Column(column) => column.primary_key.is_some(),
        // An embedded struct may bring the key; the description is asked at run time.
        Role::Embed { .. } => true,
        Role::Relation(..) | Role::Skip => false,
    });
    if !has_key {
        let message = format!(
            "`{}` has no primary key: put `#[column(primary_key)]` on the field that identifies a row, or on several",
            input.ident
        );
        errors.at(&input.ident, message);
    }
}

/// `UserTable` and `User`.
fn vocabulary(input: &DeriveInput, all: &AllFields, container: &Container) -> TokenStream {
    let (model, vis) = (&input.ident, &input.vis);
    let table = table_type(input);
    let facade = &container.facade;
    let (orm, sql) = (facade.orm(), facade.sql());
    let fields = all.vocabulary(facade, model);
    let values = all.vocabulary_values(facade, &TokenStream::new());
    let doc = format!("[`{}`](struct@{0}) as a word of queries: its columns and relations.", model.unraw());
    let constant_doc = format!("The table of [`{}`](struct@{0}), as a word of queries.", model.unraw());
    let table_struct =
        vocabulary_type(vis, &table, &doc, &quote!(#fields __source: #sql::expression::Source,));
    quote! {
        #table_struct
        impl #table {
            const fn __at(source: #sql::expression::Source) -> Self {
                #table { #values __source: source }
            }
        }
        #[doc = #constant_doc]
        #[allow(non_upper_case_globals, dead_code)]
        #vis const #model: #table = {
            fn table() -> &'static #sql::Table {
                &<#model as #orm::Model>::definition().table
            }
            #table::__at(#sql::expression::Source::new(table))
        };
    }
}

fn implementation(input: &DeriveInput, all: &AllFields, container: &Container) -> TokenStream {
    let model = &input.ident;
    let table = table_type(input);
    let (orm, sql) = (container.facade.orm(), container.facade.sql());
    let (describe, decode, accessors) = (all.describe(), all.decode(), all.accessors());
    let table_changes = container.describe();
    let (name, table_name) = (name_of(model), &container.table);
    let shape = all.shape(&container.key_columns);
    let width = all.end.tokens(&quote!(__orm));
    let relations: Vec<_> = all
        .fields
        .iter()
        .filter_map(|field| match &field.role {
            Role::Relation(relation, index) => Some((field, relation, *index)),
            _ => None,
        })
        .collect();
    let relation_shapes = relations.iter().map(|(field, relation, _)| relation.shape(&field.name));
    let relation_indexes: Vec<usize> = relations.iter().map(|(.., index)| *index).collect();
    let relation_fields: Vec<_> = relations.iter().map(|(field, ..)| &field.ident).collect();
    let checks = checks(input, all, container);
    quote! {
        const _: () = {
            use #orm as __orm;
            use #sql as __sql;

            #[automatically_derived]
            impl __orm::Model for #model {
                const TABLE: &'static str = #table_name;
                const SHAPE: &'static [__orm::model::shape::ColumnShape] = #shape;
                const RELATIONS: &'static [__orm::model::shape::RelationShape] = &[#(#relation_shapes),*];
                const ABILITIES: __orm::model::Abilities<Self> = {
                    #[allow(unused_imports)]
                    use __orm::model::{Lacking as _, Probe};
                    __orm::model::Abilities {
                        clone: Probe::<#model>::CLONE,
                        eq: Probe::<#model>::EQ,
                        debug: Probe::<#model>::DEBUG,
                    }
                };

                fn definition() -> &'static __orm::model::ModelDef {
                    // A named function: the shim of a closure would be one function for all models in the compiler's
                    // count of nested instances.
                    fn define() -> __orm::model::ModelDef {
                        let mut builder = __orm::model::ModelBuilder::new::<#model>(#name, #table_name);
                        #describe
                        #table_changes
                        builder.finish()
                    }
                    static DEFINITION: ::std::sync::LazyLock<__orm::model::ModelDef> =
                        ::std::sync::LazyLock::new(define);
                    &DEFINITION
                }
                #accessors
                fn relation(&self, index: usize) -> ::core::option::Option<&dyn __orm::relation::RelationField> {
                    match index { #(#relation_indexes => Some(self.#relation_fields.field()),)* _ => None }
                }
                fn relation_mut(&mut self, index: usize) -> ::core::option::Option<&mut dyn __orm::relation::RelationField> {
                    match index { #(#relation_indexes => Some(self.#relation_fields.field_mut()),)* _ => None }
                }
            }
            #[automatically_derived]
            impl __sql::decode::FromRow for #model {
                fn width() -> usize { #width }
                fn from_row(row: &mut __sql::decode::RowReader<'_>) -> ::core::result::Result<Self, __sql::decode::DecodeError> {
                    let start = row.position();
                    let mut read = || Ok(#model { #decode });
                    read().map_err(|error| {
                        __orm::model::decode_error(<Self as __orm::Model>::definition(), start, error)
                    })
                }
                fn is_absent(row: &__sql::decode::RowReader<'_>) -> bool {
                    __orm::model::is_absent(<Self as __orm::Model>::definition(), row)
                }
            }
            #[automatically_derived]
            impl __orm::session::SessionRow for #model {
                type Out = __orm::Handle<#model>;
                fn enter(self, objects: &mut __orm::session::Arenas) -> Self::Out {
                    __orm::session::enter_object(self, objects)
                }
            }
            #[automatically_derived]
            impl __orm::ModelTable for #table {
                type Model = #model;
                fn source(self) -> __sql::expression::Source { self.__source }
                fn with_source(self, source: __sql::expression::Source) -> Self { #table::__at(source) }
            }
            #[automatically_derived]
            impl __sql::statement::IntoTable for #table {
                fn into_table(self) -> __sql::ast::TableRef { self.__source.table_ref() }
            }
            #[automatically_derived]
            impl __sql::expression::Selectable for #table {
                type Row = #model;
                fn items(self, items: &mut ::std::vec::Vec<__sql::ast::SelectItem>) {
                    items.push(__orm::model::select_item::<#model>(self.__source.table_ref()));
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#table> for __sql::Table {
                fn from(table: #table) -> Self { table.__source.table().clone() }
            }
            #[automatically_derived]
            impl __sql::statement::InsertItem for #model {
                fn add_to(self, insert: &mut __sql::statement::RowSink<'_>) {
                    insert.row(__orm::model::assignments(&self));
                }
            }
            #[automatically_derived]
            impl __sql::statement::InsertItem for &#model {
                fn add_to(self, insert: &mut __sql::statement::RowSink<'_>) {
                    insert.row(__orm::model::assignments(self));
                }
            }
            #checks
        };
    }
}

fn table_type(input: &DeriveInput) -> syn::Ident {
    format_ident!("{}Table", input.ident.unraw())
}

/// Assertions about the model and those that it is related to.
fn checks(input: &DeriveInput, all: &AllFields, container: &Container) -> TokenStream {
    let model = &input.ident;
    let mut checks = all.checks(model);
    checks.extend(container.checks(model));
    let mut targets: Vec<(String, &syn::Type)> = Vec::new();
    for field in &all.fields {
        if let Role::Relation(relation, _) = &field.role {
            checks.extend(relation.checks(model, &field.name, !container.key_columns.is_empty()));
            let target = &relation.target;
            let text = quote!(#target).to_string();
            if targets.iter().all(|(known, _)| *known != text) {
                targets.push((text, target));
            }
        }
    }
    for field in &all.fields {
        let Role::Column(column) = &field.role else { continue };
        let Some(Reference::Text { text, table, column }) = &column.references else { continue };
        for (_, target) in &targets {
            let message = format!(
                "`{model}.{}` refers to `{table}.{column}`, but `{}` has no column `{column}`",
                field.name.value(),
                last_name(target)
            );
            checks.extend(quote_spanned! {text.span()=>
                ::core::assert!(__orm::model::shape::refers_well::<#target>(#table, #column), "{}", #message);
            });
        }
    }
    checks
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};
    use syn::parse_quote;

    fn tokens(stream: TokenStream) -> usize {
        let count = |token| match token {
            TokenTree::Group(group) => 2 + tokens(group.stream()),
            _ => 1,
        };
        stream.into_iter().map(count).sum()
    }

    /// A derive that writes more makes every build of every application longer: a larger budget needs a reason.
    #[test]
    fn the_expansion_stays_within_its_budget() {
        let small = super::derive(parse_quote! {
            struct User {
                #[column(primary_key)]
                id: Auto<i64>,
            }
        });
        let design = super::derive(parse_quote! {
            #[model(table = "users")]
            pub struct User {
                #[column(primary_key)]
                pub id: Auto<i64>,
                #[column(length = 50, unique)]
                pub username: String,
                #[column(length = 100)]
                pub email: Option<String>,
                #[column(server_default = now())]
                pub created_at: Auto<DateTime<Utc>>,
                #[relation(back_populates = "user", cascade = "all, delete-orphan")]
                pub addresses: Many<Address>,
            }
        });
        let (small, design) = (tokens(small.unwrap()), tokens(design.unwrap()));
        assert!(small <= 1500, "{small} tokens for one column");
        assert!(design <= 2300, "{design} tokens for the model of the guide");
    }
}
