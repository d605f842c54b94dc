//! Aludel's object-relational mapper: models, the session, its unit of work and the loaders
