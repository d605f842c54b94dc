//! What [`Operations::execute`](super::Operations::execute) takes.

use aludel_sql::ast::Statement;
use aludel_sql::statement::{Delete, Insert, Select, Text, Update};

use super::Execute;

/// SQL in the database's own words; several statements may stand in one text.
impl From<&str> for Execute {
    fn from(sql: &str) -> Self {
        Execute::Sql(sql.to_owned())
    }
}

/// SQL in the database's own words; several statements may stand in one text.
impl From<String> for Execute {
    fn from(sql: String) -> Self {
        Execute::Sql(sql)
    }
}

impl From<Statement> for Execute {
    fn from(statement: Statement) -> Self {
        Execute::Statement(Box::new(statement))
    }
}

impl From<Text> for Execute {
    fn from(text: Text) -> Self {
        Statement::from(text).into()
    }
}

macro_rules! statements {
    ($($name:ident),+) => {$(
        impl<R> From<$name<R>> for Execute {
            fn from(statement: $name<R>) -> Self {
                Statement::from(statement).into()
            }
        }
    )+};
}

statements!(Select, Insert, Update, Delete);
