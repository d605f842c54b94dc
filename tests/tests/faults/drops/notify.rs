//! Announcements of PostgreSQL: who listens, and what is heard.

use aludel::postgres::{Heard, Notifications, listen, notify};
use aludel::prelude::*;
use aludel_tests::cancel::drop_at;
use aludel_tests::places::Place;

use super::{Operation, Scene, all_or_none, nothing, plain};

/// The same one in all rounds, so that whatever is left of one is heard in another.
const CHANNEL: &str = "parts";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "listen, notify, next",
            before: |scene, _| scene.engine.dispose().wait(),
            work: |scene, key| {
                Box::pin(async move {
                    let mut listener = listen(&scene.engine, [CHANNEL, "others"]).await?;
                    let mut connection = scene.engine.connect().await?;
                    for text in [format!("{key} first"), format!("{key} second")] {
                        notify(&mut connection, CHANNEL, &text).await?;
                        assert_eq!(payload(listener.next().await?), Some(text));
                    }
                    Ok(())
                })
            },
            after: |scene, key, _| hears_its_own(scene, key),
        },
        Operation {
            name: "add, remove",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut listener = listen(&scene.engine, ["others"]).await?;
                    listener.add(CHANNEL).await?;
                    listener.remove("others").await?;
                    let mut connection = scene.engine.connect().await?;
                    notify(&mut connection, "others", "nobody").await?;
                    notify(&mut connection, CHANNEL, &key.to_string()).await?;
                    assert_eq!(payload(listener.next().await?), Some(key.to_string()));
                    Ok(())
                })
            },
            after: |scene, key, _| hears_its_own(scene, key),
        },
        Operation {
            name: "notify in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    let insert = sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key);
                    transaction.execute(insert).await?;
                    notify(&mut transaction, CHANNEL, &key.to_string()).await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| {
                all_or_none(scene, key, finished, &[1]);
                hears_its_own(scene, key);
            },
        },
    ]
}

fn payload(heard: Heard) -> Option<String> {
    match heard {
        Heard::Notification(notification) => Some(notification.payload),
        _ => None,
    }
}

/// The next one who listens hears what is announced from then on, and nothing besides.
fn hears_its_own(scene: &Scene, key: i64) {
    let mut listener = listen(&scene.engine, [CHANNEL]).wait().unwrap();
    announce(scene, CHANNEL, &format!("after {key}"));
    assert_eq!(payload(listener.next().wait().unwrap()), Some(format!("after {key}")));
}

fn announce(scene: &Scene, channel: &str, text: &str) {
    notify(&mut scene.watching.borrow_mut(), channel, text).wait().unwrap();
}

fn scene() -> Scene {
    Scene::served(Place::postgres(), plain())
}

/// What is heard up to a word that is announced now.
fn heard(scene: &Scene, listener: &mut Notifications, channel: &str) -> Vec<Option<String>> {
    announce(scene, channel, "the end");
    let mut heard = Vec::new();
    loop {
        match payload(listener.next().wait().unwrap()) {
            Some(text) if text == "the end" => return heard,
            None => {
                heard.push(None);
                // It may have been announced within the gap.
                announce(scene, channel, "the end");
            }
            text => heard.push(text),
        }
    }
}

/// How many sessions of others listen or have listened, beside the pool's and the one that watches.
fn listeners(scene: &Scene) -> i64 {
    let status = scene.engine.status();
    let pooled = i64::try_from(status.opened - status.closed).unwrap();
    scene.place.connections(&mut scene.watching.borrow_mut()) - pooled - 1
}

/// What is announced in a transaction is heard where its rows are there, and nowhere else.
#[test]
fn whoever_listens_hears_of_what_was_committed() {
    let scene = scene();
    let mut listener = listen(&scene.place.engine(plain()), [CHANNEL]).wait().unwrap();
    for (operation, first_key) in operations().iter().zip([0, 1_000, 2_000]).skip(2) {
        for at in 0.. {
            let key = first_key + i64::try_from(at).unwrap();
            let finished = drop_at(at, (operation.work)(&scene, key)).is_some();
            scene.until("a transaction stays open", |watching| scene.place.open_transactions(watching) == 0);
            let committed = scene.parts(key) == [1];
            let expected: Vec<_> = committed.then(|| Some(key.to_string())).into_iter().collect();
            assert_eq!(heard(&scene, &mut listener, CHANNEL), expected, "at {at}");
            if finished {
                assert!(at > 3 && committed, "{at}");
                println!(" postgres  {at:>4}  notify in a transaction, with a witness");
                break;
            }
        }
    }
}

/// The listener lives on, though a future of it was dropped.
#[test]
fn a_listener_lives_on_whatever_is_dropped() {
    let scene = scene();
    let mut points = [0; 4];

    // Nothing that was announced is lost, whether somebody waited for it or not.
    let mut listener = listen(&scene.engine, [CHANNEL]).wait().unwrap();
    for at in 0..20 {
        let text = format!("number {at}");
        let early = if at % 2 == 0 { drop_at(0, listener.next()) } else { None };
        assert!(early.is_none());
        announce(&scene, CHANNEL, &text);
        let next = match drop_at(at % 3, listener.next()) {
            Some(next) => next,
            None => {
                points[0] += 1;
                listener.next().wait()
            }
        };
        assert_eq!(payload(next.unwrap()), Some(text));
    }
    drop(listener);

    // A channel that was to be added is heard once that was done again.
    for at in 0.. {
        let mut listener = listen(&scene.engine, [CHANNEL]).wait().unwrap();
        let added = drop_at(at, listener.add("more"));
        let finished = added.is_some();
        if !finished {
            announce(&scene, CHANNEL, "meanwhile");
        }
        match added {
            Some(added) => added.unwrap(),
            None => listener.add("more").wait().unwrap(),
        }
        assert_eq!(listener.channels(), [CHANNEL, "more"]);
        told(&heard(&scene, &mut listener, CHANNEL), finished);
        assert!(heard(&scene, &mut listener, "more").is_empty(), "at {at}");
        assert_eq!(listeners_in_time(&scene), 1, "at {at}");
        if finished {
            points[1] = at;
            break;
        }
    }

    // One that was to be left is left once that was done again.
    for at in 0.. {
        let mut listener = listen(&scene.engine, [CHANNEL, "more"]).wait().unwrap();
        let removed = drop_at(at, listener.remove("more"));
        let finished = removed.is_some();
        if !finished {
            announce(&scene, CHANNEL, "meanwhile");
        }
        match removed {
            Some(removed) => removed.unwrap(),
            None => listener.remove("more").wait().unwrap(),
        }
        assert_eq!(listener.channels(), [CHANNEL]);
        told(&heard(&scene, &mut listener, CHANNEL), finished);
        announce(&scene, "more", "nobody hears");
        assert!(heard(&scene, &mut listener, CHANNEL).is_empty(), "at {at}");
        assert_eq!(listeners_in_time(&scene), 1, "at {at}");
        if finished {
            points[2] = at;
            break;
        }
    }

    // A connection that was lost is replaced by whoever waits next, and the gap is told.
    for at in 0.. {
        let mut listener = listen(&scene.engine, [CHANNEL]).wait().unwrap();
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";
        let killed = scene.watching.borrow_mut().one(sql(kill).rows::<i64>()).wait().unwrap();
        assert_eq!(killed, 1, "at {at}");
        let next = drop_at(at, listener.next());
        let finished = next.is_some();
        let next = next.unwrap_or_else(|| listener.next().wait());
        assert_eq!(next.unwrap(), Heard::Gap, "at {at}");
        assert!(heard(&scene, &mut listener, CHANNEL).is_empty(), "at {at}");
        assert_eq!(listeners_in_time(&scene), 1, "at {at}");
        if finished {
            points[3] = at;
            break;
        }
    }
    let [next, add, remove, replace] = points;
    println!(" postgres  {next} of next, {add} of add, {remove} of remove, {replace} of a replacement");
    assert!(points.iter().all(|points| *points > 0), "{points:?}");
    scene.is_clean("at the end");
}

/// Nothing was missed without a word about it.
fn told(heard: &[Option<String>], finished: bool) {
    match finished {
        true => assert!(heard.is_empty(), "{heard:?}"),
        false => assert!(
            heard.contains(&Some("meanwhile".to_owned())) || heard.contains(&None),
            "what was announced is lost, and nobody says so: {heard:?}"
        ),
    }
}

/// How many listen, as soon as the server has noticed who went.
fn listeners_in_time(scene: &Scene) -> i64 {
    for _ in 0..400 {
        if listeners(scene) == 1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    listeners(scene)
}
