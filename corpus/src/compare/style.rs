//! How a text writes its parameters.

use aludel_sql::dialect::Placeholder;

use crate::json::Json;

/// A way of writing parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterStyle {
    /// `:name`
    Named,
    /// `%(name)s`; a percent sign is doubled.
    PyFormat,
    /// `%s`; a percent sign is doubled.
    Format,
    /// `?`
    Question,
    /// `:1`
    Numeric,
    /// `$1`
    Dollar,
}

impl ParameterStyle {
    /// The style of our placeholders.
    pub fn of(placeholder: Placeholder) -> Self {
        match placeholder {
            Placeholder::Question => ParameterStyle::Question,
            Placeholder::Dollar => ParameterStyle::Dollar,
            Placeholder::Named => ParameterStyle::Named,
        }
    }

    /// The style of an expected text.
    ///
    /// # Errors
    /// For a style, driver or dialect that no corpus so far has.
    pub fn expected(dialect: &str, options: &[(String, Json)]) -> Result<Self, String> {
        let option = |name: &str| {
            options.iter().find(|(option, _)| option == name).and_then(|(_, value)| value.as_text())
        };
        match (option("paramstyle"), option("driver"), dialect) {
            (Some("named"), ..) => Ok(ParameterStyle::Named),
            (Some("pyformat"), ..) => Ok(ParameterStyle::PyFormat),
            (Some("format"), ..) => Ok(ParameterStyle::Format),
            (Some("qmark"), ..) => Ok(ParameterStyle::Question),
            (Some("numeric"), ..) => Ok(ParameterStyle::Numeric),
            (Some("numeric_dollar"), ..) => Ok(ParameterStyle::Dollar),
            (Some(style), ..) => Err(format!("unknown paramstyle {style}")),
            (None, Some("asyncpg"), _) => Ok(ParameterStyle::Dollar),
            (None, Some("pg8000"), _) => Ok(ParameterStyle::Format),
            (None, Some("psycopg2"), _) => Ok(ParameterStyle::PyFormat),
            (None, Some("base"), "postgresql") => Ok(ParameterStyle::PyFormat),
            (None, Some(driver), _) => Err(format!("unknown driver {driver}")),
            (None, None, "default" | "mssql" | "oracle") => Ok(ParameterStyle::Named),
            (None, None, "postgresql") => Ok(ParameterStyle::PyFormat),
            (None, None, "mysql" | "mariadb") => Ok(ParameterStyle::Format),
            (None, None, "sqlite") => Ok(ParameterStyle::Question),
            (None, None, dialect) => Err(format!("unknown dialect {dialect}")),
        }
    }

    /// Whether a percent sign is written twice.
    pub fn doubles_percent(self) -> bool {
        matches!(self, ParameterStyle::PyFormat | ParameterStyle::Format)
    }
}
