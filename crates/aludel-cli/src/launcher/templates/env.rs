//! The migrations of this application: `aludel` builds and runs this program. It can also be shipped, and carries every
//! revision with it: `migrate upgrade head` needs neither source code nor a toolchain.

mod versions;

use std::process::ExitCode;

use aludel::migrate::Environment;
use aludel::prelude::*;

fn main() -> ExitCode {
    aludel_cli::main(environment())
}

fn environment() -> Environment {
    // The schema as the models want it. In src/lib.rs:
    //
    //     pub fn metadata() -> MetaData {
    //         MetaData::new().add(User).add(Address)
    //     }
    Environment::new({library}::metadata())
        .versions(versions::VERSIONS)
        // How a URL becomes a database: pool options or drivers of your own go here.
        .connect(Engine::new)
    // What `--autogenerate` and `check` look at: everything, so a table that no model declares will be dropped. In a
    // database that others use too, leave alone what no model declares:
    //
    //     .include(|object| object.kind != ObjectKind::Table || object.counterpart || !object.reflected)
    //
    // with `use aludel::migrate::compare::ObjectKind;`. Types and server defaults are left out of the comparison by
    // `.compare_type(false)` and `.compare_server_default(false)`.
}
