//! A relation: what `#[relation(…)]` says, and the checks that the compiler can make of it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Field, Ident, LitStr, Type};

use crate::attributes::{self, Setting};
use crate::errors::Errors;
use crate::rust_type::RustType;

const KNOWN: [&str; 6] =
    ["back_populates", "cascade", "foreign_key", "secondary", "passive_deletes", "order_by"];

const CASCADES: [&str; 8] =
    ["all", "save-update", "merge", "refresh-expire", "expunge", "delete", "delete-orphan", "none"];

/// A field of type `Many<T>` or `One<T>`.
pub(crate) struct RelationField {
    /// The model at the other end.
    pub(crate) target: Type,
    many: bool,
    nullable: bool,
    back_populates: Option<LitStr>,
    cascade: Option<(Cascade, Span)>,
    foreign_key: Vec<LitStr>,
    secondary: Option<Type>,
    passive_deletes: bool,
    order_by: Vec<LitStr>,
}

#[derive(Default)]
struct Cascade {
    save_update: bool,
    delete: bool,
    delete_orphan: bool,
    expunge: bool,
}

impl RelationField {
    /// Reads the type and the attribute.
    pub(crate) fn read(field: &Field, errors: &mut Errors) -> Option<Self> {
        let ty = RustType(&field.ty);
        let (many, inner) = match (ty.inside("Many"), ty.inside("One")) {
            (Some(inner), _) => (true, inner),
            (_, Some(inner)) => (false, inner),
            _ => {
                errors.at(
                    &field.ty,
                    "a relation is a `Many<T>`, a `One<T>`, or a `One<Option<T>>` where there may be none",
                );
                return None;
            }
        };
        let optional = RustType(inner).inside("Option");
        if many && optional.is_some() {
            errors.at(&field.ty, "a `Many` holds models: `Many<T>`, not `Many<Option<T>>`");
            return None;
        }
        let mut relation = RelationField {
            target: optional.unwrap_or(inner).clone(),
            many,
            nullable: optional.is_some(),
            back_populates: None,
            cascade: None,
            foreign_key: Vec::new(),
            secondary: None,
            passive_deletes: false,
            order_by: Vec::new(),
        };
        for setting in attributes::settings(&field.attrs, "relation", &[], errors) {
            errors.keep(relation.set(&setting));
        }
        if !many && !relation.order_by.is_empty() {
            errors.at(&relation.order_by[0], "`order_by` is for a `Many`");
        }
        Some(relation)
    }

    fn set(&mut self, setting: &Setting) -> syn::Result<()> {
        match setting.key.to_string().as_str() {
            "back_populates" => self.back_populates = Some(setting.string()?),
            "cascade" => {
                let text = setting.string()?;
                self.cascade = Some((Cascade::parse(&text)?, text.span()));
            }
            "foreign_key" => self.foreign_key = setting.strings()?,
            "secondary" => self.secondary = Some(setting.ty()?),
            "passive_deletes" => self.passive_deletes = setting.flag()?,
            "order_by" => self.order_by = setting.strings()?,
            _ => return Err(setting.unknown("#[relation]", &KNOWN)),
        }
        Ok(())
    }

    /// The statements that add the relation to a description.
    pub(crate) fn describe(&self, name: &LitStr) -> TokenStream {
        let target = &self.target;
        let nullable = self.nullable;
        let kind = if self.many { quote!(Many) } else { quote!(One { nullable: #nullable }) };
        let definition = quote_spanned!(target.span()=> <#target as __orm::Model>::definition);
        let new = quote!(__orm::relation::RelationDef::new(#name, __orm::relation::RelationKind::#kind, #definition));
        let mut said: Vec<TokenStream> = Vec::new();
        if let Some(back) = &self.back_populates {
            said.push(quote!(relation.back_populates = Some(#back);));
        }
        if let Some((Cascade { save_update, delete, delete_orphan, expunge }, _)) = &self.cascade {
            said.push(quote! {
                relation.cascade = __orm::relation::Cascade {
                    save_update: #save_update, delete: #delete, delete_orphan: #delete_orphan, expunge: #expunge,
                };
            });
        }
        if !self.foreign_key.is_empty() {
            let names = &self.foreign_key;
            said.push(quote!(relation.foreign_key = &[#(#names),*];));
        }
        if let Some(secondary) = &self.secondary {
            said.push(quote!(relation.secondary = Some(<#secondary as __orm::Model>::definition);));
        }
        if self.passive_deletes {
            said.push(quote!(relation.passive_deletes = true;));
        }
        if !self.order_by.is_empty() {
            let names = &self.order_by;
            said.push(quote!(relation.order_by = &[#(#names),*];));
        }
        if said.is_empty() {
            return quote!(builder.relation(#new););
        }
        quote!({ let mut relation = #new; #(#said)* builder.relation(relation); })
    }

    /// `RelationShape { … }`
    pub(crate) fn shape(&self, name: &LitStr) -> TokenStream {
        let target = &self.target;
        let back = self.back_populates.as_ref().map_or_else(String::new, LitStr::value);
        quote! {
            __orm::model::shape::RelationShape {
                name: #name, table: <#target as __orm::Model>::TABLE, back_populates: #back,
            }
        }
    }

    /// What must hold between this model and the other, as assertions in a constant.
    pub(crate) fn checks(&self, model: &Ident, name: &LitStr, several_keys: bool) -> TokenStream {
        let target = &self.target;
        let (field, other) = (format!("{model}.{}", name.value()), last_name(target));
        let mut checks = TokenStream::new();
        let mut check = |span: Span, holds: TokenStream, message: String| {
            checks
                .extend(quote_spanned!(span=> ::core::assert!(__orm::model::shape::#holds, "{}", #message);));
        };
        if let Some(back) = &self.back_populates {
            let reverse = back.value();
            check(
                back.span(),
                quote!(has_relation::<#target>(#reverse)),
                format!(
                    "`{field}` says `back_populates = \"{reverse}\"`, but `{other}` has no relation `{reverse}`"
                ),
            );
            check(
                back.span(),
                quote!(points_back::<#model, #target>(#reverse, #name)),
                format!(
                    "`{field}` and `{other}.{reverse}` do not point at each other: `{other}.{reverse}` should be a relation \
                     to `{model}` with `back_populates = \"{}\"`",
                    name.value()
                ),
            );
        }
        for column in &self.order_by {
            let text = column.value();
            let plain = text.strip_prefix('-').unwrap_or(&text);
            let message = format!("`{field}` is ordered by `{plain}`, which is no column of `{other}`");
            check(column.span(), quote!(has_column::<#target>(#plain)), message);
        }
        if let Some(secondary) = &self.secondary {
            let between = last_name(secondary);
            check(
                secondary.span(),
                quote!(connects::<#secondary, #model, #target>()),
                format!(
                    "`{field}` goes through `{between}`, which should have a foreign key to `{model}` and one to `{other}`"
                ),
            );
            return checks;
        }
        for column in &self.foreign_key {
            let text = column.value();
            let (holds, owner) = if self.many {
                (quote!(has_column::<#target>(#text)), format!("`{other}`"))
            } else {
                (quote!(either_has_column::<#model, #target>(#text)), format!("`{model}` or `{other}`"))
            };
            let message = format!("`{field}` names the foreign key `{text}`, which is no column of {owner}");
            check(column.span(), holds, message);
        }
        if self.many {
            return checks;
        }
        let keys = &self.foreign_key;
        let span = target.span();
        if !several_keys && keys.is_empty() {
            check(
                span,
                quote!(has_one_key::<#model, #target>()),
                format!(
                    "`{field}` could go through several foreign keys of `{model}`: choose one with \
                     `#[relation(foreign_key = \"…\")]`"
                ),
            );
        }
        let nullable = self.nullable;
        let message = if nullable {
            format!(
                "`{field}` is a `One<Option<{other}>>`, but its foreign key is never NULL: make it `One<{other}>`, or make \
                 the key's field an `Option`"
            )
        } else {
            format!(
                "`{field}` is a `One<{other}>`, but its foreign key may be NULL: make it `One<Option<{other}>>`, or take \
                 the `Option` of the key's field away"
            )
        };
        check(span, quote!(one_fits::<#model, #target>(#nullable, &[#(#keys),*])), message);
        if let Some((Cascade { delete_orphan: true, .. }, span)) = &self.cascade {
            check(
                *span,
                quote!(has_no_key::<#model, #target>(&[#(#keys),*])),
                format!(
                    "`{field}` is the \"many\" side of a many-to-one relation, where `delete-orphan` would delete a `{other}` \
                     that others still refer to: put it on the relation of `{other}` that leads here"
                ),
            );
        }
        checks
    }
}

impl Cascade {
    fn parse(text: &LitStr) -> syn::Result<Self> {
        let mut cascade = Cascade::default();
        let value = text.value();
        for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "all" => {
                    cascade.save_update = true;
                    cascade.delete = true;
                    cascade.expunge = true;
                }
                "save-update" => cascade.save_update = true,
                "delete" => cascade.delete = true,
                "delete-orphan" => cascade.delete_orphan = true,
                "expunge" => cascade.expunge = true,
                // Nothing here merges or expires: the words are SQLAlchemy's, and harmless.
                "merge" | "refresh-expire" | "none" => {}
                _ => {
                    let near = attributes::nearest(word, &CASCADES)
                        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                    let known = CASCADES.join("`, `");
                    let message = format!("there is no cascade `{word}`{near}\nthere are: `{known}`");
                    return Err(syn::Error::new(text.span(), message));
                }
            }
        }
        if cascade.delete_orphan && !cascade.delete {
            let message = "`delete-orphan` needs `delete`: say `all, delete-orphan`";
            return Err(syn::Error::new(text.span(), message));
        }
        Ok(cascade)
    }
}

/// The name of a type without its path.
pub(crate) fn last_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        other => quote!(#other).to_string(),
    }
}
