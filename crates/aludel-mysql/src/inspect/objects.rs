//! Views and triggers, as statements that make them again.

use aludel_engine::error::Result;
use aludel_engine::inspect::{ObjectKind, SchemaObject};
use aludel_sql::Dialect;
use aludel_sql::decode::{DecodeError, FromRow, RowReader};

use super::read;
use crate::connection::MysqlConnection;

/// Views first, each behind those that it reads; then triggers in the order in which they fire.
///
/// The definer is left out: whoever makes them again becomes it.
pub(super) async fn objects(
    connection: &mut MysqlConnection,
    schema: Option<&str>,
) -> Result<Vec<SchemaObject>> {
    let database = read::database(connection, schema).await?;
    let dialect = connection.server().dialect();
    let mut views = Vec::new();
    for name in read::views(connection, &database).await? {
        let mut show = "SHOW CREATE VIEW ".to_owned();
        push_name(schema, &name, dialect.as_ref(), &mut show);
        let shown: Vec<CreateView> = read::rows(connection, &show, &[]).await?;
        for CreateView(sql) in shown {
            let sql = without_definer(&sql);
            views.push(SchemaObject { kind: ObjectKind::View, name: name.clone(), table: None, sql });
        }
    }
    let mut objects = ordered(views);
    for facts in read::triggers(connection, &database).await? {
        let mut sql = "CREATE TRIGGER ".to_owned();
        push_name(schema, &facts.name, dialect.as_ref(), &mut sql);
        sql.push_str(&format!(" {} {} ON ", facts.timing, facts.event));
        push_name(schema, &facts.table, dialect.as_ref(), &mut sql);
        sql.push_str(" FOR EACH ROW ");
        sql.push_str(&facts.statement);
        objects.push(SchemaObject {
            kind: ObjectKind::Trigger,
            name: facts.name,
            table: Some(facts.table),
            sql,
        });
    }
    Ok(objects)
}

/// The second column of `SHOW CREATE VIEW`.
struct CreateView(String);

impl FromRow for CreateView {
    fn width() -> usize {
        2
    }

    fn from_row(row: &mut RowReader<'_>) -> std::result::Result<Self, DecodeError> {
        row.skip(1);
        row.read().map(CreateView)
    }

    fn is_absent(_: &RowReader<'_>) -> bool {
        false
    }
}

fn push_name(schema: Option<&str>, name: &str, dialect: &dyn Dialect, out: &mut String) {
    if let Some(schema) = schema {
        dialect.quote(schema, out);
        out.push('.');
    }
    dialect.quote(name, out);
}

/// Takes the definer, a user and a host in quotes of their own, out of the head of a definition.
fn without_definer(sql: &str) -> String {
    let Some((before, behind)) = sql.split_once("DEFINER=") else { return sql.to_owned() };
    let Some((_, rest)) = behind.split_once(" SQL SECURITY ") else { return sql.to_owned() };
    format!("{before}SQL SECURITY {rest}")
}

/// Views behind those whose names stand in their definitions. The servers write every name in quotes.
fn ordered(mut views: Vec<SchemaObject>) -> Vec<SchemaObject> {
    let mut ordered = Vec::with_capacity(views.len());
    while !views.is_empty() {
        let ready = views.iter().position(|view| {
            let mut others = views.iter().filter(|other| other.name != view.name);
            !others.any(|other| view.sql.contains(&format!("`{}`", other.name.replace('`', "``"))))
        });
        ordered.push(views.remove(ready.unwrap_or(0)));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, reads: &str) -> SchemaObject {
        let sql = format!("CREATE VIEW `{name}` AS select 1 from `{reads}`");
        SchemaObject { kind: ObjectKind::View, name: name.into(), table: None, sql }
    }

    #[test]
    fn a_view_comes_behind_those_that_it_reads() {
        let names = |views| ordered(views).into_iter().map(|view| view.name).collect::<Vec<_>>();
        assert_eq!(names(vec![view("a", "b"), view("b", "c"), view("c", "t")]), ["c", "b", "a"]);
        assert_eq!(names(vec![view("a", "b"), view("b", "a")]), ["a", "b"]);
    }

    #[test]
    fn the_definer_goes() {
        let sql = "CREATE ALGORITHM=UNDEFINED DEFINER=`ro` ot`@`%` SQL SECURITY INVOKER VIEW `v` AS select 1";
        let plain = "CREATE ALGORITHM=UNDEFINED SQL SECURITY INVOKER VIEW `v` AS select 1";
        assert_eq!(without_definer(sql), plain);
        assert_eq!(without_definer(plain), plain);
    }
}
