//! The repository's own cases agree as often as `floors.toml` asks for.

use std::path::Path;

use aludel_corpus::case;
use aludel_corpus::floors::Bounds;
use aludel_corpus::judge::judge;
use aludel_corpus::report;

#[test]
fn the_floors_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let cases = case::read(&folder).expect("the cases can be read");
    assert_eq!(cases.len(), 2910);
    let judged: Vec<_> = cases.iter().map(|case| judge(case).expect("the case can be read")).collect();
    let bounds = Bounds::of_repository().expect("the bounds are well formed");
    let findings = report::findings(&judged, &bounds, true);
    assert!(findings.is_empty(), "{}\n{}", findings.join("\n"), report::table(&judged));
}
