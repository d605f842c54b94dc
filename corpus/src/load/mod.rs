//! From a case's tree to our text: each node becomes the node of ours that says the same, and our compiler does the
//! rest. Nothing in here decides how SQL is written, and nothing looks at a case's id or at its expected text.

mod adjusted;
mod column;
mod conflict;
mod context;
mod ddl;
mod dialect;
mod dml;
mod expr;
mod from;
mod function;
mod generated;
mod join;
mod name;
mod operator;
mod param;
mod select;
mod target;
#[cfg(test)]
mod tests;
mod types;
mod value;

use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::compiler::{CompileOptions, compile_with, render_expr_with, render_from};
use aludel_sql::schema::SchemaMap;
use aludel_sql::{Dialect, Value};

use crate::case::Case;
use crate::compare::ParameterStyle;
use crate::json::Json;
use crate::unsayable::Unsayable;

pub use context::Context;
use context::Writes;
pub use value::load as load_value;

/// What our compiler makes of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// How it writes parameters.
    pub style: ParameterStyle,
    /// The value of each parameter, in order of appearance; none where the text is all that there is.
    pub values: Option<Vec<Value>>,
}

/// Loads a case and compiles it.
///
/// # Errors
/// Where our tree has no place for something, or our compiler refuses it.
pub fn compile(case: &Case) -> Result<Compiled, Unsayable> {
    let adjusted = adjusted::load(&case.dialect, &case.dialect_options);
    let dialect = adjusted.map_or_else(|| dialect::load(&case.dialect, &case.dialect_options), Ok)?;
    let dialect = dialect.as_ref();
    let mut options = options(&case.flags)?;
    case.defs.iter().chain([&case.statement]).for_each(|json| name::quoting(json, &mut options.quoting));
    let mut ctx = Context::new(case);
    ctx.writes = Writes::of(case, dialect.capabilities());
    let style = ParameterStyle::of(dialect.capabilities().placeholder);
    let plain = |sql: String| Compiled { sql, style, values: None };
    let statement = match case.kind.as_str() {
        "ddl" => {
            // The connection's own schema has a name where the case tells it.
            let own = case.dialect_options.iter().find(|(option, _)| option == "default_schema_name");
            let own = own.and_then(|(_, name)| name.as_text());
            let schemas = options
                .schemas
                .iter()
                .fold(SchemaMap::new(), |map, (from, to)| map.map(from.as_deref(), to.as_deref().or(own)));
            return ddl::compile(&case.statement, &ctx, dialect, &schemas).map(plain);
        }
        "type" => return type_alone(&case.statement, &ctx, dialect).map(plain),
        // By itself, an alias of a function is the function.
        "from" if ctx.node(&case.statement)?.kind == "table_valued_alias" => {
            let call = expr::load(ctx.node(&case.statement)?.part("element")?, &ctx)?;
            return Ok(plain(render_expr_with(&call, dialect, &options, true)?));
        }
        "from" if from::is_item(&case.statement, &ctx) => {
            // A query by itself has neither parentheses nor a name.
            let node = ctx.node(&case.statement)?;
            if matches!(node.kind, "subquery" | "cte") && node.get("alias_of").is_none() {
                let query = select::query(node.part("element")?, &ctx)?;
                let statement = Statement::Query(query);
                let key = StatementKey::of(&statement);
                return Ok(plain(compile_with(&statement, &key, dialect, &options)?.sql));
            }
            let item = from::item(&case.statement, &ctx)?;
            return Ok(plain(render_from(&item, dialect, &options)?));
        }
        _ => load(&case.statement, &ctx)?,
    };
    let statement = match statement {
        Loaded::Statement(statement) => statement,
        Loaded::Expr(expr) => return Ok(plain(render_expr_with(&expr, dialect, &options, true)?)),
    };
    let key = StatementKey::of(&statement);
    let compiled = compile_with(&statement, &key, dialect, &options)?;
    let value = |index: &usize| key.binds().get(*index).copied().cloned();
    let values = compiled.binds.iter().map(value).collect();
    Ok(Compiled { sql: compiled.sql, style, values })
}

/// What a case is about.
enum Loaded {
    Statement(Box<Statement>),
    Expr(aludel_sql::ast::Expr),
}

fn load<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Loaded, Unsayable> {
    let node = ctx.node(json)?;
    let statement = match node.kind {
        "select" => Statement::Select(select::select(&node, ctx)?),
        "compound_select" | "textual_select" => Statement::Query(select::query(json, ctx)?),
        "insert" => Statement::Insert(dml::insert_alone(&node, ctx)?),
        "update" => Statement::Update(dml::update(&node, ctx)?),
        "delete" => Statement::Delete(dml::delete(&node, ctx)?),
        _ => return expr::load(json, ctx).map(Loaded::Expr),
    };
    Ok(Loaded::Statement(Box::new(statement)))
}

/// How a case wants to be compiled.
fn options(flags: &[(String, Json)]) -> Result<CompileOptions, Unsayable> {
    let mut options = CompileOptions::default();
    for (name, value) in flags {
        match (name.as_str(), value) {
            ("literal_binds", Json::Bool(flag)) => options.literal_values = *flag,
            ("schema_translate_map", Json::List(pairs)) => {
                let schema = |pair: &Json, index: usize| {
                    pair.as_list().and_then(|pair| pair.get(index)?.as_text()).map(str::to_owned)
                };
                options.schemas = pairs.iter().map(|pair| (schema(pair, 0), schema(pair, 1))).collect();
            }
            // Nothing of ours waits for the execution to be written: these are how it always is.
            // Nor is a plain limit ever anything else than the dialect has it.
            ("use_literal_execute_for_simple_int", _) => {}
            ("render_postcompile" | "render_schema_translate", _) => {}
            // Read where a write is loaded.
            ("column_keys" | "for_executemany", _) => {}
            _ => return Err(Unsayable::new(format!("the flag {name} = {value}"))),
        }
    }
    Ok(options)
}

/// The name of a type that stands alone.
fn type_alone<'c>(
    statement: &'c Json,
    ctx: &Context<'c>,
    dialect: &dyn Dialect,
) -> Result<String, Unsayable> {
    let node = ctx.node(statement)?;
    let ty = types::load(node.part("type")?, ctx)?;
    node.done()?;
    Ok(dialect.type_name(&ty)?)
}
