//! From a case's tree to our text: each node becomes the node of ours that says the same, and our compiler does the
//! rest. Nothing in here decides how SQL is written, and nothing looks at a case's id or at its expected text.

mod context;
mod ddl;
mod dialect;
mod types;
mod value;

use aludel_sql::{Dialect, Value};

use crate::case::Case;
use crate::compare::ParameterStyle;
use crate::json::Json;
use crate::unsayable::Unsayable;

pub use context::Context;
pub use value::load as load_value;

/// What our compiler makes of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// How it writes parameters.
    pub style: ParameterStyle,
    /// The value of each parameter, in order of appearance; none where it is handed in at execution.
    pub values: Vec<Option<Value>>,
}

/// How a case wants to be compiled.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    /// Values are written into the text.
    literal_binds: bool,
}

impl Flags {
    fn load(flags: &[(String, Json)]) -> Result<Self, Unsayable> {
        let mut loaded = Flags::default();
        for (name, value) in flags {
            match (name.as_str(), value) {
                ("literal_binds", Json::Bool(flag)) => loaded.literal_binds = *flag,
                // Nothing of ours waits for the execution to be written: these are how it always is.
                ("render_postcompile" | "render_schema_translate", _) => {}
                _ => return Err(Unsayable::new(format!("the flag {name} = {value}"))),
            }
        }
        Ok(loaded)
    }
}

/// Loads a case and compiles it.
///
/// # Errors
/// Where our tree has no place for something, or our compiler refuses it.
pub fn compile(case: &Case) -> Result<Compiled, Unsayable> {
    let dialect = dialect::load(&case.dialect, &case.dialect_options)?;
    let flags = Flags::load(&case.flags)?;
    let ctx = Context::new(case);
    let style = ParameterStyle::of(dialect.capabilities().placeholder);
    let plain = |sql: String| Compiled { sql, style, values: Vec::new() };
    match case.kind.as_str() {
        "ddl" => ddl::compile(&case.statement, &ctx, dialect.as_ref()).map(plain),
        "type" => type_alone(&case.statement, &ctx, dialect.as_ref()).map(plain),
        kind => {
            let _ = flags.literal_binds;
            Err(Unsayable::new(format!("a statement of the kind {kind}")))
        }
    }
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
