//! Relations in serialised form: what a field holds by value, `null` where it was never loaded.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error, Serialize, Serializer};

use super::{Many, One, OneTarget};
use crate::model::Model;

const IN_SESSION: &str = "a relation holds objects of a session by handle, which mean nothing outside of it: \
                          serialise what a connection returned, or the objects themselves";

impl<T: Model + Serialize> Serialize for Many<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.handles().len() > 0 {
            return Err(S::Error::custom(IN_SESSION));
        }
        self.loaded().ok().serialize(serializer)
    }
}

impl<'de, T: Model + Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Option::<Vec<T>>::deserialize(deserializer)?;
        Ok(values.map_or_else(Many::unloaded, Many::from))
    }
}

impl<T: OneTarget> Serialize for One<T>
where
    T::Model: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.handle().is_some() {
            return Err(S::Error::custom(IN_SESSION));
        }
        self.loaded().ok().flatten().serialize(serializer)
    }
}

impl<'de, M: Model + Deserialize<'de>> Deserialize<'de> for One<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<M>::deserialize(deserializer)?;
        Ok(value.map_or_else(One::unloaded, One::from))
    }
}

impl<'de, M: Model + Deserialize<'de>> Deserialize<'de> for One<Option<M>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<M>::deserialize(deserializer)?;
        Ok(value.map_or_else(One::unloaded, One::from))
    }
}
