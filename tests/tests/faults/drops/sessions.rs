//! Sessions: what they write, and what they read along.

use aludel::orm::ErrorKind;
use aludel::prelude::*;
use aludel_tests::cancel::drop_at;

use super::{Operation, Part, Pending, ROUNDS, Scene, all_or_none};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "authors")]
struct Author {
    #[column(primary_key)]
    id: Auto<i64>,
    k: i64,
    #[column(length = 50)]
    name: String,
    #[relation(back_populates = "author", cascade = "all, delete-orphan")]
    books: Many<Book>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "books")]
struct Book {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50)]
    title: String,
    #[column(references = "authors.id")]
    author_id: Auto<i64>,
    #[relation(back_populates = "books")]
    author: One<Author>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "add, flush, change, delete, commit",
            before: tables,
            work: |scene, key| {
                Box::pin(async move {
                    let mut session = Session::new(&scene.engine);
                    let author = session.add(author(key));
                    session.flush().await?;
                    let second = session.add(Author { k: key, name: "second".into(), ..default() });
                    session[author].name = "changed".into();
                    session.flush().await?;
                    session.delete(second)?;
                    Ok(session.commit().await?)
                })
            },
            after: |scene, key, finished| written(scene, key, finished),
        },
        Operation {
            name: "a savepoint of a session",
            before: tables,
            work: |scene, key| {
                Box::pin(async move {
                    let mut session = Session::new(&scene.engine);
                    let changed = session.add(author(key));
                    session[changed].name = "changed".into();
                    let mut nested = session.begin_nested().await?;
                    nested.add(Author { k: key, name: "taken back".into(), ..default() });
                    nested.flush().await?;
                    nested.rollback().await?;
                    Ok(session.commit().await?)
                })
            },
            after: |scene, key, finished| written(scene, key, finished),
        },
        Operation {
            name: "a savepoint that is kept, statements of a session, insert_and_fill",
            before: tables,
            work: |scene, key| {
                Box::pin(async move {
                    let mut session = Session::new(&scene.engine);
                    let mut nested = session.begin_nested().await?;
                    let first = nested.add(author(key));
                    nested.commit().await?;
                    let rename = update(Author).filter(Author.k.eq(key)).set(Author.name, "changed");
                    assert_eq!(session.execute(rename).await?.rows_affected, 1);
                    session.refresh(first).await?;
                    let connection = session.connection().await?;
                    let mut parts =
                        [Part { k: key, part: 1, ..default() }, Part { k: key, part: 2, ..default() }];
                    connection.insert_and_fill(&mut parts).await?;
                    assert!(*parts[0].id < *parts[1].id);
                    Ok(session.commit().await?)
                })
            },
            after: |scene, key, finished| {
                // One transaction, whichever way its parts were written.
                let written_by_author = scene
                    .watching
                    .borrow_mut()
                    .one(sql("SELECT count(*) FROM authors WHERE k = ?").bind(key).rows::<i64>())
                    .wait()
                    .unwrap();
                all_or_none(scene, key, finished, &[1, 2]);
                assert_eq!(written_by_author == 1, scene.parts(key).len() == 2);
                written(scene, key, finished);
            },
        },
        Operation {
            name: "get, load, refresh, eager loads",
            before: stored,
            work: |scene, key| {
                Box::pin(async move {
                    let mut session = Session::new(&scene.engine);
                    let query = select(Author).filter(Author.k.eq(key));
                    let author = session.one(query.clone()).await?;
                    session.load(author, Author.books).await?;
                    assert_eq!(session.related(author, Author.books)?.len(), 2);
                    session.refresh(author).await?;
                    let id = session[author].id;
                    assert_eq!(session.get::<Author>(*id).await?, Some(author));
                    drop(session);
                    let mut session = Session::new(&scene.engine);
                    assert!(session.get::<Author>(*id).await?.is_some());
                    session.all(query.clone().with(Author.books.selectin())).await?;
                    session.all(query.clone().with(Author.books.joined())).await?;
                    let first = session.first(query.clone()).await?;
                    assert_eq!(session.one_or_none(query.clone()).await?, first);
                    let all: Vec<_> = first.into_iter().collect();
                    session.load_all(&all, Author.books).await?;
                    session.rollback().await?;
                    let mut connection = scene.engine.connect().await?;
                    let trees = connection.all(query.with(Author.books.selectin())).await?;
                    assert_eq!(trees.len(), 1);
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "a session that lives on",
            before: tables,
            // What is dropped is the commit alone; the session itself says so, and goes on after a rollback.
            work: |scene, key| {
                Box::pin(async move {
                    Pending::default().await;
                    for at in 0..PROBED {
                        let mut session = Session::new(&scene.engine);
                        session.add(author(key));
                        if drop_at(at, session.commit()).is_some() {
                            continue;
                        }
                        let refused = session.commit().await.err();
                        if let Some(error) = &refused {
                            assert_eq!(error.kind(), ErrorKind::RolledBack, "{error}");
                            // The connection is given up; the session is not.
                            let _ = session.rollback().await;
                        }
                        assert_eq!(session.all(select(Author).filter(Author.k.eq(-1))).await?.len(), 0);
                        session.rollback().await?;
                    }
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
    ]
}

/// So many await points of a commit are enough to see every kind.
const PROBED: usize = 8;

fn author(key: i64) -> Author {
    let book = |title: &str| Book { title: title.into(), ..default() };
    Author { k: key, name: "first".into(), books: Many::from(vec![book("a"), book("b")]), ..default() }
}

fn tables(scene: &Scene, key: i64) {
    if key % ROUNDS == 0 {
        scene.engine.create_all(&MetaData::new().add(Author).add(Book)).wait().unwrap();
    }
}

fn stored(scene: &Scene, key: i64) {
    tables(scene, key);
    let mut session = Session::new(&scene.engine);
    session.add(author(key));
    session.commit().wait().unwrap();
}

/// The changed author with both books, or nothing at all.
fn written(scene: &Scene, key: i64, finished: bool) {
    let query = "SELECT a.name, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE a.k = ?
                 ORDER BY a.id, b.title";
    let rows: Vec<(String, Option<String>)> =
        scene.watching.borrow_mut().all(sql(query).bind(key).rows()).wait().unwrap();
    let whole =
        rows == [("changed".to_owned(), Some("a".to_owned())), ("changed".to_owned(), Some("b".to_owned()))];
    assert!(whole || (!finished && rows.is_empty()), "{} in round {key}: {rows:?}", scene.place.kind);
    scene.watching.borrow_mut().execute(sql("DELETE FROM books")).wait().unwrap();
    scene.watching.borrow_mut().execute(sql("DELETE FROM authors")).wait().unwrap();
}
