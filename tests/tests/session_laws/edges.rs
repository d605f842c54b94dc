//! Corners of the session, one by one: each was a way to break it, or looks like one.

use aludel::orm::{ErrorKind, ObjectState};
use aludel::prelude::*;

use crate::models::*;

fn strings(engine: &Engine, query: &'static str) -> Vec<String> {
    let mut connection = engine.connect().wait().unwrap();
    connection.all(sql(query).rows::<String>()).wait().unwrap()
}

fn session() -> (Engine, aludel_test::Recorder, Session) {
    let (engine, recorder) = database();
    let session = Session::new(&engine);
    (engine, recorder, session)
}

#[test]
fn an_object_pushed_by_value_and_rolled_back_before_anyone_looked_is_not_written_later() {
    let (engine, _, mut session) = session();
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    session[alice].addresses.push(address("never"));
    session.rollback().wait().unwrap();
    session[alice].name = "alicia".into();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses"), [] as [&str; 0]);

    let mut nested = session.begin_nested().wait().unwrap();
    nested[alice].addresses.push(address("never"));
    drop(nested);
    session[alice].name = "ali".into();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses"), [] as [&str; 0]);
    assert_eq!(strings(&engine, "SELECT name FROM users"), ["ali"]);
}

#[test]
fn a_flush_that_fails_before_its_first_statement_loses_only_the_savepoint() {
    let (engine, _, mut session) = session();
    session.add(user("alice"));
    let mut nested = session.begin_nested().wait().unwrap();
    let (one, two) = (nested.add(node("one")), nested.add(node("two")));
    nested[one].parent = two.into();
    nested[two].parent = one.into();
    assert_eq!(nested.flush().wait().unwrap_err().kind(), ErrorKind::Circular);
    nested.rollback().wait().unwrap();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM users"), ["alice"]);
}

#[test]
fn where_the_database_takes_back_everything_a_savepoint_does_not_hide_it() {
    let (engine, _, mut session) = session();
    engine
        .connect()
        .wait()
        .unwrap()
        .execute_script(
            "CREATE TRIGGER harsh BEFORE INSERT ON items WHEN new.code = 'bad'
             BEGIN SELECT raise(ROLLBACK, 'no bad items'); END",
        )
        .wait()
        .unwrap();
    session.add(user("alice"));
    let mut nested = session.begin_nested().wait().unwrap();
    nested.add(Item { code: "good".into(), ..default() });
    nested.flush().wait().unwrap();
    nested.add(Item { code: "bad".into(), ..default() });
    let error = nested.flush().wait().unwrap_err();
    assert!(error.to_string().contains("no bad items"), "{error}");
    let _ = nested.rollback().wait();
    // Alice went with the transaction: the session must not go on as if she were there.
    let error = session.commit().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RolledBack, "{error}");
    session.rollback().wait().unwrap();
    session.add(user("bob"));
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM users"), ["bob"]);
}

#[test]
fn expunging_inside_of_a_savepoint_leaves_the_other_records_in_place() {
    let (_engine, _, mut session) = session();
    let items = session.add_all(["a", "b", "c"].map(|code| Item { code: code.into(), ..default() }));
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    for item in &items {
        session[*item].name = "outside".into();
    }
    let mut nested = session.begin_nested().wait().unwrap();
    nested[alice].name = "inside".into();
    nested.flush().wait().unwrap();
    nested.expunge(items[0]).unwrap();
    nested.expunge(items[1]).unwrap();
    nested.rollback().wait().unwrap();
    assert_eq!(session[alice].name, "alice");
    assert_eq!(session[items[2]].name, "outside");
    session.rollback().wait().unwrap();
    assert_eq!(session[items[2]].name, "");
}

#[test]
fn what_was_loaded_inside_of_a_transaction_is_forgotten_with_it() {
    let (engine, _, mut session) = session();
    let alice = session.add(User { addresses: vec![address("old")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let id = *session[alice].id;
    let mut session = Session::new(&engine);
    let alice = session.get::<User>(id).wait().unwrap().unwrap();
    let new = session.add(Address { user_id: id.into(), ..address("new") });
    session.load(alice, User.addresses).wait().unwrap();
    assert_eq!(session.related(alice, User.addresses).unwrap().len(), 2);
    session.rollback().wait().unwrap();
    assert_eq!(session.state(new), Some(ObjectState::Transient));
    let error = session.related(alice, User.addresses).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotLoaded);
    session.load(alice, User.addresses).wait().unwrap();
    assert_eq!(session.related(alice, User.addresses).unwrap().len(), 1);
}

#[test]
fn a_child_that_moved_survives_its_old_parent_though_that_one_was_not_loaded() {
    let (engine, _, mut session) = session();
    session.add(User { addresses: vec![address("moves"), address("stays")].into(), ..user("alice") });
    session.add(user("bob"));
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let alice = session.one(select(User).filter(User.name.eq("alice"))).wait().unwrap();
    let bob = session.one(select(User).filter(User.name.eq("bob"))).wait().unwrap();
    let moves = session.one(select(Address).filter(Address.name.eq("moves"))).wait().unwrap();
    session[moves].user = bob.into();
    session.delete(alice).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses"), ["moves"]);
}

#[test]
fn a_child_taken_out_of_a_parent_that_is_deleted_then_is_an_orphan_all_the_same() {
    let (engine, _, mut session) = session();
    let alice = session.add(User { addresses: vec![address("a"), address("b")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let first = session.related_handles(alice, User.addresses).unwrap()[0];
    session[alice].addresses.remove(first);
    session.delete(alice).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses"), [] as [&str; 0]);
}

#[test]
fn an_orphan_is_one_whichever_side_says_so_and_whether_the_parent_is_loaded_or_not() {
    let (engine, _, mut session) = session();
    session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    session.one(select(User)).wait().unwrap();
    let child = session.one(select(Address)).wait().unwrap();
    session.load(child, Address.user).wait().unwrap();
    session[child].user = One::none();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses"), [] as [&str; 0]);

    // One that has no row yet is dropped, too.
    let alice = session.one(select(User)).wait().unwrap();
    let pending = session.add(Address { user: alice.into(), ..address("b") });
    session[pending].user = One::none();
    session.commit().wait().unwrap();
    assert_eq!(session.state(pending), Some(ObjectState::Transient));
}

#[test]
fn a_new_object_that_is_deleted_takes_its_new_children_along() {
    let (engine, _, mut session) = session();
    let alice = session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    session.delete(alice).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses"), [] as [&str; 0]);

    // And what held it lets it go: it does not come back with the flush.
    let red = session.add(team("red"));
    session.commit().wait().unwrap();
    let ann = session.add(player("ann"));
    session[red].players.push(ann);
    session.delete(ann).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM players"), [] as [&str; 0]);
    assert_eq!(session.related(red, Team.players).unwrap().len(), 0);
}

#[test]
fn a_new_child_of_a_parent_that_is_deleted_gets_no_key() {
    let (engine, _, mut session) = session();
    let red = session.add(team("red"));
    let root = session.add(node("root"));
    session.commit().wait().unwrap();
    session.add(Player { team: red.into(), ..player("ann") });
    session.add(Node { parent: root.into(), ..node("leaf") });
    session.delete(red).unwrap();
    session.delete(root).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM players WHERE team_id IS NULL"), ["ann"]);
    assert_eq!(strings(&engine, "SELECT name FROM nodes WHERE parent_id IS NULL"), ["leaf"]);
}

#[test]
fn a_collection_that_is_replaced_unloaded_lets_its_members_know() {
    let (engine, _, mut session) = session();
    session.add(Team { players: vec![player("ann")].into(), ..team("red") });
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let red = session.one(select(Team)).wait().unwrap();
    let ann = session.one(select(Player)).wait().unwrap();
    session.load(ann, Player.team).wait().unwrap();
    session[red].players = Many::new();
    session.commit().wait().unwrap();
    assert_eq!(session[ann].team_id, None);
    assert_eq!(session[ann].team.handle(), None);
}

#[test]
fn the_identity_map_forgets_keys_that_were_flushed_and_changed_again() {
    let (_engine, _, mut session) = session();
    let items = session.add_all(["a", "x"].map(|code| Item { code: code.into(), ..default() }));
    session.commit().wait().unwrap();
    session[items[0]].code = "b".into();
    session.flush().wait().unwrap();
    session[items[0]].code = "c".into();
    session.rollback().wait().unwrap();
    assert_eq!(session.get::<Item>("a").wait().unwrap(), Some(items[0]));
    assert_eq!(session.get::<Item>("b").wait().unwrap(), None);
    assert_eq!(session.get::<Item>("c").wait().unwrap(), None);
    // Nor does an object that left hold its old key.
    session[items[0]].code = "d".into();
    session.expunge(items[0]).unwrap();
    let again = session.get::<Item>("a").wait().unwrap().unwrap();
    assert_eq!(session[again].code, "a");
    session[items[1]].code = "y".into();
    session.delete(items[1]).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(session.get::<Item>("x").wait().unwrap(), None);
    assert_eq!(session.get::<Item>("y").wait().unwrap(), None);
}

#[test]
fn an_object_that_is_added_again_is_not_deleted() {
    let (engine, recorder, mut session) = session();
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    session.delete(alice).unwrap();
    session.add(alice);
    recorder.take();
    session.commit().wait().unwrap();
    assert_eq!(recorder.take(), [] as [&str; 0]);
    assert_eq!(session.state(alice), Some(ObjectState::Persistent));
    assert_eq!(strings(&engine, "SELECT name FROM users"), ["alice"]);
}

#[test]
fn a_pair_that_is_there_is_not_written_again_though_the_other_side_does_not_know_it() {
    let (engine, _, mut session) = session();
    let tag = Tag { name: "fast".into(), ..default() };
    session.add(Player { tags: vec![tag].into(), ..player("ann") });
    session.commit().wait().unwrap();
    let pairs = "SELECT player_id || '-' || tag_id FROM player_tags";
    for assigned in [false, true] {
        let mut session = Session::new(&engine);
        let ann = session.one(select(Player)).wait().unwrap();
        let fast = session.one(select(Tag)).wait().unwrap();
        if assigned {
            session[ann].tags = vec![fast].into();
        } else {
            session.load(ann, Player.tags).wait().unwrap();
            session[fast].players.push(ann);
        }
        session.commit().wait().unwrap();
        drop(session);
        assert_eq!(strings(&engine, pairs), ["1-1"], "assigned: {assigned}");
    }
}

#[test]
fn where_the_database_ends_the_transaction_by_itself_nothing_is_written_outside_of_it() {
    let (engine, _, mut session) = session();
    let harsh = "CREATE TRIGGER harsh BEFORE INSERT ON items WHEN new.code = 'bad'
                 BEGIN SELECT raise(ROLLBACK, 'no bad items'); END";
    engine.connect().wait().unwrap().execute_script(harsh).wait().unwrap();
    session.add(user("alice"));
    session.flush().wait().unwrap();
    session.execute(sql("INSERT INTO items VALUES ('bad', '')")).wait().unwrap_err();
    session.add(user("bob"));
    let error = session.commit().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RolledBack, "{error}");
    session.rollback().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM users"), [] as [&str; 0]);
}

#[test]
fn get_sees_what_was_added() {
    let (_engine, _, mut session) = session();
    let item = session.add(Item { code: "x".into(), ..default() });
    assert_eq!(session.get::<Item>("x").wait().unwrap(), Some(item));
}

#[test]
fn loading_again_keeps_what_was_not_flushed() {
    let (engine, _, mut session) = session();
    session.add(User { addresses: vec![address("a"), address("b")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let mut options = aludel::orm::SessionOptions::default();
    options.autoflush = false;
    let mut session = Session::with_options(&engine, options);
    let alice = session.one(select(User)).wait().unwrap();
    session.load(alice, User.addresses).wait().unwrap();
    let first = session.related_handles(alice, User.addresses).unwrap()[0];
    session[alice].addresses.push(address("c"));
    session[alice].addresses.remove(first);
    session.load(alice, User.addresses).wait().unwrap();
    let names: Vec<String> =
        session.related(alice, User.addresses).unwrap().map(|address| address.name.clone()).collect();
    assert_eq!(names, ["b", "c"]);
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM addresses ORDER BY name"), ["b", "c"]);
}

#[test]
fn an_object_that_is_replaced_whole_keeps_its_row() {
    let (engine, _, mut session) = session();
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    session[alice] = user("alicia");
    session.commit().wait().unwrap();
    session[alice].name = "ali".into();
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM users"), ["ali"]);
    let id = *session[alice].id;
    assert_eq!(session.get::<User>(id).wait().unwrap(), Some(alice));
}

/// Shelves hold books, and books know nothing of shelves.
mod one_sided {
    use super::*;

    #[derive(Model, Default, Debug)]
    #[model(table = "libraries")]
    pub struct Library {
        #[column(primary_key)]
        pub id: Auto<i64>,
        #[relation(cascade = "all, delete-orphan")]
        pub shelves: Many<Shelf>,
    }

    #[derive(Model, Default, Debug)]
    #[model(table = "shelves")]
    pub struct Shelf {
        #[column(primary_key)]
        pub id: Auto<i64>,
        #[column(references = "libraries.id")]
        pub library_id: Option<i64>,
        #[relation()]
        pub books: Many<Book>,
    }

    #[derive(Model, Default, Debug)]
    #[model(table = "books")]
    pub struct Book {
        #[column(primary_key)]
        pub id: Auto<i64>,
        #[column(references = "shelves.id")]
        pub shelf_id: Option<i64>,
    }

    #[test]
    fn a_book_taken_out_of_a_shelf_that_goes_stays() {
        let (engine, _) = aludel_tests::recorded("sqlite://");
        engine.create_all(&MetaData::new().add(Library).add(Shelf).add(Book)).wait().unwrap();
        let mut session = Session::new(&engine);
        let shelf = session.add(Shelf { books: vec![Book::default()].into(), ..default() });
        session.commit().wait().unwrap();
        session[shelf].books.clear();
        session.delete(shelf).unwrap();
        session.commit().wait().unwrap();
        assert_eq!(session.all(select(Book.shelf_id)).wait().unwrap(), [None]);
    }

    #[test]
    fn a_book_that_moved_away_from_an_orphaned_shelf_keeps_its_new_place() {
        let (engine, _) = aludel_tests::recorded("sqlite://");
        engine.create_all(&MetaData::new().add(Library).add(Shelf).add(Book)).wait().unwrap();
        let mut session = Session::new(&engine);
        let old = Shelf { books: vec![Book::default()].into(), ..default() };
        let library = session.add(Library { shelves: vec![old, Shelf::default()].into(), ..default() });
        session.commit().wait().unwrap();
        let shelves = session.related_handles(library, Library.shelves).unwrap();
        let book = session.related_handles(shelves[0], Shelf.books).unwrap()[0];
        session[shelves[1]].books.push(book);
        session[library].shelves.remove(shelves[0]);
        session.commit().wait().unwrap();
        let kept = *session[shelves[1]].id;
        assert_eq!(session.all(select(Book.shelf_id)).wait().unwrap(), [Some(kept)]);
        assert_eq!(session.all(select(Shelf.id)).wait().unwrap(), [kept]);
    }
}

/// Who follows whom: a table between that leads to one table twice.
mod followers {
    use super::*;

    #[derive(Model, Default, Debug)]
    #[model(table = "members")]
    pub struct Member {
        #[column(primary_key)]
        pub id: Auto<i64>,
        pub name: String,
        #[relation(secondary = Follow, back_populates = "followers", foreign_key = "follower_id")]
        pub follows: Many<Member>,
        #[relation(secondary = Follow, back_populates = "follows", foreign_key = "followed_id")]
        pub followers: Many<Member>,
    }

    #[derive(Model, Default, Debug)]
    #[model(table = "follows")]
    pub struct Follow {
        #[column(primary_key, references = "members.id")]
        pub follower_id: i64,
        #[column(primary_key, references = "members.id")]
        pub followed_id: i64,
    }

    #[test]
    fn a_relation_between_rows_of_one_table_has_two_ends() {
        let (engine, _) = aludel_tests::recorded("sqlite://");
        engine.create_all(&MetaData::new().add(Member).add(Follow)).wait().unwrap();
        let mut session = Session::new(&engine);
        let member = |name: &str| Member { name: name.into(), ..default() };
        let (ann, bo) = (session.add(member("ann")), session.add(member("bo")));
        session[ann].follows.push(bo);
        session.commit().wait().unwrap();
        let pairs: Vec<(i64, i64)> =
            session.all(select((Follow.follower_id, Follow.followed_id))).wait().unwrap();
        assert_eq!(pairs, [(*session[ann].id, *session[bo].id)]);
        let (ann, bo) = (*session[ann].id, *session[bo].id);
        drop(session);
        let mut session = Session::new(&engine);
        let ann = session.get::<Member>(ann).wait().unwrap().unwrap();
        let bo = session.get::<Member>(bo).wait().unwrap().unwrap();
        session.load_all(&[ann, bo], Member.follows).wait().unwrap();
        session.load_all(&[ann, bo], Member.followers).wait().unwrap();
        assert_eq!(session.related_handles(ann, Member.follows).unwrap(), [bo]);
        assert_eq!(session.related_handles(bo, Member.follows).unwrap(), []);
        assert_eq!(session.related_handles(bo, Member.followers).unwrap(), [ann]);
        assert_eq!(session.related_handles(ann, Member.followers).unwrap(), []);
    }
}

#[test]
fn a_key_of_text_that_the_database_makes_comes_back() {
    #[derive(Model, Default, Debug)]
    #[model(table = "tokens")]
    struct Token {
        #[column(primary_key, server_default = sql("(lower(hex(randomblob(8))))"))]
        id: Auto<String>,
        name: String,
    }
    let (engine, _) = aludel_tests::recorded("sqlite://");
    engine.create_all(&MetaData::new().add(Token)).wait().unwrap();
    let mut session = Session::new(&engine);
    let tokens = session.add_all(["a", "b"].map(|name| Token { name: name.into(), ..default() }));
    session.commit().wait().unwrap();
    for token in tokens {
        let id = session[token].id.get().cloned().unwrap();
        assert_eq!(id.len(), 16);
        let name: String = session.one(select(Token.name).filter(Token.id.eq(id))).wait().unwrap();
        assert_eq!(name, session[token].name);
    }
}

#[test]
fn a_flush_that_was_given_up_half_way_is_taken_back() {
    use std::future::Future as _;
    use std::task::{Context, Waker};

    let path = std::env::temp_dir().join(format!("aludel-laws-{}.db", std::process::id()));
    let url = format!("sqlite:///{}?busy_timeout=5000", path.display());
    let (engine, _) = aludel_tests::recorded(&url);
    engine.create_all(&metadata()).wait().unwrap();
    let mut session = Session::new(&engine);
    session.add(user("alice"));
    {
        let blocker = engine.begin_with(aludel::TransactionOptions::immediate()).wait().unwrap();
        let mut flush = Box::pin(session.flush());
        // Waits for the lock, and is dropped while it does.
        assert!(flush.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(flush);
        drop(blocker);
    }
    let error = session.commit().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RolledBack, "{error}");
    session.rollback().wait().unwrap();
    session.add(user("bob"));
    session.commit().wait().unwrap();
    assert_eq!(strings(&engine, "SELECT name FROM users"), ["bob"]);
    drop(session);
    let _ = std::fs::remove_file(path);
}
