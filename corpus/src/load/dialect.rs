//! The dialect of a case: one of ours, with the options that the case names.

use aludel_sql::dialect::{
    IdentityStyle, mssql::Mssql, mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite,
    standard::Standard,
};

use aludel_sql::{Capabilities, Dialect};

use crate::json::Json;
use crate::unsayable::Unsayable;

/// The dialect of this name with these options.
///
/// # Errors
/// Where we have no such dialect or option.
pub(crate) fn load(name: &str, options: &[(String, Json)]) -> Result<Box<dyn Dialect>, Unsayable> {
    let printing =
        options.iter().any(|(option, value)| option == "str_compile" && *value == Json::Bool(true));
    let on =
        |wanted: &str| options.iter().any(|(option, value)| option == wanted && *value == Json::Bool(true));
    let off =
        |wanted: &str| options.iter().any(|(option, value)| option == wanted && *value == Json::Bool(false));
    let version = version(options);
    let facts = |capabilities: &mut Capabilities| change(capabilities, name, options);
    // The texts are SQLAlchemy's, so the generic types get its plain names.
    let dialect: Box<dyn Dialect> = match name {
        "default" if printing => Box::new(Standard::for_printing().with_capabilities(facts)),
        "default" => Box::new(Standard::new().with_capabilities(facts)),
        // Without a connection it takes the server for an old one.
        "mssql" => {
            Box::new(Mssql::of_version(version.map_or(9, |(major, _)| major)).with_capabilities(facts))
        }
        "oracle" => Box::new(oracle(options, version).with_capabilities(facts)),
        // The last version that could not.
        "postgresql" if off("supports_jsonb_subscripting") => {
            Box::new(Postgres::of_version(13).with_serial().plain_types().with_capabilities(facts))
        }
        "postgresql" => {
            Box::new(Postgres::of_version(18).with_serial().plain_types().with_capabilities(facts))
        }
        "mysql" if on("is_mariadb") => {
            let native_uuid = version.is_none_or(|version| version >= (10, 7));
            Box::new(mysql(Mysql::mariadb().native_uuid(native_uuid), options).with_capabilities(facts))
        }
        "mysql" => Box::new(mysql(Mysql::mysql(), options).with_capabilities(facts)),
        "mariadb" => Box::new(mysql(Mysql::mariadb(), options).with_capabilities(facts)),
        "sqlite" => Box::new(Sqlite::default().plain_types().with_capabilities(facts)),
        _ => return Err(Unsayable::new(format!("the dialect {name}"))),
    };
    for (option, value) in options {
        match option.as_str() {
            // How the driver writes parameters is no matter of the statement: the comparison reads any style.
            "paramstyle" | "driver" => {}
            "str_compile" if name == "default" => {}
            name if FACTS.contains(&name) => {}
            // Taken where schemas are translated.
            "default_schema_name" => {}
            // Taken above.
            "supports_jsonb_subscripting" if name == "postgresql" => {}
            "is_mariadb" | "supports_native_uuid" if name == "mysql" => {}
            "server_version" if matches!(name, "mysql" | "mssql" | "oracle") => {}
            "support_float_cast"
            | "use_mysql_for_share"
            | "supports_for_update_of"
            | "requires_alias_for_on_duplicate_key"
            | "backslash_escapes"
                if matches!(name, "mysql" | "mariadb") => {}
            // Read where a write is loaded.
            "insert_returning" | "insert_null_pk_still_autoincrements" => {}
            "use_nchar_for_unicode"
            | "supports_oracle_json"
            | "supports_native_boolean"
            | "optimize_limits"
                if name == "oracle" => {}
            _ => return Err(Unsayable::new(format!("the dialect option {option} = {value}"))),
        }
    }
    Ok(dialect)
}

/// Options that are facts of ours.
const FACTS: [&str; 11] = [
    "supports_identity_columns",
    "supports_native_boolean",
    "supports_virtual_generated_columns",
    "supports_create_index_concurrently",
    "supports_drop_index_concurrently",
    "support_default_function",
    "max_identifier_length",
    "max_index_name_length",
    "supports_offset_fetch",
    "use_ansi",
    "legacy_schema_aliasing",
];

/// Brings the record of what the database can do in line with the options.
fn change(capabilities: &mut Capabilities, name: &str, options: &[(String, Json)]) {
    for (option, value) in options {
        let on = *value == Json::Bool(true);
        let ddl = &mut capabilities.ddl;
        match option.as_str() {
            "supports_identity_columns" if !on => ddl.identity = IdentityStyle::Unsupported,
            // Oracle's follows from its version.
            "supports_native_boolean" if name != "oracle" => ddl.boolean_type = on,
            "supports_virtual_generated_columns" => ddl.virtual_columns = on,
            "supports_create_index_concurrently" => ddl.concurrent_indexes.0 = on,
            "supports_drop_index_concurrently" => ddl.concurrent_indexes.1 = on,
            "support_default_function" => ddl.default_expressions = on,
            "supports_offset_fetch" => capabilities.offset_fetch = on,
            "use_ansi" => capabilities.ansi_joins = on,
            "legacy_schema_aliasing" => capabilities.schema_aliases = on,
            "max_identifier_length" | "max_index_name_length" => {
                let most = value.as_int().and_then(|most| usize::try_from(most).ok());
                capabilities.max_identifier = most.unwrap_or(capabilities.max_identifier);
            }
            _ => {}
        }
    }
}

/// The first two numbers of the server's version.
fn version(options: &[(String, Json)]) -> Option<(u32, u32)> {
    let (_, value) = options.iter().find(|(option, _)| option == "server_version")?;
    let number = |index: usize| u32::try_from(value.as_list()?.get(index)?.as_int()?).ok();
    Some((number(0)?, number(1).unwrap_or(0)))
}

/// Without a connection it is taken for an old one, unless the case says what it can do.
fn mysql(dialect: Mysql, options: &[(String, Json)]) -> Mysql {
    let on = |wanted: &str, usual: bool| {
        let found = options.iter().find(|(option, _)| option == wanted);
        found.map_or(usual, |(_, value)| *value == Json::Bool(true))
    };
    dialect
        .plain_types()
        .leave_out_casts(on("support_float_cast", false))
        .for_share(on("use_mysql_for_share", false))
        .lock_of(on("supports_for_update_of", false))
        .row_alias(on("requires_alias_for_on_duplicate_key", false))
        .backslash_escapes(on("backslash_escapes", true))
}

/// What it can do follows from its version.
fn oracle(options: &[(String, Json)], version: Option<(u32, u32)>) -> Oracle {
    let off =
        |wanted: &str| options.iter().any(|(option, value)| option == wanted && *value == Json::Bool(false));
    let national =
        options.iter().any(|(name, value)| name == "use_nchar_for_unicode" && *value == Json::Bool(true));
    let newest = match (off("supports_oracle_json"), off("supports_native_boolean")) {
        (true, _) => 19,
        (false, true) => 21,
        (false, false) => 23,
    };
    let dialect = Oracle::of_version(version.map_or(newest, |(major, _)| major)).plain_types();
    let dialect = if national { dialect.national_text() } else { dialect };
    let hints = options.iter().any(|(name, value)| name == "optimize_limits" && *value == Json::Bool(true));
    if hints { dialect.limit_hints() } else { dialect }
}
