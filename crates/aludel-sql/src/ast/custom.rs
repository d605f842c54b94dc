//! Constructs of the user's own. Mirrors what SQLAlchemy's `@compiles` is for.

use std::fmt;
use std::sync::Arc;

use super::Expr;
use crate::compiler::{CompileError, Compiler};

/// A construct that this crate does not have: it writes itself, and may look at the dialect for which it does.
///
/// ```
/// use std::sync::Arc;
/// use aludel_sql::ast::{CustomExpr, Construct, Expr};
/// use aludel_sql::compiler::{CompileError, Compiler, render_expr};
/// use aludel_sql::dialect::{mysql::Mysql, sqlite::Sqlite};
///
/// /// A random number.
/// #[derive(Debug)]
/// struct Random;
///
/// impl Construct for Random {
///     fn key(&self) -> String {
///         "random".into()
///     }
///
///     fn compile(&self, compiler: &mut Compiler<'_>) -> Result<(), CompileError> {
///         let mysql = matches!(compiler.dialect().name(), "mysql" | "mariadb");
///         compiler.push(if mysql { "rand()" } else { "random()" });
///         Ok(())
///     }
/// }
///
/// let random = Expr::Custom(CustomExpr::new(Random));
/// assert_eq!(render_expr(&random, &Sqlite::default())?, "random()");
/// assert_eq!(render_expr(&random, &Mysql::mysql())?, "rand()");
/// # Ok::<(), CompileError>(())
/// ```
pub trait Construct: fmt::Debug + Send + Sync + 'static {
    /// Tells its text apart from that of every other construct: two constructs with equal keys and equal
    /// [`parts`](Self::parts) must compile to equal text. Name the type and whatever shapes the text.
    fn key(&self) -> String;

    /// The expressions inside of it. Values that are bound have to be in here.
    fn parts(&self) -> Vec<&Expr> {
        Vec::new()
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where the dialect has no way to say it.
    fn compile(&self, compiler: &mut Compiler<'_>) -> Result<(), CompileError>;

    /// Whether it needs parentheses as an operand.
    fn is_atom(&self) -> bool {
        true
    }
}

/// A [`Construct`] as an expression.
#[derive(Clone, Debug)]
pub struct CustomExpr(Arc<dyn Construct>);

impl CustomExpr {
    /// Wraps a construct.
    pub fn new(construct: impl Construct) -> Self {
        CustomExpr(Arc::new(construct))
    }

    /// The construct.
    pub fn construct(&self) -> &dyn Construct {
        &*self.0
    }
}

/// Equal where keys and parts are.
impl PartialEq for CustomExpr {
    fn eq(&self, other: &Self) -> bool {
        self.0.key() == other.0.key() && self.0.parts() == other.0.parts()
    }
}
