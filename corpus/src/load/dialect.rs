//! The dialect of a case: one of ours, with the options that the case names.

use aludel_sql::Dialect;
use aludel_sql::dialect::{
    mssql::Mssql, mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite, standard::Standard,
};

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
    // The texts are SQLAlchemy's, so the generic types get its plain names.
    let dialect: Box<dyn Dialect> = match name {
        "default" if printing => Box::new(Standard::for_printing()),
        "default" => Box::new(Standard::new()),
        // Without a connection it takes the server for an old one.
        "mssql" => Box::new(Mssql::of_version(version.map_or(9, |(major, _)| major))),
        "oracle" => Box::new(oracle(options, version)),
        // The last version that could not.
        "postgresql" if off("supports_jsonb_subscripting") => {
            Box::new(Postgres::of_version(13).plain_types())
        }
        "postgresql" => Box::new(Postgres::default().plain_types()),
        "mysql" if on("is_mariadb") => {
            let native_uuid = version.is_none_or(|version| version >= (10, 7));
            Box::new(Mysql::mariadb().native_uuid(native_uuid).plain_types())
        }
        "mysql" => Box::new(Mysql::mysql().plain_types()),
        "mariadb" => Box::new(Mysql::mariadb().plain_types()),
        "sqlite" => Box::new(Sqlite::default().plain_types()),
        _ => return Err(Unsayable::new(format!("the dialect {name}"))),
    };
    for (option, value) in options {
        match option.as_str() {
            // How the driver writes parameters is no matter of the statement: the comparison reads any style.
            "paramstyle" | "driver" => {}
            "str_compile" if name == "default" => {}
            // Taken above.
            "supports_jsonb_subscripting" if name == "postgresql" => {}
            "is_mariadb" | "supports_native_uuid" if name == "mysql" => {}
            "server_version" if matches!(name, "mysql" | "mssql" | "oracle") => {}
            // Every version of ours has it.
            "support_float_cast" if name == "mysql" && *value == Json::Bool(true) => {}
            "use_nchar_for_unicode" | "supports_oracle_json" | "supports_native_boolean"
                if name == "oracle" => {}
            _ => return Err(Unsayable::new(format!("the dialect option {option} = {value}"))),
        }
    }
    Ok(dialect)
}

/// The first two numbers of the server's version.
fn version(options: &[(String, Json)]) -> Option<(u32, u32)> {
    let (_, value) = options.iter().find(|(option, _)| option == "server_version")?;
    let number = |index: usize| u32::try_from(value.as_list()?.get(index)?.as_int()?).ok();
    Some((number(0)?, number(1).unwrap_or(0)))
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
    if national { dialect.national_text() } else { dialect }
}
