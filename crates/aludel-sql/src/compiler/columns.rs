//! The columns that a query yields, and what they are called.
//!
//! Every value that has no name of its own gets one, and a name that occurs again gets a number, so that a row can be
//! read by name and a subquery's columns can be told apart.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::names::NameKey;
use super::{CompileError, Compiler, Position};
use crate::ast::{
    ColumnRef, Cte, Derived, DerivedKind, Expr, Function, LabelStyle, Query, SelectItem, Source,
    UnaryOperator,
};

/// One column of a list.
#[derive(Clone, Copy)]
enum Output<'s> {
    Expr(&'s Expr),
    Labelled(&'s Expr, &'s str),
    Column(&'s Source, &'s str),
    Position(&'s Arc<Derived>, usize),
}

/// What a column is called.
#[derive(Clone, Debug)]
enum Naming {
    /// By the name that it has; written behind `AS` only for somebody who reads the query by name.
    Own(String),
    /// By a label of the user's, which the value brings along.
    Label(String),
    /// By a name that has to be written: made up, or with its table's name in front.
    Written(String),
    /// By a made-up name.
    MadeUp(NameKey, String),
    /// Not at all: the user's own words.
    Nameless,
}

impl Compiler<'_> {
    /// Writes the columns of a query.
    pub(super) fn items(
        &mut self,
        items: &[SelectItem],
        style: LabelStyle,
        position: Position,
    ) -> Result<(), CompileError> {
        // One table's columns have different names: nothing to tell apart.
        if let [SelectItem::Columns(source, names)] = items
            && style == LabelStyle::Disambiguate
            && !position.names_columns()
            && matches!(source, Source::Table(_))
        {
            return self.list(*names, ", ", |compiler, name| compiler.column_of(source, name));
        }
        let outputs = self.outputs(items);
        let namings = self.namings(&outputs, style, position.owner(), items.as_ptr() as usize);
        for (index, (output, naming)) in outputs.iter().zip(namings).enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.output(*output)?;
            let label = match naming {
                Naming::Own(name) => (position.names_columns() && output.is_bound()).then_some(name),
                Naming::Label(name) | Naming::Written(name) => Some(name),
                Naming::MadeUp(key, stem) => Some(self.made_up(key, &stem)),
                Naming::Nameless => None,
            };
            if let Some(label) = label {
                self.push(" AS ");
                self.quote(&label);
            }
        }
        Ok(())
    }

    fn output(&mut self, output: Output<'_>) -> Result<(), CompileError> {
        match output {
            Output::Expr(expr) | Output::Labelled(expr, _) => self.expr(expr),
            Output::Column(source, name) => self.column_of(source, name),
            Output::Position(derived, index) => self.expr(&Expr::Position(derived.clone(), index)),
        }
    }

    fn outputs<'s>(&self, items: &'s [SelectItem]) -> Vec<Output<'s>> {
        let mut outputs = Vec::with_capacity(items.len());
        for item in items {
            match item {
                SelectItem::Expr(expr, None) => outputs.push(Output::Expr(expr)),
                SelectItem::Expr(expr, Some(label)) => outputs.push(Output::Labelled(expr, label)),
                SelectItem::Columns(source, names) => {
                    outputs.extend(names.iter().map(|name| Output::Column(source, name)));
                }
                SelectItem::OwnedColumns(source, names) => {
                    outputs.extend(names.iter().map(|name| Output::Column(source, name)));
                }
                SelectItem::All(derived) => {
                    outputs.extend((0..derived.width()).map(|index| Output::Position(derived, index)));
                }
            }
        }
        outputs
    }

    /// What each column is called. `place` tells this list of columns apart from others that nobody refers to.
    fn namings(
        &mut self,
        outputs: &[Output<'_>],
        style: LabelStyle,
        owner: Option<u32>,
        place: usize,
    ) -> Vec<Naming> {
        let mut seen: HashMap<String, usize, FxBuildHasher> = HashMap::default();
        let mut namings: Vec<Naming> = Vec::with_capacity(outputs.len());
        for (index, output) in outputs.iter().enumerate() {
            let key = match owner {
                Some(owner) => NameKey::Column(owner, index),
                None => NameKey::Item(place, index),
            };
            let natural = self.natural(*output, key);
            let naming = match natural {
                Naming::Own(name) if style == LabelStyle::TableName => {
                    match self.table_prefixed(*output, &name) {
                        Some(long) => Naming::Written(long),
                        None => Naming::Own(name),
                    }
                }
                other => other,
            };
            let name = match &naming {
                Naming::Own(name) | Naming::Label(name) | Naming::Written(name) => Some(name.clone()),
                Naming::MadeUp(..) | Naming::Nameless => None,
            };
            let naming = match name {
                Some(name) if style != LabelStyle::None => match seen.get(&name) {
                    None => {
                        seen.insert(name, index);
                        naming
                    }
                    Some(first) if matches!(naming, Naming::Label(_)) && !output.is_same(outputs[*first]) => {
                        naming
                    }
                    Some(first) if output.is_same(outputs[*first]) => {
                        // The same column once more: the first one keeps the name to itself.
                        let key = match owner {
                            Some(owner) => NameKey::Repeated(owner, index),
                            None => key,
                        };
                        Naming::MadeUp(key, format!("{name}_"))
                    }
                    Some(_) => Naming::MadeUp(key, name),
                },
                _ => naming,
            };
            namings.push(naming);
        }
        namings
    }

    /// What a column is called by itself.
    fn natural(&mut self, output: Output<'_>, key: NameKey) -> Naming {
        match output {
            Output::Labelled(_, label) => Naming::Label(label.to_owned()),
            Output::Column(_, name) => Naming::Own(name.to_owned()),
            Output::Position(derived, index) => {
                Naming::Own(self.derived_column(derived, index).unwrap_or_default())
            }
            Output::Expr(expr) => self.natural_of(expr, key),
        }
    }

    fn natural_of(&mut self, expr: &Expr, key: NameKey) -> Naming {
        match expr {
            Expr::Column(column) => Naming::Own(column.name.to_string()),
            Expr::Position(derived, index) => {
                Naming::Own(self.derived_column(derived, *index).unwrap_or_default())
            }
            Expr::LiteralColumn(name) => Naming::Own(name.to_string()),
            Expr::Labelled(label) => Naming::Label(self.label_text(&label.name)),
            Expr::Text(_) | Expr::Template(_) | Expr::Star => Naming::Nameless,
            Expr::Row(derived) => match self.derived_name(derived) {
                Some(name) => Naming::Own(name),
                None => Naming::Nameless,
            },
            Expr::FunctionColumn(_, name) => Naming::Own(name.to_string()),
            Expr::Cast(inner, _) | Expr::TryCast(inner, _) | Expr::Typed(inner, _) => {
                match self.natural_of(inner, key) {
                    Naming::Own(name) | Naming::Label(name) if is_column(inner) => Naming::Written(name),
                    _ => Naming::MadeUp(key, "anon".to_owned()),
                }
            }
            // An operator in front of a column leaves the column's name to the database.
            Expr::Unary(UnaryOperator::Distinct, inner) if is_column(inner) => self.natural_of(inner, key),
            Expr::Function(Function { name, .. }) => Naming::MadeUp(key, name.to_string()),
            _ => Naming::MadeUp(key, "anon".to_owned()),
        }
    }

    /// `table_column`, where the column has a table.
    fn table_prefixed(&mut self, output: Output<'_>, name: &str) -> Option<String> {
        let source = match output {
            Output::Column(source, _)
            | Output::Expr(Expr::Column(ColumnRef { source: Some(source), .. })) => source.clone(),
            Output::Position(derived, _) | Output::Expr(Expr::Position(derived, _)) => {
                Source::Derived(derived.clone())
            }
            _ => return None,
        };
        let of = self.source_name(&source)?;
        let schema = match &source {
            Source::Table(table) if table.alias == crate::ast::Alias::None => table.schema.as_deref(),
            _ => None,
        };
        let long = match schema {
            Some(schema) => format!("{}_{of}_{name}", schema.replace('.', "_")),
            None => format!("{of}_{name}"),
        };
        Some(self.cut(long))
    }

    /// The name of a column of a source that the statement defines.
    pub(super) fn derived_column(&mut self, derived: &Derived, index: usize) -> Option<String> {
        match &derived.kind {
            DerivedKind::Subquery(query) => self.query_column(query, index, derived.id),
            DerivedKind::Cte(cte) => self.cte_column(cte, index, derived.id),
            DerivedKind::Alias(Source::Derived(of)) => self.derived_column(of, index),
            DerivedKind::Sample(sample) => match &sample.of {
                Source::Derived(of) => self.derived_column(of, index),
                Source::Table(_) => None,
            },
            DerivedKind::Values(values) => values.columns.get(index).map(|(name, _)| name.to_string()),
            DerivedKind::Function(function) => match function.columns.get(index) {
                Some((name, _)) => Some(name.to_string()),
                None => self.derived_name(derived),
            },
            DerivedKind::Alias(Source::Table(_)) => None,
        }
    }

    fn cte_column(&mut self, cte: &Cte, index: usize, id: u32) -> Option<String> {
        match cte.columns.get(index) {
            Some(name) => Some(name.to_string()),
            // One that takes another's place has that one's columns.
            None => self.query_column(&cte.query, index, cte.restates.unwrap_or(id)),
        }
    }

    /// The name of a query's n-th column, as the owner of the query sees it.
    pub(super) fn query_column(&mut self, query: &Query, index: usize, owner: u32) -> Option<String> {
        match query {
            Query::Select(select) => {
                let style =
                    select.options.as_ref().map_or(LabelStyle::Disambiguate, |options| options.label_style);
                self.item_name(&select.items, style, index, owner)
            }
            Query::Compound(compound) => self.query_column(compound.members.first()?, index, owner),
            Query::Values(values) => values.columns.get(index).map(|(name, _)| name.to_string()),
            Query::Text(text) => text.columns.get(index).map(ToString::to_string),
            Query::Insert(insert) => {
                self.item_name(&insert.returning, LabelStyle::Disambiguate, index, owner)
            }
            Query::Update(update) => {
                self.item_name(&update.returning, LabelStyle::Disambiguate, index, owner)
            }
            Query::Delete(delete) => {
                self.item_name(&delete.returning, LabelStyle::Disambiguate, index, owner)
            }
        }
    }

    fn item_name(
        &mut self,
        items: &[SelectItem],
        style: LabelStyle,
        index: usize,
        owner: u32,
    ) -> Option<String> {
        let outputs = self.outputs(items);
        let naming = self.namings(&outputs, style, Some(owner), 0).into_iter().nth(index)?;
        Some(match naming {
            Naming::Own(name) | Naming::Label(name) | Naming::Written(name) => name,
            Naming::MadeUp(key, stem) => self.made_up(key, &stem),
            Naming::Nameless => return None,
        })
    }

    /// The names of all columns of a query that stands in a common table expression: for its list of columns.
    pub(super) fn query_columns(&mut self, query: &Query, owner: u32) -> Vec<String> {
        (0..query.width()).filter_map(|index| self.query_column(query, index, owner)).collect()
    }
}

impl Output<'_> {
    /// Whether the column belongs to a source.
    fn is_bound(self) -> bool {
        match self {
            Output::Column(..) | Output::Position(..) => true,
            Output::Expr(expr) => {
                matches!(expr, Expr::Column(ColumnRef { source: Some(_), .. }) | Expr::Position(..))
            }
            Output::Labelled(..) => false,
        }
    }

    /// Whether both are the same column.
    fn is_same(self, other: Output<'_>) -> bool {
        match (self, other) {
            (Output::Column(a, name), Output::Column(b, other)) => a == b && name == other,
            (Output::Position(a, index), Output::Position(b, other)) => a.id == b.id && index == other,
            (Output::Expr(a), Output::Expr(b)) => a == b,
            (Output::Expr(Expr::Column(ColumnRef { source: Some(a), name })), Output::Column(b, other))
            | (Output::Column(b, other), Output::Expr(Expr::Column(ColumnRef { source: Some(a), name }))) => {
                a == b && name == other
            }
            (Output::Expr(Expr::Position(a, index)), Output::Position(b, other))
            | (Output::Position(b, other), Output::Expr(Expr::Position(a, index))) => {
                a.id == b.id && *index == other
            }
            _ => false,
        }
    }
}

/// Whether an expression is a column, perhaps with a type said.
fn is_column(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) | Expr::Position(..) | Expr::LiteralColumn(_) | Expr::Labelled(_) => true,
        Expr::Cast(inner, _) | Expr::TryCast(inner, _) | Expr::Typed(inner, _) => is_column(inner),
        _ => false,
    }
}

/// The labels that a list of columns brings along.
pub(super) fn labels(items: &[SelectItem]) -> Vec<u32> {
    let label = |item: &SelectItem| match item {
        SelectItem::Expr(Expr::Labelled(label), _) => Some(label.id),
        _ => None,
    };
    items.iter().filter_map(label).collect()
}
