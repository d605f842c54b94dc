//! What a table of 30 columns costs the compiler: two applications, one with Aludel and one with Diesel, with no tables
//! and with 20 of them, checked one after another. Prints the CPU seconds of each table.
//!
//! ```sh
//! cargo run --release --bin compile_cost              # in a folder of its own under the system's temporary one
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const TABLES: usize = 20;
const COLUMNS: usize = 30;
const ROUNDS: usize = 3;

fn main() {
    let folder = std::env::temp_dir().join("aludel-compile-cost");
    let aludel = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/aludel");
    let aludel = format!(
        "aludel = {{ path = {:?} }}",
        aludel.canonicalize().expect("the workspace is beside this folder")
    );
    let diesel = "diesel = { version = \"2.3\", default-features = false, features = [\"sqlite\", \"32-column-tables\"] }\n\
                  libsqlite3-sys = { version = \"0.38\", features = [\"bundled\"] }";
    let applications = [
        ("Aludel, #[derive(Model)]", aludel.as_str(), models as fn(usize) -> String),
        ("Diesel, table! alone", diesel, tables),
        ("Diesel, table! and a struct with Queryable, Selectable and Insertable", diesel, structs),
    ];
    for (index, (title, dependency, source)) in applications.into_iter().enumerate() {
        let application = Application::new(&folder, index, dependency);
        let without = application.cost(&source(0));
        let with = application.cost(&source(TABLES));
        println!("{title}: {:.0} ms of CPU per table", (with - without) / TABLES as f64 * 1000.0);
    }
}

struct Application {
    folder: PathBuf,
    target: PathBuf,
}

impl Application {
    fn new(folder: &Path, index: usize, dependency: &str) -> Self {
        let target = folder.join("target");
        let folder = folder.join(format!("app{index}"));
        std::fs::create_dir_all(folder.join("src")).expect("a folder can be made");
        let manifest = format!(
            "[package]\nname = \"app{index}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependency}\n"
        );
        std::fs::write(folder.join("Cargo.toml"), manifest).expect("a file can be written");
        Application { folder, target }
    }

    /// The least CPU time of a few checks of the application alone, in seconds.
    fn cost(&self, source: &str) -> f64 {
        self.check(source);
        (0..ROUNDS).map(|round| self.check(&format!("{source}\n// {round}\n"))).fold(f64::INFINITY, f64::min)
    }

    fn check(&self, source: &str) -> f64 {
        std::fs::write(self.folder.join("src/main.rs"), source).expect("a file can be written");
        let output = Command::new("bash")
            .args(["-c", "TIMEFORMAT='cpu %U %S'; time cargo check --quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .expect("bash runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{text}");
        let line =
            text.lines().rev().find_map(|line| line.strip_prefix("cpu ")).expect("bash tells the time");
        line.split(' ').filter_map(|part| part.parse::<f64>().ok()).sum()
    }
}

/// The type and SQL of the n-th column, one after another.
fn column(index: usize) -> (&'static str, &'static str) {
    [
        ("String", "Text"),
        ("i32", "Integer"),
        ("Option<String>", "Nullable<Text>"),
        ("f64", "Double"),
        ("bool", "Bool"),
    ][index % 5]
}

fn models(count: usize) -> String {
    let mut source = String::from("use aludel::prelude::*;\n");
    for table in 0..count {
        write!(source, "#[derive(Model, Clone, Default)]\n#[model(table = \"t{table}\")]\npub struct T{table} {{\n    #[column(primary_key)]\n    pub id: Auto<i64>,\n").expect("a text grows");
        for index in 1..COLUMNS {
            writeln!(source, "    pub c{index}: {},", column(index).0).expect("a text grows");
        }
        source += "}\n";
    }
    source + "fn main() {}\n"
}

fn tables(count: usize) -> String {
    let mut source = String::new();
    for table in 0..count {
        write!(source, "diesel::table! {{\n    t{table} (id) {{\n        id -> BigInt,\n")
            .expect("a text grows");
        for index in 1..COLUMNS {
            writeln!(source, "        c{index} -> {},", column(index).1).expect("a text grows");
        }
        source += "    }\n}\n";
    }
    source + "fn main() {}\n"
}

fn structs(count: usize) -> String {
    let mut source = tables(count).replace("fn main() {}\n", "use diesel::prelude::*;\n");
    for table in 0..count {
        write!(source, "#[derive(Queryable, Selectable, Insertable)]\n#[diesel(table_name = t{table})]\npub struct T{table} {{\n    pub id: i64,\n").expect("a text grows");
        for index in 1..COLUMNS {
            writeln!(source, "    pub c{index}: {},", column(index).0).expect("a text grows");
        }
        source += "}\n";
    }
    source + "fn main() {}\n"
}
