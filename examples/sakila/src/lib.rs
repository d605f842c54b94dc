//! Models for the main tables of a database that was there first. They say exactly what the database says, so the first
//! comparison finds nothing; `raw("…")` keeps the words of types that this database spells in its own way.

use aludel::prelude::*;

#[derive(Model, Clone, Debug)]
#[model(table = "actor", index("last_name", name = "idx_actor_last_name"))]
pub struct Actor {
    #[column(primary_key)]
    pub actor_id: Auto<i64>,
    #[column(length = 45)]
    pub first_name: String,
    #[column(length = 45)]
    pub last_name: String,
    pub last_update: DateTime<Utc>,
}

#[derive(Model, Clone, Debug)]
#[model(table = "category")]
pub struct Category {
    #[column(primary_key)]
    pub category_id: Auto<i64>,
    #[column(length = 25)]
    pub name: String,
    pub last_update: DateTime<Utc>,
}

#[derive(Model, Clone, Debug)]
#[model(table = "language")]
pub struct Language {
    #[column(primary_key)]
    pub language_id: Auto<i64>,
    #[column(type = raw("CHAR(20)"))]
    pub name: String,
    pub last_update: DateTime<Utc>,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = "film",
    check("rating in ('G','PG','PG-13','R','NC-17')", name = "CHECK_special_rating"),
    check(
        "special_features is null or special_features like '%Trailers%' or special_features like '%Commentaries%' \
         or special_features like '%Deleted Scenes%' or special_features like '%Behind the Scenes%'",
        name = "CHECK_special_features"
    ),
    index("language_id", name = "idx_fk_language_id"),
    index("original_language_id", name = "idx_fk_original_language_id")
)]
pub struct Film {
    #[column(primary_key)]
    pub film_id: Auto<i64>,
    #[column(length = 255)]
    pub title: String,
    #[column(type = raw("BLOB SUB_TYPE TEXT"))]
    pub description: Option<String>,
    #[column(length = 4)]
    pub release_year: Option<String>,
    #[column(type = raw("INT"), references = "language.language_id", foreign_key_name = "fk_film_language")]
    pub language_id: i64,
    #[column(
        type = raw("INT"),
        references = "language.language_id",
        foreign_key_name = "fk_film_language_original"
    )]
    pub original_language_id: Option<i64>,
    #[column(server_default = 3)]
    pub rental_duration: Auto<i16>,
    #[column(type = raw("DECIMAL(4,2)"), server_default = 4.99)]
    pub rental_rate: Auto<f64>,
    pub length: Option<i16>,
    #[column(type = raw("DECIMAL(5,2)"), server_default = 19.99)]
    pub replacement_cost: Auto<f64>,
    #[column(length = 10, server_default = "G")]
    pub rating: Auto<Option<String>>,
    #[column(length = 100)]
    pub special_features: Option<String>,
    pub last_update: DateTime<Utc>,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = "film_actor",
    index("film_id", name = "idx_fk_film_actor_film"),
    index("actor_id", name = "idx_fk_film_actor_actor")
)]
pub struct FilmActor {
    #[column(
        primary_key,
        type = raw("INT"),
        references = "actor.actor_id",
        on_update = "cascade",
        foreign_key_name = "fk_film_actor_actor"
    )]
    pub actor_id: i64,
    #[column(
        primary_key,
        type = raw("INT"),
        references = "film.film_id",
        on_update = "cascade",
        foreign_key_name = "fk_film_actor_film"
    )]
    pub film_id: i64,
    pub last_update: DateTime<Utc>,
}

#[derive(Model, Clone, Debug)]
#[model(
    table = "film_category",
    index("film_id", name = "idx_fk_film_category_film"),
    index("category_id", name = "idx_fk_film_category_category")
)]
pub struct FilmCategory {
    #[column(
        primary_key,
        type = raw("INT"),
        references = "film.film_id",
        on_update = "cascade",
        foreign_key_name = "fk_film_category_film"
    )]
    pub film_id: i64,
    #[column(
        primary_key,
        type = raw("INT"),
        references = "category.category_id",
        on_update = "cascade",
        foreign_key_name = "fk_film_category_category"
    )]
    pub category_id: i64,
    pub last_update: DateTime<Utc>,
}

/// The tables that this application looks after. The database has ten more, and they are none of its business.
pub fn metadata() -> MetaData {
    MetaData::new().add(Actor).add(Category).add(Language).add(Film).add(FilmActor).add(FilmCategory)
}
