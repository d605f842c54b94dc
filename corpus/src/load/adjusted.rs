//! The neutral dialect with other facts than usual: most options of a case are facts of a dialect's record.

use aludel_sql::dialect::AggregateOrder;
use aludel_sql::dialect::standard::Standard;
use aludel_sql::{Capabilities, Dialect};

use crate::json::Json;

/// The neutral dialect with these options; none where it is another dialect, or an option is no fact that we know.
pub(super) fn load(name: &str, options: &[(String, Json)]) -> Option<Box<dyn Dialect>> {
    if name != "default" {
        return None;
    }
    let printing = options.iter().any(|(option, value)| option == "str_compile" && is_on(value));
    let dialect = if printing { Standard::for_printing() } else { Standard::new() };
    let mut known = true;
    let dialect = dialect.with_capabilities(|facts| {
        known = options.iter().all(|(option, value)| state(facts, option, value));
    });
    known.then(|| Box::new(dialect) as Box<dyn Dialect>)
}

/// States one fact, and tells whether it is one.
fn state(facts: &mut Capabilities, option: &str, value: &Json) -> bool {
    let size = value.as_int().and_then(|size| usize::try_from(size).ok());
    match (option, size) {
        // How parameters are written is no matter of the statement, and several rows at once need no permission.
        ("paramstyle" | "driver" | "double_percents" | "str_compile" | "supports_multivalues_insert", _) => {}
        // Read where a write is loaded.
        ("supports_default_metavalue", _) => {}
        ("supports_native_boolean", _) => {
            facts.boolean_literals = is_on(value);
            facts.boolean_values = is_on(value);
        }
        ("aggregate_order_by_style", _) if value.as_text() == Some("WITHIN_GROUP") => {
            facts.aggregate_order = AggregateOrder::WithinGroup;
        }
        ("supports_simple_order_by_label", _) => facts.order_by_label = is_on(value),
        ("supports_default_values", _) => facts.default_values = is_on(value),
        ("max_identifier_length", Some(size)) => facts.max_identifier = size,
        ("label_length", Some(size)) => facts.max_label = Some(size),
        _ => return false,
    }
    true
}

fn is_on(value: &Json) -> bool {
    *value == Json::Bool(true)
}
