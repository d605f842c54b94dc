//! What the compiler says to the mistakes that users will make.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test -p aludel-tests --test ui`, then read what changed.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
