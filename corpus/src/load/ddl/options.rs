//! Options of one dialect.

use aludel_sql::schema::{OptionValue, Options, Sql};

use super::Target;
use crate::json::Json;
use crate::load::{expr, name};
use crate::unsayable::Unsayable;

/// The options of an object; their names are ours but for what `postgresql` is called.
pub(super) fn load<'c>(members: &'c [(String, Json)], target: &Target<'c, '_>) -> Result<Options, Unsayable> {
    let mut options = Options::new();
    for (name, json) in members {
        // A name of its own is quoted where it has to be; words of the user's own are not.
        if name.ends_with("_inherits")
            && let Some(parent) = json.as_text()
        {
            options.insert(name, OptionValue::List(vec![parent.to_owned()]));
        } else if name.ends_with("_inherits")
            && json.get("quote") == Some(&Json::Bool(false))
            && let Some(words) = json.get("name").and_then(Json::as_text)
        {
            options.insert(name, words);
        } else if let Some(value) = value(json, target)? {
            options.insert(name, value);
        }
    }
    Ok(options)
}

/// A value; none for `null`, which is the same as not being there.
fn value<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Option<OptionValue>, Unsayable> {
    Ok(Some(match json {
        Json::Null => return Ok(None),
        Json::Bool(flag) => OptionValue::Flag(*flag),
        Json::Int(number) => OptionValue::Number(*number),
        Json::Float(number) => OptionValue::Text(number.to_string()),
        Json::Text(text) => OptionValue::Text(text.clone()),
        Json::List(items) => OptionValue::List(
            items.iter().map(|item| column_name(item, target)).collect::<Result<_, Unsayable>>()?,
        ),
        Json::Object(_) if json.get("node").is_some() || json.get("ref").is_some() => {
            OptionValue::Sql(Sql::expr(expr::load(json, target.ctx)?))
        }
        Json::Object(_) if json.get("py").is_some() => python(json)?,
        Json::Object(_) if json.get("quote").is_some() => {
            return Err(Unsayable::new("a name that is quoted always or never"));
        }
        Json::Object(members) => {
            let mut settings = Vec::new();
            for (name, json) in members {
                let value = value(json, target)?.unwrap_or_else(|| OptionValue::Text(String::new()));
                settings.push((name.clone(), value));
            }
            OptionValue::Settings(settings)
        }
    }))
}

fn python(json: &Json) -> Result<OptionValue, Unsayable> {
    let pairs = match json.get("py").and_then(Json::as_text) {
        Some("dict") => json.get("value").and_then(Json::as_list).unwrap_or_default(),
        Some("tuple" | "set") => {
            let items = json.get("value").and_then(Json::as_list).unwrap_or_default();
            let names: Option<Vec<String>> =
                items.iter().map(|item| item.as_text().map(str::to_owned)).collect();
            return names
                .map(OptionValue::List)
                .ok_or_else(|| Unsayable::new(format!("the option value {json}")));
        }
        _ => return Err(Unsayable::new(format!("the option value {json}"))),
    };
    let pair = |pair: &Json| {
        let pair = pair.as_list()?;
        let value = match pair.get(1)? {
            Json::Text(text) => OptionValue::Text(text.clone()),
            Json::Int(number) => OptionValue::Number(*number),
            Json::Bool(flag) => OptionValue::Flag(*flag),
            Json::Null => OptionValue::Text(String::new()),
            _ => return None,
        };
        Some((pair.first()?.as_text()?.to_owned(), value))
    };
    let settings: Option<Vec<_>> = pairs.iter().map(pair).collect();
    settings.map(OptionValue::Settings).ok_or_else(|| Unsayable::new(format!("the option value {json}")))
}

fn column_name<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<String, Unsayable> {
    let named = if json.get("node").is_some() { json.get("name").unwrap_or(json) } else { json };
    Ok(name::given(named, target.ctx)?.to_string())
}
