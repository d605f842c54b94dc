//! How much has to agree, and which cases never will.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// What `floors.toml` and `exceptions.toml` say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The least percentage of lax agreement, per area.
    pub lax: BTreeMap<String, f64>,
    /// Cases whose expected text we do not want, by id, with the reason.
    pub exceptions: BTreeMap<String, String>,
}

/// The largest part of an area that may be an exception, in percent.
pub const MOST_EXCEPTIONS: f64 = 5.0;

impl Bounds {
    /// The bounds of this repository.
    ///
    /// # Errors
    /// Where one of the two files is not of its form.
    pub fn of_repository() -> Result<Self, String> {
        Bounds::parse(include_str!("../floors.toml"), include_str!("../exceptions.toml"))
    }

    /// Reads both files.
    ///
    /// # Errors
    /// Where one of the two files is not of its form.
    pub fn parse(floors: &str, exceptions: &str) -> Result<Self, String> {
        let table =
            |file: &str, text: &str| text.parse::<Table>().map_err(|error| format!("{file}: {error}"));
        let mut bounds = Bounds::default();
        for (key, value) in table("floors.toml", floors)? {
            let Value::Table(areas) = value else {
                return Err(format!("floors.toml: `{key}` should be [lax]"));
            };
            for (area, floor) in areas {
                let floor = floor.as_float().or(floor.as_integer().map(|floor| floor as f64));
                let Some(floor) = floor.filter(|floor| key == "lax" && (0.0..=100.0).contains(floor)) else {
                    return Err(format!("floors.toml: [{key}] {area} should be [lax] with a percentage"));
                };
                bounds.lax.insert(area, floor);
            }
        }
        let exceptions = table("exceptions.toml", exceptions)?;
        let listed = exceptions.get("exception").and_then(Value::as_array).map(Vec::as_slice);
        for exception in listed.unwrap_or_default() {
            let text = |key: &str| exception.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let (Some(id), Some(reason)) = (text("id"), text("reason")) else {
                return Err(format!("exceptions.toml: an exception needs `id` and `reason`: {exception:?}"));
            };
            if bounds.exceptions.insert(id.to_owned(), reason.to_owned()).is_some() {
                return Err(format!("exceptions.toml: {id} is listed twice"));
            }
        }
        Ok(bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::Bounds;

    #[test]
    fn floors_and_exceptions_are_read() {
        let exception = "[[exception]]\nid = \"a::b#1\"\nreason = \"a peculiarity\"\n";
        let bounds = Bounds::parse("[lax]\nselect = 90\nddl = 42.5\n", exception).expect("well formed");
        assert_eq!(bounds.lax.get("ddl"), Some(&42.5));
        assert_eq!(bounds.exceptions.get("a::b#1").map(String::as_str), Some("a peculiarity"));
        assert!(Bounds::parse("[lax]\nselect = 101", "").is_err());
        assert!(Bounds::parse("[exact]\nselect = 10", "").is_err());
        assert!(Bounds::parse("", "[[exception]]\nid = \"a\"").is_err());
        assert!(Bounds::parse("", &exception.repeat(2)).is_err());
    }

    #[test]
    fn those_of_the_repository_are_well_formed() {
        assert!(Bounds::of_repository().is_ok_and(|bounds| !bounds.lax.is_empty()));
    }
}
