//! Loading along in a session: one object per row, whatever path leads to it.

use aludel::orm::Session;
use aludel::prelude::*;

use super::models::*;

#[test]
fn objects_of_several_paths_are_one() -> aludel::Result<()> {
    let (mut session, recorder) = session();
    let query = select(User)
        .order_by(User.id)
        .with(User.manager.selectin())
        .with(User.reports.joined())
        .with(User.teams.selectin().then(Team.users.selectin()));
    let users = session.all(query).wait()?;
    let selects = recorder.take().into_iter().filter(|sql| sql.starts_with("SELECT")).count();
    assert_eq!(selects, 4);
    let [alice, bob, carol, dave] = users[..] else { panic!("four users: {users:?}") };
    assert_eq!(session.related_handles(bob, User.manager)?, [alice]);
    assert_eq!(session.related_handles(alice, User.reports)?, [bob, carol]);
    assert_eq!(session.related_handles(bob, User.reports)?, [dave]);
    let teams = session.related_handles(alice, User.teams)?;
    assert_eq!(session.related_handles(teams[0], Team.users)?, [alice, bob, carol]);
    assert_eq!(session.related_handles(bob, User.teams)?, [teams[0]], "the same team");
    assert!(recorder.take().is_empty(), "everything was there");
    Ok(())
}

#[test]
fn what_is_loaded_is_not_loaded_over() -> aludel::Result<()> {
    let (mut session, _) = session();
    let bob = session.one(select(User).filter(User.id.eq(2)).with(User.addresses.selectin())).wait()?;
    let address = session.related_handles(bob, User.addresses)?[0];
    session[address].email = "new@x".into();
    session[bob].addresses.remove(address);
    let again = session.one(select(User).filter(User.id.eq(2)).with(User.addresses.joined())).wait()?;
    assert_eq!((again, session.related_handles(bob, User.addresses)?.len()), (bob, 0));
    assert_eq!(session[address].email, "new@x");
    Ok(())
}

fn session() -> (Session, aludel_test::Recorder) {
    let (connection, recorder, engine) = filled_engine();
    drop(connection);
    (Session::new(&engine), recorder)
}
