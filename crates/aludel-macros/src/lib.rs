//! The derives of Aludel: models, embedded columns and SQL types
