//! SQL toolkit, ORM with a real unit of work, and migrations written from your models
