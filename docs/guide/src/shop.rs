// What every example of the chapter "Saying it in SQL" begins with: the models, five authors, six books.
use aludel::ast::Statement;
use aludel::dialect::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
use aludel::prelude::*;
use aludel::{Dialect, compile};

#[derive(Model, Clone, Debug, Default)]
#[model(table = "authors")]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    pub born: Option<i64>,
    #[column(references = "authors.id")]
    pub mentor_id: Option<i64>,
    #[relation(back_populates = "author")]
    pub books: Many<Book>,
}

#[derive(Model, Clone, Debug, Default)]
#[model(table = "books")]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = "authors.id")]
    pub author_id: i64,
    pub pages: i64,
    pub year: i64,
    pub rating: Option<f64>,
    #[relation(back_populates = "books")]
    pub author: One<Author>,
}

#[allow(dead_code)]
fn library() -> aludel::Result<aludel::Connection> {
    let engine = Engine::new("sqlite://")?;
    engine.create_all(&MetaData::new().add(Author).add(Book)).wait()?;
    let mut db = engine.connect().wait()?;
    let author = |id: i64, name: &str, born: Option<i64>, mentor_id: Option<i64>| {
        [Author.id.set(id), Author.name.set(name), Author.born.set(born), Author.mentor_id.set(mentor_id)]
    };
    let authors = [
        author(1, "Lem", Some(1921), None),
        author(2, "Le Guin", Some(1929), None),
        author(3, "Butler", Some(1947), Some(2)),
        author(4, "Chiang", Some(1967), Some(3)),
        author(5, "Anonymous", None, None),
    ];
    db.execute(insert(Author).values(authors)).wait()?;
    let book = |id: i64, title: &str, author: i64, pages: i64, year: i64, rating: Option<f64>| {
        [
            Book.id.set(id),
            Book.title.set(title),
            Book.author_id.set(author),
            Book.pages.set(pages),
            Book.year.set(year),
            Book.rating.set(rating),
        ]
    };
    let books = [
        book(1, "Solaris", 1, 204, 1961, Some(4.0)),
        book(2, "The Cyberiad", 1, 295, 1965, Some(4.5)),
        book(3, "The Dispossessed", 2, 387, 1974, Some(4.5)),
        book(4, "The Lathe of Heaven", 2, 184, 1971, None),
        book(5, "Kindred", 3, 264, 1979, Some(4.5)),
        book(6, "Exhalation", 4, 350, 2019, Some(4.0)),
    ];
    db.execute(insert(Book).values(books)).wait()?;
    Ok(db)
}

/// The text of a statement for one database.
#[allow(dead_code)]
fn text_for(dialect: &dyn Dialect, statement: impl Into<Statement>) -> Result<String, aludel::sql::CompileError> {
    Ok(compile(&statement.into(), dialect)?.sql)
}

#[allow(dead_code)]
fn dialects() -> (Sqlite, Postgres, Mysql) {
    (Sqlite::default(), Postgres::default(), Mysql::mysql())
}
