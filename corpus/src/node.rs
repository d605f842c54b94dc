//! One object of a tree, read part by part. A part that nobody asked for is an error, so that a tree is never
//! compiled without something that it says.

use std::cell::Cell;

use crate::json::Json;
use crate::unsayable::Unsayable;

/// An object of a tree with a note of which of its parts have been read.
#[derive(Debug)]
pub struct Node<'c> {
    /// What it is: its `node`, `type` or `constraint`, or what its place says.
    pub kind: &'c str,
    /// Its `id`, where it is shared.
    pub id: Option<&'c str>,
    members: &'c [(String, Json)],
    read: Cell<u64>,
}

impl<'c> Node<'c> {
    /// A node of the tree: its kind stands in `node`.
    ///
    /// # Errors
    /// Where it is none.
    pub fn new(json: &'c Json) -> Result<Self, Unsayable> {
        Node::tagged(json, "node")
    }

    /// An object whose kind stands in the member `tag`.
    ///
    /// # Errors
    /// Where it is no such object.
    pub fn tagged(json: &'c Json, tag: &str) -> Result<Self, Unsayable> {
        let Some(kind) = json.get(tag).and_then(Json::as_text) else {
            return Err(Unsayable::new(format!("an object with `{tag}` should stand here: {}", start(json))));
        };
        let node = Node::named(json, kind)?;
        node.get(tag);
        Ok(node)
    }

    /// An object whose place says what it is.
    ///
    /// # Errors
    /// Where it is no object.
    pub fn named(json: &'c Json, kind: &'c str) -> Result<Self, Unsayable> {
        let Some(members) = json.as_object().filter(|members| members.len() <= 64) else {
            return Err(Unsayable::new(format!("an object ({kind}) should stand here: {}", start(json))));
        };
        let mut node = Node { kind, id: None, members, read: Cell::new(0) };
        node.id = node.get("id").and_then(Json::as_text);
        Ok(node)
    }

    /// A part, if it is there.
    pub fn get(&self, key: &str) -> Option<&'c Json> {
        let index = self.members.iter().position(|(name, _)| name == key)?;
        self.read.set(self.read.get() | 1 << index);
        self.members.get(index).map(|(_, value)| value)
    }

    /// A part that has to be there.
    ///
    /// # Errors
    /// Where it is not.
    pub fn part(&self, key: &str) -> Result<&'c Json, Unsayable> {
        self.get(key).ok_or_else(|| self.wrong(key, "is missing"))
    }

    /// A string that has to be there.
    ///
    /// # Errors
    /// Where it is not, or is none.
    pub fn text(&self, key: &str) -> Result<&'c str, Unsayable> {
        self.part(key)?.as_text().ok_or_else(|| self.wrong(key, "should be a string"))
    }

    /// A string, if it is there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn text_or_none(&self, key: &str) -> Result<Option<&'c str>, Unsayable> {
        match self.get(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, "should be a string")),
        }
    }

    /// An integer, if it is there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn int_or_none(&self, key: &str) -> Result<Option<i64>, Unsayable> {
        match self.get(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Int(number)) => Ok(Some(*number)),
            Some(_) => Err(self.wrong(key, "should be an integer")),
        }
    }

    /// Whether a part is there and says something.
    ///
    /// # Errors
    /// Where it is neither true nor false.
    pub fn flag(&self, key: &str) -> Result<bool, Unsayable> {
        Ok(self.flag_or_none(key)?.unwrap_or(false))
    }

    /// True or false, if it is there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn flag_or_none(&self, key: &str) -> Result<Option<bool>, Unsayable> {
        match self.get(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(key, "should be true or false")),
        }
    }

    /// The elements of a list; none where it is not there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn list(&self, key: &str) -> Result<&'c [Json], Unsayable> {
        match self.get(key) {
            None | Some(Json::Null) => Ok(&[]),
            Some(Json::List(elements)) => Ok(elements),
            Some(_) => Err(self.wrong(key, "should be a list")),
        }
    }

    /// The members of an object; none where it is not there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn members(&self, key: &str) -> Result<&'c [(String, Json)], Unsayable> {
        match self.get(key) {
            None | Some(Json::Null) => Ok(&[]),
            Some(Json::Object(members)) => Ok(members),
            Some(_) => Err(self.wrong(key, "should be an object")),
        }
    }

    /// Notes parts as read that change nothing in the text.
    pub fn passes_over(&self, keys: &[&str]) {
        for key in keys {
            self.get(key);
        }
    }

    /// Says that all has been read.
    ///
    /// # Errors
    /// Where there is a part that nobody asked for, and that is not empty, false or none.
    pub fn done(&self) -> Result<(), Unsayable> {
        for (index, (name, value)) in self.members.iter().enumerate() {
            if self.read.get() & 1 << index == 0 && !value.is_nothing() {
                return Err(Unsayable::new(format!("{}: its `{name}`: {}", self.kind, start(value))));
            }
        }
        Ok(())
    }

    /// That this kind of node cannot be said at all.
    pub fn unknown(&self, place: &str) -> Unsayable {
        Unsayable::new(format!("{} as {place}", self.kind))
    }

    /// An error about one part.
    pub fn wrong(&self, key: &str, message: &str) -> Unsayable {
        Unsayable::new(format!("{}: its `{key}` {message}", self.kind))
    }
}

/// The beginning of a value's text.
fn start(json: &Json) -> String {
    let text = json.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_read_is_named() {
        let json =
            Json::parse(r#"{"node": "select", "id": "s", "a": 1, "b": false, "c": "x"}"#).expect("JSON");
        let node = Node::new(&json).expect("a node");
        assert_eq!((node.kind, node.id), ("select", Some("s")));
        assert_eq!(node.int_or_none("a"), Ok(Some(1)));
        assert_eq!(node.done().unwrap_err().message, "select: its `c`: \"x\"");
        assert_eq!(node.text("c"), Ok("x"));
        assert_eq!(node.done(), Ok(()));
        assert!(node.flag("a").is_err() && node.list("c").is_err() && node.part("d").is_err());
    }
}
