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
    let dialect: Box<dyn Dialect> = match name {
        "default" if printing => Box::new(Standard::for_printing()),
        "default" => Box::new(Standard::new()),
        "mssql" => Box::new(Mssql::new()),
        "oracle" => Box::new(Oracle::default()),
        "postgresql" => Box::new(Postgres::default()),
        "mysql" => Box::new(Mysql::mysql()),
        "mariadb" => Box::new(Mysql::mariadb()),
        "sqlite" => Box::new(Sqlite::default()),
        _ => return Err(Unsayable::new(format!("the dialect {name}"))),
    };
    for (option, value) in options {
        match option.as_str() {
            // How the driver writes parameters is no matter of the statement: the comparison reads any style.
            "paramstyle" | "driver" => {}
            "str_compile" if name == "default" => {}
            _ => return Err(Unsayable::new(format!("the dialect option {option} = {value}"))),
        }
    }
    Ok(dialect)
}
