//! The service as a process of its own, and the story that is told through HTTP on every database.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

/// The service while it runs.
struct Service {
    process: Child,
    /// `http://127.0.0.1:…`
    url: String,
    agent: Agent,
}

impl Service {
    fn start(database: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_axum-notes"))
            .env("DATABASE_URL", database)
            .env("LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut url).unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "the service did not start: {url:?}");
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Service { process, url: url.trim().to_owned(), agent }
    }

    /// Status and body.
    fn get(&self, path: &str) -> (u16, String) {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    fn json(&self, path: &str) -> (u16, Value) {
        let (status, text) = self.get(path);
        (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}")))
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let mut answer = self.agent.post(format!("{}{path}", self.url)).send_json(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }

    fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        let mut answer = self.agent.put(format!("{}{path}", self.url)).send_json(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }

    fn delete(&self, path: &str) -> u16 {
        self.agent.delete(format!("{}{path}", self.url)).call().unwrap().status().as_u16()
    }

    /// Asks the process to end, as a supervisor does.
    fn ask_to_end(&self) {
        let process = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    }

    /// Waits until it has ended, in an orderly way.
    fn ended(mut self) {
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(Instant::now() < limit, "the service does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Everything that the service can do, on an empty database.
pub fn tell(database: &str) {
    let service = Service::start(database);
    assert_eq!(service.get("/health"), (200, "well\n".to_owned()));
    assert_eq!(service.json("/notes"), (200, json!([])));

    notes_are_kept(&service);
    bad_requests_are_told_why(&service);
    many_at_once(&service);
    figures(&service);
    requests_under_way_are_answered(service);

    // What was written is there for the next one, whose migrations have nothing to do.
    let service = Service::start(database);
    let (_, last) = service.json("/notes?limit=1");
    assert_eq!(last[0]["title"], "the last one");
    service.ask_to_end();
    service.ended();
}

fn notes_are_kept(service: &Service) {
    let (status, milk) =
        service.post("/notes", &json!({"title": "milk", "body": "two", "tags": ["shop", "home"]}));
    assert_eq!(status, 201);
    assert_eq!(milk["tags"], json!([{"name": "home"}, {"name": "shop"}]));
    assert!(milk["created_at"].is_string(), "{milk}");
    let (status, bread) = service.post("/notes", &json!({"title": "bread", "tags": ["shop"]}));
    assert_eq!((status, &bread["body"]), (201, &json!("")));

    let titles = |path: &str| -> Vec<Value> {
        let (status, notes) = service.json(path);
        assert_eq!(status, 200, "{path}: {notes}");
        notes.as_array().unwrap().iter().map(|note| note["title"].clone()).collect()
    };
    assert_eq!(titles("/notes"), ["bread", "milk"]);
    assert_eq!(titles("/notes?tag=home"), ["milk"]);
    assert_eq!(titles("/notes?text=rea"), ["bread"]);
    assert_eq!(titles("/notes?text=%25"), Vec::<Value>::new(), "a sign of patterns is a sign like any other");
    assert_eq!(titles(&format!("/notes?before={}", bread["id"])), ["milk"]);
    assert_eq!(titles("/notes?limit=1"), ["bread"]);

    let milk = format!("/notes/{}", milk["id"]);
    let (status, changed) = service.put(&milk, &json!({"title": "oat milk", "tags": ["home", "new"]}));
    assert_eq!((status, &changed["title"]), (200, &json!("oat milk")));
    assert_eq!(service.json(&milk).1, changed);
    assert_eq!(changed["tags"], json!([{"name": "home"}, {"name": "new"}]));
    assert_eq!(titles("/notes?tag=shop"), ["bread"]);

    assert_eq!(service.delete(&milk), 204);
    assert_eq!(service.json(&milk).0, 404);
    assert_eq!(service.delete(&milk), 404);
}

fn bad_requests_are_told_why(service: &Service) {
    let (status, answer) = service.post("/notes", &json!({"title": "  "}));
    assert_eq!(status, 422);
    assert!(answer["error"].as_str().unwrap().contains("from 1 to 200 characters"), "{answer}");
    let (status, answer) = service.post("/notes", &json!({"title": "t", "tags": ["x".repeat(51)]}));
    assert_eq!(status, 422);
    assert!(answer["error"].as_str().unwrap().contains("from 1 to 50 characters"), "{answer}");
    let (status, answer) = service.put("/notes/4711", &json!({"title": "t"}));
    assert_eq!((status, answer), (404, json!({"error": "there is no note 4711"})));
}

/// More requests than connections, all with one new tag.
fn many_at_once(service: &Service) {
    thread::scope(|scope| {
        for number in 0..24 {
            scope.spawn(move || {
                let note = json!({"title": format!("note {number}"), "tags": ["together"]});
                let (status, answer) = service.post("/notes", &note);
                assert_eq!(status, 201, "{answer}");
            });
        }
    });
    let (_, notes) = service.json("/notes?tag=together&limit=100");
    assert_eq!(notes.as_array().unwrap().len(), 24);
}

fn figures(service: &Service) {
    let (status, text) = service.get("/metrics");
    assert_eq!(status, 200);
    let figure = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("notes_pool_{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    };
    assert_eq!((figure("checked_out"), figure("waiting"), figure("timed_out_total")), (0.0, 0.0, 0.0));
    assert!(figure("checkouts_total") > 24.0 && figure("opened_total") >= 1.0, "{text}");
}

/// A request whose end comes after the wish to stop.
fn requests_under_way_are_answered(service: Service) {
    let address = service.url.strip_prefix("http://").unwrap();
    let body = r#"{"title": "the last one"}"#;
    let mut slow = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /notes HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    // The service asks for the body: so it has begun.
    let mut begun = [0; 12];
    slow.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100");
    service.ask_to_end();
    thread::sleep(Duration::from_millis(100));
    slow.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("201 Created") && answer.contains("the last one"), "{answer}");
    service.ended();
}
