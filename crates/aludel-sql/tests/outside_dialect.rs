//! A dialect from outside: what ours can say in their own way, one that is written elsewhere can as well. It is that of
//! a small database that does not exist, and uses nothing but what is public.

use std::sync::OnceLock;

use aludel_sql::ast::{
    Aggregate, BinaryOperator, ConflictAction, ConflictTarget, Expr, Function, Insert, JsonAccess, Lock,
    OnConflict, Select, SelectItem, Statement,
};
use aludel_sql::compiler::{Compiler, Position, RowLimit, SelectForm};
use aludel_sql::dialect::{
    AutoIncrement, ConstraintWords, IndexWords, OwnOptions, Placeholder, common_literal, common_type_name,
    hex_digits,
};
use aludel_sql::expression::{Expression, Source, count, lower, value};
use aludel_sql::schema::{Constraint, Index, Table, column, index, table};
use aludel_sql::statement::{delete, insert, select, update};
use aludel_sql::types::{big_integer, boolean, string};
use aludel_sql::{Capabilities, Column, CompileError, Dialect, Type, Value};

#[derive(Debug)]
struct Tally {
    capabilities: Capabilities,
}

impl Tally {
    fn new() -> Self {
        let mut capabilities = Capabilities::standard();
        capabilities.quote = '`';
        capabilities.placeholder = Placeholder::Named;
        capabilities.on_conflict = false;
        capabilities.boolean_literals = false;
        capabilities.boolean_values = false;
        capabilities.empty_from = " FROM nothing";
        capabilities.alias_keyword = false;
        capabilities.order_in_subqueries = false;
        capabilities.max_identifier = 20;
        capabilities.ddl.autoincrement = AutoIncrement::Keyword("COUNTED");
        Tally { capabilities }
    }
}

impl Dialect for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn type_name(&self, ty: &Type) -> Result<String, CompileError> {
        match ty {
            Type::BigInteger => Ok("WHOLE".to_owned()),
            Type::Boolean => Ok("FLAG".to_owned()),
            Type::Uuid => Err(CompileError::unsupported(self.name(), "unique identifiers")),
            other => common_type_name(self, other),
        }
    }

    fn table_options(&self, table: &Table) -> Result<String, CompileError> {
        let own = OwnOptions::of(self, &table.options, &["drawer"], "a table")?;
        Ok(own.word("drawer")?.map_or_else(String::new, |drawer| format!(" IN DRAWER {drawer}")))
    }

    fn index_words(&self, index: &Index) -> Result<IndexWords, CompileError> {
        let own = OwnOptions::of(self, &index.options, &["sparse"], "an index")?;
        let kind = if own.flag("sparse")? == Some(true) { "SPARSE " } else { "" };
        Ok(IndexWords { kind: kind.to_owned(), ..IndexWords::default() })
    }

    fn constraint_words(
        &self,
        _: Option<&Table>,
        constraint: &Constraint,
    ) -> Result<ConstraintWords, CompileError> {
        OwnOptions::of(self, &constraint.traits().options, &[], "a constraint")?;
        Ok(ConstraintWords::default())
    }

    fn is_reserved(&self, word: &str) -> bool {
        ["clash", "drawer", "order", "select", "table"].contains(&word)
    }

    fn named_parameter(&self, name: &str, out: &mut String) {
        out.push('@');
        out.push_str(name);
    }

    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError> {
        match value {
            Value::Bytes(bytes) => {
                out.push('#');
                hex_digits(bytes, out);
                Ok(())
            }
            other => common_literal(self, other, out),
        }
    }

    fn now(&self) -> &'static str {
        "THE_TIME"
    }

    /// Limits stand in front of the columns.
    fn select(
        &self,
        out: &mut Compiler<'_>,
        select: &Select,
        position: Position,
    ) -> Result<bool, CompileError> {
        let limit = RowLimit::of(select);
        if !limit.is_some() {
            return Ok(false);
        }
        let head = |out: &mut Compiler<'_>| {
            for (word, number) in [("SKIP ", limit.offset), ("FIRST ", limit.count())] {
                if let Some(number) = number {
                    out.push(word);
                    out.expr(number)?;
                    out.push(" ");
                }
            }
            Ok(())
        };
        let form =
            SelectForm { head: Some(&head), limited: false, ordered: Some(true), ..SelectForm::default() };
        out.standard_select(select, position, &form)?;
        Ok(true)
    }

    fn row_limit(&self, out: &mut Compiler<'_>, _: &RowLimit<'_>) -> Result<(), CompileError> {
        Err(out.unsupported("limits on queries that are combined"))
    }

    fn binary(
        &self,
        out: &mut Compiler<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<bool, CompileError> {
        if operator != BinaryOperator::Concat {
            return Ok(false);
        }
        out.infix(left, " & ", right, out.precedence_of(operator))?;
        Ok(true)
    }

    fn function(&self, out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
        match function.name.as_ref() {
            "lower" => out.call(function, "SMALL")?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn aggregate(&self, out: &mut Compiler<'_>, aggregate: &Aggregate) -> Result<bool, CompileError> {
        out.push("OVERALL ");
        out.ordered_call(aggregate)?;
        out.aggregate_clauses(aggregate)?;
        Ok(true)
    }

    fn json(&self, out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
        out.push("DIG(");
        out.expr(&access.operand)?;
        out.push(", ");
        out.expr(&access.key)?;
        out.push(")");
        Ok(true)
    }

    fn cast(&self, out: &mut Compiler<'_>, operand: &Expr, ty: &Type) -> Result<bool, CompileError> {
        out.standard_cast("TURN", operand, ty)?;
        Ok(true)
    }

    fn lock(&self, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
        out.push(" HOLDING");
        out.lock_sources(" ", lock)
    }

    fn excluded(&self, out: &mut Compiler<'_>, name: &str) {
        out.push("new.");
        out.quote(name);
    }

    fn on_duplicate_key(
        &self,
        out: &mut Compiler<'_>,
        conflict: &OnConflict,
        _: &Insert,
    ) -> Result<(), CompileError> {
        out.push(" ON CLASH");
        if let ConflictTarget::Columns { elements, .. } = &conflict.target {
            out.push(" OF ");
            out.unqualified(|out| out.exprs(elements))?;
        }
        match &conflict.action {
            ConflictAction::DoNothing => out.push(" STAY"),
            ConflictAction::DoUpdate { set, .. } => {
                out.push(" CHANGE ");
                out.assignments(set, " := ")?;
            }
        }
        Ok(())
    }

    fn returning(
        &self,
        out: &mut Compiler<'_>,
        items: &[SelectItem],
        verb: &str,
    ) -> Result<bool, CompileError> {
        out.push(" GIVING ");
        out.returned_from(items, if verb == "DELETE" { "old" } else { "new" })?;
        Ok(true)
    }
}

fn books_table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        table("books")
            .column(column("id", big_integer()).primary_key())
            .column(column("title", string(50)).not_null())
            .column(column("order", big_integer()))
            .column(column("lent", boolean()))
            .option("tally_drawer", "seven")
    })
}

const BOOKS: Source = Source::new(books_table);
const ID: Column<i64> = Column::new(BOOKS, 0);
const TITLE: Column<String> = Column::new(BOOKS, 1);
const ORDER: Column<Option<i64>> = Column::new(BOOKS, 2);

fn text(statement: impl Into<Statement>) -> String {
    aludel_sql::compile(&statement.into(), &Tally::new())
        .map_or_else(|error| format!("!{error}"), |compiled| compiled.sql)
}

#[test]
fn queries() {
    assert_eq!(text(select(value::<i64>(1))), "SELECT @param_1 AS anon_1 FROM nothing");
    assert_eq!(
        text(select(ID).filter(ORDER.eq(1)).order_by(TITLE).limit(3).offset(1)),
        "SELECT SKIP @param_1 FIRST @param_2 books.id FROM books WHERE books.`order` = @param_3 ORDER BY books.title"
    );
    assert_eq!(text(select(lower(TITLE))), "SELECT SMALL(books.title) AS lower_1 FROM books");
    assert_eq!(text(select(ID).lock(Lock::update().of(ID))), "SELECT books.id FROM books HOLDING books");
    assert_eq!(
        text(select(count(ID).filter(ID.gt(1)))),
        "SELECT OVERALL count(books.id) FILTER (WHERE books.id > @param_1) AS anon_1 FROM books"
    );
}

#[test]
fn writes() {
    assert_eq!(
        text(
            insert(BOOKS)
                .values([ID.set(1), TITLE.set("a")])
                .on_conflict(ID)
                .do_update(|new| [TITLE.set(new.get(TITLE))])
        ),
        "INSERT INTO books (id, title) VALUES (@param_1, @param_2) ON CLASH OF id CHANGE title := new.title"
    );
    assert_eq!(
        text(update(BOOKS).set(TITLE, "b").filter(ID.eq(1)).returning((ID, TITLE))),
        "UPDATE books SET title=@param_1 WHERE books.id = @param_2 GIVING new.id, new.title"
    );
    assert_eq!(
        text(delete(BOOKS).filter(ID.eq(1)).returning(ID)),
        "DELETE FROM books WHERE books.id = @param_1 GIVING old.id"
    );
}

#[test]
fn values_in_the_text() {
    let literal = |value: Value| {
        let mut out = String::new();
        Tally::new().literal(&value, &mut out).map(|()| out)
    };
    assert_eq!(literal(Value::Bytes(vec![1, 171])).unwrap(), "#01AB");
    assert_eq!(literal(Value::Bool(true)).unwrap(), "1");
    assert_eq!(literal(Value::Text("it's".into())).unwrap(), "'it''s'");
    assert!(literal(Value::F64(f64::NAN)).unwrap_err().to_string().contains("tally does not support"));
}

#[test]
fn schemas() {
    let made = aludel_sql::ddl::create_table(books_table(), &Tally::new()).unwrap().join("; ");
    assert!(made.contains("id WHOLE COUNTED NOT NULL"), "{made}");
    assert!(made.contains("`order` WHOLE"), "{made}");
    assert!(made.contains("lent FLAG"), "{made}");
    assert!(made.ends_with(") IN DRAWER seven"), "{made}");
    let sparse = index("ix").on("books", ["title"]).option("tally_sparse", true);
    let made = aludel_sql::ddl::create_index(&sparse, &Tally::new()).unwrap();
    assert_eq!(made, "CREATE SPARSE INDEX ix ON books (title)");
    let wrong = books_table().clone().option("tally_shelf", "x");
    let error = aludel_sql::ddl::create_table(&wrong, &Tally::new()).unwrap_err().to_string();
    assert!(error.contains("shelf"), "{error}");
}
