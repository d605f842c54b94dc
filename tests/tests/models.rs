//! What the derives make of structs: tables, words of queries, and rows.

use aludel::dialect::{Dialect, mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
use aludel::expression::value;
use aludel::orm::model::ModelDef;
use aludel::prelude::*;
use aludel::schema::{self, IndexKey, ReferentialAction, TableName};
use aludel::statement::sql;
use aludel::{Table, Type, Value, ast, compile};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50, unique)]
    username: String,
    #[column(length = 100, index)]
    email: Option<String>,
    #[column(server_default = now())]
    created_at: Auto<DateTime<Utc>>,
    #[relation(back_populates = "user", cascade = "all, delete-orphan", order_by("-email", "id"))]
    addresses: Many<Address>,
}

/// The SQL side of a hybrid property; its Rust side stands below.
impl UserTable {
    fn has_email(self) -> Expr<bool> {
        self.email.is_not_null()
    }
}

impl User {
    fn has_email(&self) -> bool {
        self.email.is_some()
    }
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "addresses")]
struct Address {
    #[column(primary_key)]
    id: Auto<i64>,
    email: String,
    #[column(references = "users.id", on_delete = "cascade", foreign_key_name = "fk_user")]
    user_id: Auto<i64>,
    #[relation(back_populates = "addresses")]
    user: One<User>,
}

#[derive(SqlType, Clone, Copy, Debug, Default, PartialEq)]
struct ProductId(i64);

#[derive(SqlType, Clone, Debug, Default, PartialEq)]
struct Sku(String);

#[derive(SqlType, Clone, Copy, Debug, Default, PartialEq)]
#[sql_type(name = "product_state", rename_all = "snake_case")]
enum State {
    #[default]
    Draft,
    InStock,
    #[sql_type(rename = "gone")]
    SoldOut,
}

#[derive(SqlType, Clone, Copy, Debug, Default, PartialEq)]
#[sql_type(integer)]
#[repr(i16)]
enum Rank {
    #[default]
    Low = -1,
    Middle = 10,
    High,
}

#[derive(Embed, Clone, Debug, Default, PartialEq)]
struct Size {
    width: i32,
    #[column(name = "tall")]
    height: Option<i32>,
}

#[derive(Embed, Clone, Debug, Default, PartialEq)]
struct Parcel {
    weight: f64,
    #[model(embed, prefix = "size_")]
    size: Size,
}

type Text = String;

fn next_code() -> i64 {
    41 + 1
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(
    table = "shop.products",
    comment = "What is sold",
    unique(sku, "r#type", name = "uq_sku"),
    index("state", "-rank", unique, where = "state <> 'gone'"),
    index(expression = "lower(label)", name = "ix_label"),
    check("price >= 0", name = "ck_price"),
    check = "cents >= 0",
    option(sqlite_strict = "", mysql_engine = "InnoDB")
)]
struct Product {
    #[column(primary_key, autoincrement = false)]
    id: ProductId,
    sku: Sku,
    #[column(name = "r#type", collation = "NOCASE", comment = "its kind")]
    r#type: String,
    #[column(server_default = "draft")]
    state: State,
    #[column(server_default = -1, index = "ix_rank")]
    rank: Auto<Rank>,
    #[column(name = "label", type = text())]
    title: Text,
    #[column(type = numeric(10, 2), server_default = 0.5)]
    price: f64,
    #[model(embed)]
    parcel: Parcel,
    #[model(embed, prefix = "inner_")]
    inner: Size,
    #[column(computed_stored = "price * 100")]
    cents: Auto<i64>,
    #[column(default = next_code(), index = "ix_rank")]
    code: Auto<i64>,
    #[column(default = || format!("p-{}", next_code()))]
    tag: Auto<String>,
    #[column(default = "none", server_default = text("'none'"))]
    note: Auto<Option<String>>,
    #[column(unique = "uq_batch")]
    batch: Auto<Option<i32>>,
    #[column(unique = "uq_batch", server_default = true)]
    active: bool,
    #[model(skip)]
    cache: Vec<String>,
}

mod catalogue {
    //! Models in other modules, keys of several columns, and a relation of a model with itself.

    use super::*;

    #[derive(Model, Clone, Debug, Default, PartialEq)]
    pub(super) struct OrderLine {
        #[column(primary_key)]
        pub(super) order_id: i64,
        #[column(primary_key)]
        pub(super) number: i32,
        #[column(references = Product.id, on_update = "set null")]
        pub(super) product_id: Option<ProductId>,
        #[relation(foreign_key = "product_id")]
        pub(super) product: One<Option<Product>>,
        #[column(references = Product.inner.height)]
        pub(super) height: Auto<Option<i32>>,
    }

    #[derive(Model, Clone, Debug, Default, PartialEq)]
    #[model(foreign_key(
        "order_id",
        "line",
        references = "order_line(order_id, number)",
        on_delete = "cascade",
        name = "fk_line"
    ))]
    pub(super) struct Remark {
        #[column(primary_key)]
        pub(super) id: Auto<i64>,
        pub(super) order_id: i64,
        #[column(name = "line")]
        pub(super) line_number: i32,
        pub(super) of: One<OrderLine>,
        #[column(references = Remark.id)]
        pub(super) answer_to: Option<i64>,
        #[relation(back_populates = "answers")]
        pub(super) question: One<Option<Remark>>,
        #[relation(back_populates = "question")]
        pub(super) answers: Many<Remark>,
    }
}

use catalogue::{OrderLine, Remark};

fn dialects() -> [Box<dyn Dialect>; 3] {
    [Box::new(Sqlite::default()), Box::new(Postgres::default()), Box::new(Mysql::mysql())]
}

/// The statement's text on SQLite, PostgreSQL and MySQL.
#[track_caller]
fn texts(statement: impl Into<ast::Statement>) -> [String; 3] {
    let statement = statement.into();
    dialects().map(|dialect| compile(&statement, &*dialect).unwrap().sql.to_string())
}

fn column<'m>(model: &'m ModelDef, name: &str) -> &'m schema::Column {
    model.table.get_column(name).unwrap_or_else(|| panic!("no column `{name}`"))
}

#[test]
fn columns_are_the_fields() {
    let user = User::definition();
    assert_eq!(user.name, "User");
    assert_eq!(user.table.name, TableName::new("users"));
    assert_eq!(user.column_names, ["id", "username", "email", "created_at"]);
    let nullable: Vec<bool> = user.table.columns.iter().map(|column| column.nullable).collect();
    assert_eq!(nullable, [false, false, true, false]);
    let auto: Vec<bool> = user.fields.iter().map(|field| field.auto).collect();
    assert_eq!(auto, [true, false, false, true]);
    assert_eq!(column(user, "id").ty, Type::BigInteger);
    assert_eq!(column(user, "username").ty, Type::String { length: Some(50) });
    assert_eq!(column(user, "created_at").ty, Type::DateTime { timezone: true });
    assert_eq!(column(user, "created_at").server_default, Some(now().into()));
    assert_eq!(user.table.unique_constraints, [schema::unique(["username"])]);
    assert_eq!(user.table.indexes, [schema::index("ix_users_email").on("users", ["email"])]);
    assert_eq!(user.primary_key, [0]);

    let key = schema::foreign_key(["user_id"]).references("users", ["id"]).named("fk_user");
    assert_eq!(Address::definition().table.foreign_keys, [key.on_delete(ReferentialAction::Cascade)]);
    let addresses = &user.relations[0];
    assert!(addresses.cascade.delete && addresses.cascade.delete_orphan);
    assert_eq!((addresses.name, addresses.order_by), ("addresses", ["-email", "id"].as_slice()));
}

#[test]
fn settings_reach_the_table() {
    let product = Product::definition();
    let table = &product.table;
    assert_eq!(table.name, TableName { schema: Some("shop".into()), name: "products".into() });
    assert_eq!(table.comment.as_deref(), Some("What is sold"));
    let options: Vec<_> = table.options.iter().map(|(name, value)| (name, value.to_string())).collect();
    let expected = [("sqlite_strict", String::new()), ("mysql_engine", "InnoDB".to_owned())];
    assert!(expected.iter().all(|option| options.contains(option)) && options.len() == 2, "{options:?}");
    let checks = [schema::check("price >= 0").named("ck_price"), schema::check("cents >= 0")];
    assert_eq!(table.checks, checks);
    let unique = [
        schema::unique(["sku", "r#type"]).named("uq_sku"),
        schema::unique(["batch", "active"]).named("uq_batch"),
    ];
    assert_eq!(table.unique_constraints, unique);

    let names: Vec<&str> = table.indexes.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(names, ["ix_products_state_rank", "ix_label", "ix_rank"]);
    let first = &table.indexes[0];
    assert!(first.unique && first.elements[1].descending && !first.elements[0].descending);
    assert_eq!(first.condition.as_deref(), Some("state <> 'gone'"));
    assert_eq!(table.indexes[1].elements[0].key, IndexKey::Expression("lower(label)".into()));
    assert_eq!(table.indexes[2].column_names().unwrap(), ["rank", "code"]);
    assert!(table.indexes.iter().all(|index| index.table == table.name));

    let kind = column(product, "r#type");
    assert_eq!((kind.collation.as_deref(), kind.comment.as_deref()), (Some("NOCASE"), Some("its kind")));
    assert_eq!(column(product, "label").ty, Type::Text { length: None });
    assert_eq!(column(product, "price").ty, Type::Numeric { precision: Some(10), scale: Some(2) });
    assert_eq!(column(product, "price").server_default, Some(0.5.into()));
    assert_eq!(column(product, "rank").server_default, Some((-1).into()));
    assert_eq!(column(product, "active").server_default, Some(true.into()));
    assert_eq!(column(product, "note").server_default, Some(aludel::expression::text::<()>("'none'").into()));
    assert_eq!(column(product, "id").autoincrement, Some(false));
    assert!(column(product, "cents").computed.as_ref().is_some_and(|computed| computed.is_stored()));
    assert!(column(product, "batch").nullable);
}

#[test]
fn embedded_structs_are_columns_in_their_place() {
    let product = Product::definition();
    let names: Vec<&str> = product.column_names.iter().map(AsRef::as_ref).skip(6).take(7).collect();
    assert_eq!(names, ["price", "weight", "size_width", "size_tall", "inner_width", "inner_tall", "cents"]);
    let fields: Vec<&str> = product.fields.iter().map(|field| field.name.as_str()).skip(7).take(3).collect();
    assert_eq!(fields, ["parcel.weight", "parcel.size.width", "parcel.size.height"]);
    assert_eq!(
        [Product.parcel.size.height.name(), Product.inner.width.name(), Product.cents.name()],
        ["size_tall", "inner_width", "cents"]
    );

    let mut object = Product::default();
    for (index, name) in product.column_names.iter().enumerate() {
        let (value, ty) = (Value::I64(7), &product.table.columns[index].ty);
        if matches!(ty, Type::Integer | Type::Double) && name != "rank" {
            object.assign(index, value.as_ref()).unwrap();
            let seven = object.value(index).map(|value| value.to_string());
            assert!(seven.is_some_and(|seven| seven.starts_with('7')), "{name}");
        }
    }
    assert_eq!(object.parcel, Parcel { weight: 7.0, size: Size { width: 7, height: Some(7) } });
    assert_eq!(object.inner, object.parcel.size);
    assert_eq!((object.cents.is_set(), object.batch), (false, Some(7).into()));
    assert!(object.value(product.column_names.len()).is_none());
}

#[test]
fn columns_are_words_of_queries_on_every_dialect() {
    let query = select((User.id, User.email.maybe()))
        .filter(User.username.eq("alice"))
        .filter(User.has_email())
        .order_by(User.created_at.desc());
    let [sqlite, postgres, mysql] = texts(query);
    assert_eq!(
        sqlite,
        "SELECT users.id, users.email FROM users WHERE users.username = ? AND users.email IS NOT NULL ORDER BY users.created_at DESC"
    );
    assert_eq!(postgres, sqlite.replace('?', "$1"));
    assert_eq!(mysql, sqlite);

    let manager = User.alias();
    let [sqlite, ..] =
        texts(select(User.id).join((manager, manager.id.eq(User.id))).filter(manager.has_email()));
    assert_eq!(
        sqlite,
        "SELECT users.id FROM users JOIN users AS users_1 ON users_1.id = users.id WHERE users_1.email IS NOT NULL"
    );

    let [sqlite, postgres, mysql] =
        texts(update(Product).set(Product.r#type, "x").filter(Product.parcel.size.width.gt(2)));
    assert_eq!(sqlite, r#"UPDATE shop.products SET "r#type"=? WHERE shop.products.size_width > ?"#);
    assert_eq!(postgres, r#"UPDATE shop.products SET "r#type"=$1 WHERE shop.products.size_width > $2"#);
    assert_eq!(mysql, "UPDATE shop.products SET `r#type`=? WHERE shop.products.size_width > ?");

    let [sqlite, ..] = texts(select(Product.inner.height).filter(Product.state.eq(State::InStock)));
    assert_eq!(sqlite, "SELECT shop.products.inner_tall FROM shop.products WHERE shop.products.state = ?");
}

#[test]
fn an_object_is_a_row_of_an_insert() {
    let alice = User { username: "alice".into(), ..default() };
    let [sqlite, postgres, mysql] = texts(insert(User).values([&alice]));
    assert_eq!(sqlite, "INSERT INTO users (username, email) VALUES (?, ?)");
    assert_eq!(postgres, "INSERT INTO users (username, email) VALUES ($1, $2)");
    assert_eq!(mysql, sqlite);

    let values = aludel::orm::model::assignments(&Product::default());
    let names: Vec<&str> = values.iter().map(|assignment| assignment.column.as_ref()).collect();
    assert!(!names.contains(&"cents"), "the database computes it");
    assert!(!names.contains(&"rank"), "unset, and the database has a default");
    let of = |name: &str| {
        values.iter().find(|assignment| assignment.column == name).map(|found| found.value.clone())
    };
    assert_eq!(of("code"), Some(ast::Expr::Bind(Value::I64(42))));
    assert_eq!(of("tag"), Some(ast::Expr::Bind(Value::Text("p-42".into()))));
    assert_eq!(of("note"), Some(ast::Expr::Bind(Value::Text("none".into()))));
    assert_eq!(of("state"), Some(ast::Expr::Bind(Value::Text("draft".into()))));
}

#[test]
fn keys_may_be_several_columns_and_references_may_be_paths() {
    let line = OrderLine::definition();
    assert_eq!(line.table.name, TableName::new("order_line"));
    assert_eq!(line.primary_key, [0, 1]);
    assert_eq!(line.table.primary_key, Some(schema::primary_key(["order_id", "number"])));
    let product = schema::foreign_key(["product_id"]).references("shop.products", ["id"]);
    let height = schema::foreign_key(["height"]).references("shop.products", ["inner_tall"]);
    assert_eq!(line.table.foreign_keys, [product.on_update(ReferentialAction::SetNull), height]);

    let remark = Remark::definition();
    let own = schema::foreign_key(["answer_to"]).references("remark", ["id"]);
    let pair = schema::foreign_key(["order_id", "line"])
        .references("order_line", ["order_id", "number"])
        .named("fk_line")
        .on_delete(ReferentialAction::Cascade);
    assert_eq!(remark.table.foreign_keys, [own, pair]);
    let pairs = |index: usize| remark.relations[index].resolve(remark).unwrap().pairs.clone();
    assert_eq!(pairs(0), [(1, 0), (2, 1)]);
    assert_eq!((pairs(1), pairs(2)), (vec![(3, 0)], vec![(0, 3)]));
}

#[test]
fn newtypes_and_enums_are_stored_as_what_they_stand_for() {
    let product = Product::definition();
    assert_eq!(column(product, "id").ty, Type::BigInteger);
    assert_eq!(column(product, "sku").ty, Type::String { length: None });
    let values = ["draft", "in_stock", "gone"];
    assert_eq!(column(product, "state").ty, aludel::sql::types::enumeration("product_state", values));
    assert_eq!(column(product, "rank").ty, Type::SmallInteger);

    for (state, text) in [(State::Draft, "draft"), (State::InStock, "in_stock"), (State::SoldOut, "gone")] {
        let stored = SqlType::to_value(&state).to_owned();
        assert_eq!(stored, Value::Text(text.into()));
        assert_eq!(<State as SqlType>::from_value(stored.as_ref()), Ok(state));
    }
    for (rank, number) in [(Rank::Low, -1), (Rank::Middle, 10), (Rank::High, 11)] {
        assert_eq!(SqlType::to_value(&rank).to_owned(), Value::I64(number));
        assert_eq!(<Rank as SqlType>::from_value(Value::I64(number).as_ref()), Ok(rank));
    }
    let wrong = <State as SqlType>::from_value(Value::Text("sold".into()).as_ref()).unwrap_err();
    assert_eq!(wrong.to_string(), "expected a `State` (one of draft, in_stock, gone), got the text \"sold\"");
    let wrong = <Rank as SqlType>::from_value(Value::I64(0).as_ref()).unwrap_err();
    assert_eq!(wrong.to_string(), "expected a `Rank` (one of -1, 10, 11), got the integer 0");
}

/// A database in memory.
fn database() -> Engine {
    let engine = Engine::new("sqlite://").unwrap();
    let metadata = MetaData::new().add(User).add(Address).add(Plain);
    engine.create_all(&metadata).wait().unwrap();
    engine
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
struct Plain {
    #[column(primary_key)]
    id: Auto<i64>,
    sku: Sku,
    state: State,
    rank: Option<Rank>,
    #[model(embed)]
    parcel: Parcel,
    #[column(default = next_code())]
    code: Auto<i64>,
    #[model(skip)]
    cache: Vec<String>,
}

#[test]
fn rows_come_back_as_they_went() {
    let engine = database();
    let mut connection = engine.connect().wait().unwrap();
    let sent = Plain {
        sku: Sku("a-1".into()),
        state: State::SoldOut,
        rank: Some(Rank::High),
        parcel: Parcel { weight: 1.5, size: Size { width: 2, height: None } },
        cache: vec!["kept here".into()],
        ..default()
    };
    connection.execute(insert(Plain).values([&sent, &Plain::default()])).wait().unwrap();
    let rows: Vec<Plain> = connection.all(select(Plain).order_by(Plain.id)).wait().unwrap();
    let came = Plain { id: 1.into(), code: 42.into(), cache: Vec::new(), ..sent };
    assert_eq!(rows, [came, Plain { id: 2.into(), code: 42.into(), ..default() }]);

    let found = connection.all(select((Plain.state, Plain.rank)).filter(Plain.rank.eq(Rank::High))).wait();
    assert_eq!(found.unwrap(), [(State::SoldOut, Some(Rank::High))]);

    drop(connection);
    let mut session = Session::new(&engine);
    let one = session.one(select((Plain, Plain.sku)).filter(Plain.id.eq(1))).wait().unwrap();
    assert_eq!((session[one.0].parcel.size.width, one.1), (2, Sku("a-1".into())));
}

#[test]
fn a_value_that_does_not_fit_is_reported_with_its_field() {
    let engine = database();
    let mut connection = engine.connect().wait().unwrap();
    let broken = |text: &'static str| sql(text).rows::<Plain>();
    let error = connection.one(broken("SELECT 1, 'a', 'sold', NULL, 1.0, 2, 3, 4")).wait().unwrap_err();
    let message = error.to_string();
    assert!(message.contains("`Plain.state` (column `plain.state` at 2, "), "{message}");
    assert!(message.contains("one of draft, in_stock, gone"), "{message}");
    let error = connection.one(broken("SELECT 1, 'a', 'gone', NULL, 1.0, NULL, 3, 4")).wait().unwrap_err();
    let message = error.to_string();
    assert!(message.contains("`Plain.parcel.size.width` (column `plain.size_width` at "), "{message}");
    assert!(message.contains("NULL"), "{message}");
}

#[test]
fn a_model_can_be_absent_from_a_row() {
    let engine = database();
    let mut connection = engine.connect().wait().unwrap();
    let user = User { username: "alice".into(), ..default() };
    assert!(!user.has_email());
    connection.execute(insert(User).values([user])).wait().unwrap();
    let rows: Vec<(User, Option<Address>)> = connection
        .all(select((User, Address.maybe())).outer_join((Address, Address.user_id.eq(User.id))))
        .wait()
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].0.username.as_str(), &rows[0].1), ("alice", &None));
    assert!(!rows[0].0.addresses.is_loaded());
    let one: i64 = connection.one(select(value(1_i64))).wait().unwrap();
    assert_eq!(one, 1);
}

#[test]
fn a_struct_in_a_function_is_a_model_too() {
    type Result<T> = std::result::Result<T, String>;
    #[derive(Model, Clone, Debug)]
    #[model(crate = "aludel")]
    struct Note {
        #[column(primary_key)]
        source: i64,
        index: i64,
        row: Result2,
    }
    type Result2 = String;
    fn name(table: impl Into<Table>) -> Result<String> {
        Ok(table.into().name.to_string())
    }
    assert_eq!(name(Note), Ok("note".to_owned()));
    assert_eq!(Note.row.name(), "row");
    let note = Note { source: 1, index: 2, row: "x".into() };
    assert_eq!(note.value(1).map(|value| value.to_string()).as_deref(), Some("2"));
    assert_eq!((note.source, note.index, note.row.as_str()), (1, 2, "x"));
}
