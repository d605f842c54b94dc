//! The session: what it sends, and what objects are afterwards.
//!
//! The numbers in the names are those of the thirty behaviours in `docs/decisions/0005-session-behaviours.md`.

use aludel::orm::{ErrorKind, ObjectState};
use aludel::prelude::*;
use aludel_tests::recorded;

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50, unique)]
    name: String,
    email: Option<String>,
    #[relation(back_populates = "user", cascade = "all, delete-orphan")]
    addresses: Many<Address>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "addresses")]
struct Address {
    #[column(primary_key)]
    id: Auto<i64>,
    email: String,
    #[column(references = "users.id")]
    user_id: Auto<i64>,
    #[relation(back_populates = "addresses")]
    user: One<User>,
}

/// A team keeps its players' rows when it goes.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "teams")]
struct Team {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
    #[relation(back_populates = "team")]
    players: Many<Player>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "players")]
struct Player {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
    #[column(references = "teams.id")]
    team_id: Option<i64>,
    #[relation(back_populates = "players")]
    team: One<Option<Team>>,
    #[relation(back_populates = "players", secondary = PlayerTag)]
    tags: Many<Tag>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "tags")]
struct Tag {
    #[column(primary_key)]
    id: Auto<i64>,
    label: String,
    #[relation(back_populates = "tags", secondary = PlayerTag)]
    players: Many<Player>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "player_tags")]
struct PlayerTag {
    #[column(primary_key, references = "players.id")]
    player_id: i64,
    #[column(primary_key, references = "tags.id")]
    tag_id: i64,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "nodes")]
struct Node {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
    #[column(references = "nodes.id")]
    parent_id: Option<i64>,
    #[relation(back_populates = "children")]
    parent: One<Option<Node>>,
    #[relation(back_populates = "parent")]
    children: Many<Node>,
}

/// A key that the program chooses, a default of the database, and one of the program.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "items")]
struct Item {
    #[column(primary_key)]
    code: String,
    #[column(server_default = "new")]
    status: Auto<String>,
    #[column(server_default = "none")]
    note: Option<String>,
    #[column(default = 7_i64)]
    weight: Auto<i64>,
}

fn metadata() -> MetaData {
    MetaData::new().add(User).add(Address).add(Team).add(Player).add(Tag).add(PlayerTag).add(Node).add(Item)
}

/// A database in memory with the tables, and what is sent to it.
fn shop() -> (Engine, aludel_test::Recorder) {
    let (engine, recorder) = recorded("sqlite://");
    engine.create_all(&metadata()).wait().unwrap();
    recorder.take();
    (engine, recorder)
}

fn user(name: &str) -> User {
    User { name: name.into(), ..default() }
}

fn address(email: &str) -> Address {
    Address { email: email.into(), ..default() }
}

/// The statements without what begins and ends transactions.
fn work(recorder: &aludel_test::Recorder) -> Vec<String> {
    let frame = ["BEGIN", "COMMIT", "ROLLBACK"];
    recorder.take().into_iter().filter(|sql| !frame.iter().any(|word| sql.starts_with(word))).collect()
}

fn count_rows(engine: &Engine, table: &'static str) -> i64 {
    let mut connection = engine.connect().wait().unwrap();
    connection.one(sql(format!("SELECT count(*) FROM {table}")).rows()).wait().unwrap()
}

#[test]
fn the_story_of_the_design() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(user("alice"));
    session[alice].addresses.push(address("alice@example.org"));
    session.commit().wait().unwrap();
    assert!(session[alice].id.is_set());

    let mut session = Session::new(&engine);
    let alice = session.one(select(User).filter(User.name.eq("alice"))).wait().unwrap();
    session[alice].email = Some("a@example.org".into());
    session.commit().wait().unwrap();
    session.load(alice, User.addresses).wait().unwrap();
    let emails: Vec<&str> =
        session.related(alice, User.addresses).unwrap().map(|address| address.email.as_str()).collect();
    assert_eq!(emails, ["alice@example.org"]);
    let email: Option<String> = session.one(select(User.email)).wait().unwrap();
    assert_eq!(email.as_deref(), Some("a@example.org"));
}

#[test]
fn keys_are_handed_back_to_the_whole_graph_in_two_statements() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let users = session.add_all((0..3).map(|number| User {
        addresses: vec![address(&format!("{number}a")), address(&format!("{number}b"))].into(),
        ..user(&format!("user{number}"))
    }));
    session.flush().wait().unwrap();
    assert_eq!(
        work(&recorder),
        [
            "INSERT INTO users (name, email) VALUES (?, ?) × 3",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?) × 6",
        ]
    );
    for (number, handle) in users.iter().enumerate() {
        assert_eq!(*session[*handle].id, number as i64 + 1);
        for address in session.related(*handle, User.addresses).unwrap() {
            assert_eq!(address.user_id, session[*handle].id);
        }
    }
}

#[test]
fn b01_deleting_a_parent_loads_its_children_and_sets_their_keys_to_null() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    session.add(Team {
        name: "red".into(),
        players: vec![Player { name: "ann".into(), ..default() }].into(),
        ..default()
    });
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let team = session.one(select(Team)).wait().unwrap();
    recorder.take();
    session.delete(team).unwrap();
    session.flush().wait().unwrap();
    let sent = work(&recorder);
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent[0].starts_with("SELECT players.id"), "{sent:?}");
    assert_eq!(sent[1], "UPDATE players SET team_id=? WHERE players.id = ? × 1");
    assert_eq!(sent[2], "DELETE FROM teams WHERE teams.id = ? × 1");
    session.commit().wait().unwrap();
    let team: Option<i64> = session.one(select(Player.team_id)).wait().unwrap();
    assert_eq!(team, None);
}

#[test]
fn b02_updates_come_before_inserts_and_deletes_last() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let (one, two) = (session.add(user("one")), session.add(user("two")));
    session.commit().wait().unwrap();
    recorder.take();
    session.delete(one).unwrap();
    session.add(user("three"));
    session[two].email = Some("two".into());
    session.flush().wait().unwrap();
    let sent = work(&recorder);
    let verbs: Vec<&str> = sent.iter().filter_map(|sql| sql.split(' ').next()).collect();
    assert_eq!(verbs, ["UPDATE", "INSERT", "DELETE"], "{sent:?}");
}

#[test]
fn b02_the_same_unique_value_cannot_be_deleted_and_added_in_one_flush() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let one = session.add(user("one"));
    session.commit().wait().unwrap();
    session.delete(one).unwrap();
    session.add(user("one"));
    let error = session.commit().wait().unwrap_err();
    assert_eq!(error.database().unwrap().kind(), aludel::ErrorKind::UniqueViolation, "{error}");
}

#[test]
fn b03_a_deleted_row_and_a_new_object_with_its_key_become_one_update() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let old = session.add(Item { code: "x".into(), note: Some("old".into()), ..default() });
    session.commit().wait().unwrap();
    recorder.take();
    session.delete(old).unwrap();
    let new = session.add(Item { code: "x".into(), note: Some("fresh".into()), ..default() });
    session.commit().wait().unwrap();
    let sent = work(&recorder);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].starts_with("UPDATE items SET note=?"), "{sent:?}");
    assert_eq!(session.get::<Item>("x").wait().unwrap(), Some(new));
    assert_eq!(session.state(old), None);
    assert_eq!(count_rows(&engine, "items"), 1);
}

#[test]
fn b04_inserts_follow_the_order_of_adding_and_updates_that_of_the_keys() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let handles = session.add_all(["c", "a", "b"].map(user));
    session.commit().wait().unwrap();
    let ids: Vec<i64> = handles.iter().map(|handle| *session[*handle].id).collect();
    assert_eq!(ids, [1, 2, 3]);
    recorder.take();
    for handle in handles.iter().rev() {
        session[*handle].email = Some("x".into());
    }
    session.flush().wait().unwrap();
    assert_eq!(work(&recorder), ["UPDATE users SET email=? WHERE users.id = ? × 3"]);
}

#[test]
fn b05_a_tree_is_written_row_by_row_whatever_the_order_of_adding() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let node = |name: &str| Node { name: name.into(), ..default() };
    let (leaf, middle, root) =
        (session.add(node("leaf")), session.add(node("middle")), session.add(node("root")));
    session[leaf].parent = middle.into();
    session[middle].parent = root.into();
    session.commit().wait().unwrap();
    assert_eq!(session[leaf].parent_id, session[middle].id.get().copied());
    assert_eq!(session[middle].parent_id, session[root].id.get().copied());
    // And back: children go first.
    session.delete(root).unwrap();
    session.delete(middle).unwrap();
    session.delete(leaf).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(count_rows(&engine, "nodes"), 0);
}

#[test]
fn b05_a_circle_of_rows_is_an_error() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let node = |name: &str| Node { name: name.into(), ..default() };
    let (one, two) = (session.add(node("one")), session.add(node("two")));
    session[one].parent = two.into();
    session[two].parent = one.into();
    let error = session.flush().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Circular);
    assert!(error.to_string().contains("2 rows of Node refer to each other in a circle"), "{error}");
}

#[test]
fn b07_a_pair_of_many_to_many_is_written_once_though_both_sides_say_so() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let player = session.add(Player { name: "ann".into(), ..default() });
    let tag = session.add(Tag { label: "fast".into(), ..default() });
    session[player].tags.push(tag);
    session[tag].players.push(player);
    session.commit().wait().unwrap();
    assert_eq!(count_rows(&engine, "player_tags"), 1);
    recorder.take();
    session[player].tags.remove(tag);
    session.commit().wait().unwrap();
    assert_eq!(
        work(&recorder),
        ["DELETE FROM player_tags WHERE player_tags.player_id = ? AND player_tags.tag_id = ? × 1"]
    );
    assert_eq!(session.related(tag, Tag.players).unwrap().len(), 0);
}

#[test]
fn b08_none_counts_as_absent_where_there_is_a_default() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let item = session.add(Item { code: "x".into(), ..default() });
    session.commit().wait().unwrap();
    assert_eq!(session[item].note.as_deref(), Some("none"));
    // A default of the program's is on the object, too.
    assert_eq!(session[item].weight, 7);
    // An update says what it says.
    session[item].note = None;
    session.commit().wait().unwrap();
    let note: Option<String> = session.one(select(Item.note)).wait().unwrap();
    assert_eq!(note, None);
}

#[test]
fn b10_an_equal_value_and_a_reverted_one_send_nothing() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    recorder.take();
    session[alice].name = "alice".into();
    assert!(!session.is_modified(alice).unwrap());
    session[alice].email = Some("x".into());
    assert!(session.is_modified(alice).unwrap());
    session[alice].email = None;
    session.flush().wait().unwrap();
    assert_eq!(work(&recorder), [] as [&str; 0]);
}

#[test]
fn b11_batches_break_where_the_columns_differ_and_the_order_stays() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    session.add(Item { code: "a".into(), ..default() });
    session.add(Item { code: "b".into(), status: "odd".to_owned().into(), ..default() });
    session.add(Item { code: "c".into(), ..default() });
    session.flush().wait().unwrap();
    let sent = work(&recorder);
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent[0].starts_with("INSERT INTO items (code, weight)"), "{sent:?}");
    assert!(sent[1].starts_with("INSERT INTO items (code, status, weight)"), "{sent:?}");
    assert_eq!(sent[0], sent[2]);
}

#[test]
fn b13_server_defaults_come_back_with_the_insert() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let item = session.add(Item { code: "x".into(), ..default() });
    session.flush().wait().unwrap();
    assert_eq!(session[item].status, "new".to_owned());
    assert_eq!(
        work(&recorder),
        ["INSERT INTO items (code, weight) VALUES (?, ?) RETURNING status, note × 1"]
    );
}

#[test]
fn b16_an_update_that_meets_no_row_is_an_error() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    session.execute(delete(User)).wait().unwrap();
    session[alice].email = Some("x".into());
    let error = session.flush().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StaleData);
    assert!(error.to_string().contains("`User` with the key 1"), "{error}");
    session.rollback().wait().unwrap();

    // A delete of a row that is gone is no error.
    session.execute(delete(User)).wait().unwrap();
    session.delete(alice).unwrap();
    session.commit().wait().unwrap();
}

#[test]
fn b16_a_missing_row_of_a_many_to_many_table_is_an_error() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let player = session.add(Player { name: "ann".into(), ..default() });
    let tag = session.add(Tag { label: "fast".into(), ..default() });
    session[player].tags.push(tag);
    session.commit().wait().unwrap();
    session.execute(delete(PlayerTag)).wait().unwrap();
    session[player].tags.clear();
    assert_eq!(session.flush().wait().unwrap_err().kind(), ErrorKind::StaleData);
}

#[test]
fn b17_a_changed_key_finds_its_row_by_the_old_one_and_the_object_by_the_new_one() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let item = session.add(Item { code: "old".into(), ..default() });
    session.commit().wait().unwrap();
    recorder.take();
    session[item].code = "new".into();
    session.flush().wait().unwrap();
    assert_eq!(work(&recorder), ["UPDATE items SET code=? WHERE items.code = ? × 1"]);
    assert_eq!(session.get::<Item>("new").wait().unwrap(), Some(item));
    assert_eq!(session.get::<Item>("old").wait().unwrap(), None);
    session.rollback().wait().unwrap();
    assert_eq!(session[item].code, "old");
    assert_eq!(session.get::<Item>("old").wait().unwrap(), Some(item));
    assert_eq!(session.get::<Item>("new").wait().unwrap(), None);
}

#[test]
fn b18_a_rolled_back_insert_leaves_the_object_with_its_key() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    session.add(user("first"));
    let alice = session.add(user("alice"));
    session.flush().wait().unwrap();
    let id = *session[alice].id;
    session.rollback().wait().unwrap();
    assert_eq!(session.state(alice), Some(ObjectState::Transient));
    assert_eq!(session[alice].id, id);
    session.add(alice);
    session.commit().wait().unwrap();
    assert_eq!(session[alice].id, id);
    let ids: Vec<i64> = session.all(select(User.id)).wait().unwrap();
    assert_eq!(ids, [id]);
}

#[test]
fn b19_a_savepoint_flushes_first_and_is_sent_with_the_first_statement_inside() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    session.add(user("outside"));
    let nested = session.begin_nested().wait().unwrap();
    assert_eq!(recorder.take(), ["BEGIN", "INSERT INTO users (name, email) VALUES (?, ?) × 1"]);
    nested.commit().wait().unwrap();
    assert_eq!(recorder.take(), [] as [&str; 0]);

    let alice = session.add(user("alice"));
    let mut nested = session.begin_nested().wait().unwrap();
    let bob = nested.add(user("bob"));
    nested[alice].email = Some("inside".into());
    nested.flush().wait().unwrap();
    nested.rollback().wait().unwrap();
    assert_eq!(session[alice].email, None);
    assert_eq!(session.state(alice), Some(ObjectState::Persistent));
    assert_eq!(session.state(bob), Some(ObjectState::Transient));
    session.commit().wait().unwrap();
    let names: Vec<String> = session.all(select(User.name).order_by(User.id)).wait().unwrap();
    assert_eq!(names, ["outside", "alice"]);
}

#[test]
fn b20_what_a_committed_savepoint_did_is_undone_with_the_outer_transaction() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    let mut outer = session.begin_nested().wait().unwrap();
    let mut inner = outer.begin_nested().wait().unwrap();
    inner[alice].email = Some("inner".into());
    let bob = inner.add(user("bob"));
    inner.commit().wait().unwrap();
    assert_eq!(outer[alice].email.as_deref(), Some("inner"));
    outer.rollback().wait().unwrap();
    assert_eq!(session[alice].email, None);
    assert_eq!(session.state(bob), Some(ObjectState::Transient));
    assert_eq!(session.one(select(count_all()).select_from(User)).wait().unwrap(), 1);
}

#[test]
fn b20_a_dropped_savepoint_is_rolled_back() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    {
        let mut nested = session.begin_nested().wait().unwrap();
        nested.add(user("gone"));
        nested.flush().wait().unwrap();
    }
    session.add(user("stays"));
    session.commit().wait().unwrap();
    let names: Vec<String> = session.all(select(User.name)).wait().unwrap();
    assert_eq!(names, ["stays"]);
}

#[test]
fn b21_after_a_failed_flush_nothing_goes_until_rollback() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    session.add(user("alice"));
    session.commit().wait().unwrap();
    let fine = session.add(user("fine"));
    session.add(user("alice"));
    let error = session.flush().wait().unwrap_err();
    assert_eq!(error.database().unwrap().kind(), aludel::ErrorKind::UniqueViolation);
    // The database has rolled back already.
    assert_eq!(count_rows_through(&mut session), Err(ErrorKind::RolledBack));
    let again = session.commit().wait().unwrap_err();
    assert_eq!(again.kind(), ErrorKind::RolledBack);
    assert!(again.to_string().contains("UNIQUE"), "{again}");
    session.rollback().wait().unwrap();
    assert_eq!(session.state(fine), Some(ObjectState::Transient));
    assert_eq!(count_rows_through(&mut session), Ok(1));
}

fn count_rows_through(session: &mut Session) -> Result<i64, ErrorKind> {
    session.one(select(count_all()).select_from(User)).wait().map_err(|error| error.kind())
}

#[test]
fn b21_a_failure_inside_of_a_savepoint_loses_only_the_savepoint() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    session.add(user("alice"));
    let mut nested = session.begin_nested().wait().unwrap();
    nested.add(user("alice"));
    nested.flush().wait().unwrap_err();
    nested.rollback().wait().unwrap();
    session.commit().wait().unwrap();
    assert_eq!(count_rows(&engine, "users"), 1);
}

#[test]
fn b22_commit_and_rollback_act_on_the_whole_transaction() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    {
        let mut nested = session.begin_nested().wait().unwrap();
        nested.add(user("inside"));
        let whole: &mut Session = &mut nested;
        whole.commit().wait().unwrap();
    }
    assert_eq!(count_rows(&engine, "users"), 1);
}

#[test]
fn b23_a_deleted_object_stays_in_loaded_collections_and_is_back_after_rollback() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(User { addresses: vec![address("a"), address("b")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let first = session.related_handles(alice, User.addresses).unwrap()[0];
    session.delete(first).unwrap();
    assert_eq!(session.state(first), Some(ObjectState::Doomed));
    session.flush().wait().unwrap();
    assert_eq!(session.state(first), Some(ObjectState::Deleted));
    assert_eq!(session.related(alice, User.addresses).unwrap().len(), 2);
    session.rollback().wait().unwrap();
    assert_eq!(session.state(first), Some(ObjectState::Persistent));
    session.delete(first).unwrap();
    session.commit().wait().unwrap();
    assert_eq!(session.state(first), None);
    let error = session.object(first).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StaleHandle);
    assert!(error.to_string().contains("`Address`"), "{error}");
}

#[test]
fn b24_the_side_that_is_not_loaded_is_added_to_and_never_read() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    session.add(User { addresses: vec![address("old")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let alice = session.one(select(User)).wait().unwrap();
    recorder.take();
    let new = session.add(Address { user: alice.into(), ..address("new") });
    assert!(session.related(alice, User.addresses).is_err(), "still not loaded");
    assert_eq!(recorder.take(), [] as [&str; 0]);
    session.load(alice, User.addresses).wait().unwrap();
    let emails: Vec<_> = session.related(alice, User.addresses).unwrap().map(|a| a.email.clone()).collect();
    assert_eq!(emails, ["old", "new"]);
    assert_eq!(session.related_handles(alice, User.addresses).unwrap()[1], new);
}

#[test]
fn b25_moving_a_child_takes_it_out_of_its_old_parent() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    let bob = session.add(user("bob"));
    session.commit().wait().unwrap();
    let moved = session.related_handles(alice, User.addresses).unwrap()[0];
    session[bob].addresses.push(moved);
    session.commit().wait().unwrap();
    assert_eq!(session.related(alice, User.addresses).unwrap().len(), 0);
    assert_eq!(session[moved].user.handle(), Some(bob));
    assert_eq!(session[moved].user_id, session[bob].id);
    // The other way round, by setting the parent.
    session[moved].user = alice.into();
    session.flush().wait().unwrap();
    assert_eq!(session.related(bob, User.addresses).unwrap().len(), 0);
    assert_eq!(session.related(alice, User.addresses).unwrap().len(), 1);
    assert_eq!(count_rows_through(&mut session), Ok(2));
}

#[test]
fn b26_orphans_go_and_pending_ones_are_dropped() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(User { addresses: vec![address("a"), address("b")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    recorder.take();
    let first = session.related_handles(alice, User.addresses).unwrap()[0];
    session[alice].addresses.remove(first);
    let pending = session.add(address("pending"));
    session[alice].addresses.push(pending);
    session[alice].addresses.remove(pending);
    session.flush().wait().unwrap();
    assert_eq!(work(&recorder), ["DELETE FROM addresses WHERE addresses.id = ? × 1"]);
    assert_eq!(session.state(pending), Some(ObjectState::Transient));

    // One that never had a parent is inserted, and the database judges.
    session.add(address("nobody's"));
    let error = session.flush().wait().unwrap_err();
    assert_eq!(error.database().unwrap().kind(), aludel::ErrorKind::NotNullViolation, "{error}");
}

#[test]
fn b26_assigning_a_collection_replaces_it_even_where_it_was_not_loaded() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    session.add(User { addresses: vec![address("a"), address("b")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let alice = session.one(select(User)).wait().unwrap();
    session[alice].addresses = vec![address("c")].into();
    session.commit().wait().unwrap();
    let emails: Vec<String> = session.all(select(Address.email)).wait().unwrap();
    assert_eq!(emails, ["c"]);
}

#[test]
fn b27_no_object_beats_a_key_that_was_set_by_hand() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let team = session.add(Team { name: "red".into(), ..default() });
    session.commit().wait().unwrap();
    let id = *session[team].id;
    let by_hand = session.add(Player { name: "ann".into(), team_id: Some(id), ..default() });
    let nobody = session.add(Player { name: "bo".into(), team_id: Some(id), team: One::none(), ..default() });
    session.commit().wait().unwrap();
    assert_eq!(session[by_hand].team_id, Some(id));
    assert_eq!(session[nobody].team_id, None);

    // Setting only the key leaves a loaded relation as it is.
    session.load(by_hand, Player.team).wait().unwrap();
    session[by_hand].team_id = None;
    session.commit().wait().unwrap();
    assert_eq!(session[by_hand].team.handle(), Some(team));
}

#[test]
fn b29_refresh_drops_the_objects_own_changes_and_says_when_the_row_is_gone() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(user("alice"));
    session.commit().wait().unwrap();
    session.execute(update(User).set(User.email, Some("server".to_owned()))).wait().unwrap();
    session[alice].email = Some("mine".into());
    session.refresh(alice).wait().unwrap();
    assert_eq!(session[alice].email.as_deref(), Some("server"));
    session.execute(delete(User)).wait().unwrap();
    assert_eq!(session.refresh(alice).wait().unwrap_err().kind(), ErrorKind::NoRow);
    let pending = session.add(user("new"));
    assert_eq!(session.refresh(pending).wait().unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn b30_loading_never_overwrites_and_get_asks_nobody_for_what_is_there() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    session.execute(update(User).set(User.email, Some("server".to_owned()))).wait().unwrap();
    let found = session.all(select(User).with(User.addresses.selectin())).wait().unwrap();
    assert_eq!(found, [alice]);
    assert_eq!(session[alice].email, None);
    recorder.take();
    session[alice].email = Some("unflushed".into());
    assert_eq!(session.get::<User>(1_i64).wait().unwrap(), Some(alice));
    assert_eq!(recorder.take(), [] as [&str; 0]);
    assert_eq!(session.get::<User>(2_i64).wait().unwrap(), None);
}

#[test]
fn rolled_back_means_rolled_back_in_memory_too() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let old = session.related_handles(alice, User.addresses).unwrap()[0];
    session[alice].name = "changed".into();
    session[alice].addresses.push(address("b"));
    session[alice].addresses.remove(old);
    session.flush().wait().unwrap();
    session[alice].name = "changed again".into();
    session.rollback().wait().unwrap();
    assert_eq!(session[alice].name, "alice");
    assert_eq!(session.related_handles(alice, User.addresses).unwrap(), [old]);
    assert_eq!(session[old].user.handle(), Some(alice));
    assert_eq!(session.state(old), Some(ObjectState::Persistent));
    // Nothing is left to write.
    session.commit().wait().unwrap();
    let emails: Vec<String> = session.all(select(Address.email)).wait().unwrap();
    assert_eq!(emails, ["a"]);
}

#[test]
fn handles_of_other_sessions_are_refused() {
    let (engine, _) = shop();
    let (mut one, two) = (Session::new(&engine), Session::new(&engine));
    let alice = one.add(user("alice"));
    let error = two.object(alice).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignHandle);
    assert!(error.to_string().contains("`User` belongs to another session"), "{error}");
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| two[alice].name.clone())).is_err());
}

#[test]
fn an_object_of_another_session_in_a_relation_is_refused() {
    let (engine, _) = shop();
    let (mut one, mut two) = (Session::new(&engine), Session::new(&engine));
    let alice = one.add(user("alice"));
    one.commit().wait().unwrap();
    two.add(Address { user: alice.into(), ..address("x") });
    let error = two.flush().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignHandle, "{error}");
    two.rollback().wait().unwrap();
}

#[test]
fn expunged_objects_leave_with_their_handles_and_keep_their_rows() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    let alice = session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let along = session.related_handles(alice, User.addresses).unwrap()[0];
    session[alice].name = "never written".into();
    session.expunge(alice).unwrap();
    assert_eq!(session.object(alice).unwrap_err().kind(), ErrorKind::StaleHandle);
    assert_eq!(session.object(along).unwrap_err().kind(), ErrorKind::StaleHandle);
    session.commit().wait().unwrap();
    let name: String = session.one(select(User.name)).wait().unwrap();
    assert_eq!(name, "alice");
    assert_ne!(session.one(select(User)).wait().unwrap(), alice);
}

#[test]
fn related_says_what_was_never_loaded() {
    let (engine, _) = shop();
    let mut session = Session::new(&engine);
    session.add(user("alice"));
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let alice = session.one(select(User)).wait().unwrap();
    let error = session.related(alice, User.addresses).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotLoaded);
    assert!(error.to_string().contains("`User.addresses`"), "{error}");
    assert!(error.to_string().contains("selectin"), "{error}");
}

#[test]
fn a_foreign_key_whose_object_is_there_needs_no_query() {
    let (engine, recorder) = shop();
    let mut session = Session::new(&engine);
    session.add(User { addresses: vec![address("a")].into(), ..user("alice") });
    session.commit().wait().unwrap();
    let mut session = Session::new(&engine);
    let alice = session.one(select(User)).wait().unwrap();
    let address = session.one(select(Address)).wait().unwrap();
    recorder.take();
    session.load(address, Address.user).wait().unwrap();
    assert_eq!(recorder.take(), [] as [&str; 0]);
    assert_eq!(session[address].user.handle(), Some(alice));
}

#[test]
fn a_lost_child_whose_key_cannot_be_null_names_the_way_out() {
    let (engine, _) = shop();
    #[derive(Model, Default, Debug)]
    #[model(table = "shelves")]
    struct Shelf {
        #[column(primary_key)]
        id: Auto<i64>,
        #[relation()]
        books: Many<Book>,
    }
    #[derive(Model, Default, Debug)]
    #[model(table = "books")]
    struct Book {
        #[column(primary_key)]
        id: Auto<i64>,
        #[column(references = "shelves.id")]
        shelf_id: Auto<i64>,
    }
    engine.create_all(&MetaData::new().add(Shelf).add(Book)).wait().unwrap();
    let mut session = Session::new(&engine);
    let shelf = session.add(Shelf { books: vec![Book::default()].into(), ..default() });
    session.commit().wait().unwrap();
    session[shelf].books.clear();
    let error = session.flush().wait().unwrap_err();
    assert!(error.to_string().contains("`Book.shelf_id`"), "{error}");
    assert!(error.to_string().contains("delete-orphan"), "{error}");
}

#[test]
fn one_to_one_replaces_its_other_side() {
    #[derive(Model, Default, Debug)]
    #[model(table = "people")]
    struct Person {
        #[column(primary_key)]
        id: Auto<i64>,
        #[relation(back_populates = "owner")]
        passport: One<Option<Passport>>,
    }
    #[derive(Model, Default, Debug)]
    #[model(table = "passports")]
    struct Passport {
        #[column(primary_key)]
        id: Auto<i64>,
        number: String,
        #[column(references = "people.id", unique)]
        owner_id: Option<i64>,
        #[relation(back_populates = "passport")]
        owner: One<Option<Person>>,
    }
    let (engine, _) = recorded("sqlite://");
    engine.create_all(&MetaData::new().add(Person).add(Passport)).wait().unwrap();
    let mut session = Session::new(&engine);
    let passport = |number: &str| Passport { number: number.into(), ..default() };
    let person = session.add(Person { passport: passport("1").into(), ..default() });
    session.commit().wait().unwrap();
    let first = session[person].passport.handle().unwrap();
    assert_eq!(session[first].owner.handle(), Some(person));
    let second = session.add(passport("2"));
    session[person].passport = second.into();
    session.commit().wait().unwrap();
    assert_eq!(session[first].owner_id, None);
    assert_eq!(session[first].owner.handle(), None);
    assert_eq!(session[second].owner_id, session[person].id.get().copied());
}

#[test]
fn a_session_and_its_futures_can_move_between_threads() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    let (engine, _) = shop();
    let mut session = send(Session::new(&engine));
    let alice = session.add(user("alice"));
    send(session.flush()).wait().unwrap();
    send(session.get::<User>(1_i64)).wait().unwrap();
    send(session.all(select(User).with(User.addresses.joined()))).wait().unwrap();
    send(session.load(alice, User.addresses)).wait().unwrap();
    send(session.begin_nested()).wait().unwrap();
    send(session.refresh(alice)).wait().unwrap();
    send(session.commit()).wait().unwrap();
    let mut connection = send(engine.connect()).wait().unwrap();
    send(connection.all(select(User).with(User.addresses.selectin()))).wait().unwrap();
    send(connection.begin()).wait().unwrap();
}
